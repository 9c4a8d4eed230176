"""
Who answers: the dialect of an answer, as far as the target and what was asked tell it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace

from imagetx.canonical import ImageRequest, document
from imagetx.catalog import Catalog, Resolved, deciding
from imagetx.dialect import Dialect
from imagetx.document import Json
from imagetx.errors import Problem, RequestError, ResolveError, shorten
from imagetx.standing import unverified
from imagetx.target import Target


def asked_of(request: Json, created: Json) -> Mapping[str, Json] | None:
    """
    Return the document of the canonical request that an answer is to.

    Raises:
        RequestError: It is none, or `created` is no time.
    """
    asked = document(request) if isinstance(request, ImageRequest) else request
    if asked is not None and not isinstance(asked, Mapping):
        message = f"expected the canonical request, got {shorten(request)}"
        raise RequestError(Problem(pointer="", message=message))
    if created is not None and (isinstance(created, bool) or not isinstance(created, int)):
        message = f"expected created as whole Unix seconds, got {shorten(created)}"
        raise RequestError(Problem(pointer="", message=message))
    return asked


def dialect_of(catalog: Catalog, target: Target, asked: Mapping[str, Json] | None) -> Resolved:
    """Find the dialect of an answer; where nothing names a model, the provider's first family is as good."""
    model = None if asked is None else asked.get("model")
    if target.model is None and not isinstance(model, str):
        view = catalog.provider(target.provider)
        family = next(iter(view.families))
        # where no model is known, any name is one
        target = replace(target, model=view.representative(family) or family)
    asked = asked or {}
    operation = target.operation or asked.get("operation") or ("edit" if asked.get("image") is not None else None)
    resolved = catalog.resolve(target, model, operation, None, deciding(catalog.provider(target.provider), asked))
    notes = (unverified(target.model),) if resolved.dialect.unverified else ()
    return resolved if resolved.notes == notes else replace(resolved, notes=notes)


def others_of(catalog: Catalog, target: Target, first: Dialect) -> Iterator[Resolved]:
    """Yield the further dialects that a provider may have answered in."""
    view = catalog.provider(target.provider)
    for name, routes in view.routes.items():
        families = [family for route in routes.values() for family in route]
        surface = view.dialects[name]["surface"]
        if name != first.name and families and target.surface in (None, surface):
            model = view.representative(families[0]) or families[0]
            with suppress(ResolveError):
                yield dialect_of(catalog, replace(target, model=model, surface=surface), None)


def said_in(catalog: Catalog, target: Target) -> str:
    """Name the dialect, `provider/name`, in which a target answers."""
    return dialect_of(catalog, target, None).served_by
