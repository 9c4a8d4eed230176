"""
Responses, both ways: what `decode_response` and `encode_response` do.

A success is tried first, then the provider's error shapes, then what the status alone says.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from math import inf
from typing import Final, TypeGuard

from imagetx.answerer import asked_of, dialect_of, others_of
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse, document, error_of, response_of
from imagetx.catalog import Catalog, Resolved
from imagetx.ceilings import OWN, InputLimits, admit
from imagetx.checked import checked, is_image, items_of
from imagetx.derived import NO_MESSAGE, complete_error, complete_response
from imagetx.dialect import Answers
from imagetx.document import ABSENT, Json, with_texts
from imagetx.errors import Problem, RequestError, WireError, shorten
from imagetx.form import asked_by, in_form, wanted_variant, with_bytes
from imagetx.headers import media_type
from imagetx.image import base64_of
from imagetx.losses import independent, losses
from imagetx.message import read_response, write_response
from imagetx.metadata import is_foreign, metadata_of, with_metadata, without_metadata
from imagetx.notes import Note
from imagetx.pending import Pending
from imagetx.recognise import Recognised
from imagetx.retry import read_retry, write_retry
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.variant import AS, HEADERS, STATUS, Read, Variant
from imagetx.wire import NativeRequest, NativeResponse
from imagetx.words import METADATA

_LONGEST_WAIT_S: Final = 10**9
"""Who asks for more than thirty years says nothing that could be waited."""

_SEEN: Final = 3 * 1024
"""Bytes of a file that tell all that is read of it."""

_ID_BITS: Final = 256
"""A longer number is nobody's id, and is slow to write."""


def decode(
    catalog: Catalog,
    native: NativeResponse,
    target: Target,
    request: Mapping[str, Json] | ImageRequest | None,
    created: int | None,
) -> Translation[ImageResponse | ErrorResponse | Pending]:
    """Read a native response; see `imagetx.decode_response`."""
    resolved, said = _found(catalog, native, target, request, created)
    return resolved.translation(said if isinstance(said, Pending) else _modelled(said), resolved.notes)


def _modelled(said: dict[str, Json]) -> ImageResponse | ErrorResponse:
    """Make of the document of an answer what callers are given."""
    return error_of(said) if "error" in said else response_of(said)


def read(
    catalog: Catalog,
    native: NativeResponse,
    target: Target,
    request: Mapping[str, Json] | ImageRequest | None,
) -> Translation[dict[str, Json] | Pending]:
    """Read a native response as a plain document, to be said again."""
    resolved, said = _found(catalog, native, target, request, None)
    return resolved.translation(said, resolved.notes)


def _found(
    catalog: Catalog,
    native: NativeResponse,
    target: Target,
    request: Mapping[str, Json] | ImageRequest | None,
    created: int | None,
) -> tuple[Resolved, dict[str, Json] | Pending]:
    """Find who answered, and what."""
    if not isinstance(native, NativeResponse):
        message = f"expected a NativeResponse, got {type(native).__name__}"
        raise RequestError(Problem(pointer="", message=message))
    asked = asked_of(request, created)
    resolved = dialect_of(catalog, target, asked)
    if target.model is None and (asked or {}).get("model") is None:  # nobody says which dialect answered
        for other in (resolved, *others_of(catalog, target, resolved.dialect)):
            with suppress(WireError):
                found = _read(other, native, asked, created, catalog.limits)
                if isinstance(found, Pending) or "error" not in found:
                    return other, found
    return resolved, _read(resolved, native, asked, created, catalog.limits)


def _read(
    resolved: Resolved,
    native: NativeResponse,
    asked: Mapping[str, Json] | None,
    created: int | None,
    limits: InputLimits,
) -> dict[str, Json] | Pending:
    """Read an answer: a success, else an error in the provider's shapes, else what its status says."""
    dialect = resolved.dialect
    if 200 <= native.status < 300:
        read = dialect.response.choice.decode(read_response(dialect.response, native, limits))
        if not isinstance(read, list) and read[2].name in dialect.response.polls:
            return _pending(resolved, read, native)
        plain = {} if isinstance(read, list) else with_bytes(read[0])
        count = sum(map(is_image, items_of(plain)))
        if count > 0 and not isinstance(read, list):  # else a success without an image
            if count < len(items_of(plain)) and plain.get("outcome", "complete") == "complete":
                plain["outcome"] = "partial"  # an image is missing where an item holds none
            said = with_metadata(plain, read[1], dialect)
            return complete_response(said, created=created, date=native.headers.get("date"), asked=asked)
    read = dialect.error.choice.decode(read_response(dialect.error, native, limits))
    if isinstance(read, list):
        who = resolved.served_by
        message = f"expected an answer of {who}, got status {native.status} and {shorten(native.body)}"
        raise WireError(Problem(pointer="/body", message=message))
    canonical, carried, _ = read
    canonical, carried = (with_texts(said, dialect.error.redact) for said in (canonical, carried))
    if canonical.get("status", 400) < 400:  # a redirect nobody followed: no status for a client, who has its category
        carried = {**carried, STATUS: canonical.pop("status")}
    wait = read_retry(native.headers)
    if wait is not None:
        canonical["retry_after_s"] = wait
    return complete_error(with_metadata(canonical, carried, dialect))


def _pending(resolved: Resolved, read: Read, native: NativeResponse) -> Pending:
    """Read an answer that work has begun, and make the request that follows it."""
    dialect = resolved.dialect
    canonical, carried, variant = read
    poll = dialect.response.polls[variant.name]
    said = (read_retry(native.headers), canonical.get("after_s"), poll.after_s)
    waits = [wait for wait in said if _is_number(wait) and 0 <= wait <= _LONGEST_WAIT_S]
    requests = dialect.request
    holes = requests.path_of(resolved.wire_model)
    carried = {name: value for name, value in carried.items() if name not in (AS, STATUS)}  # nothing to write again
    named, progress = canonical.get("id"), canonical.get("progress")
    if isinstance(named, int) and not isinstance(named, bool) and named.bit_length() <= _ID_BITS:
        canonical["id"] = named = str(named)
    asked = poll.request(canonical, requests.endpoint, holes, resolved.target.variables, resolved.credential)
    return Pending(
        id=named if isinstance(named, str) else None,
        poll=asked,
        named=asked is not None and asked.url == canonical.get("poll"),
        after_s=max(waits, default=None),
        progress=progress if _is_number(progress) else None,
        attempts=poll.attempts,
        deadline_s=poll.deadline_s,
        then=poll.then,
        provider_metadata=with_metadata({}, carried, dialect).get(METADATA, {}),
    )


def _is_number(value: Json) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < inf


def encode(
    catalog: Catalog,
    response: Mapping[str, Json] | ImageResponse | ErrorResponse | Pending,
    target: Target,
    request: NativeRequest | None,
    read_in: str | None = None,
) -> Translation[NativeResponse]:
    """Say a canonical response, read in a dialect (`provider/name`), natively; see `imagetx.encode_response`."""
    said = document(response) if isinstance(response, ImageResponse | ErrorResponse) else response
    admit(said, catalog.limits)
    given = checked(said)
    if request is not None and not isinstance(request, NativeRequest):
        message = f"expected the caller's NativeRequest, got {type(request).__name__}"
        raise RequestError(Problem(pointer="", message=message))
    asked = None if request is None else asked_by(catalog, request, target)
    resolved = _answering(catalog, target, asked)
    if read_in is not None and is_foreign(read_in, resolved.dialect):
        given = without_metadata(dict(given))
    form = None if asked is None else asked.canonical.get("response_format")
    given, empty = _without_empty(given)
    wanted = None
    if request is not None and "error" not in given:
        wanted = wanted_variant(resolved.dialect, request, given, catalog.limits)
    try:
        return _say(resolved, given, form, wanted, empty)
    except RequestError:
        if request is not None or "error" in given:
            raise
        with suppress(RequestError):  # where only URLs can be said, a data URL is one, and holds the same bytes
            return _say(resolved, in_form(given, "url", []), None, None, empty)
        raise


def _without_empty(given: Mapping[str, Json]) -> tuple[Mapping[str, Json], list[Note]]:
    """Leave out items without an image: there is nothing of them to say, in any dialect."""
    items = items_of(given)
    empty = {place: item for place, item in enumerate(items) if not is_image(item)}
    reason = "an item without an image"
    notes = [Note(pointer=f"/data/{at}", kind="dropped", given=item, reason=reason) for at, item in empty.items()]
    return ({**given, "data": list(filter(is_image, items))} if empty else given), notes


def _answering(catalog: Catalog, target: Target, asked: Recognised | None) -> Resolved:
    return dialect_of(catalog, target, None) if asked is None or target.model is not None else asked.resolved


def _say(
    resolved: Resolved, given: Mapping[str, Json], form: Json, wanted: Variant | None, noted: list[Note]
) -> Translation[NativeResponse]:
    """Say a checked answer, its images in this response_format; `noted` was lost of it before."""
    dialect = resolved.dialect
    rule_notes: list[Note] = []
    if "error" in given:
        answers, full = dialect.error, complete_error(given)
        if full["error"]["message"] == NO_MESSAGE:
            full["error"] = {key: value for key, value in full["error"].items() if key != "message"}
    else:
        given = in_form(given, form, rule_notes)
        answers, full = dialect.response, complete_response(given)
        if "output_format" not in given:  # what the images state each for themselves is no echo of the whole
            full.pop("output_format", None)
    carried = metadata_of(given, dialect)
    if carried is not ABSENT and wanted is not None and wanted.kind == "bytes":  # where keys have no place
        carried = {key: value for key, value in carried.items() if key in (HEADERS, STATUS)}
    native = _write(answers, full, carried, wanted, rule_notes)
    if "error" in given:
        native["headers"] = {**write_retry(full), **native["headers"]}
    value = write_response(native)
    # An answer is read back to see what it says: that is cheap beside its images, and no note is missed or false.
    back = _read_back(resolved, value, given)
    given = with_bytes(given)
    lost = [index for index, item in enumerate(items_of(given)) if not _is_same_image(item, back, index)]
    if lost:
        message = f"expected an image that {dialect.provider}/{dialect.name} can say here: images are never dropped"
        raise RequestError([Problem(pointer=f"/data/{index}", message=message) for index in lost])
    said = {note.pointer: note for note in rule_notes}
    notes = [note for note in rule_notes if note.kind in ("emulated", "defaulted")]
    notes += losses(independent(given), {**back, "created": back.get("created") or None}, said)
    return resolved.translation(value, [*resolved.notes, *noted, *notes])


def _read_back(resolved: Resolved, value: NativeResponse, given: Mapping[str, Json]) -> dict[str, Json]:
    """Read an answer as it was written; of a file that is an image only the beginning, for the rest was given."""
    body = value.body
    if not isinstance(body, bytes) or len(body) <= 2 * _SEEN or not media_type(value.headers).startswith("image/"):
        again = _read(resolved, value, None, None, OWN)
        return again.to_json() if isinstance(again, Pending) else again
    again = _read(resolved, NativeResponse(value.status, value.headers, body[:_SEEN]), None, None, OWN)
    if isinstance(again, Pending) or len(items_of(again)) != 1:
        return again.to_json() if isinstance(again, Pending) else again
    text, rest = items_of(given)[0].get("b64_json"), len(body) % 3 or 3
    same = isinstance(text, str) and len(text) == (len(body) + 2) // 3 * 4 and text.endswith(base64_of(body[-rest:]))
    again["data"][0]["b64_json"] = text if same else base64_of(body)
    return again


def _is_same_image(item: Mapping[str, Json], back: Mapping[str, Json], index: int) -> bool:
    items = items_of(back)
    return index < len(items) and any(
        item.get(name) is not None and items[index].get(name) is not None for name in ("b64_json", "url")
    )


def _write(
    answers: Answers, given: Mapping[str, Json], carried: Json, wanted: Variant | None, notes: list[Note]
) -> dict[str, Json]:
    """Let the dialect write a complete document; notes are those of its rules."""
    choice = answers.choice
    variant = choice.choose(given, carried) if wanted is None else wanted
    if variant is None:
        raise RequestError(Problem(pointer="", message="expected an answer that the dialect has a form for"))
    body: Json = [{}] if ("body",) in variant.record.lists else {}
    native: dict[str, Json] = {"status": 200, "headers": {}, "body": body}
    choice.encode(variant, given, native, notes, carried)
    native = {"status": 200, "headers": {}, "body": {}, **native, "kind": variant.kind}
    if variant.kind == "none" or (variant.kind == "any" and native["body"] == {}):
        native["body"] = None
    return native
