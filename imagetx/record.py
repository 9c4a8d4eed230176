"""
Records: rules side by side, each the only writer of its native paths.

A `Rule` moves canonical fields to native paths and back. A `Record` is a list of rules with the
*complement*: the residual of decode, that is what no rule took or would write again, which
encode lays over its own output. A value in the complement wins over what is sent unasked; null
means "do not send". Because every native path has one owner, the order of rules does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from imagetx.document import ABSENT, Json, Path, copy, equal, get, merge, pointer_of, pop, put
from imagetx.errors import Problem, RequestError, shorten
from imagetx.rule import Mismatch, Notes, Rule

T = TypeVar("T")

_MOST_SHAPES = 512


class Record:
    """
    A product of rules over two documents; build it with its rules in the order in which they write.

    Which rules have work to do depends only on which fields are given, so the answer is kept
    for each shape of document (at most 512; more shapes are worked out anew each time). `rules_of`
    has the rules of each top-level field.
    """

    __slots__ = ("_active", "_found", "_pinned", "_places", "containers", "lists", "rules", "rules_of")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.rules = tuple(rules)
        prefixes = {path[:end] for rule in self.rules for path in rule.owns for end in range(1, len(path))}
        self.containers = sorted((path for path in prefixes if len(path) > 1), key=len, reverse=True)
        self.lists = {path[:-1]: path[-1] for path in prefixes if isinstance(path[-1], int)}
        self.rules_of: dict[Any, list[Rule]] = {}
        for rule in self.rules:
            for name in dict.fromkeys(path[0] for path in rule.fields):
                self.rules_of.setdefault(name, []).append(rule)
        self._active: dict[tuple[str, ...], tuple[Callable[[Json, Json, Notes], None], ...]] = {}
        places: dict[str | int, set[str | int]] = {}
        for rule in self.rules:
            for path in rule.owns:
                places.setdefault(path[0], set()).update(path[1:2])
        self._places = tuple((root, frozenset(keys)) for root, keys in places.items())
        self._found: dict[tuple[Any, ...], tuple[Rule, ...]] = {}
        self._pinned = tuple(rule.fits for rule in self.rules if rule.fits is not None)

    def __repr__(self) -> str:
        return f"<Record of {len(self.rules)} rules>"

    def encode(self, canonical: Json, native: Json, notes: Notes, carried: Json = ABSENT) -> None:
        """
        Write a canonical document into `native`, then lay the carried keys over it.

        Raises:
            RequestError: A rule refuses a field, or a carried value contradicts a canonical field or a
                discriminating constant.
        """
        problems: list[Problem] = []
        for write in self._active_for(canonical):
            try:
                write(canonical, native, notes)
            except RequestError as error:
                problems.extend(error.problems)
        if problems:
            raise RequestError(problems)
        if carried is not ABSENT:
            self._lay_over(canonical, native, notes, carried)

    def decode(self, native: Json) -> tuple[dict[str, Json], Json]:
        """
        Read a native document: the canonical one, and the rest that no rule took.

        Raises:
            Mismatch: It is not a document of this record.
        """
        for fits in self._pinned:
            fits(native)
        rest = copy(native)
        canonical: dict[str, Json] = {}
        for rule in self._found_in(native):
            rule.decode(native, rest, canonical)
        if rest:
            self._tidy(rest)
        return canonical, rest

    def _found_in(self, native: Json) -> tuple[Rule, ...]:
        """Return the rules that have something to read; the answer is kept for each set of known places."""
        held = native if isinstance(native, dict) else {}
        shape = tuple(
            keys.intersection(holder) if isinstance(holder := held.get(root), dict) else root in held
            for root, keys in self._places
        )
        found = self._found.get(shape)
        if found is None:
            there = {root: keys for (root, _), keys in zip(self._places, shape, strict=True)}
            found = tuple(
                rule for rule in self.rules if not rule.idle or any(_is_in(there, path) for path in rule.owns)
            )
            if len(self._found) < _MOST_SHAPES:
                self._found[shape] = found
        return found

    def _active_for(self, canonical: Json) -> tuple[Callable[[Json, Json, Notes], None], ...]:
        """Return what the rules have to do for a document with these fields."""
        shape = tuple(canonical)
        active = self._active.get(shape)
        if active is None:
            asked = [(rule, any(path[0] in canonical for path in rule.fields)) for rule in self.rules]
            active = tuple(
                rule.encode if is_asked or rule.unasked is None else rule.unasked
                for rule, is_asked in asked
                if is_asked or rule.always
            )
            if len(self._active) < _MOST_SHAPES:
                self._active[shape] = active
        return active

    def _tidy(self, rest: Json) -> None:
        """Remove owned containers that came empty: they say nothing, nor does null in their place."""
        for path in self.containers:
            value = get(rest, path)
            if value in ({}, []) or (value is None and not any(rule.always for rule in self._inside(path))):
                pop(rest, path)

    def _inside(self, path: Path) -> list[Rule]:
        return [rule for rule in self.rules if any(owned[: len(path)] == path for owned in rule.owns)]

    def _lay_over(self, canonical: Json, native: Json, notes: Notes, carried: Json) -> None:
        rest = copy(carried)
        problems: list[Problem] = []
        for rule in self.rules:
            found = {path: pop(rest, path) for path in rule.owns if get(rest, path) is not ABSENT}
            if found:
                problems.extend(_settle(rule, canonical, native, notes, found))
        for path in self.containers:
            problems.extend(self._settle_container(path, canonical, native, rest))
        if problems:
            raise RequestError(problems)
        merge(native, rest, self.lists)

    def _settle_container(self, path: Path, canonical: Json, native: Json, rest: Json) -> Iterable[Problem]:
        """Decide where something else is carried in the place of an object or a list of ours."""
        value, mine = get(rest, path), get(native, path)
        if value is ABSENT or mine is ABSENT or isinstance(value, type(mine)):
            return
        asked = any(rule.given(canonical) or rule.pinned for rule in self._inside(path))
        if value is None or asked:
            pop(rest, path)
        if asked and value is not None:
            yield _contradiction(self._inside(path), path, value, mine)
        elif not asked and value is None:
            pop(native, path)


def _is_in(there: Mapping[str | int, Any], path: Path) -> bool:
    """Say whether something may stand at a path: `there` are the keys of each root, or whether it is there at all."""
    keys = there[path[0]]
    return len(path) == 1 or path[1] in keys if isinstance(keys, frozenset) else bool(keys)


def _settle(rule: Rule, canonical: Json, native: Json, notes: Notes, found: Mapping[Path, Json]) -> Iterable[Problem]:
    """Decide between what a rule wrote and what is carried at its paths."""
    if rule.weave is not None and rule.given(canonical):
        ((path, skeleton),) = found.items()
        if isinstance(skeleton, list):
            put(native, path, rule.weave(canonical, skeleton))
            return
    differing = {path: value for path, value in found.items() if not equal(get(native, path), value)}
    asked = (rule.given(canonical) or rule.pinned) and not rule.yields
    if differing and asked and not _says_the_same(rule, canonical, native, notes, differing):
        for path, value in differing.items():
            if value is not None:  # null unsays only what nobody asked for
                yield _contradiction([rule], path, value, get(native, path))
        return
    if differing and not asked:
        _void(rule, notes)  # what we meant to send unasked is not sent
    for path, value in differing.items():
        if value is None and get(native, path) is not ABSENT:
            pop(native, path)
        else:
            put(native, path, value)


def _says_the_same(rule: Rule, canonical: Json, native: Json, notes: Notes, found: Mapping[Path, Json]) -> bool:
    """
    Say whether the carried values are another spelling of what the rule wrote, or of what is asked.

    A spelling of what is asked says it better than the rule could: its notes are void. A constant has no other one.
    """
    if rule.pinned:
        return False
    written: dict[str, Json] = {}
    spelled: dict[str, Json] = {}
    said: dict[str, Json] = {}
    meant: dict[str, Json] = {}
    for path in rule.owns:
        mine = get(native, path)
        other = found.get(path, mine)
        if mine is not ABSENT:
            put(written, path, mine)
        if other is not ABSENT and other is not None:
            put(spelled, path, other)
    try:
        rule.decode(written, copy(written), said)
        rule.decode(spelled, copy(spelled), meant)
    except Mismatch:
        return False
    asked = {path: get(canonical, path) for path in rule.fields}
    if all(value in (ABSENT, None) or equal(value, get(meant, path)) for path, value in asked.items()):
        _void(rule, notes)
        return True
    return equal(said, meant)


def _void(rule: Rule, notes: Notes) -> None:
    """Take back the notes of a rule."""
    pointers = {pointer_of(path) for path in rule.fields}
    notes[:] = [note for note in notes if note.pointer not in pointers]


def _contradiction(rules: Iterable[Rule], path: Path, value: Json, mine: Json) -> Problem:
    """Name both: the carried value at its place, and the field that says otherwise."""
    names = dict.fromkeys(pointer_of(field)[1:] for rule in rules for field in rule.fields)
    who = ", ".join(names) or "the dialect"
    message = f"expected {shorten(mine)} as {who} says, got {shorten(value)} from provider_options"
    return Problem(pointer=pointer_of(path), message=message, given=value, expected=shorten(mine))


def gathered(makes: Iterable[Callable[[], T]]) -> list[T]:
    """
    Make several things, and raise the problems of all of them at once.

    Raises:
        RequestError: One or more cannot be made.
    """
    made: list[T] = []
    problems: list[Problem] = []
    for make in makes:
        try:
            made.append(make())
        except RequestError as error:
            problems += error.problems
    if problems:
        raise RequestError(problems)
    return made
