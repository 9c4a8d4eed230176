"""
A process of its own for one call: `python -m benchmarks.fresh MODULE NAME DATA SMALL`.

Prints by how many bytes the call raised the peak of the resident set.
"""

from __future__ import annotations

import ctypes
import gc
import resource
import sys
from contextlib import suppress
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


def forget_peak() -> None:
    """Give back what is free, and let the peak begin where the process now stands (Linux, proc(5), clear_refs)."""
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def main(module: str, name: str, data: str, small: str) -> None:
    """Run the call, a small one first."""
    of = import_module(f"benchmarks.{module}")
    call, form = of.CALLS[name], getattr(of, "GIVEN", {}).get(name, bytes)
    call(form(Path(small).read_bytes()))
    given = form(Path(data).read_bytes())
    forget_peak()
    before = peak()
    kept = call(given)
    print(peak() - before)
    del kept


if __name__ == "__main__":
    main(*sys.argv[1:])
