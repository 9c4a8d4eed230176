"""
Recognising: which dialect a native request speaks, and what it says.

The path decides, from its end, for a gateway's prefix may stand before it; then constants and
bodies; the host breaks ties, and a message that is broken at its own host is nobody else's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from urllib.parse import urlsplit

from imagetx.catalog import Catalog, Resolved
from imagetx.credential import signed_region
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, copy, get, put
from imagetx.endpoint import Match
from imagetx.errors import Problem, ResolveError, WireError, shorten
from imagetx.formdata import as_text
from imagetx.message import Received, read_request
from imagetx.notes import Note
from imagetx.routes import Fit
from imagetx.source import give_sources
from imagetx.speaker import Spoken, speaker_of
from imagetx.spec import Provider
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
    provider = None if hint is None else catalog.provider(hint.provider).name
    fits = [fit for fit in catalog.routes.fits(url, provider) if _may_be(fit, hint, native.headers)]
    if not fits:
        known = "any provider" if provider is None else provider
        message = f"expected the URL of a request that {known} has, got {shorten(url.removeprefix(_NO_HOST))}"
        raise ResolveError(Problem(pointer="/url", message=message))
    received = Received(native, query, catalog.limits)
    foreign: list[Problem] = []
    broken: list[Problem] = []
    at_home = any(fit.match.host for fit in fits)  # then what is broken there is not read as another provider's
    for _, level in groupby(fits, key=lambda fit: fit.match.literal):
        read: list[tuple[Match, Recognised]] = []
        for fit in level:
            if not fit.match.host and ((at_home and broken) or (read and read[0][0].host)):
                break  # those at their own host stand first, and win
            try:
                found = _read(catalog, fit, received, hint)
            except WireError as error:
                broken.extend(error.problems)
                continue
            if isinstance(found, ResolveError):  # of another dialect at the same place
                foreign.extend(found.problems)
            else:
                read.append((fit.match, found))
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


def _may_be(fit: Fit, hint: Target | None, headers: Mapping[str, str]) -> bool:
    """Say whether a URL that fits may be of a route: of the surface that is asked for, and confirmed if need be."""
    if hint is not None:
        return hint.surface in (None, fit.dialect.surface)
    return fit.match.host or not fit.dialect.request.confirm or _is_named(fit.route.view, headers)


def _is_named(view: Provider, headers: Mapping[str, str]) -> bool:
    """Say whether a message has a credential header that is the provider's own."""
    own = {kind["header"] for kind in view.says["auth"].values() if "header" in kind} - {"authorization"}
    return not own.isdisjoint(headers)


def _read(catalog: Catalog, fit: Fit, received: Received, hint: Target | None) -> Recognised | ResolveError:
    """Read a message as the dialect of the model that it names, or say that the model is of another endpoint."""
    first = fit.dialect
    if received.method != first.request.method:
        message = f"expected the method {first.request.method}, got {received.method}"
        raise WireError(Problem(pointer="/method", message=message))
    document, wire = None, fit.model
    if wire is None:
        document = _named(first, read_request(first, received, fit.match), hint)
        wire = _wire_model(first, document)
    spoken = speaker_of(catalog, fit.route, wire if hint is None or hint.model is None else hint.model)
    if isinstance(spoken, ResolveError):
        return spoken
    dialect = spoken.dialect
    if document is None or dialect.request.reading != first.request.reading:
        document = _named(dialect, read_request(dialect, received, fit.match), hint)
    canonical, carried = dialect.decode_request(document)
    operation = canonical.setdefault("operation", _operation(dialect, canonical))
    canonical = {"operation": operation, **canonical}
    give_sources(canonical)
    model = spoken.model(wire)
    if model is not None:
        canonical["model"] = model
    target = _target(fit, spoken, received, hint, wire, operation)
    resolved = Resolved(
        target=target, dialect=dialect, row=spoken.row, wire_model=wire or "", credential=None, notes=spoken.notes
    )
    return Recognised(canonical=canonical, carried=as_text(carried) if carried else carried, resolved=resolved)


def _target(
    fit: Fit, spoken: Spoken, received: Received, hint: Target | None, wire: str | None, operation: str
) -> Target:
    """Say for whom a message was."""
    view, dialect, headers = fit.route.view, spoken.dialect, received.headers
    meant = spoken.meant if spoken.guessed else spoken.model(wire)
    auth = (None if hint is None else hint.auth) or fit.match.auth or _auth(view, dialect, headers)
    return Target(
        provider=view.name,
        model=meant,
        operation=operation,
        surface=dialect.surface,
        deployment=wire if wire is not None and wire != meant else None,
        auth=auth,
        variables={**_signed(view, headers), **_variables(dialect, fit.match, received, hint)},
    )


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
    came = [name for name, kind in kinds.items() if kind.get("header") in headers and _is_said(kind, headers)]
    usual = dialect.says.get("auth") or next(iter(kinds))
    return came[0] if came and usual not in came else None


def _is_said(kind: Json, headers: Mapping[str, str]) -> bool:
    """Say whether its header is of a kind: a signature stands in the header of a bearer, and is none."""
    scheme = kind.get("template", "").partition("{secret}")[0]
    said: bool = headers[kind["header"]][: len(scheme)].lower() == scheme.lower()
    return said


def _signed(view: Provider, headers: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that a signature says: its region, where the host behind a gateway does not tell."""
    if "authorization" not in headers:
        return {}
    kinds = [kind for kind in view.says["auth"].values() if "region" in kind]
    found = {kind["region"]: signed_region(headers["authorization"], kind["service"]) for kind in kinds}
    return {name: value for name, value in found.items() if value is not None}


def _variables(dialect: Dialect, match: Match, received: Received, hint: Target | None) -> dict[str, str]:
    """Return the variables that the URL says; those the caller gives win."""
    said = dialect.request.endpoint.read_query(dict(received.query)) if received.query else {}
    variables = {**match.variables, **said}
    found = {name: value for name, value in variables.items() if not value.startswith(_NO_HOST)}
    return found if hint is None else {**found, **hint.variables}


def _wire_model(dialect: Dialect, document: Json) -> str | None:
    """Return the model's name as it stands in the message, or what silence means there."""
    request = dialect.request
    said = None if request.read_model is None else request.read_model(document)
    return said if isinstance(said, str) and said else request.silent_model


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
