"""The vectors against the schemas of the corpus: their own, the canonical ones, and what providers accept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from documents import Json, Tokens
from jsonschema import Draft202012Validator
from messages import form_of
from targets import Corpus

SO_MANY = 8
"""Vectors of a dialect that are held against what the provider accepts: some schemas take 20 ms a message."""

_CANONICAL = {"requests": "request", "responses": "response", "errors": "error"}


class Schemas:
    """Validators by the path of their schema, each made once."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._made: dict[str, Any] = {}

    def faults(self, path: str, document: Json) -> Iterator[str]:
        """Say what is wrong with a document."""
        if path not in self._made:
            self._made[path] = Draft202012Validator(self._corpus.read(path))
        for error in self._made[path].iter_errors(document):
            yield f"/{'/'.join(map(str, error.absolute_path))}: {error.message[:200]}"

    def schema(self, path: str) -> Json:
        return self._corpus.once(path)


def described(witness: Json, message: Json) -> Json:
    """Give a message the form that a native schema describes."""
    parts = urlsplit(message["url"])
    holes: dict[str, str] = {}
    template = urlsplit(witness["endpoint"].replace("{", "%7B").replace("}", "%7D")).path.split("/")
    for pattern, found in zip(reversed(template), reversed(parts.path.split("/")), strict=False):
        names = re.findall("%7B(.*?)%7D", pattern)
        texts = found.rsplit(":", 1) if len(names) > 1 else [found]
        holes |= {name: unquote(text) for name, text in zip(names, texts, strict=True)} if names else {}
    always = witness.get("query", {})
    query = {name: value for name, value in parse_qsl(parts.query) if always.get(name) != value}
    headers = {name: value for name, value in message["headers"].items() if name != "content-type"}
    if "form" not in message["body"]:
        return {"path": holes, "query": query, "headers": headers, "body": message["body"]["json"]}
    kind = {} if witness.get("form", False) else {"kind": "form"}
    return {"path": holes, "query": query, "headers": headers, "body": form_of(message["body"]["form"]), **kind}


def checked(schemas: Schemas, says: Json, document: Json, tokens: Tokens) -> Iterator[str]:
    """Say what is wrong with the vectors of a dialect."""
    name = document["dialect"]
    yield from (f"{name} {fault}" for fault in schemas.faults("schemas/fixture.schema.json", document))
    for section in ("requests", "responses", "errors"):
        path = f"schemas/canonical/{_CANONICAL[section]}.schema.json"
        for vector in document[section]:
            for member in {"canonical", "decoded"} & vector.keys():
                found = schemas.faults(path, tokens.expanded(vector[member]))
                yield from (f"{name}::{vector['name']} {member} {fault}" for fault in found)
    for vector in document.get("streams", ()):
        for event in vector["events"]:
            found = schemas.faults("schemas/canonical/event.schema.json", event)
            yield from (f"{name}::{vector['name']} {fault}" for fault in found)
    written = [vector for vector in document["requests"] if "encode" in vector.get("ways", ["encode"])]
    plain = [vector for vector in written if _is_described(vector)]
    for vector in plain[:SO_MANY]:
        path = says["native_request"]
        native = described(schemas.schema(path), tokens.expanded(vector.get("encoded", vector["native"])))
        yield from (f"{name}::{vector['name']} native {fault}" for fault in schemas.faults(path, native))


def _is_described(vector: Json) -> bool:
    """Say whether a native schema describes what a vector writes: a known model by its name, nothing carried."""
    carries = "provider_options" in vector["canonical"]
    return not carries and "deployment" not in vector["target"] and "assumed /model" not in vector["notes"]
