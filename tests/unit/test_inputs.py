"""
What a dialect takes of images and masks, checked from their headers: every limit, with its message and its place.
"""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

import imagetx
from imagetx.errors import Problem, RequestError
from imagetx.inputs import compile_inputs
from tests.images import content

Json = Any

RED, GREY, GREEN, DARK, WIDE = (
    content(f"{name}") for name in ("red-64.png", "grey-64.jpg", "green-64.webp", "dark-64.gif", "wide-256x64.png")
)
EMPTY_PNG = b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + b"\0" * 17 + b"\0\0\0\0IEND\0\0\0\0"
URL = "https://img.example/a.jpg"
WHOLE = content("mask-transparent-64.png")
OPAQUE = "expected a mask with an alpha channel, whose transparent pixels mean edit, got one without; "
HINT = 'a black and white mask is {"image": ..., "edits": "white"}'


def turned(orientation: int) -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[274] = orientation
    Image.new("RGB", (256, 64)).save(out, "JPEG", exif=exif)
    return out.getvalue()


def clear(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", (width, height)).save(out, "PNG")
    return out.getvalue()


def problems_of(says: Json, images: list[Json], mask: Json = None) -> list[tuple[str, str]]:
    problems: list[Problem] = []
    compile_inputs(says)({"image": images, "mask": mask}, problems)
    return [(problem.pointer, problem.message) for problem in problems]


ONE: list[tuple[Json, bytes, str | None]] = [
    ({}, b"", "expected an image, got nothing"),
    ({}, b"hello", "expected an image (jpeg, png, webp, gif, heic, avif), got 5 bytes that begin like none"),
    ({}, RED[:100], "expected a whole png, got one that breaks off"),
    ({}, GREEN[:50], "expected a whole webp, got one that breaks off"),
    ({"types": ["image/png", "image/webp"]}, GREY, "expected png or webp, got jpeg"),
    ({"types": ["image/png"]}, RED, None),
    ({"types": ["image/png"]}, DARK, "expected png, got gif"),
    ({"bytes": len(RED)}, RED, None),
    ({"bytes": len(RED) - 1}, RED, f"expected an image of at most {len(RED) - 1} bytes, got {len(RED)}"),
    ({"sizes": ["64x64", "1024x1024"]}, RED, None),
    ({"sizes": ["512x512", "1024x1024"]}, RED, "expected a size of 512x512, 1024x1024, got 64x64"),
    ({"edge": [64, 256]}, WIDE, None),
    ({"edge": [65, 256]}, WIDE, "expected edges of 65 to 256 px, got 256x64"),
    ({"edge": [None, 255]}, WIDE, "expected edges of at most 255 px, got 256x64"),
    ({"edge": [320, None]}, WIDE, "expected edges of at least 320 px, got 256x64"),
    ({"pixels": [4096, 4096]}, RED, None),
    ({"pixels": [4097, None]}, RED, "expected at least 4097 pixels, got 64x64, that is 4096"),
    ({"pixels": [None, 4095]}, RED, "expected at most 4095 pixels, got 64x64, that is 4096"),
    ({"pixels": [1, 2]}, RED, "expected 1 to 2 pixels, got 64x64, that is 4096"),
    ({"ratio": 4}, WIDE, None),
    ({"ratio": 3.99}, WIDE, "expected a ratio of at most 3.99:1, got 256x64"),
    ({"ratio": 2.5}, turned(6), "expected a ratio of at most 2.5:1, got 256x64"),
    ({"edge": [1, 1]}, b"<svg></svg>", None),
    (
        {},
        EMPTY_PNG,
        "expected an image with pixels, got 0x0",
    ),
]


@pytest.mark.parametrize(("says", "data", "message"), ONE)
def test_one_image(says: Json, data: bytes, message: str | None) -> None:
    """A bound itself is allowed; the same holds of a mask."""
    expected = [] if message is None else [message]

    assert problems_of({"image": says}, [{"bytes": data}]) == [("/image/0", each) for each in expected]
    assert problems_of({"mask": says}, [], {"bytes": data, "edits": "white"}) == [("/mask", each) for each in expected]


COUNTS: list[tuple[Json, int, str | None]] = [
    ({}, 0, None),
    ({}, 99, None),
    ({"least": 1}, 0, "expected at least 1 image, got none"),
    ({"least": 2}, 1, "expected at least 2 images, got 1"),
    ({"most": 1}, 2, "expected at most 1 image, got 2"),
    ({"most": 0}, 1, "expected at most 0 images, got 1"),
    ({"least": 1, "most": 1}, 0, "expected 1 image, got none"),
    ({"least": 2, "most": 2}, 3, "expected 2 images, got 3"),
    ({"least": 1, "most": 16}, 17, "expected 1 to 16 images, got 17"),
    ({"least": 1, "most": 16}, 16, None),
]


@pytest.mark.parametrize(("says", "count", "message"), COUNTS)
def test_how_many(says: Json, count: int, message: str | None) -> None:
    expected = [] if message is None else [("/image", message)]

    assert problems_of({"image": says}, [{"bytes": RED}] * count) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ({"url": URL}, ["expected png, got jpeg"]),
        ({"url": "https://img.example/a.png"}, []),
        ({"url": "https://img.example/a"}, []),
        ({"url": "https://img.example/a.png", "mime_type": "image/gif"}, ["expected png, got gif"]),
        ({"url": "https://img.example/a", "mime_type": "video/mp4"}, ["expected png, got video/mp4"]),
        ({"file_id": "file-7"}, []),
    ],
)
def test_references(source: Json, expected: list[str]) -> None:
    """Of a reference only the type may be known, and no limit of bytes or pixels is judged."""
    found = problems_of({"image": {"types": ["image/png"], "bytes": 1, "edge": [1, 1]}}, [source])

    assert found == [("/image/0", message) for message in expected]


def test_the_first_image_may_differ() -> None:
    """It keeps the bounds that `first` does not name, and those of the others hold from the second on."""
    says = {"image": {"types": ["image/png"], "bytes": 200}, "first": {"types": ["image/jpeg"]}}

    assert problems_of(says, [{"bytes": GREY}, {"bytes": RED}]) == []
    assert problems_of(says, [{"bytes": RED}, {"bytes": WIDE}]) == [
        ("/image/0", "expected jpeg, got png"),
        ("/image/1", "expected an image of at most 200 bytes, got 207"),
    ]


def test_all_problems_at_once() -> None:
    says = {"image": {"types": ["image/png"], "bytes": 100}, "mask": {"alike": True, "types": ["image/png"]}}

    found = problems_of(says, [{"bytes": RED}, {"url": URL}, {"bytes": b""}], {"bytes": WIDE})

    assert found == [
        ("/image/0", "expected an image of at most 100 bytes, got 137"),
        ("/image/1", "expected png, got jpeg"),
        ("/image/2", "expected an image, got nothing"),
        ("/mask", OPAQUE + HINT),
        ("/mask", "expected a mask of the size of the first image, 64x64, got 256x64"),
    ]


ALIKE: list[tuple[Json, Json, str | None]] = [
    ({"bytes": RED}, {"bytes": WHOLE}, None),
    ({"bytes": WIDE}, {"bytes": WHOLE}, "256x64, got 64x64"),
    ({"bytes": WIDE}, {"bytes": clear(64, 256)}, "256x64, got 64x256"),
    ({"bytes": turned(1)}, {"bytes": clear(256, 64)}, None),
    ({"bytes": turned(6)}, {"bytes": clear(64, 256)}, None),
    ({"bytes": turned(6)}, {"bytes": clear(64, 64)}, "256x64, got 64x64"),
    ({"url": URL}, {"bytes": WHOLE}, None),
    ({"bytes": RED}, {"url": URL}, None),
    ({"bytes": RED}, {"file_id": "m"}, None),
]


@pytest.mark.parametrize(("image", "mask", "sizes"), ALIKE)
def test_a_mask_of_the_size_of_the_first_image(image: Json, mask: Json, sizes: str | None) -> None:
    """A photo that its EXIF turns may be shown either way; what is not known is not judged."""
    expected = [] if sizes is None else [("/mask", f"expected a mask of the size of the first image, {sizes}")]

    assert problems_of({"mask": {"alike": True}}, [image, {"bytes": GREY}], mask) == expected
    assert problems_of({"mask": {}}, [image], mask) == []


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ({"bytes": content("mask-white-64.png")}, [("/mask", OPAQUE + HINT)]),
        ({"bytes": GREY}, [("/mask", OPAQUE + HINT)]),
        ({"bytes": content("mask-white-64.png"), "edits": "white"}, []),
        ({"bytes": WHOLE}, []),
        ({"bytes": DARK}, []),
    ],
)
def test_a_mask_without_alpha_would_edit_nothing(mask: Json, expected: list[tuple[str, str]]) -> None:
    assert problems_of({}, [], mask) == expected


@pytest.mark.parametrize(
    ("image", "mask", "pointers"),
    [
        (b"", None, ["/image"]),
        ([b""], None, ["/image/0"]),
        ([RED, b""], None, ["/image/1"]),
        ("", None, ["/image"]),
        ([RED, "?", 7], None, ["/image/1", "/image/2"]),
        (RED, b"", ["/mask"]),
        (RED, {"image": b"", "edits": "transparent"}, ["/mask"]),
        (RED, {"image": "?", "edits": "white"}, ["/mask/image"]),
        ([RED, b""], b"", ["/image/1", "/mask"]),
        ([RED] * 17, b"", ["/image"]),
    ],
)
def test_pointers(image: Json, mask: Json, pointers: list[str]) -> None:
    """A problem points where the caller wrote: /image of a bare image, /image/N of a list, /mask."""
    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({"prompt": "x", "image": image, "mask": mask}, "openai/gpt-image-2")

    assert [problem.pointer for problem in caught.value.problems] == pointers


def test_the_source_of_a_limit() -> None:
    """A problem names the document that gives the limit: that of the images, of the first one, or of the mask."""
    says = {
        "image": {"most": 2, "ratio": 2, "source": "A"},
        "first": {"ratio": 3, "source": "B"},
        "mask": {"bytes": 1, "source": "C"},
    }

    def sources(count: int, mask: Json = None) -> list[str | None]:
        problems: list[Problem] = []
        compile_inputs(says)({"image": [{"bytes": WIDE}] * count, "mask": mask}, problems)
        return [problem.source for problem in problems]

    assert sources(3) == ["A"]
    assert sources(2) == ["B", "A"]
    assert sources(1, {"bytes": WHOLE}) == ["B", "C"]
