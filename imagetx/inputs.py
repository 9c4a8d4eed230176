"""
Inputs: what a dialect takes of images and masks, checked from their headers on encode and on decode.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final

from imagetx.document import Json
from imagetx.errors import Problem
from imagetx.header import Header
from imagetx.source import EXTENSIONS, Source, header_of, mime_of

CheckInputs = Callable[[Mapping[str, Json], list[Problem]], None]

_TURNED: Final = frozenset({"image/jpeg", "image/heic", "image/avif"})  # EXIF or irot may turn them by 90 degrees
_SHORT: Final = {"image/jpeg": "jpeg", **{mime: name for mime, name in EXTENSIONS.items() if name != "jpg"}}


def compile_inputs(says: Mapping[str, Any]) -> CheckInputs:
    """
    Compile the `inputs` of a request section.

    Args:
        says: `image`: least, most (how many), types, bytes (each), edge, pixels ([least, most] px), ratio
            (greatest of the long to the short edge), sizes (those there are), source; `first`: what differs
            for the first image; `mask`: the same words, and `alike` (of the first image's size).

    Returns:
        (request with read sources, problems): appends what is wrong, at /image, /image/N or /mask.
    """
    image, mask = says.get("image", {}), says.get("mask", {})
    first = {**image, **says.get("first", {})}
    least, most = image.get("least", 0), image.get("most")

    def check(request: Mapping[str, Json], problems: list[Problem]) -> None:
        if least == 0 and request.get("image") is None and request.get("mask") is None:
            return
        images: list[Source] = request.get("image") or []
        if len(images) < least or (most is not None and len(images) > most):
            message = _count(least, most, len(images))
            problems.append(Problem(pointer="/image", message=message, source=image.get("source")))
            return
        headers = [_checked(each, image if at else first, f"/image/{at}", problems) for at, each in enumerate(images)]
        held = request.get("mask")
        if held is not None:
            header = _checked(held, mask, "/mask", problems)
            _check_mask(held, header, problems)
            if mask.get("alike") and headers:
                _check_alike(headers[0], header, problems, mask.get("source"))

    return check


def _count(least: int, most: int | None, given: int) -> str:
    wanted = f"at least {least}" if most is None else str(most) if least == most else f"{least} to {most}"
    wanted = f"at most {most}" if least == 0 and most is not None else wanted
    return f"expected {wanted} image{'' if wanted.endswith(' 1') or wanted == '1' else 's'}, got {given or 'none'}"


def _checked(image: Source, says: Mapping[str, Any], pointer: str, problems: list[Problem]) -> Header | None:
    """Check one image; return its header, None for a reference, of which only the type may be known."""
    header = header_of(image)
    mime = mime_of(image) if header is None else header.mime
    types = says.get("types")
    fault = None
    if header is not None and header.length == 0:
        fault = "expected an image, got nothing"
    elif header is not None and header.mime is None:
        fault = f"expected an image ({', '.join(_SHORT.values())}), got {header.length} bytes that begin like none"
    elif header is not None and not header.whole:
        fault = f"expected a whole {_SHORT.get(header.mime or '', 'image')}, got one that breaks off"
    elif types is not None and mime is not None and mime not in types:
        *names, last = [_SHORT.get(each, each) for each in types]
        fault = f"expected {', '.join(names)}{' or ' if names else ''}{last}, got {_SHORT.get(mime, mime)}"
    elif header is not None:
        fault = _fault(header, says)
    if fault is not None:
        problems.append(Problem(pointer=pointer, message=fault, source=says.get("source")))
    return header


def _fault(header: Header, says: Mapping[str, Any]) -> str | None:
    """Say which limit of bytes and pixels a file breaks."""
    if "bytes" in says and header.length > says["bytes"]:
        return f"expected an image of at most {says['bytes']} bytes, got {header.length}"
    if header.size_px is None:
        return None
    width, height = header.size_px
    if width == 0 or height == 0:
        return f"expected an image with pixels, got {width}x{height}"
    if "sizes" in says and f"{width}x{height}" not in says["sizes"]:
        return f"expected a size of {', '.join(says['sizes'])}, got {width}x{height}"
    low, high = says.get("edge", (None, None))
    if _outside(min(width, height), low, None) or _outside(max(width, height), None, high):
        return f"expected edges of {_range(low, high)} px, got {width}x{height}"
    low, high = says.get("pixels", (None, None))
    if _outside(width * height, low, high):
        return f"expected {_range(low, high)} pixels, got {width}x{height}, that is {width * height}"
    if "ratio" in says and Fraction(max(width, height), min(width, height)) > Fraction(str(says["ratio"])):
        return f"expected a ratio of at most {says['ratio']}:1, got {width}x{height}"
    return None


def _outside(value: int, low: int | None, high: int | None) -> bool:
    return (low is not None and value < low) or (high is not None and value > high)


def _range(low: int | None, high: int | None) -> str:
    return f"at least {low}" if high is None else f"at most {high}" if low is None else f"{low} to {high}"


def _check_mask(mask: Source, header: Header | None, problems: list[Problem]) -> None:
    """A mask whose transparent pixels mean edit and that has none would edit nothing."""
    if header is not None and header.alpha is False and "edits" not in mask:
        message = (
            "expected a mask with an alpha channel, whose transparent pixels mean edit, got one without; "
            'a black and white mask is {"image": ..., "edits": "white"}'
        )
        problems.append(Problem(pointer="/mask", message=message, expected="an alpha channel"))


def _check_alike(image: Header | None, mask: Header | None, problems: list[Problem], source: str | None) -> None:
    """A mask lies over the first image, pixel by pixel."""
    if image is None or mask is None or image.size_px is None or mask.size_px is None:
        return
    turned = image.size_px[::-1] if image.mime in _TURNED else image.size_px
    if mask.size_px not in (image.size_px, turned):
        sizes = ["x".join(map(str, size)) for size in (image.size_px, mask.size_px)]
        message = f"expected a mask of the size of the first image, {sizes[0]}, got {sizes[1]}"
        problems.append(Problem(pointer="/mask", message=message, source=source))
