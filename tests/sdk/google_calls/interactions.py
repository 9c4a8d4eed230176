"""Calls of Interactions over the Gemini API; one that says no response_format gets words too."""

from __future__ import annotations

from tests.sdk.google_calls.words import LITE, PRO, Call, Json, edit, generate


def native(**rest: Json) -> Json:
    return {"gemini": rest}


INTERACTIONS: dict[str, Call] = {
    "text alone": (
        "client.interactions.create(model='gemini-3.1-flash-lite-image', input='a red kite')",
        generate(LITE, "a red kite", provider_options=native(response_format={"type": None})),
    ),
    "form of the answer": (
        "client.interactions.create(model='gemini-3-pro-image', input='a red kite', response_format={'type': 'image', "
        "'aspect_ratio': '16:9', 'image_size': '2K', 'mime_type': 'image/jpeg', 'delivery': 'inline'})",
        generate(
            PRO,
            "a red kite",
            aspect_ratio="16:9",
            resolution="2K",
            output_format="jpeg",
            provider_options=native(response_format={"delivery": "inline"}),
        ),
    ),
    "a URL": (
        "client.interactions.create(model='gemini-3-pro-image', input='a red kite', "
        "response_format={'type': 'image', 'delivery': 'uri'})",
        {**generate(PRO, "a red kite"), "response_format": "url"},
    ),
    "seed and system instruction": (
        "client.interactions.create(model='gemini-3-pro-image', input='a red kite', generation_config={'seed': 0, "
        "'temperature': 0.5, 'thinking_level': 'high'}, store=False, system_instruction='Draw with ink.')",
        generate(
            PRO,
            "a red kite",
            seed=0,
            provider_options=native(
                store=False,
                system_instruction="Draw with ink.",
                generation_config={"temperature": 0.5, "thinking_level": "high"},
                response_format={"type": None},
            ),
        ),
    ),
    "one level for all texts": (
        "client.interactions.create(model='gemini-3-pro-image', input='a red kite', safety_settings=[{'type': word, "
        "'threshold': 'off'} for word in ('hate_speech', 'dangerous_content', 'harassment', 'sexually_explicit')])",
        generate(PRO, "a red kite", safety_level="off", provider_options=native(response_format={"type": None})),
    ),
    "an image before the words": (
        "client.interactions.create(model='gemini-3-pro-image', input=[{'type': 'image', 'data': text(red), "
        "'mime_type': 'image/png'}, {'type': 'text', 'text': 'make it blue'}], "
        "response_format={'type': 'image', 'aspect_ratio': '1:1'})",
        edit(PRO, "make it blue", "{{red-64.png}}", aspect_ratio="1:1"),
    ),
    "an earlier turn": (
        "client.interactions.create(model='gemini-3-pro-image', input='make it snow', previous_interaction_id='v1_1', "
        "background=True)",
        generate(
            PRO,
            "make it snow",
            provider_options=native(previous_interaction_id="v1_1", background=True, response_format={"type": None}),
        ),
    ),
    "streamed": (
        "list(client.interactions.create(model='gemini-3-pro-image', input='a red kite', stream=True))",
        generate(PRO, "a red kite", stream=True, provider_options=native(response_format={"type": None})),
    ),
}
