"""The calls that a plan begins with: section 14 of the guide, without polls and fetches."""

from __future__ import annotations

import encode
import geometry
import images
import targets
import values
from documents import Json, is_number
from targets import Corpus, NotRun, resolve

REFUSALS = (values.Unsayable, geometry.Refused, images.Refused, targets.Refused)


def calls(corpus: Corpus, vector: Json) -> list[Json]:
    """Give the native requests of the calls, in their order."""
    if any(step["branch"].startswith(("image", "mask")) for step in vector["steps"]):
        raise NotRun("inputs")
    request = {name: value for name, value in vector["request"].items() if name != "stream" or value is not True}
    as_of = vector.get("options", {}).get("as_of")

    def asked(share: Json) -> Json:
        return encode.encode(corpus, {**request, **share}, vector["target"], as_of)[0]

    try:
        return [asked({})]
    except REFUSALS:
        if not is_number(request.get("n")):
            raise
    flat = resolve(corpus, vector["target"], request, as_of).flat
    for most in (flat["request"].get("limits", {}).get("n", {}).get("maximum", 1), 1):
        try:
            return [asked(share) for share in _shares(flat, request, int(request["n"]), most)]
        except REFUSALS:
            continue
    raise NotRun("no split")


def _shares(flat: Json, request: Json, n: int, most: int) -> list[Json]:
    """Part n images into calls, each with its own seed but the first."""
    shares = []
    for first in range(0, n, most):
        share: Json = {"n": min(most, n - first)}
        seed = _seed(flat, request)
        if seed is not None and first > 0:
            share["seed"] = _wrapped(flat, seed + first)
        shares.append(share)
    return shares


def _seed(flat: Json, request: Json) -> Json:
    """Give the seed of the first call: as asked, or what silence means there; none where it is dropped."""
    rules = [rule for variant in flat["request"]["variants"].values() for rule in variant["rules"]]
    said = next((rule for rule in rules if rule.get("from") == "seed"), None)
    return None if said is None else request.get("seed", said.get("absent"))


def _wrapped(flat: Json, seed: int) -> int:
    limit = flat["request"].get("limits", {}).get("seed", {})
    low, high = limit.get("minimum", 0), limit.get("maximum")
    return seed if high is None else low + (seed - low) % (high - low + 1)
