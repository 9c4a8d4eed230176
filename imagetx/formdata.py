"""
Form parts and the document that they mean, both ways: files, repeated names, bracketed names.

A file part is an object with `bytes` (or `base64`, where a caller carries it), `filename` and `content_type`;
a repeated name is a list. With *brackets* `svg[model]` is nested, and a list is `image[]`, a list of one bare
(`empty`), or `text_prompts[0][text]` (`index`).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final

from imagetx.document import Json
from imagetx.errors import Problem, RequestError, Unsayable, child, shorten
from imagetx.image import sniff_mime
from imagetx.part import Part
from imagetx.source import EXTENSIONS
from imagetx.texts import number_text

_BRACKETED: Final = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])+)")
_KEY: Final = re.compile(r"\[([^\[\]]*)\]")
_FILE: Final = frozenset({"bytes", "base64", "filename", "content_type"})
_MOST_NESTED: Final = 20
_IN_PART: Final = {f"/{key}": f"/{key}" for key in ("base64", "filename", "content_type")}
_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,3}")


def write_form(body: Mapping[str, Json], brackets: str | None) -> tuple[Part, ...]:
    """
    Give a document the parts that say it.

    Raises:
        RequestError: A value has no place in a form.
    """
    parts: list[Part] = []
    for name, value in body.items():
        try:  # a name that has brackets of its own is one that means nothing whole: repeated as it stands
            if isinstance(value, str):
                parts.append(Part(name, value))
            else:
                parts += _parts(name, value, None if "[" in name else brackets)
        except RequestError as error:
            place = child("/body", name)
            problems = [
                replace(problem, pointer=place + _IN_PART.get(problem.pointer, "")) for problem in error.problems
            ]
            raise RequestError(problems) from error
    return tuple(parts)


def read_form(parts: Iterable[Part], brackets: str | None) -> dict[str, Json]:
    """Read the document that parts mean; a bracketed name that means nothing whole stays as it is."""
    form: dict[str, Json] = {}
    for part in parts:
        add(form, part.name, _part_value(part))
    return form if brackets is None else _nested(form, indexed=brackets == "index")


def add(holder: dict[str, Json], name: str, value: Json) -> None:
    """Put a value under a name; one that stands more than once holds a list."""
    before = holder.get(name)
    if isinstance(before, list):
        before.append(value)  # a list that was made here: a copy of it for each part would be quadratic
    else:
        holder[name] = value if before is None else [before, value]


def as_text(value: Json) -> Json:
    """Give a document in which files stand as base64: what is carried is JSON."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, dict):
        files = {"base64" if key == "bytes" and isinstance(item, bytes) else key: item for key, item in value.items()}
        return {key: as_text(item) for key, item in files.items()}
    return [as_text(item) for item in value] if isinstance(value, list) else value


def _parts(name: str, value: Json, brackets: str | None) -> Iterator[Part]:
    if isinstance(value, list):
        bare = brackets is None or (brackets == "empty" and len(value) == 1)
        for at, item in enumerate(value):
            yield from _parts(name if bare else f"{name}[{at if brackets == 'index' else ''}]", item, brackets)
    elif isinstance(value, dict) and _is_file(value):
        yield Part(name, _data(value), value.get("filename"), value.get("content_type"))
    elif isinstance(value, dict) and brackets is not None:
        for key, item in value.items():
            yield from _parts(f"{name}[{key}]", item, brackets)
    elif isinstance(value, bytes):
        mime = sniff_mime(value)
        yield Part(name, value, f"{name}.{EXTENSIONS.get(mime or '', 'bin')}", mime or "application/octet-stream")
    elif isinstance(value, bool):
        yield Part(name, "true" if value else "false")
    elif isinstance(value, int | float):
        try:
            yield Part(name, number_text(value))
        except Unsayable as error:
            raise RequestError(error.reason) from error
    elif isinstance(value, str):
        yield Part(name, value)
    elif value is not None:
        raise RequestError(f"expected a value of a form, got {shorten(value)}")


def _is_file(value: Mapping[str, Json]) -> bool:
    return value.keys() <= _FILE and (isinstance(value.get("bytes"), bytes) or isinstance(value.get("base64"), str))


def _data(value: Mapping[str, Json]) -> bytes:
    if "bytes" in value:
        return bytes(value["bytes"])
    try:
        return binascii.a2b_base64(value["base64"], strict_mode=True)
    except ValueError as error:
        raise RequestError(Problem(pointer="/base64", message="expected base64")) from error


def _part_value(part: Part) -> Json:
    if part.filename is None and isinstance(part.data, str):
        return part.data
    data = part.data.encode() if isinstance(part.data, str) else part.data
    if part.filename is None and part.content_type is None:
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
    named = {"filename": part.filename, "content_type": part.content_type}
    return {**{key: value for key, value in named.items() if value is not None}, "bytes": data}


def _nested(form: Mapping[str, Json], *, indexed: bool) -> dict[str, Json]:
    """Nest bracketed names; those of one base that make no whole objects and lists stay flat."""
    bases: dict[str, list[tuple[list[str], Json]]] = {}
    for name, value in form.items():
        match = _BRACKETED.fullmatch(name)
        keys = [] if match is None else _KEY.findall(match[2])
        bases.setdefault(name if match is None else match[1], []).append((keys, value))
    nested: dict[str, Json] = {}
    for base, entries in bases.items():
        try:
            nested[base] = _grown(entries, 0, indexed)
        except ValueError:
            nested |= {base + "".join(f"[{key}]" for key in keys): value for keys, value in entries}
    return nested


def _grown(entries: list[tuple[list[str], Json]], depth: int, indexed: bool) -> Json:
    """
    Make one value of entries that share what stands before; `depth` keys are used.

    Raises:
        ValueError: They are no whole object and no whole list.
    """
    if depth > _MOST_NESTED:
        raise ValueError(depth)
    ends = [(keys[depth:], value) for keys, value in entries]
    if all(keys in ([], [""]) for keys, _ in ends):
        listed = [item for _, value in ends for item in (value if isinstance(value, list) else [value])]
        return ends[0][1] if len(ends) == 1 and not isinstance(ends[0][1], list) else listed
    groups: dict[str, list[tuple[list[str], Json]]] = {}
    for (keys, value), (left, _) in zip(entries, ends, strict=True):
        if not left or left[0] == "":
            raise ValueError(left)
        groups.setdefault(left[0], []).append((keys, value))
    if all(_INDEX.fullmatch(key) for key in groups) and (indexed or _are_leaves(groups, depth + 1)):
        if sorted(map(int, groups)) != list(range(len(groups))):
            raise ValueError(groups)
        return [_grown(groups[str(at)], depth + 1, indexed) for at in range(len(groups))]
    grown = {key: _grown(group, depth + 1, indexed) for key, group in groups.items()}
    if _is_file(grown):  # text parts that look like a file when put together
        raise ValueError(grown)
    return grown


def _are_leaves(groups: Mapping[str, list[tuple[list[str], Json]]], depth: int) -> bool:
    """Say whether numbered names hold one thing each: then they are another spelling of a list."""
    return all(len(group) == 1 and len(group[0][0]) == depth for group in groups.values())
