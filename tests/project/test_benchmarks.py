"""
The benchmarks: what is compared says the same, and the tables come out whole. No time is asserted.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import clock
from benchmarks.agreement import disagreements
from benchmarks.cases import CASES
from benchmarks.effort import Effort
from benchmarks.table import Table, Target

LEAST = Effort(rounds=1, turn_ns=0, processes=1, scale=64, most=1)


@pytest.mark.parametrize("provider", CASES)
def test_the_hand_says_what_we_say(provider: str) -> None:
    """The same messages, notes and refusals, of the timed request and of others; else its time says nothing."""
    assert disagreements(provider) == []


@pytest.mark.parametrize("provider", CASES)
def test_a_timed_request_has_six_fields(provider: str) -> None:
    fields = CASES[provider].request.keys() - {"model"}

    assert len(fields) in (5, 6)
    assert len(CASES[provider].request) == 6


def test_a_table_prints_and_writes_targets_beside_figures() -> None:
    table = Table(
        name="speed",
        title="Speed of things",
        rows=[{"thing": "fox", "ratio": 1.5}, {"thing": "snail", "ratio": 12.34}, {"thing": "rock", "ratio": "none"}],
        targets=[Target(column="ratio", most=2, source="the forest")],
        remarks=["Outdoors."],
    )
    printed = """\
Speed of things

thing  ratio (<= 2)
fox         1.50 ok
snail   12.3 MISSED
rock           none

Target: ratio <= 2: the forest.
Outdoors.
"""

    assert table.text() == printed
    assert table.to_json()["targets"] == [{"column": "ratio", "most": 2, "source": "the forest", "missed": [1]}]


def test_calls_that_are_compared_take_turns() -> None:
    seen: list[str] = []
    calls = {"a": lambda: seen.append("a"), "b": lambda: seen.append("b")}

    times = clock.compare(calls, rounds=3, turn_ns=0)

    turn = ["a"] * clock.LAPS + ["b"] * clock.LAPS
    assert seen == ["a", "b", *turn, *turn, *turn]  # the first two, untimed, may compile or import
    assert all(0 < took < 1e9 for took in times.values())


@pytest.mark.parametrize("name", command.BENCHMARKS)
def test_each_benchmark_gives_its_tables(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables with a row for each thing measured, and a figure above zero wherever there is no word."""
    monkeypatch.setattr(command, "QUICK", LEAST)
    written = tmp_path / "figures.json"

    assert command.main([name, "--quick", "--json", str(written)]) == 0

    tables = json.loads(written.read_text("utf-8"))["tables"]
    assert tables
    for table in tables:
        assert table["rows"]
        for row in table["rows"]:
            figures = [cell for cell in row.values() if isinstance(cell, int | float)]
            assert figures
            assert all(figure >= 0 for figure in figures)
        assert {target["column"] for target in table["targets"]} <= {name for row in table["rows"] for name in row}


def test_a_name_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["responces"])

    assert "expected names of requests" in capsys.readouterr().err
