"""
Startup: imports, first calls, the compilation of dialects, the memory of all that is loaded.
"""

from __future__ import annotations

import gc
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Final

import imagetx
from benchmarks.cases import CASES
from benchmarks.clock import now_ns
from benchmarks.effort import Effort
from benchmarks.memory import ROOT
from benchmarks.table import Cell, Table, Target
from imagetx.catalog import Catalog, builtin_catalog

IMPORT: Final = "design.md, Fast: importing imagetx within 60 ms of importing pydantic"
COMPILE: Final = "design.md, Fast: a dialect in under 2 ms"
WIDEST: Final = 12

IMPORTS: Final = {
    "nothing": "pass",
    "pydantic": "import pydantic",
    "pydantic, a model": "from pydantic import BaseModel",
    "imagetx": "import imagetx",
    "imagetx, its engine": "import imagetx; imagetx.registry().catalog",
}
TIMED: Final = "import time; t = time.thread_time_ns(); {}; print(time.thread_time_ns() - t)"


def tables(effort: Effort) -> Iterator[Table]:
    """Give the tables of startup."""
    yield _imports(effort)
    yield _first_calls(effort)
    yield from _compilation(effort)
    yield _loaded(effort)


def _fresh(code: str) -> int:
    """Run code in a fresh interpreter, and give the number that it prints last."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    return int(run.stdout.splitlines()[-1])


def _in_turns(codes: Mapping[str, str], processes: int) -> dict[str, float]:
    """Run each code in so many fresh interpreters, in turns, and give the least milliseconds that it says."""
    best = dict.fromkeys(codes, float("inf"))
    for _ in range(processes):
        for name, code in codes.items():
            best[name] = min(best[name], _fresh(code) / 1e6)
    return best


def _imports(effort: Effort) -> Table:
    """Time imports, the interpreter's own start left out."""
    codes = {name: TIMED.format(code) for name, code in IMPORTS.items()}
    times = _in_turns(codes, effort.processes)
    rows: list[dict[str, Cell]] = [
        {"import": name, "ms": took, "above pydantic ms": took - times["pydantic"] if "imagetx" in name else None}
        for name, took in times.items()
    ]
    return Table(
        name="imports",
        title="Imports in fresh interpreters, whose own start is left out",
        rows=rows,
        targets=[Target(column="above pydantic ms", most=60, source=IMPORT, where=("import", ("imagetx",)))],
        remarks=["pydantic imports its models when one is first named; imagetx its engine when it is first used."],
    )


FIRST: Final = """
import json, time
import imagetx
request, provider, members = json.loads(TOLD)
target = imagetx.Target(provider, **members)
BEFORE
t = time.thread_time_ns()
CALL
print(time.thread_time_ns() - t)
"""
ENCODE: Final = "out = imagetx.encode_request(request, target)"
DECODE: Final = "imagetx.decode_request(out.value)"


def _first_calls(effort: Effort) -> Table:
    """Time the first call of a process, which loads the engine, the specs and one dialect."""
    rows: list[dict[str, Cell]] = []
    for provider, case in list(CASES.items())[: effort.most]:
        to = case.target
        members = {"model": to.model, "deployment": to.deployment, "variables": dict(to.variables)}
        code = FIRST.replace("TOLD", repr(json.dumps([case.request, to.provider, members])))
        first = code.replace("BEFORE", "pass").replace("CALL", ENCODE)
        second = code.replace("BEFORE", ENCODE).replace("CALL", ENCODE)
        wire = code.replace("BEFORE", ENCODE).replace("CALL", DECODE)
        times = _in_turns({"first": first, "second": second, "decode": wire}, max(1, effort.processes // 3))
        rows.append(
            {
                "provider": provider,
                "first encode_request ms": times["first"],
                "second ms": times["second"],
                "then first decode_request, no hint ms": times["decode"],
            }
        )
    return Table(
        name="first_calls",
        title="First calls in fresh interpreters, after the import: they load the engine, all specs, and compile",
        rows=rows,
        remarks=["Without a hint, decode_request compiles whatever dialect the URL could be of."],
    )


def _compilation(effort: Effort) -> Iterator[Table]:
    """Time the compilation of every dialect for every family that speaks it."""
    best: dict[tuple[str, str, str], float] = {}
    for _ in range(max(1, effort.rounds // 4)):
        catalog = Catalog(builtin_catalog.__wrapped__().providers)  # read anew, so that nothing is known
        for key in islice(_keys(catalog), effort.most):
            gc.disable()
            start = now_ns()
            catalog.dialect(*key)
            took = (now_ns() - start) / 1e6
            gc.enable()
            best[key] = min(took, best.get(key, took))
    times = sorted(best.values())
    totals: list[dict[str, Cell]] = [
        {
            "provider": provider,
            "dialects": len({key[1] for key in best if key[0] == provider}),
            "with families": sum(key[0] == provider for key in best),
            "all ms": sum(took for key, took in best.items() if key[0] == provider),
            "widest ms": max(took for key, took in best.items() if key[0] == provider),
        }
        for provider in dict.fromkeys(key[0] for key in best)
    ]
    everything: dict[str, Cell] = {
        "provider": "all",
        "dialects": len({key[:2] for key in best}),
        "with families": len(best),
        "all ms": sum(times),
        "widest ms": times[-1],
    }
    over = sum(took > 2 for took in times)
    yield Table(
        name="compilation",
        title="Compilation of every dialect for every family that speaks it",
        rows=[*totals, everything],
        targets=[Target(column="widest ms", most=2, source=COMPILE)],
        remarks=[f"Median {times[len(times) // 2]:.2f} ms; {over} of {len(times)} take more than 2 ms."],
    )
    widest = sorted(best.items(), key=lambda pair: -pair[1])[:WIDEST]
    yield Table(
        name="compilation_widest",
        title="Those that take longest",
        rows=[{"dialect": f"{key[0]}/{key[1]}", "family": key[2], "ms": took} for key, took in widest],
        targets=[Target(column="ms", most=2, source=COMPILE)],
    )


def _keys(catalog: Catalog) -> Iterator[tuple[str, str, str]]:
    """List the dialects by provider, name and family."""
    for name, view in catalog.providers.items():
        for family, says in view.families.items():
            for dialect in says["dialects"]:
                yield name, dialect, family


def _loaded(effort: Effort) -> Table:
    """Measure a process that has everything compiled."""
    few = imagetx.providers()[: effort.most] if effort.most is not None else ()
    steps: dict[str, dict[str, Cell]] = {}
    for how, column in (("resident", "RSS MB"), ("traced", "traced MB")):
        command = [sys.executable, "-m", "benchmarks.loaded", how, *map(str, few)]
        run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
        for step, size in json.loads(run.stdout.splitlines()[-1]).items():
            steps.setdefault(step, {"step": step})[column] = size / 1e6
    return Table(
        name="loaded",
        title="Memory of the loaded registry, each line above the one before",
        rows=list(steps.values()),
        remarks=["traced: what Python's allocator gave out; RSS: the peak of the process, the code of modules too."],
    )
