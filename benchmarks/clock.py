"""
Times of calls that are compared: of the processor, in turns, so that a load of the machine hits all alike.

What a thread waits for others is not counted, where the system counts finely enough.  The minimum
of many short rounds is what the code needs; everything above it is somebody else's.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from time import get_clock_info, perf_counter_ns, thread_time_ns
from typing import Final

Call = Callable[[], object]

ROUNDS: Final = 40
"""Rounds of a comparison: in each, every call has its turn."""

TURN_NS: Final = 4_000_000
"""How long a turn lasts at least: 4 ms, well above the clock's grain and below the scheduler's slice."""

LAPS: Final = 5
"""Laps of a turn, each timed: in the first ones, the processor's caches are full of the others."""

now_ns = thread_time_ns if get_clock_info("thread_time").resolution <= 1e-6 else perf_counter_ns


def compare(calls: Mapping[str, Call], *, rounds: int = ROUNDS, turn_ns: int = TURN_NS) -> dict[str, float]:
    """
    Time calls in turns.

    Args:
        calls: what to time, by name.
        rounds: how many turns each has.
        turn_ns: how long a turn lasts at least, in nanoseconds; 0 is one call a lap.

    Returns:
        Nanoseconds a call by name: the minimum over all laps.
    """
    counts = {name: _calls_of_a_lap(call, turn_ns // LAPS) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    collected = gc.isenabled()
    gc.disable()  # as timeit does: a collection hits whoever is there
    try:
        for _ in range(rounds):
            for name, call in calls.items():
                for _lap in range(LAPS):
                    best[name] = min(best[name], _timed(call, counts[name]))
            gc.collect(0)
    finally:
        if collected:
            gc.enable()
    return best


def _calls_of_a_lap(call: Call, lap_ns: int) -> int:
    """Find how many calls fill a lap; the first one, which may compile or import, does not count."""
    call()
    count = 1
    while lap_ns:
        took = min(_timed(call, count) for _ in range(3)) * count
        if took >= lap_ns:
            break
        count = max(count + 1, min(count * 8, int(count * lap_ns / max(took, 1)) + 1))
    return count


def _timed(call: Call, count: int) -> float:
    """Time so many calls, in nanoseconds a call."""
    times = range(count)
    start = now_ns()
    for _ in times:
        call()
    return (now_ns() - start) / count
