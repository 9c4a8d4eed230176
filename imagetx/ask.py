"""
Requests, both ways: what `encode_request`, `decode_request` and `translate_request` do.

Encode: read the caller's document, resolve, check, apply the clauses, let the dialect write,
lay the carried keys over it, and hold the policy. No request is decoded again unless it carries
native keys of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from imagetx.canonical import ImageRequest, document, request_of
from imagetx.carried import (
    OPTIONS,
    carry_strangers,
    holds_image,
    in_options,
    overruled,
    parted,
    read_carried,
    where_carried,
)
from imagetx.catalog import Catalog, Resolved, deciding, normalise
from imagetx.ceilings import admit
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, pointer_of
from imagetx.errors import Problem, RequestError, ResolveError, shorten
from imagetx.jsontext import copied
from imagetx.message import write_request
from imagetx.notes import Note
from imagetx.policy import Options, enforce
from imagetx.recognise import recognise
from imagetx.source import take_sources
from imagetx.standing import unverified
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import NativeRequest
from imagetx.words import REQUEST_FIELDS

_FIELDS: Final = frozenset(REQUEST_FIELDS)
_IMAGES: Final = "images"  # the spelling of `image` in OpenAI's JSON edits (design.md, canonical request)
_VARIATION: Final = "A variation of this image: the same subject and style, composed anew."


def encode(
    catalog: Catalog, request: Mapping[str, Json] | ImageRequest, target: Target, options: Options
) -> Translation[NativeRequest]:
    """Say a canonical request natively; see `imagetx.encode_request`."""
    admit(given := document_of(request), catalog.limits)
    problems: list[Problem] = []
    fields, strangers, every = _sorted_out(given, problems)
    operation = _operation(fields, target, problems)
    resolved = _resolved(catalog, target, fields.get("model"), operation, given, options)
    notes = list(resolved.notes)
    if resolved.target.operation != operation:
        _emulate_variation(fields, notes)
    fields["operation"] = resolved.target.operation
    listed = isinstance(fields.get("image"), list | tuple)
    take_sources(fields, problems)
    dialect = resolved.dialect
    carried = read_carried(every, dialect.provider, dialect.request.secrets, problems)
    if carried is not ABSENT and dialect.request.fold is not None:
        carried = dialect.request.fold(carried)
    if strangers:
        carried = carry_strangers(dialect, strangers, carried, notes, problems)
    if not isinstance(fields.get("model"), str | None):
        message = f"expected the model as text, got {shorten(fields['model'])}"
        problems.append(Problem(pointer="/model", message=message, given=fields["model"]))
    fields["model"] = resolved.wire_model
    dialect.check(fields, problems, notes)
    if problems:
        raise RequestError(problems)
    if "negative_prompt" in options.emulate:
        fields = _emulate_negative_prompt(dialect, fields, notes)
        dialect.check(fields, problems, [])
        if problems:
            raise RequestError(problems)
    as_of = options.as_of or (dialect.verified if resolved.row is None else resolved.row.verified)
    native = _native(dialect, fields, carried, as_of, notes, listed=listed)
    if carried is not ABSENT:
        notes += overruled(dialect, fields, native, as_of, notes)
    if options.url_as != "b64_json":
        notes = [_as_data_url(note) for note in notes]
    enforce(options.policy, notes)
    return resolved.translation(_message(resolved, native, carried), notes)


def resolve(catalog: Catalog, request: Mapping[str, Json] | ImageRequest, target: Target, options: Options) -> Resolved:
    """
    Find what a target means for a request, without saying it.

    Raises:
        RequestError: The request says nothing that could be asked for.
        ResolveError: No such target.
    """
    given = document_of(request)
    fields, _, _ = _sorted_out(given, [])
    operation = _operation(fields, target, [])
    return _resolved(catalog, target, fields.get("model"), operation, given, options)


def _native(
    dialect: Dialect, fields: dict[str, Json], carried: Json, as_of: str, notes: list[Note], *, listed: bool
) -> dict[str, Json]:
    """Let the dialect write; problems point into the request that went in."""
    try:
        return dialect.encode_request(fields, carried, as_of, notes)
    except RequestError as error:
        found = [in_options(problem, dialect.provider) for problem in error.problems]
        raise RequestError(found if listed else map(_bare, found)) from error


def _message(resolved: Resolved, native: dict[str, Json], carried: Json) -> NativeRequest:
    """Make the message of what was written; problems point to what was carried."""
    provider = resolved.dialect.provider
    try:
        return write_request(resolved.dialect, native, resolved.target.variables, resolved.credential)
    except RequestError as error:
        raise RequestError([where_carried(problem, carried, provider) for problem in error.problems]) from error


def decode(catalog: Catalog, native: NativeRequest, hint: Target | None) -> Translation[ImageRequest]:
    """Read a native request; see `imagetx.decode_request`."""
    if not isinstance(native, NativeRequest):
        message = f"expected a NativeRequest, got {type(native).__name__}"
        raise RequestError(Problem(pointer="", message=message))
    found = recognise(catalog, native, hint)
    canonical, resolved = found.canonical, found.resolved
    if found.carried:
        canonical[OPTIONS] = {resolved.dialect.provider: found.carried}
    notes = resolved.notes
    if resolved.dialect.unverified:
        notes = (*notes, unverified(resolved.target.model))
    return resolved.translation(request_of(canonical), notes)


def translate(
    catalog: Catalog, native: NativeRequest, hint: Target | None, target: Target, options: Options
) -> Translation[NativeRequest]:
    """Read a native request and say it for another provider; see `imagetx.translate_request`."""
    decoded = decode(catalog, native, hint)
    request = document(decoded.value)
    source = decoded.dialect.partition("/")[0]
    view = catalog.provider(target.provider)
    if view.name != source and target.model is None and normalise(view, decoded.model or "")[0] not in view.models:
        message = f"expected a model of {view.name} in the target; {decoded.model!r} is one of {source}"
        raise ResolveError(Problem(pointer="/model", message=message, given=decoded.model))
    asked = target.operation or request.get("operation")
    meant = _resolved(catalog, target, request.get("model"), asked, request, options).dialect
    notes = list(decoded.notes)
    kept, lost = parted(catalog, decoded, meant, request.pop(OPTIONS, {}).get(source, {}))
    if kept:
        request[OPTIONS] = {source: kept}
    where = f"/{OPTIONS}/{source}"
    images = [path for path, value in lost if holds_image(str(path[-1]), value)]
    if images:
        message = f"expected a request without an input image, which {meant.provider}/{meant.name} cannot be given"
        raise RequestError([Problem(pointer=where + pointer_of(path), message=message) for path in images])
    reason = f"{meant.provider}/{meant.name} has no such key"
    for path, value in lost:
        notes.append(Note(pointer=where + pointer_of(path), kind="dropped", given=value, reason=reason))
    enforce(options.policy, [_of_request(note) for note in notes])
    encoded = encode(catalog, request, target, options)
    verified = min(decoded.verified, encoded.verified)
    return replace(encoded, notes=(*notes, *encoded.notes), verified=verified)


def _of_request(note: Note) -> Note:
    """Let a note on the model's native place count for the field `model`, as a policy names it."""
    return replace(note, pointer="/model") if note.kind == "assumed" and note.pointer != "/url" else note


def document_of(request: Json) -> Mapping[str, Json]:
    """Give a request as its document."""
    if isinstance(request, dict):
        return request
    if isinstance(request, ImageRequest):
        return document(request)
    if isinstance(request, Mapping):
        return dict(request)
    message = f"expected an object with the fields of a request, got {shorten(request)}"
    raise RequestError(Problem(pointer="", message=message, given=request, expected="an object"))


def _sorted_out(given: Mapping[str, Json], problems: list[Problem]) -> tuple[dict[str, Json], dict[str, Json], Json]:
    """Part a request into canonical fields, keys that are none, and provider_options."""
    if given.keys() <= _FIELDS:
        return dict(given), {}, None
    fields: dict[str, Json] = {}
    strangers: dict[str, Json] = {}
    for name, value in given.items():
        if name in _FIELDS:
            fields[name] = value
        elif not isinstance(name, str):
            problems.append(Problem(pointer="", message=f"expected names as text, got {shorten(name)}"))
        elif name not in (OPTIONS, _IMAGES) and value is not None:
            try:
                strangers[name] = copied(value, name)
            except RequestError as error:  # nested too deep to be looked through
                problems += error.problems
    if given.get(_IMAGES) is not None and fields.get("image") is not None:
        problems.append(Problem(pointer="/images", message="expected image or images, got both"))
    elif _IMAGES in given and fields.get("image") is None:  # null beside the other says nothing, in either order
        fields["image"] = given[_IMAGES]
    return fields, strangers, given.get(OPTIONS)


def _operation(fields: dict[str, Json], target: Target, problems: list[Problem]) -> str:
    """Tell the operation: as asked, else by the presence of an image."""
    said = fields.pop("operation", None)
    if said is not None and target.operation is not None and said != target.operation:
        message = f"expected the operation of the target, {target.operation}, got {shorten(said)}"
        problems.append(Problem(pointer="/operation", message=message, given=said))
    asked = target.operation if said is None else said
    if asked is None:
        return "edit" if fields.get("image") is not None else "generate"
    if asked not in ("generate", "edit", "variation"):
        problem = Problem(pointer="/operation", message=f"expected generate, edit or variation, got {shorten(asked)}")
        raise RequestError([*problems, problem])
    if asked == "generate" and fields.get("image") is not None:
        problem = Problem(pointer="/image", message="expected no image for the operation generate, got one")
        raise RequestError([*problems, problem])
    if asked != "generate" and fields.get("image") is None:
        problems.append(Problem(pointer="/image", message=f"expected an image for {asked}, got none"))
    return str(asked)


def _resolved(
    catalog: Catalog, target: Target, model: Json, operation: Json, given: Mapping[str, Json], options: Options
) -> Resolved:
    """Resolve a target for what is asked of it; for an edit where that emulates the variation that it has not."""
    decide = deciding(catalog.provider(target.provider), given)
    try:
        return catalog.resolve(target, model, operation, options.as_of, decide)
    except RequestError:
        if operation != "variation" or "variation" not in options.emulate:
            raise
        return catalog.resolve(target, model, "edit", options.as_of, decide)


def _emulate_variation(fields: dict[str, Json], notes: list[Note]) -> None:
    """Ask for a variation by an edit, with a prompt that says so where there is none."""
    reason = "no variations there; asked for as an edit"
    notes.append(Note(pointer="/operation", kind="emulated", given="variation", used="edit", reason=reason))
    if fields.get("prompt") is None:
        fields["prompt"] = _VARIATION
        notes.append(Note(pointer="/prompt", kind="emulated", used=_VARIATION, reason=reason))


def _emulate_negative_prompt(dialect: Dialect, fields: dict[str, Json], notes: list[Note]) -> dict[str, Json]:
    """Ask in the prompt for what is not wanted, where the dialect has no field for it."""
    avoid, prompt = fields.get("negative_prompt"), fields.get("prompt")
    if avoid in (None, "") or prompt is None or "negative_prompt" not in dialect.says["request"].get("drop", ()):
        return fields
    used = f"{prompt}\nAvoid: {avoid}"
    reason = f"{dialect.provider} has no negative prompt; asked for in the prompt"
    notes += [
        Note(pointer=f"/{name}", kind="emulated", given=fields[name], used=used, reason=reason)
        for name in ("negative_prompt", "prompt")
    ]
    rest = {name: value for name, value in fields.items() if name != "negative_prompt"}
    return {**rest, "prompt": used}


def _bare(problem: Problem) -> Problem:
    """Let a problem with the one image of a request, which is no list there, point to it."""
    return replace(problem, pointer="/image") if problem.pointer == "/image/0" else problem


def _as_data_url(note: Note) -> Note:
    """Say that the images will be data URLs, where a URL was asked for and only bytes exist."""
    if note.pointer == "/response_format" and note.given == "url":
        return replace(
            note,
            kind="emulated",
            used="data_url",
            reason="only bytes come: give them as data URLs, as encode_response does",
        )
    return note
