"""
Hosts: where a service stands, chosen by the variables and the credential of a target.

A provider has one base URL, which may hold {variables}; further ones are written where their
condition holds, or are only read. `base_url` of a target stands in the place of each up to the
first segment of its path that holds a variable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address
from typing import Any, Final
from urllib.parse import unquote

from imagetx.document import Json
from imagetx.errors import Problem, ResolveError, shorten
from imagetx.hole import HOLE, Declared, encode_segment, read_segment
from imagetx.predicate import test_of

# RFC 1123 2.1; one label: with a dot in it a name would lead to another zone, `bucket.s3` below amazonaws.com for one
_LABEL: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_BASE_URL: Final = re.compile(
    r"https?://(?:[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?|\[([0-9A-Fa-f:.]+)\])(?::([1-9][0-9]{0,4}))?"
    r"((?:/(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})+)*)/?"
)


def is_base(url: str) -> bool:
    """Say whether a text is the start of a URL: no credentials, query, fragment or dot segments."""
    found = _BASE_URL.fullmatch(url)
    if found is None or (found[2] is not None and int(found[2]) > 65535):
        return False
    if found[1] is not None and not _is_ipv6(found[1]):
        return False
    return not any(segment in {".", ".."} for segment in unquote(found[3]).split("/"))


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """
    One base URL of a service.

    Attributes:
        head: Template of what `base_url` of a target stands for: scheme, host and literal path.
        tail: Template of the rest of the path; "" where nothing of it is a variable.
        test: Whether it is the one for these variables; None if it is only read.
        auth: The credential kind that it goes with, or None for any.
        own: Finds the variables in a base URL of the service.
        foreign: Finds `base_url` and the variables of the tail in any other.
    """

    head: str
    tail: str
    test: Callable[[Json], bool] | None
    auth: str | None
    own: re.Pattern[str]
    foreign: re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What the start of a URL says: variables, the credential kind it goes with, whether it is the service's own."""

    variables: dict[str, str]
    auth: str | None = None
    own: bool = True


class Hosts:
    """
    The base URLs of a service.

    Args:
        base: The one that is written where no other's condition holds.
        others: Texts are only read; `{"url", "if", "auth"}` are written where they fit, the first first.
        variables: The variables of the endpoint.
    """

    __slots__ = ("_base", "_chosen", "_defaults", "_hosts", "_variables", "names")

    def __init__(self, base: str, others: Sequence[str | Mapping[str, Any]], variables: Declared) -> None:
        self._base = _host({"url": base})
        self._variables = variables
        self._defaults = {name: each.default for name, each in variables.known.items() if each.default is not None}
        made = [_host(says) for says in others]
        self._chosen = [host for host in made if host.test is not None]
        self._hosts = [*self._chosen, self._base, *(host for host in made if host.test is None)]
        self.names = frozenset(name for host in self._hosts for name in host.own.groupindex)

    @property
    def plain(self) -> str | None:
        """The base URL where there is but one and nothing in it is to be filled."""
        return None if "{" in self._base.head or self._base.tail or self._chosen else self._base.head

    def fill(self, given: Mapping[str, str], auth: str | None) -> str:
        """
        Write the start of a URL, its holes filled, `base_url` in the place of its head if it is given.

        Raises:
            ResolveError: A variable is missing, or a value has no place in a URL.
        """
        host = next((host for host in self._chosen if self._fits(host, given, auth)), self._base)
        if "base_url" in given:
            text = given["base_url"]
            if not isinstance(text, str) or not is_base(text):
                message = f"expected base_url as an http(s) URL without query, got {shorten(text)}"
                raise ResolveError(Problem(pointer="", message=message, given=text))
            head = text.rstrip("/")
        else:
            head = HOLE.sub(lambda match: self._in_host(match[1], given), host.head)
        return head + HOLE.sub(
            lambda match: encode_segment(match[1], self._variables.value(match[1], given)), host.tail
        )

    def _fits(self, host: Host, given: Mapping[str, str], auth: str | None) -> bool:
        if host.auth is not None and host.auth != auth:
            return False
        return host.test is not None and host.test({**self._defaults, **given})

    def _in_host(self, name: str, given: Mapping[str, str]) -> str:
        value = self._variables.value(name, given)
        if _LABEL.fullmatch(value):
            return value
        message = f"expected letters, digits and hyphens for {name}, got {shorten(value)}"
        raise ResolveError(Problem(pointer="", message=message, given=value))

    def read(self, base: str) -> Start:
        """Read the start of a URL; what encode would not write of its variables is `base_url` itself."""
        for host in self._hosts:
            said = self._read(host.own, base)
            if said is not None and self._writes(said, host.auth, base):
                return Start(variables=said, auth=host.auth)
        own = next((said for host in self._hosts if (said := self._read(host.own, base)) is not None), None)
        for host in self._hosts:
            said = self._read(host.foreign, base) if host.tail else None
            if said is not None and self._writes(said, host.auth, base):
                return Start(variables=said, auth=host.auth, own=own is not None)
        return Start(variables={**(own or {}), "base_url": base}, own=own is not None)

    def _writes(self, said: Mapping[str, str], auth: str | None, base: str) -> bool:
        """Say whether these variables would be written as this base URL."""
        try:
            return self.fill(said, auth) == base.rstrip("/")
        except ResolveError:
            return False

    def _read(self, pattern: re.Pattern[str], base: str) -> dict[str, str] | None:
        """Read the variables that a pattern finds, without the defaults; None where they have no place there."""
        found = pattern.fullmatch(base)
        if found is None:
            return None
        read: dict[str, str] = {}
        for name, text in found.groupdict().items():
            value = text if name == "base_url" else read_segment(name, text)
            if value is None or not self._variables.declared(name).takes(value):
                return None
            read[name] = value
        return self._variables.said(read)


def _host(says: str | Mapping[str, Any]) -> Host:
    if isinstance(says, str):
        says = {"url": says}
    chosen = "if" in says or "auth" in says
    scheme, _, rest = says["url"].partition("://")
    host, *segments = rest.split("/")
    first = next((index for index, segment in enumerate(segments) if HOLE.search(segment)), len(segments))
    head = f"{scheme}://" + "/".join([host, *segments[:first]])
    tail = "".join(f"/{segment}" for segment in segments[first:])
    return Host(
        head=head,
        tail=tail,
        test=test_of(says.get("if", True)) if chosen else None,
        auth=says.get("auth"),
        own=re.compile(_pattern((head, "[A-Za-z0-9-]+"), (tail, "[^/?#]+")) + "/?"),
        foreign=re.compile("(?P<base_url>https?://.+?)" + _pattern((tail, "[^/?#]+")) + "/?"),
    )


def _pattern(*templates: tuple[str, str]) -> str:
    """Write the pattern of templates, each with that of its holes; a name that stands twice has one value."""
    named: set[str] = set()
    text = ""
    for template, hole in templates:
        for index, part in enumerate(HOLE.split(template)):
            if index % 2 == 0:
                text += re.escape(part)
            elif part in named:
                text += f"(?P={part})"
            else:
                named.add(part)
                text += f"(?P<{part}>{hole})"
    return text
