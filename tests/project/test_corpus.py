"""The corpus is whole, the same every time, and enough: a reader that knows only its guide runs its vectors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import imagetx
from imagetx.catalog import builtin_catalog
from imagetx.cli import main
from imagetx.corpus import SECTIONS, corpus, find_fixtures
from tests.dialects import ROOT

READER = ROOT / "tests" / "independent"
GUIDE = ROOT / "imagetx" / "templates" / "corpus.md"
SPEC = ROOT / "schemas" / "spec.schema.json"
Json = Any


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return corpus("1.2.3", find_fixtures())


@pytest.fixture(scope="module")
def manifest(files: dict[str, bytes]) -> Json:
    return json.loads(files["manifest.json"])


def written(files: dict[str, bytes], folder: Path) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def read(folder: Path) -> tuple[int, Json]:
    """Let the independent reader read a corpus: exit code and report."""
    found = subprocess.run([sys.executable, str(READER), str(folder)], capture_output=True, text=True, check=False)
    assert found.stderr == ""
    return found.returncode, json.loads(found.stdout)


def test_reader_is_independent() -> None:
    """It knows nothing of the library: what it imports is its own, the standard library's, or jsonschema."""
    own = {path.stem for path in READER.glob("*.py")}
    texts = [path.read_text() for path in READER.glob("*.py")]
    imported = {name.partition(".")[0] for text in texts for name in re.findall(r"^(?:from|import) (\S+)", text, re.M)}

    assert imported <= own | set(sys.stdlib_module_names) | {"jsonschema"}


def test_corpus_is_enough(files: dict[str, bytes], tmp_path: Path) -> None:
    """
    Its digests are right, its vectors keep their schemas, and thousands of them are met by the guide alone.

    What the reader leaves out it says, and why: less than one in ten (masks to be painted, what contradicts what is
    carried), but for refusals, of which some are about pixels.
    """
    code, report = read(written(files, tmp_path))

    assert report["faults"] == []
    assert code == 0
    runs = report["run"]
    assert runs.keys() == {f"{path.parent.name}/{path.stem}" for path in (ROOT / "fixtures").glob("[!ci]*/*.json")}
    assert all(min(counts[way] for way in ("encode", "decode", "answers")) >= 3 for counts in runs.values())
    for way, at_least in {"encode": 10, "decode": 10, "refused": 3, "answers": 10, "streams": 10, "plans": 10}.items():
        run = sum(counts.get(way, 0) for counts in runs.values())
        left_out = sum(sum(count for name, count in each.items() if f"{way} not" in name) for each in runs.values())
        assert run > at_least * left_out, way


def test_same_every_time(files: dict[str, bytes]) -> None:
    """Two builds are equal byte for byte, in another process with other hashes too."""
    code = (
        "import hashlib, imagetx.corpus as c;"
        "print(hashlib.sha256(repr(list(c.corpus('1.2.3', c.find_fixtures()).items())).encode()).hexdigest())"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
        ).stdout
        for seed in ("1", "2")
    ]

    assert runs[0] == runs[1]
    assert corpus("1.2.3", find_fixtures()) == files


@pytest.mark.parametrize(
    ("path", "data", "fault"),
    [
        ("words.json", b"{}", "words.json is another file"),
        ("stray.json", b"{}", "stray.json is not in the manifest"),
    ],
)
def test_another_file_is_told(files: dict[str, bytes], tmp_path: Path, path: str, data: bytes, fault: str) -> None:
    code, report = read(written({**files, path: data}, tmp_path))

    assert (code, report) == (1, {"run": {}, "faults": [fault]})


def test_without_vectors(tmp_path: Path) -> None:
    """A wheel has no vectors; the manifest says so, and all else is there."""
    files = corpus("1.2.3", None)
    manifest = json.loads(files["manifest.json"])

    assert manifest["fixtures"] is False
    assert [path for path in files if path.startswith("fixtures/")] == manifest["images"] == []
    assert "vectors" not in manifest["providers"]["openai"]["dialects"]["generations"]
    assert read(written(files, tmp_path)) == (0, {"run": {}, "faults": []})


def test_no_folder_of_vectors(tmp_path: Path) -> None:
    with pytest.raises(imagetx.SpecError, match="expected a folder with the vectors"):
        corpus("1.2.3", tmp_path)


def test_broken_vectors(tmp_path: Path) -> None:
    (tmp_path / "openai").mkdir()
    (tmp_path / "openai" / "generations.json").write_text("{")

    with pytest.raises(imagetx.SpecError, match="expected vectors as JSON"):
        corpus("1.2.3", tmp_path)


def test_manifest_leads_everywhere(files: dict[str, bytes], manifest: Json) -> None:
    """Every dialect and family of the library has its spec, its flat section and its vectors, which are counted."""
    assert manifest["files"].keys() == files.keys() - {"manifest.json"}
    assert (manifest["corpus"], manifest["spec"], manifest["imagetx"], manifest["fixtures"]) == (1, 1, "1.2.3", True)
    for name, view in builtin_catalog().providers.items():
        says = manifest["providers"][name]
        assert says["spec"] in files
        assert says["dialects"].keys() == view.dialects.keys()
        for dialect, own in says["dialects"].items():
            families = [family for family, each in view.families.items() if dialect in each["dialects"]]
            vectors = json.loads(files[own["fixtures"]])
            assert list(own["flat"]) == families
            assert {own["spec"], own["native_request"], *own["flat"].values()} <= files.keys()
            assert own["vectors"] == {section: len(vectors[section]) for section in SECTIONS if vectors.get(section)}


def test_flat_is_flat(files: dict[str, bytes]) -> None:
    """In a flat section nothing is laid over anything: each variant is whole, and says what it does with all fields."""
    fields = set(json.loads(files["words.json"])["fields"]) - {"operation"}
    for path, data in files.items():
        if path.startswith("flat/"):
            section = json.loads(data)
            request = section["request"]
            assert "extends" not in section
            assert not {"rules", "drop", "refuse", "fixed", "implies"} & request.keys()
            for variant in request["variants"].values():
                names = [rule["from"] for rule in variant["rules"] if "from" in rule]
                listed = {name for each in names for name in (each if isinstance(each, list) else [each])}
                said = {re.sub("^/image/[0-9]+$", "image", name) for name in listed}
                said |= {part["from"] for rule in variant["rules"] for part in rule.get("parts", ())}
                said |= {name for key in ("drop", "refuse", "fixed", "implies") for name in variant.get(key, ())}
                assert fields <= said, path
            assert list(section["error"]["variants"])[-4:] == ["@text", "@html", "@string", "@page"]


def test_fixture_schema_refuses() -> None:
    """The schema of the vectors is one, and does not take everything."""
    schema = json.loads((ROOT / "schemas" / "fixture.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    vector = {"name": "a", "source": "b", "target": {"provider": "p"}, "native": {"method": "GET", "url": "u"}}
    whole = {"dialect": "p/d", "source": "s", "requests": [], "responses": [], "errors": [], "refused": []}

    assert validator.is_valid(whole)
    assert not validator.is_valid({**whole, "surprise": []})
    assert not validator.is_valid({**whole, "requests": [vector]})
    assert validator.is_valid({**whole, "requests": [{**vector, "ways": ["decode"]}]})
    assert not validator.is_valid({**whole, "requests": [{**vector, "canonical": {}, "notes": ["lost /n"]}]})


def test_guide_knows_every_keyword() -> None:
    """What a spec may say is explained to who writes in another language, and what a vector may say too."""
    guide = " ".join(re.findall(r"`([^`]+)`", GUIDE.read_text()))
    known = set(re.findall(r"[$A-Za-z_0-9]+", guide))

    spec = json.loads(SPEC.read_text())["$defs"]
    vectors = json.loads((ROOT / "schemas" / "fixture.schema.json").read_text())["$defs"]
    said = {name for part in (spec, vectors) for name in keywords(part)}

    assert sorted(said - known) == []


def keywords(schema: Json) -> set[str]:
    """Collect the names that a schema and the schemas in it give to members."""
    if isinstance(schema, list):
        return {name for item in schema for name in keywords(item)}
    if not isinstance(schema, dict):
        return set()
    own = {name for name, inner in schema.get("properties", {}).items() if isinstance(inner, dict)}
    return own | {name for inner in schema.values() for name in keywords(inner)}


def test_guide_has_every_provider(manifest: Json) -> None:
    """Each provider has its normal form."""
    text = GUIDE.read_text()

    assert [name for name in manifest["providers"] if f"**{name}**" not in text] == []


def test_command(files: dict[str, bytes], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`imagetx reference OUT --format json` writes it, `--fixtures` says where the vectors are."""
    code = main(["reference", str(tmp_path), "--format", "json", "--fixtures", str(ROOT / "fixtures")])
    out, heard = capsys.readouterr()
    manifest = json.loads((tmp_path / "manifest.json").read_text())

    assert (code, out, heard) == (0, f"{len(files)} files in {tmp_path}\n", "")
    assert manifest["imagetx"] == imagetx.__version__
    assert (tmp_path / "README.md").read_bytes() == GUIDE.read_bytes()


def test_command_without_vectors(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where an installed package has none, a line on stderr says so."""
    monkeypatch.setattr("imagetx.publish.find_fixtures", lambda: None)

    code = main(["reference", str(tmp_path), "--format", "json"])

    assert code == 0
    assert capsys.readouterr().err.startswith("the corpus has no vectors")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--format", "json", "--fixtures", "nowhere"], 1, "expected a folder with the vectors"),
        (["--format", "html", "--fixtures", "nowhere"], 2, "--fixtures needs --format json"),
        (["--format", "pdf"], 2, "invalid choice"),
    ],
)
def test_command_refuses(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    assert main(["reference", str(tmp_path / "out"), *arguments]) == code
    assert says in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
