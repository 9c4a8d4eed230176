"""
Capabilities: what a target can do, asked of its compiled dialects field by field.

A target is resolved for each operation as a request of it would be. Then every field is given, with values that the
dialect's own tables and limits name, in every circumstance that its conditions tell apart, and a probe says what
becomes of it. What is said here is thus what encode does: there is no second table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from imagetx.ability import Ability, Capabilities, Field, Images, Mask, stated
from imagetx.catalog import Catalog, Resolved
from imagetx.circumstance import PLAIN, circumstances
from imagetx.dialect import Dialect
from imagetx.document import Json, equal
from imagetx.errors import Problem, RequestError
from imagetx.fate import fates
from imagetx.prospect import Line, Lines, Situation, prospect
from imagetx.schemas import canonical_schemas
from imagetx.shape import document
from imagetx.target import Target
from imagetx.variant import Variant
from imagetx.words import REQUEST_FIELDS

_OPERATIONS: Final = ("generate", "edit", "variation")
_FIELDS: Final = tuple(name for name in REQUEST_FIELDS if name not in ("model", "operation"))
_CARRIERS: Final = ("base64", "data_url", "file", "url", "file_id")
_BOUNDS: Final = ("types", "bytes", "edge", "pixels", "ratio", "sizes")
_PICTURES: Final = ("image", "mask")
_REFUSED: Final = Field.model_validate({"supported": False, "exact": False, "becomes": "refused", "conditional": False})
_FORMATS: Final = ("b64_json", "url")


def capabilities_of(catalog: Catalog, target: Target) -> Capabilities:
    """Tell what a target can do; see `imagetx.capabilities`."""
    model = catalog.model_of(target, None)
    wanted = _OPERATIONS if target.operation is None else (target.operation,)
    abilities: dict[str, Ability] = {}
    first: Resolved | None = None
    refused: list[Problem] = []
    for operation in wanted:
        try:
            asked = list(_resolved(catalog, target, model, operation))
        except RequestError as error:
            refused += error.problems
            continue
        first = first or asked[0][0]
        situations = list(_situations(asked, operation))
        if situations:
            abilities[operation] = _ability(situations, operation)
        else:
            message = f"expected another operation: {first.dialect.family} takes no request for {operation}"
            refused.append(Problem(pointer="/operation", message=message, given=operation))
    if first is None or (target.operation is not None and not abilities):
        raise RequestError(refused)
    return _whole(first, abilities)  # of a model that nothing can be asked of, the row is still known


def _whole(meant: Resolved, abilities: dict[str, Ability]) -> Capabilities:
    """Put the model's row and its abilities together."""
    row, dialect = meant.row, meant.dialect
    verified = dialect.verified if row is None else min(dialect.verified, row.verified)
    said = {
        "provider": dialect.provider,
        "model": meant.target.model,
        "family": dialect.family,
        "status": None if row is None else row.status(row.verified),
        **{name: getattr(row, name, None) for name in ("released", "deprecated", "retired", "replacement")},
        "source": dialect.says["source"] if row is None else row.source,
        "verified": verified,
        "unverified": dialect.unverified,
        "operations": abilities,
    }
    return Capabilities.model_validate(stated(said))


# --- who is asked, and in which circumstances -------------------------------------------------


def _resolved(catalog: Catalog, target: Target, model: Json, operation: str) -> Iterator[tuple[Resolved, set[str]]]:
    """
    Yield what a target means for an operation, and where a field sends the request elsewhere what it means then.

    Raises:
        RequestError: The model has no such operation.
    """
    needed = catalog.provider(target.provider).needed
    given = [frozenset[str](), *(frozenset({name}) for name in REQUEST_FIELDS if name in needed)]
    known: list[Dialect] = []
    refused: RequestError | None = None
    for names in given:
        try:
            meant = catalog.resolve(target, model, operation, None, names)
        except RequestError as error:
            refused = refused or error
            continue
        if meant.dialect not in known:
            known.append(meant.dialect)
            yield meant, set(names)
    if not known:
        raise refused or RequestError("expected an operation of the target")


def _situations(asked: Iterable[tuple[Resolved, set[str]]], operation: str) -> Iterator[Situation]:
    """Yield the circumstances of everyone who is asked, the plain one first, without those that are refused."""
    pairs = list(asked)
    settled = {name for _, names in pairs for name in names}
    for meant, names in pairs:
        dialect = meant.dialect
        as_of = dialect.verified if meant.row is None else meant.row.verified
        needs = names | {name for name in dialect.request.required if name == "mask"}
        request = {"operation": operation, "model": meant.wire_model, "prompt": PLAIN["prompt"]}
        request |= {name: PLAIN[name] for name in needs}
        if operation != "generate":
            request["image"] = PLAIN["image"]
        plain = Situation(dialect=dialect, request=request, beside=dict.fromkeys(names, True), as_of=as_of)
        for circumstance in circumstances(dialect, operation, settled):
            whole = {name: value for name, value in {**request, **circumstance}.items() if value is not None}
            shown = {
                name: True if name in _PICTURES and value else value
                for name, value in circumstance.items()
                if not equal(value, request.get(name))
            }
            situation = replace(plain, request=whole, beside={**plain.beside, **shown})
            if situation.form() is not None:
                yield situation


# --- one operation ----------------------------------------------------------------------------


def _ability(situations: list[Situation], operation: str) -> Ability:
    """Tell what a target can do in one operation."""
    plain = situations[0]
    reached = _reached(situations)
    lines = _lines(reached)
    fields = {
        name: _REFUSED if (name, operation) == ("image", "generate") else prospect(name, situations, lines, reached[0])
        for name in _FIELDS
    }
    most = plain.dialect.request.most
    if most is not None:  # the form, or the images beside, may allow fewer
        most = next((n for n in range(most, 1, -1) if plain.asked("n", n).arrives), 1)
    if fields["n"].maximum is not None:
        fields["n"] = Field.model_validate({**document(fields["n"]), "maximum": most})
    partial = fields["partial_images"]
    said = {
        "dialect": plain.dialect.name,
        "surface": plain.dialect.surface,
        "n_per_call": most,
        "streaming": True in (fields["stream"].exact_values or ()),
        "partial_images": partial.maximum if partial.supported else None,
        "polls": bool(plain.dialect.response.polls),
        "response_formats": [word for word in _FORMATS if plain.asked("response_format", word).exact],
        "images": _images(reached[0], lines) if fields["image"].supported else None,
        "mask": _mask(situations, lines) if fields["mask"].supported else None,
        "fields": fields,
    }
    return Ability.model_validate(stated(said))


def _reached(situations: Iterable[Situation]) -> list[Variant]:
    """List the forms that requests can have, that of the plain one first."""
    found: list[Variant] = []
    for situation in situations:
        form = situation.form()
        if form is not None and not any(form[0] is other for other in found):
            found.append(form[0])
    return found


def _lines(reached: Iterable[Variant]) -> dict[int, dict[str, list[Line]]]:
    """Tell what becomes of all fields in each form."""
    canonical = canonical_schemas()["request"]["properties"]
    found: dict[int, dict[str, list[Line]]] = {}
    for variant in reached:
        fields = found[id(variant)] = {}
        for rule in variant.record.rules:
            for line in fates(rule, variant.says.get("limits", {}), canonical):
                if line["field"] is not None:
                    fields.setdefault(line["field"].partition("/")[0], []).append(line)
    return found


# --- images -----------------------------------------------------------------------------------


def _images(plain: Variant, lines: Lines) -> Images:
    """Tell what is taken of the images of a plain request."""
    says = plain.says.get("inputs", {})
    image = {**says.get("image", {}), **says.get("first", {})}
    said = {
        "least": max(1, image.get("least", 1)),
        "most": says.get("image", {}).get("most"),
        "forms": _forms(lines[id(plain)].get("image", ())),
        **{name: image[name] for name in _BOUNDS if name in image},
    }
    return Images.model_validate(stated(said))


def _mask(situations: list[Situation], lines: Lines) -> Mask | None:
    """Tell what is taken of a mask, in the first form that takes one."""
    for situation in situations:
        variant = situation.asked("mask", PLAIN["mask"]).variant
        told = [] if variant is None else lines.get(id(variant), {}).get("mask", [])
        if variant is not None and any(line["becomes"] == "said" for line in told):
            mask = variant.says.get("inputs", {}).get("mask", {})
            said = {
                "required": any(line.get("required", False) for line in told),
                "edits": told[0]["edits"],
                "soft": told[0]["soft"],
                "forms": _forms(told),
                **{name: mask[name] for name in ("alike", *_BOUNDS) if name in mask},
            }
            return Mask.model_validate(stated(said))
    return None


def _forms(told: Iterable[Line]) -> list[str]:
    """Name the forms in which images are sent."""
    there = {form for line in told for form in line.get("forms", ())}
    return [form for form in _CARRIERS if form in there]
