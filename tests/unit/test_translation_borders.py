"""Borders of translation that a review by attack found open: what goes along, what is refused, what is no loss."""

from __future__ import annotations

from typing import Any

import pytest

import imagetx
from imagetx import NativeRequest, NativeResponse, Part, RequestError, Target, WireError
from imagetx.canonical import document
from tests.images import content

Json = Any
PNG = "iVBORw0KGgo="
RED = content("red-64.png")
GEMINI = "https://generativelanguage.googleapis.com/v1beta/models/"
FIREWORKS = "https://api.fireworks.ai/inference/v1/"
OPENAI = "openai/gpt-image-2"


def post(url: str, body: Json, **headers: str) -> NativeRequest:
    return NativeRequest("POST", url, {name.replace("_", "-"): value for name, value in headers.items()}, body)


PLAIN: dict[str, NativeRequest] = {
    "gemini": post(GEMINI + "gemini-3-pro-image:generateContent", {"contents": [{"parts": [{"text": "x"}]}]}),
    "interactions": post(
        "https://generativelanguage.googleapis.com/v1/interactions", {"model": "gemini-3-pro-image", "input": "x"}
    ),
    "segmind": post("https://api.segmind.com/v1/sdxl1.0-txt2img", {"prompt": "x"}),
    "fireworks": post(
        FIREWORKS + "workflows/accounts/fireworks/models/flux-1-schnell-fp8/text_to_image", {"prompt": "x"}
    ),
    "stability": post(
        "https://api.stability.ai/v2beta/stable-image/generate/ultra", (Part("prompt", "x"),), accept="image/*"
    ),
}


@pytest.mark.parametrize("name", PLAIN)
def test_marks_of_ours_are_no_losses(name: str) -> None:
    """The plainest request of a client is lost nowhere, and strict takes it."""
    out = imagetx.translate_request(PLAIN[name], None, OPENAI, policy="strict")

    assert out.lossless
    assert out.value.body["prompt"] == "x"


@pytest.mark.parametrize(
    ("accept", "lost"),
    [("image/*", False), ("image/png, image/*;q=0.8", False), ("*/*", False), ("image/png", True), ("text/html", True)],
)
def test_an_accept_that_takes_any_image_is_no_loss(accept: str, lost: bool) -> None:
    """RFC 9110 12.5.1: a range over all types says no more than silence; one type that is asked for does."""
    native = post("https://api.stability.ai/v2beta/stable-image/generate/ultra", (Part("prompt", "x"),), accept=accept)

    assert imagetx.translate_request(native, None, OPENAI).lossless is not lost


@pytest.mark.parametrize(
    ("seed", "read"), [(7, 7), (7.0, 7), (-0.0, 0), (1.5, None), (1e308, None), (2.0**64, None), (10**30, None)]
)
def test_a_seed_is_an_integer_or_stays_native(seed: Json, read: int | None) -> None:
    """A float that stands for several integers names no seed; what is no seed goes back as it came."""
    native = post("https://api.segmind.com/v1/sdxl1.0-txt2img", {"prompt": "x", "seed": seed})
    decoded = imagetx.decode_request(native, "segmind")
    said = document(decoded.value)

    assert (said.get("seed"), type(said.get("seed"))) == (read, type(read))
    assert imagetx.encode_request(decoded.value, decoded.target).value.body["seed"] == seed


IMAGES: list[tuple[str, Json]] = [
    ("https://api.segmind.com/v1/sdxl1.0-txt2img", {"prompt": "x", "image": "https://a.example/x.png"}),
    ("https://api.segmind.com/v1/flux-dev", {"prompt": "x", "mask": PNG}),
    (
        "https://a.services.ai.azure.com/providers/blackforestlabs/v1/flux-kontext-pro?api-version=preview",
        {"model": "k", "prompt": "x", "input_image": PNG},
    ),
    (
        "https://bedrock-runtime.us-west-2.amazonaws.com/model/amazon.titan-image-generator-v2%3A0/invoke",
        {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "x", "conditionImage": PNG}},
    ),
    ("https://api.reka.ai/v1/images/generations", {"model": "m1", "prompt": "x", "image": PNG}),
    ("https://api.segmind.com/v1/some-new-model-9", {"prompt": "x", "picture": "https://a.example/x.jpg"}),
    ("https://api.segmind.com/v1/some-new-model-9", {"prompt": "x", "picture": f"data:image/png;base64,{PNG}"}),
    (
        "https://api.stability.ai/v2beta/stable-image/edit/replace-background-and-relight",
        (Part("background_prompt", "x"), Part("light_reference", RED, "l.png"), Part("subject_image", RED, "s.png")),
    ),
    (
        GEMINI + "gemini-3-pro-image:generateContent",  # an earlier turn
        {
            "contents": [
                {"role": "user", "parts": [{"text": "x"}, {"inlineData": {"mimeType": "image/png", "data": PNG}}]},
                {"role": "model", "parts": [{"text": "y"}]},
                {"role": "user", "parts": [{"text": "z"}]},
            ]
        },
    ),
    (
        GEMINI + "gemini-3-pro-image:generateContent",  # a reference that is foreign to the dialect
        {"contents": [{"parts": [{"text": "x"}, {"fileData": {"mimeType": "image/png", "fileUri": "gs://b/a"}}]}]},
    ),
]


@pytest.mark.parametrize(("url", "body"), IMAGES)
def test_input_images_are_never_dropped(url: str, body: Json) -> None:
    with pytest.raises(imagetx.ImagetxError):
        imagetx.translate_request(post(url, body), "reka" if "reka" in url else None, OPENAI)


def test_another_model_gets_what_it_knows() -> None:
    """Sampling is of gemini-3-pro-image and not of nano-banana-2.1: a note, and a refusal under strict."""
    config = {"responseModalities": ["IMAGE"], "temperature": 0.4, "topP": 0.9}
    native = post(
        GEMINI + "gemini-3-pro-image:generateContent",
        {"contents": [{"role": "user", "parts": [{"text": "x"}]}], "generationConfig": config},
    )

    out = imagetx.translate_request(native, None, "gemini/gemini-nano-banana-2.1")

    assert out.value.body["generationConfig"] == {"responseModalities": ["IMAGE"]}
    where = "/provider_options/gemini/generationConfig"
    assert [(note.kind, note.pointer) for note in out.notes] == [
        ("dropped", f"{where}/temperature"),
        ("dropped", f"{where}/topP"),
    ]
    with pytest.raises(RequestError):
        imagetx.translate_request(native, None, "gemini/gemini-nano-banana-2.1", policy="strict")


def test_headers_of_the_service_go_along() -> None:
    """A guardrail is of InvokeModel, not of one model."""
    native = post(
        "https://bedrock-runtime.us-west-2.amazonaws.com/model/amazon.titan-image-generator-v2%3A0/invoke",
        {"taskType": "TEXT_IMAGE", "textToImageParams": {"text": "x"}},
        x_amzn_bedrock_guardrailidentifier="g",
    )
    target = Target("bedrock", "stability.sd3-5-large-v1:0", variables={"region": "us-west-2"})

    assert imagetx.translate_request(native, None, target).value.headers["x-amzn-bedrock-guardrailidentifier"] == "g"


SECRETS = [
    post(FIREWORKS + "image_generation/accounts/fireworks/models/SSD-1B", {"prompt": "p"}, huggingface_access_key="S3"),
    post(FIREWORKS + "workflows/accounts/fireworks/models/flux-kontext-pro", {"prompt": "p", "webhook_secret": "S3"}),
]


@pytest.mark.parametrize("native", SECRETS)
def test_secrets_are_shown_nowhere(native: NativeRequest) -> None:
    decoded = imagetx.decode_request(native)
    out = imagetx.translate_request(native, None, OPENAI)
    shown = [repr(decoded), repr(decoded.value), repr(native), repr(out), *map(str, out.notes), *map(repr, out.notes)]
    shown += [str(note.to_json()) for note in out.notes]
    try:
        imagetx.translate_request(native, None, OPENAI, policy="strict")
    except RequestError as error:
        shown += [str(error), repr(error), *map(repr, error.problems)]

    assert [text for text in shown if "S3" in text] == []


def test_credential_kind_is_recognised() -> None:
    native = post(GEMINI + "gemini-3-pro-image:generateContent", PLAIN["gemini"].body, authorization="Bearer ya29.x")

    out = imagetx.decode_request(native)
    credential = imagetx.encode_request(out.value, out.target).value.credential

    assert out.target.auth == "bearer"
    assert credential is not None
    assert credential.header == "authorization"


@pytest.mark.parametrize(
    ("authorization", "auth", "scheme"),
    [
        ("AWS4-HMAC-SHA256 Credential=A/20261122/us-west-2/bedrock/aws4_request", None, "sigv4"),
        ("Bearer k", "bearer", "bearer"),
        ("bearer k", "bearer", "bearer"),
    ],
)
def test_signature_is_no_bearer(authorization: str, auth: str | None, scheme: str) -> None:
    """What is signed with SigV4 is signed again, though a bearer would stand in the same header."""
    url = "https://bedrock-runtime.us-west-2.amazonaws.com/model/stability.sd3-5-large-v1%3A0/invoke"
    native = imagetx.NativeRequest("POST", url, {"authorization": authorization}, {"prompt": "a"})

    out = imagetx.decode_request(native)

    assert out.target.auth == auth
    assert imagetx.encode_request(out.value, out.target).value.credential.scheme == scheme


def test_what_is_only_dropped_need_not_fit() -> None:
    """A seed too large for Gemini's other models is dropped where the model has none."""
    out = imagetx.encode_request({"prompt": "p", "seed": 4294967294}, "gemini/gemini-nano-banana-2.1")

    assert [(note.kind, note.pointer) for note in out.notes] == [("dropped", "/seed")]


def test_model_of_a_wrong_type() -> None:
    with pytest.raises(RequestError, match="the model as text"):
        imagetx.encode_request({"prompt": "x", "model": 7}, "stability/sd3.5-large")


ANSWERS: list[tuple[str, Json]] = [
    ("vertex", {"predictions": [{"mimeType": "image/png", "bytesBase64Encoded": PNG}]}),
    ("stability", {"artifacts": [{"base64": PNG, "finishReason": "SUCCESS", "seed": 1}]}),
    ("fireworks", {"base64": [PNG], "finishReason": "SUCCESS", "seed": 1}),
]


@pytest.mark.parametrize(("provider", "body"), ANSWERS)
def test_provider_alone_reads_every_dialect(provider: str, body: Json) -> None:
    target = Target(provider, variables={"project": "p"} if provider == "vertex" else {})

    answer = imagetx.decode_response(NativeResponse(200, {}, body), target).value

    assert document(answer)["data"][0]["b64_json"] == PNG


def test_begun_is_read_for_a_provider_alone() -> None:
    value = imagetx.decode_response(NativeResponse(200, {}, {"request_id": "c2e9"}), "fireworks").value

    assert isinstance(value, imagetx.Pending)


def test_answer_of_another_dialect_leaves_no_marks() -> None:
    """What only one dialect of a provider can hold is not written into another's answer."""
    body = {"artifacts": [{"base64": PNG, "seed": 1, "finishReason": "SUCCESS"}, {"seed": 2, "finishReason": "ERROR"}]}

    out = imagetx.translate_response(
        NativeResponse(200, {}, body), "stability/stable-diffusion-xl-1024-v1-0", "stability/stable-image-core"
    )

    assert out.value.body == {"image": PNG, "seed": 1, "finish_reason": "SUCCESS"}


def test_served_by_leaves_out_what_another_dialect_keeps() -> None:
    """Who plans and answers by himself says who served; its table of tokens stays behind."""
    counts = {"num_input_text_tokens": 8, "num_input_image_tokens": 0, "output_image_tokens": 9, "total_tokens": 17}
    native = NativeResponse(200, {}, {"created": 1, "data": [{"b64_json": PNG}], "usage": counts})
    came = imagetx.decode_response(native, "azure/MAI-Image-2.6").value

    out = imagetx.encode_response(came, "azure/gpt-image-2", served_by="azure/MAI-Image-2.6")
    own = imagetx.encode_response(came, "azure/MAI-Image-2.6", served_by="azure/MAI-Image-2.6")

    details = {"text_tokens": 8, "image_tokens": 0}
    assert out.value.body["usage"] == {
        "input_tokens": 8,
        "output_tokens": 9,
        "total_tokens": 17,
        "input_tokens_details": details,
    }
    assert own.value.body["usage"] == counts


def test_an_answer_is_taken_as_its_own_dump() -> None:
    """Who leaves something out dumps the model first, and its lists are tuples."""
    body = {"image": PNG, "finish_reason": "SUCCESS", "seed": 1}
    came = imagetx.decode_response(NativeResponse(200, {}, body), "stability/sd3.5-large").value

    dumped = came.model_dump(exclude_unset=True, exclude={"provider_metadata"})

    assert imagetx.encode_response(dumped, "openai").value == imagetx.encode_response(came, "openai").value


@pytest.mark.parametrize("item", [{"b64_json": PNG, "url": None}, {"b64_json": None, "url": "https://a.example/x.png"}])
def test_null_members_of_an_image_say_nothing(item: Json) -> None:
    """The OpenAI SDK's model_dump gives such items."""
    said = imagetx.encode_response({"created": 1, "data": [item]}, "openai/dall-e-3").value.body

    assert said["data"] == [{name: value for name, value in item.items() if value is not None}]


@pytest.mark.parametrize("loc", [5, True, 1.5, None, "body", {"a": 1}])
def test_issues_with_an_odd_place(loc: Json) -> None:
    native = NativeResponse(422, {}, {"detail": [{"loc": loc, "msg": "m"}]})

    value = imagetx.decode_response(native, "segmind/flux-schnell").value

    assert document(value)["error"]["message"] == "m"


@pytest.mark.parametrize("text", ["I cannot do that", "<html>"])
def test_prose_is_no_image(text: str) -> None:
    value = imagetx.decode_response(NativeResponse(200, {}, {"output": text}), "segmind/nano-banana").value

    assert "error" in document(value)


@pytest.mark.parametrize("key", ["grow_mask", "num_images"])
def test_a_number_in_a_form_is_no_image(key: str) -> None:
    """Stability's grow_mask stands as text in a form: it was taken for a mask, and the request refused."""
    parts = (Part("prompt", "x"), Part(key, "5"), Part("image", RED, "a.png", "image/png"))
    native = post("https://api.stability.ai/v2beta/stable-image/edit/inpaint", parts)

    out = imagetx.translate_request(native, None, OPENAI)

    assert [(note.kind, note.pointer) for note in out.notes if note.kind == "dropped"] == [
        ("dropped", f"/provider_options/stability/{key}")
    ]


@pytest.mark.parametrize(
    ("model", "deployment"),
    [
        ("gemini-3-pro-image", "projects/p/locations/l/endpoints/123"),
        ("imagen-4.0-generate-001", "projects/p/locations/l/endpoints/123"),
    ],
)
def test_a_tuned_endpoint_is_not_said_as_a_model(model: str, deployment: str) -> None:
    """The URL of a tuned endpoint has another path (vertex dossier 1.1), which no dialect has: never a wrong one."""
    target = Target("vertex", model, deployment=deployment, variables={"project": "p"})

    with pytest.raises(RequestError) as caught:
        imagetx.encode_request({"prompt": "x"}, target)

    (problem,) = caught.value.problems
    assert problem.pointer == "/model"
    assert problem.expected is not None
    assert problem.expected.startswith("one name, as in publishers/google/models/{name} (a tuned endpoint")


@pytest.mark.parametrize("model", ["gemini-3-pro-image", "imagen-4.0-generate-001"])
def test_a_deployment_of_gemini_is_one_name(model: str) -> None:
    """`models/x` is no name of a deployment: the URL says models/ (gemini dossier 1)."""
    with pytest.raises(RequestError, match="one name, as in models/"):
        imagetx.encode_request({"prompt": "x"}, Target("gemini", model, deployment="tunedModels/x"))


@pytest.mark.parametrize(
    ("host", "service", "expected"),
    [
        ("https://gateway.example/aws", "bedrock", {"base_url": "https://gateway.example/aws", "region": "eu-west-1"}),
        ("https://bedrock-runtime.us-west-2.amazonaws.com", "bedrock", {"region": "us-west-2"}),
        ("https://gateway.example/aws", "s3", {"base_url": "https://gateway.example/aws"}),
    ],
)
def test_a_signature_names_the_region(host: str, service: str, expected: Json) -> None:
    """Behind a gateway only the signature's scope tells where a request was for; a host of its own goes first."""
    url = f"{host}/model/stability.sd3-5-large-v1%3A0/invoke"
    scope = f"Credential=AKIA/20261122/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=00"

    decoded = imagetx.decode_request(post(url, {"prompt": "x"}, authorization=f"AWS4-HMAC-SHA256 {scope}"))
    again = imagetx.encode_request(decoded.value, decoded.target).value

    assert decoded.target.variables == expected
    assert again.url == url
    assert again.credential is not None
    assert again.credential.region == expected.get("region")
    assert "AKIA" not in repr(decoded)


@pytest.mark.parametrize(
    ("native", "target"),
    [
        (post("https://api.openai.com/v1/images/generations", {"prompt": "x"}), "openai/gpt-image-2"),
        (post("https://api.openai.com/v1/images/generations", {"prompt": "x", "model": None}), "openai/gpt-image-2"),
        (
            NativeRequest(
                "POST",
                "https://api.openai.com/v1/images/edits",
                body=(Part("image", RED, filename="a.png", content_type="image/png"), Part("prompt", "x")),
            ),
            "openai/gpt-image-2",
        ),
        (post("https://c.openai.azure.com/openai/v1/images/generations", {"prompt": "x"}), "azure/gpt-image-2"),
        (post("https://external.api.recraft.ai/v1/images/generations", {"prompt": "x"}), "recraft/recraftv4"),
    ],
    ids=["absent", "null", "form", "azure", "silence-means-another"],
)
def test_a_hint_names_the_model_where_the_body_does_not(native: NativeRequest, target: str) -> None:
    """Who gives a target says the model: it is no guess, and it goes on the wire."""
    model = target.partition("/")[2]

    decoded = imagetx.decode_request(native, target)
    again = imagetx.encode_request(decoded.value, decoded.target)

    assert (decoded.value.model, decoded.target.model, decoded.target.deployment) == (model, model, None)
    assert decoded.notes == ()
    body = again.value.body
    assert (body["model"] if isinstance(body, dict) else next(p.data for p in body if p.name == "model")) == model


def test_a_hint_does_not_rename_what_the_body_says() -> None:
    """A model that the body names is what goes on the wire: the hint says which one that is."""
    native = post("https://api.openai.com/v1/images/generations", {"prompt": "x", "model": "mine"})

    decoded = imagetx.decode_request(native, "openai/gpt-image-2")

    assert (decoded.value.model, decoded.target.deployment) == ("gpt-image-2", "mine")
    with pytest.raises(WireError, match="expected the model, got nothing"):
        imagetx.decode_request(post(native.url, {"prompt": "x"}), "openai")
