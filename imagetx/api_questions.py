"""
The public functions that ask and send nothing, over the built-in providers; `imagetx.api` has those that translate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from imagetx.api import registry
from imagetx.canonical import ImageRequest
from imagetx.errors import Json
from imagetx.policy import Policy
from imagetx.target import Target

if TYPE_CHECKING:
    from imagetx.ability import Capabilities
    from imagetx.verdict import Check, Ranked


def capabilities(target: str | Target) -> Capabilities:
    """
    Tell what a target can do: its operations and, in each, what becomes of every canonical field.

    It is asked of the compiled dialects, field by field, in all circumstances that their rules tell apart: what is
    `supported`, in `values` or within a range arrives, and what is not yields a note or a problem.

    Args:
        target: As for `encode_request`; a provider alone means its first active model.

    Returns:
        A Capabilities document; its JSON Schema is schemas/canonical/capabilities.schema.json, its plain form
        `.model_dump(exclude_unset=True)`.

    Raises:
        RequestError: The model has no such operation as the target names.
        ResolveError: No such target.
    """
    return registry().capabilities(target)


def check(
    request: Mapping[str, Json] | ImageRequest,
    target: str | Target,
    *,
    policy: Policy = "adapt",
    as_of: str | date | None = None,
    emulate: Iterable[str] = (),
    url_as: str = "b64_json",
) -> Check:
    """
    Tell what `plan` would do with a request: what it costs in calls, what is lost, or why it is refused.

    Args:
        request: As for `encode_request`.
        target: As for `encode_request`.
        policy: As for `encode_request`.
        as_of: As for `encode_request`.
        emulate: As for `encode_request`.
        url_as: As for `plan`.

    Returns:
        A Check. What the request or the target cannot do, and what the policy does not take, are its `problems`:
        the same that `plan` raises.

    Raises:
        RequestError: An option has another value than it may, or the request is no object at all.
        ResolveError: The target is neither a text nor a Target.
    """
    return registry().check(request, target, policy=policy, as_of=as_of, emulate=emulate, url_as=url_as)


def rank(
    request: Mapping[str, Json] | ImageRequest,
    targets: Iterable[str | Target],
    *,
    weights: Mapping[str, int | float] | None = None,
    policy: Policy = "adapt",
    as_of: str | date | None = None,
    emulate: Iterable[str] = (),
    url_as: str = "b64_json",
) -> list[Ranked]:
    """
    Order targets by how well they can serve a request, the best first.

    A score is the sum of what the notes weigh: dropped and overruled 8, emulated 4, approximated, clamped and assumed
    2, defaulted 0, each times the weight of its field; and advice: retired 8, unverified 4, deprecated 1. Of equal
    scores fewer calls come first, then the order given. Those that refuse come last, in the order given.

    Args:
        request: As for `encode_request`.
        targets: Each as for `encode_request`; one that is given twice is ranked twice.
        weights: Finite numbers from 0 on by canonical field; 1 for a field that is not in it.
        policy: As for `encode_request`: what a strict policy raises is refused.
        as_of: As for `encode_request`.
        emulate: As for `encode_request`.
        url_as: As for `plan`.

    Returns:
        A Ranked for every target.

    Raises:
        RequestError: An option has another value than it may, a weight is no finite number from 0 on or of no
            canonical field, or the request is no object at all.
        ResolveError: A target is neither a text nor a Target.
    """
    return registry().rank(
        request, targets, weights=weights, policy=policy, as_of=as_of, emulate=emulate, url_as=url_as
    )


def explain(
    target: str | Target,
    *,
    policy: Policy = "adapt",
    as_of: str | date | None = None,
    emulate: Iterable[str] = (),
    url_as: str = "b64_json",
) -> dict[str, Json]:
    """
    Describe what a target's dialect does with every canonical field.

    Args:
        target: As for `encode_request`; a provider alone means its first active model.
        policy: As for `encode_request`.
        as_of: As for `encode_request`.
        emulate: As for `encode_request`.
        url_as: As for `encode_request`.

    Returns:
        A document: the flat table of fields, native places, codecs and limits, with sources.

    Raises:
        ResolveError: No such target.
    """
    return registry().explain(target, policy=policy, as_of=as_of, emulate=emulate, url_as=url_as)


def providers() -> tuple[str, ...]:
    """Return the main names of the providers."""
    return registry().providers()


def models(provider: str | None = None) -> list[dict[str, Json]]:
    """
    List models with family, dialects, status, dates and source.

    Args:
        provider: Main name or alias; None is all.

    Raises:
        ResolveError: No such provider.
    """
    return registry().models(provider)
