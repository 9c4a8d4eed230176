"""
What an answer loses when it is said: the document that went in, held against what the written answer says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imagetx.derived import outcome_of
from imagetx.document import Json, equal, pointer_of
from imagetx.notes import Note
from imagetx.words import METADATA

_INFORMATION = frozenset({METADATA, "native_status"})


def independent(answer: Mapping[str, Json]) -> dict[str, Json]:
    """Take out what says nothing of its own: a creation time of 0, an outcome that follows from the images."""
    plain = {key: value for key, value in answer.items() if key != "created" or value != 0}
    outcome = plain.pop("outcome", None)
    if outcome is not None and outcome != outcome_of(plain):
        plain["outcome"] = outcome
    return plain


def losses(given: Json, back: Json, said: Mapping[str, Note], path: tuple[str, ...] = ()) -> Iterator[Note]:
    """
    Compare what was to be said with what the written answer says, and yield a note for every difference.

    Args:
        given: The canonical document, or a part of it.
        back: What decode reads in the answer, at the same place.
        said: The notes of the rules by pointer: they know the reason.
        path: The place.
    """
    if isinstance(given, dict) and isinstance(back, dict):
        for key, value in given.items():
            if path or key not in _INFORMATION:
                yield from losses(value, back.get(key), said, (*path, key))
    elif isinstance(given, list) and isinstance(back, list) and given and isinstance(given[0], dict):
        for index, item in enumerate(given):
            yield from losses(item, back[index] if index < len(back) else None, said, (*path, str(index)))
    elif given is not None and path[-1] != METADATA and not equal(given, back):
        pointer = pointer_of(path)
        if pointer in said:
            yield said[pointer]
        elif back is None:
            yield Note(pointer=pointer, kind="dropped", given=given, reason="the dialect cannot say it")
        else:
            yield Note(pointer=pointer, kind="approximated", given=given, used=back, reason="this is what comes back")
