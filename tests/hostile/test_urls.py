"""
No text that a caller, a client or an answer gives changes where a URL leads.

What fills a hole stands there percent-encoded, every character that RFC 3986 section 2.3 does not call unreserved, or
is refused; in a host it is one label of a name (RFC 1123 section 2.1), or refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

import imagetx
from imagetx.canonical import document
from tests.dialects import Case, fixture, native_schema
from tests.hostile.addresses import HOSTILE, assert_same_place, read_rfc
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
    host, _, rest = (plain if harmless is None else harmless).partition("://")[2].partition("/")
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
"""Bases, and whether they are one: an http(s) URL of a host and a path without dot segments, as every reader reads it."""


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


@pytest.mark.parametrize("name", DIALECTS)
def test_ids(name: str) -> None:
    """An id that a provider gives its work stands in one place of the URL that asks for it, or nobody is asked."""
    for target, request, body, plain in begun(name):
        assert plain.poll is not None
        for value in HOSTILE.values():
            response = imagetx.NativeResponse(body[0], body[1], renamed(body[2], plain.id, value))
            try:
                found = imagetx.decode_response(response, target, request=request).value
            except imagetx.ImagetxError:
                continue
            if isinstance(found, imagetx.Pending) and found.poll is not None:
                assert_polled(found.poll, plain.poll, plain.id, value)


def assert_polled(poll: imagetx.NativeRequest, plain: imagetx.NativeRequest, known: str | None, value: str) -> None:
    assert known is not None
    assert poll.credential == plain.credential
    assert poll.headers == plain.headers
    assert_same_place(poll.url, plain.url)
    assert poll.url in (plain.url, plain.url.replace(quote(known, safe=""), quoted(value)))


def begun(name: str) -> Iterator[tuple[imagetx.Target, Json, Json, imagetx.Pending]]:
    """Yield the answers of a fixture that say that work has begun, with what is read in them."""
    case = cases_of(name)[0]
    for vector in fixture(name).get("responses", ()):
        native = imagetx.NativeResponse.from_json(vector["native"]) if "native" in vector else None
        print(vector.keys())
