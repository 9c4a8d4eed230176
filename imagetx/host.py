"""
Hosts: where a service stands, chosen by the variables and the credential of a target.

A provider has one base URL, which may hold {variables}; further ones are written where their
condition holds, or are only read. `base_url` of a target stands in the place of all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from imagetx.document import Json
from imagetx.errors import Problem, ResolveError, shorten
from imagetx.hole import HOLE, Variables, encode_segment, read_segment
from imagetx.predicate import compile_predicate

_HOST_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_BASE_URL: Final = re.compile(
    r"https?://(?:[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?"
)


def is_base(url: str) -> bool:
    """Say whether a text is the start of a URL: no credentials, query, fragment or dot segments."""
    if not _BASE_URL.fullmatch(url):
        return False
    return not any(segment in {".", ".."} for segment in unquote(url.split("://", 1)[1]).split("/"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """
    One base URL of a service.

    Attributes:
        template: The URL, which may hold {variables} in its host and in its path.
        test: Whether it is the one for these variables; None if it is only read.
        auth: The credential kind that it goes with, or None for any.
        pattern: Finds the variables in a base URL.
    """

    template: str
    test: Callable[[Json], bool] | None
    auth: str | None
    pattern: re.Pattern[str]


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

    __slots__ = ("_base", "_chosen", "_hosts", "_variables", "names")

    def __init__(self, base: str, others: Sequence[str | Mapping[str, Any]], variables: Variables) -> None:
        self._base = base
        self._variables = variables
        made = [_host(says) for says in others]
        self._chosen = [host for host in made if host.test is not None]
        self._hosts = [*self._chosen, _host({"url": base}), *(host for host in made if host.test is None)]
        self.names = frozenset(name for host in self._hosts for name in host.pattern.groupindex)

    @property
    def plain(self) -> str | None:
        """The base URL where there is but one and nothing in it is to be filled."""
        return None if "{" in self._base or self._chosen else self._base

    def fill(self, given: Mapping[str, str], auth: str | None) -> str:
        """
        Write the start of a URL: `base_url` if it is given, else the one that fits, its holes filled.

        Raises:
            ResolveError: A variable is missing, or a value has no place in a URL.
        """
        if "base_url" in given:
            text = given["base_url"]
            if not isinstance(text, str) or not is_base(text):
                message = f"expected base_url as an http(s) URL without query, got {shorten(text)}"
                raise ResolveError(Problem(pointer="", message=message, given=text))
            return text.rstrip("/")
        template = self._base
        if self._chosen:
            template = next((host.template for host in self._chosen if self._fits(host, given, auth)), template)
        if "{" not in template:
            return template
        scheme, _, rest = template.partition("://")
        host, slash, path = rest.partition("/")
        host = HOLE.sub(lambda match: self._in_host(match[1], given), host)
        path = HOLE.sub(lambda match: encode_segment(match[1], self._variables.value(match[1], given)), path)
        return f"{scheme}://{host}{slash}{path}"

    def _fits(self, host: Host, given: Mapping[str, str], auth: str | None) -> bool:
        if host.auth is not None and host.auth != auth:
            return False
        defaults = {name: each.default for name, each in self._variables.known.items() if each.default is not None}
        return host.test is not None and host.test({**defaults, **given})

    def _in_host(self, name: str, given: Mapping[str, str]) -> str:
        value = self._variables.value(name, given)
        if _HOST_SAFE.fullmatch(value):
            return value
        message = f"expected letters, digits, dots and hyphens for {name}, got {shorten(value)}"
        raise ResolveError(Problem(pointer="", message=message, given=value))

    def read(self, base: str) -> Start:
        """Read the start of a URL; what encode would not write of its variables is `base_url` itself."""
        other: Start | None = None
        for host in self._hosts:
            found = host.pattern.fullmatch(base)
            read = (
                None if found is None else {name: read_segment(name, text) for name, text in found.groupdict().items()}
            )
            if read is None or not all(
                value and self._variables.declared(name).takes(value) for name, value in read.items()
            ):
                continue
            said = self._variables.said({name: str(value) for name, value in read.items()})
            if self.fill(said, host.auth) == base.rstrip("/"):
                return Start(variables=said, auth=host.auth)
            other = other or Start(variables={**said, "base_url": base})
        return other or Start(variables={"base_url": base}, own=False)


def _host(says: str | Mapping[str, Any]) -> Host:
    if isinstance(says, str):
        says = {"url": says}
    chosen = "if" in says or "auth" in says
    return Host(
        template=says["url"],
        test=compile_predicate(says.get("if", True)) if chosen else None,
        auth=says.get("auth"),
        pattern=_pattern(says["url"]),
    )


def _pattern(template: str) -> re.Pattern[str]:
    """Find the variables of a base URL; a name that stands twice has one value."""
    scheme, _, rest = template.partition("://")
    host, slash, path = rest.partition("/")
    named: set[str] = set()
    text = re.escape(scheme + "://")
    for piece, hole in ((host, "[A-Za-z0-9-]+"), (slash + path, "[^/?#]+")):
        for index, part in enumerate(HOLE.split(piece)):
            if index % 2 == 0:
                text += re.escape(part)
            elif part in named:
                text += f"(?P={part})"
            else:
                named.add(part)
                text += f"(?P<{part}>{hole})"
    return re.compile(text + "/?")
