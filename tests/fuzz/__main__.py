"""
The long run: `python -m tests.fuzz TARGET|all --seconds N [--atheris]`, or `... TARGET --replay FILE`.

Draws cases from chance, or under --atheris from bytes that its coverage guides (extra `fuzz`), and runs them. A case
that fails is made small and kept in the corpus, and then fails the test too until it is mended; each place in
the code is told once.
"""

from __future__ import annotations

import argparse
import copy
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.fuzz.choices import Choices
from tests.fuzz.living import kept, read_kept, short_name

Json = Any
CORPUS = Path(__file__).parent / "corpus"
SLOW_S = 5.0  # of the processor


class TooSlow(BaseException):
    """Tell that a case takes too long: no part of the library may catch it."""


class Run:
    """Count what was run of one target, and keep what failed."""

    def __init__(self, name: str, entry: Any, folder: Path) -> None:
        self.name, self.entry, self.folder = name, entry, folder
        self.executions = 0
        self.seen: set[str] = set()

    def __call__(self, data: bytes) -> None:
        """Draw a case from bytes and run it."""
        self.executions += 1
        case = self.entry.draw(Choices(data))
        fault = fault_of(self.entry, case)
        if fault is not None and fault not in self.seen:
            self.seen.add(fault)
            self._keep(smallest(self.entry, case, fault), fault)

    def _keep(self, case: Json, fault: str) -> None:
        content = kept(case)
        path = self.folder / self.name / short_name(content)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        print(f"{self.name}: {fault}\n  python -m tests.fuzz {self.name} --replay {path}", flush=True)


def fault_of(entry: Any, case: Json) -> str | None:
    """Run a case; say what failed and where, in a line, or None."""
    signal.setitimer(signal.ITIMER_VIRTUAL, SLOW_S)
    try:
        entry.run(case)
    except (Exception, TooSlow) as error:  # anything but a good end is a fault
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if "/imagetx/" in frame.filename] or frames
        place = f"{Path(inside[-1].filename).name}:{inside[-1].name}"
        says = str(error)[:60] if isinstance(error, AssertionError) else ""
        return f"{type(error).__name__} in {place} {says}".strip()
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return None


def stop(*_: object) -> None:
    """End a case that takes too long."""
    raise TooSlow


def smallest(entry: Any, case: Json, fault: str, most: int = 150) -> Json:
    """Take out of a case what its fault does not need."""
    left, again = most, True
    while again and left > 0:
        again = False
        for path in sorted(paths(case), key=len):
            left -= 1
            smaller = without(case, path)
            if left > 0 and fault_of(entry, smaller) == fault:
                case, again = smaller, True
                break
    return case


def paths(document: Json, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the places in a document that can be taken out; those of a case itself cannot."""
    inside = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    for key, value in inside:
        if at:
            yield (*at, key)
        yield from paths(value, (*at, key))


def without(document: Json, path: tuple[Any, ...]) -> Json:
    """Copy a document without what stands at a path."""
    holder = document = copy.deepcopy(document)
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return document


def by_chance(run: Run, seconds: float, seed: int) -> None:
    """Run a target on chance for some time."""
    chance = random.Random(f"{run.name} {seed}")
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        run(chance.randbytes(64))


def by_coverage(run: Run, seconds: float, seed: int) -> None:
    """Run a target on bytes that coverage guides; atheris ends the process."""
    import atheris

    inputs = Path(tempfile.gettempdir()) / f"imagetx-fuzz-{run.name}"  # what it found worth keeping, for the next time
    inputs.mkdir(exist_ok=True)
    words = [f"-max_total_time={int(seconds)}", f"-seed={seed + 1}", "-max_len=200", "-len_control=0", "-verbosity=1"]
    words = [sys.argv[0], str(inputs), *words]
    atheris.Setup(words, run)
    atheris.Fuzz()


def main() -> int:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", help="a name of tests/fuzz/targets.py, or all")
    parser.add_argument("--seconds", type=float, default=60, help="for each target")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--atheris", action="store_true", help="guided by coverage")
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="where to keep what fails")
    parser.add_argument("--replay", type=Path, help="run one kept case")
    args = parser.parse_args()
    if args.atheris:
        import atheris

        with atheris.instrument_imports(include=["imagetx"]):
            from tests.fuzz.targets import TARGETS
    else:
        from tests.fuzz.targets import TARGETS
    if args.target != "all" and args.target not in TARGETS:
        parser.error(f"expected all or one of {', '.join(TARGETS)}")
    if args.replay is not None:
        TARGETS[args.target].run(read_kept(args.replay.read_bytes()))
        return 0
    signal.signal(signal.SIGVTALRM, stop)
    if args.atheris and args.target == "all":  # each ends its process
        words = ["--seconds", str(args.seconds), "--seed", str(args.seed), "--atheris", "--corpus", str(args.corpus)]
        return max(subprocess.call([sys.executable, "-m", "tests.fuzz", name, *words]) for name in TARGETS)
    failed = 0
    for name in TARGETS if args.target == "all" else [args.target]:
        run = Run(name, TARGETS[name], args.corpus)
        (by_coverage if args.atheris else by_chance)(run, args.seconds, args.seed)
        print(f"{name}: {run.executions} executions in {args.seconds:g} s, {len(run.seen)} faults", flush=True)
        failed += len(run.seen)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
