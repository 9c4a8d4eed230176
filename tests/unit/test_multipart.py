"""Forms are written as servers want them, and read as clients write them."""

from __future__ import annotations

import email.parser
import email.policy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.errors import RequestError, WireError
from imagetx.multipart import Part, boundary_for, boundary_of, check_boundary, decode_form, encode_form

TYPE = "multipart/form-data; boundary=XB"
PNG = b"\x89PNG\r\n\x1a\n\r\n--X"


def form(*lines: bytes, end: bytes = b"\r\n") -> bytes:
    return end.join(lines)


def test_encode() -> None:
    expected = form(
        b"--XB",
        b'Content-Disposition: form-data; name="n"',
        b"",
        b"2",
        b"--XB",
        b'Content-Disposition: form-data; name="image[]"; filename="a.png"',
        b"Content-Type: image/png",
        b"",
        PNG,
        b"--XB--",
        b"",
    )
    parts = (Part("n", "2"), Part("image[]", PNG, "a.png", "image/png"))

    assert encode_form(parts, "XB") == expected
    assert decode_form(expected, TYPE) == parts


def test_empty_form() -> None:
    assert encode_form((), "XB") == b"--XB--\r\n"
    assert decode_form(b"--XB--\r\n", TYPE) == ()


HOSTILE = ['a"; filename="x', "a\r\nX-Evil: 1", "a\nb", "a\rb", "a\x00b", "back\\", 'q\\"', "naïve ☃.png", "", " "]


@pytest.mark.parametrize("text", HOSTILE)
def test_names_stay_in_their_place(text: str) -> None:
    """A second reader, Python's own, finds the same two headers and no other."""
    part = Part(text, b"\xff", text, "image/png")
    content = encode_form((part,), "XB")
    head = content.split(b"\r\n\r\n")[0].split(b"\r\n")
    other = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(
        b"Content-Type: " + TYPE.encode() + b"\r\n\r\n" + content
    )

    assert decode_form(content, TYPE) == (part,)
    assert len(head) == 3
    assert head[1].count(b'"') == 4
    assert [inner.keys() for inner in other.iter_parts()] == [["Content-Disposition", "Content-Type"]]


DISPOSITIONS = [
    (b'form-data; name="image"; filename="a.png"', ("image", "a.png")),
    (b"form-data; name=image; filename=a.png", ("image", "a.png")),
    (b'Form-Data ;NAME="image" ; FileName="a.png"', ("image", "a.png")),
    (b'form-data; filename="a.png"; name="image"', ("image", "a.png")),
    (b'form-data; name="a%22b"; filename="c%22.png"', ('a"b', 'c".png')),
    (b'form-data; name="a\\"b"; filename="C:\\dir\\c.png"', ('a"b', "C:\\dir\\c.png")),
    (b'form-data; name="a;b=c"; filename="x; y.png"', ("a;b=c", "x; y.png")),
    (b"form-data; name=\"i\"; filename*=UTF-8''na%C3%AFve.png", ("i", "naïve.png")),
    (b'form-data; name="i"; filename="x"; filename*=utf-8\'en\'%e2%98%83', ("i", "☃")),
    (b"form-data; name=\"i\"; filename*=iso-8859-1''%e9.png", ("i", "é.png")),
    ('form-data; name="ï"; filename="☃.png"'.encode(), ("ï", "☃.png")),
    (b'form-data; name="i"; filename=""', ("i", "")),
    (b'form-data; name="50%.png"; filename="100%25"', ("50%.png", "100%25")),
    (b'form-data; name="i"; filename="a";', ("i", "a")),
]


@pytest.mark.parametrize(("disposition", "expected"), DISPOSITIONS)
def test_dispositions(disposition: bytes, expected: tuple[str, str]) -> None:
    content = form(b"--XB", b"content-disposition: " + disposition, b"", b"\xff", b"--XB--")

    (part,) = decode_form(content, TYPE)

    assert (part.name, part.filename, part.data, part.content_type) == (*expected, b"\xff", None)


def test_text_and_bytes() -> None:
    """A scalar is text where it is UTF-8; what has a filename is bytes."""
    parts = (
        Part("a", "é"),
        Part("a", b"\xff"),
        Part("a", "{}", None, "application/json"),
        Part("a", "t", None, "text/plain; charset=utf-8"),
        Part("a", b"t", None, "image/svg+xml"),
        Part("a", b"t", "f"),
        Part("a", ""),
        Part("a", "\r\n"),
    )

    assert decode_form(encode_form(parts, "XB"), TYPE) == parts


def test_lines_may_end_in_lf_alone() -> None:
    head = b'Content-Disposition: form-data; name="a"'
    content = form(b"--XB", head, b"", b"1\r", b"--XB", head, b"", b"2", b"--XB--", end=b"\n")

    assert decode_form(content, TYPE) == (Part("a", "1\r"), Part("a", "2"))


def test_preamble_epilogue_padding_and_prefix() -> None:
    head = b'Content-Disposition: form-data; name="a"'
    content = form(b"hello", b"--XB \t", head, b"", b"1", b"--XBX", b"--XB--X")

    assert decode_form(content, TYPE) == (Part("a", "1\r\n--XBX"),)


HEAD = b'Content-Disposition: form-data; name="a"'
MALFORMED = [
    (b"", TYPE, "begin with its boundary"),
    (b"--XBX\r\n", TYPE, "begin with its boundary"),
    (b"--XB\r\n" + HEAD + b"\r\n\r\n1", TYPE, "closing delimiter"),
    (b"--XB\r\n" + HEAD + b"\r\n\r\n1\r\n--XB", TYPE, "closing delimiter"),
    (b"--XB\r\n" + HEAD + b"\r\n\r\n1\n--XB--", TYPE, "closing delimiter"),
    (b"--XB\r\n" + HEAD + b"\r\n--XB--", TYPE, "blank line"),
    (b"--XB\r\n" + HEAD + b"\n\n1\r\n--XB--", TYPE, "blank line"),
    (b"--XB\r\n" + b"A: b\r\n" * 3000 + b"\r\n1\r\n--XB--", TYPE, "blank line"),
    (b"--XB\r\n\r\n1\r\n--XB--", TYPE, "blank line"),
    (b"--XB\r\nA: b\r\n\r\n1\r\n--XB--", TYPE, "Content-Disposition"),
    (b"--XB\r\nContent-Disposition: form-data\r\n\r\n1\r\n--XB--", TYPE, "a name"),
    (b"--XB\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--XB--", TYPE, "form-data"),
    (b'--XB\r\nContent-Disposition: form-data; name="a\r\n\r\n1\r\n--XB--', TYPE, "a name"),
    (b"--XB\r\nContent-Disposition: form-data; name=a; name=b\r\n\r\n1\r\n--XB--", TYPE, "a name"),
    (b"--XB\r\nContent-Disposition: form-data; name=a; filename*=x\r\n\r\n1\r\n--XB--", TYPE, "a name"),
    (b"--XB\r\n" + HEAD + b"\r\n" + HEAD + b"\r\n\r\n1\r\n--XB--", TYPE, "a header"),
    (b"--XB\r\n" + HEAD + b"\r\n folded\r\n\r\n1\r\n--XB--", TYPE, "a header"),
    (b"--XB\r\nnonsense\r\n\r\n1\r\n--XB--", TYPE, "a header"),
    (b"--XB\r\nA: \xff\r\n\r\n1\r\n--XB--", TYPE, "a header"),
    (b"--XB\r\n" + HEAD + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n1\r\n--XB--", TYPE, "as it is"),
    (b"--XB\r\n" + HEAD + b"\r\nContent-Type: nonsense\r\n\r\n1\r\n--XB--", TYPE, "media type"),
    ((b"--XB\r\n" + HEAD + b"\r\n\r\n\r\n") * 1001 + b"--XB--", TYPE, "at most 1000"),
    (b"--XB--", "multipart/form-data", "boundary"),
    (b"--XB--", "multipart/mixed; boundary=XB", "boundary"),
    (b"--XB--", "multipart/form-data; boundary=" + "X" * 71, "boundary"),
    (b"--XB--", 'multipart/form-data; boundary="XB', "boundary"),
    (b"--XB--", "", "boundary"),
]


@pytest.mark.parametrize(("content", "content_type", "said"), MALFORMED)
def test_malformed(content: bytes, content_type: str, said: str) -> None:
    with pytest.raises(WireError, match=said):
        decode_form(content, content_type)


@pytest.mark.parametrize(
    ("content_type", "expected"),
    [
        ("multipart/form-data; boundary=XB", "XB"),
        ('Multipart/Form-Data; charset=utf-8; Boundary="a b:c"', "a b:c"),
        ("multipart/form-data;boundary=----WebKitFormBoundary7MA4", "----WebKitFormBoundary7MA4"),
        ("application/json; boundary=XB", None),
        ("multipart/form-data; boundary=a; boundary=b", None),
        ('multipart/form-data; boundary="a "', None),
    ],
)
def test_boundary_of(content_type: str, expected: str | None) -> None:
    assert boundary_of(content_type) == expected


def test_boundary_is_of_the_content() -> None:
    parts = (Part("a", "1"), Part("b", b"2", "f", "image/png"))

    assert boundary_for(parts) == boundary_for(list(parts)) == "imagetx-" + boundary_for(parts)[8:]
    assert (
        len({boundary_for(other) for other in ((), parts, parts[:1], (Part("a1", ""),), (Part("a", b"1", ""),))}) == 5
    )


@pytest.mark.parametrize("boundary", ["", "a" * 71, "a\r\nb", 'a"b', "a ", "é", 1, "XB"])
def test_bad_boundary(boundary: Any) -> None:
    with pytest.raises(RequestError):
        check_boundary(boundary, [Part("a", "--XB--")])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1, ""), "text, got int - at /name"),
        ((b"a", ""), "text, got bytes - at /name"),
        (("a", None), "text, got NoneType - at /data"),
        (("a", bytearray()), "text, got bytearray - at /data"),
        (("a", "\ud800"), "half a character"),
        (("\udfff", ""), "half a character"),
        (("a", "", b"f"), "text, got bytes - at /filename"),
        (("a", "", None, "image/png\r\nX: y"), "media type"),
        (("a", "", None, "png"), "media type"),
    ],
)
def test_bad_part(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(RequestError, match=said):
        Part(*arguments)


def test_part_is_a_value() -> None:
    part = Part("a", b"x" * 1000, "f", "image/png")

    assert pickle.loads(pickle.dumps(part)) == part
    assert hash(part) == hash(Part("a", b"x" * 1000, "f", "image/png"))
    assert repr(part) == 'Part(name="a", data=<1000 bytes>, filename="f", content_type="image/png")'


names = st.text().filter(lambda text: "%" not in text)
media_types = st.none() | st.sampled_from(["image/png", "text/plain", "application/json"])
forms = st.lists(st.builds(Part, names, st.text() | st.binary(), st.none() | names, media_types), max_size=5).map(tuple)


@given(forms)
def test_decode_undoes_encode(parts: tuple[Part, ...]) -> None:
    boundary = boundary_for(parts)
    content = encode_form(parts, boundary)
    back = decode_form(content, f"multipart/form-data; boundary={boundary}")

    assert encode_form(back, boundary) == content
    assert [part.name for part in back] == [part.name for part in parts]
    assert [part.filename for part in back] == [part.filename for part in parts]
