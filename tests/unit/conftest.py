"""
What tests of the command line share: to run a command, and to save what it reads.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagetx.cli import main

Run = Callable[..., tuple[int, str, str]]
Save = Callable[[str, Any], str]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; give exit code, stdout and stderr."""

    def run_main(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        return code, *capsys.readouterr()

    return run_main


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write bytes, text or a document to a file of this name; give its path."""

    def save_content(name: str, content: Any) -> str:
        if not isinstance(content, bytes | str):
            content = json.dumps(content)
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return save_content
