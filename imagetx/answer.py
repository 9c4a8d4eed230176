"""
Responses, both ways: what `decode_response` and `encode_response` do.

A success is tried first, then the provider's error shapes, then what the status alone says.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse, document, error_of, response_of
from imagetx.catalog import Catalog, Resolved
from imagetx.derived import bare_error, bare_response, complete_error, complete_response
from imagetx.dialect import Answers, Dialect, uncovered
from imagetx.document import ABSENT, Json, Path, pointer_of
from imagetx.errors import Problem, RequestError, WireError, shorten
from imagetx.message import read_response, write_response
from imagetx.notes import Note
from imagetx.retry import read_retry, write_retry
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeRequest, NativeResponse

_METADATA = "provider_metadata"
_INFORMATION = frozenset({_METADATA, "native_status", "retry_after_s", "retryable", "category"})


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
    dialect = resolved.dialect
    value: ImageResponse | ErrorResponse
    if 200 <= native.status < 300:
        read = dialect.response.choice.decode(read_response(dialect.response, native))
        if read is not None:
            canonical, carried, _ = read
            date = native.headers.get("date")
            full = complete_response(_with_metadata(canonical, carried, dialect), created=created, date=date, asked=asked)
            return _translation(response_of(full), [], resolved)
    read = dialect.error.choice.decode(read_response(dialect.error, native))
    if read is None:
        message = f"expected an answer of {dialect.provider}/{dialect.name}, got status {native.status} and {shorten(native.body)}"
        raise WireError(Problem(pointer="/body", message=message))
    canonical, carried, _ = read
    wait = read_retry(native.headers)
    if wait is not None:
        canonical["retry_after_s"] = wait
    value = error_of(complete_error(_with_metadata(canonical, carried, dialect)))
    return _translation(value, [], resolved)


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
    notes: list[Note] = []
    if "error" in given:
        native = _encode_error(dialect, dict(given), notes)
    else:
        native = _encode_images(dialect, dict(given), request, notes)
    return _translation(write_response(native), notes, resolved)


def _encode_images(dialect: Dialect, given: dict[str, Json], request: NativeRequest | None, notes: list[Note]) -> dict[str, Json]:
    answers = dialect.response
    full = complete_response(given)
    if "output_format" not in given:  # what the images state each for themselves is no echo of the whole
        full.pop("output_format", None)
    full, wanted = _as_asked(dialect, full, request, notes)
    native = _write(answers, full, _metadata_of(given, dialect), wanted, notes)
    _note_uncovered(answers, full, bare_response(full, says=answers.says), notes)
    return native


def _encode_error(dialect: Dialect, given: dict[str, Json], notes: list[Note]) -> dict[str, Json]:
    answers = dialect.error
    full = complete_error(given)
    native = _write(answers, full, _metadata_of(given, dialect), ABSENT, notes)
    _note_uncovered(answers, full, bare_error(full, says=answers.says), notes)
    native["headers"] = {**write_retry(full, openai="openai" in (dialect.provider, *_base(dialect))), **native["headers"]}
    return native


def _base(dialect: Dialect) -> list[str]:
    extends = dialect.says.get("extends", "")
    return [extends.partition("/")[0]]


def _write(answers: Answers, full: Mapping[str, Json], carried: Json, wanted: Json, notes: list[Note]) -> dict[str, Json]:
    choice = answers.choice
    variant = wanted if wanted is not ABSENT else choice.choose(full, carried)
    if variant is None:
        raise RequestError(Problem(pointer="", message="expected an answer that the dialect has a form for"))
    body: Json = [{}] if ("body",) in variant.record.lists else {}
    native: dict[str, Json] = {"status": 200, "headers": {}, "body": body}
    choice.encode(variant, full, native, notes, carried)
    native = {"status": 200, "headers": {}, "body": {}, **native, "kind": variant.kind}
    if variant.kind == "any" and native["body"] == {}:
        native["body"] = None
    return native


def _as_asked(dialect: Dialect, full: dict[str, Json], request: NativeRequest | None, notes: list[Note]) -> tuple[dict[str, Json], Json]:
    """Choose what the caller's own request asked for: bytes or JSON, URLs or base64."""
    if request is None:
        return full, ABSENT
    accept = request.headers.get("accept", "")
    wants_bytes = accept.startswith("image/") or (accept in ("", "*/*") and dialect.request.body == "form")
    variants = dialect.response.choice.variants
    as_bytes = next((variant for variant in variants if variant.kind == "bytes"), None)
    if wants_bytes and as_bytes is not None:
        return full, as_bytes
    kind, body = request.document()
    asks_url = kind == "json" and isinstance(body, dict) and "response_format" in _said_fields(dialect)
    if asks_url and body.get("response_format", "url") == "url":
        items = [_with_url(item, f"/data/{i}", notes) for i, item in enumerate(full.get("data", []))]
        return {**full, "data": items}, ABSENT
    return full, ABSENT


def _said_fields(dialect: Dialect) -> set[str]:
    rules = [rule for variant in dialect.request.choice.variants for rule in variant.record.rules if rule.owns]
    return {str(path[0]) for rule in rules for path in rule.fields}


def _with_url(item: Json, pointer: str, notes: list[Note]) -> Json:
    """Give an image that exists only as bytes the form of a data URL."""
    if not isinstance(item, dict) or "url" in item or not isinstance(item.get("b64_json"), str):
        return item
    mime = item.get("mime_type", "image/png")
    notes.append(Note(pointer=f"{pointer}/b64_json", kind="approximated", used="data_url", reason="a URL was asked for and only bytes exist"))
    rest = {key: value for key, value in item.items() if key != "b64_json"}
    return {**rest, "url": f"data:{mime};base64,{item['b64_json']}"}


def _note_uncovered(answers: Answers, full: Mapping[str, Json], bare: Mapping[str, Json], notes: list[Note]) -> None:
    """Note what no rule of the dialect says; what decode derives again is nothing lost."""
    fields: frozenset[Path] = frozenset(
        path for variant in answers.choice.variants for rule in variant.record.rules for path in rule.fields
    )
    plain = {key: value for key, value in full.items() if key not in _INFORMATION}
    reason = "the dialect cannot say it"
    notes += [
        Note(pointer=pointer_of(path), kind="dropped", given=value, reason=reason)
        for path, value in uncovered(plain, fields)
    ]
    notes[:] = [note for note in notes if note.kind != "dropped" or not _is_derived(note.pointer, bare)]


def _is_derived(pointer: str, bare: Json) -> bool:
    """Say whether a field is absent from the bare document: decode fills it again."""
    for part in pointer.split("/")[1:]:
        if isinstance(bare, list) and part.isdecimal() and int(part) < len(bare):
            bare = bare[int(part)]
        elif isinstance(bare, dict) and part in bare:
            bare = bare[part]
        else:
            return True
    return False


def _with_metadata(canonical: dict[str, Json], carried: dict[str, Json], dialect: Dialect) -> dict[str, Json]:
    return {**canonical, _METADATA: {dialect.provider: carried}} if carried else canonical


def _metadata_of(given: Mapping[str, Json], dialect: Dialect) -> Json:
    metadata = given.get(_METADATA)
    carried = metadata.get(dialect.provider) if isinstance(metadata, Mapping) else None
    return carried if isinstance(carried, dict) else ABSENT


def _resolved(catalog: Catalog, target: Target, asked: Mapping[str, Json] | None) -> Resolved:
    """Find the dialect of an answer; where nothing names a model, the provider's first family is as good."""
    model = None if asked is None else asked.get("model")
    if target.model is None and not isinstance(model, str):
        view = catalog.provider(target.provider)
        family = next(iter(view.families))
        name = next((row.id for row in view.models.values() if row.family == family), None)
        target = replace(target, model=name)
    operation = target.operation or "generate"
    resolved = catalog.resolve(target, model, operation, None)
    return replace(resolved, notes=())


def _translation(value: Json, notes: list[Note], resolved: Resolved) -> Translation[Json]:
    dialect = resolved.dialect
    return Translation(
        value=value,
        notes=tuple(notes),
        target=resolved.target,
        dialect=f"{dialect.provider}/{dialect.name}",
        model=resolved.target.model,
        verified=dialect.verified,
    )
