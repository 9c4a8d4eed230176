"""
A provider that nobody has heard of: JSON alone makes it work in every public function.

`easel/` beside this file is the provider. It enters as a folder, a file or a dict.
"""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import imagetx
from imagetx import (
    Credential,
    ErrorResponse,
    ImageResponse,
    NativeRequest,
    NativeResponse,
    Note,
    Problem,
    Registry,
    RequestError,
    ResolveError,
    SpecError,
    Target,
)
from imagetx.canonical import document
from imagetx.cli import main

EASEL = Path(__file__).parent / "easel"
SOURCE = "invented for the tests"
PNG = "iVBORw0KGgo="

CATEGORIES = {
    "bad_input": ("invalid_request", 400),
    "bad_key": ("authentication", 401),
    "not_allowed": ("permission", 403),
    "no_such_model": ("not_found", 404),
    "indecent": ("content_policy", 422),
    "slow_down": ("rate_limit", 429),
    "no_credit": ("quota", 402),
    "too_slow": ("timeout", 504),
    "busy": ("overloaded", 503),
    "broken": ("server_error", 500),
}


def spec() -> dict[str, Any]:
    """Read the folder as one dict."""
    return {
        "provider": json.loads((EASEL / "provider.json").read_text()),
        "dialects": {"paint": json.loads((EASEL / "paint.json").read_text())},
    }


@pytest.fixture(scope="module", params=["folder", "text of a folder", "file", "dict"])
def known(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """The built-in registry with the invented provider, in every way it may enter."""
    if request.param == "folder":
        return imagetx.registry().with_provider(EASEL)
    if request.param == "text of a folder":
        return imagetx.registry().with_provider(str(EASEL))
    if request.param == "dict":
        return imagetx.registry().with_provider(spec())
    path = tmp_path_factory.mktemp("specs") / "easel.json"
    path.write_text(json.dumps(spec()))
    return imagetx.registry().with_provider(path)


def test_it_stands_beside_the_others(known: Registry) -> None:
    """And only in the registry that was made: the built-in one never changes."""
    built_in = imagetx.registry()

    assert known.providers() == tuple(sorted([*built_in.providers(), "easel"]))
    assert "easel" not in built_in.providers()
    assert known.encode_request({"prompt": "x"}, "openai/gpt-image-2").value == (
        built_in.encode_request({"prompt": "x"}, "openai/gpt-image-2").value
    )
    with pytest.raises(ResolveError):
        built_in.models("easel")


def test_encode_request(known: Registry) -> None:
    request = {
        "prompt": "a fox",
        "size": "1536x1024",
        "n": 2,
        "seed": 0,
        "quality": "hd",
        "guidance_scale": 20,
        "canvas": "linen",
        "palette": 3,
        "user": "u",
        "provider_options": {"easel": {"brush": {"width": 2}}},
    }

    out = known.encode_request(request, "easel/oil-2")

    assert out.value == NativeRequest(
        "POST",
        "https://eu.easel.example/v1/oil-2/paint",
        body={
            "kind": "text",
            "text": "a fox",
            "count": 2,
            "seed": 0,
            "guidance": 10,
            "width": 1536,
            "height": 1024,
            "finish": "gloss",
            "canvas": "linen",
            "brush": {"width": 2},
        },
        credential=Credential("key", "x-easel-key"),
        timeout_s=90,
    )
    assert out.value.credential is not None
    assert out.value.credential.headers("k-1") == {"x-easel-key": "k-1"}
    assert (out.dialect, out.model, out.verified, out.lossless) == ("easel/paint", "oil-2", "2026-11-22", False)
    assert [(note.kind, note.pointer, note.used) for note in out.notes] == [
        ("assumed", "/canvas", "linen"),
        ("dropped", "/palette", None),
        ("clamped", "/guidance_scale", 10),
        ("approximated", "/quality", "high"),
        ("dropped", "/user", None),
    ]


def test_a_field_on_which_the_spec_does_not_decide_is_dropped_and_an_image_refused(known: Registry) -> None:
    out = known.encode_request({"prompt": "x", "language": "en"}, "easel/oil-2")
    target = Target(provider="easel", model="oil-2", operation="generate")
    with pytest.raises(RequestError) as caught:
        known.encode_request({"prompt": "x", "image": "https://a.example/b.png"}, target)

    assert out.notes == (
        Note(pointer="/language", kind="dropped", given="en", reason="the spec does not decide on it"),
    )
    assert [problem.pointer for problem in caught.value.problems] == ["/image"]


def test_aliases_variables_and_credentials(known: Registry) -> None:
    target = Target(provider="easel-ai", model="oil", auth="bearer", variables={"region": "us"})

    out = known.encode_request({"prompt": "x"}, target)

    assert out.value.url == "https://us.easel.example/v1/oil-2/paint"
    assert out.value.credential == Credential("bearer", "authorization", "Bearer {secret}")
    assert out.target.provider == "easel"


def test_the_limits_of_the_spec_are_kept(known: Registry) -> None:
    with pytest.raises(RequestError) as caught:
        known.encode_request({"prompt": "x" * 201, "n": 5}, "easel/oil-2")

    assert [problem.pointer for problem in caught.value.problems] == ["/prompt", "/n"]


def test_the_status_of_a_model(known: Registry) -> None:
    out = known.encode_request({"prompt": "x"}, "easel/oil-1", as_of="2027-01-01")

    reason = "retired since 2027-01-01; the provider names oil-2 instead"
    assert out.notes == (
        Note(pointer="/model", kind="retired", given="oil-1", used="oil-2", reason=reason, source=SOURCE),
    )


def test_decode_request(known: Registry) -> None:
    """The dialect is recognised, behind a gateway's prefix too, and the credential does not stay."""
    native = NativeRequest(
        "POST",
        "https://gateway.example/easel/oil-2/paint",
        {"x-api-key": "k-1", "x-trace": "t"},
        {"kind": "text", "text": "a fox", "count": 2, "finish": "satin", "varnish": False},
    )

    out = known.decode_request(native)

    assert document(out.value) == {
        "operation": "generate",
        "model": "oil-2",
        "prompt": "a fox",
        "n": 2,
        "quality": "medium",
        "response_format": "b64_json",
        "provider_options": {"easel": {"varnish": False, "extra_headers": {"x-trace": "t"}}},
    }
    assert out.target.variables == {"base_url": "https://gateway.example/easel"}
    assert known.encode_request(out.value, out.target).value.body == native.body


def test_translate_request_both_ways(known: Registry) -> None:
    native = known.encode_request({"prompt": "a fox", "n": 2, "seed": 7, "canvas": "linen"}, "easel/oil-2").value

    there = known.translate_request(native, None, "openai/gpt-image-2")
    back = known.translate_request(there.value, "openai", "easel/oil-2")

    assert there.value.body == {"model": "gpt-image-2", "prompt": "a fox", "n": 2}
    assert [(note.kind, note.pointer) for note in there.notes] == [
        ("dropped", "/provider_options/easel/canvas"),
        ("dropped", "/seed"),
    ]
    assert back.value.body == {"kind": "text", "text": "a fox", "count": 2}
    assert back.notes == ()


def test_response_both_ways(known: Registry) -> None:
    """What has no canonical name is kept, on the answer and on the image, and goes back to its place."""
    body = {"id": "r1", "pictures": [{"png": PNG, "seed": 0, "brush": "flat"}, {"png": PNG}], "queue": 4}
    native = NativeResponse(200, {"x-easel-cost": "3"}, body)

    read = known.decode_response(native, "easel/oil-2", created=5)
    written = known.encode_response(read.value, "easel/oil-2")

    assert isinstance(read.value, ImageResponse)
    assert document(read.value) == {
        "created": 5,
        "data": [
            {
                "b64_json": PNG,
                "mime_type": "image/png",
                "seed": 0,
                "finish_reason": "stop",
                "index": 0,
                "provider_metadata": {"easel": {"brush": "flat"}},
            },
            {"b64_json": PNG, "mime_type": "image/png", "finish_reason": "stop", "index": 1},
        ],
        "outcome": "complete",
        "request_id": "r1",
        "provider_metadata": {"easel": {"queue": 4, "extra_headers": {"x-easel-cost": "3"}}},
    }
    assert (written.value.status, written.value.body) == (200, body)
    assert written.value.headers["x-easel-cost"] == "3"
    assert [(note.kind, note.pointer) for note in written.notes] == [("dropped", "/created")]


def test_translate_response(known: Registry) -> None:
    native = NativeResponse(200, {}, {"id": "r1", "pictures": [{"png": PNG}]})

    out = known.translate_response(native, "easel/oil-2", "openai/gpt-image-2")

    assert out.value.body == {"created": 0, "data": [{"b64_json": PNG}]}
    assert out.value.headers["x-request-id"] == "r1"
    assert out.notes == ()


@pytest.mark.parametrize("code", CATEGORIES)
def test_errors_both_ways(known: Registry, code: str) -> None:
    category, status = CATEGORIES[code]
    body = {"problem": {"code": code, "detail": "no"}, "trace": "t"}

    read = known.decode_response(NativeResponse(status, {}, body), "easel/oil-2")
    bare = {"error": {"message": "no"}, "category": category}
    written = known.encode_response(read.value, "easel/oil-2")
    made = known.encode_response(bare, "easel/oil-2")

    assert isinstance(read.value, ErrorResponse)
    assert (read.value.category, read.value.error.message, read.value.native_status) == (category, "no", status)
    assert (written.value.status, written.value.body) == (status, body)
    assert (made.value.status, made.value.body) == (status, {"problem": {"code": code, "detail": "no"}})


def test_an_error_page_of_somebody_else(known: Registry) -> None:
    page = NativeResponse(503, {"content-type": "text/html"}, b"<html>busy</html>")

    out = known.decode_response(page, "easel/oil-2").value

    assert isinstance(out, ErrorResponse)
    assert out.category == "overloaded"


def test_explain_and_models(known: Registry) -> None:
    says = known.explain("easel")
    rows = known.models("easel-ai")

    fields = {line["field"]: line for line in says["request"][0]["fields"]}
    assert (says["dialect"], says["model"], says["family"]) == ("paint", "oil-2", "oil")  # oil-1 is deprecated
    assert fields["prompt"]["to"] == ["/body/text"]
    assert fields["seed"]["exact"] is True
    assert [(row["id"], row["family"], row["status"]) for row in rows] == [
        ("oil-1", "oil", "deprecated"),
        ("oil-2", "oil", "active"),
        ("pencil-1", "pencil", "active"),
    ]


def test_questions(known: Registry) -> None:
    """It is asked as the built-in ones are: nothing of a question is written for a provider."""
    oil, pencil = (known.capabilities(target).operations["generate"] for target in ("easel/oil-2", "easel/pencil-1"))
    ranked = known.rank({"prompt": "x", "seed": 3, "n": 6}, ["openai/gpt-image-2", "easel/oil-2", "easel/oil-1"])

    assert (oil.dialect, oil.n_per_call, oil.fields["prompt"].max_length) == ("paint", 4, 200)
    assert oil.fields["quality"].exact_values == ("low", "medium", "high")
    assert not pencil.fields["quality"].supported
    assert (oil.fields["guidance_scale"].minimum, oil.fields["guidance_scale"].maximum) == (0, 10)
    assert [(each.target, each.score) for each in ranked] == [
        ("easel/oil-2", 2),  # two calls have a seed each
        ("easel/oil-1", 3),
        ("openai/gpt-image-2", 8),
    ]
    assert known.check({"prompt": "x", "n": 6}, "easel/oil-2").calls == 2


def test_a_registry_can_be_pickled(known: Registry) -> None:
    other = pickle.loads(pickle.dumps(known))

    assert other.models("easel") == known.models("easel")
    assert other.encode_request({"prompt": "x"}, "easel/oil-2") == known.encode_request({"prompt": "x"}, "easel/oil-2")


def test_lint(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["lint", str(EASEL)])

    assert (code, *capsys.readouterr()) == (0, "ok easel: 1 dialect, 3 models\n", "")


# --- with_models ------------------------------------------------------------------------------


def test_with_models_adds_rows() -> None:
    """To a built-in provider and to an invented one."""
    known = imagetx.registry().with_provider(EASEL)

    more = known.with_models("easel-ai", {"oil-3": {"family": "oil", "released": "2026-11-20"}})
    built_in = imagetx.registry().with_models("openai", {"my-tuned-image": {"family": "gpt-image-2"}})

    assert [note.kind for note in known.encode_request({"prompt": "x"}, "easel/oil-3").notes] == ["assumed"]
    assert more.encode_request({"prompt": "x"}, "easel/oil-3").notes == ()
    assert more.models("easel")[-1]["released"] == "2026-11-20"
    assert built_in.encode_request({"prompt": "x"}, "openai/my-tuned-image").notes == ()


@pytest.mark.parametrize(
    ("rows", "pointer"),
    [
        ({"oil-3": {"family": "ink"}}, "/provider/models/3/family"),
        ({"oil-2": {"family": "oil"}}, "/provider/models/3"),
        ({"oil-3": {"family": "oil", "retired": "soon"}}, "/models/oil-3/retired"),
        ({"oil-3": {"family": "oil", "retierd": "2026-01-01"}}, "/models/oil-3"),
    ],
    ids=["family", "twice", "date", "typo"],
)
def test_with_models_refuses_a_bad_row(rows: dict[str, Any], pointer: str) -> None:
    known = imagetx.registry().with_provider(EASEL)

    with pytest.raises(SpecError) as caught:
        known.with_models("easel", rows)

    assert [problem.pointer for problem in caught.value.problems] == [pointer]


def test_with_models_of_nobody() -> None:
    with pytest.raises(ResolveError):
        imagetx.registry().with_models("nobody", {"x": {"family": "y"}})


# --- specs that are wrong ---------------------------------------------------------------------

Change = Callable[[dict[str, Any]], Any]
RULES = "/dialects/paint/request/rules"


def family(says: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = says["provider"]["families"]["oil"]
    return found


def error_row(says: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = says["provider"]["error"]["classify"][0]
    return found


def rules(says: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = says["dialects"]["paint"]["request"]["rules"]
    return found


@pytest.mark.parametrize(
    ("change", "pointer", "named"),
    [
        (lambda s: rules(s)[2].update(form=rules(s)[2].pop("from")), f"{RULES}/2", "'form' was unexpected"),
        (lambda s: rules(s)[2].update(to="body/text"), f"{RULES}/2/to", "body/text"),
        (lambda s: rules(s)[7].update(via={"enumm": {}}), f"{RULES}/7/via", "enumm"),
        (lambda s: rules(s)[7].update(via="capital"), f"{RULES}/7/via", "capital"),
        (lambda s: rules(s)[6]["via"]["frame"].update(form="grid"), f"{RULES}/6/via/frame/form", "grid"),
        (lambda s: s["dialects"]["paint"].update(spec=2), "/dialects/paint/spec", "1 was expected"),
        (lambda s: s["dialects"]["paint"].pop("source"), "/dialects/paint", "'source' is a required property"),
        (lambda s: s["provider"].update(provider="Easel"), "/provider/provider", "Easel"),
        (lambda s: s["provider"].update(auth={}), "/provider/auth", ""),
        (
            lambda s: family(s).update(dialects=["pain"]),
            "/provider/families/oil/dialects",
            "pain",
        ),
        (lambda s: s["provider"]["models"][0].update(family="oils"), "/provider/models/0/family", "oils"),
        (lambda s: s["provider"]["models"][0].update(aliases=["oil-2"]), "/provider/models/1", "oil-2"),
        (
            lambda s: error_row(s).update(category="bad"),
            "/provider/error/classify/0/category",
            "bad",
        ),
        (lambda s: rules(s)[3].update({"from": "number"}), "/request/rules", "number"),
        (lambda s: rules(s)[3].update(to="/body/text"), "/body/text", "/body/text"),
        (lambda s: rules(s)[3].update(to="/body/text/count"), "/body/text/count", "/body/text"),
        (lambda s: rules(s)[7]["via"]["enum"].pop("hd"), "/request/rules/quality", "hd"),
        (lambda s: rules(s).pop(0), "/request/url", "model"),
        (lambda s: rules(s).append({"from": "user", "to": "/path/who"}), "/request/url", "who"),
        (lambda s: s["dialects"]["paint"]["request"].update(drop=["colour"]), "/request/drop", "colour"),
        (lambda s: s["dialects"]["paint"]["request"].update(drop=["image"]), "/request/drop", "image"),
        (lambda s: s["dialects"]["paint"]["request"]["limits"].update(nn={"maximum": 1}), "/request/limits/nn", "nn"),
        (lambda s: s["dialects"]["paint"].update(extends="nobody/x"), "/extends", "nobody/x"),
    ],
)
def test_a_typo_names_the_rule_and_the_pointer(change: Change, pointer: str, named: str) -> None:
    says = spec()
    change(says)

    with pytest.raises(SpecError) as caught:
        imagetx.registry().with_provider(says)

    assert pointer in [problem.pointer for problem in caught.value.problems]
    assert named in str(caught.value)


@pytest.mark.parametrize(
    "change",
    [
        lambda s: rules(s)[2].pop("to"),
        lambda s: rules(s)[2].pop("from"),
        lambda s: rules(s)[7]["via"]["enum"].update(hd=[]),
        lambda s: rules(s)[7].update(silent="shiny"),
        lambda s: rules(s)[6]["via"]["frame"].pop("multiple"),
        lambda s: s["dialects"]["paint"]["request"].pop("url"),
        lambda s: s["dialects"]["paint"].pop("request"),
        lambda s: family(s).update(pattern="(oil"),
        lambda s: error_row(s).update(message="(bad"),
        lambda s: s["provider"].update(fallback="water"),
    ],
    ids=[
        "to",
        "from",
        "list in a table",
        "silent",
        "multiple",
        "url",
        "request",
        "pattern",
        "message",
        "fallback",
    ],
)
def test_a_spec_that_cannot_be_compiled_is_a_spec_error(change: Change) -> None:
    """Whatever the meta-schema lets pass, nothing but SpecError comes out."""
    says = spec()
    change(says)

    with pytest.raises(SpecError):
        imagetx.registry().with_provider(says)


def test_the_spec_of_the_caller_is_not_changed() -> None:
    says = spec()
    before = copy.deepcopy(says)

    imagetx.registry().with_provider(says).encode_request({"prompt": "x"}, "easel/oil-2")

    assert says == before


@pytest.mark.parametrize("bad", [{}, {"provider": {}}, {"provider": {}, "dialects": []}, [], 5, None])
def test_what_is_no_spec_at_all(bad: Any) -> None:
    with pytest.raises(SpecError) as caught:
        imagetx.registry().with_provider(bad)

    assert all(isinstance(problem, Problem) for problem in caught.value.problems)
