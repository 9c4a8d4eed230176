"""
Our answers, read by the OpenAI SDK: what it finds there is what the canonical answer says.

Answers of every provider's fixtures are decoded and written for OpenAI and for Azure; those of providers that speak
OpenAI's language are also given to the SDK as they came.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

import imagetx
from imagetx.canonical import document
from tests.conformance.test_fixtures import target_of, vectors
from tests.images import expanded

openai = pytest.importorskip("openai", reason="needs the extra `conformance`")

from tests.sdk.openai_client import Answered  # noqa: E402 - imports the SDK

Json = Any
AZURE = {"azure_endpoint": "https://acme.openai.azure.com", "api_version": "2025-04-01-preview"}
ASKED: dict[str, tuple[type, Json, str]] = {  # client, what it is made with, whose language it speaks
    "openai/gpt-image-2": (openai.OpenAI, {}, "openai/generations"),
    "azure/gpt-image-2": (openai.AzureOpenAI, AZURE, "azure/deployment-generations"),
}
SHAPED = (
    *("openai/generations", "openai/edits", "openai/variations"),
    *("azure/deployment-generations", "azure/deployment-edits", "azure/v1-generations", "azure/v1-edits"),
    *("gemini/openai-generations", "reka/generations"),
)
CLASSES = {
    400: openai.BadRequestError,
    401: openai.AuthenticationError,
    403: openai.PermissionDeniedError,
    404: openai.NotFoundError,
    409: openai.ConflictError,
    422: openai.UnprocessableEntityError,
    429: openai.RateLimitError,
}
CATEGORIES = {  # design.md, Canonical response: status, type, code (None: the provider's own or none)
    "invalid_request": (400, "invalid_request_error", None),
    "authentication": (401, "invalid_request_error", "invalid_api_key"),
    "permission": (403, "invalid_request_error", "permission_denied"),
    "not_found": (404, "invalid_request_error", "model_not_found"),
    "content_policy": (400, "image_generation_user_error", "moderation_blocked"),
    "rate_limit": (429, "rate_limit_error", "rate_limit_exceeded"),
    "quota": (429, "insufficient_quota", "insufficient_quota"),
    "timeout": (504, "server_error", "timeout"),
    "overloaded": (503, "server_error", "server_is_overloaded"),
    "server_error": (500, "image_generation_server_error", None),
}
ECHOES = ("created", "background", "output_format", "quality", "size")
USAGE = ("input_tokens", "output_tokens", "total_tokens", "input_tokens_details", "output_tokens_details")
LONGEST_WAIT_S = 120  # of the SDK: a longer Retry-After is not waited for


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer of the fixtures, and what it says in canonical words."""

    name: str
    native: imagetx.NativeResponse
    said: Json
    served_by: imagetx.Target
    asked: Json

    def translated(self, asked_as: str) -> imagetx.NativeResponse:
        """Say it in the language of the caller."""
        return imagetx.translate_response(self.native, self.served_by, asked_as, request=self.asked).value


@cache
def found_in(section: str) -> dict[str, list[Any]]:
    """List the vectors of a section, by dialect; they are not read yet, for every process collects the tests."""
    found: dict[str, list[Any]] = {}
    for parameter in vectors(section, "decode"):
        found.setdefault(parameter.id.partition("::")[0], []).append(parameter.values[0])
    return found


@cache
def answers(section: str, dialect: str) -> list[Answer]:
    """Read the native answers of a dialect."""
    found = []
    for vector in found_in(section)[dialect]:
        native = imagetx.NativeResponse.from_json(vector["native"])
        target, asked = target_of(vector["target"]), expanded(vector.get("request"))
        value = imagetx.decode_response(native, target, request=asked).value
        found.append(Answer(name=vector["name"], native=native, said=document(value), served_by=target, asked=asked))
    return found


@cache
def client(asked_as: str = "openai/gpt-image-2", **says: Json) -> Answered:
    kind, made_with, _ = ASKED[asked_as]
    return Answered(kind, **made_with, **says)


def judged(parsed: Any, said: Json) -> list[str]:
    """Name what the SDK finds otherwise than the canonical answer says."""
    found = parsed.model_dump(exclude_unset=True)
    images = [item for item in found["data"] or [] if item.get("b64_json") or item.get("url")]
    names = ("b64_json", "url", "revised_prompt")
    expected = [{name: item[name] for name in names if name in item} for item in said["data"]]
    faults = [] if [{k: v for k, v in item.items() if k in names} for item in images] == expected else ["data"]
    faults += [name for name in ECHOES if found.get(name) != said.get(name)]
    usage, ours = found.get("usage") or {}, said.get("usage") or {}
    return faults + [f"usage/{name}" for name in USAGE if usage.get(name) != ours.get(name)]


@pytest.mark.parametrize("asked_as", ASKED)
@pytest.mark.parametrize("dialect", found_in("responses"))
def test_answer_is_parsed(dialect: str, asked_as: str) -> None:
    """Also by a client that checks every type; but usage without details, where they are unknown, it refuses."""
    faults = []
    for answer in answers("responses", dialect):
        out = answer.translated(asked_as)
        faults += [f"{answer.name}: {fault}" for fault in judged(client(asked_as).generate(out), answer.said)]
        try:
            client(asked_as, _strict_response_validation=True).generate(out)
        except openai.APIResponseValidationError as error:
            places = {place["loc"] for place in error.__cause__.errors()}
            faults += [f"{answer.name}: {place}" for place in places if not unknown(place, answer.said)]

    assert faults == []


def unknown(place: tuple[Any, ...], said: Json) -> bool:
    """Say whether a place is one of usage that the canonical answer does not have: absent where unknown, never zero."""
    if place[0] != "usage":
        return False
    for step in place:
        said = said.get(step, {}) if isinstance(said, dict) else {}
    return said == {}


@pytest.mark.parametrize("dialect", [dialect for dialect in SHAPED if dialect in found_in("responses")])
def test_native_answer_is_read_alike(dialect: str) -> None:
    """The SDK and we find the same in what a provider of OpenAI's language says."""
    faults = []
    for answer in answers("responses", dialect):
        derived = {"created"} - answer.native.body.keys()  # from a Date header, or 0
        derived |= {"usage/total_tokens"} - {
            f"usage/{name}" for name in answer.native.body.get("usage") or {}
        }  # the sum
        found = set(judged(client().generate(answer.native), answer.said)) - derived
        faults += [f"{answer.name}: {fault}" for fault in sorted(found)]

    assert faults == []


def raised(answer: imagetx.NativeResponse, asked_as: str = "openai/gpt-image-2") -> Any:
    """Return the error that the SDK raises, None where it raises none."""
    try:
        client(asked_as).generate(answer)
    except openai.APIStatusError as error:
        return error
    return None


def misread(error: Any, said: Json, status: int) -> list[str]:
    """Name what the SDK's error says otherwise than the canonical one."""
    expected = CLASSES.get(status, openai.InternalServerError if status >= 500 else openai.APIStatusError)
    detail = said["error"]
    faults = [] if type(error) is expected else [f"{type(error).__name__} for {status}"]
    faults += [name for name in ("code", "type", "param") if getattr(error, name) != detail.get(name)]
    faults += [] if error.request_id == said.get("request_id") else ["request_id"]
    body = error.body if isinstance(error.body, dict) else {}
    return faults if body.get("message") == detail["message"] else [*faults, "message"]


def has_error(answer: Answer) -> bool:
    """Say whether an answer came as an error in OpenAI's words."""
    kind, body = answer.native.document()
    return (
        answer.native.status >= 400
        and kind == "json"
        and isinstance(body, dict)
        and isinstance(body.get("error"), dict)
    )


def reworded(dialect: str, asked_as: str = "openai/gpt-image-2") -> list[Answer]:
    """List the errors that are said in the caller's words: within a dialect an answer goes back as it came (L3)."""
    found = answers("errors", dialect)
    return list(filter(has_error, found)) if dialect == ASKED[asked_as][2] else found


@pytest.mark.parametrize("asked_as", ASKED)
@pytest.mark.parametrize("dialect", found_in("errors"))
def test_error_is_raised(dialect: str, asked_as: str) -> None:
    """As the class of its status, with code, type, param, message and request id."""
    faults = []
    for answer in reworded(dialect, asked_as):
        error = raised(answer.translated(asked_as), asked_as)
        faults += [f"{answer.name}: {fault}" for fault in misread(error, answer.said, answer.said["status"])]
        status, kind, code = CATEGORIES[answer.said["category"]]
        if dialect not in SHAPED and not dialect.startswith("azure/"):
            found = (error.status_code, error.type, error.code if code else None)
            faults += [] if found == (status, kind, code) else [f"{answer.name}: {found}"]

    assert faults == []


@pytest.mark.parametrize("dialect", [dialect for dialect in SHAPED[:7] if dialect in found_in("errors")])
def test_native_error_is_read_alike(dialect: str) -> None:
    """The SDK and we find the same in an error of OpenAI and Azure; others that copy them have errors of their own."""
    faults = []
    for answer in filter(has_error, answers("errors", dialect)):
        faults += [
            f"{answer.name}: {fault}" for fault in misread(raised(answer.native), answer.said, answer.native.status)
        ]

    assert faults == []


@pytest.mark.parametrize("dialect", found_in("errors"))
def test_retry_is_as_we_say(dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that may try once more does so where the error is retryable, and waits as long as it is told."""
    slept: list[float] = []
    monkeypatch.setattr("time.sleep", slept.append)
    patient, faults = Answered(max_retries=1), []
    for answer in reworded(dialect):
        slept.clear()
        with pytest.raises(openai.APIStatusError):
            patient.generate(answer.translated("openai/gpt-image-2"))
        wait = answer.said.get("retry_after_s")
        again = answer.said["retryable"] and (wait is None or wait <= LONGEST_WAIT_S)
        if len(patient.asked) != 1 + again:
            faults.append(f"{answer.name}: asked {len(patient.asked)} times")
        if again and wait and slept != [pytest.approx(wait, abs=0.001)]:
            faults.append(f"{answer.name}: slept {slept}, told {wait}")

    assert faults == []
