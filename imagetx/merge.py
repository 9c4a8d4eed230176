"""
Merging: the answers of several calls become one, in the order of the calls whatever order they came in.

What each call says for itself (`created`, `request_id`, echoes, provider_metadata) is that of the first call
that succeeded; images, texts and drafts are put one behind the other; tokens are added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from imagetx.call import Call, is_error
from imagetx.derived import complete_response
from imagetx.document import Json
from imagetx.notes import Note

_LISTS: Final = ("drafts", "text")


def merged(calls: Sequence[Call], request: Mapping[str, Json]) -> Mapping[str, Json]:
    """
    Merge the answers of calls that are all over.

    Args:
        calls: In their order.
        request: The request that they share.

    Returns:
        A canonical response where one or more calls gave images, with `errors` of the others;
        else the error of the first call.
    """
    said = [(call, call.outcome()) for call in calls]
    good = [(call, answer) for call, answer in said if not is_error(answer)]
    if not good or len(said) == 1:
        return said[0][1]
    whole = {name: value for name, value in good[0][1].items() if name not in ("usage", "outcome", "filtered")}
    whole["data"] = _renumbered([_shifted(item, call) for call, answer in good for item in answer["data"]])
    if any(answer.get("output_format") != whole.get("output_format") for _, answer in good):
        whole.pop("output_format", None)  # it is said where all images are of it
    filtered = [_shifted(entry, call) for call, answer in good for entry in answer.get("filtered") or ()]
    listed = {name: [item for _, answer in good for item in answer.get(name) or ()] for name in _LISTS}
    errors = [_placed(answer, call) for call, answer in said if is_error(answer)]
    lists = {**listed, "filtered": filtered, "errors": errors}
    whole |= {name: items for name, items in lists.items() if items}
    usage = added([answer.get("usage") for _, answer in good])
    if usage:
        whole["usage"] = usage
    judged = str(complete_response(whole, asked=request)["outcome"])
    short = any(answer.get("outcome") == "partial" for _, answer in good)
    whole["outcome"] = "partial" if errors or (short and judged == "complete") else judged
    return whole


def added(parts: Sequence[Json]) -> Json:
    """
    Add up counts, objects of them member by member.

    Returns:
        The sum; None where a part is unknown: a sum that leaves one out would be wrong.
    """
    if all(isinstance(part, Mapping) for part in parts):
        sums = {name: added([part.get(name) for part in parts]) for name in parts[0]}
        return {name: value for name, value in sums.items() if value is not None} or None
    counts = [part for part in parts if isinstance(part, int) and not isinstance(part, bool)]
    return sum(counts) if len(counts) == len(parts) else None


def unfetched(calls: Sequence[Call], request: Mapping[str, Json]) -> Iterator[Note]:
    """Yield a note for every image that stays a URL although bytes are wanted, as `request` does."""
    asked = request.get("response_format")
    for at, call in enumerate(calls):
        said = call.outcome()
        for index, item in enumerate(() if is_error(said) else said["data"]):
            if item.get("b64_json") is None and item.get("url") is not None:
                fault = (call.fetches[index].fault or {}) if index in call.fetches else {}
                why = fault.get("error", {}).get("message", "it is at no public http(s) address, or one of too many")
                reason = f"image {index} of call {at} stays where it is: {why}"
                yield Note(pointer="/response_format", kind="emulated", given=asked, used="url", reason=reason)


def unlinked(said: Mapping[str, Json], used: str, notes: Iterable[Note]) -> Iterator[Note]:
    """
    Yield a note if images came as bytes although URLs were asked for.

    Args:
        said: A canonical response.
        used: What is given in their place: `b64_json` or `data_url`.
        notes: What is known already: perhaps that the dialect gives no URLs.
    """
    count = sum(item.get("b64_json") is not None for item in said["data"])
    if count > 0 and not any(note.pointer == "/response_format" for note in notes):
        kind = "approximated" if used == "b64_json" else "emulated"
        reason = f"{count} of {len(said['data'])} images came as bytes"
        yield Note(pointer="/response_format", kind=kind, given="url", used=used, reason=reason)


def _shifted(entry: Mapping[str, Json], call: Call) -> dict[str, Json]:
    """Count the place of what a call gave, or held back, from the first image of all."""
    at = entry.get("index")
    return {**entry, "index": at + call.share.first} if isinstance(at, int) else dict(entry)


def _renumbered(items: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """Count anew where a call gave more images than it was asked for, into the places of the next."""
    places = [item.get("index") for item in items]
    if len({*places}) == len(places):
        return items
    return [{**item, "index": index} for index, item in enumerate(items)]


def _placed(error: Mapping[str, Json], call: Call) -> dict[str, Json]:
    """Say which images a failed call was to give."""
    return {"index": call.share.first, "n": call.share.n, **error}
