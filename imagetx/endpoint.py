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
from urllib.parse import quote, unquote

from imagetx.document import parse_pattern
from imagetx.errors import Problem, ResolveError, shorten

_HOLE: Final = re.compile(r"\{([a-z_]+)\}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
_HOST_SAFE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]{0,252}")
_BASE_URL: Final = re.compile(
    r"https?://(?:[A-Za-z0-9.\-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~!$&'()*+,;=:@%-]+)*/?"
)


def encode_segment(name: str, value: str) -> str:
    """
    Percent-encode a value as one path segment.

    Raises:
        ResolveError: The value is empty, `.` or `..`, or cannot be encoded.
    """
    if _UNRESERVED.fullmatch(value):
        return value
    if value in {"", ".", ".."} or any(ord(char) < 32 or ord(char) == 127 for char in value):
        problem = Problem(
            pointer="", message=f"expected a name for {name} in the URL, got {shorten(value)}", given=value
        )
        raise ResolveError(problem)
    try:
        return quote(value, safe="")
    except UnicodeEncodeError as error:
        problem = Problem(pointer="", message=f"expected text that UTF-8 can carry for {name}, got {shorten(value)}")
        raise ResolveError(problem) from error


def read_segment(name: str, text: str) -> str | None:
    """Read a percent-encoded piece of a path, or return None for what `encode_segment` would not write."""
    try:
        value = unquote(text, errors="strict")
        encode_segment(name, value)
    except (UnicodeDecodeError, ResolveError):
        return None
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A variable of an endpoint: its default, whether its query parameter may be left out, and its form."""

    default: str | None = None
    optional: bool = False
    pattern: str | None = None

    def takes(self, value: str) -> bool:
        """Say whether a value has the variable's form."""
        return self.pattern is None or parse_pattern(self.pattern).fullmatch(value) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A URL that fits: what its holes and variables hold, and how much of it was literal."""

    holes: Mapping[str, str]
    variables: Mapping[str, str]
    query: Mapping[str, str]
    literal: int
    host: bool


class Endpoint:
    """
    A URL template of a dialect, filled and matched.

    Args:
        base: The provider's base URL, which may hold {variables} in its host.
        template: `{base_url}` and the path that the dialect adds.
        variables: The variables that have a default or are optional.
        reads: Further templates that are only matched.
        hosts: Further base URLs of the service, which are only matched.
    """

    __slots__ = ("_base", "_bases", "_parts", "_patterns", "_query", "_variables", "_whole", "template")

    def __init__(
        self,
        base: str,
        template: str,
        variables: Mapping[str, Variable],
        reads: Sequence[str] = (),
        hosts: Sequence[str] = (),
    ) -> None:
        self.template = template
        self._base = base
        path, _, query = template.removeprefix("{base_url}").partition("?")
        self._parts = _HOLE.split(path)
        pairs = (item.partition("=") for item in query.split("&") if query)
        self._query = {name: hole.strip("{}") for name, _, hole in pairs}
        self._variables = variables
        plain = len(self._parts) == 1 and not self._query and "{" not in base
        self._whole = base + path if plain else None
        self._bases = [re.compile(_pattern(text, "[A-Za-z0-9-]+") + "/?") for text in (base, *hosts)]
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
        named = {name for pattern in self._bases for name in pattern.groupindex}
        return frozenset({*named, *self._variables, *self._query.values()})

    def fill(self, holes: Mapping[str, str], given: Mapping[str, str]) -> tuple[str, dict[str, str]]:
        """
        Write the URL without its query, and the query parameters that variables fill.

        Raises:
            ResolveError: A variable is missing, or a value has no place in a URL.
        """
        if self._whole is not None and "base_url" not in given:
            return self._whole, {}
        url = self.base(given)
        for index, part in enumerate(self._parts):
            if index % 2 == 0:
                url += part
            else:
                value = holes[part] if part in holes else self._variable(part, given)
                url += encode_segment(part, value)
        query: dict[str, str] = {}
        for name, variable in self._query.items():
            if variable in given or not self._optional(variable):
                query[name] = self._variable(variable, given)
        return url, query

    def base(self, given: Mapping[str, str]) -> str:
        """Write the start of the URL: `base_url` if it is given, else the provider's, its host filled."""
        if "base_url" in given:
            text = given["base_url"]
            if not isinstance(text, str) or not _is_base(text):
                message = f"expected base_url as an http(s) URL without query, got {shorten(text)}"
                raise ResolveError(Problem(pointer="", message=message, given=text))
            return text.rstrip("/")
        if "{" not in self._base:
            return self._base
        return _HOLE.sub(lambda match: self._host(match[1], given), self._base)

    def match(self, url: str) -> Match | None:
        """Read a URL (without query), or return None if it does not fit."""
        best: Match | None = None
        for pattern, names, literal in self._patterns:
            found = pattern.fullmatch(url)
            if found is None or (best is not None and literal <= best.literal) or not _is_base(found["base"]):
                continue
            read = {name: read_segment(name, found[name]) for name in names}
            values = {name: value for name, value in read.items() if value is not None}
            if len(values) < len(names):
                continue
            variables, host = self._read_base(found["base"])
            for name in [name for name in values if name in self._variables]:
                value = values.pop(name)
                if value != self._variables[name].default:
                    variables[name] = value
            best = Match(holes=values, variables=variables, query=self._query, literal=literal, host=host)
        return best

    def read_query(self, said: Mapping[str, str]) -> dict[str, str]:
        """Read the variables that stand in the query of a URL; one of another form is not read."""
        found = {variable: said[name] for name, variable in self._query.items() if name in said}
        return {
            name: value
            for name, value in found.items()
            if value != self._default(name) and (name not in self._variables or self._variables[name].takes(value))
        }

    def _read_base(self, base: str) -> tuple[dict[str, str], bool]:
        """Read the variables in the start of a URL; another start than the provider's own is `base_url`."""
        for index, pattern in enumerate(self._bases):
            found = pattern.fullmatch(base)
            if found is not None:
                said = {name: value for name, value in found.groupdict().items() if value != self._default(name)}
                return (said if index == 0 else {**said, "base_url": base}), True
        return {"base_url": base}, False

    def _default(self, name: str) -> str | None:
        variable = self._variables.get(name)
        return None if variable is None else variable.default

    def _optional(self, name: str) -> bool:
        variable = self._variables.get(name)
        return variable is not None and variable.optional

    def _variable(self, name: str, given: Mapping[str, str]) -> str:
        value: Any = given.get(name, self._default(name))
        if isinstance(value, str) and value and (name not in self._variables or self._variables[name].takes(value)):
            return value
        if name in given:
            pattern = None if name not in self._variables else self._variables[name].pattern
            form = "a text" if pattern is None else f"a text like {pattern}"
            message = f"expected the variable {name!r} as {form}, got {shorten(value)}"
            raise ResolveError(Problem(pointer="", message=message, given=value))
        message = f"expected the variable {name!r}, which {self._base}{self.template.removeprefix('{base_url}')} needs"
        raise ResolveError(Problem(pointer="", message=message, expected=f"variable {name}"))

    def _host(self, name: str, given: Mapping[str, str]) -> str:
        value = self._variable(name, given)
        if _HOST_SAFE.fullmatch(value):
            return value
        message = f"expected letters, digits, dots and hyphens for {name}, got {shorten(value)}"
        raise ResolveError(Problem(pointer="", message=message, given=value))


def _is_base(url: str) -> bool:
    """Say whether a text is the start of a URL: no credentials, query, fragment or dot segments."""
    if not _BASE_URL.fullmatch(url):
        return False
    return not any(segment in {".", ".."} for segment in unquote(url.split("://", 1)[1]).split("/"))


def _pattern(text: str, hole: str) -> str:
    pieces = _HOLE.split(text)
    return "".join(re.escape(piece) if index % 2 == 0 else f"(?P<{piece}>{hole})" for index, piece in enumerate(pieces))


def _compile(template: str) -> tuple[re.Pattern[str], tuple[str, ...], int]:
    path = template.removeprefix("{base_url}").partition("?")[0]
    literal = len(_HOLE.sub("", path))
    # a hole runs to the next literal: `{model}:{verb}` splits at the last colon
    pattern = re.compile(r"(?P<base>https?://[^/?#]+(?:/[^?#]*?)?)" + _pattern(path, "[^/?#]+"))
    return pattern, tuple(_HOLE.findall(path)), literal
