"""
The canonical schemas are what the models say; `python -m tests.project.test_canonical_schemas` writes them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagetx.ability import Capabilities
from imagetx.canonical import (
    REQUEST_FIELDS,
    WORDS,
    Document,
    ErrorResponse,
    ImageRequest,
    ImageResponse,
    schema_of,
)
from imagetx.event import ImageEvent
from imagetx.shape import KEYWORDS

FOLDER = Path(__file__).parents[2] / "schemas" / "canonical"
MODELS: dict[str, type[Document]] = {
    "request": ImageRequest,
    "response": ImageResponse,
    "error": ErrorResponse,
    "event": ImageEvent,
    "capabilities": Capabilities,
}


def text_of(model: type[Document]) -> str:
    return json.dumps(schema_of(model), indent=2) + "\n"


@pytest.mark.parametrize("name", MODELS)
def test_pinned(name: str) -> None:
    assert (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8") == text_of(MODELS[name])


@pytest.mark.parametrize("name", MODELS)
def test_few_words(name: str) -> None:
    schema = schema_of(MODELS[name])

    Draft202012Validator.check_schema(schema)
    assert words_of(schema) <= KEYWORDS | {"description", "$schema", "x-noun"}


def test_fields_are_listed_in_order() -> None:
    assert (*REQUEST_FIELDS, "provider_options") == tuple(ImageRequest.model_fields)
    assert set(WORDS) <= set(REQUEST_FIELDS)


@pytest.mark.parametrize("name", MODELS)
def test_every_field_is_explained(name: str) -> None:
    for field, schema in schema_of(MODELS[name])["properties"].items():
        assert schema.get("description"), field


def words_of(schema: dict[str, Any]) -> set[str]:
    words = set(schema)
    for inner in schema.get("properties", {}).values():
        words |= words_of(inner)
    for word in ("items", "additionalProperties"):
        if word in schema:
            words |= words_of(schema[word])
    for inner in schema.get("anyOf", ()):
        words |= words_of(inner)
    return words


if __name__ == "__main__":
    for name, model in MODELS.items():
        (FOLDER / f"{name}.schema.json").write_text(text_of(model), encoding="utf-8")
