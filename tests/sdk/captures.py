"""
What official SDKs put on the wire: how it is captured, stored, read back and compared.

Needs the standard library only, so that an old SDK can be captured in an environment that has nothing but it. A file
of `captured/` is `{"sdk": "openai 3.54.0", "headers": {...}, "captured": [{"name", "call", "passed", "request"}]}`:
`headers` are those that all requests of the file share; `request` is the JSON form of a message, that of
`NativeRequest.to_json`, with `{{red-64.png}}` for the base64 of a file of fixtures/images. Secrets, boundaries and what
a machine says of itself are markers, because they differ from run to run.
"""

from __future__ import annotations

import base64
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Json = Any
FOLDER = Path(__file__).parent / "captured"
IMAGES = Path(__file__).parents[2] / "fixtures" / "images"
SECRET = "SECRET"
"""The key that capturing clients are made with."""
BOUNDARY = "BOUNDARY"
VERSION = "VERSION"

# content-length counts a boundary and the spaces of JSON; what an SDK accepts depends on what else is installed.
_LEFT_OUT = ("content-length", "accept-encoding")
_MACHINE = re.compile(r"x-stainless-(os|arch|runtime|runtime-version)")
_PYTHON = re.compile(r"(?<=python[/#])3\.\d+[.\w]*", re.IGNORECASE)
_UUID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
_SIGNATURE = re.compile(r"(?<=Credential=)[^,]*|(?<=Signature=)\w+")
_PART = re.compile(rb'content-disposition: form-data; name="([^"]*)"(?:; filename="([^"]*)")?', re.IGNORECASE)
_PART_TYPE = re.compile(rb"^content-type: *(.*?)\r?$", re.IGNORECASE | re.MULTILINE)
_TOKEN = re.compile(r"\{\{([a-z0-9.-]+)\}\}")


# What is passed -------------------------------------------------------------------------------


def given(passed: Json) -> Json:
    """
    Make the arguments of a call of their JSON form.

    An image is `{"bytes": "red-64.png"}`, `{"open": "red-64.png"}` (a file object that has a name), `{"path": ...}`,
    or `{"file": ["fox.png", "red-64.png", "image/png"]}` (a tuple: filename, content, perhaps its type).
    """
    if isinstance(passed, str):
        return expanded(passed)
    if isinstance(passed, list):
        return [given(item) for item in passed]
    if not isinstance(passed, dict):
        return passed
    if len(passed) == 1 and (made := _file(*next(iter(passed.items())))) is not None:
        return made
    return {name: given(value) for name, value in passed.items()}


def _file(kind: str, said: Json) -> Json:
    if kind == "bytes":
        return (IMAGES / said).read_bytes()
    if kind == "path":
        return IMAGES / said
    if kind == "file":
        return (said[0], (IMAGES / said[1]).read_bytes(), *said[2:])
    if kind != "open":
        return None
    opened = io.BytesIO((IMAGES / said).read_bytes())
    opened.name = said
    return opened


def readable(call: str, passed: Mapping[str, Json]) -> str:
    """Say a call as a line of Python, for those who read a captured file."""
    return f"{call}({', '.join(f'{name}={value!r}' for name, value in passed.items())})"


# What was sent --------------------------------------------------------------------------------


def message(method: str, url: str, headers: Mapping[str, str], content: bytes, version: str) -> Json:
    """
    Give a request that was sent the form that is stored.

    Args:
        method: HTTP method.
        url: whole URL.
        headers: as sent.
        content: body as sent.
        version: of the SDK; where a header tells it, it becomes a marker, so that two versions compare equal.

    Returns:
        The JSON form, without what differs from run to run.
    """
    folded = {name.lower(): value for name, value in headers.items()}
    kept = {name: _steady(name, value, version) for name, value in sorted(folded.items()) if name not in _LEFT_OUT}
    stored: dict[str, Json] = {"method": method, "url": url, "headers": kept}
    if content:
        stored["body"] = _body(folded.get("content-type", ""), content)
    return pictured(stored)


def from_httpx(request: Any, version: str) -> Json:
    """Give a request of httpx (or of what copies it) the form that is stored."""
    return message(request.method, str(request.url), request.headers, request.read(), version)


def _steady(name: str, value: str, version: str) -> str:
    if name in ("authorization", "api-key", "x-api-key", "x-goog-api-key", "x-amz-security-token"):
        scheme, _, secret = value.rpartition(" ")
        return _SIGNATURE.sub(SECRET, value) if "Signature=" in secret else f"{scheme} {SECRET}".strip()
    if name == "x-amz-date":
        return "20261122T000000Z"
    if name == "content-type":
        return re.sub(r"boundary=\S+", f"boundary={BOUNDARY}", value)
    if _MACHINE.fullmatch(name):
        return "unknown"
    value = re.sub(rf"(?<![\d.]){re.escape(version)}(?![\d.]*\d)", VERSION, value)
    return _UUID.sub("00000000-0000-4000-8000-000000000000", _PYTHON.sub("3", value))


def _body(content_type: str, content: bytes) -> Json:
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if boundary is not None:
        return {"form": list(_parts(content, boundary[1].encode()))}
    if "json" in content_type:
        return {"json": json.loads(content)}
    return {"base64": base64.b64encode(content).decode()}


def _parts(content: bytes, boundary: bytes) -> Iterator[Json]:
    """Read a form apart from imagetx, so that what is stored does not lean on what is tested."""
    first, *pieces, last = (b"\r\n" + content).split(b"\r\n--" + boundary)
    if first != b"" or last.strip() != b"--":
        raise ValueError("expected a form that ends")
    for piece in pieces:
        head, _, data = piece.partition(b"\r\n\r\n")
        named, kind = _PART.search(head), _PART_TYPE.search(head)
        name = _unescaped(named[1])
        if named[2] is None:
            yield {"name": name, "value": data.decode()}
        else:
            said = {} if kind is None else {"content_type": kind[1].decode()}
            encoded = base64.b64encode(data).decode()
            yield {"name": name, "filename": _unescaped(named[2]), **said, "base64": encoded}


def _unescaped(name: bytes) -> str:
    """Undo what a form does to names (WHATWG: only these three)."""
    return name.replace(b"%22", b'"').replace(b"%0D", b"\r").replace(b"%0A", b"\n").decode()


def pictured(document: Json) -> Json:
    """Put tokens in the place of the base64 of known images."""
    if isinstance(document, dict):
        return {key: pictured(value) for key, value in document.items()}
    if isinstance(document, list):
        return [pictured(value) for value in document]
    if isinstance(document, str) and len(document) > 60:
        for path in sorted(IMAGES.iterdir()):
            document = document.replace(base64.b64encode(path.read_bytes()).decode(), "{{" + path.name + "}}")
    return document


def expanded(document: Json) -> Json:
    """Put the base64 of known images in the place of their tokens."""
    if isinstance(document, dict):
        return {key: expanded(value) for key, value in document.items()}
    if isinstance(document, list):
        return [expanded(value) for value in document]
    if not isinstance(document, str):
        return document
    return _TOKEN.sub(lambda match: base64.b64encode((IMAGES / match[1]).read_bytes()).decode(), document)


# Files ----------------------------------------------------------------------------------------


def save(sdk: str, version: str, captured: Iterable[Json]) -> Path:
    """Write what was captured of a version; what all requests say in their headers stands once."""
    entries = list(captured)
    headers = [entry["request"]["headers"] for entry in entries]
    shared = dict(set.intersection(*(set(each.items()) for each in headers)))
    lines = [json.dumps(_without(entry, shared), ensure_ascii=False) for entry in entries]
    head = f'{{\n"sdk": "{sdk} {version}",\n"headers": {json.dumps(dict(sorted(shared.items())), indent=1)},\n'
    path = FOLDER / f"{sdk}-{version}.json"
    path.write_text(head + '"captured": [\n' + ",\n".join(lines) + "\n]\n}\n")
    return path


def _without(entry: Json, shared: Mapping[str, str]) -> Json:
    own = {name: value for name, value in entry["request"]["headers"].items() if name not in shared}
    return {**entry, "request": {**entry["request"], "headers": own}}


def load(sdk: str, version: str) -> dict[str, Json]:
    """Read what was captured of a version: entry by name, every request with all its headers, images as tokens."""
    stored = json.loads((FOLDER / f"{sdk}-{version}.json").read_text())
    found = {}
    for entry in stored["captured"]:
        headers = {**stored["headers"], **entry["request"]["headers"]}
        found[entry["name"]] = {**entry, "request": {**entry["request"], "headers": dict(sorted(headers.items()))}}
    return found


def versions(sdk: str) -> list[str]:
    """List the versions of an SDK that are stored, the oldest first."""
    found = [path.stem.removeprefix(f"{sdk}-") for path in FOLDER.glob(f"{sdk}-*.json")]
    return sorted(found, key=_numbers)


def nearest(sdk: str, version: str) -> str:
    """Name the stored version that an installed one is compared with: itself, the next older, or the oldest."""
    found = versions(sdk)
    older = [each for each in found if _numbers(each) <= _numbers(version)]
    return older[-1] if older else found[0]


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)]


def drift(stored: Mapping[str, Json], made: Mapping[str, Json]) -> list[str]:
    """
    Say where what an SDK sends now differs from what is stored.

    Args:
        stored: entries of `load`.
        made: entries of the same form, just captured.

    Returns:
        One line each: the case, the place, what is stored, what is sent now. Empty: nothing drifted.
    """
    found = [f"{name}: stored, not captured now" for name in stored.keys() - made.keys()]
    found += [f"{name}: captured now, not stored" for name in made.keys() - stored.keys()]
    for name in stored.keys() & made.keys():
        found += [f"{name}: {line}" for line in _differences("", stored[name], made[name])]
    return sorted(found)


def _differences(at: str, before: Json, now: Json) -> Iterator[str]:
    if isinstance(before, dict) and isinstance(now, dict):
        for key in sorted(before.keys() | now.keys()):
            yield from _differences(f"{at}/{key}", before.get(key, "(absent)"), now.get(key, "(absent)"))
    elif isinstance(before, list) and isinstance(now, list) and len(before) == len(now):
        for index, pair in enumerate(zip(before, now, strict=True)):
            yield from _differences(f"{at}/{index}", *pair)
    elif json.dumps(before) != json.dumps(now):  # JSON's equality: true is not 1
        yield f"{at}: {json.dumps(before)[:200]} -> {json.dumps(now)[:200]}"


def told(path: Path, entries: Iterable[Json]) -> None:
    """Say on stderr what a capture script wrote."""
    print(f"{path.name}: {len(list(entries))} requests", file=sys.stderr)
