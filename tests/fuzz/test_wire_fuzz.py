"""Any bytes and any JSON give a value or a WireError; what was read is written and read again the same."""

from __future__ import annotations

from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from imagetx.errors import WireError
from imagetx.jsontext import parse_json, render_json
from imagetx.multipart import decode_form, encode_form
from imagetx.wire import NativeRequest, NativeResponse

KINDS = [
    "",
    "application/json",
    "text/plain",
    "image/png",
    "application/octet-stream",
    "multipart/form-data",
    "multipart/form-data; boundary=B",
    'multipart/form-data; boundary="B',
]
FRAGMENTS = [
    b"--B",
    b"--B--",
    b"\r\n",
    b"\n",
    b"\r",
    b"\r\n\r\n",
    b'Content-Disposition: form-data; name="a"',
    b"Content-Disposition: form-data",
    b"; filename=",
    b'"',
    b"\\",
    b"%22",
    b"filename*=utf-8''%ff",
    b"Content-Type: image/png",
    b"Content-Transfer-Encoding: base64",
    b"\xff",
    b"\x00",
    b'{"a":',
    b"[",
    b"1e999",
    b"NaN",
    b'"\\ud800"',
    b"x",
]
broken_forms = st.lists(st.sampled_from(FRAGMENTS) | st.binary(max_size=3), max_size=20).map(b"".join)
bodies = st.binary() | broken_forms
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3) | st.integers(), inner, max_size=3),
    max_leaves=8,
)
keys = st.sampled_from(["json", "form", "base64", "text", "name", "value", "filename", "content_type"])
body_forms = json_values | st.dictionaries(keys, json_values | st.lists(st.dictionaries(keys, json_values)), max_size=2)
surrogates = st.text(st.characters(categories=["Cs", "Ll"]), max_size=3)


@given(bodies, st.sampled_from(KINDS), st.sampled_from([200, 400, 503]))
@example(b"\xef\xbb\xbf", "application/json", 200)
def test_documents(content: bytes, kind: str, status: int) -> None:
    for message in (
        NativeRequest("POST", "/", {"content-type": kind}, content),
        NativeResponse(status, {"content-type": kind}, content),
        NativeResponse(status, {}, content.decode("latin-1")),
    ):
        try:
            said, value = message.document()
        except WireError:
            assert said_strictly(message)
        else:
            assert said in {"json", "form", "text", "bytes", "none"}
            assert (said == "none") == (content == b"")
            assert said != "json" or parse_json(render_json(value)) == value


@given(broken_forms)
def test_forms(content: bytes) -> None:
    try:
        parts = decode_form(content, "multipart/form-data; boundary=B")
    except WireError:
        return
    boundary = "another-one-that-is-not-in-it"
    again = decode_form(encode_form(parts, boundary), f"multipart/form-data; boundary={boundary}")

    assert again == decode_form(encode_form(again, boundary), f"multipart/form-data; boundary={boundary}")
    assert [part.data for part in again] == [part.data for part in parts]


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "method": st.just("POST") | json_values,
            "url": st.just("/a") | json_values | surrogates,
            "status": st.just(200) | json_values,
            "headers": st.dictionaries(st.text(max_size=3) | surrogates, st.text() | json_values) | json_values,
            "query": st.dictionaries(surrogates, surrogates) | json_values,
            "body": body_forms | st.fixed_dictionaries({"json": surrogates}),
        },
    )
    | json_values
)
def test_json_forms(form: Any) -> None:
    for kind in (NativeRequest, NativeResponse):
        try:
            message = kind.from_json(form)
        except WireError:
            continue
        assert kind.from_json(message.to_json()) == message
        assert len(repr(message)) <= 500
        assert isinstance(message.content(), bytes)


@given(bodies | st.text(), st.booleans())
def test_texts(text: bytes | str, wrapped: bool) -> None:
    for kind in (NativeRequest, NativeResponse):
        try:
            kind.from_json(text)
        except WireError as error:
            assert error.problems


def said_strictly(message: NativeRequest | NativeResponse) -> bool:
    """Only what names its type and is not of it is refused."""
    kind = message.headers.get("content-type", "")
    return kind.startswith(("application/json", "multipart/form-data"))
