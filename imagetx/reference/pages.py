"""
The reference as documents: what its pages show, as plain JSON, whatever they are written in.

Nothing here knows a provider. All of it is asked of the same compiled dialects that translate: the lines of
`explain`, the rows of `models`, and `encode_request` on a few sample requests. Two calls give equal documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from imagetx import __version__
from imagetx.catalog import Catalog
from imagetx.document import Json
from imagetx.reference.answer_page import categories
from imagetx.reference.dialect_page import dialect_page
from imagetx.reference.field_page import field_pages, matrix
from imagetx.reference.migration_page import migrations
from imagetx.reference.trials import trials
from imagetx.spec import Provider
from imagetx.tables import list_models
from imagetx.translator import Registry


def documents(registry: Registry) -> dict[str, Any]:
    """
    Describe everything that a set of providers says.

    Args:
        registry: The providers; `imagetx.registry()` for the built-in ones.

    Returns:
        `version` (of imagetx), `verified` (the latest day on which a source was read), `providers`, `dialects`,
        `fields`, `matrix`, `categories` (of errors), `migrations` and `trials`: see the modules that make them.
    """
    catalog = registry.catalog
    views = [catalog.providers[name] for name in registry.providers()]
    dialects = [dialect_page(catalog, view, name) for view in views for name in view.dialects]
    return {
        "version": __version__,
        "verified": max(page["verified"] for page in dialects),
        "providers": [_provider(catalog, view, dialects) for view in views],
        "dialects": dialects,
        "fields": field_pages(dialects),
        "matrix": matrix(dialects),
        "categories": categories(),
        "migrations": migrations(registry),
        "trials": trials(registry),
    }


def _provider(catalog: Catalog, view: Provider, dialects: list[dict[str, Any]]) -> dict[str, Json]:
    """Describe a provider: where it answers, how it is asked, its models and dialects."""
    says = view.says
    return {
        "provider": view.name,
        "title": says.get("title", view.name),
        "about": says.get("about", ""),
        "aliases": list(says.get("aliases", ())),
        "base_url": says["base_url"],
        "auth": [_auth(name, kind) for name, kind in says["auth"].items()],
        "source": says["source"],
        "verified": says["verified"],
        "models": list_models(catalog, view.name),
        "dialects": [
            {key: page[key] for key in ("id", "slug", "dialect", "surface", "operations", "status", "unverified")}
            for page in dialects
            if page["provider"] == view.name
        ],
    }


def _auth(name: str, kind: Mapping[str, Any]) -> dict[str, Json]:
    """Say where a secret goes, never what it is."""
    return {"kind": name, **{key: kind[key] for key in ("header", "template", "service") if key in kind}}
