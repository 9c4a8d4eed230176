"""
Merging: several answers become one, exactly.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx import NativeResponse
from imagetx.call import Call
from imagetx.derived import complete_error, complete_response
from imagetx.fetch import Fetch
from imagetx.merge import added, merged, unfetched
from imagetx.split import Share

Json = Any
A, B, C = "iVBORw0KGgoA", "iVBORw0KGgoB", "iVBORw0KGgoC"


def good(*images: str, **fields: Json) -> Json:
    """Give a complete answer with these images."""
    return complete_response({"data": [{"b64_json": image} for image in images], **fields})


def bad(category: str, message: str = "m") -> Json:
    return complete_error({"category": category, "error": {"message": message}})


def whole(answers: list[Json], each: int = 1, **request: Json) -> Json:
    """Merge the answers of calls that asked for `each` image."""
    calls = [Call(share=Share(first=at * each, n=each), answer=answer) for at, answer in enumerate(answers)]
    return merged(calls, {"prompt": "p", "n": len(answers) * each, **request})


# --- counts -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parts", "total"),
    [
        ([1, 2, 3], 6),
        ([0, 0], 0),
        ([5], 5),
        ([{"a": 1, "b": {"c": 2}}], {"a": 1, "b": {"c": 2}}),
        ([10**30, 1], 10**30 + 1),
        ([1, None], None),
        ([None, None], None),
        ([1, True], None),
        ([1, 2.0], None),
        ([1, "2"], None),
        ([1, {"a": 1}], None),
        ([{"a": 1, "b": 2}, {"a": 3, "b": 4}], {"a": 4, "b": 6}),
        ([{"a": 1, "b": 2}, {"a": 3}], {"a": 4}),
        ([{"a": 1}, {"a": 3, "b": 2}], {"a": 4}),
        ([{"a": 0}, {"a": 0}], {"a": 0}),
        ([{"a": 1}, {"b": 1}], None),
        ([{"a": 1}, None], None),
        ([{}, {}], None),
        ([{"d": {"t": 1, "i": 2}}, {"d": {"t": 3}}], {"d": {"t": 4}}),
        ([{"d": {"t": 1}}, {"d": {"i": 2}}], None),
        ([{"d": {"t": 1}, "x": 1}, {"d": 5, "x": 1}], {"x": 2}),
        ([{"a": [1]}, {"a": [1]}], None),
    ],
)
def test_added(parts: list[Json], total: Json) -> None:
    """Counts are added exactly; one that a part does not say is absent, never zero."""
    assert added(parts) == total


def test_usage() -> None:
    """Usage is that of the successful calls; details are summed like the counts."""
    first = {"input_tokens": 3, "output_tokens": 100, "input_tokens_details": {"text_tokens": 3, "image_tokens": 0}}
    second = {"input_tokens": 4, "output_tokens": 200, "input_tokens_details": {"text_tokens": 4}}

    assert whole([good(A, usage=first), bad("timeout"), good(B, usage=second)])["usage"] == {
        "input_tokens": 7,
        "output_tokens": 300,
        "total_tokens": 307,
        "input_tokens_details": {"text_tokens": 7},
    }
    assert "usage" not in whole([good(A, usage=first), good(B)])
    assert "usage" not in whole([good(A), good(B, usage=first)])


# --- images, texts, errors ----------------------------------------------------------------------


def test_order_and_index() -> None:
    """Images stand in the order of the calls, numbered anew; what an item says of itself stays."""
    first = good(A, B)
    first["data"][1]["seed"] = 0

    found = whole([first, good(C)], each=2)

    assert [(item["b64_json"], item["index"]) for item in found["data"]] == [(A, 0), (B, 1), (C, 2)]
    assert found["data"][1]["seed"] == 0
    assert first["data"][1]["index"] == 1
    assert found["outcome"] == "partial"  # three of four


def test_places() -> None:
    """An image keeps its place among all that were asked for, beside what failed; too many are counted anew."""
    with_hole = whole([good(A), bad("timeout"), good(B)])
    too_many = whole([good(A, B), bad("timeout"), good(C)])
    more = whole([good(A, B), good(C)])

    assert [item["index"] for item in with_hole["data"]] == [0, 2]
    assert [item["index"] for item in too_many["data"]] == [0, 1, 2]
    assert [item["index"] for item in more["data"]] == [0, 1, 2]


def test_of_the_lowest() -> None:
    """What a call says for itself is that of the lowest that succeeded, even where another says more."""
    first = good(A, created=5, request_id="r1", provider_metadata={"x": {"a": 1}})
    second = good(B, created=9, request_id="r2", size="1024x1024", provider_metadata={"x": {"b": 2}})

    found = whole([bad("quota"), first, second])

    assert (found["created"], found["request_id"], found["provider_metadata"]) == (5, "r1", {"x": {"a": 1}})
    assert "size" not in found


@pytest.mark.parametrize(
    ("formats", "expected"),
    [(["webp", "webp"], "webp"), (["webp", "png"], None), (["png", "webp", "png"], None)],
)
def test_output_format(formats: list[str], expected: str | None) -> None:
    """The format is said where all images are of it, also beside a call that failed."""
    answers = [complete_response({"data": [{"url": "u"}], "output_format": name}) for name in formats]

    assert whole(answers).get("output_format") == expected
    assert whole([bad("timeout"), *answers]).get("output_format") == expected


def test_output_format_of_some() -> None:
    """Where one does not say it, nothing is said of all."""
    said, silent = (complete_response({"data": [{"url": "u"}], **fields}) for fields in ({"output_format": "webp"}, {}))

    assert "output_format" not in whole([said, silent])
    assert "output_format" not in whole([silent, said])


def test_lists() -> None:
    """Texts and drafts are put one behind the other; there are none where no call has any."""
    found = whole([good(A, text=["a"]), good(B), good(C, text=["b", "c"], drafts=[{"b64_json": A}])])

    assert found["text"] == ["a", "b", "c"]
    assert found["drafts"] == [{"b64_json": A}]
    assert not {"text", "drafts", "filtered", "errors"} & whole([good(A), good(B)]).keys()


def test_filtered() -> None:
    """What was held back is counted from the first image of all; without a place it stays without."""
    first = good(A, filtered=[{"index": 1, "reason": "x"}])
    second = good(B, filtered=[{"index": 0, "reason": "y"}, {"reason": "z"}])

    found = whole([first, second], each=2)

    assert found["filtered"] == [{"index": 1, "reason": "x"}, {"index": 2, "reason": "y"}, {"reason": "z"}]
    assert found["outcome"] == "partial"


def test_errors() -> None:
    """The errors of failed calls say which images they were to give."""
    found = whole([good(A, B), bad("content_policy", "no"), good(C, C)], each=2)

    assert [(error["index"], error["n"], error["category"]) for error in found["errors"]] == [(2, 2, "content_policy")]
    assert found["errors"][0]["error"]["message"] == "no"
    assert found["outcome"] == "partial"


def test_all_failed() -> None:
    """Where no call succeeded, the error is that of the first."""
    errors = [bad("rate_limit", "a"), bad("content_policy", "b")]

    assert whole(errors) == errors[0]
    assert whole(errors[::-1]) == errors[1]


def test_one_call() -> None:
    """The answer of the only call is the result as it is."""
    answer = good(A, request_id="r")
    call = Call(share=Share(), answer=answer)

    assert merged([call], {"prompt": "p"}) is answer


@pytest.mark.parametrize(
    ("answers", "request_", "outcome"),
    [
        ([good(A), good(B)], {}, "complete"),
        ([good(A), good(B)], {"n": 2.0}, "complete"),
        ([good(A), good(B)], {"n": 3}, "partial"),
        ([good(A), good(B)], {"n": 3.0}, "partial"),
        ([good(A), good(B)], {"n": None}, "complete"),
        ([good(A, B), good(C)], {"n": 2}, "complete"),
        ([good(A), good(B, outcome="partial")], {}, "partial"),
        ([good(A), good(B, filtered=[{"reason": "x"}])], {}, "partial"),
        ([good(A), bad("timeout")], {}, "partial"),
        ([good(A), bad("timeout")], {"n": 1}, "partial"),
    ],
)
def test_outcome(answers: list[Json], request_: Json, outcome: str) -> None:
    assert whole(answers, **request_)["outcome"] == outcome


def test_outcome_filtered() -> None:
    """Filtered is that every image is; filtered beside clean is partial."""
    held = complete_response({"data": [{"b64_json": A, "finish_reason": "content_filter"}]})

    assert held["outcome"] == "filtered"
    assert whole([held, held])["outcome"] == "filtered"
    assert whole([held, good(B)])["outcome"] == "partial"
    assert whole([held, bad("timeout")])["outcome"] == "partial"


# --- what could not be fetched --------------------------------------------------------------------


def test_unfetched() -> None:
    """An image that stays a URL although bytes are wanted is a note with the reason; one that came is not."""
    answer = complete_response(
        {"data": [{"url": f"https://cdn.example/{at}"} for at in range(3)] + [{"url": "gs://b"}]}
    )
    fetches = {at: Fetch(url=f"https://cdn.example/{at}") for at in range(3)}
    fetches[0] = fetches[0].received(NativeResponse(200, {}, b"\x89PNG\r\n\x1a\n"), "")
    fetches[1] = fetches[1].failed("timeout", "no answer came")
    fetches[2] = fetches[2].received(NativeResponse(404), "")
    call = Call(share=Share(), answer=answer, fetches=fetches)

    notes = [*unfetched([call], {"response_format": "b64_json"})]

    assert {(note.pointer, note.kind, note.given, note.used) for note in notes} == {
        ("/response_format", "emulated", "b64_json", "url")
    }
    assert [note.reason.split(":")[0] for note in notes] == [
        f"image {at} of call 0 stays where it is" for at in (1, 2, 3)
    ]
    assert "no answer came" in notes[0].reason
    assert "404" in notes[1].reason
    said = call.outcome()["data"]
    assert said[0]["b64_json"] == "iVBORw0KGgo="
    assert "url" not in said[0]
    assert [item["url"] for item in said[1:]] == ["https://cdn.example/1", "https://cdn.example/2", "gs://b"]
