"""
The same work by hand: what a careful engineer would write for these nine dialects and no others.

Each takes what ours takes and gives what ours gives: fields found by presence (null is absence, but
for OpenAI and Azure, which take it), wrong types and ranges refused with all places, preferences
clamped, words mapped, what cannot be said dropped with a note, keys that are no field dropped with a
note, the model looked up, the URL filled and percent-encoded, headers, credential, target, policy.
Decoding: the URL matched, fields mapped back, unknown keys kept under `provider_options`, secrets
left out.  Nothing is cached but tables.  What only a timed request without them can leave out, they
refuse: `provider_options`, images, models beside the one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from benchmarks.by_hand import bedrock, fireworks, gemini, openai_shaped, reka, segmind, stability, vertex
from imagetx import ImageRequest, NativeRequest, Target, Translation

Encode = Callable[[Any, Target], Translation[NativeRequest]]
Decode = Callable[[NativeRequest], Translation[ImageRequest]]

BY_HAND: Final[dict[str, tuple[Encode, Decode]]] = {
    "openai": (openai_shaped.encode_openai, openai_shaped.decode_openai),
    "azure": (openai_shaped.encode_azure, openai_shaped.decode_azure),
    "bedrock": (bedrock.encode, bedrock.decode),
    "gemini": (gemini.encode, gemini.decode),
    "vertex": (vertex.encode, vertex.decode),
    "stability": (stability.encode, stability.decode),
    "segmind": (segmind.encode, segmind.decode),
    "fireworks": (fireworks.encode, fireworks.decode),
    "reka": (reka.encode, reka.decode),
}
