"""
Laws of the rules over images: one at its places, a list, a list of one that stands bare, among parts, and masks.

What is expected is worked out here, from the files of fixtures/images and with Pillow.
"""

from __future__ import annotations

import base64
import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.document import ABSENT, equal
from imagetx.errors import RequestError
from imagetx.lines import checked_record, compile_rule
from imagetx.notes import LOSSES, Note
from imagetx.record import Record
from imagetx.rule import Mismatch
from imagetx.source import give_sources, take_sources
from tests.images import content, masks, mime, region, same_images, same_mask, sources, text
from tests.normal.pictures import standard
from tests.strategies import json_documents, json_values, mutated

Json = Any

RULES: dict[str, list[Json]] = {
    "one": [
        {"from": "/image/0", "to": ["/body/data", "/body/mime"], "via": {"image": ["base64", "mime"]}},
        {"from": "/image/1", "to": ["/body/second", "/body/url"], "via": {"image": ["data_url", "url"]}},
    ],
    "list": [{"from": "image", "to": "/body/images", "via": {"images": ["data_url", "url"]}}],
    "lone": [{"from": "image", "to": "/body/image", "via": {"images": "file", "lone": True}}],
    "parts": [
        {
            "to": "/body/parts",
            "parts": [
                {"from": "image", "to": ["/inline/data", "/inline/mime"], "via": {"image": ["base64", "mime"]}},
                {"from": "prompt", "at": "/text", "join": "\n"},
            ],
        }
    ],
}
MASKS: dict[str, Json] = {
    **{edits: {"mask": ["base64"], "edits": edits, "soft": True} for edits in ("white", "black", "transparent")},
    **{f"hard {edits}": {"mask": ["base64"], "edits": edits} for edits in ("white", "black", "transparent")},
    "named": {"mask": ["base64", {"edits": {"white": "W", "black": "B"}}], "soft": True},
    "named hard": {"mask": ["base64", {"edits": {"black": "B", "white": "W"}}]},
}
kinds = pytest.mark.parametrize("kind", RULES)
each_mask = pytest.mark.parametrize("via", MASKS.values(), ids=MASKS)

NAMES = ["red-64.png", "grey-64.jpg", "green-64.webp", "dark-64.gif"]
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/webp": "webp", "image/gif": "gif"}
URL = "https://img.example/a.png"
DATA = st.sampled_from(NAMES).flatmap(sources)
TYPE_OF = {text(name): mime(name) for name in NAMES}
SPELLED = st.sampled_from([*TYPE_OF, *(each.rstrip("=").translate(str.maketrans("+/", "-_")) for each in TYPE_OF)])
MIME = st.sampled_from([*EXTENSIONS, "text/plain", 7])


def record_of(kind: str) -> Record:
    return checked_record([compile_rule(rule, "p") for rule in RULES[kind]])


def mask_record(via: Json) -> Record:
    return checked_record(
        [compile_rule({"from": "mask", "to": ["/body/mask", "/body/way"][: len(via["mask"])], "via": via}, "p")]
    )


def encode(record: Record, canonical: Json, carried: Json = ABSENT) -> tuple[Json, list[Note]]:
    native: Json = {"body": {}}
    notes: list[Note] = []
    record.encode(canonical, native, notes, carried)
    return {place: part for place, part in native.items() if part}, notes


def inside(canonical: Json) -> Json:
    """Give a request the form it has inside the engine."""
    fields = dict(canonical)
    take_sources(fields, [])
    return fields


def outside(canonical: Json) -> Json:
    fields = dict(canonical)
    give_sources(fields)
    return fields


def some(**members: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.fixed_dictionaries({}, optional=members)


def canonicals(kind: str) -> st.SearchStrategy[Json]:
    """Draw requests with images that the rule can say."""
    if kind == "one":
        return st.tuples(DATA, st.lists(DATA | st.just(URL), max_size=1)).map(
            lambda both: {"image": [both[0], *both[1]]}
        )
    item = DATA | st.just(URL) if kind == "list" else DATA
    images = DATA | st.lists(item, min_size=1, max_size=3)
    return some(image=images, prompt=st.text("ab\n", max_size=3)) if kind == "parts" else some(image=images)


def natives(kind: str) -> st.SearchStrategy[Json]:
    """Draw native documents: images in every spelling, wrong types, several where one stands, foreign values."""
    other = st.none() | st.integers(0, 9) | st.just(URL) | st.just("") | st.just({"x": 1})
    url = st.sampled_from([*(f"data:image/gif;base64,{each}" for each in TYPE_OF), URL])
    files = st.sampled_from(NAMES).map(lambda name: {"filename": "upload", "bytes": content(name)})
    if kind == "one":
        body = some(data=SPELLED | other, mime=MIME, second=url | other, url=st.just(URL) | other, more=json_values(3))
    elif kind == "list":
        body = some(images=st.lists(url, max_size=3) | st.lists(url | other, max_size=2) | other, more=json_values(3))
    elif kind == "lone":
        body = some(image=files | st.lists(files, max_size=3) | st.lists(files | other, max_size=2) | other)
    else:
        inline = some(data=SPELLED | other, mime=MIME, more=st.integers(0, 3))
        item = some(inline=inline | other, text=st.text("ab\n", max_size=2), **{"@": st.just("image")})
        body = some(parts=st.lists(item | other, max_size=4), more=json_values(3))
    return some(body=body)


def is_data(value: Json) -> bool:
    return isinstance(value, str) and standard(value) in TYPE_OF


def respelled(holder: Json) -> None:
    """Write data in standard base64, and beside it what it is."""
    if is_data(holder.get("data")):
        holder["data"] = standard(holder["data"])
        holder["mime"] = TYPE_OF[holder["data"]]


def named(file: Json) -> Json:
    kind = TYPE_OF[base64.b64encode(file["bytes"]).decode()]
    return {"filename": f"image.{EXTENSIONS[kind]}", "content_type": kind, "bytes": file["bytes"]}


def normal(kind: str, native: Json) -> Json:
    """Give the normal form: base64 and types by content, files by their type, a list of one bare."""
    body = copy.deepcopy(native.get("body", {}))
    if kind == "one":
        respelled(body)
    elif kind == "lone" and "image" in body:
        files = body["image"] if isinstance(body["image"], list) else [body["image"]]
        if files and all(isinstance(file, dict) and "bytes" in file for file in files):
            body["image"] = named(files[0]) if len(files) == 1 else [named(file) for file in files]
    elif kind == "parts":
        if body.get("parts") == []:
            del body["parts"]
        for item in body.get("parts", ()):
            if isinstance(item, dict) and isinstance(item.get("inline"), dict):
                respelled(item["inline"])
    return {"body": body} if body else {}


@kinds
@given(data=st.data())
def test_l1_stable(kind: str, data: st.DataObject) -> None:
    record = record_of(kind)

    first, _ = encode(record, inside(data.draw(canonicals(kind))))
    again, _ = encode(record, *record.decode(first))

    assert again == first


@kinds
@given(data=st.data())
def test_l2_silence_means_exact(kind: str, data: st.DataObject) -> None:
    """Every image comes back, in its place and to the byte, and no note is needed."""
    record = record_of(kind)
    canonical = data.draw(canonicals(kind))

    native, notes = encode(record, inside(canonical))
    back = outside(record.decode(native)[0])

    assert notes == []
    assert back.keys() == canonical.keys()
    assert "image" not in canonical or same_images(canonical["image"], back["image"])
    assert back.get("prompt") == canonical.get("prompt")


@kinds
@given(data=st.data())
def test_l3_native_comes_back(kind: str, data: st.DataObject) -> None:
    """With residual keys, foreign items and several sources where one should stand."""
    record = record_of(kind)
    native = data.draw(natives(kind))
    try:
        canonical, rest = record.decode(native)
    except Mismatch:
        return

    again, notes = encode(record, canonical, rest)

    expected = normal(kind, native)
    assert again == expected or equal(again, expected)
    assert not {note.kind for note in notes} & LOSSES


@kinds
@given(data=st.data())
def test_l4_total(kind: str, data: st.DataObject) -> None:
    """Whatever stands in a native document, or is carried, is written or refused by name."""
    record = record_of(kind)
    native = data.draw(natives(kind).flatmap(mutated) | json_documents())
    try:
        encode(record, *record.decode(native))
        encode(record, inside(data.draw(canonicals(kind))), native)
    except (Mismatch, RequestError) as error:
        assert "/" in str(error)


@kinds
@given(data=st.data())
def test_l5_pure(kind: str, data: st.DataObject) -> None:
    record, twin = record_of(kind), record_of(kind)
    canonical, native = inside(data.draw(canonicals(kind))), data.draw(natives(kind))
    before = copy.deepcopy([canonical, native])

    said = encode(record, canonical)
    try:
        read = record.decode(native)
    except Mismatch:
        read = None

    assert [canonical, native] == before
    assert said == encode(twin, canonical)
    assert read is None or read == twin.decode(native)


@pytest.mark.parametrize(
    ("kind", "images", "pointer"),
    [
        ("one", [URL], "/image/0"),
        ("one", [text("red-64.png"), {"file_id": "f"}], "/image/1"),
        ("list", [URL, "gs://b/a"], "/image/1"),
        ("lone", [URL], "/image/0"),
        ("parts", [content("red-64.png"), URL], "/image/1"),
    ],
)
def test_what_cannot_be_carried_is_refused(kind: str, images: Json, pointer: str) -> None:
    """An image is never dropped; its place in the request is named."""
    with pytest.raises(RequestError) as caught:
        encode(record_of(kind), inside({"image": images}))

    assert [problem.pointer for problem in caught.value.problems] == [pointer]


# --- masks ------------------------------------------------------------------------------------


def edits_of(mask: Json) -> str:
    return mask.get("edits", "transparent") if isinstance(mask, dict) else "transparent"


def polarities(via: Json) -> list[str]:
    return [via["edits"]] if "edits" in via else list(via["mask"][1]["edits"])


@each_mask
@given(data=st.data())
def test_masks_stable_and_exact(via: Json, data: st.DataObject) -> None:
    """L1, L2: the region comes back; a note stands where soft edges had to be made hard, and nowhere else."""
    record = mask_record(via)
    mask = data.draw(masks(64))
    before = copy.deepcopy(mask)

    native, notes = encode(record, inside({"mask": mask}))
    back = outside(record.decode(native)[0])["mask"]
    again, more = encode(record, *record.decode(native))

    asked = region(mask)
    repainted = edits_of(mask) not in polarities(via)
    hardened = repainted and not via.get("soft") and not set(asked) <= {0, 255}
    hard = bytes(255 * (level >= 128) for level in asked)
    assert region(back) == (hard if hardened else asked)
    assert same_mask(mask, back) is not hardened
    assert edits_of(back) == (polarities(via)[0] if repainted else edits_of(mask))
    assert [(note.kind, note.pointer) for note in notes] == [("approximated", "/mask")] * hardened
    assert (again, more) == (native, [])
    assert mask == before


@each_mask
@given(
    name=st.sampled_from(["white", "black", "transparent"]),
    word=st.sampled_from(["W", "B", "?", 7, None]),
    more=json_values(3),
)
def test_masks_come_back(via: Json, name: str, word: Json, more: Json) -> None:
    """L3: a native mask is never opened, and one whose polarity is unknown stays native."""
    record = mask_record(via)
    native = {"body": {"mask": text(f"mask-{name}-64.png").rstrip("="), "way": word, "more": more}}

    canonical, rest = record.decode(native)
    again, notes = encode(record, canonical, rest)

    known = "edits" in via or word in ("W", "B")
    assert notes == []
    assert ("mask" in canonical) == known
    written = standard(native["body"]["mask"]) if known else native["body"]["mask"]
    assert equal(again, {"body": {**native["body"], "mask": written}})
