"""
The providers of a test: what is not to the letter fails it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.gateway.world import World


@pytest.fixture
def anyio_backend() -> str:
    """Run asynchronous tests by asyncio."""
    return "asyncio"


@pytest.fixture
def world() -> Iterator[World]:
    """Give all nine providers, and demand that nothing came that is not to the letter."""
    from tests.gateway.fakes import ALL
    from tests.gateway.world import World

    made = World(ALL)
    yield made
    assert made.complaints == []
