"""
Masks keep their edit region in whatever polarity they are said, pixel by pixel, as Pillow sees it.
"""

from __future__ import annotations

import base64
import io
import sys
import zlib
from typing import Any

import pytest
from PIL import Image

import imagetx
from imagetx.errors import Problem, RequestError, Unsayable
from imagetx.mask import repainted
from tests.images import content
from tests.unit.test_header import chunk

Json = Any
EDITS = ("transparent", "white", "black")
PAIRS = [(given, wanted) for given in EDITS for wanted in EDITS if given != wanted]
each_pair = pytest.mark.parametrize(("given", "wanted"), PAIRS)

REGION = [0, 255, 255, 0, 255, 0]
SOFT = [0, 1, 127, 128, 254, 255]
HARD = [0, 0, 0, 255, 255, 255]


def saved(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def drawn(mode: str, pixels: list[Any]) -> Image.Image:
    image = Image.new(mode, (3, 2))
    for at, pixel in enumerate(pixels):
        image.putpixel((at % 3, at // 3), pixel)
    return image


def mask_of(region: list[int], edits: str) -> bytes:
    """Draw a mask by hand: 255 is edited."""
    if edits == "transparent":
        return saved(drawn("RGBA", [(9, 8, 7, 255 - level) for level in region]))
    return saved(drawn("L", [level if edits == "white" else 255 - level for level in region]))


def pixels_of(data: Json, mode: str) -> list[Any]:
    image = Image.open(io.BytesIO(data)).convert(mode)
    return [image.getpixel((at % image.width, at // image.width)) for at in range(image.width * image.height)]


def region_of(data: Json, edits: str) -> list[int]:
    """Read a painted mask: of one with an alpha channel that, else its grey, which must be grey."""
    if edits == "transparent":
        return [255 - alpha for *_, alpha in pixels_of(data, "RGBA")]
    reds = pixels_of(data, "RGBA")
    assert all(red == green == blue and alpha == 255 for red, green, blue, alpha in reds)
    return [red if edits == "white" else 255 - red for red, *_ in reds]


def source(data: bytes, edits: str, form: str = "bytes") -> dict[str, Json]:
    text = base64.b64encode(data).decode()
    said: dict[str, Json] = {"bytes": data, "base64": text, "data_url": f"data:image/png;base64,{text}"}
    return {form: said[form], **({} if edits == "transparent" else {"edits": edits})}


@each_pair
@pytest.mark.parametrize("form", ["bytes", "base64", "data_url"])
@pytest.mark.parametrize("soft", [True, False])
def test_hard_masks_are_exact(given: str, wanted: str, form: str, soft: bool) -> None:
    found, softened = repainted(source(mask_of(REGION, given), given, form), wanted, soft=soft)

    assert region_of(found["bytes"], wanted) == REGION
    assert (found["edits"], softened) == (wanted, False)
    assert Image.open(io.BytesIO(found["bytes"])).format == "PNG"


@each_pair
def test_soft_masks_where_they_are_taken(given: str, wanted: str) -> None:
    """Greys become alpha and back without a change of a level."""
    found, softened = repainted(source(mask_of(SOFT, given), given), wanted, soft=True)

    assert region_of(found["bytes"], wanted) == SOFT
    assert not softened


@each_pair
def test_soft_masks_where_only_hard_ones_are_taken(given: str, wanted: str) -> None:
    """What is edited by half or more is edited; the mask has three channels, as Titan and Nova want."""
    found, softened = repainted(source(mask_of(SOFT, given), given), wanted, soft=False)

    assert region_of(found["bytes"], wanted) == HARD
    assert softened
    assert Image.open(io.BytesIO(found["bytes"])).mode == ("RGBA" if wanted == "transparent" else "RGB")


GREY_ALPHA = saved(drawn("LA", [(255, 255), (255, 0), (255, 51), (0, 255), (0, 0), (0, 51)]))
ALPHA = [(0, 0, 0, 255 - level) for level in SOFT]
MODES: dict[str, tuple[bytes, str, list[int]]] = {
    "LA, white": (GREY_ALPHA, "white", [255, 0, 51, 0, 0, 0]),
    "LA, black": (GREY_ALPHA, "black", [0, 0, 0, 255, 0, 51]),
    "LA, transparent": (saved(drawn("LA", [(9, 255 - level) for level in SOFT])), "transparent", SOFT),
    "RGB": (saved(drawn("RGB", [(level,) * 3 for level in SOFT])), "white", SOFT),
    "P": (saved(drawn("L", REGION).convert("P")), "white", REGION),
    "P and tRNS": (saved(drawn("L", REGION).convert("P"), transparency=255), "transparent", REGION),
    "L and tRNS": (saved(drawn("L", REGION), transparency=255), "transparent", REGION),
    "1 bit": (saved(drawn("1", REGION)), "white", REGION),
    "1 bit, black": (saved(drawn("1", [255 - level for level in REGION])), "black", REGION),
    "16 bit": (saved(drawn("I;16", [level * 257 for level in SOFT])), "white", SOFT),
    "no alpha": (saved(drawn("L", REGION)), "transparent", [0] * 6),
    "gif": (saved(drawn("P", [0, 1, 1, 0, 1, 0]), "GIF", transparency=1), "transparent", REGION),
    "webp": (saved(drawn("RGBA", ALPHA), "WEBP", lossless=True), "transparent", SOFT),
    "jpeg": (saved(Image.new("L", (3, 2), 255), "JPEG"), "white", [255] * 6),
}


@pytest.mark.parametrize(("data", "given", "expected"), MODES.values(), ids=MODES)
def test_modes(data: bytes, given: str, expected: list[int]) -> None:
    """A mask may be of any mode that Pillow opens; what is transparent in one of black and white is kept."""
    for wanted in EDITS:
        found, _ = repainted(source(data, given), wanted, soft=True)

        assert region_of(found["bytes"], wanted) == expected


@pytest.mark.parametrize("kind", ["url", "file_id"])
def test_references_cannot_be_repainted(kind: str) -> None:
    with pytest.raises(Unsayable) as caught:
        repainted({kind: "https://img.example/mask.png"}, "black", soft=True)

    expected = "expected a mask as bytes or base64: transparent means edit there and black here, got a reference"
    assert (caught.value.reason, caught.value.expected) == (expected, "the image as bytes")


def bomb(width: int, height: int) -> bytes:
    """Write a small PNG that says it is large."""
    head = width.to_bytes(4) + height.to_bytes(4) + b"\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (bomb(9000, 8000), "expected a mask of at most 33554432 px, got 9000x8000"),
        (bomb(2**31 - 1, 2**31 - 1), "expected a mask of at most 33554432 px, got 2147483647x2147483647"),
        (bomb(64, 64), "expected a mask that can be opened: "),
        (mask_of(SOFT, "white")[:-30], "expected a mask that can be opened: "),
        (b"hello", "expected a mask that can be opened: cannot identify image file"),
        (b"", "expected a mask that can be opened: cannot identify image file"),
        (
            saved(drawn("I;16", REGION), transparency=0),
            "expected a mask that can be opened: sixteen bits and a transparent grey",
        ),
    ],
)
def test_what_cannot_be_opened(data: bytes, said: str) -> None:
    """Bombs are refused by their header, unopened."""
    with pytest.raises(Unsayable) as caught:
        repainted(source(data, "white"), "black", soft=True)

    assert caught.value.reason.startswith(said)


@pytest.mark.parametrize(
    "name", ["mask-white-64.png", "mask-transparent-64.png", "dark-64.gif", "green-64.webp", "grey-64.jpg"]
)
def test_broken_files_are_refused(name: str) -> None:
    """Whatever byte is wrong, Pillow's own errors stay inside."""
    data = content(name)
    for at in range(len(data)):
        for broken in (data[:at], data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]):
            try:
                repainted(source(broken, "white"), "black", soft=False)
            except Unsayable as error:
                assert error.reason.startswith("expected a mask ")


def test_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is named; a mask of the right polarity needs none."""
    for name in ("PIL", "PIL.Image", "PIL.ImageChops"):
        monkeypatch.setitem(sys.modules, name, None)
    request = {"prompt": "x", "image": content("red-64.png"), "mask": content("mask-transparent-64.png")}
    white = {"image": content("mask-white-64.png"), "edits": "white"}

    imagetx.encode_request(request, "openai/gpt-image-2")
    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({**request, "mask": white}, "openai/gpt-image-2")

    message = "expected Pillow to change the polarity of the mask: pip install 'imagetx[pixels]'"
    assert caught.value == RequestError(Problem(pointer="/mask", message=message, expected="Pillow"))
