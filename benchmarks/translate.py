"""
Time `encode_request` and `decode_request` of a six-field request, beside the same work by hand.

`python -m benchmarks.translate` prints microseconds a call (minimum of several repeats) and ratios
in one run. By hand means what a careful gateway would write for this one provider: the six fields
checked, size or ratio mapped, URL, headers and the same value classes built; no notes, no options.
"""

from __future__ import annotations

import subprocess
import sys
import timeit
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

import imagetx
from imagetx.wire import Credential

Json = dict[str, Any]
REPEATS, CALLS = 9, 2000


def _text(request: Json, name: str, longest: int) -> str:
    value = request[name]
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise imagetx.RequestError(f"expected {name} as a text of 1 to {longest} characters")
    return value


def _whole(request: Json, name: str, low: int, high: int) -> int:
    value = request[name]
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise imagetx.RequestError(f"expected {name} as an integer {low} to {high}")
    return value


def _word(request: Json, name: str, words: dict[str, str]) -> str:
    value = request[name]
    if value not in words:
        raise imagetx.RequestError(f"expected {name} as one of {list(words)}")
    return words[value]


def _done(value: Any, target: imagetx.Target, dialect: str) -> imagetx.Translation[Any]:
    return imagetx.Translation(
        value=value, notes=(), target=target, dialect=dialect, model=target.model, verified="2026-11-22"
    )


QUALITY = {"low": "low", "medium": "medium", "high": "high", "auto": "auto"}
FORMATS = {"png": "png", "jpeg": "jpeg", "webp": "webp"}
SIZES = {"1536x1024": (1536, 1024), "1024x1024": (1024, 1024), "1024x1536": (1024, 1536)}
RATIOS = {ratio: ratio for ratio in ["21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21"]}
BEARER = Credential("bearer", "authorization", "Bearer {secret}")


def openai_by_hand(request: Json, target: imagetx.Target) -> imagetx.Translation[Any]:
    """Say the request as Openai wants it."""
    body = {
        "model": target.model,
        "prompt": _text(request, "prompt", 32000),
        "n": _whole(request, "n", 1, 10),
        "size": _word(request, "size", {size: size for size in SIZES}),
        "quality": _word(request, "quality", QUALITY),
        "output_format": _word(request, "output_format", FORMATS),
    }
    url = "https://api.openai.com/v1/images/generations"
    return _done(imagetx.NativeRequest("POST", url, {}, body, BEARER, 300), target, "openai/generations")


def azure_by_hand(request: Json, target: imagetx.Target) -> imagetx.Translation[Any]:
    """Say the request as Azure wants it."""
    body = {
        "prompt": _text(request, "prompt", 32000),
        "n": _whole(request, "n", 1, 10),
        "size": _word(request, "size", {size: size for size in SIZES}),
        "quality": _word(request, "quality", QUALITY),
        "output_format": _word(request, "output_format", FORMATS),
        "user": _text(request, "user", 10**6),
    }
    host = f"https://{target.variables['resource']}.openai.azure.com"
    deployment = quote(target.deployment or "", safe="")
    url = f"{host}/openai/deployments/{deployment}/images/generations?api-version=2025-04-01-preview"
    credential = Credential("api_key", "api-key", "{secret}")
    return _done(imagetx.NativeRequest("POST", url, {}, body, credential, 300), target, "azure/deployment-generations")


def bedrock_by_hand(request: Json, target: imagetx.Target) -> imagetx.Translation[Any]:
    """Say the request as Bedrock wants it."""
    width, height = SIZES[_word(request, "size", {size: size for size in SIZES})]
    config = {
        "width": width,
        "height": height,
        "quality": _word(request, "quality", {"standard": "standard", "hd": "premium"}),
        "cfgScale": min(10, max(1.1, request["guidance_scale"])),
        "numberOfImages": _whole(request, "n", 1, 5),
        "seed": _whole(request, "seed", 0, 2147483646),
    }
    text = {"text": _text(request, "prompt", 1024)}
    body = {"taskType": "TEXT_IMAGE", "textToImageParams": text, "imageGenerationConfig": config}
    region = target.variables["region"]
    url = f"https://bedrock-runtime.{region}.amazonaws.com/model/{quote(target.model or '', safe='')}/invoke"
    credential = Credential("sigv4", None, None, "bedrock", region)
    headers = {"accept": "application/json"}
    return _done(imagetx.NativeRequest("POST", url, headers, body, credential, 300), target, "bedrock/nova-canvas")


HARMS = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
LEVELS = {"strict": "BLOCK_LOW_AND_ABOVE", "permissive": "BLOCK_ONLY_HIGH", "off": "OFF"}


def gemini_by_hand(request: Json, target: imagetx.Target) -> imagetx.Translation[Any]:
    """Say the request as Gemini wants it."""
    _whole(request, "n", 1, 1)
    level = _word(request, "safety_level", LEVELS)
    body = {
        "contents": [{"role": "user", "parts": [{"text": _text(request, "prompt", 10**6)}]}],
        "generationConfig": {
            "responseModalities": ["IMAGE"],
            "imageConfig": {
                "aspectRatio": _word(request, "aspect_ratio", RATIOS),
                "imageSize": _word(request, "resolution", {tier: tier for tier in ("1K", "2K", "4K")}),
            },
            "seed": _whole(request, "seed", 0, 2**31 - 1),
        },
        "safetySettings": [{"category": f"HARM_CATEGORY_{harm}", "threshold": level} for harm in HARMS],
    }
    model = quote(target.model or "", safe="")
    url = f"https://generativelanguage.googleapis.com/v1beta/models/{model}:generateContent"
    credential = Credential("api_key", "x-goog-api-key", "{secret}")
    return _done(imagetx.NativeRequest("POST", url, {}, body, credential, 300), target, "gemini/generate-content")


def stability_by_hand(request: Json, target: imagetx.Target) -> imagetx.Translation[Any]:
    """Say the request as Stability wants it."""
    form = (
        imagetx.Part("prompt", _text(request, "prompt", 10000)),
        imagetx.Part("negative_prompt", _text(request, "negative_prompt", 10000)),
        imagetx.Part("aspect_ratio", _word(request, "aspect_ratio", RATIOS)),
        imagetx.Part("seed", str(_whole(request, "seed", 0, 4294967294))),
        imagetx.Part("output_format", _word(request, "output_format", FORMATS)),
        imagetx.Part("model", target.model or ""),
    )
    url = "https://api.stability.ai/v2beta/stable-image/generate/sd3"
    headers = {"accept": "application/json"}
    return _done(imagetx.NativeRequest("POST", url, headers, form, BEARER, 180), target, "stability/sd3")


ByHand = Callable[[Json, imagetx.Target], imagetx.Translation[Any]]
PROMPT = "a red fox in snow"
CASES: dict[str, tuple[Json, imagetx.Target, ByHand]] = {
    "openai": (
        {
            "model": "gpt-image-2",
            "prompt": PROMPT,
            "n": 2,
            "size": "1536x1024",
            "quality": "high",
            "output_format": "png",
        },
        imagetx.Target("openai", "gpt-image-2"),
        openai_by_hand,
    ),
    "azure": (
        {"prompt": PROMPT, "n": 2, "size": "1536x1024", "quality": "high", "output_format": "png", "user": "u"},
        imagetx.Target("azure", "gpt-image-2", deployment="img", variables={"resource": "acme"}),
        azure_by_hand,
    ),
    "bedrock": (
        {"prompt": PROMPT, "n": 2, "size": "1536x1024", "seed": 7, "quality": "hd", "guidance_scale": 5},
        imagetx.Target("bedrock", "amazon.nova-canvas-v1:0", variables={"region": "us-west-2"}),
        bedrock_by_hand,
    ),
    "gemini": (
        {"prompt": PROMPT, "n": 1, "aspect_ratio": "3:2", "resolution": "2K", "seed": 7, "safety_level": "strict"},
        imagetx.Target("gemini", "gemini-3-pro-image"),
        gemini_by_hand,
    ),
    "stability": (
        {
            "prompt": PROMPT,
            "negative_prompt": "rain",
            "aspect_ratio": "3:2",
            "seed": 7,
            "output_format": "png",
            "model": "sd3",
        },
        imagetx.Target("stability", "sd3.5-large"),
        stability_by_hand,
    ),
}


def openai_read_by_hand(native: imagetx.NativeRequest) -> Json:
    """Read a native OpenAI request as a careful gateway would: the fields it knows, the rest kept."""
    if not unquote(native.url).endswith("/images/generations") or not isinstance(native.body, dict):
        raise imagetx.WireError("expected a request of the Images API")
    known = {"model", "prompt", "n", "size", "quality", "output_format"}
    rest = {key: value for key, value in native.body.items() if key not in known}
    request = {key: value for key, value in native.body.items() if key in known}
    return {"operation": "generate", **request, "provider_options": {"openai": rest}} if rest else request


def microseconds(call: Callable[[], object]) -> float:
    """Time a call: the minimum of several repeats."""
    return min(timeit.repeat(call, number=CALLS, repeat=REPEATS)) / CALLS * 1e6


def import_milliseconds(module: str) -> float:
    """Time an import in a fresh interpreter: the minimum of several runs, the interpreter's own start left out."""
    code = f"import time; t = time.perf_counter(); import {module}; print((time.perf_counter() - t) * 1e3)"
    runs = (subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True) for _ in range(5))
    return min(float(run.stdout) for run in runs)


def main() -> None:
    """Print the table."""
    print(f"{'us a call':12}{'encode':>9}{'by hand':>9}{'ratio':>7}{'decode':>9}{'notes':>7}")
    for name, (request, target, by_hand) in CASES.items():
        out = imagetx.encode_request(request, target)
        assert by_hand(request, target).value.url == out.value.url
        ours = microseconds(partial(imagetx.encode_request, request, target))
        theirs = microseconds(partial(by_hand, request, target))
        back = microseconds(partial(imagetx.decode_request, out.value, imagetx.Target(name)))
        print(f"{name:12}{ours:9.1f}{theirs:9.1f}{ours / theirs:7.1f}{back:9.1f}{len(out.notes):7}")
    native = imagetx.encode_request(*CASES["openai"][:2]).value
    print(f"openai request read by hand: {microseconds(lambda: openai_read_by_hand(native)):.1f} us")
    ours, base = import_milliseconds("imagetx"), import_milliseconds("pydantic")
    print(f"import: imagetx {ours:.0f} ms, pydantic {base:.0f} ms, difference {ours - base:.0f} ms")


if __name__ == "__main__":
    main()
