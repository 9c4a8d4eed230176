"""Calls of Imagen, over the Gemini API (old versions alone) and over Vertex AI."""

from __future__ import annotations

from tests.sdk.google_calls.words import Call, generate

GEMINI: dict[str, Call] = {
    "prompt alone": (
        "client.models.generate_images(model='imagen-4.0-generate-001', prompt='a red kite')",
        generate("imagen-4.0-generate-001", "a red kite", n=4),
    ),
    "every field": (
        "client.models.generate_images(model='imagen-4.0-ultra-generate-001', prompt='a red kite', config="
        "types.GenerateImagesConfig(number_of_images=2, aspect_ratio='3:4', guidance_scale=4.5, "
        "safety_filter_level='BLOCK_LOW_AND_ABOVE', person_generation='DONT_ALLOW', include_safety_attributes=True, "
        "include_rai_reason=True, language='pt', output_mime_type='image/jpeg', output_compression_quality=80, "
        "image_size='2K'))",
        generate(
            "imagen-4.0-ultra-generate-001",
            "a red kite",
            n=2,
            aspect_ratio="3:4",
            resolution="2K",
            guidance_scale=4.5,
            safety_level="strict",
            person_generation="dont_allow",
            language="pt",
            output_format="jpeg",
            output_compression=80,
            provider_options={"gemini": {"parameters": {"includeSafetyAttributes": True, "includeRaiReason": True}}},
        ),
    ),
    "lower case": (
        "client.models.generate_images(model='imagen-4.0-generate-001', prompt='a red kite', config={"
        "'number_of_images': 1, 'person_generation': 'allow_adult', 'safety_filter_level': 'block_only_high'})",
        generate(
            "imagen-4.0-generate-001", "a red kite", n=1, person_generation="allow_adult", safety_level="permissive"
        ),
    ),
}

VERTEX: dict[str, Call] = {
    "prompt alone": (
        "client.models.generate_images(model='imagen-4.0-generate-001', prompt='a red kite')",
        generate("imagen-4.0-generate-001", "a red kite", n=4),
    ),
    "every field that goes without a seed": (
        "client.models.generate_images(model='imagen-4.0-ultra-generate-001', prompt='a red kite', config="
        "types.GenerateImagesConfig(output_gcs_uri='gs://bkt/out/', number_of_images=2, "
        "aspect_ratio='16:9', guidance_scale=3, safety_filter_level='BLOCK_MEDIUM_AND_ABOVE', "
        "person_generation='ALLOW_ALL', include_safety_attributes=True, include_rai_reason=True, language='ja', "
        "output_mime_type='image/jpeg', output_compression_quality=0, add_watermark=True, "
        "labels={'team': 'a7'}, image_size='1K', enhance_prompt=True))",
        generate(
            "imagen-4.0-ultra-generate-001",
            "a red kite",
            n=2,
            aspect_ratio="16:9",
            resolution="1K",
            safety_level="medium",
            person_generation="allow_all",
            language="ja",
            output_format="jpeg",
            output_compression=0,
            watermark=True,
            enhance_prompt=True,
            provider_options={
                "vertex": {
                    "labels": {"team": "a7"},
                    "parameters": {
                        "storageUri": "gs://bkt/out/",
                        "guidanceScale": 3.0,
                        "includeSafetyAttributes": True,
                        "includeRaiReason": True,
                    },
                }
            },
        ),
    ),
    "a seed": (
        "client.models.generate_images(model='imagen-4.0-generate-001', prompt='a red kite', config={"
        "'number_of_images': 1, 'seed': 42, 'add_watermark': False, 'enhance_prompt': False})",
        generate("imagen-4.0-generate-001", "a red kite", n=1, seed=42, watermark=False, enhance_prompt=False),
    ),
    "a seed alone, which the watermark forbids": (
        "client.models.generate_images(model='imagen-4.0-generate-001', prompt='a red kite', config={'seed': 42})",
        generate(
            "imagen-4.0-generate-001", "a red kite", n=4, provider_options={"vertex": {"parameters": {"seed": 42}}}
        ),
    ),
    "a negative prompt": (
        "client.models.generate_images(model='imagen-3.0-fast-generate-001', prompt='a harbour', config={"
        "'number_of_images': 1, 'negative_prompt': 'fog'})",
        generate("imagen-3.0-fast-generate-001", "a harbour", n=1, negative_prompt="fog"),
    ),
    "lower case": (
        "client.models.generate_images(model='imagen-3.0-generate-002', prompt='a red kite', config={"
        "'safety_filter_level': 'block_none', 'person_generation': 'dont_allow'})",
        generate("imagen-3.0-generate-002", "a red kite", n=4, safety_level="off", person_generation="dont_allow"),
    ),
    "express": (
        "client.models.generate_images(model='imagen-4.0-generate-001', prompt='a red kite')",
        generate("imagen-4.0-generate-001", "a red kite", n=4),
        "express",
    ),
}
