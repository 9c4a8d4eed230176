"""Messages as rules see them, and what their URLs say: sections 3, 8 and 9 of the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote, urlsplit

from documents import ABSENT, Json
from targets import Corpus, NotRun, parted, start_of, templates


def message_of(corpus: Corpus, flat: Json, native: Json, auth: str | None) -> tuple[Json, dict[str, str], str | None]:
    """Give a message the form that rules see, the variables that its URL says, and the credential kind."""
    request, words = flat["request"], corpus.words
    parts = urlsplit(native["url"])
    found = [holes_of(template, parts.path) for template in (request["url"], *request.get("reads", ()))]
    holes = next((each for each in found if each is not None), None)
    if holes is None:
        raise NotRun("another endpoint")
    base = f"{parts.scheme}://{parts.netloc}{holes.pop('')}"
    variables = {name: holes.pop(name) for name in list(holes) if name in flat["variables"]}
    said, auth = _of_host(flat, base, auth)
    variables |= said
    params = dict(re.findall(r"([a-z_-]+)=\{([a-z_]+)\}", request["url"].partition("?")[2]))
    query: Json = {}
    for name, value in parse_qsl(parts.query, keep_blank_values=True):
        if name in params:
            form = flat["variables"].get(params[name], {}).get("pattern", ".*")
            variables |= {params[name]: value} if re.fullmatch(form, value) else {}
        elif not re.fullmatch(words["secret_query"], name, re.IGNORECASE):
            query[name] = value
    defaults = {name: says.get("default") for name, says in flat["variables"].items()}
    variables = {name: value for name, value in variables.items() if defaults.get(name) != value}
    headers = dict(_headers(flat, words, native.get("headers", {})))
    body = native.get("body") or {"json": {}}
    kind = next(iter(body))
    document = dict(form_of(body["form"])) if kind == "form" else body[kind]
    if kind == "json" and "spelling" in request:
        document = _folded(document, _spelled(request), frozenset(request.get("opaque", ())))
    if kind == "form" and "brackets" in request:
        document = _nested(document)
    document = {name: value for name, value in document.items() if name not in request.get("ignores", ())}
    return {"path": holes, "query": query, "headers": headers, "kind": kind, "body": document}, variables, auth


def holes_of(template: str, path: str) -> dict[str, str] | None:
    pieces = re.split(r"\{([a-z_]+)\}", template.removeprefix("{base_url}").partition("?")[0])
    pattern = re.escape(pieces[0])
    for before, hole, after in zip(pieces[::2], pieces[1::2], pieces[2::2], strict=False):
        pattern += f"(?P<{hole}>[^/?#{':' if before.endswith(':') else ''}]+)" + re.escape(after)
    found = re.search(pattern + r"\Z", path)
    holes = None if found is None else {hole: unquote(text) for hole, text in found.groupdict().items()}
    return holes if holes is None else {**holes, "": path[: found.start()]}


def auth_of(provider: Json, flat: Json, headers: Json) -> str | None:
    """Tell the credential kind that a message came with, where it is not the usual one."""
    kinds, names = provider["auth"], {name.lower() for name in headers}
    came = [name for name, kind in kinds.items() if kind.get("header") in names]
    usual = flat.get("auth") or next(iter(kinds))
    return came[0] if came and usual not in came else None


def _of_host(flat: Json, base: str, auth: str | None) -> tuple[dict[str, str], str | None]:
    """Read variables and credential kind in the start of a URL; what would not be written of it is `base_url`."""
    starts = [{"url": each} if isinstance(each, str) else each for each in templates(flat)]
    own = [(found, each.get("auth")) for each in starts if (found := _found(each["url"], base)) is not None]
    tails = [(parted(each["url"])[1], each.get("auth")) for each in starts]
    foreign = [(_found("{base_url}" + tail, base), kind) for tail, kind in tails if tail]
    for found, kind in [*own, *foreign]:
        if found is not None and _writes(flat, found, kind or auth) == base:
            return found, kind or auth
    return {**(own[0][0] if own else {}), "base_url": base}, auth


def _writes(flat: Json, variables: dict[str, str], auth: str | None) -> str | None:
    try:
        return start_of(flat, variables, auth)
    except KeyError:
        return None


def _found(template: str, base: str) -> dict[str, str] | None:
    seen: set[str] = set()
    pattern = ""
    for at, piece in enumerate(re.split(r"\{([a-z_]+)\}", template)):
        inner = "https?://.+?" if piece == "base_url" else "[A-Za-z0-9-]+" if "/" not in pattern[8:] else "[^/?#]+"
        hole = f"(?P={piece})" if piece in seen else f"(?P<{piece}>{inner})"
        pattern += hole if at % 2 else re.escape(piece)
        seen |= {piece} if at % 2 else set()
    found = re.fullmatch(pattern + "/?", base)
    return None if found is None else {name: unquote(value) for name, value in found.groupdict().items()}


def _headers(flat: Json, words: Json, headers: Json) -> Iterator[tuple[str, str]]:
    owned = '"/headers/accept"' in repr(flat["request"]["variants"]).replace("'", '"')
    for name, value in headers.items():
        plain = name.lower()
        if plain == "accept":
            if owned and value != "*/*":
                yield plain, value
        elif plain not in words["secret_headers"] and not re.fullmatch(words["transport_headers"], plain):
            yield plain, value


def form_of(parts: list[Json]) -> dict[str, Json]:
    document: Json = {}
    for part in parts:
        plain = {key: value for key, value in part.items() if key != "name"}
        value = part.get("value", plain)
        before = document.get(part["name"], ABSENT)
        again = [*before, value] if isinstance(before, list) else [before, value]
        document[part["name"]] = value if before is ABSENT else again
    return document


def _nested(document: Json) -> Json:
    """Nest bracketed names: `a[]` and `a[0]` are items of a list, `a[b]` is a member."""
    nested: Json = {}
    for name, value in document.items():
        base, *keys = name.replace("]", "").split("[")
        holder, last = nested, base
        for key in keys:
            if key:
                holder, last = holder.setdefault(last, {}), key
        listed = value if isinstance(value, list) else [value]
        before = holder.get(last, [])
        again = [*(before if isinstance(before, list) else [before]), *listed]
        holder[last] = again if last in holder else value
    return {name: _listed(value) for name, value in nested.items()}


def _listed(value: Json) -> Json:
    """Make a list of an object whose members are numbered from 0 on."""
    if not isinstance(value, dict):
        return value
    inner = {key: _listed(item) for key, item in value.items()}
    return list(inner.values()) if [*inner] == [str(at) for at in range(len(inner))] else inner


def _spelled(request: Json) -> dict[str, str]:
    """Map the snake_case spelling of the keys that a section mentions to their camelCase."""
    found = set(request.get("words", ()))
    for variant in request["variants"].values():
        for pointer in re.findall(r"'(/[^']+)'", repr(variant.get("rules", ())) + repr(request.get("carries", ()))):
            found |= set(pointer.split("/"))
    found |= {part for pointer in request.get("carries", ()) for part in pointer.split("/")}
    return {re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "_" + match[1].lower(), word): word for word in found}


def _folded(document: Json, words: dict[str, str], opaque: frozenset[str]) -> Json:
    if isinstance(document, list):
        return [_folded(item, words, opaque) for item in document]
    if not isinstance(document, dict):
        return document
    folded = {}
    for key, value in document.items():
        name = words.get(key, key)
        name = key if name != key and name in document else name
        folded[name] = value if name in opaque else _folded(value, words, opaque)
    return folded
