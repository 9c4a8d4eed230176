"""
Laws L1 to L5 over the responses and errors of every dialect (style.md section 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st

import imagetx
from imagetx.canonical import document
from imagetx.document import equal
from imagetx.errors import ImagetxError, RequestError
from imagetx.notes import LOSSES
from tests.dialects import Case, cases, fixture
from tests.normal import normal_answer
from tests.profiles import dialect_law
from tests.requests_drawn import ERRORS, RESPONSES
from tests.strategies import json_values, mutated

Json = Any
CASES = list({case.name: case for case in cases()}.values())
every_dialect = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
DERIVED = {"outcome", "native_status", "provider_metadata"}
"""Told from other fields, or about the message at hand; judged by the fields they come from."""


def answers(case: Case) -> st.SearchStrategy[Json]:
    """Draw one of the dialect's fixture answers."""
    vectors = fixture(case.name)
    return st.sampled_from([*vectors["responses"], *vectors["errors"]])


def encode(answer: Json, case: Case) -> Any:
    """Encode an answer of the law's domain: one that has a form in the dialect."""
    try:
        return imagetx.encode_response(answer, case.target)
    except RequestError:
        reject()


@every_dialect
@dialect_law
@given(answer=RESPONSES | ERRORS)
def test_l1_stable(case: Case, answer: Json) -> None:
    """What encode writes comes back as what encode writes, in its normal form."""
    first = encode(answer, case).value
    back = imagetx.decode_response(first, case.target).value
    second = imagetx.encode_response(back, case.target).value

    assert second == normal_answer(case.name, first)


@every_dialect
@dialect_law
@given(answer=RESPONSES | ERRORS)
def test_l2_silence_means_exact(case: Case, answer: Json) -> None:
    """What does not come back lies below a loss note, and below every loss note something does not."""
    out = encode(answer, case)
    noted = {tuple(note.pointer.split("/")[1:]) for note in out.notes if note.kind in LOSSES} - {("outcome",)}
    back = document(imagetx.decode_response(out.value, case.target).value)

    lost = {path for path, value in members(answer) if not equal(at(back, path), value)}

    assert [path for path in lost if not any(path[: len(note)] == note for note in noted)] == []
    assert [note for note in noted if not any(path[: len(note)] == note for path in lost)] == []


def members(value: Json, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Json]]:
    """Yield what a canonical answer says, leaf by leaf, derived fields apart."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in DERIVED and (key, item) != ("created", 0):
                yield from members(item, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for index, item in enumerate(value):
            yield from members(item, (*path, str(index)))
    elif value is not None:
        yield path, value


def at(value: Json, path: tuple[str, ...]) -> Json:
    for part in path:
        if isinstance(value, list):
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


@st.composite
def with_strangers(draw: st.DrawFn, body: Json) -> Json:
    """Add members that nobody knows to the objects of a body."""
    copied = deepcopy(body)
    objects = list(_objects(copied))
    for holder in draw(st.lists(st.sampled_from(objects), max_size=3)) if objects else []:
        holder[f"x_{draw(st.integers(0, 9))}"] = draw(json_values())
    return copied


def _objects(value: Json) -> Iterator[dict[str, Json]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from _objects(item)
    elif isinstance(value, list):
        for item in value:
            yield from _objects(item)


@every_dialect
@dialect_law
@given(data=st.data())
def test_l3_native(case: Case, data: st.DataObject) -> None:
    """Keys that nobody knows come back verbatim and in their place, wherever they stand."""
    vectors = fixture(case.name)
    exact = [
        vector
        for vector in [*vectors["responses"], *vectors["errors"]]
        if "normal" not in vector
        and "encode" in vector.get("ways", ["encode"])
        and "json" in (vector["native"].get("body") or {})
    ]
    vector = data.draw(st.sampled_from(exact))
    body = data.draw(with_strangers(vector["native"]["body"]["json"]))
    native = imagetx.NativeResponse.from_json({**vector["native"], "body": {"json": body}})

    back = imagetx.decode_response(native, case.target)
    again = imagetx.encode_response(back.value, case.target)

    assert equal(again.value.document()[1], body)
    assert again.value.status == native.status
    assert again.lossless


@every_dialect
@dialect_law
@given(data=st.data())
def test_l4_total(case: Case, data: st.DataObject) -> None:
    """Any answer gives a value or an ImagetxError: broken, foreign, cut short, not JSON at all."""
    native = data.draw(answers(case))["native"]
    headers = native.get("headers", {})
    whole = imagetx.NativeResponse.from_json(native)
    broken = data.draw(mutated(whole.document()[1])) if whole.document()[0] == "json" else None
    bodies = [broken, data.draw(json_values()), data.draw(st.binary(max_size=40)), whole.content()[:-1], None]

    for status in (native["status"], 200, 500):
        for body in bodies:
            try:
                value = imagetx.decode_response(imagetx.NativeResponse(status, headers, body), case.target).value
                imagetx.encode_response(value, case.target)
            except ImagetxError:
                continue


@every_dialect
@dialect_law
@given(answer=RESPONSES | ERRORS)
def test_l5_pure(case: Case, answer: Json) -> None:
    """Nothing that goes in is changed, and the same goes out again."""
    before = deepcopy(answer)

    first = encode(answer, case)
    sent = deepcopy(first.value.body)
    decoded = imagetx.decode_response(first.value, case.target)
    second = encode(answer, case)

    assert answer == before
    assert first.value.body == sent
    assert second == first
    assert imagetx.decode_response(first.value, case.target) == decoded
