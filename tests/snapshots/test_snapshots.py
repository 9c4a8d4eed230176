"""
What we print today, pinned: `explain` of every dialect, and one corpus encoded for every dialect.

The files are written by `pytest tests/snapshots --snapshot-update`, never by hand; the diff is reviewed.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

import imagetx
from tests.dialects import ROOT, Case, cases
from tests.images import pictured
from tests.requests_drawn import example

CORPUS = json.loads((ROOT / "fixtures" / "canonical" / "corpus.json").read_text())["requests"]
FIRST = {str(case) for case in {case.name: case for case in reversed(cases())}.values()}
every_dialect = pytest.mark.parametrize("case", cases(), ids=lambda case: str(case).replace("/", ".").replace(":", "."))


@pytest.fixture
def pinned(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    return snapshot.use_extension(JSONSnapshotExtension)


@every_dialect
def test_explain(case: Case, pinned: SnapshotAssertion) -> None:
    """The table of every dialect; its answers and events, which families seldom change, for its first family."""
    table = imagetx.explain(case.target)
    if str(case) not in FIRST:
        del table["response"], table["error"]
        table["event"] = table["event"] is not None
    for form in (*table["request"], *table.get("response", ()), *table.get("error", ())):
        form["fields"] = [json.dumps(line) for line in form["fields"]]  # so that a line of a diff is a line of a spec

    assert table == pinned


def encoded(request: dict[str, Any], case: Case) -> Any:
    """Encode a request, with images where the dialect demands them, as a document, or list what is wrong with it."""
    try:
        out = imagetx.encode_request({**example(case), **request}, case.target)
    except imagetx.ImagetxError as error:
        return {"problems": [str(problem) for problem in error.problems]}
    return {"request": pictured(out.value.to_json()), "notes": [str(note) for note in out.notes]}


@every_dialect
def test_corpus(case: Case, pinned: SnapshotAssertion) -> None:
    """The corpus, encoded with its notes."""
    assert {name: encoded(request, case) for name, request in CORPUS.items()} == pinned
