"""
Tables of cases for the geometry: design.md's examples and the dossiers' sizes.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from imagetx.errors import Unsayable
from imagetx.geometry import (
    TIERS,
    Frame,
    Framed,
    Loss,
    compile_frame,
    parse_ratio,
    parse_size,
)
from imagetx.grid import compile_grid

Spec = dict[str, Any]


def texts(line: str) -> list[str]:
    """
    Split a table's line.
    """
    return line.split()


# bedrock.md 3.2
NOVA: Spec = {
    "form": "pixels",
    "as": "pair",
    "multiple": 16,
    "min": 320,
    "max": 4096,
    "pixels": [None, 4_194_304],
    "ratio": 4,
}
# openai.md 2, size class flexible
FLEXIBLE: Spec = {
    "form": "pixels",
    "as": "text",
    "multiple": 16,
    "min": 16,
    "max": 3840,
    "pixels": [655_360, 8_294_400],
    "ratio": 3,
    "auto": True,
}
# openai.md 2
FIXED_3: Spec = {
    "form": "list",
    "as": "text",
    "pairs": ["1024x1024", "1536x1024", "1024x1536"],
    "auto": True,
}
DALL_E_3: Spec = {
    "form": "list",
    "as": "text",
    "pairs": ["1024x1024", "1792x1024", "1024x1792"],
}
DALL_E_2: Spec = {
    "form": "list",
    "as": "text",
    "pairs": ["256x256", "512x512", "1024x1024"],
}
# bedrock.md 3.1
TITAN: Spec = {
    "form": "list",
    "as": "pair",
    "pairs": texts(
        "1024x1024 768x1280 768x768 384x640 768x1152 1280x768 512x512 640x384 "
        "1152x768 768x1408 384x576 384x704 896x1152 1408x768 576x384 704x384 "
        "1152x896 640x1408 448x576 320x704 1152x640 1408x640 576x448 704x320 "
        "1173x640"
    ),
}
# bedrock.md 3.3
SDXL: Spec = {
    "form": "list",
    "as": "pair",
    "pairs": texts("1024x1024 1152x896 1216x832 1344x768 1536x640 640x1536 768x1344 832x1216 896x1152"),
}
# stability.md 3.1
STABILITY: Spec = {
    "form": "ratio",
    "ratios": texts("21:9 16:9 3:2 5:4 1:1 4:5 2:3 9:16 9:21"),
}

# gemini.md 2.1: ratio, gemini-2.5-flash-image, 512, 1K, 2K, 4K
GEMINI_PIXELS = """
1:1   1024x1024  512x512   1024x1024  2048x2048  4096x4096
2:3   832x1248   424x632   848x1264   1696x2528  3392x5056
3:2   1248x832   632x424   1264x848   2528x1696  5056x3392
3:4   864x1184   448x600   896x1200   1792x2400  3584x4800
4:3   1184x864   600x448   1200x896   2400x1792  4800x3584
4:5   896x1152   464x576   928x1152   1856x2304  3712x4608
5:4   1152x896   576x464   1152x928   2304x1856  4608x3712
9:16  768x1344   384x688   768x1376   1536x2752  3072x5504
16:9  1344x768   688x384   1376x768   2752x1536  5504x3072
21:9  1536x672   792x336   1584x672   3168x1344  6336x2688
1:4   -          256x1024  512x2048   1024x4096  2048x8192
4:1   -          1024x256  2048x512   4096x1024  8192x2048
1:8   -          192x1536  384x3072   768x6144   1536x12288
8:1   -          1536x192  3072x384   6144x768   12288x1536
"""
GEMINI_ROWS = [line.split() for line in GEMINI_PIXELS.strip().splitlines()]
GEMINI_14 = [row[0] for row in GEMINI_ROWS]
GEMINI_10 = GEMINI_14[:10]


def gemini(ratios: list[str], tiers: list[str]) -> Spec:
    """
    Build the spec of a Gemini model that takes imageSize.
    """
    columns = dict(zip(("512", "1K", "2K", "4K"), range(2, 6), strict=True))
    pixels = {f"{row[0]} {tier}": row[columns[tier]] for row in GEMINI_ROWS if row[0] in ratios for tier in tiers}
    return {"form": "ratio", "ratios": ratios, "tiers": tiers, "pixels": pixels}


NANO_BANANA = gemini(GEMINI_14, ["1K", "2K", "4K"])
FLASH_31 = gemini(GEMINI_14, ["512", "1K", "2K", "4K"])
LITE_31 = gemini(GEMINI_14, ["1K"])
FLASH_25: Spec = {
    "form": "ratio",
    "ratios": GEMINI_10,
    "tier": "1K",
    "pixels": {row[0]: row[1] for row in GEMINI_ROWS if row[0] in GEMINI_10},
}

nova, flexible, fixed_3 = map(compile_frame, (NOVA, FLEXIBLE, FIXED_3))
titan, sdxl, stability = map(compile_frame, (TITAN, SDXL, STABILITY))
nano_banana, flash_25 = map(compile_frame, (NANO_BANANA, FLASH_25))

Asked = tuple[str | None, str | None, str | None]


def lost(framed: Framed) -> dict[str, str | None]:
    """
    Give what is lost, without the reasons.
    """
    return {loss.field: loss.used for loss in framed.losses}


def test_the_tiers_are_squares_of_their_edges() -> None:
    """The four words and their areas."""
    assert TIERS == {"512": 262144, "1K": 1048576, "2K": 4194304, "4K": 16777216}


def test_parse_reads_sizes_and_ratios() -> None:
    """Sizes are pairs, auto is absence, ratios are fractions."""
    assert parse_size("1536x1024") == (1536, 1024)
    assert parse_size("auto") is None
    assert parse_ratio("21:9") == Fraction(7, 3)
    assert parse_ratio("999999999:1") == 999_999_999


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "1024", "1024x", "x1024", "0x1024", "01024x1024", "1024X1024"),
        *("1024*1024", " 1024x1024", "1024x1024\n", "-1x1", "1.5x1", "AUTO"),
        *("1024x1024x1", "1000000000x1", "9" * 5000 + "x1", "\u0661x1024"),
    ],
)
def test_parse_refuses_malformed_texts(text: str) -> None:
    """What is no size is no ratio either, with the other separator."""
    with pytest.raises(Unsayable):
        parse_size(text)
    with pytest.raises(Unsayable):
        parse_ratio(text.replace("x", ":"))
    with pytest.raises(Unsayable):
        fixed_3.encode(text, None, None)


def test_a_ratio_is_never_auto() -> None:
    """Only the size has auto."""
    with pytest.raises(Unsayable):
        flexible.encode(None, "auto", None)


@pytest.mark.parametrize("value", [1024, True, 1.5, [], {}, ["1K"]])
def test_what_is_no_text_is_unsayable(value: Any) -> None:
    """Wrong JSON types end as Unsayable in every field, hashable or not."""
    with pytest.raises(Unsayable):
        nova.encode(value, None, None)
    with pytest.raises(Unsayable):
        stability.encode(None, value, None)
    with pytest.raises(Unsayable):
        stability.encode(None, None, value)


def test_design_examples() -> None:
    """1920x1080 on multiples of 16 is 1920x1088; 16:9 at 1K on Nova is 1360x768."""
    assert nova.encode("1920x1080", None, None) == Framed(
        (1920, 1088),
        (
            Loss(
                "size",
                "1920x1088",
                "1920x1080 is not legal here; nearest are 1920x1088, 1920x1072, 1936x1088",
            ),
        ),
    )
    assert flexible.encode("1920x1080", None, None).natives == ("1920x1088",)
    assert nova.encode(None, "16:9", "1K") == Framed(
        (1360, 768),
        (
            Loss(
                "aspect_ratio",
                "1360x768",
                "1360x768 is not exactly 16:9; nearest are 1360x768, 1344x752, 1344x768",
            ),
        ),
    )


# bedrock.md 4.3, first table; its Nova column shows 256x256 and 1920x1080 mended
@pytest.mark.parametrize(
    ("size", "of_titan", "of_sdxl", "of_stability", "of_nova"),
    [
        ("256x256", "512x512", "1024x1024", "1:1", "320x320"),
        ("512x512", "512x512", "1024x1024", "1:1", "512x512"),
        ("1024x1024", "1024x1024", "1024x1024", "1:1", "1024x1024"),
        ("1536x1024", "1152x768", "1216x832", "3:2", "1536x1024"),
        ("1024x1536", "768x1152", "832x1216", "2:3", "1024x1536"),
        ("1792x1024", "1152x640", "1344x768", "16:9", "1792x1024"),
        ("1024x1792", "768x1408", "768x1344", "9:16", "1024x1792"),
        ("1920x1080", "1152x640", "1344x768", "16:9", "1920x1088"),
    ],
)
def test_bedrock_sizes(size: str, of_titan: str, of_sdxl: str, of_stability: str, of_nova: str) -> None:
    """The dossier's sizes on lists, on ratios and on the grid."""
    for frame, expected in ((titan, of_titan), (sdxl, of_sdxl), (nova, of_nova)):
        framed = frame.encode(size, None, None)
        assert framed.natives == parse_size(expected)
        assert lost(framed) == ({} if expected == size else {"size": expected})
    framed = stability.encode(size, None, None)
    assert framed.natives == (of_stability,)
    assert lost(framed) == {"size": of_stability}


# bedrock.md 4.3, second table, Titan, SDXL and Stability columns
@pytest.mark.parametrize(
    ("ratio", "of_titan", "of_sdxl", "of_stability"),
    [
        ("1:1", "1024x1024", "1024x1024", "1:1"),
        ("5:4", "1152x896", "1152x896", "5:4"),
        ("4:5", "896x1152", "896x1152", "4:5"),
        ("4:3", "1152x896", "1152x896", "5:4"),
        ("3:4", "896x1152", "896x1152", "4:5"),
        ("3:2", "1152x768", "1216x832", "3:2"),
        ("2:3", "768x1152", "832x1216", "2:3"),
        ("16:9", "1152x640", "1344x768", "16:9"),
        ("9:16", "768x1408", "768x1344", "9:16"),
        ("21:9", "1408x640", "1536x640", "21:9"),
        ("9:21", "640x1408", "640x1536", "9:21"),
    ],
)
def test_bedrock_ratios(ratio: str, of_titan: str, of_sdxl: str, of_stability: str) -> None:
    """The dossier's ratios, which on Titan fall in its class L: 1K is home."""
    assert titan.encode(None, ratio, None).natives == parse_size(of_titan)
    assert sdxl.encode(None, ratio, None).natives == parse_size(of_sdxl)
    framed = stability.encode(None, ratio, None)
    assert framed.natives == (of_stability,)
    losses = {} if ratio == of_stability else {"aspect_ratio": of_stability}
    assert lost(framed) == losses


# bedrock.md 4.3, second table, Nova columns; where design.md's rule gives another
# pair the comment has the dossier's: 5:4 has an exact pair 4 % below the tier, and
# 9:21 is 21:9 turned (the dossier's are more than one step off the ideal edges)
@pytest.mark.parametrize(
    ("ratio", "one", "two"),
    [
        ("1:1", "1024x1024", "2048x2048"),
        ("5:4", "1120x896", "2240x1792"),  # 1136x912, 2288x1824
        ("4:5", "896x1120", "1792x2240"),  # 912x1136, 1824x2288
        ("4:3", "1168x880", "2352x1760"),
        ("3:4", "880x1168", "1760x2352"),
        ("3:2", "1248x832", "2496x1664"),
        ("2:3", "832x1248", "1664x2496"),
        ("16:9", "1360x768", "2720x1536"),
        ("9:16", "768x1360", "1536x2720"),
        ("21:9", "1552x672", "3120x1344"),
        ("9:21", "672x1552", "1344x3120"),  # 656x1536, 1328x3104
    ],
)
def test_nova_ratios(ratio: str, one: str, two: str) -> None:
    """Ratios at 1K and 2K on a free grid; the ratio is noted unless it is exact."""
    for tier, expected in (("1K", one), ("2K", two)):
        framed = nova.encode(None, ratio, tier)
        width, height = map(int, expected.split("x"))
        exact = Fraction(width, height) == parse_ratio(ratio)
        assert framed.natives == (width, height)
        assert lost(framed) == ({} if exact else {"aspect_ratio": expected})


@pytest.mark.parametrize(
    ("asked", "expected", "losses"),
    [
        ((None, "1:1", None), "1024x1024", {}),
        ((None, "16:9", "2K"), "2720x1536", {"aspect_ratio"}),
        ((None, "16:9", "4K"), "3840x2160", {"resolution"}),
        ((None, "1:1", "4K"), "2880x2880", {"resolution"}),
        ((None, "3:2", None), "1248x832", {}),
        # the floor of 655,360 px: up, and no cap where no pair is below the tier
        (("512x512", None, None), "816x816", {"size"}),
        (("768x768", None, None), "816x816", {"size"}),
        ((None, None, "512"), "816x816", {"resolution"}),
        # ratios beyond 3:1 are as 3:1, whose exact pair is 5.1 % below 1K
        ((None, "3:1", None), "1760x592", {"aspect_ratio"}),
        ((None, "8:1", None), "1760x592", {"aspect_ratio"}),
        ((None, "8:1", "2K"), "3504x1168", {"aspect_ratio"}),
        (("3840x1000", None, None), "3408x1136", {"size"}),
        # the same turned
        ((None, "1:3", None), "592x1760", {"aspect_ratio"}),
        ((None, "1:8", None), "592x1760", {"aspect_ratio"}),
        ((None, "1:8", "2K"), "1168x3504", {"aspect_ratio"}),
        (("1000x3840", None, None), "1136x3408", {"size"}),
        # the size decides
        (("1920x1088", "16:9", "2K"), "1920x1088", {"aspect_ratio", "resolution"}),
        (("2048x2048", "1:1", "2K"), "2048x2048", {}),
        (("9000x9000", None, None), "2880x2880", {"size"}),
        # a tie of the ratio: the area decides, here 1008² (1.0161 against 1.0162)
        (("1000x1000", None, None), "1008x1008", {"size"}),
    ],
)
def test_openai_flexible(asked: Asked, expected: str, losses: set[str]) -> None:
    """OpenAI's flexible sizes by design.md's rule."""
    framed = flexible.encode(*asked)

    assert framed.natives == (expected,)
    assert lost(framed) == dict.fromkeys(losses, expected)


@pytest.mark.parametrize(
    ("asked", "three", "dall_e_3", "dall_e_2"),
    [
        ((None, "16:9", None), "1536x1024", "1792x1024", "1024x1024"),
        ((None, "2:3", None), "1024x1536", "1024x1792", "1024x1024"),
        ((None, "6:5", None), "1024x1024", "1024x1024", "1024x1024"),
        ((None, "5:4", "4K"), "1536x1024", "1024x1024", "1024x1024"),
        ((None, None, "512"), "1024x1024", "1024x1024", "512x512"),
        (("1920x1080", None, None), "1536x1024", "1792x1024", "1024x1024"),
        (("300x300", None, None), "1024x1024", "1024x1024", "256x256"),
    ],
)
def test_openai_lists(asked: Asked, three: str, dall_e_3: str, dall_e_2: str) -> None:
    """Thresholds are geometric means: 1.2247 on fixed-3, 1.3229 on DALL-E 3."""
    expected = (three, dall_e_3, dall_e_2)
    for spec, text in zip((FIXED_3, DALL_E_3, DALL_E_2), expected, strict=True):
        assert compile_frame(spec).encode(*asked).natives == (text,)


def test_auto_is_written_only_where_it_exists_and_alone() -> None:
    """Auto beside a ratio or tier is absence; where there is no auto, always."""
    assert flexible.encode("auto", None, None) == Framed(("auto",))
    assert flexible.encode("auto", "1:1", None) == Framed(("1024x1024",))
    assert flexible.encode("auto", None, "2K") == Framed(("2048x2048",))
    assert nova.encode("auto", None, None) == Framed((None, None))
    assert stability.encode("auto", None, None) == Framed((None,))
    assert stability.encode("auto", "3:2", None) == Framed(("3:2",))


@pytest.mark.parametrize("frame", [nova, flexible, fixed_3, stability, nano_banana])
def test_nothing_asked_is_nothing_written(frame: Frame) -> None:
    """Silence stays silence."""
    assert frame.encode(None, None, None) == Framed((None,) * frame.form.count)


@pytest.mark.parametrize("row", GEMINI_ROWS, ids=lambda row: row[0])
def test_gemini_published_pixels(row: list[str]) -> None:
    """Every published size is met exactly and gives its own ratio and tier."""
    ratio, old, *columns = row
    frame = compile_frame(FLASH_31)
    for tier, size in zip(("512", "1K", "2K", "4K"), columns, strict=True):
        assert frame.encode(size, None, None) == Framed((ratio, tier))
        assert frame.encode(size, ratio, tier) == Framed((ratio, tier))
        assert frame.encode(None, ratio, tier) == Framed((ratio, tier))
    if old != "-":
        assert flash_25.encode(old, ratio, "1K") == Framed((ratio,))


@pytest.mark.parametrize(
    ("asked", "natives", "losses"),
    [
        ((None, "16:9", None), ("16:9", None), {}),
        ((None, None, "2K"), (None, "2K"), {}),
        ((None, None, "2k"), (None, "2K"), {}),
        ((None, None, "512"), (None, "1K"), {"resolution": "1K"}),
        ((None, "9:21", "4K"), ("9:16", "4K"), {"aspect_ratio": "9:16"}),
        ((None, "32:18", None), ("16:9", None), {}),
        ((None, None, "8K"), (None, None), {"resolution": None}),
        (("1536x1024", None, None), ("3:2", "1K"), {"size": "1264x848"}),
        (
            ("1920x1080", "16:9", "2K"),
            ("16:9", "1K"),
            {"size": "1376x768", "resolution": "1K"},
        ),
        # 1264x848 is not 3:2, but the name of it is
        (("1264x848", "3:2", "1K"), ("3:2", "1K"), {}),
        # 1.25 is 5:4 by name, although 1152x928 is 1.241
        (("1280x1024", None, None), ("5:4", "1K"), {"size": "1152x928"}),
        (("4000x4000", None, None), ("1:1", "4K"), {"size": "4096x4096"}),
    ],
)
def test_gemini_with_tiers(asked: Asked, natives: tuple[str | None, ...], losses: dict[str, str | None]) -> None:
    """Ratio and tier, each written only when asked, both for a size."""
    framed = nano_banana.encode(*asked)

    assert framed.natives == natives
    assert lost(framed) == losses


@pytest.mark.parametrize(
    ("frame", "asked", "natives", "losses"),
    [
        (flash_25, (None, None, "1K"), (None,), {}),
        (flash_25, (None, "1:1", "4K"), ("1:1",), {"resolution": "1K"}),
        (flash_25, ("1536x1024", None, None), ("3:2",), {"size": "1248x832"}),
        (stability, (None, "16:9", "1K"), ("16:9",), {"resolution": None}),
        (
            stability,
            ("1024x1024", None, "1K"),
            ("1:1",),
            {"size": "1:1", "resolution": None},
        ),
        # stability.md 4.3
        (stability, (None, "4:3", None), ("5:4",), {"aspect_ratio": "5:4"}),
        (stability, (None, "3:1", None), ("21:9",), {"aspect_ratio": "21:9"}),
        (stability, (None, "1:2", None), ("9:16",), {"aspect_ratio": "9:16"}),
    ],
)
def test_ratio_dialects_without_tiers(
    frame: Frame,
    asked: Asked,
    natives: tuple[str | None],
    losses: dict[str, str | None],
) -> None:
    """A tier is met if it is the one that is always given, else it is lost."""
    framed = frame.encode(*asked)

    assert framed.natives == natives
    assert lost(framed) == losses


def test_equal_tier_distances_go_to_the_smaller() -> None:
    """1K lies as far from 512 as from 2K by edges, by area as well."""
    frame = compile_frame({"form": "ratio", "ratios": ["1:1"], "tiers": ["2K", "512"]})

    assert lost(frame.encode(None, "1:1", "1K")) == {"resolution": "512"}
    assert frame.encode("1024x1024", None, None).natives == ("1:1", "512")


def test_equal_distances_on_a_list_go_to_the_smaller_short_edge() -> None:
    """Half and double the edges are equally far in area."""
    pairs = ["2000x2000", "500x500"]
    frame = compile_frame({"form": "list", "as": "text", "pairs": pairs})

    assert frame.encode("1000x1000", None, None).natives == ("500x500",)


def test_a_tier_caps_the_area_even_where_the_edges_had_to_grow() -> None:
    """13:5 at 512 is 825.6x317.5, below Nova's 320: 832x320 is above the tier."""
    assert nova.encode(None, "13:5", "512").natives == (816, 320)


def test_equal_ratio_distances_go_to_the_smaller_short_edge() -> None:
    """4:3 is the geometric mean of 1:1 and 16:9; at one area 16:9 is flatter."""
    frame = compile_frame({"form": "ratio", "ratios": ["1:1", "16:9"]})

    assert frame.encode(None, "4:3", None).natives == ("16:9",)


def test_two_names_of_one_ratio_keep_their_own() -> None:
    """Where 21:9 and 7:3 are both offered each is written as asked."""
    frame = compile_frame({"form": "ratio", "ratios": ["21:9", "7:3"]})

    assert frame.encode(None, "7:3", None).natives == ("7:3",)
    assert frame.encode(None, "42:18", None).natives == ("21:9",)


def test_resolution_on_pixels_is_met_between_95_and_100_percent() -> None:
    """The size decides, and its area says whether the tier is met."""
    assert lost(flexible.encode("1040x960", None, "1K")) == {}  # 95.2 %
    for size in ("1104x896", "1136x928"):  # 94.3 %, 100.5 %
        assert lost(flexible.encode(size, None, "1K")) == {"resolution": size}


@pytest.mark.parametrize("frame", [nova, fixed_3, stability, nano_banana, flash_25])
def test_size_and_ratio_agree_within_four_percent(frame: Frame) -> None:
    """1040x1000 is 4 % off 1:1 and passes, 1041x1000 does not."""
    frame.encode("1040x1000", "1:1", None)
    frame.encode("1000x1040", "1:1", None)
    for size in ("1041x1000", "1000x1041"):
        with pytest.raises(Unsayable):
            frame.encode(size, "1:1", None)


def test_a_disagreement_offers_sizes_of_the_asked_ratio() -> None:
    """The error offers the three nearest legal values."""
    with pytest.raises(Unsayable) as caught:
        nova.encode("1024x1024", "16:9", None)

    assert caught.value.reason == "size 1024x1024 and aspect_ratio 16:9 disagree"
    assert caught.value.expected == ("a size within 4 % of 16:9, nearest are 1360x768, 1376x768, 1392x784")


@pytest.mark.parametrize(("ratio", "size"), [("9:1", "3x1"), ("1:9", "1x3"), ("10:1", "3x1"), ("1:10", "1x3")])
def test_a_disagreement_over_one_pixel(ratio: str, size: str) -> None:
    """The size that was meant has no edge below 1."""
    frame = compile_frame({"form": "pixels", "as": "text", "multiple": 1, "min": 1, "max": 9})
    with pytest.raises(Unsayable) as caught:
        frame.encode("1x1", ratio, None)

    assert f"nearest are {size}, " in str(caught.value.expected)


def test_nearest() -> None:
    """Three values in the words of the dialect, the chosen one first."""
    assert nova.nearest("1920x1080", None, None) == (*("1920x1088", "1920x1072", "1936x1088"),)
    assert fixed_3.nearest(None, "16:9", None) == (*("1536x1024", "1024x1024", "1024x1536"),)
    assert stability.nearest("1920x1080", None, None) == ("16:9", "3:2", "21:9")
    assert nano_banana.nearest("1920x1080", None, None) == (*("1376x768", "2752x1536", "5504x3072"),)
    assert nano_banana.nearest(None, "9:21", None) == ("9:16", "2:3", "1:4")
    assert nano_banana.nearest(None, None, "512") == ("1K", "2K", "4K")
    assert stability.nearest(None, None, "1K") == ()


@pytest.mark.parametrize(
    ("frame", "natives", "said", "kept"),
    [
        (flexible, ("1920x1088",), {"size": "1920x1088"}, ()),
        (flexible, ("1920x1080",), {"size": "1920x1080"}, (0,)),
        (flexible, ("auto",), {"size": "auto"}, ()),
        (flexible, ("01024x1024",), {}, (0,)),
        (flexible, (1024,), {}, (0,)),
        (flexible, (None,), {}, ()),
        (compile_frame(DALL_E_3), ("auto",), {}, (0,)),
        (nova, (1360, 768), {"size": "1360x768"}, ()),
        (nova, (1000, 1000), {"size": "1000x1000"}, (0, 1)),
        (nova, (1920, 1080), {"size": "1920x1080"}, (1,)),
        (nova, (1024, None), {}, (0,)),
        (nova, (None, 1024), {}, (1,)),
        (nova, (None, None), {}, ()),
        (nova, (1, 999_999_999), {"size": "1x999999999"}, (0, 1)),
        (nova, (999_999_999, 1), {"size": "999999999x1"}, (0, 1)),
        (nova, (1, 1_000_000_000), {}, (0, 1)),
        (nova, (True, 1024), {}, (0, 1)),
        (nova, (1024.0, 1024), {}, (0, 1)),
        (nova, ("1024", 1024), {}, (0, 1)),
        (nova, (0, 1024), {}, (0, 1)),
        (nova, (10**5000, 1024), {}, (0, 1)),
        (nova, ([], {}), {}, (0, 1)),
        (stability, ("3:2",), {"aspect_ratio": "3:2"}, ()),
        (stability, ("7:5",), {"aspect_ratio": "7:5"}, (0,)),
        (stability, ("32:18",), {"aspect_ratio": "32:18"}, (0,)),
        (stability, ("auto",), {}, (0,)),
        (nano_banana, ("16:9", "2K"), {"aspect_ratio": "16:9", "resolution": "2K"}, ()),
        (nano_banana, ("16:9", None), {"aspect_ratio": "16:9"}, ()),
        (nano_banana, (None, "1k"), {"resolution": "1K"}, (1,)),
        (nano_banana, (None, "512"), {"resolution": "512"}, (1,)),
        (nano_banana, ("1:1", "8K"), {"aspect_ratio": "1:1"}, (1,)),
        (nano_banana, ("auto", 512), {}, (0, 1)),
    ],
)
def test_decode(frame: Frame, natives: tuple[Any, ...], said: dict[str, str], kept: tuple[int, ...]) -> None:
    """What is well-formed is said; what encode would not write again is kept."""
    assert frame.decode(natives) == (said, kept)


def test_the_memo_is_bounded_and_no_part_of_the_value() -> None:
    """1,024 geometries are remembered, then it begins anew; endless unknown words do not fill the memory."""
    frame = compile_frame(STABILITY)
    first = frame.encode("1x1000", None, None)
    fill = []
    for width in range(1, 2500):
        frame.encode(f"{width}x1000", None, None)
        fill.append(len(frame.memo))
        assert width >= 1024 or frame.encode("1x1000", None, None) is first
    frame.encode(None, None, "K" * 100_000)

    assert max(fill) == 1024
    assert all(len(str(key)) < 100 for key in frame.memo)
    assert frame.encode("1x1000", None, None) is frame.encode("1x1000", None, None)
    assert "memo" not in repr(frame)
    twin = replace(frame)
    assert twin == frame
    assert twin.memo == {}


def test_bounds_off_the_grid_move_inwards() -> None:
    """A grid of 64 within 100..1000 has edges 128..960; 1.9 is nineteen tenths."""
    grid = compile_grid({"multiple": 64, "min": 100, "max": 1000, "ratio": 1.9})

    assert (grid.low, grid.high, grid.ratio) == (128, 960, Fraction(19, 10))
    assert not grid.legal((100, 128))
    assert not grid.legal((1000, 960))
    assert not grid.legal((130, 128))


def test_a_ratio_of_a_fraction_bounds_the_edges() -> None:
    """Within 1.9, 256x128 is too long and 192x128 is not; lying and standing."""
    grid = compile_grid({"multiple": 64, "min": 64, "max": 1024, "ratio": 1.9})

    assert not grid.legal((256, 128))
    assert not grid.legal((128, 256))
    assert grid.legal((192, 128))
    assert grid.legal((128, 192))


def test_an_exact_pair_is_no_longer_than_the_longest_edge() -> None:
    """
    The largest legal pair of exactly 16:9 within 1350 is 84 times it, 3.1 % below 1K: it wins,
    although 1350x759 is larger.
    """
    frame = compile_frame({"form": "pixels", "as": "text", "multiple": 1, "min": 1, "max": 1350})

    assert frame.encode(None, "16:9", "1K") == Framed(("1344x756",))


def test_one_grid_step_further() -> None:
    """
    Of 30 or 31 pixels with the ratio of 2x4 the ideal is 3.9x7.7: of its four neighbours none is legal.
    One step further 5x6 is; 3x10, as near in ratio and with the smaller short edge, is two steps off.
    """
    frame = compile_frame({"form": "pixels", "as": "pair", "multiple": 1, "min": 1, "max": 10, "pixels": [30, 31]})

    assert frame.encode("2x4", None, None).natives == (5, 6)


def test_the_whole_grid_is_searched() -> None:
    """97 is a prime, so 97x97 is the only pair within 101 of 9,409 pixels: 95 steps from the edges of 64:1."""
    frame = compile_frame({"form": "pixels", "as": "pair", "multiple": 1, "min": 1, "max": 101, "pixels": [9409, 9409]})

    assert frame.encode(None, "64:1", None).natives == (97, 97)


def test_a_grid_without_any_pair_is_unsayable() -> None:
    """A spec that contradicts itself neither loops nor breaks."""
    spec = {**NOVA, "pixels": [10_000_001, 10_000_001]}

    with pytest.raises(Unsayable):
        compile_frame(spec).encode(None, "16:9", None)
    with pytest.raises(Unsayable):
        compile_frame(spec).encode("1024x1024", None, None)


def test_a_far_pair_is_found() -> None:
    """Where only one pair of the whole grid is legal it is chosen."""
    spec = {**NOVA, "pixels": [320 * 336, 320 * 336]}

    assert compile_frame(spec).encode(None, "4:1", "2K").natives == (336, 320)


def test_equal_ratio_distances_go_by_the_area_at_the_tier() -> None:
    """4:3 is as far from 1:1 as from 16:9; at 1K 1:1 has the area, at 2K 16:9 is the nearer."""
    pixels = {"1:1 1K": "1024x1024", "16:9 1K": "1360x765", "1:1 2K": "2000x2000", "16:9 2K": "2731x1536"}
    frame = compile_frame({"form": "ratio", "ratios": ["1:1", "16:9"], "tiers": ["1K", "2K"], "pixels": pixels})

    assert frame.encode(None, "4:3", "1K").natives == ("1:1", "1K")
    assert frame.encode(None, "4:3", "2K").natives == ("16:9", "2K")


@pytest.mark.parametrize("ratios", [["1:4", "4:1"], ["4:1", "1:4"]])
def test_a_short_edge_is_the_same_published_or_not(ratios: list[str]) -> None:
    """2048x512 is 4:1 at 1K exactly, as 1:4 is 512x2048: all is equal, and the first listed stands."""
    frame = compile_frame({"form": "ratio", "ratios": ratios, "tiers": ["1K"], "pixels": {"4:1 1K": "2048x512"}})

    assert frame.encode(None, "1:1", "1K").natives == (ratios[0], "1K")


def test_a_ratio_in_bounds_has_terms_that_can_be_read_again() -> None:
    """12345x12344 is 1:1 to four digits."""
    frame = compile_frame({"form": "ratio", "between": ["9:21", "21:9"]})

    assert frame.encode("12345x12344", None, None).natives == ("1:1",)


# fireworks.md 3: any W:H between 21:9 and 9:21; a size is its reduced ratio, clamped to them
@pytest.mark.parametrize(
    ("asked", "native", "losses"),
    [
        ((None, "7:5", None), "7:5", {}),
        ((None, "14:10", None), "14:10", {}),
        ((None, "7:3", None), "7:3", {}),
        ((None, "21:9", None), "21:9", {}),
        ((None, "3:1", None), "21:9", {"aspect_ratio": "21:9"}),
        ((None, "1:9", None), "9:21", {"aspect_ratio": "9:21"}),
        (("1920x1080", None, None), "16:9", {"size": "16:9"}),
        (("2100x900", None, None), "21:9", {"size": "21:9"}),
        (("900x2100", None, None), "9:21", {"size": "9:21"}),
        (("4000x1000", None, None), "21:9", {"size": "21:9"}),
        (("2100x900", "7:3", "1K"), "21:9", {"size": "21:9", "resolution": None}),
        ((None, "1:1", "1K"), "1:1", {"resolution": None}),
    ],
)
def test_any_ratio_between_two(asked: Asked, native: str, losses: dict[str, str | None]) -> None:
    """A ratio between the bounds is written as asked, one beyond them as the nearer bound is spelled."""
    framed = compile_frame({"form": "ratio", "between": ["9:21", "21:9"]}).encode(*asked)

    assert framed.natives == (native,)
    assert lost(framed) == losses


@pytest.mark.parametrize(
    ("size", "native"),
    [("5000x5001", "5000:5001"), ("9998x9999", "9998:9999"), ("9999x10000", "9998:9999"), ("100x401", "1:4")],
)
def test_a_ratio_between_two_has_four_digits(size: str, native: str) -> None:
    """No term is above 9999, the most that a canonical aspect ratio has; up to there it is exact."""
    frame = compile_frame({"form": "ratio", "between": ["1:4", "1:1"]})

    assert frame.encode(size, None, None).natives == (native,)
    assert frame.nearest(size, None, None) == (native,)


def test_an_exact_pixel_hit_wins_over_a_nearer_ratio() -> None:
    """1100x1000 is published as 5:4; 1:1 is nearer to it."""
    pixels = {"1:1": "1024x1024", "5:4": "1100x1000"}
    frame = compile_frame({"form": "ratio", "ratios": ["1:1", "5:4"], "tier": "1K", "pixels": pixels})

    assert frame.encode("1100x1000", None, None) == Framed(("5:4",))
    assert frame.encode("1101x1000", None, None).natives == ("1:1",)


def test_three_tiers_are_offered_of_four() -> None:
    """Errors offer the three nearest legal values."""
    assert compile_frame(FLASH_31).nearest(None, None, "512") == ("512", "1K", "2K")


@pytest.mark.parametrize(
    ("frame", "asked", "losses"),
    [
        (
            stability,
            ("1024x1024", "1:1", "1K"),
            (
                Loss("size", "1:1", "a ratio can be asked for here, pixels cannot; nearest are 1:1, 5:4, 4:5"),
                Loss("resolution", None, "the size decides"),
            ),
        ),
        (
            stability,
            (None, "4:3", "1K"),
            (
                Loss("aspect_ratio", "5:4", "4:3 is not offered; nearest are 5:4, 3:2, 16:9"),
                Loss("resolution", None, "no resolution can be said here"),
            ),
        ),
        (flash_25, (None, "1:1", "4K"), (Loss("resolution", "1K", "always 1K here"),)),
        (
            nano_banana,
            ("1536x1024", "31:21", "2K"),
            (
                Loss("size", "1264x848", "1536x1024 is not published here; nearest are 1264x848, 2528x1696, 5056x3392"),
                Loss("aspect_ratio", "3:2", "the size decides"),
                Loss("resolution", "1K", "the size decides"),
            ),
        ),
        (nano_banana, (None, None, "512"), (Loss("resolution", "1K", "512 is not offered; nearest are 1K, 2K, 4K"),)),
        (nano_banana, (None, None, "8K"), (Loss("resolution", None, "the resolution is none of 512, 1K, 2K, 4K"),)),
        (
            nova,
            ("1000x1000", "1:1", "2K"),
            (
                Loss("size", "1008x1008", "1000x1000 is not legal here; nearest are 1008x1008, 992x992, 992x1008"),
                Loss("resolution", "1008x1008", "the size decides"),
            ),
        ),
    ],
)
def test_reasons(frame: Frame, asked: Asked, losses: tuple[Loss, ...]) -> None:
    """A reason says why a field is not met, and what would be; beside a size, that the size decides."""
    assert frame.encode(*asked).losses == losses


def test_edges_grow_in_ratio() -> None:
    """100x400 is scaled until its short edge is Nova's shortest, 320, keeping the ratio."""
    assert nova.encode("100x400", None, None).natives == (320, 1280)
    assert nova.encode("400x100", None, None).natives == (1280, 320)
