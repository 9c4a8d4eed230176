"""What we answer as Bedrock is, for botocore, the answer or the exception that it should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

import imagetx
from tests.dialects import ROOT
from tests.images import expanded

pytest.importorskip("botocore", reason="needs the extra `conformance`")

from botocore.exceptions import ClientError

from tests.sdk.capture_botocore import Service

Json = Any
MODELS = {
    "stable-image": "stability.sd3-5-large-v1:0",
    "image-services": "us.stability.stable-image-inpaint-v1:0",
    "nova-canvas": "amazon.nova-canvas-v1:0",
    "titan": "amazon.titan-image-generator-v2:0",
    "stable-diffusion-xl": "stability.stable-diffusion-xl-v1",
}
EXCEPTIONS = {
    "invalid_request": ("ValidationException", 400),
    "content_policy": ("ValidationException", 400),
    "permission": ("AccessDeniedException", 403),
    "not_found": ("ResourceNotFoundException", 404),
    "rate_limit": ("ThrottlingException", 429),
    "quota": ("ServiceQuotaExceededException", 400),
    "timeout": ("ModelTimeoutException", 408),
    "overloaded": ("ServiceUnavailableException", 503),
    "server_error": ("InternalServerException", 500),
}


@pytest.fixture(scope="module")
def service() -> Service:
    return Service()


def asked(service: Service, native: imagetx.NativeResponse) -> Json:
    service.answer = (native.status, dict(native.headers), native.content())
    return service.client.invoke_model(modelId="stability.sd3-5-large-v1:0", body=b"{}")


def raised(service: Service, native: imagetx.NativeResponse) -> ClientError:
    with pytest.raises(ClientError) as caught:
        asked(service, native)
    return caught.value


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
@pytest.mark.parametrize("category", EXCEPTIONS)
def test_error_is_the_modeled_exception(service: Service, category: str, model: str) -> None:
    """The class that botocore makes of its service model, with code, message, status and request id."""
    name, status = EXCEPTIONS[category]
    said = {"message": "no fox", "type": "x", "code": "x", "param": None}
    error = {"status": 400, "error": said, "category": category, "retryable": False, "request_id": "r-1"}

    native = imagetx.encode_response(error, imagetx.Target("bedrock", model)).value
    found = raised(service, native)

    assert type(found) is getattr(service.client.exceptions, name)
    assert (found.response["Error"]["Code"], found.response["Error"]["Message"]) == (name, "no fox")
    assert found.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert found.response["ResponseMetadata"]["RequestId"] == "r-1"


def test_wrong_key_is_the_common_error(service: Service) -> None:
    """Of the errors that all services of AWS share none is modeled: the code says what it is (bedrock dossier 6.1)."""
    said = {"message": "no fox", "type": "x", "code": "x", "param": None}
    error = {"status": 401, "error": said, "category": "authentication", "retryable": False}

    native = imagetx.encode_response(error, "bedrock/stability.sd3-5-large-v1:0").value
    found = raised(service, native)

    assert type(found) is ClientError
    assert found.response["Error"]["Code"] == "UnrecognizedClientException"
    assert found.response["ResponseMetadata"]["HTTPStatusCode"] == 403


OTHERS = {
    "openai/gpt-image-2": (
        429,
        {"error": {"message": "slow", "type": "rate_limit_error", "code": "rate_limit_exceeded", "param": None}},
        ("ThrottlingException", "slow"),
    ),
    "gemini/gemini-3-pro-image": (
        503,
        {"error": {"code": 503, "message": "The model is overloaded", "status": "UNAVAILABLE"}},
        ("ServiceUnavailableException", "The model is overloaded"),
    ),
    "stability/sd3.5-large": (
        402,
        {"id": "1", "name": "payment_required", "errors": ["You lack sufficient credits"]},
        ("ServiceQuotaExceededException", "You lack sufficient credits"),
    ),
}


@pytest.mark.parametrize("served_by", OTHERS)
def test_error_of_another_is_the_modeled_exception(service: Service, served_by: str) -> None:
    status, body, (name, message) = OTHERS[served_by]

    out = imagetx.translate_response(
        imagetx.NativeResponse(status, {}, body), served_by, "bedrock/stability.sd3-5-large-v1:0"
    ).value
    found = raised(service, out)

    assert type(found) is getattr(service.client.exceptions, name)
    assert found.response["Error"]["Message"] == message


def vectors(section: str) -> list[Any]:
    """List the answers of Bedrock's dialects that the fixtures state, errors of a status of their own alone."""
    found = []
    for path in sorted((ROOT / "fixtures" / "bedrock").glob("*.json")):
        content = json.loads(path.read_text())
        for vector in content[section]:
            failed = vector["native"]["status"] >= 400
            if "encode" in vector.get("ways", ["encode"]) and (section == "errors") == failed:
                found.append(pytest.param(vector, id=f"{content['dialect']}::{vector['name']}"))
    return found


@pytest.mark.parametrize("vector", vectors("errors"))
def test_every_error_is_parsed_alike(service: Service, vector: Json) -> None:
    """What the service said and our writing of what it said are one exception."""
    target = imagetx.Target(**vector["target"])
    native = imagetx.NativeResponse.from_json(vector["native"])

    out = imagetx.encode_response(imagetx.decode_response(native, target).value, target).value
    found, expected = raised(service, out), raised(service, native)

    assert type(found) is type(expected)
    assert found.response["Error"]["Code"] == expected.response["Error"]["Code"]


@pytest.mark.parametrize("vector", vectors("responses"))
def test_every_answer_is_the_body(service: Service, vector: Json) -> None:
    """To botocore the answer of a model is bytes, and their type."""
    target = imagetx.Target(**vector["target"])
    decoded = imagetx.decode_response(imagetx.NativeResponse.from_json(expanded(vector["native"])), target).value

    out = imagetx.encode_response(decoded, target).value
    found = asked(service, out)

    assert found["body"].read() == out.content()
    assert found["contentType"] == out.headers["content-type"]
