"""
Addresses: which URLs that somebody else named are followed, and to which the caller's secret belongs.

An answer, or a request, may name any URL. Followed are http and https without a user, at the target's own
origin or at a public host: a literal private address or a local name would let a stranger see inside. What a
public name resolves to is not known here: a driver that must not reach inside has to look at that itself.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final
from urllib.parse import SplitResult, urlsplit

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_NAME: Final = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_NUMBER: Final = re.compile(
    r"[0-9]+|0x[0-9a-f]*"
)  # what URL parsers take for a part of an IPv4 address (WHATWG URL 3.5)
_LOCAL: Final = ("localhost", "localdomain", "local", "internal", "intranet", "lan", "home", "corp", "home.arpa")
_NAT64: Final = ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_UNICAST: Final = ip_network("2000::/3")  # RFC 4291 2.4: all that is given out; ::127.0.0.1 and fec0:: are not
_BRACKETED: Final = re.compile(r"\[[0-9a-fA-F:.]+\](?::[0-9]*)?")  # an address and nothing behind it, no zone


def is_followed(url: object, start: str) -> bool:
    """
    Say whether a URL is followed.

    Args:
        url: What was named.
        start: Where the target itself is.
    """
    parts = _parts(url)
    if parts is None:
        return False
    return _origin(parts) == _origin_of(start) or _is_public(parts.hostname or "")


def is_own(url: str, start: str) -> bool:
    """Say whether a URL goes to the target itself: scheme, host and port."""
    parts = _parts(url)
    return parts is not None and _origin(parts) == _origin_of(start)


def _parts(url: object) -> SplitResult | None:
    """Split an absolute http(s) URL without a user that every reader splits alike; None for any other."""
    if not isinstance(url, str) or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        known = parts.scheme in _DEFAULT_PORTS and parts.hostname is not None and parts.port != 0
        if "[" in parts.netloc:
            known = known and _BRACKETED.fullmatch(parts.netloc) is not None
        known = known and "@" not in parts.netloc
    except ValueError:  # a bad port or a broken IPv6 address
        return None
    return parts if known else None


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS[parts.scheme]


def _origin_of(start: str) -> tuple[str, str, int] | None:
    parts = _parts(start)
    return None if parts is None else _origin(parts)


def _is_public(host: str) -> bool:
    """Say whether a host is not known to be inside: a global address, or a name of several labels."""
    host = host.lower().removesuffix(".")
    if ":" in host or _NUMBER.fullmatch(host.rpartition(".")[2]):
        try:
            return _is_global(ip_address(host))
        except ValueError:  # one of the odd spellings of an address, 127.1 for one
            return False
    local = any(host == name or host.endswith(f".{name}") for name in _LOCAL)
    return len(host) <= 253 and not local and _NAME.fullmatch(host) is not None


def _is_global(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address in _NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None or address.teredo is not None or address not in _UNICAST:
            return inner is not None and _is_global(inner)
    return address.is_global and not address.is_multicast
