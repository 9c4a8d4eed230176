"""
The built-in dialects as the laws see them: one case a dialect and family, with a target of it.

Also the way from a message to the object that the native schemas describe and back, written here
by hand so that the laws do not lean on `imagetx.message`.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import imagetx
from imagetx.catalog import builtin_catalog
from imagetx.dialect import Dialect

Json = Any
ROOT = Path(__file__).parents[1]
CATALOG = builtin_catalog()


class Case:
    """One dialect for one family of models."""

    def __init__(self, dialect: Dialect, model: str) -> None:
        self.dialect = dialect
        self.model = model

    @property
    def name(self) -> str:
        return f"{self.dialect.provider}/{self.dialect.name}"

    @property
    def inputs(self) -> Json:
        """
        Say what a request of this case holds of images: the witness's `inputs` with the counts of the family.

        `size` of the image files, `count`, `sources` (their forms), `types`, `mask`, and `provider_options`
        without which there is no request; `families` says what differs in a family. `alone` says that a request
        without an image is one too. `mask` is `must` where the family comes here only with one, `never` where it
        goes elsewhere with one. None where the dialect takes no image.
        """
        says = self.dialect.says["request"]
        variants = [says, *says.get("variants", {}).values()]
        taken = [each["inputs"]["image"] for each in variants if "image" in each.get("inputs", {})]
        if "image" in says.get("refuse", ()) and not any("inputs" in each for each in variants[1:]):
            return None
        witness = native_schema(self.name).get("inputs")
        if witness is None:
            return None
        taken = taken or [{}]  # no bounds are known
        witness = {**witness, **witness.get("families", {}).get(self.dialect.family, {})}
        family = CATALOG.providers[self.dialect.provider].families[self.dialect.family]
        needs = {name for name, within in family.get("within", {}).items() if "needs" in within}
        elsewhere = needs - {self.dialect.name} or "instead" in family or "mask" in says.get("refuse", ())
        demanded = any("mask" in rule.get("via", ()) and rule.get("required") for rule in says.get("rules", ()))
        mask = "never" if elsewhere else "must" if needs or demanded else witness["mask"]
        least = max(witness["count"][0], min(each.get("least", 0) for each in taken))
        most = max(each.get("most", 3) for each in taken)
        types = next((each["types"] for each in taken if "types" in each), None)
        alone = witness["count"][0] == 0 and not says.get("inputs", {}).get("image", {}).get("least")
        return {**witness, "count": [least, most], "types": types, "mask": mask, "alone": alone}

    @property
    def target(self) -> imagetx.Target:
        return imagetx.Target(
            provider=self.dialect.provider,
            model=self.model,
            surface=self.dialect.surface,
            variables=native_schema(self.name).get("variables", {}),
        )

    def __repr__(self) -> str:
        return f"{self.name}:{self.dialect.family}"


def cases() -> list[Case]:
    """List every dialect for every family that has a model."""
    found = []
    for provider, view in CATALOG.providers.items():
        for dialect in CATALOG.dialects(provider):
            models = [row.id for row in view.models.values() if row.family == dialect.family and row.wire is None]
            if not view.models:  # a provider of which no model is known takes any name
                models = ["m1"]
            if models:
                found.append(Case(dialect=dialect, model=models[0]))
    return found


@cache
def native_schema(name: str) -> Json:
    """
    Read the second witness of a dialect.

    Beside the words of JSON Schema it says where such a message goes: `endpoint`, a URL with the holes
    of `path`; `query`, what always stands in its query; `form`, true for a body of form parts;
    `variables`, those of a Target that means this endpoint.
    """
    return json.loads((ROOT / "schemas" / "native" / f"{name}.request.json").read_text())


def fixture(name: str) -> Json:
    """Read the vectors of a dialect."""
    return json.loads((ROOT / "fixtures" / f"{name}.json").read_text())


def to_message(name: str, native: Json) -> imagetx.NativeRequest:
    """Make the HTTP message of an object that a native schema describes."""
    path = {hole: quote(value, safe="") for hole, value in native.get("path", {}).items()}
    witness = native_schema(name)
    query = {**witness.get("query", {}), **native.get("query", {})}
    url = witness["endpoint"].format(**path) + ("?" + urlencode(query, quote_via=quote) if query else "")
    body = native["body"]
    if is_form(name, native):
        body = tuple(
            _part(key, item) for key, value in body.items() for item in (value if isinstance(value, list) else [value])
        )
    return imagetx.NativeRequest("POST", url, native.get("headers", {}), body)


def is_form(name: str, native: Json) -> bool:
    """Say whether the body of an object that a native schema describes is one of form parts."""
    return bool(native_schema(name).get("form", False) or native.get("kind") == "form")


def stands_in_a_form(value: Json) -> bool:
    """Say whether a value can be a part: a text, a file, or several of them under one name."""
    if isinstance(value, list):
        return len(value) > 1 and all(not isinstance(item, list) and stands_in_a_form(item) for item in value)
    if not isinstance(value, dict):
        return isinstance(value, str)
    whole = value.keys() == {"base64", "filename", "content_type"}
    if not whole or not all(isinstance(text, str) for text in value.values()):
        return False
    try:
        return bool(base64.b64encode(base64.b64decode(value["base64"], validate=True)).decode() == value["base64"])
    except ValueError:
        return False


def _part(name: str, value: Json) -> imagetx.Part:
    """Make a form part of a text, or of a file as `x-image` describes it."""
    if isinstance(value, str):
        return imagetx.Part(name, value)
    return imagetx.Part(name, base64.b64decode(value["base64"]), value.get("filename"), value.get("content_type"))


def _value(part: imagetx.Part) -> Json:
    if isinstance(part.data, str):
        return part.data
    data = base64.b64encode(part.data).decode()
    return {"filename": part.filename, "content_type": part.content_type, "base64": data}


def from_message(name: str, message: imagetx.NativeRequest) -> Json:
    """Read the object that a native schema describes out of an HTTP message."""
    witness = native_schema(name)
    parts = urlsplit(message.url)
    template = urlsplit(witness["endpoint"].replace("{", "%7B").replace("}", "%7D")).path.split("/")
    holes: dict[str, str] = {}
    for pattern, found in zip(template, parts.path.split("/"), strict=True):
        names = [piece.split("%7D")[0] for piece in pattern.split("%7B")[1:]]
        values = found.rsplit(":", len(names) - 1) if len(names) > 1 else [found]
        holes |= {hole: unquote(value) for hole, value in zip(names, values, strict=False)} if names else {}
    query = {key: value for key, value in parse_qsl(parts.query) if witness.get("query", {}).get(key) != value}
    headers = {key: value for key, value in message.headers.items() if key != "content-type"}
    if not isinstance(message.body, tuple):
        return {"path": holes, "query": query, "headers": headers, "body": message.body}
    body: dict[str, Json] = {}
    for part in message.body:
        before, value = body.get(part.name), _value(part)
        body[part.name] = value if before is None else [*(before if isinstance(before, list) else [before]), value]
    kind = {} if witness.get("form", False) else {"kind": "form"}
    return {"path": holes, "query": query, "headers": headers, "body": body, **kind}
