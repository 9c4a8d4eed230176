"""
Laws of the codecs, one by one: stable, silent only where exact, native, total, pure.

L2 and L3 are those of the rule that uses a codec, because a rule turns what a codec loses into a
note and keeps natively what it would not write again; an exact codec must keep them by itself.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.document import ABSENT, equal
from imagetx.errors import RequestError, Unsayable
from imagetx.joint import Joint
from imagetx.lines import checked_record, compile_rule
from imagetx.notes import Note
from imagetx.record import Record
from imagetx.via import compile_codec, compile_joint
from tests.strategies import CODECS, JOINTS, CodecCase, JointCase, json_values

Json = Any

codecs = pytest.mark.parametrize("name", CODECS)
joints = pytest.mark.parametrize("name", JOINTS)
HUGE = [10**5000, -(10**400), 1e308, 5e-324, 1e23, "9" * 5000, "1e999999999", [[]], {"": {}}]


def through(way: Any, value: Json) -> Json:
    """Give what a codec makes of a value, ABSENT where it has no word for it."""
    try:
        return way(value)
    except Unsayable:
        return ABSENT


def written(record: Record, canonical: Json, carried: Json = ABSENT) -> tuple[Json, list[Note]]:
    native: dict[str, Json] = {"body": {}}
    notes: list[Note] = []
    record.encode(canonical, native, notes, carried)
    return native, notes


def record_of(case: CodecCase) -> Record:
    return checked_record([compile_rule({"from": "prompt", "to": "/body/x", "via": case.via}, "p")])


@codecs
@given(data=st.data())
def test_l1_stable(name: str, data: st.DataObject) -> None:
    """What is encoded, decoded and encoded again is the same; only an open word has no way back."""
    case = data.draw(CODECS[name])
    codec = compile_codec(case.via)
    native = through(codec.encode, data.draw(case.values | json_values()))
    if native is ABSENT:
        return

    back = through(codec.decode, native)

    if back is ABSENT:
        assert name == "enum-open"
    else:
        assert equal(codec.encode(back), native)


@codecs
@given(data=st.data())
def test_l2_exact_codecs_lose_nothing(name: str, data: st.DataObject) -> None:
    """Whatever an exact codec says of its own values comes back equal."""
    case = data.draw(CODECS[name])
    codec = compile_codec(case.via)
    value = data.draw(case.values)
    native = through(codec.encode, value)

    if codec.exact and native is not ABSENT:
        assert equal(codec.decode(native), value)


@codecs
@given(data=st.data())
def test_l2_silence_means_exact(name: str, data: st.DataObject) -> None:
    """A rule notes its field exactly where the value does not come back equal."""
    case = data.draw(CODECS[name])
    record = record_of(case)
    value = data.draw(case.values.filter(lambda value: value is not None))

    native, notes = written(record, {"prompt": value})
    back, _ = record.decode(native)

    assert (notes == []) == equal(back.get("prompt", ABSENT), value)
    assert {note.pointer for note in notes} <= {"/prompt"}


@codecs
@given(data=st.data())
def test_l3_exact_codecs_give_the_normal_form(name: str, data: st.DataObject) -> None:
    """Whatever an exact codec can read it writes again in its normal form."""
    case = data.draw(CODECS[name])
    codec = compile_codec(case.via)
    native = data.draw(case.natives | json_values())
    value = through(codec.decode, native)

    if codec.exact and value is not ABSENT:
        assert equal(codec.encode(value), case.normal(native))


@codecs
@given(data=st.data())
def test_l3_native_comes_back(name: str, data: st.DataObject) -> None:
    """A rule writes every native value again, in normal form if its codec is exact or folds it, without a note."""
    case = data.draw(CODECS[name])
    record = record_of(case)
    codec = compile_codec(case.via)
    native = data.draw(case.natives | json_values())
    if through(codec.decode, native) is None:
        return  # null is the rule's matter
    read = (codec.exact or name in ("enum-caseless", "scale-number")) and through(codec.decode, native) is not ABSENT
    expected = {"body": {"x": case.normal(native) if read else native}}

    canonical, rest = record.decode({"body": {"x": native}})
    again, notes = written(record, canonical, rest)

    assert equal(again, expected)
    assert notes == []


@codecs
@given(data=st.data())
def test_l4_total(name: str, data: st.DataObject) -> None:
    """Any JSON gives a value or Unsayable, both ways."""
    codec = compile_codec(data.draw(CODECS[name]).via)
    value = data.draw(json_values() | st.sampled_from(HUGE) | st.binary(max_size=3))

    through(codec.encode, value)
    through(codec.decode, value)


@codecs
@given(data=st.data())
def test_l5_pure(name: str, data: st.DataObject) -> None:
    """No input changes, and the same input gives the same output."""
    case = data.draw(CODECS[name])
    via = copy.deepcopy(case.via)
    codec, twin = compile_codec(case.via), compile_codec(via)
    for way, same_way, drawn in ((codec.encode, twin.encode, case.values), (codec.decode, twin.decode, case.natives)):
        value = data.draw(drawn | json_values())
        before = copy.deepcopy(value)

        first = through(way, value)

        assert equal(value, before)
        assert equal(first, through(way, before))
        assert equal(first, through(same_way, before))
    assert case.via == via


# --- several values at once ---------------------------------------------------------------------


def joint_of(case: JointCase) -> Joint:
    return compile_joint(case.via, len(case.fields))


def joint_record(case: JointCase) -> Record:
    targets = [f"/body/x{index}" for index in range(case.width)]
    return checked_record([compile_rule({"from": list(case.fields), "to": targets, "via": case.via}, "p")])


@joints
@given(data=st.data())
def test_l1_joint_stable(name: str, data: st.DataObject) -> None:
    """What is encoded, decoded and encoded again is the same."""
    case = data.draw(JOINTS[name])
    codec = joint_of(case)
    said = through(codec.encode, data.draw(case.values))
    if said is ABSENT:
        return

    again, losses = codec.encode(codec.decode(said[0]))

    assert equal(list(again), list(said[0]))
    assert losses == () or not case.exact


@joints
@given(data=st.data())
def test_l2_joint_silence_means_exact(name: str, data: st.DataObject) -> None:
    """A value is lost with a Loss or comes back equal, one by one."""
    case = data.draw(JOINTS[name])
    codec = joint_of(case)
    values = data.draw(case.values)
    said = through(codec.encode, values)
    if said is ABSENT or not case.exact:
        return
    natives, losses = said
    back = codec.decode(natives)

    lost = {loss.index for loss in losses}
    assert lost == {index for index, value in enumerate(values) if not equal(back[index], value)}
    assert [loss.used for loss in losses] == [back[loss.index] for loss in losses]


@joints
@given(data=st.data())
def test_l3_joint_native_comes_back(name: str, data: st.DataObject) -> None:
    """A rule writes all native values again, without a note."""
    case = data.draw(JOINTS[name])
    record = joint_record(case)
    natives = data.draw(case.natives)
    native = {"body": {f"x{index}": value for index, value in enumerate(natives) if value is not ABSENT}}
    canonical, rest = record.decode(native)
    again, notes = written(record, canonical, rest)

    assert equal(again, native)
    assert notes == []


@joints
@given(data=st.data())
def test_l4_joint_total(name: str, data: st.DataObject) -> None:
    """Any JSON gives values or Unsayable; reading gives values always."""
    case = data.draw(JOINTS[name])
    codec = joint_of(case)
    anything = st.just(ABSENT) | json_values(4) | st.sampled_from(HUGE)

    through(codec.encode, [data.draw(anything) for _ in case.fields])
    codec.decode([data.draw(anything) for _ in range(case.width)])


@joints
@given(data=st.data())
def test_l5_joint_pure(name: str, data: st.DataObject) -> None:
    """No input changes, and the same input gives the same output."""
    case = data.draw(JOINTS[name])
    codec, twin = joint_of(case), joint_of(case)
    values, natives = data.draw(case.values), data.draw(case.natives)
    before = list(values), list(natives)

    said, read = through(codec.encode, values), through(codec.decode, natives)

    assert (values, natives) == before
    assert said == through(twin.encode, values)
    assert equal(list(read), list(through(twin.decode, natives)))


def test_illegal_size() -> None:
    """L3 for a size that the dialect reads and would not write: it stands as it came, without a note."""
    frame = {"form": "pixels", "as": "text", "multiple": 16, "min": 16, "max": 3840}
    line = {"from": ["size", "aspect_ratio", "resolution"], "to": ["/body/size"], "via": {"frame": frame}}
    record = checked_record([compile_rule(line, "p")])
    native = {"body": {"size": "1920x1080"}}

    again, notes = written(record, *record.decode(native))

    assert again == native
    assert notes == []


def test_null_inside() -> None:
    """L3 for a native value that a codec reads as null: nothing is said, and it stands as it came."""
    record = checked_record([compile_rule({"from": "prompt", "to": "/body/x", "via": {"one": "same"}}, "p")])
    native = {"body": {"x": [None]}}

    again, _ = written(record, *record.decode(native))

    assert again == native


def test_edited_after_decode() -> None:
    """A value that contradicts what is carried in its own place is refused, naming both."""
    record = checked_record([compile_rule({"from": "prompt", "to": "/body/x", "via": {"join": " "}}, "p")])
    _, rest = record.decode({"body": {"x": ["a", "b"]}})

    with pytest.raises(RequestError) as raised:
        written(record, {"prompt": "c"}, rest)

    (problem,) = raised.value.problems
    assert problem.pointer == "/body/x"
    assert '["c"]' in problem.message
    assert '["a", "b"]' in problem.message
