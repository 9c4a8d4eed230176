"""
Image sources: the forms in which a caller or a provider gives an image, read once and said back.

Inside the engine a source is an object with one of five keys: `bytes`, `base64` (standard alphabet),
`data_url`, `url` (with `mime_type` where it was stated) or `file_id`; a mask also says what it `edits`
unless that is its transparent pixels. Data is never copied from one form to another before it must be.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Mapping
from typing import Final

from imagetx.ceilings import MOST_PROBLEMS
from imagetx.document import Json
from imagetx.errors import Problem, shorten
from imagetx.header import Header, read_header
from imagetx.image import base64_of, base64_start, sniff_mime

Source = dict[str, Json]

POLARITIES: Final = ("transparent", "white", "black")
"""Which pixels of a mask mean edit; transparent where a mask does not say."""

FETCH_FIRST: Final = "the image as bytes"
"""What is expected where a reference cannot be carried and the bytes that it refers to could."""

_DATA: Final = ("bytes", "base64", "data_url")
_REFERENCE: Final = re.compile(r"(https?|gs|s3)://[^\s]+", re.IGNORECASE)
_SCHEMES: Final = ("http://", "https://", "gs://", "s3://")
_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_TO_STANDARD: Final = str.maketrans("-_", "+/")
_EXPECTED: Final = "bytes, base64, a data URL, an http(s), gs or s3 URL, image_url or file_id"
_MIME: Final = re.compile(r"image/[a-z0-9.+-]+")
EXTENSIONS: Final[Mapping[str, str]] = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/heic": "heic",
    "image/avif": "avif",
}
"""File extension of each media type of an input image."""

_MIME_OF_EXTENSION: Final = {extension: mime for mime, extension in EXTENSIONS.items()} | {
    "jpeg": "image/jpeg",
    "heif": "image/heif",
}


class Unreadable(Exception):
    """A value is no image source; the message says what was expected and what came."""


# --- read and say -----------------------------------------------------------------------------


def read_source(value: Json) -> Source:
    """
    Read an image source as a caller gives it.

    Raises:
        Unreadable: It is none, or its base64 is not base64.
    """
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": value if isinstance(value, bytes) else bytes(value)}
    if isinstance(value, str):
        return read_text(value)
    if isinstance(value, Mapping):
        if value.keys() == {"file_id"} and isinstance(value["file_id"], str) and value["file_id"]:
            return {"file_id": value["file_id"]}
        if "image_url" in value and value.keys() <= {"image_url", "mime_type"}:
            return _read_reference(value["image_url"], value.get("mime_type"))
    raise Unreadable(f"expected {_EXPECTED}, got {shorten(value)}")


def _read_reference(url: Json, mime: Json) -> Source:
    if not isinstance(url, str) or not (is_reference(url) or url[:5].lower() == "data:"):
        raise Unreadable(f"expected a URL or a data URL as image_url, got {shorten(url)}")
    source = read_text(url)
    if mime is None or "url" not in source:
        return source
    if not isinstance(mime, str) or _MIME.fullmatch(mime) is None:
        raise Unreadable(f"expected a media type such as image/png, got {shorten(mime)}")
    return source if mime == mime_of_url(url) else {**source, "mime_type": mime}


def read_text(text: str) -> Source:
    """
    Read a text as what it is: a data URL, another URL, else base64 in either alphabet.

    Raises:
        Unreadable: It is none of them.
    """
    if text[:5].lower() == "data:":
        return {"data_url": _checked_data_url(text)}
    if is_reference(text):
        if _REFERENCE.fullmatch(text) is None or not text.isprintable():
            raise Unreadable(f"expected a URL without spaces, got {shorten(text)}")
        return {"url": text}
    return {"base64": _standard(text)}


def _checked_data_url(text: str) -> str:
    start = base64_start(text)
    if start == 0:
        raise Unreadable(f"expected a base64 data URL, got {shorten(text)}")
    body = text[start:]
    standard = _standard(body)
    return text if standard is body else text[:start] + standard


def _standard(text: str) -> str:
    """
    Give base64 text in the standard alphabet, padded; the text itself where it is so already.

    Raises:
        Unreadable: Other characters stand in it, or a number of them that no bytes have.
    """
    try:
        strange = text.encode("ascii").translate(None, _ALPHABET + b"=")
    except UnicodeEncodeError:
        raise Unreadable(f"expected base64, got {shorten(text)}") from None
    if text.find("=", 0, -2) != -1:  # it stands at the end alone, and looking so copies nothing
        strange = text.encode("ascii").rstrip(b"=").translate(None, _ALPHABET)
    if strange.strip(b"-_"):
        raise Unreadable(f"expected base64, got other characters in it: {shorten(strange[:8].decode('ascii'))}")
    standard = text.translate(_TO_STANDARD) if strange else text
    bare = len(text) - len(text[-3:]) + len(text[-3:].rstrip("="))
    if bare == 0 or bare % 4 == 1 or (bare != len(text) and len(text) % 4):
        raise Unreadable(f"expected base64 of at least one byte in groups of four, got {len(text)} characters")
    return standard if len(standard) % 4 == 0 else standard + "=" * (-bare % 4)


def say_source(source: Source) -> Json:
    """Give a source the form in which decode hands it to a caller."""
    said: Json
    if "file_id" in source:
        said = {"file_id": source["file_id"]}
    elif "mime_type" in source:
        said = {"image_url": source["url"], "mime_type": source["mime_type"]}
    else:
        said = next(source[key] for key in (*_DATA, "url") if key in source)
    return {"image": said, "edits": source["edits"]} if "edits" in source else said


# --- the fields image and mask ----------------------------------------------------------------


def take_sources(fields: dict[str, Json], problems: list[Problem]) -> None:
    """Read `image` (always a list from here on) and `mask` of a request, in place."""
    image = fields.get("image")
    if image is not None:
        listed = image if isinstance(image, list | tuple) else [image]
        pointers = [f"/image/{index}" for index in range(len(listed))] if listed is image else ["/image"]
        if not listed:
            problems.append(Problem(pointer="/image", message="expected at least one image, got an empty list"))
        wrong: list[Problem] = []
        read = [_taken(value, pointer, wrong) for value, pointer in zip(listed, pointers, strict=True)]
        problems += wrong[:MOST_PROBLEMS]
        fields["image"] = [source for source in read if source is not None]
    if fields.get("mask") is not None:
        fields["mask"] = _taken_mask(fields["mask"], problems)


def _taken(value: Json, pointer: str, problems: list[Problem]) -> Source | None:
    try:
        return read_source(value)
    except Unreadable as fault:
        problems.append(Problem(pointer=pointer, message=str(fault), expected="an image"))
        return None


def _taken_mask(value: Json, problems: list[Problem]) -> Source | None:
    if not isinstance(value, Mapping) or "edits" not in value:
        return _taken(value, "/mask", problems)
    edits = value["edits"]
    if value.keys() != {"image", "edits"} or edits not in POLARITIES:
        message = f"expected a mask as image and edits ({', '.join(POLARITIES)}), got {shorten(value)}"
        problems.append(Problem(pointer="/mask", message=message))
        return None
    source = _taken(value["image"], "/mask/image", problems)
    return source if source is None or edits == "transparent" else {**source, "edits": edits}


def give_sources(canonical: dict[str, Json]) -> None:
    """Give `image` and `mask` of a decoded request the caller's form, in place; one image stands bare."""
    images = canonical.get("image")
    if isinstance(images, list):
        said = [say_source(source) for source in images]
        canonical["image"] = said[0] if len(said) == 1 else said
    if isinstance(canonical.get("mask"), dict):
        canonical["mask"] = say_source(canonical["mask"])


# --- facts and forms --------------------------------------------------------------------------


def data_of(source: Source) -> bytes | str | None:
    """Return the data of a source in the form it came in; None for a reference."""
    return next((source[key] for key in _DATA if key in source), None)


def header_of(source: Source) -> Header | None:
    """Read the header of a source; None for a reference."""
    data = data_of(source)
    return None if data is None else read_header(data)


def mime_of(source: Source) -> str | None:
    """Tell the media type: of data by its first bytes, of a reference as stated or by its extension."""
    data = data_of(source)
    if data is not None:
        return sniff_mime(data)
    stated = source.get("mime_type")
    return stated if isinstance(stated, str) else mime_of_url(source.get("url", ""))


def is_reference(text: str) -> bool:
    """Say whether a text begins as a URL that refers to an image; a data URL holds one."""
    return text[:8].lower().startswith(_SCHEMES)


def mime_of_url(url: str) -> str | None:
    """Tell the media type that the extension of a URL's path states."""
    path = url.partition("?")[0].partition("#")[0]
    return _MIME_OF_EXTENSION.get(path.rpartition(".")[2].lower())


def as_base64(source: Source) -> str:
    """Give the data of a source as base64 text."""
    if "bytes" in source:
        return base64_of(source["bytes"])
    text: str = source["base64"] if "base64" in source else source["data_url"]
    return text[base64_start(text) :]


def as_data_url(source: Source) -> str:
    """Give the data of a source as a data URL."""
    if "data_url" in source:
        return str(source["data_url"])
    return f"data:{mime_of(source) or 'application/octet-stream'};base64,{as_base64(source)}"


def as_bytes(source: Source) -> bytes:
    """Give the data of a source as bytes."""
    return source["bytes"] if "bytes" in source else binascii.a2b_base64(as_base64(source))
