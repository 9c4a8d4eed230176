"""
The public functions, over the built-in providers.

Canonical is OpenAI's Images API and what it lacks; native is a provider's own message. encode
goes from canonical to native, decode back. Every function is pure: no network, no clock, no
environment. All raise ImagetxError and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse
from imagetx.errors import Json
from imagetx.pending import Pending
from imagetx.policy import Policy
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeRequest, NativeResponse

if TYPE_CHECKING:
    from imagetx.exchange import Exchange
    from imagetx.translator import Registry


@cache
def registry() -> Registry:
    """Return the registry of the built-in providers; engine and specs are loaded at first use."""
    from imagetx.translator import built_in

    return built_in()


def encode_request(
    request: Mapping[str, Json] | ImageRequest,
    target: str | Target,
    *,
    policy: Policy = "adapt",
    as_of: str | date | None = None,
    emulate: Iterable[str] = (),
    url_as: str = "b64_json",
) -> Translation[NativeRequest]:
    """
    Say a canonical request in a provider's own language.

    Args:
        request: The document as a client sends it, or an ImageRequest. It is an edit where it has an `image`: one
            or a list of bytes, base64, data URLs, other URLs, `{"file_id": ...}` or `{"image_url": ...}`. A `mask`
            is one of these, whose transparent pixels mean edit, or `{"image": ..., "edits": "white" | "black"}`.
        target: `provider/model`, `provider` (the request's model counts) or a Target.
        policy: `adapt` adjusts and notes; `strict` raises on losses and guesses; or one of them
            by field, `{"size": "strict", "*": "adapt"}`.
        as_of: Date on which facts are judged (model status, dated rules); default: when they were verified.
        emulate: Fields to emulate where the dialect has none: `negative_prompt`, `variation`.
        url_as: `b64_json` or `data_url`: what to give where response_format is url and only bytes exist.

    Returns:
        The native request, with a note for every difference. Images go as they are; a mask is rewritten where
        other pixels mean edit there (extra `pixels`).

    Raises:
        RequestError: The request cannot be said; every problem is listed. Images and masks are never dropped:
            one that is broken, breaks a limit or cannot be carried is a problem at `/image`, `/image/N` or `/mask`.
        ResolveError: No such target, or a variable of its URL is missing.

    Example:
        >>> out = encode_request({"prompt": "a fox", "size": "1536x1024", "seed": 0}, "stability/stable-image-core")
        >>> [(part.name, part.data) for part in out.value.body]
        [('prompt', 'a fox'), ('seed', '0'), ('aspect_ratio', '3:2')]
        >>> [(note.kind, note.pointer) for note in out.notes]
        [('approximated', '/size')]
    """
    return registry().encode_request(request, target, policy=policy, as_of=as_of, emulate=emulate, url_as=url_as)


def decode_request(native: NativeRequest, source: str | Target | None = None) -> Translation[ImageRequest]:
    """
    Read a provider's native request.

    Args:
        native: The message as it was sent; credentials are recognised and removed.
        source: Provider, target or nothing: then the dialect is recognised. A target's model is that of a body
            that names none.

    Returns:
        The canonical request. Native keys without a canonical field stand under
        `provider_options.<provider>`; the translation's target has what the URL says. Images come as the message
        holds them: bytes from a form, base64, a data URL, a URL or `{"file_id": ...}`; one stands bare, several
        are a list. A mask of which white or black means edit says so: `{"image": ..., "edits": ...}`.

    Raises:
        ResolveError: No dialect has such a URL, or several fit.
        WireError: The message is not of the dialect, or an image in it breaks a limit of the dialect.
    """
    return registry().decode_request(native, source)


def decode_response(
    native: NativeResponse,
    target: str | Target,
    *,
    request: Mapping[str, Json] | ImageRequest | None = None,
    created: int | None = None,
) -> Translation[ImageResponse | ErrorResponse | Pending]:
    """
    Read a provider's native response, success or error.

    Args:
        native: Status, headers and body (bytes or parsed JSON).
        target: Who answered.
        request: The canonical request it answers: it tells an edit's answer from another's, and with it fewer
            images than asked are `partial`.
        created: Unix seconds to use where the body has none; default: the Date header, else 0.

    Returns:
        An ImageResponse; an ErrorResponse, for an error of the provider is a value; or a Pending, where
        the provider has begun and has no image yet.

    Raises:
        WireError: The answer is none that the dialect knows.
        ResolveError: No such target.
    """
    return registry().decode_response(native, target, request=request, created=created)


def encode_response(
    response: Mapping[str, Json] | ImageResponse | ErrorResponse | Pending,
    target: str | Target,
    *,
    request: NativeRequest | None = None,
    served_by: str | Target | None = None,
) -> Translation[NativeResponse]:
    """
    Say a canonical response in a provider's own language.

    Args:
        response: An image or error response, or its document.
        target: As whom to answer.
        request: The caller's own native request: decides bytes or JSON, URLs or base64.
        served_by: Who answered; native keys that came in another dialect of the same provider are left out.

    Returns:
        The native response, with a note for everything it cannot say.

    Raises:
        RequestError: The document is no answer (a Pending is none), or has no form in the dialect.
        ResolveError: No such target.
    """
    return registry().encode_response(response, target, request=request, served_by=served_by)


def translate_request(
    native: NativeRequest,
    source: str | Target | None,
    target: str | Target,
    *,
    policy: Policy = "adapt",
    as_of: str | date | None = None,
    emulate: Iterable[str] = (),
    url_as: str = "b64_json",
) -> Translation[NativeRequest]:
    """
    Say one provider's native request in another's language: decode, then encode.

    Args:
        native: The message as it was sent.
        source: Whose language it is; None recognises it.
        target: Who is to answer.
        policy: As for `encode_request`.
        as_of: As for `encode_request`.
        emulate: As for `encode_request`.
        url_as: As for `encode_request`.

    Returns:
        The native request for the target, with the notes of both steps.

    Raises:
        ImagetxError: As `decode_request` and `encode_request`.

    Example:
        >>> body = {"model": "dall-e-3", "prompt": "a tram", "quality": "hd", "response_format": "b64_json"}
        >>> old = NativeRequest("POST", "https://api.openai.com/v1/images/generations", {}, body)
        >>> moved = translate_request(old, None, "openai/gpt-image-2.5-flare")
        >>> moved.value.body
        {'model': 'gpt-image-2.5-flare', 'prompt': 'a tram', 'quality': 'high'}
        >>> [(note.kind, note.pointer) for note in moved.notes]
        [('approximated', '/quality')]
    """
    return registry().translate_request(
        native, source, target, policy=policy, as_of=as_of, emulate=emulate, url_as=url_as
    )


def translate_response(
    native: NativeResponse,
    served_by: str | Target,
    asked_as: str | Target,
    *,
    request: Mapping[str, Json] | ImageRequest | None = None,
    caller_request: NativeRequest | None = None,
) -> Translation[NativeResponse]:
    """
    Give one provider's answer the shape of another's.

    Args:
        native: The answer that came.
        served_by: Who answered.
        asked_as: Whose language the caller speaks.
        request: The canonical request it answers.
        caller_request: The caller's own native request: decides bytes or JSON, URLs or base64.

    Returns:
        The native response for the caller, with the notes of both steps.

    Raises:
        ImagetxError: As `decode_response` and `encode_response`.

    Example:
        >>> came = NativeResponse(200, {}, {"image": "iVBORw0KGgo=", "finish_reason": "SUCCESS", "seed": 7})
        >>> back = translate_response(came, "stability/sd3.5-large", "gemini/gemini-nano-banana-2.1")
        >>> back.value.body["candidates"][0]["content"]["parts"]
        [{'inlineData': {'data': 'iVBORw0KGgo=', 'mimeType': 'image/png'}}]
    """
    return registry().translate_response(native, served_by, asked_as, request=request, caller_request=caller_request)


def plan(
    request: Mapping[str, Json] | ImageRequest,
    target: str | Target,
    *,
    policy: Policy = "adapt",
    as_of: str | date | None = None,
    emulate: Iterable[str] = (),
    url_as: str = "b64_json",
) -> Exchange:
    """
    Plan everything that a request takes: calls when `n` is above the limit of one, polls, fetches.

    Args:
        request: As for `encode_request`; `stream` is emulated, for a plan answers when it is over.
        target: As for `encode_request`.
        policy: As for `encode_request`.
        as_of: As for `encode_request`.
        emulate: As for `encode_request`.
        url_as: As for `encode_request`; here the result is given so.

    Returns:
        An Exchange: send the requests of its `pending` steps, `feed` it what comes, until there is a `result`.
        Input images by http(s) URL are fetched first where the provider wants bytes, results by URL last where
        base64 is wanted.

    Raises:
        RequestError: The request cannot be said, however many calls are made.
        ResolveError: No such target.
    """
    return registry().plan(request, target, policy=policy, as_of=as_of, emulate=emulate, url_as=url_as)
