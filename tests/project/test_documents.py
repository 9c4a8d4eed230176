"""
The documents that questions give have JSON Schemas, and every built-in provider's are valid under them.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import imagetx
from imagetx.words import REQUEST_FIELDS
from tests.dialects import ROOT, Case, cases

Json = Any


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


EXPLAIN, MODEL = validator("explain"), validator("model")
every_dialect = pytest.mark.parametrize("case", cases(), ids=str)


def faults(judge: Draft202012Validator, document: Json) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in judge.iter_errors(document)]


@every_dialect
def test_explain(case: Case) -> None:
    assert faults(EXPLAIN, imagetx.explain(case.target)) == []


@every_dialect
def test_every_form_tells_the_fate_of_every_field(case: Case) -> None:
    """No field is missing from a form, but those that are decided before it and those that its route implies."""
    implied = set(case.dialect.says["request"].get("implies", {}))
    for form in imagetx.explain(case.target)["request"]:
        told = {line["field"].partition("/")[0] for line in form["fields"] if line["field"] is not None}

        assert {*REQUEST_FIELDS} - told - implied <= {"operation"}


@pytest.mark.parametrize("provider", imagetx.providers())
def test_models(provider: str) -> None:
    rows = imagetx.models(provider)

    assert [fault for row in rows for fault in faults(MODEL, row)] == []


def line(target: str, form: str, field: str | None, at: int = 0) -> Json:
    """Find a line of a form of a target's requests."""
    (found,) = [each for each in imagetx.explain(target)["request"] if each["name"] == form]
    return [each for each in found["fields"] if each["field"] == field][at]


def test_a_word_is_said() -> None:
    """Words are a table with null where there is none."""
    expected = {
        "field": "quality",
        "to": ["/body/imageGenerationConfig/quality"],
        "how": "enum: standard = standard, low = standard, medium = standard, hd = premium, high = premium, "
        "xhigh = premium, max = premium; no word for auto",
        "exact": False,
        "becomes": "said",
        "words": {
            "auto": None,
            "standard": "standard",
            "low": "standard",
            "medium": "standard",
            "hd": "premium",
            "high": "premium",
            "xhigh": "premium",
            "max": "premium",
        },
    }

    assert line("bedrock/amazon.nova-canvas-v1:0", "TEXT_IMAGE", "quality") == expected


def test_a_number_is_said_within_limits() -> None:
    """Limits are JSON Schema too, and say whether a value beyond them is clamped."""
    expected = {
        "field": "guidance_scale",
        "to": ["/body/imageGenerationConfig/cfgScale"],
        "how": "same",
        "exact": True,
        "becomes": "said",
        "limits": "a number 1.1 to 10",
        "schema": {"type": "number", "minimum": 1.1, "maximum": 10},
        "clamped": True,
    }

    assert line("bedrock/amazon.nova-canvas-v1:0", "TEXT_IMAGE", "guidance_scale") == expected


def test_what_is_not_said() -> None:
    """A constant and what is fixed have their value, what is dropped or refused its reason."""
    target = "bedrock/amazon.nova-canvas-v1:0"
    const = {"field": None, "to": ["/body/taskType"], "how": "always 'TEXT_IMAGE'", "exact": True}
    fixed = {"field": "watermark", "to": [], "how": "fixed", "exact": False}
    dropped = {"field": "user", "to": [], "how": "dropped", "exact": False}
    refused = {"field": "image", "to": [], "how": "refused", "exact": True}

    assert line(target, "TEXT_IMAGE", None, at=1) == {**const, "becomes": "const", "value": "TEXT_IMAGE"}
    assert line(target, "TEXT_IMAGE", "watermark") == {**fixed, "becomes": "fixed", "value": True}
    assert line(target, "TEXT_IMAGE", "user") == {
        **dropped,
        "becomes": "dropped",
        "reason": "bedrock has no user here",
    }
    assert line(target, "TEXT_IMAGE", "image") == {**refused, "becomes": "refused", "reason": "bedrock has none here"}


def test_words_that_are_no_text() -> None:
    """A boolean is spelled as JSON; what is said at several places has a value for each."""
    prompt = line("vertex/imagen-3.0-generate-002", "unseeded", "enhance_prompt")
    stream = line("gemini/gemini-2.5-flash-image", "image-config", "stream")

    assert prompt["becomes"] == "said"
    assert stream["words"] == {"false": ["generateContent", None], "true": ["streamGenerateContent", "sse"]}


def test_a_mask_in_a_list() -> None:
    """An owner of items in a list says where in its item it stands, in which forms, and what the mask means."""
    target = imagetx.Target("vertex", "imagen-3.0-capability-001", variables={"project": "p"}, operation="edit")
    form = next(form for form in imagetx.explain(target)["request"] if form["name"] == "insertion-seeded")
    (mask,) = [each for each in form["fields"] if each["field"] == "mask"]

    assert mask["forms"] == ["base64", "url", "mime", "url_mime"]
    assert (mask["edits"], mask["soft"]) == (["white"], False)
    assert mask["at"][0] == "/referenceImage/bytesBase64Encoded"
