"""Value codecs, `via` over one value, by section 5 of the guide."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from documents import ABSENT, Json, equal, is_number

KNOWN = {"same", "number", "boolean", "enum", "scale", "nearest", "template", "one", "each", "spread", "entries"}


class Unsayable(Exception):
    """The other side has no word for a value."""


def is_known(via: Json) -> bool:
    """Say whether a `via` is one of those of this module."""
    if isinstance(via, list):
        return all(map(is_known, via))
    names = {via} if isinstance(via, str) else via.keys() - {"read", "open", "null", "caseless"}
    inner = via.get("one", via.get("each", "same")) if isinstance(via, dict) else "same"
    return names <= KNOWN and (inner == "same" or is_known(inner))


def encode(via: Json, value: Json) -> Json:
    if isinstance(via, list):
        for each in via:
            value = encode(each, value)
        return value
    name, argument = _named(via)
    return _ENCODE[name](argument, value)


def decode(via: Json, value: Json) -> Json:
    if isinstance(via, list):
        for each in reversed(via):
            value = decode(each, value)
        return value
    name, argument = _named(via)
    return _DECODE[name](argument, value)


def _named(via: Json) -> tuple[str, Json]:
    """Give the name of a codec and its argument; that of an enum is the whole of it."""
    if isinstance(via, str):
        return via, None
    return ("enum", via) if "enum" in via else next(iter(via.items()))


def folded(via: Json, native: Json) -> Json:
    """Give a native value its normal spelling."""
    if isinstance(via, list):
        return folded(via[-1], native)
    if via in ("number", "boolean"):
        return encode(via, decode(via, native))
    if isinstance(via, dict) and via.get("caseless") and isinstance(native, str):
        known = [*(word for _, word in _rows(via)), *via.get("read", {})]
        return next((word for word in known if isinstance(word, str) and word.lower() == native.lower()), native)
    return native


def number_text(value: Json) -> str:
    if not is_number(value):
        raise Unsayable
    if value == int(value):
        return str(int(value))
    return format(Decimal(repr(value)).normalize(), "f")


def _number_of(text: Json) -> Json:
    if not isinstance(text, str) or not re.fullmatch(r"-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?", text):
        raise Unsayable
    exact = Decimal(text)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _boolean_text(value: Json) -> str:
    if not isinstance(value, bool):
        raise Unsayable
    return "true" if value else "false"


def _boolean_of(text: Json) -> bool:
    if text not in ("true", "false"):
        raise Unsayable
    return bool(text == "true")


def _rows(spec: Json) -> list[Json]:
    return list(spec["enum"].items()) if isinstance(spec["enum"], dict) else spec["enum"]


def _enum_to(spec: Json, value: Json) -> Json:
    if "null" in spec and equal(value, spec["null"]):
        return None
    for word, native in _rows(spec):
        if equal(word, value):
            if native is None:
                raise Unsayable
            return native
    if spec.get("open") and isinstance(value, str):
        return value
    raise Unsayable


def _enum_from(spec: Json, value: Json) -> Json:
    if value is None and "null" in spec:
        return spec["null"]

    def same(native: Json) -> bool:
        if spec.get("caseless") and isinstance(native, str) and isinstance(value, str):
            return native.lower() == value.lower()
        return equal(native, value)

    back = [(native, word) for word, native in _rows(spec) if native is not None] + list(spec.get("read", {}).items())
    for native, word in back:
        if same(native):
            return word
    raise Unsayable


def _rounded(value: Decimal, digits: int) -> Json:
    rounded = value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN)
    return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)


def _scaled(spec: Json, value: Json) -> Json:
    if not is_number(value):
        raise Unsayable
    scaled = Decimal(repr(value)) * Decimal(str(spec.get("by", 1))) + Decimal(str(spec.get("add", 0)))
    scaled = max(scaled, Decimal(str(spec["minimum"]))) if "minimum" in spec else scaled
    scaled = min(scaled, Decimal(str(spec["maximum"]))) if "maximum" in spec else scaled
    return _rounded(scaled, spec.get("digits", 6))


def _unscaled(spec: Json, value: Json) -> Json:
    if not is_number(value):
        raise Unsayable
    said = (Decimal(repr(value)) - Decimal(str(spec.get("add", 0)))) / Decimal(str(spec.get("by", 1)))
    found = _rounded(said, spec.get("digits", 6) + 6)
    if not equal(_scaled(spec, found), value):
        raise Unsayable
    return found


def _nearest(choices: Json, value: Json) -> Json:
    if not is_number(value):
        raise Unsayable
    return min(sorted(choices), key=lambda choice: abs(choice - value))


def _one_of(choices: Json, value: Json) -> Json:
    if not any(equal(choice, value) for choice in choices):
        raise Unsayable
    return value


def _alone(inner: Json, value: Json) -> Json:
    if not isinstance(value, list) or len(value) != 1:
        raise Unsayable
    return decode(inner, value[0])


def _together(names: Json, value: Json) -> Json:
    if not isinstance(value, dict) or value.keys() != set(names):
        raise Unsayable
    first = value[names[0]]
    if not all(equal(first, other) for other in value.values()):
        raise Unsayable
    return first


def _listed(inner: Any, value: Json) -> Json:
    if not isinstance(value, list):
        raise Unsayable
    return [inner(item) for item in value]


def _within(template: str, value: Json) -> str:
    before, after = template.split("{}")
    if not (isinstance(value, str) and value.startswith(before) and value.endswith(after)):
        raise Unsayable
    return value[len(before) : len(value) - len(after)]


def _records(spec: Json, value: Json) -> Json:
    known = [
        {spec["key"]: native, spec["value"]: value[name]} for name, native in spec["names"].items() if name in value
    ]
    if not known:
        raise Unsayable
    return known


def _of_records(spec: Json, value: Json) -> Json:
    back = {native: name for name, native in spec["names"].items()}
    records = value if isinstance(value, list) and all(isinstance(item, dict) for item in value) else []
    said = {back[item[spec["key"]]]: item[spec["value"]] for item in records if item.get(spec["key"]) in back}
    if not said:
        raise Unsayable
    return said


_ENCODE: dict[str, Any] = {
    "same": lambda _, value: value,
    "number": lambda _, value: number_text(value),
    "boolean": lambda _, value: _boolean_text(value),
    "enum": _enum_to,
    "scale": _scaled,
    "nearest": _nearest,
    "template": lambda template, value: template.replace("{}", value),
    "one": lambda inner, value: [encode(inner, value)],
    "each": lambda inner, value: _listed(lambda item: encode(inner, item), value),
    "spread": lambda names, value: dict.fromkeys(names, value),
    "entries": _records,
}
_DECODE: dict[str, Any] = {
    "same": lambda _, value: value,
    "number": lambda _, value: _number_of(value),
    "boolean": lambda _, value: _boolean_of(value),
    "enum": _enum_from,
    "scale": _unscaled,
    "nearest": _one_of,
    "template": _within,
    "one": _alone,
    "each": lambda inner, value: _listed(lambda item: decode(inner, item), value),
    "spread": _together,
    "entries": _of_records,
}


def way_back(via: Json, native: Json) -> Json:
    """Read what was written; ABSENT where there is no way back."""
    try:
        return decode(via, native)
    except Unsayable:
        return ABSENT


def writes(via: Json, said: Json, native: Json) -> bool:
    """Say whether what was read is written as it came, in its normal spelling."""
    try:
        return equal(encode(via, said), folded(via, native))
    except Unsayable:
        return False
