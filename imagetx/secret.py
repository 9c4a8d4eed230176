"""
Secrets: by which names and shapes a value is known to be one, and how it is shown.

A secret is what stands under the name of a credential (a header, a query parameter, a key of a document, a variable),
the user of a URL and the signature in its query, and what follows `Bearer` or `API key: ` in a text. Notes, problems,
messages, reprs and what the command line says of them show `***` in its place; a header or a parameter that is one
never gets from one message into another.

It stays where it is the caller's or the provider's own content, and a program needs it: a native message that the
caller made, a key of a body that the caller carries (`provider_options`), a prompt, the signed URL of an image (in
`image`, `data`, a fetch, a poll), the message of an error as the provider wrote it, and a stored exchange, which
holds them. Only a place or a shape can tell: a secret under an innocent name, alone in a value, is not known for one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

SECRET_HEADERS: Final = frozenset(
    {
        "authorization",
        "proxy-authorization",
        "api-key",
        "x-api-key",
        "x-goog-api-key",
        "ocp-apim-subscription-key",
        "x-amz-security-token",
        "huggingface-access-key",
        "cookie",
        "set-cookie",
    }
)
"""Lower-case header names whose value is never shown, wherever they stand."""

MASK: Final = "***"

_MOST_LEVELS: Final = 64  # what is nested deeper is hidden whole
_TEXT_SEEN: Final = 4096
_NAME_SEEN: Final = 64  # the last word of a name tells
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_LAST: Final = frozenset(
    [
        "secret",
        "password",
        "passwd",
        "passphrase",
        "pwd",
        "signature",
        "sig",
        "credential",
        "credentials",
        "authorization",
        "auth",
        "bearer",
        "jwt",
        "cookie",
        "cookies",
        "apikey",
        "accesskey",
        "secretkey",
        "authkey",
        "accesstoken",
        "authtoken",
        "keyid",
    ]
)
_NO_KEY: Final = frozenset(
    ["idempotency", "cache", "public", "primary", "foreign", "sort", "partition", "group", "object", "file"]
)
_NO_TOKEN: Final = frozenset(["page", "next", "continuation", "max", "eos", "bos", "pad"])
_SIGNED: Final = re.compile(r"x-(?:amz|goog)-[a-z-]+", re.IGNORECASE)
_USER: Final = re.compile(r"(?<=//)(?:[^/?#\s]*@|[^/?#@\s]*:(?![0-9]*(?:[/?#]|$))[^?#\s]*@)")
_PARAMETER: Final = re.compile(r"([?&;#])([A-Za-z0-9_.%~-]{1,64})=([^&;#\s\"'<>]+)")
_NAMED: Final = re.compile(
    r"\b(?P<scheme>(?:bearer|basic)\s+)(?=[^\s\"',;]*[0-9=])[^\s\"',;]{6,}"
    r"|\b(?P<name>(?:(?:api|access|secret|private|subscription)[ _-]?key|token|secret|password|credentials?)\b"
    r"[^:=\n]{0,20}[:=]\s*[\"']?)[^\s\"',;]+",
    re.IGNORECASE,
)


@lru_cache(maxsize=1024)
def _is_secret_word(name: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(name)]
    last, before = (words[-1:] or [""])[0], (words[-2:-1] or [""])[0]
    if last == "id":
        return before in ("key", "accesskey")
    if last == "key":
        return before not in _NO_KEY
    return last in _LAST or (last.endswith("token") and last[:-5] not in _NO_TOKEN and before not in _NO_TOKEN)


def is_secret(name: str) -> bool:
    """Say whether what stands under a name is not to be shown: a credential, a signing secret."""
    return _is_secret_word(name[-_NAME_SEEN:]) or name.lower() in SECRET_HEADERS


def shown_url(url: str) -> str:
    """Give a URL whose keys, signatures and passwords are masked."""
    return _PARAMETER.sub(_parameter, _USER.sub(f"{MASK}@", url))


def shown_text(text: str) -> str:
    """Give the beginning of a text with what is known for a secret masked; of what is longer nothing is shown."""
    text = text[:_TEXT_SEEN]
    if "://" in text:
        text = _USER.sub(f"{MASK}@", text)
    if "=" in text:
        text = _PARAMETER.sub(_parameter, text)
    return _NAMED.sub(lambda found: f"{found['scheme'] or found['name']}{MASK}", text)


def masked(value: Any, pointer: str) -> Any:
    """
    Give a value without its secrets: the value itself where nothing in it is known for one.

    Args:
        value: Any JSON value, or bytes.
        pointer: JSON Pointer to its place; the last name of it tells.
    """
    kind = type(value)
    if kind is str:  # notes are made by the dozen, and most have a short text
        if value and _is_secret_word(pointer[-_NAME_SEEN:]):
            return MASK
        return shown_url(value) if "://" in value[:9] else value
    return _masked(value, pointer.rpartition("/")[2], _MOST_LEVELS) if kind is dict or kind is list else value


def _masked(value: Any, name: str, levels: int) -> Any:
    kind = type(value)
    if kind is not str and kind is not dict and kind is not list:
        return value
    if value and name and is_secret(name):
        return MASK
    if kind is str:
        return shown_url(value) if "://" in value[:9] else value
    if levels == 0:
        return MASK
    if kind is dict:
        held = {key: _masked(item, key if type(key) is str else "", levels - 1) for key, item in value.items()}
        return value if all(held[key] is item for key, item in value.items()) else held
    listed = [_masked(item, "", levels - 1) for item in value]
    return value if all(new is old for new, old in zip(listed, value, strict=True)) else listed


def _parameter(found: re.Match[str]) -> str:
    name = unquote(found[2])
    if is_secret(name) or _SIGNED.fullmatch(name) is not None:
        return f"{found[1]}{found[2]}={MASK}"
    return found[0]
