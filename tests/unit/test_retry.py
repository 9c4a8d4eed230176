"""
When to try again: what headers say, and how it is written.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.retry import read_retry, write_retry
from imagetx.words import CATEGORIES

DATE = "Sun, 22 Nov 2026 08:49:37 GMT"

HEADERS: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "0"}, 0),
    ({"retry-after": "20"}, 20),
    ({"retry-after": " 1.5 "}, 1.5),
    ({"retry-after-ms": "1500"}, 1.5),
    ({"retry-after-ms": "2000"}, 2),
    ({"retry-after-ms": "0", "retry-after": "9"}, 0),
    ({"retry-after-ms": "soon", "retry-after": "9"}, 9),
    ({"retry-after-ms": "-1", "retry-after": "9"}, 9),
    ({"retry-after": "-1"}, None),
    ({"retry-after": ""}, None),
    ({"retry-after": "NaN"}, None),
    ({"retry-after": "Infinity"}, None),
    ({"retry-after": "1" * 50}, None),
    ({"retry-after": "1_0"}, None),
    ({"retry-after": "Sun, 22 Nov 2026 08:49:57 GMT", "date": DATE}, 20),
    ({"retry-after": "Sun, 22 Nov 2026 08:49:17 GMT", "date": DATE}, 0),
    ({"retry-after": "Sun, 22 Nov 2026 08:49:57 GMT"}, None),
    ({"retry-after": "Sun, 22 Nov 2026 08:49:57 GMT", "date": "today"}, None),
    ({"retry-after": "tomorrow", "date": DATE}, None),
    ({"retry-after-ms": "Sun, 22 Nov 2026 08:49:57 GMT", "date": DATE}, None),
]


@pytest.mark.parametrize(("headers", "expected"), HEADERS)
def test_read(headers: dict[str, str], expected: float | None) -> None:
    """Milliseconds win over seconds; a date counts only against the Date header; nothing is negative."""
    assert read_retry(headers) == expected


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("retry-after", "retry-after-ms", "date"), st.text(max_size=30)))
)
def test_total(headers: dict[str, str]) -> None:
    wait = read_retry(headers)

    assert wait is None or wait >= 0


@given(st.integers(0, 10**6) | st.integers(0, 10**6).map(lambda count: count / 1000))
def test_both_ways(wait: float) -> None:
    assert read_retry(write_retry({"retry_after_s": wait})) == wait


def test_write() -> None:
    assert write_retry({}) == {}
    assert write_retry({"retry_after_s": 0}) == {"retry-after": "0"}
    assert write_retry({"retry_after_s": 2.5}) == {"retry-after": "2.5"}
    assert write_retry({"retry_after_s": None}) == {}


@pytest.mark.parametrize("bad", [True, "2", [2], {}])
def test_write_no_number(bad: Any) -> None:
    assert write_retry({"retry_after_s": bad}) == {}


@pytest.mark.parametrize("huge", [10**5000, 1e300, 1e-300], ids=["int", "float", "fraction"])
def test_write_a_number_that_no_header_holds(huge: float) -> None:
    assert write_retry({"retry_after_s": huge}) == {}


def test_categories_that_are_retried() -> None:
    """design.md: rate_limit, timeout, overloaded and server_error, nothing else."""
    assert {name for name, category in CATEGORIES.items() if category.retryable} == {
        "rate_limit",
        "timeout",
        "overloaded",
        "server_error",
    }
