r"""
Patterns of specs: regular expressions whose time is bounded, told by how they are built.

Refused are back references, a repeat that can give characters back inside another repeat (`(a+)+`; a possessive
one cannot: `(?:[^.]++\.)*`), alternatives inside a repeat that begin alike, and what takes more than the square
of the length: a chain such as `.*a.*b.*c`. What takes the square is tried on `MOST_CHARACTERS` at most.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from re import _constants as word  # type: ignore[attr-defined]  # what `re` itself makes of a pattern
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, Final, TypeAlias

MOST_CHARACTERS: Final = 8192
"""A longer text is not matched by a pattern that takes the square of its length."""

_Item: TypeAlias = tuple[Any, Any]
_FEW: Final = 256  # a repeat of no more is no loop: its length is bounded by the pattern
_ALL: Final = frozenset(range(384))  # the characters on which sets are compared: ASCII, Latin, and some beyond
_OTHER_CASE: Final = {code: {*map(ord, chr(code).swapcase())} for code in _ALL if chr(code).swapcase() != chr(code)}
_REPEATS: Final = (word.MAX_REPEAT, word.MIN_REPEAT)
_STARTS: Final = ((word.AT, word.AT_BEGINNING), (word.AT, word.AT_BEGINNING_STRING))
_LOOKS: Final = (word.ASSERT, word.ASSERT_NOT)
_CATEGORIES: Final = {
    word.CATEGORY_DIGIT: r"\d",
    word.CATEGORY_NOT_DIGIT: r"\D",
    word.CATEGORY_SPACE: r"\s",
    word.CATEGORY_NOT_SPACE: r"\S",
    word.CATEGORY_WORD: r"\w",
    word.CATEGORY_NOT_WORD: r"\W",
}


class Unbounded(ValueError):
    """A pattern may take more time than its text is worth; the message says why."""


def bounded(text: str, flags: int = 0, *, search: bool = False, most: int = 2) -> re.Pattern[str]:
    """
    Compile a pattern whose time is bounded.

    Args:
        text: A regular expression.
        flags: Of `re.compile`.
        search: It is looked for anywhere; else it stands at the start, or is the whole text.
        most: To which power of the length its time may grow.

    Raises:
        Unbounded: It may take longer.
        re.error: It is no regular expression.
    """
    compiled = re.compile(text, flags)
    if power_of(text, search=search) > most:
        raise Unbounded("its time grows with the square of the text")
    return compiled


@lru_cache(maxsize=4096)
def power_of(text: str, *, search: bool = False) -> int:
    """
    Tell to which power of the length of a text a pattern's time grows.

    Args:
        text: A regular expression that compiles.
        search: It is looked for anywhere; else it stands at the start, or is the whole text.

    Returns:
        0, 1 or 2.

    Raises:
        Unbounded: It is more, or cannot be told.
    """
    items = list(parser.parse(text))
    anchored = bool(items) and items[0] in _STARTS
    power = _power(items) + (search and not anchored)
    if power > 2:
        raise Unbounded("its time grows faster than the square of the text")
    return power


def _power(items: Sequence[_Item]) -> int:
    """Tell the power of a sequence: a repeat that may end at several places tries the rest at each."""
    if not items:
        return 0
    (kind, says), rest = items[0], items[1:]
    if kind in (word.GROUPREF, word.GROUPREF_EXISTS):
        raise Unbounded("it refers back to a group")
    if kind in _LOOKS:
        return max(_power(list(says[1])), _power(rest))
    if kind is word.SUBPATTERN:
        return _power([*says[-1], *rest])
    if kind is word.ATOMIC_GROUP:
        return max(_power(list(says)), _power(rest))
    if kind is word.BRANCH:
        return max(_power([*branch, *rest]) for branch in says[1])
    if kind is word.POSSESSIVE_REPEAT:
        _check_body(list(says[2]))
        return max(1, _power(list(says[2])), _power(rest))
    return _power_of_repeat(says, rest) if kind in _REPEATS else _power(rest)


def _power_of_repeat(says: Any, rest: Sequence[_Item]) -> int:
    low, high, body = says[0], says[1], list(says[2])
    if high == 1:
        return max(_power([*body, *rest]), _power(rest))
    _check_body(body)
    if high <= _FEW and len(body) == 1 and _set(body[0]) is not None:
        return _power(rest)
    single = _set(body[0]) if len(body) == 1 else None
    if single == _ALL and not rest:
        return 0  # it takes all that is left, so nothing is tried again
    after = _power(rest)
    forced = low == high or (single is not None and not _first(rest) & single)
    return max(1, after) if forced else 1 + after


def _check_body(items: Sequence[_Item]) -> None:
    """
    Refuse what may match the same text in several ways, inside a repeat.

    Raises:
        Unbounded: There is a repeat that gives back, or are alternatives that begin alike.
    """
    for kind, says in items:
        if kind in _REPEATS and says[0] != says[1]:
            raise Unbounded("a repeat stands inside another: write the inner one possessive")
        if kind in (word.GROUPREF, word.GROUPREF_EXISTS, *_LOOKS):
            raise Unbounded("a look around or back stands inside a repeat")
        if kind is word.BRANCH:
            starts = [_first(branch) for branch in says[1]]
            if not all(starts) or sum(map(len, starts)) > len(frozenset().union(*starts)):
                raise Unbounded("alternatives that begin alike stand inside a repeat")
        for inner in _inside(kind, says):
            _check_body(inner)


def _inside(kind: Any, says: Any) -> list[Sequence[_Item]]:
    """List the sequences in an item."""
    if kind is word.BRANCH:
        return [list(branch) for branch in says[1]]
    if kind is word.SUBPATTERN:
        return [list(says[-1])]
    return [list(says[2])] if kind in (*_REPEATS, word.POSSESSIVE_REPEAT) else []


def _first(items: Sequence[_Item]) -> frozenset[int]:
    """Return the characters that a sequence may begin with; all of them where that is hard to tell."""
    found: frozenset[int] = frozenset()
    for kind, says in items:
        single = _set((kind, says))
        if single is not None:
            return found | single
        if kind in (*_REPEATS, word.POSSESSIVE_REPEAT):
            found |= _first(list(says[2]))
            if says[0] > 0:
                return found
        elif kind is word.BRANCH:
            return found.union(*([_first(list(branch)) for branch in says[1]]))
        elif kind is word.SUBPATTERN:
            return found | _first(list(says[-1]))
        else:
            return _ALL
    return found


def _set(item: _Item) -> frozenset[int] | None:
    """Return the characters of an item that matches one; None for any other."""
    kind, says = item
    if kind is word.ANY:
        return _ALL - {10}
    if kind is word.LITERAL:
        return _both_cases({says})
    if kind is word.NOT_LITERAL:
        return _ALL - {says}
    if kind is not word.IN:
        return None
    found: set[int] = set()
    for part, of in says:
        if part is word.LITERAL:
            found.add(of)
        elif part is word.RANGE:
            found.update(range(of[0], min(of[1] + 1, len(_ALL))))
        elif part is word.CATEGORY:
            found |= _category(of)
    return _ALL - found if says[0][0] is word.NEGATE else _both_cases(found)


@cache
def _category(name: Any) -> frozenset[int]:
    """Return the characters of a category, such as digits."""
    member = re.compile(_CATEGORIES[name])
    return frozenset(code for code in _ALL if member.match(chr(code)))


def _both_cases(codes: set[int]) -> frozenset[int]:
    """Add the other case of letters: a pattern may be used so."""
    return frozenset(codes.union(*(_OTHER_CASE[code] for code in codes & _OTHER_CASE.keys())) & _ALL)
