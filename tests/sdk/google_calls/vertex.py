"""Calls of generateContent over Vertex AI, and what no dialect says."""

from __future__ import annotations

from tests.sdk.google_calls.words import CAPABLE, NANO, OLD, PRO, RAW, WORDS_TOO, Call, Json, edit, generate


def native(**rest: Json) -> Json:
    return {"vertex": rest}


def wordy(**rest: Json) -> Json:
    """Say what stands in provider_options of a call that does not name the modalities."""
    return native(**rest, generationConfig=WORDS_TOO)


GENERATE_CONTENT: dict[str, Call] = {
    "text alone": (
        "client.models.generate_content(model='gemini-2.5-flash-image', contents='a red kite')",
        generate(OLD, "a red kite", provider_options=wordy()),
    ),
    "the global location, everything of the image": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={"
        "'response_modalities': ['IMAGE'], 'seed': 9, 'labels': {'team': 'a7'}, 'image_config': {"
        "'aspect_ratio': '16:9', 'image_size': '4K', 'person_generation': 'ALLOW_ADULT', "
        "'prominent_people': 'BLOCK_PROMINENT_PEOPLE', 'output_mime_type': 'image/jpeg', "
        "'output_compression_quality': 85}})",
        generate(
            PRO,
            "a red kite",
            seed=9,
            aspect_ratio="16:9",
            resolution="4K",
            person_generation="allow_adult",
            output_format="jpeg",
            output_compression=85,
            provider_options=native(
                labels={"team": "a7"},
                generationConfig={"imageConfig": {"prominentPeople": "BLOCK_PROMINENT_PEOPLE"}},
            ),
        ),
        "global",
    ),
    "what only Vertex takes": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={"
        "'response_modalities': ['IMAGE'], 'generation_output_config': {'output_uri_prefix': 'gs://bkt/out/'}, "
        "'model_armor_config': {'prompt_template_name': 't'}, 'service_tier': 'flex', "
        "'http_options': {'headers': {'x-goog-user-project': 'billed'}}})",
        generate(
            PRO,
            "a red kite",
            provider_options=native(
                outputConfig={"output_uri_prefix": "gs://bkt/out/"},
                modelArmorConfig={"prompt_template_name": "t"},
                serviceTier="flex",
                extra_headers={"x-goog-user-project": "billed"},
            ),
        ),
        "global",
    ),
    "a multi-region": (
        "client.models.generate_content(model='gemini-2.5-flash-image', contents='a red kite', "
        "config={'image_config': {'aspect_ratio': '5:4'}})",
        generate(OLD, "a red kite", aspect_ratio="5:4", provider_options=wordy()),
        "eu",
    ),
    "no people": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', "
        "config={'image_config': {'person_generation': 'ALLOW_NONE'}})",
        generate(PRO, "a red kite", person_generation="dont_allow", provider_options=wordy()),
        "global",
    ),
    "express": (
        "client.models.generate_content(model='gemini-2.5-flash-image', contents='a red kite', "
        "config={'response_modalities': ['IMAGE']})",
        generate(OLD, "a red kite"),
        "express",
    ),
    "levels with a method": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={'safety_settings': ["
        "{'category': 'HARM_CATEGORY_HATE_SPEECH', 'threshold': 'BLOCK_LOW_AND_ABOVE', 'method': 'SEVERITY'}]})",
        generate(
            PRO,
            "a red kite",
            provider_options=wordy(
                safetySettings=[
                    {"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": "BLOCK_LOW_AND_ABOVE", "method": "SEVERITY"}
                ]
            ),
        ),
        "global",
    ),
    "one level for all texts": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={'safety_settings': ["
        "{'category': 'HARM_CATEGORY_' + word, 'threshold': 'BLOCK_NONE'} for word in "
        "('HARASSMENT', 'HATE_SPEECH', 'SEXUALLY_EXPLICIT', 'DANGEROUS_CONTENT')]})",
        generate(
            PRO,
            "a red kite",
            safety_level="off",
            provider_options=wordy(
                safetySettings=[
                    {"category": f"HARM_CATEGORY_{word}", "threshold": "BLOCK_NONE"}
                    for word in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
                ]
            ),
        ),
        "global",
    ),
    "one level for texts and images": (
        "client.models.generate_content(model='gemini-3-pro-image', contents='a red kite', config={'safety_settings': ["
        "{'category': 'HARM_CATEGORY_' + word, 'threshold': 'BLOCK_MEDIUM_AND_ABOVE'} for word in "
        "('HATE_SPEECH', 'DANGEROUS_CONTENT', 'HARASSMENT', 'SEXUALLY_EXPLICIT', 'IMAGE_HATE', "
        "'IMAGE_DANGEROUS_CONTENT', 'IMAGE_HARASSMENT', 'IMAGE_SEXUALLY_EXPLICIT')]})",
        generate(PRO, "a red kite", safety_level="medium", provider_options=wordy()),
        "global",
    ),
    "an image of a bucket and one in place": (
        "client.models.generate_content(model='gemini-3-pro-image', contents=["
        "types.Part.from_uri(file_uri='gs://bkt/a.png', mime_type='image/png'), "
        "types.Part.from_bytes(data=grey, mime_type='image/jpeg'), 'one poster of both'])",
        edit(PRO, "one poster of both", ["gs://bkt/a.png", "{{grey-64.jpg}}"], provider_options=wordy()),
        "global",
    ),
    "streamed": (
        "list(client.models.generate_content_stream(model='gemini-nano-banana-2.1', contents='a red kite', "
        "config={'response_modalities': ['IMAGE'], 'image_config': {'image_size': '1K'}}))",
        generate(NANO, "a red kite", stream=True, resolution="1K"),
        "global",
    ),
    "a publisher's name": (
        "client.models.generate_content(model='google/gemini-2.5-flash-image', contents='a red kite')",
        generate(OLD, "a red kite", provider_options=wordy()),
    ),
    "a whole name, whose place is not that of the host": (
        "client.models.generate_content(model='projects/p/locations/global/publishers/google/models/"
        "gemini-3-pro-image', contents='a red kite', config={'response_modalities': ['IMAGE']})",
        generate(PRO, "a red kite"),
    ),
}

REFUSED: dict[str, Call] = {
    "a tuned endpoint": (
        "client.models.generate_content(model='projects/p/locations/us-central1/endpoints/123', contents='a red kite')",
        "ResolveError",
    ),
    "the model registry": (
        "client.models.generate_content(model='models/gemini-3-pro-image', contents='a red kite')",
        "ResolveError",
    ),
    "interactions": (
        "client.interactions.create(model='gemini-3-pro-image', input='a red kite')",
        "ResolveError",
        "global",
    ),
    "a try-on": (
        "client.models.recontext_image(model='virtual-try-on-001', source=types.RecontextImageSource(person_image="
        "types.Image(image_bytes=red), product_images=[types.ProductImage(product_image=types.Image("
        "image_bytes=grey))]))",
        "WireError",
    ),
    "another context": (
        "client.models.recontext_image(model='imagen-product-recontext-preview-06-30', source=types."
        "RecontextImageSource(prompt='a beach', product_images=[types.ProductImage(product_image=types.Image("
        "image_bytes=grey))]))",
        "WireError",
    ),
    "segmentation": (
        "client.models.segment_image(model='image-segmentation-001', source=types.SegmentImageSource("
        "image=types.Image(image_bytes=red)), config={'mode': 'FOREGROUND'})",
        "WireError",
    ),
    "two images to edit": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='a vase', reference_images=[{RAW}, {RAW}])",
        "WireError",
    ),
}
"""What the SDK sends and no dialect says: the error of decode_request stands in the place of the request."""
