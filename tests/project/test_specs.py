"""
Every built-in spec is valid and complete, and has its two witnesses.
"""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from imagetx.catalog import Catalog
from imagetx.spec import flat, read_provider
from imagetx.words import CATEGORIES, REQUEST_FIELDS, WORDS

Json = Any

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "schemas"
META = json.loads((SCHEMAS / "spec.schema.json").read_text())
FOLDERS = sorted(path.parent for path in (SCHEMAS / "providers").glob("*/provider.json"))
FILES = sorted((SCHEMAS / "providers").glob("*/*.json"))


def folder(path: Path) -> Json:
    """Read a provider folder."""
    dialects = {
        file.stem: json.loads(file.read_text()) for file in sorted(path.glob("*.json")) if file.stem != "provider"
    }
    return {"provider": json.loads((path / "provider.json").read_text()), "dialects": dialects}


SPECS = {path.name: folder(path) for path in FOLDERS}
VIEWS = {name: read_provider(spec) for name, spec in SPECS.items()}
DIALECTS = [
    (provider, dialect, family)
    for provider, view in VIEWS.items()
    for family, says in view.families.items()
    for dialect in says["dialects"]
]
each_file = pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
each_folder = pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
each_dialect = pytest.mark.parametrize(("provider", "dialect", "family"), DIALECTS)


def test_meta_schema() -> None:
    """The meta-schema is a schema, and every one of its own definitions is used."""
    Draft202012Validator.check_schema(META)

    text = json.dumps(META)
    assert [name for name in META["$defs"] if f'"#/$defs/{name}"' not in text] == []


@each_file
def test_valid(path: Path) -> None:
    definition = "provider" if path.stem == "provider" else "dialect"
    validator = Draft202012Validator(
        {"$ref": f"#/$defs/{definition}", "$defs": META["$defs"]},
        format_checker=Draft202012Validator.FORMAT_CHECKER,  # patterns are regular expressions
    )

    assert [
        f"{error.json_path}: {error.message}" for error in validator.iter_errors(json.loads(path.read_text()))
    ] == []


@each_file
def test_named_as_its_file(path: Path) -> None:
    says = json.loads(path.read_text())

    assert says["provider" if path.stem == "provider" else "dialect"] == (
        path.parent.name if path.stem == "provider" else path.stem
    )


@each_dialect
def test_compiles(provider: str, dialect: str, family: str) -> None:
    compiled = Catalog(VIEWS).dialect(provider, dialect, family)

    assert (compiled.provider, compiled.name, compiled.family) == (provider, dialect, family)
    assert repr(compiled) == f"<Dialect {provider}/{dialect} as {family}>"


@each_dialect
def test_tables_list_every_word(provider: str, dialect: str, family: str) -> None:
    """An enum table of a canonical field lists every canonical word, in the order in which they are declared."""
    for rule in flat(VIEWS, provider, dialect, family)["request"]["rules"]:
        words = WORDS.get(rule.get("from")) if isinstance(rule.get("from"), str) else None
        if words is not None and rule["from"] != "style":
            chain = rule.get("via", "same")
            tables = [via["enum"] for via in (chain if isinstance(chain, list) else [chain]) if "enum" in via]
            assert [[word for word in words if word not in table] for table in tables] == [[] for _ in tables]


@each_dialect
def test_every_category_has_a_way_out(provider: str, dialect: str, family: str) -> None:
    """An error of each category is written with its own status: by the table, or from the error's own."""
    error = flat(VIEWS, provider, dialect, family)["error"]
    written = {row["category"] for row in error.get("classify", ()) if "status" in row.get("write", {})}
    own = any(
        rule.get("from") == "status" for variant in error["variants"].values() for rule in variant.get("rules", ())
    )

    assert own or written >= set(CATEGORIES)


@each_dialect
def test_no_work_is_followed_for_ever(provider: str, dialect: str, family: str) -> None:
    """What says that work has begun says how often it is asked, where that ends, and where both come from."""
    for name, variant in flat(VIEWS, provider, dialect, family)["response"].get("variants", {}).items():
        says = variant.get("pending")
        if says is not None:
            assert says["after_s"] >= 0, name
            assert says["deadline_s"] > says["after_s"] if "deadline_s" in says else says["attempts"] >= 1, name
            assert says["why"].strip(), name


@each_folder
def test_sources(path: Path) -> None:
    """Provider, dialects and model rows have a source and the day on which it was read."""
    view = VIEWS[path.name]
    dated = [view.says, *view.dialects.values()]

    for says in dated:
        assert says["source"].strip()
        assert date.fromisoformat(says["verified"]) <= date(2026, 11, 22)
    for row in view.models.values():
        assert row.source.strip()
        assert date.fromisoformat(row.verified)
        days = [date.fromisoformat(day) for day in (row.released, row.deprecated, row.retired) if day is not None]
        assert days == sorted(days)


@each_folder
def test_models(path: Path) -> None:
    """Every family has a dialect that exists and every dialect a family; a wire id and a fallback are known."""
    view = VIEWS[path.name]
    spoken = {name for says in view.families.values() for name in says["dialects"]}

    assert spoken == set(view.dialects)
    assert {row.wire for row in view.models.values()} - {None} <= set(view.models)
    assert view.says.get("fallback", next(iter(view.families))) in view.families
    assert all(pattern.fullmatch("") is None for pattern, _ in view.patterns)


@each_folder
def test_two_witnesses(path: Path) -> None:
    """Every dialect has a native schema and fixtures."""
    for name, spec in SPECS[path.name]["dialects"].items():
        witness = json.loads((SCHEMAS / "native" / path.name / f"{name}.request.json").read_text())
        Draft202012Validator.check_schema(witness)
        fixtures = json.loads((ROOT / "fixtures" / path.name / f"{name}.json").read_text())
        assert fixtures["dialect"] == f"{path.name}/{name}"
        assert fixtures["requests"], spec["dialect"]
        assert all(
            vector["source"] for section in ("requests", "responses", "errors") for vector in fixtures.get(section, [])
        )


def test_aliases() -> None:
    """No alias is claimed twice, and none is a provider's name."""
    names = [name for view in VIEWS.values() for name in (view.name, *view.says.get("aliases", ()))]

    assert len(names) == len(set(names))


def test_fields_in_docs() -> None:
    """The pattern of a canonical field in the meta-schema fits them all."""
    pattern = re.compile(META["$defs"]["field"]["pattern"])

    assert all(pattern.search(name) for name in REQUEST_FIELDS)


def undocumented(name: str, schema: Json) -> list[str]:
    """List the keywords of the meta-schema that say nothing of themselves."""
    if not isinstance(schema, dict):
        return []
    found = []
    for key, says in schema.get("properties", {}).items():
        referred = META["$defs"].get(str(says.get("$ref", "")).rpartition("/")[2], {})
        if "description" not in says and "description" not in referred:
            found.append(f"{name}.{key}")
        found += undocumented(f"{name}.{key}", says)
    inner = [schema.get(word) for word in ("items", "additionalProperties")]
    return found + [one for part in [*inner, *schema.get("anyOf", [])] for one in undocumented(name, part)]


def test_every_keyword_is_documented() -> None:
    """The meta-schema is the reference of the spec language."""
    assert [one for name, schema in META["$defs"].items() for one in undocumented(name, schema)] == []
