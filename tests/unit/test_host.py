"""
Hosts: which base URL the variables and the credential of a target mean, and what a base URL says.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.endpoint import Endpoint
from imagetx.errors import ResolveError
from imagetx.hole import Variable

GLOBAL = {"properties": {"location": {"const": "global"}}, "required": ["location"]}
CLOUD = Endpoint(
    "https://{location}-cloud.example/{api_version}/projects/{project}/locations/{location}",
    "{base_url}/models/{model}:{verb}",
    {"location": Variable(default="global"), "api_version": Variable(default="v1", pattern="v[0-9a-z]+")},
    hosts=[
        {"auth": "api_key", "url": "https://cloud.example/{api_version}"},
        {"if": GLOBAL, "url": "https://cloud.example/{api_version}/projects/{project}/locations/{location}"},
        "https://old.example/{project}",
    ],
)
PLACES: list[tuple[dict[str, str], str | None, str]] = [
    ({"project": "p"}, None, "https://cloud.example/v1/projects/p/locations/global"),
    ({"project": "p", "location": "eu-west1"}, None, "https://eu-west1-cloud.example/v1/projects/p/locations/eu-west1"),
    ({"project": "p", "api_version": "v1beta1"}, "bearer", "https://cloud.example/v1beta1/projects/p/locations/global"),
    ({"project": "a.example:p"}, None, "https://cloud.example/v1/projects/a.example%3Ap/locations/global"),
    ({}, "api_key", "https://cloud.example/v1"),
    ({"base_url": "https://gate.example/x"}, "api_key", "https://gate.example/x/v1"),
    (
        {"base_url": "https://gate.example/x", "project": "p"},
        None,
        "https://gate.example/x/v1/projects/p/locations/global",
    ),
    (
        {"base_url": "https://eu-cloud.example", "project": "p"},
        None,
        "https://eu-cloud.example/v1/projects/p/locations/global",
    ),
]


@pytest.mark.parametrize(("variables", "auth", "start"), PLACES)
def test_both_ways(variables: dict[str, str], auth: str | None, start: str) -> None:
    """The base URL that a target means is read as that target, the credential kind where it decides."""
    url, _ = CLOUD.fill({"model": "m", "verb": "go"}, variables, auth)
    match = CLOUD.match(url)

    assert url == f"{start}/models/m:go"
    assert match is not None
    assert match.variables == variables
    assert match.auth == (auth if "project" not in variables else None)
    assert match.host == ("base_url" not in variables)


def test_host_that_is_only_read() -> None:
    match = CLOUD.match("https://old.example/p/models/m:go")

    assert match is not None
    assert match.variables == {"project": "p", "base_url": "https://old.example/p"}
    assert match.host


@pytest.mark.parametrize(
    ("url", "variables", "own"),
    [
        (  # one name, two values
            "https://eu-cloud.example/v1/projects/p/locations/us/models/m:go",
            {"project": "p", "location": "us", "base_url": "https://eu-cloud.example"},
            False,
        ),
        (
            "https://evil.example/v1/projects/p/locations/global/models/m:go",
            {"project": "p", "base_url": "https://evil.example"},
            False,
        ),
        (  # no such version
            "https://eu-cloud.example/x1/projects/p/locations/eu/models/m:go",
            {"base_url": "https://eu-cloud.example/x1/projects/p/locations/eu"},
            False,
        ),
    ],
)
def test_foreign_start(url: str, variables: dict[str, str], own: bool) -> None:
    """What stands before the variables of the path is the base URL."""
    match = CLOUD.match(url)

    assert match is not None
    assert match.variables == variables
    assert match.host == own


@pytest.mark.parametrize(
    "variables",
    [
        {},
        {"project": ".."},
        {"project": "p", "location": "x.evil.example/"},
        {"project": "p", "location": "eu@evil.example"},
        {"project": "p", "api_version": "../v1"},
    ],
)
def test_what_has_no_place(variables: dict[str, Any]) -> None:
    with pytest.raises(ResolveError):
        CLOUD.fill({"model": "m", "verb": "go"}, variables)


def test_project_cannot_leave_its_place() -> None:
    url, _ = CLOUD.fill({"model": "m", "verb": "go"}, {"project": "a/../../b?x#y"})

    assert url == "https://cloud.example/v1/projects/a%2F..%2F..%2Fb%3Fx%23y/locations/global/models/m:go"
