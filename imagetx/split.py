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
from imagetx.document import Json
from imagetx.errors import Problem, RequestError, shorten
from imagetx.notes import Note
from imagetx.policy import Options
from imagetx.target import Target

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
        shares = _shares(n, most, catalog.limits.calls)
        try:
            first = ask.encode(catalog, shares[0].of(request), target, adapting)
        except RequestError as error:
            if not _is_of_n(error):
                raise
            refused = error  # a form of the dialect takes fewer
            continue
        shares, notes = _seeded(shares, request.get("seed"), first.notes, dialect.request.seeds)
        known = {(note.kind, note.pointer) for note in notes}
        for share in shares[1:]:  # what one of them cannot say, no call is made for
            said = ask.encode(catalog, share.of(request), target, adapting).notes
            fresh = [note for note in said if (note.kind, note.pointer) not in known]
            notes += fresh
            known |= {(note.kind, note.pointer) for note in fresh}
        return shares, notes
    raise refused


def least_calls(n: Json, most: int | None) -> int:
    """Tell how many calls a number of images takes at least; 1 where it is none."""
    count = _count(n)
    return 1 if count is None or most is None or count <= 0 else -(-count // most)


def _is_of_n(error: RequestError) -> bool:
    """Say whether a request asks for a number of images that one call does not give."""
    return any(problem.pointer == "/n" for problem in error.problems)


def _seeded(
    shares: list[Share], given: Json, notes: tuple[Note, ...], seeds: tuple[int, int | None]
) -> tuple[list[Share], list[Note]]:
    """
    Give each share but the first its own seed, and note it.

    Args:
        shares: In their order.
        given: The seed of the request.
        notes: Those of the first share.
        seeds: The least and the greatest seed of the dialect.
    """
    seed = _seed(given, notes)
    if seed is None:
        return shares, list(notes)
    used = [_wrapped(seed + share.first, seeds) for share in shares]
    own = [replace(share, seed=each) for share, each in zip(shares[1:], used[1:], strict=True)]
    kind = "defaulted" if given is None else "approximated"
    others = [note for note in notes if note.pointer != "/seed"]
    return [shares[0], *own], [*others, Note(pointer="/seed", kind=kind, given=given, used=used, reason=_WHY)]


def _shares(n: int, most: int, most_calls: int) -> list[Share]:
    """Part n images into shares of at most `most`."""
    calls = -(-n // most)
    if calls > most_calls:
        message = f"expected an n of at most {most_calls} calls of at most {most}, got {shorten(n)}"
        raise RequestError(Problem(pointer="/n", message=message, given=n))
    return [Share(first=first, n=min(most, n - first)) for first in range(0, n, most)]


def _count(n: Json) -> int | None:
    """Return how many images are asked for, if that is a number of them."""
    whole = (isinstance(n, int) and not isinstance(n, bool)) or (isinstance(n, float) and n.is_integer())
    return int(n) if whole else None


def _seed(given: Json, notes: Iterable[Note]) -> int | None:
    """Tell the seed of the first call: as asked and sent, or the one that silence is said to mean."""
    of_seed = [note for note in notes if note.pointer == "/seed"]
    if given is not None:
        dropped = any(note.kind == "dropped" for note in of_seed)
        return None if dropped or not isinstance(given, int | float) else int(given)
    used = next((note.used for note in of_seed if note.kind == "defaulted"), None)
    return used if isinstance(used, int) else None


def _wrapped(seed: int, seeds: tuple[int, int | None]) -> int:
    """Keep a seed within the dialect's range: above its end it begins again."""
    low, high = seeds
    return seed if high is None or seed <= high else low + (seed - low) % (high - low + 1)
