"""
The catalog: providers by name, their dialects compiled at first use, and what a target means.

Immutable for its users: the dialects it keeps are the same whoever compiles them, so two threads
may do it twice without harm and no lock is needed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

from imagetx.ceilings import DEFAULT, InputLimits
from imagetx.compile import compile_dialect
from imagetx.dialect import Dialect
from imagetx.document import Json
from imagetx.errors import Problem, RequestError, ResolveError, shorten
from imagetx.lines import Lines
from imagetx.notes import Note
from imagetx.routes import Routes
from imagetx.schemas import canonical_schemas, provider_folders, read_folder
from imagetx.spec import Model, Provider, flat, read_provider
from imagetx.standing import in_place, status_notes, unknown, unverified
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import Credential

_MOST_TARGETS = 1024
_LONGEST_ID = 2048  # characters of an ARN (Amazon Bedrock API reference); within a longer text there is no id
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a target means: its dialect, its model's row, the name on the wire, and notes on the way."""

    target: Target
    dialect: Dialect
    row: Model | None
    wire_model: str
    credential: Credential | None
    notes: tuple[Note, ...]
    served_by: str = field(init=False)
    verified: str = field(init=False)

    def __post_init__(self) -> None:
        """Tell once what every translation says: the dialect's name, and when its facts were read."""
        object.__setattr__(self, "served_by", f"{self.dialect.provider}/{self.dialect.name}")
        dates = [self.dialect.verified] if self.row is None else [self.row.verified, self.dialect.verified]
        object.__setattr__(self, "verified", min(dates))

    def translation(self, value: T, notes: Iterable[Note]) -> Translation[T]:
        """Give a translated value with its notes, and with what it was translated by."""
        return Translation(
            value=value,
            notes=tuple(notes),
            target=self.target,
            dialect=self.served_by,
            model=self.target.model,
            verified=self.verified,
        )


class Catalog:
    """
    Providers by name.

    Args:
        providers: Views of their files by main name.
        limits: How much is read of what others send.
    """

    def __init__(self, providers: Mapping[str, Provider], limits: InputLimits = DEFAULT) -> None:
        self.providers = dict(providers)
        self.limits = limits
        self._aliases = {
            alias: name for name, view in self.providers.items() for alias in (name, *view.says.get("aliases", ()))
        }
        self._lines = Lines()
        self._dialects: dict[tuple[str, str, str], Dialect] = {}
        self._resolved: dict[tuple[Any, ...], Resolved] = {}
        self.routes = Routes(self.providers, self.dialect)
        self.spoken: dict[tuple[str | None, ...], Any] = {}  # what `speaker` found

    def __copy__(self) -> Catalog:
        """Give itself: it never changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Catalog:
        """Give itself: it never changes."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle as the providers; the built-in one by its name."""
        if self.providers is not builtin_catalog().providers:
            return Catalog, (self.providers, self.limits)
        return (builtin_catalog, ()) if self is builtin_catalog() else (_builtin_limited, (self.limits,))

    def limited(self, limits: InputLimits) -> Catalog:
        """Give the same providers with other limits; what is compiled is shared."""
        other = object.__new__(Catalog)
        other.__dict__.update(self.__dict__, limits=limits)
        return other

    def including(self, view: Provider) -> Catalog:
        """Give these providers and one more; what is compiled of the others is shared, where it cannot depend on it."""
        other = Catalog({**self.providers, view.name: view}, self.limits)
        if view.name not in self.providers:
            other._dialects.update(self._dialects)
        return other

    def provider(self, name: str) -> Provider:
        """
        Return a provider by its main name or an alias.

        Raises:
            ResolveError: There is none; the message names the nearest.
        """
        main = self._aliases.get(name) if isinstance(name, str) else None
        if main is None:
            raise ResolveError(unknown("provider", name, sorted(self.providers)))
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
                canonical=canonical_schemas(),
                strict=view.strict,
                lines=self._lines,
            )
            found = self._dialects.setdefault(key, found)  # of two threads that compile it, both get the first one's
        return found

    def dialects(self, provider: str) -> Iterator[Dialect]:
        """Yield every dialect of a provider for every family that speaks it."""
        view = self.providers[provider]
        for family, says in view.families.items():
            for name in says["dialects"]:
                yield self.dialect(provider, name, family)

    # --- resolve ------------------------------------------------------------------------------

    def resolve(
        self, target: Target, model: Json, operation: Json, as_of: str | None, given: frozenset[str] = frozenset()
    ) -> Resolved:
        """
        Find the dialect that a target means.

        Args:
            target: As the caller gives it.
            model: The request's own model, used if the target has none.
            operation: What is asked for; None is what the model is for, generate if it can.
            as_of: ISO date on which a model's status is judged; None is the row's `verified`.
            given: Names of which the presence decides between dialects; see `deciding`.

        Raises:
            RequestError: The model cannot do what is asked for.
            ResolveError: No such provider, model, surface, operation or credential kind.
        """
        asked = target.model if target.model is not None else model
        if not isinstance(asked, str) or not asked:
            message = f"expected a model for {self.provider(target.provider).name}, in the target or the request"
            raise ResolveError(Problem(pointer="/model", message=message))
        try:
            wire = (target.deployment, target.auth, *target.variables.items())
            key = (target.provider, asked, target.surface, operation, given, as_of, wire)
            found = self._resolved.get(key)
        except TypeError:  # a variable that cannot be a key, nor be in a URL
            return self._resolve(target, asked, operation, given, as_of)
        if found is None:
            found = self._resolve(target, asked, operation, given, as_of)
            if len(self._resolved) < _MOST_TARGETS:
                self._resolved[key] = found
        return found

    def _resolve(
        self, target: Target, asked: str, operation: Json, given: frozenset[str], as_of: str | None
    ) -> Resolved:
        view = self.provider(target.provider)
        row, family, wire, notes = self.model(view, asked)
        if row is not None:
            notes += status_notes(row, asked, as_of)
        instead = next((each for each in view.families[family].get("instead", ()) if each["given"] in given), None)
        if instead is not None and operation == "edit":
            row = view.models[instead["model"]]
            used = in_place(asked, row.id, instead["reason"], instead.get("source"))
            notes = [used, *(note for note in notes if note.kind != "approximated")]
            asked, wire, family = row.id, row.id, row.family
        dialect = self._pick(view, family, target.surface, operation, given)
        operation = operation or _first_operation(dialect)
        if dialect.unverified:
            notes = [*notes, unverified(asked)]
        self._check_variables(view, family, dialect, target.variables)
        meant = replace(target, provider=view.name, model=asked, surface=dialect.surface, operation=operation)
        return Resolved(
            target=meant,
            dialect=dialect,
            row=row,
            wire_model=wire if target.deployment is None else target.deployment,
            credential=self._credential(view, dialect, target),
            notes=tuple(notes),
        )

    def _check_variables(self, view: Provider, family: str, dialect: Dialect, given: Mapping[str, str]) -> None:
        """Check variables, those of all the family too: an answer is resolved without the mask that chose a dialect."""
        known = {"base_url", *dialect.request.endpoint.variables, *view.says.get("variables", {})}
        if given.keys() <= known:
            return
        for name in view.families[family]["dialects"]:
            known |= self.dialect(view.name, name, family).request.endpoint.variables
        for name in given.keys() - known:
            raise ResolveError(unknown(f"variable of {view.name}", name, sorted(known)))

    def model_of(self, target: Target, as_of: str | None) -> str:
        """Return a target's model, else one that stands for the provider's: the first that is active."""
        view = self.provider(target.provider)
        active = (row.id for row in view.models.values() if row.status(as_of or row.verified) == "active")
        if target.model is not None:
            return target.model
        return next(active, next(iter(view.families)))  # where no model is known, any name is one

    def model(self, view: Provider, asked: str) -> tuple[Model | None, str, str, list[Note]]:
        """
        Find row, family and name on the wire of a model id; an unlisted id is assumed by pattern or fallback.

        Raises:
            ResolveError: Nothing fits; the message names the nearest ids.
        """
        if len(asked) > _LONGEST_ID:
            raise ResolveError(unknown(f"model of {view.name}", asked, sorted(view.models), pointer="/model"))
        bare, keep = normalise(view, asked)
        row = view.models.get(bare)
        if row is not None:
            wire = asked if keep else (row.wire or row.id)
            why = row.why or "sent in its place"
            return row, row.family, wire, [] if row.wire is None else [in_place(asked, row.wire, why, row.source)]
        fits = [(len(pattern.pattern), name) for pattern, name in view.patterns if pattern.fullmatch(bare)]
        family = max(fits)[1] if fits else view.says.get("fallback")
        if family is None:
            known = sorted(view.models, key=lambda name: (view.models[name].retired is not None, name))
            raise ResolveError(unknown(f"model of {view.name}", asked, known, pointer="/model"))
        wire = asked if keep else bare
        reason = f"not listed; read as one of {family}"
        return None, family, wire, [Note(pointer="/model", kind="assumed", given=asked, used=wire, reason=reason)]

    def _pick(
        self, view: Provider, family: str, surface: str | None, operation: Json, given: frozenset[str]
    ) -> Dialect:
        says = view.families[family]
        within = says.get("within", {})
        needs = {name: within.get(name, {}).get("needs", ()) for name in says["dialects"]}
        names = [name for name, any_of in needs.items() if not any_of or not given.isdisjoint(any_of)]
        on_surface = [name for name in names if surface is None or view.dialects[name]["surface"] == surface]
        if not on_surface:
            surfaces = ", ".join(sorted({view.dialects[name]["surface"] for name in names}))
            raise ResolveError(
                Problem(
                    pointer="",
                    message=f"expected a surface of {view.name}/{family} ({surfaces}), got {shorten(surface)}",
                )
            )
        own: list[str] | None = says.get("operations")
        can = {name: view.dialects[name]["operations"] if own is None else own for name in on_surface}
        wanted = ["generate", "edit", "variation"] if operation is None else [operation]
        for each in wanted:
            for name in on_surface:
                if each in can[name]:
                    return self.dialect(view.name, name, family)
        known = ", ".join(sorted({said for each in can.values() for said in each}))
        message = f"expected an operation of {view.name}/{family} ({known}), got {operation}"
        told = "variation" not in (operation, *known.split(", "))  # an image there or not tells generate from edit
        pointer = "/image" if told else "/operation"
        raise RequestError(Problem(pointer=pointer, message=message, given=operation, expected=known))

    def _credential(self, view: Provider, dialect: Dialect, target: Target) -> Credential:
        """Tell where the secret of a target goes."""
        kinds = view.says["auth"]
        name = target.auth or dialect.says.get("auth") or next(iter(kinds))
        says = kinds.get(name)
        if says is None:
            message = f"expected a credential kind of {view.name} ({', '.join(kinds)}), got another"  # the key, perhaps
            raise ResolveError(Problem(pointer="", message=message))
        region = target.variables.get(says["region"]) if "region" in says else None
        return Credential(name, says.get("header"), says.get("template"), says.get("service"), region)


def deciding(view: Provider, request: Mapping[str, Json]) -> frozenset[str]:
    """Return the names that decide between a provider's dialects, of those that a request gives or carries."""
    if not view.needed:
        return view.needed
    options = request.get("provider_options")
    carried = options.get(view.name) if isinstance(options, dict) else None
    there = {name for name in view.needed if request.get(name) is not None}
    return frozenset(there | view.needed.intersection(carried if isinstance(carried, dict) else ()))


def _first_operation(dialect: Dialect) -> str:
    return "generate" if "generate" in dialect.operations else dialect.operations[0]


def normalise(view: Provider, model: str) -> tuple[str, bool]:
    """Return the id within an id, and whether the id goes on the wire as it was written."""
    keep, changed = False, len(model) <= _LONGEST_ID
    while changed:
        changed = False
        for pattern, kept in view.normalise:
            match = pattern.fullmatch(model)
            if match is not None and match[1] != model:
                model, keep, changed = match[1], keep or kept, True
    return model, keep


def _builtin_limited(limits: InputLimits) -> Catalog:
    """Give the built-in providers with other limits, as they were pickled."""
    return builtin_catalog().limited(limits)


@cache
def builtin_catalog() -> Catalog:
    """Return the catalog of the built-in providers."""
    views = [read_provider(read_folder(folder)) for folder in provider_folders()]
    return Catalog({view.name: view for view in views})
