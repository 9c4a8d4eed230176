"""
N x N: every native request of the fixtures, retired models included, for every live dialect, whose families take turns.

What comes out is valid under the target's own schema, or a RequestError says why not; and what the
target cannot say, or says beside it, has a note.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import cycle
from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from imagetx.notes import ADDITIONS, LOSSES
from tests.dialects import CATALOG, ROOT, Case, cases, fixture, from_message, native_schema
from tests.images import expanded
from tests.judged import differences, silent_anyway
from tests.strategies import validator

Json = Any
SOURCES = sorted(
    f"{path.parent.name}/{path.stem}"
    for path in (ROOT / "fixtures").glob("*/*.json")
    if path.parent.name != "canonical"
)


def live() -> dict[str, list[Case]]:
    """Map the dialects that have a model which is not retired to the families of such models."""
    found: dict[str, list[Case]] = {}
    for case in cases():
        rows = CATALOG.providers[case.dialect.provider].models.values()
        if not rows:
            found.setdefault(case.name, []).append(case)
        alive = [row.id for row in rows if row.family == case.dialect.family and row.status(row.verified) != "retired"]
        if alive:
            found.setdefault(case.name, []).append(Case(dialect=case.dialect, model=alive[0]))
    return found


TARGETS = live()


@cache
def requests(name: str) -> list[tuple[str, imagetx.NativeRequest, dict[str, Json]]]:
    """Read the native requests of a dialect's fixtures: name, message, and the canonical request that it is."""
    found = []
    for vector in fixture(name)["requests"]:
        if "decode" in vector.get("ways", ["encode", "decode"]):
            native = imagetx.NativeRequest.from_json(expanded(vector["native"]))
            found.append((vector["name"], native, document(imagetx.decode_request(native).value)))
    return found


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("source", SOURCES)
def test_translates(source: str, target: str) -> None:
    faults = []
    operations = TARGETS[target][0].dialect.operations
    asked = [each for each in requests(source) if each[2]["operation"] in operations]
    for (name, native, said), family in zip(asked, cycle(TARGETS[target]), strict=False):
        try:
            out = imagetx.translate_request(native, None, replace(family.target, operation=said["operation"]))
        except imagetx.RequestError as error:
            assert all(problem.message for problem in error.problems)
            continue
        case = spoken(out)
        request = without_nulls({**said, "provider_options": None})
        carried = said.get("provider_options", {}).get(source.partition("/")[0], {})
        if out.dialect == source and carried and family_of(native) == case.dialect.family:
            continue  # goes through as it came, whatever it is
        back = without_nulls(document(imagetx.decode_request(out.value, imagetx.Target(case.dialect.provider)).value))
        noted = {note.pointer[1:] for note in out.notes if note.kind in LOSSES | ADDITIONS}
        silent = differences(case, request, back) - silent_anyway(request, back) - noted - {"model"}
        if silent:
            faults.append(f"{name}: no note of {', '.join(sorted(silent))} for {case}")
        sent = from_message(case.name, out.value)
        for place, key in (("headers", "extra_headers"), ("query", "extra_query")):  # carried within the provider
            sent[place] = {name: value for name, value in sent[place].items() if name not in carried.get(key, {})}
        as_it_came = out.dialect == source and carried and not _validator(source).is_valid(from_message(source, native))
        along = carried if case.dialect.provider == source.partition("/")[0] and out.dialect != source else {}
        ours = {**sent, "body": {name: value for name, value in sent["body"].items() if name not in along}}
        judge = _validator(case.name)  # what goes along within the provider is never validated, all else is
        if not (as_it_came or judge.is_valid(sent) or judge.is_valid(ours)):
            faults.append(f"{name}: not valid for {case}")
        options = {pointer.split("/")[2] for pointer in noted if pointer.startswith("provider_options/")}
        unsaid = {key for key, value in carried.items() if says_more(key, value)} - options
        if case.dialect.provider != source.partition("/")[0] and unsaid:
            faults.append(f"{name}: no note of {', '.join(sorted(unsaid))}")

    assert faults == []


def spoken(out: Any) -> Case:
    """Return the case of the dialect that was spoken: with a mask it may be another than without."""
    needs = frozenset({"mask"} & document(imagetx.decode_request(out.value, out.target).value).keys())
    dialect = CATALOG.resolve(out.target, None, out.target.operation, None, needs).dialect
    return Case(dialect=dialect, model=out.model)


def family_of(native: imagetx.NativeRequest) -> str:
    target = imagetx.decode_request(native).target
    return CATALOG.resolve(target, None, target.operation, None, frozenset({"mask"})).dialect.family


def says_more(key: str, value: Json) -> bool:
    """Say whether what is carried holds more than marks: nulls, keys that begin with an @, empty items of a list."""
    if isinstance(value, dict | list) and value != {}:
        items = value.items() if isinstance(value, dict) else ((key, item) for item in value if item != {})
        return any(says_more(inner, item) for inner, item in items)
    if key == "accept" and isinstance(value, str):  # who takes any image is given one, in the form of his own provider
        return {"*/*", "image/*"}.isdisjoint(each.partition(";")[0].strip() for each in value.split(","))
    return value is not None and not key.startswith("@")


def without_nulls(request: dict[str, Json]) -> dict[str, Json]:
    return {name: value for name, value in request.items() if value is not None}


@cache
def _validator(name: str) -> Any:
    return validator(native_schema(name))
