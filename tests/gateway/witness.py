"""
The second witness: what a native schema says about a message, and where such a message goes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, relevance

from tests.gateway.call import Call, Unreadable, body, is_form
from tests.strategies import validator

Json = Any
FOLDER = Path(__file__).parents[2] / "schemas" / "native"


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Hold a native schema: its name, where its messages go, and the judge of each of its variants by title."""

    name: str
    url: re.Pattern[str]
    query: dict[str, str]
    form: bool
    variants: tuple[tuple[str, Draft202012Validator], ...]


@cache
def witness(name: str) -> Witness:
    """Read a native schema, `openai/edits`."""
    says = json.loads((FOLDER / f"{name}.request.json").read_text())
    pieces = re.split(r"\{(\w+)\}", says["endpoint"])
    holes = [f"(?P<{piece}>[^/]+)" if at % 2 else re.escape(piece) for at, piece in enumerate(pieces)]
    return Witness(
        name=name,
        url=re.compile("".join(holes)),
        query=says.get("query", {}),
        form=says.get("form", False),
        variants=tuple((one.get("title", "?"), validator(one)) for one in says["anyOf"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Hold what a message says: by which witness, which of its variants, and `path query headers body`."""

    dialect: str
    variant: str
    path: dict[str, str]
    query: dict[str, str]
    headers: dict[str, str]
    body: Json


def hear(call: Call, names: Sequence[str]) -> tuple[Said | None, list[str]]:
    """
    Hold a message against the native schemas of a provider.

    Args:
        call: What came.
        names: The schemas that the message may be of.

    Returns:
        What it says, None where it goes nowhere or nothing can be read, and what is wrong with it.
    """
    places = [(each, found) for each in map(witness, names) if (found := each.url.fullmatch(call.url))]
    if not places:
        return None, [f"{call.url} is no endpoint"]
    if call.method != "POST":
        return None, [f"{call.method} {call.url}, where POST stands"]
    try:
        content = body(call)
    except Unreadable as error:
        return None, [str(error)]
    complaints: list[str] = []
    for each, found in places:
        path = {hole: unquote(value) for hole, value in found.groupdict().items()}
        said, wrong = _judged(call, each, path, content)
        if not wrong:
            return said, []
        complaints.append(f"{each.name}: {'; '.join(wrong)}")
    return said, complaints


def _judged(call: Call, each: Witness, path: dict[str, str], content: Json) -> tuple[Said, list[str]]:
    query = dict(call.query)
    wrong = [
        f"query {key} is {query.get(key)!r}, not {value!r}"
        for key, value in each.query.items()
        if query.get(key) != value
    ]
    query = {key: value for key, value in query.items() if each.query.get(key) != value}
    if each.form and not is_form(call):
        wrong.append("JSON where a form stands")
    native: Json = {"path": path, "query": query, "headers": call.native_headers(), "body": content}
    if is_form(call) and not each.form:
        native["kind"] = "form"
    title = next((title for title, judge in each.variants if judge.is_valid(native)), None)
    errors: list[ValidationError] = []
    if title is None:
        tried = [(title, list(judge.iter_errors(native))) for title, judge in each.variants]
        title, errors = min(tried, key=lambda one: (_elsewhere(one[1]), len(one[1])))
    native.pop("kind", None)
    wrong += [f"[{title}] {text}" for error in errors for text in _told(error)]
    return Said(dialect=each.name, variant=title, **native), wrong


def _elsewhere(errors: Sequence[ValidationError]) -> bool:
    """Say whether a variant is of another model, whose complaints would tell nothing."""
    places = [list(error.absolute_path)[:2] for error in errors]
    return any(place in (["path", "model"], ["body", "model"]) for place in places) or any(
        _elsewhere(error.context) for error in errors if error.context
    )


def _told(error: ValidationError) -> Iterator[str]:
    """Say an error in a line; of alternatives, the nearest."""
    while error.context:
        error = min(error.context, key=lambda inner: (-len(inner.absolute_path), relevance(inner)))
    yield f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:300]}"
