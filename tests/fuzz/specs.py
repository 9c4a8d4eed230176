"""
Entry points that take specs: a built-in one with some edits, then whatever it can be asked.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from functools import cache
from typing import Any

import imagetx
from imagetx.errors import ImagetxError
from tests.fuzz import stock
from tests.fuzz.choices import Choices
from tests.fuzz.contract import attempted
from tests.fuzz.given import some
from tests.fuzz.living import alive, fingerprint
from tests.fuzz.mutation import HOSTILE, LIKELY, Edit, applied, edits, mutate
from tests.images import expanded

Json = Any
_SIMPLE = {"prompt": "a fox", "size": "1024x1024", "n": 1, "seed": 0, "provider_options": {"x": {"a": 1}}}


def draw_with_provider(choices: Choices) -> Json:
    """Draw edits of a built-in spec: half of them in one dialect."""
    name = choices.pick(stock.providers())
    dialect = choices.pick(list(stock.spec(name)["dialects"]))
    spec = one_dialect(name, dialect)
    drawn: list[Edit] = []
    for _ in range(choices.pick([1, 1, 1, 1, 2, 3])):
        root: list[str | int] = choices.pick([["dialects", dialect]] * 5 + [["provider"]] * 2 + [[]])
        part = spec
        for key in root:
            part = part.get(key) if isinstance(part, dict) else None
        for edit in edits(part, choices, stock.spec_parts(), kinds=LIKELY):
            whole = [edit[0], [*root, *edit[1]], *edit[2:]]
            drawn.append(whole)
            spec = applied(spec, whole)
    return {"of": name, "edits": drawn, "asked": dialect, "at": choices.below(1000)}


def one_dialect(name: str, dialect: str) -> Json:
    """Copy of a built-in spec what one dialect needs: the rest takes time and says nothing."""
    return copy.deepcopy(_one_dialect(name, dialect))


@cache
def _one_dialect(name: str, dialect: str) -> Json:
    spec = stock.spec(name)
    if dialect not in spec["dialects"]:
        return spec
    provider, dialects = spec["provider"], _with_bases(name, [dialect], spec["dialects"])
    using = [key for key, says in provider["families"].items() if {*says["dialects"]} & {*dialects}]
    fallback = provider.get("fallback")
    kept = _with_bases(name, [*using, *([fallback] if isinstance(fallback, str) else [])], provider["families"])
    families = {
        key: {**says, "dialects": [each for each in says["dialects"] if each in dialects]} for key, says in kept.items()
    }
    models = [row for row in provider["models"] if row["family"] in families]
    pruned = {"provider": {**provider, "families": families, "models": models}, "dialects": dialects}
    try:
        imagetx.registry().with_provider(pruned)
    except imagetx.SpecError:  # a family that has no dialect now, most often
        return spec
    return pruned


def _with_bases(name: str, wanted: list[str], known: Json) -> dict[str, Json]:
    """Keep what is wanted and what it extends."""
    kept: dict[str, Json] = {}
    while wanted:
        key = wanted.pop()
        if key in known and key not in kept:
            kept[key] = known[key]
            bases = known[key].get("extends", [])
            named = [bases] if isinstance(bases, str) else bases
            wanted += [base.partition("/")[2] for base in named if base.startswith(f"{name}/")]
    return {key: says for key, says in known.items() if key in kept}


def spec_of(case: Json) -> Json:
    """Make the spec of a case."""
    spec = one_dialect(case["of"], case["asked"])
    for edit in case["edits"]:
        spec = applied(spec, edit)
    return alive(spec)


def run_with_provider(case: Json) -> None:
    """A spec is refused with SpecError, or makes a registry that gives a value or an ImagetxError."""
    given = spec_of(case)
    left = fingerprint(given)
    try:
        registry = imagetx.registry().with_provider(given)
    except imagetx.SpecError as error:
        assert error.problems
        assert len(repr(error)) <= 500
        return
    finally:
        assert fingerprint(given) == left, "what was given has changed"
    dialects = [case["asked"]] if case["asked"] in given["dialects"] else list(given["dialects"])[:1]
    for name in dialects:
        _ask(registry, given["provider"]["provider"], case["of"], name, case["at"])


def _ask(registry: imagetx.Registry, provider: str, of: str, dialect: str, at: int) -> None:
    """Ask a registry what the vectors of a dialect ask."""

    def chosen(section: str) -> Iterator[Json]:
        known = stock.vectors_of(section, f"{of}/{dialect}")
        yield from (expanded(known[(at + turn * 7) % len(known)]) for turn in range(2 if known else 0))

    def target(vector: Json) -> imagetx.Target:
        return imagetx.Target(**{**vector["target"], "provider": provider})

    for vector in chosen("requests"):
        attempted(lambda vector=vector: registry.encode_request(vector.get("canonical", _SIMPLE), target(vector)))
        attempted(lambda vector=vector: registry.encode_request(_SIMPLE, target(vector)))
        attempted(lambda vector=vector: registry.decode_request(_request(vector["native"]), provider))
        if at % 16 == 0:  # it compiles the dialects of all providers anew
            attempted(lambda vector=vector: registry.decode_request(_request(vector["native"])))
        attempted(lambda vector=vector: registry.explain(target(vector)))
    for vector in chosen("requests"):
        if at % 4 == 0:
            attempted(lambda vector=vector: registry.capabilities(target(vector)))
        attempted(lambda vector=vector: registry.check({**_SIMPLE, "n": 5}, target(vector)))
        attempted(lambda: registry.models(provider))
        break
    for section in ("responses", "errors", "pending"):
        for vector in chosen(section):
            came, out = attempted(lambda vector=vector: _decoded(registry, vector, target(vector)))
            said = out.value if came and not isinstance(out.value, imagetx.Pending) else vector["canonical"]
            attempted(lambda said=said, vector=vector: registry.encode_response(said, target(vector)))
    for vector in chosen("streams"):
        attempted(lambda vector=vector: _streamed(registry, vector, target(vector)))
    for vector in chosen("exchanges"):
        attempted(lambda vector=vector: _exchanged(registry, vector, target(vector)))


def _request(native: Json) -> imagetx.NativeRequest:
    return imagetx.NativeRequest.from_json(native)


def _decoded(registry: imagetx.Registry, vector: Json, target: imagetx.Target) -> Json:
    return registry.decode_response(imagetx.NativeResponse.from_json(vector["native"]), target)


def _streamed(registry: imagetx.Registry, vector: Json, target: imagetx.Target) -> Json:
    decoder = registry.stream_decoder(target, headers=vector.get("headers"))
    events = [*decoder.feed(vector["text"].encode()), *decoder.close()]
    encoder = registry.stream_encoder(target)
    for event in events:
        attempted(lambda event=event: encoder.feed(event))  # type: ignore[misc]
    attempted(encoder.close)
    return [events, decoder.notes, encoder.notes]


def _exchanged(registry: imagetx.Registry, vector: Json, target: imagetx.Target) -> Json:
    exchange = registry.plan(vector["request"], target)
    for step in vector["steps"]:
        if "answer" in step and exchange.pending:
            exchange = exchange.feed(exchange.pending[0].branch, imagetx.NativeResponse.from_json(step["answer"]))
    registry.resume(exchange.to_json())
    return [exchange, exchange.result]


# --- rows and any JSON ------------------------------------------------------------------------


def draw_with_models(choices: Choices) -> Json:
    name = choices.pick(stock.providers())
    rows = stock.spec(name)["provider"].get("models") or [{"family": "x"}]
    row = {key: value for key, value in choices.pick(rows).items() if key != "id"}
    rows = {"a-new-one": mutate(row, choices, stock.spec_parts(), some(choices))}
    return {"provider": name, "rows": mutate(rows, choices, stock.spec_parts(), choices.below(2))}


def run_with_models(case: Json) -> None:
    given = alive(case)
    left = fingerprint(given)
    try:
        registry = imagetx.registry().with_models(given["provider"], given["rows"])
    except ImagetxError as error:
        assert error.problems
        return
    finally:
        assert fingerprint(given) == left, "what was given has changed"
    attempted(lambda: registry.models(given["provider"]))
    for name in list(given["rows"])[:2]:
        target = imagetx.Target(given["provider"], name)
        for request in (_SIMPLE, {"prompt": "a fox", "image": "iVBORw0KGgo="}):
            attempted(lambda request=request, target=target: registry.encode_request(request, target))
        attempted(lambda target=target: registry.explain(target))
        attempted(lambda target=target: registry.capabilities(target))


def draw_any_spec(choices: Choices) -> Json:
    """Draw what is hardly a spec."""
    shape = {"provider": choices.pick(HOSTILE), "dialects": {"a": choices.pick(stock.spec_parts()[""])}}
    return {"spec": mutate(shape, choices, stock.spec_parts(), 1 + choices.below(3))}


def run_any_spec(case: Json) -> None:
    try:
        imagetx.registry().with_provider(alive(case["spec"]))
    except imagetx.SpecError as error:
        assert error.problems
        assert len(repr(error)) <= 500
