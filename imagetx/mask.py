"""
Masks: the same edit region in another polarity, rewritten with Pillow (extra `pixels`).

Transparent means edit at OpenAI, white at Stability and Imagen, black at Titan and Nova. A mask whose polarity
fits is never opened. A hard mask is rewritten exactly; greys become alpha and back where both sides take them.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Final

from imagetx.errors import Unsayable
from imagetx.header import read_header
from imagetx.source import FETCH_FIRST, Source, as_bytes, data_of

if TYPE_CHECKING:
    from PIL.Image import Image

_MOST_PIXELS: Final = 2**25  # 33 million, twice what any dialect takes
_HALF: Final = 128
_BROKEN: Final = (OSError, SyntaxError, ValueError, EOFError, LookupError, struct.error)  # Pillow, over a broken file


def repainted(mask: Source, edits: str, *, soft: bool) -> tuple[Source, bool]:
    """
    Say the region of a mask in another polarity.

    Args:
        mask: A mask source; its `edits` says what it means, transparent if absent.
        edits: What the pixels to be edited shall be: `transparent`, `white` or `black`.
        soft: Whether values between are taken; else they become the nearer end.

    Returns:
        A mask as PNG bytes, and whether its edges had to be made hard.

    Raises:
        Unsayable: It is a reference, Pillow is not installed, or cannot open it.
    """
    given = mask.get("edits", "transparent")
    if data_of(mask) is None:
        reason = f"expected a mask as bytes or base64: {given} means edit there and {edits} here, got a reference"
        raise Unsayable(reason=reason, expected=FETCH_FIRST)
    region = _region(as_bytes(mask), given)
    levels = {level for _, level in region.getcolors(256) or ()}
    softened = not soft and not levels <= {0, 255}
    if softened:
        region = region.point([0] * _HALF + [255] * (256 - _HALF))
    out = io.BytesIO()
    _painted(region, edits, soft=soft).save(out, "PNG")
    return {"bytes": out.getvalue(), "edits": edits}, softened


def _region(data: bytes, edits: str) -> Image:
    """Return the region to edit as a grey image: 255 is edited, 0 is kept."""
    try:
        from PIL import Image, ImageChops, ImageOps
    except ImportError:
        reason = "expected Pillow to change the polarity of the mask: pip install 'imagetx[pixels]'"
        raise Unsayable(reason=reason, expected="Pillow") from None
    size_px = read_header(data).size_px or (0, 0)  # before Pillow sees it: a picture may be a bomb
    if size_px[0] * size_px[1] > _MOST_PIXELS:
        reason = f"expected a mask of at most {_MOST_PIXELS} px, got {size_px[0]}x{size_px[1]}"
        raise Unsayable(reason=reason, expected="a smaller mask")
    try:
        image = ImageOps.exif_transpose(_eight_bits(Image.open(io.BytesIO(data))))
        clear = image.has_transparency_data
        grey = image.convert("RGBA" if clear else "L")
    except (*_BROKEN, Image.DecompressionBombError) as fault:
        raise Unsayable(reason=f"expected a mask that can be opened: {fault}", expected="a whole image") from fault
    if edits == "transparent":
        return ImageChops.invert(grey.getchannel("A")) if clear else Image.new("L", grey.size, 0)
    if clear:  # what is transparent there is kept
        kept = Image.new("RGBA", grey.size, "black" if edits == "white" else "white")
        grey = Image.alpha_composite(kept, grey).convert("L")
    return grey if edits == "white" else ImageChops.invert(grey)


def _eight_bits(image: Image) -> Image:
    """Take the upper eight bits of a grey image of sixteen, which Pillow by itself would cut off at 255."""
    if not image.mode.startswith("I"):
        return image
    if "transparency" in image.info:
        raise ValueError("sixteen bits and a transparent grey")
    return image.convert("I").point(lambda level: level * (1 / 256) + 0).convert("L")


def _painted(region: Image, edits: str, *, soft: bool) -> Image:
    """Paint a region in a polarity: an alpha channel, or an opaque picture of black and white."""
    from PIL import Image, ImageChops

    if edits == "transparent":
        black = Image.new("L", region.size, 0)
        return Image.merge("RGBA", (black, black, black, ImageChops.invert(region)))
    grey = region if edits == "white" else ImageChops.invert(region)
    return grey if soft else grey.convert("RGB")  # Titan and Nova want RGB
