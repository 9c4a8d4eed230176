"""Calls of generateContent over the Gemini API."""

from __future__ import annotations

from tests.sdk.google_calls.words import LITE, NANO, OLD, PRO, WORDS_TOO, Call, Json, edit, generate


def native(**rest: Json) -> Json:
    return {"gemini": rest}


def wordy(**rest: Json) -> Json:
    """Say what stands in provider_options of a call that does not name the modalities."""
    return native(**{**rest, "generationConfig": {**rest.get("generationConfig", {}), **WORDS_TOO}})


GENERATE_CONTENT: dict[str, Call] = {
    "text alone": (
        "client.models.generate_content(model='gemini-nano-banana-2.1', contents='a red kite')",
        generate(NANO, "a red kite", provider_options=wordy()),
    ),
    "ratio and size": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config=types.Generate"
        "ContentConfig(response_modalities=['IMAGE'], image_config=types.ImageConfig(aspect_ratio='16:9', "
        "image_size='4K')))",
        generate(PRO, "a red kite", aspect_ratio="16:9", resolution="4K"),
    ),
    "ratio alone of a model of one size": (
        "client.models.generate_content(model='gemini-2.5-flash-image', contents='a red kite', "
        "config={'response_modalities': ['Image'], 'image_config': {'aspect_ratio': '3:2'}})",
        generate(
            OLD,
            "a red kite",
            aspect_ratio="3:2",
            provider_options=native(generationConfig={"responseModalities": ["Image"]}),
        ),
    ),
    "camelCase config": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', "
        "config={'responseModalities': ['IMAGE'], 'imageConfig': {'aspectRatio': '21:9', 'imageSize': '2K'}})",
        generate(PRO, "a red kite", aspect_ratio="21:9", resolution="2K"),
    ),
    "text and image asked for": (
        "client.models.generate_content(model='gemini-3-pro-image', contents=['a red kite', 'at dusk'], "
        "config={'response_modalities': ['TEXT', 'IMAGE'], 'temperature': 0.0, 'max_output_tokens': 2000})",
        generate(
            PRO,
            "a red kite\nat dusk",
            provider_options=native(
                generationConfig={"responseModalities": ["TEXT", "IMAGE"], "temperature": 0.0, "maxOutputTokens": 2000}
            ),
        ),
    ),
    "seed of zero": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={'seed': 0})",
        generate(PRO, "a red kite", seed=0, provider_options=wordy()),
    ),
    "two candidates": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', "
        "config={'seed': 7, 'candidate_count': 2})",
        generate(PRO, "a red kite", seed=7, provider_options=wordy(generationConfig={"candidateCount": 2})),
    ),
    "system instruction": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', "
        "config={'system_instruction': 'Draw with ink.'})",
        generate(
            PRO,
            "a red kite",
            provider_options=wordy(systemInstruction={"parts": [{"text": "Draw with ink."}], "role": "user"}),
        ),
    ),
    "one level for all texts": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={'safety_settings': ["
        "{'category': 'HARM_CATEGORY_' + word, 'threshold': 'BLOCK_ONLY_HIGH'} for word in "
        "('HARASSMENT', 'HATE_SPEECH', 'SEXUALLY_EXPLICIT', 'DANGEROUS_CONTENT')]})",
        generate(PRO, "a red kite", safety_level="permissive", provider_options=wordy()),
    ),
    "levels that differ": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={'safety_settings': ["
        "types.SafetySetting(category='HARM_CATEGORY_HARASSMENT', threshold='OFF'), "
        "types.SafetySetting(category='HARM_CATEGORY_IMAGE_HATE', threshold='BLOCK_NONE')]})",
        generate(
            PRO,
            "a red kite",
            provider_options=wordy(
                safetySettings=[
                    {"category": "HARM_CATEGORY_HARASSMENT", "threshold": "OFF"},
                    {"category": "HARM_CATEGORY_IMAGE_HATE", "threshold": "BLOCK_NONE"},
                ]
            ),
        ),
    ),
    "an image before the words": (
        "client.models.generate_content(model='gemini-2.5-flash-image', contents=["
        "types.Part.from_bytes(data=red, mime_type='image/png'), 'make it blue'], "
        "config={'response_modalities': ['IMAGE']})",
        edit(OLD, "make it blue", "{{red-64.png}}"),
    ),
    "two images after the words": (
        "client.models.generate_content(model='gemini-nano-banana-2.1', contents=['one poster of both', "
        "types.Part.from_bytes(data=grey, mime_type='image/jpeg'), "
        "types.Part(inline_data=types.Blob(data=green, mime_type='image/webp'))], "
        "config={'image_config': {'image_size': '2K'}})",
        edit(
            NANO,
            "one poster of both",
            ["{{grey-64.jpg}}", "{{green-64.webp}}"],
            resolution="2K",
            provider_options=wordy(),
        ),
    ),
    "an uploaded file": (
        "client.models.generate_content(model='gemini-3-pro-image', contents=[types.Part.from_uri("
        "file_uri='https://generativelanguage.googleapis.com/v1beta/files/abc', mime_type='image/png'), 'at night'])",
        edit(
            PRO,
            "at night",
            {"image_url": "https://generativelanguage.googleapis.com/v1beta/files/abc", "mime_type": "image/png"},
            provider_options=wordy(),
        ),
    ),
    "a second turn": (
        "client.models.generate_content(model='gemini-3-pro-image', contents=["
        "types.Content(role='user', parts=[types.Part(text='draw a tram')]), "
        "types.Content(role='model', parts=[types.Part(inline_data=types.Blob(data=red, mime_type='image/png'), "
        "thought_signature=b'\\xfb\\xff\\xfe')]), "
        "types.Content(role='user', parts=[types.Part(text='make it snow')])])",
        generate(
            PRO,
            "make it snow",
            provider_options=wordy(
                contents=[
                    {"role": "user", "parts": [{"text": "draw a tram"}]},
                    {
                        "role": "model",
                        "parts": [
                            {
                                "inlineData": {"mimeType": "image/png", "data": "{{red-64.png}}"},
                                "thoughtSignature": "-__-",
                            }
                        ],
                    },
                    {},
                ]
            ),
        ),
    ),
    "thinking and search": (
        "client.models.generate_content(model='gemini-nano-banana-2.1', contents='the weather in Oslo', config={"
        "'thinking_config': {'thinking_level': 'HIGH', 'include_thoughts': True}, 'tools': [{'google_search': {}}], "
        "'tool_config': {'retrieval_config': {'language_code': 'nb'}}, 'cached_content': 'cachedContents/c1'})",
        generate(
            NANO,
            "the weather in Oslo",
            provider_options=wordy(
                cachedContent="cachedContents/c1",
                tools=[{"googleSearch": {}}],
                toolConfig={"retrievalConfig": {"language_code": "nb"}},
                generationConfig={"thinkingConfig": {"thinkingLevel": "HIGH", "includeThoughts": True}},
            ),
        ),
    ),
    "sampling words": (
        "client.models.generate_content(model='gemini-2.5-flash-image', contents='a red kite', config={'top_p': 0.5, "
        "'top_k': 3, 'stop_sequences': ['END'], 'response_logprobs': False, 'presence_penalty': 0.1, "
        "'frequency_penalty': 0, 'media_resolution': 'MEDIA_RESOLUTION_LOW'})",
        generate(
            OLD,
            "a red kite",
            provider_options=wordy(
                generationConfig={
                    "topP": 0.5,
                    "topK": 3.0,
                    "stopSequences": ["END"],
                    "responseLogprobs": False,
                    "presencePenalty": 0.1,
                    "frequencyPenalty": 0.0,
                    "mediaResolution": "MEDIA_RESOLUTION_LOW",
                }
            ),
        ),
    ),
    "streamed": (
        "list(client.models.generate_content_stream(model='gemini-3.1-flash-lite-image', contents='a red kite', "
        "config={'image_config': {'aspect_ratio': '1:8'}}))",
        generate(LITE, "a red kite", stream=True, aspect_ratio="1:8", provider_options=wordy()),
    ),
    "a model by its full name, headers and an extra key": (
        "client.models.generate_content(model='models/gemini-3-pro-image', contents='a red kite', config={"
        "'http_options': {'headers': {'x-team': 'a7'}, 'timeout': 60000, 'extra_body': {'serviceTier': 'flex'}}})",
        generate(
            PRO,
            "a red kite",
            provider_options=wordy(serviceTier="flex", extra_headers={"x-team": "a7", "x-server-timeout": "60"}),
        ),
    ),
    "a chat": (
        "client.chats.create(model='gemini-3-pro-image', config={'response_modalities': ['IMAGE']}"
        ").send_message([types.Part.from_bytes(data=red, mime_type='image/png'), 'a hat on it'])",
        edit(PRO, "a hat on it", "{{red-64.png}}"),
    ),
    "not waited for": (
        "asyncio.run(client.aio.models.generate_content(model='gemini-3-pro-image', contents='a red kite', "
        "config={'response_modalities': ['IMAGE'], 'seed': 3}))",
        generate(PRO, "a red kite", seed=3),
    ),
    "a file of anybody": (
        "client.models.generate_content(model='gemini-3-pro-image', contents=['as here', types.Part.from_uri("
        "file_uri='https://img.example/a.png', mime_type='image/png')], config={'response_modalities': ['IMAGE']})",
        generate(
            PRO,
            "as here",
            provider_options=native(
                contents=[
                    {"parts": [{}, {"fileData": {"fileUri": "https://img.example/a.png", "mimeType": "image/png"}}]}
                ]
            ),
        ),
    ),
}
