"""
The benchmarks: `python -m benchmarks`, or the names of some.

    pip install -e '.[benchmarks]'
    python -m benchmarks --json figures.json
    python -m benchmarks requests --quick

Names: requests, responses, edits, startup, scaling. `--quick` takes a fifth of the time, and its figures vary more.
`--portkey DIR` measures Portkey's gateway too (see `portkey_peer`).

How to read them. A ratio compares calls that took turns in one run, each by its fastest turn in time
of the processor, so a busy machine spoils both alike; microseconds are of this machine, ratios
travel.  Beside a figure that design.md binds stands `ok` or `MISSED`, with the bound in the head of
its column.  Memory is at the peak: `traced` by Python's allocator, `RSS` of a fresh process.  A peer
that is not installed has a word where its figure would be.  `by hand` is the same work as ours,
which a test asserts (`benchmarks.agreement`).
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Final

from benchmarks import edits, requests, responses, scaling, startup
from benchmarks.effort import FULL, QUICK, Effort
from benchmarks.table import Json, Table

BENCHMARKS: Final[dict[str, Callable[[Effort], Iterable[Table]]]] = {
    "requests": requests.tables,
    "responses": responses.tables,
    "edits": edits.tables,
    "startup": startup.tables,
    "scaling": scaling.tables,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmarks that are named, print their tables and write their JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure imagetx, beside others.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the tables there, too")
    parser.add_argument("--quick", action="store_true", help="a fifth of the time, for a look")
    parser.add_argument("--portkey", metavar="DIR", type=Path, help="where npm installed @portkey-ai/gateway")
    asked = parser.parse_args(arguments)
    unknown = [name for name in asked.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"expected names of {', '.join(BENCHMARKS)}, got {', '.join(unknown)}")
    effort = replace(QUICK if asked.quick else FULL, portkey=asked.portkey)
    tables = []
    for name in asked.names or BENCHMARKS:
        for table in BENCHMARKS[name](effort):
            print(table.text(), flush=True)
            tables.append(table)
    if asked.json is not None:
        asked.json.write_text(json.dumps(report(tables), indent=2) + "\n", "utf-8")
    return 0


def report(tables: Iterable[Table]) -> dict[str, Json]:
    """Give the JSON of a run: the machine and the tables."""
    return {
        "python": sys.version.split()[0],
        "machine": platform.machine(),
        "pydantic": version("pydantic"),
        "tables": [table.to_json() for table in tables],
    }


if __name__ == "__main__":
    sys.exit(main())
