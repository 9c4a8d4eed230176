"""
The catalog: providers by name, their dialects compiled at first use; resolve and recognise.

Immutable for its users: the dialects it keeps are the same whoever compiles them, so two threads
may do it twice without harm and no lock is needed.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from imagetx.compile import compile_dialect
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, get
from imagetx.endpoint import Match
from imagetx.errors import Problem, ResolveError, WireError, shorten
from imagetx.message import read_request
from imagetx.notes import Note
from imagetx.schemas import provider_folders, read_folder, read_json, schemas_folder
from imagetx.spec import Model, Provider, flat, read_provider
from imagetx.target import Target
from imagetx.wire import Credential, NativeRequest

_NO_HOST = "https://-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a target means: its dialect, its model's row, the name on the wire, and notes on the way."""

    target: Target
    dialect: Dialect
    row: Model | None
    wire_model: str
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """A native request that was read: what it says, and for whom it was."""

    canonical: dict[str, Json]
    carried: dict[str, Json]
    resolved: Resolved


@cache
def canonical_checks() -> Mapping[str, Json]:
    """Return the JSON Schema of every canonical request field."""
    schema: Mapping[str, Json] = read_json(schemas_folder() / "canonical" / "request.schema.json")["properties"]
    return schema


class Catalog:
    """
    Providers by name.

    Args:
        providers: Views of their files by main name.
    """

    def __init__(self, providers: Mapping[str, Provider]) -> None:
        self.providers = dict(providers)
        self._aliases = {
            alias: name for name, view in self.providers.items() for alias in (name, *view.says.get("aliases", ()))
        }
        self._dialects: dict[tuple[str, str, str], Dialect] = {}

    def provider(self, name: str) -> Provider:
        """
        Return a provider by its main name or an alias.

        Raises:
            ResolveError: There is none; the message names the nearest.
        """
        main = self._aliases.get(name)
        if main is None:
            raise ResolveError(_unknown("provider", name, sorted(self.providers)))
        return self.providers[main]

    def dialect(self, provider: str, name: str, family: str) -> Dialect:
        """Return a compiled dialect; the first call compiles it."""
        key = (provider, name, family)
        found = self._dialects.get(key)
        if found is None:
            view = self.providers[provider]
            found = compile_dialect(
                flat(self.providers, provider, name, family),
                provider=view.says,
                family=family,
                checks=canonical_checks(),
                strict=view.strict,
            )
            self._dialects[key] = found
        return found

    def dialects(self, provider: str) -> Iterator[Dialect]:
        """Yield every dialect of a provider for every family that speaks it."""
        view = self.providers[provider]
        for family, says in view.families.items():
            for name in says["dialects"]:
                yield self.dialect(provider, name, family)

    # --- resolve ------------------------------------------------------------------------------

    def resolve(self, target: Target, model: Json, operation: str, as_of: str | None) -> Resolved:
        """
        Find the dialect that a target means.

        Args:
            target: As the caller gives it.
            model: The request's own model, used if the target has none.
            operation: What is asked for.
            as_of: ISO date on which a model's status is judged; None is the row's `verified`.

        Raises:
            ResolveError: No such provider, model, surface or operation.
        """
        view = self.provider(target.provider)
        asked = target.model if target.model is not None else model
        if not isinstance(asked, str) or not asked:
            message = f"expected a model for {view.name}, in the target or the request"
            raise ResolveError(Problem(pointer="/model", message=message))
        row, family, wire, notes = self._model(view, asked)
        if row is not None:
            notes = [*notes, *_status_notes(row, asked, as_of)]
        dialect = self._pick(view, family, target.surface, operation)
        if dialect.unverified:
            notes = [*notes, Note(pointer="/model", kind="unverified", given=asked, reason="no public API was found")]
        resolved = replace(target, provider=view.name, model=asked, surface=dialect.surface, operation=operation)
        return Resolved(
            target=resolved,
            dialect=dialect,
            row=row,
            wire_model=wire if target.deployment is None else target.deployment,
            notes=tuple(notes),
        )

    def _model(self, view: Provider, asked: str) -> tuple[Model | None, str, str, list[Note]]:
        """Find row, family and wire name of a model id; an unlisted id is assumed by pattern or fallback."""
        bare, keep = _normalise(view, asked)
        row = view.models.get(bare)
        if row is not None:
            wire = asked if keep else (row.wire or row.id)
            used = (
                None
                if row.wire is None
                else Note(
                    pointer="/model",
                    kind="approximated",
                    given=asked,
                    used=row.wire,
                    reason=row.why or "sent in its place",
                    source=row.source,
                )
            )
            return row, row.family, wire, [] if used is None else [used]
        fits = [(len(pattern.pattern), name) for pattern, name in view.patterns if pattern.fullmatch(bare)]
        family = max(fits)[1] if fits else view.says.get("fallback")
        if family is None:
            known = sorted(view.models)
            raise ResolveError(_unknown(f"model of {view.name}", asked, known, pointer="/model"))
        note = Note(pointer="/model", kind="assumed", given=asked, used=family, reason=f"not listed; read as {family}")
        return None, family, asked if keep else bare, [note]

    def _pick(self, view: Provider, family: str, surface: str | None, operation: str) -> Dialect:
        names = view.families[family]["dialects"]
        made = [self.dialect(view.name, name, family) for name in names]
        on_surface = [dialect for dialect in made if surface is None or dialect.surface == surface]
        if not on_surface:
            surfaces = ", ".join(sorted({dialect.surface for dialect in made}))
            raise ResolveError(
                Problem(
                    pointer="",
                    message=f"expected a surface of {view.name}/{family} ({surfaces}), got {shorten(surface)}",
                )
            )
        for dialect in on_surface:
            if operation in dialect.operations:
                return dialect
        can = ", ".join(sorted({name for dialect in on_surface for name in dialect.operations}))
        message = f"expected an operation of {view.name}/{family} ({can}), got {operation}"
        raise ResolveError(Problem(pointer="/operation", message=message, given=operation, expected=can))

    def credential(self, resolved: Resolved) -> Credential:
        """
        Return where the secret of a target goes.

        Raises:
            ResolveError: The provider has no credential of that kind.
        """
        view = self.providers[resolved.target.provider]
        kinds = view.says["auth"]
        name = resolved.target.auth if resolved.target.auth is not None else next(iter(kinds))
        says = kinds.get(name)
        if says is None:
            message = f"expected a credential kind of {view.name} ({', '.join(kinds)}), got {shorten(name)}"
            raise ResolveError(Problem(pointer="", message=message))
        region = resolved.target.variables.get(says["region"]) if "region" in says else None
        return Credential(name, says.get("header"), says.get("template"), says.get("service"), region)

    # --- recognise ----------------------------------------------------------------------------

    def recognise(self, native: NativeRequest, hint: Target | None) -> Recognised:
        """
        Find the dialect that a native request speaks, and read it.

        The path decides, from its end; then constants and bodies; the host only breaks ties.

        Args:
            native: The message.
            hint: Provider, or more, of whom it is; None looks at all.

        Raises:
            ResolveError: No endpoint fits, or several do and nothing tells them apart.
            WireError: An endpoint fits and the message is not of its dialect.
        """
        url, query = _split(native.url)
        names = sorted(self.providers) if hint is None else [self.provider(hint.provider).name]
        fits = [fit for name in names for fit in self._matches(name, url, hint)]
        if not fits:
            known = "any provider" if hint is None else names[0]
            message = f"expected the URL of a request that {known} has, got {shorten(url.removeprefix(_NO_HOST))}"
            raise ResolveError(Problem(pointer="/url", message=message))
        fits.sort(key=lambda fit: -fit[2].literal)
        problems: list[Problem] = []
        for literal in dict.fromkeys(match.literal for _, _, match in fits):
            read = []
            for name, dialect, match in fits:
                if match.literal == literal:
                    try:
                        read.append((match, self._read(name, dialect, match, native, query, hint)))
                    except (WireError, ResolveError) as error:
                        problems.extend(error.problems)
            if read:
                return _only(read)
        raise WireError(list(dict.fromkeys(problems)))

    def _matches(self, provider: str, url: str, hint: Target | None) -> Iterator[tuple[str, str, Match]]:
        view = self.providers[provider]
        for name in view.dialects:
            family = next((family for family, says in view.families.items() if name in says["dialects"]), None)
            if family is None:
                continue
            dialect = self.dialect(provider, name, family)
            if hint is not None and hint.surface is not None and hint.surface != dialect.surface:
                continue
            match = dialect.request.endpoint.match(url)
            if match is not None:
                yield provider, name, match

    def _read(
        self, provider: str, name: str, match: Match, native: NativeRequest, query: str, hint: Target | None
    ) -> Recognised:
        view = self.providers[provider]
        families = [family for family, says in view.families.items() if name in says["dialects"]]
        first = self.dialect(provider, name, families[0])
        wire = _wire_model(first, read_request(first, native, query, match))
        asked = hint.model if hint is not None and hint.model is not None else wire
        row, family, notes = self._family_on(view, asked, families, opaque=wire)
        dialect = self.dialect(provider, name, family)
        document = read_request(dialect, native, query, match)
        where = document["path"].copy()
        canonical, carried = dialect.decode_request(document)
        model = _model_said(view, row, asked, wire)
        canonical = {"operation": dialect.operations[0], **canonical}
        if model is not None:
            canonical["model"] = model
        pointer = _model_pointer(dialect, where)
        said = dict(parse_qsl(query, keep_blank_values=True))
        variables = {**match.variables, **dialect.request.endpoint.read_query(said)}
        variables = {key: value for key, value in variables.items() if not value.startswith(_NO_HOST)}
        meant = _representative(view, family) if notes else model  # an opaque name is no identity of a model
        target = Target(
            provider=provider,
            model=meant,
            operation=dialect.operations[0],
            surface=dialect.surface,
            deployment=wire if wire is not None and wire != meant else None,
            variables=variables if hint is None else {**variables, **hint.variables},
        )
        moved = tuple(replace(note, pointer=pointer) for note in notes)
        resolved = Resolved(target=target, dialect=dialect, row=row, wire_model=wire or "", notes=moved)
        return Recognised(canonical=canonical, carried=carried, resolved=resolved)

    def _family_on(
        self, view: Provider, asked: str | None, families: list[str], opaque: str | None
    ) -> tuple[Model | None, str, list[Note]]:
        """Find the family of a model among those that speak a dialect; an unknown one is assumed."""
        if asked is None:
            return None, families[0], []
        row: Model | None = None
        notes: list[Note] = []
        family: str | None = None
        try:
            row, family, _, notes = self._model(view, asked)
        except ResolveError:
            note = Note(pointer="/model", kind="assumed", given=opaque, used=asked, reason="not a known model id")
            return None, families[0], [note]
        if family in families:
            bare, _ = _normalise(view, asked)
            fits = row is not None or any(pattern.fullmatch(bare) for pattern, _ in view.patterns)
            return row, family, [] if fits else notes  # an id of the family's own form is read as it stands
        if row is not None:
            message = f"expected a model of this endpoint, got {shorten(asked)}"
            raise WireError(Problem(pointer="/model", message=message, given=asked))
        fallback = next((name for name in families), family)
        return None, fallback, notes


def _split(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return f"{parts.scheme}://{parts.netloc}{parts.path}", parts.query
    return _NO_HOST + parts.path, parts.query


def _wire_model(dialect: Dialect, document: Json) -> str | None:
    request = dialect.request
    said = ABSENT if request.model_at is None else get(document, request.model_at)
    return said if isinstance(said, str) and said else request.silent_model


def _model_said(view: Provider, row: Model | None, asked: str | None, wire: str | None) -> str | None:
    """Return the model id that decode says: what the target names, else what stands there."""
    if asked is None or wire is None or asked != wire:
        return asked
    _, keep = _normalise(view, asked)
    return asked if keep or row is None else row.id


def _representative(view: Provider, family: str) -> str | None:
    """Return a model of a family, an active one if there is one."""
    rows = [row for row in view.models.values() if row.family == family]
    rows.sort(key=lambda row: row.status(row.verified) != "active")
    return rows[0].id if rows else None


def _model_pointer(dialect: Dialect, path: Mapping[str, Json]) -> str:
    at = dialect.request.model_at
    return "/model" if at is None else "/" + "/".join(map(str, at))


def _normalise(view: Provider, model: str) -> tuple[str, bool]:
    """Return the id within an id, and whether the id goes on the wire as it was written."""
    keep, changed = False, True
    while changed:
        changed = False
        for pattern, kept in view.normalise:
            match = pattern.fullmatch(model)
            if match is not None and match[1] != model:
                model, keep, changed = match[1], keep or kept, True
    return model, keep


def _status_notes(row: Model, asked: str, as_of: str | None) -> list[Note]:
    status = row.status(as_of or row.verified)
    if status == "active":
        return []
    since = row.retired if status == "retired" else row.deprecated
    instead = "" if row.replacement is None else f"; the provider names {row.replacement} instead"
    reason = f"{status} since {since}{instead}"
    return [Note(pointer="/model", kind=status, given=asked, used=row.replacement, reason=reason, source=row.source)]


def _only(read: list[tuple[Match, Recognised]]) -> Recognised:
    """Return the one that fits; on a tie the host decides, then openai wins, assumed."""
    if len(read) > 1:
        read = [pair for pair in read if pair[0].host] or read
    if len(read) == 1:
        return read[0][1]
    names = sorted({f"{found.resolved.target.provider}/{found.resolved.dialect.name}" for _, found in read})
    for _, found in read:
        if found.resolved.target.provider == "openai":
            note = Note(pointer="/url", kind="assumed", used="openai", reason=f"the request fits {', '.join(names)}")
            return replace(found, resolved=replace(found.resolved, notes=(*found.resolved.notes, note)))
    message = f"expected a request that one dialect fits, got one that fits {', '.join(names)}; name the provider"
    raise ResolveError(Problem(pointer="/url", message=message))


def _unknown(what: str, given: str, known: list[str], pointer: str = "") -> Problem:
    near = difflib.get_close_matches(given, known, n=3, cutoff=0.3) or known[:3]
    message = f"expected a known {what}, got {shorten(given)}; nearest are {', '.join(near)}"
    return Problem(pointer=pointer, message=message, given=given)


def builtin_providers() -> dict[str, Provider]:
    """Read the built-in providers."""
    views = [read_provider(read_folder(folder)) for folder in provider_folders()]
    return {view.name: view for view in views}


def rows_added(view: Provider, rows: Mapping[str, Any]) -> Provider:
    """Return a provider with further rows in its models table, which stand before its own."""
    own = {**view.says, "models": [*view.says["models"], *({"id": key, **row} for key, row in rows.items())]}
    return read_provider({"provider": own, "dialects": view.dialects}, strict=view.strict)
