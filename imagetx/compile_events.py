"""
The compiler of streams: the `event` section of a flat spec becomes the fourth codec of a dialect.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from typing import Any

from imagetx.compile_answers import compile_answers
from imagetx.deltas import Delta, Deltas
from imagetx.dialect import Events
from imagetx.document import Json, Path, parse_pointer, pointer_of
from imagetx.errors import Problem, RequestError, SpecError, shorten
from imagetx.eventstream import Frame
from imagetx.lines import Lines
from imagetx.partials import Partials
from imagetx.predicate import test_of
from imagetx.spec import Section

_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"not": {"type": "null"}}}}


def compile_events(flat: Section, provider: str, schema: Json, lines: Lines) -> Events | None:
    """
    Compile how a dialect says what happens in a stream.

    Args:
        flat: What `spec.flat` gives.
        provider: Whose provider_metadata holds what has no canonical name.
        schema: JSON Schema of the canonical event.
        lines: Rules that are known.

    Returns:
        The codec; None where there is no such section, or where no request can ask for a stream.

    Raises:
        SpecError: A rule cannot be compiled, or the section does not say how events come.
    """
    section = flat.get("event")
    if section is None or never_streams(flat["request"]):
        return None
    forms = [word for word in ("variants", "rules", "parts", "deltas") if word in section]
    if forms not in (["variants"], ["rules"], ["variants", "rules"], ["parts"], ["deltas"]):
        message = f"expected rules (or variants), parts or deltas, one of them, got {', '.join(forms) or 'nothing'}"
        raise SpecError(Problem(pointer="/event", message=message))
    rules = {word: section[word] for word in ("rules", "variants") if word in section}
    name = _member(section["name"], "/name") if "name" in section else None
    error = section.get("error", {})
    return Events(
        answers=compile_answers(rules, provider, None, schema, lines) if rules else None,
        pieces=_partials(section["parts"]) if "parts" in section else _deltas(section.get("deltas"), name),
        name=name,
        array=test_of(section.get("array", False)),
        end=_end(section["end"]) if "end" in section else None,
        is_error=test_of(error.get("match", _ERROR)),
        error_status=parse_pointer(error["status"]) if "status" in error else None,
        error_statuses=error.get("statuses", {}),
        error_number=_member(error["number"], "/error/number") if "number" in error else None,
        error_with={_member(place, "/error/with"): value for place, value in error.get("with", {}).items()},
        error_raw=error.get("raw", False),
        own=frozenset(_own(flat.get("response", {}))),
    )


def never_streams(request: Mapping[str, Any]) -> bool:
    """Say whether every form of a request has fixed that nothing streams."""
    forms = [variant for variant in request.get("variants", {}).values() if variant.get("match") is not False]
    said = [{**request.get("fixed", {}), **form.get("fixed", {})}.get("stream") for form in forms or [{}]]
    return all(value is False for value in said)


def _end(says: Mapping[str, str]) -> Frame:
    try:
        return Frame(says["data"].encode(), says.get("event"))
    except (RequestError, UnicodeEncodeError):
        raise _fault("/end", "a frame: an event of one line, and whole characters", says) from None


def _partials(says: Mapping[str, Any]) -> Partials:
    grows = parse_pointer(says["grows"])
    if not isinstance(grows[0], str) or not isinstance(grows[-1], str) or -1 in grows:
        raise _fault("/parts/grows", "a list of the answer, or of the first item of another", says["grows"])
    every, last = _paths(says.get("every", ())), _paths(says["last"])
    within = [path for path in (*every, *last) if path[: len(grows)] == grows]
    if within:
        raise _fault("/parts", f"places outside of {says['grows']}, whose items come once", pointer_of(within[0]))
    return Partials(grows=grows, join=says.get("join"), every=every, last=last)


def _deltas(says: Mapping[str, Any] | None, name: Path | None) -> Deltas | None:
    if says is None:
        return None
    if name is None:
        raise SpecError(Problem(pointer="/event/name", message="expected where an event says its type, got nothing"))
    deltas = {word: _delta(word, says[word]) for word in ("open", "start", "item", "stop", "close") if word in says}
    names = [delta.name for delta in deltas.values()]
    if len(set(names)) < len(names):
        raise _fault("/deltas", "types of events that differ", names)
    for word, delta in deltas.items():
        if delta.at is None and word in ("start", "item"):
            raise _fault(f"/deltas/{word}/at", "where the event holds what it adds", None)
        places = [place for place in (name, delta.at, delta.index) if place is not None]
        if any(one[: len(other)] == other for one, other in permutations(places, 2)):
            raise _fault(f"/deltas/{word}", "places of which none holds another", says[word])
    return Deltas(
        type_at=name,
        grows=says["grows"],
        items=says["items"],
        is_item=test_of(says["item"].get("if", True)),
        join=says.get("join"),
        kind=says.get("kind", ""),
        last=_paths(says.get("last", ())),
        open=deltas["open"],
        start=deltas["start"],
        item=deltas["item"],
        stop=deltas.get("stop"),
        close=deltas["close"],
    )


def _delta(word: str, says: Mapping[str, Any]) -> Delta:
    return Delta(
        name=says["is"],
        at=_member(says["at"], f"/deltas/{word}/at") if "at" in says else None,
        index=_member(says["index"], f"/deltas/{word}/index") if "index" in says else None,
        with_={parse_pointer(place): value for place, value in says.get("with", {}).items()},
    )


def _member(pointer: str, where: str) -> Path:
    """Parse a place in a native event, which is made of objects only."""
    path = parse_pointer(pointer)
    if not path or not all(isinstance(part, str) for part in path):
        raise _fault(where, "a member of an object", pointer)
    return path


def _fault(where: str, expected: str, given: Json) -> SpecError:
    return SpecError(Problem(pointer=f"/event{where}", message=f"expected {expected}, got {shorten(given)}"))


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
