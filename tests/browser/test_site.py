"""The reference site in a browser: filters, keyboard, schemes, phone width, contrast; nothing leaves the machine."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx.reference.site import STATE_WORDS, write_site
from imagetx.words import REQUEST_FIELDS

pytest.importorskip("jinja2", reason="the extra `reference` is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

ARGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
KINDS = (
    "index.html",
    "index.html#field=size",
    "fields/index.html",
    "fields/size.html",
    "dialects/index.html",
    "dialects/gemini-generate-content.html",
    "dialects/openai-generations.html",
    "providers/bedrock.html",
    "migrations/index.html",
    "migrations/openai.html",
    "errors.html",
    "try.html#sample=mask&target=openai/gpt-image-2",
)
"""A page of every kind."""

CONTRAST = """() => {
  const parse = (text) => {
    const found = text.match(/color\\(srgb ([\\d.]+) ([\\d.]+) ([\\d.]+)(?: \\/ ([\\d.]+))?\\)/);
    if (found) return [found[1] * 255, found[2] * 255, found[3] * 255, found[4] === undefined ? 1 : +found[4]];
    const [r, g, b, a] = text.match(/[\\d.]+/g).map(Number);
    return [r, g, b, a === undefined ? 1 : a];
  };
  const over = (top, below) => top.slice(0, 3).map((value, i) => value * top[3] + below[i] * (1 - top[3]));
  const ground = (node) => {
    const layers = [];
    for (let each = node; each; each = each.parentElement) layers.push(parse(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((v) => v / 255).map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const bad = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    if (!node.textContent.trim() || element.closest("script, noscript, option, [disabled]")) continue;
    if (!element.checkVisibility() || element.closest(".vh, .skip")) continue;
    const style = getComputedStyle(element), below = ground(element);
    const pair = [light(over(parse(style.color), below)), light(below)].sort((a, b) => b - a);
    const ratio = (pair[0] + 0.05) / (pair[1] + 0.05);
    const key = `${style.color} on ${below.map(Math.round)}`;
    const where = `${element.className || element.tagName}: ${node.textContent.slice(0, 30)}`;
    if (ratio < 4.5) bad.set(key, `${key}: ${ratio.toFixed(2)} at ${where}`);
  }
  return [...bad.values()];
}"""


def executable() -> str | None:
    """Find a Chromium: the system's, or Playwright's own."""
    for name in NAMES:
        if (found := shutil.which(name)) is not None:
            return found
    with playwright.sync_playwright() as driver:
        own = driver.chromium.executable_path
    return own if Path(own).is_file() else None


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    path = executable()
    if path is None:
        pytest.skip("no Chromium was found: chromium, google-chrome or Playwright's own")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=ARGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def site(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Write the site once; the browser is asked for first, so that nothing is written where there is none."""
    folder = tmp_path_factory.mktemp("site")
    write_site(imagetx.registry(), folder)
    return folder.as_uri() + "/"


@pytest.fixture
def opened(browser: Any, site: str) -> Iterator[Any]:
    """Give (path, options of the context) -> page; what is asked of the network or said on the console is a fault."""
    faults: list[str] = []
    contexts = []

    def start(path: str, **options: Any) -> Any:
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("request", lambda asked: faults.append(asked.url) if not re.match("file:|data:", asked.url) else None)
        page.goto(site + path)
        return page

    yield start
    for context in contexts:
        context.close()
    assert faults == []


def rows(page: Any) -> list[str]:
    found: list[str] = page.eval_on_selector_all(
        "tr.dialect:not([hidden])", "rows => rows.map(row => row.dataset.name)"
    )
    return found


def address(page: Any) -> str:
    return str(page.url).partition("#")[2]


def test_filters(opened: Any) -> None:
    """What does size become on Gemini: two choices, and the address says them; it works from the address, too."""
    page = opened("index.html")

    assert len(rows(page)) == len({row["name"] for row in _dialects()})
    page.get_by_label("Provider", exact=True).select_option("gemini")
    page.get_by_label("Field", exact=True).select_option("size")
    assert rows(page) == [
        "gemini/generate-content",
        "gemini/interactions",
        "gemini/openai-generations",
        "gemini/predict",
    ]
    assert address(page) == "provider=gemini&field=size"
    assert page.get_by_role("status").inner_text().startswith("4 of ")
    cell = page.locator("tr[data-name='gemini/generate-content'] td:visible")
    assert "generationConfig/imageConfig/aspectRatio" in cell.inner_text()

    page.reload()
    assert len(rows(page)) == 4
    page.get_by_role("button", name="Clear").click()
    page.wait_for_function("document.querySelectorAll('tr.dialect:not([hidden])').length > 4")
    assert address(page) == ""


def _dialects() -> list[dict[str, str]]:
    catalog = imagetx.registry().catalog
    return [{"name": f"{view.name}/{name}"} for view in catalog.providers.values() for name in view.dialects]


def test_filters_combine(opened: Any) -> None:
    """Who takes a seed in an edit, of what is in use."""
    page = opened("index.html#operation=edit&status=active&field=seed&becomes=taken")
    found = rows(page)

    assert "stability/inpaint" in found
    assert not {"openai/edits", "bedrock/nova-canvas", "stability/core"} & set(found)
    page.goto(page.url.partition("#")[0] + "#provider=nonsense&field=nonsense")
    page.wait_for_function("document.querySelectorAll('tr.dialect:not([hidden])').length > 40")
    assert page.get_by_label("Becomes", exact=True).is_disabled()


def test_keyboard(opened: Any) -> None:
    """One stop for Tab; arrows move among the cells that are shown; Enter opens the field's line."""
    page = opened("index.html#provider=stability")
    stops = page.eval_on_selector_all("#matrix td > a", "links => links.filter(link => link.tabIndex === 0).length")
    page.locator("#matrix td > a[tabindex='0']").focus()
    for key in ("ArrowRight", "ArrowDown", "End", "Home", "ArrowLeft", "ArrowUp", "ArrowRight"):
        page.keyboard.press(key)
    label = page.evaluate("document.activeElement.getAttribute('aria-label')")

    assert stops == 1
    assert label.startswith(f"{REQUEST_FIELDS[1]} on stability core: ")
    assert page.locator("#readout").inner_text() == label
    page.keyboard.press("Enter")
    page.wait_for_url("**/dialects/stability-core.html#f-model")


def test_focus_is_seen(opened: Any) -> None:
    page = opened("index.html")
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.className") == "skip"
    for _ in range(3):
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_search(opened: Any) -> None:
    page = opened("dialects/openai-edits.html")
    page.keyboard.press("/")
    page.keyboard.type("dall-e-3")

    assert page.get_by_role("option").count() >= 2
    assert page.get_by_role("combobox").get_attribute("aria-expanded") == "true"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/migrations/*.html#dall-e-3")
    page.keyboard.press("/")
    page.keyboard.type("no such thing")
    assert page.locator("#found").inner_text() == "Nothing of that name"


def test_schemes(opened: Any) -> None:
    """The system's scheme, until the switch says another; the choice is kept."""
    page = opened("index.html", color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(ground)
    switch = page.locator("#theme")
    switch.click()
    light = page.evaluate(ground)

    assert dark != light
    assert switch.get_attribute("aria-label") == "Colour scheme: light"
    page.reload()
    assert page.evaluate(ground) == light
    switch.click()
    switch.click()
    assert (page.evaluate(ground), switch.inner_text()) == (dark, "Auto")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast(opened: Any, site: str, scheme: str) -> None:
    """Every text has 4.5:1 against what it stands on (WCAG AA)."""
    page = opened(KINDS[0], color_scheme=scheme)
    faults = []
    for kind in KINDS:
        page.goto(site + kind)
        page.evaluate("document.querySelectorAll('details').forEach((each, i) => { if (i < 40) each.open = true; })")
        faults += [f"{kind}: {fault}" for fault in page.evaluate(CONTRAST)]

    assert faults == []


def test_phone(opened: Any, site: str) -> None:
    """At 390 px no page scrolls sideways: tables do so in their own boxes."""
    page = opened(KINDS[0], viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    wide = []
    for kind in KINDS:
        page.goto(site + kind)
        page.evaluate("document.querySelectorAll('details').forEach((each, i) => { if (i < 40) each.open = true; })")
        wide += [
            (kind, over) for over in [page.evaluate("document.documentElement.scrollWidth - innerWidth")] if over > 0
        ]

    assert wide == []


def test_everything_has_a_name(opened: Any, site: str) -> None:
    """Controls, regions and tables say what they are, and a page has its landmarks."""
    page = opened(KINDS[0])
    for kind in KINDS:
        page.goto(site + kind)
        nameless = page.evaluate(
            """() => [...document.querySelectorAll("button, select, input, [role=region], nav, svg[role=img]")]
              .filter((each) => !each.getAttribute("aria-label") && !each.labels?.length && !each.textContent.trim())
              .map((each) => each.outerHTML.slice(0, 80))"""
        )
        marks = ("body > header", "body > main", "body > footer", "[role=search]")
        roles = [page.evaluate(f"document.querySelectorAll('{mark}').length") for mark in marks]

        assert nameless == [], kind
        assert roles == [1, 1, 1, 1], kind


def test_trials(opened: Any) -> None:
    """The panel shows what encode_request gives, the address says what was chosen, the ranking chooses."""
    page = opened("try.html#sample=dall-e-3&target=stability/sd3.5-large")
    sent = json.loads(page.locator("#sent").inner_text())
    given = json.loads(page.locator("#given").inner_text())
    out = imagetx.encode_request(given, "stability/sd3.5-large")

    assert sent == out.value.to_json()
    assert page.locator("#notes li").all_inner_texts() == [str(note) for note in out.notes]
    page.get_by_label("Request", exact=True).select_option("edit")
    page.locator("#all button", has_text="openai/gpt-image-2.6-sunburst").click()
    assert address(page) == "sample=edit&target=openai%2Fgpt-image-2.6-sunburst"
    assert json.loads(page.locator("#sent").inner_text())["url"] == "https://api.openai.com/v1/images/edits"
    assert page.locator("#all button[aria-pressed='true']").count() == 1


def test_marks_are_told_without_colour(opened: Any) -> None:
    """Every state has a word in the legend, and every cell says its own to who cannot see it."""
    page = opened("index.html")
    legend = page.locator(".legend").inner_text()
    labels = page.eval_on_selector_all("#matrix td > a", "links => links.map(link => link.getAttribute('aria-label'))")

    assert all(word in legend for word in STATE_WORDS.values())
    assert all(any(f": {word}" in label for word in STATE_WORDS.values()) for label in labels)
    assert len(labels) == len(REQUEST_FIELDS) * len(_dialects())


def test_a_link_opens_what_it_leads_to(opened: Any) -> None:
    page = opened("dialects/segmind-v1.html#f-size")

    assert page.locator("#f-size").bounding_box()["y"] < 900
