"""
The registry: the public functions over a set of providers, the built-in ones or a caller's own.

Not named `registry.py`: the engine is loaded at first use, and Python would then put the module in the place
of the function `imagetx.registry`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from imagetx import answer, ask
from imagetx.ability import Capabilities
from imagetx.answerer import said_in
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse
from imagetx.capability import capabilities_of
from imagetx.catalog import Catalog, builtin_catalog
from imagetx.ceilings import InputLimits
from imagetx.decoder import StreamDecoder, open_decoder
from imagetx.encoder import StreamEncoder, events_translated, open_encoder
from imagetx.errors import REPR_LIMIT, Json, Problem, RequestError, SpecError, cut, shorten
from imagetx.event import ImageEvent
from imagetx.exchange import Exchange, make_plan, resumed
from imagetx.newcomer import checked_spec, own_copy, read_spec
from imagetx.pending import Pending
from imagetx.policy import Policy, read_options
from imagetx.schemas import validate_spec
from imagetx.spec import read_provider, rows_added
from imagetx.tables import explain_target, list_models
from imagetx.target import Target, parse_target
from imagetx.translation import Translation
from imagetx.verdict import Check, Ranked, check_request, rank_targets
from imagetx.wire import NativeRequest, NativeResponse


class Registry:
    """
    Translate between canonical and native messages of a set of providers.

    `imagetx.registry()` is the built-in one, and the functions of `imagetx` are its methods.
    A registry never changes: `with_provider`, `with_models` and `with_limits` give another.

    Args:
        catalog: The providers; callers use `imagetx.registry()`.
    """

    __slots__ = ("catalog",)

    catalog: Catalog

    def __init__(self, catalog: Catalog) -> None:
        object.__setattr__(self, "catalog", catalog)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse to change."""
        message = "Registry cannot be changed"
        raise AttributeError(message)

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse to change."""
        message = "Registry cannot be changed"
        raise AttributeError(message)

    def __repr__(self) -> str:
        return cut(f"<Registry of {', '.join(self.providers())}>", REPR_LIMIT)

    def __copy__(self) -> Registry:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Registry:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return Registry, (self.catalog,)

    def encode_request(
        self,
        request: Mapping[str, Json] | ImageRequest,
        target: str | Target,
        *,
        policy: Policy = "adapt",
        as_of: str | date | None = None,
        emulate: Iterable[str] = (),
        url_as: str = "b64_json",
    ) -> Translation[NativeRequest]:
        """See `imagetx.encode_request`."""
        options = read_options(policy, as_of, emulate, url_as)
        return ask.encode(self.catalog, request, parse_target(target), options)

    def decode_request(self, native: NativeRequest, source: str | Target | None = None) -> Translation[ImageRequest]:
        """See `imagetx.decode_request`."""
        return ask.decode(self.catalog, native, None if source is None else parse_target(source))

    def decode_response(
        self,
        native: NativeResponse,
        target: str | Target,
        *,
        request: Mapping[str, Json] | ImageRequest | None = None,
        created: int | None = None,
    ) -> Translation[ImageResponse | ErrorResponse | Pending]:
        """See `imagetx.decode_response`."""
        return answer.decode(self.catalog, native, parse_target(target), request, created)

    def encode_response(
        self,
        response: Mapping[str, Json] | ImageResponse | ErrorResponse | Pending,
        target: str | Target,
        *,
        request: NativeRequest | None = None,
        served_by: str | Target | None = None,
    ) -> Translation[NativeResponse]:
        """See `imagetx.encode_response`."""
        read_in = None if served_by is None else said_in(self.catalog, parse_target(served_by))
        return answer.encode(self.catalog, response, parse_target(target), request, read_in)

    def translate_request(
        self,
        native: NativeRequest,
        source: str | Target | None,
        target: str | Target,
        *,
        policy: Policy = "adapt",
        as_of: str | date | None = None,
        emulate: Iterable[str] = (),
        url_as: str = "b64_json",
    ) -> Translation[NativeRequest]:
        """See `imagetx.translate_request`."""
        options = read_options(policy, as_of, emulate, url_as)
        hint = None if source is None else parse_target(source)
        return ask.translate(self.catalog, native, hint, parse_target(target), options)

    def translate_response(
        self,
        native: NativeResponse,
        served_by: str | Target,
        asked_as: str | Target,
        *,
        request: Mapping[str, Json] | ImageRequest | None = None,
        caller_request: NativeRequest | None = None,
    ) -> Translation[NativeResponse]:
        """See `imagetx.translate_response`."""
        decoded = answer.read(self.catalog, native, parse_target(served_by), request)
        encoded = answer.encode(self.catalog, decoded.value, parse_target(asked_as), caller_request, decoded.dialect)
        return Translation(
            value=encoded.value,
            notes=(*decoded.notes, *encoded.notes),
            target=encoded.target,
            dialect=encoded.dialect,
            model=encoded.model,
            verified=min(decoded.verified, encoded.verified),
        )

    def plan(
        self,
        request: Mapping[str, Json] | ImageRequest,
        target: str | Target,
        *,
        policy: Policy = "adapt",
        as_of: str | date | None = None,
        emulate: Iterable[str] = (),
        url_as: str = "b64_json",
    ) -> Exchange:
        """See `imagetx.plan`."""
        options = read_options(policy, as_of, emulate, url_as)
        return make_plan(self.catalog, request, parse_target(target), options)

    def resume(self, text: Json) -> Exchange:
        """Go on with an exchange over these providers; see `imagetx.Exchange.from_json`."""
        return resumed(self.catalog, text)

    def stream_decoder(
        self,
        target: str | Target,
        *,
        request: Mapping[str, Json] | ImageRequest | None = None,
        headers: Mapping[str, str] | None = None,
        created: int | None = None,
    ) -> StreamDecoder:
        """See `imagetx.stream_decoder`."""
        return open_decoder(self.catalog, parse_target(target), request, headers, created)

    def stream_encoder(
        self, target: str | Target, *, request: NativeRequest | None = None, served_by: str | Target | None = None
    ) -> StreamEncoder:
        """See `imagetx.stream_encoder`."""
        served = None if served_by is None else parse_target(served_by)
        return open_encoder(self.catalog, parse_target(target), request, served)

    def stream_events(
        self, response: Mapping[str, Json] | ImageResponse | ErrorResponse, target: str | Target
    ) -> Translation[tuple[ImageEvent, ...]]:
        """See `imagetx.stream_events`."""
        return events_translated(self.catalog, response, parse_target(target))

    def explain(
        self,
        target: str | Target,
        *,
        policy: Policy = "adapt",
        as_of: str | date | None = None,
        emulate: Iterable[str] = (),
        url_as: str = "b64_json",
    ) -> dict[str, Json]:
        """See `imagetx.explain`."""
        options = read_options(policy, as_of, emulate, url_as)
        return explain_target(self.catalog, parse_target(target), options)

    def capabilities(self, target: str | Target) -> Capabilities:
        """See `imagetx.capabilities`."""
        return capabilities_of(self.catalog, parse_target(target))

    def check(
        self,
        request: Mapping[str, Json] | ImageRequest,
        target: str | Target,
        *,
        policy: Policy = "adapt",
        as_of: str | date | None = None,
        emulate: Iterable[str] = (),
        url_as: str = "b64_json",
    ) -> Check:
        """See `imagetx.check`."""
        return check_request(self.catalog, request, target, read_options(policy, as_of, emulate, url_as))

    def rank(
        self,
        request: Mapping[str, Json] | ImageRequest,
        targets: Iterable[str | Target],
        *,
        weights: Mapping[str, int | float] | None = None,
        policy: Policy = "adapt",
        as_of: str | date | None = None,
        emulate: Iterable[str] = (),
        url_as: str = "b64_json",
    ) -> list[Ranked]:
        """See `imagetx.rank`."""
        options = read_options(policy, as_of, emulate, url_as)
        return rank_targets(self.catalog, request, targets, {} if weights is None else weights, options)

    def providers(self) -> tuple[str, ...]:
        """See `imagetx.providers`."""
        return tuple(sorted(self.catalog.providers))

    def models(self, provider: str | None = None) -> list[dict[str, Json]]:
        """See `imagetx.models`."""
        names = self.providers() if provider is None else (self.catalog.provider(provider).name,)
        return [row for name in names for row in list_models(self.catalog, name)]

    def with_provider(self, spec: str | Path | Mapping[str, Json]) -> Registry:
        """
        Give a registry that has one provider more, or another one under the same name.

        Args:
            spec: A provider folder, a JSON file, or a dict: `{"provider": {...}, "dialects": {name: {...}}}`.

        Returns:
            The new registry.

        Raises:
            SpecError: The spec is not valid under spec.schema.json, or a dialect does not compile;
                every problem names its place. A canonical field on which a dialect does not decide
                is dropped with a note when it is given.
        """
        view = read_provider(checked_spec(read_spec(spec)), strict=False)
        catalog = self.catalog.including(view)
        for _ in catalog.dialects(view.name):
            """Compiling is the lint."""
        return Registry(catalog)

    def with_models(self, provider: str, rows: Mapping[str, Mapping[str, Json]]) -> Registry:
        """
        Give a registry with further rows in a provider's models table.

        Args:
            provider: Main name or alias.
            rows: Model id -> row (`family`, and what spec.schema.json says of a model).

        Returns:
            The new registry.

        Raises:
            ResolveError: No such provider.
            SpecError: A row is not valid, or claims an id that is there.
        """
        view = self.catalog.provider(provider)
        if not isinstance(rows, Mapping) or not all(isinstance(row, Mapping) for row in rows.values()):
            message = "expected a map of model ids to rows"
            raise SpecError(Problem(pointer="/models", message=message))
        own = own_copy(rows)
        problems = [
            problem
            for name, row in own.items()
            for problem in validate_spec({"id": name, **row}, "model", f"/models/{name}")
        ]
        if problems:
            raise SpecError(problems)
        return Registry(self.catalog.including(rows_added(view, own)))

    def with_limits(self, limits: InputLimits) -> Registry:
        """
        Give a registry that reads more or less of what others send.

        Args:
            limits: All of them: those not named in `InputLimits(...)` are the defaults.

        Returns:
            The new registry; providers and compiled dialects are shared with this one.

        Raises:
            RequestError: They are no InputLimits.
        """
        if not isinstance(limits, InputLimits):
            raise RequestError(f"expected InputLimits, got {shorten(limits)}")
        return Registry(self.catalog.limited(limits))


def built_in() -> Registry:
    """Build the registry of the built-in providers."""
    return Registry(builtin_catalog())
