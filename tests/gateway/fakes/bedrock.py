"""
Bedrock as it is seen from outside.

Source: dossier bedrock.md 1 (path, headers, signature), 2.1 (what is off), 5 (answers), 6 (errors).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx

from tests.gateway import signature
from tests.gateway.call import CREDENTIALS, Call
from tests.gateway.studio import Studio
from tests.gateway.witness import Said
from tests.gateway.world import Fake, only

Json = Any
REGION = "us-west-2"
SIGNATURE = {"authorization", "x-amz-date", "x-amz-security-token", "x-amz-content-sha256"}
CORAL = "http://internal.amazon.com/coral/com.amazon.bedrock/"
OFF = ("amazon.", "stability.stable-diffusion-xl", "stability.sd3-large", "stability.stable-image-core-v1:0")
OFF += ("stability.stable-image-ultra-v1:0",)


def unlock(call: Call, secret: str) -> Iterator[str]:
    """Find what is wrong with the credential: a signature, or an API key of Bedrock (1.4)."""
    if ":" in secret:
        yield from (f"a credential in {name}" for name in sorted(call.headers.keys() & CREDENTIALS - SIGNATURE))
        yield from signature.faults(call, secret, REGION)
    else:
        yield from only(call, "authorization", f"Bearer {secret}")


def error(status: int, name: str, message: str, **more: Json) -> httpx.Response:
    """Say an error: the name in a header, the message in the body (6.1)."""
    headers = {"x-amzn-errortype": f"{name}:{CORAL}", "x-amzn-requestid": "5b1c-2"}
    return httpx.Response(status, json={"message": message, **more}, headers=headers)


def refuse(status: int, complaint: str) -> httpx.Response:
    """Refuse what is not to the letter."""
    if status == 401:
        return error(403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    if status == 404:
        return error(404, "UnknownOperationException", complaint)
    return error(400, "ValidationException", f"Malformed input request: {complaint}, please reformat your input.")


def throttled(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Say that the pace is too high; AWS says no time (6.3)."""
    return error(429, "ThrottlingException", "Too many requests, please wait before trying again.")


def blocked(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Block a prompt as the models of Stability do: 200 and no image (5.2)."""
    return _made({"finish_reasons": ["Filter reason: prompt"]})


def answer(call: Call, said: Said, studio: Studio) -> httpx.Response:
    """Answer an image request."""
    model = said.path["model"].rpartition("/")[2].removeprefix("us.")
    if model.startswith(OFF):
        return error(404, "ResourceNotFoundException", "This model version has reached the end of its life.")
    mime = f"image/{said.body.get('output_format', 'png')}"
    seed = said.body.get("seed") or 1702
    return _made({"seeds": [seed], "finish_reasons": [None], "images": [studio.draw_text(mime)]})


def _made(body: Json) -> httpx.Response:
    return httpx.Response(200, json=body, headers={"x-amzn-requestid": "5b1c-1"})


FAKE = Fake(
    name="bedrock",
    hosts=frozenset({f"bedrock-runtime.{REGION}.amazonaws.com"}),
    schemas=(
        "bedrock/stable-image",
        "bedrock/image-services",
        "bedrock/nova-canvas",
        "bedrock/titan",
        "bedrock/stable-diffusion-xl",
    ),
    unlock=unlock,
    refuse=refuse,
    answer=answer,
    patience_s=60,
)
