"""
Edits: a request with an image of 10 MB in each form, beside the body put together by hand.

By hand is the least that anybody has to do: encode or decode the base64, and join or dump the body.
"""

from __future__ import annotations

import base64
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import pydantic_core

import imagetx
from benchmarks import memory
from benchmarks.bodies import KB, MB, png
from benchmarks.cases import PROMPT
from benchmarks.clock import Call, compare
from benchmarks.effort import Effort
from benchmarks.table import Cell, Table

SIZE: Final = 10 * MB
FORM: Final = imagetx.Target("openai", "gpt-image-2")
JSON: Final = imagetx.Target("gemini", "gemini-3-pro-image")
DATA_URL: Final = "data:image/png;base64,"
BOUNDARY: Final = "a-boundary-that-stands-in-no-image"
HEAD: Final = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="prompt"\r\n\r\n{PROMPT}\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="model"\r\n\r\ngpt-image-2\r\n'
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="image"; filename="image.png"\r\n'
    "Content-Type: image/png\r\n\r\n"
).encode("ascii")
TAIL: Final = f"\r\n--{BOUNDARY}--\r\n".encode("ascii")


def encoded(target: imagetx.Target, image: Any) -> bytes:
    """Say an edit, and give its bytes."""
    return imagetx.encode_request({"prompt": PROMPT, "image": image}, target).value.content()


def form_of(image: bytes) -> bytes:
    """Join a form by hand."""
    return b"".join((HEAD, image, TAIL))


def json_of(image: str) -> bytes:
    """Dump a JSON body by hand."""
    parts = [{"inlineData": {"mimeType": "image/png", "data": image}}, {"text": PROMPT}]
    config = {"responseModalities": ["IMAGE"]}
    return pydantic_core.to_json({"contents": [{"role": "user", "parts": parts}], "generationConfig": config})


def _as_base64(image: bytes) -> str:
    return base64.b64encode(image).decode("ascii")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _as_data_url(image: bytes) -> str:
    return DATA_URL + _as_base64(image)


Given = Callable[[bytes], Any]
FORMS: Final[dict[str, tuple[Given, imagetx.Target, Callable[[Any], bytes]]]] = {
    # name: (how the image is given, to whom, by hand)
    "bytes to form": (bytes, FORM, form_of),
    "base64 to form": (_as_base64, FORM, lambda text: form_of(_decoded(text))),
    "data URL to form": (_as_data_url, FORM, lambda url: form_of(_decoded(url[len(DATA_URL) :]))),
    "bytes to base64 JSON": (bytes, JSON, lambda image: json_of(_as_base64(image))),
    "base64 to base64 JSON": (_as_base64, JSON, json_of),
    "data URL to base64 JSON": (_as_data_url, JSON, lambda url: json_of(url[len(DATA_URL) :])),
}
CALLS: Final[dict[str, Callable[[Any], bytes]]] = {
    **{name: partial(encoded, target) for name, (_, target, _) in FORMS.items()},
    **{f"{name} by hand": by_hand for name, (_, _, by_hand) in FORMS.items()},
}
GIVEN: Final[dict[str, Given]] = {
    **{name: given for name, (given, _, _) in FORMS.items()},
    **{f"{name} by hand": given for name, (given, _, _) in FORMS.items()},
}
"""How each call wants the bytes of the image."""


def tables(effort: Effort) -> Iterator[Table]:
    """Give the table of edits."""
    memory.keep_freed()
    image = png(SIZE // effort.scale)
    with tempfile.TemporaryDirectory() as folder:
        file, small = Path(folder) / "image.png", Path(folder) / "small.png"
        file.write_bytes(image)
        small.write_bytes(png(10 * KB))
        rows = [_row(name, image, file, small, effort) for name in list(FORMS)[: effort.most]]
    yield Table(
        name="edits",
        title="encode_request of an edit with an image of 10 MB, then .value.content()",
        rows=rows,
        remarks=[
            "by hand: b64encode, b64decode, and the join or pydantic_core.to_json of the body; nothing is checked.",
            "Memory in multiples of the image, at the peak; the image as it is given is there before.",
            memory.KEPT,
        ],
    )


def _row(name: str, image: bytes, file: Path, small: Path, effort: Effort) -> dict[str, Cell]:
    """Measure one form."""
    given = GIVEN[name](image)
    names = {"ours": name, "by hand": f"{name} by hand"}
    calls: dict[str, Call] = {whose: partial(CALLS[call], given) for whose, call in names.items()}
    times = compare(calls, rounds=effort.few(), turn_ns=effort.turn_ns)
    row: dict[str, Cell] = {"form": name}
    row |= {f"{whose} ms": took / 1e6 for whose, took in times.items()}
    row["ratio"] = times["ours"] / times["by hand"]
    row |= {f"{whose} traced": memory.traced(call) / len(image) for whose, call in calls.items()}
    for whose, call in names.items():
        row[f"{whose} RSS"] = memory.resident("edits", call, file, small) / len(image)
    return row
