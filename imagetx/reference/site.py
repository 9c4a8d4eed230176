"""
The reference as a site: HTML files that need nothing but themselves, written to a folder.

The only module that imports Jinja2, and only when a site is written (extra `reference`). What the pages show is
made by `pages.py`; whatever goes into them is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from imagetx.document import Json
from imagetx.errors import RequestError
from imagetx.reference.drawing import PLANE, drawing
from imagetx.reference.folder import write_files
from imagetx.reference.pages import documents
from imagetx.reference.wording import literal
from imagetx.translator import Registry

if TYPE_CHECKING:
    from jinja2 import Environment

STATE_WORDS: Final[Mapping[str, str]] = {
    "exact": "sent exactly",
    "said": "sent, may lose some",
    "fixed": "always one value",
    "dropped": "dropped, with a note",
    "refused": "refused",
}
"""What the states of a field are called, the best first."""

_TEMPLATES: Final = Path(__file__).parent / "templates"
_ASSETS: Final = ("site.css", "site.js")
_TICKED: Final = re.compile(r"`([^`]+)`")
Page = tuple[str, str]
"""Path below the folder, and content."""


def write_site(registry: Registry, folder: Path) -> int:
    """
    Write the reference of a set of providers as HTML.

    Args:
        registry: The providers; `imagetx.registry()` for the built-in ones.
        folder: Where to; made if it is not there. Files of the same names are replaced, others stay.

    Returns:
        How many files were written. The same registry gives the same bytes.

    Raises:
        RequestError: Jinja2 is not installed, or the folder cannot be written.
    """
    return write_pages(documents(registry), folder)


def write_pages(site: Mapping[str, Any], folder: Path) -> int:
    """Write what `pages.documents` gives; see `write_site`."""
    files = {path: content.encode(errors="backslashreplace") for path, content in _files(site)}
    return write_files(folder, files)


def _files(site: Mapping[str, Any]) -> Iterator[Page]:
    render = _renderer(_environment(), site)
    yield from _overview(site, render)
    for each in site["dialects"]:
        drawings = [drawing(size["geometry"]) for size in each["sizes"]]
        yield render(f"dialects/{each['slug']}.html", "dialect", doc=each, drawings=drawings, plane=int(PLANE))
    for each in site["fields"]:
        yield render(f"fields/{each['field']}.html", "field", doc=each)
    for each in site["providers"]:
        own = [doc for doc in site["migrations"] if doc["provider"] == each["provider"]]
        yield render(f"providers/{each['provider']}.html", "provider", doc=each)
        yield render(f"migrations/{each['provider']}.html", "migration", provider=each, docs=own)
    for name in _ASSETS:
        yield f"assets/{name}", (_TEMPLATES / name).read_text(encoding="utf-8")
    yield "assets/search.js", f"window.IMAGETX_INDEX = {_json(list(_index(site)))};\n"


def _overview(site: Mapping[str, Any], render: Callable[..., Page]) -> Iterator[Page]:
    """Yield the pages of which there is one."""
    targets = [{**each, "provider": each["name"].partition("/")[0]} for each in site["trials"]["targets"]]
    yield render("index.html", "index", **site)
    yield render("fields/index.html", "fields", **site)
    yield render("dialects/index.html", "dialects", **site)
    yield render("migrations/index.html", "migrations", **site)
    yield render("errors.html", "errors", **site, codes=_codes(site["dialects"]))
    yield render("try.html", "try", trials={**site["trials"], "targets": targets})


_PAGES: Final = {
    "index": "matrix",
    "field": "fields",
    "dialect": "dialects",
    "provider": "dialects",
    "migration": "migrations",
}
"""Where in the navigation a template's pages stand, if not under its own name."""


def _renderer(environment: Environment, site: Mapping[str, Any]) -> Callable[..., Page]:
    def render(path: str, template: str, **values: Any) -> Page:
        context = {
            "root": "../" * path.count("/"),
            "page": _PAGES.get(template, template),
            "version": site["version"],
            "verified": site["verified"],
            **values,
        }
        return path, environment.get_template(f"{template}.html").render(context)

    return render


def jinja() -> ModuleType:
    """
    Import Jinja2.

    Raises:
        RequestError: It is not installed.
    """
    try:
        import jinja2
    except ImportError:
        message = "expected Jinja2, which writes the pages: pip install 'imagetx[reference]'"
        raise RequestError(message) from None
    return jinja2


def template_loader(folder: str = "") -> Any:
    """Return what finds the templates of a folder of them."""
    return jinja().FileSystemLoader(_TEMPLATES / folder)


def _environment() -> Environment:
    environment: Environment = jinja().Environment(
        loader=template_loader(),
        autoescape=True,
        undefined=jinja().StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.policies["json.dumps_kwargs"] = {"sort_keys": False, "ensure_ascii": True}
    environment.globals["state_words"] = dict(STATE_WORDS)
    environment.filters |= {"literal": literal, "anchor": _anchor, "ticked": _ticked}
    return environment


def _anchor(name: str) -> str:
    """Make a model's id the id of an element."""
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name)


def _ticked(text: str) -> str:
    """Show what stands between backticks as code; all of it is escaped."""
    from markupsafe import Markup, escape

    return Markup(_TICKED.sub(r"<code>\1</code>", str(escape(text))))


def _json(value: Json) -> str:
    """Write JSON that can stand in a script: no sign of it can end the tag or a line."""
    from jinja2.utils import htmlsafe_json_dumps

    return str(htmlsafe_json_dumps(value, ensure_ascii=True))


def _codes(dialects: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[str, list[str]]]]:
    """Gather the native codes and types of every category, by provider."""
    found: dict[str, dict[str, dict[str, None]]] = {}
    for page in dialects:
        for row in page["errors"]["rows"]:
            values = [str(value) for name in ("code", "type") for value in row["when"].get(name, ())]
            found.setdefault(row["category"], {}).setdefault(page["provider"], {}).update(dict.fromkeys(values))
    gathered: dict[str, list[tuple[str, list[str]]]] = {name: [] for name in found}
    for name, providers in found.items():
        gathered[name] = [(provider, list(values)) for provider, values in providers.items() if values]
    return gathered


def _index(site: Mapping[str, Any]) -> Iterator[list[str]]:
    """List what can be searched for: label, kind, address."""
    for doc in site["fields"]:
        yield [doc["field"], "field", f"fields/{doc['field']}.html"]
    for doc in site["dialects"]:
        yield [doc["id"], "dialect", f"dialects/{doc['slug']}.html"]
    for doc in site["providers"]:
        yield [doc["title"], "provider", f"providers/{doc['provider']}.html"]
        for row in doc["models"]:
            kind = f"{doc['provider']}, {row['status']}"
            folder = "providers" if row["status"] == "active" else "migrations"
            yield [row["id"], kind, f"{folder}/{doc['provider']}.html#{_anchor(row['id'])}"]
