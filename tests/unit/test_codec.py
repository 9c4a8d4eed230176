"""
Tables of cases for the codecs over one value and over several: both ways, and what cannot be said.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest

from imagetx.document import ABSENT
from imagetx.errors import Unsayable
from imagetx.joint import Loss
from imagetx.via import compile_codec, compile_joint

Json = Any

QUALITY = {"enum": {"standard": "std", "hd": "premium", "high": "premium", "max": None}}


def typed(value: Json) -> tuple[type, Json]:
    """Give a value with its type: 1, 1.0 and true are three."""
    return type(value), value


def refused(way: Any, value: Json) -> Unsayable:
    with pytest.raises(Unsayable) as caught:
        way(value)
    return caught.value


# --- words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("via", "canonical", "native"),
    [
        (QUALITY, "standard", "std"),
        (QUALITY, "hd", "premium"),
        ({"enum": {"a": "A"}, "open": True}, "a", "A"),
        ({"enum": {"a": "A"}, "null": "b"}, "b", None),
        ({"enum": [[True, "yes"], [1, "one"]]}, True, "yes"),
        ({"enum": [[True, "yes"], [1, "one"]]}, 1, "one"),
        ({"enum": {"a": False, "b": 0}}, "a", False),
        ({"enum": {"a": False, "b": 0}}, "b", 0),
        ({"enum": {"a": 1.5}}, "a", 1.5),
    ],
)
def test_enum(via: Json, canonical: Json, native: Json) -> None:
    """A word is its native, both ways; true is not 1 and false not 0."""
    codec = compile_codec(via)

    assert typed(codec.encode(canonical)) == typed(native)
    assert typed(codec.decode(native)) == typed(canonical)


def test_enum_many_to_one() -> None:
    """Decode takes the first word listed (style.md 5); a further native spelling is read and never written."""
    quality = compile_codec(QUALITY)
    read = compile_codec({"enum": {"a": "A"}, "read": {"A": "z", "alpha": "a"}})

    assert quality.encode("high") == "premium"
    assert quality.decode("premium") == "hd"
    assert (read.decode("A"), read.decode("alpha"), read.encode("a")) == ("a", "a", "A")


@pytest.mark.parametrize("value", ["max", "low", None, [], {}, ["hd"], {"hd": 1}, 3])
def test_enum_without_a_word(value: Json) -> None:
    """A word that the table lacks, or has as null, cannot be said; what can is named."""
    assert refused(compile_codec(QUALITY).encode, value).expected == "one of standard, hd, high"
    assert refused(compile_codec(QUALITY).decode, value).expected == "one of standard, hd, high"


def test_enum_open() -> None:
    """An open word goes as it is if it is a text; it has no way back."""
    codec = compile_codec({"enum": {"a": "A", "b": None}, "open": True})

    assert codec.encode("anything") == "anything"
    refused(codec.encode, "b")
    refused(codec.encode, 3)
    refused(codec.decode, "anything")


def test_enum_null() -> None:
    """Null is a word only where the table names one for it."""
    assert compile_codec({"enum": {"a": "A"}, "null": "b"}).decode(None) == "b"
    refused(compile_codec({"enum": {"a": "A"}}).decode, None)
    refused(compile_codec({"enum": {"a": "A"}, "null": "b"}).encode, None)


def test_enum_caseless() -> None:
    """Texts are read in any case; the table's is the normal form, the first listed of two."""
    codec = compile_codec({"enum": {"a": "Alpha", "b": "ALPHA", "c": 7}, "read": {"Beta": "a"}, "caseless": True})

    assert [codec.decode(native) for native in ("alpha", "ALPHA", "Alpha", "bETA", 7)] == ["a", "a", "a", "a", "c"]
    assert [codec.fold(native) for native in ("ALPHA", "beta", "other", 7)] == ["Alpha", "Beta", "other", 7]
    assert not codec.exact
    sensitive = compile_codec({"enum": {"a": "Alpha"}})
    refused(sensitive.decode, "alpha")
    assert sensitive.fold("alpha") == "alpha"


@pytest.mark.parametrize(
    ("via", "exact", "words"),
    [
        ({"enum": {"a": "A", "b": "B"}}, True, {"a", "b"}),
        ({"enum": {"a": "A", "b": "B", "c": None}}, True, {"a", "b"}),
        ({"enum": {"a": "A", "b": "A"}}, False, {"a", "b"}),
        ({"enum": {"a": "A"}, "read": {"B": "a"}}, False, {"a"}),
        ({"enum": {"a": "A"}, "open": True}, False, {"a"}),
        ({"enum": {"a": "A"}, "open": False}, True, {"a"}),
        ({"enum": {"a": "A"}, "caseless": True}, False, {"a"}),
        ({"enum": {"a": 1}, "caseless": True}, True, {"a"}),
        ({"enum": [[1, "A"], ["b", "B"]]}, True, {"b"}),
    ],
)
def test_enum_exact(via: Json, exact: bool, words: set[str]) -> None:
    """Exact is one to one with nothing else that is read; words are the texts that have a native."""
    codec = compile_codec(via)

    assert codec.exact is exact
    assert codec.words == words


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scale", "canonical", "native"),
    [
        ({"by": -1, "add": 1}, 0.9, 0.1),  # 1 - 0.9 in floats is 0.09999999999999998
        ({"by": -1, "add": 1}, 1, 0),
        ({"by": 100}, 0.07, 7),  # in floats 7.000000000000001
        ({"by": 100, "digits": 0}, 0.35, 35),
        ({"by": 0.1}, 3, 0.3),
        ({"add": 5}, 1.5, 6.5),
        ({}, 2.5, 2.5),
        ({"minimum": 1, "maximum": 3}, 1, 1),
        ({"minimum": 1, "maximum": 3}, 3, 3),
        ({}, 10**15, 10**15),
        ({}, -(10**15), -(10**15)),
    ],
)
def test_scale(scale: Json, canonical: Json, native: Json) -> None:
    """A number times by plus add, exactly, and the way back; whole numbers are integers."""
    codec = compile_codec({"scale": scale})

    assert typed(codec.encode(canonical)) == typed(native)
    assert typed(codec.decode(native)) == typed(canonical)


@pytest.mark.parametrize(
    ("scale", "canonical", "native"),
    [
        ({"minimum": 0, "maximum": 1}, 1.5, 1),
        ({"minimum": 0, "maximum": 1}, -0.5, 0),
        ({"minimum": 2}, 1, 2),
        ({"maximum": 2}, 3, 2),
        ({"digits": 0}, 2.5, 2),  # half goes to the even one
        ({"digits": 0}, 3.5, 4),
        ({"digits": 1}, 0.26, 0.3),
        ({}, 0.1234564, 0.123456),  # six digits unless said otherwise
        ({}, 0.1234567, 0.123457),
    ],
)
def test_scale_loses(scale: Json, canonical: Json, native: Json) -> None:
    """Clamped into both bounds, then rounded; what is written is read as itself."""
    codec = compile_codec({"scale": scale})

    assert typed(codec.encode(canonical)) == typed(native)
    assert codec.decode(native) == native
    assert not codec.exact


def test_scale_back_is_as_fine_as_there() -> None:
    """A wide scale comes back with so many more digits that it is written the same again."""
    codec = compile_codec({"scale": {"by": 1000, "digits": 2}})

    assert codec.decode(1.23) == 0.00123
    assert codec.encode(0.00123) == 1.23


@pytest.mark.parametrize(
    ("by", "native", "canonical"),
    [(3, 1, 0.3333333), (0.3, 0.1, 0.3333333), (30, 1, 0.03333333), (300, 1, 0.003333333)],
)
def test_scale_comes_back_one_digit_finer(by: Json, native: Json, canonical: float) -> None:
    """What is rounded on the way there is found again: one digit more, and one for each ten times."""
    codec = compile_codec({"scale": {"by": by}})

    assert codec.decode(native) == canonical
    assert codec.encode(canonical) == native


@pytest.mark.parametrize("value", [True, False, None, "1", [1], {}, 10**15 + 1, -(10**15) - 1, 1e16])
def test_scale_refuses(value: Json) -> None:
    """What is no number of at most 10^15 cannot be said, either way."""
    codec = compile_codec({"scale": {"by": 2}})

    assert refused(codec.encode, value).expected == "a number"
    assert refused(codec.decode, value).expected == "a number"


def test_scale_reads_what_it_writes() -> None:
    """Beyond the bounds and between the digits nothing is read."""
    codec = compile_codec({"scale": {"minimum": 0, "maximum": 1, "digits": 1}})

    assert codec.decode(0.5) == 0.5
    for native in (1.1, -0.1, 0.55):
        refused(codec.decode, native)
    with pytest.raises(Unsayable):
        compile_codec({"scale": {"by": 0}})


@pytest.mark.parametrize(
    ("value", "native"),
    [(10, 10), (11, 10), (15, 10), (16, 20), (25, 20), (26, 30), (-5, 10), (99, 30), (10**400, 30), (-(10**400), 10)],
)
def test_nearest(value: Json, native: int) -> None:
    """The nearest of the list, in whatever order it stands; ties go to the smaller."""
    codec = compile_codec({"nearest": [30, 10, 20]})

    assert codec.encode(value) == native
    assert not codec.exact


def test_nearest_refuses() -> None:
    """Booleans and texts are no numbers, and no other number than the list's is read."""
    codec = compile_codec({"nearest": [0, 1, 2.5]})

    assert [codec.decode(native) for native in (0, 1, 2.5)] == [0, 1, 2.5]
    for value in (True, "1", None, [1]):
        assert refused(codec.encode, value).expected == "a number"
        assert refused(codec.decode, value).expected == "a number"
    refused(codec.decode, 2)


# --- lists and objects ----------------------------------------------------------------------------


def test_one() -> None:
    """What is x is [x]; a list of none or two is no x."""
    codec = compile_codec({"one": QUALITY})

    assert (codec.encode("hd"), codec.decode(["std"])) == (["premium"], "standard")
    for native in ([], ["std", "std"], "std", None, {"0": "std"}):
        assert refused(codec.decode, native).expected == "a list of one item"
    assert not codec.exact
    assert compile_codec({"one": "same"}).exact


def test_each() -> None:
    """Item by item; a text is no list."""
    codec = compile_codec({"each": QUALITY})

    assert codec.encode(["hd", "standard"]) == ["premium", "std"]
    assert codec.decode(["std", "premium"]) == ["standard", "hd"]
    assert codec.encode([]) == []
    for way in (codec.encode, codec.decode):
        assert refused(way, "std").expected == "a list"
    assert not codec.exact
    assert compile_codec({"each": "same"}).exact


ENTRIES = {"entries": {"key": "k", "value": "v", "names": {"text": "TEXT", "image": "IMAGE"}}}


def test_entries() -> None:
    """An object is records in the order of the names; foreign records and members are passed over."""
    codec = compile_codec(ENTRIES)
    records = [{"k": "TEXT", "v": 1}, {"k": "IMAGE", "v": 2}]
    foreign = ["TEXT", {"v": 3}, {"k": ["TEXT"], "v": 4}, {"k": "AUDIO", "v": 5}, {"k": "TEXT"}]

    assert codec.encode({"image": 2, "other": 0, "text": 1}) == records
    assert codec.decode([*foreign, *records]) == {"text": 1, "image": 2}
    assert codec.encode({"image": 2}) == [{"k": "IMAGE", "v": 2}]
    for value in ({}, {"other": 1}, None, ["text"], "text"):
        assert refused(codec.encode, value).expected == "an object"
    for native in ([], foreign, {"k": "TEXT", "v": 1}, None):
        assert refused(codec.decode, native).expected == "a list of records"
    assert not codec.exact


def test_spread() -> None:
    """One value stands under all names; other names, fewer or mixed values are none."""
    codec = compile_codec({"spread": ["a", "b"]})

    assert codec.encode(5) == {"a": 5, "b": 5}
    assert typed(codec.decode({"b": 5.0, "a": 5})) == (int, 5)  # the first name's, where 5 is 5.0
    assert typed(codec.decode({"b": 5, "a": 5.0})) == (float, 5.0)
    assert compile_codec({"spread": ["a"]}).decode({"a": 5}) == 5
    for native in ({"a": 5}, {"a": 5, "b": 5, "c": 5}, {"a": 1, "b": True}, {"a": 5, "b": 6}, ["a", "b"], None):
        assert refused(codec.decode, native).expected == "one value for all"
    assert codec.exact


def test_chain() -> None:
    """From canonical to native, left to right; back from right to left. Exact is if all are."""
    codec = compile_codec([QUALITY, {"one": "same"}])

    assert (codec.encode("hd"), codec.decode(["std"])) == (["premium"], "standard")
    assert not codec.exact
    assert compile_codec(["same", {"one": "same"}]).exact


def test_chain_folds_by_its_last() -> None:
    """A native value is brought to its normal spelling by what wrote it."""
    by_number = compile_codec([{"scale": {}}, "number"])
    by_words = compile_codec(["same", {"enum": {"a": "Alpha"}, "caseless": True}])

    assert by_number.fold("1.50") == by_number.fold("1.5")
    assert by_words.fold("ALPHA") == "Alpha"
    assert compile_codec(["same", "same", {"enum": {"a": "Alpha"}, "caseless": True}]).fold("ALPHA") == "Alpha"
    assert compile_codec([{"enum": {"a": "Alpha"}, "caseless": True}]).fold("ALPHA") == "Alpha"


# --- several values at once -------------------------------------------------------------------------


def test_frame_of_texts() -> None:
    """A form has no numbers: width and height are texts there, and only canonical ones are read."""
    frame = {"form": "list", "as": "texts", "pairs": ["1024x1024", "1536x1024"]}
    joint = compile_joint({"frame": frame}, 2)

    assert joint.encode(("1536x1024", ABSENT, ABSENT)) == (("1536", "1024"), ())
    assert joint.encode((ABSENT, ABSENT, ABSENT)) == ((ABSENT, ABSENT), ())
    assert joint.decode(("1536", "1024")) == ("1536x1024", ABSENT, ABSENT)
    for natives in (("01536", "1024"), ("1536", ABSENT), ("1536.0", "1024"), ("0", "1024"), ("1" * 10, "1024")):
        assert joint.decode(natives) == (ABSENT, ABSENT, ABSENT)
    assert (joint.takes, joint.gives) == (3, 2)


@pytest.mark.parametrize(
    ("frame", "asked", "native"),
    [
        ({"form": "ratio", "ratios": ["16:9"], "separator": "x"}, (ABSENT, "16:9", ABSENT), "16x9"),
        ({"form": "list", "as": "text", "pairs": ["8x9"], "separator": "*"}, ("8x9", ABSENT, ABSENT), "8*9"),
        ({"form": "list", "as": "text", "pairs": ["8x9"]}, ("8x9", ABSENT, ABSENT), "8x9"),
    ],
)
def test_frame_separator(frame: Json, asked: tuple[Json, ...], native: str) -> None:
    """Ratios and sizes are written with the dialect's separator; ours is not read where it has its own."""
    joint = compile_joint({"frame": frame}, 1)
    ours = next(value for value in asked if value is not ABSENT)

    assert joint.encode(asked) == ((native,), ())
    assert joint.decode((native,)) == asked
    if native != ours:
        assert joint.decode((ours,)) == (ABSENT, ABSENT, ABSENT)
    assert joint.gives == 1


def test_frame_losses() -> None:
    """A loss stands at the place of its field: size, aspect_ratio, resolution; nothing of it is ABSENT."""
    joint = compile_joint({"frame": {"form": "ratio", "ratios": ["1:1", "16:9"], "tiers": ["1K", "2K"]}}, 2)

    natives, losses = joint.encode((ABSENT, "4:5", "8K"))

    assert natives == ("1:1", ABSENT)
    assert [(loss.index, loss.used) for loss in losses] == [(1, "1:1"), (2, ABSENT)]
    assert joint.gives == 2


ROWS = {"rows": [[False, ["plain", None]], [True, ["stream", "sse"]]]}


def test_rows() -> None:
    """A word is a row; reading goes by the first column; another word is lost, absence is none."""
    joint = compile_joint(ROWS, 2)

    assert joint.encode((False,)) == (("plain", ABSENT), ())
    assert joint.encode((True,)) == (("stream", "sse"), ())
    assert joint.encode((1,)) == ((ABSENT, ABSENT), (Loss(0, ABSENT, "the dialect has no word for it"),))
    assert joint.encode((ABSENT,)) == ((ABSENT, ABSENT), ())
    assert (joint.decode(("stream", ABSENT)), joint.decode(("other", "sse"))) == ((True,), (ABSENT,))
    assert (joint.takes, joint.gives) == (1, 2)


def test_one_row() -> None:
    """A single row leaves its natives out for any other word."""
    joint = compile_joint({"rows": [["a", ["A", None, "B"]]]}, 3)

    assert (joint.encode(("a",))[0], joint.encode(("b",))[0]) == (("A", ABSENT, "B"), (ABSENT,) * 3)
    assert joint.gives == 3


def test_split_of_three() -> None:
    """The short form is the last piece, under all the others."""
    joint = compile_joint({"split": {"template": "{}/{}/{}", "short": ["p", "q"]}}, 3)

    assert joint.encode(("m",)) == (("p", "q", "m"), ())
    assert joint.decode(("p", "q", "m")) == ("m",)
    assert joint.decode(("p", "x", "m")) == ("p/x/m",)


def test_split() -> None:
    """A text is its pieces; alone it is the last piece under those of `short`, and comes back so."""
    joint = compile_joint({"split": {"template": "accounts/{}/models/{}", "short": ["home"]}}, 2)
    no_word = Loss(0, ABSENT, "the dialect takes names like accounts/{}/models/{}")

    assert joint.encode(("accounts/acme/models/m",)) == (("acme", "m"), ())
    assert joint.encode(("m",)) == (("home", "m"), ())
    assert joint.encode(("accounts/home/models/m",)) == (
        ("home", "m"),
        (Loss(0, "m", "the short form of the same"),),
    )
    for text in ("a/b", "", "accounts//models/m", 3, None):
        assert joint.encode((text,)) == ((ABSENT, ABSENT), (no_word,))
    assert joint.encode((ABSENT,)) == ((ABSENT, ABSENT), ())
    assert joint.decode(("acme", "m")) == ("accounts/acme/models/m",)
    assert joint.decode(("home", "m")) == ("m",)
    for natives in (("", "m"), ("a", ""), ("a/b", "m"), ("a", ABSENT), (1, "m")):
        assert joint.decode(natives) == (ABSENT,)
    assert (joint.takes, joint.gives) == (1, 2)


def test_split_without_a_short_form() -> None:
    """Then a text alone has no word, and no pieces come back as one."""
    joint = compile_joint({"split": {"template": "a.{}+{}"}}, 2)

    assert joint.encode(("m",))[0] == (ABSENT, ABSENT)
    assert joint.encode(("a.x+y",)) == (("x", "y"), ())
    assert joint.encode(("abx+y",))[0] == (ABSENT, ABSENT)
    assert joint.decode(("x", "y")) == ("a.x+y",)


@pytest.mark.parametrize(
    ("values", "natives", "lost"),
    [
        ((10, 3, 2), (5, 3, 2), {}),
        ((5, 3, 2), (0, 3, 2), {}),
        ((0, ABSENT, 0), (0, ABSENT, 0), {}),
        ((10, ABSENT, 2), (8, ABSENT, 2), {}),
        ((4, 3, 2), (4, ABSENT, ABSENT), {1: "more than the total", 2: "more than the total"}),
        ((4, ABSENT, 5), (4, ABSENT, ABSENT), {2: "more than the total"}),
        ((ABSENT, 3, ABSENT), (ABSENT, ABSENT, ABSENT), {1: "there is no total"}),
        ((ABSENT, ABSENT, ABSENT), (ABSENT, ABSENT, ABSENT), {}),
        ((10, -1, True), (10, ABSENT, ABSENT), dict.fromkeys((1, 2), "expected a whole number from 0 on")),
        ((10, 1.0, "2"), (10, ABSENT, ABSENT), dict.fromkeys((1, 2), "expected a whole number from 0 on")),
    ],
)
def test_sum(values: tuple[Json, ...], natives: tuple[Json, ...], lost: dict[int, str]) -> None:
    """The rest is the total without its parts; what is no count, or does not fit, is lost."""
    joint = compile_joint("sum", 3)

    said, losses = joint.encode(values)

    assert tuple(map(typed, said)) == tuple(map(typed, natives))
    assert {loss.index: loss.reason for loss in losses} == lost
    assert all(loss.used is ABSENT for loss in losses)


@pytest.mark.parametrize(
    ("natives", "values"),
    [
        ((5, 3, 2), (10, 3, 2)),
        ((0, ABSENT, 2), (2, ABSENT, 2)),
        ((ABSENT, 3, 2), (ABSENT, ABSENT, ABSENT)),
        ((5, -1, 2), (ABSENT, ABSENT, ABSENT)),
        ((True, 3, 2), (ABSENT, ABSENT, ABSENT)),
    ],
)
def test_sum_back(natives: tuple[Json, ...], values: tuple[Json, ...]) -> None:
    """The total is added up; what is no count leaves all of it unread."""
    assert compile_joint("sum", 3).decode(natives) == values


@pytest.mark.parametrize("data", [bytes(range(256)) * 200, bytes(9000) + b"\xfb\xff\xfe", b"\xfb\xff" * 3], ids=len)
def test_base64_in_either_alphabet(data: bytes) -> None:
    """A long text shows its alphabet at the beginning, unless it begins with letters that both have."""
    standard = base64.b64encode(data).decode()

    assert compile_codec("base64").decode(base64.urlsafe_b64encode(data).decode().rstrip("=")) == standard
    assert compile_codec("base64").decode(standard) == standard
