"""
The public functions over streams and the built-in providers; `imagetx.api` has the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from imagetx.api import registry
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse
from imagetx.errors import Json
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeRequest

if TYPE_CHECKING:
    from imagetx.decoder import StreamDecoder
    from imagetx.encoder import StreamEncoder
    from imagetx.event import ImageEvent


def stream_decoder(
    target: str | Target,
    *,
    request: Mapping[str, Json] | ImageRequest | None = None,
    headers: Mapping[str, str] | None = None,
    created: int | None = None,
) -> StreamDecoder:
    """
    Begin to read a provider's stream: bytes in, canonical events out.

    Args:
        target: Who answers.
        request: The canonical request it answers: an image in it makes the events those of an edit.
        headers: The response's headers: they tell what kind of body it is, and the Date.
        created: Unix seconds to use where the body has none; default: the Date header.

    Returns:
        A decoder for one stream: `.feed(bytes)` and `.close()` give tuples of ImageEvent. It reads a body that is
        no stream at the close, as the answer it is; an error under another status than 200 is for `decode_response`.

    Raises:
        RequestError: An argument is malformed.
        ResolveError: No such target.
    """
    return registry().stream_decoder(target, request=request, headers=headers, created=created)


def stream_encoder(
    target: str | Target, *, request: NativeRequest | None = None, served_by: str | Target | None = None
) -> StreamEncoder:
    """
    Begin to write a provider's stream: canonical events in, bytes out.

    Args:
        target: As whom to answer.
        request: The caller's own native request: decides server-sent events or a JSON array, and whether types are
            those of an edit; where the dialect does not stream, bytes or JSON.
        served_by: Whose stream the events were read in: native keys of one dialect are not said in another of the
            same provider.

    Returns:
        An encoder for one stream: `.feed(event)` and `.close()` give bytes, `.headers` the content-type. Notes point
        into the event that they are about.

    Raises:
        RequestError: An argument is malformed.
        ResolveError: No such target.
    """
    return registry().stream_encoder(target, request=request, served_by=served_by)


def stream_events(
    response: Mapping[str, Json] | ImageResponse | ErrorResponse, target: str | Target
) -> Translation[tuple[ImageEvent, ...]]:
    """
    Give an answer that did not stream as the events that a stream would have had.

    Args:
        response: An image or error response, or its document.
        target: Whose it is: its operation decides whether types are those of an edit. The `target` of the result of
            a plan, or of a decoded response, says it.

    Returns:
        One completed event an image, what holds for all on the last one; or one error event. A note says
        that the stream is emulated.

    Raises:
        RequestError: The document is no answer; a Pending is none.
        ResolveError: No such target.
    """
    return registry().stream_events(response, target)
