"""
Endpoints: what is filled in stays in its place, and what is matched comes back.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.endpoint import Endpoint
from imagetx.errors import ResolveError
from imagetx.hole import Variable, encode_segment

GEMINI = Endpoint(
    "https://generativelanguage.googleapis.com",
    "{base_url}/{api_version}/models/{model}:{verb}",
    {"api_version": Variable(default="v1beta")},
)
BEDROCK = Endpoint("https://bedrock-runtime.{region}.amazonaws.com", "{base_url}/model/{model}/invoke", {})
AZURE = Endpoint(
    "https://{resource}.openai.azure.com",
    "{base_url}/openai/deployments/{deployment}/images/generations?api-version={api_version}",
    {"api_version": Variable(default="2025-04-01-preview", optional=False)},
    ("{base_url}/deployments/{deployment}/images/generations",),
)
OPTIONAL = Endpoint("https://a.example", "{base_url}/x?v={version}", {"version": Variable(optional=True)})


def fill(model: str) -> str:
    return GEMINI.fill({"model": model, "verb": "generateContent"}, {})[0]


def test_fill() -> None:
    expected = "https://generativelanguage.googleapis.com/v1beta/models/gemini-3-pro-image:generateContent"

    assert fill("gemini-3-pro-image") == expected
    assert GEMINI.holes == ("api_version", "model", "verb")


INJECTIONS = {
    "../../admin": "..%2F..%2Fadmin",
    "%2e%2e": "%252e%252e",
    "//evil.example": "%2F%2Fevil.example",
    "a?key=b": "a%3Fkey%3Db",
    "a#b": "a%23b",
    "user@evil.example": "user%40evil.example",
    "a\\b": "a%5Cb",
    "a\u2215b": "a%E2%88%95b",
    "a\uff0fb": "a%EF%BC%8Fb",
    "https://evil.example/x": "https%3A%2F%2Fevil.example%2Fx",
    "a:b": "a%3Ab",
    "a b": "a%20b",
    "a%": "a%25",
    "a;b=c&d": "a%3Bb%3Dc%26d",
    "...": "...",
    ".hidden": ".hidden",
    "\x85": "%C2%85",
    "\u2028": "%E2%80%A8",
    "{region}": "%7Bregion%7D",
    "arn:aws:bedrock:us-east-1:1:provisioned-model/x": "arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aprovisioned-model%2Fx",
}


@pytest.mark.parametrize(("model", "segment"), INJECTIONS.items())
def test_injection(model: str, segment: str) -> None:
    """A placeholder is one percent-encoded piece of a segment: host, path and query stay as they are."""
    prefix = "https://generativelanguage.googleapis.com/v1beta/models/"

    assert fill(model) == f"{prefix}{segment}:generateContent"
    assert encode_segment("model", model) == segment


@pytest.mark.parametrize("model", ["", ".", "..", "a\nb", "a\n", "\r", "\x00", "\x7f", "a\tb", "\ud800"])
def test_no_name(model: str) -> None:
    with pytest.raises(ResolveError, match=r"\Aexpected .* for model"):
        encode_segment("model", model)
    with pytest.raises(ResolveError):
        GEMINI.fill({"model": model, "verb": "generateContent"}, {})
    with pytest.raises(ResolveError):
        AZURE.fill({}, {"deployment": model, "resource": "r"})


@given(st.text(max_size=12))
def test_nothing_leaves_its_place(model: str) -> None:
    """For any name: refused, or one segment that says it again, host and query as they were."""
    try:
        url = fill(model)
    except ResolveError:
        return

    parts = urlsplit(url)
    assert url.startswith("https://generativelanguage.googleapis.com/v1beta/models/")
    assert (parts.query, parts.fragment) == ("", "")
    assert parts.path.count("/") == 3
    assert url.isascii()
    assert url.isprintable()
    match = GEMINI.match(url)
    assert match is not None
    assert match.holes == {"model": model, "verb": "generateContent"}


@pytest.mark.parametrize(
    ("base", "prefix"),
    [
        ("https://gateway.example", ""),
        ("https://gateway.example:8443/", "/"),
        ("http://localhost:8080/team-a/openai/v1", "/team-a/openai/v1"),
        ("http://[::1]:8080/v1", "/v1"),
        ("https://gateway.example/a%20b", "/a%20b"),
    ],
)
def test_base_url(base: str, prefix: str) -> None:
    """A gateway's own start of the URL replaces the provider's, and is read back as such."""
    url, query = GEMINI.fill({"model": "m", "verb": "v"}, {"base_url": base})

    assert url == f"{base.rstrip('/')}/v1beta/models/m:v"
    assert query == {}
    match = GEMINI.match(url)
    assert match is not None
    assert match.variables == {"base_url": base.rstrip("/")}
    assert not match.host
    assert match.holes == {"model": "m", "verb": "v"}
    assert prefix.rstrip("/") in url


BAD_BASES = [
    *("", "/v1", "gateway.example", "ftp://gateway.example", "file:///etc", "//gateway.example", "javascript:alert(1)"),
    *("https://user:secret@gateway.example", "https://user@gateway.example", "https://user:123@gateway.example/v1"),
    *("https://gateway.example/v1?key=secret", "https://gateway.example/v1#x", "https://gateway.example?x"),
    *("https://gateway.example/../admin", "https://gateway.example/a/%2e%2e/b", "https://gateway.example/./a"),
    *("https://gateway.example//evil", "https://gateway.example/a\n", "https://gateway.example\n/a", "https://"),
    *("https://gateway.example\\@evil.example", "https://gateway.example/a b", "https://gateway.example:99999999"),
    *("https://\u0433ateway.example", "https://gateway.example/{model}"),
]


@pytest.mark.parametrize("base", BAD_BASES)
def test_bad_base_url(base: str) -> None:
    """A base with credentials, query, fragment or dot segments is refused; the secret is not shown beyond its place."""
    with pytest.raises(ResolveError, match=r"\Aexpected base_url as an http\(s\) URL without query"):
        GEMINI.fill({"model": "m", "verb": "v"}, {"base_url": base})


def test_host_variable() -> None:
    url, _ = BEDROCK.fill({"model": "amazon.nova-canvas-v1:0"}, {"region": "us-east-1"})

    assert url == "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-canvas-v1%3A0/invoke"
    match = BEDROCK.match(url)
    assert match is not None
    assert match.variables == {"region": "us-east-1"}
    assert match.host
    assert match.holes == {"model": "amazon.nova-canvas-v1:0"}


REGIONS = ["evil.example/", "a@b", "a:1", "a#", "a?b", "-a", "", "a b", "a\n", "a%2f", "\u0430", "a" * 300]


@pytest.mark.parametrize("region", REGIONS)
def test_bad_host_variable(region: str) -> None:
    with pytest.raises(ResolveError, match="region"):
        BEDROCK.fill({"model": "m"}, {"region": region})


def test_missing_variable() -> None:
    with pytest.raises(ResolveError, match="expected the variable 'region', which https://bedrock"):
        BEDROCK.fill({"model": "m"}, {})
    with pytest.raises(ResolveError, match="expected the variable 'deployment'"):
        AZURE.fill({}, {"resource": "r"})


def test_query_variables() -> None:
    """A variable in the query is sent apart from the URL; an optional one only if it is given."""
    url, query = AZURE.fill({"deployment": "d"}, {"resource": "r", "api_version": "preview&x=1"})

    assert url == "https://r.openai.azure.com/openai/deployments/d/images/generations"
    assert query == {"api-version": "preview&x=1"}
    assert AZURE.fill({"deployment": "d"}, {"resource": "r"})[1] == {"api-version": "2025-04-01-preview"}
    assert OPTIONAL.fill({}, {}) == ("https://a.example/x", {})
    assert OPTIONAL.fill({}, {"version": "2"}) == ("https://a.example/x", {"v": "2"})


@pytest.mark.parametrize(
    ("url", "holes"),
    [
        ("https://x.example/v1beta/models/m:generateContent", {"model": "m", "verb": "generateContent"}),
        ("https://x.example/proxy/gemini/v1beta/models/m:v", {"model": "m", "verb": "v"}),
        ("https://x.example/v1beta/models/a:b:v", {"model": "a:b", "verb": "v"}),
        ("https://x.example/v1beta/models/a%2Fb%3Ac:v", {"model": "a/b:c", "verb": "v"}),
        ("https://x.example/v1beta/models/m:v/", None),
        ("https://x.example/v1beta/models/m", None),
        ("https://x.example/v1beta/models/a/b:v", None),
        ("https://x.example/v1beta/models/:v", None),
        ("https://x.example/models/m:v", None),
        ("ftp://x.example/v1beta/models/m:v", None),
        ("/v1beta/models/m:v", None),
        ("https://x.example/v1beta/models/m:v\n", None),
    ],
)
def test_match(url: str, holes: dict[str, str] | None) -> None:
    match = GEMINI.match(url)

    assert (None if match is None else match.holes) == holes


@pytest.mark.parametrize(
    "start",
    [
        "https://user:secret@x.example",
        "https://secret@x.example",
        "https://x.example/../a",
        "https://x.example/%2e%2e",
        "https://x.example//a",
    ],
)
def test_no_match_of_a_bad_base(start: str) -> None:
    """Credentials in a native URL are never kept, and what could not be a base_url is none."""
    assert GEMINI.match(f"{start}/v1beta/models/m:v") is None


@pytest.mark.parametrize("model", ["..", ".", "%2e%2e", "%0A", "%7F", "a%00b", "%ff"])
def test_no_match_of_what_fill_refuses(model: str) -> None:
    """A name that could not be written again is not read (law L3)."""
    assert GEMINI.match(f"https://x.example/v1beta/models/{model}:v") is None


def test_variables_in_the_path() -> None:
    """A variable's own value in the path is silence, another one is read."""
    default, other = (GEMINI.match(f"https://x.example/{version}/models/m:v") for version in ("v1beta", "v1"))

    assert default is not None
    assert other is not None
    assert default.variables == {"base_url": "https://x.example"}
    assert other.variables == {"base_url": "https://x.example", "api_version": "v1"}


def test_further_template() -> None:
    """A further template is read; where both fit, the one with more literal text decides."""
    old = AZURE.match("https://r.openai.azure.com/deployments/d/images/generations")
    new = AZURE.match("https://r.openai.azure.com/openai/deployments/d/images/generations")

    assert old is not None
    assert new is not None
    assert old.holes == new.holes == {"deployment": "d"}
    assert new.variables == {"resource": "r"}
    assert old.literal < new.literal
