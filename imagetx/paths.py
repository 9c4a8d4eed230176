"""
Paths compiled: functions that read, take out or write the value at one path of a document.

`document.get`, `pop` and `put` walk any path; a rule knows its own when it is compiled, and most
are one or two names deep. What these do is the same, which a law test holds.
"""

from __future__ import annotations

from collections.abc import Callable

from imagetx.document import ABSENT, Json, Path, get, pop, put


def getter(path: Path) -> Callable[[Json], Json]:
    """Return `get` for one path."""
    if len(path) == 1 and isinstance(path[0], str):
        (name,) = path

        def get_one(document: Json) -> Json:
            return document.get(name, ABSENT) if isinstance(document, dict) else ABSENT

        return get_one
    if len(path) == 2 and isinstance(path[0], str) and isinstance(path[1], str):
        root, key = path

        def get_two(document: Json) -> Json:
            holder = document.get(root) if isinstance(document, dict) else None
            return holder.get(key, ABSENT) if isinstance(holder, dict) else ABSENT

        return get_two
    if all(isinstance(part, str) for part in path):

        def get_deep(document: Json) -> Json:
            for part in path:
                if not isinstance(document, dict):
                    return ABSENT
                document = document.get(part, ABSENT)
            return document

        return get_deep
    return lambda document: get(document, path)


def taker(path: Path) -> Callable[[Json], None]:
    """Return `pop` for one path, without what it took."""
    if len(path) == 2 and isinstance(path[0], str) and isinstance(path[1], str):
        root, key = path

        def take_two(document: Json) -> None:
            holder = document.get(root) if isinstance(document, dict) else None
            if isinstance(holder, dict) and key in holder:
                del holder[key]
                if not holder:
                    del document[root]

        return take_two
    if len(path) == 3 and all(isinstance(part, str) for part in path):
        root, middle, key = path

        def take_three(document: Json) -> None:
            above = document.get(root) if isinstance(document, dict) else None
            if not isinstance(above, dict):
                return
            holder = above.get(middle)
            if isinstance(holder, dict) and key in holder:
                del holder[key]
                if not holder:
                    del above[middle]
                    if not above:
                        del document[root]

        return take_three

    def take(document: Json) -> None:
        pop(document, path)

    return take


def putter(path: Path) -> Callable[[Json, Json], None]:
    """Return `put` for one path."""
    if len(path) == 1:
        (name,) = path

        def put_one(document: Json, value: Json) -> None:
            document[name] = value

        return put_one
    return lambda document, value: put(document, path, value)
