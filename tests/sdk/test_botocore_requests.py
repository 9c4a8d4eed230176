"""What botocore sends for InvokeModel decodes to what was said, and what we send is what botocore would."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

import imagetx
from imagetx.canonical import document
from tests.images import expanded, pictured
from tests.normal import normal_request
from tests.sdk import captures
from tests.sdk.bedrock_calls import CALLS
from tests.sdk.marks import unmarked

botocore = pytest.importorskip("botocore", reason="needs the extra `conformance`")
httpx = pytest.importorskip("httpx", reason="needs the extra `conformance`")

from botocore.auth import SigV4Auth  # noqa: E402 - after the skip
from botocore.awsrequest import AWSRequest  # noqa: E402
from botocore.credentials import Credentials  # noqa: E402

from tests.sdk import capture_botocore  # noqa: E402

Json = Any
SDK = capture_botocore.SDK
STORED = {
    f"{version} {name}": entry
    for version in captures.versions(SDK)
    for name, entry in captures.load(SDK, version).items()
}


def sent(entry: Json) -> imagetx.NativeRequest:
    return imagetx.NativeRequest.from_json(expanded(entry["request"]))


@pytest.mark.parametrize("entry", [pytest.param(entry, id=name) for name, entry in STORED.items()])
def test_request_is_what_was_said(entry: Json) -> None:
    """Without a hint; nothing that botocore adds (signature, date, attempt, its name) is left."""
    out = imagetx.decode_request(sent(entry))

    assert unmarked(pictured(document(out.value), by_content=True)) == CALLS[entry["name"]][1]
    assert out.lossless


@pytest.mark.parametrize("entry", [pytest.param(entry, id=name) for name, entry in STORED.items()])
def test_request_comes_back(entry: Json) -> None:
    """Said again it is the same request: its URL byte for byte, its headers, its body in the native normal form."""
    message = sent(entry)
    out = imagetx.decode_request(message)

    back = imagetx.encode_request(out.value, out.target)

    assert back.value.url == message.url
    ours = {"content-type": "application/json", "accept": "application/json"}  # as silence, and */*, mean
    assert back.value.headers.items() <= {**message.headers, **ours}.items()
    assert normal(back.dialect, back.value) == normal(out.dialect, message)
    assert back.lossless
    assert back.value.credential == imagetx.Credential("sigv4", service="bedrock", region="us-west-2")


def normal(dialect: str, message: imagetx.NativeRequest) -> Json:
    return normal_request(
        dialect, {"headers": {}, "body": message.document()[1] if isinstance(message.body, bytes) else message.body}
    )["body"]


def test_installed_sends_what_is_stored() -> None:
    """A new botocore that sends otherwise is told, place by place."""
    version = captures.nearest(SDK, botocore.__version__)
    made = {entry["name"]: entry for entry in capture_botocore.capture()}

    assert captures.drift(captures.load(SDK, version), made) == []


# Paths ----------------------------------------------------------------------------------------

ACCOUNT = "123456789012"
FORMS = [
    "{id}",
    "us.{id}",
    "eu.{id}",
    "apac.{id}",
    "us-gov.{id}",
    "global.{id}",
    "arn:aws:bedrock:us-west-2::foundation-model/{id}",
    f"arn:aws:bedrock:us-west-2:{ACCOUNT}:inference-profile/us.{{id}}",
    f"arn:aws-us-gov:bedrock:us-gov-west-1:{ACCOUNT}:inference-profile/us-gov.{{id}}",
]
OPAQUE = [
    f"arn:aws:bedrock:us-west-2:{ACCOUNT}:{kind}"
    for kind in (
        "application-inference-profile/abcd1234efgh",
        "provisioned-model/abcd1234efgh",
        "custom-model/amazon.titan-image-generator-v2:0/abcd1234efgh",
        "custom-model-deployment/abcd1234efgh",
        "imported-model/abcd1234efgh",
    )
]
MODELS = [row["id"] for row in imagetx.models("bedrock")]


@pytest.fixture(scope="module")
def service() -> capture_botocore.Service:
    return capture_botocore.Service()


def url_of(service: capture_botocore.Service, name: str) -> str:
    service.client.invoke_model(modelId=name, body=b"{}")
    return str(service.last.url)


@pytest.mark.parametrize("form", FORMS)
def test_path_of_a_model_is_botocores(service: capture_botocore.Service, form: str) -> None:
    """Every model by its id, a profile of a region, or an ARN: the path is byte for byte that of botocore."""
    for model in MODELS:
        name = form.format(id=model)
        expected = url_of(service, name)

        found = encoded(imagetx.Target("bedrock", name, variables={"region": "us-west-2"}))

        assert found.url == expected
        assert imagetx.decode_request(found).target.model == name


@pytest.mark.parametrize("name", OPAQUE)
def test_path_of_an_opaque_name_is_botocores(service: capture_botocore.Service, name: str) -> None:
    """What does not tell its model is a deployment of one."""
    expected = url_of(service, name)

    found = encoded(imagetx.Target("bedrock", MODELS[0], deployment=name, variables={"region": "us-west-2"}))

    assert found.url == expected


def encoded(target: imagetx.Target) -> imagetx.NativeRequest:
    """Encode the least request that a model takes."""
    problems = []
    for request in (
        {"prompt": "a"},
        {"operation": "edit", "image": "{{red-320.png}}"},
        {"operation": "edit", "prompt": "a", "image": "{{red-320.png}}"},
        {"operation": "edit", "image": "{{red-320.png}}", "provider_options": {"bedrock": {"left": 1}}},
        {"operation": "edit", "image": ["{{red-320.png}}", "{{grey-320.jpg}}"]},
        {
            "operation": "edit",
            "prompt": "a",
            "image": "{{red-320.png}}",
            "provider_options": {"bedrock": {"search_prompt": "b"}},
        },
        {
            "operation": "edit",
            "prompt": "a",
            "image": "{{red-320.png}}",
            "provider_options": {"bedrock": {"select_prompt": "b"}},
        },
    ):
        try:
            return imagetx.encode_request(expanded(request), target).value
        except imagetx.RequestError as error:
            problems.append(str(error))
    raise AssertionError(problems)


HOSTS = {
    "fips": ({"use_fips_endpoint": True}, "us-west-2"),
    "dual-stack": ({"use_dualstack_endpoint": True}, "us-west-2"),
    "both": ({"use_fips_endpoint": True, "use_dualstack_endpoint": True}, "us-east-1"),
    "China": ({}, "cn-north-1"),
    "GovCloud": ({}, "us-gov-west-1"),
}


@pytest.mark.parametrize("name", HOSTS)
def test_hosts_of_botocore_are_known(name: str) -> None:
    """A request to any host that botocore chooses is recognised, and goes back to it."""
    config, region = HOSTS[name]
    service = capture_botocore.Service(region, **config)
    url = url_of(service, "stability.sd3-5-large-v1:0")

    out = imagetx.decode_request(imagetx.NativeRequest("POST", url, {}, {"prompt": "a"}))

    assert out.target.provider == "bedrock"
    assert imagetx.encode_request(out.value, out.target).value.url == url
    assert imagetx.encode_request(out.value, out.target).value.credential.region == region


# Credentials ----------------------------------------------------------------------------------


def test_key_of_bedrock_is_a_bearer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key of Bedrock's own goes where botocore puts it, and is told from a signature."""
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", captures.SECRET)
    service = capture_botocore.Service()
    service.client.invoke_model(modelId="stability.sd3-5-large-v1:0", body=b'{"prompt": "a"}')
    headers = {key: text(value) for key, value in service.last.headers.items()}

    out = imagetx.decode_request(imagetx.NativeRequest("POST", service.last.url, headers, service.last.body))
    credential = imagetx.encode_request(out.value, out.target).value.credential

    assert out.target.auth == "bearer"
    assert credential.headers(captures.SECRET) == {"authorization": headers["Authorization"]}


def text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


# Signatures -----------------------------------------------------------------------------------


def signed(request: imagetx.NativeRequest) -> AWSRequest:
    """Sign as the README tells a caller: botocore over method, URL, headers and the bytes of the body."""
    made = AWSRequest(request.method, request.url, dict(request.headers), request.content())
    SigV4Auth(Credentials("AKID", captures.SECRET), request.credential.service, request.credential.region).add_auth(
        made
    )
    return made


def signature(method: str, path: str, query: str, headers: Mapping[str, str], content: bytes) -> str:
    """
    Compute the signature that the service computes, from what arrived (AWS, Signature Version 4, read 2026-11-22).

    For every service but S3 the path is encoded once more as it stands on the wire.
    """
    lower = {name.lower(): value for name, value in headers.items()}
    said = re.fullmatch(
        r"AWS4-HMAC-SHA256 Credential=AKID/(\d{8})/([^/]+)/([^/]+)/aws4_request, SignedHeaders=(.*), Signature=.*",
        lower["authorization"],
    )
    date, region, name, names = said.groups()
    lines = [f"{each}:{' '.join(lower[each].split())}\n" for each in names.split(";")]
    canonical = "\n".join(
        [method, quote(path, safe="/-_.~"), query, "".join(lines), names, hashlib.sha256(content).hexdigest()]
    )
    scope = f"{date}/{region}/{name}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"AWS4{captures.SECRET}".encode()
    for word in (date, region, name, "aws4_request"):
        key = hmac.digest(key, word.encode(), "sha256")
    return hmac.digest(key, f"AWS4-HMAC-SHA256\n{lower['x-amz-date']}\n{scope}\n{digest}".encode(), "sha256").hex()


@pytest.mark.parametrize("entry", [pytest.param(entry, id=name) for name, entry in STORED.items()])
def test_signature_over_ours_verifies(entry: Json) -> None:
    """As httpx sends it: neither botocore nor httpx touches our path, which is encoded once more to be signed."""
    out = imagetx.decode_request(sent(entry))
    ours = imagetx.encode_request(out.value, out.target).value
    made = signed(ours)
    on_wire = httpx.Request(made.method, made.url, headers=dict(made.headers), content=made.data)
    path, _, query = on_wire.url.raw_path.decode().partition("?")

    found = made.headers["Authorization"].rpartition("Signature=")[2]

    assert path == urlsplit(ours.url).path
    assert made.prepare().url == ours.url
    assert found == signature(on_wire.method, path, query, on_wire.headers, on_wire.read())


def test_signature_of_botocore_verifies(service: capture_botocore.Service) -> None:
    """The judge above judges botocore's own requests alike."""
    service.client.invoke_model(modelId=OPAQUE[2], body=b'{"prompt": "a"}', contentType="application/json")
    headers = {key: text(value) for key, value in service.last.headers.items()}
    parts = urlsplit(service.last.url)

    found = headers["Authorization"].rpartition("Signature=")[2]

    assert found == signature("POST", parts.path, parts.query, {**headers, "host": parts.netloc}, service.last.body)
