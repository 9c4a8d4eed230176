"""
Requests, both ways: what `encode_request`, `decode_request` and `translate_request` do.

Encode: read the caller's document, resolve, check, apply the clauses, let the dialect write,
lay the carried keys over it, and hold the policy. No request is decoded again unless it carries
native keys of its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from imagetx.canonical import ImageRequest, document, request_of
from imagetx.catalog import Catalog, normalise
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, copy, equal, get, put
from imagetx.errors import SECRET_HEADERS, ImagetxError, Problem, RequestError, ResolveError, WireError, shorten
from imagetx.message import is_secret_query, write_request
from imagetx.notes import Note
from imagetx.policy import Options, enforce
from imagetx.recognise import recognise
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.variant import AS, BODY, HEADERS, QUERY, STATUS
from imagetx.wire import NativeRequest
from imagetx.words import REQUEST_FIELDS

_FIELDS: Final = frozenset(REQUEST_FIELDS)
_GEOMETRY: Final = ("size", "aspect_ratio", "resolution")
_OPTIONS: Final = "provider_options"
_TRANSPORT_HEADERS: Final = frozenset({"content-type", "content-length", "host", "transfer-encoding", "connection"})


def encode(
    catalog: Catalog, request: Mapping[str, Json] | ImageRequest, target: Target, options: Options
) -> Translation[NativeRequest]:
    """Say a canonical request natively; see `imagetx.encode_request`."""
    given = _document_of(request)
    problems: list[Problem] = []
    fields, strangers, every = _sorted_out(given, problems)
    operation = _operation(fields, target, problems)
    resolved = catalog.resolve(target, fields.get("model"), operation, options.as_of)
    dialect = resolved.dialect
    notes = list(resolved.notes)
    carried = _carried(every, dialect.provider, problems)
    if carried is not ABSENT and dialect.request.fold is not None:
        carried = dialect.request.fold(carried)
    if strangers:
        carried = _carry_strangers(dialect, strangers, carried, notes, problems)
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
    try:
        native = dialect.encode_request(fields, carried, as_of, notes)
    except RequestError as error:
        raise RequestError([_in_options(problem, dialect.provider) for problem in error.problems]) from error
    if carried is not ABSENT:
        notes += _overruled(dialect, fields, native, as_of, notes)
    if options.url_as != "b64_json":
        notes = [_as_data_url(note) for note in notes]
    enforce(options.policy, notes)
    value = write_request(dialect, native, resolved.target.variables, resolved.credential)
    return resolved.translation(value, notes)


def decode(catalog: Catalog, native: NativeRequest, hint: Target | None) -> Translation[ImageRequest]:
    """Read a native request; see `imagetx.decode_request`."""
    if not isinstance(native, NativeRequest):
        message = f"expected a NativeRequest, got {type(native).__name__}"
        raise RequestError(Problem(pointer="", message=message))
    found = recognise(catalog, native, hint)
    canonical, resolved = found.canonical, found.resolved
    if found.carried:
        canonical[_OPTIONS] = {resolved.dialect.provider: found.carried}
    return resolved.translation(request_of(canonical), resolved.notes)


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
    meant = catalog.resolve(target, request.get("model"), target.operation or "generate", options.as_of).dialect
    notes = list(decoded.notes)
    carried = request.pop(_OPTIONS, {}).get(source, {})
    kept = _kept(catalog, decoded, meant, carried)
    if kept:
        request[_OPTIONS] = {source: kept}
    reason = f"only {decoded.dialect} has it" if f"{meant.provider}/{meant.name}" != decoded.dialect else "unknown here"
    notes += [
        Note(pointer=f"/{_OPTIONS}/{source}/{_token(key)}", kind="dropped", given=value, reason=reason)
        for key, value in carried.items()
        if key not in kept
    ]
    enforce(options.policy, [_of_request(note) for note in notes])
    encoded = encode(catalog, request, target, options)
    verified = min(decoded.verified, encoded.verified)
    return replace(encoded, notes=(*notes, *encoded.notes), verified=verified)


def _kept(
    catalog: Catalog, decoded: Translation[ImageRequest], meant: Dialect, carried: Mapping[str, Json]
) -> dict[str, Json]:
    """Return the native keys that go along: all to the same family, to another of the dialect those that it knows."""
    if f"{meant.provider}/{meant.name}" != decoded.dialect:
        return {}
    spoke = catalog.resolve(decoded.target, None, decoded.target.operation or "generate", None).dialect
    if spoke.family == meant.family:
        return dict(carried)
    known = {str(path[1]) for path in meant.request.carries.values() if path[0] == "body"} | {AS, HEADERS, QUERY}
    return {key: value for key, value in carried.items() if key in known}


def _of_request(note: Note) -> Note:
    """Let a note on the model's native place count for the field `model`, as a policy names it."""
    return replace(note, pointer="/model") if note.kind == "assumed" and note.pointer != "/url" else note


def _document_of(request: Json) -> Mapping[str, Json]:
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
        elif name == "images":  # the spelling of OpenAI's JSON edits (design.md, canonical request)
            if given.get("image") is not None:
                problems.append(Problem(pointer="/images", message="expected image or images, got both"))
            fields["image"] = value
        elif not isinstance(name, str):
            problems.append(Problem(pointer="", message=f"expected names as text, got {shorten(name)}"))
        elif name != _OPTIONS and value is not None:
            strangers[name] = value
    return fields, strangers, given.get(_OPTIONS)


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
    return str(asked)


def _carried(every: Json, provider: str, problems: list[Problem]) -> Json:
    """Return the native keys that a request carries for a provider, or ABSENT."""
    if every is None:
        return ABSENT
    if not isinstance(every, dict):
        message = f"expected an object of provider names, got {shorten(every)}"
        problems.append(Problem(pointer=f"/{_OPTIONS}", message=message))
        return ABSENT
    carried = every.get(provider)
    if carried is None:
        return ABSENT
    where = f"/{_OPTIONS}/{provider}"
    if not isinstance(carried, dict):
        problems.append(Problem(pointer=where, message=f"expected an object of native keys, got {shorten(carried)}"))
        return ABSENT
    for key in (HEADERS, QUERY):
        if key in carried and not isinstance(carried[key], dict):
            message = f"expected an object of text, got {shorten(carried[key])}"
            problems.append(Problem(pointer=f"{where}/{key}", message=message))
            return ABSENT
    problems += [
        Problem(pointer=f"{where}/{_token(str(key))}", message=f"expected a native key, got {shorten(key)}")
        for key in carried
        if key in (BODY, STATUS) or not isinstance(key, str)
    ]
    headers = {str(name).lower(): value for name, value in carried.get(HEADERS, {}).items()}
    if len(headers) < len(carried.get(HEADERS, {})):
        message = "expected each header once, in whatever letter case"
        problems.append(Problem(pointer=f"{where}/{HEADERS}", message=message))
    for name in headers.keys() & (SECRET_HEADERS | _TRANSPORT_HEADERS):
        message = f"expected a header other than {name}: the caller's HTTP client sets it"
        problems.append(Problem(pointer=f"{where}/{HEADERS}/{name}", message=message))
    for name in carried.get(QUERY, {}):
        if is_secret_query(str(name)):
            message = f"expected a parameter other than {name}: a credential goes into a header"
            problems.append(Problem(pointer=f"{where}/{QUERY}/{_token(str(name))}", message=message))
    try:
        return copy({**carried, HEADERS: headers} if headers else carried)
    except WireError as error:  # too deep: here it is the caller's fault
        problems.extend(Problem(pointer=where, message=problem.message) for problem in error.problems)
        return ABSENT


def _carry_strangers(
    dialect: Dialect, strangers: Mapping[str, Json], carried: Json, notes: list[Note], problems: list[Problem]
) -> Json:
    """Carry keys that are native to the dialect, drop the others with the name of the nearest field."""
    body: dict[str, Json] = {"body": {} if carried is ABSENT else carried}
    known = dialect.request.carries
    taken = False
    for name, value in strangers.items():
        if name in known:
            there = get(body, known[name])
            if there is ABSENT:
                put(body, known[name], value)
            elif not equal(there, value):
                message = f"expected {shorten(there)} as provider_options say, got {shorten(value)}"
                problems.append(Problem(pointer=f"/{_token(name)}", message=message, given=value))
            taken = True
            reason = f"no canonical field; {dialect.provider} has a native key of this name"
            notes.append(Note(pointer=f"/{_token(name)}", kind="assumed", given=value, used=value, reason=reason))
        else:
            near = difflib.get_close_matches(name, _FIELDS, n=1, cutoff=0.5)
            reason = "no canonical field" + (f"; the nearest is {near[0]}" if near else "")
            notes.append(Note(pointer=f"/{_token(name)}", kind="dropped", given=value, reason=reason))
    return body["body"] if taken or carried is not ABSENT else ABSENT


def _in_options(problem: Problem, provider: str) -> Problem:
    """Let the pointer of a problem with a carried value address the request that went in."""
    places = {"body": "", "headers": f"/{HEADERS}", "query": f"/{QUERY}"}
    root, _, rest = problem.pointer.removeprefix("/").partition("/")
    if root not in places:
        return problem
    return replace(problem, pointer=f"/{_OPTIONS}/{provider}{places[root]}/{rest}".rstrip("/"))


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


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


def _overruled(
    dialect: Dialect, fields: Mapping[str, Json], native: dict[str, Json], as_of: str, notes: list[Note]
) -> list[Note]:
    """
    Find the fields against which a carried native value stands.

    They are those that come back otherwise than they would without what is carried.
    """
    try:
        plain = _read_back(dialect, dialect.encode_request(dict(fields), ABSENT, as_of, []))
        laid = _read_back(dialect, native)
    except ImagetxError:
        return []
    noted = {note.pointer for note in notes}
    found = []
    for name, value in fields.items():
        names = _GEOMETRY if name in _GEOMETRY else (name,)
        same = all(equal(plain.get(key, ABSENT), laid.get(key, ABSENT)) for key in names)
        said = same or equal(laid.get(name, ABSENT), value)
        if value is not None and not said and f"/{name}" not in noted:
            reason = f"provider_options.{dialect.provider} says otherwise"
            found.append(Note(pointer=f"/{name}", kind="overruled", given=value, used=laid.get(name), reason=reason))
    return found


def _read_back(dialect: Dialect, native: Mapping[str, Json]) -> dict[str, Json]:
    body = {key: value for key, value in native["body"].items() if dialect.request.body != "form" or value is not None}
    headers = {key: value for key, value in native["headers"].items() if value is not None}
    read = {**native, "path": dict(native["path"]), "headers": headers, "body": body, "kind": dialect.request.body}
    return dialect.decode_request(read)[0]


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
