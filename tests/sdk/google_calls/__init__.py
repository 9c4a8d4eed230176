"""
What google-genai is asked for, and beside it, written by hand, what was said with it.

A call is its source, the canonical request (or the name of the error of `decode_request`), and on Vertex perhaps a
third word: `express`, or a location other than us-central1. The source is evaluated with `client`, `types` and the
images of `capture_google.IMAGES` by name. What has no canonical word stands in `provider_options`, and so does
silence where the canonical request would not be silent: who does not say `response_modalities` gets words too, and
we ask for an image alone. `model`, `operation` and `response_format` (base64 is the only form) are of every call.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.sdk.google_calls import editing, gemini, imagen, interactions, vertex
from tests.sdk.google_calls.words import Json

_GROUPS = {
    "gemini generate-content": gemini.GENERATE_CONTENT,
    "gemini interactions": interactions.INTERACTIONS,
    "gemini imagen": imagen.GEMINI,
    "vertex generate-content": vertex.GENERATE_CONTENT,
    "vertex imagen": imagen.VERTEX,
    "vertex editing": editing.EDITING,
    "vertex refused": vertex.REFUSED,
}


def calls() -> Iterator[tuple[str, str, str, Json]]:
    """List name, kind of client, source of every call, and what was said with it."""
    for group, members in _GROUPS.items():
        usual = "gemini" if group.startswith("gemini") else "us-central1"
        for name, (source, said, *at) in members.items():
            yield f"{group}: {name}", at[0] if at else usual, source, said
