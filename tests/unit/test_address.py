"""
Addresses: which URLs are followed, and which are the target's own.
"""

from __future__ import annotations

from typing import Any

import pytest

from imagetx.address import is_followed, is_own

HOME = "https://api.example.com/v1"
LONG_LABEL = "a" * 63

PUBLIC = [
    "https://cdn.example.org/a.png",
    "http://cdn.example.org/a.png",
    "HTTPS://CDN.EXAMPLE.ORG/a.png",
    "https://cdn.example.org",
    "https://cdn.example.org./a.png",
    "https://cdn.example.org:8443/a.png?x=1#f",
    "https://cdn.example.org:/a.png",
    "https://xn--bcher-kva.example/a.png",
    "https://my_bucket.s3.example.org/a.png",
    "https://1.example.org/a.png",
    "https://127.0.0.1.example.org/a.png",
    "https://localhost.example.org/a.png",
    "https://notlocalhost.org/a.png",
    "https://internal.example.org/a.png",
    f"https://{LONG_LABEL}.example.org/a.png",
    "https://8.8.8.8/a.png",
    "https://8.8.8.8:99/a.png",
    "https://[2606:4700::1111]/a.png",
    "https://[2606:4700::1111]:8443/a.png",
    "https://[2002:808:808::]/a.png",
    "https://[64:ff9b::808:808]/a.png",
    "https://cdn.example.org/a%20b/../c.png",
    "https://cdn.example.org/@evil",
]

INSIDE = [
    "localhost",
    "localhost.",
    "LOCALHOST",
    "foo.localhost",
    "localhost.localdomain",
    "printer.local",
    "db.internal",
    "metadata.google.internal",
    "svc.cluster.local",
    "x.home.arpa",
    "x.lan",
    "x.corp",
    "metadata",
    "intranet",
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",
    "0x7f.1",
    "0x7f000001",
    "0x",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0300.0250.0.1",
    "1.2.3.4.5",
    "999.1.1.1",
    "foo.0x7f",
    "foo.1",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "198.18.0.1",
    "192.0.2.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "[::1]",
    "[::]",
    "[::127.0.0.1]",
    "[::7f00:1]",
    "[::ffff:10.0.0.1]",
    "[::ffff:7f00:1]",
    "[::ffff:0:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b::10.0.0.1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2002:a00:1::]",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]",
    "[2001:db8::1]",
    "[fc00::1]",
    "[fd12:3456::1]",
    "[fe80::1]",
    "[fe80::1%25eth0]",
    "[2606:4700::1111%25eth0]",
    "[fec0::1]",
    "[ff02::1]",
    "[100::1]",
]

BROKEN: list[Any] = [
    None,
    7,
    b"https://cdn.example.org/",
    ["https://cdn.example.org/"],
    "",
    " ",
    "cdn.example.org/a.png",
    "//cdn.example.org/a.png",
    "/a.png",
    "https:",
    "https:cdn.example.org",
    "https:/cdn.example.org",
    "https:///cdn.example.org",
    "ftp://cdn.example.org/a.png",
    "file:///etc/passwd",
    "data:image/png;base64,AAAA",
    "gs://bucket/a.png",
    "javascript:alert(1)",
    "https://user@cdn.example.org/",
    "https://user:pw@cdn.example.org/",
    "https://@cdn.example.org/",
    "https://:@cdn.example.org/",
    "https://api.example.com@evil.example/",
    "https://evil.example\\@api.example.com/",
    "https:\\\\cdn.example.org/",
    "https://cdn.example.org/a b.png",
    "https://cdn.example.org/a\tb.png",
    "https://cdn.example.org/\r\nhost: x",
    " https://cdn.example.org/",
    "https://cdn.example.org/\x00",
    "https://cdn.example.org/\x7f",
    "https://cdn.example.org:0/",
    "https://cdn.example.org:65536/",
    "https://cdn.example.org:-1/",
    "https://cdn.example.org:+80/",
    "https://cdn.example.org:8_0/",
    "https://cdn.example.org:80:80/",
    "https://cdn.example.org:\u0668\u0660/",
    "https://b\u00fccher.example/",
    "https://\u0967\u0968\u096d.0.0.1/",
    "https://127\u30020\u30020\u30021/",
    "https://\uff11\uff12\uff17.0.0.1/",
    "https://cdn.example.org/\u00e9",
    "https://cdn.example.org/\ud800",
    "https://foo\u2100bar.com/",
    "https://[",
    "https://[]/",
    "https://[::1/",
    "https://::1/",
    "https://[cdn.example.org]/",
    "https://[v1.example]/",
    "https://[8.8.8.8]/",
    "https://[2606:4700::1111]evil.example/",
    "https://[2606:4700::1111].evil.example/",
    "https://a..example.org/",
    "https://.example.org/",
    "https://cdn.example.org../",
    "https://-a.example.org/",
    "https://a-.example.org/",
    "https://a.example.-org/",
    "https://a%2eexample.org/",
    "https://%31%32%37.0.0.1/",
    "https://a,b.example/",
    "https://a;b.example/",
    "https://a*b.example/",
    f"https://{LONG_LABEL}a.example.org/",
    "https://" + "a." * 130 + "org/",
    "https://" + "a." * 10**5 + "org/",
]


@pytest.mark.parametrize("url", PUBLIC)
def test_public(url: str) -> None:
    """A public host by name or global address is followed, and is a stranger."""
    assert is_followed(url, HOME)
    assert not is_own(url, HOME)


@pytest.mark.parametrize("host", INSIDE)
@pytest.mark.parametrize("scheme", ["https", "http"])
def test_inside(scheme: str, host: str) -> None:
    """What is or may be inside is not followed, in whatever spelling, with or without a port."""
    for url in (
        f"{scheme}://{host}/a.png",
        f"{scheme}://{host}:8080/a.png",
        f"{scheme}://{host}?x",
        f"{scheme}://{host}",
    ):
        assert not is_followed(url, HOME)


@pytest.mark.parametrize("url", BROKEN, ids=lambda url: repr(url)[:40])
def test_broken(url: Any) -> None:
    """What is no absolute http(s) URL that every reader reads alike is not followed, and is nobody's own."""
    assert not is_followed(url, HOME)
    assert not is_own(url, HOME)


@pytest.mark.parametrize(
    ("start", "url", "own"),
    [
        ("http://localhost:8000/v1", "http://localhost:8000/jobs/1?x=2", True),
        ("http://localhost:8000/v1", "http://LOCALHOST:8000", True),
        ("http://localhost:8000/v1", "http://localhost:8001/", False),
        ("http://localhost:8000/v1", "http://localhost/", False),
        ("http://localhost:8000/v1", "https://localhost:8000/", False),
        ("http://localhost:8000/v1", "http://127.0.0.1:8000/", False),
        ("http://10.0.0.1", "http://10.0.0.1/a", True),
        ("http://10.0.0.1", "http://10.0.0.1:80/a", True),
        ("http://10.0.0.1", "http://10.0.0.2/a", False),
        ("https://[::1]:8443", "https://[::1]:8443/a", True),
        ("https://[::1]:8443", "https://[::1]/a", False),
        ("https://box.internal", "https://box.internal:443/a", True),
        ("https://box.internal", "https://other.internal/a", False),
        ("https://box.internal", "https://x.box.internal/a", False),
        ("https://box.internal", "https://user@box.internal/a", False),
    ],
)
def test_own_origin(start: str, url: str, own: bool) -> None:
    """The target's own origin is followed wherever it is: scheme, host and port."""
    assert is_followed(url, start) == own
    assert is_own(url, start) == own


@pytest.mark.parametrize("start", ["", "https://[", "x", "/v1", "ftp://api.example.com"])
def test_no_home(start: str) -> None:
    """Where the target is nowhere, nothing is its own."""
    assert not is_own(start, start)
    assert not is_own("https://api.example.com", start)
    assert is_followed("https://cdn.example.org/", start)
