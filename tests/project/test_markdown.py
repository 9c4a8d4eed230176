"""The reference as Markdown: whole, the same every time, and Markdown whatever stands in the facts."""

from __future__ import annotations

import posixpath
import re
from typing import Any

import pytest

import imagetx
from imagetx.reference.markdown import code, markdown, text
from imagetx.reference.pages import documents
from imagetx.words import REQUEST_FIELDS

Json = Any
_CELLS = re.compile(r"(?<!\\)\|")


@pytest.fixture(scope="module")
def site() -> Json:
    return documents(imagetx.registry())


@pytest.fixture(scope="module")
def pages(site: Json) -> dict[str, str]:
    return {path: content.decode() for path, content in markdown(site).items()}


def test_a_page_for_each(site: Json, pages: dict[str, str]) -> None:
    expected = ["index.md", *(f"{each['provider']}.md" for each in site["providers"])]
    expected += [f"{each['provider']}/{each['dialect']}.md" for each in site["dialects"]]

    assert list(pages) == expected
    assert {path: page.encode() for path, page in pages.items()} == markdown(site)


def test_links_lead_somewhere(pages: dict[str, str]) -> None:
    lost = [
        (path, link)
        for path, page in pages.items()
        for link in re.findall(r"(?<!\\)\]\(([^)]+)\)", page)
        if posixpath.normpath(posixpath.join(posixpath.dirname(path), link)) not in pages
    ]

    assert lost == []


def test_tables_are_tables(pages: dict[str, str]) -> None:
    """Every row of a table has the cells of its head, and what is no row stands apart from it."""
    for path, page in pages.items():
        width, before = 0, ""
        for line in page.splitlines():
            if line.startswith("|"):
                cells = len(_CELLS.findall(line))
                assert width in (0, cells) or not before.startswith("|"), (path, line)
                assert before.startswith("|") or before == "", (path, line)
                width = cells
            elif line.startswith("#"):
                assert before == "", (path, line)
            else:
                assert line == "" or not before.startswith(("|", "#")), (path, line)
            before = line
        assert "{{" not in page.replace("{{base_url}}", ""), path


def test_every_field_is_told(site: Json, pages: dict[str, str]) -> None:
    """A page of a dialect names every canonical field, and its native places and models."""
    for doc in site["dialects"]:
        page = pages[f"{doc['provider']}/{doc['dialect']}.md"]
        assert [name for name in REQUEST_FIELDS if f"`{name}`" not in page] == []
        assert [row["native"] for row in doc["inverse"] if f"`{row['native']}`" not in page] == []
        models = [model["id"] for family in doc["families"] for model in family["models"]]
        assert [name for name in models if f"`{name}`" not in page] == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain_word and _this_", r"plain_word and \_this\_"),
        ("a | b\nc", r"a \| b c"),
        ("1 < 2 & *3* [x](y)", r"1 &lt; 2 &amp; \*3\* \[x\](y)"),
        ("say `a|b` here", r"say `a\|b` here"),
        ("lone ` tick", r"lone \` tick"),
    ],
)
def test_text_means_itself(value: str, expected: str) -> None:
    assert text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("a", "`a`"), ("a|b", r"`a\|b`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), (None, "`null`"), (False, "`false`")],
)
def test_code_is_code(value: Json, expected: str) -> None:
    assert code(value) == expected
