"""Borders of the public functions that a review by attack found open, each with what holds now."""

from __future__ import annotations

from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from imagetx.errors import ImagetxError, RequestError, ResolveError
from tests.images import content

Json = Any
FOX = {"prompt": "a fox"}
PNG = "iVBORw0KGgo="
RED = content("red-64.png")
NOVA = imagetx.Target("bedrock", "amazon.nova-canvas-v1:0", variables={"region": "us-west-2"})
SD35 = imagetx.Target("bedrock", "stability.sd3-5-large-v1:0", variables={"region": "us-west-2"})


def pointers(error: ImagetxError) -> list[str]:
    return [problem.pointer for problem in error.problems]


def test_a_target_never_changes() -> None:
    """Neither the caller's map nor a result's can send a later request, and its key, to another host."""
    given = {"resource": "a"}
    target = imagetx.Target("azure", "gpt-image-2", variables=given)
    first = imagetx.encode_request(FOX, target)
    given["resource"] = "b"

    assert imagetx.encode_request(FOX, imagetx.Target("azure", "gpt-image-2", variables={"resource": "a"})) == first
    with pytest.raises(TypeError):
        first.target.variables["base_url"] = "http://evil.example"  # type: ignore[index]


def test_a_body_is_the_callers_own() -> None:
    """Changing what is sent changes no later request."""
    first = imagetx.encode_request(FOX, "gemini/gemini-3-pro-image").value.body
    first["generationConfig"]["responseModalities"].append("TEXT")

    second = imagetx.encode_request(FOX, "gemini/gemini-3-pro-image").value.body

    assert second["generationConfig"] == {"responseModalities": ["IMAGE"]}


def test_a_table_is_the_callers_own() -> None:
    """Changing what explain gives changes nothing else."""
    before = imagetx.explain("openai/gpt-image-2")
    imagetx.explain("openai/gpt-image-2")["request"][0]["fields"].clear()

    assert imagetx.explain("openai/gpt-image-2") == before


@pytest.mark.parametrize(
    "data", [[{"b64_json": None, "url": None}], ["x"], [{"revised_prompt": "x"}], [{"b64_json": 5}], [{"b64_json": ""}]]
)
def test_a_success_without_an_image_is_an_error(data: Json) -> None:
    answer = imagetx.decode_response(imagetx.NativeResponse(200, {}, {"data": data}), "openai/gpt-image-2").value

    assert (answer.category, answer.error.code) == ("server_error", "no_image_generated")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("data", "target", "lost"),
    [
        ([{"url": "https://a.example/x.png"}], NOVA, ["/data/0"]),
        ([{"url": "https://a.example/x.png"}], SD35, ["/data/0"]),
        ([{"b64_json": PNG}, {"b64_json": PNG}], "stability/sd3.5-large", ["/data/1"]),
        ([], "openai/gpt-image-2", ["/data"]),
        ([{}], "openai/gpt-image-2", ["/data/0"]),
    ],
)
def test_images_of_an_answer_are_never_dropped(data: Json, target: Any, lost: list[str]) -> None:
    with pytest.raises(RequestError) as caught:
        imagetx.encode_response({"data": data}, target)

    assert pointers(caught.value) == lost


def test_native_keys_stay_in_their_dialect() -> None:
    """What one dialect carries is not sent in another one of the same provider."""
    body = {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "x", "style": "ANIME"}}
    url = "https://bedrock-runtime.us-west-2.amazonaws.com/model/amazon.nova-canvas-v1%3A0/invoke"

    out = imagetx.translate_request(imagetx.NativeRequest("POST", url, {}, body), "bedrock", SD35)

    assert out.value.body == {"prompt": "x", "seed": 12}
    assert ("dropped", "/provider_options/bedrock/textToImageParams") in [(n.kind, n.pointer) for n in out.notes]


@pytest.mark.parametrize(
    ("options", "pointer"),
    [
        ({"extra_query": {"key": "S"}}, "/extra_query/key"),
        ({"extra_headers": {"Authorization": "S"}}, "/extra_headers/authorization"),
        ({"extra_headers": {"Transfer-Encoding": "chunked"}}, "/extra_headers/transfer-encoding"),
        ({"@body": [1]}, "/@body"),
        ({"@status": 500}, "/@status"),
        ({"extra_headers": 5}, "/extra_headers"),
        ({"extra_query": {"a/b": "\ud800"}}, "/extra_query/a~1b"),
        ({"extra_query": {"\ud800": "x"}}, "/extra_query/\ud800"),
        ({"extra_query": {5: "x"}}, "/extra_query/5"),
        ({"extra_headers": {"a": "\ud800"}}, "/extra_headers/a"),
        ({"generation_config": {"seed": 4}}, "/generationConfig/seed"),
    ],
)
def test_what_provider_options_may_not_say(options: Json, pointer: str) -> None:
    request = {**FOX, "seed": 3, "provider_options": {"gemini": options}}

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request(request, "gemini/gemini-3-pro-image")

    assert pointers(caught.value) == [f"/provider_options/gemini{pointer}"]


@pytest.mark.parametrize(
    "call",
    [
        lambda: imagetx.encode_request({1: 2, "prompt": "x"}, "openai/gpt-image-2"),
        lambda: imagetx.encode_request({**FOX, "n": 10**5000}, "openai/gpt-image-2"),
        lambda: imagetx.decode_response(imagetx.NativeResponse(200), "openai/gpt-image-2", request=[]),  # type: ignore
        lambda: imagetx.decode_response(imagetx.NativeResponse(200), "openai/gpt-image-2", created="x"),  # type: ignore
        lambda: imagetx.encode_response({"data": [{"b64_json": PNG}]}, "openai", request=5),  # type: ignore[arg-type]
        lambda: imagetx.encode_response({"error": {"message": "x"}, "category": "zz"}, "openai"),
        lambda: imagetx.encode_response({"error": {"message": "x"}, "status": 200}, "openai"),
        lambda: imagetx.encode_response({"data": [{"b64_json": PNG}], "usage": 5}, "openai"),
        lambda: imagetx.encode_response(
            {"data": [{"b64_json": PNG}], "provider_metadata": {"openai": {"extra_headers": 5}}}, "openai"
        ),
        lambda: imagetx.Target("x", variables=None),  # type: ignore[arg-type]
        lambda: imagetx.Target(5),  # type: ignore[arg-type]
        lambda: imagetx.models(5),  # type: ignore[arg-type]
        lambda: imagetx.registry().with_models("openai", [1]),  # type: ignore[arg-type]
        lambda: imagetx.encode_request(FOX, "openai/gpt-image-2", as_of="2026-02-31"),
        lambda: imagetx.encode_request(FOX, imagetx.Target("openai", "gpt-image-2", variables={"regoin": "x"})),
    ],
)
def test_bad_values_are_our_own_errors(call: Any) -> None:
    with pytest.raises(ImagetxError):
        call()


def test_emulation_keeps_the_limits() -> None:
    request = {"prompt": "p" * 3990, "negative_prompt": "d" * 500}

    with pytest.raises(RequestError, match="4000"):
        imagetx.encode_request(request, "openai/dall-e-3", emulate=("negative_prompt",))


def test_the_callers_request_decides_the_form() -> None:
    """A DALL-E client that asks for a URL gets one, although only bytes exist; the note says how."""
    url = "https://api.openai.com/v1/images/generations"
    asked = imagetx.NativeRequest("POST", url, {}, {"model": "dall-e-3", "prompt": "x", "response_format": None})

    for body in ({"model": "dall-e-3", "prompt": "x"}, {"model": "dall-e-3", "prompt": "x", "response_format": "url"}):
        request = imagetx.NativeRequest("POST", url, {}, body)
        out = imagetx.encode_response({"data": [{"b64_json": PNG}]}, "openai", request=request)

        assert out.value.body["data"][0]["url"] == f"data:image/png;base64,{PNG}"
        assert [(note.kind, note.pointer) for note in out.notes] == [("emulated", "/data/0/b64_json")]
    assert imagetx.encode_response({"data": [{"b64_json": PNG}]}, "openai", request=asked).lossless


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("APPLICATION/JSON", "json"),
        ("image/*", "bytes"),
        ("*/*", "bytes"),
        ("image/*, application/json;q=0.1", "bytes"),
    ],
)
def test_accept_decides_bytes_or_json(accept: str, kind: str) -> None:
    url = "https://api.stability.ai/v2beta/stable-image/generate/core"
    request = imagetx.NativeRequest("POST", url, {"accept": accept}, (imagetx.Part("prompt", "x"),))

    out = imagetx.encode_response({"data": [{"b64_json": PNG}]}, "stability/core", request=request)

    assert out.value.document()[0] == kind


def test_a_native_name_is_carried_where_it_belongs() -> None:
    """A key that is no canonical field but native to the dialect is carried there, assumed."""
    out = imagetx.encode_request({**FOX, "cfgScale": 4}, NOVA)

    assert out.value.body["imageGenerationConfig"]["cfgScale"] == 4
    assert ("assumed", "/cfgScale") in [(note.kind, note.pointer) for note in out.notes]
    with pytest.raises(RequestError):
        imagetx.encode_request({**FOX, "cfgScale": 4, "guidance_scale": 5}, NOVA)
    with pytest.raises(RequestError):
        imagetx.encode_request(
            {**FOX, "complexity": "a", "provider_options": {"openai": {"complexity": "b"}}},
            "openai/gpt-image-2.6-flare",
        )


def test_another_providers_model_is_not_sent() -> None:
    """Translating to a provider alone needs a model of it: the source's id means nothing there."""
    url = "https://api.openai.com/v1/images/generations"
    native = imagetx.NativeRequest("POST", url, {}, {"model": "dall-e-3", "prompt": "x"})

    with pytest.raises(ResolveError) as caught:
        imagetx.translate_request(native, None, "stability")

    assert pointers(caught.value) == ["/model"]


def test_a_partial_answer_says_so() -> None:
    """Fewer images than asked is an outcome of its own, and no dialect may lose it in silence."""
    native = imagetx.NativeResponse(200, {}, {"images": [PNG], "error": None})
    answer = imagetx.decode_response(native, NOVA, request={**FOX, "n": 3}).value

    out = imagetx.encode_response(answer, "openai/gpt-image-2")

    assert document(answer)["outcome"] == "partial"
    assert [(note.kind, note.pointer) for note in out.notes] == [("approximated", "/outcome")]


def test_nulls_of_strangers_say_nothing() -> None:
    assert imagetx.encode_request({**FOX, "foo": None}, "openai/gpt-image-2", policy="strict").lossless
    assert imagetx.encode_request({**FOX, "n": 1.0}, "openai/gpt-image-2").value.content().count(b"1.0") == 0


@pytest.mark.parametrize("member", [{"code": 5}, {"type": [1]}, {"param": 0}])
def test_canonical_answers_keep_their_own_types(member: Json) -> None:
    """A native value of another type has no canonical word: it stays native and comes back."""
    body = {"error": {"message": "x", **member}}
    native = imagetx.NativeResponse(400, {}, body)

    answer = imagetx.decode_response(native, "openai/gpt-image-2").value
    back = imagetx.encode_response(answer, "openai/gpt-image-2").value

    assert document(answer)["provider_metadata"]["openai"]["error"] == member
    assert back.body["error"][next(iter(member))] == next(iter(member.values()))


def test_a_registry_never_changes() -> None:
    """What becomes of the caller's dict after with_provider is nothing to the registry, nor to the next one."""
    rule: Json = {"from": "prompt", "to": "/body/text", "required": True}
    request: Json = {"url": "{base_url}/go", "rules": [rule], "limits": {"prompt": {"maxLength": 3}}}
    spec: Json = {
        "provider": {
            "spec": 1,
            "provider": "mini",
            "title": "Mini",
            "source": "x",
            "verified": "2026-11-22",
            "base_url": "https://mini.example",
            "auth": {"key": {"header": "x-key"}},
            "families": {"f": {"dialects": ["d"]}},
            "models": [{"id": "m", "family": "f"}],
        },
        "dialects": {
            "d": {
                "spec": 1,
                "dialect": "d",
                "surface": "s",
                "operations": ["generate"],
                "source": "x",
                "verified": "2026-11-22",
                "request": {**request, "implies": {"model": "m"}},
            }
        },
    }
    short = imagetx.registry().with_provider(spec)
    spec["dialects"]["d"]["request"]["limits"]["prompt"]["maxLength"] = 9
    rule["to"] = "/body/words"
    long = imagetx.registry().with_provider(spec)

    assert long.encode_request({"prompt": "a fox"}, "mini/m").value.body == {"words": "a fox"}
    assert short.encode_request({"prompt": "fox"}, "mini/m").value.body == {"text": "fox"}
    with pytest.raises(RequestError):
        short.encode_request({"prompt": "a fox"}, "mini/m")


@pytest.mark.parametrize("model", ["SSD-1B", "playground-v2-5-1024px-aesthetic", "japanese-stable-diffusion-xl"])
def test_a_route_is_of_those_models_that_have_it(model: str) -> None:
    """Of Fireworks' listed models SDXL alone has ControlNet (fireworks dossier 2)."""
    with pytest.raises(ResolveError) as caught:
        imagetx.encode_request(
            {**FOX, "provider_options": {"fireworks": {"control_net_name": "canny"}}},
            imagetx.Target("fireworks", model, surface="control_net"),
        )

    assert "expected a surface" in str(caught.value)


def test_what_has_no_place_in_a_form_is_told_where_it_was_carried() -> None:
    """A problem with the form that is sent points into the request that went in."""
    options = {"openai": {"a/b": "\ud800", "c": "x"}}

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({**FOX, "image": RED, "provider_options": options}, "openai/gpt-image-2")

    assert pointers(caught.value) == ["/provider_options/openai/a~1b"]


@pytest.mark.parametrize(
    "beside",
    [
        {"images": [RED], "image": None},
        {"image": None, "images": [RED]},
        {"image": RED, "images": None},
        {"images": None, "image": RED},
    ],
)
def test_null_beside_the_other_spelling_drops_no_image(beside: Json) -> None:
    """`images` is `image`, and null says nothing, whichever stands first."""
    plain = imagetx.encode_request({**FOX, "image": RED}, "openai/gpt-image-2")

    assert imagetx.encode_request({**FOX, **beside}, "openai/gpt-image-2").value == plain.value


def nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels):
        value = {"a": value}
    return value


def test_an_unknown_key_is_looked_through_within_bounds() -> None:
    """What is no field is searched for images; nesting that no document has is refused, and is no stack overflow."""
    with pytest.raises(imagetx.RequestError, match="levels of nesting, got more - at /foo"):
        imagetx.encode_request({"prompt": "a fox", "foo": nested(100_000)}, "openai/gpt-image-2")

    notes = imagetx.encode_request({"prompt": "a fox", "foo": nested(50)}, "openai/gpt-image-2").notes
    assert [(note.kind, note.pointer) for note in notes] == [("dropped", "/foo")]


@pytest.mark.parametrize("value", [b"\x89PNG\r\n\x1a\n", [b"x"], {"a": bytearray(b"x")}])
def test_bytes_under_an_unknown_key_are_an_image(value: Any) -> None:
    with pytest.raises(imagetx.RequestError, match="it holds an image, which is never dropped"):
        imagetx.encode_request({"prompt": "a fox", "reference": value}, "openai/gpt-image-2")


@pytest.mark.parametrize("there", [None, 5, "x", []])
def test_what_is_carried_in_the_place_of_an_image(there: Json) -> None:
    """A part that a caller marks as an image by himself holds one, or is refused by name: it was a TypeError."""
    parts = [{"@": "image", "inlineData": there}, {"@": "prompt"}]
    options = {"gemini": {"contents": [{"parts": parts}]}}
    request = {"prompt": "x", "image": RED, "provider_options": options}

    if there is None:
        said = imagetx.encode_request(request, "gemini/gemini-nano-banana-2.1").value.body["contents"][0]["parts"]
        assert "data" in said[0]["inlineData"]
    else:
        with pytest.raises(RequestError, match="expected an object at /inlineData"):
            imagetx.encode_request(request, "gemini/gemini-nano-banana-2.1")
