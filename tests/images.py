"""
The image files of fixtures/images: drawn, expanded in fixtures, and known again in what comes out.

In a fixture `{{red-64.png}}` stands for the base64 of that file. A mask is known by its pixels, any other
image by its bytes: masks may be repainted, images never.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from jsonschema.exceptions import ValidationError
from PIL import Image, ImageChops

Json = Any
FOLDER = Path(__file__).parents[1] / "fixtures" / "images"
MIMES = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "gif": "image/gif"}
URL = "https://img.example/a.png"
REFERENCES: dict[str, Json] = {
    "url": URL,
    "gs": "gs://bucket/a.png",
    "file_id": {"file_id": "file-7"},
    "files_api": "https://generativelanguage.googleapis.com/v1beta/files/abc",
}
_TOKEN = re.compile(r"\{\{([a-z0-9.-]+)\}\}")
_BASE64 = re.compile(r"(data:image/[a-z0-9.+-]+;base64,)?([A-Za-z0-9+/_-]{60,}={0,2})")


@cache
def content(name: str) -> bytes:
    """Read a file of the folder."""
    return (FOLDER / name).read_bytes()


def text(name: str) -> str:
    """Give a file as base64."""
    return base64.b64encode(content(name)).decode()


def mime(name: str) -> str:
    """Tell the media type of a file."""
    return MIMES[name.rpartition(".")[2]]


def expanded(document: Json) -> Json:
    """Put the base64 of the files in the place of their names."""
    if isinstance(document, str):
        return _TOKEN.sub(lambda match: text(match[1]), document)
    if isinstance(document, dict):
        return {key: expanded(value) for key, value in document.items()}
    return [expanded(value) for value in document] if isinstance(document, list | tuple) else document


def pictured(document: Json, *, by_content: bool = False) -> Json:
    """
    Put names in the place of known images: the opposite of `expanded`.

    Args:
        document: JSON, in which bytes may stand.
        by_content: data URLs, base64 and bytes of one image are the same.
    """
    if isinstance(document, bytes):
        return "{{" + _name(document) + "}}"
    if isinstance(document, str):
        match = _BASE64.fullmatch(document)
        named = None if match is None else _name(base64.urlsafe_b64decode(_url_safe(match[2])))
        before = "" if match is None or by_content else match[1] or ""
        shown = document if named is None else before + "{{" + named + "}}"
        return re.sub(r"^data:image/[a-z0-9.+-]+;base64,(?=\{\{)", "", shown) if by_content else shown
    if isinstance(document, dict):
        return {key: pictured(value, by_content=by_content) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [pictured(value, by_content=by_content) for value in document]
    return document


def _url_safe(found: str) -> str:
    return found.replace("+", "-").replace("/", "_") + "=" * (-len(found) % 4)


@cache
def _known() -> dict[Any, str]:
    names = [path.name for path in sorted(FOLDER.iterdir())]
    masks: dict[Any, str] = {_pixels(content(name)): name for name in names if name.startswith("mask-")}
    return masks | {content(name): name for name in names}


def _name(data: bytes) -> str:
    """Name an image: a file of the folder, a repainted mask by its pixels, else what it is."""
    known = _known()
    if data in known:
        return known[data]
    pixels = _pixels(data)
    return known.get(pixels, f"{len(data)} unknown bytes")


def _pixels(data: bytes) -> Any:
    """Give the pixels of an image, those that nobody sees as black."""
    try:
        image = Image.open(io.BytesIO(data)).convert("RGBA")
    except (OSError, SyntaxError, ValueError):
        return None
    alpha = image.getchannel("A")
    seen = Image.composite(image.convert("RGB"), Image.new("RGB", image.size), alpha.point(lambda level: level and 255))
    return image.size, seen.tobytes(), alpha.tobytes()


def region(mask: Json) -> bytes:
    """Give the region that a canonical mask edits, 255 a pixel that is edited."""
    edits = mask.get("edits", "transparent") if isinstance(mask, dict) else "transparent"
    source = mask["image"] if isinstance(mask, dict) and "image" in mask else mask
    image = Image.open(io.BytesIO(as_bytes(source)))
    if edits == "transparent":
        return ImageChops.invert(image.convert("RGBA").getchannel("A")).tobytes()
    grey = image.convert("L")
    return (grey if edits == "white" else ImageChops.invert(grey)).tobytes()


def as_bytes(source: Json) -> bytes:
    """Give the data of a canonical source, a reference as its text."""
    if isinstance(source, bytes):
        return source
    if isinstance(source, dict):
        return as_bytes(source["image_url"]) if "image_url" in source else str(source).encode()
    if re.match(r"(https?|gs|s3)://", source):
        return str(source).encode()
    return base64.urlsafe_b64decode(_url_safe(source.partition(",")[2] if source.startswith("data:") else source))


def same_images(left: Json, right: Json) -> bool:
    """Say whether two values of `image` are the same images; x is [x]."""
    lists = [value if isinstance(value, list) else [value] for value in (left, right)]
    return [as_bytes(each) for each in lists[0]] == [as_bytes(each) for each in lists[1]]


def same_mask(left: Json, right: Json) -> bool:
    """Say whether two masks edit the same region, or are the same reference."""
    image = left["image"] if isinstance(left, dict) and "image" in left else left
    if (isinstance(image, dict) and "file_id" in image) or (isinstance(image, str) and "://" in image[:9]):
        return bool(left == right)
    return region(left) == region(right)


# Strategies -----------------------------------------------------------------------------------


def names(size: int, types: list[str] | None = None) -> list[str]:
    """List the plain images of a size, those of some types only."""
    found = [f"red-{size}.png", f"grey-{size}.jpg", f"green-{size}.webp"]
    return [name for name in found if types is None or mime(name) in types]


@st.composite
def sources(draw: st.DrawFn, name: str) -> Json:
    """Draw a file in one of the forms that a caller may give it in."""
    data = content(name)
    forms: list[Json] = [
        data,
        text(name),
        base64.urlsafe_b64encode(data).decode().rstrip("="),
        f"data:{mime(name)};base64,{text(name)}",
        {"image_url": f"data:{mime(name)};base64,{text(name)}"},
    ]
    return draw(st.sampled_from(forms))


@st.composite
def masks(draw: st.DrawFn, size: int) -> Json:
    """Draw a mask of a polarity, hard or soft."""
    edits = draw(st.sampled_from(["transparent", "white", "black"]))
    soft = size == 64 and edits != "black" and draw(st.booleans())
    source = draw(sources(f"mask-soft-{edits}-{size}.png" if soft else f"mask-{edits}-{size}.png"))
    plain = edits == "transparent" and draw(st.booleans())
    return source if plain else {"image": source, "edits": edits}


def from_place(rule: Json, schema: Json, size: int) -> st.SearchStrategy[Json]:
    """Draw what stands at a place of a native message that `x-image` describes."""
    files = [f"mask-{schema['mask']}-{size}.png"] if "mask" in schema else names(size, schema.get("types"))
    drawn: list[Json] = [URL] if "url" in rule else []
    drawn += [form["uri"] for form in rule if isinstance(form, dict) and "uri" in form]
    for name in files:
        drawn += [text(name)] if "base64" in rule else []
        drawn += [f"data:{mime(name)};base64,{text(name)}"] if "data_url" in rule else []
        if "file" in rule:
            for filename, kind in ((name, mime(name)), ("upload", "application/octet-stream")):
                drawn.append({"filename": filename, "content_type": kind, "base64": text(name)})
    return st.sampled_from(drawn)


def check_place(_: Any, rule: Json, instance: Json, schema: Json) -> Iterator[ValidationError]:
    """Check what stands at a place that `x-image` describes."""
    types = schema.get("types", list(MIMES.values()))
    if isinstance(instance, dict):
        whole = "file" in rule and instance.keys() <= {"filename", "content_type", "base64"}
        found = instance.get("base64") if whole else None
    elif isinstance(instance, str) and instance.startswith("data:"):
        found = instance.partition(",")[2] if "data_url" in rule else None
    elif isinstance(instance, str) and "://" in instance[:9]:
        forms = [form["uri"].partition("://")[0] for form in rule if isinstance(form, dict)]
        if "url" not in rule and instance.partition("://")[0] not in forms:
            yield ValidationError(f"{instance[:60]!r} is a URL where {rule} stands")
        return
    else:
        found = instance if "base64" in rule else None
    if not isinstance(found, str) or _BASE64.fullmatch(found) is None:
        yield ValidationError(f"{str(instance)[:60]!r} is not {rule}")
        return
    kind = _kind(base64.b64decode(found))
    if kind not in types:
        yield ValidationError(f"{kind} is not one of {types}")


def _kind(data: bytes) -> str | None:
    try:
        return Image.MIME.get(Image.open(io.BytesIO(data)).format or "")
    except (OSError, SyntaxError, ValueError):
        return None
