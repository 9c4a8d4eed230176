"""
Recognising: which dialect a native request speaks, and what it says.

The path decides, from its end, for a gateway's prefix may stand before it; then constants and
bodies; the host breaks ties, and a message that is broken at its own host is nobody else's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, urlsplit

from imagetx.catalog import Catalog, Resolved, normalise
from imagetx.credential import signed_region
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, copy, get, pointer_of, put
from imagetx.endpoint import Match
from imagetx.errors import Problem, ResolveError, WireError, shorten
from imagetx.formdata import as_text
from imagetx.message import read_request
from imagetx.notes import Note
from imagetx.source import give_sources
from imagetx.spec import Model, Provider
from imagetx.target import Target
from imagetx.wire import NativeRequest

_NO_HOST = "https://-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A native request that was read: what it says, and for whom it was."""

    canonical: dict[str, Json]
    carried: dict[str, Json]
    resolved: Resolved


def recognise(catalog: Catalog, native: NativeRequest, hint: Target | None) -> Recognised:
    """
    Find the dialect that a native request speaks, and read it.

    Args:
        catalog: The providers.
        native: The message.
        hint: Provider, or more, of whom it is; None looks at all.

    Raises:
        ResolveError: No endpoint fits, or several do and nothing tells them apart.
        WireError: An endpoint fits and the message is not of its dialect.
    """
    url, query = _split(native.url)
    names = sorted(catalog.providers) if hint is None else [catalog.provider(hint.provider).name]
    fits = [fit for name in names for fit in _matches(catalog, name, url, hint, native.headers)]
    if not fits:
        known = "any provider" if hint is None else names[0]
        message = f"expected the URL of a request that {known} has, got {shorten(url.removeprefix(_NO_HOST))}"
        raise ResolveError(Problem(pointer="/url", message=message))
    foreign: list[Problem] = []
    broken: list[Problem] = []
    at_home = any(match.host for _, match in fits)  # then what is broken there is not read as another provider's
    for literal in sorted({match.literal for _, match in fits}, reverse=True):
        read = []
        for dialect, match in fits:
            if match.literal == literal and (match.host or not (at_home and broken)):
                try:
                    read.append((match, _read(catalog, dialect, match, native, query, hint)))
                except ResolveError as error:  # of another dialect at the same place
                    foreign.extend(error.problems)
                except WireError as error:
                    broken.extend(error.problems)
        if read:
            return _only(catalog, read)
    raise WireError(list(dict.fromkeys(broken or foreign)))


def _split(url: str) -> tuple[str, str]:
    """Part a URL into what stands before its query, and the query; a path alone gets a stand-in host."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise WireError(Problem(pointer="/url", message=f"expected a URL, got {shorten(url)}")) from error
    if parts.scheme or parts.netloc:
        host = parts.netloc.rpartition("@")[2]  # what stands before it is a credential
        return f"{parts.scheme}://{host}{parts.path}", parts.query
    return _NO_HOST + parts.path, parts.query


def _matches(
    catalog: Catalog, provider: str, url: str, hint: Target | None, headers: Mapping[str, str]
) -> Iterator[tuple[Dialect, Match]]:
    """Yield the dialects of a provider whose endpoint a URL fits, as the first family of the endpoint speaks it."""
    view = catalog.providers[provider]
    for name in view.dialects:
        for families in view.routes[name].values():
            dialect = catalog.dialect(provider, name, families[0])
            if hint is None or hint.surface in (None, dialect.surface):
                match = dialect.request.endpoint.match(url)
                if match is not None and (
                    hint is not None or match.host or not dialect.request.confirm or _is_named(view, headers)
                ):
                    yield dialect, match


def _is_named(view: Provider, headers: Mapping[str, str]) -> bool:
    """Say whether a message has a credential header that is the provider's own."""
    own = {kind["header"] for kind in view.says["auth"].values() if "header" in kind} - {"authorization"}
    return not own.isdisjoint(headers)


def _read(
    catalog: Catalog, first: Dialect, match: Match, native: NativeRequest, query: str, hint: Target | None
) -> Recognised:
    """Read a message as the dialect of the model that it names."""
    view = catalog.providers[first.provider]
    if native.method != first.request.method:
        message = f"expected the method {first.request.method}, got {native.method}"
        raise WireError(Problem(pointer="/method", message=message))
    document = _named(first, read_request(first, native, query, match, catalog.limits), hint)
    wire = _wire_model(first, document)
    asked = wire if hint is None or hint.model is None else hint.model
    row, family, notes = _family_of(catalog, view, first, asked)
    if row is None and any(url is not None and family in names for url, names in view.routes[first.name].items()):
        asked, notes = view.representative(family), []  # the path tells the model, whatever its deployment is called
    dialect = catalog.dialect(view.name, first.name, family)
    if dialect.request.reading != first.request.reading:
        document = _named(dialect, read_request(dialect, native, query, match, catalog.limits), hint)
    canonical, carried = dialect.decode_request(document)
    model = _model_said(view, row, asked, wire)
    operation = canonical.setdefault("operation", _operation(dialect, canonical))
    canonical = {"operation": operation, **canonical}
    give_sources(canonical)
    if model is not None:
        canonical["model"] = model
    meant = view.representative(family) if notes else model  # an opaque name is no identity of a model
    target = Target(
        provider=view.name,
        model=meant,
        operation=operation,
        surface=dialect.surface,
        deployment=wire if wire is not None and wire != meant else None,
        auth=(None if hint is None else hint.auth) or match.auth or _auth(view, dialect, native.headers),
        variables={**_signed(view, native.headers), **_variables(dialect, match, query, hint)},
    )
    at = dialect.request.model_at
    pointer = "/model" if at is None else pointer_of(at)
    placed = tuple(replace(note, pointer=pointer) for note in notes)
    resolved = Resolved(target=target, dialect=dialect, row=row, wire_model=wire or "", credential=None, notes=placed)
    return Recognised(canonical=canonical, carried=as_text(carried), resolved=resolved)


def _named(dialect: Dialect, document: dict[str, Json], hint: Target | None) -> dict[str, Json]:
    """Write the model of a hint where the body says none: who gives it knows what the message leaves out."""
    at = dialect.request.model_at
    if hint is None or hint.model is None or at is None or at[0] != "body" or not isinstance(document["body"], dict):
        return document
    if get(document, at) not in (ABSENT, None):
        return document
    document = copy(document)
    put(document, at, hint.model if hint.deployment is None else hint.deployment)
    return document


def _operation(dialect: Dialect, canonical: Mapping[str, Json]) -> str:
    """Tell the operation by the presence of an image, where the dialect has several."""
    told = "edit" if "image" in canonical else "generate"
    return told if told in dialect.operations else dialect.operations[0]


def _auth(view: Provider, dialect: Dialect, headers: Mapping[str, str]) -> str | None:
    """Tell the credential kind that a message came with, where it is not the one that the dialect takes anyway."""
    kinds = view.says["auth"]
    usual = dialect.says.get("auth") or next(iter(kinds))
    came = [name for name, kind in kinds.items() if "header" in kind and _is_said(kind, headers.get(kind["header"]))]
    return came[0] if came and usual not in came else None


def _is_said(kind: Json, value: str | None) -> bool:
    """Say whether a header's value is of a kind: a signature stands in the header of a bearer, and is none."""
    scheme = kind.get("template", "").partition("{secret}")[0]
    return value is not None and value[: len(scheme)].lower() == scheme.lower()


def _signed(view: Provider, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a signature says: its region, where the host behind a gateway does not tell."""
    kinds = [kind for kind in view.says["auth"].values() if "region" in kind]
    found = {kind["region"]: signed_region(headers.get("authorization", ""), kind["service"]) for kind in kinds}
    return {name: value for name, value in found.items() if value is not None}


def _variables(dialect: Dialect, match: Match, query: str, hint: Target | None) -> dict[str, str]:
    """Return the variables that the URL says; those the caller gives win."""
    said = dict(parse_qsl(query, keep_blank_values=True)) if query else {}
    variables = {**match.variables, **dialect.request.endpoint.read_query(said)}
    found = {name: value for name, value in variables.items() if not value.startswith(_NO_HOST)}
    return found if hint is None else {**found, **hint.variables}


def _wire_model(dialect: Dialect, document: Json) -> str | None:
    """Return the model's name as it stands in the message, or what silence means there."""
    request = dialect.request
    said = None if request.read_model is None else request.read_model(document)
    return said if isinstance(said, str) and said else request.silent_model


def _family_of(
    catalog: Catalog, view: Provider, dialect: Dialect, asked: str | None
) -> tuple[Model | None, str, list[Note]]:
    """Find the family of a model among those that speak a dialect; an unknown one is assumed."""
    families = next(families for families in view.routes[dialect.name].values() if dialect.family in families)
    if asked is None:
        return None, families[0], []
    try:
        row, family, _, notes = catalog.model(view, asked)
    except ResolveError:
        note = Note(pointer="/model", kind="assumed", given=asked, used=families[0], reason="not a known model id")
        return None, families[0], [note]
    if family in families:
        bare, _ = normalise(view, asked)
        fits = row is not None or any(pattern.fullmatch(bare) for pattern, _ in view.patterns)
        return row, family, [] if fits else notes  # an id of the family's own form is read as it stands
    if row is not None:
        message = f"expected a model of this endpoint, got {shorten(asked)}"
        raise ResolveError(Problem(pointer="/model", message=message, given=asked))
    return None, families[0], notes


def _model_said(view: Provider, row: Model | None, asked: str | None, wire: str | None) -> str | None:
    """Return the model id that decode says: what the target names, else what stands there."""
    if asked is None or wire is None or asked != wire:
        return asked
    _, keep = normalise(view, asked)
    return asked if keep or row is None else row.id


def _only(catalog: Catalog, read: list[tuple[Match, Recognised]]) -> Recognised:
    """Return the one that fits; on a tie the host decides, then the provider whose shape others copy, assumed."""
    if len(read) > 1:
        read = [pair for pair in read if pair[0].host] or read
    if len(read) == 1:
        return read[0][1]
    names = sorted({f"{found.resolved.target.provider}/{found.resolved.dialect.name}" for _, found in read})
    for _, found in read:
        provider = found.resolved.target.provider
        if catalog.providers[provider].says.get("copied", False):
            note = Note(pointer="/url", kind="assumed", used=provider, reason=f"the request fits {', '.join(names)}")
            return replace(found, resolved=replace(found.resolved, notes=(*found.resolved.notes, note)))
    message = f"expected a request that one dialect fits, got one that fits {', '.join(names)}; name the provider"
    raise ResolveError(Problem(pointer="/url", message=message))
