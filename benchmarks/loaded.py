"""
A process that loads all: `python -m benchmarks.loaded traced` (or `resident`) prints what each step takes.

Nothing of imagetx is imported before the steps begin.
"""

from __future__ import annotations

import gc
import json
import sys
import tracemalloc
from collections.abc import Callable
from typing import Any, Final

from benchmarks.fresh import peak


def _import() -> None:
    import imagetx  # noqa: F401 - the import is what is measured


def _registry() -> Any:
    import imagetx

    return imagetx.registry().catalog


def _one() -> None:
    next(iter(_registry().dialects("openai")))


def _all(few: tuple[str, ...]) -> None:
    for provider in few or _registry().providers:
        list(_registry().dialects(provider))


STEPS: Final[dict[str, Callable[..., object]]] = {
    "import imagetx, pydantic included": _import,
    "the engine, and all specs parsed": _registry,
    "one dialect compiled (openai)": _one,
    "all dialects compiled": _all,
}


def main(how: str, *few: str) -> None:
    """Print the bytes of each step, above the one before; where providers are named, all is those."""
    traced = how == "traced"
    if traced:
        tracemalloc.start()
    sizes = {}
    before = _now(traced=traced)
    for name, step in STEPS.items():
        step(few) if step is _all else step()
        gc.collect()
        now = _now(traced=traced)
        sizes[name], before = now - before, now
    print(json.dumps(sizes))


def _now(*, traced: bool) -> int:
    """Give the bytes that this process has, or has had at most."""
    return tracemalloc.get_traced_memory()[0] if traced else peak()


if __name__ == "__main__":
    main(*sys.argv[1:])
