"""
The corpus: all that is data here, as files for whoever writes the same in another language.

Specs as they are written and laid flat, schemas, words, vectors with their images, a guide, and a
manifest with the digest of every file. Nothing in it depends on the day or the machine.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import pydantic_core

from imagetx.catalog import Catalog, builtin_catalog
from imagetx.clause import is_sayable
from imagetx.compile_answers import with_page
from imagetx.compile_events import never_streams
from imagetx.document import Json
from imagetx.errors import Problem, SpecError
from imagetx.message import SECRET_QUERY, TRANSPORT
from imagetx.notes import ADDITIONS, ADVICE, LOSSES
from imagetx.schemas import schemas_folder
from imagetx.secret import SECRET_HEADERS
from imagetx.source import EXTENSIONS
from imagetx.spec import Provider, Section, flat, overlay
from imagetx.tiers import TIERS
from imagetx.words import (
    CATEGORIES,
    MIME_OF_FORMAT,
    PREFERENCES,
    REQUEST_FIELDS,
    SILENCE,
    WORDS,
    category_of_status,
)

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

FORMAT: Final = 1
"""Number of the corpus's own layout; a member that moves or changes its meaning is a new one."""

SECTIONS: Final = ("requests", "refused", "responses", "pending", "errors", "streams", "exchanges")
"""The sections of a fixture file, each with its own way to be run."""

_GUIDE: Final = "corpus.md"
_PICTURES: Final = frozenset({".png", ".jpg", ".webp", ".gif"})
_OF_A_REQUEST: Final = ("if", "match", "body", "rules", "drop", "refuse", "fixed", "implies", "inputs", "requires")
_OF_ALL_ANSWERS: Final = ("headers", "classify", "params", "redact", "source")

Files = dict[str, bytes]
"""Content by path; paths have slashes whatever the machine."""


def find_fixtures() -> Path | None:
    """Return the folder of vectors beside the package; None where there is none, as in a wheel."""
    schemas = schemas_folder()
    folder = schemas.parent / "fixtures" if isinstance(schemas, Path) else None
    return folder if folder is not None and folder.is_dir() else None


def corpus(version: str, fixtures: Path | None) -> Files:
    """
    Make the files of the corpus.

    Args:
        version: Of the library, as the manifest says it.
        fixtures: Folder of the vectors; None makes a corpus that says it has none.

    Returns:
        Content by path, `manifest.json` last; the same for the same data, byte by byte.

    Raises:
        SpecError: The folder of the vectors is not one, or a file in it is no JSON.
    """
    catalog = builtin_catalog()
    files: Files = {"README.md": (Path(__file__).parent / "templates" / _GUIDE).read_bytes()}
    files |= _copied(schemas_folder(), "schemas", {".json"})
    files["words.json"] = _rendered(_words())
    vectors = {} if fixtures is None else _vectors(fixtures)
    files |= vectors
    laid: dict[str, dict[str, dict[str, str]]] = {}
    for view in catalog.providers.values():
        laid[view.name], own = _laid_flat(catalog, view)
        files |= own
    manifest = {
        "corpus": FORMAT,
        "imagetx": version,
        "spec": 1,
        "fixtures": fixtures is not None,
        "providers": {view.name: _provider(view, laid[view.name], files) for view in catalog.providers.values()},
        "images": [path for path in vectors if path.startswith("fixtures/images/")],
        "files": {path: {"sha256": sha256(data).hexdigest(), "bytes": len(data)} for path, data in files.items()},
    }
    return {**files, "manifest.json": _rendered(manifest)}


def _rendered(document: Json) -> bytes:
    return pydantic_core.to_json(document, indent=1) + b"\n"


def _copied(folder: Traversable, name: str, endings: frozenset[str] | set[str]) -> Files:
    """Read the files of a folder and those below it, in the order of their paths."""
    found = dict(_below(folder, name))
    return {path: found[path].read_bytes() for path in sorted(found) if PurePosixPath(path).suffix in endings}


def _below(folder: Traversable, name: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the files of a folder and those below it, by their paths."""
    for item in folder.iterdir() if folder.is_dir() else ():
        path = f"{name}/{item.name}"
        yield from _below(item, path) if item.is_dir() else ((path, item),)


def _vectors(folder: Path) -> Files:
    """Read the vectors and their images."""
    files = _copied(folder, "fixtures", {".json"}) | _copied(folder / "images", "fixtures/images", _PICTURES)
    if not files:
        message = f"expected a folder with the vectors (PROVIDER/DIALECT.json), got {folder.name}"
        raise SpecError(Problem(pointer="", message=message))
    return files


def _words() -> Json:
    """Say in one document what the code knows and no schema says: words, silence, categories, secrets."""
    told = {status: category_of_status(status) for status in range(400, 600)}
    usual = {4: "invalid_request", 5: "server_error"}
    return {
        "fields": REQUEST_FIELDS,
        "words": WORDS,
        "silence": SILENCE,
        "preferences": sorted(PREFERENCES),
        "tiers": TIERS,
        "media_types": MIME_OF_FORMAT,
        "extensions": EXTENSIONS,
        "notes": {"losses": sorted(LOSSES), "additions": sorted(ADDITIONS), "advice": sorted(ADVICE)},
        "categories": {
            name: {"status": says.status, "type": says.type, "code": says.code, "retryable": says.retryable}
            for name, says in CATEGORIES.items()
        },
        "category_of_status": {
            **{str(status): name for status, name in told.items() if name != usual[status // 100]},
            "4xx": usual[4],
            "other": usual[5],
        },
        "secret_headers": sorted(SECRET_HEADERS),
        "transport_headers": TRANSPORT.pattern,
        "secret_query": SECRET_QUERY.pattern,
    }


def _laid_flat(catalog: Catalog, view: Provider) -> tuple[dict[str, dict[str, str]], Files]:
    """Lay the dialects of a provider flat; families that say the same share a file."""
    paths: dict[str, dict[str, str]] = {}
    files: Files = {}
    known: dict[bytes, str] = {}
    for family, says in view.families.items():
        for dialect in says["dialects"]:
            data = _rendered(flat_section(catalog, view, dialect, family))
            path = known.setdefault(data, f"flat/{view.name}/{dialect}/{family}.json")
            files[path] = data
            paths.setdefault(dialect, {})[family] = path
    return paths, files


def flat_section(catalog: Catalog, view: Provider, dialect: str, family: str) -> Section:
    """
    Return the whole section that holds for a dialect and a family, nothing left to be laid over anything.

    Every message has `variants`, each of them complete; one that was written without has one, named "".
    """
    section = flat(catalog.providers, view.name, dialect, family)
    hosts = {key: view.says[key] for key in ("base_url", "hosts") if key in view.says}
    section = {**{key: value for key, value in section.items() if key != "spec"}, **hosts}
    section["request"] = _whole_request(section["request"])
    for name, says in (("response", section.get("response", {})), ("error", with_page(section.get("error", {})))):
        section[name] = _whole_answer(says)
    if "event" in section:
        section["event"] = _whole_event(section.pop("event"))
        if never_streams(section["request"]):
            del section["event"]
    return section


def _whole_request(says: Section) -> Section:
    shared = {key: value for key, value in says.items() if key != "variants"}
    variants = {
        name: {key: value for key, value in overlay(shared, own).items() if key in _OF_A_REQUEST}
        for name, own in says.get("variants", {"": {}}).items()
    }
    for own in variants.values():
        own.setdefault("body", "json")
    kept = {key: value for key, value in shared.items() if key not in _OF_A_REQUEST}
    kept["when"] = [clause for clause in says.get("when", ()) if is_sayable(clause, shared)]
    return {"method": "POST", **kept, "variants": variants}


def _whole_answer(says: Section) -> Section:
    shared = {key: value for key, value in says.items() if key not in ("variants", *_OF_ALL_ANSWERS)}
    variants = {name: overlay(shared, own) for name, own in says.get("variants", {"": {}}).items()}
    for own in variants.values():
        own.setdefault("body", "json")
    return {**{key: says[key] for key in _OF_ALL_ANSWERS if key in says}, "variants": variants}


def _whole_event(says: Section) -> Section:
    own: Section = {key: value for key, value in says.items() if key in ("rules", "variants")}
    rest = {key: value for key, value in says.items() if key not in own}
    return {**rest, "variants": _whole_answer(own)["variants"]} if own else rest


def _provider(view: Provider, laid: Mapping[str, Mapping[str, str]], files: Mapping[str, bytes]) -> Json:
    """Say where the files of a provider are, and how many vectors there are of each section."""
    return {
        "title": view.says["title"],
        "aliases": list(view.says.get("aliases", ())),
        "source": view.says["source"],
        "verified": view.says["verified"],
        "spec": f"schemas/providers/{view.name}/provider.json",
        "models": len(view.says["models"]),
        "dialects": {name: dict(_dialect(view, name, laid.get(name, {}), files)) for name in view.dialects},
    }


def _dialect(
    view: Provider, name: str, laid: Mapping[str, str], files: Mapping[str, bytes]
) -> Iterator[tuple[str, Any]]:
    says = view.dialects[name]
    yield from ((key, says[key]) for key in ("surface", "operations", "source", "verified"))
    yield "spec", f"schemas/providers/{view.name}/{name}.json"
    yield "flat", dict(laid)
    for key in ("request", "event"):
        path = f"schemas/native/{view.name}/{name}.{key}.json"
        if path in files:
            yield f"native_{key}", path
    path = f"fixtures/{view.name}/{name}.json"
    if path in files:
        yield "fixtures", path
        yield "vectors", counted(files[path])


def counted(data: bytes) -> dict[str, int]:
    """
    Count the vectors of a fixture file by section.

    Raises:
        SpecError: It is no JSON.
    """
    try:
        document = pydantic_core.from_json(data)
    except ValueError as error:
        raise SpecError(Problem(pointer="", message=f"expected vectors as JSON: {error}")) from error
    counts = Counter({name: len(document.get(name, ())) for name in SECTIONS})
    return {name: counts[name] for name in SECTIONS if counts[name]}
