"""
Endpoints: URL templates as codecs, filled on encode and matched on decode.

A template is `{base_url}` and what a dialect adds: literal segments, holes (`{model}:{verb}`)
and `?name={variable}`. A hole is one percent-encoded piece of a segment: nothing a caller gives
can change host or query or leave its place. Matching goes by the end of the path, because a
gateway's prefix may stand before it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from imagetx.hole import HOLE, Declared, Variable, encode_segment, read_segment
from imagetx.host import Hosts, is_base

_MOST_KEPT: Final = 256  # URLs, each of at most
_LONG: Final = 500  # characters
_NO_QUERY: Final[Mapping[str, str]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A URL that fits: what its holes and variables hold, and how much of it was literal."""

    holes: Mapping[str, str]
    variables: Mapping[str, str]
    query: Mapping[str, str]
    literal: int
    host: bool
    auth: str | None


class Endpoint:
    """
    A URL template of a dialect, filled and matched.

    Args:
        base: The provider's base URL, which may hold {variables} in its host.
        template: `{base_url}` and the path that the dialect adds.
        variables: The variables that have a default or are optional.
        reads: Further templates that are only matched.
        hosts: Further base URLs of the service: `imagetx.host.Hosts`.
    """

    __slots__ = ("_filled", "_hosts", "_parts", "_patterns", "_query", "_variables", "_whole", "template")

    def __init__(
        self,
        base: str,
        template: str,
        variables: Mapping[str, Variable],
        reads: Sequence[str] = (),
        hosts: Sequence[str | Mapping[str, Any]] = (),
    ) -> None:
        self.template = template
        path, _, query = template.removeprefix("{base_url}").partition("?")
        self._parts = HOLE.split(path)
        pairs = (item.partition("=") for item in query.split("&") if query)
        self._query = {name: hole.strip("{}") for name, _, hole in pairs}
        self._variables = Declared(known=variables, template=base + template.removeprefix("{base_url}"))
        self._hosts = Hosts(base, hosts, self._variables)
        plain = self._hosts.plain
        self._whole = plain + path if plain is not None and len(self._parts) == 1 and not self._query else None
        self._filled: dict[tuple[Any, ...], tuple[str, Mapping[str, str]]] = {}
        self._patterns = [_compile(text) for text in (template, *reads)]

    def __repr__(self) -> str:
        return f"<Endpoint {self.template}>"

    @property
    def holes(self) -> tuple[str, ...]:
        """Names of the holes in the path."""
        return tuple(self._parts[1::2])

    @property
    def variables(self) -> frozenset[str]:
        """Names that a target's variables may have beside `base_url`."""
        return frozenset({*self._hosts.names, *self._variables.known, *self._query.values()})

    def start(self, given: Mapping[str, str], auth: str | None) -> str:
        """Write the start of the URL; see `imagetx.host.Hosts.fill`."""
        return self._hosts.fill(given, auth)

    def fill(
        self, holes: Mapping[str, str], given: Mapping[str, str], auth: str | None = None
    ) -> tuple[str, Mapping[str, str]]:
        """
        Write the URL without its query, and the query parameters that variables fill.

        Args:
            holes: What rules wrote for the holes of the path.
            given: The variables of the target.
            auth: The credential kind.

        Raises:
            ResolveError: A variable is missing, or a value has no place in a URL.
        """
        if self._whole is not None and "base_url" not in given:
            return self._whole, _NO_QUERY
        key = (auth, *holes.items(), None, *given.items())
        try:
            found = self._filled.get(key)
        except TypeError:  # a value that is no text, which is refused below
            found = None
        if found is None:
            found = self._fill(holes, given, auth)
            if len(self._filled) < _MOST_KEPT and len(found[0]) < _LONG:
                self._filled[key] = found
        return found

    def _fill(
        self, holes: Mapping[str, str], given: Mapping[str, str], auth: str | None
    ) -> tuple[str, Mapping[str, str]]:
        url = self._hosts.fill(given, auth)
        for index, part in enumerate(self._parts):
            if index % 2 == 0:
                url += part
            else:
                value = holes[part] if part in holes else self._variables.value(part, given)
                url += encode_segment(part, value)
        query = {
            name: self._variables.value(variable, given)
            for name, variable in self._query.items()
            if variable in given or not self._variables.declared(variable).optional
        }
        return url, query

    def match(self, url: str) -> Match | None:
        """Read a URL (without query), or return None if it does not fit."""
        best: Match | None = None
        for pattern, names, literal in self._patterns:
            found = pattern.fullmatch(url)
            if found is None or (best is not None and literal <= best.literal) or not is_base(found["base"]):
                continue
            read = {name: read_segment(name, found[name]) for name in names}
            values = {name: value for name, value in read.items() if value is not None}
            if len(values) < len(names) or not all(
                self._variables.declared(name).takes(value) for name, value in values.items()
            ):
                continue
            start = self._hosts.read(found["base"])
            own = {name: values.pop(name) for name in names if name in self._variables.known}
            best = Match(
                holes=values,
                variables={**start.variables, **self._variables.said(own)},
                query=self._query,
                literal=literal,
                host=start.own,
                auth=start.auth,
            )
        return best

    def read_query(self, said: Mapping[str, str]) -> dict[str, str]:
        """Read the variables that stand in the query of a URL; one of another form is not read."""
        found = {variable: said[name] for name, variable in self._query.items() if name in said}
        return {
            name: value
            for name, value in self._variables.said(found).items()
            if self._variables.declared(name).takes(value)
        }


def _pattern(path: str) -> str:
    """
    Write the pattern of a path; a hole behind `:` holds none, so that `{model}:{verb}` parts at the last one.

    That also keeps the search linear: there is one way to part a segment.
    """
    pieces = HOLE.split(path)
    text = re.escape(pieces[0])
    for before, name, after in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        text += f"(?P<{name}>[^/?#{':' if before.endswith(':') else ''}]+)" + re.escape(after)
    return text


def _compile(template: str) -> tuple[re.Pattern[str], tuple[str, ...], int]:
    path = template.removeprefix("{base_url}").partition("?")[0]
    literal = len(HOLE.sub("", path))
    pattern = re.compile(r"(?P<base>https?://[^/?#]+(?:/[^?#]*?)?)" + _pattern(path))
    return pattern, tuple(HOLE.findall(path)), literal
