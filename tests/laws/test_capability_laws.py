"""
Laws of capabilities: what the document says of a target is what encode_request does, for every dialect and family.

Nothing here reads a spec. The document is held against requests that are written by hand: a plain one for each
operation, values of every field, and circumstances that may change what becomes of a field.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import imagetx
from imagetx import ImagetxError, RequestError
from imagetx.ability import Ability, Capabilities, Field
from imagetx.document import ABSENT, equal, get, parse_pointer
from imagetx.notes import LOSSES
from imagetx.words import REQUEST_FIELDS, SILENCE, WORDS
from tests.dialects import ROOT, Case, cases
from tests.images import names, text
from tests.requests_drawn import example

Json = Any
CASES = cases()
SCHEMA = Draft202012Validator(json.loads((ROOT / "schemas" / "canonical" / "capabilities.schema.json").read_text()))
GEOMETRY = {"size", "aspect_ratio", "resolution"}
every_dialect = pytest.mark.parametrize("case", CASES, ids=str)

TRIED: dict[str, list[Json]] = {
    "prompt": ["a hat"],
    "n": [2, 3],
    "size": ["1024x1024", "1536x1024", "100x3000"],
    "aspect_ratio": ["16:9", "1:1", "1:8"],
    "user": ["u"],
    "safety_identifier": ["u"],
    "output_compression": [50],
    "stream": [True],
    "partial_images": [2],
    "negative_prompt": ["rain"],
    "seed": [7],
    "steps": [20],
    "guidance_scale": [4],
    "strength": [0.4],
    "sampler": ["ddim"],
    "watermark": [True, False],
    "enhance_prompt": [True, False],
    "language": ["en"],
    **{name: [word for word in words if word != "auto"] for name, words in WORDS.items()},
}
"""Values of every field, none of which is what silence means."""

CIRCUMSTANCES: list[dict[str, Json]] = [
    *({"output_format": word} for word in WORDS["output_format"]),
    {"background": "transparent"},
    {"background": "opaque"},
    {"response_format": "url"},
    {"quality": "high"},
    {"stream": True},
    {"stream": True, "partial_images": 2},
    {"n": 2},
    {"size": "1024x1024"},
    {"aspect_ratio": "16:9"},
    {"resolution": "1K"},
    {"seed": 1},
    {"watermark": True},
    {"enhance_prompt": True},
    {"moderation": "low"},
    {"safety_level": "off"},
    {"strength": 0.5},
]


@cache
def capabilities(case: Case) -> Capabilities:
    return imagetx.capabilities(case.target)


def abilities(case: Case) -> Iterator[tuple[Ability, dict[str, Json]]]:
    """Yield what the case's own dialect can do, by operation, with a plain request of it."""
    for operation, ability in capabilities(case).operations.items():
        if ability.dialect != case.dialect.name:
            continue  # of another case
        if operation == "generate":
            yield ability, {"prompt": "a fox", "operation": operation}
        else:
            yield ability, {**pictured(case), "operation": operation}


def pictured(case: Case) -> dict[str, Json]:
    """Give a plain request that has the images that its dialect demands."""
    request = example(case)
    if "image" in request:
        return request
    inputs = case.inputs or {"size": 64, "types": None, "count": [1, 1]}  # no bounds are known of some
    file = names(inputs["size"], inputs["types"])[0]
    return {**request, "image": [text(file)] * max(1, inputs["count"][0])}


def mask(case: Case) -> dict[str, str]:
    """Give a mask over the image of the plain request."""
    size = 64 if case.inputs is None else case.inputs["size"]
    return {"image": text(f"mask-white-{size}.png"), "edits": "white"}


def becomes(case: Case, request: Json, name: str) -> str:
    """Tell what encode makes of a field: `exact`, `changed` (a loss note), `lost` (dropped, refused), `elsewhere`."""
    try:
        out = imagetx.encode_request(request, case.target)
    except RequestError as error:
        at = any(is_at(problem.pointer, name) for problem in error.problems)
        return "lost" if at else "elsewhere"
    kinds = {note.kind for note in out.notes if is_at(note.pointer, name)}
    if kinds & {"dropped", "emulated", "assumed"}:
        return "lost"
    return "changed" if kinds & LOSSES else "exact"


def is_at(pointer: str, name: str) -> bool:
    return pointer == f"/{name}" or pointer.startswith(f"/{name}/")


def beside(request: dict[str, Json], field: Field, case: Case) -> dict[str, Json]:
    """Give the request in which a field is said to be supported."""
    whole = dict(request)
    for name, value in (field.beside or {}).items():
        if value is None:
            whole.pop(name, None)
        elif name == "mask":
            whole["mask"] = mask(case)
        elif name != "image":
            whole[name] = value
    return whole


def somewhere(case: Case, request: dict[str, Json], name: str, value: Json, wanted: set[str]) -> bool:
    """Say whether a value becomes what is wanted, alone or in one of the circumstances."""
    tried = [{}, *CIRCUMSTANCES]
    return any(becomes(case, {**request, **other, name: value}, name) in wanted for other in tried)


@every_dialect
def test_document(case: Case) -> None:
    """It is valid under its schema, knows every field, and says nothing that is null."""
    found = capabilities(case)

    plain = found.model_dump(exclude_unset=True)
    assert [f"{error.json_path}: {error.message}" for error in SCHEMA.iter_errors(json.loads(json.dumps(plain)))] == []
    for ability in found.operations.values():
        assert [*ability.fields] == [name for name in REQUEST_FIELDS if name not in ("model", "operation")]


@every_dialect
def test_every_operation_holds(case: Case) -> None:
    """The plain request of every operation is encoded; an operation that is not named never is."""
    held = {request["operation"] for _, request in abilities(case)}

    for _, request in abilities(case):
        assert imagetx.encode_request(request, case.target).value
    for operation in {*case.dialect.operations} - capabilities(case).operations.keys():
        with pytest.raises(ImagetxError):
            imagetx.encode_request({"prompt": "a fox", "operation": operation}, case.target)
    assert held or case.name in {"stability/v1-masking"}  # where only a mask leads to


@every_dialect
def test_unsupported_fields_are_told(case: Case) -> None:
    """A field that is not supported, given in a plain request, yields a note or a problem; fixed words do not."""
    silent = []
    for ability, request in abilities(case):
        for name, field in ability.fields.items():
            for value in () if field.supported else TRIED.get(name, ()):
                fixed = any(equal(value, word) for word in field.values or ())
                told = becomes(case, {**request, name: value}, name)
                if told == "elsewhere" or (told != "exact") == fixed:
                    silent.append((request["operation"], name, value, told))

    assert silent == []


@every_dialect
def test_unsupported_fields_never_arrive(case: Case) -> None:
    """Nor does it arrive where it is the only thing that is asked, in a stream, or beside a format or a mask."""
    wrong = []
    for ability, request in abilities(case):
        masked = {} if ability.mask is None else {"mask": mask(case)}
        for other in ({"prompt": None}, {"stream": True, "output_format": "jpeg"}, masked):
            whole = {name: value for name, value in {**request, **other}.items() if value is not None}
            for name, field in ability.fields.items():
                if field.supported or name in ("image", "mask"):
                    continue
                value = next(value for value in TRIED[name] if value not in (field.values or ()))
                if becomes(case, {**whole, name: value}, name) == "exact":
                    wrong.append((request["operation"], other.keys(), name, value))

    assert wrong == []


@every_dialect
def test_words_are_said(case: Case) -> None:
    """Every word of `values` arrives, those of `exact_values` without loss; no other does."""
    wrong = []
    for ability, request in abilities(case):
        for name, field in ability.fields.items():
            if not field.supported or field.values is None:
                continue
            whole = beside(request, field, case)
            for value in {*field.values, *TRIED.get(name, ())}:
                exact = any(equal(value, word) for word in field.exact_values or ())
                wanted = {"exact"} if exact else {"changed"}
                listed = any(equal(value, word) for word in field.values)
                alone = becomes(case, {**whole, name: value}, name)
                there = alone in wanted or somewhere(case, whole, name, value, wanted)
                if (there != listed and name not in ("size", "aspect_ratio")) or (listed and not there):
                    wrong.append((request["operation"], name, value, alone))

    assert wrong == []


@every_dialect
def test_ranges_hold(case: Case) -> None:
    """Both ends of a range arrive without loss; one step beyond is clamped with a note, or a problem."""
    wrong = []
    for ability, request in abilities(case):
        for name, field in ability.fields.items():
            if not field.supported or field.integer is None:
                continue
            whole, step = beside(request, field, case), 1 if field.integer else 0.01
            for end, sign in ((field.minimum, -1), (field.maximum, 1)):
                if end is None:
                    continue
                inside = becomes(case, {**whole, name: end}, name)
                outside = becomes(case, {**whole, name: round(end + sign * step, 6)}, name)
                clamped = "changed" if field.clamped else "lost"
                if (inside, outside) != ("exact", clamped) and not (name == "n" and end != 1):
                    wrong.append((request["operation"], name, end, inside, outside))

    assert wrong == []


@every_dialect
def test_lengths_hold(case: Case) -> None:
    """A text of the greatest length arrives, one character more is a problem; so with the least."""
    wrong = []
    for ability, request in abilities(case):
        for name, field in ability.fields.items():
            if not field.supported or (field.max_length is None and not field.min_length):
                continue
            whole = beside(request, field, case)
            for length, beyond in ((field.max_length, 1), (field.min_length, -1)):
                if not length:
                    continue
                inside = becomes(case, {**whole, name: "x" * length}, name)
                outside = becomes(case, {**whole, name: "x" * (length + beyond)}, name)
                if (inside, outside) != ("exact", "lost"):
                    wrong.append((request["operation"], name, length, inside, outside))

    assert wrong == []


@every_dialect
def test_native_places_are_written(case: Case) -> None:
    """A field that arrives stands at one of its native places: of a JSON body, for which they are plain pointers."""
    missing = []
    for ability, request in abilities(case):
        for name, field in ability.fields.items():
            words = [word for word in field.exact_values or () if not equal(word, SILENCE.get(name))]
            numbers = [end for end in (field.maximum, field.minimum) if end is not None]
            value = next(iter([*words, *numbers, *TRIED.get(name, ())]), None)
            if not field.supported or field.native is None or value is None or name == "n":
                continue
            message = imagetx.encode_request({**beside(request, field, case), name: value}, case.target).value
            places = [parse_pointer(pointer)[1:] for pointer in field.native if pointer.startswith("/body/")]
            plain = isinstance(message.body, dict) and len(places) == len(field.native)
            if plain and all(get(message.body, place) is ABSENT for place in places):
                missing.append((request["operation"], name, value, field.native))

    assert missing == []


@every_dialect
def test_unconditional_fields_hold_everywhere(case: Case) -> None:
    """What is not conditional is neither dropped nor refused, whatever else a request says that holds."""
    wrong = []
    for ability, request in abilities(case):
        values = {name: value for name, field in ability.fields.items() if (value := good(name, field)) is not None}
        for other in CIRCUMSTANCES:
            whole = {**request, **other}
            for name, value in values.items():
                if not contradicts(name, other) and becomes(case, {**whole, name: value}, name) == "lost":
                    wrong.append((request["operation"], other, name, value))

    assert wrong == []


def contradicts(name: str, other: dict[str, Json]) -> bool:
    """Say whether a circumstance says the field, or a geometry that may be another."""
    return name in other or (name in GEOMETRY and not GEOMETRY.isdisjoint(other))


def good(name: str, field: Field) -> Json:
    """Give a value that is said to arrive whatever else is asked; None where there is none."""
    if not field.supported or field.conditional or name in ("image", "mask", "prompt", "n"):
        return None
    if field.exact_values is not None:
        return next((value for value in field.exact_values if not equal(value, SILENCE.get(name))), None)
    return field.maximum if field.maximum is not None else TRIED[name][0]


@every_dialect
def test_calls_and_streams(case: Case) -> None:
    """n_per_call images can be asked for and not one more; streaming is true if stream: true is sent."""
    for ability, request in abilities(case):
        most = ability.n_per_call
        assert most is not None
        assert becomes(case, {**request, "n": most}, "n") == "exact"
        assert becomes(case, {**request, "n": most + 1}, "n") == "lost"

        plain = imagetx.encode_request(request, case.target).value
        streamed = imagetx.encode_request({**request, "stream": True}, case.target)
        noted = any(note.pointer == "/stream" for note in streamed.notes)
        assert ability.streaming == (not noted)
        assert ability.streaming == (streamed.value != plain)
        if ability.partial_images is not None:
            asked = {**request, "stream": True, "partial_images": ability.partial_images}
            assert becomes(case, asked, "partial_images") == "exact"
        for word in ("b64_json", "url"):
            exact = becomes(case, {**request, "response_format": word}, "response_format") == "exact"
            assert exact == (word in ability.response_formats)


@every_dialect
def test_images_and_masks(case: Case) -> None:
    """As many images as are said are taken and not one more; a mask is taken if it is said to be."""
    for ability, request in abilities(case):
        if ability.images is None:
            assert request["operation"] == "generate"
            continue
        image = deepcopy(request["image"])[0]
        assert len(request["image"]) >= ability.images.least
        if ability.images.most is not None:
            assert becomes(case, {**request, "image": [image] * ability.images.most}, "image") == "exact"
            assert becomes(case, {**request, "image": [image] * (ability.images.most + 1)}, "image") == "lost"
        assert (ability.mask is not None) == (becomes(case, {**request, "mask": mask(case)}, "mask") != "lost")
        if ability.mask is not None and ability.mask.required:
            bare = {name: value for name, value in request.items() if name != "mask"}
            assert becomes(case, bare, "mask") == "lost"


@every_dialect
def test_defaults(case: Case) -> None:
    """What is noted as defaulted in a plain request is the default of its field."""
    for ability, request in abilities(case):
        notes = imagetx.encode_request(request, case.target).notes
        said = {note.pointer[1:]: note.used for note in notes if note.kind == "defaulted"}

        assert {name: ability.fields[name].default for name in said} == said
