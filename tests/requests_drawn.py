"""Canonical requests and answers as hypothesis draws them: every field, legal and odd values."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from imagetx.words import CATEGORIES, REQUEST_FIELDS, WORDS
from tests.dialects import Case
from tests.images import REFERENCES, masks, names, sources, text

Json = Any

SIZES = [
    "auto",
    "256x256",
    "512x512",
    "1024x1024",
    "1536x1024",
    "1024x1536",
    "1792x1024",
    "1024x1792",
    "1920x1080",
    "3840x2160",
    "2048x2048",
    "4096x4096",
    "1376x768",
    "848x1264",
    "640x1536",
    "100x3000",
    "1x1",
    "99999x1",
]
RATIOS = [
    "1:1",
    "16:9",
    "9:16",
    "3:2",
    "2:3",
    "4:3",
    "3:4",
    "5:4",
    "4:5",
    "21:9",
    "9:21",
    "1:8",
    "8:1",
    "7:5",
    "1000:1",
]
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=40)


def _words(name: str) -> st.SearchStrategy[str]:
    return st.sampled_from(WORDS[name]) | st.sampled_from(["ultra", "photographic", "anime", "photorealism", "4"])


def field_values(case: Case) -> dict[str, st.SearchStrategy[Json]]:
    """Give the strategy of every canonical field that generate may hold, impossible values left out."""
    limits = case.dialect.says["request"].get("limits", {})
    most = limits.get("n", {}).get("maximum", 1)
    seeds = st.integers(0, min(limits.get("seed", {}).get("maximum", 2**32), 2**63)) | st.sampled_from([0, 1, 12])
    number = st.integers(-5, 200) | st.floats(-5, 200, allow_nan=False).map(lambda value: round(value, 3))
    values: dict[str, st.SearchStrategy[Json]] = {
        "prompt": TEXT,
        "n": st.integers(1, most),
        "size": st.sampled_from(SIZES)
        | st.tuples(st.integers(1, 5000), st.integers(1, 5000)).map(lambda p: f"{p[0]}x{p[1]}"),
        "aspect_ratio": st.sampled_from(RATIOS),
        "user": st.from_regex(r"[!-~]([ -~]{0,20}[!-~])?", fullmatch=True),
        "safety_identifier": st.from_regex(r"[!-~]{1,20}", fullmatch=True),
        "seed": seeds,
        "steps": st.integers(-3, 200),
        "output_compression": st.integers(-10, 120),
        "guidance_scale": number,
        "strength": number,
        "partial_images": st.integers(0, 3),
        "negative_prompt": TEXT,
        "sampler": st.sampled_from(["ddim", "K_EULER"]),
        "language": st.sampled_from(["en", "de"]),
        "stream": st.booleans(),
        "watermark": st.booleans(),
        "enhance_prompt": st.booleans(),
    }
    values |= {name: _words(name) for name in WORDS if name not in ("resolution",)}
    values["resolution"] = st.sampled_from(WORDS["resolution"])
    return {name: values[name] for name in REQUEST_FIELDS if name in values}


@cache  # a strategy is dear to build, and is drawn from once an example
def canonical_requests(case: Case, *, nulls: bool = False) -> st.SearchStrategy[dict[str, Json]]:
    """Draw requests for a dialect; the model is left to the target."""
    values = field_values(case)
    if nulls:
        values = {name: st.none() | value if name != "prompt" else value for name, value in values.items()}
    prompt = {"prompt": values.pop("prompt")}
    plain = st.fixed_dictionaries(prompt, optional=values).filter(_agrees)
    inputs = case.inputs
    if inputs is None:
        return plain
    edits = st.tuples(plain, _with_images(case, inputs)).map(lambda both: {**both[0], **both[1]})
    return plain | edits if "generate" in case.dialect.operations and inputs["alone"] else edits


def example(case: Case, **fields: Json) -> dict[str, Json]:
    """Give one plain request of a dialect, with the images and the native keys that it demands."""
    inputs = case.inputs
    if inputs is None or (inputs["alone"] and "generate" in case.dialect.operations):
        return {"prompt": "a fox", **fields}
    request: dict[str, Json] = {"prompt": "a fox", "image": [text(names(inputs["size"], inputs["types"])[0])]}
    request["image"] *= max(1, inputs["count"][0])
    if inputs["mask"] == "must":
        request["mask"] = {"image": text(f"mask-white-{inputs['size']}.png"), "edits": "white"}
    if "edit" not in case.dialect.operations or "operation" in inputs:
        request["operation"] = "variation"
    if "provider_options" in inputs:
        request["provider_options"] = {case.dialect.provider: inputs["provider_options"]}
    return {**request, **fields}


@st.composite
def _with_images(draw: st.DrawFn, case: Case, inputs: Json) -> dict[str, Json]:
    """Draw the images and the mask of an edit or a variation, as the witness says what is taken."""
    least = max(1, inputs["count"][0])
    count = draw(st.integers(least, max(least, min(inputs["count"][1], 3))))
    files = [*names(inputs["size"], inputs["types"]), *(kind for kind in inputs["sources"] if kind != "bytes")]
    drawn = [draw(st.sampled_from(files)) for _ in range(count)]
    images = [REFERENCES[each] if each in REFERENCES else draw(sources(each)) for each in drawn]
    request: dict[str, Json] = {"image": images[0] if count == 1 and draw(st.booleans()) else images}
    if inputs["mask"] == "must" or (inputs["mask"] == "may" and draw(st.booleans())):
        request["mask"] = draw(masks(inputs["size"]))
    operations = [each for each in case.dialect.operations if each != "generate"]
    if "operation" in inputs:
        request["operation"] = inputs["operation"]
    elif operations and (operations[0] != "edit" or (len(operations) > 1 and draw(st.booleans()))):
        request["operation"] = operations[-1]
    if "provider_options" in inputs:
        request["provider_options"] = {case.dialect.provider: inputs["provider_options"]}
    return request


def _agrees(request: dict[str, Json]) -> bool:
    """Leave out what is an error by rule: a size and a ratio that say different things."""
    size, ratio = request.get("size"), request.get("aspect_ratio")
    if size in (None, "auto") or ratio is None:
        return True
    width, height = map(int, size.split("x"))
    a, b = map(int, ratio.split(":"))
    return max(width * b, height * a) <= 1.04 * min(width * b, height * a)


IMAGES = st.sampled_from(["iVBORw0KGgo=", "/9j/4A==", "UklGRhoAAABXRUJQ", "AAAA", "", "aGVsbG8="])
COUNT = st.integers(0, 10**6)
USAGE = st.fixed_dictionaries(
    {"input_tokens": COUNT, "output_tokens": COUNT},
    optional={
        "total_tokens": COUNT,
        "input_tokens_details": st.fixed_dictionaries({"text_tokens": COUNT, "image_tokens": COUNT}),
    },
)
ITEM = st.fixed_dictionaries(
    {"b64_json": IMAGES},
    optional={
        "seed": st.integers(0, 2**32 - 1),
        "finish_reason": st.sampled_from(["stop", "content_filter", "length", "error"]),
        "mime_type": st.sampled_from(["image/png", "image/jpeg", "image/webp"]),
        "revised_prompt": TEXT,
    },
)
RESPONSES = st.fixed_dictionaries(
    {"data": st.lists(ITEM, min_size=1, max_size=4)},
    optional={
        "created": st.integers(0, 2**31),
        "usage": USAGE,
        "output_format": st.sampled_from(["png", "jpeg", "webp"]),
        "quality": st.sampled_from(["low", "high"]),
        "size": st.sampled_from(["1024x1024", "1536x1024"]),
        "background": st.sampled_from(["opaque", "transparent"]),
        "request_id": st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True),
        "text": st.lists(TEXT, min_size=1, max_size=2),
        "drafts": st.lists(
            st.fixed_dictionaries({"b64_json": IMAGES, "mime_type": st.just("image/png")}), min_size=1, max_size=2
        ),
        "filtered": st.lists(st.fixed_dictionaries({"reason": TEXT}), min_size=1, max_size=2),
    },
)
ERRORS = st.fixed_dictionaries(
    {
        "category": st.sampled_from(sorted(CATEGORIES)),
        "error": st.fixed_dictionaries(
            {"message": TEXT}, optional={"param": st.sampled_from(["size", "prompt", "seed"])}
        ),
    },
    optional={"retry_after_s": st.integers(0, 3600), "request_id": st.from_regex(r"[a-z0-9-]{1,20}", fullmatch=True)},
)
