"""
Form parts and the document they mean: files, repeated names, bracketed names in both styles.
"""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.errors import RequestError
from imagetx.formdata import as_text, read_form, write_form
from imagetx.part import Part

Json = Any

PNG = b"\x89PNG\r\n\x1a\n"
STYLES: list[str | None] = [None, "empty", "index"]

BOTH: list[tuple[str | None, list[tuple[str, Json]], Json]] = [
    *[(style, [("n", "2"), ("prompt", "")], {"n": "2", "prompt": ""}) for style in STYLES],
    (None, [("a", "1"), ("b", "x"), ("a", "2")], {"a": ["1", "2"], "b": "x"}),
    (None, [("image[]", "1"), ("image[]", "2")], {"image[]": ["1", "2"]}),
    (None, [("svg[model]", "1")], {"svg[model]": "1"}),
    ("empty", [("image[]", "1"), ("image[]", "2")], {"image": ["1", "2"]}),
    ("empty", [("svg[model]", "1"), ("svg[size][x]", "2")], {"svg": {"model": "1", "size": {"x": "2"}}}),
    ("empty", [("a[b][]", "1"), ("a[b][]", "2")], {"a": {"b": ["1", "2"]}}),
    ("empty", [("a[]", "1"), ("a[b]", "2")], {"a[]": "1", "a[b]": "2"}),
    ("empty", [("a", "1"), ("a[b]", "2")], {"a": "1", "a[b]": "2"}),
    ("empty", [("a[][b]", "1"), ("a[][b]", "2")], {"a[][b]": ["1", "2"]}),
    ("empty", [("a[0]b", "1"), ("a[0]b", "2")], {"a[0]b": ["1", "2"]}),
    ("index", [("t[0][a]", "x"), ("t[0][b]", "1"), ("t[1][a]", "y")], {"t": [{"a": "x", "b": "1"}, {"a": "y"}]}),
    ("empty", [("t[0][a]", "x"), ("t[1][a]", "y")], {"t": {"0": {"a": "x"}, "1": {"a": "y"}}}),
    ("index", [("a[0]", "1"), ("a[1]", "2")], {"a": ["1", "2"]}),
    ("index", [("a[0]", "1")], {"a": ["1"]}),
    ("index", [("a[1]", "1")], {"a[1]": "1"}),
    ("index", [("a[0]", "1"), ("a[0][b]", "2")], {"a[0]": "1", "a[0][b]": "2"}),
    ("index", [("a[0]", "1"), ("a[2]", "2")], {"a[0]": "1", "a[2]": "2"}),
    ("index", [("a[00]", "1"), ("a[x]", "2")], {"a": {"00": "1", "x": "2"}}),
    ("index", [("a[99999]", "1")], {"a": {"99999": "1"}}),
    ("index", [("a[0][0][x]", "1")], {"a": [[{"x": "1"}]]}),
    *[
        (style, [(name, "1")], {name: "1"})
        for style in STYLES
        for name in ("[a]", "[]", "a]", "a[", "a[]b", "a[[b]]", "a[b]c]", "", "a" + "[b]" * 21, "s[base64]")
    ],
]


@pytest.mark.parametrize(("style", "parts", "expected"), BOTH)
def test_both_ways(style: str | None, parts: list[tuple[str, Json]], expected: Json) -> None:
    """A document reads back from its parts, and names that mean nothing whole stay as they are, however often."""
    made = tuple(Part(name, data) for name, data in parts)

    form = read_form(made, style)

    assert form == expected
    assert sorted(write_form(form, style), key=repr) == sorted(made, key=repr)


FOLDED: list[tuple[str, list[tuple[str, str]], Json, list[str]]] = [
    ("empty", [("image[]", "1")], {"image": "1"}, ["image"]),
    ("empty", [("image", "1"), ("image", "2")], {"image": ["1", "2"]}, ["image[]", "image[]"]),
    ("empty", [("image", "1"), ("image[]", "2")], {"image": ["1", "2"]}, ["image[]", "image[]"]),
    ("index", [("a", "1"), ("a", "2")], {"a": ["1", "2"]}, ["a[0]", "a[1]"]),
    ("index", [("a[]", "1"), ("a[]", "2")], {"a": ["1", "2"]}, ["a[0]", "a[1]"]),
    ("index", [("a[1]", "1"), ("a[0]", "2")], {"a": ["2", "1"]}, ["a[0]", "a[1]"]),
]


@pytest.mark.parametrize(("style", "parts", "expected", "names"), FOLDED)
def test_other_spellings_of_a_list(style: str, parts: list[tuple[str, str]], expected: Json, names: list[str]) -> None:
    """Lists are read in each spelling and written in the dialect's own; a list of one is bare."""
    form = read_form([Part(*part) for part in parts], style)

    assert form == expected
    assert [part.name for part in write_form(form, style)] == names


FILES: list[tuple[Part, Json]] = [
    (Part("a", PNG, "a.png", "image/png"), {"filename": "a.png", "content_type": "image/png", "bytes": PNG}),
    (Part("a", PNG, ""), {"filename": "", "bytes": PNG}),
    (Part("a", b"", "a.png"), {"filename": "a.png", "bytes": b""}),
    (Part("a", PNG, None, "image/png"), {"content_type": "image/png", "bytes": PNG}),
    (Part("a", PNG), {"bytes": PNG}),
    (Part("a", b"text", "a.txt", "text/plain"), {"filename": "a.txt", "content_type": "text/plain", "bytes": b"text"}),
]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(("part", "expected"), FILES)
def test_files(part: Part, expected: Json, style: str | None) -> None:
    """A file is an object with its bytes, or with base64 where JSON carries it."""
    form = read_form([part], style)

    assert form == {"a": expected}
    assert write_form(form, style) == (part,)
    assert write_form(as_text(form), style) == (part,)


def test_text_alone() -> None:
    """What has neither filename nor type is text where it is UTF-8, whether it came as bytes or not."""
    assert read_form([Part("a", "é"), Part("b", "é".encode())], None) == {"a": "é", "b": "é"}
    assert read_form([Part("a", "x", "f")], None) == {"a": {"filename": "f", "bytes": b"x"}}


def test_values() -> None:
    body: Json = {
        "n": 2,
        "x": 0.5,
        "y": 1e-7,
        "on": True,
        "off": False,
        "none": None,
        "list": [1, None, [True]],
        "o": {},
    }
    expected = [("n", "2"), ("x", "0.5"), ("y", "0.0000001"), ("on", "true"), ("off", "false")]

    empty = [(part.name, part.data) for part in write_form(body, "empty")]
    index = [(part.name, part.data) for part in write_form(body, "index")]

    assert empty == [*expected, ("list[]", "1"), ("list[]", "true")]
    assert index == [*expected, ("list[0]", "1"), ("list[2][0]", "true")]


BAD: list[tuple[Json, str]] = [
    ({"a": {"b": 1}}, 'expected a value of a form, got {"b": 1} - at /body/a'),
    ({"a": [{"b": 1}]}, 'expected a value of a form, got {"b": 1} - at /body/a'),
    ({"a": {"base64": "A"}}, "expected base64 - at /body/a/base64"),
    ({"a": {"base64": "AA AA="}}, "expected base64 - at /body/a/base64"),
    ({"a": {"bytes": PNG, "content_type": "png"}}, 'expected a media type, got "png" - at /body/a/content_type'),
    ({"a": {"bytes": PNG, "filename": 7}}, "expected text, got int - at /body/a/filename"),
    ({"a": "\ud800"}, "expected text, got half a character (a lone surrogate) - at /body/a"),
    ({"a/b": {}}, "expected a value of a form, got {} - at /body/a~1b"),
]


@pytest.mark.parametrize(("body", "said"), BAD)
def test_what_has_no_place_in_a_form(body: Json, said: str) -> None:
    with pytest.raises(RequestError) as caught:
        write_form(body, None)

    assert [str(problem) for problem in caught.value.problems] == [said]


@pytest.mark.parametrize("style", STYLES)
def test_hostile(style: str | None) -> None:
    """Ten thousand brackets, names and repetitions end soon, and come back."""
    parts = [Part("a" + "[b]" * 10_000, "1")] * 50
    parts += [Part("c" + "[]" * 10_000, "1"), Part("[" * 10_000, "1"), Part("d" + "[" * 10_000 + "]" * 10_000, "1")]
    parts += [Part(f"e[{at}][x]", "1") for at in range(800)]
    start = time.perf_counter()

    again = write_form(read_form(parts, style), style)

    assert time.perf_counter() - start < 1
    assert sorted(again, key=repr) == sorted(parts, key=repr)


def test_a_name_that_stands_very_often() -> None:
    """A hundred thousand parts of one name are read in one go: a caller may have parsed the form itself."""
    parts = [Part("image[]", "1")] * 100_000
    start = time.perf_counter()

    form = read_form(parts, "empty")

    assert time.perf_counter() - start < 2
    assert form == {"image": ["1"] * 100_000}


NAMES = st.lists(st.sampled_from(["a", "b", "[]", "[a]", "[0]", "[1]", "[b]", "[", "]"]), max_size=4).map("".join)


@given(parts=st.lists(st.tuples(NAMES, st.sampled_from(["1", "2"])), max_size=5), style=st.sampled_from(STYLES))
def test_stable(parts: list[tuple[str, str]], style: str | None) -> None:
    """What is written for any form is written again for what it reads as."""
    first = write_form(read_form([Part(*part) for part in parts], style), style)

    second = write_form(read_form(first, style), style)

    assert second == write_form(read_form(second, style), style)
    assert sorted(part.data for part in second) == sorted(data for _, data in parts)


def test_as_text() -> None:
    """Only the bytes of a file change their key: an image that stands as bytes keeps its own."""
    document = {
        "image": PNG,
        "mask": {"image": PNG, "edits": "white"},
        "part": {"bytes": PNG, "filename": "a"},
        "l": [PNG],
    }
    text = "iVBORw0KGgo="

    expected = {
        "image": text,
        "mask": {"image": text, "edits": "white"},
        "part": {"base64": text, "filename": "a"},
        "l": [text],
    }
    assert as_text(document) == expected


def test_bytes_that_are_carried_are_a_file() -> None:
    """Bytes in provider_options are a file, named by their part and their type."""
    png = b"\x89PNG\r\n\x1a\n"

    assert write_form({"light_reference": png}, None) == (
        Part("light_reference", png, "light_reference.png", "image/png"),
    )
