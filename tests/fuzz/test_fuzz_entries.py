"""
Any bytes, any JSON and any spec give a value or an ImagetxError, at every entry point, the same each time.

The bounded run; `python -m tests.fuzz all --seconds N` is the long one, and what it finds is kept in corpus/.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import imagetx
from imagetx.translator import Registry
from tests.fuzz.choices import Choices
from tests.fuzz.living import alive, kept, read_kept, short_name
from tests.fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
KEPT = sorted(path for path in CORPUS.glob("*/*"))
MOST = {"capabilities": 5, "with_provider": 10, "stream_decoder": 15, "command_line": 15}
"""Fewer of those that take long; the long run has more of all."""

ASKS_NOTHING = {"providers", "registry"}
DRAWN_WITH = {  # what is an entry point under another name here
    "resume": "exchange_from_json",
    "with_limits": "constructor",
    "with_models": "with_models",
    "with_provider": "with_provider",
}


def public_functions() -> set[str]:
    """List the functions of the library and the methods of a registry."""
    ours = {name for name in imagetx.__all__ if name[0].islower()}
    return ours | {name for name in vars(Registry) if not name.startswith("_") and callable(getattr(Registry, name))}


def test_every_entry_point_is_fuzzed() -> None:
    """A function that is new here has no case until it has an entry in the table."""
    assert {DRAWN_WITH.get(name, name) for name in public_functions() - ASKS_NOTHING} <= TARGETS.keys()


@pytest.mark.parametrize("path", [pytest.param(path, id=f"{path.parent.name}::{path.name}") for path in KEPT])
def test_kept_case_ends_well(path: Path) -> None:
    """What once failed, and what reached a branch of its own, is named by its content and runs to a good end."""
    content = path.read_bytes()

    assert path.name == short_name(content)
    TARGETS[path.parent.name].run(read_kept(content))


@pytest.mark.parametrize("name", TARGETS)
def test_drawn_cases_end_well(name: str) -> None:
    """Cases drawn from any bytes run to a good end."""
    examples = settings.default.max_examples // 10 if settings.default.max_examples >= 500 else 5

    @settings(max_examples=min(examples, MOST.get(name, 30)))
    @given(st.binary(min_size=16, max_size=64))
    def run(data: bytes) -> None:
        TARGETS[name](data)

    run()


@pytest.mark.parametrize("name", TARGETS)
def test_the_same_bytes_are_the_same_case(name: str) -> None:
    """A case that is drawn can be kept: it is the same again, and written and read it means the same."""
    case = TARGETS[name].draw(Choices(b"any bytes at all"))

    assert kept(TARGETS[name].draw(Choices(b"any bytes at all"))) == kept(case)
    assert kept(read_kept(kept(case))) == kept(case)


def test_a_kept_case_says_what_json_does_not() -> None:
    says = {
        "bytes": {"$bytes": "AAE="},
        "tuple": {"$tuple": [1, {"$set": ["a"]}]},
        "pairs": {"$pairs": [[1, "a"]]},
        "deep": {"$deep": 2},
        "no": {"$bytes": 5},
    }

    expected = {"bytes": b"\0\1", "tuple": (1, {"a"}), "pairs": {1: "a"}, "deep": [[[]]], "no": {"$bytes": 5}}
    assert alive(read_kept(kept(says))) == expected
