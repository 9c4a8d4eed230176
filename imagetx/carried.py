"""
What a request carries natively: provider_options, checked, laid over, and gone along in a translation.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from imagetx.canonical import ImageRequest, document
from imagetx.catalog import Catalog, deciding
from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, Path, copy, equal, get, put
from imagetx.errors import ImagetxError, Problem, WireError, child, shorten
from imagetx.image import sniff_mime
from imagetx.message import is_secret_query
from imagetx.notes import Note
from imagetx.secret import SECRET_HEADERS
from imagetx.source import is_reference, mime_of_url
from imagetx.translation import Translation
from imagetx.variant import AS, BODY, HEADERS, QUERY, STATUS
from imagetx.words import REQUEST_FIELDS

OPTIONS: Final = "provider_options"
_ANY_IMAGE: Final = re.compile(r"(?:^|,)\s*(?:image|\*)/\*\s*(?:[;,]|$)")  # RFC 9110 section 12.5.1
_IMAGE: Final = re.compile(r"(.*[_a-z])?(image|mask)(s|_urls?|_input|_[0-9]+)?", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")  # in a form a number is text: grow_mask is 5, no image
_FIELDS: Final = frozenset(REQUEST_FIELDS)
_MOST_NEAREST: Final = 20  # dropped keys for which the nearest field is looked for: it takes 100 us each
_LONGEST_NAME: Final = 80  # characters of a key that are compared
_NEVER_OVERRULED: Final = frozenset({"operation", "image", "mask"})  # a variant tells it; a contradiction is an error
_GEOMETRY: Final = ("size", "aspect_ratio", "resolution")
_TRANSPORT_HEADERS: Final = frozenset({"content-type", "content-length", "host", "transfer-encoding", "connection"})


def read_carried(every: Json, provider: str, secrets: frozenset[str], problems: list[Problem]) -> Json:
    """
    Return the native keys that a request carries for a provider, or ABSENT.

    Args:
        every: `provider_options`.
        provider: Main name.
        secrets: Headers into which its credentials go: nobody overrides one, under whatever name.
        problems: What is wrong is appended here.
    """
    if every is None:
        return ABSENT
    if not isinstance(every, dict):
        message = f"expected an object of provider names, got {shorten(every)}"
        problems.append(Problem(pointer=f"/{OPTIONS}", message=message))
        return ABSENT
    carried = every.get(provider)
    if carried is None:
        return ABSENT
    where = f"/{OPTIONS}/{provider}"
    if not isinstance(carried, dict):
        problems.append(Problem(pointer=where, message=f"expected an object of native keys, got {shorten(carried)}"))
        return ABSENT
    for key in (HEADERS, QUERY):
        if key in carried and not isinstance(carried[key], dict):
            message = f"expected an object of text, got {shorten(carried[key])}"
            problems.append(Problem(pointer=f"{where}/{key}", message=message))
            return ABSENT
    problems += [
        Problem(pointer=child(where, str(key)), message=f"expected a native key, got {shorten(key)}")
        for key in carried
        if key in (BODY, STATUS) or not isinstance(key, str)
    ]
    headers = _read_headers(carried.get(HEADERS, {}), secrets, f"{where}/{HEADERS}", problems)
    for name in carried.get(QUERY, {}):
        if is_secret_query(str(name)):
            message = f"expected a parameter other than {name}: a credential goes into a header"
            problems.append(Problem(pointer=child(f"{where}/{QUERY}", str(name)), message=message))
    try:
        return copy({**carried, HEADERS: headers} if headers else carried)
    except WireError as error:  # too deep: here it is the caller's fault
        problems.extend(Problem(pointer=where, message=problem.message) for problem in error.problems)
        return ABSENT


def _read_headers(
    given: Mapping[Any, Json], secrets: frozenset[str], where: str, problems: list[Problem]
) -> dict[str, Json]:
    """Return headers by their names in lower case; framing and credentials are the HTTP client's matter."""
    names = [name for name in given if isinstance(name, str) and name.isascii()]
    headers = {name.lower(): given[name] for name in names}
    if len(names) < len(given):
        problems.append(Problem(pointer=where, message="expected names of headers as ASCII text"))
    if len(headers) < len(names):
        problems.append(Problem(pointer=where, message="expected each header once, in whatever letter case"))
    for name in headers.keys() & (SECRET_HEADERS | _TRANSPORT_HEADERS | secrets):
        message = f"expected a header other than {name}: the caller's HTTP client sets it"
        problems.append(Problem(pointer=child(where, name), message=message))
    return headers


def carry_strangers(
    dialect: Dialect, strangers: Mapping[str, Json], carried: Json, notes: list[Note], problems: list[Problem]
) -> Json:
    """Carry keys that are native to the dialect, drop the others with the name of the nearest field."""
    body: dict[str, Json] = {"body": {} if carried is ABSENT else carried}
    known = dialect.request.carries
    taken, dropped = False, 0
    for name, value in strangers.items():
        if name in known:
            there = get(body, known[name])
            if there is ABSENT:
                put(body, known[name], value)
            elif not equal(there, value):
                message = f"expected {shorten(there)} as provider_options say, got {shorten(value)}"
                problems.append(Problem(pointer=child("", name), message=message, given=value))
            taken = True
            reason = f"no canonical field; {dialect.provider} has a native key of this name"
            notes.append(Note(pointer=child("", name), kind="assumed", given=value, used=value, reason=reason))
        elif holds_image(name, value):
            message = f"expected no {name}: it holds an image, which is never dropped, and is no field here"
            problems.append(Problem(pointer=child("", name), message=message, expected="image or mask"))
        else:
            near = _nearest(name) if dropped < _MOST_NEAREST else ""
            dropped += 1
            notes.append(Note(pointer=child("", name), kind="dropped", given=value, reason="no canonical field" + near))
    return body["body"] if taken or carried is not ABSENT else ABSENT


def _nearest(name: str) -> str:
    """Name the field that a key was perhaps meant to be."""
    near = difflib.get_close_matches(name[:_LONGEST_NAME], _FIELDS, n=1, cutoff=0.5)
    return f"; the nearest is {near[0]}" if near else ""


def parted(
    catalog: Catalog, decoded: Translation[ImageRequest], meant: Dialect, carried: Mapping[str, Json]
) -> tuple[dict[str, Json], list[tuple[Path, Json]]]:
    """
    Part what a request carries into what goes along to another dialect and what does not.

    All goes to the same family; elsewhere at the same provider the headers do, which are of its service,
    and the keys that the other dialect knows and has no canonical field for. Marks of ours are neither.
    """
    provider, _, name = decoded.dialect.partition("/")
    if meant.provider != provider:
        return {}, _said(_without_any_form(carried), ())
    if meant.name == name:
        given = deciding(catalog.provider(provider), document(decoded.value))
        spoke = catalog.resolve(decoded.target, None, decoded.target.operation, None, given).dialect
        if spoke.family == meant.family:
            return dict(carried), []
    kept: dict[str, Json] = {}
    lost: list[tuple[Path, Json]] = []
    for key, value in carried.items():
        if key in (HEADERS, QUERY):
            own = meant.request.headers if key == HEADERS else frozenset()
            sent = {inner: item for inner, item in value.items() if item is not None and inner not in own}
            kept |= {key: sent} if sent else {}
        elif key == AS:
            kept |= {key: value} if meant.name == name else {}  # the form is the dialect's, whatever the model
        else:
            _part(value, (key,), meant.request.goes_along, kept, lost)
    return kept, lost


def _without_any_form(carried: Mapping[str, Json]) -> dict[str, Json]:
    """
    Leave out an Accept that takes an image in any type: it says no more than silence does.

    The answer is given in the caller's form by its own request, whoever served it.
    """
    headers = carried.get(HEADERS)
    if not isinstance(headers, dict) or _ANY_IMAGE.search(str(headers.get("accept"))) is None:
        return dict(carried)
    rest = {name: value for name, value in headers.items() if name != "accept"}
    return {**{key: value for key, value in carried.items() if key != HEADERS}, **({HEADERS: rest} if rest else {})}


def _part(
    value: Json, path: Path, known: frozenset[Path], kept: dict[str, Json], lost: list[tuple[Path, Json]]
) -> None:
    """Put a value, or what of it is known, into `kept`, and the rest into `lost`."""
    within = any(place[: len(path)] == path for place in known)
    if any(path[: len(place)] == place for place in known) or (within and isinstance(value, list)):
        put(kept, path, value)
    elif within and isinstance(value, dict):
        for key, item in value.items():
            _part(item, (*path, key), known, kept, lost)
    else:
        lost.extend(_said({str(path[-1]): value}, path[:-1]))


def _said(carried: Mapping[str, Json], above: Path) -> list[tuple[Path, Json]]:
    """List the keys that say something: null is what was not sent, `@` a mark of ours."""
    return [((*above, key), value) for key, value in carried.items() if says_something(key, value)]


def says_something(key: str, value: Json) -> bool:
    """Say whether a carried value is more than marks of ours; an empty object is a switch, in a list a place."""
    return any(leaf is not None and not str(name).startswith("@") for name, leaf in _leaves(key, value))


def holds_image(key: str, value: Json) -> bool:
    """Say whether a carried value is or holds an input image or a mask, which is never dropped: by name or by data."""
    if isinstance(value, dict):
        types = (value.get("mimeType"), value.get("mime_type"))
        typed = any(isinstance(mime, str) and mime.startswith("image/") for mime in types)
        named = typed and any(isinstance(item, str) and is_reference(item) for item in value.values())
        return named or any(holds_image(inner, item) for inner, item in value.items())
    if isinstance(value, list):
        return any(holds_image(key, item) for item in value)
    if not isinstance(value, str) or value == "":
        return isinstance(value, bytes)  # of what a caller holds, only an image is bytes
    pictured = sniff_mime(value) is not None or (is_reference(value) and mime_of_url(value) is not None)
    named = isinstance(key, str) and _IMAGE.fullmatch(key) is not None  # a dict of Python's may have other keys
    return pictured or (named and _NUMBER.fullmatch(value) is None)


def _leaves(key: str, value: Json) -> Iterator[tuple[str, Json]]:
    """Yield what stands under the keys of a value, items of lists under the list's; empty ones of a list are none."""
    if isinstance(value, dict) and value:
        for inner, item in value.items():
            yield from _leaves(inner, item)
    elif isinstance(value, list):
        for item in value:
            if item != {}:
                yield from _leaves(key, item)
    else:
        yield key, value


def overruled(
    dialect: Dialect, fields: Mapping[str, Json], native: dict[str, Json], as_of: str, notes: list[Note]
) -> list[Note]:
    """
    Find the fields against which a carried native value stands.

    They are those that come back otherwise than they would without what is carried.
    """
    try:
        plain = _read_back(dialect, dialect.encode_request(dict(fields), ABSENT, as_of, []))
        laid = _read_back(dialect, native)
    except ImagetxError:
        return []
    noted = {note.pointer for note in notes}
    found = []
    for name, value in fields.items():
        names = _GEOMETRY if name in _GEOMETRY else (name,)
        same = all(equal(plain.get(key, ABSENT), laid.get(key, ABSENT)) for key in names)
        said = same or equal(laid.get(name, ABSENT), value)
        if value is not None and not said and name not in _NEVER_OVERRULED and f"/{name}" not in noted:
            reason = f"provider_options.{dialect.provider} says otherwise"
            found.append(Note(pointer=f"/{name}", kind="overruled", given=value, used=laid.get(name), reason=reason))
    return found


def _read_back(dialect: Dialect, native: Mapping[str, Json]) -> dict[str, Json]:
    body = {key: value for key, value in native["body"].items() if native["kind"] != "form" or value is not None}
    headers = {key: value for key, value in native["headers"].items() if value is not None}
    read = {**native, "path": dict(native["path"]), "headers": headers, "body": body}
    return dialect.decode_request(read)[0]


def in_options(problem: Problem, provider: str) -> Problem:
    """Let the pointer of a problem with a carried value address the request that went in."""
    places = {"body": "", "headers": f"/{HEADERS}", "query": f"/{QUERY}"}
    root, _, rest = problem.pointer.removeprefix("/").partition("/")
    if root not in places:
        return problem
    return replace(problem, pointer=f"/{OPTIONS}/{provider}{places[root]}/{rest}".rstrip("/"))


def where_carried(problem: Problem, carried: Json, provider: str) -> Problem:
    """Let the pointer of a problem with the message address a carried value, if that is what stands there."""
    root, _, rest = problem.pointer.removeprefix("/").partition("/")
    key = {"headers": HEADERS, "query": QUERY}.get(root, rest.partition("/")[0].replace("~1", "/").replace("~0", "~"))
    return in_options(problem, provider) if carried is not ABSENT and key in carried else problem
