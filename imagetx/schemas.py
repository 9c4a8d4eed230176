"""The JSON files: where they lie, how they are read, and the validation of a caller's own spec."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pydantic_core

from imagetx.document import Json
from imagetx.errors import Problem, SpecError, cut, one_line

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_HERE = Path(__file__).parent


@cache
def schemas_folder() -> Traversable:
    """Return the folder of the JSON files: in a wheel beside this module, perhaps zipped; else beside the package."""
    inside = _HERE / "schemas"
    if inside.is_dir():
        return inside
    beside = _HERE.parent / "schemas"
    if beside.is_dir():
        return beside
    from importlib.resources import files  # 4 ms, for who imports from an archive only

    return files("imagetx") / "schemas"


def read_json(path: Traversable) -> Json:
    """
    Read a JSON file.

    Raises:
        SpecError: The file is missing or is not JSON.
    """
    try:
        return pydantic_core.from_json(path.read_bytes(), allow_inf_nan=False)
    except (OSError, ValueError) as error:
        raise SpecError(Problem(pointer="", message=f"expected a JSON file at {path.name}: {error}")) from error


def provider_folders() -> Iterator[Traversable]:
    """Yield the folders of the built-in providers, by name."""
    found = (path for path in (schemas_folder() / "providers").iterdir() if (path / "provider.json").is_file())
    yield from sorted(found, key=lambda path: path.name)


def read_folder(folder: Traversable) -> dict[str, Json]:
    """Read a provider folder as `{"provider": ..., "dialects": {name: ...}}`."""
    files = sorted((path for path in folder.iterdir() if path.name.endswith(".json")), key=lambda path: path.name)
    dialects = {path.name[:-5]: read_json(path) for path in files if path.name != "provider.json"}
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
