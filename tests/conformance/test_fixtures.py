"""Every vector of fixtures/, run both ways: what the dossiers say must come out, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from tests.images import expanded, pictured

FIXTURES = Path(__file__).parents[2] / "fixtures"
Json = Any


def vectors(section: str, way: str) -> list[Any]:
    """List the vectors of a section that run this way, as pytest parameters."""
    found = []
    for path in sorted(FIXTURES.glob("*/*.json")):
        if path.parent.name == "canonical":
            continue
        content = json.loads(path.read_text())
        found += [
            pytest.param(vector, id=f"{content['dialect']}::{vector['name']}")
            for vector in content.get(section, [])
            if way in vector.get("ways", ["encode", "decode"])
        ]
    return found


def target_of(says: dict[str, Json]) -> imagetx.Target:
    return imagetx.Target(**says)


def plain_form(message: dict[str, Json]) -> dict[str, Json]:
    """Give a message the form that is compared: form parts by name, no content-type of ours, images by name."""
    plain = dict(pictured(message))
    headers = {name: value for name, value in message.get("headers", {}).items() if name != "content-type"}
    plain["headers"] = headers
    body = plain.get("body")
    if isinstance(body, dict) and "form" in body:
        plain["body"] = {"form": sorted(body["form"], key=lambda part: part["name"])}
    return plain


@pytest.mark.parametrize("vector", vectors("requests", "encode"))
def test_request_encodes(vector: dict[str, Json]) -> None:
    """A canonical request becomes exactly the native one, with exactly these notes."""
    expected = plain_form(vector.get("encoded", vector["native"]))
    options = {"as_of": vector["as_of"]} if "as_of" in vector else {}

    out = imagetx.encode_request(expanded(vector["canonical"]), target_of(vector["target"]), **options)

    assert plain_form(out.value.to_json()) == expected
    assert sorted(f"{note.kind} {note.pointer}" for note in out.notes) == sorted(vector["notes"])


@pytest.mark.parametrize("vector", vectors("refused", "encode"))
def test_request_is_refused(vector: dict[str, Json]) -> None:
    """What the dialect cannot say and may not drop is a RequestError at the field, before any HTTP."""
    with pytest.raises(imagetx.RequestError) as caught:
        imagetx.encode_request(expanded(vector["canonical"]), target_of(vector["target"]))

    found = [problem for problem in caught.value.problems if problem.pointer == vector["pointer"]]
    assert [problem for problem in found if vector.get("says", "") in problem.message]


@pytest.mark.parametrize("vector", vectors("requests", "decode"))
def test_request_decodes(vector: dict[str, Json]) -> None:
    """
    A native request becomes exactly the canonical one, and comes back in its normal form.

    `contains` states the canonical request but for its provider_options.
    """
    says = vector.get("read_as", {"provider": vector["target"]["provider"]})
    canonical = vector.get("canonical", {})
    expected = vector.get("decoded") or {
        "operation": "edit" if "image" in canonical else "generate",
        "response_format": "b64_json",
        "model": vector["target"].get("model"),
        **canonical,
    }

    out = imagetx.decode_request(imagetx.NativeRequest.from_json(expanded(vector["native"])), target_of(says))
    back = imagetx.encode_request(out.value, out.target, as_of=vector.get("as_of"))

    found = pictured(document(out.value), by_content=True)
    if "contains" in vector:
        found.pop("provider_options", None)
        expected = vector["contains"]
    assert found == pictured(expected, by_content=True)
    assert [f"{note.kind} {note.pointer}" for note in out.notes] == vector.get("decode_notes", [])
    assert plain_form(back.value.to_json()) == plain_form(vector.get("normal", vector["native"]))
    assert out.lossless
    assert back.lossless


def compared(found: dict[str, Json], expected: dict[str, Json]) -> dict[str, Json]:
    """Leave out of an answer what the fixture does not state and may not know."""
    left = dict(found)
    if "provider_metadata" not in expected:
        left.pop("provider_metadata", None)
    if "error" in expected and "message" not in expected["error"] and "error" in left:
        left["error"] = {key: value for key, value in left["error"].items() if key != "message"}
    return left


@pytest.mark.parametrize("vector", [*vectors("responses", "decode"), *vectors("errors", "decode")])
def test_answer_decodes(vector: dict[str, Json]) -> None:
    """A native answer becomes exactly the canonical one."""
    native = imagetx.NativeResponse.from_json(vector["native"])

    out = imagetx.decode_response(native, target_of(vector["target"]), request=expanded(vector.get("request")))

    assert compared(document(out.value), vector["canonical"]) == vector["canonical"]


@pytest.mark.parametrize("vector", vectors("pending", "decode"))
def test_begun_is_pending(vector: dict[str, Json]) -> None:
    """An answer that work has begun says whom to ask and when; members that the vector leaves out are not judged."""
    native = imagetx.NativeResponse.from_json(vector["native"])

    value = imagetx.decode_response(native, target_of(vector["target"])).value

    assert isinstance(value, imagetx.Pending)
    found = value.to_json()
    assert {name: found.get(name) for name in vector["canonical"]} == vector["canonical"]


@pytest.mark.parametrize("vector", [*vectors("responses", "encode"), *vectors("errors", "encode")])
def test_answer_encodes(vector: dict[str, Json]) -> None:
    """What was decoded from a native answer is written back in its normal form."""
    native = imagetx.NativeResponse.from_json(vector["native"])
    target = target_of(vector["target"])
    expected = imagetx.NativeResponse.from_json(vector.get("normal", vector["native"]))

    decoded = imagetx.decode_response(native, target, request=expanded(vector.get("request")))
    out = imagetx.encode_response(decoded.value, target).value

    assert (out.status, out.document()) == (expected.status, expected.document())
    headers = {name: value for name, value in out.headers.items() if name != "content-type" or name in expected.headers}
    assert headers == dict(expected.headers)


@pytest.mark.parametrize("vector", vectors("requests", "decode"))
def test_request_is_recognised(vector: dict[str, Json], request: pytest.FixtureRequest) -> None:
    """Without a word of whose it is, a native request is read by its own dialect."""
    expected = request.node.callspec.id.partition("::")[0]

    out = imagetx.decode_request(imagetx.NativeRequest.from_json(expanded(vector["native"])))

    assert out.dialect == expected
    assert out.lossless


@pytest.mark.parametrize("way", ["requests", "responses", "errors"])
def test_there_are_fixtures(way: str) -> None:
    """Every dialect has vectors of every kind, with a source each and names of their own."""
    for path in FIXTURES.glob("*/*.json"):
        if path.parent.name != "canonical":
            found = json.loads(path.read_text())[way]
            assert len(found) >= {"requests": 6, "responses": 3, "errors": 3}[way], path
            assert len({vector["name"] for vector in found}) == len(found), path
            assert all(vector["source"] for vector in found), path
