"""
Streams by hand: what comes out of what, in which call, and what is refused.

Truth from the dossiers stands in fixtures/; here is what no fixture says: when, how often, and of whom.
"""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

import imagetx
from imagetx import ImageEvent, NativeRequest, Note, Registry, RequestError, ResolveError, SpecError, Target
from imagetx.canonical import document
from tests.images import content, text

Json = Any
PNG = text("red-64.png")
OTHER = text("grey-64.jpg")
OPENAI = "openai/gpt-image-2"
GEMINI = "gemini/gemini-3-pro-image"
INTERACTIONS = Target("gemini", "gemini-3-pro-image", surface="interactions")
STABILITY = "stability/sd3.5-large"

PARTIAL = {"type": "image_generation.partial_image", "b64_json": PNG, "partial_image_index": 0}
COMPLETED = {"type": "image_generation.completed", "b64_json": PNG}
ERROR = {"type": "error", "error": {"message": "No."}, "category": "overloaded"}


def sse(*bodies: Json) -> bytes:
    return b"".join(b"data: " + json.dumps(body).encode() + b"\n\n" for body in bodies)


def part(*items: Json, **more: Json) -> Json:
    """A piece of generateContent."""
    return {"candidates": [{"content": {"role": "model", "parts": list(items)}, "index": 0, **more}]}


def inline(data: str) -> Json:
    return {"inlineData": {"mimeType": "image/png", "data": data}}


def types(events: Any) -> list[str]:
    return [event.type for event in events]


# Decoders --------------------------------------------------------------------------------------


def test_each_event_comes_with_its_bytes() -> None:
    """Nothing waits where a dialect says events one by one."""
    decoder = imagetx.stream_decoder(OPENAI)

    first = decoder.feed(sse(PARTIAL)[:-1])
    second = decoder.feed(b"\n")
    third = decoder.feed(sse(COMPLETED))

    assert types(first) == []
    assert types(second) == ["image_generation.partial_image"]
    assert [document(event) for event in third] == [
        {**COMPLETED, "mime_type": "image/png", "finish_reason": "stop", "index": 0}
    ]
    assert decoder.close() == ()
    assert decoder.notes == ()


def test_the_last_image_waits_for_what_the_whole_answer_says() -> None:
    """Another image, or the end, lets it go."""
    decoder = imagetx.stream_decoder(GEMINI, created=7)

    nothing = decoder.feed(sse(part(inline(PNG))))
    first = decoder.feed(sse(part(inline(OTHER))))
    end = decoder.feed(sse(part(finishReason="STOP") | {"usageMetadata": {"totalTokenCount": 3}}))
    last = decoder.close()

    assert nothing == ()
    assert [(event.b64_json, event.index, event.usage, event.created_at) for event in first] == [(PNG, 0, None, 7)]
    assert end == ()
    assert [(event.b64_json, event.index, event.usage.total_tokens) for event in last] == [(OTHER, 1, 3)]


def test_an_event_that_closes_the_answer_lets_it_go() -> None:
    """Nothing can follow, so nobody waits for the connection; what follows says nothing."""
    decoder = imagetx.stream_decoder(INTERACTIONS)
    start = {"event_type": "step.start", "index": 0, "step": {"type": "model_output"}}
    delta = {"event_type": "step.delta", "index": 0, "delta": {"type": "image", "data": PNG}}
    close = {"event_type": "interaction.completed", "interaction": {"status": "completed"}}

    events = decoder.feed(sse(start, delta, close))

    assert types(events) == ["image_generation.completed"]
    assert decoder.feed(sse({"error": {"code": 500, "message": "late"}})) == ()
    assert decoder.close() == ()


def test_an_error_ends_the_stream_after_what_waits() -> None:
    decoder = imagetx.stream_decoder(GEMINI)

    events = decoder.feed(
        sse(part(inline(PNG))) + b'{"error":{"code":503,"message":"busy"}}\n\n' + sse(part(inline(OTHER)))
    )

    assert types(events) == ["image_generation.completed", "error"]
    assert events[0].usage is None
    assert (events[1].category, events[1].status, events[1].native_status) == ("overloaded", 503, 200)
    assert decoder.feed(b"anything") == ()
    assert decoder.close() == ()


@pytest.mark.parametrize("target", [OPENAI, GEMINI, INTERACTIONS, STABILITY], ids=str)
def test_a_stream_without_an_end_is_an_error(target: Any) -> None:
    decoder = imagetx.stream_decoder(target)

    (event,) = decoder.close()

    assert (event.type, event.category, event.retryable) == ("error", "server_error", True)
    assert event.error.code == "no_image_generated"


def test_words_that_break_off_are_no_refusal() -> None:
    """A refusal in words is invalid_request, but nobody knows what words say that were cut."""
    whole, cut = imagetx.stream_decoder(GEMINI), imagetx.stream_decoder(GEMINI)
    words = part({"text": "I cannot"})

    refused = [*whole.feed(sse(words, part(finishReason="STOP"))), *whole.close()]
    broken = [*cut.feed(sse(words)), *cut.close()]

    assert [(event.category, event.error.message) for event in refused] == [("invalid_request", "I cannot")]
    assert [event.category for event in broken] == ["server_error"]


@pytest.mark.parametrize(
    ("target", "body", "told"),
    [
        (OPENAI, b"data: {\n\n", "expected JSON"),
        (OPENAI, b"data: 5\n\n", "expected an event, got 5"),
        (GEMINI, b'[{"candidates":[', "expected the array to be closed"),
        (OPENAI, sse({**COMPLETED, "x": json.loads("[" * 150 + "]" * 150)}), "levels of nesting"),
        (OPENAI, b"<html>no</html>", "expected an answer of openai"),
        (STABILITY, b"data: x\n\n", "expected an answer of stability"),
        (INTERACTIONS, b'{"status":"in_progress","id":"x"}', "work has begun"),
    ],
)
def test_what_cannot_be_read_is_a_server_error(target: Any, body: bytes, told: str) -> None:
    decoder = imagetx.stream_decoder(target)

    (event,) = [*decoder.feed(body), *decoder.close()]

    assert (event.type, event.category, event.native_status) == ("error", "server_error", 200)
    assert told in event.error.message


def test_a_list_of_events_in_one_frame() -> None:
    """As items of an array; what was read before a fault stays, and nothing follows an error."""
    frame = sse([part(inline(PNG)), part(inline(OTHER)), 5, part(inline(PNG))])
    decoder = imagetx.stream_decoder(GEMINI)

    events = [*decoder.feed(frame), *decoder.close()]

    assert [(event.type, event.b64_json) for event in events] == [
        ("image_generation.completed", PNG),
        ("image_generation.completed", OTHER),
        ("error", None),
    ]


def test_an_error_that_is_no_object_goes_back_as_it_came() -> None:
    decoder, encoder = imagetx.stream_decoder(GEMINI), imagetx.stream_encoder(GEMINI)

    (event,) = decoder.feed(sse({"error": "busy"}))

    assert encoder.feed(event) == b'{"error":"busy"}\n\n'


def test_what_nobody_knows_is_passed_over() -> None:
    decoder = imagetx.stream_decoder(OPENAI)
    unknown = [{"type": "image_generation.tomorrow", "b64_json": PNG}, {}, {**COMPLETED, "b64_json": None}]

    assert decoder.feed(sse(*unknown) + b"data: [DONE]\n\ndata:\n\n: hi\n\n") == ()
    assert types(decoder.close()) == ["error"]


@pytest.mark.parametrize(
    ("target", "headers", "body"),
    [
        (STABILITY, {"content-type": "image/png"}, content("red-64.png")),
        (STABILITY, {"content-type": "application/json"}, json.dumps({"image": PNG}).encode()),
        (OPENAI, {"content-type": "application/json"}, json.dumps({"data": [{"b64_json": PNG}]}).encode()),
        (GEMINI, None, json.dumps(part(inline(PNG), finishReason="STOP")).encode()),
    ],
)
def test_an_answer_that_did_not_stream(target: str, headers: Any, body: bytes) -> None:
    """It is read whole at the close, and a note says so."""
    decoder = imagetx.stream_decoder(target, headers=headers)

    assert [decoder.feed(body[at : at + 9]) for at in range(0, len(body), 9)] == [()] * -(-len(body) // 9)
    (event,) = decoder.close()

    assert (event.type, event.b64_json, event.outcome) == ("image_generation.completed", PNG, "complete")
    assert [(note.kind, note.pointer) for note in decoder.notes] == [("emulated", "/stream")]


def test_headers_tell_the_date_and_the_id_of_the_request() -> None:
    headers = {"Date": "Sun, 22 Nov 2026 09:00:00 GMT", "x-request-id": "r-1", "content-type": "text/event-stream"}

    (event,) = imagetx.stream_decoder(OPENAI, headers=headers).feed(sse(COMPLETED))
    (other,) = imagetx.stream_decoder(OPENAI, headers=headers, created=5).feed(sse(COMPLETED))

    assert (event.created_at, event.request_id, other.created_at) == (1795338000, "r-1", 5)


def test_the_operation_names_the_events() -> None:
    """An image in the request means edit; a type that came stays."""
    edit = imagetx.stream_decoder(GEMINI, request={"prompt": "x", "image": PNG})
    other = imagetx.stream_decoder(OPENAI, request={"prompt": "x", "image": PNG})

    assert types([*edit.feed(sse(part(inline(PNG)))), *edit.close()]) == ["image_edit.completed"]
    assert types(other.feed(sse(COMPLETED))) == ["image_generation.completed"]


def test_fewer_images_than_asked_for() -> None:
    decoder = imagetx.stream_decoder(GEMINI, request={"prompt": "x", "n": 2})

    (event,) = [*decoder.feed(sse(part(inline(PNG), finishReason="STOP"))), *decoder.close()]

    assert event.outcome == "partial"


@pytest.mark.parametrize(
    "call",
    [
        lambda: imagetx.stream_decoder(OPENAI, request=3),  # type: ignore[arg-type]
        lambda: imagetx.stream_decoder(OPENAI, created="now"),  # type: ignore[arg-type]
        lambda: imagetx.stream_decoder(OPENAI, headers={"a\nb": "c"}),
        lambda: imagetx.stream_encoder(OPENAI, request={}),  # type: ignore[arg-type]
        lambda: imagetx.stream_decoder(OPENAI).feed("text"),  # type: ignore[arg-type]
        lambda: imagetx.stream_encoder(OPENAI).feed(None),  # type: ignore[arg-type]
        lambda: imagetx.stream_encoder(OPENAI).feed({}),
        lambda: imagetx.stream_encoder(OPENAI).feed({"type": "image_generation.completed"}),
        lambda: imagetx.stream_encoder(OPENAI).feed({**COMPLETED, "index": -1}),
        lambda: imagetx.stream_encoder(OPENAI).feed({"type": "error"}),
        lambda: imagetx.stream_events({"data": []}, OPENAI),
    ],
)
def test_wrong_arguments(call: Any) -> None:
    with pytest.raises(RequestError):
        call()


def test_an_unknown_target() -> None:
    for make in (imagetx.stream_decoder, imagetx.stream_encoder):
        with pytest.raises(ResolveError):
            make("nobody/x")


@pytest.mark.parametrize("target", [OPENAI, GEMINI, STABILITY])
def test_after_the_close(target: str) -> None:
    """Nothing more can be fed; a second close gives nothing."""
    decoder, encoder = imagetx.stream_decoder(target), imagetx.stream_encoder(target)
    encoder.feed(COMPLETED)
    decoder.close()
    encoder.close()

    with pytest.raises(RequestError):
        decoder.feed(b"x")
    with pytest.raises(RequestError):
        encoder.feed(COMPLETED)
    assert (decoder.close(), encoder.close()) == ((), b"")
    assert "closed" in repr(decoder)
    assert "closed" in repr(encoder)


# Encoders --------------------------------------------------------------------------------------


def test_openai_events() -> None:
    encoder = imagetx.stream_encoder(OPENAI)

    written = [encoder.feed(PARTIAL), encoder.feed(COMPLETED), encoder.close()]

    assert written == [
        b"event: image_generation.partial_image\ndata: "
        b'{"type":"image_generation.partial_image","b64_json":"%b","partial_image_index":0}\n\n' % PNG.encode(),
        b'event: image_generation.completed\ndata: {"type":"image_generation.completed","b64_json":"%b"}\n\n'
        % PNG.encode(),
        b"",
    ]
    assert encoder.headers == {"content-type": "text/event-stream"}
    assert (encoder.status, encoder.notes) == (200, ())


def test_gemini_pieces() -> None:
    """An image goes out at once; how the answer ended is known at the close."""
    encoder = imagetx.stream_encoder(GEMINI)
    usage = {"input_tokens": 2, "output_tokens": 3, "total_tokens": 5}

    first = encoder.feed({**COMPLETED, "usage": usage})
    second = encoder.feed({**COMPLETED, "b64_json": OTHER, "usage": usage})
    end = encoder.close()

    images = [json.loads(line[6:]) for line in (first, second)]
    assert [body["candidates"][0]["content"]["parts"][0]["inlineData"]["data"] for body in images] == [PNG, OTHER]
    assert json.loads(end[6:]) == {
        "candidates": [{"finishReason": "STOP", "index": 0}],
        "usageMetadata": {"promptTokenCount": 4, "candidatesTokenCount": 6, "totalTokenCount": 10},
    }
    assert encoder.notes == ()


def test_a_count_that_one_event_does_not_say_is_in_no_sum() -> None:
    encoder = imagetx.stream_encoder(GEMINI)
    encoder.feed({**COMPLETED, "usage": {"input_tokens": 2, "total_tokens": 5}})
    encoder.feed({**COMPLETED, "usage": {"total_tokens": 5}})

    end = json.loads(encoder.close()[6:])

    assert end["usageMetadata"] == {"totalTokenCount": 10}
    assert [(note.kind, note.pointer, note.given) for note in encoder.notes] == [("dropped", "/usage/input_tokens", 2)]


def test_the_callers_own_request_asks_for_an_array() -> None:
    """`streamGenerateContent` without `alt=sse`; an error is an item as well."""
    base = "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-image:streamGenerateContent"
    body = {"contents": [{"role": "user", "parts": [{"text": "a fox"}]}]}
    array = imagetx.stream_encoder(GEMINI, request=NativeRequest("POST", base, body=body))
    events = imagetx.stream_encoder(GEMINI, request=NativeRequest("POST", base + "?alt=sse", body=body))

    text_ = array.feed(COMPLETED) + array.feed(ERROR) + array.close()

    assert array.headers == {"content-type": "application/json"}
    assert [list(item) for item in json.loads(text_)] == [["candidates"], ["error"]]
    assert events.feed(COMPLETED).startswith(b"data: ")
    assert events.feed(ERROR).startswith(b'{"error":')


def test_interactions_events() -> None:
    encoder = imagetx.stream_encoder(INTERACTIONS)

    written = encoder.feed({**COMPLETED, "text": ["Here."]}) + encoder.feed(COMPLETED) + encoder.close()

    names = [line.removeprefix("event: ") for line in written.decode().split("\n") if line.startswith("event: ")]
    steps = ["step.start", "step.delta", "step.delta", "step.stop", "step.start", "step.delta", "step.stop"]
    assert names == ["interaction.created", *steps, "interaction.completed", "done"]
    assert written.endswith(b"event: done\ndata: [DONE]\n\n")


def test_an_error_is_written_once() -> None:
    """It says how many events came before it; nothing follows."""
    encoder = imagetx.stream_encoder(OPENAI)
    encoder.feed(PARTIAL)

    written = encoder.feed(ERROR)

    assert json.loads(written.split(b"data: ")[1]) == {
        "type": "error",
        "error": {"message": "No.", "type": "server_error", "code": "server_is_overloaded", "param": None},
        "sequence_number": 1,
    }
    with pytest.raises(RequestError):
        encoder.feed(COMPLETED)
    assert encoder.close() == b""


@pytest.mark.parametrize("target", [OPENAI, GEMINI, INTERACTIONS, STABILITY], ids=str)
@pytest.mark.parametrize("events", [[], [PARTIAL]], ids=["nothing", "unfinished"])
def test_a_stream_ends_with_an_image_or_an_error(target: Any, events: list[Json]) -> None:
    encoder = imagetx.stream_encoder(target)

    written = b"".join([*map(encoder.feed, events), encoder.close()])

    assert b"The stream ended before an image was complete." in written
    assert encoder.status == (200 if target is not STABILITY else 500)


def test_unfinished_images_are_dropped_with_one_note() -> None:
    encoder = imagetx.stream_encoder(GEMINI)

    assert encoder.feed(PARTIAL) + encoder.feed({**PARTIAL, "partial_image_index": 1}) == b""
    assert encoder.notes == (
        Note(pointer="/partial_image_index", kind="dropped", reason="the dialect streams no unfinished images"),
    )


def test_notes_point_into_the_event() -> None:
    encoder = imagetx.stream_encoder(GEMINI)

    encoder.feed({**COMPLETED, "created_at": 7, "seed": 0, "size": "1024x1024", "index": 4})
    encoder.close()

    assert {note.pointer: note.kind for note in encoder.notes} == {
        "/size": "dropped",
        "/seed": "dropped",
        "/created_at": "dropped",
        "/index": "approximated",
    }


def test_an_image_is_never_dropped() -> None:
    """A URL where only bytes can be said; a data URL holds them."""
    with pytest.raises(RequestError) as caught:
        imagetx.stream_encoder(OPENAI).feed({"type": COMPLETED["type"], "url": "https://a.example/b.png"})
    written = imagetx.stream_encoder(OPENAI).feed({"type": COMPLETED["type"], "url": f"data:image/png;base64,{PNG}"})

    assert [problem.pointer for problem in caught.value.problems] == ["/b64_json"]
    assert PNG.encode() in written


def test_the_callers_own_request_is_an_edit() -> None:
    """Its events are those that the caller's client waits for."""
    body = {"model": "gpt-image-2", "prompt": "x", "images": [{"image_url": "https://a.example/b.png"}], "stream": True}
    request = NativeRequest("POST", "https://api.openai.com/v1/images/edits", body=body)
    encoder = imagetx.stream_encoder(OPENAI, request=request)

    written = encoder.feed(COMPLETED)

    assert written.startswith(b"event: image_edit.completed\n")
    assert [(note.kind, note.pointer, note.used) for note in encoder.notes] == [
        ("approximated", "/type", "image_edit.completed")
    ]


def test_a_dialect_without_streams_answers_at_the_close() -> None:
    """Status and headers are those of the answer; images that came win over the error."""
    image, error = imagetx.stream_encoder(STABILITY), imagetx.stream_encoder(STABILITY)

    assert (image.feed(PARTIAL), image.feed(COMPLETED), image.feed(ERROR), image.headers) == (b"", b"", b"", {})
    assert error.feed(ERROR) == b""
    answered, failed = image.close(), error.close()

    assert json.loads(answered)["image"] == PNG
    assert (image.status, image.headers["content-type"]) == (200, "application/json; type=image/png")
    assert [(note.kind, note.pointer) for note in image.notes][:3] == [
        ("dropped", "/partial_image_index"),
        ("dropped", "/error"),
        ("emulated", "/stream"),
    ]
    assert json.loads(failed)["errors"] == ["No."]
    assert error.status == 503


def test_bytes_where_the_caller_asks_for_them() -> None:
    url = "https://api.stability.ai/v2beta/stable-image/generate/sd3"
    request = NativeRequest(
        "POST", url, {"accept": "image/*"}, (imagetx.Part("prompt", "x"), imagetx.Part("model", "sd3.5-large"))
    )
    encoder = imagetx.stream_encoder(STABILITY, request=request)
    encoder.feed(COMPLETED)

    assert encoder.close() == content("red-64.png")
    assert encoder.headers["content-type"] == "image/png"


# Events of a whole answer ----------------------------------------------------------------------


def test_stream_events() -> None:
    """What holds for all stands on the last one."""
    answer = {
        "created": 5,
        "data": [{"b64_json": PNG, "seed": 0}, {"b64_json": OTHER}],
        "size": "1024x1024",
        "usage": {"total_tokens": 3},
        "text": ["Here."],
        "request_id": "r",
    }

    out = imagetx.stream_events(answer, GEMINI)

    each = {"type": "image_generation.completed", "created_at": 5, "size": "1024x1024", "finish_reason": "stop"}
    assert [document(event) for event in out.value] == [
        {**each, "b64_json": PNG, "seed": 0, "index": 0, "mime_type": "image/png", "output_format": "png"},
        {
            **each,
            "b64_json": OTHER,
            "index": 1,
            "mime_type": "image/jpeg",
            "output_format": "jpeg",
            "usage": {"total_tokens": 3},
            "text": ["Here."],
            "request_id": "r",
            "outcome": "complete",
        },
    ]
    assert [(note.kind, note.pointer) for note in out.notes] == [("emulated", "/stream")]
    assert all(isinstance(event, ImageEvent) for event in out.value)


def test_stream_events_of_an_error_and_of_an_edit() -> None:
    error = imagetx.decode_response(imagetx.NativeResponse(429, {"retry-after": "3"}, {}), OPENAI).value
    edit = Target("openai", "gpt-image-2", operation="edit")

    (event,) = imagetx.stream_events(error, OPENAI).value
    (other,) = imagetx.stream_events({"data": [{"b64_json": PNG}]}, edit).value

    assert {name: value for name, value in document(event).items() if name != "type"} == document(error)
    assert event.type == "error"
    assert other.type == "image_edit.completed"


def test_errors_of_some_calls_are_noted() -> None:
    """The answer of a plan may hold both; a stream ends with an error, and this one has its images."""
    failed = {"status": 503, "error": {"message": "No."}, "category": "overloaded", "retryable": True}
    errors = [{"index": 1, "n": 1, **failed}]

    out = imagetx.stream_events({"data": [{"b64_json": PNG}], "errors": errors}, OPENAI)

    assert types(out.value) == ["image_generation.completed"]
    assert [(note.kind, note.pointer) for note in out.notes] == [("emulated", "/stream"), ("dropped", "/errors")]


# Invented providers ----------------------------------------------------------------------------

PROVIDER = {
    "spec": 1,
    "provider": "easel",
    "title": "Easel",
    "source": "invented",
    "verified": "2026-11-22",
    "base_url": "https://easel.example/v1",
    "auth": {"key": {"header": "x-key", "template": "{secret}"}},
    "families": {"oil": {"dialects": ["paint"], "source": "invented"}},
    "models": [{"id": "oil-1", "family": "oil"}],
    "error": {
        "variants": {
            "problem": {
                "match": {"properties": {"body": {"type": "object", "required": ["problem"]}}},
                "rules": [{"from": "/error/message", "to": "/body/problem"}],
                "classify": {"code": ["/body/code"], "writes": {"/body/code": "code", "/status": "status"}},
            }
        },
        "classify": [{"code": "busy", "category": "overloaded", "write": {"code": "busy", "status": 503}}],
    },
}
RESPONSE = {
    "rules": [
        {
            "from": "data",
            "to": "/body/pictures",
            "each": [{"from": "b64_json", "to": "/png"}, {"from": "seed", "to": "/seed"}],
        },
        {"from": "/usage/total_tokens", "to": "/body/cost"},
        {"from": "text", "to": "/body/words"},
    ],
    "match": {"properties": {"body": {"type": "object", "required": ["pictures"]}}},
}
ONE_BY_ONE = {
    "name": "/kind",
    "end": {"data": "[DONE]"},
    "error": {"match": {"type": "object", "required": ["problem"]}, "with": {"/kind": "problem"}},
    "variants": {
        "sketch": {
            "if": {"properties": {"type": {"const": "image_generation.partial_image"}}},
            "match": {"properties": {"body": {"required": ["kind"], "properties": {"kind": {"const": "sketch"}}}}},
            "rules": [
                {"from": "type", "to": "/body/kind", "via": {"enum": {"image_generation.partial_image": "sketch"}}},
                {"from": "b64_json", "to": "/body/png", "required": True},
                {"from": "partial_image_index", "to": "/body/step"},
            ],
        },
        "painting": {
            "match": {"properties": {"body": {"required": ["kind"], "properties": {"kind": {"const": "painting"}}}}},
            "rules": [
                {
                    "from": "type",
                    "to": "/body/kind",
                    "via": {"enum": {"image_generation.completed": "painting", "image_edit.completed": "painting"}},
                },
                {"from": "b64_json", "to": "/body/png", "required": True},
                {"from": "seed", "to": "/body/seed"},
            ],
        },
    },
}
PARTS = {
    "error": {"match": {"type": "object", "required": ["problem"]}},
    "parts": {"grows": "/pictures", "every": ["/job"], "last": ["/cost"]},
}
DELTAS = {
    "name": "/on",
    "error": {"match": {"type": "object", "required": ["problem"]}, "with": {"/on": "problem"}},
    "deltas": {
        "grows": "rooms",
        "items": "pictures",
        "last": ["/cost"],
        "open": {"is": "begin", "at": "/answer"},
        "start": {"is": "room", "at": "/room"},
        "item": {"is": "picture", "at": "/picture"},
        "close": {"is": "finish", "at": "/answer"},
    },
}


def easel(event: Json, response: Json = None) -> Registry:
    """Make a registry with an invented provider that streams so."""
    dialect = {
        "spec": 1,
        "dialect": "paint",
        "surface": "v1",
        "operations": ["generate"],
        "source": "invented",
        "verified": "2026-11-22",
        "request": {
            "url": "{base_url}/paint",
            "rules": [
                {"from": "model", "to": "/body/model"},
                {"from": "prompt", "to": "/body/text", "required": True},
                {"from": "stream", "to": "/body/live"},
            ],
        },
        "response": response or RESPONSE,
        "event": event,
    }
    return imagetx.registry().with_provider(copy.deepcopy({"provider": PROVIDER, "dialects": {"paint": dialect}}))


def both_ways(known: Registry, events: list[Json]) -> tuple[bytes, list[Json], list[str]]:
    """Write events and read them again."""
    encoder, decoder = known.stream_encoder("easel/oil-1"), known.stream_decoder("easel/oil-1")
    written = b"".join([*map(encoder.feed, events), encoder.close()])
    back = [document(event) for event in (*decoder.feed(written), *decoder.close())]
    return written, back, [f"{note.kind} {note.pointer}" for note in encoder.notes]


def test_an_invented_provider_says_events_one_by_one() -> None:
    written, back, notes = both_ways(easel(ONE_BY_ONE), [PARTIAL, {**COMPLETED, "seed": 0, "text": ["x"]}])

    assert written == (
        b'event: sketch\ndata: {"kind":"sketch","png":"%b","step":0}\n\n'
        b'event: painting\ndata: {"kind":"painting","png":"%b","seed":0}\n\n'
        b"data: [DONE]\n\n" % (PNG.encode(), PNG.encode())
    )
    assert back == [PARTIAL, {**COMPLETED, "seed": 0, "index": 0, "mime_type": "image/png", "finish_reason": "stop"}]
    assert notes == ["dropped /text"]


def test_an_invented_provider_answers_in_parts() -> None:
    """What is carried of an image, of the answer and of an error goes back to its place."""
    known = easel(PARTS)
    body = sse(
        {"job": 4, "pictures": [{"png": PNG, "brush": "flat"}]}, {"pictures": [{"png": OTHER, "seed": 0}]}, {"cost": 2}
    )
    decoder = known.stream_decoder("easel/oil-1")
    events = [*decoder.feed(body), *decoder.close()]
    written, back, notes = both_ways(known, [document(event) for event in events])

    assert [event.provider_metadata for event in events] == [
        {"easel": {"@item": {"brush": "flat"}}},
        {"easel": {"job": 4}},
    ]
    assert [(event.index, event.seed) for event in events] == [(0, None), (1, 0)]
    assert events[1].usage.total_tokens == 2
    assert [json.loads(line[6:]) for line in written.split(b"\n\n")[:-1]] == [
        {"pictures": [{"png": PNG, "brush": "flat"}]},
        {"job": 4, "pictures": [{"png": OTHER, "seed": 0}]},
        {"cost": 2, "job": 4},
    ]
    assert back == [document(event) for event in events]
    assert notes == []


def test_an_invented_provider_answers_in_deltas() -> None:
    """Members without an index come one after the other."""
    response = {
        "rules": [
            {
                "to": "/body/rooms",
                "parts": [{"from": "data", "rules": [{"from": "b64_json", "to": "/pictures/0/png"}]}],
            },
            {"from": "/usage/total_tokens", "to": "/body/cost"},
        ],
        "match": {"properties": {"body": {"type": "object", "required": ["rooms"]}}},
    }

    written, back, notes = both_ways(
        easel(DELTAS, response), [{**COMPLETED, "usage": {"total_tokens": 2}}, {**COMPLETED, "b64_json": OTHER}]
    )

    assert [json.loads(line.partition(b"data: ")[2]) for line in written.split(b"\n\n")[:-1]] == [
        {"on": "begin", "answer": {}},
        {"on": "room", "room": {}},
        {"on": "picture", "picture": {"png": PNG}},
        {"on": "room", "room": {}},
        {"on": "picture", "picture": {"png": OTHER}},
        {"on": "finish", "answer": {"cost": 2}},
    ]
    assert [(event["b64_json"], event.get("usage")) for event in back] == [(PNG, None), (OTHER, {"total_tokens": 2})]
    assert notes == []


@pytest.mark.parametrize("event", [ONE_BY_ONE, PARTS, DELTAS], ids=["one by one", "parts", "deltas"])
def test_an_invented_provider_fails_in_a_stream(event: Json) -> None:
    known = easel(event)

    _, alone, notes = both_ways(known, [ERROR])
    _, after, _ = both_ways(known, [COMPLETED, ERROR]) if event is not DELTAS else (b"", alone, notes)

    assert [(each["type"], each["category"], each["error"]["message"]) for each in alone] == [
        ("error", "overloaded", "No.")
    ]
    assert after[-1]["category"] == "overloaded"
    assert notes == []


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"name": "/kind"},
        {**PARTS, "rules": []},
        {**PARTS, **ONE_BY_ONE},
        {key: value for key, value in DELTAS.items() if key != "name"},
        {"parts": {"grows": "/pictures"}},
        {"parts": {"grows": "pictures", "last": ["/cost"]}},
        {"deltas": {}},
        {"rules": [{"from": "b64_json", "to": "/body/x"}, {"from": "url", "to": "/body/x"}]},
        {**PARTS, "tempo": "slow"},
    ],
)
def test_a_faulty_section(event: Json) -> None:
    with pytest.raises(SpecError):
        easel(event)


def test_no_stream_where_a_request_cannot_ask_for_one() -> None:
    """dall-e-3 speaks the dialect of models that stream, and does not stream."""
    assert imagetx.explain("openai/gpt-image-2")["event"]["events"][0]["name"] == "partial"
    assert imagetx.explain("gemini/gemini-3-pro-image")["event"]["parts"]["join"] == "text"
    assert imagetx.explain("openai/dall-e-3")["event"] is None
    assert imagetx.explain(STABILITY)["event"] is None
