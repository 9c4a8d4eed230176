"""
The built-in dialects as the laws see them: one case a dialect and family, with a target of it.

Also the way from a message to the object that the native schemas describe and back, written here
by hand so that the laws do not lean on `imagetx.message`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import imagetx
from imagetx.catalog import Catalog, builtin_providers
from imagetx.dialect import Dialect

Json = Any
ROOT = Path(__file__).parents[1]
CATALOG = Catalog(builtin_providers())
VARIABLES = {"bedrock": {"region": "us-west-2"}, "azure": {"resource": "acme"}}
"""What fills the hosts that have no default."""


class Case:
    """One dialect for one family of models."""

    def __init__(self, dialect: Dialect, model: str) -> None:
        self.dialect = dialect
        self.model = model

    @property
    def name(self) -> str:
        return f"{self.dialect.provider}/{self.dialect.name}"

    @property
    def target(self) -> imagetx.Target:
        provider = self.dialect.provider
        return imagetx.Target(
            provider=provider, model=self.model, surface=self.dialect.surface, variables=VARIABLES.get(provider, {})
        )

    def __repr__(self) -> str:
        return f"{self.name}:{self.dialect.family}"


def cases() -> list[Case]:
    """List every dialect for every family that has a model."""
    found = []
    for provider, view in CATALOG.providers.items():
        for dialect in CATALOG.dialects(provider):
            models = [row.id for row in view.models.values() if row.family == dialect.family and row.wire is None]
            if models:
                found.append(Case(dialect=dialect, model=models[0]))
    return found


def native_schema(name: str) -> Json:
    """Read the second witness of a dialect."""
    return json.loads((ROOT / "schemas" / "native" / f"{name}.request.json").read_text())


def fixture(name: str) -> Json:
    """Read the vectors of a dialect."""
    return json.loads((ROOT / "fixtures" / f"{name}.json").read_text())


TEMPLATES = {
    "openai/generations": "https://api.openai.com/v1/images/generations",
    "azure/deployment-generations": "https://acme.openai.azure.com/openai/deployments/{deployment}/images/generations",
    "azure/v1-generations": "https://acme.openai.azure.com/openai/v1/images/generations",
    "bedrock/nova-canvas": "https://bedrock-runtime.us-west-2.amazonaws.com/model/{model}/invoke",
    "bedrock/stable-image": "https://bedrock-runtime.us-west-2.amazonaws.com/model/{model}/invoke",
    "gemini/generate-content": "https://generativelanguage.googleapis.com/v1beta/models/{model}:{verb}",
    "stability/ultra": "https://api.stability.ai/v2beta/stable-image/generate/ultra",
    "stability/core": "https://api.stability.ai/v2beta/stable-image/generate/core",
    "stability/sd3": "https://api.stability.ai/v2beta/stable-image/generate/sd3",
}
"""Endpoints of the dossiers, sections 1; written here again as a second witness of the specs."""
FORMS = {"stability/ultra", "stability/core", "stability/sd3"}
SURFACE_QUERY = {"azure/deployment-generations": {"api-version": "2025-04-01-preview"}}


def to_message(name: str, native: Json) -> imagetx.NativeRequest:
    """Make the HTTP message of an object that a native schema describes."""
    path = {hole: quote(value, safe="") for hole, value in native.get("path", {}).items()}
    query = {**SURFACE_QUERY.get(name, {}), **native.get("query", {})}
    url = TEMPLATES[name].format(**path) + ("?" + urlencode(query, quote_via=quote) if query else "")
    body = native["body"]
    if name in FORMS:
        body = tuple(
            imagetx.Part(key, text)
            for key, value in body.items()
            for text in (value if isinstance(value, list) else [value])
        )
    return imagetx.NativeRequest("POST", url, native.get("headers", {}), body)


def from_message(name: str, message: imagetx.NativeRequest) -> Json:
    """Read the object that a native schema describes out of an HTTP message."""
    parts = urlsplit(message.url)
    template = urlsplit(TEMPLATES[name].replace("{", "%7B").replace("}", "%7D")).path.split("/")
    holes: dict[str, str] = {}
    for pattern, found in zip(template, parts.path.split("/"), strict=True):
        names = [piece.split("%7D")[0] for piece in pattern.split("%7B")[1:]]
        values = found.rsplit(":", len(names) - 1) if len(names) > 1 else [found]
        holes |= {hole: unquote(value) for hole, value in zip(names, values, strict=False)} if names else {}
    query = {key: value for key, value in parse_qsl(parts.query) if SURFACE_QUERY.get(name, {}).get(key) != value}
    headers = {key: value for key, value in message.headers.items() if key != "content-type"}
    body: Json = message.body
    if name in FORMS:
        body = {}
        for part in message.body:
            before = body.get(part.name)
            body[part.name] = (
                part.data if before is None else [*(before if isinstance(before, list) else [before]), part.data]
            )
    return {"path": holes, "query": query, "headers": headers, "body": body}
