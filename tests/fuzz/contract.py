"""
What every call owes, whatever it is given: a value that keeps its promises or an ImagetxError, the same each time.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel

import imagetx
from imagetx.canonical import document
from imagetx.ceilings import OWN, excess
from imagetx.errors import ImagetxError, Problem
from imagetx.formdata import as_text
from imagetx.notes import KINDS, Note
from tests.fuzz.living import fingerprint

Json = Any
OPEN = (imagetx.ImageRequest, imagetx.ImageResponse, imagetx.ErrorResponse, imagetx.ImageEvent)


def held(given: Callable[[], Json], call: Callable[[Json], Json]) -> tuple[bool, Json]:
    """
    Make a call twice, each time with what is given made anew, and hold it to what it owes.

    Returns:
        Whether it gave a value, and the value or the error.
    """
    first, left = given(), fingerprint(given())
    came, value = attempted(lambda: call(first))
    assert fingerprint(first) == left, "what was given has changed"
    again_came, again = attempted(lambda: call(given()))
    assert came == again_came, f"the same input gave {value!r} and then {again!r}"
    assert fingerprint(form(value)) == fingerprint(form(again)), "the same input gave another output"
    return came, value


def attempted(call: Callable[[], Json]) -> tuple[bool, Json]:
    """Make a call; check what comes."""
    try:
        value = call()
    except ImagetxError as error:
        check_error(error)
        return False, error
    check(value)
    return True, value


def check_error(error: ImagetxError) -> None:
    assert type(error) is not ImagetxError, "an error that says not whose fault it is"
    assert error.problems
    assert len(repr(error)) <= 500
    assert str(error)
    for problem in error.problems:
        assert type(problem) is Problem
        assert_pointer(problem.pointer)
        assert problem.message
        assert len(repr(problem)) <= 500
        assert len(str(problem)) <= 1300
        assert "\n" not in str(problem)


def check(value: Json) -> None:
    """Check a value that came."""
    if isinstance(value, list | tuple):
        for item in value:
            check(item)
    elif not isinstance(value, str | bytes | dict | int | float | None):
        assert len(repr(value)) <= 500, f"a repr of {len(repr(value))} characters"
        for note in getattr(value, "notes", ()):
            check_note(note)
        if isinstance(value, imagetx.Translation):
            assert isinstance(value.lossless, bool)
            assert value.dialect.partition("/")[0] == value.target.provider or value.target.provider
            check(value.value)
        if isinstance(value, imagetx.NativeRequest | imagetx.NativeResponse):
            check_message(value)
        elif isinstance(value, OPEN):
            check_document(value)
    written(value)


def check_note(note: Json) -> None:
    assert type(note) is Note
    assert note.kind in KINDS
    assert_pointer(note.pointer)
    assert isinstance(note.reason, str)
    assert note.source is None or isinstance(note.source, str)
    assert len(repr(note)) <= 500
    assert "\n" not in str(note)


def check_message(message: imagetx.NativeRequest | imagetx.NativeResponse) -> None:
    """Check a message: it has bytes and a JSON form, or says why not."""
    for name, text in message.headers.items():
        assert name == name.lower()
        assert not {"\r", "\n", "\0"} & {*name, *text}
    for way in (message.content, message.document, message.to_json):
        try:
            way()
        except ImagetxError as error:
            check_error(error)


def check_document(model: BaseModel) -> None:
    """Check a document: what was built without validation is valid, 7.0 being a whole number as JSON Schema has it."""
    plain = document(model)  # type: ignore[arg-type]
    type(model).model_validate(_whole(plain))


def _whole(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _whole(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_whole(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def written(value: Json) -> None:
    """Write a value as JSON text, or hear why not; a body that is too deep for it was refused by content()."""
    plain = form(value)
    if excess(plain, OWN) is not None:
        return
    try:
        text = json.dumps(as_text(plain), default=_listed)
    except ImagetxError as error:
        check_error(error)
        return
    json.loads(text)


def _listed(value: Json) -> Json:
    assert isinstance(value, tuple | frozenset), f"{type(value).__name__} is no JSON"
    return sorted(value)


def form(value: Json) -> Json:
    """Give the plain form of a public value."""
    if isinstance(value, ImagetxError):
        return [type(value).__name__, [asdict_of(problem) for problem in value.problems]]
    if isinstance(value, imagetx.Translation):
        notes = [note.to_json() for note in value.notes]
        said = [value.dialect, value.model, value.verified]
        return [form(value.value), notes, form(value.target), said]
    if isinstance(value, imagetx.Target):
        return {**asdict_of(value), "variables": dict(value.variables)}
    if isinstance(value, imagetx.NativeRequest):
        aside = None if value.credential is None else asdict(value.credential)
        return [json_form(value), aside, value.timeout_s]
    if isinstance(value, BaseModel):
        return document(value)  # type: ignore[arg-type]
    if isinstance(value, list | tuple):
        return [form(item) for item in value]
    return json_form(value) if hasattr(value, "to_json") else value


def json_form(value: Json) -> Json:
    """Give the JSON form of a value, or of why it has none."""
    try:
        return value.to_json()
    except ImagetxError as error:
        check_error(error)
        return form(error)


def asdict_of(value: Json) -> dict[str, Json]:
    """Give the members of a value as they stand; `asdict` would copy them."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__}


def assert_pointer(pointer: Json) -> None:
    assert isinstance(pointer, str)
    assert pointer == "" or pointer.startswith("/"), f"{pointer!r} is no JSON Pointer"
