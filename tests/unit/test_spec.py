"""
Specs: layers laid over each other, `extends`, the flat section of a dialect, and the models table.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

import pytest

from imagetx.errors import Problem, SpecError
from imagetx.spec import Model, Provider, decided, flat, overlay, read_provider

Json = Any

N = {"from": "n", "to": "/body/n"}
SEED = {"from": "seed", "to": "/body/seed"}
SIZE = {"from": ["size", "aspect_ratio"], "to": ["/body/size"], "via": {"frame": {}}}
KIND = {"to": "/body/kind", "const": "a"}
PARTS = {"to": "/body/parts", "parts": [{"from": "prompt", "at": "/text", "join": ""}]}


def test_decided() -> None:
    """Fields of rules (of joint ones and of parts too), drop, refuse and fixed are decided; implies is not."""
    section = {
        "rules": [N, SIZE, KIND, PARTS],
        "drop": ["user"],
        "refuse": ["mask"],
        "fixed": {"stream": False},
        "implies": {"response_format": "b64_json"},
    }

    assert decided(section) == {"n", "size", "aspect_ratio", "prompt", "user", "mask", "stream"}


@pytest.mark.parametrize(
    ("base", "upper", "expected"),
    [
        ({"rules": [N, SEED]}, {"rules": [{**N, "to": "/body/count"}]}, {"rules": [SEED, {**N, "to": "/body/count"}]}),
        ({"rules": [SIZE]}, {"drop": ["size"]}, {"rules": [], "drop": ["size"]}),
        ({"rules": [PARTS]}, {"drop": ["prompt"]}, {"rules": [], "drop": ["prompt"]}),
        ({"rules": [KIND]}, {"rules": [{**KIND, "const": "b"}]}, {"rules": [{**KIND, "const": "b"}]}),
        (
            {"rules": [KIND]},
            {"rules": [{"to": "/body/x", "const": 1}]},
            {"rules": [KIND, {"to": "/body/x", "const": 1}]},
        ),
        ({"drop": ["n", "seed"]}, {"rules": [N]}, {"drop": ["seed"], "rules": [N]}),
        ({"drop": ["n"]}, {"fixed": {"n": 1}}, {"drop": [], "fixed": {"n": 1}}),
        ({"fixed": {"n": 1, "stream": False}}, {"drop": ["n"]}, {"fixed": {"stream": False}, "drop": ["n"]}),
        (
            {"refuse": ["image", "mask"]},
            {"rules": [{"from": "image", "to": "/body/i"}]},
            {"refuse": ["mask"], "rules": [{"from": "image", "to": "/body/i"}]},
        ),
        ({"implies": {"n": 1, "model": "m"}}, {"rules": [N]}, {"implies": {"model": "m"}, "rules": [N]}),
        ({"when": [1]}, {"when": [2]}, {"when": [2, 1]}),
        (
            {"carries": ["/body/a"], "headers": ["a"]},
            {"headers": ["b"], "carries": ["/body/b"]},
            {"carries": ["/body/b"], "headers": ["a", "b"]},
        ),
        (
            {"limits": {"n": {"maximum": 9, "minimum": 0}}},
            {"limits": {"n": {"maximum": 1}}},
            {"limits": {"n": {"maximum": 1, "minimum": 0}}},
        ),
        ({"match": {"required": ["a"]}}, {"match": {"type": "object"}}, {"match": {"type": "object"}}),
        ({"if": {"required": ["a"]}}, {"if": False}, {"if": False}),
        ({"url": "a", "timeout_s": 1}, {"url": "b"}, {"url": "b", "timeout_s": 1}),
        ({"request": {"rules": [N]}}, {"request": {"drop": ["n"]}}, {"request": {"rules": [], "drop": ["n"]}}),
        ({}, {"rules": [N]}, {"rules": [N]}),
    ],
)
def test_overlay(base: Json, upper: Json, expected: Json) -> None:
    """A field or a constant's place that the upper layer decides is no longer decided by the lower."""
    before = copy.deepcopy((base, upper))

    assert overlay(base, upper) == expected
    assert (base, upper) == before


def test_overlay_of_nothing() -> None:
    section = {"rules": [N, KIND], "drop": ["user"], "if": False, "fixed": {"stream": False}}

    assert overlay(section, {}) == section
    assert overlay({}, section) == section


def provider(name: str, dialects: Json, **says: Json) -> Provider:
    families = {"f": {"dialects": list(dialects)}}
    base = {"provider": name, "source": "s", "verified": "2026-11-22", "families": families, "models": [], **says}
    return read_provider({"provider": base, "dialects": dialects})


def flat_of(*views: Provider) -> Mapping[str, Any]:
    return flat({view.name: view for view in views}, views[0].name, "d", "f")


def test_flat_layers() -> None:
    """A provider's drop < dialect < family; the family may change request and response only."""
    view = provider(
        "p",
        {"d": {"dialect": "d", "request": {"rules": [N], "drop": ["style"]}, "response": {"rules": [SEED]}}},
        drop=["n", "seed", "style", "user"],
        families={"f": {"dialects": ["d"], "why": "w", "request": {"rules": [SEED], "fixed": {"style": "vivid"}}}},
        variables={"region": {"default": "r"}},
        error={"classify": []},
    )

    assert flat_of(view) == {
        "dialect": "d",
        "request": {"drop": ["user"], "rules": [N, SEED], "fixed": {"style": "vivid"}},
        "response": {"rules": [SEED]},
        "error": {"classify": []},
        "variables": {"region": {"default": "r"}},
    }


def test_flat_extends() -> None:
    """The extended dialect comes with its provider's drop and error, and stands below the own one."""
    base = provider(
        "base",
        {"d": {"dialect": "d", "surface": "images", "request": {"url": "u", "rules": [N]}}},
        drop=["user"],
        error={"classify": [1]},
        variables={"hidden": {}},
    )
    own = provider(
        "own", {"d": {"extends": "base/d", "dialect": "d", "request": {"rules": [SEED]}}}, drop=["n", "style"]
    )

    assert flat_of(own, base) == {
        "dialect": "d",
        "surface": "images",
        "request": {"drop": ["style", "user"], "url": "u", "rules": [N, SEED]},
        "error": {"classify": [1]},
        "variables": {},
    }


def test_flat_extends_several() -> None:
    """Each layer once, over those before it, without what it extends; the first brings its provider's drop."""
    base = provider(
        "base",
        {"d": {"surface": "images", "request": {"url": "u", "rules": [N], "when": [1]}}},
        drop=["user"],
        error={"classify": [1]},
    )
    own = provider(
        "own",
        {
            "other": {"extends": "nobody/d", "surface": "v1", "request": {"rules": [SEED], "when": [2]}},
            "d": {"extends": ["base/d", "own/other"], "dialect": "d", "request": {"url": "w", "when": [3]}},
        },
        drop=["n", "style"],
        error={"classify": [2]},
    )

    assert flat_of(own, base) == {
        "dialect": "d",
        "surface": "v1",
        "request": {"drop": ["style", "user"], "url": "w", "rules": [N, SEED], "when": [3, 2, 1]},
        "error": {"classify": [2]},
        "variables": {},
    }


def test_flat_extends_family() -> None:
    base = provider("base", {}, families={"f": {"dialects": [], "request": {"rules": [N], "drop": ["seed"]}}})
    families = {"f": {"dialects": ["d"], "extends": "base/f", "request": {"rules": [SEED]}}}
    own = provider("own", {"d": {"dialect": "d"}}, families=families)

    assert flat_of(own, base)["request"] == {"drop": [], "rules": [N, SEED]}


@pytest.mark.parametrize("name", ["nobody/d", "own/x", "own"])
@pytest.mark.parametrize("before", [[], ["own/other"]])
def test_extends_nothing(name: str, before: list[str]) -> None:
    dialects = {"d": {"extends": [*before, name] if before else name, "dialect": "d"}, "other": {}}

    with pytest.raises(SpecError, match=f"expected the name of one of the dialects, got '{name}' - at /extends"):
        flat_of(provider("own", dialects))


def test_models() -> None:
    """A row takes source and verified from its provider; aliases find it."""
    row = {"id": "m", "family": "f", "aliases": ["n"], "deprecated": "2026-01-01", "retired": "2026-06-01"}
    view = provider("p", {}, models=[row])
    expected = Model(
        id="m",
        family="f",
        aliases=("n",),
        deprecated="2026-01-01",
        retired="2026-06-01",
        source="s",
        verified="2026-11-22",
    )

    assert view.models == {"m": expected, "n": expected}
    assert [expected.status(day) for day in ("2025-12-31", "2026-01-01", "2026-05-31", "2026-06-01")] == [
        "active",
        "deprecated",
        "deprecated",
        "retired",
    ]


def test_bad_models() -> None:
    """All faults of the table at once."""
    rows = [{"id": "m", "family": "f"}, {"id": "x", "family": "g"}, {"id": "y", "family": "f", "aliases": ["m"]}]
    expected = (
        Problem(pointer="/provider/models/1/family", message="expected a family of the provider, got 'g'"),
        Problem(pointer="/provider/models/2", message="two rows claim the id 'm'"),
    )

    with pytest.raises(SpecError) as caught:
        provider("p", {}, models=rows)

    assert caught.value.problems == expected
