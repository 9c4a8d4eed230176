"""
The public API as a typed program uses it: mypy --strict and pyright agree on every type, and it runs.

`assert_type` says what a user sees. What must not pass stands at the end, each with the error that it must give:
an ignore that is not needed is an error, too.
"""

# pyright: strict, reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, assert_type

import imagetx
from imagetx import ErrorResponse, ImageEvent, ImageRequest, ImageResponse, NativeRequest, NativeResponse, Pending

PNG = "iVBORw0KGgo="
TARGET = imagetx.Target("stability", "sd3.5-large", operation="generate", variables={})
Send = Callable[[NativeRequest, float], NativeResponse]


def ask() -> imagetx.Translation[NativeRequest]:
    """Encode a dict and a model, with every option."""
    request: dict[str, object] = {"prompt": "a fox", "seed": 0}
    model = ImageRequest(prompt="a fox", size="1536x1024", n=1)
    out = imagetx.encode_request(request, "stability/sd3.5-large")
    assert_type(out, imagetx.Translation[NativeRequest])
    assert_type(out.value.method, str)
    assert_type(out.value.content(), bytes)
    assert_type(out.value.timeout_s, float | None)
    assert_type(out.value.to_json(), dict[str, Any])
    assert_type(out.target, imagetx.Target)
    assert_type((out.dialect, out.model, out.verified, out.lossless), tuple[str, str | None, str, bool])
    for note in out.notes:
        assert_type(note, imagetx.Note)
        assert_type((note.pointer, note.kind, note.reason, note.source), tuple[str, str, str, str | None])
        assert_type(note.to_json(), dict[str, Any])
    headers: Mapping[str, str] = out.value.headers
    if out.value.credential is not None:
        headers = {**headers, **out.value.credential.headers("secret")}
        assert_type(out.value.credential.scheme, str)
    options = imagetx.encode_request(
        model, TARGET, policy={"seed": "strict", "*": "adapt"}, as_of=date(2026, 11, 22), emulate=["negative_prompt"]
    )
    imagetx.encode_request(model, TARGET, policy="adapt", as_of="2026-11-22", emulate={"variation"}, url_as="data_url")
    return options


def read(native: NativeRequest) -> ImageRequest:
    """Decode a native request; move it to another provider."""
    back = imagetx.decode_request(native)
    assert_type(back, imagetx.Translation[ImageRequest])
    assert_type((back.value.prompt, back.value.n, back.value.seed), tuple[str | None, int | None, int | None])
    assert_type(back.value.provider_options, dict[str, dict[str, Any]] | None)
    imagetx.decode_request(native, "stability")
    moved = imagetx.translate_request(native, back.target, "openai/gpt-image-2", policy="adapt")
    assert_type(moved.value, NativeRequest)
    form = NativeRequest("POST", "/v1/images/edits", {}, (imagetx.Part("prompt", "a fox"), imagetx.Part("image", b"")))
    assert_type(form.with_boundary("edge"), NativeRequest)
    return back.value


def answer(native: NativeResponse) -> str:
    """Take an answer apart by its type."""
    came = imagetx.decode_response(native, TARGET, request={"prompt": "a fox"}, created=0)
    assert_type(came.value, ImageResponse | ErrorResponse | Pending)
    match came.value:
        case ImageResponse() as images:
            assert_type(images, ImageResponse)
            assert_type(images.created, int)
            assert_type((images.outcome, images.request_id), tuple[str | None, str | None])
            for image in images.data:
                assert_type((image.b64_json, image.url, image.seed), tuple[str | None, str | None, int | None])
            if images.usage is not None and images.usage.input_tokens_details is not None:
                assert_type(images.usage.total_tokens, int | None)
                assert_type(images.usage.input_tokens_details.text_tokens, int | None)
            assert_type(imagetx.stream_events(images, "openai/gpt-image-2").value, tuple[ImageEvent, ...])
            told = imagetx.encode_response(images, "openai", served_by=came.target)
            assert_type(told, imagetx.Translation[NativeResponse])
            return images.model_dump_json(exclude_unset=True)
        case ErrorResponse() as error:
            assert_type((error.status, error.category, error.retryable), tuple[int, str, bool])
            assert_type((error.retry_after_s, error.error.code), tuple[int | float | None, str | None])
            return error.category
        case Pending() as pending:
            assert_type((pending.id, pending.poll), tuple[str | None, NativeRequest | None])
            assert_type((pending.after_s, pending.progress), tuple[float | None, float | None])
            return pending.then


def drive(send: Send) -> ImageResponse | ErrorResponse:
    """Send what a plan says until it is over."""
    exchange = imagetx.plan({"prompt": "a fox", "n": 2}, TARGET)
    assert_type(exchange, imagetx.Exchange)
    while exchange.result is None:
        assert_type(exchange.pending, tuple[imagetx.Step, ...])
        for step in exchange.pending:
            assert_type((step.branch, step.after_s, step.credentials), tuple[str, float, bool])
            try:
                exchange = exchange.feed(step.branch, send(step.request, step.after_s))
            except TimeoutError:
                exchange = exchange.fail(step.branch, "timeout", "no answer")
        exchange = imagetx.Exchange.from_json(exchange.to_json())
    assert_type(exchange.result, imagetx.Translation[ImageResponse | ErrorResponse])
    return exchange.result.value


def serve(native: NativeResponse, client: NativeRequest) -> bytes:
    """Answer in the caller's own language, whole and as a stream."""
    back = imagetx.translate_response(native, TARGET, "openai", request={"prompt": "a fox"}, caller_request=client)
    assert_type((back.value.status, back.value.content()), tuple[int, bytes])
    reader = imagetx.stream_decoder("openai/gpt-image-2", headers={}, created=0)
    writer = imagetx.stream_encoder("openai/gpt-image-2", request=client)
    assert_type((reader, writer), tuple[imagetx.StreamDecoder, imagetx.StreamEncoder])
    assert_type((writer.headers, writer.status), tuple[dict[str, str], int])
    event: dict[str, object] = {"type": "image_generation.completed", "b64_json": PNG, "usage": {"total_tokens": 1}}
    stream = writer.feed(event) + writer.close()
    for heard in (*reader.feed(stream), *reader.close()):
        assert_type(heard, ImageEvent)
        assert_type(heard.b64_json, str | None)
    assert_type(reader.notes, tuple[imagetx.Note, ...])
    return stream


def look_up() -> list[str]:
    """Ask without sending; over the built-in providers and over one's own."""
    seen = imagetx.check(ImageRequest(prompt="a fox"), TARGET)
    assert_type((seen.calls, seen.steps, seen.refused), tuple[int, int, bool])
    for problem in seen.problems:
        assert_type((problem.pointer, problem.message), tuple[str, str])
    ranked = imagetx.rank({"prompt": "a fox"}, ["openai/gpt-image-2", TARGET], weights={"seed": 0.5})
    assert_type(ranked, list[imagetx.Ranked])
    assert_type((ranked[0].score, ranked[0].target), tuple[int | float | None, str | imagetx.Target])
    able = imagetx.capabilities(TARGET)
    assert_type(able, imagetx.Capabilities)
    assert_type(able.operations["generate"].fields["seed"].supported, bool)
    assert_type(able.operations["generate"].n_per_call, int | None)
    assert_type(imagetx.explain(TARGET), dict[str, Any])
    assert_type(imagetx.models("openai"), list[dict[str, Any]])
    assert_type(imagetx.providers(), tuple[str, ...])
    more = imagetx.registry().with_models("openai", {"my-tune": {"family": "gpt-image-2"}})
    assert_type(more, imagetx.Registry)
    assert_type(more.encode_request({"prompt": "a fox"}, "openai/my-tune").value.url, str)
    return [row["id"] for row in more.models("openai")]


def fail() -> tuple[imagetx.Problem, ...]:
    """Every error of imagetx is one, with problems."""
    try:
        imagetx.encode_request({"prompt": "a fox", "n": 0}, TARGET)
    except (imagetx.RequestError, imagetx.ResolveError, imagetx.WireError, imagetx.SpecError) as error:
        problem: imagetx.ImagetxError = error
        assert_type(problem.problems, tuple[imagetx.Problem, ...])
        return problem.problems
    return ()


if TYPE_CHECKING:  # what must not pass; mypy says so by `warn_unused_ignores`, pyright by the setting above
    imagetx.encode_request({"prompt": "a fox"}, TARGET, polices="adapt")  # type: ignore[call-arg]
    imagetx.encode_request({"prompt": "a fox"}, TARGET, "strict")  # type: ignore[call-arg]
    imagetx.encode_request("a fox", TARGET)  # type: ignore[arg-type]
    imagetx.encode_requests({"prompt": "a fox"}, TARGET)  # type: ignore[attr-defined]
    imagetx.Target("openai", "gpt-image-2", "generate")  # type: ignore[call-arg]
    print(imagetx.decode_response(NativeResponse(200), TARGET).value.data)  # type: ignore[union-attr]
    ImageRequest(prompt=3)  # type: ignore[arg-type]
    TARGET.provider = "openai"  # type: ignore[misc]


if __name__ == "__main__":
    sent = ask()
    drawn = NativeResponse(200, {}, {"image": PNG, "seed": 3})
    result = drive(lambda request, after_s: drawn)
    print(read(sent.value).prompt, answer(drawn), type(result).__name__, len(serve(drawn, sent.value)))
    print(len(look_up()), *fail())
