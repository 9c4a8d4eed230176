"""
Memory of calls: at their peak, as Python counts it, and as the system counts it in a fresh process.

tracemalloc sees what Python's allocator gives out, texts and bytes included; the resident set (RSS)
of a process of its own sees all, the buffers of a parser in Rust too.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent.parent
KEPT: Final = "Freed memory stays with the process: a page is paid for once, by whoever comes first."
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt, glibc's malloc.h
_MOST_OF_HEAP: Final = 1 << 25  # the highest threshold that glibc takes


def keep_freed() -> None:
    """
    Let malloc keep large blocks that are freed, where it is glibc's.

    Else it gives some back and keeps others, by what was there before: the same parse of 8 MB takes
    1 ms or 2 ms, and a ratio says who was lucky.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError):
        return
    mallopt(_MMAP_THRESHOLD, _MOST_OF_HEAP)
    mallopt(_TRIM_THRESHOLD, 1 << 30)


def traced(call: Callable[[], object]) -> int:
    """Give the bytes that a call has at its peak, its result included, above what was there before."""
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        kept = call()
        _, peak = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return peak - before


def resident(module: str, name: str, data: Path, small: Path) -> int:
    """
    Give the bytes by which a call raises the peak of the resident set of a fresh process.

    Args:
        module: Module of this package that has the call in its `CALLS`.
        name: The call's name there.
        data: File of what it is given; its bytes are there before.
        small: File of a small thing of the same form, given first, so that code and tables are there.
    """
    command = [sys.executable, "-m", "benchmarks.fresh", module, name, str(data), str(small)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    return int(json.loads(run.stdout.splitlines()[-1]))
