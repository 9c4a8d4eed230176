"""
The README keeps its word: its Python and its commands run, and print what stands below them; docstrings too.

`python tests/project/test_readme.py` writes the outputs and the table of providers anew; the diff is reviewed.
"""

from __future__ import annotations

import doctest
import io
import json
import re
import shlex
import shutil
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest

import imagetx
from imagetx import api, api_questions, api_streams
from imagetx.catalog import builtin_catalog
from imagetx.cli import main

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"

_TABLE = re.compile(r"^\| provider \|.*?\n(?=\n)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_blocks(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """
    Run the blocks in order, in one namespace and the current folder.

    Yields:
        Each text block with what the block before it printed.
    """
    namespace: dict[str, Any] = {}
    printed = ""
    for block in _BLOCK.finditer(text):
        kind, name, content = block.groups()
        if kind == "text":
            yield block, printed
        elif name is not None:
            Path(name).write_text(content)
        else:
            printed = run_python(content, namespace) if kind == "python" else run_shell(content)


def run_python(content: str, namespace: dict[str, Any]) -> str:
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(content, "README.md", "exec"), namespace)
    return printed.getvalue()


def run_shell(content: str) -> str:
    """Run what is ours, without a new process, and what jq would show of it; pip and pytest are for .ci/run."""
    printed = ""
    for line in content.splitlines():
        words = shlex.split(line)
        ours = next((index for index, word in enumerate(words) if word.endswith("bin/imagetx")), None)
        if words[:2] == ["jq", "-r"]:
            value = json.loads(Path(words[3]).read_text("utf-8"))
            for key in re.findall(r"\w+", words[2]):
                value = value[int(key) if key.isdecimal() else key]
            printed += f"{value}\n"
        elif ours is not None:
            printed += run_main(words[ours + 1 :])
    return printed


def run_main(words: list[str]) -> str:
    """Run a command, its stdout perhaps into a file; give what is left to see."""
    out, notes = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    argv, into = (words[:-2], words[-1]) if words[-2:-1] == [">"] else (words, None)
    with redirect_stdout(out), redirect_stderr(notes):
        assert main(argv) == 0
    out.seek(0)
    if into is None:
        return out.read() + notes.getvalue()
    Path(into).write_text(out.read(), "utf-8")
    return notes.getvalue()


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """A folder with what the commands read."""
    for name in ("canonical", "images"):
        shutil.copytree(ROOT / "fixtures" / name, tmp_path / "fixtures" / name)
    with chdir(tmp_path):
        yield tmp_path


def test_every_block_prints_what_stands_below_it(clone: Path) -> None:
    checked = [(block[3], printed) for block, printed in run_blocks(README.read_text("utf-8"))]

    assert [said for said, _ in checked] == [printed for _, printed in checked]
    assert len(checked) == 20


def test_the_two_commands_are_one_line_each() -> None:
    """The second is what .ci/run calls behind the linters."""
    first, second, *_ = [block[3] for block in _BLOCK.finditer(README.read_text("utf-8")) if block[1] == "sh"]

    assert first.startswith("python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/imagetx encode ")
    assert second == ".venv/bin/pip install -q -e '.[dev,conformance]' && .venv/bin/pytest -q -n auto\n"
    assert "\npytest -q -n auto\n" in (ROOT / ".ci" / "run").read_text("utf-8")


@pytest.mark.parametrize("module", [api, api_questions, api_streams], ids=lambda module: module.__name__)
def test_examples_of_docstrings(module: ModuleType) -> None:
    """One for each reader of the README's five uses."""
    assert doctest.testmod(module).failed == 0


def provider_table() -> str:
    """Write the table of providers from their specs."""
    lines = ["| provider | dialects | what there is | models | secret | you give |", "|---|---|---|---|---|---|"]
    for name, view in builtin_catalog().providers.items():
        dialects = " ".join(f"`{dialect}`" + "\u2009\u21ba" * _streams(name, dialect) for dialect in view.dialects)
        rows = imagetx.models(name)
        live = sum(row["status"] == "active" for row in rows)
        secrets = ", ".join(f"`{kind}`" for kind in view.says["auth"])
        needed = " ".join(f"`{variable}`" for variable in sorted(_needed(name)))
        cells = [f"`{name}`", dialects, view.says["about"], f"{live} of {len(rows)}", secrets, needed]
        lines.append("| " + " | ".join(filter(None, cells)) + (" |" if needed else " | |"))
    return "\n".join(lines) + "\n"


def _streams(provider: str, dialect: str) -> bool:
    """Say whether a dialect streams, for any of its families."""
    return any(each.event is not None for each in builtin_catalog().dialects(provider) if each.name == dialect)


def _needed(provider: str) -> set[str]:
    """Give the variables of a provider's URLs that have no default."""
    needed: set[str] = set()
    for dialect in builtin_catalog().dialects(provider):
        declared = dialect.says.get("variables", {})
        known = {name for name, says in declared.items() if "default" in says or says.get("optional")}
        needed |= dialect.request.endpoint.variables - known - {"base_url"}
    return needed


def test_the_table_of_providers_is_what_the_specs_say() -> None:
    assert _TABLE.search(README.read_text("utf-8"))[0] == provider_table()


def rewrite() -> None:
    """Write the outputs of all blocks anew."""
    text = README.read_text("utf-8")
    with TemporaryDirectory() as folder:
        for name in ("canonical", "images"):
            shutil.copytree(ROOT / "fixtures" / name, Path(folder) / "fixtures" / name)
        with chdir(folder):
            blocks = list(run_blocks(text))
    for block, printed in reversed(blocks):
        text = text[: block.start(3)] + printed + text[block.end(3) :]
    README.write_text(_TABLE.sub(lambda _: provider_table(), text), "utf-8")


if __name__ == "__main__":
    rewrite()
