"""The JSON files: where they lie, how they are read, and the validation of a caller's own spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pydantic_core

from imagetx.document import Json
from imagetx.errors import Problem, SpecError, cut, one_line

_HERE = Path(__file__).parent


@cache
def schemas_folder() -> Path:
    """Return the folder of the JSON files: beside this module in a wheel, beside the package in a checkout."""
    inside = _HERE / "schemas"
    return inside if inside.is_dir() else _HERE.parent / "schemas"


def read_json(path: Path) -> Json:
    """
    Read a JSON file.

    Raises:
        SpecError: The file is missing or is not JSON.
    """
    try:
        return pydantic_core.from_json(path.read_bytes(), allow_inf_nan=False)
    except (OSError, ValueError) as error:
        raise SpecError(Problem(pointer="", message=f"expected a JSON file at {path.name}: {error}")) from error


def provider_folders() -> Iterator[Path]:
    """Yield the folders of the built-in providers, by name."""
    yield from sorted(path for path in (schemas_folder() / "providers").iterdir() if (path / "provider.json").is_file())


def read_folder(folder: Path) -> dict[str, Json]:
    """Read a provider folder as `{"provider": ..., "dialects": {name: ...}}`."""
    dialects = {path.stem: read_json(path) for path in sorted(folder.glob("*.json")) if path.name != "provider.json"}
    return {"provider": read_json(folder / "provider.json"), "dialects": dialects}


@cache
def canonical_schemas() -> Mapping[str, Json]:
    """Return the JSON Schemas of the canonical documents: request, response, error and event."""
    folder = schemas_folder() / "canonical"
    return {name: read_json(folder / f"{name}.schema.json") for name in ("request", "response", "error", "event")}


@cache
def _validator(definition: str) -> Any:
    # jsonschema takes 70 ms to import and built-in specs are proved by the tests: only a caller's spec pays
    from jsonschema import Draft202012Validator

    schema = read_json(schemas_folder() / "spec.schema.json")
    return Draft202012Validator({"$ref": f"#/$defs/{definition}", "$defs": schema["$defs"]})


def validate_spec(document: Json, definition: str, where: str) -> list[Problem]:
    """
    Check a spec file against the meta-schema.

    Args:
        document: The parsed file.
        definition: `provider` or `dialect`.
        where: Name of the file or key, the start of the pointers.

    Returns:
        A problem for each fault, with the rule's pointer.
    """
    from jsonschema.exceptions import best_match

    problems = []
    for error in sorted(_validator(definition).iter_errors(document), key=lambda error: list(map(str, error.path))):
        cause = best_match([error]) or error
        pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in cause.absolute_path)
        problems.append(Problem(pointer=f"{where}{pointer}", message=cut(one_line(cause.message), 200)))
    return problems
