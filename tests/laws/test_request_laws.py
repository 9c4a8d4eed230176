"""
Laws L1 to L6 and L9 over the requests of every dialect for every family (style.md section 5).
"""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import assume, given, reject
from hypothesis import strategies as st

import imagetx
from imagetx.canonical import document
from imagetx.document import equal
from imagetx.errors import ImagetxError, RequestError, WireError
from imagetx.notes import ADDITIONS, LOSSES
from imagetx.words import SILENCE, WORDS
from tests.dialects import CATALOG, Case, cases, from_message, is_form, native_schema, stands_in_a_form, to_message
from tests.judged import GEOMETRY, differences, means_silence, sent_anyway, silent_anyway
from tests.normal import normal_request
from tests.profiles import dialect_law
from tests.requests_drawn import canonical_requests
from tests.strategies import from_schema, json_values, mutated, validator

Json = Any
CASES = cases()
NAMES = sorted({case.name for case in CASES})
VALIDATORS = {name: validator(native_schema(name)) for name in NAMES}
NATIVES = {name: from_schema(native_schema(name)) for name in NAMES}
every_dialect = pytest.mark.parametrize("case", CASES, ids=str)
every_name = pytest.mark.parametrize("name", NAMES)


def encode_accepted(request: Json, case: Case) -> Any:
    """Encode a request of the law's domain: what a dialect refuses by its own rules is outside of it."""
    try:
        return imagetx.encode_request(request, case.target)
    except RequestError:
        reject()


def decode(message: imagetx.NativeRequest, provider: str) -> Any:
    return imagetx.decode_request(message, imagetx.Target(provider=provider))


@every_dialect
@dialect_law
@given(data=st.data())
def test_l1_stable(case: Case, data: st.DataObject) -> None:
    """
    What encode writes comes back as what encode writes, in its native normal form.

    The normal form matters where native silence has a meaning of its own (Nova's seed 12): decode says
    it, so the second encode writes it, and the two are the same request.
    """
    request = data.draw(canonical_requests(case, nulls=True))

    first = encode_accepted(request, case)
    back = decode(first.value, case.dialect.provider)
    second = imagetx.encode_request(back.value, back.target)

    name = case.name
    assert from_message(name, second.value) == normal_request(name, from_message(name, first.value))


@every_dialect
@dialect_law
@given(data=st.data())
def test_l2_silence_means_exact(case: Case, data: st.DataObject) -> None:
    """The pointers of loss and addition notes are the fields that do not come back, and those that are added."""
    request = data.draw(canonical_requests(case))

    out = encode_accepted(request, case)
    back = document(decode(out.value, case.dialect.provider).value)
    noted = {note.pointer[1:] for note in out.notes if note.kind in LOSSES | ADDITIONS} - {"model"}

    may_be_noted = silent_anyway(request, back)
    assert noted - may_be_noted == differences(case, request, back) - may_be_noted


@every_name
@dialect_law
@given(data=st.data())
def test_l3_native(name: str, data: st.DataObject) -> None:
    """
    A native request comes back in its normal form, without loss, also when it is broken at places.

    Outside of the law are only requests that the provider would reject (they are invalid under the native
    schema): decode may refuse them, and encode may refuse them or mend them with a loss note.
    """
    native = data.draw(NATIVES[name])
    whole = data.draw(st.booleans())
    if not whole:
        native = {**native, "body": data.draw(mutated(native["body"]))}
        assume(isinstance(native["body"], dict) and native["body"] != {})
        if is_form(name, native):
            assume(all(map(stands_in_a_form, native["body"].values())))
    try:
        message = to_message(name, native)
    except RequestError:
        reject()  # no such message can be made

    try:
        back = decode(message, name.split("/")[0])
    except ImagetxError:
        assert not VALIDATORS[name].is_valid(native)
        return
    try:
        again = imagetx.encode_request(back.value, back.target)
    except RequestError:
        assert not VALIDATORS[name].is_valid(native)
        return

    assert back.lossless
    if not again.lossless:
        assert not VALIDATORS[name].is_valid(native)
        return
    assert equal(from_message(name, again.value), normal_request(name, native))


@every_name
@dialect_law
@given(body=json_values(), data=st.data())
def test_l4_total_decode(name: str, body: Json, data: st.DataObject) -> None:
    """Any JSON as the body of a known endpoint gives a value or an ImagetxError."""
    native = data.draw(NATIVES[name])
    url = to_message(name, native).url
    broken = data.draw(mutated(native["body"]))

    for content in (body, broken, json.dumps(broken)[:-1].encode()):
        try:
            decode(imagetx.NativeRequest("POST", url, {}, content), name.split("/")[0])
        except ImagetxError:
            continue


@every_dialect
@dialect_law
@given(data=st.data())
def test_l4_total_encode(case: Case, data: st.DataObject) -> None:
    """Any JSON as a request gives a value or a RequestError, also where it asks for an edit that is not there."""
    request = data.draw(mutated(data.draw(canonical_requests(case))))
    options = data.draw(st.none() | json_values())
    try:
        imagetx.encode_request({**request, "provider_options": {case.dialect.provider: options}}, case.target)
        imagetx.encode_request(data.draw(json_values()), case.target)
    except RequestError:
        pass


@every_dialect
@dialect_law
@given(data=st.data())
def test_l5_pure(case: Case, data: st.DataObject) -> None:
    """Nothing that goes in is changed, and the same goes out again."""
    request = data.draw(canonical_requests(case, nulls=True))
    before = deepcopy(request)

    first = encode_accepted(request, case)
    sent = deepcopy(first.value.body)
    decode(first.value, case.dialect.provider)
    second = imagetx.encode_request(request, case.target)

    assert request == before
    assert first.value.body == sent
    assert second == first


@every_dialect
@dialect_law
@given(data=st.data())
def test_l6_closed(case: Case, data: st.DataObject) -> None:
    """What encode writes is what the provider accepts, as the native schema of the dossier says."""
    request = data.draw(canonical_requests(case, nulls=True))
    for name in ("quality", "background", "moderation", "output_format", "response_format", "style", "input_fidelity"):
        if name in WORDS and request.get(name) not in (*WORDS[name], None):
            request.pop(name, None)  # an open word is sent as it is, assumed: L6 is about what we know

    native = from_message(case.name, encode_accepted(request, case).value)

    judge = VALIDATORS[case.name]
    assert judge.is_valid(native), [error.message for error in judge.iter_errors(native)]


EDITS: dict[str, list[Json]] = {
    "prompt": ["another prompt"],
    "seed": [7, 8],
    "size": ["1024x1024", "1536x1024"],
    "quality": ["high", "low", "standard"],
    "output_format": ["jpeg", "png"],
    "negative_prompt": ["rain"],
    "style": ["anime", "vivid", "photorealism"],
    "guidance_scale": [3, 5],
    "safety_level": ["strict", "off"],
    "n": [1],
    "background": ["opaque"],
    "moderation": ["low"],
    "stream": [True, False],
    "aspect_ratio": ["16:9", "1:1"],
}


@every_name
@dialect_law
@given(data=st.data())
def test_l9_edit(name: str, data: st.DataObject) -> None:
    """After decode and one edit, the change is on the wire, or a note or an error names the field."""
    back = decode(to_message(name, data.draw(NATIVES[name])), name.split("/")[0])
    request = document(back.value)
    field = data.draw(st.sampled_from(sorted(EDITS)))
    value = data.draw(st.sampled_from(EDITS[field]))
    if field in GEOMETRY:
        request = {key: kept for key, kept in request.items() if key not in GEOMETRY}
    assume(not equal(request.get(field), value))
    edited = {**request, field: value}

    try:
        before = imagetx.encode_request(request, back.target)
        after = imagetx.encode_request(edited, back.target)
    except RequestError:
        return

    case = Case(dialect=CATALOG.resolve(back.target, None, request.get("operation"), None).dialect, model="")
    silent = equal(value, SILENCE.get(field)) or means_silence(case, field, value) or sent_anyway(case, field, value)
    named = any(note.pointer.startswith(f"/{field}") for note in after.notes)
    assert after.value != before.value or named or silent


def test_l9_conflict_is_an_error() -> None:
    """A carried value that contradicts a field of the same request is an error that names both."""
    request = {"prompt": "x", "size": "1536x1024", "provider_options": {"openai": {"size": "1024x1024"}}}

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request(request, "openai/gpt-image-2")

    (problem,) = caught.value.problems
    assert (problem.pointer, problem.given) == ("/provider_options/openai/size", "1024x1024")
    assert "1536x1024" in problem.message


def test_wire_error_is_a_value_error() -> None:
    """A message of no dialect is the peer's fault."""
    native = imagetx.NativeRequest("POST", "https://api.openai.com/v1/images/generations", {}, {"model": 1})

    with pytest.raises(WireError):
        imagetx.decode_request(native, "openai")
