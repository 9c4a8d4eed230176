"""
Splitting: a request for more images than one call gives becomes several calls.

Each call asks for as many as the dialect takes, the last for the rest; the seed of a call is the
request's plus the index of its first image, wrapping in the dialect's range.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from imagetx import ask
from imagetx.catalog import Catalog
from imagetx.dialect import Dialect
from imagetx.document import Json
from imagetx.errors import Problem, RequestError, shorten
from imagetx.notes import Note
from imagetx.policy import Options
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeRequest

MOST_CALLS: Final = 1000
"""A plan has no more calls than this."""

_WHY: Final = "each call has its own seed: the seed plus the index of the call's first image"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """
    What one call asks for.

    Attributes:
        first: Index of its first image among all.
        n: How many images; None where the request does not say, and there is one call.
        seed: Its own seed; None where it is the request's.
    """

    first: int = 0
    n: int | None = None
    seed: int | None = None

    def of(self, request: Mapping[str, Json]) -> dict[str, Json]:
        """Give the request of this call."""
        own = {"n": self.n, "seed": self.seed}
        return {**request, **{name: value for name, value in own.items() if value is not None}}


def split(
    catalog: Catalog, request: Mapping[str, Json], target: Target, options: Options
) -> tuple[list[Share], list[Note]]:
    """
    Split a request into calls that can all be encoded.

    Args:
        catalog: The providers.
        request: The canonical request.
        target: Who is to answer.
        options: As of an encode; the policy is not held here.

    Returns:
        The shares in order, and the notes of all calls.

    Raises:
        RequestError: No share of it can be said.
        ResolveError: No such target.
    """
    adapting = replace(options, policy="adapt")
    n = _count(request.get("n"))
    try:
        return [Share()], list(ask.encode(catalog, request, target, adapting).notes)
    except RequestError as error:
        if n is None or not _is_of_n(error):
            raise
        refused = error
    dialect = ask.resolve(catalog, request, target, options).dialect
    for most in dict.fromkeys((dialect.request.most, 1)):
        if most is None or not 0 < most < n:
            continue
        try:
            ask.encode(catalog, {**request, "n": most}, target, adapting)
        except RequestError as error:
            if not _is_of_n(error):
                raise
            refused = error  # a form of the dialect takes fewer
        else:
            return _split(catalog, request, target, adapting, dialect, _shares(n, most))
    raise refused


def _is_of_n(error: RequestError) -> bool:
    """Say whether a request asks for a number of images that one call does not give."""
    return any(problem.pointer == "/n" for problem in error.problems)


def _split(
    catalog: Catalog,
    request: Mapping[str, Json],
    target: Target,
    options: Options,
    dialect: Dialect,
    shares: list[Share],
) -> tuple[list[Share], list[Note]]:
    """Give each share its seed, and encode them all: what one cannot say, no call is made for."""

    def encoded(share: Share) -> Translation[NativeRequest]:
        return ask.encode(catalog, share.of(request), target, options)

    first = encoded(shares[0])
    seed = _seed(request, first.notes)
    notes = list(first.notes)
    if seed is not None:
        limits = dialect.says["request"].get("limits", {}).get("seed", {})
        seeds = [_wrapped(seed + share.first, limits) for share in shares]
        shares = [shares[0], *(replace(share, seed=own) for share, own in zip(shares[1:], seeds[1:], strict=True))]
        given = request.get("seed")
        kind = "defaulted" if given is None else "approximated"
        notes = [note for note in notes if note.pointer != "/seed"]
        notes.append(Note(pointer="/seed", kind=kind, given=given, used=seeds, reason=_WHY))
    known = {(note.kind, note.pointer) for note in notes} | {("defaulted", "/seed")}
    for share in shares[1:]:
        fresh = [note for note in encoded(share).notes if (note.kind, note.pointer) not in known]
        notes += fresh
        known |= {(note.kind, note.pointer) for note in fresh}
    return shares, notes


def _shares(n: int, most: int) -> list[Share]:
    """Part n images into shares of at most `most`."""
    calls = -(-n // most)
    if calls > MOST_CALLS:
        message = f"expected an n of at most {MOST_CALLS} calls of at most {most}, got {shorten(n)}"
        raise RequestError(Problem(pointer="/n", message=message, given=n))
    return [Share(first=first, n=min(most, n - first)) for first in range(0, n, most)]


def _count(n: Json) -> int | None:
    """Return how many images are asked for, if that is a number of them."""
    whole = (isinstance(n, int) and not isinstance(n, bool)) or (isinstance(n, float) and n.is_integer())
    return int(n) if whole else None


def _seed(request: Mapping[str, Json], notes: Iterable[Note]) -> int | None:
    """Tell the seed of the first call: as asked and sent, or the one that silence is said to mean."""
    of_seed = [note for note in notes if note.pointer == "/seed"]
    given = request.get("seed")
    if given is not None:
        dropped = any(note.kind == "dropped" for note in of_seed)
        return None if dropped or not isinstance(given, int | float) else int(given)
    used = next((note.used for note in of_seed if note.kind == "defaulted"), None)
    return used if isinstance(used, int) else None


def _wrapped(seed: int, limits: Mapping[str, Json]) -> int:
    """Keep a seed within the dialect's range: above its end it begins again."""
    low, high = int(limits.get("minimum", 0)), limits.get("maximum")
    return seed if high is None or seed <= high else low + (seed - low) % (int(high) - low + 1)
