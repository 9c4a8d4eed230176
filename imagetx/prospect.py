"""
Prospects: what may become of one field, over all circumstances of a request.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from imagetx.ability import Field, stated
from imagetx.candidates import candidates, frame_of, is_listed, span
from imagetx.circumstance import Circumstance
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, equal
from imagetx.errors import Problem, RequestError
from imagetx.notes import Note
from imagetx.probe import Outcome, probe
from imagetx.schemas import canonical_schemas
from imagetx.variant import Variant
from imagetx.words import SILENCE

Line = dict[str, Json]
Lines = Mapping[int, Mapping[str, list[Line]]]
"""What becomes of the fields in each form, by the identity of the form."""

_NEVER = ("dropped", "refused", "fixed")
_UNSUPPORTED = {"supported": False, "exact": False, "conditional": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """
    A request that holds, and whom it goes to.

    Attributes:
        dialect: Whom it goes to.
        request: The request.
        beside: What it says beyond the plain one; null: it is absent.
        as_of: ISO date on which clauses are judged.
    """

    dialect: Dialect
    request: Mapping[str, Json]
    beside: Circumstance
    as_of: str

    def asked(self, name: str, value: Json) -> Outcome:
        """Ask what becomes of a field here."""
        return probe(self.dialect, {**self.request, name: value}, name, self.as_of)

    def without(self, name: str) -> Situation:
        """Give the situation in which a field is yet to be said."""
        if name not in self.beside:
            return self
        return replace(
            self,
            request={key: value for key, value in self.request.items() if key != name},
            beside={key: value for key, value in self.beside.items() if key != name},
        )

    def form(self) -> tuple[Variant, list[Note]] | None:
        """Give the form of the request and the notes on the way to it; None where it is refused."""
        notes: list[Note] = []
        problems: list[Problem] = []
        request = dict(self.request)
        self.dialect.check(request, problems, notes)
        if problems:
            return None
        try:
            _, variant = self.dialect.form(request, ABSENT, self.as_of, notes)
        except RequestError:
            return None
        least = variant.says.get("inputs", {}).get("image", {}).get("least", 0)
        needs = least and "image" not in request
        pictures = (name for name in ("image", "mask") if name in request)
        if needs or any(probe(self.dialect, request, name, self.as_of).refused for name in pictures):
            return None
        return variant, notes


def prospect(name: str, situations: list[Situation], lines: Lines, plain: Variant) -> Field:
    """
    Tell what becomes of a field.

    Args:
        name: The field.
        situations: The circumstances of the request, the plain one first.
        lines: What becomes of the fields in each form that can be reached.
        plain: The form of the plain request.
    """
    told = [line for fields in lines.values() for line in fields.get(name, ())]
    here = lines[id(plain)].get(name, [])
    every = _distinct(situation.without(name) for situation in situations)
    if all(line["how"] in _NEVER for line in told):
        every = every[:1]  # nothing that a request says beside it changes that
    tried = [(value, [each.asked(name, value) for each in every]) for value in candidates(name, told)]
    arrived = [pair for pair in tried if any(outcome.wrote and outcome.arrives for outcome in pair[1])]
    if not arrived:  # none is written, but one may decide the form of the request
        arrived = [pair for pair in tried if _decides(name, *pair, every)]
    if not arrived:
        return _unsupported(name, here, tried)
    situation, best = _best(name, arrived, every)
    own = lines.get(id(best.variant), {}).get(name, [])
    said = [line for line in told if line["becomes"] == "said"]
    field: dict[str, Json] = {
        "supported": True,
        "exact": all(line["exact"] for line in said if line in own),
        "becomes": "said",
        "conditional": any(outcome.lost for _, outcomes in arrived for outcome in outcomes),
        **_bounds(name, own, [(value, any(each.exact for each in outcomes)) for value, outcomes in arrived]),
        "required": True if any(line.get("required") for line in here) else None,
        "native": list(dict.fromkeys(place for line in said for place in line["to"])) or None,
        "beside": situation.beside or None,
        "source": next((line["source"] for line in own if "source" in line), None),
    }
    if field.get("values") is not None:
        field["exact"] = field["values"] == field["exact_values"]
    return Field.model_validate({**stated(field), **_default(name, here, every[0])})


def _best(name: str, arrived: list[tuple[Json, list[Outcome]]], every: list[Situation]) -> tuple[Situation, Outcome]:
    """Choose what stands for a field: of values that are no silence the most exact, with the least beside it."""
    silence = SILENCE.get(name, ABSENT)
    _, outcomes = max(arrived, key=lambda pair: (not equal(pair[0], silence), sum(each.exact for each in pair[1])))

    def rank(pair: tuple[Situation, Outcome]) -> tuple[bool, bool, bool, int]:
        situation, outcome = pair
        return not outcome.exact, not outcome.arrives, not outcome.wrote, len(situation.beside)

    return min(zip(every, outcomes, strict=True), key=rank)


def _distinct(situations: Iterable[Situation]) -> list[Situation]:
    """Leave out situations that are there already."""
    found: list[Situation] = []
    for each in situations:
        if not any(each.beside == other.beside and each.dialect is other.dialect for other in found):
            found.append(each)
    return found


def _decides(name: str, value: Json, outcomes: list[Outcome], every: list[Situation]) -> bool:
    """Say whether a value, though nowhere written, gives the request another form, in which it holds."""
    if equal(value, SILENCE.get(name, ABSENT)):
        return False
    exact = [(each, outcome.variant) for each, outcome in zip(every, outcomes, strict=True) if outcome.exact]
    return any((form := each.form()) is not None and form[0] is not variant for each, variant in exact)


def _unsupported(name: str, here: list[Line], tried: list[tuple[Json, list[Outcome]]]) -> Field:
    """Tell why a field cannot be said: one thing is always done, or it is dropped or refused."""
    silence = SILENCE.get(name, ABSENT)
    always = [value for value, outcomes in tried if outcomes[0].exact and not equal(value, silence)]
    fixed = [line["value"] for line in here if line["becomes"] == "fixed"] or always[:1]
    if fixed:
        words = {"values": fixed, "exact_values": fixed, "default": fixed[0]}
        return Field.model_validate({**_UNSUPPORTED, "becomes": "fixed", **words})
    refused = any(outcomes[0].refused for _, outcomes in tried)
    return Field.model_validate({**_UNSUPPORTED, "becomes": "refused" if refused else "dropped"})


def _bounds(name: str, own: list[Line], words: list[tuple[Json, bool]]) -> dict[str, Json]:
    """Give the words, the numbers, the lengths or the geometry of a field."""
    kind = canonical_schemas()["request"]["properties"][name].get("type", [])
    frame = next((line["geometry"] for line in own if "geometry" in line), None)
    said: dict[str, Json] = {"geometry": None if frame is None else frame_of(frame)}
    if "integer" in kind or "number" in kind:
        low, high = span(name, own)
        clamped = any(line.get("clamped") or "scale" in line for line in own)
        return {"minimum": low, "maximum": high, "integer": "integer" in kind, "clamped": True if clamped else None}
    listed = frame is None or name == "resolution" or is_listed(name, frame)
    worded = any("words" in line or line["becomes"] == "fixed" for line in own)
    if listed and ("boolean" in kind or frame is not None or worded):
        said["values"] = [value for value, _ in words]
        said["exact_values"] = [value for value, exact in words if exact]
        said["open"] = True if any(line.get("open") for line in own) else None
        return said
    schema: dict[str, Json] = next((line["schema"] for line in own if "schema" in line), {})
    lengths = {"min_length": schema.get("minLength"), "max_length": schema.get("maxLength")}
    return {**said, **lengths, "pattern": schema.get("pattern") if frame is None else None}


def _default(name: str, here: list[Line], plain: Situation) -> dict[str, Json]:
    """Tell what comes where a request does not say a field: by a clause, else by the line of the plain form."""
    found = plain.without(name).form()
    notes = [] if found is None else found[1]
    used = [note.used for note in notes if note.pointer == f"/{name}" and note.kind == "defaulted"]
    if name not in ("aspect_ratio", "resolution"):  # the default of a frame is a size
        used += [line[word] for line in here for word in ("default", "silent", "absent") if word in line]
    return {"default": used[0]} if used else {}
