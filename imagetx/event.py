"""
The canonical event of a stream: OpenAI's event object, and what our responses say beside OpenAI's.

A document like those of `imagetx.canonical`, which hold its parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, Strict

from imagetx.canonical import (
    Count,
    ErrorDetail,
    Filtered,
    Flag,
    Image,
    Metadata,
    Status,
    Text,
    Usage,
    Whole,
)
from imagetx.errors import Json
from imagetx.shape import Document, build

PARTIAL: Final = ".partial_image"
COMPLETED: Final = ".completed"
ERROR: Final = "error"


class ImageEvent(Document):
    """
    Tell what happened in a stream: an unfinished image, an image, or the error that ended it.

    Several images are several completed events. What holds for all of them stands on the last one:
    outcome, filtered, drafts, text, request_id, and usage where the provider counts once.  Without
    `type`, an error event is an ErrorResponse.
    """

    type: Literal[
        "image_generation.partial_image",
        "image_generation.completed",
        "image_edit.partial_image",
        "image_edit.completed",
        "error",
    ]
    """What happened, in OpenAI's words."""
    b64_json: Text | None = None
    """The image in standard base64, without a `data:` prefix."""
    url: Text | None = None
    """Where the image can be fetched, when its bytes do not come."""
    partial_image_index: Count | None = None
    """Number of an unfinished image, from 0."""
    created_at: Whole | None = None
    """When the event was made, in Unix seconds; absent when nobody says."""
    size: Text | None = None
    """Pixels as `WxH` or `auto`, when the provider says so."""
    quality: Text | None = None
    """The quality that was used or asked for, when the provider says so."""
    background: Text | None = None
    """The background that was used or asked for, when the provider says so."""
    output_format: Text | None = None
    """`png`, `jpeg`, `webp`, `gif` or `svg`: that of this image."""
    usage: Usage | None = None
    """Tokens; on the last completed event where the provider gives one count for all."""
    index: Count | None = None
    """Place among the images of the stream, from 0; one that was held back may leave a gap."""
    mime_type: Text | None = None
    """Media type of the image, `image/png`; absent when unknown."""
    seed: Count | None = None
    """The seed that gave this image, when the provider says so."""
    finish_reason: Text | None = None
    """`stop`, `content_filter`, `length` or `error`."""
    revised_prompt: Text | None = None
    """The prompt the provider really used, when it says so."""
    outcome: Text | None = None
    """`complete`, `partial` or `filtered`, of the whole answer; on the last completed event."""
    filtered: tuple[Filtered, ...] | None = None
    """What was held back, one entry a known reason."""
    drafts: tuple[Image, ...] | None = None
    """Images of the model's thoughts; never results, and no partial images."""
    text: tuple[Text, ...] | None = None
    """Texts that came beside the images."""
    request_id: Text | None = None
    """The provider's id of the call."""
    provider_metadata: Metadata | None = None
    """Native keys without a canonical name, by provider."""
    error: ErrorDetail | None = None
    """What went wrong; of an error event, as the members below."""
    category: Text | None = None
    """One of `imagetx.words.CATEGORIES`."""
    retryable: Flag | None = None
    """Whether the same request may succeed later."""
    retry_after_s: Annotated[int, Strict(), Field(ge=0)] | Annotated[float, Strict(), Field(ge=0)] | None = None
    """Seconds to wait before a retry, when the provider says so."""
    status: Status | None = None
    """HTTP status as OpenAI would send it, 100..599."""
    native_status: Status | None = None
    """HTTP status the provider sent, 100..599: 200, for the stream had begun."""


def event_of(doc: Mapping[str, Json]) -> ImageEvent:
    """Make an event of a document that a dialect decoded, without validation."""
    return build(ImageEvent, doc)
