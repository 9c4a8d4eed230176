"""
The compiler of streams: the `event` section of a flat spec becomes the fourth codec of a dialect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from imagetx.compile_answers import compile_answers
from imagetx.deltas import Delta, Deltas
from imagetx.dialect import Events
from imagetx.document import Json, Path, parse_pointer
from imagetx.errors import Problem, SpecError
from imagetx.partials import Partials
from imagetx.predicate import test_of
from imagetx.spec import Section

_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"not": {"type": "null"}}}}


def compile_events(flat: Section, provider: str, schema: Json) -> Events | None:
    """
    Compile how a dialect says what happens in a stream.

    Args:
        flat: What `spec.flat` gives.
        provider: Whose provider_metadata holds what has no canonical name.
        schema: JSON Schema of the canonical event.

    Returns:
        The codec; None where there is no such section, or where no request can ask for a stream.

    Raises:
        SpecError: A rule cannot be compiled, or the section does not say how events come.
    """
    section = flat.get("event")
    if section is None or _never_streams(flat["request"]):
        return None
    forms = [word for word in ("variants", "rules", "parts", "deltas") if word in section]
    if forms not in (["variants"], ["rules"], ["variants", "rules"], ["parts"], ["deltas"]):
        message = f"expected rules (or variants), parts or deltas, one of them, got {', '.join(forms) or 'nothing'}"
        raise SpecError(Problem(pointer="/event", message=message))
    rules = {word: section[word] for word in ("rules", "variants") if word in section}
    name = parse_pointer(section["name"]) if "name" in section else None
    error = section.get("error", {})
    end = section.get("end")
    return Events(
        answers=compile_answers(rules, provider, None, schema) if rules else None,
        pieces=_partials(section["parts"]) if "parts" in section else _deltas(section.get("deltas"), name),
        name=name,
        array=test_of(section.get("array", False)),
        end=None if end is None else (end.get("event"), end["data"]),
        is_error=test_of(error.get("match", _ERROR)),
        error_status=parse_pointer(error["status"]) if "status" in error else None,
        error_statuses=error.get("statuses", {}),
        error_number=parse_pointer(error["number"]) if "number" in error else None,
        error_with={parse_pointer(place): value for place, value in error.get("with", {}).items()},
        error_raw=error.get("raw", False),
        own=frozenset(_own(flat.get("response", {}))),
    )


def _never_streams(request: Mapping[str, Any]) -> bool:
    """Say whether every form of a request has fixed that nothing streams."""
    forms = [variant for variant in request.get("variants", {}).values() if variant.get("match") is not False]
    said = [{**request.get("fixed", {}), **form.get("fixed", {})}.get("stream") for form in forms or [{}]]
    return all(value is False for value in said)


def _partials(says: Mapping[str, Any]) -> Partials:
    return Partials(
        grows=parse_pointer(says["grows"]),
        join=says.get("join"),
        every=_paths(says.get("every", ())),
        last=_paths(says["last"]),
    )


def _deltas(says: Mapping[str, Any] | None, name: Path | None) -> Deltas | None:
    if says is None:
        return None
    if name is None:
        raise SpecError(Problem(pointer="/event/name", message="expected where an event says its type, got nothing"))
    return Deltas(
        type_at=name,
        grows=says["grows"],
        items=says["items"],
        is_item=test_of(says["item"].get("if", True)),
        join=says.get("join"),
        kind=says.get("kind", ""),
        last=_paths(says.get("last", ())),
        open=_delta(says["open"]),
        start=_delta(says["start"]),
        item=_delta(says["item"]),
        stop=_delta(says["stop"]) if "stop" in says else None,
        close=_delta(says["close"]),
    )


def _delta(says: Mapping[str, Any]) -> Delta:
    return Delta(
        name=says["is"],
        at=parse_pointer(says["at"]) if "at" in says else None,
        index=parse_pointer(says["index"]) if "index" in says else None,
        with_={parse_pointer(place): value for place, value in says.get("with", {}).items()},
    )


def _paths(pointers: Sequence[str]) -> tuple[Path, ...]:
    return tuple(map(parse_pointer, pointers))


def _own(section: Mapping[str, Any]) -> Iterator[str]:
    """Yield the native keys that rules keep in the metadata of an image, and not of the whole answer."""
    for part in (section, *section.get("variants", {}).values()):
        for rule in part.get("rules", ()):
            owners = [owner for owner in (rule, *rule.get("parts", ())) if owner.get("from") == "data"]
            for inner in (inner for owner in owners for inner in (*owner.get("each", ()), *owner.get("rules", ()))):
                source = inner.get("from")
                for name in [source] if isinstance(source, str) else source or ():
                    if name.startswith("/provider_metadata/{provider}/"):
                        yield name.split("/")[3]
