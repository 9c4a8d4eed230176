"""The closed list of codecs, by the names that a rule's `via` uses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from imagetx.codec import Codec, chain, each, entries, enum, nearest, one, same, scale, spread
from imagetx.document import Json
from imagetx.joint import Joint, frame, rows, split, sum_of_parts
from imagetx.once import once
from imagetx.texts import base64_text, boolean, issues, joined, number, raw, seconds, template, timestamp, unwrap

_SIMPLE: Final = {
    "same": same,
    "number": number,
    "boolean": boolean,
    "base64": base64_text,
    "raw": raw,
    "seconds": seconds,
    "timestamp": timestamp,
    "issues": issues,
}


_MADE: Final[dict[str, Callable[[Json], Codec]]] = {
    "scale": scale,
    "nearest": nearest,
    "template": template,
    "one": lambda spec: one(compile_codec(spec)),
    "each": lambda spec: each(compile_codec(spec)),
    "join": joined,
    "entries": entries,
    "spread": spread,
    "unwrap": unwrap,
}


def compile_codec(spec: Json) -> Codec:
    """Build the codec that a rule's `via` names; a list is a chain from canonical to native."""
    if isinstance(spec, list):
        return chain([compile_codec(item) for item in spec])
    if isinstance(spec, str):
        return _SIMPLE[spec]
    if "enum" in spec:
        return enum(spec)
    ((name, argument),) = spec.items()
    return _MADE[name](argument)


_frame_of: Final = once(frame)
_JOINT: Final[dict[str, Callable[[Json, int], Joint]]] = {
    "frame": lambda spec, width: _frame_of(spec),
    "rows": lambda spec, width: rows(spec),
    "split": lambda spec, width: split(spec),
    "sum": lambda spec, width: sum_of_parts(width),
}


def compile_joint(spec: Json, width: int) -> Joint:
    """Build the joint codec that a rule's `via` names, over `width` values."""
    name, argument = (spec, None) if isinstance(spec, str) else next(iter(spec.items()))
    return _JOINT[name](argument, width)


def is_over_images(spec: Json) -> bool:
    """Say whether a `via` is about input images or the mask, which have rules of their own."""
    return isinstance(spec, dict) and not spec.keys().isdisjoint({"image", "images", "mask"})


def is_joint(spec: Json) -> bool:
    """Say whether a `via` takes several values at once."""
    name = spec if isinstance(spec, str) else next(iter(spec)) if isinstance(spec, dict) else ""
    return name in _JOINT
