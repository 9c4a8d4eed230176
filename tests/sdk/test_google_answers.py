"""What we answer as Gemini and as Vertex AI is, for google-genai, the object or the exception that it should be."""

from __future__ import annotations

import base64
import json
import warnings
from typing import Any

import pytest

import imagetx
from tests.dialects import ROOT
from tests.images import expanded

pytest.importorskip("google.genai", reason="needs the extra `conformance`")

import httpx
from google.genai import types

from tests.sdk import google_asked
from tests.sdk.google_asked import GEMINI, INTERACTIONS, PREDICT, VERTEX, answered, asked, dumped

Json = Any
IMAGE = {"data": "{{red-64.png}}", "mime_type": "image/png"}


# Answers of ours ------------------------------------------------------------------------------

ANSWER = {
    "created": 1795168800,
    "data": [
        {"b64_json": "{{red-64.png}}", "mime_type": "image/png", "revised_prompt": "a red square"},
        {"b64_json": "{{grey-64.jpg}}", "mime_type": "image/jpeg"},
    ],
    "drafts": [{"b64_json": "{{green-64.webp}}", "mime_type": "image/webp"}],
    "text": ["Here."],
    "usage": {
        "input_tokens": 9,
        "output_tokens": 1181,
        "total_tokens": 1190,
        "input_tokens_details": {"text_tokens": 9},
        "output_tokens_details": {"image_tokens": 1120, "reasoning_tokens": 61},
    },
}
CONTENT = {
    "candidates": [
        {
            "content": {
                "role": "model",
                "parts": [
                    {"inline_data": {"data": "{{green-64.webp}}", "mime_type": "image/webp"}, "thought": True},
                    {"text": "Here."},
                    {"inline_data": IMAGE},
                    {"inline_data": {"data": "{{grey-64.jpg}}", "mime_type": "image/jpeg"}},
                ],
            },
            "finish_reason": "STOP",
            "index": 0,
        }
    ],
    "usage_metadata": {
        "prompt_token_count": 9,
        "prompt_tokens_details": [{"modality": "TEXT", "token_count": 9}],
        "candidates_token_count": 1120,
        "candidates_tokens_details": [{"modality": "IMAGE", "token_count": 1120}],
        "thoughts_token_count": 61,
        "total_token_count": 1190,
    },
}


@pytest.mark.parametrize(("target", "more"), [(GEMINI, {}), (VERTEX, {"create_time": "2026-11-20T10:00:00+00:00"})])
def test_answer_is_a_generate_content_response(target: imagetx.Target, more: Json) -> None:
    found = answered(expanded(ANSWER), target)

    assert isinstance(found, types.GenerateContentResponse)
    assert dumped(found) == {**CONTENT, **more}
    assert found.text == "Here."


def test_answer_is_an_interaction() -> None:
    """Steps in which the user finds images by type, and what thinking took beside what came out."""
    expected = {
        "status": "completed",
        "created": "2026-11-20T10:00:00Z",
        "output_text": "Here.",
        "output_image": {"type": "image", "data": "{{grey-64.jpg}}", "mime_type": "image/jpeg"},
        "usage": {
            "initial_input_tokens": 9,
            "total_input_tokens": 9,
            "input_tokens_by_modality": [{"modality": "text", "tokens": 9}],
            "total_output_tokens": 1120,
            "output_tokens_by_modality": [{"modality": "image", "tokens": 1120}],
            "total_thought_tokens": 61,
            "total_tokens": 1190,
        },
    }

    found = answered(expanded(ANSWER), INTERACTIONS)

    document = dumped(found)
    images = [content for step in document["steps"] for content in step["content"] if content["type"] == "image"]
    assert images == [
        {"type": "image", **IMAGE},
        {"type": "image", "data": "{{grey-64.jpg}}", "mime_type": "image/jpeg"},
    ]
    assert {key: value for key, value in document.items() if key != "steps"} == expected


def test_answer_is_a_generate_images_response() -> None:
    """Imagen's: what was filtered stands beside what came, the prompt that was used with its image."""
    response = {"created": 0, "data": ANSWER["data"], "filtered": [{"index": 2, "reason": "Support codes: 63429089"}]}
    expected = {
        "generated_images": [
            {"image": {"image_bytes": "{{red-64.png}}", "mime_type": "image/png"}, "enhanced_prompt": "a red square"},
            {"image": {"image_bytes": "{{grey-64.jpg}}", "mime_type": "image/jpeg"}},
            {"rai_filtered_reason": "Support codes: 63429089"},
        ]
    }

    found = answered(expanded(response), PREDICT)

    assert isinstance(found, types.GenerateImagesResponse)
    assert dumped(found) == expected


@pytest.mark.parametrize("method", ["edit_image", "upscale_image"])
def test_answer_of_an_edit_is_an_image(method: str) -> None:
    model = {"edit_image": "imagen-3.0-capability-001", "upscale_image": "imagen-4.0-upscale-preview"}[method]
    target = imagetx.Target("vertex", model)
    source = types.Image(image_bytes=b"\x89PNG", mime_type="image/png")
    reference = types.RawReferenceImage(reference_id=1, reference_image=source)
    passed = {
        "edit_image": {"prompt": "a", "reference_images": [reference]},
        "upscale_image": {"image": source, "upscale_factor": "x2"},
    }[method]
    native = imagetx.encode_response(
        expanded({"created": 0, "data": [{"b64_json": "{{red-64.png}}", "mime_type": "image/png"}]}), target
    ).value
    client, answering = google_asked.client("vertex")
    answering.response = httpx.Response(native.status, content=native.content())

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = getattr(client.models, method)(model=model, **passed)

    assert dumped(found) == {
        "generated_images": [{"image": {"image_bytes": "{{red-64.png}}", "mime_type": "image/png"}}]
    }


@pytest.mark.parametrize("target", [GEMINI, VERTEX], ids=["gemini", "vertex"])
def test_answer_by_reference_is_file_data(target: imagetx.Target) -> None:
    """As where the caller asked for a place of his own (`generation_output_config`)."""
    uri = "gs://bkt/out/0.png"

    found = answered({"created": 0, "data": [{"url": uri, "mime_type": "image/png"}]}, target)

    (part,) = found.candidates[0].content.parts
    assert (part.file_data.file_uri, part.file_data.mime_type) == (uri, "image/png")


def test_prediction_by_reference_is_a_gcs_uri() -> None:
    uri = "gs://bkt/out/0.png"

    found = answered({"created": 0, "data": [{"url": uri, "mime_type": "image/png"}]}, PREDICT)

    (image,) = found.generated_images
    assert (image.image.gcs_uri, image.image.mime_type) == (uri, "image/png")


# Answers of others ----------------------------------------------------------------------------

OTHERS = {
    "openai/gpt-image-2": (
        {
            "json": {
                "created": 1795168800,
                "background": "opaque",
                "output_format": "png",
                "quality": "high",
                "size": "1024x1024",
                "data": [{"b64_json": "{{red-64.png}}"}],
                "usage": {
                    "input_tokens": 50,
                    "input_tokens_details": {"image_tokens": 40, "text_tokens": 10},
                    "output_tokens": 100,
                    "total_tokens": 150,
                },
            }
        },
        {
            "prompt_token_count": 50,
            "prompt_tokens_details": [
                {"modality": "TEXT", "token_count": 10},
                {"modality": "IMAGE", "token_count": 40},
            ],
            "candidates_token_count": 100,
            "total_token_count": 150,
        },
    ),
    "stability/sd3.5-large": (
        {"json": {"image": "{{red-64.png}}", "finish_reason": "SUCCESS", "seed": 7}},
        None,
    ),
    "bedrock/amazon.nova-canvas-v1:0": ({"json": {"images": ["{{red-64.png}}"]}}, None),
    "bedrock/stability.sd3-5-large-v1:0": (
        {"json": {"seeds": [99], "finish_reasons": [None], "images": ["{{red-64.png}}"]}},
        None,
    ),
}


@pytest.mark.parametrize("served_by", OTHERS)
@pytest.mark.parametrize("target", [GEMINI, VERTEX, PREDICT], ids=["gemini", "vertex", "predict"])
def test_answer_of_another_is_the_users(served_by: str, target: imagetx.Target) -> None:
    """Whoever made the image, google-genai gives its bytes, its type and, where the dialect has it, what was used."""
    body, usage = OTHERS[served_by]
    native = imagetx.NativeResponse.from_json({"status": 200, "headers": {}, "body": expanded(body)})

    out = imagetx.translate_response(native, served_by, target).value
    document = dumped(asked(target, out.status, out.headers, out.content()))

    if target is PREDICT:
        image = {"image_bytes": "{{red-64.png}}", "mime_type": "image/png"}
        assert [each["image"] for each in document["generated_images"]] == [image]
    else:
        (candidate,) = document["candidates"]
        assert candidate["content"]["parts"] == [{"inline_data": IMAGE}]
        assert candidate["finish_reason"] == "STOP"
        assert document.get("usage_metadata") == usage


# Every vector ---------------------------------------------------------------------------------


OLD = {"old_revision_outputs"}
"""Interactions before 2026-05-20, which this SDK does not read."""


def vectors(section: str) -> list[Any]:
    """List the answers of Google's dialects that the fixtures state."""
    found = []
    for path in sorted((ROOT / "fixtures").glob("*/*.json")):
        if path.parent.name in ("gemini", "vertex") and "openai" not in path.name:
            content = json.loads(path.read_text())
            found += [
                pytest.param({**vector, "dialect": content["dialect"]}, id=f"{content['dialect']}::{vector['name']}")
                for vector in content[section]
                if "encode" in vector.get("ways", ["encode"]) and vector["name"] not in OLD
            ]
    return found


@pytest.mark.parametrize("vector", vectors("responses"))
def test_every_answer_is_parsed(vector: Json) -> None:
    """Whatever an answer holds, our writing of it gives google-genai's user the images that it has, in their order."""
    target = imagetx.Target(**vector["target"])
    decoded = imagetx.decode_response(imagetx.NativeResponse.from_json(vector["native"]), target).value
    expected = [base64.b64decode(item.b64_json) for item in decoded.data if item.b64_json is not None]

    out = imagetx.encode_response(decoded, target).value
    found = asked(PREDICT if "predict" in vector["dialect"] else target, out.status, out.headers, out.content())

    assert pictures(found) == expected


def pictures(found: Json) -> list[bytes]:
    """List the images of an answer as its user finds them."""
    if isinstance(found, types.GenerateImagesResponse):
        return [each.image.image_bytes for each in found.generated_images if each.image and each.image.image_bytes]
    if isinstance(found, types.GenerateContentResponse):
        parts = [part for part in found.candidates[0].content.parts if part.inline_data and not part.thought]
        return [part.inline_data.data for part in parts]
    contents = [each for step in found.steps if step.type == "model_output" for each in step.content]
    return [base64.b64decode(each.data) for each in contents if each.type == "image" and each.data]
