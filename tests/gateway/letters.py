"""
One message for each protocol of each provider, to the letter: what an SDK or a curl sends, by the dossiers' examples.
"""

from __future__ import annotations

import base64
from typing import Any

import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.gateway.world import SECRETS
from tests.images import content, text

Json = Any
RED = content("red-64.png")
INLINE = {"inlineData": {"mimeType": "image/png", "data": text("red-64.png")}}
BEARER = {name: {"authorization": f"Bearer {secret}"} for name, secret in SECRETS.items()}
ACCEPT = {"accept": "application/json"}
FLUX = "https://api.fireworks.ai/inference/v1/workflows/accounts/fireworks/models"
SDXL = (
    "https://api.fireworks.ai/inference/v1/image_generation/accounts/fireworks/models/playground-v2-5-1024px-aesthetic"
)
VERTEX = "https://{}aiplatform.googleapis.com/v1/projects/p1/locations/{}/publishers/google/models/{}"
GEMINI = "https://generativelanguage.googleapis.com/v1beta"


def _file(name: str, data: bytes, mime: str) -> tuple[str, bytes, str]:
    return name, data, mime


def _form(fields: dict[str, str]) -> dict[str, Json]:
    """Make a form of texts only: httpx makes one where files are given, and a text is a file without a name."""
    return {"files": [(name, (None, value)) for name, value in fields.items()]}


def letters() -> dict[str, tuple[str, httpx.Request]]:
    """Give the messages by name, each with its provider."""
    made: dict[str, tuple[str, httpx.Request]] = {}
    for name, (provider, url, headers, body) in {**_shaped_like_openai(), **_google(), **_others()}.items():
        made[name] = provider, httpx.Request("POST", url, headers=headers, **body)
    return made | _signed()


def _shaped_like_openai() -> dict[str, Json]:
    openai, azure = "https://api.openai.com/v1/images", "https://acme.openai.azure.com/openai"
    services = "https://acme.services.ai.azure.com"
    key = {"api-key": SECRETS["azure"]}
    files = [
        ("image[]", _file("a.png", RED, "image/png")),
        ("image[]", _file("b.jpg", content("grey-64.jpg"), "image/jpeg")),
    ]
    mask = ("mask", _file("m.png", content("mask-transparent-64.png"), "image/png"))
    prompt = {"prompt": "a red fox in snow"}
    sent = {"model": "gpt-image-2", **prompt, "size": "1536x864"}
    urls = {"images": [{"image_url": "https://img.example/a.jpg"}], "mask": {"file_id": "file-88"}}
    dated = f"{azure}/deployments/img2-prod/images"
    version = "?api-version=2025-04-01-preview"
    form = {"data": {"model": "gpt-image-2", **prompt}, "files": [*files, mask]}
    return {
        "openai": ("openai", f"{openai}/generations", BEARER["openai"], {"json": sent}),
        "openai-stream": ("openai", f"{openai}/generations", BEARER["openai"], {"json": {**sent, "stream": True}}),
        "openai-form": ("openai", f"{openai}/edits", {**BEARER["openai"], **ACCEPT}, form),
        "openai-references": ("openai", f"{openai}/edits", BEARER["openai"], {"json": {**sent, **urls}}),
        "azure": ("azure", f"{dated}/generations{version}", key, {"json": {**prompt, "quality": "medium"}}),
        "azure-form": ("azure", f"{dated}/edits{version}", key, {"data": prompt, "files": [*files, mask]}),
        "azure-v1": ("azure", f"{azure}/v1/images/generations", key, {"json": {**sent, "n": 2}}),
        "azure-legacy": (
            "azure",
            f"{azure}/images/generations:submit?api-version=2023-08-01-preview",
            key,
            {"json": {**prompt, "n": 2, "size": "512x512"}},
        ),
        "azure-flux": (
            "azure",
            f"{services}/providers/blackforestlabs/v1/flux-2-flex?api-version=preview",
            key,
            {"json": {"model": "FLUX.2-flex", **prompt, "width": 1280, "height": 960, "output_format": "png"}},
        ),
        "azure-mai": (
            "azure",
            f"{services}/mai/v1/images/generations",
            key,
            {"json": {"model": "mai26flash", **prompt, "width": 2048, "height": 1152}},
        ),
        "reka": (
            "reka",
            "https://api.reka.ai/v1/images/generations",
            BEARER["reka"],
            {"json": {"model": "m1", **prompt}},
        ),
    }


def _google() -> dict[str, Json]:
    key = {"x-goog-api-key": SECRETS["gemini"]}
    flash, pro = "gemini-2.5-flash-image", "gemini-3-pro-image"
    words = {"role": "user", "parts": [{"text": "Paper lanterns over a canal"}]}
    asked = {"responseModalities": ["IMAGE"], "imageConfig": {"aspectRatio": "16:9"}}
    drawn = {"contents": [words], "generationConfig": asked}
    edited = {"contents": [{"role": "user", "parts": [INLINE, {"text": "night"}]}]}
    imagen = {"instances": [{"prompt": "Copper teapot"}], "parameters": {"sampleCount": 2, "includeRaiReason": True}}
    teapot = VERTEX.format("us-central1-", "us-central1", "imagen-4.0-generate-001:predict")
    interaction = {"model": pro, "input": "a red kite", "response_format": {"type": "image", "aspect_ratio": "16:9"}}
    lanterns = VERTEX.format("", "global", f"{pro}:generateContent")
    return {
        "gemini": ("gemini", f"{GEMINI}/models/{pro}:generateContent", key, {"json": drawn}),
        "gemini-edit": ("gemini", f"{GEMINI}/models/{flash}:generateContent", key, {"json": edited}),
        "gemini-stream": ("gemini", f"{GEMINI}/models/{pro}:streamGenerateContent?alt=sse", key, {"json": drawn}),
        "gemini-interactions": ("gemini", f"{GEMINI}/interactions", key, {"json": interaction}),
        "vertex": ("vertex", lanterns, BEARER["vertex"], {"json": drawn}),
        "vertex-imagen": ("vertex", teapot, BEARER["vertex"], {"json": imagen}),
    }


def _others() -> dict[str, Json]:
    stability, segmind = "https://api.stability.ai/v2beta/stable-image", "https://api.segmind.com"
    auth, prompt = {**BEARER["stability"], **ACCEPT}, {"prompt": "paper boat on a rainy street"}
    image = ("image", _file("image.png", RED, "image/png"))
    mask = ("mask", _file("mask.png", content("mask-white-64.png"), "image/png"))
    key, fireworks = {"x-api-key": SECRETS["segmind"]}, BEARER["fireworks"]
    v1 = "https://api.stability.ai/v1/generation/stable-diffusion-xl-1024-v1-0/text-to-image"
    texts = {"text_prompts": [{"text": "glass city", "weight": 1}], "width": 1216, "height": 832, "samples": 3}
    classic = {**prompt, "samples": 2, "img_width": 896, "img_height": 1152, "scheduler": "UniPC", "base64": True}
    edit = {"data": {**prompt, "mode": "image-to-image", "strength": "0.6"}, "files": [image]}
    many = {**prompt, "samples": 3, "width": 1152, "height": 896, "steps": 30}
    return {
        "stability-core": ("stability", f"{stability}/generate/core", auth, _form({**prompt, "aspect_ratio": "3:2"})),
        "stability-bytes": ("stability", f"{stability}/generate/core", BEARER["stability"], _form(prompt)),
        "stability-sd3": ("stability", f"{stability}/generate/sd3", auth, edit),
        "stability-inpaint": ("stability", f"{stability}/edit/inpaint", auth, {"data": prompt, "files": [image, mask]}),
        "stability-creative": (
            "stability",
            f"{stability}/upscale/creative",
            BEARER["stability"],
            {"data": {**prompt, "creativity": "0.2"}, "files": [image]},
        ),
        "stability-v1": ("stability", v1, auth, {"json": texts}),
        "segmind": ("segmind", f"{segmind}/v1/sdxl1.0-txt2img", key, {"json": classic}),
        "segmind-bytes": ("segmind", f"{segmind}/v1/flux-1.1-pro", key, {"json": prompt}),
        "segmind-v2": ("segmind", f"{segmind}/v2/seedream-4.5", key, {"json": {**prompt, "size": "4K"}}),
        "fireworks-flux": (
            "fireworks",
            f"{FLUX}/flux-1-dev-fp8/text_to_image",
            {**fireworks, **ACCEPT},
            {"json": {**prompt, "aspect_ratio": "2:3"}},
        ),
        "fireworks-bytes": (
            "fireworks",
            f"{FLUX}/flux-1-schnell-fp8/text_to_image",
            {**fireworks, "accept": "image/jpeg"},
            {"json": prompt},
        ),
        "fireworks-kontext": (
            "fireworks",
            f"{FLUX}/flux-kontext-pro",
            fireworks,
            {"json": {**prompt, "output_format": "jpeg"}},
        ),
        "fireworks-sdxl": ("fireworks", SDXL, {**fireworks, **ACCEPT}, {"json": many}),
    }


def signed(request: httpx.Request, secret: str) -> httpx.Request:
    """Sign a message for Bedrock as botocore does."""
    access, _, key = secret.partition(":")
    kept = {name: value for name, value in request.headers.items() if name in ("content-type", "accept")}
    aws = AWSRequest("POST", str(request.url), kept, request.content)
    SigV4Auth(Credentials(access, key), "bedrock", "us-west-2").add_auth(aws)
    return httpx.Request("POST", request.url, headers=dict(aws.headers.items()), content=request.content)


def _signed() -> dict[str, tuple[str, httpx.Request]]:
    base = "https://bedrock-runtime.us-west-2.amazonaws.com/model"
    prompt = {"prompt": "a tin robot watering basil", "aspect_ratio": "3:2", "seed": 7}
    image = {
        "image": text("red-64.png"),
        "prompt": "a red door",
        "mask": base64.b64encode(content("mask-white-64.png")).decode(),
    }
    plain = {
        "bedrock": httpx.Request("POST", f"{base}/stability.sd3-5-large-v1%3A0/invoke", json=prompt),
        "bedrock-inpaint": httpx.Request(
            "POST", f"{base}/us.stability.stable-image-inpaint-v1%3A0/invoke", json=image, headers=ACCEPT
        ),
    }
    return {name: ("bedrock", signed(request, SECRETS["bedrock"])) for name, request in plain.items()}
