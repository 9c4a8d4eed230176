"""
No text that a caller, a client or an answer gives changes where a URL leads.

What fills a hole stands there percent-encoded, every character that RFC 3986 section 2.3 does not call unreserved, or
is refused; in a host it is one label of a name (RFC 1123 section 2.1), or refused.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

import imagetx
from tests.dialects import Case, fixture, native_schema
from tests.hostile.addresses import HOSTILE, assert_same_place, read_rfc, read_whatwg
from tests.hostile.asks import CASES, plain_request

Json = Any
HARMLESS = "qz1"
DIALECTS = sorted({case.name for case in CASES})
LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def cases_of(name: str) -> list[Case]:
    return [case for case in CASES if case.name == name]


def one_of_each_endpoint(name: str) -> list[Case]:
    return list({case.dialect.request.endpoint.template: case for case in cases_of(name)}.values())


def url_of(request: Json, target: imagetx.Target) -> str | None:
    """Give the URL of what is sent; None where it is refused."""
    try:
        return imagetx.encode_request(request, target).value.url
    except imagetx.ImagetxError:
        return None


def quoted(value: str) -> str:
    """Percent-encode all that is not unreserved; half a character is in no URL, whatever it is compared with."""
    return quote(value, safe="", errors="surrogatepass")


def holds(url: str, harmless: str | None, plain: str, value: str) -> None:
    """
    Assert that a value stands where a harmless one does, and nowhere else.

    Args:
        url: With the value.
        harmless: The same with `HARMLESS`; None where that is refused.
        plain: With neither.
        value: What is hostile.
    """
    host, _, _ = (plain if harmless is None else harmless).partition("://")[2].partition("/")
    if HARMLESS in host:
        assert LABEL.fullmatch(value), url
    else:
        assert_same_place(url, plain)
    expected = plain if harmless is None else harmless.replace(HARMLESS, quoted(value))
    assert url == expected, value


@pytest.mark.parametrize("name", DIALECTS)
def test_models(name: str) -> None:
    """Whatever is called a model, alone or as a part of an id that is known."""
    for case in one_of_each_endpoint(name):
        request, target = plain_request(case), case.target
        plain = url_of(request, target)
        assert plain is not None
        for form in ("{}", f"{target.model}{{}}", f"{{}}{target.model}", "accounts/{}/models/m", "models/{}"):
            harmless = url_of(request, replace(target, model=form.replace("{}", HARMLESS)))
            if harmless is not None or form == "{}":
                for value in HOSTILE.values():
                    given = replace(target, model=form.replace("{}", value))
                    url = None if given == target else url_of(request, given)
                    if url is not None:
                        assert_model(url, harmless, plain, form, value)


@pytest.mark.parametrize("name", DIALECTS)
def test_deployments(name: str) -> None:
    """What is called a deployment, in every dialect, also where there are none."""
    for case in cases_of(name):
        request, target = plain_request(case), case.target
        plain = url_of(request, target)
        harmless = url_of(request, replace(target, deployment=HARMLESS))
        assert plain is not None
        for value in HOSTILE.values():
            url = url_of(request, replace(target, deployment=value))
            if url is not None:
                holds(url, harmless, plain, value)


def assert_model(url: str, harmless: str | None, plain: str, form: str, value: str) -> None:
    """Assert that a model stands in its segment, whole or by the part that names it."""
    whole = quoted(form.replace("{}", HARMLESS))
    if harmless is not None and whole in harmless:
        assert_same_place(url, plain)
        assert url == harmless.replace(whole, quoted(form.replace("{}", value))), value
    else:
        holds(url, harmless, plain, value)


@pytest.mark.parametrize("name", DIALECTS)
def test_variables(name: str) -> None:
    """Every variable that an endpoint has, in host, path and query; one that it has not is refused."""
    for case in one_of_each_endpoint(name):
        request, target = plain_request(case), case.target
        plain = url_of(request, target)
        assert plain is not None
        variables = case.dialect.request.endpoint.variables
        assert url_of(request, with_variable(target, "qz", HARMLESS)) is None
        for variable in variables - {"base_url"}:
            harmless = url_of(request, with_variable(target, variable, HARMLESS))
            for value in HOSTILE.values():
                url = url_of(request, with_variable(target, variable, value))
                if url is not None:
                    assert harmless is not None, value  # nothing hostile is of the form that such a variable has
                    holds_variable(url, harmless, value)


def with_variable(target: imagetx.Target, name: str, value: str) -> imagetx.Target:
    return replace(target, variables={**target.variables, name: value})


def holds_variable(url: str, harmless: str, value: str) -> None:
    """Assert that a variable stands where a harmless one does: one label of the host, one segment, one query value."""
    found, meant = read_rfc(url), read_rfc(harmless)
    if HARMLESS in meant.host:
        assert LABEL.fullmatch(value), value
        assert url == harmless.replace(HARMLESS, value)
    else:
        assert_same_place(url, harmless)
        assert url == harmless.replace(HARMLESS, quoted(value))
        assert [pair[0] for pair in parse_qsl(found.query)] == [pair[0] for pair in parse_qsl(meant.query)]


BASES = {
    "https://proxy.example": True,
    "https://proxy.example/": True,
    "http://localhost:8080/v1": True,
    "https://proxy.example/a/b~c/%2F/": True,
    "https://[::1]:8443/v1": True,
    "https://10.0.0.7": True,
    "ftp://proxy.example": False,
    "file:///etc/passwd": False,
    "javascript:alert(1)": False,
    "//proxy.example": False,
    "proxy.example": False,
    "https:proxy.example": False,
    "https:/proxy.example": False,
    "https:///proxy.example": False,
    "https://": False,
    "https://user@proxy.example": False,
    "https://user:pw@proxy.example": False,
    "https://@proxy.example": False,
    "https://proxy.example?x": False,
    "https://proxy.example/?": False,
    "https://proxy.example/#": False,
    "https://proxy.example#x": False,
    "https://proxy.example/..": False,
    "https://proxy.example/a/../b": False,
    "https://proxy.example/./b": False,
    "https://proxy.example/%2e%2e/b": False,
    "https://proxy.example/.%2E/b": False,
    "https://proxy.example/a/%2e": False,
    "https://proxy.example\\@evil.example": False,
    "https:\\\\proxy.example": False,
    "https://proxy.example/a b": False,
    "https://proxy.example/a\tb": False,
    "https://proxy.example/\r\nhost: evil.example": False,
    "https://proxy.example\n": False,
    "https://proxy.example/a\n": False,
    " https://proxy.example": False,
    "https://proxy.example ": False,
    "https://proxy.example/\x00": False,
    "https://proxy.example//evil.example": False,
    "https://proxy.example:99999": False,
    "https://proxy.example:0": False,
    "https://proxy.example:": False,
    "https://proxy.example:8_0": False,
    "https://proxy.example:\u0668\u0660": False,
    "https://b\u00fccher.example": False,
    "https://proxy\u3002example": False,
    "https://proxy.example/\u2044": False,
    "https://[::1": False,
    "https://[::1]evil.example": False,
    "https://[proxy]": False,
    "https://[:::]": False,
    "https://..": False,
    "https://.": False,
    "https://a..b": False,
    "https://.a": False,
    "https://proxy.example/%": False,
    "https://proxy.example/%zz": False,
    "https://proxy.example/%2e%2e%2f": False,
    "": False,
}
"""Bases, and whether they are one: http(s), a host, perhaps a port, and a path that every reader reads alike."""


@pytest.mark.parametrize("base", BASES, ids=lambda base: repr(base)[:50])
def test_base_url(base: str) -> None:
    """What stands before the path is the caller's own word, and still one URL without user, query and fragment."""
    for case in CASES[::5]:
        plain, url = (
            url_of(plain_request(case), with_variable(case.target, "base_url", each))
            for each in ("https://proxy.example", base)
        )
        assert plain is not None
        assert (url is not None) == BASES[base]
        if url is not None:
            head, path = base.rstrip("/"), plain.removeprefix("https://proxy.example")
            assert url == head + path
            assert read_rfc(url).host == read_rfc(base).host


BEGUN = [(name, vector) for name in DIALECTS for vector in fixture(name).get("pending", ())]


@pytest.mark.parametrize(("name", "vector"), BEGUN, ids=lambda each: each if isinstance(each, str) else each["name"])
def test_ids(name: str, vector: Json) -> None:
    """An id that a provider gives its work stands in one place of what asks for it, or nobody is asked."""
    target = imagetx.Target(**vector["target"])
    native = imagetx.NativeResponse.from_json(vector["native"])
    plain = imagetx.decode_response(native, target).value
    assert isinstance(plain, imagetx.Pending)
    assert plain.id is not None
    alone = without_urls(native)
    for known in (plain.id, quote(plain.id)):
        for value in HOSTILE.values():
            for response in (native, alone):
                found = read_pending(renamed(response, known, value), target)
                if found is not None and found.poll is not None:
                    meant = read_pending(response, target)
                    assert meant is not None
                    assert meant.poll is not None
                    assert found.poll.credential == meant.poll.credential
                    assert found.poll.headers == meant.poll.headers
                    assert_same_place(found.poll.url, meant.poll.url)


def test_ids_are_asked_for() -> None:
    """The test above has something to say: of every provider that polls by an id there is a vector."""
    assert {name for name, _ in BEGUN} >= {"azure/legacy-submit", "gemini/interactions", "stability/upscale-creative"}


def read_pending(native: imagetx.NativeResponse, target: imagetx.Target) -> imagetx.Pending | None:
    try:
        found = imagetx.decode_response(native, target).value
    except imagetx.ImagetxError:
        return None
    return found if isinstance(found, imagetx.Pending) else None


def without_urls(native: imagetx.NativeResponse) -> imagetx.NativeResponse:
    """Leave the URLs out of an answer: then the dialect's own place is asked."""
    body = {key: value for key, value in native.body.items() if "://" not in str(value)}
    headers = {key: value for key, value in native.headers.items() if "://" not in value}
    return imagetx.NativeResponse(native.status, headers, body)


def renamed(native: imagetx.NativeResponse, known: str, value: str) -> imagetx.NativeResponse:
    """Put another id in the place of the one in an answer, where it stands alone."""
    body = {key: value if item == known else item for key, item in native.body.items()}
    return imagetx.NativeResponse(native.status, native.headers, body)


SMUGGLED = [value for value in HOSTILE.values() if 0 < len(value) < 100 and "\ud800" not in value]


@pytest.mark.parametrize("name", DIALECTS)
def test_models_of_native_urls(name: str) -> None:
    """A model smuggled in by a path, however encoded, leads nowhere else when it is said again."""
    case = cases_of(name)[0]
    plain = imagetx.encode_request(plain_request(case), case.target).value
    template = native_schema(name)["endpoint"]
    holes = re.findall(r"\{([a-z_]+)\}", template)
    for hole in holes:
        for value in SMUGGLED:
            for text in (value, quote(value, safe=""), quote(quote(value, safe=""), safe="")):
                url = template.format(**{**dict.fromkeys(holes, "x"), hole: text})
                again = translated(plain, url, case)
                if again is not None:
                    found, meant = read_rfc(again.url), read_rfc(plain.url)
                    assert found._replace(path=[], query="") == meant._replace(path=[], query=""), url
                    assert read_whatwg(again.url) == found, url


def translated(plain: imagetx.NativeRequest, url: str, case: Case) -> imagetx.NativeRequest | None:
    """Say a native request for the model that its URL names, at the provider's own place; None where it is refused."""
    try:
        native = imagetx.NativeRequest(plain.method, url, plain.headers, plain.body)
        return imagetx.translate_request(native, case.dialect.provider, replace(case.target, model=None)).value
    except imagetx.ImagetxError:
        return None


@pytest.mark.parametrize("name", sorted({case.dialect.provider for case in CASES}))
def test_extra_query(name: str) -> None:
    """Parameters that a caller adds stand in the query, by their names, and change nothing before it."""
    case = next(case for case in CASES if case.dialect.provider == name)
    request, target = plain_request(case), case.target
    plain = url_of(request, target)
    assert plain is not None
    for value in HOSTILE.values():
        for given in ({"zz": value}, {value: "zz"}, {"zz": [value, "b"]}):
            options = {**request.get("provider_options", {}).get(name, {}), "extra_query": given}
            url = url_of({**request, "provider_options": {name: options}}, target)
            if url is None:
                continue
            assert_same_place(url, plain)
            own = parse_qsl(read_rfc(plain).query, keep_blank_values=True)
            added = parse_qsl(read_rfc(url).query, keep_blank_values=True)
            texts = [
                (key, text) for key, item in given.items() for text in (item if isinstance(item, list) else [item])
            ]
            assert added == [*own, *texts]
