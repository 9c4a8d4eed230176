"""
The commands that ask: check, rank and capabilities.
"""

from __future__ import annotations

import json

import pytest

import imagetx
from tests.images import content
from tests.unit.conftest import Run, Save

FOX = {"prompt": "a fox", "size": "1344x768", "seed": 7}
SD = "stability/sd3.5-large"
GPT = "openai/gpt-image-2"


def test_check(run: Run, save: Save) -> None:
    """Calls and steps on stdout, notes on stderr."""
    code, stdout, stderr = run("check", save("r.json", {**FOX, "n": 3}), "--to", SD)

    assert code == 0
    assert json.loads(stdout) == {"calls": 3, "steps": 3}
    assert [line.split(":")[0] for line in stderr.splitlines()] == ["approximated /size", "approximated /seed"]


def test_check_that_is_refused(run: Run, save: Save) -> None:
    """Exit 1, the problems one a line on stderr, as with plan."""
    request = save("r.json", {"n": 0})

    code, stdout, stderr = run("check", request, "--to", GPT)

    assert (code, stdout) == (1, "")
    assert stderr == run("plan", request, "--to", GPT)[2] != ""


def test_check_under_a_policy(run: Run, save: Save) -> None:
    request = save("r.json", FOX)

    assert run("check", request, "--to", GPT, "--policy", "strict")[0] == 1
    assert run("check", request, "--to", GPT, "--policy", "prompt=strict")[0] == 0


def test_check_as_a_document(run: Run, save: Save) -> None:
    request = save("r.json", FOX)

    code, stdout, stderr = run("check", request, "--to", GPT, "--json")
    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == imagetx.check(FOX, GPT).to_json()

    code, stdout, stderr = run("check", request, "--to", GPT, "--json", "--policy", "strict")
    assert code == 1
    assert json.loads(stdout) == imagetx.check(FOX, GPT, policy="strict").to_json()
    assert stderr.startswith("expected what can be said without a change") and stderr.count("\n") == 1


def test_check_of_an_edit(run: Run, save: Save) -> None:
    """Images are read from files, as encode reads them."""
    image = save("red.png", content("red-64.png"))

    code, stdout, _ = run("check", save("r.json", {"prompt": "a hat", "image": f"@{image}"}), "--to", SD)

    assert (code, json.loads(stdout)) == (0, {"calls": 1, "steps": 1})


def test_rank(run: Run, save: Save) -> None:
    """Targets with their scores, the best first; notes and problems on stderr, each by its target."""
    code, stdout, stderr = run("rank", save("r.json", FOX), "--to", GPT, "--to", "nowhere/x", "--to", SD)

    expected = [{"target": SD, "score": 2}, {"target": GPT, "score": 8}, {"target": "nowhere/x", "score": None}]
    assert code == 0
    assert json.loads(stdout) == expected
    assert [line.partition(": ")[0] for line in stderr.splitlines()] == [SD, GPT, "nowhere/x"]


def test_rank_with_weights(run: Run, save: Save) -> None:
    request = save("r.json", FOX)

    stdout = run("rank", request, "--to", GPT, "--to", SD, "--weight", "seed=0.1", "--weight", "size=2")[1]

    assert json.loads(stdout) == [{"target": GPT, "score": 0.8}, {"target": SD, "score": 4}]


def test_rank_as_a_document(run: Run, save: Save) -> None:
    code, stdout, stderr = run("rank", save("r.json", FOX), "--to", GPT, "--to", SD, "--json")

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == [each.to_json() for each in imagetx.rank(FOX, [GPT, SD])]


def test_rank_where_all_refuse(run: Run, save: Save) -> None:
    code, stdout, stderr = run("rank", save("r.json", {"n": 0}), "--to", GPT, "--to", SD)

    assert code == 1
    assert [each["score"] for each in json.loads(stdout)] == [None, None]
    assert stderr.count("/n") == 2


def test_settings_are_of_the_target_before_them(run: Run, save: Save) -> None:
    """Vertex needs a project, which OpenAI does not know."""
    imagen = "vertex/imagen-4.0-generate-001"

    code, stdout, _ = run("rank", save("r.json", FOX), "--to", GPT, "--to", imagen, "--set", "project=p")

    imagen4 = {"provider": "vertex", "model": "imagen-4.0-generate-001", "variables": {"project": "p"}}
    assert code == 0
    assert {json.dumps(each["target"]) for each in json.loads(stdout) if each["score"] is not None} == {
        json.dumps(target) for target in (GPT, imagen4)
    }


@pytest.mark.parametrize(
    "argv",
    [
        ["rank", "r.json"],
        ["rank", "r.json", "--set", "project=p", "--to", GPT],
        ["rank", "r.json", "--to", GPT, "--weight", "seed"],
        ["rank", "r.json", "--to", GPT, "--weight", "seed=much"],
        ["rank", "r.json", "--to", GPT, "--weight", "=1"],
        ["check", "r.json"],
        ["capabilities"],
    ],
)
def test_usage(run: Run, argv: list[str]) -> None:
    assert run(*argv)[0] == 2


@pytest.mark.parametrize("weight", ["colour=1", "seed=-1", "seed=nan", "seed=inf"])
def test_a_weight_that_is_none_is_refused(run: Run, save: Save, weight: str) -> None:
    code, stdout, stderr = run("rank", save("r.json", FOX), "--to", GPT, "--weight", weight)

    assert (code, stdout) == (1, "")
    assert weight.partition("=")[0] in stderr


def test_capabilities(run: Run) -> None:
    code, stdout, stderr = run("capabilities", SD)

    assert (code, stderr) == (0, "")
    assert json.loads(stdout) == imagetx.capabilities(SD).model_dump(mode="json", exclude_unset=True)


def test_capabilities_of_one_operation(run: Run) -> None:
    stdout = run("capabilities", SD, "--set", "operation=edit")[1]

    assert [*json.loads(stdout)["operations"]] == ["edit"]


def test_capabilities_of_nobody(run: Run) -> None:
    code, stdout, stderr = run("capabilities", "nowhere/x")

    assert (code, stdout) == (1, "")
    assert "nowhere" in stderr
