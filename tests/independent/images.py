"""Images and masks by section 7 of the guide, but for painting a mask anew."""

from __future__ import annotations

import base64
import re
from typing import Any

from documents import ABSENT, Json
from targets import NotRun

_STARTS = [(b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"), (b"GIF8", "image/gif")]
_SVG = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE svg[^>]*>\s*)*<svg[\s>]", re.DOTALL | re.IGNORECASE
)
_OF_EXTENSION = {"jpeg": "image/jpeg", "heif": "image/heif"}
_FORMS = {"url": r"https?://.+"}


class Refused(Exception):
    """No role fits: images are never dropped."""


def standard(text: str) -> str:
    bare = text.translate(str.maketrans("-_", "+/")).rstrip("=")
    return bare + "=" * (-len(bare) % 4)


def source_of(value: Json) -> Json:
    """Read a source as one of `base64` (with `data_url`, if it came so), `url`, `file_id`."""
    if isinstance(value, dict) and "edits" in value:
        return {**source_of(value["image"]), "edits": value["edits"]}
    if isinstance(value, dict):
        named = source_of(value["image_url"]) if "image_url" in value else {"file_id": value["file_id"]}
        return named | ({"mime": value["mime_type"]} if "mime_type" in value else {})
    if re.match(r"(https?|gs|s3)://", value):
        return {"url": value}
    if value[:5].lower() == "data:":
        return {"base64": standard(value.partition(",")[2]), "data_url": value}
    return {"base64": standard(value)}


def mime_of(source: Json, extensions: Json) -> str | None:
    """Tell the type: of data by its first bytes, of a reference as stated or by its extension."""
    if "base64" in source:
        head = base64.b64decode(source["base64"][:400])
        if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
            return "image/webp"
        if _SVG.match(head):
            return "image/svg+xml"
        return next((mime for start, mime in _STARTS if head.startswith(start)), None)
    known = {extension: mime for mime, extension in extensions.items()} | _OF_EXTENSION
    path = source.get("url", "").partition("?")[0].partition("#")[0]
    return source.get("mime") or known.get(path.rpartition(".")[2].lower())


def write(roles: list[Json], source: Json, name: str, extensions: Json, edits: str | None = None) -> list[Json]:
    """Say a source at its places, ABSENT where nothing is written."""
    flat = [(at, *_role(role)) for at, entry in enumerate(roles) for role in _listed(entry)]
    named = next(((at, words) for at, role, words in flat if role == "edits"), None)
    if edits is not None or named is not None:
        takes = [edits] if named is None else list(named[1])
        if source.get("edits", "transparent") not in takes:
            raise NotRun("a mask to be painted")
    out: list[Json] = [ABSENT] * len(roles)
    mime = mime_of(source, extensions)
    beside = "mime" if "base64" in source else "url_mime"
    place = next((fit for fit in flat if _fits(*fit[1:], source)), None)
    if place is None:
        raise Refused
    at, role, _ = place
    extension = extensions.get(mime, "bin")
    said = {
        "base64": source.get("base64"),
        "data_url": source.get("data_url", f"data:{mime};base64,{source.get('base64')}"),
        "file": {"filename": f"{name}.{extension}", "content_type": mime, "base64": source.get("base64")},
        "url": source.get("url"),
        "file_id": source.get("file_id"),
    }
    out[at] = said[role]
    for other, kind, demanded in flat:
        if kind == beside and mime is not None:
            out[other] = mime
        elif kind == beside == "url_mime" and demanded:
            raise Refused
    if named is not None:
        out[named[0]] = named[1][source.get("edits", "transparent")]
    return out


def read(roles: list[Json], there: list[Json], extensions: Json, edits: str | None = None) -> Json:
    """Read the source at its places; ABSENT where there is none, or another thing."""
    found = []
    flat = [(at, *_role(role)) for at, entry in enumerate(roles) for role in _listed(entry)]
    for at, role, form in flat:
        value = there[at]
        if role == "file" and isinstance(value, dict) and "base64" in value:
            found.append({"base64": standard(value["base64"])})
        elif role in ("base64", "data_url", "url") and isinstance(value, str) and value:
            source = source_of(value)
            kind = "data_url" if "data_url" in source else next(iter(source))
            if kind == role and (kind != "url" or re.fullmatch(form or _FORMS["url"], value)):
                found.append(source)
        elif role == "file_id" and isinstance(value, str) and value:
            found.append({"file_id": value})
    if len(found) != 1:
        return ABSENT
    stated = next((there[at] for at, role, _ in flat if role == "url_mime"), None)
    if "url" in found[0] and isinstance(stated, str) and stated != mime_of(found[0], extensions):
        found[0]["mime"] = stated
    named = next(((at, words) for at, role, words in flat if role == "edits"), None)
    meant = edits if named is None else next((w for w, native in named[1].items() if native == there[named[0]]), None)
    return found[0] | ({"edits": meant} if meant not in (None, "transparent") else {})


def same(left: Json, right: Json) -> bool:
    """Say whether two values of `image` or `mask` are the same images: by their bytes, or by reference."""
    lists = [[source_of(each) for each in _listed(value)] for value in (left, right)]
    plain = [[{k: v for k, v in each.items() if k != "data_url"} for each in side] for side in lists]
    return plain[0] == plain[1]


def said(source: Json) -> Json:
    """Give a source the form in which a caller gets it."""
    if "mime" in source:
        return {"image_url": source["url"], "mime_type": source["mime"]}
    plain = source.get("data_url") or source.get("base64") or source.get("url") or {"file_id": source["file_id"]}
    return {"image": plain, "edits": source["edits"]} if "edits" in source else plain


def _listed(value: Json) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _role(entry: Json) -> tuple[str, Json]:
    return (entry, None) if isinstance(entry, str) else next(iter(entry.items()))


def _fits(role: str, form: Json, source: Json) -> bool:
    if role in ("base64", "data_url", "file"):
        return "base64" in source
    if role == "url":
        return "url" in source and re.fullmatch(form or _FORMS["url"], source["url"]) is not None
    return role == "file_id" and "file_id" in source
