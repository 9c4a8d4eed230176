"""
Rules: the ways in which one line of a spec moves fields between the two documents.

Each maker returns a `Rule` with both directions side by side. Where a codec may lose something,
encode compares the value with its own way back and notes the difference, and decode leaves
natively what it would not write again: laws L2 and L3 hold by construction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Any

from imagetx.codec import Codec, same
from imagetx.document import ABSENT, Json, Path, equal, fresh, get, pointer_of, put
from imagetx.errors import Problem, RequestError, Unsayable, shorten
from imagetx.notes import Note
from imagetx.paths import getter, putter, taker
from imagetx.rule import Mismatch, Notes, Rule
from imagetx.words import SILENCE

Says = Mapping[str, Any]
_EXACT = 2**53  # beyond it a float stands for several integers (RFC 8259 section 6)
_ROOTS = frozenset({"path", "query", "headers", "body"})  # always there in a message


def reader(path: Path) -> Callable[[Json], Json]:
    """Return a function that reads a canonical path; null counts as it stands."""
    if len(path) == 1:
        name = path[0]
        return lambda document: document.get(name, ABSENT)
    return lambda document: get(document, path)


def writer(path: Path) -> Callable[[Json, Json], None]:
    """Return a function that writes a native path, as `document.put` does; what the path decides is decided here."""
    if len(path) < 2 or path[0] not in _ROOTS:
        return lambda document, value: put(document, path, value)
    root, *middle, last = path
    if not middle:

        def write(document: Json, value: Json) -> None:
            document[root][last] = value

        return write
    if any(isinstance(key, int) for key in (*middle, last)):
        return lambda document, value: put(document, path, value)

    def write_deep(document: Json, value: Json) -> None:
        holder = document[root]
        for key in middle:
            below = holder.get(key)
            if below is None:
                below = holder[key] = {}
            holder = below
        holder[last] = value

    return write_deep


def mark(native: Json, rest: Json, path: Path) -> None:
    """
    Note in the rest that a value we would write unasked is not there: null, "do not send".

    Nothing is marked below a list that is missing or a value that is no container.
    """
    holder = rest
    for end, (part, following) in enumerate(pairwise(path), start=1):
        if isinstance(part, int):
            if not isinstance(holder, list) or not holder:
                return
            holder = holder[part]
            continue
        if not isinstance(holder, dict):
            return
        if part not in holder:
            if isinstance(following, int) and get(native, path[:end]) in (ABSENT, [], None):
                return
            holder[part] = {} if isinstance(following, str) else [{}]
        holder = holder[part]
    if isinstance(holder, dict):
        holder.setdefault(path[-1], None)


def field(
    says: Says,
    source: Path,
    target: Path,
    codec: Codec,
    *,
    silent: Json = ABSENT,
    absent: Json = ABSENT,
    default: Json = ABSENT,
    nullable: bool = False,
    required: bool = False,
    accepts: Callable[[Json], bool] | None = None,
    whole: bool = False,
) -> Rule:
    """
    Move one canonical field to one native path, through a codec.

    Args:
        says: The spec's line.
        source: Canonical path.
        target: Native path.
        codec: How the value is said.
        silent: Canonical silence is sent as this, and this is read as silence.
        absent: What native silence means; decode says it.
        default: What we send for canonical silence, with a note.
        nullable: Null is a value on the wire and goes through both ways.
        required: A native document without it is not of this record.
        accepts: The field's limits; a native value outside of them has no canonical word and stays native.
        whole: The field is an integer: 7.0 is read as 7, and what a float may not hold exactly stays native.
    """
    pointer, write = pointer_of(source), writer(target)
    find, take, give = getter(target), taker(target), putter(source)
    both = codec.both
    fallback = silent if default is ABSENT else default
    unasked = ABSENT if fallback is ABSENT else codec.encode(fallback)
    unasked_again = fresh(unasked)
    silence_note = _silence_note(pointer, source, default, absent, fallback)

    def not_given(canonical: Json, native: Json, notes: Notes) -> None:
        if unasked is not ABSENT:
            write(native, unasked_again())
        if silence_note is not None:
            notes.append(silence_note)

    def not_sayable(value: Json, reason: str, native: Json, notes: Notes) -> None:
        if required:
            raise RequestError(Problem(pointer=pointer, message=reason, given=value))
        if unasked is not ABSENT:
            write(native, unasked_again())
        note = _unsaid(pointer, source, value, fallback, reason) or silence_note
        if note is not None:
            notes.append(note)

    name, is_top = source[0], len(source) == 1
    say = None if codec is same else codec.encode
    is_lossy = not codec.exact
    changes = {word: _change(pointer, codec, word, codec.encode(word)) for word in codec.words if is_lossy}

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        value = canonical.get(name, ABSENT) if is_top else get(canonical, source)
        if value is ABSENT or (value is None and not nullable):
            not_given(canonical, native, notes)
            return
        said = value
        if say is not None and value is not None:
            try:
                said = say(value)
            except Unsayable as error:
                not_sayable(value, error.reason, native, notes)
                return
        write(native, said)
        if is_lossy and value is not None:
            is_known = bool(changes) and isinstance(value, str) and value in changes
            note = changes[value] if is_known else _change(pointer, codec, value, said)
            if note is not None:
                notes.append(note)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        value = find(native)
        if value is ABSENT:
            if required:
                raise Mismatch(target, f"the {pointer[1:]}", ABSENT)
            if absent is not ABSENT:
                give(canonical, absent)
            elif unasked is not ABSENT:
                mark(native, rest, target)
            return
        known = bool(both) and type(value) is str and value in both  # a look-up reads all of a text, image data too
        said = both[value] if known else None if value is None and nullable else _decoded(codec, value)
        if whole and type(said) is float:
            said = int(said) if said.is_integer() and abs(said) <= _EXACT else ABSENT
        nothing = said is ABSENT or (said is None and not (nullable and value is None))
        if nothing or (said is not None and accepts is not None and not accepts(said)):
            if required:
                raise Mismatch(target, f"the {pointer[1:]}", value)
            return
        if known or said is None or codec.exact or _writes_again(codec, said, codec.fold(value)):
            take(rest)
        if silent is ABSENT or not equal(said, silent):
            give(canonical, said)

    idle = not required and absent is ABSENT and unasked is ABSENT
    always = unasked is not ABSENT or silence_note is not None
    return Rule(
        fields=(source,),
        owns=(target,),
        encode=encode,
        decode=decode,
        always=always,
        unasked=not_given if always else None,
        idle=idle,
        says=says,
    )


def _decoded(codec: Codec, value: Json) -> Json:
    """Read a native value, or return ABSENT if it has no canonical word."""
    try:
        return codec.decode(value)
    except Unsayable:
        return ABSENT


def _silence_note(pointer: str, source: Path, default: Json, absent: Json, fallback: Json) -> Note | None:
    """Say what canonical silence becomes where that is not what silence means to the caller."""
    if default is not ABSENT:
        return Note(pointer=pointer, kind="defaulted", used=default, reason="sent because the request does not say it")
    if fallback is ABSENT and absent is not ABSENT and not equal(SILENCE.get(str(source[-1]), ABSENT), absent):
        reason = "nothing is sent, and this is what silence means there"
        return Note(pointer=pointer, kind="defaulted", used=absent, reason=reason)
    return None


def _unsaid(pointer: str, source: Path, value: Json, fallback: Json, reason: str) -> Note | None:
    """Make the note of a value without a native word; None if it is what silence means anyway."""
    if equal(value, SILENCE.get(str(source[-1]), ABSENT)) or equal(value, fallback):
        return None
    if fallback is ABSENT:
        return Note(pointer=pointer, kind="dropped", given=value, reason=reason)
    return Note(pointer=pointer, kind="approximated", given=value, used=fallback, reason=reason)


def _change(pointer: str, codec: Codec, value: Json, said: Json) -> Note | None:
    """Make the note of what the way back makes of a value; None where it comes back as it is."""
    try:
        back = codec.decode(said)
    except Unsayable:
        reason = "not a canonical word; sent as it is"
        return Note(pointer=pointer, kind="assumed", given=value, used=said, reason=reason)
    if equal(back, value):
        return None
    reason = f"the nearest that the dialect can say is {shorten(said)}"
    return Note(pointer=pointer, kind="approximated", given=value, used=back, reason=reason)


def _writes_again(codec: Codec, said: Json, native: Json) -> bool:
    try:
        return equal(codec.encode(said), native)
    except Unsayable:
        return False
