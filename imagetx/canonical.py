"""
The canonical documents as pydantic models, for callers; the engine itself works on plain dicts.

`schemas/canonical/` is generated from these models and compared by a test.  Absent and null are
kept apart by `model_fields_set`; unknown keys are kept.  Words and categories (`imagetx.words`) and
what all models share (`imagetx.shape`) can be had from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, Strict

from imagetx.errors import Json
from imagetx.shape import Document, build, document, schema_of
from imagetx.words import (
    CATEGORIES,
    PREFERENCES,
    REQUEST_FIELDS,
    SILENCE,
    WORDS,
    Category,
    category_of_status,
)

__all__ = [
    "CATEGORIES",
    "PREFERENCES",
    "REQUEST_FIELDS",
    "SILENCE",
    "WORDS",
    "CallError",
    "Category",
    "Document",
    "ErrorDetail",
    "ErrorResponse",
    "Filtered",
    "Image",
    "ImageRequest",
    "ImageResponse",
    "InputTokensDetails",
    "OutputTokensDetails",
    "Usage",
    "category_of_status",
    "document",
    "error_of",
    "request_of",
    "response_of",
    "schema_of",
]

Text: TypeAlias = Annotated[str, Strict()]
Flag: TypeAlias = Annotated[bool, Strict()]
Whole: TypeAlias = Annotated[int, Strict()]
Number: TypeAlias = Annotated[int, Strict()] | Annotated[float, Strict()]  # 7 stays 7, not 7.0
Count: TypeAlias = Annotated[int, Strict(), Field(ge=0)]
Status: TypeAlias = Annotated[int, Strict(), Field(ge=100, le=599)]
Metadata: TypeAlias = dict[str, dict[str, Json]]

SIZE_PATTERN = r"^(auto|[1-9][0-9]{0,4}x[1-9][0-9]{0,4})$"
RATIO_PATTERN = r"^[1-9][0-9]{0,3}:[1-9][0-9]{0,3}$"


class ImageRequest(Document):
    """
    Ask for images: OpenAI's Images API and what it lacks.

    Every field may be absent (nobody asked) or null (kept where the dialect takes null, else the
    same as absent).  Words of open fields are listed in `imagetx.words.WORDS`; other words pass to
    OpenAI-shaped dialects and are dropped with a note elsewhere.
    """

    prompt: Text | None = None
    """What to show; absent only where the operation needs none (upscale, remove background)."""
    model: Text | None = None
    """Model id as the provider writes it; a target's model wins over it."""
    n: Annotated[int, Strict(), Field(ge=1)] | None = None
    """How many images, 1 or more; absent: 1. Above a call's limit, `plan` splits."""
    size: (
        Annotated[str, Strict(), Field(pattern=SIZE_PATTERN, json_schema_extra={"x-noun": "WxH or auto as text"})]
        | None
    ) = None
    """Pixels as `WxH`, each edge 1..99999, or `auto`; absent: see aspect_ratio, resolution."""
    quality: Text | None = None
    """`auto` or a level: low < medium = standard < high = hd < xhigh < max; absent: auto."""
    style: Text | None = None
    """`vivid`, `natural` or the name of a provider's preset; absent: none."""
    response_format: Text | None = None
    """`b64_json` or `url`; absent: b64_json."""
    user: Text | None = None
    """An id of the end user, for abuse monitoring; OpenAI's older name of safety_identifier."""
    safety_identifier: Text | None = None
    """A stable, hashed id of the end user, for abuse monitoring."""
    background: Text | None = None
    """`auto`, `transparent` (needs an output_format with alpha) or `opaque`; absent: auto."""
    moderation: Text | None = None
    """`auto` or `low`: how strict OpenAI-shaped moderation is; absent: auto."""
    output_format: Text | None = None
    """`png`, `jpeg`, `webp`, `gif` or `svg`; absent: the provider decides."""
    output_compression: Whole | None = None
    """Percent of quality, 0..100, for jpeg and webp; a preference, clamped when out of range."""
    stream: Flag | None = None
    """Whether events shall come while the image is made; absent: false."""
    partial_images: Annotated[int, Strict(), Field(ge=0, le=3)] | None = None
    """How many unfinished images to stream, 0..3; absent: 0."""
    input_fidelity: Text | None = None
    """`low` or `high`: how closely to keep to the input image; absent: the provider decides."""
    image: Json = None
    """
    One input image or a list of them: bytes, base64, a data URL, an http(s), gs or s3 URL, `{"file_id": ...}`, or
    `{"image_url": ...}`, beside which `mime_type` may state the type of what a URL refers to.
    """
    mask: Json = None
    """
    The region to edit: an image in any form of `image`, whose transparent pixels mean edit; or
    `{"image": ..., "edits": "white"}` (or `"black"`) for a mask of another polarity.
    """
    operation: Literal["generate", "edit", "variation"] | None = None
    """What to do; absent: edit when an image is there, else generate."""
    aspect_ratio: (
        Annotated[str, Strict(), Field(pattern=RATIO_PATTERN, json_schema_extra={"x-noun": "W:H as text"})] | None
    ) = None
    """Width to height as `W:H`, each 1..9999; must agree with size within 4 percent."""
    resolution: Text | None = None
    """Tier of the pixel area: `512`, `1K`, `2K`, `4K` (the squares of 512, 1024, 2048, 4096)."""
    negative_prompt: Text | None = None
    """What not to show."""
    seed: Count | None = None
    """Start of the random numbers, 0 or more, sent as given; absent: random."""
    steps: Whole | None = None
    """Diffusion steps; a preference, clamped when out of range."""
    guidance_scale: Number | None = None
    """How closely to follow the prompt; a preference, clamped when out of range."""
    strength: Number | None = None
    """How far to leave the input image, 0 (keep it) to 1; a preference, clamped."""
    sampler: Text | None = None
    """Name of the sampler, in the provider's words."""
    person_generation: Text | None = None
    """`allow_all`, `allow_adult` or `dont_allow`; absent: the provider decides."""
    safety_level: Text | None = None
    """`strict`, `medium`, `permissive` or `off`; absent: the provider decides."""
    watermark: Flag | None = None
    """Whether the image shall carry an (invisible) watermark; absent: the provider decides."""
    enhance_prompt: Flag | None = None
    """Whether the provider may rewrite the prompt; absent: the provider decides."""
    language: Text | None = None
    """Language of the prompt, as a code such as `en`; absent: the provider finds out."""
    provider_options: Metadata | None = None
    """Native body keys by provider, carried verbatim, beside `extra_headers`, `extra_query`."""


class Image(Document):
    """Hold one image of a response: `b64_json` or `url`, and what is known of it."""

    b64_json: Text | None = None
    """The image in standard base64, without a `data:` prefix."""
    url: Text | None = None
    """Where the image can be fetched, often for a short time only."""
    revised_prompt: Text | None = None
    """The prompt the provider really used, when it says so."""
    mime_type: Text | None = None
    """Media type of the image, `image/png`; absent when unknown."""
    seed: Count | None = None
    """The seed that gave this image, when the provider says so."""
    finish_reason: Text | None = None
    """`stop`, `content_filter`, `length` or `error`."""
    index: Count | None = None
    """Place among the images that were asked for, from 0; one that was held back leaves a gap."""
    provider_metadata: Metadata | None = None
    """Native keys of this image without a canonical name, by provider."""


class InputTokensDetails(Document):
    """Split the input tokens; a part that is unknown is absent."""

    text_tokens: Count | None = None
    """Tokens of the prompt."""
    image_tokens: Count | None = None
    """Tokens of the input images."""
    cached_tokens: Count | None = None
    """Input tokens that were read from a cache."""


class OutputTokensDetails(Document):
    """Split the output tokens; a part that is unknown is absent."""

    text_tokens: Count | None = None
    """Tokens of text in the answer."""
    image_tokens: Count | None = None
    """Tokens of the images."""
    reasoning_tokens: Count | None = None
    """Tokens of thoughts, also counted in output_tokens."""


class Usage(Document):
    """Count the tokens of a call; what is unknown is absent, never zero."""

    input_tokens: Count | None = None
    """All tokens that went in."""
    output_tokens: Count | None = None
    """All tokens that came out, thoughts included."""
    total_tokens: Count | None = None
    """The provider's total, else the sum of both."""
    input_tokens_details: InputTokensDetails | None = None
    """The input by kind."""
    output_tokens_details: OutputTokensDetails | None = None
    """The output by kind."""


class Filtered(Document):
    """Say that an image was held back or blurred, and why."""

    index: Count | None = None
    """Which image of the request, from 0; absent when the provider does not say."""
    category: Text | None = None
    """Kind of the forbidden content, in the provider's words."""
    reason: Text | None = None
    """The provider's reason, verbatim."""


class ErrorDetail(Document):
    """Say what went wrong, as OpenAI does; all four keys are always there."""

    message: Text | None = None
    """For a human; the provider's own words."""
    type: Text | None = None
    """Class of the error, `invalid_request_error`."""
    code: Text | None = None
    """The error itself, `model_not_found`; null when there is none."""
    param: Text | None = None
    """The field at fault; null when unknown."""


class ErrorResponse(Document):
    """Answer with an error: a value like any other, never raised."""

    status: Status
    """HTTP status as OpenAI would send it, 100..599."""
    error: ErrorDetail
    """What went wrong."""
    category: Text
    """One of `imagetx.words.CATEGORIES`."""
    retryable: Flag
    """Whether the same request may succeed later."""
    native_status: Status | None = None
    """HTTP status the provider sent, 100..599."""
    retry_after_s: Annotated[int, Strict(), Field(ge=0)] | Annotated[float, Strict(), Field(ge=0)] | None = None
    """Seconds to wait before a retry, when the provider says so."""
    request_id: Text | None = None
    """The provider's id of the call."""
    provider_metadata: Metadata | None = None
    """Native keys without a canonical name, by provider."""


class CallError(ErrorResponse):
    """Answer with an error to one of several calls, and say which images it was to give."""

    index: Count | None = None
    """Index of the first of them, from 0."""
    n: Count | None = None
    """How many."""


class ImageResponse(Document):
    """Answer with images: what the OpenAI SDK parses, and what it lacks."""

    created: Whole = 0
    """When the images were made, in Unix seconds; 0 when nobody says."""
    data: tuple[Image, ...] = ()
    """The images, in the provider's order."""
    outcome: Text | None = None
    """`complete`; `partial` (some filtered or missing); `filtered` (pixels came, none clean)."""
    usage: Usage | None = None
    """Tokens; absent when unknown."""
    background: Text | None = None
    """The background that was used, when the provider says so."""
    output_format: Text | None = None
    """`png`, `jpeg`, `webp`, `gif` or `svg`, when all images are of it."""
    quality: Text | None = None
    """The quality that was used, when the provider says so."""
    size: Text | None = None
    """Pixels as `WxH`, when the provider says so."""
    filtered: tuple[Filtered, ...] | None = None
    """What was held back, one entry a known reason."""
    errors: tuple[CallError, ...] | None = None
    """Of an answer that several calls made: the calls that failed."""
    drafts: tuple[Image, ...] | None = None
    """Images of the model's thoughts; never results."""
    text: tuple[Text, ...] | None = None
    """Texts that came beside the images."""
    request_id: Text | None = None
    """The provider's id of the call, to quote in a complaint."""
    provider_metadata: Metadata | None = None
    """Native keys without a canonical name, by provider, at their native nesting."""


def request_of(doc: Mapping[str, Json]) -> ImageRequest:
    """Make a request of a document that the limits have passed, without validation."""
    return build(ImageRequest, doc)


def response_of(doc: Mapping[str, Json]) -> ImageResponse:
    """Make a response of a document that a dialect decoded, without validation."""
    return build(ImageResponse, doc)


def error_of(doc: Mapping[str, Json]) -> ErrorResponse:
    """Make an error of a document that a dialect decoded, without validation."""
    return build(ErrorResponse, doc)
