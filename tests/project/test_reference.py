"""The reference site: complete, closed in itself, escaped, the same at every build, and true to what encode does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

import imagetx
from imagetx import Registry, RequestError
from imagetx.catalog import Catalog
from imagetx.cli import main
from imagetx.notes import LOSSES
from imagetx.reference.conditions import condition, consequence
from imagetx.reference.drawing import FIGURE, PLANE, drawing
from imagetx.reference.pages import documents
from imagetx.reference.samples import samples
from imagetx.reference.site import write_pages, write_site
from imagetx.reference.trials import targets
from imagetx.reference.wording import geometry, inputs, lost, rule
from imagetx.spec import read_provider
from tests.dialects import ROOT
from tests.project.test_invented_provider import spec

pytest.importorskip("jinja2", reason="the extra `reference` is not installed")

VOID = {"meta", "link", "input", "br", "wbr", "img", "hr", "path", "rect", "polygon"}
Files = dict[str, str]


class Page(HTMLParser):
    """Read a page: ids, links, what is loaded, tags left open, headings, text of scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.headings: list[int] = []
        self.tags: set[str] = set()
        self.scripts: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"{tag} is left open" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        self.tags.add(tag)
        if said.get("id"):
            self.ids.append(str(said["id"]))
        if tag == "a":
            self.links.append(str(said["href"]))
        self.loads += [str(said[key]) for key in ("src", "href") if key in said and tag in ("script", "link", "img")]
        self.faults += [f"{tag} has {name}" for name in said if name.startswith("on")]
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"/{tag} at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] == "script" and data.strip():
            self.scripts.append(data)


def read(folder: Path) -> Files:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def told() -> dict[str, Any]:
    return documents(imagetx.registry())


@pytest.fixture(scope="module")
def site(told: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("site")
    assert write_pages(told, folder) == len(read(folder))
    return read(folder)


@pytest.fixture(scope="module")
def pages(site: Files) -> dict[str, Page]:
    return {name: Page(text) for name, text in site.items() if name.endswith(".html")}


def test_two_builds_are_equal(site: Files, tmp_path: Path) -> None:
    """Another process with another order of hashes writes the same bytes; the command says how many files."""
    command = [sys.executable, "-m", "imagetx", "reference", str(tmp_path / "out")]

    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=True, env={**os.environ, "PYTHONHASHSEED": "7"}
    )

    assert done.stdout == f"{len(site)} files in {tmp_path / 'out'}\n"
    assert read(tmp_path / "out") == site


def test_there_is_a_page_for_everything(site: Files, told: dict[str, Any]) -> None:
    catalog = imagetx.registry().catalog
    dialects = {f"{view.name}/{name}" for view in catalog.providers.values() for name in view.dialects}
    gone = {(row["provider"], row["id"]) for row in imagetx.models() if row["status"] != "active"}

    assert {page["id"] for page in told["dialects"]} == dialects
    assert {f"dialects/{page['slug']}.html" for page in told["dialects"]} <= site.keys()
    assert {f"fields/{page['field']}.html" for page in told["fields"]} <= site.keys()
    assert {
        f"{kind}/{name}.html" for name in imagetx.providers() for kind in ("providers", "migrations")
    } <= site.keys()
    assert {(each["provider"], each["id"]) for each in told["migrations"]} == gone


def test_pages_are_well_formed(pages: dict[str, Page]) -> None:
    """Every tag is closed where it should be, ids are unique, headings skip no level, one h1 each."""
    for name, page in pages.items():
        steps = [(a, b) for a, b in zip(page.headings, page.headings[1:], strict=False) if b > a + 1]

        assert page.faults == [], name
        assert [each for each in set(page.ids) if page.ids.count(each) > 1] == [], name
        assert (page.headings.count(1), page.headings[0], steps) == (1, 1, []), name


def test_nothing_is_loaded_from_elsewhere(site: Files, pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        assert [each for each in page.loads if urlsplit(each).scheme not in ("", "data")] == [], name
    for asset in ("assets/site.css", "assets/site.js"):
        assert re.findall(r"https?://|url\(|@import|fetch\(|XMLHttp|eval\(|innerHTML", site[asset]) == []


def test_links_lead_somewhere(site: Files, pages: dict[str, Page]) -> None:
    broken = []
    for name, page in pages.items():
        for link in {*page.links, *page.loads}:
            url = urlsplit(link)
            if url.scheme == "data":
                continue
            path = os.path.normpath(Path(name).parent / url.path) if url.path else name
            anchor = unquote(url.fragment)
            if path not in site or (anchor and anchor not in pages[path].ids):
                broken.append((name, link))

    assert broken == []


def test_search_leads_somewhere(site: Files, pages: dict[str, Page]) -> None:
    text = site["assets/search.js"].removeprefix("window.IMAGETX_INDEX = ").removesuffix(";\n")
    entries = json.loads(text)

    assert [each[0] for each in entries].count("seed") == 1
    for _, _, address in entries:
        path, _, anchor = address.partition("#")
        assert path in site
        assert not anchor or anchor in pages[path].ids


def test_no_day_of_today(site: Files, told: dict[str, Any]) -> None:
    """The days on the pages are those of sources and models, and the version is the package's."""
    verified = max(page["verified"] for page in told["dialects"])

    assert f'imagetx {imagetx.__version__}; facts read up to <time datetime="{verified}">' in site["index.html"]


def line(told: dict[str, Any], dialect: str, field: str) -> dict[str, Any]:
    page = next(page for page in told["dialects"] if page["id"] == dialect)
    row = next(row for row in page["fields"] if row["field"] == field)
    first: dict[str, Any] = row["groups"][0]
    return {"state": first["state"], **(first["lines"][0] if first["lines"] else {})}


@pytest.mark.parametrize(
    ("dialect", "field", "said"),
    [
        (
            "gemini/generate-content",
            "size",
            {
                "state": "said",
                "native": [
                    "/body/generationConfig/imageConfig/aspectRatio",
                    "/body/generationConfig/imageConfig/imageSize",
                ],
                "rule": "nearest ratio and tier",
                "lost": "pixels: only their ratio and tier are said",
            },
        ),
        ("gemini/generate-content", "mask", {"state": "refused"}),
        ("gemini/generate-content", "n", {"state": "fixed", "rule": "always 1"}),
        ("stability/sd3", "seed", {"state": "exact", "native": ["/body/seed"], "rule": "as its text"}),
        ("stability/sd3", "quality", {"state": "dropped"}),
        (
            "bedrock/nova-canvas",
            "seed",
            {"state": "exact", "absent": 12, "limits": "a number 0 to 2147483646"},
        ),
        ("openai/generations", "seed", {"state": "dropped"}),
        ("openai/generations", "prompt", {"state": "exact", "limits": "a string of 1 to 32000 characters"}),
    ],
)
def test_what_pages_say(told: dict[str, Any], dialect: str, field: str, said: dict[str, Any]) -> None:
    """Facts by hand, from the dossiers."""
    found = line(told, dialect, field)

    assert {key: found.get(key) for key in said} == said


def fates(told: dict[str, Any]) -> Iterator[tuple[str, str, str, str, bool]]:
    """Send every sample to every model that is tried; yield what the page says and whether something was lost."""
    groups = {
        (page["id"], family, row["field"]): group
        for page in told["dialects"]
        for row in page["fields"]
        for group in row["groups"]
        for family in group["families"]
    }
    catalog = imagetx.registry().catalog
    for label, target in targets(catalog):
        for sample in samples():
            try:
                out = imagetx.encode_request(sample.request, target)
            except imagetx.ImagetxError:
                continue
            family = catalog.model(catalog.provider(target.provider), out.model)[1]
            noted = {note.pointer.removeprefix("/").partition("/")[0] for note in out.notes if note.kind in LOSSES}
            for field in sample.request:
                group = groups[out.dialect, family, field]
                if not group["conditional"] and not group["rules"]:
                    yield label, sample.name, field, group["state"], field in noted


def test_pages_agree_with_encode(told: dict[str, Any]) -> None:
    """What a page calls dropped is noted by encode_request, what it calls exact is not; rules aside."""
    found = list(fates(told))
    wrong = [each for each in found if each[4] is not {"dropped": True, "exact": False}.get(each[3], each[4])]

    assert len([each for each in found if each[3] == "dropped"]) > 300
    assert len([each for each in found if each[3] == "exact"]) > 500
    assert wrong == []


def test_pages_agree_with_capabilities(told: dict[str, Any]) -> None:
    """Where neither knows a condition, a page calls a field sent just where capabilities calls it supported."""
    groups = {
        (page["id"], family, row["field"]): group
        for page in told["dialects"]
        for row in page["fields"]
        for group in row["groups"]
        for family in group["families"]
    }
    asked, wrong = 0, []
    for label, target in targets(imagetx.registry().catalog):
        can = imagetx.capabilities(target)
        for operation, ability in can.operations.items():
            for name, field in ability.fields.items():
                group = groups.get((f"{can.provider}/{ability.dialect}", can.family, name))
                plain = group is not None and not (group["conditional"] or group["rules"] or field.conditional)
                if not plain or (name, operation) == ("image", "generate"):
                    continue
                asked += 1
                if (group["state"] in ("exact", "said")) is not field.supported:
                    wrong.append((label, operation, name, group["state"], field.becomes))

    assert asked > 2500
    assert wrong == []


def test_migration_of_dall_e_3(told: dict[str, Any]) -> None:
    """The page answers what to do now: the replacement, and each thing that changes, as encode_request tells it."""
    moved = next(each for each in told["migrations"] if (each["provider"], each["id"]) == ("openai", "dall-e-3"))
    (pair,) = moved["comparisons"]
    fates = {(row["field"], row["given"]): (row["before"]["kind"], row["after"]["kind"]) for row in pair["requests"]}

    assert (moved["status"], moved["retired"]) == ("retired", "2026-05-12")
    assert moved["replacement"] == pair["model"] == "gpt-image-2.6-sunburst"
    assert fates["style", "vivid"] == ("sent", "dropped")
    assert fates["background", "transparent"] == ("dropped", "sent")
    assert fates["n", 2] == ("refused", "sent")
    assert fates["response_format", "url"] == ("sent", "approximated")


def test_models_without_a_replacement_have_near_ones(told: dict[str, Any]) -> None:
    """Near is with whom least is lost, then who differs least: the next of a line, not the most able."""
    first = {(each["provider"], each["id"]): each["comparisons"][0]["model"] for each in told["migrations"]}

    assert first["azure", "MAI-Image-2.5"] == "MAI-Image-2.6"
    assert first["azure", "gpt-image-1"] == "gpt-image-1.5"
    for each in told["migrations"]:
        if each["replacement"] is None:
            assert each["comparisons"], each["id"]
            assert {pair["status"] for pair in each["comparisons"]} == {"active"}, each["id"]


# --- escaping ---------------------------------------------------------------------------------

HOSTILE = '</script><img src=x onerror="alert(1)">\'"&<!--\u2028'


def hostile() -> Registry:
    """Put markup wherever a spec may hold free text."""
    easel = spec()
    easel["provider"] |= {"title": HOSTILE, "source": HOSTILE}
    for row in easel["provider"]["models"]:
        row["source"] = HOSTILE
    easel["provider"]["models"][0]["id"] = "m" + HOSTILE
    easel["provider"]["models"].append({**easel["provider"]["models"][-1], "id": "old" + HOSTILE, "aliases": []})
    easel["provider"]["models"][-1]["retired"] = "2026-01-01"
    paint = easel["dialects"]["paint"]
    paint["source"] = HOSTILE
    paint["request"]["rules"].append({"to": "/body/mark", "const": HOSTILE})
    paint["request"].setdefault("when", []).append(
        {"if": {"required": ["seed"]}, "default": {"prompt": HOSTILE}, "reason": HOSTILE, "source": HOSTILE}
    )
    view = read_provider(easel, strict=False)
    return Registry(Catalog({view.name: view}))


def test_specs_are_escaped(tmp_path: Path) -> None:
    """Free text of a spec is text on every page, in every attribute, in JSON; it opens no tag and ends no script."""
    write_site(hostile(), tmp_path)
    files = read(tmp_path)
    pages = {name: Page(text) for name, text in files.items() if name.endswith(".html")}
    (trials,) = pages["try.html"].scripts

    assert [
        name for name, text in files.items() if "<img" in text or "</script><" in text.replace("</script>\n", "")
    ] == []
    assert {fault for page in pages.values() for fault in page.faults} == set()
    assert all("img" not in page.tags for page in pages.values())
    assert HOSTILE in trials.encode().decode("unicode_escape") or HOSTILE in json.dumps(
        json.loads(trials), ensure_ascii=False
    ).replace('\\"', '"')
    assert "\u2028" not in files["assets/search.js"]


# --- what can go wrong ------------------------------------------------------------------------


def test_without_jinja(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The error names the extra, and nothing is written."""
    monkeypatch.setitem(sys.modules, "jinja2", None)

    with pytest.raises(RequestError, match=re.escape("pip install 'imagetx[reference]'")):
        write_site(hostile(), tmp_path / "out")

    assert not (tmp_path / "out").exists()


def test_a_file_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("here")

    with pytest.raises(RequestError, match="expected to write a file, got"):
        write_site(hostile(), tmp_path / "out")


def test_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["reference"]) == 2
    assert main(["reference", "out", "--format", "pdf"]) == 2
    assert "--format" in capsys.readouterr().err


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        (True, "always"),
        (False, "only read, never written"),
        ({"required": ["image"]}, "image is given"),
        ({"not": {"required": ["image"]}}, "image is not given"),
        ({"required": ["n"], "properties": {"n": {"type": "integer", "minimum": 2}}}, "n is an integer of at least 2"),
        (
            {"anyOf": [{"required": ["a", "b"]}, {"properties": {"c": {"const": "x"}}, "required": ["c"]}]},
            "(a is given and b is given) or c is x",
        ),
        (
            {"properties": {"size": {"type": "string", "not": {"const": "auto"}}}, "required": ["size"]},
            "size is given and not auto",
        ),
        (
            {"properties": {"body": {"properties": {"data": {"contains": {"required": ["url"]}}}}}},
            "body.data[].url is given",
        ),
        ({"properties": {"image": {"minItems": 2}}}, "image has at least 2 items"),
    ],
)
def test_conditions(schema: Any, said: str) -> None:
    assert condition(schema) == said


def test_consequences() -> None:
    clause = {"default": {"watermark": False}, "drop": ["seed"], "replace": {"moderation": None, "safety_level": "off"}}

    assert consequence(clause) == (
        "watermark is sent as false; seed is dropped; moderation is left out; safety_level becomes off"
    )


def test_wording() -> None:
    table = {"low": "fast", "medium": "fast", "auto": None}
    words = {"becomes": "said", "exact": False, "how": "enum: ...", "words": table, "field": "quality"}
    grid = {
        "form": "pixels",
        "as": "text",
        "multiple": 16,
        "min": 16,
        "max": 3840,
        "pixels": [655360, 8294400],
        "ratio": 3,
    }

    assert (rule(words), lost(words)) == ("word for word", "low = medium; no word for auto")
    assert geometry(grid) == "edges 16 to 3840 px, in multiples of 16, 655,360 to 8,294,400 px in all, at most 3:1"
    assert inputs({"image": {"least": 1, "most": 3, "types": ["image/png"], "edge": [64, None]}}) == [
        {"what": "image", "limits": "1 to 3 images; png; at least 64 px an edge", "source": None}
    ]


# --- drawings ---------------------------------------------------------------------------------


def test_drawings_are_to_scale() -> None:
    drawn: Any = drawing({"form": "list", "as": "text", "pairs": ["1024x1024", "1536x1024", "512x1024"]})
    boxes = {shape["label"]: shape["boxes"][0] for shape in drawn["shapes"]}

    assert list(boxes) == ["512x1024", "1024x1024", "1536x1024"]
    assert (boxes["1536x1024"]["width"], boxes["1536x1024"]["says"]) == (FIGURE, "3:2")
    assert boxes["512x1024"]["height"] == boxes["1024x1024"]["width"] == pytest.approx(FIGURE * 2 / 3, abs=0.1)


def test_a_grid_is_a_region() -> None:
    """Its corners are the legal ends: of edges 512..2048 a square, the origin below and left."""
    drawn: Any = drawing({"form": "pixels", "as": "pair", "multiple": 8, "min": 512, "max": 2048})
    points = [tuple(map(float, point.split(","))) for point in drawn["points"].split()]

    assert (drawn["most"], drawn["least"]) == (2048, 512)
    assert {(PLANE / 4, 0.0), (PLANE, 0.0), (PLANE, PLANE * 3 / 4), (PLANE / 4, PLANE * 3 / 4)} <= set(points)
    assert all(PLANE / 4 <= x <= PLANE and 0 <= y <= PLANE * 3 / 4 for x, y in points)
