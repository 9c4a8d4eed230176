"""
Image sources are read in every form that a caller has, and said back; text that can pass is the same object.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from imagetx.errors import Problem
from imagetx.source import (
    Unreadable,
    as_base64,
    as_bytes,
    as_data_url,
    give_sources,
    mime_of,
    read_source,
    say_source,
    take_sources,
)

Json = Any

PNG = b"\x89PNG\r\n\x1a\n\xff\xfe\xfd\xfb"
TEXT = base64.b64encode(PNG).decode()
URL_SAFE = base64.urlsafe_b64encode(PNG).decode()
FORMS = "expected bytes, base64, a data URL, an http(s), gs or s3 URL, image_url or file_id, got "


SOURCES: list[tuple[Json, dict[str, Json]]] = [
    (PNG, {"bytes": PNG}),
    (b"", {"bytes": b""}),
    (bytearray(PNG), {"bytes": PNG}),
    (memoryview(PNG)[:4], {"bytes": PNG[:4]}),
    (TEXT, {"base64": TEXT}),
    (TEXT.rstrip("="), {"base64": TEXT}),
    (URL_SAFE, {"base64": TEXT}),
    (URL_SAFE.rstrip("="), {"base64": TEXT}),
    ("AA", {"base64": "AA=="}),
    ("-_", {"base64": "+/=="}),
    ("+_8", {"base64": "+/8="}),
    ("httpsAAA", {"base64": "httpsAAA"}),
    (f"data:image/png;base64,{TEXT}", {"data_url": f"data:image/png;base64,{TEXT}"}),
    (f"DATA:;BASE64,{URL_SAFE}", {"data_url": f"DATA:;BASE64,{TEXT}"}),
    ("https://img.example/a.png?x=1", {"url": "https://img.example/a.png?x=1"}),
    ("HTTP://img.example/ü", {"url": "HTTP://img.example/ü"}),
    ("gs://bucket/a.png", {"url": "gs://bucket/a.png"}),
    ("s3://bucket/a", {"url": "s3://bucket/a"}),
    ({"file_id": "file-7"}, {"file_id": "file-7"}),
    ({"image_url": "https://img.example/a"}, {"url": "https://img.example/a"}),
    ({"image_url": f"data:;base64,{TEXT}", "mime_type": "image/gif"}, {"data_url": f"data:;base64,{TEXT}"}),
    ({"image_url": "gs://b/a.png", "mime_type": "image/png"}, {"url": "gs://b/a.png"}),
    ({"image_url": "gs://b/a", "mime_type": None}, {"url": "gs://b/a"}),
    ({"image_url": "gs://b/a", "mime_type": "image/webp"}, {"url": "gs://b/a", "mime_type": "image/webp"}),
]


@pytest.mark.parametrize(("value", "expected"), SOURCES)
def test_read(value: Json, expected: Json) -> None:
    assert read_source(value) == expected


UNREADABLE: list[tuple[Json, str]] = [
    (None, FORMS + "null"),
    (7, FORMS + "7"),
    ([], FORMS + "[]"),
    ({}, FORMS + "{}"),
    ({"file_id": ""}, FORMS + '{"file_id": ""}'),
    ({"file_id": 7}, FORMS + '{"file_id": 7}'),
    ({"file_id": "f", "more": 1}, FORMS + '{"file_id": "f", "more": 1}'),
    ({"image_url": "s3://b/a", "detail": "low"}, FORMS + '{"image_url": "s3://b/a", "detail": "low"}'),
    ({"image_url": "AAAA"}, 'expected a URL or a data URL as image_url, got "AAAA"'),
    ({"image_url": {"url": "s3://b/a"}}, 'expected a URL or a data URL as image_url, got {"url": "s3://b/a"}'),
    ({"image_url": "s3://b/a", "mime_type": "png"}, 'expected a media type such as image/png, got "png"'),
    ({"image_url": "s3://b/a", "mime_type": 7}, "expected a media type such as image/png, got 7"),
    ("", "expected base64 of at least one byte in groups of four, got 0 characters"),
    ("=", "expected base64 of at least one byte in groups of four, got 1 characters"),
    ("====", "expected base64 of at least one byte in groups of four, got 4 characters"),
    ("A", "expected base64 of at least one byte in groups of four, got 1 characters"),
    ("A===", "expected base64 of at least one byte in groups of four, got 4 characters"),
    ("AAA==", "expected base64 of at least one byte in groups of four, got 5 characters"),
    ("AA======", "expected base64 of at least one byte in groups of four, got 8 characters"),
    ("AAAA AAAA", 'expected base64, got other characters in it: " "'),
    ("AAAA\nAAAA", 'expected base64, got other characters in it: "\\n"'),
    ("AA==AAAA", 'expected base64, got other characters in it: "=="'),
    ("red-64.png", 'expected base64, got other characters in it: "-."'),
    ("@red.png", 'expected base64, got other characters in it: "@."'),
    ("ftp://b/a", 'expected base64, got other characters in it: ":"'),
    ("rötlich", 'expected base64, got "rötlich"'),
    ("https://", 'expected a URL without spaces, got "https://"'),
    ("https://a b", 'expected a URL without spaces, got "https://a b"'),
    ("s3://a\x00b", 'expected a URL without spaces, got "s3://a\\u0000b"'),
    ("data:image/png,AAAA", 'expected a base64 data URL, got "data:image/png,AAAA"'),
    ("data:image/png;base64,", "expected base64 of at least one byte in groups of four, got 0 characters"),
    ("data:image/png;base64,AA AA", 'expected base64, got other characters in it: " "'),
]


@pytest.mark.parametrize(("value", "message"), UNREADABLE)
def test_unreadable(value: Json, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_source(value)

    assert str(caught.value) == message


@pytest.mark.parametrize("value", [PNG, TEXT, f"data:image/png;base64,{TEXT}", "https://img.example/a.png"])
def test_what_can_pass_is_not_copied(value: Json) -> None:
    """Read and said, a source in its normal form is the very object that came."""
    assert say_source(read_source(value)) is value


@pytest.mark.parametrize(("value", "read"), SOURCES)
def test_say(value: Json, read: dict[str, Json]) -> None:
    """What is said reads as the same source."""
    assert read_source(say_source(read)) == read


@pytest.mark.parametrize("value", [PNG, TEXT, f"data:image/png;base64,{TEXT}"])
def test_data_in_every_form(value: Json) -> None:
    source = read_source(value)

    assert as_bytes(source) == PNG
    assert as_base64(source) == TEXT
    assert as_data_url(source) == f"data:image/png;base64,{TEXT}"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (f"data:image/gif;base64,{TEXT}", "image/png"),
        (b"hello", None),
        ("https://img.example/a.JPEG?b=c.png#d.gif", "image/jpeg"),
        ("https://img.example/a.png/b", None),
        ("gs://b/a.heif", "image/heif"),
        ({"image_url": "gs://b/a.png", "mime_type": "image/webp"}, "image/webp"),
        ({"file_id": "a.png"}, None),
    ],
)
def test_mime(value: Json, expected: str | None) -> None:
    """Of data the bytes are believed and no statement, of a reference the statement, else its extension."""
    assert mime_of(read_source(value)) == expected


def test_data_of_no_known_type_as_data_url() -> None:
    assert as_data_url({"bytes": b"hi"}) == "data:application/octet-stream;base64,aGk="


# --- the fields image and mask ----------------------------------------------------------------

MASK = {"image": TEXT, "edits": "white"}
FIELDS: list[tuple[Json, Json]] = [
    ({"image": TEXT}, {"image": [{"base64": TEXT}]}),
    ({"image": [TEXT, PNG]}, {"image": [{"base64": TEXT}, {"bytes": PNG}]}),
    ({"image": (TEXT, PNG)}, {"image": [{"base64": TEXT}, {"bytes": PNG}]}),
    ({"image": None, "mask": None, "prompt": "x"}, {"image": None, "mask": None, "prompt": "x"}),
    ({"mask": TEXT}, {"mask": {"base64": TEXT}}),
    ({"mask": {"file_id": "m"}}, {"mask": {"file_id": "m"}}),
    ({"mask": MASK}, {"mask": {"base64": TEXT, "edits": "white"}}),
    ({"mask": {**MASK, "edits": "transparent"}}, {"mask": {"base64": TEXT}}),
    ({"mask": {"image": {"file_id": "m"}, "edits": "black"}}, {"mask": {"file_id": "m", "edits": "black"}}),
]


@pytest.mark.parametrize(("fields", "expected"), FIELDS)
def test_take_and_give(fields: Json, expected: Json) -> None:
    """Images are a list inside; given back, one stands bare, and the mask says what it edits."""
    problems: list[Problem] = []
    inside = dict(fields)

    take_sources(inside, problems)
    given = dict(inside)
    give_sources(given)
    again = dict(given)
    take_sources(again, problems)

    assert (inside, problems) == (expected, [])
    assert again == inside
    assert not isinstance(given.get("image"), list) or len(given["image"]) > 1


EDITS = "expected a mask as image and edits (transparent, white, black), got "
BAD_FIELDS: list[tuple[Json, list[tuple[str, str]]]] = [
    ({"image": []}, [("/image", "expected at least one image, got an empty list")]),
    ({"image": 7}, [("/image", FORMS + "7")]),
    (
        {"image": [TEXT, None, "?"]},
        [("/image/1", FORMS + "null"), ("/image/2", 'expected base64, got other characters in it: "?"')],
    ),
    ({"image": [[TEXT]]}, [("/image/0", FORMS + f'["{TEXT}"]')]),
    ({"image": MASK}, [("/image", FORMS + '{"image": "' + TEXT + '", "edits": "white"}')]),
    ({"mask": [TEXT]}, [("/mask", FORMS + f'["{TEXT}"]')]),
    ({"mask": {"image": TEXT, "edits": "grey"}}, [("/mask", EDITS + f'{{"image": "{TEXT}", "edits": "grey"}}')]),
    ({"mask": {"image": "A", "edits": ["white"]}}, [("/mask", EDITS + '{"image": "A", "edits": ["white"]}')]),
    ({"mask": {"edits": "white"}}, [("/mask", EDITS + '{"edits": "white"}')]),
    ({"mask": {"image": 7, "edits": "white"}}, [("/mask/image", FORMS + "7")]),
]


@pytest.mark.parametrize(("fields", "expected"), BAD_FIELDS)
def test_fields_that_are_no_images(fields: Json, expected: list[tuple[str, str]]) -> None:
    problems: list[Problem] = []

    take_sources(dict(fields), problems)

    assert [(problem.pointer, problem.message) for problem in problems] == expected
