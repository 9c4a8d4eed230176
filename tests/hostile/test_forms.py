"""
What stands in a form stays in its part: foreign parsers read the parts that were given, and no others.

RFC 7578 section 4 and RFC 2046 section 5.1; names are escaped as the WHATWG HTML standard does ("multipart/form-data
encoding algorithm": `%0D`, `%0A`, `%22`), and so is what may end a name for other readers.
"""

from __future__ import annotations

import email.parser
import email.policy
import re
from collections.abc import Callable
from email.message import Message
from typing import Any

import pytest

import imagetx
from imagetx.boundary import boundary_for
from imagetx.multipart import decode_form
from tests.hostile.asks import CASES, plain_request

Json = Any
TEXTS = [
    "a",
    "a b",
    'a"b',
    'a"; filename="evil.html',
    "a\\",
    'a\\"b',
    "a\r\nContent-Type: text/html\r\n\r\nevil",
    "a\nb",
    "a\rb",
    "a\r\n--BOUNDARY--\r\n",
    "a\x00b",
    "a\x1bb",
    "a;b",
    "a=b",
    "a'b",
    "a%22b",
    "a%0D%0Ab",
    "%",
    "f*=utf-8''evil",
    "naïve",
    "фокс.png",
    "狐🦊",
    "a\u2028b",
    "\u202egnp.exe",
    "../../etc/passwd",
    "C:\\temp\\a.png",
    "<script>",
    "a" * 1000,
    "[a][b]",
    " ",
]
NO_TYPES: list[Any] = [
    "",
    "image",
    "image/",
    "/png",
    "image/png\r\nx-evil: 1",
    "image/png\n",
    "image/png\x00",
    "image/p\u00e9",
    " image/png",
    "ima ge/png",
    5,
    b"image/png",
]
CONTENTS: list[bytes | str] = [
    "",
    "a",
    b"",
    b"\r\n",
    b"--",
    b"\r\n--",
    b"\r\n--x--\r\n",
    b"\x00\xff",
    "a\r\nContent-Disposition: form-data; name=evil\r\n\r\nx",
    b"\r\n\r\n" * 50,
]

DISPOSITION = re.compile(r'form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?')
Read = Callable[[imagetx.NativeRequest], list[tuple[str, str | None, str | None, bytes]]]


def unescaped(text: str) -> str:
    """Read a name as the WHATWG says that it was written, and the characters that we write so beside these."""
    return re.sub("%(0[0-9A-F]|1[0-9A-F]|22|5C|7F)", lambda found: chr(int(found[1], 16)), text)


def read_email(request: imagetx.NativeRequest) -> list[tuple[str, str | None, str | None, bytes]]:
    """Read a form by the standard library's parser of mail."""
    head = f"Content-Type: {request.headers['content-type']}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    whole = email.parser.BytesParser(policy=email.policy.compat32).parsebytes(head + request.content())
    assert whole.is_multipart()
    assert whole.defects == []
    return [_read_part(part) for part in whole.get_payload() if isinstance(part, Message)]


def _read_part(part: Message) -> tuple[str, str | None, str | None, bytes]:
    known = {"content-disposition", "content-type"}
    assert {name.lower() for name in part} <= known
    assert part.defects == []
    heads = {name.lower(): str(value) for name, value in part.raw_items()}
    disposition = heads["content-disposition"].encode("ascii", "surrogateescape").decode()
    found = DISPOSITION.fullmatch(disposition)
    assert found is not None, disposition
    name, filename = unescaped(found[1]), None if found[2] is None else unescaped(found[2])
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)
    return name, filename, heads.get("content-type"), data


def read_python_multipart(request: imagetx.NativeRequest) -> list[tuple[str, str | None, str | None, bytes]]:
    """Read a form by the parser under Starlette and FastAPI."""
    python_multipart = pytest.importorskip("python_multipart", reason="a second foreign parser, where it is installed")
    boundary = request.headers["content-type"].partition("boundary=")[2].strip('"')
    parts: list[list[Json]] = []
    field: list[bytes] = [b"", b""]

    def begin() -> None:
        parts.append([{}, b""])

    def name(data: bytes, start: int, end: int) -> None:
        field[0] += data[start:end]

    def value(data: bytes, start: int, end: int) -> None:
        field[1] += data[start:end]

    def header() -> None:
        parts[-1][0][field[0].decode().lower()] = field[1].decode()
        field[:] = [b"", b""]

    def content(data: bytes, start: int, end: int) -> None:
        parts[-1][1] += data[start:end]

    callbacks = {
        "on_part_begin": begin,
        "on_header_field": name,
        "on_header_value": value,
        "on_header_end": header,
        "on_part_data": content,
    }
    parser = python_multipart.MultipartParser(boundary.encode(), callbacks)
    parser.write(request.content())
    parser.finalize()
    read = []
    for headers, data in parts:
        found = re.fullmatch(
            r'form-data; name="([^"\r\n]*)"(?:; filename="([^"\r\n]*)")?', headers["content-disposition"]
        )
        assert found is not None
        filename = None if found[2] is None else unescaped(found[2])
        read.append((unescaped(found[1]), filename, headers.get("content-type"), data))
    return read


def form(*parts: imagetx.Part) -> imagetx.NativeRequest:
    return imagetx.NativeRequest("POST", "https://h.example", {}, parts)


def meant(part: imagetx.Part) -> tuple[str, str | None, str | None, bytes]:
    data = part.data.encode() if isinstance(part.data, str) else part.data
    return part.name, part.filename, part.content_type, data


def literal(text: str) -> str:
    """Say how a name comes back that holds an escape itself: the form cannot tell it from one that was written."""
    return unescaped(text)


def assert_read(parts: list[imagetx.Part], read: Read) -> None:
    expected = []
    for part in parts:
        name, filename, kind, data = meant(part)
        expected.append((literal(name), None if filename is None else literal(filename), kind, data))
    found = read(form(*parts))
    assert found == expected


@pytest.mark.parametrize("read", [read_email, read_python_multipart])
@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text)[:30])
def test_names(text: str, read: Read) -> None:
    """A name and a filename are names, whatever stands in them; the parts around them are untouched."""
    assert_read(
        [
            imagetx.Part("first", "1"),
            imagetx.Part(text, "2"),
            imagetx.Part("image", b"\x89PNG", text, "image/png"),
            imagetx.Part(text, b"3", text, "text/plain; charset=utf-8"),
            imagetx.Part("last", "4"),
        ],
        read,
    )


@pytest.mark.parametrize("read", [read_email, read_python_multipart])
@pytest.mark.parametrize("content", CONTENTS, ids=repr)
def test_contents(content: bytes | str, read: Read) -> None:
    """Nothing in a content ends its part, and it comes back byte for byte."""
    parts = [imagetx.Part("a", content), imagetx.Part("b", content, "x", "image/png"), imagetx.Part("c", "end")]

    assert_read(parts, read)
    request = form(*parts)
    again = decode_form(request.content(), request.headers["content-type"])
    assert [meant(part)[3] for part in again] == [meant(part)[3] for part in parts]


def test_boundaries() -> None:
    """The boundary is nowhere in the content, and neither chosen by it nor given so that it were."""
    parts = (imagetx.Part("a", "x"),)
    own = boundary_for(parts)
    for content in (own, f"\r\n--{own}--\r\n", f"--{own}"):
        inner = (imagetx.Part("a", content), imagetx.Part("b", content.encode(), "f", "image/png"))
        request = form(*inner)
        boundary = request.headers["content-type"].partition("boundary=")[2]
        assert boundary not in content
        assert request.content().count(boundary.encode()) == 3
        with pytest.raises(imagetx.RequestError):
            request.with_boundary(own)
    for bad in ("", "a\r\nb", 'a"b', "a" * 71, "a ", "é", "a;b", "a\x00"):
        with pytest.raises(imagetx.RequestError):
            form(*parts).with_boundary(bad)


@pytest.mark.parametrize("kind", NO_TYPES, ids=repr)
def test_types(kind: Any) -> None:
    with pytest.raises(imagetx.RequestError):
        imagetx.Part("a", b"", "f", kind)


@pytest.mark.parametrize("text", [*TEXTS, "\ud800"], ids=lambda text: ascii(text)[:30])
def test_carried_parts(text: str) -> None:
    """Names, filenames and types that a caller carries into a form stay in their parts, for every form dialect."""
    for case in [case for case in CASES if case.dialect.request.body == "form"][::4]:
        request, provider = plain_request(case), case.dialect.provider
        own = request.get("provider_options", {}).get(provider, {})
        file = {"base64": "iVBORw0KGgo=", "filename": text, "content_type": "image/png"}
        options = {provider: {**own, f"zz{text}": text, "zz_file": file, "zz_type": {**file, "content_type": text}}}
        plain = imagetx.encode_request(request, case.target).value
        try:
            sent = imagetx.encode_request({**request, "provider_options": options}, case.target).value
        except imagetx.RequestError:  # a type that is none; then the rest
            del options[provider]["zz_type"]
            try:
                sent = imagetx.encode_request({**request, "provider_options": options}, case.target).value
            except imagetx.RequestError:
                assert text == "\ud800"
                continue
        names = [name for name, *_ in read_email(sent)]
        assert [name for name in names if not name.startswith("zz")] == [part.name for part in plain.body]
        assert len(names) == len(plain.body) + len(options[provider]) - len(own)


HEAD = b'--B\r\nContent-Disposition: form-data; name="a"'


@pytest.mark.parametrize(
    ("head", "name", "filename"),
    [
        (HEAD + b"; filename*=UTF-8''na%C3%AFve.png", "a", "naïve.png"),
        (HEAD + b"; filename=\"x.png\"; filename*=UTF-8''y.png", "a", "y.png"),
        (HEAD + b'; filename="x%22y.png"', "a", 'x"y.png'),
        (HEAD + b"; filename*=UTF-8''a%0d%0ab", "a", "a\r\nb"),
        (HEAD + b"; filename*=utf-7''x", None, None),
        (HEAD + b"; filename*=UTF-8''%ff", None, None),
        (HEAD + b'; name="b"', None, None),
        (HEAD + b'\r\nContent-Disposition: form-data; name="b"', None, None),
        (HEAD + b"\r\nContent-Transfer-Encoding: base64", None, None),
        (HEAD + b"\r\n x: folded", None, None),
        (HEAD[:-1], None, None),
        (HEAD + b"\r\nx: \x00", None, None),
        (HEAD + b"\r\nContent-Type: image/png\nx", None, None),
    ],
)
def test_heads_that_come(head: bytes, name: str | None, filename: str | None) -> None:
    """What a peer's head says is said in one way, or it is refused; what is written again stays in its place."""
    body = head + b"\r\n\r\nx\r\n--B--\r\n"
    native = imagetx.NativeRequest(
        "POST", "/v1/images/edits", {"content-type": "multipart/form-data; boundary=B"}, body
    )
    if name is None:
        with pytest.raises(imagetx.WireError):
            native.document()
        return

    (part,) = native.document()[1]

    assert (part.name, part.filename) == (name, filename)
    assert_read([part, imagetx.Part("end", "x")], read_email)
