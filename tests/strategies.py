"""
Strategies shared by the law tests: JSON, limit schemas, legal documents and broken ones.

Every strategy is a function to be called.  Nothing here asks imagetx what is legal, except where
a name says so: these are witnesses.
"""

from __future__ import annotations

import base64
import copy
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor, isqrt
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from imagetx.document import ABSENT
from tests.images import check_place, from_place

Json = Any

# JSON -----------------------------------------------------------------------------------------


def json_scalars() -> SearchStrategy[Json]:
    """Null, booleans, integers of any size, finite floats (2.0 often), text."""
    small = st.integers(-3, 12)
    return st.one_of(
        st.none(),
        st.booleans(),
        small,
        small.map(float),
        st.integers(),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
    )


@st.composite
def _any_of(draw: DrawFn, strategies: list[SearchStrategy[Json]]) -> Json:
    """Draw from one of the strategies, each as often; one_of would count their inner branches."""
    return draw(strategies[draw(st.integers(0, len(strategies) - 1))])


def json_values(max_leaves: int = 8) -> SearchStrategy[Json]:
    """Every finite JSON value: scalars, lists and objects of them."""
    return st.recursive(
        json_scalars(),
        lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=6), inner, max_size=4)),
        max_leaves=max_leaves,
    )


def json_documents(max_leaves: int = 12) -> SearchStrategy[dict[str, Json]]:
    """JSON objects with any members."""
    return st.dictionaries(st.text(max_size=8), json_values(max_leaves), max_size=6)


@st.composite
def mutated(draw: DrawFn, document: Json) -> Json:
    """
    Break a JSON document at 1..3 places: drop, replace or add a member, drop or repeat an item.

    The document itself stays as it is, and an object stays an object at the top.
    """
    broken = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 3))):
        holder, key = draw(st.sampled_from([*_places(broken), (broken, None)]))
        match holder:
            case dict():
                how = draw(st.sampled_from(["drop", "replace"])) if key is not None else "add"
            case list():
                how = draw(st.sampled_from(["drop", "replace", "repeat"])) if key is not None else "add"
            case _:
                return draw(json_values())  # a scalar document
        if how == "drop":
            del holder[key]
        elif how == "repeat":
            holder.insert(key, copy.deepcopy(holder[key]))
        elif how == "replace":
            holder[key] = draw(json_values())
        elif isinstance(holder, list):
            holder.append(draw(json_values()))
        else:
            holder[draw(st.text(max_size=8))] = draw(json_values())
    return broken


def _places(document: Json) -> Iterator[tuple[Json, Any]]:
    """Yield (container, key) of every value, and (container, None) for what could be added."""
    if isinstance(document, dict | list):
        yield document, None
        members = document.items() if isinstance(document, dict) else enumerate(document)
        for key, member in members:
            yield document, key
            yield from _places(member)


# Schemas to try the limits with ---------------------------------------------------------------

_PATTERNS = ("[a-z]+", "a|ab", "[0-9]+x[0-9]+", "^a*$", "(ab)*", "", ".", "a\\Z")
_BOUNDS = st.one_of(st.integers(-2, 8), st.sampled_from([0.5, 1.0, 2.5, 1e3, 10**25]))
_COUNTS = st.integers(0, 4)
_NUMBER_WORDS = {
    "minimum": _BOUNDS,
    "maximum": _BOUNDS,
    "exclusiveMinimum": _BOUNDS,
    "exclusiveMaximum": _BOUNDS,
    "multipleOf": st.sampled_from([1, 2, 3, 16, 0.5, 2.0, 0.1, 0.01, 7e-5]),
}
_STRING_WORDS = {
    "minLength": _COUNTS,
    "maxLength": _COUNTS,
    "pattern": st.sampled_from(_PATTERNS),
}
_TYPES = ("null", "boolean", "integer", "number", "string", "array", "object")


def limit_families(depth: int = 2) -> dict[str, SearchStrategy[Json]]:
    """Limit schemas of scalars and lists by the kind of their words, so that laws try each kind often."""
    items = st.deferred(lambda: schemas_of_limits(depth - 1)) if depth > 0 else st.just({})
    alike = st.sampled_from([0, 1, False, True, 0.0, 1.0, [1], [True], {"a": 0}, {"a": False}])
    members = _any_of([alike, json_values(3)])  # often such as Python takes for equal
    return {
        "number": _words(("integer", "number"), _NUMBER_WORDS),
        "string": _words(("string",), _STRING_WORDS),
        "member": st.fixed_dictionaries({"enum": st.lists(members, min_size=1, max_size=4)})
        | st.fixed_dictionaries({"const": members}),
        "array": _words(("array",), {"minItems": _COUNTS, "maxItems": _COUNTS, "items": items}),
        "type": _words(_TYPES, {**_NUMBER_WORDS, **_STRING_WORDS, "maxItems": _COUNTS}),
    }


def guard_families(depth: int = 2) -> dict[str, SearchStrategy[Json]]:
    """Schemas in all words of `imagetx.predicate`, true and false among them, by the kind of their words."""
    inner = st.deferred(lambda: schemas_of_guards(depth - 1)) if depth > 0 else st.booleans()
    names = st.sampled_from(["a", "b", "c/d", "~"])
    branches = st.lists(inner, min_size=1, max_size=3)
    objects = {
        "properties": st.dictionaries(names, inner, max_size=3),
        "required": st.lists(names, max_size=2, unique=True),
        "additionalProperties": inner,
        "minProperties": _COUNTS,
        "maxProperties": _COUNTS,
    }
    combined = {"anyOf": branches, "allOf": branches, "oneOf": branches, "not": inner}
    return {
        **limit_families(depth),
        "object": _words(("object",), objects),
        "contains": _words(("array",), {"items": inner, "contains": inner, "minItems": _COUNTS}),
        "combined": _words(_TYPES, combined),
        "mixed": _words(_TYPES, {**objects, **combined, **_NUMBER_WORDS, **_STRING_WORDS}),
    }


def schemas_of_limits(depth: int = 2) -> SearchStrategy[Json]:
    """Limit schemas of scalars and lists: the words canonical fields are limited with."""
    return _any_of([*limit_families(depth).values()])


def schemas_of_guards(depth: int = 2) -> SearchStrategy[Json]:
    """Schemas in all words of `imagetx.predicate`."""
    return _any_of([*guard_families(depth).values()]) if depth > 0 else st.booleans() | schemas_of_limits(0)


@st.composite
def _words(draw: DrawFn, types: tuple[str, ...], words: dict[str, SearchStrategy[Json]]) -> Json:
    """Draw a schema of up to three of the words, mostly with a type or several."""
    named = draw(st.sampled_from([1, 0, 1, 2]))
    schema: dict[str, Json] = {}
    if named == 1:
        schema["type"] = draw(st.sampled_from(types))
    elif named == 2:
        schema["type"] = draw(st.lists(st.sampled_from((*types, "null")), min_size=1, max_size=3, unique=True))
    if words:
        chosen = draw(st.lists(st.sampled_from(sorted(words)), max_size=3, unique=True))
        schema |= {word: draw(words[word]) for word in chosen}
    return schema


def near(schema: Json) -> SearchStrategy[Json]:
    """Values at the edges of a schema: its bounds, lengths, members, patterns and branches."""
    if isinstance(schema, bool):
        return json_scalars()
    found: list[SearchStrategy[Json]] = [json_scalars()]
    members = [*schema.get("enum", ()), *([schema["const"]] if "const" in schema else ())]
    if members:
        found.append(st.sampled_from([*members, *map(_twin, members)]))
    for word in _NUMBER_WORDS.keys() & schema:
        bound = schema[word]
        found.append(st.sampled_from([bound - 1, bound, bound + 1, bound * 3, float(bound)]))
    if "multipleOf" in schema:
        step = Fraction(str(schema["multipleOf"]))
        found.append(st.integers(-99, 99).map(lambda count: float(count * step)))
    if not schema.keys().isdisjoint({"minLength", "maxLength"}):
        found.append(st.text(alphabet="ab1x", max_size=5))
    if "pattern" in schema:
        whole = st.from_regex(schema["pattern"], fullmatch=True)
        found += [whole, whole.map(lambda text: text + "\n"), whole.map(lambda text: text + "b")]
    if not schema.keys().isdisjoint({"items", "contains", "minItems", "maxItems"}):
        parts = [near(schema[word]) for word in ("items", "contains") if word in schema]
        found.append(st.lists(_any_of([*parts, json_scalars()]), max_size=5))
    if not schema.keys().isdisjoint({"properties", "required", "additionalProperties"}):
        known = {name: near(child) for name, child in schema.get("properties", {}).items()}
        other = near(schema.get("additionalProperties", True))
        optional = {**dict.fromkeys(schema.get("required", ()), other), **known, "z": other}
        found.append(st.fixed_dictionaries({}, optional=optional))
    branches = [branch for word in ("anyOf", "allOf", "oneOf") for branch in schema.get(word, ())]
    found += map(near, [*branches, *([schema["not"]] if "not" in schema else ())])
    return _any_of(found)


def _twin(value: Json) -> Json:
    """Give the value that Python takes for equal: 1 for true, 1.0 for 1, in containers too."""
    match value:
        case bool():
            return int(value)
        case 0 | 1:
            return bool(value)
        case int() if abs(value) < 2**53:
            return float(value)
        case list():
            return list(map(_twin, value))
        case dict():
            return {key: _twin(member) for key, member in value.items()}
        case _:
            return value


# The second witness ---------------------------------------------------------------------------


def validator(schema: Json, *, whole_patterns: bool = False) -> Draft202012Validator:
    """
    Make a jsonschema validator that also knows x-size, words, x-area and x-image.

    `multipleOf` is exact on the number as written, as jsonschema's floats are not (0.3 by 0.1).

    Args:
        schema: JSON Schema, draft 2020-12.
        whole_patterns: match the whole string, as imagetx reads patterns in limits.
    """
    words = {"x-size": _check_size, "x-area": _check_area, "x-image": check_place, "multipleOf": _check_multiple}
    if whole_patterns:
        words["pattern"] = _check_whole
    extended: type[Draft202012Validator] = extend(Draft202012Validator, words)
    return extended(schema)


def _check_size(_: Any, rule: Json, instance: Json, schema: Json) -> Iterator[ValidationError]:
    if not isinstance(instance, str) or instance in schema.get("words", ()):
        return
    edges = re.fullmatch(r"([1-9][0-9]{0,5})x([1-9][0-9]{0,5})", instance)
    if edges is None or not _is_legal(int(edges[1]), int(edges[2]), rule):
        yield ValidationError(f"{instance!r} is no size of {rule}")


def _is_legal(width: int, height: int, rule: Json) -> bool:
    edges = _edges(rule)
    return width in edges and height in _fitting(width, edges, rule)


def _check_area(_: Any, rule: Json, instance: Json, __: Json) -> Iterator[ValidationError]:
    if not isinstance(instance, dict):
        return
    edges: list[Any] = [instance.get(rule["width"]), instance.get(rule["height"])]
    if not all(type(edge) in (int, float) and edge > 0 for edge in edges):
        return  # one is absent, or not of the type that properties ask for
    width, height = (Fraction(edge) for edge in edges)
    least, most = _pixels(rule)
    ratio = max(width / height, height / width)
    if not least <= width * height <= most or ratio > _ratio(rule):
        yield ValidationError(f"{edges} breaks {rule}")


def _check_multiple(_: Any, step: Json, instance: Json, __: Json) -> Iterator[ValidationError]:
    if type(instance) in (int, float):
        quotient = Fraction(Decimal(str(instance))) / Fraction(Decimal(str(step)))
        if quotient.denominator != 1:
            yield ValidationError(f"{instance!r} is not a multiple of {step}")


def _check_whole(_: Any, pattern: Json, instance: Json, __: Json) -> Iterator[ValidationError]:
    if isinstance(instance, str) and re.search(rf"\A(?:{pattern})\Z", instance) is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


# Legal sizes, by arithmetic: w is free, and the heights that go with it are one range ----------


def _pixels(rule: Json) -> tuple[int, int]:
    """Give the bounds of the area: `pixels` of x-size, `min` and `max` of x-area."""
    if "width" in rule:
        return rule.get("min", 1), rule.get("max", 10**12)
    least, most = rule.get("pixels", (1, 10**12))
    return least, most


def _ratio(rule: Json) -> Fraction:
    return Fraction(str(rule.get("ratio", 10**6)))


def _edges(rule: Json) -> range:
    """Give the legal edges of an x-size alone."""
    multiple = rule.get("multiple", 1)
    longest = rule["max"] if "max" in rule else isqrt(floor(rule["pixels"][1] * _ratio(rule)))
    return range(ceil(rule.get("min", 1) / multiple) * multiple, longest + 1, multiple)


def _fitting(width: int, heights: range, rule: Json) -> range:
    """Give the heights that are legal beside a width, by the rule of x-size or x-area."""
    (least, most), ratio = _pixels(rule), _ratio(rule)
    low = max(ceil(Fraction(least, width)), ceil(width / ratio), heights.start)
    high = min(most // width, floor(width * ratio), heights.stop - 1)
    start = low + (heights.start - low) % heights.step
    return range(start, max(start, high + 1), heights.step)


@st.composite
def _pairs(draw: DrawFn, widths: range, heights: range, rule: Json) -> tuple[int, int]:
    width = draw(st.sampled_from([each for each in widths if _fitting(each, heights, rule)]))
    return width, draw(st.sampled_from(_fitting(width, heights, rule)))


# Legal documents ------------------------------------------------------------------------------

_ANNOTATIONS = frozenset(
    {
        "$schema",
        "title",
        "description",
        "source",
        "default",
        "examples",
        "endpoint",
        "query",
        "form",
        "variables",
        "inputs",
    }
)
_DRAWN = {
    "string": frozenset({"minLength", "maxLength", "pattern", "x-size", "words"}),
    "number": frozenset(_NUMBER_WORDS),
    "array": frozenset({"items", "minItems", "maxItems", "prefixItems", "contains"}),
    "object": frozenset({"properties", "required", "additionalProperties", "x-area"}),
}
_KNOWN = _ANNOTATIONS.union({"type", "enum", "const", "anyOf", "oneOf"}, *_DRAWN.values())


def from_schema(schema: Json) -> SearchStrategy[Json]:
    """
    Draw values that a native schema accepts.

    Args:
        schema: JSON Schema in the words of our native schemas, x-size and x-area among them.

    Raises:
        ValueError: The schema has a word that nothing is drawn from.
    """
    if schema is True:
        return json_values()
    if schema is False:
        return st.nothing()
    if "inputs" in schema:
        return from_schema(_sized(schema, schema["inputs"]["size"]))
    if "x-image" in schema:
        return from_place(schema["x-image"], schema, schema["size"])
    unknown = {word for word in schema.keys() - _KNOWN if not word.startswith("x-")}
    if unknown:
        raise ValueError(unknown)
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return _alternatives(word, schema)
    types = _type_names(schema)
    if len(types) != 1:
        return st.one_of([from_schema({**schema, "type": name}) for name in types])
    match types[0]:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer" | "number":
            return _numbers(schema, whole=types[0] == "integer")
        case "string":
            return _strings(schema)
        case "array":
            return _lists(schema)
        case _:
            return _objects(schema)


def _sized(schema: Json, size: int) -> Json:
    """Write the size of the images, which a schema states once, at each of their places."""
    if isinstance(schema, list):
        return [_sized(item, size) for item in schema]
    if not isinstance(schema, dict):
        return schema
    sized = {word: _sized(given, size) for word, given in schema.items() if word != "inputs"}
    return {"size": size, **sized} if "x-image" in schema else sized


def _type_names(schema: Json) -> list[str]:
    if "type" in schema:
        return [schema["type"]] if isinstance(schema["type"], str) else schema["type"]
    implied = [name for name, words in _DRAWN.items() if not words.isdisjoint(schema)]
    return implied or ["null", "boolean", "number", "string", "array", "object"]


def _alternatives(word: str, schema: Json) -> SearchStrategy[Json]:
    """Draw from the branches, each laid over what stands beside them."""
    base = {key: given for key, given in schema.items() if key not in {word, *_ANNOTATIONS}}
    drawn = []
    for branch in schema[word]:
        if not base or isinstance(branch, bool):
            drawn.append(from_schema(branch))
            continue
        both = {
            "properties": {**base.get("properties", {}), **branch.get("properties", {})},
            "required": [*base.get("required", ()), *branch.get("required", ())],
        }
        kept = {key: given for key, given in both.items() if given}
        drawn.append(from_schema({**base, **branch, **kept}))
    if base or word == "oneOf":
        return st.one_of(drawn).filter(validator(schema).is_valid)
    return st.one_of(drawn)


def _numbers(schema: Json, *, whole: bool) -> SearchStrategy[Json]:
    low, high = schema.get("minimum"), schema.get("maximum")
    above, below = schema.get("exclusiveMinimum"), schema.get("exclusiveMaximum")
    lows = [Fraction(str(bound)) for bound in (low, above) if bound is not None]
    highs = [Fraction(str(bound)) for bound in (high, below) if bound is not None]
    step = Fraction(str(schema.get("multipleOf", 1)))
    if whole:
        step = Fraction(step.numerator)  # the integers among the multiples of a/b are those of a
    first = ceil(max(lows) / step) if lows else None
    last = floor(min(highs) / step) if highs else None
    steps: SearchStrategy[Json] = st.nothing()
    if first is None or last is None or first <= last:
        counts = st.integers(first, last)
        steps = counts.map(lambda count: _number(count * step)).filter(
            lambda number: number != above and number != below
        )
    if whole or "multipleOf" in schema:
        return steps
    floats = st.floats(
        min_value=float(max(lows)) if lows else None,
        max_value=float(min(highs)) if highs else None,
        allow_nan=False,
        allow_infinity=False,
    )
    return steps | floats.filter(lambda number: number != above and number != below)


def _number(exact: Fraction) -> int | float:
    return exact.numerator if exact.denominator == 1 else float(exact)


def _strings(schema: Json) -> SearchStrategy[str]:
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if "x-size" in schema:
        rule = schema["x-size"]
        pairs = _pairs(_edges(rule), _edges(rule), rule).map(lambda pair: "{}x{}".format(*pair))
        return st.sampled_from(schema["words"]) | pairs if "words" in schema else pairs
    if "pattern" in schema:
        return st.from_regex(schema["pattern"], fullmatch=True).filter(
            lambda text: least <= len(text) and (most is None or len(text) <= most)
        )
    return st.text(min_size=least, max_size=most)


def _lists(schema: Json) -> SearchStrategy[list[Json]]:
    """Draw lists: the items of `prefixItems`, then those of `items`, one of `contains` somewhere among these."""
    first = st.tuples(*(from_schema(item) for item in schema.get("prefixItems", ()))).map(list)
    held = st.tuples(*(from_schema(schema[word]) for word in ("contains",) if word in schema)).map(list)
    least = schema.get("minItems", 0)
    most = min(schema.get("maxItems", least + 4), least + 4)
    taken = len(schema.get("prefixItems", ())) + ("contains" in schema)
    if most <= taken:
        return st.tuples(first, held).map(lambda drawn: drawn[0] + drawn[1])
    items = from_schema(schema.get("items", True))
    rest = st.lists(items, min_size=max(least - taken, 0), max_size=most - taken)
    if taken == 0:
        return rest
    places = st.tuples(first, held, rest, st.integers(0, most))
    return places.map(lambda drawn: drawn[0] + drawn[2][: drawn[3]] + drawn[1] + drawn[2][drawn[3] :])


def _objects(schema: Json) -> SearchStrategy[dict[str, Json]]:
    """Draw objects; the strategies of the members are built once, they are dear."""
    known, other = schema.get("properties", {}), schema.get("additionalProperties", True)
    required = {name: from_schema(known.get(name, other)) for name in schema.get("required", ())}
    optional = {
        name: from_schema(child) for name, child in known.items() if name not in required and child is not False
    }
    members = st.fixed_dictionaries(required, optional=optional)
    if other is not False:
        names = st.text(max_size=6).filter(lambda name: name not in known)
        more = st.dictionaries(names, from_schema(other), max_size=2)
        members = st.tuples(members, more).map(lambda both: {**both[0], **both[1]})
    return _with_area(members, schema) if "x-area" in schema else members


@st.composite
def _with_area(draw: DrawFn, members: SearchStrategy[dict[str, Json]], schema: Json) -> dict[str, Json]:
    """Draw width and height together, where both are there."""
    drawn, area, known = draw(members), schema["x-area"], schema.get("properties", {})
    if area["width"] in drawn and area["height"] in drawn:
        widths, heights = _range_of(known[area["width"]]), _range_of(known[area["height"]])
        drawn[area["width"]], drawn[area["height"]] = draw(_pairs(widths, heights, area))
    return drawn


def _range_of(schema: Json) -> range:
    step = schema.get("multipleOf", 1)
    return range(ceil(schema.get("minimum", 1) / step) * step, schema["maximum"] + 1, step)


# Codecs ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CodecCase:
    """
    A codec with drawn arguments.

    Args:
        via: How a spec names it.
        values: Canonical values that it is made for.
        natives: Native values that it is made for, and others near them.
        normal: Native normal form of what it decodes, written by hand.
    """

    via: Json
    values: SearchStrategy[Json]
    natives: SearchStrategy[Json]
    normal: Callable[[Json], Json] = lambda native: native


def shortest(text: str) -> str:
    """Give the shortest plain decimal of the whole number, or of the double, that a text says."""
    exact = Fraction(text)
    if exact.denominator != 1:
        exact = Fraction(repr(float(exact)))  # what a reader of JSON makes of it
    if exact.denominator == 1:
        return str(exact.numerator)
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):f}".rstrip("0")


def standard_base64(text: str) -> str:
    """Give base64 of either alphabet, padded or not, as standard base64."""
    text = text.replace("-", "+").replace("_", "/")
    return text + "=" * (-len(text) % 4)


_WORD_TEXTS = st.text(alphabet="abcxyz", min_size=1, max_size=3)
_WORD_SCALARS = st.one_of(_WORD_TEXTS, st.booleans(), st.integers(-2, 3), st.sampled_from([0.5, 1.5]))
_NUMBERS = st.one_of(st.integers(), st.integers(-20, 20), st.floats(allow_nan=False, allow_infinity=False))
_PLAIN_NUMBERS = st.one_of(
    st.integers(-1000, 1000), st.floats(-1000, 1000), st.integers(-9999, 9999).map(lambda count: count / 100)
)
_ODD_NUMBERS = (
    "1\n",
    " 1",
    "+1",
    "1.",
    ".5",
    "1_0",
    "\uff11",
    "NaN",
    "Infinity",
    "1e400",
    "1e-400",
    "-0",
    "0x1",
    "9" * 41,
)
_NUMBER_TEXTS = st.one_of(
    _NUMBERS.map(str),
    st.from_regex(r"-?[0-9]{1,4}(\.[0-9]{1,3})?(e[+-]?[0-9]{1,2})?", fullmatch=True),
    st.sampled_from(_ODD_NUMBERS),
)


def _unlike(values: SearchStrategy[Json]) -> SearchStrategy[list[Json]]:
    """Lists of one or more values, no two equal as JSON."""
    return st.lists(values, min_size=1, max_size=5, unique_by=_json_key)


@st.composite
def enum_cases(draw: DrawFn, kind: str) -> CodecCase:
    """Tables: `one-to-one`, `many-to-one`, with `read`, `open` or `null`, or in `rows`."""
    words = draw(_unlike(_WORD_SCALARS if kind == "rows" else _WORD_TEXTS))
    natives = draw(st.lists(_WORD_SCALARS, min_size=len(words), max_size=len(words), unique_by=_json_key))
    if kind == "many-to-one":
        natives = [draw(st.sampled_from(natives[:2])) for _ in words]
    if kind == "null":
        natives = [draw(st.sampled_from([native, None])) for native in natives]
    table: Json = (
        list(map(list, zip(words, natives, strict=True))) if kind == "rows" else dict(zip(words, natives, strict=True))
    )
    via: dict[str, Json] = {"enum": table}
    further = {}
    if kind == "read":
        further = draw(st.dictionaries(_WORD_TEXTS, st.sampled_from(words), max_size=3))
        via["read"] = further
    if kind == "open":
        via["open"] = True
    known = st.sampled_from([*words, *natives, *further])
    return CodecCase(via=via, values=known | _WORD_SCALARS, natives=known | _WORD_SCALARS)


@st.composite
def caseless_cases(draw: DrawFn) -> CodecCase:
    """Tables of native texts that may come in any case; two that differ by case alone are no table."""
    words = draw(_unlike(_WORD_TEXTS))
    texts = st.text("abAB_", min_size=1, max_size=3)
    natives = draw(st.lists(texts, min_size=len(words), max_size=len(words), unique_by=str.lower))
    by_case = {native.lower(): native for native in natives}
    spelled = st.sampled_from(natives).flatmap(lambda text: st.sampled_from([text, text.upper(), text.lower()]))
    return CodecCase(
        via={"enum": dict(zip(words, natives, strict=True)), "caseless": True},
        values=st.sampled_from([*words, *natives]) | _WORD_SCALARS,
        natives=spelled | _WORD_SCALARS,
        normal=lambda native: by_case.get(native.lower(), native) if isinstance(native, str) else native,
    )


def _json_key(value: Json) -> tuple[bool, str]:
    return isinstance(value, bool), f"{value!r}"


@st.composite
def scale_cases(draw: DrawFn) -> CodecCase:
    """Scales of a few digits, most of them without bounds."""
    spec = {
        "by": draw(st.sampled_from([-1, 1, 2, 0.5, 10, -3, 100, 0.01, 0.3])),
        "add": draw(st.sampled_from([0, 1, -2.5, 0.001])),
        "digits": draw(st.integers(0, 6)),
    }
    spec |= draw(st.fixed_dictionaries({}, optional={"minimum": st.integers(-3, 0), "maximum": st.integers(1, 9)}))
    return CodecCase(via={"scale": spec}, values=_PLAIN_NUMBERS, natives=_PLAIN_NUMBERS)


@st.composite
def template_cases(draw: DrawFn, inner: CodecCase | None = None) -> CodecCase:
    """Templates, some of whose ends overlap."""
    before, after = draw(st.tuples(st.text("ab/", max_size=3), st.text("ab;", max_size=3)))
    via = {"template": f"{before}{{}}{after}"}
    texts = st.text(max_size=5)
    around = st.one_of(texts, st.text("ab/;", max_size=6))
    natives = around.map(lambda text: before + text + after) | around
    if inner is None:
        return CodecCase(via=via, values=texts, natives=natives)
    numbers = inner.natives.map(lambda text: before + text + after)

    def normal(native: str) -> str:
        return before + inner.normal(native[len(before) : len(native) - len(after)]) + after

    return CodecCase(via=[inner.via, via], values=inner.values, natives=numbers | natives, normal=normal)


@st.composite
def entries_cases(draw: DrawFn) -> CodecCase:
    """Records of a key and a value, with records that nobody knows among them."""
    words = draw(st.dictionaries(_WORD_TEXTS, _WORD_TEXTS.map(str.upper), min_size=1, max_size=3))
    names = {name: native for native, name in {native: name for name, native in words.items()}.items()}
    counts = st.integers(0, 9)
    values = st.dictionaries(st.sampled_from([*names, "other"]), counts | json_scalars(), max_size=4)
    keys = st.sampled_from([*names.values(), "OTHER"]) | json_scalars()
    record = st.fixed_dictionaries({}, optional={"k": keys, "v": counts | json_scalars(), "more": counts})
    natives = st.lists(record | json_scalars(), max_size=4)
    return CodecCase(via={"entries": {"key": "k", "value": "v", "names": names}}, values=values, natives=natives)


@st.composite
def spread_cases(draw: DrawFn) -> CodecCase:
    """One value under several names."""
    names = draw(st.lists(_WORD_TEXTS, min_size=1, max_size=3, unique=True))
    alike = json_scalars().map(lambda value: dict.fromkeys(names, value))
    mixed = st.dictionaries(st.sampled_from([*names, "other"]), json_scalars(), max_size=4)
    return CodecCase(via={"spread": names}, values=json_values(4), natives=alike | mixed)


def _wrapped(key: str) -> SearchStrategy[str]:
    inside = st.dictionaries(st.sampled_from([key, "other"]), json_scalars(), max_size=2)
    return st.one_of(inside.map(json.dumps), inside.map(lambda found: json.dumps({key: json.dumps(found)})))


@st.composite
def around_cases(draw: DrawFn, kind: str) -> CodecCase:
    """Codecs within `one`, within `each`, or after `same` in a chain."""
    inner = draw(
        st.sampled_from([_NUMBER_CASE, _BOOLEAN_CASE, _BASE64_CASE])
        | enum_cases("one-to-one")
        | enum_cases("many-to-one")
    )
    if kind == "chain":
        return CodecCase(via=["same", inner.via], values=inner.values, natives=inner.natives, normal=inner.normal)
    size = {"min_size": 1, "max_size": 1} if kind == "one" else {"max_size": 3}
    values = inner.values if kind == "one" else st.lists(inner.values, max_size=3)
    natives = st.lists(inner.natives, **size) | st.lists(inner.natives, max_size=2)
    return CodecCase(
        via={kind: inner.via},
        values=values,
        natives=natives,
        normal=lambda native: list(map(inner.normal, native)),
    )


_NUMBER_CASE = CodecCase(via="number", values=_NUMBERS, natives=_NUMBER_TEXTS, normal=shortest)
_BOOLEAN_CASE = CodecCase(
    via="boolean", values=st.booleans(), natives=st.sampled_from(["true", "false", "True", "1", ""])
)
_BASE64_TEXTS = st.binary(max_size=9).map(lambda data: base64.b64encode(data).decode())
_BASE64_CASE = CodecCase(
    via="base64",
    values=_BASE64_TEXTS,
    natives=st.one_of(
        _BASE64_TEXTS,
        _BASE64_TEXTS.map(lambda text: text.rstrip("=")),
        _BASE64_TEXTS.map(lambda text: text.replace("+", "-").replace("/", "_").rstrip("=")),
    ),
    normal=standard_base64,
)
_SECONDS_CASE = CodecCase(
    via="seconds",
    values=st.one_of(st.integers(-9, 10**13), st.floats(0, 1e6), st.integers(0, 9999).map(lambda count: count / 1000)),
    natives=st.from_regex(r"[0-9]{1,5}(\.[0-9]{1,9})?s\n?", fullmatch=True)
    | _NUMBER_TEXTS.map(lambda text: text + "s"),
    normal=lambda native: shortest(native[:-1]) + "s",
)
_TIMESTAMP_CASE = CodecCase(
    via="timestamp",
    values=st.integers(-9, 10**12),
    natives=st.datetimes().map(lambda time: time.isoformat()[:19] + "Z")
    | st.sampled_from(
        ["2026-11-22T10:00:00.25Z", "2026-11-22T10:00:00+01:00", "2026-11-22 10:00:00Z", "2026-02-30T10:00:00Z"]
    ),
)
_ISSUES_CASE = CodecCase(
    via="issues",
    values=st.sampled_from(["", "no", "body.prompt: field required", "a.0.b: c: d", "a: b; c", " x: y"])
    | _WORD_SCALARS,
    natives=st.lists(
        st.fixed_dictionaries(
            {"msg": st.text(max_size=5) | st.integers()},
            optional={"loc": st.lists(st.sampled_from(["body", "a b", "", 0, None]), max_size=3) | json_scalars()},
        )
        | json_values(3),
        max_size=3,
    ),
)

CODECS: dict[str, SearchStrategy[CodecCase]] = {
    "same": st.just(CodecCase(via="same", values=json_values(), natives=json_values())),
    "number": st.just(_NUMBER_CASE),
    "boolean": st.just(_BOOLEAN_CASE),
    "base64": st.just(_BASE64_CASE),
    "raw": st.just(CodecCase(via="raw", values=_BASE64_TEXTS, natives=st.binary(max_size=9))),
    "seconds": st.just(_SECONDS_CASE),
    "timestamp": st.just(_TIMESTAMP_CASE),
    "issues": st.just(_ISSUES_CASE),
    **{f"enum-{kind}": enum_cases(kind) for kind in ("one-to-one", "many-to-one", "read", "open", "null", "rows")},
    "enum-caseless": caseless_cases(),
    "scale": scale_cases(),
    "nearest": _unlike(st.integers(0, 60) | st.sampled_from([0.5, 2.25])).map(
        lambda found: CodecCase(via={"nearest": found}, values=_NUMBERS, natives=st.sampled_from(found) | _NUMBERS)
    ),
    "template": template_cases(),
    "template-of-number": template_cases(_NUMBER_CASE),
    **{f"around-{kind}": around_cases(kind) for kind in ("one", "each", "chain")},
    "scale-number": scale_cases().map(
        lambda case: CodecCase(via=[case.via, "number"], values=case.values, natives=_NUMBER_TEXTS, normal=shortest)
    ),
    "join": st.sampled_from(["", "\n", "; "]).map(
        lambda text: CodecCase(
            via={"join": text}, values=st.text(max_size=5), natives=st.lists(st.text(max_size=3), max_size=3)
        )
    ),
    "entries": entries_cases(),
    "spread": spread_cases(),
    "unwrap": _WORD_TEXTS.map(
        lambda key: CodecCase(
            via={"unwrap": key}, values=st.text(max_size=5) | _wrapped(key), natives=st.text(max_size=5) | _wrapped(key)
        )
    ),
}
"""Every value codec of imagetx/codec.py, by the name that its tests have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointCase:
    """
    A joint codec with drawn arguments.

    Args:
        via: How a spec names it.
        fields: Its canonical fields.
        width: How many native values there are.
        values: Canonical values, ABSENT where there is none, one strategy a field.
        natives: Native values alike.
        exact: What it says without a loss comes back equal (a frame says it in other words).
    """

    via: Json
    fields: tuple[str, ...]
    width: int
    values: SearchStrategy[list[Json]]
    natives: SearchStrategy[list[Json]]
    exact: bool = True


def _tuples(values: SearchStrategy[Json], width: int) -> SearchStrategy[list[Json]]:
    return st.lists(st.just(ABSENT) | values, min_size=width, max_size=width)


@st.composite
def rows_cases(draw: DrawFn) -> JointCase:
    """Rows of one word and two or three natives, the first column different in each."""
    words = draw(_unlike(_WORD_SCALARS))
    width = draw(st.integers(1, 3))
    first = draw(st.lists(_WORD_SCALARS, min_size=len(words), max_size=len(words), unique_by=_json_key))
    cells = _WORD_SCALARS | st.none()
    table = [[word, [head, *(draw(cells) for _ in range(width - 1))]] for word, head in zip(words, first, strict=True)]
    known = st.sampled_from(table).map(lambda row: [ABSENT if cell is None else cell for cell in row[1]])
    natives = known | _tuples(st.sampled_from([cell for _, row in table for cell in row if cell is not None]), width)
    values = st.sampled_from(words) | _WORD_SCALARS
    return JointCase(via={"rows": table}, fields=("prompt",), width=width, values=_tuples(values, 1), natives=natives)


def sum_cases() -> SearchStrategy[JointCase]:
    """A total of one to three counts, or of none."""
    counts = st.integers(0, 9) | json_scalars()

    def of(width: int) -> JointCase:
        fields = ("prompt", "user", "style")[:width]
        return JointCase(
            via="sum", fields=fields, width=width, values=_tuples(counts, width), natives=_tuples(counts, width)
        )

    return st.integers(1, 3).map(of)


_NAMES = st.sampled_from(
    ["a", "acme", "x.y", "", "a/b", "accounts/acme/models/a", "accounts/home/models/a", "accounts//models/"]
)
_SPLITS: tuple[Json, ...] = (
    {"template": "accounts/{}/models/{}"},
    {"template": "accounts/{}/models/{}", "short": ["home"]},
)


def split_cases() -> SearchStrategy[JointCase]:
    """A name of two pieces, with or without a short form."""
    values, natives = _tuples(_NAMES | json_scalars(), 1), _tuples(_NAMES | st.just("home") | json_scalars(), 2)
    return st.sampled_from(_SPLITS).map(
        lambda spec: JointCase(via={"split": spec}, fields=("prompt",), width=2, values=values, natives=natives)
    )


_FRAMES: tuple[tuple[int, Json], ...] = (
    (
        1,
        {
            "form": "pixels",
            "as": "text",
            "auto": True,
            "multiple": 16,
            "min": 16,
            "max": 3840,
            "pixels": [655360, 8294400],
            "ratio": 3,
        },
    ),
    (
        2,
        {
            "form": "pixels",
            "as": "pair",
            "multiple": 16,
            "min": 320,
            "max": 4096,
            "pixels": [None, 4194304],
            "ratio": 4,
        },
    ),
    (1, {"form": "list", "as": "text", "pairs": ["1024x1024", "1536x1024"]}),
    (1, {"form": "ratio", "ratios": ["16:9", "1:1", "21:9"], "tier": "1K"}),
    (2, {"form": "ratio", "ratios": ["1:1", "3:2"], "tiers": ["1K", "2K"]}),
    (1, {"form": "ratio", "between": ["9:21", "21:9"]}),
    (1, {"form": "ratio", "ratios": ["16:9", "1:1"], "separator": "x"}),
    (1, {"form": "list", "as": "text", "pairs": ["1024x1024", "1536x1024"], "separator": "*"}),
)
_SIZES = st.sampled_from(["1024x1024", "1536x1024", "1920x1080", "320x320", "auto", "1x1", "0x9", "big"])
_RATIOS = st.sampled_from(["1:1", "16:9", "16x9", "1024*1024", "3:2", "7:5", "auto", "0:1", "wide"])
_TIER_WORDS = st.sampled_from(["512", "1K", "2K", "4K", "8K", ""])


def frame_cases() -> SearchStrategy[JointCase]:
    """The forms of a geometry, as a joint codec."""
    values = st.tuples(*(st.just(ABSENT) | words | json_scalars() for words in (_SIZES, _RATIOS, _TIER_WORDS))).map(
        list
    )

    def of(frame: tuple[int, Json]) -> JointCase:
        width, via = frame
        natives = st.integers(1, 5000) | _SIZES | _RATIOS | _TIER_WORDS | json_scalars()
        fields = ("size", "aspect_ratio", "resolution")
        return JointCase(
            via={"frame": via}, fields=fields, width=width, values=values, natives=_tuples(natives, width), exact=False
        )

    return st.sampled_from(_FRAMES).map(of)


JOINTS: dict[str, SearchStrategy[JointCase]] = {
    "rows": rows_cases(),
    "split": split_cases(),
    "sum": sum_cases(),
    "frame": frame_cases(),
}
"""Every joint codec of imagetx/joint.py, by the name that its tests have."""
