"""
Rules over images: one source at its places, a list of sources at one place, sources among parts.

Law: exact, by the bytes of an image or its reference, and by the edit region of a mask. Notes: a mask whose
soft edges had to be made hard. Images are never dropped: what cannot be carried is an error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from imagetx.carrier import Carrier
from imagetx.document import ABSENT, Json, Path, get, pointer_of, pop, put
from imagetx.errors import Problem, RequestError, Unsayable, shorten
from imagetx.listing import Part
from imagetx.mask import repainted
from imagetx.notes import Note
from imagetx.record import Record, gathered
from imagetx.rule import Mismatch, Notes, Rule
from imagetx.rules import Says, writer
from imagetx.source import Source, Unreadable, data_of, mime_of


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
        _take(rest, targets, way, found)

    idle = not required
    return Rule(fields=(source,), owns=tuple(targets), encode=encode, decode=decode, idle=idle, says=says)


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
            places = gathered(partial(_said, way, each, f"{pointer}/{at}") for at, each in enumerate(given))
            said = [place for (place,) in places]
            write(native, said[0] if lone and len(said) == 1 else said)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        there = get(native, target)
        listed = there if isinstance(there, list) else [there] if lone and there is not ABSENT else []
        found = [_found(way, {"": each}, [("",)], target) for each in listed]
        if found and None not in found:
            put(canonical, source, found)
            pop(rest, target)

    return Rule(fields=(source,), owns=(target,), encode=encode, decode=decode, idle=True, says=says)


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
        if given is not None:
            for write, said in zip(writes, _said(way, _fitting(given, way, soft, notes), "/mask"), strict=True):
                if said is not ABSENT:
                    write(native, said)

    def decode(native: Json, rest: Json, canonical: Json) -> None:
        found = _found(way, native, targets)
        if found is not None:
            canonical["mask"] = found
            _take(rest, targets, way, found)
        elif required:
            raise Mismatch(targets[0], "a mask", get(native, targets[0]))

    idle = not required
    return Rule(fields=(("mask",),), owns=tuple(targets), encode=encode, decode=decode, idle=idle, says=says)


def _fitting(given: Source, way: Carrier, soft: bool, notes: Notes) -> Source:
    """Return a mask in a polarity that can be said; a note if its edges had to be made hard."""
    if not way.edits or given.get("edits", "transparent") in way.edits:
        return given
    try:
        painted, softened = repainted(given, way.edits[0], soft=soft)
    except Unsayable as error:
        raise RequestError(Problem(pointer="/mask", message=error.reason, expected=error.expected)) from error
    if softened:
        reason = "the dialect takes hard masks: what is edited by half or more is edited"
        notes.append(Note(pointer="/mask", kind="approximated", given="soft", used="hard", reason=reason))
    return painted


def image_part(
    name: str, targets: Sequence[Path], way: Carrier, owns: Callable[[Json], bool], beside: Record, *, soft: bool
) -> Part:
    """
    Own the items of a list that hold an image, or the one that holds the mask, at places in them.

    Args:
        name: `image` or `mask`.
        targets: Places in the item, one a role.
        way: How the source is said there.
        owns: Which items may be its own; those that hold no image are not.
        beside: What else such an item says: constants.
        soft: Of a mask: values between edit and keep are taken.
    """

    def read(item: Json) -> tuple[Json, Json]:
        found = _found(way, item, targets)
        if found is None or not (mime_of(found) or "image/").startswith("image/") or not _is_known(found):
            raise Mismatch((), "an image", item)
        _, rest = beside.decode(item)
        _take(rest, targets, way, found)
        return found, rest

    def write(value: Json, left: Mapping[str, Json], pointer: str, notes: Notes) -> Json:
        item: dict[str, Json] = {}
        beside.encode({}, item, notes, left or ABSENT)
        where = "/mask" if name == "mask" else pointer or "/image"
        written = _said(way, _fitting(value, way, soft, notes), where)
        for at, (path, said) in enumerate(zip(targets, written, strict=True)):
            if said is not ABSENT and not _is_carried(item, path, way, at, value):
                _make_room(item, path, where)
                put(item, path, said)
        return item

    return Part(
        name=name,
        owns=lambda item: isinstance(item, dict) and owns(item),
        read=read,
        write=write,
        single=name == "mask",
    )


def _is_carried(item: Json, path: Path, way: Carrier, at: int, source: Source) -> bool:
    """Say whether something that is no type is carried where the type of a reference stands."""
    there = get(item, path) if at in way.states else ABSENT
    return there is not ABSENT and not way.restates(at, source, there)


def _make_room(item: Json, path: Path, pointer: str) -> None:
    """Take away null, which says nothing, where an object of ours has to stand; anything else there is refused."""
    for end in range(1, len(path)):
        there = get(item, path[:end])
        if there is None:
            pop(item, path[:end])
        if there is None or there is ABSENT:
            return
        if not isinstance(there, dict):
            message = f"expected an object at {pointer_of(path[:end])}, got {shorten(there)} from provider_options"
            raise RequestError(Problem(pointer=pointer, message=message, given=there))


def _take(rest: Json, targets: Sequence[Path], way: Carrier, source: Source) -> None:
    """Take what was read out of the rest; null or a type at the place of another stay as they came."""
    for at, path in enumerate(targets):
        there = get(rest, path)
        if way.restates(at, source, there) if at in way.states else there is not None:
            pop(rest, path)


def _is_known(source: Source) -> bool:
    """Say whether data begins like an image: in lists there are documents and films as well."""
    return data_of(source) is None or mime_of(source) is not None


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
