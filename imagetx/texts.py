"""
Text codecs: values said as text or bytes, for forms, headers and bodies that are no JSON.
"""

from __future__ import annotations

import binascii
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

import pydantic_core

from imagetx.codec import Codec, expect_text
from imagetx.document import Json
from imagetx.errors import Unsayable, shorten
from imagetx.image import base64_of

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
    text = expect_text(value, "a decimal number as text")
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


_LAST: Final = 253402300799  # 9999-12-31T23:59:59Z, the last that RFC 3339 can say
_RFC3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)


def _rfc3339(value: Json) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= _LAST:
        raise Unsayable(reason=f"expected Unix seconds, got {shorten(value)}", expected="whole Unix seconds")
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=value)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _unix_seconds(value: Json) -> int:
    text = expect_text(value, "a time of RFC 3339 as text")
    expected = "a time like 2026-11-22T10:00:00Z"
    if _RFC3339.fullmatch(text) is None:
        raise Unsayable(reason=f"expected {expected}, got {shorten(text)}", expected=expected)
    try:
        found = int(datetime.fromisoformat(text.upper()).timestamp())
        _rfc3339(found)  # what cannot be written again is not read
    except (ValueError, OverflowError) as error:
        raise Unsayable(reason=f"expected {expected}, got {shorten(text)}", expected=expected) from error
    return found


timestamp: Final = Codec("timestamp", _rfc3339, _unix_seconds, exact=False)
"""
Canonical: Unix seconds, whole, 1..253402300799; 0 is said nowhere, it means that nobody knows the time.
Native: a time of RFC 3339 as text, UTC.

Law: exact from canonical; fractions of a second and other time zones stay native. Notes: none.
"""


_ISSUE: Final = re.compile(r"([A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*): (.+)", re.DOTALL)


def _issues_of(value: Json) -> Json:
    text = expect_text(value, "a text")
    found = _ISSUE.fullmatch(text)
    return [{"loc": found[1].split("."), "msg": found[2]} if found else {"loc": [], "msg": text}]


def _text_of_issues(value: Json) -> str:
    expected = "a list of {loc, msg}"
    texts = []
    for issue in value if isinstance(value, list) else []:
        place, words = (issue.get("loc"), issue.get("msg")) if isinstance(issue, dict) else (None, None)
        parts = place if isinstance(place, list) else []
        if not isinstance(words, str) or not all(isinstance(part, str | int) for part in parts):
            raise Unsayable(reason=f"expected {expected}, got {shorten(value)}", expected=expected)
        where = ".".join(map(str, parts))
        texts.append(f"{where}: {words}" if where else words)
    if not texts:
        raise Unsayable(reason=f"expected {expected}, got {shorten(value)}", expected=expected)
    return "; ".join(texts)


issues: Final = Codec("issues", _issues_of, _text_of_issues, exact=False)
"""
Canonical: a text, `body.prompt: field required`. Native: FastAPI's list of `{loc: [...], msg}`.

Law: exact from canonical; several issues, and what else an issue says, stay native. Notes: none.
"""


def template(text: str) -> Codec:
    """
    Say a text within a longer one, at the place of `{}`.

    Canonical: text. Native: the template with that text (`application/json; type={}`).
    Law: exact. Notes: none.
    """
    before, after = text.split("{}")

    def encode(value: Json) -> Json:
        return before + expect_text(value, "a text") + after

    def decode(value: Json) -> Json:
        whole = expect_text(value, f"a text like {text}")
        if not (whole.startswith(before) and whole.endswith(after) and len(whole) >= len(before) + len(after)):
            raise Unsayable(reason=f"expected a text like {text}, got {shorten(value)}", expected=text)
        return whole[len(before) : len(whole) - len(after)]

    return Codec("template", encode, decode)


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

    return Codec("join", lambda value: [expect_text(value, "a text")], decode, exact=False)


_URL_SAFE: Final = str.maketrans("-_", "+/")


_SHOWN: Final = 8192  # characters in which an alphabet shows, for each of its letters is one of 64


def _is_url_safe(text: str) -> bool:
    """
    Say whether a text is written in the URL-safe alphabet.

    A text has one alphabet: where the standard one shows at the beginning, an image is not read to its end.
    """
    head = text[:_SHOWN]
    if "-" in head or "_" in head or "+" in head or "/" in head:
        return "-" in head or "_" in head
    return "-" in text or "_" in text


def _standard_base64(value: Json) -> Json:
    text = expect_text(value, "base64 text")
    if _is_url_safe(text):  # the google-genai SDKs send the URL-safe alphabet (gemini dossier 12)
        text = text.translate(_URL_SAFE)
    return text + "=" * (-len(text) % 4) if len(text) % 4 else text


base64_text: Final = Codec("base64", _standard_base64, _standard_base64)
"""
Canonical: standard base64. Native: base64 in either alphabet, padded or not.

Law: exact by content; the normal form is standard base64. Notes: none.
"""


def _from_base64(value: Json) -> bytes:
    try:
        return binascii.a2b_base64(expect_text(value, "base64 text"), strict_mode=True)  # reads text without a copy
    except ValueError as error:
        raise Unsayable(reason=f"expected base64, got {shorten(value)}", expected="base64 text") from error


def _to_base64(value: Json) -> str:
    if isinstance(value, bytes):
        return base64_of(value)
    raise Unsayable(reason=f"expected bytes, got {shorten(value)}", expected="bytes")


raw: Final = Codec("raw", _from_base64, _to_base64)
"""
Canonical: standard base64. Native: the bytes themselves.

Law: exact by content. Notes: none.
"""


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
        text = expect_text(value, "a text")
        if text.startswith("{"):
            try:
                inside = pydantic_core.from_json(text)
            except ValueError:
                return text
            if isinstance(inside, dict) and isinstance(inside.get(key), str):
                return inside[key]
        return text

    def encode(value: Json) -> Json:
        text = expect_text(value, "a text")
        return text if decode(text) == text else pydantic_core.to_json({key: text}).decode()

    return Codec("unwrap", encode, decode, exact=False)
