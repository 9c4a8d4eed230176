"""
Bad images and bad forms: one error with every problem, its place and its limit, on encode and on decode.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

import imagetx
from imagetx import NativeRequest, Part, RequestError, WireError
from imagetx.multipart import encode_form
from tests.images import content, text

Json = Any

TARGET = "openai/gpt-image-2"
URL = "https://api.openai.com/v1/images/edits"
TYPE = "multipart/form-data; boundary=XB"
RED, WIDE, MASK = content("red-64.png"), content("wide-256x64.png"), content("mask-transparent-64.png")
HUGE = RED + b"\0" * (60_000_000 - len(RED))
TEXT_FILE = b"a picture of a fox\n"
NO_IMAGE = "expected an image (jpeg, png, webp, gif, heic, avif), got 19 bytes that begin like none"
CUT = "expected a whole png, got one that breaks off"
TYPES = "expected png, jpeg or webp, got gif"
LARGE = "expected an image of at most 52428799 bytes, got 60000000"
ALIKE = "expected a mask of the size of the first image, 256x64, got 64x64"
MANY = "expected 1 to 16 images, got 17"
NOTHING = "expected an image, got nothing"

IMAGES: dict[str, tuple[list[bytes], bytes | None, list[tuple[str, str]]]] = {
    "a truncated png": ([RED[:100]], None, [("/0", CUT)]),
    "a text file named .png": ([TEXT_FILE], None, [("/0", NO_IMAGE)]),
    "a type that is not taken": ([content("dark-64.gif")], None, [("/0", TYPES)]),
    "17 images": ([RED] * 17, None, [("", MANY)]),
    "a mask of another size": ([WIDE], MASK, [("mask", ALIKE)]),
    "an empty part": ([b""], None, [("/0", NOTHING)]),
    "an empty mask": ([RED], b"", [("mask", NOTHING)]),
    "60 MB": ([HUGE], None, [("/0", LARGE)]),
    "all at once": ([RED, TEXT_FILE, RED[:100]], b"", [("/1", NO_IMAGE), ("/2", CUT), ("mask", NOTHING)]),
}
each_case = pytest.mark.parametrize(("images", "mask", "expected"), IMAGES.values(), ids=IMAGES)


def placed(error: imagetx.ImagetxError, root: str) -> list[tuple[str, str]]:
    """Give place and message of problems, places of images relative to the list."""
    shown = []
    for problem in error.problems:
        assert problem.pointer.startswith(root)
        place = problem.pointer.removeprefix(root).removeprefix("/image").removeprefix("s")
        shown.append((place.removeprefix("/") if place == "/mask" else place, problem.message))
    return shown


@each_case
@pytest.mark.parametrize("form", ["bytes", "base64", "data URL"])
def test_encode(images: list[bytes], mask: bytes | None, expected: list[tuple[str, str]], form: str) -> None:
    """The same of every form in which data is given."""

    def said(data: bytes | None) -> Json:
        if not data or form == "bytes":
            return data
        encoded = base64.b64encode(data).decode()
        return encoded if form == "base64" else f"data:image/png;base64,{encoded}"

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({"prompt": "x", "image": [said(each) for each in images], "mask": said(mask)}, TARGET)

    assert placed(caught.value, "") == expected


def form_of(images: list[bytes], mask: bytes | None) -> bytes:
    parts = [Part("model", "gpt-image-2"), Part("prompt", "x")]
    parts += [Part("image[]", data, "a.png", "image/png") for data in images]
    return encode_form([*parts, *([] if mask is None else [Part("mask", mask, "mask.png", "image/png")])], "XB")


@each_case
def test_decode_of_a_form(images: list[bytes], mask: bytes | None, expected: list[tuple[str, str]]) -> None:
    """A filename and a media type that say png convince nobody."""
    native = NativeRequest("POST", URL, {"content-type": TYPE}, form_of(images, mask))

    with pytest.raises(WireError) as caught:
        imagetx.decode_request(native, "openai")

    assert placed(caught.value, "/body") == expected


NONE = "expected 1 to 16 images, got none - at /body/images"
IN_JSON: dict[str, tuple[list[bytes], bytes | None, str]] = {
    "a truncated png": ([RED[:100]], None, f"{CUT} - at /body/images/0"),
    "a text file": ([TEXT_FILE], None, NONE),
    "a type that is not taken": ([RED, content("dark-64.gif")], None, f"{TYPES} - at /body/images/1"),
    "17 images": ([RED] * 17, None, f"{MANY} - at /body/images"),
    "a mask of another size": ([WIDE], MASK, f"{ALIKE} - at /body/mask/image_url"),
    "an empty image": ([b""], None, NONE),
    "an empty mask": ([RED], b"", 'expected an image as base64, got "data:image/png;base64," as in openai/edits'),
    "60 MB": ([HUGE], None, "expected an image of at most 15728622 bytes, got 60000000 - at /body/images/0"),
}


@pytest.mark.parametrize(("images", "mask", "said"), IN_JSON.values(), ids=IN_JSON)
def test_decode_of_json(images: list[bytes], mask: bytes | None, said: str) -> None:
    """What begins like no image is none there: the list may hold other things."""

    def url(data: bytes) -> Json:
        return {"image_url": f"data:image/png;base64,{base64.b64encode(data).decode()}"}

    body: Json = {"model": "gpt-image-2", "prompt": "x", "images": [url(each) for each in images]}
    if mask is not None:
        body["mask"] = url(mask)

    with pytest.raises(WireError) as caught:
        imagetx.decode_request(NativeRequest("POST", URL, {}, body), "openai")

    assert any(str(problem).startswith(said) for problem in caught.value.problems)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (text("red-64.png")[:80] + " " + text("red-64.png")[80:], 'expected base64, got other characters in it: " "'),
        (
            text("red-64.png")[:76] + "\n" + text("red-64.png")[76:],
            'expected base64, got other characters in it: "\\n"',
        ),
        ("iVBORw0KGgo.", 'expected base64, got other characters in it: "."'),
        ("iVBORw0KGgo*AAAA", 'expected base64, got other characters in it: "*"'),
        ("iVBOR", "expected base64 of at least one byte in groups of four, got 5 characters"),
        ("", "expected base64 of at least one byte in groups of four, got 0 characters"),
    ],
)
def test_bad_base64(image: str, message: str) -> None:
    """On encode at /image, on decode where it stands; what came is shown in a few characters."""
    with pytest.raises(RequestError) as asked:
        imagetx.encode_request({"prompt": "x", "image": image}, TARGET)
    body = {"model": "gpt-image-2", "prompt": "x", "images": [{"image_url": f"data:image/png;base64,{image}"}]}
    with pytest.raises(WireError) as read:
        imagetx.decode_request(NativeRequest("POST", URL, {}, body), "openai")

    assert [(problem.pointer, problem.message) for problem in asked.value.problems] == [("/image", message)]
    assert read.value.problems[0].pointer.startswith("/body/images")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (form_of([RED], None)[:-8], "expected a closing delimiter, got the end of the form"),
        (form_of([RED], None)[:200], "expected a closing delimiter, got the end of the form"),
        (b"", "expected the form to begin with its boundary"),
        (form_of([], None), "expected 1 to 16 images, got none"),
        (form_of([], None)[:-6] + form_of([RED[:50]], None)[-200:], "expected"),
    ],
)
def test_broken_forms(body: bytes, message: str) -> None:
    with pytest.raises(WireError) as caught:
        imagetx.decode_request(NativeRequest("POST", URL, {"content-type": TYPE}, body), "openai")

    assert any(problem.message.startswith(message) for problem in caught.value.problems)


@pytest.mark.parametrize("value", ["a text", "", "https://img.example/a.png", text("red-64.png")])
def test_a_text_where_a_file_stands(value: str) -> None:
    """An image part that is no file is none; it is never dropped."""
    parts = (Part("model", "gpt-image-2"), Part("prompt", "x"), Part("image", value))

    with pytest.raises(WireError) as caught:
        imagetx.decode_request(NativeRequest("POST", URL, {}, parts), "openai")

    assert ("/body/image", "expected 1 to 16 images, got none") in [
        (p.pointer, p.message) for p in caught.value.problems
    ]
