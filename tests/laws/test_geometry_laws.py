"""
Laws of the geometry, on built-in-like specs and on grids drawn at random.

The judge of what is met and the oracle of the free grid are written here by
another way than the code's: by search, not by arithmetic.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from imagetx.errors import Unsayable
from imagetx.geometry import TIERS, Frame, Framed, compile_frame

Spec = dict[str, Any]
Asked = tuple[str | None, str | None, str | None]
Pair = tuple[int, int]

RATIOS = ["1:1", "2:3", "3:2", "4:5", "5:4", "9:16", "16:9", "21:9", "1:8", "8:1"]
TEN_BY_TIER = {
    "1:1 1K": "1024x1024",
    "1:1 2K": "2048x2048",
    "3:2 1K": "1264x848",
    "3:2 2K": "2528x1696",
    "16:9 1K": "1376x768",
    "16:9 2K": "2752x1536",
}
SPECS: list[Spec] = [
    {
        "form": "pixels",
        "as": "pair",
        "multiple": 16,
        "min": 320,
        "max": 4096,
        "pixels": [None, 4_194_304],
        "ratio": 4,
    },
    {
        "form": "pixels",
        "as": "text",
        "multiple": 16,
        "min": 16,
        "max": 3840,
        "pixels": [655_360, 8_294_400],
        "ratio": 3,
        "auto": True,
    },
    {"form": "pixels", "as": "text", "multiple": 1, "min": 256, "max": 1440},
    {
        "form": "list",
        "as": "text",
        "pairs": ["1024x1024", "1536x1024", "1024x1536"],
        "auto": True,
    },
    {"form": "list", "as": "pair", "pairs": ["512x512", "1173x640", "320x704"]},
    {"form": "ratio", "ratios": ["21:9", "16:9", "3:2", "1:1", "2:3"]},
    {"form": "ratio", "ratios": ["16:9", "1:1"], "tier": "1K"},
    {
        "form": "ratio",
        "ratios": ["16:9", "3:2"],
        "tier": "1K",
        "pixels": {"16:9": "1344x768", "3:2": "1248x832"},
    },
    {"form": "ratio", "ratios": ["1:1", "16:9", "7:3", "21:9"], "tiers": ["2K", "512"]},
    {
        "form": "ratio",
        "ratios": ["1:1", "3:2", "16:9"],
        "tiers": ["1K", "2K"],
        "pixels": TEN_BY_TIER,
    },
]
KNOWN = [
    *("1024x1024", "1536x1024", "1920x1080", "1376x768", "1344x768", "512x512"),
    *("816x816", "1x1", "999999999x1", "1x999999999", "999999999x999999999"),
]


@st.composite
def grids(draw: st.DrawFn) -> Spec:
    """
    Draw a free grid of at most 40 steps whose bounds do not exclude each other.
    """
    multiple = draw(st.sampled_from([8, 16, 64]))
    low = draw(st.integers(1, 20)) * multiple - draw(st.integers(0, multiple - 1))
    high = low + draw(st.integers(multiple, 40 * multiple))
    least = draw(st.none() | st.integers(1, high * high))
    most = draw(st.none() | st.integers(low * low, high * high * 2))
    bound = draw(st.none() | st.sampled_from([1, 1.5, 1.9, 2, 3, 4, 8]))
    spec: Spec = {
        "form": "pixels",
        "as": "pair",
        "multiple": multiple,
        "min": low,
        "max": high,
        "pixels": [least, most],
    }
    if bound is not None:
        spec["ratio"] = bound
    assume(legal_pairs(spec) != [])
    return spec


def edges() -> st.SearchStrategy[int]:
    """
    Draw edges, mostly of images.
    """
    return st.integers(1, 5000) | st.integers(1, 300).map(lambda n: 16 * n)


def sizes() -> st.SearchStrategy[str]:
    """
    Draw well-formed sizes.
    """
    drawn = st.builds(lambda width, height: f"{width}x{height}", edges(), edges())
    return st.sampled_from(KNOWN) | drawn


def ratios() -> st.SearchStrategy[str]:
    """
    Draw well-formed ratios.
    """
    term = st.integers(1, 40) | st.integers(1, 999_999_999)
    drawn = st.builds(lambda width, height: f"{width}:{height}", term, term)
    return st.sampled_from(RATIOS) | drawn


def asked() -> st.SearchStrategy[Asked]:
    """
    Draw all there is to ask, size and ratio often in agreement.
    """
    tiers = st.none() | st.sampled_from([*TIERS, "1k", "8K"])
    agreeing = sizes().map(lambda size: (size, size.replace("x", ":")))
    free = st.tuples(st.none() | sizes() | st.just("auto"), st.none() | ratios())
    return st.builds(lambda pair, tier: (*pair, tier), agreeing | free, tiers)


def specs() -> st.SearchStrategy[Spec]:
    """
    Draw specs of every form.
    """
    return st.sampled_from(SPECS) | grids()


def natives(spec: Spec) -> st.SearchStrategy[tuple[Any, ...]]:
    """
    Draw native values of the spec's shape: legal, well-formed and any others.
    """
    junk: st.SearchStrategy[Any] = st.sampled_from(
        [None, True, False, 0, -16, 1.5, 1024.0, "", "auto", "01x1", [], {}, 10**5000]
    ) | st.text(max_size=6)
    if spec["form"] == "ratio":
        ratio = junk | ratios() | st.sampled_from(spec["ratios"])
        tier = junk | st.sampled_from([*TIERS, "1k", "2k", "8K", 512])
        return st.tuples(ratio, tier) if "tiers" in spec else st.tuples(ratio)
    if spec["as"] == "text":
        return st.tuples(junk | sizes() | edges())
    return st.tuples(junk | edges(), junk | edges()) | st.tuples(edges(), edges())


def encode(frame: Frame, question: Asked) -> Framed:
    """
    Encode, and draw again where size and ratio disagree.
    """
    try:
        return frame.encode(*question)
    except Unsayable:
        assume(False)
        raise


def pair_of(text: str) -> Pair:
    """
    Read a size.
    """
    width, height = text.split("x")
    return int(width), int(height)


def ratio_of(text: str) -> Fraction:
    """
    Read a ratio.
    """
    width, height = text.split(":")
    return Fraction(int(width), int(height))


def legal_pairs(spec: Spec) -> list[Pair]:
    """
    List all pairs that a form of pixels allows, by the words of its spec.
    """
    if spec["form"] == "list":
        return [pair_of(text) for text in spec["pairs"]]
    steps = range(spec["multiple"], spec["max"] + 1, spec["multiple"])
    edges = [edge for edge in steps if edge >= spec["min"]]
    least, most = spec.get("pixels", [None, None])
    bound = Fraction(str(spec.get("ratio", 10**9)))
    return [
        (width, height)
        for width, height in product(edges, edges)
        if (least is None or width * height >= least)
        and (most is None or width * height <= most)
        and max(width, height) <= bound * min(width, height)
    ]


def is_legal(spec: Spec, pair: Pair) -> bool:
    """
    Tell whether one pair is allowed, without listing them all.
    """
    if spec["form"] == "list":
        return pair in legal_pairs(spec)
    least, most = spec.get("pixels", [None, None])
    return (
        all(edge % spec["multiple"] == 0 for edge in pair)
        and all(spec["min"] <= edge <= spec["max"] for edge in pair)
        and (least is None or pair[0] * pair[1] >= least)
        and (most is None or pair[0] * pair[1] <= most)
        and max(pair) <= Fraction(str(spec.get("ratio", 10**9))) * min(pair)
    )


def distance(a: Fraction | int, b: Fraction | int) -> Fraction:
    """
    Measure as design.md says.
    """
    return max(Fraction(a) / b, Fraction(b) / a)


def unmet(spec: Spec, question: Asked, framed: Framed) -> set[str]:
    """
    Judge from the native values alone which asked fields are not met.
    """
    size, ratio, tier = question
    size = None if size == "auto" else size
    if size is None and ratio is None and tier in (None, "8K"):
        return {"resolution"} if tier == "8K" else set()
    found = set()
    if spec["form"] == "ratio":
        label, written = (*framed.natives, None)[:2]
        key = f"{label} {written}" if "tiers" in spec else label
        if size is not None and spec.get("pixels", {}).get(key) != size:
            found.add("size")
        if ratio is not None and ratio_of(str(label)) != ratio_of(ratio):
            found.add("aspect_ratio")
        given = written if "tiers" in spec else spec.get("tier")
        if tier is not None and tier.upper() != given:
            found.add("resolution")
        return found
    paired = spec["as"] == "pair"
    text = "{}x{}".format(*framed.natives) if paired else framed.natives[0]
    width, height = pair_of(str(text))
    if size is not None and size != text:
        found.add("size")
    if ratio is not None and Fraction(width, height) != ratio_of(ratio):
        found.add("aspect_ratio")
    if tier is not None:
        area = TIERS.get(tier.upper(), 0)
        if not area * Fraction(95, 100) <= width * height <= area:
            found.add("resolution")
    return found


@given(spec=specs(), question=asked())
@settings(deadline=None)
@example(spec=SPECS[1], question=("auto", None, "8K"))
def test_losses_are_exactly_the_unmet_fields(spec: Spec, question: Asked) -> None:
    """L2: a loss for every field that is not met, none for any other."""
    framed = encode(compile_frame(spec), question)
    fields = [loss.field for loss in framed.losses]

    assert set(fields) == unmet(spec, question, framed)
    assert len(fields) == len(set(fields))
    for loss in framed.losses:
        assert len(loss.reason) < 200
        if loss.used is None:
            assert loss.field == "resolution"


@given(spec=specs(), question=asked())
@settings(deadline=None)
def test_encode_is_stable(spec: Spec, question: Asked) -> None:
    """L1: encode, decode and encode again give the same; all of it is said."""
    frame = compile_frame(spec)
    framed = encode(frame, question)
    said, kept = frame.decode(framed.natives)
    again = frame.encode(said.get("size"), said.get("aspect_ratio"), said.get("resolution"))

    assert kept == ()
    assert again == Framed(framed.natives)


@given(spec=specs(), question=asked())
@settings(deadline=None)
def test_encode_writes_only_what_is_legal(spec: Spec, question: Asked) -> None:
    """L6: every pair, ratio and tier is one the spec allows."""
    framed = encode(compile_frame(spec), question)
    written = [native for native in framed.natives if native is not None]
    if spec["form"] == "ratio":
        for native, offered in zip(framed.natives, (spec["ratios"], spec.get("tiers", [])), strict=False):
            assert native is None or native in offered
    elif written == ["auto"]:
        assert spec["auto"]
        assert question[0] == "auto"
    elif written != []:
        text = written[0] if spec["as"] == "text" else "{}x{}".format(*written)
        assert is_legal(spec, pair_of(str(text)))


@given(spec=specs(), data=st.data())
@settings(deadline=None)
def test_natives_are_said_or_kept(spec: Spec, data: st.DataObject) -> None:
    """L3: what is said, written again, and what is kept make the native values."""
    frame = compile_frame(spec)
    native = data.draw(natives(spec))
    said, kept = frame.decode(native)
    written = frame.encode(said.get("size"), said.get("aspect_ratio"), said.get("resolution")).natives

    rebuilt = [native[i] if i in kept else new for i, new in enumerate(written)]
    assert [(type(x), x) for x in rebuilt] == [(type(x), x) for x in native]
    assert all(native[i] is not None for i in kept)


@given(
    spec=specs(),
    question=st.tuples(*[st.none() | st.text() | sizes() | ratios() | st.integers()] * 3),
)
@settings(deadline=None)
def test_encode_gives_a_value_or_unsayable(spec: Spec, question: Any) -> None:
    """L4: no other exception, whatever the texts are; twice the same."""
    frame = compile_frame(spec)
    try:
        framed = frame.encode(*question)
    except Unsayable:
        return

    assert frame.encode(*question) is framed or framed == frame.encode(*question)
    assert compile_frame(spec).encode(*question) == framed


def ideal_squares(spec: Spec, ratio: Fraction, area: int) -> tuple[Fraction, Fraction]:
    """
    Scale the squares of the ideal edges into the bounds; by design.md's words.
    """
    usable = [edge for edge in range(spec["multiple"], spec["max"] + 1, spec["multiple"]) if edge >= spec["min"]]
    width, height = area * ratio, area / ratio
    least, most = spec["pixels"]
    most = usable[-1] ** 2 if most is None else most
    grow = max(
        usable[0] ** 2 / width,
        usable[0] ** 2 / height,
        Fraction(1 if least is None else least, area),
    )
    shrink = min(usable[-1] ** 2 / width, usable[-1] ** 2 / height, Fraction(most, area))
    scale = min(max(grow, Fraction(1)), shrink)
    return width * scale, height * scale


def around(edges: list[int], square: Fraction, steps: int) -> list[int]:
    """
    Give floor and ceiling of an edge by its square, and so many steps more.
    """
    below = [edge for edge in edges if edge**2 <= square] or edges[:1]
    above = [edge for edge in edges if edge**2 >= square] or edges[-1:]
    first, last = edges.index(below[-1]), edges.index(above[0])
    return edges[max(0, first - steps) : last + steps + 1]


def oracle(spec: Spec, ratio: Fraction, area: int, pixels: Pair | None) -> Pair | None:
    """
    Find the pair by listing the whole grid; None where the rule is silent: no
    legal pair within one grid step of the ideal edges.
    """
    legal = legal_pairs(spec)
    if pixels in legal:
        return pixels
    bound = Fraction(str(spec.get("ratio", 10**9)))
    clamped = min(max(ratio, 1 / bound), bound)
    exact = [pair for pair in legal if Fraction(*pair) == clamped and pair[0] * pair[1] <= area]
    if pixels is None and exact:
        largest = max(exact)
        if largest[0] * largest[1] >= Fraction(95, 100) * area:
            return largest
    width, height = ideal_squares(spec, clamped, area)
    edges = [edge for edge in range(spec["multiple"], spec["max"] + 1, spec["multiple"]) if edge >= spec["min"]]
    for cap in (True, False) if pixels is None else (False,):
        for steps in (0, 1):
            near = product(around(edges, width, steps), around(edges, height, steps))
            found = [pair for pair in near if pair in legal and (not cap or pair[0] * pair[1] <= area)]
            if found:
                return min(
                    found,
                    key=lambda pair: (
                        distance(Fraction(*pair), ratio),
                        distance(pair[0] * pair[1], area),
                        min(pair),
                    ),
                )
    return None


@given(spec=grids(), size=sizes())
@settings(deadline=None)
def test_a_size_on_a_free_grid_agrees_with_the_search(spec: Spec, size: str) -> None:
    """The nearest pair of a size is what a search of the grid finds."""
    width, height = pair_of(size)
    expected = oracle(spec, Fraction(width, height), width * height, (width, height))
    assume(expected is not None)

    assert compile_frame(spec).encode(size, None, None).natives == expected


@given(spec=grids(), ratio=ratios(), tier=st.none() | st.sampled_from([*TIERS]))
@settings(deadline=None)
def test_a_ratio_on_a_free_grid_agrees_with_the_search(spec: Spec, ratio: str, tier: str | None) -> None:
    """The pair of a ratio and a tier is what a search of the grid finds."""
    area = TIERS["1K" if tier is None else tier]
    expected = oracle(spec, ratio_of(ratio), area, None)
    assume(expected is not None)

    assert compile_frame(spec).encode(None, ratio, tier).natives == expected
