"""
Value codecs: the closed list of ways in which one value is said in another form.

Each maker returns a `Codec` over one value; `joint.py` has those over several at once.
`encode` goes from canonical to native, `decode` back; both raise Unsayable for a value that
the other side has no word for. A codec that is not `exact` may lose something: the rule that
uses it compares with the way back, which yields the notes (encode) and what stays native (decode).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import reduce
from typing import Final

import pydantic_core

from imagetx.document import ABSENT, Json, equal
from imagetx.errors import Unsayable, shorten


@dataclass(frozen=True, slots=True)
class Codec:
    """A pair of functions over one value; `exact` if nothing can be lost either way."""

    name: str
    encode: Callable[[Json], Json]
    decode: Callable[[Json], Json]
    exact: bool = True


def _text(value: Json, expected: str) -> str:
    if isinstance(value, str):
        return value
    raise Unsayable(reason=f"expected {expected}, got {shorten(value)}", expected=expected)


def _identity(value: Json) -> Json:
    return value


same: Final = Codec("same", _identity, _identity)
"""
Canonical: any value. Native: the same value, only moved.

Law: exact. Notes: none.
"""


_MOST: Final = 10**40
_NUMBER: Final = re.compile(r"-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?", re.ASCII)


def number_text(value: Json) -> str:
    """Write a number as its shortest plain decimal text: 2.0 is `2`, never an exponent."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Unsayable(reason=f"expected a number, got {shorten(value)}", expected="a number")
    if abs(value) >= _MOST:
        raise Unsayable(reason=f"expected a number of at most 40 digits, got {shorten(value)}", expected="a number")
    if isinstance(value, int) or value.is_integer():
        return str(int(value))  # 1e23 is the whole number that the double is, digit by digit
    text = format(Decimal(repr(value)).normalize(), "f")
    if _NUMBER.fullmatch(text) is None:
        raise Unsayable(reason=f"expected a number of at most 40 digits, got {shorten(value)}", expected="a number")
    return text


def text_number(value: Json) -> int | float:
    """Read decimal text as the number it says: an int where it is whole, else a float."""
    text = _text(value, "a decimal number as text")
    if not _NUMBER.fullmatch(text):
        raise Unsayable(reason=f"expected a decimal number, got {shorten(text)}", expected="a decimal number as text")
    exact = Decimal(text)
    whole = exact == exact.to_integral_value() and abs(exact) < _MOST
    number = int(exact) if whole else float(exact)
    number_text(number)  # what cannot be written again is not read
    return number


number: Final = Codec("number", number_text, text_number)
"""
Canonical: a number. Native: its decimal text (forms, headers).

Law: exact; the native normal form is the shortest text. Notes: none.
"""


def _boolean_text(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    raise Unsayable(reason=f"expected true or false, got {shorten(value)}", expected="true or false")


def _text_boolean(value: Json) -> bool:
    if value in ("true", "false"):
        return bool(value == "true")
    raise Unsayable(reason=f"expected 'true' or 'false', got {shorten(value)}", expected="'true' or 'false'")


boolean: Final = Codec("boolean", _boolean_text, _text_boolean)
"""
Canonical: true or false. Native: the texts `true` and `false` (forms).

Law: exact. Notes: none.
"""


def _key(value: Json) -> tuple[bool, Json]:
    """Give a scalar as a key of a table, in which true is not 1."""
    return isinstance(value, bool), value


def enum(spec: Json) -> Codec:
    """
    Say words by a table.

    Canonical: a word of the table. Native: a text, number or boolean; null in the table means that
    the dialect has no word for it. `{"enum": {word: native}, "read": {native: word}, "open": true}`;
    `read` lists further native spellings, `open` sends a word outside the table as it is.

    Law: exact if the table is one to one; else decode takes the first word listed.
    Notes: approximated where another word comes back, dropped where there is none, assumed for an open word.
    """
    rows = spec["enum"].items() if isinstance(spec["enum"], dict) else spec["enum"]
    table = {_key(word): native for word, native in rows}
    said = [(native, word) for word, native in rows if native is not None]
    back: dict[tuple[bool, Json], Json] = {}
    for native, word in [*said, *spec.get("read", {}).items()]:
        back.setdefault(_key(native), word)
    is_open = spec.get("open", False)
    words = ", ".join(str(word) for _, word in said)

    def encode(value: Json) -> Json:
        native = table.get(_key(value), ABSENT) if isinstance(value, str | int | float) else ABSENT
        if native is ABSENT and is_open and isinstance(value, str):
            return value
        if native is ABSENT or native is None:
            raise Unsayable(reason=f"the dialect has no word for it; it has {words}", expected=f"one of {words}")
        return native

    def decode(value: Json) -> Json:
        word = back.get(_key(value), ABSENT) if isinstance(value, str | int | float) else ABSENT
        if word is ABSENT:
            raise Unsayable(reason=f"{shorten(value)} has no canonical word", expected=f"one of {words}")
        return word

    exact = not is_open and "read" not in spec and len(back) == len(said)
    return Codec("enum", encode, decode, exact)


_EXACT: Final = Context(prec=100)  # our own: the caller's thread may have another


def scale(spec: Json) -> Codec:
    """
    Say a number on another scale: v·by + add, clamped, rounded to `digits` decimals.

    Canonical and native: numbers; all arithmetic in Decimal, because 1 - 0.9 in floats is not 0.1.
    `{"scale": {"by": -1, "add": 1, "minimum": 0, "maximum": 1, "digits": 6}}`.

    Law: not exact. Decode reads only what encode writes again (engine.md 8, trap 10).
    Notes: approximated where clamping or rounding changed the value.
    """
    by, add = Decimal(str(spec.get("by", 1))), Decimal(str(spec.get("add", 0)))
    low, high = (Decimal(str(spec[key])) if key in spec else None for key in ("minimum", "maximum"))
    step = Decimal(1).scaleb(-spec.get("digits", 6))
    finer = step.scaleb(-1 - max(0, by.adjusted()))  # so that what comes back is rounded to where it came from

    def plain(value: Decimal, step: Decimal) -> int | float:
        rounded = value.quantize(step, rounding=ROUND_HALF_EVEN, context=_EXACT)
        return int(rounded) if rounded == rounded.to_integral_value() else float(rounded)

    def decimal(value: Json) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 10**15:
            raise Unsayable(reason=f"expected a number, got {shorten(value)}", expected="a number")
        return Decimal(repr(value))

    def encode(value: Json) -> Json:
        scaled = _EXACT.add(_EXACT.multiply(decimal(value), by), add)
        scaled = scaled if low is None else max(low, scaled)
        return plain(scaled if high is None else min(high, scaled), step)

    def decode(value: Json) -> Json:
        said = plain(_EXACT.divide(_EXACT.subtract(decimal(value), add), by), finer)
        if not equal(encode(said), value):
            raise Unsayable(reason=f"{shorten(value)} is none of the values there are", expected="a number")
        return said

    return Codec("scale", encode, decode, exact=False)


def nearest(choices: Sequence[int | float]) -> Codec:
    """
    Say a number by the nearest of a list; ties go to the smaller.

    Canonical: a number. Native: a number of the list.
    Law: exact on the list's numbers, the only ones that are read. Notes: approximated for every other.
    """
    ordered = sorted(choices)

    def encode(value: Json) -> Json:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Unsayable(reason=f"expected a number, got {shorten(value)}", expected="a number")
        within = min(max(value, ordered[0]), ordered[-1])  # first, because a huge int has no float
        return min(ordered, key=lambda choice: abs(choice - within))

    def decode(value: Json) -> Json:
        if not any(equal(choice, value) for choice in ordered):
            raise Unsayable(reason=f"{shorten(value)} is none of the values there are", expected="a number")
        return value

    return Codec("nearest", encode, decode, exact=False)


def template(text: str) -> Codec:
    """
    Say a text within a longer one, at the place of `{}`.

    Canonical: text. Native: the template with that text (`application/json; type={}`).
    Law: exact. Notes: none.
    """
    before, after = text.split("{}")

    def encode(value: Json) -> Json:
        return before + _text(value, "a text") + after

    def decode(value: Json) -> Json:
        whole = _text(value, f"a text like {text}")
        if not (whole.startswith(before) and whole.endswith(after) and len(whole) >= len(before) + len(after)):
            raise Unsayable(reason=f"expected a text like {text}, got {shorten(value)}", expected=text)
        return whole[len(before) : len(whole) - len(after)]

    return Codec("template", encode, decode)


def one(inner: Codec) -> Codec:
    """
    Say x as the list [x].

    Canonical: a value. Native: a list of one. Law: as the inner codec. Notes: as the inner codec.
    """

    def encode(value: Json) -> Json:
        return [inner.encode(value)]

    def decode(value: Json) -> Json:
        if not isinstance(value, list) or len(value) != 1:
            raise Unsayable(reason="expected a list of one item", expected="a list of one item")
        return inner.decode(value[0])

    return Codec("one", encode, decode, inner.exact)


def each(inner: Codec) -> Codec:
    """
    Say every item of a list by another codec.

    Canonical and native: lists of the same length. Law and notes: as the inner codec.
    """

    def through(convert: Callable[[Json], Json]) -> Callable[[Json], Json]:
        def convert_all(value: Json) -> Json:
            if not isinstance(value, list):
                raise Unsayable(reason=f"expected a list, got {shorten(value)}", expected="a list")
            return [convert(item) for item in value]

        return convert_all

    return Codec("each", through(inner.encode), through(inner.decode), inner.exact)


def joined(separator: str) -> Codec:
    """
    Say one text as a list of texts.

    Canonical: a text. Native: a list of texts; several are joined by the separator.
    Law: not exact on lists of several. Notes: none, for a list of one comes back.
    """

    def decode(value: Json) -> Json:
        if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
            raise Unsayable(reason="expected a list of texts", expected="a list of texts")
        return separator.join(value)

    return Codec("join", lambda value: [_text(value, "a text")], decode, exact=False)


_URL_SAFE: Final = str.maketrans("-_", "+/")


def _standard_base64(value: Json) -> Json:
    text = _text(value, "base64 text")
    if "-" in text or "_" in text:  # the google-genai SDKs send the URL-safe alphabet (gemini dossier 12)
        text = text.translate(_URL_SAFE)
    return text + "=" * (-len(text) % 4) if len(text) % 4 else text


base64_text: Final = Codec("base64", _standard_base64, _standard_base64)
"""
Canonical: standard base64. Native: base64 in either alphabet, padded or not.

Law: exact by content; the normal form is standard base64. Notes: none.
"""


def _from_base64(value: Json) -> bytes:
    try:
        return base64.b64decode(_text(value, "base64 text"), validate=True)
    except ValueError as error:
        raise Unsayable(reason=f"expected base64, got {shorten(value)}", expected="base64 text") from error


def _to_base64(value: Json) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    raise Unsayable(reason=f"expected bytes, got {shorten(value)}", expected="bytes")


raw: Final = Codec("raw", _from_base64, _to_base64)
"""
Canonical: standard base64. Native: the bytes themselves.

Law: exact by content. Notes: none.
"""


def entries(spec: Json) -> Codec:
    """
    Say an object as a list of {key, value} records.

    Canonical: `{name: value}`. Native: `[{"modality": "TEXT", "tokenCount": 9}]`.
    `{"entries": {"key": "modality", "value": "tokenCount", "names": {"text_tokens": "TEXT"}}}`;
    records of other keys are not read and stay native.

    Law: not exact (foreign records, order). Notes: dropped for an object with unknown names only.
    """
    key, content, names = spec["key"], spec["value"], spec["names"]
    back = {native: name for name, native in names.items()}

    def encode(value: Json) -> Json:
        given = value if isinstance(value, dict) else {}
        known = [{key: names[name], content: given[name]} for name in names if name in given]
        if not known:
            raise Unsayable(reason=f"expected one of {', '.join(names)}", expected="an object")
        return known

    def decode(value: Json) -> Json:
        if not isinstance(value, list):
            raise Unsayable(reason=f"expected a list, got {shorten(value)}", expected="a list of records")
        said = {
            back[item[key]]: item[content]
            for item in value
            if isinstance(item, dict) and isinstance(item.get(key), str) and item[key] in back and content in item
        }
        if not said:
            raise Unsayable(reason="no record of a known key", expected="a list of records")
        return said

    return Codec("entries", encode, decode, exact=False)


def spread(names: Sequence[str]) -> Codec:
    """
    Say one value for all of several names.

    Canonical: a value. Native: `{name: value}` for every name. Mixed values have no canonical word.
    Law: exact. Notes: none.
    """

    def decode(value: Json) -> Json:
        if not isinstance(value, dict) or value.keys() != set(names):
            raise Unsayable(reason=f"expected all of {', '.join(names)}", expected="one value for all")
        first = value[names[0]]
        if not all(equal(item, first) for item in value.values()):
            raise Unsayable(reason="expected the same value for all", expected="one value for all")
        return first

    return Codec("spread", lambda value: dict.fromkeys(names, value), decode)


_SECONDS: Final = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)s", re.ASCII)


def _encode_seconds(value: Json) -> Json:
    text = number_text(value) + "s"
    if _SECONDS.fullmatch(text) is None:
        expected = "seconds from 0 on, of at most 9 decimals"
        raise Unsayable(reason=f"expected {expected}, got {shorten(value)}", expected=expected)
    return text


def _decode_seconds(value: Json) -> Json:
    match = _SECONDS.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise Unsayable(reason=f"expected a duration like 34s, got {shorten(value)}", expected="a duration like 34s")
    return text_number(match[1])


seconds: Final = Codec("seconds", _encode_seconds, _decode_seconds)
"""
Canonical: a number of seconds. Native: protobuf's JSON duration (`34s`).

Law: exact by value. Notes: none.
"""


def unwrap(key: str) -> Codec:
    """
    Read the text inside a JSON document that is itself sent as text.

    Canonical: a text. Native: the text, or `{"<key>": text}` as text (bedrock dossier 6.2).
    Law: not exact: encode writes the text (wrapped, if it would be read as wrapped), the wrapped form
    of any other stays native. Notes: none.
    """

    def decode(value: Json) -> Json:
        text = _text(value, "a text")
        if text.startswith("{"):
            try:
                inside = pydantic_core.from_json(text)
            except ValueError:
                return text
            if isinstance(inside, dict) and isinstance(inside.get(key), str):
                return inside[key]
        return text

    def encode(value: Json) -> Json:
        text = _text(value, "a text")
        return text if decode(text) == text else pydantic_core.to_json({key: text}).decode()

    return Codec("unwrap", encode, decode, exact=False)


def chain(codecs: Sequence[Codec]) -> Codec:
    """Apply codecs from left to right on encode and from right to left on decode."""

    def encode(value: Json) -> Json:
        return reduce(lambda inner, codec: codec.encode(inner), codecs, value)

    def decode(value: Json) -> Json:
        return reduce(lambda inner, codec: codec.decode(inner), reversed(codecs), value)

    return Codec(" ".join(codec.name for codec in codecs), encode, decode, all(codec.exact for codec in codecs))


_SIMPLE: Final = {
    "same": same,
    "number": number,
    "boolean": boolean,
    "base64": base64_text,
    "raw": raw,
    "seconds": seconds,
}
_MADE: Final[dict[str, Callable[[Json], Codec]]] = {
    "scale": scale,
    "nearest": nearest,
    "template": template,
    "one": lambda spec: one(compile_codec(spec)),
    "each": lambda spec: each(compile_codec(spec)),
    "join": joined,
    "entries": entries,
    "spread": spread,
    "unwrap": unwrap,
}


def compile_codec(spec: Json) -> Codec:
    """Build the codec that a rule's `via` names; a list is a chain from canonical to native."""
    if isinstance(spec, list):
        return chain([compile_codec(item) for item in spec])
    if isinstance(spec, str):
        return _SIMPLE[spec]
    if "enum" in spec:
        return enum(spec)
    ((name, argument),) = spec.items()
    return _MADE[name](argument)
