"""
@path means a file, where an image may stand, and nowhere else.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from imagetx.attached import with_files, with_native_files
from imagetx.errors import RequestError

Json = Any

PNG = b"\x89PNG\r\n\x1a\n"
TEXT = base64.b64encode(PNG).decode()
URL = f"data:image/png;base64,{TEXT}"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.png").write_bytes(PNG)
    Path("no extension").write_bytes(b"hi")
    Path("empty.png").write_bytes(b"")
    Path("folder.png").mkdir()


CANONICAL: list[tuple[Json, Json]] = [
    ({"image": "@a.png"}, {"image": PNG}),
    ({"image": ["@a.png", TEXT, "@no extension"]}, {"image": [PNG, TEXT, b"hi"]}),
    ({"images": [{"image_url": "@a.png"}]}, {"images": [{"image_url": URL}]}),
    ({"image": {"image_url": "@no extension"}}, {"image": {"image_url": "data:application/octet-stream;base64,aGk="}}),
    ({"mask": {"image": "@a.png", "edits": "white"}}, {"mask": {"image": PNG, "edits": "white"}}),
    (
        {"mask": {"image": {"image_url": "@a.png"}, "edits": "@a.png"}},
        {"mask": {"image": {"image_url": URL}, "edits": "@a.png"}},
    ),
    ({"mask": "@empty.png"}, {"mask": b""}),
    *[
        (same, same)
        for same in (
            {"prompt": "@a.png", "user": "@a.png", "provider_options": {"openai": {"image": "@a.png"}}},
            {"image": {"file_id": "@a.png"}},
            {"image": [7, None, {"image": 7, "image_url": None}], "mask": 7},
            ["@a.png"],
            "@a.png",
            None,
        )
    ],
]


@pytest.mark.parametrize(("request_document", "expected"), CANONICAL)
def test_canonical(request_document: Json, expected: Json) -> None:
    assert with_files(request_document) == expected


NATIVE: list[tuple[Json, Json]] = [
    (
        {"body": {"form": [{"name": "image", "base64": "@a.png"}]}},
        {"body": {"form": [{"name": "image", "base64": TEXT}]}},
    ),
    ({"body": {"base64": "@a.png"}}, {"body": {"base64": TEXT}}),
    ({"init_image": "@a.png"}, {"init_image": TEXT}),
    ({"image_url": "@a.png"}, {"image_url": URL}),
    ({"imageURLs": ["@a.png"]}, {"imageURLs": [URL]}),
    ({"parts": [{"inlineData": {"data": "@a.png"}}]}, {"parts": [{"inlineData": {"data": TEXT}}]}),
    *[(same, same) for same in ({"prompt": "@a"}, {"prompt": "@a.png"}, {"prompt": "@"}, ["@x"], "@x", 7, None)],
]


@pytest.mark.parametrize(("message", "expected"), NATIVE)
def test_native(message: Json, expected: Json) -> None:
    """The data of a part, and the name of an image file where an image may be; nothing that goes in is changed."""
    assert with_native_files(message) == expected


BAD = [
    ({"image": "@gone.png"}, "expected a file to read, got gone.png: No such file or directory - at /image"),
    ({"image": ["@a.png", "@"]}, "expected a file to read, got : Is a directory - at /image/1"),
    ({"mask": {"image": "@folder.png"}}, "expected a file to read, got folder.png: Is a directory - at /mask/image"),
    (
        {"image": {"image_url": "@a\0.png"}},
        "expected a file to read, got a\\u0000.png: a NUL in its name - at /image/image_url",
    ),
    ({"image": "@a\nb"}, "expected a file to read, got a\\nb: No such file or directory - at /image"),
]


@pytest.mark.parametrize(("request_document", "said"), BAD)
def test_files_that_cannot_be_read(request_document: Json, said: str) -> None:
    with pytest.raises(RequestError) as caught:
        with_files(request_document)

    assert str(caught.value) == said


def test_native_files_that_cannot_be_read() -> None:
    with pytest.raises(RequestError, match=r"got gone\.png: No such file or directory - at /body/json/a~1image/0\Z"):
        with_native_files({"body": {"json": {"a/image": ["@gone.png"]}}})
    with pytest.raises(RequestError, match=r"\Aexpected the name of an image file, got @no extension, which begins"):
        with_native_files({"body": {"form": [{"name": "image", "base64": "@no extension"}]}})


def test_a_file_that_is_too_large() -> None:
    with Path("huge.png").open("wb") as file:
        file.truncate(2**28 + 1)

    with pytest.raises(
        RequestError, match=r"\Aexpected a file of at most 268435456 bytes, got huge\.png - at /image\Z"
    ):
        with_files({"image": "@huge.png"})
