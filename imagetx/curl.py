"""
curl, both directions: the command for a POSIX shell that sends a native request, and the native response it prints.

Secrets are variables of the shell. What cannot stand in a command (files of a form, a body that is binary or long)
goes to files beside it, which are named by their content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from shlex import quote
from typing import Final

from imagetx.errors import RequestError, WireError, shorten
from imagetx.image import sniff_mime
from imagetx.source import EXTENSIONS
from imagetx.wire import Credential, NativeRequest, NativeResponse, Part

_ARGUMENT_LIMIT: Final = 100_000  # Linux takes 131,072 bytes for one argument
_SPECIAL: Final = str.maketrans({char: f"\\{char}" for char in '\\"$`'})  # within double quotes
_IN_FORM: Final = str.maketrans({char: f"\\{char}" for char in '\\"'})  # within the quotes of curl's own --form
_STATUS_LINE: Final = re.compile(rb"HTTP/[0-9](?:\.[0-9])? ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")  # HTTP/2 has no phrase
_HEADER_LINE: Final = re.compile(rb"([^:\s]+):([^\r\n]*)\r?\n")
_BLANK_LINE: Final = re.compile(rb"\r?\n")

# --- write ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Command:
    """
    A curl command and the files that it reads.

    Attributes:
        text: Lines joined by backslashes.
        files: Content by name; they stand in the directory in which the command is run.
    """

    text: str
    files: Mapping[str, bytes]


def render_curl(native: NativeRequest, *, include: bool = False) -> Command:
    """
    Write the curl command that sends a request.

    Args:
        native: The request.
        include: Whether it prints status and headers, too, as `read_curl` wants them.

    Returns:
        The command. The secret is `$API_KEY`; where a request is signed, the three usual AWS variables.
    """
    headers, files = dict(native.headers), dict[str, bytes]()
    body = _form(native.body, files) if isinstance(native.body, tuple) else None
    if body is not None:
        headers.pop("content-type", None)  # curl makes its own boundary
    elif native.body is not None:
        body = _content(native.content(), files)
    options = [
        *(["--globoff"] if any(char in native.url for char in "{}[]") else []),  # else they are lists and ranges
        f"--request {quote(native.method)}",
        *([] if native.timeout_s is None else [f"--max-time {native.timeout_s:g}"]),
        *(f"--header {quote(f'{name}: {value}' if value else f'{name};')}" for name, value in headers.items()),
        *([] if native.credential is None else _secret(native.credential)),
        *(body or ()),
        *(["--include"] if include else []),
    ]
    return Command(" \\\n  ".join([f"curl {quote(native.url)}", *options]), files)


def _form(parts: tuple[Part, ...], files: dict[str, bytes]) -> list[str] | None:
    """Give the options for a form, its files put into `files`; None where curl cannot say a part so."""
    options, kept = [], dict[str, bytes]()
    for part in parts:
        text = part.data if isinstance(part.data, str) and part.filename is None and part.content_type is None else None
        if "=" in part.name or part.name == "":
            return None
        if text is not None and "\0" not in text and "\r" not in text:  # a terminal eats both
            options.append(f"--form-string {quote(f'{part.name}={text}')}")
            continue
        data = part.data.encode() if isinstance(part.data, str) else part.data
        name = _kept(data, "".join(char for char in part.name[:40] if char.isalnum()) or "part", kept)
        said = f"{part.name}={'<' if part.filename is None else '@'}{name}"  # after @ curl sends a filename
        said += "" if part.filename is None else f';filename="{part.filename.translate(_IN_FORM)}"'
        said += "" if part.content_type is None else f";type={part.content_type}"
        options.append(f"--form {quote(said)}")
    if sum(map(len, options)) > _ARGUMENT_LIMIT:
        return None
    files |= kept
    return options


def _content(content: bytes, files: dict[str, bytes]) -> list[str]:
    """Give the option that sends a body byte for byte."""
    if len(content) < _ARGUMENT_LIMIT and b"\0" not in content and b"\r" not in content:  # a terminal eats both
        try:
            return [f"--data-raw {quote(content.decode())}"]
        except UnicodeDecodeError:
            pass
    return [f"--data-binary @{_kept(content, 'body', files)}"]


def _kept(content: bytes, name: str, files: dict[str, bytes]) -> str:
    """Keep a content under a name that tells it from every other."""
    extension = EXTENSIONS.get(sniff_mime(content) or "", "json" if content[:1] in (b"{", b"[") else "bin")
    named = f"{name}-{sha256(content).hexdigest()[:12]}.{extension}"
    files[named] = content
    return named


def _secret(credential: Credential) -> list[str]:
    """Say where the secret goes, with a variable of the shell in its place."""
    if credential.scheme == "sigv4":
        scope = f'"aws:amz:{(credential.region or "").translate(_SPECIAL) or "$AWS_REGION"}:{credential.service}"'
        return [f"--aws-sigv4 {scope}", '--user "$AWS_ACCESS_KEY_ID:$AWS_SECRET_ACCESS_KEY"']
    if credential.header is None:
        return []
    before, _, after = ("{secret}" if credential.template is None else credential.template).partition("{secret}")
    variable = "${API_KEY}" if after else "$API_KEY"
    value = f"{before.translate(_SPECIAL)}{variable}{after.translate(_SPECIAL)}"
    return [f'--header "{credential.header}: {value}"']


# --- read -------------------------------------------------------------------------------------


def read_curl(content: bytes) -> NativeResponse:
    """
    Read what `curl --include` prints: a status line, headers, a blank line and the body.

    Args:
        content: The bytes. Of several blocks of headers (100 Continue, a proxy, redirects that curl followed) the
            last one counts.

    Returns:
        The response, its body in bytes; headers of one name are joined as RFC 9110 section 5.3 has it.

    Raises:
        WireError: It is none, has begun only, or its body is shorter than its headers say.
    """
    at, status, headers = 0, 0, dict[str, str]()
    while (line := _STATUS_LINE.match(content, at)) is not None:
        status = int(line[1])
        headers, at = _header_block(content, line.end())
    if at == 0:
        raise WireError(f"expected a status line of HTTP, got {shorten(content[:80].decode('latin-1'))}")
    if status < 200:
        raise WireError(f"expected an answer, got nothing after status {status}")
    body, stated = content[at:], headers.get("content-length", "")
    # curl decodes what --compressed asked for, and leaves the headers as they came
    if "content-encoding" not in headers and stated.isdecimal() and len(stated) < 16 and len(body) < int(stated):
        raise WireError(f"expected a body of {stated} bytes, got {len(body)}")
    try:
        return NativeResponse(status, headers, body)
    except RequestError as error:  # the peer's fault here
        raise WireError(error.problems) from None


def _header_block(content: bytes, at: int) -> tuple[dict[str, str], int]:
    """Read headers up to their blank line; give them with the place behind it."""
    said: dict[str, dict[str, None]] = {}  # values in their order, equal ones once
    while (blank := _BLANK_LINE.match(content, at)) is None:
        line = _HEADER_LINE.match(content, at)
        if line is None:
            found = shorten(content[at : at + 80].decode("latin-1")) if at < len(content) else "the end"
            raise WireError(f"expected a header, or a blank line before the body, got {found}")
        name, value = (group.decode("latin-1") for group in line.groups())
        said.setdefault(name.lower(), {})[value.strip(" \t")] = None
        at = line.end()
    return {name: ", ".join(values) for name, values in said.items()}, blank.end()
