"""
Error tables: the first row that holds decides, codes stay native, and a category is written as the table says.
"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagetx.classify import classify, compile_table
from imagetx.document import equal
from imagetx.errors import RequestError
from imagetx.lines import checked_record, compile_rule
from imagetx.record import Record
from tests.strategies import json_values

Json = Any

CATEGORIES = ("invalid_request", "quota", "rate_limit", "timeout")
STATUSES = (200, 400, 402, 429, 504)
OF_STATUS = {200: "server_error", 400: "invalid_request", 402: "quota", 429: "rate_limit", 504: "timeout"}
CODES = ("bad", "slow", 7)
TEXTS = ("Too many calls", "no credit left", "")
SAYS = {
    "code": ["/body/code", "/headers/x-code"],
    "type": ["/body/kind"],
    "writes": {"/status": "status", "/body/code": "code"},
}


def one_or_more(values: tuple[Json, ...]) -> st.SearchStrategy[Json]:
    return st.sampled_from(values) | st.lists(st.sampled_from(values), min_size=1, max_size=2)


def tables() -> st.SearchStrategy[Json]:
    row = st.fixed_dictionaries(
        {"category": st.sampled_from(CATEGORIES)},
        optional={
            "status": one_or_more(STATUSES),
            "code": one_or_more(CODES),
            "type": one_or_more(("t", "u")),
            "message": st.sampled_from(["too many", "credit", "^no"]),
            "as": st.just("our_code"),
            "write": st.fixed_dictionaries(
                {}, optional={"status": st.sampled_from(STATUSES), "code": st.sampled_from(CODES)}
            ),
        },
    )
    return st.lists(row, max_size=4)


def errors() -> st.SearchStrategy[Json]:
    body = st.fixed_dictionaries(
        {"message": st.sampled_from(TEXTS)},
        optional={
            "code": st.sampled_from(CODES) | json_values(2),
            "kind": st.sampled_from(["t", "u", None]),
            "more": json_values(2),
        },
    )
    headers = st.fixed_dictionaries({}, optional={"x-code": st.sampled_from(["bad", "slow"])})
    return st.fixed_dictionaries({"status": st.sampled_from(STATUSES), "headers": headers, "body": body})


def record_of(table: Json, says: Json = SAYS, params: Json = ()) -> Record:
    message = compile_rule({"from": "/error/message", "to": "/body/message"}, "p")
    return checked_record([message, classify(says, compile_table({"classify": table, "params": params}))])


def encode(record: Record, canonical: Json, carried: Json) -> Json:
    native: Json = {"status": 200, "headers": {}, "body": {}}
    record.encode(canonical, native, [], carried)
    return {"headers": {}, **native}


def category(table: Json, native: Json) -> tuple[str, str | None]:
    """Read a table by hand: the first row of which all conditions hold, else the status alone."""
    body = native["body"]
    given = [body.get("code"), native["headers"].get("x-code")]
    code = next((value for value in given if isinstance(value, str | int) and not isinstance(value, bool)), None)
    facts = {"status": native["status"], "code": code, "type": body.get("kind")}
    for row in table:
        conditions = {name: row[name] if isinstance(row[name], list) else [row[name]] for name in facts if name in row}
        text = body["message"].lower()
        words = {"too many": "too many" in text, "credit": "credit" in text, "^no": text.startswith("no")}
        if all(facts[name] in allowed for name, allowed in conditions.items()) and words.get(row.get("message"), True):
            return row["category"], row.get("as")
    return OF_STATUS[native["status"]], None


@given(table=tables(), native=errors())
def test_first_row_decides(table: Json, native: Json) -> None:
    before = copy.deepcopy(native)
    expected, code = category(table, native)

    canonical, _ = record_of(table).decode(native)

    assert canonical["category"] == expected
    assert canonical["native_status"] == native["status"]
    assert canonical["error"].get("code") == code
    assert equal(native, before)


@given(table=tables(), native=errors())
def test_l3_native_comes_back(table: Json, native: Json) -> None:
    """
    Whatever was read is written as it came: status, code and all.

    A code of null is no code: in what is carried, null means that a code which the table would write is
    not sent, so the normal form of an error leaves it out where the table writes one.
    """
    record = record_of(table)

    again = encode(record, *record.decode(native))

    if native["body"].get("code", 0) is None and "code" not in again["body"]:
        del native["body"]["code"]
    assert equal(again, native)


@given(table=tables(), wanted=st.sampled_from(CATEGORIES), message=st.sampled_from(TEXTS))
def test_l1_stable(table: Json, wanted: str, message: str) -> None:
    record = record_of(table)

    first = encode(record, {"category": wanted, "error": {"message": message}}, {})

    assert equal(encode(record, *record.decode(first)), first)


@given(
    table=tables(),
    native=st.fixed_dictionaries({"status": st.integers(100, 599), "headers": st.just({}), "body": json_values()}),
)
def test_l4_total(table: Json, native: Json) -> None:
    record = record_of(table)

    canonical, rest = record.decode(native)
    try:
        encode(record, canonical, rest)
    except RequestError as error:
        assert all(problem.pointer.startswith("/body") for problem in error.problems)


def test_write() -> None:
    """The first row of a category that has `write` says status and code; without one nothing is written."""
    table = [
        {"code": "slow", "category": "rate_limit"},
        {"status": 429, "category": "rate_limit", "write": {"status": 429, "code": "slow_down"}},
        {"category": "quota", "write": {"status": 402}},
    ]
    record = record_of(table)

    assert encode(record, {"category": "rate_limit"}, {}) == {
        "status": 429,
        "headers": {},
        "body": {"code": "slow_down"},
    }
    assert encode(record, {"category": "quota"}, {}) == {"status": 402, "headers": {}, "body": {}}
    assert encode(record, {"category": "timeout"}, {}) == {"status": 200, "headers": {}, "body": {}}
    assert encode(record, {}, {}) == {"status": 200, "headers": {}, "body": {}}


def test_codes_are_read_and_never_taken() -> None:
    """The native code stays in what is carried; a status that the table would write again does not."""
    table = [{"code": "slow", "category": "rate_limit", "write": {"status": 429, "code": "slow"}}]
    native = {"status": 429, "headers": {}, "body": {"code": "slow", "message": "m"}}

    canonical, rest = record_of(table).decode(native)

    assert canonical == {"category": "rate_limit", "native_status": 429, "error": {"message": "m"}}
    assert rest == {"headers": {}, "body": {"code": "slow"}}
    assert record_of(table).decode({**native, "status": 400})[1]["status"] == 400


def test_pattern() -> None:
    """Of a text only the pattern's group is the code (`ThrottlingException:http://...`)."""
    says = {"code": ["/headers/x-type"], "pattern": "([A-Za-z]+):.*"}
    record = record_of([{"code": "Throttling", "category": "rate_limit"}], says)

    for text in ("Throttling:http://a/", "Throttling"):
        native = {"status": 400, "headers": {"x-type": text}, "body": {}}
        assert record.decode(native)[0]["category"] == "rate_limit"


@pytest.mark.parametrize(
    ("message", "expected"),
    [("seed: is wrong", "seed"), ("body.size bad", "size of body"), ("nothing", None), (5, None), (None, None)],
)
def test_params(message: Json, expected: str | None) -> None:
    """The parameter that a message names: {0} is the match, {1} its first group."""
    params = [["^([a-z]+):", "{1}"], [r"(body)\.([a-z]+)", "{2} of {1}"]]
    record = record_of([], params=params)

    canonical, _ = record.decode({"status": 400, "headers": {}, "body": {"message": message}})

    assert canonical["error"].get("param") == expected


def test_a_variant_that_always_means_the_same() -> None:
    says = {"category": "quota", "as": "empty"}

    canonical, _ = record_of([{"category": "timeout"}], says).decode({"status": 400, "headers": {}, "body": {}})

    assert canonical == {"category": "quota", "native_status": 400, "error": {"code": "empty"}}
