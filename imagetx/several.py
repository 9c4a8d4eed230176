"""
Rules over several fields at once: canonical fields that only together say what stands natively.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from imagetx.document import ABSENT, Json, Path, equal, pointer_of
from imagetx.errors import Problem, RequestError, Unsayable
from imagetx.joint import Joint
from imagetx.notes import Note
from imagetx.once import remembered
from imagetx.paths import getter, putter, taker
from imagetx.rule import Mismatch, Notes, Rule
from imagetx.rules import Says, mark, reader, writer
from imagetx.words import SILENCE

Write = Callable[[Json, Json], None]


def joint(
    says: Says,
    sources: Sequence[Path],
    targets: Sequence[Path],
    codec: Joint,
    *,
    silent: Json = ABSENT,
    default: Json = ABSENT,
    nullable: bool = False,
    required: bool = False,
    accepts: Sequence[Callable[[Json], bool]] = (),
) -> Rule:
    """
    Move several canonical fields to several native paths, through a joint codec.

    Args:
        says: The spec's line.
        sources: Canonical paths, in the order the codec takes them.
        targets: Native paths, in the order the codec gives them.
        codec: How the values are said together.
        silent: Canonical silence of the first field is sent as this, and read as silence.
        default: What we send for canonical silence of all, in the first field's words, with a note.
        nullable: Null for the first field is sent to the first target.
        required: A value that cannot be said is an error, and a native document without one is not of this record.
        accepts: The fields' limits, one a field or none; native values outside of them stay native.
    """
    reads, writes = [reader(path) for path in sources], [writer(path) for path in targets]
    finds, takes, gives = list(map(getter, targets)), list(map(taker, targets)), list(map(putter, sources))
    pointers = [pointer_of(path) for path in sources]
    meaning = remembered(partial(_meaning, codec, accepts))
    nothing = SILENCE.get(str(sources[0][-1]), ABSENT)
    unasked = silent if default is ABSENT else default
    quiet = () if unasked is ABSENT else _written(codec, unasked, writes)  # what silence is said as

    reason = "sent because the request does not say it"
    defaulted = Note(pointer=pointers[0], kind="defaulted", used=default, reason=reason)

    def not_given(canonical: Json, native: Json, notes: Notes) -> None:
        for write, said in quiet:
            write(native, said)
        if default is not ABSENT:
            notes.append(defaulted)

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        values = [ABSENT if (value := read(canonical)) is None else value for read in reads]
        if default is not ABSENT and equal(values[0], nothing):
            values[0] = ABSENT
        if values.count(ABSENT) == len(values):
            if nullable and reads[0](canonical) is None:
                writes[0](native, None)
                return
            not_given(canonical, native, notes)
            return
        try:
            natives, losses = codec.encode(tuple(values))
        except Unsayable as error:
            where = next(pointer for pointer, value in zip(pointers, values, strict=True) if value is not ABSENT)
            problem = Problem(pointer=where, message=error.reason, expected=error.expected)
            raise RequestError(problem) from error
        for write, said in zip(writes, natives, strict=True):
            if said is not ABSENT:
                write(native, said)
        if not losses:
            return
        if required and all(said is ABSENT for said in natives):
            given = values[losses[0].index]
            raise RequestError(Problem(pointer=pointers[losses[0].index], message=losses[0].reason, given=given))
        for loss in losses:
            kind, used = ("dropped", None) if loss.used is ABSENT else ("approximated", loss.used)
            given = values[loss.index]
            notes.append(Note(pointer=pointers[loss.index], kind=kind, given=given, used=used, reason=loss.reason))

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        natives = tuple([find(native) for find in finds])
        if nullable and natives[0] is None:
            takes[0](rest)
            gives[0](canonical, None)
            return
        said, again = meaning(natives)
        if said is None:
            if required:
                raise Mismatch(targets[0], f"the {pointers[0][1:]}", natives[0])
            if unasked is not ABSENT:
                for path, value in zip(targets, natives, strict=True):
                    if value is ABSENT:
                        mark(native, rest, path)
            return
        for take, path, value, written in zip(takes, targets, natives, again or (), strict=again is not None):
            if equal(value, written):
                take(rest)
            elif value is ABSENT:
                mark(native, rest, path)
        for give, value in zip(gives, said, strict=True):
            if value is not ABSENT and not equal(value, silent):
                give(canonical, value)

    return Rule(
        fields=tuple(sources),
        owns=tuple(targets),
        encode=encode,
        decode=decode,
        always=unasked is not ABSENT,
        unasked=not_given,
        idle=not required and unasked is ABSENT and _says_nothing(codec),
        says=says,
    )


def _written(codec: Joint, first: Json, writes: Sequence[Write]) -> tuple[tuple[Write, Json], ...]:
    """Say what one value is said as, alone."""
    natives, _ = codec.encode((first, *[ABSENT] * (codec.takes - 1)))
    return tuple((write, said) for write, said in zip(writes, natives, strict=True) if said is not ABSENT)


def _says_nothing(codec: Joint) -> bool:
    """Say whether a joint codec reads nothing where nothing stands."""
    return all(value is ABSENT for value in codec.decode((ABSENT,) * codec.gives))


def _meaning(
    codec: Joint, accepts: Sequence[Callable[[Json], bool]], natives: tuple[Json, ...]
) -> tuple[tuple[Json, ...] | None, tuple[Json, ...] | None]:
    """Return what native values say, and what encode would write of that; None for nothing."""
    said = codec.decode(natives)
    if not all(value is ABSENT or test(value) for value, test in zip(said, accepts, strict=False)):
        return None, None
    if all(value is ABSENT for value in said):
        return None, None
    try:
        return said, codec.encode(said)[0]
    except Unsayable:
        return said, None
