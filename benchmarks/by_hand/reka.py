"""
Requests of Reka by hand, both ways: OpenAI's shape, as far as anybody knows.
"""

from __future__ import annotations

from typing import Final

from benchmarks.by_hand.checks import (
    Json,
    Problems,
    clamped,
    document,
    finished,
    known,
    prompt_of,
    rest,
    text,
    unstreamed,
    whole,
    word,
    wrong,
)
from benchmarks.by_hand.openai_shaped import BACKGROUND, BEARER, FORMAT, FORMAT_BACK, MODERATION, OPENAI_URL
from benchmarks.by_hand.reading import (
    body_of,
    canonical,
    fail,
    opened,
    read,
    take_number,
    take_prompt,
    take_text,
    take_word,
)
from benchmarks.by_hand.shapes import SIZE
from imagetx import ImageRequest, NativeRequest, Note, RequestError, Target, Translation

SAID: Final = frozenset(
    "model prompt n size quality style response_format output_format output_compression background moderation user"
    " seed stream".split()
)
UNVERIFIED: Final = "no public API was found"
SAME: Final = {
    "quality": {name: name for name in ("auto", "low", "medium", "standard", "high", "hd", "xhigh", "max")},
    "style": {"vivid": "vivid", "natural": "natural"},
    "background": BACKGROUND,
    "moderation": MODERATION,
}
FORMS: Final = {"b64_json": "b64_json", "url": "url"}


def encode(request: Json, target: Target, policy: str = "adapt") -> Translation[NativeRequest]:
    """Say a request as Reka would want it."""
    request = document(request)
    problems: Problems = []
    model = request.get("model") if target.model is None else target.model
    if type(model) is not str or model == "":
        raise fail("/model", "a model", model)
    known(target, ("base_url",))
    notes = [
        Note(pointer="/model", kind="assumed", given=model, used=model, reason="not listed; read as one of any"),
        Note(pointer="/model", kind="unverified", given=model, reason=UNVERIFIED),
    ]
    values = {
        "prompt": prompt_of(request, problems),
        "n": whole(request, "n", problems, 1, 10),
        "seed": whole(request, "seed", problems, 0, 10**18),
        "user": text(request, "user", problems),
        "output_compression": clamped(request, "output_compression", problems, notes, 0, 100),
        "output_format": word(request, "output_format", FORMAT, FORMAT_BACK, problems, notes),
        "response_format": word(request, "response_format", FORMS, FORMS, problems, notes),
    }
    for name, table in SAME.items():
        values[name] = word(request, name, table, table, problems, notes, passes=True)
    size = text(request, "size", problems)
    if size is not None and size != "auto" and SIZE.fullmatch(size) is None:
        wrong(problems, "/size", "WxH or auto", size)
    unstreamed(request, problems, notes)
    rest(request, SAID, "reka", problems, notes)
    if problems:
        raise RequestError(problems)
    body = {"model": model, "size": size, **values}
    body = {name: value for name, value in body.items() if value is not None}
    url = target.variables.get("base_url", "https://api.reka.ai/v1") + "/images/generations"
    meant = Target("reka", model, operation="generate", surface="images", variables=target.variables)
    return finished(NativeRequest("POST", url, {}, body, BEARER), notes, meant, "reka/generations", policy)


def decode(native: NativeRequest) -> Translation[ImageRequest]:
    """Read a request to Reka."""
    _, query = opened(native, OPENAI_URL)
    body = body_of(native)
    model = body.pop("model", None)
    if type(model) is not str or model == "":
        raise fail("/body/model", "the model", model)
    size = body.get("size")
    sized = type(size) is str and (size == "auto" or SIZE.fullmatch(size) is not None)
    pairs = {
        "model": model,
        "prompt": take_prompt(body),
        "n": take_number(body, "n", 1, 10**9),
        "size": body.pop("size") if sized else None,
        "seed": take_number(body, "seed", 0, 10**18),
        "user": take_text(body, "user"),
        "output_compression": take_number(body, "output_compression", 0, 100),
        "output_format": take_word(body, "output_format", FORMAT_BACK),
        "response_format": take_word(body, "response_format", FORMS),
    }
    for name, table in SAME.items():
        if name in body:
            pairs[name] = take_word(body, name, table, passes=True)
    doc, kept = canonical(native, pairs, query, body)
    auth = "api_key" if "x-api-key" in native.headers else None
    target = Target("reka", model, operation="generate", surface="images", auth=auth)
    note = Note(pointer="/model", kind="unverified", given=model, reason=UNVERIFIED)
    return read(doc, kept, target, "reka/generations", (note,))
