"""
Places that hold a source: what is written for each form of it, what is read back, what is refused.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.carrier import carrier
from imagetx.document import ABSENT
from imagetx.errors import Unsayable
from imagetx.source import Unreadable
from tests.images import content, text

Json = Any

RED, TEXT = content("red-64.png"), text("red-64.png")
DATA_URL = f"data:image/png;base64,{TEXT}"
URL, GS = "https://img.example/a.jpg", "gs://bucket/a"
FETCH, UPLOAD = (
    "expected the image as bytes or base64, got ",
    "expected the URL of an image, got its bytes: upload it first",
)
FILE = {"filename": "init_image.png", "content_type": "image/png", "bytes": RED}
NAMED: Json = ["base64", {"edits": {"white": "W", "black": "B"}}]
FORMS: list[dict[str, Json]] = [{"bytes": RED}, {"base64": TEXT}, {"data_url": DATA_URL}]

WRITTEN: list[tuple[list[Json], dict[str, Json], list[Json]]] = [
    *[(["base64"], form, [TEXT]) for form in FORMS],
    *[(["data_url"], form, [DATA_URL]) for form in FORMS],
    *[(["file"], form, [FILE]) for form in FORMS],
    *[(["base64", "mime"], form, [TEXT, "image/png"]) for form in FORMS],
    ([["base64", "data_url"]], FORMS[1], [TEXT]),
    ([["base64", "data_url"]], FORMS[2], [TEXT]),
    ([["base64", "data_url"]], FORMS[0], [TEXT]),
    ([["data_url", "base64"]], FORMS[0], [DATA_URL]),
    (["base64", "data_url"], FORMS[2], [TEXT, ABSENT]),
    (["base64"], {"data_url": f"data:image/gif;base64,{TEXT}"}, [TEXT]),
    (["file"], {"bytes": b"hi"}, [{"filename": "init_image.bin", "content_type": None, "bytes": b"hi"}]),
    (["url"], {"url": URL}, [URL]),
    ([["url", "data_url"]], {"url": URL}, [URL]),
    (["base64", "url"], {"url": URL}, [ABSENT, URL]),
    (["base64", "mime", "url"], {"url": URL}, [ABSENT, ABSENT, URL]),
    (["file_id", "url"], {"file_id": "f"}, ["f", ABSENT]),
    ([{"url": "gs://.+"}, "url_mime"], {"url": GS, "mime_type": "image/webp"}, [GS, "image/webp"]),
    (["url", "url_mime"], {"url": URL}, [URL, "image/jpeg"]),
    (["url", "url_mime"], {"url": "https://img.example/a"}, ["https://img.example/a", ABSENT]),
    ([{"url": "https://x/.+"}, "url"], {"url": URL}, [ABSENT, URL]),
    (NAMED, {"base64": TEXT, "edits": "black"}, [TEXT, "B"]),
]


@pytest.mark.parametrize(("roles", "source", "expected"), WRITTEN)
def test_write(roles: list[Json], source: dict[str, Json], expected: list[Json]) -> None:
    """Data is written in the first form that a place lists; it reads back alike."""
    way = carrier(roles, name="init_image")

    said = way.encode(source)

    assert list(said) == expected
    assert way.width == len(expected)
    again = way.decode(said)
    assert again is not None
    assert list(way.encode(again)) == expected


UNSAYABLE: list[tuple[list[Json], dict[str, Json], str, str]] = [
    (["base64"], {"url": URL}, f'{FETCH}the URL "{URL}": fetch it first', "the image as bytes"),
    (["file", "file_id"], {"url": GS}, f'{FETCH}the URL "{GS}": fetch it first', "the image as bytes"),
    (["url", "data_url"], {"url": GS}, f'{FETCH}the URL "{GS}": fetch it first', "the image as bytes"),
    ([{"url": "gs://.+"}], {"url": URL}, f'{FETCH}the URL "{URL}": fetch it first', "the image as bytes"),
    (["base64", "url"], {"file_id": "f"}, f"{FETCH}the id of a file", "the image as bytes"),
    (["url", "file_id"], {"bytes": RED}, UPLOAD, "a URL"),
]


@pytest.mark.parametrize(("roles", "source", "reason", "expected"), UNSAYABLE)
def test_unsayable(roles: list[Json], source: dict[str, Json], reason: str, expected: str) -> None:
    with pytest.raises(Unsayable) as caught:
        carrier(roles).encode(source)

    assert (caught.value.reason, caught.value.expected) == (reason, expected)


READ: list[tuple[list[Json], list[Json], dict[str, Json] | None]] = [
    (["base64"], [TEXT.rstrip("=")], {"base64": TEXT}),
    (["base64"], [DATA_URL], None),
    (["base64"], [URL], None),
    (["base64"], [""], None),
    (["base64"], [7], None),
    (["base64"], [None], None),
    (["base64"], [ABSENT], None),
    (["data_url"], [TEXT], None),
    (["data_url"], [URL], None),
    (["url"], [TEXT], None),
    (["url"], [GS], None),
    (["file"], [{"bytes": RED}], {"bytes": RED}),
    (["file"], [{"bytes": b"", "filename": ""}], {"bytes": b""}),
    (["file"], [{"base64": TEXT, "filename": "a.txt"}], {"base64": TEXT}),
    (["file"], [{"base64": URL}], None),
    (["file"], [{"base64": TEXT, "more": 1}], None),
    (["file"], [TEXT], None),
    (["base64", "mime"], [TEXT, "image/gif"], {"base64": TEXT}),
    (["base64", "mime"], [ABSENT, "image/png"], None),
    (["url", "url_mime"], [URL, "image/jpeg"], {"url": URL}),
    (["url", "url_mime"], [URL, "image/png"], {"url": URL, "mime_type": "image/png"}),
    (["url", "url_mime"], [URL, 7], {"url": URL}),
    (["base64", "url"], [TEXT, URL], None),
    (["base64", "url"], [TEXT, 7], None),
    (["base64", "url"], [TEXT, None], {"base64": TEXT}),
    ([["url", "data_url"], "file_id"], [URL, "f"], None),
    (NAMED, [TEXT, "W"], {"base64": TEXT, "edits": "white"}),
    (NAMED, [TEXT, "?"], None),
    (NAMED, [TEXT, ["W"]], None),
    (NAMED, [TEXT, ABSENT], None),
    (["base64", {"edits": {"transparent": "T", "white": "W"}}], [TEXT, "T"], {"base64": TEXT}),
]


@pytest.mark.parametrize(("roles", "values", "expected"), READ)
def test_read(roles: list[Json], values: list[Json], expected: dict[str, Json] | None) -> None:
    """What no role would have written, or more than one source, is not ours."""
    assert carrier(roles).decode(values) == expected


@pytest.mark.parametrize("value", ["A", "not base64", "https:// ", "data:image/png,AA", "data:;base64,A", "blob:x"])
def test_what_should_be_an_image_and_is_none(value: str) -> None:
    with pytest.raises(Unreadable):
        carrier([["base64", "data_url", "url"]]).decode([value])


@pytest.mark.parametrize(
    ("edits", "expected"),
    [(None, {"base64": TEXT}), ("transparent", {"base64": TEXT}), ("black", {"base64": TEXT, "edits": "black"})],
)
def test_polarity(edits: str | None, expected: dict[str, Json]) -> None:
    way = carrier(["base64"], edits=edits)

    assert way.decode([TEXT]) == expected
    assert way.edits == (() if edits is None else (edits,))
    assert carrier(NAMED).edits == ("white", "black")
