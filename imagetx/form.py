"""
The caller's form: what a client's own native request says of the answer it wants.

Bytes or JSON, base64 or URLs; where that takes no fetch, the answer gets this form.
"""

from __future__ import annotations

from collections.abc import Mapping

from imagetx.catalog import Catalog
from imagetx.dialect import Dialect
from imagetx.document import Json
from imagetx.errors import ImagetxError
from imagetx.notes import Note
from imagetx.recognise import Recognised, recognise
from imagetx.target import Target
from imagetx.variant import Variant
from imagetx.wire import NativeRequest


def asked_by(catalog: Catalog, request: NativeRequest, target: Target) -> Recognised | None:
    """Read the caller's own request; one of another provider decides nothing."""
    try:
        return recognise(catalog, request, Target(target.provider))
    except ImagetxError:
        return None


def wanted_variant(dialect: Dialect, request: NativeRequest, given: Mapping[str, Json]) -> Variant | None:
    """Choose bytes or JSON, as the caller's Accept says (RFC 9110 12.5.1: none takes anything)."""
    kinds = {variant.kind: variant for variant in reversed(dialect.response.choice.variants) if variant.when(given)}
    if "bytes" not in kinds:
        return None
    accept = request.headers.get("accept", "").strip().lower()
    return kinds.get("json" if accept.startswith("application/json") else "bytes")


def in_form(given: Mapping[str, Json], response_format: Json, notes: list[Note]) -> Mapping[str, Json]:
    """Give the images the form that the caller asked for, where that takes no fetch."""
    if response_format != "url":
        reason = "base64 was asked for and only a URL exists"
        notes += [
            Note(pointer=f"/data/{index}/url", kind="emulated", given=item["url"], used=item["url"], reason=reason)
            for index, item in enumerate(given["data"])
            if response_format == "b64_json" and "b64_json" not in item
        ]
        return given
    items = []
    for index, item in enumerate(given["data"]):
        if "url" in item:
            items.append(item)
            continue
        rest = {key: value for key, value in item.items() if key != "b64_json"}
        mime = item.get("mime_type", "image/png")
        items.append({**rest, "url": f"data:{mime};base64,{item['b64_json']}"})
        reason = "a URL was asked for and only bytes exist: given as a data URL"
        notes.append(Note(pointer=f"/data/{index}/b64_json", kind="emulated", used="data_url", reason=reason))
    return {**given, "data": items}
