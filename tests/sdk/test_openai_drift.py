"""What the installed OpenAI SDK has, against what we have: what is new there is named here, with `absent.json`."""

from __future__ import annotations

import inspect
import json
import re
import typing
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from pydantic import BaseModel

import imagetx
from tests.dialects import ROOT, native_schema
from tests.sdk import absences
from tests.strategies import validator

openai = pytest.importorskip("openai", reason="needs the extra `conformance`")

from openai.types import (  # noqa: E402 - after the skip
    ImageModel,
    ImagesResponse,
    image_create_variation_params,
    image_edit_params,
    image_generate_params,
)

Json = Any
ASIDE = {"self", "extra_body", "extra_headers", "extra_query", "timeout"}
METHODS = {"generate": "generations", "edit": "edits", "create_variation": "variations"}
PARAMS = {
    "generate": image_generate_params.ImageGenerateParamsStreaming,
    "edit": image_edit_params.ImageEditParamsStreaming,
    "create_variation": image_create_variation_params.ImageCreateVariationParams,
}


@cache
def canonical(name: str) -> Json:
    return json.loads((ROOT / "schemas" / "canonical" / f"{name}.schema.json").read_text())


def named(schema: Json, name: str) -> Iterator[Json]:
    """Yield the schemas of a property, wherever it stands."""
    if isinstance(schema, dict):
        if name in schema.get("properties", {}):
            yield schema["properties"][name]
        for inner in schema.values():
            yield from named(inner, name)
    elif isinstance(schema, list):
        for inner in schema:
            yield from named(inner, name)


def words(hint: Any) -> Iterator[Json]:
    """Yield the literals of a type."""
    if typing.get_origin(hint) is typing.Literal:
        yield from typing.get_args(hint)
    else:
        for inner in typing.get_args(hint):
            yield from words(inner)


def says(name: str, dialect: str) -> bool:
    """Say whether a parameter is canonical or one of the native request, which may spell it with brackets."""
    witness = native_schema(f"openai/{dialect}")
    spelled = re.compile(re.escape(f'"{name}') + r'(\[\w*\])*":')
    return name in canonical("request")["properties"] or spelled.search(json.dumps(witness)) is not None


@pytest.mark.parametrize("method", METHODS)
def test_parameters(method: str) -> None:
    """Each is a canonical field, or stands in the schema of the native request."""
    parameters = set(inspect.signature(getattr(openai.resources.images.Images, method)).parameters) - ASIDE

    absent = {name for name in parameters if not says(name, METHODS[method])}

    assert absences.drift("openai", f"images.{method}", absent) == []


@pytest.mark.parametrize("method", METHODS)
def test_words_of_parameters(method: str) -> None:
    """Each word that the SDK lists for a parameter is one that some model accepts by the native schema."""
    witness = native_schema(f"openai/{METHODS[method]}")
    absent = set()
    for name, hint in typing.get_type_hints(PARAMS[method]).items():
        if name == "model":
            continue
        schemas = [validator(schema) for schema in named(witness, name)]
        for word in words(hint):
            text = word if isinstance(word, str) else json.dumps(word)
            if schemas and not any(schema.is_valid(word) or schema.is_valid(text) for schema in schemas):
                absent.add(f"{name}={text}")

    assert absences.drift("openai", f"images.{method}.words", absent) == []


def test_models() -> None:
    """Each model that the SDK names has a row."""
    ours = {row["id"] for row in imagetx.models("openai")}

    assert absences.drift("openai", "models", set(typing.get_args(ImageModel)) - ours) == []


def fields(model: type[BaseModel], at: str = "") -> Iterator[str]:
    """Yield the pointers of what a model of the SDK holds."""
    for name, field in model.model_fields.items():
        inner = [each for each in (field.annotation, *nested(field.annotation)) if is_model(each)]
        yield f"{at}/{name}"
        for each in inner:
            yield from fields(each, f"{at}/{name}")


def nested(hint: Any) -> Iterator[Any]:
    for inner in typing.get_args(hint):
        yield inner
        yield from nested(inner)


def is_model(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, BaseModel)


def holds(schema: Json, definitions: Json, pointer: str) -> bool:
    """Say whether a canonical schema has a place, through references, alternatives and lists."""
    if "$ref" in schema:
        return holds(definitions[schema["$ref"].rpartition("/")[2]], definitions, pointer)
    if pointer == "":
        return True
    name, _, rest = pointer[1:].partition("/")
    inner = schema.get("properties", {}).get(name)
    if inner is not None and holds(inner, definitions, f"/{rest}" if rest else ""):
        return True
    beside = [*schema.get("anyOf", []), *schema.get("oneOf", []), *([schema["items"]] if "items" in schema else [])]
    return any(holds(each, definitions, pointer) for each in beside)


def unnamed(model: type[BaseModel], schema: Json) -> set[str]:
    """List the places of a model of the SDK that a canonical schema has not; below such a place none."""
    absent = {at for at in fields(model) if not holds(schema, schema.get("$defs", {}), at)}
    return {at for at in absent if at.rpartition("/")[0] not in absent}


def test_answers() -> None:
    """What the SDK finds in an answer has a canonical name, or goes along under provider_metadata and is told."""
    assert absences.drift("openai", "ImagesResponse", unnamed(ImagesResponse, canonical("response"))) == []


@pytest.mark.parametrize("event", ["Gen", "Edit"])
@pytest.mark.parametrize("kind", ["PartialImage", "Completed"])
def test_events(event: str, kind: str) -> None:
    name = f"Image{event}{kind}Event"

    absent = unnamed(getattr(openai.types, name), canonical("event"))

    assert absences.drift("openai", name, absent) == []


def test_absences_are_looked_for() -> None:
    """Each entry is of a kind that a test here compares: none can be forgotten."""
    events = {f"Image{event}{kind}Event" for event in ("Gen", "Edit") for kind in ("PartialImage", "Completed")}
    methods = {f"images.{method}{what}" for method in METHODS for what in ("", ".words")}

    kinds = {name.partition(":")[0] for name in json.loads(absences.FILE.read_text())["openai"]}

    assert kinds <= {*events, *methods, "models", "ImagesResponse"}
