"""
One dialect of each of nine providers, with a request of six fields, and more on which both must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from imagetx import Target

Json = Any
PROMPT: Final = "a red fox in snow"


@dataclass(frozen=True, slots=True)
class Case:
    """
    Hold what is timed of a provider, and what else is compared.

    Attributes:
        request: Six fields, all of which the dialect can say.
        target: Whom it is for.
        further: Changes of the request, each a request on which ours and the hand must agree: a
            field to drop, one out of range, one null, and what else is special there.
    """

    request: dict[str, Json]
    target: Target
    further: tuple[dict[str, Json], ...]


SINGLES: Final[dict[str, Json]] = {
    # each beside a prompt only, as it stands here, as null and as an object
    "prompt": "p",
    "n": 1,
    "size": "1024x1024",
    "quality": "standard",
    "style": "vivid",
    "response_format": "url",
    "user": "u",
    "safety_identifier": "s",
    "background": "transparent",
    "moderation": "low",
    "output_format": "svg",
    "output_compression": 50,
    "stream": True,
    "partial_images": 2,
    "input_fidelity": "high",
    "mask": "https://example.com/a.png",
    "operation": "generate",
    "aspect_ratio": "16:9",
    "resolution": "2K",
    "negative_prompt": "no",
    "seed": 5,
    "steps": 30,
    "guidance_scale": 4,
    "strength": 0.5,
    "sampler": "ddim",
    "person_generation": "allow_all",
    "safety_level": "off",
    "watermark": True,
    "enhance_prompt": True,
    "language": "en",
    "unheard": 1,
}

_OPENAI: Final = {"prompt": PROMPT, "n": 2, "size": "1536x1024", "quality": "high", "output_format": "png"}
_ANYWHERE: Final[tuple[dict[str, Json], ...]] = (
    {"language": "en", "sampler": "ddim"},
    {"n": 99},
    {"n": "2", "seed": []},
    {"prompt": None},
    {"prompt": 5, "watermark": "yes"},
    {"size": None, "seed": None},
    {"response_format": "url", "stream": True},
    {"unheard": 1, "of": None},
    {"operation": "generate", "mask": "https://example.com/a.png"},
)

CASES: Final[dict[str, Case]] = {
    "openai": Case(
        {"model": "gpt-image-2", **_OPENAI},
        Target("openai", "gpt-image-2"),
        (*_ANYWHERE, {"output_compression": 200, "output_format": "jpeg"}, {"quality": "hd"}, {"quality": "ultra"}),
    ),
    "azure": Case(
        {**_OPENAI, "user": "u"},
        Target("azure", "gpt-image-2", deployment="gpt-image-2", variables={"resource": "acme"}),
        (*_ANYWHERE, {"moderation": "low"}, {"output_format": "webp"}, {"background": "transparent"}),
    ),
    "bedrock": Case(
        {"prompt": PROMPT, "n": 2, "size": "1536x1024", "seed": 7, "quality": "hd", "guidance_scale": 5},
        Target("bedrock", "amazon.nova-canvas-v1:0", variables={"region": "us-west-2"}),
        (*_ANYWHERE, {"guidance_scale": 99}, {"size": "1920x1080"}, {"watermark": False}, {"seed": -1}),
    ),
    "gemini": Case(
        {"prompt": PROMPT, "n": 1, "aspect_ratio": "3:2", "resolution": "2K", "seed": 7, "safety_level": "strict"},
        Target("gemini", "gemini-3-pro-image"),
        (*_ANYWHERE, {"aspect_ratio": None, "resolution": None}, {"safety_level": None, "moderation": "low"}),
    ),
    "vertex": Case(
        {
            "prompt": PROMPT,
            "n": 2,
            "aspect_ratio": "4:3",
            "resolution": "2K",
            "person_generation": "allow_adult",
            "language": "en",
        },
        Target("vertex", "imagen-4.0-generate-001", variables={"project": "acme"}),
        (*_ANYWHERE, {"seed": 7}, {"seed": 7, "watermark": True}, {"n": None}, {"negative_prompt": "rain"}),
    ),
    "stability": Case(
        {
            "prompt": PROMPT,
            "negative_prompt": "rain",
            "aspect_ratio": "3:2",
            "seed": 7,
            "output_format": "png",
            "style": "anime",
        },
        Target("stability", "sd3.5-large"),
        (*_ANYWHERE, {"guidance_scale": 99}, {"output_format": "gif"}, {"aspect_ratio": "7:5"}, {"style": "vivid"}),
    ),
    "segmind": Case(
        {
            "prompt": PROMPT,
            "negative_prompt": "rain",
            "size": "1024x768",
            "seed": 7,
            "steps": 25,
            "guidance_scale": 7.5,
        },
        Target("segmind", "sdxl1.0-txt2img"),
        (*_ANYWHERE, {"steps": 7}, {"sampler": "dpm_single"}, {"size": "1000x1000"}),
    ),
    "fireworks": Case(
        {"prompt": PROMPT, "aspect_ratio": "3:2", "seed": 7, "steps": 4, "guidance_scale": 3.5, "safety_level": "off"},
        Target("fireworks", "flux-1-schnell-fp8"),
        (*_ANYWHERE, {"steps": 0}, {"output_format": "jpeg", "output_compression": 120}, {"aspect_ratio": "7:5"}),
    ),
    "reka": Case(
        {"model": "reka-image", **_OPENAI},
        Target("reka"),
        (*_ANYWHERE, {"quality": "ultra"}, {"output_format": "gif"}, {"size": "big"}),
    ),
}
