"""
A process of its own for one call: `python -m benchmarks.fresh MODULE NAME DATA SMALL`.

Prints by how many bytes the call raised the peak of the resident set.
"""

from __future__ import annotations

import gc
import resource
import sys
from importlib import import_module
from pathlib import Path


def peak() -> int:
    """
    Give the peak of the resident set so far, in bytes.

    On Linux from /proc, for ru_maxrss there begins with the peak of the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text("ascii").splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
    said = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return said if sys.platform == "darwin" else said * 1024


def main(module: str, name: str, data: str, small: str) -> None:
    """Run the call, a small one first."""
    call = import_module(f"benchmarks.{module}").CALLS[name]
    call(Path(small).read_bytes())
    given = Path(data).read_bytes()
    gc.collect()
    before = peak()
    kept = call(given)
    print(peak() - before)
    del kept


if __name__ == "__main__":
    main(*sys.argv[1:])
