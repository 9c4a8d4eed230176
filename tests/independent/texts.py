"""The codecs of answers, read: base64, times, lists of texts; section 5 of the guide."""

from __future__ import annotations

import base64
import json
import re
from datetime import datetime
from typing import Any

import values
from documents import Json


def decode(via: Json, value: Json) -> Json:
    """Read a value by a codec of this module, or one of those over plain values."""
    if isinstance(via, list):
        for each in reversed(via):
            value = decode(each, value)
        return value
    if isinstance(via, dict) and "each" in via and isinstance(value, list):
        return [decode(via["each"], item) for item in value]
    if isinstance(via, dict) and "one" in via and isinstance(value, list) and len(value) == 1:
        return decode(via["one"], value[0])
    name = via if isinstance(via, str) else next(iter(via))
    if name not in _READ:
        return values.decode(via, value)
    return _READ[name](value) if isinstance(via, str) else _READ[name](via[name], value)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise values.Unsayable
    return value


def _standard(value: Json) -> str:
    bare = _text(value).translate(str.maketrans("-_", "+/"))
    return bare + "=" * (-len(bare) % 4)


def _raw(value: Json) -> str:
    if not isinstance(value, bytes):
        raise values.Unsayable
    return base64.b64encode(value).decode()


def _seconds(value: Json) -> Json:
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]{1,9})?)s", _text(value))
    if found is None:
        raise values.Unsayable
    return values.decode("number", found[1])


def _timestamp(value: Json) -> int:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", _text(value)):
        raise values.Unsayable
    try:
        return int(datetime.fromisoformat(value.upper()).timestamp())
    except ValueError:
        raise values.Unsayable from None


def _issues(value: Json) -> str:
    said = []
    for issue in value if isinstance(value, list) else ():
        if not isinstance(issue, dict) or not isinstance(issue.get("msg"), str):
            raise values.Unsayable
        place = ".".join(map(str, issue["loc"])) if isinstance(issue.get("loc"), list) else ""
        said.append(f"{place}: {issue['msg']}" if place else issue["msg"])
    if not said:
        raise values.Unsayable
    return "; ".join(said)


def _join(separator: str, value: Json) -> str:
    if not isinstance(value, list) or not value or not all(isinstance(item, str) for item in value):
        raise values.Unsayable
    return separator.join(value)


def _unwrap(key: str, value: Json) -> str:
    try:
        inside = json.loads(value) if _text(value).startswith("{") else None
    except ValueError:
        inside = None
    held = inside.get(key) if isinstance(inside, dict) else None
    return held if isinstance(held, str) else _text(value)


_READ: dict[str, Any] = {
    "base64": _standard,
    "raw": _raw,
    "seconds": _seconds,
    "timestamp": _timestamp,
    "issues": _issues,
    "join": _join,
    "unwrap": _unwrap,
}
