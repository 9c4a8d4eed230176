"""
One plain request for each built-in dialect and family, and one answer: what hostile values are put into.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import imagetx
from tests.dialects import Case, cases
from tests.images import content

Json = Any
CASES = cases()


def one_of_each_dialect() -> list[Case]:
    """List one case a dialect: what is the same for all its families is asked once."""
    return list({case.name: case for case in reversed(CASES)}.values())


def _tried(case: Case) -> Iterator[dict[str, Json]]:
    inputs = case.inputs or {}
    picture = content(f"red-{inputs.get('size', 64)}.png")
    own = inputs.get("provider_options")
    options = {} if own is None else {"provider_options": {case.dialect.provider: own}}
    mask = {"image": content(f"mask-white-{inputs.get('size', 64)}.png"), "edits": "white"}  # none has to repaint it
    for operation in ({}, {"operation": "variation"}):
        for images in ({}, {"image": picture}, {"image": picture, "mask": mask}, {"image": [picture, picture]}):
            for strength in ({}, {"strength": 0.5}):
                for prompt in ({"prompt": "a fox"}, {}):
                    yield {**prompt, **images, **strength, **operation, **options}


@cache
def _plain(name: str) -> dict[str, Json]:
    case = next(case for case in CASES if repr(case) == name)
    for request in _tried(case):
        try:
            out = imagetx.encode_request(request, case.target)
        except imagetx.ImagetxError:
            continue
        if out.dialect == case.name:
            return request
    raise AssertionError(name)


def plain_request(case: Case) -> dict[str, Json]:
    """Give a request that a case takes without a word against it."""
    return dict(_plain(repr(case)))
