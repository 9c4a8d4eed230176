"""
The caller's form: what a client's own native request says of the answer it wants.

Bytes or JSON, base64 or URLs; where that takes no fetch, the answer gets this form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from imagetx.catalog import Catalog
from imagetx.ceilings import InputLimits
from imagetx.dialect import Dialect
from imagetx.document import Json
from imagetx.errors import ImagetxError
from imagetx.image import sniff_mime
from imagetx.notes import Note
from imagetx.predicate import test_of
from imagetx.recognise import Recognised, recognise
from imagetx.target import Target
from imagetx.variant import Variant
from imagetx.wire import NativeRequest

_ADDRESS: Final = re.compile(r"https?://|data:", re.IGNORECASE)
_DATA_URL: Final = re.compile(r"data:([a-z0-9.+-]+/[a-z0-9.+-]+)?;base64,", re.IGNORECASE)


def asked_by(catalog: Catalog, request: NativeRequest, target: Target) -> Recognised | None:
    """Read the caller's own request; one of another provider decides nothing."""
    try:
        return recognise(catalog, request, Target(target.provider))
    except ImagetxError:
        return None


def wanted_variant(
    dialect: Dialect, request: NativeRequest, given: Mapping[str, Json], limits: InputLimits
) -> Variant | None:
    """Choose the form of the answer that the caller's own request asks for: bytes or JSON, say."""
    variants = [variant for variant in dialect.response.choice.variants if "asked" in variant.says]
    if not variants:
        return None
    kind, body = request.document(limits)
    if kind == "form":
        body = {part.name: part.data for part in body if isinstance(part.data, str)}
    accept = request.headers.get("accept", "*/*").strip().lower()  # RFC 9110 12.5.1: none takes any media type
    said = {"headers": {**request.headers, "accept": accept}, "body": body}
    return next((variant for variant in variants if test_of(variant.says["asked"])(said) and variant.when(given)), None)


def with_bytes(answer: Mapping[str, Json]) -> dict[str, Json]:
    """Give each image as what it is: a data URL as its bytes, a URL as a URL, wherever the provider wrote it."""
    items = answer.get("data")
    if not isinstance(items, list):
        return dict(answer)
    return {**answer, "data": [_as_it_is(item) for item in items]}


def _as_it_is(item: Json) -> Json:
    """Read one image; bytes that tell their own type are believed."""
    said = (item.get("b64_json") or item.get("url")) if isinstance(item, dict) else None
    if not isinstance(said, str) or _ADDRESS.match(said) is None:
        return item
    rest = {key: value for key, value in item.items() if key not in ("b64_json", "url")}
    found = _DATA_URL.match(said)
    if found is None:
        return {**rest, "url": said}
    data = said[found.end() :]
    mime = {"mime_type": found[1]} if found[1] and sniff_mime(data) is None else {}
    return {**mime, **rest, "b64_json": data}


def in_form(given: Mapping[str, Json], response_format: Json, notes: list[Note]) -> Mapping[str, Json]:
    """Give the images the form that the caller asked for, where that takes no fetch."""
    if response_format != "url":
        reason = "base64 was asked for and only a URL exists"
        notes += [
            Note(pointer=f"/data/{index}/url", kind="emulated", given=item["url"], used=item["url"], reason=reason)
            for index, item in enumerate(given["data"])
            if response_format == "b64_json" and "b64_json" not in item and "url" in item
        ]
        return given
    items = []
    for index, item in enumerate(given["data"]):
        if item.get("b64_json") is None or "url" in item:  # no image, or one that has its URL
            items.append(item)
            continue
        rest = {key: value for key, value in item.items() if key != "b64_json"}
        mime = sniff_mime(item["b64_json"]) or item.get("mime_type") or "image/png"
        items.append({**rest, "url": f"data:{mime};base64,{item['b64_json']}"})
        reason = "a URL was asked for and only bytes exist: given as a data URL"
        notes.append(Note(pointer=f"/data/{index}/b64_json", kind="emulated", used="data_url", reason=reason))
    return {**given, "data": items}
