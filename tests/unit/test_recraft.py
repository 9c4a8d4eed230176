"""What is peculiar to Recraft, and that no fixture can say: messages that are not read, and whole flows."""

from __future__ import annotations

import copy

import pytest

import imagetx
from imagetx.schemas import provider_folders, read_folder

HOME = "https://external.api.recraft.ai/v1/images/"
WHITE = {"image": "https://img.example/mask.png", "edits": "white"}


@pytest.mark.parametrize("style", [{"style": "Kawaii"}, {"style_id": "095b9f9d-f06f-4b4e-9bb2-d4f823203427"}])
def test_a_style_that_tells_no_model_is_not_read(style: dict[str, str]) -> None:
    """Without a model a style says which is meant, V3 before V2; where that is not V3 for sure, nothing is guessed."""
    native = imagetx.NativeRequest("POST", HOME + "generations", {}, {"prompt": "a fox", **style})

    with pytest.raises(imagetx.WireError):
        imagetx.decode_request(native, "recraft")


def test_a_tool_that_is_none_is_not_read() -> None:
    """A tool is a name in the path, and only those that are known are tools."""
    native = imagetx.NativeRequest("POST", HOME + "variateImage", {}, {"image_url": "https://img.example/a.png"})

    with pytest.raises(imagetx.WireError):
        imagetx.decode_request(native, "recraft")


def test_the_answer_of_another_service_of_one_body() -> None:
    """The target of a request for generateBackground reads its answer."""
    target = imagetx.Target("recraft", "recraftv3", variables={"service": "generateBackground"})
    asked = imagetx.encode_request({"prompt": "winter", "image": "https://img.example/a.png", "mask": WHITE}, target)
    answer = imagetx.NativeResponse(200, {}, {"created": 1, "credits": 40, "data": [{"url": "https://img.example/b"}]})

    assert asked.value.url == HOME + "generateBackground"
    assert imagetx.decode_response(answer, asked.target).value.data[0].url == "https://img.example/b"


def test_nine_images_are_two_calls() -> None:
    """A plan splits what is above six."""
    exchange = imagetx.plan({"prompt": "a fox", "n": 9}, "recraft/recraftv4_1")

    assert [step.request.body["n"] for step in exchange.pending] == [6, 3]


def test_two_results_of_a_tool_are_two_calls() -> None:
    """A tool has no n: a plan asks twice."""
    exchange = imagetx.plan({"image": "https://img.example/a.png", "n": 2}, "recraft/vectorize")

    assert [step.request.url for step in exchange.pending] == [HOME + "vectorize"] * 2


def test_a_variable_of_one_dialect_stands_in_the_target_of_the_answer() -> None:
    """A mask chose the dialect that has the variable; the answer, which has no mask, is read all the same."""
    spec = copy.deepcopy(read_folder(next(folder for folder in provider_folders() if folder.name == "recraft")))
    spec["dialects"]["inpaint"]["variables"] = {"service": spec["provider"]["variables"].pop("service")}
    known = imagetx.registry().with_provider(spec)
    target = imagetx.Target("recraft", "recraftv3", variables={"service": "generateBackground"})
    asked = known.encode_request({"prompt": "winter", "image": "https://img.example/a.png", "mask": WHITE}, target)
    answer = imagetx.NativeResponse(200, {}, {"created": 1, "credits": 40, "data": [{"url": "https://img.example/b"}]})

    read = known.decode_response(answer, asked.target).value

    assert asked.value.url == HOME + "generateBackground"
    assert read.data[0].url == "https://img.example/b"
    with pytest.raises(imagetx.ResolveError, match="expected a known variable of recraft"):
        known.encode_request({"prompt": "winter"}, imagetx.Target("recraft", "recraftv3", variables={"servise": "x"}))
