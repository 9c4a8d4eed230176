"""
Newcomers: a provider's spec that a caller brings, read and checked before it enters a registry.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path

from imagetx.ceilings import OWN, excess
from imagetx.errors import Json, Problem, SpecError, shorten
from imagetx.jsontext import json_faults
from imagetx.schemas import read_folder, read_json, validate_spec


def read_spec(spec: str | Path | Mapping[str, Json]) -> Mapping[str, Json]:
    """
    Read a provider's spec from a folder, a file or a dict.

    Raises:
        SpecError: There is no such file, or it is not a provider's spec.
    """
    if isinstance(spec, Mapping):
        return own_copy(spec)
    if not isinstance(spec, str | Path):
        message = f"expected a folder, a file or a dict, got {type(spec).__name__}"
        raise SpecError(Problem(pointer="", message=message))
    path = Path(spec)
    document: Json = read_folder(path) if path.is_dir() else read_json(path)
    if not isinstance(document, dict):
        raise SpecError(Problem(pointer="", message="expected an object with provider and dialects"))
    return document


def own_copy(given: Mapping[str, Json]) -> dict[str, Json]:
    """
    Copy what a caller gave: a registry never changes, whatever becomes of the caller's dict.

    Raises:
        SpecError: It is nested too deep, or holds what JSON has not.
    """
    much = excess(given, OWN)
    faults = json_faults(dict(given), kept=True) if much is None else [much]
    if faults:
        raise SpecError(faults)
    return deepcopy(dict(given))


def checked_spec(document: Mapping[str, Json]) -> Mapping[str, Json]:
    """
    Check the files of a provider before they enter a registry.

    Raises:
        SpecError: They are not valid under spec.schema.json; every problem names its place.
    """
    problems = []
    dialects = document.get("dialects")
    if set(document) != {"provider", "dialects"} or not isinstance(dialects, Mapping):
        raise SpecError(
            Problem(pointer="", message="expected an object with the keys provider and dialects, no others")
        )
    problems += validate_spec(document["provider"], "provider", "/provider")
    for name, dialect in dialects.items():
        problems += validate_spec(dialect, "dialect", f"/dialects/{name}")
    problems += [
        Problem(pointer=f"/dialects/{name}/dialect", message=f"expected {name!r}, got {shorten(dialect['dialect'])}")
        for name, dialect in dialects.items()
        if not problems and dialect["dialect"] != name
    ]
    if problems:
        raise SpecError(problems)
    for family, says in document["provider"]["families"].items():
        problems += [
            Problem(
                pointer=f"/provider/families/{family}/dialects", message=f"expected a dialect of the spec, got {name!r}"
            )
            for name in says["dialects"]
            if name not in dialects
        ]
    if problems:
        raise SpecError(problems)
    return document
