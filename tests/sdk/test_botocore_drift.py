"""What the installed botocore has of bedrock-runtime, against what we have, with `absent.json`."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest

import imagetx
from tests.dialects import ROOT
from tests.sdk import absences
from tests.sdk.bedrock_calls import CALLS

pytest.importorskip("botocore", reason="needs the extra `conformance`")

from botocore.session import Session

SDK = "botocore"


@cache
def model() -> Any:
    return Session().get_service_model("bedrock-runtime")


def test_operations() -> None:
    """Images come from InvokeModel alone."""
    assert absences.drift(SDK, "operations", set(model().operation_names) - {"InvokeModel"}) == []


def test_arguments() -> None:
    """Each argument of InvokeModel is one of a captured call: in the path, in a header or the body itself."""
    members = set(model().operation_model("InvokeModel").input_shape.members)
    passed = {name for arguments, _ in CALLS.values() for name in arguments}

    assert absences.drift(SDK, "InvokeModel", members - passed) == []


def test_headers_of_an_answer() -> None:
    """Each header that an answer may have comes along in provider_metadata, but for its type."""
    members = model().operation_model("InvokeModel").output_shape.members
    headers = {
        member.serialization["name"].lower(): "x" for member in members.values() if member.serialization.get("location")
    }
    native = imagetx.NativeResponse(
        200,
        {**headers, "content-type": "application/json"},
        {"seeds": [1], "finish_reasons": [None], "images": ["aGk="]},
    )

    out = imagetx.decode_response(native, "bedrock/stability.sd3-5-large-v1:0").value
    kept = out.provider_metadata["bedrock"]["extra_headers"]

    assert absences.drift(SDK, "headers", headers.keys() - kept.keys() - {"content-type"}) == []


def test_exceptions() -> None:
    """Each exception of InvokeModel has a category by its name, and not by the status alone."""
    spec = json.loads((ROOT / "schemas" / "providers" / "bedrock" / "provider.json").read_text())["error"]
    named = json.dumps(spec["classify"])
    found = {shape.name for shape in model().operation_model("InvokeModel").error_shapes}

    assert absences.drift(SDK, "exceptions", {name for name in found if f'"{name}"' not in named}) == []


def test_statuses_of_exceptions() -> None:
    """What we write as an exception has the status of the service model; those beside it are of all services."""
    errors = {shape.name: shape.metadata["error"]["httpStatusCode"] for shape in model().error_shapes}
    spec = json.loads((ROOT / "schemas" / "providers" / "bedrock" / "provider.json").read_text())["error"]
    written = {each["write"]["code"]: each["write"]["status"] for each in spec["classify"] if "write" in each}

    assert {name: status for name, status in written.items() if name in errors} == {
        name: errors[name] for name in written if name in errors
    }
    assert absences.drift(SDK, "written", written.keys() - errors.keys()) == []


def test_partitions() -> None:
    """The region, which a signature needs, is read in a host of each partition of AWS."""
    session = Session()
    absent = set()
    for partition in session.get_available_partitions():
        region = {"aws-iso": "us-iso-east-1", "aws-iso-b": "us-isob-east-1"}.get(partition)
        regions = [region] if region else session.get_available_regions("ec2", partition, allow_non_regional=False)
        for name in regions[:1]:
            client = session.create_client("bedrock-runtime", name, aws_access_key_id="a", aws_secret_access_key="b")
            url = f"{client.meta.endpoint_url}/model/stability.sd3-5-large-v1%3A0/invoke"
            out = imagetx.decode_request(imagetx.NativeRequest("POST", url, {}, {"prompt": "a"}))
            if out.target.variables.get("region") != name:
                absent.add(partition)

    assert absences.drift(SDK, "partitions", absent) == []


def test_absences_are_looked_for() -> None:
    """Each entry is of a kind that a test here compares: none can be forgotten."""
    kinds = {name.partition(":")[0] for name in json.loads(absences.FILE.read_text())[SDK]}

    assert kinds <= {"operations", "InvokeModel", "headers", "exceptions", "written", "partitions"}
