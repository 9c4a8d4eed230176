"""
The reference as Markdown: an index, a page a provider and a page a dialect, for repositories and for models to read.

What the pages say is made by `pages.py`, as that of the site is; tables are those of GitHub's Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from imagetx.document import Json
from imagetx.reference.site import STATE_WORDS, jinja, template_loader
from imagetx.reference.wording import literal

if TYPE_CHECKING:
    from jinja2 import Environment

_SIGNS: Final = re.compile(r"[\\`*\[\]|]|_(?!\w)|(?<!\w)_")
_TICKED: Final = re.compile(r"(`[^`]+`)")


def markdown(site: Mapping[str, Any]) -> dict[str, bytes]:
    """
    Write the reference in Markdown.

    Args:
        site: What `pages.documents` gives.

    Returns:
        Content by path, `index.md` first. The same documents give the same bytes.

    Raises:
        RequestError: Jinja2 is not installed.
    """
    return {path: page.encode(errors="backslashreplace") for path, page in _pages(site)}


def _pages(site: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    environment = _environment()

    def render(template: str, **values: Any) -> str:
        page: str = environment.get_template(f"{template}.md").render(
            version=site["version"], verified=site["verified"], **values
        )
        return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"

    yield "index.md", render("index", **{name: site[name] for name in ("providers", "matrix", "fields", "categories")})
    for doc in site["providers"]:
        rows = [row for row in site["matrix"]["rows"] if row["provider"] == doc["provider"]]
        yield f"{doc['provider']}.md", render("provider", doc=doc, fields=site["matrix"]["fields"], rows=rows)
    for doc in site["dialects"]:
        yield f"{doc['provider']}/{doc['dialect']}.md", render("dialect", doc=doc)


def _environment() -> Environment:
    environment: Environment = jinja().Environment(
        loader=template_loader("markdown"),
        autoescape=False,
        undefined=jinja().StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["state_words"] = dict(STATE_WORDS)
    environment.filters |= {"text": text, "code": code, "codes": _codes}
    return environment


def text(value: Json) -> str:
    """
    Write plain text so that it means itself, in a line or a cell of a table; what stands in backticks is code.
    """
    pieces = _TICKED.split(" ".join(str(value).split()))
    return "".join(code(piece[1:-1]) if at % 2 else _plain(piece) for at, piece in enumerate(pieces))


def _plain(piece: str) -> str:
    escaped = _SIGNS.sub(lambda sign: "\\" + sign[0], piece)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(value: Json) -> str:
    """Write a value as code, whatever is in it; a cell of a table ends at no sign of it."""
    said = literal(value).replace("|", "\\|")
    fence = "`" * (max(map(len, re.findall("`+", said)), default=0) + 1)
    apart = " " if said.startswith("`") or said.endswith("`") else ""
    return f"{fence}{apart}{said}{apart}{fence}"


def _codes(values: list[Json] | Mapping[str, Json]) -> str:
    return ", ".join(map(code, values))
