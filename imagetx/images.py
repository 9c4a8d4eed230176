"""
Rules over images: one source at its places, a list of sources at one place, sources among parts.

Law: exact, by the bytes of an image or its reference, and by the edit region of a mask. Notes: a mask whose
soft edges had to be made hard. Images are never dropped: what cannot be carried is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from imagetx.carrier import Carrier
from imagetx.document import ABSENT, Json, Path, copy, get, merge, pointer_of, pop, put
from imagetx.errors import Problem, RequestError, Unsayable
from imagetx.listing import Part
from imagetx.mask import repainted
from imagetx.notes import Note
from imagetx.record import Mismatch, Notes, Rule
from imagetx.rules import Says, writer
from imagetx.source import Source, Unreadable


def image(says: Says, source: Path, targets: Sequence[Path], way: Carrier, *, required: bool = False) -> Rule:
    """
    Move one image, by its position among the images of the request.

    Args:
        says: The spec's line.
        source: `/image/0`, `/image/1` ...: the first is the image to edit.
        targets: Native places, one a role.
        way: How the source is said there.
        required: A native document without it is not of this record.
    """
    writes, pointer, (name, position) = [writer(path) for path in targets], pointer_of(source), source

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = get(canonical, source)
        if given is not ABSENT:
            for write, said in zip(writes, _said(way, given, pointer), strict=True):
                if said is not ABSENT:
                    write(native, said)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        found = _found(way, native, targets)
        images = canonical.get(name, [])
        if found is None or len(images) != position:
            if required:
                raise Mismatch(targets[0], "an image", get(native, targets[0]))
            return  # one that stands behind a gap stays native
        canonical[name] = [*images, found]
        for path in targets:
            pop(rest, path)

    return Rule(fields=(source,), owns=tuple(targets), encode=encode, decode=decode, says=says)


def images(says: Says, source: Path, target: Path, way: Carrier, *, lone: bool = False) -> Rule:
    """
    Move all images to a list at one place.

    Args:
        says: The spec's line.
        source: `/image`.
        target: Native place of the list.
        way: How each is said.
        lone: A list of one stands bare, and is read so.
    """
    pointer, write = pointer_of(source), writer(target)

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = get(canonical, source)
        if isinstance(given, list):
            said = [_said(way, each, f"{pointer}/{at}")[0] for at, each in enumerate(given)]
            write(native, said[0] if lone and len(said) == 1 else said)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        there = get(native, target)
        listed = there if isinstance(there, list) else [there] if lone and there is not ABSENT else []
        found = [_found(way, {"": each}, [("",)], target) for each in listed]
        if found and None not in found:
            put(canonical, source, found)
            pop(rest, target)

    return Rule(fields=(source,), owns=(target,), encode=encode, decode=decode, says=says)


def mask(says: Says, targets: Sequence[Path], way: Carrier, *, soft: bool, required: bool = False) -> Rule:
    """
    Move the mask, in a polarity that the dialect has: as it is if it is so, else repainted.

    Args:
        says: The spec's line.
        targets: Native places, one a role.
        way: How the source is said there, and which polarities there are.
        soft: The dialect takes values between edit and keep.
        required: A native document without it is not of this record.
    """
    writes = [writer(path) for path in targets]

    def encode(canonical: Json, native: Json, notes: Notes) -> None:
        given = canonical.get("mask")
        if given is None:
            return
        if given.get("edits", "transparent") not in way.edits:
            try:
                given, softened = repainted(given, way.edits[0], soft=soft)
            except Unsayable as error:
                raise RequestError(Problem(pointer="/mask", message=error.reason, expected=error.expected)) from error
            if softened:
                reason = "the dialect takes hard masks: what is edited by half or more is edited"
                notes.append(Note(pointer="/mask", kind="approximated", given="soft", used="hard", reason=reason))
        for write, said in zip(writes, _said(way, given, "/mask"), strict=True):
            if said is not ABSENT:
                write(native, said)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        found = _found(way, native, targets)
        if found is not None:
            canonical["mask"] = found
            for path in targets:
                pop(rest, path)
        elif required:
            raise Mismatch(targets[0], "a mask", get(native, targets[0]))

    return Rule(fields=(("mask",),), owns=tuple(targets), encode=encode, decode=decode, says=says)


def image_part(targets: Sequence[Path], way: Carrier, owns: Callable[[Json], bool]) -> Part:
    """Own the items of a list that hold an image at places in them."""

    def read(item: Json) -> tuple[Json, Json]:
        found = _found(way, item, targets)
        if found is None:
            raise Mismatch((), "an image", item)
        rest = copy(item)
        for path in targets:
            pop(rest, path)
        return found, rest

    def write(value: Json, left: Mapping[str, Json], pointer: str, notes: Notes) -> Json:
        item: dict[str, Json] = {}
        for path, said in zip(targets, _said(way, value, pointer or "/image"), strict=True):
            if said is not ABSENT:
                put(item, path, said)
        merge(item, left, {})
        return item

    return Part(name="image", owns=lambda item: isinstance(item, dict) and owns(item), read=read, write=write)


def _said(way: Carrier, source: Source, pointer: str) -> tuple[Json, ...]:
    try:
        return way.encode(source)
    except Unsayable as error:
        raise RequestError(Problem(pointer=pointer, message=error.reason, expected=error.expected)) from error


def _found(way: Carrier, native: Json, targets: Sequence[Path], where: Path = ()) -> Source | None:
    try:
        return way.decode([get(native, path) for path in targets])
    except Unreadable as fault:
        raise Mismatch(where or targets[0], "an image as base64", get(native, targets[0])) from fault
