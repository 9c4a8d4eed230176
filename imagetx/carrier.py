"""
Carriers: the native places that hold one image source, each with the roles it can play.

`base64`, `data_url` and `file` hold data, `url` and `file_id` references; `mime` and `url_mime` state the type of
the data and of the reference, which may be demanded; `edits` names the polarity of a mask. Encode writes data in the
first role that holds data, the form that the provider documents best, and a reference in the first that fits; decode
reads every form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from imagetx.document import ABSENT, Json, parse_pattern
from imagetx.errors import Unsayable, shorten
from imagetx.source import (
    EXTENSIONS,
    FETCH_FIRST,
    Source,
    as_base64,
    as_bytes,
    as_data_url,
    data_of,
    mime_of,
    read_text,
)

_DATA: Final = ("base64", "data_url", "file")
_TEXTS: Final = frozenset({"base64", "data_url", "url"})
_STATES: Final = frozenset({"mime", "url_mime", "edits"})
_WRITES: Final[Mapping[str, Callable[[Source], Json]]] = {"base64": as_base64, "data_url": as_data_url}
_URL: Final = "https?://.+"
_ADDRESS: Final = re.compile(r"[a-z][a-z0-9+.-]{1,9}:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Carrier:
    """
    How one source is said at fixed native places.

    Attributes:
        width: How many places.
        encode: (source) -> one value a place, ABSENT where nothing is written; raises Unsayable.
        decode: (values) -> the source, None where none or more than one stands there; raises Unreadable.
        edits: The polarities that can be said, the first preferred; empty for images.
        states: Places that state a type or a polarity, and the roles that do.
    """

    width: int
    encode: Callable[[Source], tuple[Json, ...]]
    decode: Callable[[Sequence[Json]], Source | None]
    edits: tuple[str, ...] = ()
    states: Mapping[int, frozenset[str]] = field(default_factory=dict)

    def restates(self, at: int, source: Source, value: Json) -> bool:
        """Say whether encode writes anew what a place states: no type of another source, nor what is no type."""
        roles = self.states.get(at, frozenset())
        if "edits" in roles or data_of(source) is not None:
            return not roles.isdisjoint(("edits", "mime"))
        return "url_mime" in roles and (value is None or isinstance(value, str))


def carrier(roles: Sequence[Json], *, name: str = "image", edits: str | None = None) -> Carrier:
    """
    Compile the roles of places.

    Args:
        roles: One entry a place: a role, an object for a role with an argument, or a list of both.
        name: What the file of a part is called: `image` gives `image.png`.
        edits: Which pixels of a mask mean edit there; None for images, and where a place names it.
    """
    places = [[_role(role) for role in (entry if isinstance(entry, list) else [entry])] for entry in roles]
    flat = [(at, role, argument) for at, place in enumerate(places) for role, argument in place]
    roles_at = [dict(place) for place in places]
    named = next(((at, table) for at, role, table in flat if role == "edits"), None)
    demanding = any(role == "url_mime" and argument is not None for _, role, argument in flat)
    beside = {at: mine for at, ways in enumerate(roles_at) if (mine := _STATES & ways.keys())}
    polarities = tuple(named[1]) if named is not None else () if edits is None else (edits,)

    def encode(source: Source) -> tuple[Json, ...]:
        out: list[Json] = [ABSENT] * len(places)
        if "url" in source or "file_id" in source:
            _write_reference(source, flat, out)
        else:
            _write_data(source, flat, out, name)
        if named is not None:
            out[named[0]] = named[1][source.get("edits", "transparent")]
        return tuple(out)

    def decode(values: Sequence[Json]) -> Source | None:
        read = {at: source for at, ways in enumerate(roles_at) if (source := _read(ways, values[at])) is not None}
        there = {at for at, value in enumerate(values) if value is not ABSENT and value is not None}
        if len(read) != 1 or there - beside.keys() - read.keys():
            return None  # nothing, or more than one source: that is not ours
        (source,) = read.values()
        stated = next((values[at] for at, role, _ in flat if role == "url_mime"), ABSENT)
        if "url" in source and isinstance(stated, str) and stated != mime_of(source):
            source = {**source, "mime_type": stated}
        if "url" in source and demanding and mime_of(source) is None:
            return None
        if named is not None:
            said = next((word for word, native in named[1].items() if native == values[named[0]]), None)
            if said is None:
                return None
            source = source if said == "transparent" else {**source, "edits": said}
        elif edits is not None and edits != "transparent":
            source = {**source, "edits": edits}
        return source

    return Carrier(len(places), encode, decode, polarities, beside)


def _role(entry: Json) -> tuple[str, Json]:
    role, argument = (entry, None) if isinstance(entry, str) else next(iter(entry.items()))
    return role, parse_pattern(argument or _URL, most=1) if role == "url" else argument


def _write_reference(source: Source, flat: Sequence[tuple[int, str, Json]], out: list[Json]) -> None:
    kind = "url" if "url" in source else "file_id"
    fitting = (at for at, role, form in flat if role == kind and (form is None or form.fullmatch(source[kind])))
    place = next(fitting, None)
    if place is None:
        what = f"the URL {shorten(source['url'])}: fetch it first" if kind == "url" else "the id of a file"
        raise Unsayable(reason=f"expected the image as bytes or base64, got {what}", expected=FETCH_FIRST)
    out[place] = source[kind]
    for at, role, demanded in flat:
        if role == "url_mime" and (mime := mime_of(source)) is not None:
            out[at] = mime
        elif role == "url_mime" and demanded is not None:
            reason = f"expected mime_type beside image_url, as {shorten(source['url'])} does not tell the type"
            raise Unsayable(reason=reason, expected="image_url and mime_type")


def _write_data(source: Source, flat: Sequence[tuple[int, str, Json]], out: list[Json], name: str) -> None:
    at, role = next(((at, role) for at, role, _ in flat if role in _DATA), (0, None))
    if role is None:
        raise Unsayable(reason="expected the URL of an image, got its bytes: upload it first", expected="a URL")
    mime = mime_of(source)
    if role == "file":
        extension = EXTENSIONS.get(mime or "", "bin")
        out[at] = {"filename": f"{name}.{extension}", "content_type": mime, "bytes": as_bytes(source)}
    else:
        out[at] = _WRITES[role](source)
    for place, other, _ in flat:
        if other == "mime":
            out[place] = mime


def _read(roles: Mapping[str, Json], value: Json) -> Source | None:
    """
    Read what stands at a place as one of its roles would have written it; None where it is something else.

    Raises:
        Unreadable: It should be base64 and is not.
    """
    if not isinstance(value, str):
        return _read_file(value) if "file" in roles else None
    if value == "" or not (_TEXTS & roles.keys()):
        return {"file_id": value} if value and "file_id" in roles else None
    if "base64" not in roles and _ADDRESS.match(value) is None:
        return None
    source = read_text(value)
    ((kind, _),) = source.items()
    return source if kind in roles and (roles[kind] is None or roles[kind].fullmatch(value)) else None


def _read_file(value: Json) -> Source | None:
    """Read a form part; its name and its type say nothing that its bytes do not say."""
    if not isinstance(value, dict) or not value.keys() <= {"filename", "content_type", "bytes", "base64"}:
        return None
    data = value.get("bytes", value.get("base64"))
    if isinstance(data, str):
        return read_text(data) if _ADDRESS.match(data) is None else None
    return {"bytes": data} if isinstance(data, bytes) else None
