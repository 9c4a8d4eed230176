"""
Form-data bytes and parts, both ways (RFC 7578; names escaped as the WHATWG HTML standard does).

The boundary is an argument: `boundary_for` makes one from the content, nothing here is random.
Names and filenames cannot leave their place: quotes, backslashes and control characters are written
as `%22`, `%5C`, `%0D` ..., and reading undoes exactly these, so a name that contains such an escape
literally comes back unescaped (the form itself cannot tell).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Final
from urllib.parse import unquote_to_bytes

from imagetx.boundary import is_boundary
from imagetx.ceilings import DEFAULT, InputLimits
from imagetx.errors import RequestError, WireError, shorten
from imagetx.part import Part, bytes_of

_HEADER: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\x00-\x08\x0a-\x1f\x7f]*)")
_PARAMETER: Final = re.compile(r""";[ \t]*([!#$%&'+.^_`|~0-9A-Za-z-]+\*?)=(?:"((?:[^"\\]|\\.)*)"|([^;" \t]*))[ \t]*""")
_STARRED: Final = re.compile(r"(utf-8|iso-8859-1)'[^']*'([!-~]*)", re.IGNORECASE)  # RFC 8187
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f"\\]')
_ESCAPED: Final = re.compile(r"%(0[0-9A-Fa-f]|1[0-9A-Fa-f]|22|5[Cc]|7[Ff])")
_QUOTED_PAIR: Final = re.compile(r'\\(["\\])')
_TEXT_TYPES: Final = ("text/", "application/json")


def encode_form(parts: Iterable[Part], boundary: str) -> bytes:
    """
    Write a form.

    Args:
        parts: the form's parts, written in this order.
        boundary: legal and not in the content: of `boundary_for`, or passed by `check_boundary`.

    Returns:
        The body, lines ended by CRLF.
    """
    mark = f"--{boundary}".encode()
    pieces: list[bytes] = []
    for part in parts:
        pieces += (mark, b"\r\n", _head(part), b"\r\n\r\n", bytes_of(part.data), b"\r\n")
    return b"".join((*pieces, mark, b"--\r\n"))


def boundary_of(content_type: str) -> str | None:
    """
    Read the boundary from a Content-Type header.

    Args:
        content_type: the header's value.

    Returns:
        The boundary, or None when the header is not of a form or has no legal one.
    """
    kind, parameters = _parameters(content_type)
    if kind.lower() != "multipart/form-data" or parameters is None:
        return None
    boundary = parameters.get("boundary", "")
    return boundary if is_boundary(boundary) else None


def decode_form(content: bytes, content_type: str, limits: InputLimits = DEFAULT) -> tuple[Part, ...]:
    """
    Read a form.

    Lines end as the first one does: CRLF as they must, or LF alone in the whole form; nothing is
    mixed, so the data of a part is exact.  What stands before the first and after the closing
    delimiter is skipped.  A part without filename whose data is UTF-8 and whose type is absent,
    text or JSON has `str` data.

    Args:
        content: the body.
        content_type: the Content-Type header, which names the boundary.
        limits: how many parts are read, and how long the head of one may be.

    Returns:
        The parts in their order, repeated names included.

    Raises:
        WireError: The boundary is missing, a part's head is malformed, the closing delimiter is
            missing, or there are more parts than the limits allow.
    """
    boundary = boundary_of(content_type)
    if boundary is None:
        given = shorten(content_type)
        raise WireError(f"expected multipart/form-data with a boundary, got {given}")
    mark = b"--" + boundary.encode()
    opening = re.compile(rb"(?:\A|(?<=\n))" + re.escape(mark) + rb"(?:(--)|[ \t]*(\r?\n))")
    first = opening.search(content)
    if first is None:
        raise WireError("expected the form to begin with its boundary")
    if first[1] is not None:
        return ()
    blocks = _blocks(content, first.end(), mark, first[2], limits.form_parts)
    head = limits.form_head_bytes
    return tuple(_part(content, start, end, first[2], head) for start, end in blocks)


def checked_count(parts: tuple[Part, ...], limits: InputLimits) -> tuple[Part, ...]:
    """Let the parts of a form in, unless there are too many."""
    if len(parts) > limits.form_parts:
        raise WireError(f"expected at most {limits.form_parts} parts")
    return parts


def _blocks(content: bytes, start: int, mark: bytes, line_end: bytes, most: int) -> Iterator[tuple[int, int]]:
    """Yield where each part begins and ends; start is after the first delimiter line."""
    delimiter = re.compile(re.escape(line_end + mark) + rb"(?:(--)|[ \t]*" + re.escape(line_end) + rb")")
    for _ in range(most):
        found = delimiter.search(content, start)
        if found is None:
            raise WireError("expected a closing delimiter, got the end of the form")
        yield start, found.start()
        if found[1] is not None:
            return
        start = found.end()
    raise WireError(f"expected at most {most} parts")


def _part(content: bytes, start: int, end: int, line_end: bytes, most: int) -> Part:
    """Read one part."""
    blank = content.find(line_end * 2, start, min(end, start + most))
    if blank < 0:
        raise WireError("expected a blank line after the head of a form part")
    headers = _headers(content[start:blank], line_end)
    kind, parameters = _parameters(headers.get("content-disposition", ""))
    if kind.lower() != "form-data" or parameters is None or "name" not in parameters:
        raise WireError("expected a form part with Content-Disposition: form-data and a name")
    coding = headers.get("content-transfer-encoding", "binary").lower()
    if coding not in {"7bit", "8bit", "binary"}:
        raise WireError(f"expected a form part as it is, got it in {shorten(coding)}")
    filename, content_type = parameters.get("filename"), headers.get("content-type")
    content = content[blank + 2 * len(line_end) : end]
    data: bytes | str = content
    if filename is None and (content_type is None or content_type.lower().startswith(_TEXT_TYPES)):
        with suppress(UnicodeDecodeError):
            data = content.decode()
    try:
        return Part(parameters["name"], data, filename, content_type)
    except RequestError as error:  # the peer's fault here
        raise WireError(error.problems) from None


def _headers(head: bytes, line_end: bytes) -> dict[str, str]:
    """Read the head of a part; folded lines and repeated names are refused."""
    headers: dict[str, str] = {}
    for line in head.split(line_end):
        try:
            match = _HEADER.fullmatch(line.decode())
        except UnicodeDecodeError:
            match = None
        if match is None or match[1].lower() in headers:
            raise WireError(f"expected a header of a form part, got {shorten(line[:80])}")
        headers[match[1].lower()] = match[2].rstrip(" \t")
    return headers


def _parameters(header: str) -> tuple[str, dict[str, str] | None]:
    """Split `kind; name=value`; the parameters are None when they are malformed."""
    kind, semicolon, rest = header.partition(";")
    rest, at = semicolon + rest, 0
    plain: dict[str, str] = {}
    starred: dict[str, str] = {}
    while at < len(rest):
        match = _PARAMETER.match(rest, at)
        if match is None:
            return kind.strip(), None if rest[at:].strip("; \t") else plain | starred
        name, at = match[1].lower(), match.end()
        value = match[3] if match[2] is None else _unescaped(match[2])
        found = _unstarred(value) if name.endswith("*") else value
        kept = starred if name.endswith("*") else plain
        if found is None or name.rstrip("*") in kept:
            return kind.strip(), None
        kept[name.rstrip("*")] = found
    return kind.strip(), plain | starred


def _unstarred(value: str) -> str | None:
    """Read `UTF-8''na%C3%AFve.png`; None when it is not of that form."""
    match = _STARRED.fullmatch(value)
    if match is None:
        return None
    try:
        return unquote_to_bytes(match[2]).decode(match[1])
    except UnicodeDecodeError:
        return None


def _unescaped(value: str) -> str:
    r"""Undo `%22` and its like, and the older `\"`; other backslashes are part of the name."""
    value = _QUOTED_PAIR.sub(r"\1", value)
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)


def _escaped(text: str) -> str:
    """Write a name so that it cannot end its quotes, its line or its head."""
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", text)


def _head(part: Part) -> bytes:
    """Write the head of a part."""
    head = f'Content-Disposition: form-data; name="{_escaped(part.name)}"'
    if part.filename is not None:
        head += f'; filename="{_escaped(part.filename)}"'
    if part.content_type is not None:
        head += f"\r\nContent-Type: {part.content_type}"
    return head.encode()
