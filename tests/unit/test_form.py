"""
The caller's form: who asks for bytes gets bytes, who asks for URLs gets data URLs.
"""

from __future__ import annotations

from typing import Any

import pytest

import imagetx
from imagetx.canonical import document

Json = Any
PNG = "iVBORw0KGgo="
ANSWER = {"data": [{"b64_json": PNG}]}

FORMS: list[tuple[str, Json, type]] = [
    ("stability/sd3.5-large", {}, dict),
    ("stability/stable-diffusion-xl-1024-v1-0", {}, dict),
    ("fireworks/flux-1-dev-fp8", {}, dict),
    ("fireworks/flux-1-dev-fp8", {"output_format": "png"}, bytes),
    ("fireworks/flux-1-dev-fp8", {"output_format": "jpeg"}, bytes),
    ("fireworks/stable-diffusion-xl-1024-v1-0", {"n": 2}, list),
    ("segmind/sdxl1.0-txt2img", {}, dict),
    ("segmind/flux-schnell", {}, bytes),
]


@pytest.mark.parametrize(("target", "fields", "kind"), FORMS)
def test_own_request_gets_its_own_form(target: str, fields: Json, kind: type) -> None:
    """What we ask for is what a server of ours would answer, and it is read as the same image."""
    asked = imagetx.encode_request({"prompt": "a fox", **fields}, target).value
    images = {"data": ANSWER["data"] * fields.get("n", 1)}

    said = imagetx.encode_response(images, target, request=asked).value
    back = document(imagetx.decode_response(said, target).value)

    assert isinstance(said.body, kind)
    assert [item["b64_json"] for item in back["data"]] == [item["b64_json"] for item in images["data"]]


BYTES: list[tuple[str, str, dict[str, str]]] = [
    ("https://api.stability.ai/v2beta/stable-image/generate/core", "stability", {}),
    ("https://api.stability.ai/v2beta/stable-image/generate/core", "stability", {"accept": "image/*"}),
    (
        "https://api.stability.ai/v1/generation/stable-diffusion-xl-1024-v1-0/text-to-image",
        "stability",
        {"accept": "image/png"},
    ),
    ("https://api.segmind.com/v1/sdxl1.0-txt2img", "segmind", {}),
]


@pytest.mark.parametrize(("url", "provider", "headers"), BYTES)
def test_callers_who_get_bytes(url: str, provider: str, headers: dict[str, str]) -> None:
    """Silence asks for bytes where the dossiers say so (stability 1.3, segmind 5.1)."""
    body: Json = {"prompt": "a fox"}
    if "/v1/generation/" in url:
        body = {"text_prompts": [{"text": "a fox"}]}
    elif provider == "stability":
        body = (imagetx.Part("prompt", "a fox"),)
    asked = imagetx.NativeRequest("POST", url, headers, body)

    assert isinstance(imagetx.encode_response(ANSWER, provider, request=asked).value.body, bytes)


def test_form_as_a_server_receives_it() -> None:
    """A form that came as bytes asks for what the same form asks for as parts."""
    sent = imagetx.NativeRequest("POST", BYTES[0][0], {"accept": "image/*"}, (imagetx.Part("prompt", "a fox"),))
    received = imagetx.NativeRequest("POST", "/v2beta/stable-image/generate/core", dict(sent.headers), sent.content())

    assert isinstance(imagetx.encode_response(ANSWER, "stability", request=received).value.body, bytes)


def test_callers_who_get_bytes_get_no_keys() -> None:
    """A JSON answer with a key that nobody knows is served to who wants bytes: the image, and no refusal."""
    answer = imagetx.NativeResponse(200, {}, {"image": PNG, "finish_reason": "SUCCESS", "seed": 3, "new_key": 1})
    value = imagetx.decode_response(answer, "stability/sd3.5-large").value
    assert isinstance(value, imagetx.ImageResponse)
    asked = imagetx.NativeRequest("POST", BYTES[0][0], {"accept": "image/*"}, (imagetx.Part("prompt", "a fox"),))

    said = imagetx.encode_response(value, "stability", request=asked).value

    assert isinstance(said.body, bytes)
    assert (said.headers["seed"], said.headers["finish-reason"]) == ("3", "SUCCESS")


@pytest.mark.parametrize("target", ["fireworks/flux-kontext-pro", "azure/dall-e-2"])
def test_only_urls_can_be_said(target: str) -> None:
    """Bytes go out as a data URL and come back as the same bytes, without a note."""
    meant = imagetx.Target(*target.split("/"), variables={"resource": "acme"} if "azure" in target else {})

    out = imagetx.encode_response(ANSWER, meant)
    back = document(imagetx.decode_response(out.value, meant).value)

    assert out.notes == ()
    assert back["data"] == [{"b64_json": PNG, "mime_type": "image/png", "index": 0, "finish_reason": "stop"}]


def test_data_url_of_unknown_bytes_says_its_type() -> None:
    native = imagetx.NativeResponse(200, {}, {"created": 0, "data": [{"url": "data:image/jxl;base64,AAAA"}]})

    (item,) = document(imagetx.decode_response(native, "openai/dall-e-3").value)["data"]

    assert (item["b64_json"], item["mime_type"]) == ("AAAA", "image/jxl")
