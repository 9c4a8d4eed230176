"""Captured files: what is kept of a request, what becomes a marker, and how drift is told."""

from __future__ import annotations

import base64

from tests.sdk import captures

PNG = (captures.IMAGES / "red-64.png").read_bytes()
FORM = (
    b'--b1\r\nContent-Disposition: form-data; name="n"\r\n\r\n2\r\n'
    b'--b1\r\nContent-Disposition: form-data; name="image[]"; filename="a%22b.png"\r\nContent-Type: image/png\r\n\r\n'
    + PNG
    + b"\r\n--b1--\r\n"
)


def test_form_is_stored_by_parts() -> None:
    """A random boundary is a marker in the header and gone from the body; an image is its file's token."""
    expected = {
        "method": "POST",
        "url": "https://api.example/v1/images/edits",
        "headers": {"authorization": "Bearer SECRET", "content-type": "multipart/form-data; boundary=BOUNDARY"},
        "body": {
            "form": [
                {"name": "n", "value": "2"},
                {"name": "image[]", "filename": 'a"b.png', "content_type": "image/png", "base64": "{{red-64.png}}"},
            ]
        },
    }
    headers = {
        "Authorization": "Bearer sk-1",
        "Content-Type": "multipart/form-data; boundary=b1",
        "Content-Length": "9",
    }

    found = captures.message("POST", "https://api.example/v1/images/edits", headers, FORM, "3.54.0")

    assert found == expected


def test_runs_and_machines_are_markers() -> None:
    expected = {
        "authorization": "AWS4-HMAC-SHA256 Credential=SECRET, SignedHeaders=host, Signature=SECRET",
        "idempotency-key": "stainless-python-retry-00000000-0000-4000-8000-000000000000",
        "user-agent": "google-genai-sdk/VERSION gl-python/3",
        "x-stainless-os": "unknown",
    }
    headers = {
        "Authorization": "AWS4-HMAC-SHA256 Credential=AK/20261122/eu/bedrock, SignedHeaders=host, Signature=0af",
        "Idempotency-Key": "stainless-python-retry-6f1d3c2e-1a2b-4c3d-8e9f-0123456789ab",
        "User-Agent": "google-genai-sdk/3.4.0 gl-python/3.11.7",
        "X-Stainless-OS": "Linux",
    }

    found = captures.message("POST", "https://api.example/v1", headers, b"", "3.4.0")

    assert found["headers"] == expected


def test_saved_is_loaded(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(captures, "FOLDER", tmp_path)
    first = {
        "method": "POST",
        "url": "https://x.example/a",
        "headers": {"accept": "*/*", "x": "1"},
        "body": {"json": 1},
    }
    second = {"method": "POST", "url": "https://x.example/b", "headers": {"accept": "*/*"}}
    entries = [{"name": name, "request": each} for name, each in (("first", first), ("second", second))]

    captures.save("sdk", "2.10.0", entries)
    captures.save("sdk", "2.9.0", entries)

    assert captures.load("sdk", "2.10.0") == {entry["name"]: entry for entry in entries}
    assert captures.versions("sdk") == ["2.9.0", "2.10.0"]
    assert [captures.nearest("sdk", each) for each in ("2.9.5", "3.0", "1.0")] == ["2.9.0", "2.10.0", "2.9.0"]


def test_drift_names_the_place() -> None:
    """True is not 1, an absent key is not null."""
    before = {"a": {"request": {"n": 1, "user": None}}, "b": {"request": {}}}
    now = {"a": {"request": {"n": True}}, "c": {"request": {}}}
    expected = [
        "a: /request/n: 1 -> true",
        'a: /request/user: null -> "(absent)"',
        "b: stored, not captured now",
        "c: captured now, not stored",
    ]

    assert captures.drift(before, now) == expected
    assert captures.drift(before, before) == []


def test_given_is_what_a_caller_passes() -> None:
    passed = {
        "n": None,
        "image": [{"bytes": "red-64.png"}, {"file": ["f.png", "red-64.png", "image/png"]}],
        "x": {"y": 1},
    }
    text = base64.b64encode(PNG).decode()

    assert captures.given(passed) == {"n": None, "image": [PNG, ("f.png", PNG, "image/png")], "x": {"y": 1}}
    assert captures.given("data:image/png;base64,{{red-64.png}}") == f"data:image/png;base64,{text}"
    assert captures.given({"open": "red-64.png"}).name == "red-64.png"
