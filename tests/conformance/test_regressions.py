"""
The faults that gateways ship today are vectors of our fixtures, under these names; the runner runs them.

A name stands for itself or for the start of several (`azure_no_model_in_body`, `geometry_auto_size`).
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.words import CATEGORIES
from tests.dialects import ROOT, cases, fixture

Json = Any
DIALECTS = sorted(
    f"{path.parent.name}/{path.stem}"
    for path in (ROOT / "fixtures").glob("*/*.json")
    if path.parent.name != "canonical"
)
SECTIONS = ("requests", "responses", "errors", "pending", "refused")
NAMES = [
    "geometry_auto",
    "geometry_4k_downgrade",
    "seed_zero",
    "guidance_zero",
    "watermark_false",
    "stability_model_field",
    "stability_multipart_without_file",
    "stability_edit_is_not_inpaint",
    "style_is_not_style_transfer",
    "nova_negative_text_path",
    "nova_partial_error",
    "bedrock_arn_family",
    "azure_no_model_in_body",
    "azure_odd_deployment_name",
    "gptimage_response_format_absent",
    "gptimage_xhigh_on_2",
    "gptimage2_transparent_before_and_after_its_date",
    "gemini_thought_skip",
    "gemini_image_safety",
    "gemini_prompt_block",
    "gemini_snake_and_camel_input",
    "gemini_native_round_trip_of_all_ratios",
    "vertex_global_host",
    "imagen_rai_partial",
    "imagen_default_sample_count",
    "fireworks_kontext_submit",
    "fireworks_raw_bytes",
    "segmind_bytes_and_json",
    "reka_unverified",
    "error_html_body",
    "error_string_body",
    "unknown_model_assumed",
    "retired_model_replacement",
    "openai_edit_image_array",
    "openai_edit_json_file_id",
    "azure_edit_path_deployment",
    "edit_form_fields_typed",
    "nova_inpainting_casing",
    "bedrock_service_closed_schema",
    "kontext_two_images",
    "gemini_edit_first_part_is_text",
]


def vectors() -> list[tuple[str, Json]]:
    """List all vectors with the dialect they are of."""
    return [
        (dialect, vector)
        for dialect in DIALECTS
        for section in SECTIONS
        for vector in fixture(dialect).get(section, ())
    ]


@pytest.mark.parametrize("name", NAMES)
def test_fault_has_a_vector(name: str) -> None:
    assert [vector["name"] for _, vector in vectors() if vector["name"].startswith(name)]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_geometry_1536x1024_on_every_target(dialect: str) -> None:
    """OpenAI's second size, which gateways turn into 1:1 silently, is pinned for every dialect."""
    assert [vector for vector in fixture(dialect)["requests"] if vector.get("canonical", {}).get("size") == "1536x1024"]


def masked() -> list[str]:
    """List the dialects that take a mask in some family."""
    return sorted({case.name for case in cases() if (case.inputs or {}).get("mask", "never") != "never"})


@pytest.mark.parametrize("dialect", masked())
def test_mask_polarity_on_every_target(dialect: str) -> None:
    """What a mask means, which gateways pass on as it is, is pinned for every dialect: one as it is, one repainted."""
    masks = [
        vector["canonical"]["mask"] for vector in fixture(dialect)["requests"] if "mask" in vector.get("canonical", {})
    ]
    meant = {mask["edits"] if isinstance(mask, dict) and "edits" in mask else "transparent" for mask in masks}

    assert len(meant) > 1


def test_usage_adds_up() -> None:
    """Where an answer says input, output and total, the sum is exact."""
    usages = [(vector["name"], vector.get("canonical", {}).get("usage", {})) for _, vector in vectors()]
    whole = [(name, usage) for name, usage in usages if {"input_tokens", "output_tokens", "total_tokens"} <= set(usage)]

    assert whole
    assert [
        name for name, usage in whole if usage["input_tokens"] + usage["output_tokens"] != usage["total_tokens"]
    ] == []


def test_outcomes_and_retries_are_of_one_taxonomy() -> None:
    """Every answer has one of three outcomes, and a category alone tells whether to try again."""
    answers = [vector["canonical"] for _, vector in vectors() if "canonical" in vector]
    outcomes = {answer["outcome"] for answer in answers if "outcome" in answer}
    errors = [answer for answer in answers if "category" in answer]

    assert outcomes == {"complete", "partial", "filtered"}
    assert [error for error in errors if error["retryable"] != CATEGORIES[error["category"]].retryable] == []
