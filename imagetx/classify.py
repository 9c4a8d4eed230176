"""
Error tables: what a provider's status, code and words mean, and what we say for a category.

One table serves both directions. On decode the first row whose conditions all hold gives the
category; the generic meaning of the HTTP status decides where none does. On encode the row of
the category that has `write` gives status and code. Codes are read, never taken: they stay
visible in provider_metadata.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagetx.canonical import category_of_status
from imagetx.document import ABSENT, Json, Path, get, parse_pattern, parse_pointer, pop, put, walk
from imagetx.errors import Problem, SpecError, shorten
from imagetx.pattern import MOST_CHARACTERS
from imagetx.rule import Notes, Rule
from imagetx.rules import mark

_GROUP = re.compile(r"\{([0-9]{1,2})\}")
_CONDITIONS = ("status", "code", "type", "param")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of an error table: conditions, the category they mean, and what we write for it."""

    holds: Callable[[Mapping[str, Json], str], bool]
    category: str
    code: str | None
    write: Mapping[str, Json] | None


def _compile_row(spec: Mapping[str, Any]) -> Row:
    allowed = {
        name: spec[name] if isinstance(spec[name], list) else [spec[name]] for name in _CONDITIONS if name in spec
    }
    message = parse_pattern(spec["message"], re.IGNORECASE, search=True) if "message" in spec else None

    def holds(facts: Mapping[str, Json], text: str) -> bool:
        return all(facts.get(name) in values for name, values in allowed.items()) and (
            message is None or message.search(text, 0, MOST_CHARACTERS) is not None
        )

    return Row(holds=holds, category=spec["category"], code=spec.get("as"), write=spec.get("write"))


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorTable:
    """
    The rows of a provider, and the patterns that find the parameter a message names.

    Attributes:
        rows: In order; the first that holds decides.
        params: (pattern, template); `{1}` is the pattern's first group.
    """

    rows: tuple[Row, ...]
    params: tuple[tuple[re.Pattern[str], str], ...]

    def written(self, category: Json) -> Mapping[str, Json]:
        """Return status and code that we write for a category."""
        return next((row.write for row in self.rows if row.write is not None and row.category == category), {})

    def param(self, message: str) -> str | None:
        """Return the parameter that a message names."""
        for pattern, template in self.params:
            match = pattern.search(message, 0, MOST_CHARACTERS)
            if match is not None:
                return _fill(template, match)
        return None


def _fill(template: str, match: re.Match[str]) -> str:
    """Write a match's groups in the places of {0}, {1} ..."""
    return _GROUP.sub(lambda group: match[int(group[1])] or "", template)


def compile_table(spec: Mapping[str, Any]) -> ErrorTable:
    """Build the error table of an `error` section (`classify`, `params`)."""
    rows = tuple(_compile_row(row) for row in spec.get("classify", ()))
    params = tuple((parse_pattern(pattern, search=True), template) for pattern, template in spec.get("params", ()))
    for pattern, template in params:
        if "{" in _GROUP.sub("", template) or any(int(group) > pattern.groups for group in _GROUP.findall(template)):
            message = f"expected a template of {{0}} to {{{pattern.groups}}}, got {shorten(template)}"
            raise SpecError(Problem(pointer="/error/params", message=message))
    return ErrorTable(rows=rows, params=params)


def _reader(pointers: Sequence[str], pattern: str | None) -> Callable[[Json], Json]:
    """Read the first pointer that holds something; of a text only what the pattern's group says."""
    paths = [parse_pointer(pointer) for pointer in pointers]
    cut = parse_pattern(pattern) if pattern else None

    def read(native: Json) -> Json:
        for value in (value for path in paths for value in walk(native, path)):
            if isinstance(value, str) and cut is not None:
                match = cut.match(value, 0, MOST_CHARACTERS)
                if match:
                    return match[1]
            if isinstance(value, str | int) and not isinstance(value, bool):
                return value
        return ABSENT

    return read


def classify(says: Mapping[str, Any], table: ErrorTable) -> Rule:
    """
    Tell the category of an error from status, code, type, parameter and message.

    A variant of which every message means the same says so itself (`category`, `as`).

    Canonical: category, native_status, sometimes error.code and error.param. Native: read at
    `code`, `type` (lists of pointers); `writes` says where `status` and `code` of the row go.

    Args:
        says: The variant's `classify` line.
        table: The provider's error table.
    """
    always = _compile_row(says) if "category" in says else None
    readers = {name: _reader(says[name], says.get("pattern")) for name in ("code", "type") if name in says}
    writes: dict[Path, str] = {parse_pointer(pointer): name for pointer, name in says.get("writes", {}).items()}

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        write = table.written(canonical.get("category"))
        for path, name in writes.items():
            if name in write:
                put(native, path, write[name])

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        error = canonical.setdefault("error", {})
        message = error.get("message")
        text = message if isinstance(message, str) else ""
        facts = {"status": native["status"], "param": error.get("param")}
        facts |= {name: read(native) for name, read in readers.items()}
        row = always or next((row for row in table.rows if row.holds(facts, text)), None)
        canonical["category"] = category_of_status(native["status"]) if row is None else row.category
        canonical["native_status"] = native["status"]
        if row is not None and row.code is not None:
            error["code"] = row.code
        if error.get("param") is None and (param := table.param(text)) is not None:
            error["param"] = param
        write = table.written(canonical["category"])
        if write.get("status") == native["status"]:
            pop(rest, ("status",))
        for path, name in writes.items():
            if name in write and get(native, path) is ABSENT:
                mark(native, rest, path)

    owns = tuple(writes)
    return Rule(fields=(("category",),), owns=owns, encode=encode, decode=decode, always=True, yields=True, says=says)
