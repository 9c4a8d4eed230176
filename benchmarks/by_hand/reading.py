"""
What the nine readers by hand share: the URL matched, headers and query sorted, native keys kept.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl, unquote

import imagetx
from benchmarks.by_hand.checks import VERIFIED, Json
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation, WireError
from imagetx.canonical import request_of
from imagetx.errors import Problem, shorten

SECRETS: Final = frozenset({"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "proxy-authorization"})
TRANSPORT: Final = re.compile(
    r"host|content-.*|user-agent|accept(-.*)?|connection|keep-alive|transfer-encoding|te|trailer|upgrade|expect|date"
    r"|via|forwarded|x-forwarded-.*|x-real-ip|origin|referer|sec-.*|x-amz-.*|x-stainless-.*"
)
SIGNED: Final = re.compile(r"AWS4-HMAC-SHA256\s+Credential=[^/\s,]+/[0-9]{8}/([a-z0-9-]+)/bedrock/aws4_request")
SECRET_QUERY: Final = re.compile(r"key|api[_-]?key|access_token|x-amz-.*", re.IGNORECASE)


def fail(pointer: str, expected: str, given: Json) -> WireError:
    """Make the error of a message that cannot be read."""
    return WireError(Problem(pointer=pointer, message=f"expected {expected}, got {shorten(given)}", given=given))


def opened(native: NativeRequest, pattern: re.Pattern[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Match the URL, and give what it holds, and its query."""
    if not isinstance(native, NativeRequest):
        raise RequestError(f"expected a NativeRequest, got {type(native).__name__}")
    if native.method != "POST":
        raise fail("/method", "the method POST", native.method)
    path, _, query = native.url.partition("?")
    found = pattern.fullmatch(path)
    if found is None:
        raise fail("/url", "a URL of this endpoint", native.url)
    holes = {name: unquote(value) for name, value in found.groupdict().items() if value is not None}
    return holes, dict(parse_qsl(query, keep_blank_values=True)) if query else {}


def body_of(native: NativeRequest) -> dict[str, Any]:
    """Give a copy of the JSON object of a message."""
    kind, body = native.document()
    if kind != "json" or not isinstance(body, dict):
        raise fail("/body", "an object", body)
    return dict(body)


def camel(body: Json, names: Mapping[str, str]) -> Json:
    """Spell keys as in a table, all the way down; labels are the caller's own."""
    if type(body) is dict:
        return {names.get(key, key): value if key == "labels" else camel(value, names) for key, value in body.items()}
    if type(body) is list:
        return [camel(item, names) for item in body]
    return body


def inner(body: dict[str, Json], name: str) -> dict[str, Json]:
    """Take out a copy of an object within an object; leave what is none."""
    found = body.get(name)
    if not isinstance(found, dict):
        return {}
    del body[name]
    return dict(found)


def put_back(body: dict[str, Json], name: str, left: dict[str, Json]) -> None:
    """Keep what was not read of an object within an object."""
    if left:
        body[name] = left


def take_text(body: dict[str, Json], key: str, low: int = 0, high: int = 10**9) -> str | None:
    """Take out a text of so many characters; leave what is none."""
    value = body.get(key)
    if type(value) is not str or not low <= len(value) <= high:
        return None
    del body[key]
    return value


def take_prompt(body: dict[str, Json], key: str = "prompt", pointer: str = "/body/prompt") -> str:
    """Take out the prompt, without which a message says nothing."""
    value = body.pop(key, None)
    if type(value) is not str or value == "":
        raise fail(pointer, "the prompt", value)
    return value


def take_number(body: dict[str, Json], key: str, low: float, high: float, *, whole: bool = True) -> Json:
    """Take out a number of a range; leave what is none."""
    value = body.get(key)
    kind = type(value)
    if (kind is not int and (whole or kind is not float)) or not low <= value <= high:  # type: ignore[operator]
        return None
    del body[key]
    return value


def take_flag(body: dict[str, Json], key: str) -> bool | None:
    """Take out a boolean; leave what is none."""
    value = body.get(key)
    if type(value) is not bool:
        return None
    del body[key]
    return value


def take_word(body: dict[str, Json], key: str, back: Mapping[str, str], *, passes: bool = False) -> str | None:
    """Take out a word, and say it canonically; leave one that is not known, unless it passes."""
    value = body.get(key)
    if type(value) is not str or (value not in back and not passes):
        return None
    del body[key]
    return back.get(value, value)


def canonical(native: NativeRequest, pairs: Mapping[str, Json], query: dict[str, str], body: dict[str, Json]) -> Json:
    """Make the document: what was read, and under `provider_options` what was not."""
    doc = {name: value for name, value in pairs.items() if value is not None}
    return doc, left(native.headers, query, body)


def left(headers: Mapping[str, str], query: dict[str, str], body: dict[str, Json]) -> dict[str, Json]:
    """Keep what has no canonical name: keys of the body, of the headers, of the query."""
    for name, value in headers.items():
        if name not in SECRETS and TRANSPORT.fullmatch(name) is None:
            body.setdefault("extra_headers", {})[name] = value
    for name, value in query.items():
        if SECRET_QUERY.fullmatch(name) is None:
            body.setdefault("extra_query", {})[name] = value
    return body


def read(
    doc: dict[str, Json], kept: dict[str, Json], target: Target, dialect: str, notes: tuple[Note, ...] = ()
) -> Translation[ImageRequest]:
    """Give the result as the library does."""
    doc["operation"] = "generate"
    if kept:
        doc["provider_options"] = {target.provider: kept}
    return imagetx.Translation(
        value=request_of(doc), notes=notes, target=target, dialect=dialect, model=target.model, verified=VERIFIED
    )
