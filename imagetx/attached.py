"""
Attached files: the `@path` of the command line in the place of an image, as curl has it.

In a canonical request the fields image and mask, in a native one the data of a part (`base64`) and the name of an
image file at a key that may hold an image. What is no image is not taken from a native message.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from imagetx.errors import Json, Problem, RequestError, child, one_line
from imagetx.image import sniff_mime
from imagetx.source import as_base64, as_data_url

_IMAGE_FILE: Final = re.compile(r"@.+\.(png|jpe?g|webp|gif|hei[cf]|avif)", re.IGNORECASE | re.DOTALL)
_PLACE: Final = re.compile(r".*(image|mask|data|url|file|base64|b64).*", re.IGNORECASE | re.DOTALL)
_MOST_BYTES: Final = 2**28


def with_files(request: Json) -> Json:
    """
    Put the bytes of files in the place of `@path` in the images of a canonical request.

    Raises:
        RequestError: A file cannot be read.
    """
    if not isinstance(request, dict):
        return request
    fields = ("image", "images", "mask")
    return {key: _canonical(value, f"/{key}") if key in fields else value for key, value in request.items()}


def with_native_files(message: Json) -> Json:
    """
    Put the base64 of files in the place of `@path` in a native message; a data URL under a key that says url.

    Raises:
        RequestError: A file cannot be read.
    """
    return _native(message, "", "")


def _canonical(value: Json, pointer: str) -> Json:
    if isinstance(value, str):
        return _read(value, pointer) if value.startswith("@") else value
    if isinstance(value, list):
        return [_canonical(item, f"{pointer}/{at}") for at, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    return {key: _in_object(key, item, child(pointer, key)) for key, item in value.items()}


def _in_object(key: str, value: Json, pointer: str) -> Json:
    """Read the image of `{"image", "edits"}`, or that of `{"image_url"}`, which is a text."""
    if key == "image":
        return _canonical(value, pointer)
    attached = key == "image_url" and isinstance(value, str) and value.startswith("@")
    return as_data_url({"bytes": _read(value, pointer)}) if attached else value


def _native(value: Json, key: str, pointer: str) -> Json:
    if isinstance(value, dict):
        return {name: _native(item, name, child(pointer, name)) for name, item in value.items()}
    if isinstance(value, list):
        return [_native(item, key, f"{pointer}/{at}") for at, item in enumerate(value)]
    attached = isinstance(value, str) and value.startswith("@")
    if not attached or not (key == "base64" or (_PLACE.fullmatch(key) and _IMAGE_FILE.fullmatch(value))):
        return value
    data = _read(value, pointer)
    if sniff_mime(data) is None:
        message = f"expected the name of an image file, got {one_line(value)}, which begins like none"
        raise RequestError(Problem(pointer=pointer, message=message))
    return (as_data_url if "url" in key.lower() else as_base64)({"bytes": data})


def _read(attached: str, pointer: str) -> bytes:
    name = attached[1:]
    try:
        with Path(name).open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else "a NUL in its name"
        message = f"expected a file to read, got {one_line(name)}: {reason}"
        raise RequestError(Problem(pointer=pointer, message=message)) from None
    if len(data) > _MOST_BYTES:
        message = f"expected a file of at most {_MOST_BYTES} bytes, got {one_line(name)}"
        raise RequestError(Problem(pointer=pointer, message=message))
    return data
