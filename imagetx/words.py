"""
The canonical words: fields, their values, what silence means, and the categories of errors.

Plain data without pydantic, because the engine needs it and the models do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from imagetx.errors import Json

REQUEST_FIELDS: Final[tuple[str, ...]] = (
    "prompt",
    "model",
    "n",
    "size",
    "quality",
    "style",
    "response_format",
    "user",
    "safety_identifier",
    "background",
    "moderation",
    "output_format",
    "output_compression",
    "stream",
    "partial_images",
    "input_fidelity",
    "image",
    "mask",
    "operation",
    "aspect_ratio",
    "resolution",
    "negative_prompt",
    "seed",
    "steps",
    "guidance_scale",
    "strength",
    "sampler",
    "person_generation",
    "safety_level",
    "watermark",
    "enhance_prompt",
    "language",
)
"""Fields of a request, OpenAI's first; `provider_options` is no field but their complement."""

WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "quality": ("auto", "low", "medium", "standard", "high", "hd", "xhigh", "max"),
    "style": ("vivid", "natural"),  # or the name of a provider's preset
    "response_format": ("b64_json", "url"),
    "background": ("auto", "transparent", "opaque"),
    "moderation": ("auto", "low"),
    "output_format": ("png", "jpeg", "webp", "gif", "svg"),
    "input_fidelity": ("low", "high"),
    "resolution": ("512", "1K", "2K", "4K"),
    "person_generation": ("allow_all", "allow_adult", "dont_allow"),
    "safety_level": ("strict", "medium", "permissive", "off"),
}
"""Words of the open enum fields; every enum table of a spec lists all of its field."""

SILENCE: Final[Mapping[str, Json]] = {
    "n": 1,
    "stream": False,
    "partial_images": 0,
    "size": "auto",
    "quality": "auto",
    "background": "auto",
    "moderation": "auto",
    "response_format": "b64_json",
}
"""What it means that a request does not say a field; saying it changes nothing."""

PREFERENCES: Final = frozenset({"guidance_scale", "steps", "strength", "output_compression"})
"""Fields that are clamped with a note when out of range; others are refused."""

METADATA: Final = "provider_metadata"
"""Member of responses, their images, errors and events that holds native keys without a canonical name."""

MIME_OF_FORMAT: Final[Mapping[str, str]] = {
    "png": "image/png",
    "jpeg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "svg": "image/svg+xml",
}
"""Media type of each output_format."""

FORMAT_OF_MIME: Final[Mapping[str, str]] = {mime: name for name, mime in MIME_OF_FORMAT.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """
    Say how OpenAI would send an error of this kind.

    Attributes:
        status: HTTP status.
        type: OpenAI's `error.type`.
        code: OpenAI's `error.code`; None when it has none.
        retryable: whether the same request may succeed later.
    """

    status: int
    type: str
    code: str | None = None
    retryable: bool = False


CATEGORIES: Final[Mapping[str, Category]] = {
    "invalid_request": Category(status=400, type="invalid_request_error"),
    "authentication": Category(status=401, type="invalid_request_error", code="invalid_api_key"),
    "permission": Category(status=403, type="invalid_request_error", code="permission_denied"),
    "not_found": Category(status=404, type="invalid_request_error", code="model_not_found"),
    "content_policy": Category(status=400, type="image_generation_user_error", code="moderation_blocked"),
    "rate_limit": Category(status=429, type="rate_limit_error", code="rate_limit_exceeded", retryable=True),
    "quota": Category(status=429, type="insufficient_quota", code="insufficient_quota"),
    "timeout": Category(status=504, type="server_error", code="timeout", retryable=True),
    "overloaded": Category(status=503, type="server_error", code="server_is_overloaded", retryable=True),
    "server_error": Category(status=500, type="image_generation_server_error", retryable=True),
}
"""Canonical error categories (design.md, ErrorResponse)."""

_CATEGORY_OF_STATUS: Final[Mapping[int, str]] = {
    401: "authentication",
    402: "quota",  # Stability's and Fireworks' empty balance
    403: "permission",
    404: "not_found",
    408: "timeout",
    424: "server_error",  # Bedrock's ModelErrorException: the model failed, not the request
    429: "rate_limit",
    503: "overloaded",
    504: "timeout",
    529: "overloaded",  # not registered, but in use for "overloaded"
}


def category_of_status(status: int) -> str:
    """
    Name the category that an HTTP status alone tells; a fallback when a body says nothing.

    Args:
        status: HTTP status, 100..599; below 400 means that an answer could not be used.

    Returns:
        A key of `CATEGORIES`.
    """
    known = _CATEGORY_OF_STATUS.get(status)
    if known is not None:
        return known
    return "invalid_request" if 400 <= status < 500 else "server_error"
