"""
Install the wheel on every Python that is here, and run it there: `python -m tests.project.pythons [PYTHON ...]`.

Builds sdist and wheel. For each interpreter (those found by their usual names, or the paths given): a new environment,
the wheel installed by pip with what it needs, a program outside of the repository, the same in 8 threads at once (five
times without the GIL where the build is free-threaded), tests/unit and tests/conformance of the sdist against what was
installed, and pyright over the typed sample where it is given (`--pyright "npx pyright"`). pip needs a network here, so
pytest does not run this. `--lowest` installs the lowest versions that pyproject.toml allows. Prints a table; exit 1
where a cell fails.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "project" / "installed" / "program.py"
SAMPLE = ROOT / "tests" / "project" / "installed" / "sample.py"
NAMES = (
    "python3.11",
    "python3.12",
    "python3.13",
    "python3.13t",
    "python3.14",
    "python3.14t",
    "python3.15",
    "python3.15t",
)
TESTS = ("pytest>=8.3", "hypothesis>=6.100", "Pillow>=10.3", "Jinja2>=3.1")
COLUMNS = ("python", "pydantic", "jsonschema", "install", "program", "8 threads", "tests", "pyright")
THREADS = "8"


def found(given: list[str]) -> Iterator[str]:
    """Yield the interpreters: those given, or those of the PATH and of pyenv by their usual names."""
    if given:
        yield from given
        return
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for name in NAMES:
        here = shutil.which(name)
        others = sorted(pyenv.glob(f"*/bin/{name}"))
        if here is not None and "shims" not in here:
            yield here
        elif others:
            yield str(others[-1])


def run(words: list[str], folder: Path, **environment: str) -> tuple[bool, str]:
    """Run a command somewhere else than here, with nothing of ours in its environment."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(words, cwd=folder, env=kept | environment, capture_output=True, text=True, check=False)
    return (
        done.returncode == 0,
        done.stdout.strip() if done.returncode == 0 else f"{done.stdout}\n{done.stderr}".strip(),
    )


def lowest() -> list[str]:
    """Return the runtime dependencies at the lowest version that is allowed."""
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    return [re.sub(r">=([0-9.]+)", r"==\1.*", requirement) for requirement in stated]


def unpacked(sdist: Path, folder: Path) -> Path:
    """Unpack an sdist without the package: what its tests import is what was installed."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, filter="data")
    (root,) = folder.iterdir()
    shutil.rmtree(root / "imagetx")
    return root


class Row:
    """The cells of one interpreter; what failed is shown below the table."""

    def __init__(self) -> None:
        self.cells: dict[str, str] = {}
        self.faults: list[str] = []

    def put(self, column: str, outcome: tuple[bool, str], shown: str | None = None) -> bool:
        """Fill a cell with the last line of what was printed, or with `failed`."""
        good, text = outcome
        self.cells[column] = (shown if shown is not None else (text.splitlines() or [""])[-1]) if good else "failed"
        if not good:
            self.faults.append(f"--- {self.cells['python']}: {column}\n{text[-3000:]}")
        return good


def try_python(python: str, built: list[Path], folder: Path, options: argparse.Namespace) -> Row:
    """Do all of it with one interpreter."""
    row = Row()
    row.cells["python"] = python
    version = "import sys; print(sys.version.split()[0] + 't' * (not getattr(sys, '_is_gil_enabled', lambda: True)()))"
    if not row.put("python", run([python, "-c", version], folder)):
        return row
    venv = folder / "venv"
    made = run([python, "-m", "venv", str(venv)], folder)
    inside = str(venv / ("Scripts" if os.name == "nt" else "bin") / "python")
    sdist, wheel = built
    pip = [inside, "-m", "pip", "install", "--quiet", "--only-binary=:all:", "--disable-pip-version-check"]
    if not (
        made[0] and row.put("install", run([*pip, str(wheel), *(lowest() if options.lowest else [])], folder), "ok")
    ):
        row.faults += [] if made[0] else [made[1]]
        return row
    for name in ("pydantic", "jsonschema"):
        asked = f"import importlib.metadata as m; print(m.version({name!r}))"
        row.put(name, run([inside, "-c", asked], folder))
    alone = run([inside, "-W", "error", str(PROGRAM)], folder)
    if row.put("program", alone, "ok"):
        said = json.loads(alone[1])
        assert str(venv) in said["imagetx"], said
        row.cells["program"] = said["digest"][:8]
        _try_threads(row, [inside, "-W", "error", str(PROGRAM), THREADS], folder, said["digest"])
    if not options.quick and row.put("tests", run([*pip, *TESTS], folder), "ok"):
        root = unpacked(sdist, folder / "sdist")
        words = [inside, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/unit", "tests/conformance"]
        row.put("tests", run(words, root))
    if options.pyright:
        row.put("pyright", run([*shlex.split(options.pyright), "--pythonpath", inside, str(SAMPLE)], folder))
    return row


def _try_threads(row: Row, words: list[str], folder: Path, digest: str) -> None:
    """Begin in 8 threads, each time in a new process; without the GIL where that can be."""
    free = row.cells["python"].endswith("t")
    for _ in range(5 if free else 1):
        good, text = run(words, folder, **({"PYTHON_GIL": "0"} if free else {}))
        said = json.loads(text) if good else {}
        good = good and said["digest"] == digest
        if not row.put("8 threads", (good, text), "with the GIL" if said.get("gil", True) else "no GIL"):
            return


def build(folder: Path) -> list[Path]:
    """Build sdist and wheel with the hatchling that is here."""
    good, text = run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], ROOT)
    if not good:
        raise SystemExit(text)
    return [next(folder.glob("*.tar.gz")), next(folder.glob("*.whl"))]


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.project.pythons", description=__doc__)
    parser.add_argument("pythons", nargs="*", metavar="PYTHON", help="paths or names; default: all that are found")
    parser.add_argument("--lowest", action="store_true", help="the lowest pydantic and jsonschema that are allowed")
    parser.add_argument("--pyright", metavar="COMMAND", help="check the typed sample with it, too")
    parser.add_argument("--quick", action="store_true", help="the program only, no tests")
    options = parser.parse_args()
    faults: list[str] = []
    print(" | ".join(COLUMNS))
    with TemporaryDirectory() as name:
        built = build(Path(name))
        for index, python in enumerate(found(options.pythons)):
            folder = Path(name) / str(index)
            folder.mkdir()
            row = try_python(python, built, folder, options)
            print(" | ".join(row.cells.get(column, "-") for column in COLUMNS), flush=True)
            faults += row.faults
            shutil.rmtree(folder)
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
