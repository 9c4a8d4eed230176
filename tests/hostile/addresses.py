"""
Hostile texts for URLs, and two readings of a URL that they are judged by: RFC 3986 and the WHATWG URL standard.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

HOSTILE: Final = {
    "empty": "",
    "dot": ".",
    "dots": "..",
    "up": "../",
    "up-up": "../../x",
    "within": "a/../../b",
    "slash": "/",
    "a-slash-b": "a/b",
    "leading-slash": "/a",
    "trailing-slash": "a/",
    "encoded-dots": "%2e%2e",
    "encoded-dot": "%2e",
    "half-encoded-dots": ".%2E",
    "encoded-up": "%2E%2E%2f",
    "double-encoded": "%252e%252e%252f",
    "encoded-slash": "a%2Fb",
    "encoded-nul": "a%00b",
    "encoded-line": "a%0d%0ahost: evil.example",
    "broken-escape": "a%",
    "broken-escape-2": "a%zz",
    "overlong-utf-8": "%c0%ae%c0%ae%c0%af",
    "scheme-relative": "//evil.example",
    "slash-backslash": "/\\evil.example",
    "backslash": "\\",
    "backslashes": "\\\\evil.example",
    "back-up": "..\\..\\",
    "query": "a?b=c",
    "bare-query": "?",
    "fragment": "a#b",
    "bare-fragment": "#",
    "at": "@",
    "userinfo": "user:pw@evil.example",
    "at-host": "a@evil.example",
    "semicolon": "a;b",
    "semicolon-up": "..;",
    "colon": "a:b",
    "port": "a:99",
    "verb": "a:predict",
    "ampersand": "a&key=b",
    "equals": "a=b",
    "plus": "a+b",
    "space": "a b",
    "spaces": "  ",
    "leading-space": " a",
    "trailing-space": "a ",
    "tab": "a\tb",
    "tab-in-dots": ".\t.",
    "cr-lf": "a\r\nhost: evil.example",
    "line-in-dots": ".\n.",
    "trailing-newline": "a\n",
    "nul": "a\x00b",
    "escape": "a\x1bb",
    "delete": "a\x7fb",
    "c1": "a\x85b",
    "line-separator": "a\u2028b",
    "fraction-slash": "a\u2044b",
    "division-slash": "a\u2215b",
    "fullwidth-slash": "a\uff0fb",
    "big-solidus": "a\u29f8b",
    "fullwidth-backslash": "a\uff3cb",
    "fullwidth-dots": "\uff0e\uff0e",
    "one-dot-leader": "\u2024\u2024",
    "two-dot-leader": "\u2025",
    "ideographic-stop": "a\u3002b",
    "fullwidth-question": "a\uff1fb",
    "fullwidth-at": "a\uff20b",
    "zero-width": ".\u200b.",
    "soft-hyphen": ".\u00ad.",
    "byte-order-mark": "\ufeff..",
    "right-to-left": "a\u202eb",
    "isolate": "\u2066..\u2069",
    "surrogate": "a\ud800b",
    "combining": "a\u0338b",
    "absolute": "https://evil.example/x",
    "absolute-http": "http://evil.example",
    "schemes": "javascript:alert(1)",
    "idn": "b\u00fccher.example",
    "punycode": "xn--bcher-kva.example",
    "host": "evil.example",
    "host-slash": "evil.example/",
    "host-query": "evil.example?",
    "host-fragment": "evil.example#",
    "host-dot": "evil.",
    "dot-host": ".evil",
    "ipv6": "[::1]",
    "ipv4": "127.0.0.1",
    "number": "2130706433",
    "hyphen": "-",
    "hyphens": "-a-",
    "template": "{model}",
    "template-python": "{0.__class__}",
    "percent-s": "%s",
    "quote": 'a"b',
    "apostrophe": "a'b",
    "angle": "<a>",
    "star": "*",
    "pipe": "a|b",
    "circumflex": "a^b",
    "grave": "a`b",
    "comma": "a,b",
    "tilde": "~",
    "long": "a" * 10_000,
    "long-dots": "." * 10_000,
    "long-up": "../" * 3_000,
}
"""Texts that have led a URL astray somewhere, by name."""

_DOTS: Final = {".": 1, "%2e": 1, "..": 2, ".%2e": 2, "%2e.": 2, "%2e%2e": 2}


class Place(NamedTuple):
    """Where a URL leads."""

    scheme: str
    user: str
    host: str
    port: int | None
    path: list[str]
    query: str
    fragment: str


def read_rfc(url: str) -> Place:
    """Read a URL as RFC 3986 does, path as it stands."""
    parts = urlsplit(url)
    user, _, _ = parts.netloc.rpartition("@")
    return Place(
        parts.scheme, user, parts.hostname or "", parts.port, parts.path.split("/"), parts.query, parts.fragment
    )


def read_whatwg(url: str) -> Place:
    """
    Read a URL as browsers and their kin do (https://url.spec.whatwg.org/#concept-basic-url-parser, special schemes).

    Outer controls and spaces go, so do tabs and lines within; a backslash is a slash; any number of slashes begins
    the authority; what is before the last `@` is a user; dot segments, also encoded ones, are walked.
    """
    url = re.sub(r"[\t\n\r]", "", url.strip("".join(map(chr, range(0x21)))))
    url, _, fragment = url.partition("#")
    url, _, query = url.partition("?")
    scheme, _, rest = url.replace("\\", "/").partition(":")
    authority, _, path = rest.lstrip("/").partition("/")
    user, _, host = authority.rpartition("@")
    name, _, port = host.partition(":") if "]" not in host else (host, "", "")
    walked: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        dots = _DOTS.get(segment.lower(), 0)
        if dots == 2:
            del walked[-1:]
        if dots == 0:
            walked.append(segment)
        elif index == len(segments) - 1:
            walked.append("")
    return Place(
        scheme.lower(), user, unquote(name).lower(), int(port) if port else None, ["", *walked], query, fragment
    )


def assert_same_place(url: str, plain: str) -> None:
    """Assert that a URL leads where another one does, but for the text of as many segments, by either reading."""
    for read in (read_rfc, read_whatwg):
        found, meant = read(url), read(plain)
        assert found._replace(path=[], query="") == meant._replace(path=[], query=""), (url[:300], plain)
        assert len(found.path) == len(meant.path), (url[:300], plain)
    assert url.isascii(), url[:300]
    assert url.isprintable(), url[:300]
    assert " " not in url, url[:300]
