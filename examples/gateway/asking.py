"""
What a client asks: its HTTP request becomes a canonical one, whatever language it is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import from_json
from starlette.requests import Request

import imagetx
from examples.gateway.sending import read

MOST_BYTES = 64 * 1024 * 1024
"""Of a request: an image or two, as base64."""

MOST_IMAGES = 10
"""Of one request: where a provider gives one a call, each costs a call."""

MOST_VALUES = 2_000
"""Of a JSON request, counted by its commas: each costs time, and base64 has none."""

OPERATIONS = {"generations": "generate", "edits": "edit", "variations": "variation"}
"""OpenAI's paths, below /v1/images/."""

_KEPT = ("content-type", "accept")
"""Headers that say something about the message; the others are between the client and us, its key first of all."""


class Rejected(Exception):
    """
    Tell that a request gets no further.

    Attributes:
        error: A canonical error, as `imagetx.encode_response` takes it.
    """

    def __init__(self, category: str, message: str, *, param: str | None = None, **more: Any) -> None:
        super().__init__(message)
        self.error = {"category": category, "error": {"message": message, "param": param}, **more}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """
    Hold what a client asked.

    Attributes:
        request: The canonical request.
        received: The client's own message: it decides the form of the answer.
        language: As whom to answer.
        notes: What was guessed when it was read.
    """

    request: dict[str, Any]
    received: imagetx.NativeRequest
    language: str | imagetx.Target
    notes: tuple[imagetx.Note, ...] = ()


async def asked(request: Request, language: str) -> Asked:
    """
    Read what a client asks.

    Args:
        request: Its HTTP request.
        language: The provider whose language it speaks.

    Raises:
        Rejected: It is too large, asks for too much, or is not of that language.
    """
    body = await read(request.stream(), MOST_BYTES)
    if body is None:
        raise Rejected("invalid_request", f"expected at most {MOST_BYTES} bytes", status=413)
    headers = {name: request.headers[name] for name in _KEPT if name in request.headers}
    if not headers.get("content-type", "").startswith("multipart/") and body.count(b",") > MOST_VALUES:
        raise Rejected("invalid_request", f"expected at most {MOST_VALUES} values")
    url = f"{request.url.path}?{request.url.query}".removesuffix("?")
    try:
        received = imagetx.NativeRequest(request.method, url, headers, body)
        if language == "openai":
            asks = {**_of_openai(received), "operation": OPERATIONS[request.url.path.rpartition("/")[2]]}
            return Asked(request=_tamed(asks), received=received, language=language)
        found = imagetx.decode_request(received, language)
        notes = tuple(note for note in found.notes if not note.pointer.endswith("/model"))  # our names are no models
        return Asked(request=_tamed(_document(found.value)), received=received, language=found.target, notes=notes)
    except imagetx.ImagetxError as error:
        category = "not_found" if isinstance(error, imagetx.ResolveError) else "invalid_request"
        raise rejected(category, error.problems) from None


def rejected(category: str, problems: Sequence[imagetx.Problem]) -> Rejected:
    """Say what is wrong with a request, and of which field."""
    steps = problems[0].pointer.split("/")[1:]
    named = [step for step in steps if step not in ("body", "path", "query", "headers")]
    return Rejected(category, "\n".join(map(str, problems[:10])), param=named[0] if named else None)


def _of_openai(received: imagetx.NativeRequest) -> dict[str, Any]:
    """Read a request in OpenAI's language, and in it the fields that OpenAI lacks."""
    kind, body = received.document()
    if kind == "json" and isinstance(body, dict):
        return body  # a canonical request as it stands
    if kind != "form":
        raise Rejected("invalid_request", "expected a JSON object or a multipart form, and a content-type that says so")
    asks = _document(imagetx.decode_request(received, "openai").value)
    lifted = asks.pop("provider_options", {}).get("openai", {})
    typed = {name: _typed(name, text) if isinstance(text, str) else text for name, text in lifted.items()}
    return {**typed, **asks}


def _typed(name: str, text: str) -> Any:
    """Give the text of a form's field the type that the canonical field has; what is wrong is told later, by name."""
    for read_as in (str, from_json):
        try:
            value = read_as(text)
            imagetx.ImageRequest.model_validate({name: value})
        except (ValidationError, ValueError):
            continue
        return value
    return text


def _tamed(asks: dict[str, Any]) -> dict[str, Any]:
    """Take away what a stranger may not say: calls without end, our own buckets, headers of our own requests."""
    n = asks.get("n")
    if isinstance(n, int) and n > MOST_IMAGES:
        raise Rejected("invalid_request", f"expected at most {MOST_IMAGES} images, got {n}", param="n")
    for field in ("image", "images", "mask"):
        if any(text.lower().startswith(("gs://", "s3://")) for text in _texts(asks.get(field))):
            raise Rejected("invalid_request", "expected an image as data or at an http(s) URL", param=field)
    options = asks.get("provider_options")
    if not isinstance(options, dict):
        return asks
    ours = ("extra_headers", "extra_query")
    tame = {
        name: {key: value for key, value in own.items() if key not in ours} if isinstance(own, Mapping) else own
        for name, own in options.items()
    }
    return {**asks, "provider_options": tame}


def _texts(value: Any) -> Iterator[str]:
    """Yield the texts of a document, but for its keys."""
    if isinstance(value, str):
        yield value[:8]
    elif isinstance(value, list | dict):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)


def _document(request: imagetx.ImageRequest) -> dict[str, Any]:
    return request.model_dump(exclude_unset=True)
