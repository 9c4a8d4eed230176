"""Forms are written as servers want them, and read as clients write them."""

from __future__ import annotations

import email.parser
import email.policy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import imagetx
from imagetx.boundary import boundary_for, check_boundary
from imagetx.errors import RequestError, WireError
from imagetx.multipart import boundary_of, decode_form, encode_form
from imagetx.part import Part
from tests.images import content as content_of

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


def test_a_file_made_to_hold_its_boundary() -> None:
    """Of a long file only the ends are hashed at first, so that its middle could be made to hold the boundary."""
    plain = (Part("a", bytes(1_000_000), "f"),)
    held = boundary_for(plain).encode()
    made = (Part("a", bytes(500_000) + held + bytes(500_000 - len(held)), "f"),)

    assert boundary_for(made) == boundary_for(made) != boundary_for(plain)
    assert boundary_for(made).encode() not in encode_form(made, "another")


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


# --- what clients send ------------------------------------------------------------------------

DATA = b"\x89PNG\r\n\x1a\n\r\n--XB\r\r\n\r\n--X"  # lines, and almost the boundary
OCTETS = "application/octet-stream"
CLIENTS = {
    "curl": (
        "multipart/form-data; boundary=------------------------d74496d66958873e",
        b"--------------------------d74496d66958873e\r\n"
        b'Content-Disposition: form-data; name="prompt"\r\n'
        b"\r\n"
        b"a fox\r\n"
        b"--------------------------d74496d66958873e\r\n"
        b'Content-Disposition: form-data; name="image[]"; filename="a %22b%22.png"\r\n'
        b"Content-Type: image/png\r\n"
        b"\r\n" + DATA + b"\r\n"
        b"--------------------------d74496d66958873e\r\n"
        b'Content-Disposition: form-data; name="image[]"; filename="b.bin"\r\n'
        b"Content-Type: application/octet-stream\r\n"
        b"\r\n"
        b"\r\n"
        b"--------------------------d74496d66958873e--\r\n",
        (
            Part("prompt", "a fox"),
            Part("image[]", DATA, 'a "b".png', "image/png"),
            Part("image[]", b"", "b.bin", OCTETS),
        ),
    ),
    "curl 7.50": (
        "multipart/form-data; boundary=------------------------3c1",
        b"--------------------------3c1\r\n"
        b'Content-Disposition: form-data; name="image"; filename="a \\"b\\\\c\\".png"\r\n'
        b"Content-Type: image/png\r\n"
        b"\r\n" + DATA + b"\r\n"
        b"--------------------------3c1--\r\n",
        (Part("image", DATA, 'a "b\\c".png', "image/png"),),
    ),
    "requests": (
        "multipart/form-data; boundary=0b9f0ea2c5a14be6b7e2fc3c9c3e6a1f",
        b"--0b9f0ea2c5a14be6b7e2fc3c9c3e6a1f\r\n"
        b'Content-Disposition: form-data; name="prompt"\r\n'
        b"\r\n"
        b"F\xc3\xbcchsin\r\n"
        b"--0b9f0ea2c5a14be6b7e2fc3c9c3e6a1f\r\n"
        b'Content-Disposition: form-data; name="none"; filename="none"\r\n'
        b"\r\n"
        b"\r\n"
        b"--0b9f0ea2c5a14be6b7e2fc3c9c3e6a1f\r\n"
        b'Content-Disposition: form-data; name="image"; filename="red.png"\r\n'
        b"\r\n" + DATA + b"\r\n"
        b"--0b9f0ea2c5a14be6b7e2fc3c9c3e6a1f--\r\n",
        (Part("prompt", "Füchsin"), Part("none", b"", "none"), Part("image", DATA, "red.png")),
    ),
    "requests with urllib3 1": (
        "multipart/form-data; boundary=5d",
        b"--5d\r\n"
        b"Content-Disposition: form-data; name=\"image\"; filename*=utf-8''na%C3%AFve%20%22x%22.png\r\n"
        b"Content-Type: image/png\r\n"
        b"\r\n" + DATA + b"\r\n"
        b"--5d--\r\n",
        (Part("image", DATA, 'naïve "x".png', "image/png"),),
    ),
    "httpx": (
        "multipart/form-data; boundary=b1e2a3",
        b"--b1e2a3\r\n"
        b'Content-Disposition: form-data; name="n"\r\n'
        b"\r\n"
        b"2\r\n"
        b"--b1e2a3\r\n"
        b'Content-Disposition: form-data; name="mask"; filename="na\xc3\xafve %22x%22\\y.png"\r\n'
        b"Content-Type: image/png\r\n"
        b"\r\n" + DATA + b"\r\n"
        b"--b1e2a3\r\n"
        b'Content-Disposition: form-data; name="none"; filename="upload"\r\n'
        b"Content-Type: application/octet-stream\r\n"
        b"\r\n"
        b"\r\n"
        b"--b1e2a3--\r\n",
        (
            Part("n", "2"),
            Part("mask", DATA, 'naïve "x"\\y.png', "image/png"),
            Part("none", b"", "upload", OCTETS),
        ),
    ),
    "openai-python": (
        'multipart/form-data; boundary="e4f5"',
        b"--e4f5\r\n"
        b'Content-Disposition: form-data; name="stream"\r\n'
        b"\r\n"
        b"true\r\n"
        b"--e4f5\r\n"
        b'Content-Disposition: form-data; name="image[]"; filename="upload"\r\n'
        b"Content-Type: application/octet-stream\r\n"
        b"\r\n" + DATA + b"\r\n"
        b"--e4f5\r\n"
        b'Content-Disposition: form-data; name="image[]"; filename="red.png"\r\n'
        b"Content-Type: image/png\r\n"
        b"\r\n"
        b"\r\n--e4f\r\n"
        b"--e4f5--\r\n",
        (
            Part("stream", "true"),
            Part("image[]", DATA, "upload", OCTETS),
            Part("image[]", b"\r\n--e4f", "red.png", "image/png"),
        ),
    ),
    "a browser": (
        "multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW",
        b"------WebKitFormBoundary7MA4YWxkTrZu0gW\r\n"
        b'Content-Disposition: form-data; name="image"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n"
        b"\r\n"
        b"\r\n"
        b"------WebKitFormBoundary7MA4YWxkTrZu0gW--\r\n",
        (Part("image", b"", "", OCTETS),),
    ),
}


@pytest.mark.parametrize(("content_type", "content", "expected"), CLIENTS.values(), ids=CLIENTS)
def test_clients(content_type: str, content: bytes, expected: tuple[Part, ...]) -> None:
    """Bytes as clients write them; data is exact to the byte, also where it holds almost the boundary."""
    assert decode_form(content, content_type) == expected
    assert decode_form(content + b"epilogue", content_type) == expected
    assert decode_form(content.removesuffix(b"\r\n"), content_type) == expected


@pytest.mark.parametrize("size", [1, 63, 64, 65, 4095, 4096, 65_536])
def test_the_boundary_is_chosen_against_the_content(size: int) -> None:
    """Wherever a part of the boundary stands in the data, at either edge, the form reads back."""
    boundary = boundary_for((Part("a", b""),))
    for data in (b"-" * size, f"\r\n--{boundary[:-1]}".encode() * size, b"\r\n" * size + b"--"):
        parts = (Part("a", data, "f"), Part("b", data, "f"))
        chosen = boundary_for(parts)

        assert decode_form(encode_form(parts, chosen), f"multipart/form-data; boundary={chosen}") == parts


EDITS = "https://api.openai.com/v1/images/edits"


@pytest.mark.parametrize(
    ("names", "expected"), [(["image"], 1), (["image[]"], 1), (["image[]"] * 2, 2), (["image"] * 3, 3)]
)
def test_edit_form_fields_typed(names: list[str], expected: int) -> None:
    """What an SDK sends as text parts is typed again, and one image of either name is one image."""
    red = content_of("red-64.png")
    scalars = {"model": "gpt-image-2", "prompt": "a hat", "n": "02", "stream": "true", "partial_images": "1"}
    parts = [Part(name, value) for name, value in scalars.items()]
    parts += [Part(name, red, "upload", OCTETS) for name in names]
    body = encode_form(parts, "XB")

    found = imagetx.decode_request(imagetx.NativeRequest("POST", EDITS, {"content-type": TYPE}, body)).value

    assert (found.n, found.stream, found.partial_images, found.operation) == (2, True, 1, "edit")
    assert found.image == (red if expected == 1 else [red] * expected)
