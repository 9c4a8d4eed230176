"""
Routes: of which endpoints a URL may be, told by the end of its path.

An endpoint is filed under the last segment of its template that is literal, and how far from the
end that stands; a URL is compared only with those filed under one of its own segments, whose
dialects are compiled then. So a look-up does not take longer where there are more providers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from imagetx.dialect import Dialect
from imagetx.endpoint import Match
from imagetx.hole import HOLE
from imagetx.spec import Provider, flat

_Tail = tuple[int, str] | None
_MOST_KEPT: Final = 1024
_LONGEST_KEPT: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """
    An endpoint of a dialect.

    Attributes:
        order: Place among all routes: providers by name, their dialects as they stand.
        view: The provider.
        name: The dialect.
        families: Those that share the endpoint; the first reads what tells the others apart.
        own: It is the families' own: the path tells the model, whatever its deployment is called.
    """

    order: int
    view: Provider
    name: str
    families: Sequence[str]
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A route that a URL fits: its dialect as the first family speaks it, what the URL says, the model in its path."""

    route: Route
    dialect: Dialect
    match: Match
    model: str | None


class Routes:
    """
    The endpoints of a set of providers.

    Args:
        providers: Views by name.
        dialect: (provider, dialect, family) -> the compiled dialect.
    """

    def __init__(self, providers: Mapping[str, Provider], dialect: Callable[[str, str, str], Dialect]) -> None:
        self._providers = providers
        self._dialect = dialect
        self._tails: dict[str | None, dict[_Tail, list[Route]]] = {}
        self._known: dict[tuple[str, str | None], tuple[Fit, ...]] = {}

    def fits(self, url: str, provider: str | None) -> tuple[Fit, ...]:
        """
        Return the routes that a URL (without query) fits: the most literal first, of these the provider's own host.

        Args:
            url: The URL.
            provider: Whose routes; None looks at all.
        """
        found = self._known.get((url, provider))
        if found is None:
            found = tuple(sorted(self._compared(url, provider), key=_rank))
            if len(self._known) < _MOST_KEPT and len(url) <= _LONGEST_KEPT:
                self._known[url, provider] = found
        return found

    def _compared(self, url: str, provider: str | None) -> Iterator[Fit]:
        """Compare a URL with the routes that its segments name."""
        tails = self._tails.get(provider)
        if tails is None:
            tails = self._tails[provider] = self._filed(provider)
        segments = url.split("/")
        depths = sorted({tail[0] for tail in tails if tail is not None and tail[0] < len(segments)})
        named: list[_Tail] = [None, *((depth, segments[-1 - depth]) for depth in depths)]
        routes = {route.order: route for tail in named for route in tails.get(tail, ())}
        for route in routes.values():
            dialect = self._dialect(route.view.name, route.name, route.families[0])
            match = dialect.request.endpoint.match(url)
            if match is not None:
                yield Fit(route=route, dialect=dialect, match=match, model=dialect.request.model_in(match.holes))

    def _filed(self, provider: str | None) -> dict[_Tail, list[Route]]:
        """File the routes of one provider, or of all, under the ends of their templates."""
        filed: dict[_Tail, list[Route]] = {}
        names = sorted(self._providers) if provider is None else [provider]
        for route in self._routes(names):
            says = flat(self._providers, route.view.name, route.name, route.families[0])["request"]
            for tail in dict.fromkeys(map(_tail, (says["url"], *says.get("reads", ())))):
                filed.setdefault(tail, []).append(route)
        return filed

    def _routes(self, names: Sequence[str]) -> Iterator[Route]:
        order = 0
        for view in map(self._providers.__getitem__, names):
            for name in view.dialects:
                for url, families in view.routes[name].items():
                    yield Route(order=order, view=view, name=name, families=families, own=url is not None)
                    order += 1


def _rank(fit: Fit) -> tuple[int, bool, int]:
    return -fit.match.literal, not fit.match.host, fit.route.order


def _tail(template: str) -> _Tail:
    """Return the last segment of a template that is literal, with its distance from the end; None if none is."""
    _, *segments = template.removeprefix("{base_url}").partition("?")[0].split("/")
    literal = ((at, segment) for at, segment in enumerate(reversed(segments)) if HOLE.search(segment) is None)
    return next(literal, None)
