"""
What is carried beside the canonical fields: the complement of a record, case by case.

The general laws are in test_rules.py; here stands what engine.md pins, and what no law sees.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.document import ABSENT
from imagetx.errors import Problem, RequestError, SpecError
from imagetx.lines import checked_record, compile_rule
from imagetx.notes import Note
from imagetx.record import Record
from imagetx.rule import Mismatch

Json = Any


def record_of(*lines: Json) -> Record:
    return checked_record([compile_rule(line, "p") for line in lines])


def encode(record: Record, canonical: Json, carried: Json = ABSENT) -> tuple[Json, list[str]]:
    native: Json = {"headers": {}, "body": {}}
    notes: list[Note] = []
    record.encode(canonical, native, notes, carried)
    return {place: part for place, part in native.items() if part}, [f"{note.kind} {note.pointer}" for note in notes]


def again(record: Record, native: Json, **edited: Json) -> tuple[Json, list[str]]:
    """Decode, change fields (None takes one out), encode."""
    canonical, rest = record.decode(native)
    canonical = {name: value for name, value in {**canonical, **edited}.items() if value is not None}
    return encode(record, canonical, rest)


def refused(record: Record, canonical: Json, carried: Json) -> tuple[Problem, ...]:
    with pytest.raises(RequestError) as raised:
        encode(record, canonical, carried)
    return raised.value.problems


MODE = {"to": "/body/mode", "const": "image-to-image"}
IMAGE = {"from": "image", "to": "/body/image"}


def test_discriminating_const_survives_an_edit() -> None:
    """engine.md 4: decode, add an image, encode must not give an image-to-image without `mode`."""
    text, picture = record_of({**MODE, "const": "text-to-image", "optional": True}), record_of(MODE, IMAGE)
    _, rest = text.decode({"body": {}})
    expected = {"body": {"mode": "image-to-image", "image": "i"}}

    assert rest == {"body": {"mode": None}}
    assert encode(picture, {"image": "i"}, rest) == (expected, [])


def test_format_is_not_lost_to_a_carried_null() -> None:
    """engine.md 4: a native request without Accept, then output_format jpeg: the format is sent."""
    formats = {"enum": {"png": "image/png", "jpeg": "image/jpeg"}}
    record = record_of({"from": "output_format", "to": "/headers/accept", "silent": "png", "via": formats})
    native = {"headers": {}, "body": {}}

    assert again(record, native) == ({}, [])
    assert again(record, native, output_format="jpeg") == ({"headers": {"accept": "image/jpeg"}}, [])


@pytest.mark.parametrize(
    ("line", "written"),
    [
        ({"to": "/body/x", "const": "c", "optional": True}, "c"),
        ({"from": "n", "to": "/body/x", "silent": 1}, 1),
        ({"from": "n", "to": "/body/x", "default": 2}, 2),
    ],
)
def test_null_unsays_what_nobody_asked_for(line: Json, written: Json) -> None:
    """A carried null takes out what is sent unasked; another carried value stands in its place."""
    record = record_of(line)

    assert encode(record, {})[0] == {"body": {"x": written}}
    assert encode(record, {}, {"body": {"x": None}})[0] == {}
    assert encode(record, {}, {"body": {"x": "other"}})[0] == {"body": {"x": "other"}}


def test_null_does_not_unsay_a_field() -> None:
    record = record_of({"from": "n", "to": "/body/x", "silent": 1})

    assert encode(record, {"n": 3}, {"body": {"x": None}}) == ({"body": {"x": 3}}, [])
    assert encode(record, {"n": 0}, {"body": {"x": None}}) == ({"body": {"x": 0}}, [])


def test_null_does_not_unsay_a_discriminating_const() -> None:
    assert encode(record_of(MODE), {}, {"body": {"mode": None}}) == ({"body": {"mode": "image-to-image"}}, [])


def test_a_carried_null_that_unsays_nothing_is_sent() -> None:
    assert encode(record_of(MODE), {}, {"body": {"other": None}})[0] == {
        "body": {"mode": "image-to-image", "other": None}
    }


def test_contradiction() -> None:
    """A carried value that says something else than a field or a discriminating const is refused, both named."""
    expected = tuple(
        Problem(
            pointer=f"/body/{name}",
            message=f"expected {mine} as {who} says, got {other} from provider_options",
            given=other,
            expected=str(mine),
        )
        for name, who, mine, other in (("mode", "the dialect", '"image-to-image"', 1), ("n", "n", 0, 2))
    )

    assert refused(record_of(MODE, {"from": "n", "to": "/body/n"}), {"n": 0}, {"body": {"mode": 1, "n": 2}}) == expected


def test_contradicting_container() -> None:
    """Something else in the place of an object that a field needs is refused; null and emptiness are not."""
    record = record_of({"from": "n", "to": "/body/a/n"})

    assert refused(record, {"n": 1}, {"body": {"a": 5}})[0].pointer == "/body/a"
    assert encode(record, {"n": 1}, {"body": {"a": None}})[0] == {"body": {"a": {"n": 1}}}
    assert encode(record, {"n": 1}, {"body": {"a": {}}})[0] == {"body": {"a": {"n": 1}}}
    assert encode(record, {}, {"body": {"a": 5}})[0] == {"body": {"a": 5}}


def test_another_spelling_is_no_contradiction() -> None:
    record = record_of({"from": "seed", "to": "/body/seed", "via": "number"})

    assert encode(record, {"seed": 5}, {"body": {"seed": "5.0"}})[0] == {"body": {"seed": "5.0"}}


def test_another_word_of_many_to_one() -> None:
    """What is carried and says just what is asked is sent as it came, without the note of our own way."""
    record = record_of({"from": "prompt", "to": "/body/x", "via": {"enum": {"a": "A", "b": "A"}, "read": {"B": "b"}}})

    assert encode(record, {"prompt": "b"}) == ({"body": {"x": "A"}}, ["approximated /prompt"])
    assert again(record, {"body": {"x": "B"}}) == ({"body": {"x": "B"}}, [])


def test_zero_false_and_empty_are_values() -> None:
    record = record_of(
        {"from": "seed", "to": "/body/seed", "silent": 5},
        {"from": "watermark", "to": "/body/mark", "silent": True},
        {"from": "prompt", "to": "/body/text", "default": "x"},
    )
    canonical = {"seed": 0, "watermark": False, "prompt": ""}
    expected = {"body": {"seed": 0, "mark": False, "text": ""}}

    assert encode(record, canonical) == (expected, [])
    assert record.decode(expected) == (canonical, {})


def test_three_silences() -> None:
    """`silent` is sent and read as silence, `absent` is what native silence means, `default` is our choice."""
    silent = record_of({"from": "n", "to": "/body/n", "silent": 1})
    absent = record_of({"from": "n", "to": "/body/n", "absent": 4})
    default = record_of({"from": "n", "to": "/body/n", "default": 2})

    assert encode(silent, {}) == ({"body": {"n": 1}}, [])
    assert silent.decode({"body": {"n": 1}})[0] == {}
    assert encode(absent, {}) == ({}, ["defaulted /n"])
    assert absent.decode({"body": {}})[0] == {"n": 4}
    assert encode(default, {}) == ({"body": {"n": 2}}, ["defaulted /n"])
    assert default.decode({"body": {"n": 2}})[0] == {"n": 2}


def test_null_on_the_wire() -> None:
    """Null is a value where the dialect takes it, else it is silence."""
    nullable, plain = (record_of({"from": "n", "to": "/body/n", "null": taken}) for taken in (True, False))

    assert encode(nullable, {"n": None}) == ({"body": {"n": None}}, [])
    assert nullable.decode({"body": {"n": None}}) == ({"n": None}, {})
    assert encode(plain, {"n": None}) == ({}, [])


@pytest.mark.parametrize("how", ["silent", "default"])
def test_null_of_silence(how: str) -> None:
    """A native null where null is no value is "do not send", also beside a value that would be sent unasked."""
    record = record_of({"from": "n", "to": "/body/n", how: 1})

    assert again(record, {"body": {"n": None}})[0] in ({}, {"body": {"n": None}})


def test_required() -> None:
    """A native document without what its dialect demands is of another record."""
    record = record_of({"from": "prompt", "to": "/body/text", "required": True, "via": "number"})

    with pytest.raises(Mismatch, match=r"\Aexpected the prompt, got nothing - at /body/text\Z"):
        record.decode({"body": {}})
    with pytest.raises(Mismatch, match=" - at /body/text"):
        record.decode({"body": {"text": "abc"}})


# --- lists of which one item is ours -------------------------------------------------------------

LAST = {"from": "prompt", "to": "/body/contents/-1/text"}
ROLE = {"to": "/body/contents/-1/role", "const": "user", "optional": True}
TURNS: Json = [{"role": "user", "text": "a"}, {"role": "model", "text": "b"}, {"role": "user", "text": "c"}]


def test_multi_turn() -> None:
    """The last turn is ours; the turns before it are carried, and an edit changes the last."""
    record = record_of(LAST, ROLE)
    native = {"body": {"contents": TURNS}}

    assert record.decode(native) == ({"prompt": "c"}, {"body": {"contents": [*TURNS[:2], {}]}})
    assert again(record, native) == (native, [])
    assert again(record, native, prompt="d")[0]["body"]["contents"] == [*TURNS[:2], {"role": "user", "text": "d"}]


def test_first_item() -> None:
    """Neighbours after the first item are carried alike."""
    record = record_of({"from": "prompt", "to": "/body/prompts/0/text"})
    native = {"body": {"prompts": [{"text": "a", "weight": 1}, {"text": "b"}, 5]}}

    assert record.decode(native) == ({"prompt": "a"}, {"body": {"prompts": [{"weight": 1}, {"text": "b"}, 5]}})
    assert again(record, native, prompt="z")[0] == {"body": {"prompts": [{"weight": 1, "text": "z"}, {"text": "b"}, 5]}}


@pytest.mark.parametrize("contents", [[5], [{"role": "user", "text": "a"}, 5], ["x"], {"a": 1}, 7])
def test_no_item_of_ours(contents: Json) -> None:
    """A list whose item in our place is none of ours stands as it came."""
    record = record_of(LAST)
    native = {"body": {"contents": contents}}

    assert record.decode(native) == ({}, native)
    assert again(record, native) == (native, [])
    assert refused(record, {"prompt": "a"}, {"body": {"contents": {"a": 1}}})[0].pointer == "/body/contents"


@pytest.mark.parametrize(
    "contents",
    [
        *([5], [[1]], 7),
        {"a": 1},
        {"-1": {}},
    ],
)
def test_nothing_is_marked_in_what_is_not_ours(contents: Json) -> None:
    """L4 for what is sent unasked below something that is no list of objects."""
    record = record_of(LAST, ROLE)

    canonical, rest = record.decode({"body": {"contents": contents}})

    assert canonical == {}
    assert rest == {"body": {"contents": contents}}


def test_nothing_is_marked_in_a_list() -> None:
    record = record_of({"from": "n", "to": "/body/a/b/n", "silent": 1})

    assert record.decode({"body": {"a": [1]}}) == ({}, {"body": {"a": [1]}})


def test_rows_are_unsaid_together() -> None:
    """What a row would send unasked is not sent beside a value that it does not know."""
    table = [[False, ["generate", "json"]], [True, ["stream", "sse"]]]
    record = record_of({"from": ["stream"], "to": ["/body/verb", "/body/alt"], "silent": False, "via": {"rows": table}})
    native = {"body": {"verb": "other"}}

    assert again(record, {"body": {"verb": "stream"}}) == ({"body": {"verb": "stream"}}, [])
    assert again(record, native) == (native, [])


# --- owners --------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["/body/a", "/body/a/b", "/body/a/b/c"])
def test_one_writer(other: str) -> None:
    lines = {"from": "n", "to": "/body/a/b"}, {"to": other, "const": 1}

    with pytest.raises(SpecError, match="expected one writer for "):
        record_of(*lines)
    with pytest.raises(SpecError, match="expected one writer for "):
        record_of(*reversed(lines))
