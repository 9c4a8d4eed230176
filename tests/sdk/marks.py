"""What reading a request leaves beside its words: marks, which nobody said."""

from __future__ import annotations

from typing import Any

Json = Any
_NOTHING = object()


def unmarked(value: Json) -> Json:
    """Leave out in what order the parts stood and which variant it was, and what is empty without that."""
    if isinstance(value, dict):
        kept = {key: unmarked(item) for key, item in value.items() if not key.startswith("@")}
        kept = {key: item for key, item in kept.items() if item is not _NOTHING}
        return _NOTHING if value and not kept else kept
    if isinstance(value, list):
        items = [unmarked(item) for item in value]
        if items and all(item is _NOTHING for item in items):
            return _NOTHING
        return [{} if item is _NOTHING else item for item in items]
    return value
