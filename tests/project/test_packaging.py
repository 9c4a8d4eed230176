"""
What is shipped: sdist and wheel hold what they should, are the same each time, and work where the repository is not.

On other Pythons than this one: `python -m tests.project.pythons`.
"""

from __future__ import annotations

import email
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pydantic
import pytest

from tests.dialects import ROOT
from tests.project.installed.program import everything

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
PROGRAM = ROOT / "tests" / "project" / "installed" / "program.py"
SAMPLE = PROGRAM.with_name("sample.py")
REQUEST = {"prompt": "a red fox in snow", "size": "1536x1024", "seed": 0}


def run(words: list[str | Path], folder: Path) -> str:
    """Run a command in a folder, with no variable that leads Python back to the repository."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run([*map(str, words)], cwd=folder, env=kept, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{words}\n{done.stdout}\n{done.stderr}"
    return done.stdout


def build(kind: str, root: Path, folder: Path) -> Path:
    """Build by the hook that pip calls, in a process of its own as pip does."""
    asked = f"import sys, hatchling.build; print(hatchling.build.build_{kind}(sys.argv[1]))"
    return folder / run([sys.executable, "-c", asked, folder], root).splitlines()[-1]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist"))


@pytest.fixture(scope="module")
def unpacked(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that somebody has who downloaded the sdist."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    return folder / f"imagetx-{PROJECT['version']}"


@pytest.fixture(scope="module")
def wheel(unpacked: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel that is built as pip does it: of the sdist."""
    return build("wheel", unpacked, tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with the wheel; what the wheel needs is borrowed from the one that runs."""
    venv = tmp_path_factory.mktemp("venv")
    run([sys.executable, "-m", "venv", "--without-pip", venv], venv)
    python = venv / ("Scripts" if os.name == "nt" else "bin") / "python"
    run([sys.executable, "-m", "pip", "--python", python, "install", "--no-index", "--no-deps", wheel], venv)
    lent = {str(Path(module.__file__ or "").parents[1]) for module in (pydantic, jsonschema)}
    (site,) = venv.rglob("site-packages")
    (site / "lent.pth").write_text("\n".join(sorted(lent)), "utf-8")
    return python


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A folder far from the repository, with a request in it."""
    (tmp_path / "request.json").write_text(json.dumps(REQUEST), "utf-8")
    yield tmp_path
    shutil.rmtree(tmp_path)


def test_wheel_holds_the_package_and_its_data_only(wheel: Path) -> None:
    """Nothing of tests, fixtures, benchmarks or examples; typed; under one megabyte."""
    data = (path for path in (ROOT / "imagetx").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    package = {path.relative_to(ROOT).as_posix() for path in data}
    schemas = {f"imagetx/{path.relative_to(ROOT).as_posix()}" for path in (ROOT / "schemas").rglob("*.*")}
    own = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}

    names = zipfile.ZipFile(wheel).namelist()

    assert set(names) == package | schemas | {f"imagetx-{PROJECT['version']}.dist-info/{name}" for name in own}
    assert {"imagetx/py.typed", "imagetx/schemas/spec.schema.json"} <= set(names)
    assert {Path(name).suffix for name in package | schemas} == {
        ".py",
        ".typed",
        ".json",
        ".md",
        ".html",
        ".css",
        ".js",
    }
    assert wheel.stat().st_size < 1_000_000


def test_wheel_says_what_it_is(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    inside = f"imagetx-{PROJECT['version']}.dist-info"

    said = email.message_from_bytes(archive.read(f"{inside}/METADATA"))

    assert wheel.name == f"imagetx-{PROJECT['version']}-py3-none-any.whl"
    assert (said["Name"], said["Requires-Python"], said["License-Expression"]) == ("imagetx", ">=3.11", "MIT")
    assert set(PROJECT["optional-dependencies"]) == set(said.get_all("Provides-Extra", []))
    needed = [line for line in said.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(line.split(">")[0] for line in needed) == ["jsonschema", "pydantic"]
    minors = {line.rpartition(" :: ")[2] for line in said.get_all("Classifier", []) if ":: 3." in line}
    assert {"3.11", "3.12", "3.13", "3.14"} <= minors
    assert "imagetx = imagetx.cli:main" in archive.read(f"{inside}/entry_points.txt").decode()


def test_builds_are_the_same_byte_by_byte(sdist: Path, wheel: Path, tmp_path: Path) -> None:
    """Once more, and the wheel of the checkout instead of the sdist."""
    assert build("sdist", ROOT, tmp_path).read_bytes() == sdist.read_bytes()
    assert build("wheel", ROOT, tmp_path).read_bytes() == wheel.read_bytes()


def test_sdist_holds_what_the_repository_does(unpacked: Path) -> None:
    """Tests, fixtures, schemas, examples and the checks are there: the second command of the README works in it."""
    folders = (".ci", "benchmarks", "examples", "fixtures", "imagetx", "schemas", "tests")
    files = {path for name in folders for path in (ROOT / name).rglob("*") if path.is_file()}
    kept = {path.relative_to(ROOT) for path in files if "__pycache__" not in path.parts}

    there = {path.relative_to(unpacked) for path in unpacked.rglob("*") if path.is_file()}

    tops = {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "PKG-INFO", ".gitignore"}
    assert there == kept | set(map(Path, tops))


def test_tests_of_the_sdist_run(unpacked: Path) -> None:
    """They import what lies beside them; one that reads fixtures, and one that reads the README and the checks."""
    chosen = (
        "tests/conformance/test_exchanges.py",
        "tests/project/test_readme.py::test_the_two_commands_are_one_line_each",
    )

    said = run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen], unpacked)

    assert " passed" in said
    assert " skipped" not in said


def test_installed_wheel_does_what_the_checkout_does(python: Path, elsewhere: Path) -> None:
    """Of all providers, an exchange, a stream, a provider of one's own: the same, and it comes from the wheel."""
    said = json.loads(run([python, "-I", "-W", "error", PROGRAM], elsewhere))

    assert Path(said["imagetx"]).is_relative_to(python.parents[1])
    assert said["digest"] == everything()


def test_wheel_works_as_it_is(wheel: Path, elsewhere: Path) -> None:
    """Zipped, on the path, and by a Python that drops docstrings and asserts: no spec is looked for on the disk."""
    began = (
        f"import sys, runpy; sys.path.insert(0, {str(wheel)!r}); runpy.run_path({str(PROGRAM)!r}, run_name='__main__')"
    )

    said = json.loads(run([sys.executable, "-OO", "-B", "-W", "error", "-c", began], elsewhere))

    assert Path(said["imagetx"]) == wheel / "imagetx"
    assert said["digest"] == everything()


def test_installed_command_works(python: Path, elsewhere: Path) -> None:
    """Every sort of command: those that read a spec, a schema or a template, and those that keep a state."""
    imagetx: list[str | Path] = [python.parent / "imagetx"]

    said = json.loads(run([*imagetx, "encode", "request.json", "--to", "stability/sd3.5-large"], elsewhere))
    models = json.loads(run([*imagetx, "models", "stability"], elsewhere))
    told = json.loads(run([python, "-m", "imagetx", "explain", "openai/gpt-image-2"], elsewhere))
    run([*imagetx, "reference", "corpus", "--format", "json"], elsewhere)
    manifest = json.loads((elsewhere / "corpus" / "manifest.json").read_text("utf-8"))

    assert said["url"] == "https://api.stability.ai/v2beta/stable-image/generate/sd3"
    assert "sd3.5-large" in {row["id"] for row in models}
    assert told["model"] == "gpt-image-2"
    assert (manifest["imagetx"], manifest["fixtures"]) == (PROJECT["version"], False)
    assert (elsewhere / "corpus" / "schemas" / "spec.schema.json").is_file()


def test_installed_command_keeps_a_state(python: Path, elsewhere: Path) -> None:
    """What plan printed is fed with an answer by another process."""
    imagetx: list[str | Path] = [python.parent / "imagetx"]
    answer: dict[str, Any] = {"status": 200, "body": {"json": {"image": "iVBORw0KGgo=", "seed": 3}}}
    (elsewhere / "answer.json").write_text(json.dumps(answer), "utf-8")

    planned = run([*imagetx, "plan", "request.json", "--to", "stability/sd3.5-large"], elsewhere)
    (elsewhere / "state.json").write_text(planned, "utf-8")
    fed = json.loads(run([*imagetx, "feed", "state.json", "answer.json"], elsewhere))

    assert fed["result"]["value"]["data"][0]["seed"] == 3


def test_users_see_types(python: Path, elsewhere: Path) -> None:
    """Of the wheel, in a strict program: it runs, and mypy takes every line of it but those that must not pass."""
    mypy = [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--cache-dir", elsewhere / "cache"]

    ran = run([python, "-I", "-W", "error", SAMPLE], elsewhere)
    said = run([*mypy, "--python-executable", python, SAMPLE], elsewhere)

    assert "ImageResponse" in ran
    assert said == "Success: no issues found in 1 source file\n"


def test_version_is_said_once_each() -> None:
    """pyproject.toml and the package say the same."""
    import imagetx

    assert imagetx.__version__ == PROJECT["version"]
    assert sysconfig.get_python_version() >= PROJECT["requires-python"].removeprefix(">=")
