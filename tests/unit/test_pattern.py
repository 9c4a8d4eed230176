"""
Patterns of specs: what may backtrack catastrophically is refused when compiled, and what is taken ends soon.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from imagetx import SpecError
from imagetx.document import parse_pattern
from imagetx.pattern import MOST_CHARACTERS, Unbounded, power_of
from imagetx.predicate import compile_predicate

Json = Any


@pytest.mark.parametrize(
    "text",
    [
        r"(a+)+b",
        r"(a*)*",
        r"(a|a)*b",
        r"(a|aa)*b",
        r"(a?){30}a{30}",
        r"(.*a){20}",
        r"(\w+\s?)*",
        r"(x+x+)+y",
        r"((a|b)+)+",
        r"(?:a+){2,}",
        r"(?=(a+)+)b",
        r"(a)\1",
        r"(a)?(?(1)b|c)",
        r".*a.*b.*c",
        r"a*a*a*b",
        r"(?:(?=a)a)*b",
    ],
)
def test_catastrophic(text: str) -> None:
    """Nested repeats, alternatives that begin alike, back references and chains of repeats are no patterns of ours."""
    with pytest.raises(Unbounded):
        power_of(text)
    with pytest.raises(SpecError, match="expected a regular expression that ends soon"):
        parse_pattern(text)
    with pytest.raises(SpecError, match="expected a regular expression"):
        compile_predicate({"type": "string", "pattern": text})


@pytest.mark.parametrize(
    ("text", "power"),
    [
        (r"[0-9]{4}-[0-9]{2}", 0),
        (r"[0-9]+x[0-9]+", 1),
        (r"[^:]*:[^:]*:[0-9]*/.+", 1),
        (r"(?:[^.]++\.)*x", 1),
        (r"(ab|cd)*", 1),
        (r"imagen-.*", 1),
        (r"[\s\S]*(?:[Cc]redit)[\s\S]*", 1),
        (r"imagen-[^/]*generate[^/]*", 2),
        (r".*(PerDay|Total)(?!.*PerMinute).*", 2),
    ],
)
def test_power(text: str, power: int) -> None:
    """A repeat that what follows ends at one place costs nothing more; one that may end anywhere costs a power."""
    assert power_of(text) == power


def test_a_search_may_begin_anywhere() -> None:
    assert (power_of("a+b"), power_of("a+b", search=True), power_of("^a+b", search=True)) == (1, 2, 1)


def test_the_square_is_of_bounded_text() -> None:
    """A long text is not matched by a pattern that takes the square of its length; by others it is."""
    square, straight = ({"type": "string", "pattern": text} for text in (".*a[^/]*", "a[^/]*"))

    assert compile_predicate(square)("a" * MOST_CHARACTERS)
    assert not compile_predicate(square)("a" * (MOST_CHARACTERS + 1))
    assert compile_predicate(straight)("a" * 100_000)


HOSTILE = r"""
import re
from imagetx import body, carried, checked, classify, credential, errors, form, formdata, headers, host, image, joint
from imagetx import jsontext, message, multipart, policy, source, spelling, texts

units = ["a", "a ", "a=", "\"", "\\", ",", "data:", ";base64,", "[a]", "[", "a[", "%2", "%22", "key=", "&key=", "?sig=",
         "//", "@", "a@", "1", "1.", "1e", "-", "image", "mask_", "secret", "api-key", ": ", "a.b: ", "us.", "x1",
         "T00:", "gs://", "A\r\n", "; a=b", "; a=\"\\", "utf-8'", "\t", "x-amz-", "/", "https://a", "aA", "0x"]
modules = [body, carried, checked, classify, credential, errors, form, formdata, headers, host, image, joint, jsontext,
           message, multipart, policy, source, spelling, texts]
seen = 0
for module in modules:
    for name, value in vars(module).items():
        if isinstance(value, re.Pattern):
            seen += 1
            for unit in units:
                text = (unit * 50_000)[:50_000]
                for whole in (text, text + "\n", text + "\x00!"):
                    whole = whole.encode() if isinstance(value.pattern, bytes) else whole
                    value.fullmatch(whole)
                    value.match(whole)
print(seen)
"""


def test_our_own_patterns_take_hostile_text() -> None:
    """Each regular expression of the engine ends on 50,000 characters made to mislead it; the time is a guard only."""
    found = subprocess.run([sys.executable, "-c", HOSTILE], capture_output=True, text=True, check=False, timeout=120)

    assert found.stderr == ""
    assert int(found.stdout) > 30
