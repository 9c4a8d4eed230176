"""
Eight threads that use imagetx for the first time together get what one gets alone, with and without the GIL.

Without: where `IMAGETX_FREE_THREADED` names a free-threaded Python that has pydantic and jsonschema, or one stands on
the path as python3.14t or python3.13t.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.asks import CASES, plain_request

Json = Any
ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "tests" / "hostile" / "together.py"
THREADS = 8


def dialects() -> dict[str, list[Json]]:
    """List, for each provider, one request for each of its dialects."""
    found: dict[str, list[Json]] = {}
    for case in {case.name: case for case in reversed(CASES)}.values():
        request = plain_request(case)
        if isinstance(request.get("image", b""), bytes) and "mask" not in request:
            image = {"image": base64.b64encode(request["image"]).decode()} if "image" in request else {}
            target = {"provider": case.dialect.provider, "model": case.model, "surface": case.target.surface}
            said = {**target, "variables": dict(case.target.variables)}
            found.setdefault(case.dialect.provider, []).append({"target": said, "request": {**request, **image}})
    return found


def all_at_once() -> list[list[Json]]:
    """One round with every provider."""
    return [[each[0] for each in dialects().values()]]


def one_by_one() -> list[list[Json]]:
    """Ten rounds with one provider each, another dialect of it each time: of those that are soon compiled."""
    counts = {name: sum(case.dialect.provider == name for case in CASES) for name in dialects()}
    known = [dialects()[name] for name in sorted(counts, key=lambda name: counts[name])[:4]]
    return [[known[turn % 4][turn // 4 % len(known[turn % 4])]] for turn in range(10)]


def run(python: str, asked: list[list[Json]], interval: float, environment: dict[str, str]) -> Json:
    says = {"threads": THREADS, "rounds": len(asked), "interval": interval, "asked": asked}
    done = subprocess.run(
        [python, str(PROGRAM)],
        input=json.dumps(says),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    *differing, last = done.stdout.splitlines()
    assert differing == []
    found = json.loads(last)
    assert found["compared"] == 7 * THREADS * sum(map(len, asked))
    return found


@pytest.mark.parametrize(("rounds", "interval"), [(all_at_once, 0.005), (one_by_one, 1e-6)], ids=["usual", "hurried"])
def test_first_use_together(rounds: Callable[[], list[list[Json]]], interval: float) -> None:
    """Eleven first uses, ten of them with a switch of threads wherever Python can make one."""
    run(sys.executable, rounds(), interval, {})


def free_threaded() -> str:
    """Find a Python without a GIL that has what imagetx needs, or skip and say why."""
    named = os.environ.get("IMAGETX_FREE_THREADED")
    found = named or shutil.which("python3.14t") or shutil.which("python3.13t")
    if found is None:
        pytest.skip("no free-threaded Python: none on the path, and IMAGETX_FREE_THREADED names none")
    needs = "import sys, pydantic, jsonschema; sys.exit(sys._is_gil_enabled())"
    done = subprocess.run([found, "-X", "gil=0", "-c", needs], capture_output=True, text=True)
    if done.returncode != 0:
        pytest.skip(f"{Path(found).name} has a GIL, or not what imagetx needs: {done.stderr.strip()[-200:]}")
    return found


def test_first_use_together_without_a_gil() -> None:
    found = run(free_threaded(), [*all_at_once(), *one_by_one()], 0.005, {"PYTHON_GIL": "0"})

    assert found["gil"] is False
