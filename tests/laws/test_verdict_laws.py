"""
Laws of check and rank: a check is the plan without its messages, and a ranking is the checks in order.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import imagetx
from imagetx import Check, RequestError, ResolveError
from imagetx.notes import ADDITIONS, LOSSES
from tests.dialects import Case, cases
from tests.requests_drawn import canonical_requests
from tests.strategies import mutated

Json = Any
CASES = cases()
POLICIES = st.sampled_from(["adapt", "strict", {"size": "strict"}, {"*": "strict", "seed": "adapt"}])
COUNTS = {"dropped": 8, "overruled": 8, "emulated": 4, "approximated": 2, "clamped": 2, "assumed": 2, "defaulted": 0}
ADVISED = {"retired": 8, "unverified": 4, "deprecated": 1}


def planned(request: Json, target: imagetx.Target, options: Json) -> Check:
    """Tell by hand what a plan does: its notes and messages, or what it raises."""
    try:
        exchange = imagetx.plan(request, target, **options)
    except (RequestError, ResolveError) as error:
        return Check(problems=error.problems)
    return Check(notes=exchange.notes, calls=len(exchange.calls), steps=len(exchange.pending))


@st.composite
def asked(draw: st.DrawFn, case: Case) -> Json:
    """Draw a request, also one for many images, one without its images, and one that is broken."""
    request = draw(canonical_requests(case, nulls=True))
    kind = draw(st.sampled_from(["whole", "many", "broken"]))
    if kind == "many":
        return {**request, "n": draw(st.integers(1, 40))}
    return draw(mutated(request)) if kind == "broken" else request


@given(data=st.data())
def test_check_is_the_plan(data: st.DataObject) -> None:
    """The same notes and as many messages; problems where the plan raises, and the same."""
    case = data.draw(st.sampled_from(CASES))
    request = data.draw(asked(case))
    options = {"policy": data.draw(POLICIES), "emulate": data.draw(st.sampled_from([(), ("negative_prompt",)]))}
    if not isinstance(request, dict):
        return

    expected = planned(request, case.target, options)
    found = imagetx.check(request, case.target, **options)

    assert (found.notes, found.problems) == (expected.notes, expected.problems)
    assert (found.calls == 0) == found.refused
    if expected.calls:  # else inputs are fetched first
        assert found == expected
    elif not found.refused:
        assert found.steps == expected.steps + found.calls


@settings(max_examples=50)
@given(data=st.data())
def test_a_ranking_is_the_checks_in_order(data: st.DataObject) -> None:
    """Every target once, as its check says; scores do not fall, those that refuse are last, in the order given."""
    chosen = data.draw(st.lists(st.sampled_from(CASES), max_size=6))
    targets = [replace(case.target, operation=None) for case in chosen]
    request = data.draw(asked(data.draw(st.sampled_from(CASES))))
    weights = data.draw(st.dictionaries(st.sampled_from(["size", "seed", "n", "quality"]), st.integers(0, 9)))
    if not isinstance(request, dict):
        return

    found = imagetx.rank(request, targets, weights=weights)

    checks = [imagetx.check(request, target) for target in targets]
    refused = [target for target, verdict in zip(targets, checks, strict=True) if verdict.refused]
    served = [(each.score, each.notes) for each in found if each.score is not None]
    assert sorted(map(repr, targets)) == sorted(repr(each.target) for each in found)
    assert [each.target for each in found if each.problems] == refused
    assert [each.score for each in found[len(served) :]] == [None] * len(refused)
    assert served == sorted(served, key=lambda pair: pair[0])
    for score, notes in served:
        weighed = [
            COUNTS[note.kind] * weights.get(note.pointer.split("/")[1], 1) for note in notes if note.kind in COUNTS
        ]
        assert score == sum(weighed) + sum(ADVISED.get(note.kind, 0) for note in notes)


def test_every_kind_has_a_weight() -> None:
    assert {*COUNTS} == LOSSES | ADDITIONS
