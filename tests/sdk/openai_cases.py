"""
Calls of the OpenAI SDK, and by hand what each of them says in canonical words.

Needs the standard library only (see captures.py). Sources: design.md (canonical request; what decode adds), the
dossiers openai.md and azure.md, and the docstrings of openai-python 3.54.0 for what a parameter means.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any
RED, GREY, GREEN = "{{red-64.png}}", "{{grey-64.jpg}}", "{{green-64.webp}}"
MASK = "{{mask-transparent-64.png}}"


@dataclass(frozen=True, kw_only=True)
class Case:
    """
    One call.

    Attributes:
        name: Of its own.
        client: Class of the SDK.
        options: What the client is made with, beside key and transport.
        call: Method of the client.
        passed: Arguments, in the JSON form of `captures.given`.
        dialect: Whose language it must be recognised as.
        says: The canonical request, whole, by hand.
        notes: `kind pointer` of what decoding must say.
        sent: URL of the native normal form, where it is another.
        since: The first version that can be called so, where its parameters do not tell.
    """

    name: str
    client: str = "OpenAI"
    options: Mapping[str, Json] = field(default_factory=dict)
    call: str
    passed: Mapping[str, Json]
    dialect: str
    says: Mapping[str, Json]
    notes: tuple[str, ...] = ()
    sent: str | None = None
    since: str = "1.40.0"


GENERATE = [
    Case(
        name="dall-e-2",
        call="images.generate",
        passed={
            "model": "dall-e-2",
            "prompt": "A lighthouse",
            "n": 2,
            "quality": "standard",
            "response_format": "b64_json",
            "size": "256x256",
            "user": "u-1",
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "dall-e-2",
            "prompt": "A lighthouse",
            "n": 2,
            "quality": "standard",
            "response_format": "b64_json",
            "size": "256x256",
            "user": "u-1",
        },
    ),
    Case(  # dall-e answers with a URL where nothing is said (openai.md 3.1)
        name="dall-e-2-silent",
        call="images.generate",
        passed={"model": "dall-e-2", "prompt": "A lighthouse"},
        dialect="openai/generations",
        says={"operation": "generate", "model": "dall-e-2", "prompt": "A lighthouse", "response_format": "url"},
    ),
    Case(
        name="dall-e-3",
        call="images.generate",
        passed={
            "model": "dall-e-3",
            "prompt": "Paper lantern boat",
            "n": 1,
            "quality": "hd",
            "response_format": "url",
            "size": "1792x1024",
            "style": "natural",
            "user": "u-2",
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "dall-e-3",
            "prompt": "Paper lantern boat",
            "n": 1,
            "quality": "hd",
            "response_format": "url",
            "size": "1792x1024",
            "style": "natural",
            "user": "u-2",
        },
    ),
    Case(
        name="dall-e-3-nulls",
        call="images.generate",
        passed={
            "model": "dall-e-3",
            "prompt": "Boat",
            "n": None,
            "quality": "standard",
            "response_format": None,
            "size": None,
            "style": None,
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "dall-e-3",
            "prompt": "Boat",
            "n": None,
            "quality": "standard",
            "response_format": None,
            "size": None,
            "style": None,
        },
    ),
    Case(
        name="gpt-image-1",
        call="images.generate",
        passed={
            "model": "gpt-image-1",
            "prompt": "A paper crane",
            "background": "transparent",
            "moderation": "low",
            "n": 10,
            "output_compression": 80,
            "output_format": "webp",
            "quality": "high",
            "size": "1536x1024",
            "user": "u-3",
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-1",
            "prompt": "A paper crane",
            "background": "transparent",
            "moderation": "low",
            "n": 10,
            "output_compression": 80,
            "output_format": "webp",
            "quality": "high",
            "size": "1536x1024",
            "user": "u-3",
            "response_format": "b64_json",
        },
    ),
    Case(
        name="gpt-image-1.5-stream",
        call="images.generate",
        passed={"model": "gpt-image-1.5", "prompt": "Blue kite", "stream": True, "partial_images": 2, "size": "auto"},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-1.5",
            "prompt": "Blue kite",
            "stream": True,
            "partial_images": 2,
            "size": "auto",
            "response_format": "b64_json",
        },
    ),
    Case(
        name="gpt-image-2",
        call="images.generate",
        passed={
            "model": "gpt-image-2",
            "prompt": "Ein Fuchs im Schnee: \u96ea\u306e\u4e2d\u306e\u72d0 \U0001f98a",
            "background": "auto",
            "moderation": "auto",
            "n": 1,
            "output_compression": 0,
            "output_format": "jpeg",
            "quality": "auto",
            "safety_identifier": "hash-9",
            "size": "1920x1088",
            "stream": False,
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "Ein Fuchs im Schnee: \u96ea\u306e\u4e2d\u306e\u72d0 \U0001f98a",
            "background": "auto",
            "moderation": "auto",
            "n": 1,
            "output_compression": 0,
            "output_format": "jpeg",
            "quality": "auto",
            "safety_identifier": "hash-9",
            "size": "1920x1088",
            "stream": False,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="gpt-image-2-stream-without-partials",
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "Blue kite", "stream": True, "partial_images": 0},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "Blue kite",
            "stream": True,
            "partial_images": 0,
            "response_format": "b64_json",
        },
    ),
    Case(  # design.md: null is kept where the dialect accepts it on the wire
        name="gpt-image-2-nulls",
        call="images.generate",
        passed={
            "model": "gpt-image-2",
            "prompt": "Blue kite",
            "background": None,
            "moderation": None,
            "n": None,
            "output_compression": None,
            "output_format": None,
            "partial_images": None,
            "quality": None,
            "safety_identifier": None,
            "size": None,
            "stream": None,
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "Blue kite",
            "background": None,
            "moderation": None,
            "n": None,
            "output_compression": None,
            "output_format": None,
            "partial_images": None,
            "quality": None,
            "safety_identifier": None,
            "size": None,
            "stream": None,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="gpt-image-2.5-max",
        call="images.generate",
        passed={"model": "gpt-image-2.5-flare-2026-09-08", "prompt": "An owl", "quality": "max", "size": "3840x1280"},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2.5-flare-2026-09-08",
            "prompt": "An owl",
            "quality": "max",
            "size": "3840x1280",
            "response_format": "b64_json",
        },
    ),
    Case(
        name="gpt-image-2.6-gif",
        call="images.generate",
        passed={
            "model": "gpt-image-2.6-flare",
            "prompt": "Candle flickering",
            "complexity": "low",
            "frame_count": 6,
            "frame_duration_ms": 120,
            "output_format": "gif",
            "size": "816x816",
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2.6-flare",
            "prompt": "Candle flickering",
            "output_format": "gif",
            "size": "816x816",
            "response_format": "b64_json",
            "provider_options": {"openai": {"complexity": "low", "frame_count": 6, "frame_duration_ms": 120}},
        },
    ),
    Case(
        name="gpt-image-2.6-svg",
        call="images.generate",
        passed={
            "model": "gpt-image-2.6-sunburst",
            "prompt": "A compass rose",
            "output_format": "svg",
            "svg": {"model": "gpt-6-luna", "reasoning": {"effort": "low"}},
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2.6-sunburst",
            "prompt": "A compass rose",
            "output_format": "svg",
            "response_format": "b64_json",
            "provider_options": {"openai": {"svg": {"model": "gpt-6-luna", "reasoning": {"effort": "low"}}}},
        },
    ),
    Case(  # a habit of many callers; forbidden there (openai.md 3.1), so a native key, beside what the wire form fixes
        name="gpt-image-2-response-format",
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl", "n": 1, "response_format": "b64_json", "style": None},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "n": 1,
            "response_format": "b64_json",
            "provider_options": {"openai": {"response_format": "b64_json", "style": None}},
        },
    ),
    Case(  # without stream they say nothing (openai.md 3.1): no canonical field then, and carried
        name="partial-images-without-stream",
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl", "partial_images": 2},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "response_format": "b64_json",
            "provider_options": {"openai": {"partial_images": 2}},
        },
    ),
    Case(
        name="extra-body",
        call="images.generate",
        passed={
            "model": "gpt-image-2",
            "prompt": "An owl",
            "extra_body": {"seed": 0, "negative_prompt": "", "new": {"a": [1, None, 2.5]}},
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "response_format": "b64_json",
            "provider_options": {"openai": {"seed": 0, "negative_prompt": "", "new": {"a": [1, None, 2.5]}}},
        },
    ),
    Case(
        name="extra-body-overrides",
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl", "n": 1, "extra_body": {"n": 3}},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "n": 3,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="extra-headers-and-query",
        call="images.generate",
        passed={
            "model": "gpt-image-2",
            "prompt": "An owl",
            "extra_headers": {"Idempotency-Key": "order-7", "X-Trace": "t 1"},
            "extra_query": {"tier": "beta", "tag": "a b&c"},
        },
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "response_format": "b64_json",
            "provider_options": {
                "openai": {
                    "extra_headers": {"idempotency-key": "order-7", "x-trace": "t 1"},
                    "extra_query": {"tier": "beta", "tag": "a b&c"},
                }
            },
        },
    ),
    Case(
        name="organization-and-project",
        options={"organization": "org-1", "project": "proj-1"},
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl", "timeout": 30},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "response_format": "b64_json",
            "provider_options": {
                "openai": {"extra_headers": {"openai-organization": "org-1", "openai-project": "proj-1"}}
            },
        },
    ),
    Case(
        name="raw-response",
        call="images.with_raw_response.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl"},
        dialect="openai/generations",
        says={"operation": "generate", "model": "gpt-image-2", "prompt": "An owl", "response_format": "b64_json"},
    ),
    Case(
        name="async",
        client="AsyncOpenAI",
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl", "n": 2},
        dialect="openai/generations",
        says={
            "operation": "generate",
            "model": "gpt-image-2",
            "prompt": "An owl",
            "n": 2,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="data-residency",
        options={"base_url": "https://eu.api.openai.com/v1"},
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl"},
        dialect="openai/generations",
        says={"operation": "generate", "model": "gpt-image-2", "prompt": "An owl", "response_format": "b64_json"},
    ),
    Case(  # design.md: a gateway's prefix may stand before the path; no other provider's path ends so
        name="gateway",
        options={"base_url": "https://gateway.example/team-a/v1/"},
        call="images.generate",
        passed={"model": "gpt-image-2", "prompt": "An owl"},
        dialect="openai/generations",
        says={"operation": "generate", "model": "gpt-image-2", "prompt": "An owl", "response_format": "b64_json"},
    ),
    Case(  # Google's route for this client: a path of its own (gemini.md 3.3)
        name="gemini-openai",
        options={"base_url": "https://generativelanguage.googleapis.com/v1beta/openai/"},
        call="images.generate",
        passed={"model": "gemini-2.5-flash-image", "prompt": "An owl", "n": 1, "response_format": "b64_json"},
        dialect="gemini/openai-generations",
        says={
            "operation": "generate",
            "model": "gemini-2.5-flash-image",
            "prompt": "An owl",
            "n": 1,
            "response_format": "b64_json",
        },
    ),
]

EDIT = [
    Case(
        name="edit-bytes",
        call="images.edit",
        passed={"model": "gpt-image-1.5", "prompt": "Add a hat", "image": {"bytes": "red-64.png"}},
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-1.5",
            "prompt": "Add a hat",
            "image": RED,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="edit-open-file",
        call="images.edit",
        passed={"model": "gpt-image-2", "prompt": "Add a hat", "image": {"open": "grey-64.jpg"}},
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": GREY,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="edit-path",
        call="images.edit",
        passed={"model": "gpt-image-2", "prompt": "Add a hat", "image": {"path": "green-64.webp"}},
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": GREEN,
            "response_format": "b64_json",
        },
    ),
    Case(  # quotes and text beyond ASCII in the name, a type that is not that of the bytes
        name="edit-odd-name",
        call="images.edit",
        passed={
            "model": "gpt-image-2",
            "prompt": 'Say "caf\u00e9"\r\nin red',
            "image": {"file": ['my "best" caf\u00e9.png', "red-64.png", "image/jpeg"]},
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": 'Say "caf\u00e9"\r\nin red',
            "image": RED,
            "response_format": "b64_json",
        },
    ),
    Case(  # `image[]` once: a list of one image is the image
        name="edit-list-of-one",
        call="images.edit",
        passed={"model": "gpt-image-2", "prompt": "Add a hat", "image": [{"open": "red-64.png"}]},
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": RED,
            "response_format": "b64_json",
        },
        since="1.76.0",
    ),
    Case(
        name="edit-everything",
        call="images.edit",
        passed={
            "model": "gpt-image-1.5",
            "prompt": "Put the vase on the table",
            "image": [{"bytes": "red-64.png"}, {"open": "grey-64.jpg"}, {"path": "green-64.webp"}],
            "mask": {"open": "mask-transparent-64.png"},
            "background": "opaque",
            "input_fidelity": "high",
            "n": 2,
            "output_compression": 55,
            "output_format": "jpeg",
            "quality": "medium",
            "size": "1024x1536",
            "user": "u-4",
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-1.5",
            "prompt": "Put the vase on the table",
            "image": [RED, GREY, GREEN],
            "mask": MASK,
            "background": "opaque",
            "input_fidelity": "high",
            "n": 2,
            "output_compression": 55,
            "output_format": "jpeg",
            "quality": "medium",
            "size": "1024x1536",
            "user": "u-4",
            "response_format": "b64_json",
        },
        since="1.76.0",
    ),
    Case(
        name="edit-dall-e-2",
        call="images.edit",
        passed={
            "model": "dall-e-2",
            "prompt": "A sunlit lounge",
            "image": {"open": "red-64.png"},
            "mask": {"bytes": "mask-transparent-64.png"},
            "n": 1,
            "response_format": "url",
            "size": "512x512",
            "user": "u-5",
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "dall-e-2",
            "prompt": "A sunlit lounge",
            "image": RED,
            "mask": MASK,
            "n": 1,
            "response_format": "url",
            "size": "512x512",
            "user": "u-5",
        },
    ),
    Case(  # a form has no null: the SDK leaves them out (openai.md 1.1)
        name="edit-nulls",
        call="images.edit",
        passed={
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": {"open": "red-64.png"},
            "background": None,
            "input_fidelity": None,
            "n": None,
            "output_format": None,
            "quality": None,
            "response_format": None,
            "size": None,
            "stream": None,
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": RED,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="edit-stream",
        call="images.edit",
        passed={
            "model": "gpt-image-2.5-sunburst",
            "prompt": "Add a hat",
            "image": {"open": "red-64.png"},
            "quality": "xhigh",
            "stream": True,
            "partial_images": 3,
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2.5-sunburst",
            "prompt": "Add a hat",
            "image": RED,
            "quality": "xhigh",
            "stream": True,
            "partial_images": 3,
            "response_format": "b64_json",
        },
    ),
    Case(  # where no model is said the reference's default speaks (openai.md 3.3)
        name="edit-without-model",
        call="images.edit",
        passed={"prompt": "Add a hat", "image": {"open": "red-64.png"}, "stream": False},
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-1.5",
            "prompt": "Add a hat",
            "image": RED,
            "stream": False,
            "response_format": "b64_json",
        },
    ),
    Case(
        name="edit-gpt-image-2.6",
        call="images.edit",
        passed={
            "model": "gpt-image-2.6-sunburst",
            "prompt": "Animate the candle",
            "image": {"open": "red-64.png"},
            "complexity": "medium",
            "frame_count": 4,
            "frame_duration_ms": 90,
            "output_format": "gif",
            "safety_identifier": "hash-1",
            "size": "816x816",
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2.6-sunburst",
            "prompt": "Animate the candle",
            "image": RED,
            "output_format": "gif",
            "safety_identifier": "hash-1",
            "size": "816x816",
            "response_format": "b64_json",
            "provider_options": {"openai": {"complexity": "medium", "frame_count": "4", "frame_duration_ms": "90"}},
        },
    ),
    Case(  # a nested object of a form is spelled with brackets (openai.md 1.1); native nesting is that of the JSON
        name="edit-svg",
        call="images.edit",
        passed={
            "model": "gpt-image-2.6-flare",
            "prompt": "As a line drawing",
            "image": {"open": "red-64.png"},
            "output_format": "svg",
            "svg": {"model": "gpt-6-luna", "reasoning": {"effort": "none"}},
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2.6-flare",
            "prompt": "As a line drawing",
            "image": RED,
            "output_format": "svg",
            "response_format": "b64_json",
            "provider_options": {"openai": {"svg": {"model": "gpt-6-luna", "reasoning": {"effort": "none"}}}},
        },
    ),
    Case(  # drawn on image 1 (openai.md 3.2); no canonical field: carried as it came, its file and all
        name="edit-markup",
        call="images.edit",
        passed={
            "model": "gpt-image-2.5-flare",
            "prompt": "Remove what is circled",
            "image": {"open": "red-64.png"},
            "markup": {"open": "mask-transparent-64.png"},
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2.5-flare",
            "prompt": "Remove what is circled",
            "image": RED,
            "response_format": "b64_json",
            "provider_options": {
                "openai": {
                    "markup": {"filename": "mask-transparent-64.png", "content_type": "image/png", "base64": MASK}
                }
            },
        },
    ),
    Case(
        name="edit-extras",
        call="images.edit",
        passed={
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": {"open": "red-64.png"},
            "extra_body": {"moderation": "low", "seed": 7, "fast": True},
            "extra_headers": {"Idempotency-Key": "order-8"},
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": "Add a hat",
            "image": RED,
            "moderation": "low",
            "response_format": "b64_json",
            "provider_options": {
                "openai": {"seed": "7", "fast": "true", "extra_headers": {"idempotency-key": "order-8"}}
            },
        },
    ),
    Case(  # the JSON edit is not a method of the SDK: its `post` says it
        name="edit-json",
        call="post",
        passed={
            "path": "/images/edits",
            "body": {
                "model": "gpt-image-2",
                "prompt": "Same room at dusk",
                "images": [
                    {"image_url": "https://img.example/a.jpg"},
                    {"file_id": "file-77"},
                    {"image_url": "data:image/png;base64,{{red-64.png}}"},
                ],
                "mask": {"file_id": "file-88"},
                "moderation": "low",
                "n": None,
                "size": "1536x1024",
                "stream": True,
                "partial_images": 1,
            },
        },
        dialect="openai/edits",
        says={
            "operation": "edit",
            "model": "gpt-image-2",
            "prompt": "Same room at dusk",
            "image": ["https://img.example/a.jpg", {"file_id": "file-77"}, RED],
            "mask": {"file_id": "file-88"},
            "moderation": "low",
            "n": None,
            "size": "1536x1024",
            "stream": True,
            "partial_images": 1,
            "response_format": "b64_json",
        },
    ),
]

VARIATION = [
    Case(
        name="variation",
        call="images.create_variation",
        passed={
            "image": {"open": "red-64.png"},
            "model": "dall-e-2",
            "n": 3,
            "response_format": "b64_json",
            "size": "512x512",
            "user": "u-6",
        },
        dialect="openai/variations",
        says={
            "operation": "variation",
            "image": RED,
            "model": "dall-e-2",
            "n": 3,
            "response_format": "b64_json",
            "size": "512x512",
            "user": "u-6",
        },
    ),
    Case(
        name="variation-silent",
        client="AsyncOpenAI",
        call="images.create_variation",
        passed={"image": {"bytes": "red-64.png"}, "model": None, "n": None},
        dialect="openai/variations",
        says={"operation": "variation", "image": RED, "model": "dall-e-2", "response_format": "url"},
    ),
]
