"""Lines: one line of a spec becomes a rule, and lines side by side become a record."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from operator import itemgetter
from typing import Any, TypeVar

from pydantic_core import to_json

from imagetx.carrier import carrier
from imagetx.codec import same
from imagetx.columns import columns
from imagetx.document import ABSENT, Json, Path, get, parse_pointer, pointer_of
from imagetx.errors import ImagetxError, Problem, SpecError, Unsayable, shorten
from imagetx.images import image, image_part, images, mask
from imagetx.listing import Part, objects, parts, record_part, text_part
from imagetx.onesided import const, find, infer
from imagetx.predicate import test_of
from imagetx.record import Record
from imagetx.rule import Rule
from imagetx.rules import field
from imagetx.several import joint
from imagetx.via import compile_codec, compile_joint, is_joint, is_over_images

FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What Python raises over a spec that is valid in form and means nothing."""

T = TypeVar("T")


def compile_rule(says: Mapping[str, Any], provider: str, schema: Json = None) -> Rule:
    """
    Build the rule of one line of a spec.

    Args:
        says: The line.
        provider: Whose provider_metadata holds the residual of items.
        schema: JSON Schema of the canonical document: a native value that it forbids has no canonical word.

    Raises:
        SpecError: The line cannot be compiled.
    """
    try:
        return _rule(says, provider, schema)
    except ImagetxError:
        raise
    except (*FAULTS, Unsayable) as fault:
        message = f"expected a rule that can be compiled, got {shorten(says)}: {fault}"
        raise SpecError(Problem(pointer="/request/rules", message=message)) from fault


class Lines:
    """
    What was compiled: variants, families and dialects share lines and sections, and so what is made of them.

    A line is known by its identity, which is its own as long as it is kept here; a section by its text.
    """

    def __init__(self) -> None:
        self._made: dict[tuple[int, int, str, bool], tuple[Any, Any, Rule]] = {}
        self._sections: dict[tuple[str, str, bytes], Any] = {}

    def section(self, provider: str, name: str, says: Mapping[str, Any], make: Callable[[], T]) -> T:
        """Return what a section of a provider's dialects was made into, by whatever family it was asked for first."""
        key = (provider, name, to_json(says))
        if key not in self._sections:
            self._sections[key] = make()
        found: T = self._sections[key]
        return found

    def rule(self, says: Mapping[str, Any], provider: str, schema: Json, *, yields: bool = False) -> Rule:
        """
        Return the rule of a line, as `compile_rule` builds it.

        Args:
            says: The line.
            provider: Whose provider_metadata holds the residual of items.
            schema: JSON Schema of the canonical document.
            yields: What is carried at its places always wins.

        Raises:
            SpecError: The line cannot be compiled.
        """
        key = (id(says), id(schema), provider, yields)
        found = self._made.get(key)
        if found is None:
            rule = compile_rule(says, provider, schema)
            found = self._made[key] = (says, schema, replace(rule, yields=True) if yields else rule)
        return found[2]


def _rule(says: Mapping[str, Any], provider: str, schema: Json) -> Rule:
    if "const" in says:
        options = {key: says[key] for key in ("optional", "absent") if key in says}
        return const(says, parse_pointer(says["to"]), says["const"], **options)
    if "parts" in says:
        return parts(says, parse_pointer(says["to"]), [_part(owner, provider, schema) for owner in says["parts"]])
    sources = [_canonical_path(name, provider) for name in _listed(says["from"])]
    if "infer" in says:
        return infer(says, sources[0], test_of(says["if"]), says["infer"])
    if "find" in says:
        return find(
            says,
            sources[0],
            parse_pointer(says["find"]),
            test_of(says.get("if", True)),
            _item_reader(says, provider, _schema_at(schema, (*sources[0], 0))),
            says["join"].join if "join" in says else list if "rules" in says else itemgetter(0),
        )
    targets = [parse_pointer(pointer) for pointer in _listed(says["to"])]
    if is_over_images(says.get("via")):
        return _over_images(says, targets)
    if "each" in says:
        inner = _schema_at(schema, (*sources[0], 0))
        items = Record([compile_rule(rule, provider, inner) for rule in says["each"]])
        if "columns" in says:
            return columns(says, sources[0], targets[0], items, says["columns"], frozenset(says.get("shared", ())))
        return objects(says, sources[0], targets[0], items, provider)
    via = says.get("via", "same")
    if is_joint(via):
        return _over_several(says, sources, targets, schema)
    if len(sources) != 1 or len(targets) != 1:
        raise SpecError(Problem(pointer="", message=f"expected a joint codec for {says['from']} -> {says['to']}"))
    options = {key: says[key] for key in ("silent", "absent", "default", "required") if key in says}
    codec = same if via == "same" else compile_codec(via)
    limit = _schema_at(schema, sources[0])
    options["accepts"] = None if limit is None else test_of(limit)
    options["whole"] = isinstance(limit, dict) and "integer" in limit.get("type", ()) and "number" not in limit["type"]
    return field(says, sources[0], targets[0], codec, nullable=says.get("null", False), **options)


def _over_several(says: Mapping[str, Any], sources: list[Path], targets: list[Path], schema: Json) -> Rule:
    """Build the rule of fields that are said together."""
    options = {key: says[key] for key in ("silent", "default", "required") if key in says}
    together = compile_joint(says["via"], len(sources))
    if (len(sources), len(targets)) != (together.takes, together.gives):
        expected = f"{together.takes} fields and {together.gives} places for {together.name}"
        message = f"expected {expected}, got {len(sources)} and {len(targets)}"
        raise SpecError(Problem(pointer="/request/rules", message=message, expected=expected))
    limits = [_schema_at(schema, source) for source in sources]
    tests = [test_of(True if limit is None else limit) for limit in limits]
    return joint(says, sources, targets, together, nullable=says.get("null", False), accepts=tests, **options)


def _over_images(says: Mapping[str, Any], targets: list[Path]) -> Rule:
    """Build the rule of one image, of all images at one place, or of the mask."""
    via, required, name = says["via"], says.get("required", False), str(targets[0][-1])
    if "mask" in via:
        way = carrier(via["mask"], name=name, edits=via.get("edits"))
        return mask(says, targets, way, soft=via.get("soft", False), required=required)
    if "images" in via:
        way = carrier([via["images"]], name=name)
        return images(says, ("image",), targets[0], way, lone=via.get("lone", False))
    position = int(says["from"].removeprefix("/image/"))
    return image(says, ("image", position), targets, carrier(via["image"], name=name), required=required)


def _item_reader(says: Mapping[str, Any], provider: str, schema: Json) -> Callable[[Json], Json]:
    """Read an item that `find` has found: by rules of its own, or the value at a place in it."""
    if "rules" in says:
        items = Record([compile_rule(rule, provider, schema) for rule in says["rules"]])
        return lambda item: items.decode(item)[0] if isinstance(item, dict) else ABSENT
    at, codec = parse_pointer(says.get("at", "")), compile_codec(says.get("via", "same"))
    any_kind = "join" not in says  # only texts are joined

    def read(item: Json) -> Json:
        value = get(item, at)
        try:
            said = ABSENT if value is ABSENT else codec.decode(value)
        except Unsayable:
            return ABSENT
        return said if any_kind or isinstance(said, str) else ABSENT

    return read


def _schema_at(schema: Json, path: Path) -> Json:
    """Return the schema of a canonical path, or None where there is none."""
    for part in path:
        if not isinstance(schema, dict):
            return None
        schema = schema.get("properties", {}).get(part) if isinstance(part, str) else schema.get("items")
    return schema


def _part(owner: Mapping[str, Any], provider: str, schema: Json) -> Part:
    owns = test_of(owner.get("if", True))
    if "via" in owner:
        places, via, name = [parse_pointer(pointer) for pointer in _listed(owner["to"])], owner["via"], owner["from"]
        way = carrier(via[name], name=name, edits=via.get("edits"))
        consts = Record([compile_rule(rule, provider) for rule in owner.get("rules", ())])
        return image_part(name, places, way, owns, consts, soft=via.get("soft", False))
    if "rules" in owner and "at" not in owner:
        inner = _schema_at(schema, (owner["from"], 0))
        items = Record([compile_rule(rule, provider, inner) for rule in owner["rules"]])
        return record_part(owner["from"], items, owns, index=owner.get("index", False))
    beside = Record([compile_rule(rule, provider) for rule in owner.get("rules", ())])
    return text_part(owner["from"], parse_pointer(owner["at"]), owns, owner.get("join"), beside)


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


def _canonical_path(name: str, provider: str) -> Path:
    """Read a canonical field; {provider} stands for whose specs these are, so that others can extend them."""
    return parse_pointer((name if name.startswith("/") else f"/{name}").replace("{provider}", provider))


def checked_record(rules: Iterable[Rule]) -> Record:
    """
    Build a record whose native places have one writer each.

    Raises:
        SpecError: Two rules write one place, or one writes inside another's.
    """
    owners: dict[Path, Rule] = {}
    within: dict[Path, Rule] = {}  # by what stands above a place, itself included
    ordered = list(rules)
    for rule in ordered:
        for path in rule.owns:
            if isinstance(path[-1], int):
                message = f"expected a place inside a list's item, got {pointer_of(path)}"
                raise SpecError(Problem(pointer=pointer_of(path), message=message))
            above = [path[:end] for end in range(1, len(path) + 1)]
            other = within.get(path) or next((owners[each] for each in above if each in owners), None)
            if other is not None:
                message = f"expected one writer for {pointer_of(path)}, which {other} writes too"
                raise SpecError(Problem(pointer=pointer_of(path), message=message))
            owners[path] = rule
            for each in above:
                within.setdefault(each, rule)
    return Record(ordered)
