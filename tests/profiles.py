"""
Hypothesis profiles: dev 20 examples, ci 500, deep 5,000 (`pytest --hypothesis-profile=deep`).

`mutants` is for tests/mutation: the same 50 examples each time, and none is made small, for it counts that one fails.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from hypothesis import HealthCheck, Phase, settings

Test = TypeVar("Test", bound=Callable[..., None])

_SLOW_START = [HealthCheck.too_slow, HealthCheck.data_too_large]


def load() -> None:
    """Register the profiles; ci where the environment says so, else dev."""
    settings.register_profile("dev", max_examples=20, deadline=None, suppress_health_check=_SLOW_START)
    settings.register_profile(
        "ci", max_examples=500, deadline=None, derandomize=True, suppress_health_check=_SLOW_START
    )
    settings.register_profile("deep", max_examples=5000, deadline=None, suppress_health_check=_SLOW_START)
    settings.register_profile(
        "mutants",
        max_examples=50,
        deadline=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=_SLOW_START,
    )
    settings.load_profile("ci" if os.environ.get("CI", "").lower() in {"1", "true"} else "dev")


def dialect_law(test: Test) -> Test:
    """
    Run a law that is repeated for every dialect and family (240 of them) on a sixteenth of the examples.

    A dialect that takes little refuses most of what is drawn, and a law is about what it takes.
    """
    examples = settings.default.max_examples
    few = examples // 16 if examples >= 500 else examples
    return settings(max_examples=few, suppress_health_check=[*_SLOW_START, HealthCheck.filter_too_much])(test)
