"""
Responses, both ways: what `decode_response` and `encode_response` do.

A success is tried first, then the provider's error shapes, then what the status alone says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse, document, error_of, response_of
from imagetx.catalog import Catalog, Resolved
from imagetx.derived import NO_MESSAGE, complete_error, complete_response
from imagetx.dialect import Answers, Dialect
from imagetx.document import ABSENT, Json, equal, merge, pointer_of
from imagetx.errors import Problem, RequestError, WireError, shorten
from imagetx.message import read_response, write_response
from imagetx.notes import Note
from imagetx.retry import read_retry, write_retry
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.variant import Variant
from imagetx.wire import NativeRequest, NativeResponse

_METADATA = "provider_metadata"
_INFORMATION = frozenset({_METADATA, "native_status", "outcome"})


def decode(
    catalog: Catalog,
    native: NativeResponse,
    target: Target,
    request: Mapping[str, Json] | ImageRequest | None,
    created: int | None,
) -> Translation[ImageResponse | ErrorResponse]:
    """Read a native response; see `imagetx.decode_response`."""
    if not isinstance(native, NativeResponse):
        message = f"expected a NativeResponse, got {type(native).__name__}"
        raise RequestError(Problem(pointer="", message=message))
    asked = document(request) if isinstance(request, ImageRequest) else request
    resolved = _resolved(catalog, target, asked)
    value = _read(resolved.dialect, native, asked, created)[0]
    return resolved.translation(value, [])


def _read(
    dialect: Dialect, native: NativeResponse, asked: Mapping[str, Json] | None, created: int | None
) -> tuple[ImageResponse | ErrorResponse, Variant]:
    """Read an answer: a success, else an error in the provider's shapes, else what its status says."""
    if 200 <= native.status < 300:
        read = dialect.response.choice.decode(read_response(dialect.response, native))
        if not isinstance(read, list):
            canonical, carried, variant = read
            said = _with_metadata(canonical, carried, dialect)
            full = complete_response(said, created=created, date=native.headers.get("date"), asked=asked)
            return response_of(full), variant
    read = dialect.error.choice.decode(read_response(dialect.error, native))
    if isinstance(read, list):
        who = f"{dialect.provider}/{dialect.name}"
        message = f"expected an answer of {who}, got status {native.status} and {shorten(native.body)}"
        raise WireError(Problem(pointer="/body", message=message))
    canonical, carried, variant = read
    wait = read_retry(native.headers)
    if wait is not None:
        canonical["retry_after_s"] = wait
    return error_of(complete_error(_with_metadata(canonical, carried, dialect))), variant


def encode(
    catalog: Catalog,
    response: Mapping[str, Json] | ImageResponse | ErrorResponse,
    target: Target,
    request: NativeRequest | None,
) -> Translation[NativeResponse]:
    """Say a canonical response natively; see `imagetx.encode_response`."""
    given = document(response) if isinstance(response, ImageResponse | ErrorResponse) else response
    if not isinstance(given, Mapping) or ("data" not in given and "error" not in given):
        message = f"expected an image response (data) or an error response (error), got {shorten(given)}"
        raise RequestError(Problem(pointer="", message=message, given=given))
    resolved = _resolved(catalog, target, None)
    dialect = resolved.dialect
    rule_notes: list[Note] = []
    wanted: Variant | None = None
    if "error" in given:
        answers, full = dialect.error, complete_error(given)
        if full["error"]["message"] == NO_MESSAGE:
            full["error"] = {key: value for key, value in full["error"].items() if key != "message"}
    else:
        answers, full = dialect.response, complete_response(given)
        if "output_format" not in given:  # what the images state each for themselves is no echo of the whole
            full.pop("output_format", None)
        full, wanted = _as_asked(dialect, full, request)
    native = _write(answers, full, _metadata_of(given, dialect), wanted, rule_notes)
    if "error" in given:
        native["headers"] = {**write_retry(full), **native["headers"]}
    value = write_response(native)
    # An answer is read back to see what it says: that is cheap beside its images, and no note is missed or false.
    back = document(_read(dialect, value, None, None)[0])
    notes = _losses(_timed(given), _timed(back), {note.pointer: note for note in rule_notes})
    return resolved.translation(value, list(notes))


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


def _as_asked(
    dialect: Dialect, full: dict[str, Json], request: NativeRequest | None
) -> tuple[dict[str, Json], Variant | None]:
    """Choose what the caller's own request asked for: bytes or JSON, URLs or base64."""
    if request is None:
        return full, None
    kinds = {variant.kind: variant for variant in reversed(dialect.response.choice.variants) if variant.when(full)}
    if "bytes" in kinds:
        accept = request.headers.get("accept", "*/*")
        return full, kinds.get("json" if "json" in accept else "bytes")
    kind, body = request.document()
    asks_url = kind == "json" and isinstance(body, dict) and "response_format" in _said_fields(dialect)
    if asks_url and body.get("response_format", "url") == "url":
        return {**full, "data": [_with_url(item) for item in full.get("data", [])]}, None
    return full, None


def _said_fields(dialect: Dialect) -> set[str]:
    rules = [rule for variant in dialect.request.choice.variants for rule in variant.record.rules if rule.owns]
    return {str(path[0]) for rule in rules for path in rule.fields}


def _with_url(item: Json) -> Json:
    """Give an image that exists only as bytes the form of a data URL."""
    if not isinstance(item, dict) or "url" in item or not isinstance(item.get("b64_json"), str):
        return item
    rest = {key: value for key, value in item.items() if key != "b64_json"}
    return {**rest, "url": f"data:{item.get('mime_type', 'image/png')};base64,{item['b64_json']}"}


def _timed(answer: Mapping[str, Json]) -> dict[str, Json]:
    """Take out a creation time of 0, which is the want of one."""
    return {key: value for key, value in answer.items() if key != "created" or value != 0}


def _losses(given: Json, back: Json, said: Mapping[str, Note], path: tuple[str, ...] = ()) -> Iterator[Note]:
    """
    Compare what was to be said with what the written answer says, and yield a note for every difference.

    Args:
        given: The canonical document, or a part of it.
        back: What decode reads in the answer, at the same place.
        said: The notes of the rules by pointer: they know the reason.
        path: The place.
    """
    if isinstance(given, dict) and isinstance(back, dict):
        for key, value in given.items():
            if path or key not in _INFORMATION:
                yield from _losses(value, back.get(key), said, (*path, key))
    elif isinstance(given, list) and isinstance(back, list) and given and isinstance(given[0], dict):
        for index, item in enumerate(given):
            yield from _losses(item, back[index] if index < len(back) else None, said, (*path, str(index)))
    elif given is not None and path[-1] != _METADATA and not equal(given, back):
        pointer = pointer_of(path)
        if pointer in said:
            yield said[pointer]
        elif back is None:
            yield Note(pointer=pointer, kind="dropped", given=given, reason="the dialect cannot say it")
        else:
            yield Note(pointer=pointer, kind="approximated", given=given, used=back, reason="this is what comes back")


def _with_metadata(canonical: dict[str, Json], carried: dict[str, Json], dialect: Dialect) -> dict[str, Json]:
    if not carried:
        return canonical
    said = canonical.get(_METADATA, {}).get(dialect.provider, {})  # native keys that a rule reads and keeps
    merge(said, carried, {})
    return {**canonical, _METADATA: {dialect.provider: said}}


def _metadata_of(given: Mapping[str, Json], dialect: Dialect) -> Json:
    metadata = given.get(_METADATA)
    carried = metadata.get(dialect.provider) if isinstance(metadata, Mapping) else None
    return carried if isinstance(carried, dict) else ABSENT


def _resolved(catalog: Catalog, target: Target, asked: Mapping[str, Json] | None) -> Resolved:
    """Find the dialect of an answer; where nothing names a model, the provider's first family is as good."""
    model = None if asked is None else asked.get("model")
    if target.model is None and not isinstance(model, str):
        view = catalog.provider(target.provider)
        target = replace(target, model=view.representative(next(iter(view.families))))
    operation = target.operation or "generate"
    resolved = catalog.resolve(target, model, operation, None)
    return replace(resolved, notes=())
