"""Canonical models: strict types, absent is not null, and the same document back."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from imagetx.canonical import (
    CATEGORIES,
    REQUEST_FIELDS,
    SILENCE,
    WORDS,
    Document,
    ErrorDetail,
    ErrorResponse,
    Image,
    ImageRequest,
    ImageResponse,
    category_of_status,
    document,
    error_of,
    request_of,
    response_of,
)
from imagetx.shape import build
from imagetx.words import PREFERENCES

REQUEST = {
    "prompt": "a red fox",
    "n": 2,
    "size": "1536x1024",
    "seed": 0,
    "guidance_scale": 7,
    "stream": False,
    "user": None,
    "image": [{"file_id": "f"}, b"\x89PNG"],
    "provider_options": {"openai": {"extra_headers": {"a": "b"}}},
    "unknown": [1],
}
RESPONSE = {
    "created": 5,
    "data": [{"b64_json": "AAAA", "seed": 0, "new": 1}],
    "usage": {"input_tokens": 1, "input_tokens_details": {"text_tokens": 1}},
    "filtered": [{"reason": "r"}],
    "text": ["t"],
    "provider_metadata": {"gemini": {"responseId": "x"}},
}
ERROR = {
    "status": 429,
    "error": {"message": "m", "type": "t", "code": None, "param": None},
    "category": "rate_limit",
    "retryable": True,
    "retry_after_s": 1.5,
}


@pytest.mark.parametrize(("kind", "doc"), [(ImageRequest, REQUEST), (ImageResponse, RESPONSE), (ErrorResponse, ERROR)])
def test_document_and_back(kind: type[Document], doc: dict[str, Any]) -> None:
    """Building and validating give the same model, and the model gives the document."""
    built = build(kind, doc)

    assert document(built) == doc
    assert built == kind(**doc)
    assert document(kind(**doc)) == doc
    assert pickle.loads(pickle.dumps(built)) == built
    assert built.model_dump(exclude_unset=True, mode="python") == kind(**doc).model_dump(exclude_unset=True)


def test_builders_make_their_models() -> None:
    assert request_of(REQUEST) == ImageRequest(**REQUEST)
    assert isinstance(response_of(RESPONSE).data[0], Image)
    assert isinstance(error_of(ERROR).error, ErrorDetail)
    assert isinstance(document(request_of(REQUEST))["guidance_scale"], int)


def test_builders_take_what_is_odd() -> None:
    assert response_of({"data": [None], "usage": None, "text": "t"}).data == (None,)


def test_absent_is_not_null() -> None:
    assert ImageRequest(seed=None) != ImageRequest()
    assert document(ImageRequest(seed=None)) == {"seed": None}
    assert document(ImageRequest()) == {}
    assert ImageRequest().seed is None


BAD = [
    {"n": 0},
    {"n": "3"},
    {"n": 1.0},
    {"n": True},
    {"seed": -1},
    {"seed": "1"},
    {"size": "big"},
    {"size": "1024X1024"},
    {"size": "0x1"},
    {"size": "1x1\n"},
    {"size": "100000x1"},
    {"aspect_ratio": "16/9"},
    {"aspect_ratio": "auto"},
    {"aspect_ratio": "16:9\n"},
    {"partial_images": 4},
    {"partial_images": -1},
    {"stream": 1},
    {"watermark": "true"},
    {"enhance_prompt": 0},
    {"steps": 1.5},
    {"guidance_scale": "7"},
    {"guidance_scale": True},
    {"strength": float("nan")},
    {"prompt": b"x"},
    {"prompt": 1},
    {"operation": "upscale"},
    {"provider_options": {"openai": 1}},
    {"provider_options": []},
]


@pytest.mark.parametrize("doc", BAD)
def test_wrong_requests(doc: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        ImageRequest(**doc)


GOOD = [
    {"size": "auto"},
    {"quality": "ultra"},
    {"style": "pixel-art"},
    {"guidance_scale": -1},
    {"strength": 7},
    {"steps": 0},
    {"output_compression": 101},
    {"seed": 2**64},
    {"prompt": ""},
    {"image": b"\x89PNG"},
    {"image": ["a", {"image_url": "https://a/b"}]},
]


@pytest.mark.parametrize("doc", GOOD)
def test_open_and_preferred_fields(doc: dict[str, Any]) -> None:
    assert document(ImageRequest(**doc)) == doc


def test_every_field_may_be_null() -> None:
    nulls = dict.fromkeys(REQUEST_FIELDS)

    assert document(ImageRequest(**nulls)) == nulls


def test_frozen() -> None:
    with pytest.raises(ValidationError):
        ImageRequest(n=1).n = 2  # type: ignore[misc]


def test_repr_is_short() -> None:
    answer = ImageResponse(data=(Image(b64_json="A" * 8388608),))

    assert repr(answer) == str(answer) == 'ImageResponse(data=[{"b64_json": <6291456 bytes>}])'
    assert len(repr(ImageRequest(prompt="fox " * 1000, user="u " * 1000, style="s " * 1000))) <= 500


def test_fastapi_can_take_it_as_a_body() -> None:
    """FastAPI validates bodies with a TypeAdapter and writes its schema into OpenAPI."""
    adapter = TypeAdapter(ImageRequest)

    assert document(adapter.validate_json('{"prompt": "x", "n": null, "z": 1}')) == {"prompt": "x", "n": None, "z": 1}
    assert adapter.json_schema()["properties"]["n"]["description"].startswith("How many")


def test_words_agree() -> None:
    for field, silent in SILENCE.items():
        assert field in REQUEST_FIELDS
        assert field not in WORDS or silent in WORDS[field]
    assert set(REQUEST_FIELDS) > PREFERENCES


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (200, "server_error"),
        (400, "invalid_request"),
        (401, "authentication"),
        (402, "quota"),
        (403, "permission"),
        (404, "not_found"),
        (408, "timeout"),
        (413, "invalid_request"),
        (422, "invalid_request"),
        (424, "server_error"),
        (429, "rate_limit"),
        (500, "server_error"),
        (502, "server_error"),
        (503, "overloaded"),
        (504, "timeout"),
        (529, "overloaded"),
    ],
)
def test_category_of_status(status: int, expected: str) -> None:
    assert category_of_status(status) == expected
    assert expected in CATEGORIES
