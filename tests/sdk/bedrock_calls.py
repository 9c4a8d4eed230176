"""
What botocore's bedrock-runtime is asked for, and beside it, written by hand, what was said with it.

A call is the arguments of `invoke_model` (the body as its document, images by name) and the canonical request; what
has no canonical word stands in `provider_options`, where the name of an object says the task too. `response_format`
(base64 is the only form) is of every call, and `n` and `seed` where silence means the documented ones.
"""

from __future__ import annotations

from typing import Any

Json = Any
SD35, CORE = "stability.sd3-5-large-v1:0", "stability.stable-image-core-v1:1"
NOVA, TITAN, SDXL = "amazon.nova-canvas-v1:0", "amazon.titan-image-generator-v2:0", "stability.stable-diffusion-xl-v1"
INPAINT, RECOLOR = "us.stability.stable-image-inpaint-v1:0", "us.stability.stable-image-search-recolor-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.stability.stable-outpaint-v1:0"
FOUNDATION = "arn:aws:bedrock:us-west-2::foundation-model/stability.sd3-5-large-v1:0"
TRANSFER = "us.stability.stable-style-transfer-v1:0"


def said(operation: str, model: str, **rest: Json) -> Json:
    return {"operation": operation, "response_format": "b64_json", "model": model, **rest}


def native(**rest: Json) -> Json:
    return {"bedrock": rest}


CALLS: dict[str, tuple[Json, Json]] = {
    "stable-image: every field": (
        {
            "modelId": SD35,
            "contentType": "application/json",
            "accept": "application/json",
            "body": {
                "prompt": "a tin robot",
                "negative_prompt": "text",
                "aspect_ratio": "3:2",
                "seed": 7,
                "output_format": "webp",
                "mode": "text-to-image",
            },
        },
        said(
            "generate",
            SD35,
            prompt="a tin robot",
            negative_prompt="text",
            aspect_ratio="3:2",
            seed=7,
            output_format="webp",
            provider_options=native(mode="text-to-image"),
        ),
    ),
    "stable-image: no type is said": (
        {"modelId": CORE, "body": {"prompt": "paper boats", "seed": 0}},
        said("generate", CORE, prompt="paper boats", seed=0),
    ),
    "stable-image: from an image": (
        {
            "modelId": SD35,
            "contentType": "application/json",
            "body": {"prompt": "in winter", "image": "{{red-64.png}}", "mode": "image-to-image", "strength": 0.6},
        },
        said("edit", SD35, prompt="in winter", image="{{red-64.png}}", strength=0.6),
    ),
    "stable-image: by its ARN, which names no account": (
        {"modelId": FOUNDATION, "contentType": "application/json", "body": {"prompt": "a tin robot"}},
        said("generate", FOUNDATION, prompt="a tin robot"),
    ),
    "image-services: a mask": (
        {
            "modelId": INPAINT,
            "contentType": "application/json",
            "accept": "application/json",
            "body": {
                "image": "{{red-64.png}}",
                "mask": "{{mask-white-64.png}}",
                "prompt": "a red door",
                "style_preset": "cinematic",
                "grow_mask": 8,
                "output_format": "png",
            },
        },
        said(
            "edit",
            INPAINT,
            image="{{red-64.png}}",
            mask={"image": "{{mask-white-64.png}}", "edits": "white"},
            prompt="a red door",
            style="cinematic",
            output_format="png",
            provider_options=native(grow_mask=8),
        ),
    ),
    "image-services: by the ARN of a profile": (
        {
            "modelId": PROFILE,
            "contentType": "application/json",
            "body": {"image": "{{red-64.png}}", "left": 200, "up": 100, "prompt": "more forest"},
        },
        said(
            "edit",
            PROFILE,
            image="{{red-64.png}}",
            prompt="more forest",
            provider_options=native(left=200, up=100),
        ),
    ),
    "image-services: a word to find": (
        {
            "modelId": RECOLOR,
            "contentType": "application/json",
            "body": {
                "image": "{{red-64.png}}",
                "prompt": "teal sofa",
                "select_prompt": "sofa",
                "grow_mask": 3,
                "seed": 0,
            },
        },
        said(
            "edit",
            RECOLOR,
            image="{{red-64.png}}",
            prompt="teal sofa",
            seed=0,
            provider_options=native(select_prompt="sofa", grow_mask=3),
        ),
    ),
    "image-services: two images": (
        {
            "modelId": TRANSFER,
            "contentType": "application/json",
            "body": {"init_image": "{{red-64.png}}", "style_image": "{{grey-64.jpg}}", "style_strength": 0.5},
        },
        said(
            "edit", TRANSFER, image=["{{red-64.png}}", "{{grey-64.jpg}}"], provider_options=native(style_strength=0.5)
        ),
    ),
    "nova-canvas: every field": (
        {
            "modelId": NOVA,
            "contentType": "application/json",
            "accept": "application/json",
            "body": {
                "taskType": "TEXT_IMAGE",
                "textToImageParams": {"text": "a harbour", "negativeText": "fog", "style": "PHOTOREALISM"},
                "imageGenerationConfig": {
                    "width": 1792,
                    "height": 1024,
                    "quality": "premium",
                    "cfgScale": 5,
                    "numberOfImages": 2,
                    "seed": 0,
                },
            },
        },
        said(
            "generate",
            NOVA,
            prompt="a harbour",
            negative_prompt="fog",
            style="photorealism",
            size="1792x1024",
            quality="hd",
            guidance_scale=5,
            n=2,
            seed=0,
        ),
    ),
    "nova-canvas: a mask and silence": (
        {
            "modelId": NOVA,
            "contentType": "application/json",
            "body": {
                "taskType": "INPAINTING",
                "inPaintingParams": {
                    "image": "{{red-320.png}}",
                    "maskImage": "{{mask-black-320.png}}",
                    "text": "a brass lamp",
                },
            },
        },
        said(
            "edit",
            NOVA,
            image="{{red-320.png}}",
            mask={"image": "{{mask-black-320.png}}", "edits": "black"},
            prompt="a brass lamp",
            n=1,
            seed=12,
        ),
    ),
    "titan: a variation": (
        {
            "modelId": TITAN,
            "contentType": "application/json",
            "body": {
                "taskType": "IMAGE_VARIATION",
                "imageVariationParams": {"images": ["{{red-64.png}}"], "similarityStrength": 0.6},
                "imageGenerationConfig": {"numberOfImages": 1, "width": 1152, "height": 768, "seed": 42},
            },
        },
        said(
            "variation",
            TITAN,
            image="{{red-64.png}}",
            strength=0.4,
            n=1,
            size="1152x768",
            seed=42,
        ),
    ),
    "titan: colours": (
        {
            "modelId": TITAN,
            "contentType": "application/json",
            "body": {
                "taskType": "COLOR_GUIDED_GENERATION",
                "colorGuidedGenerationParams": {"text": "tile mural", "colors": ["#0B3954", "#BFD7EA"]},
                "imageGenerationConfig": {
                    "width": 1408,
                    "height": 640,
                    "cfgScale": 8.0,
                    "quality": "premium",
                    "numberOfImages": 1,
                    "seed": 42,
                },
            },
        },
        said(
            "generate",
            TITAN,
            prompt="tile mural",
            size="1408x640",
            quality="hd",
            guidance_scale=8.0,
            n=1,
            seed=42,
            provider_options=native(colorGuidedGenerationParams={"colors": ["#0B3954", "#BFD7EA"]}),
        ),
    ),
    "titan: a removed background": (
        {
            "modelId": TITAN,
            "contentType": "application/json",
            "body": {"taskType": "BACKGROUND_REMOVAL", "backgroundRemovalParams": {"image": "{{red-64.png}}"}},
        },
        said("edit", TITAN, image="{{red-64.png}}", background="transparent"),
    ),
    "stable-diffusion-xl: weights": (
        {
            "modelId": SDXL,
            "contentType": "application/json",
            "body": {
                "text_prompts": [{"text": "moth", "weight": 1}, {"text": "blur", "weight": -1}],
                "width": 768,
                "height": 1344,
                "steps": 40,
                "cfg_scale": 9,
                "sampler": "K_EULER",
                "samples": 1,
            },
        },
        said(
            "generate",
            SDXL,
            prompt="moth",
            negative_prompt="blur",
            size="768x1344",
            steps=40,
            guidance_scale=9,
            sampler="K_EULER",
            n=1,
        ),
    ),
    "headers: a guardrail and what else there is": (
        {
            "modelId": SD35,
            "contentType": "application/json",
            "accept": "*/*",
            "guardrailIdentifier": "g1",
            "guardrailVersion": "DRAFT",
            "trace": "ENABLED",
            "performanceConfigLatency": "standard",
            "serviceTier": "default",
            "requestMetadata": '{"team": "a7"}',
            "body": {"prompt": "a tin robot"},
        },
        said(
            "generate",
            SD35,
            prompt="a tin robot",
            provider_options=native(
                extra_headers={
                    "x-amzn-bedrock-guardrailidentifier": "g1",
                    "x-amzn-bedrock-guardrailversion": "DRAFT",
                    "x-amzn-bedrock-trace": "ENABLED",
                    "x-amzn-bedrock-performanceconfig-latency": "standard",
                    "x-amzn-bedrock-service-tier": "default",
                    "x-amzn-bedrock-request-metadata": '{"team": "a7"}',
                }
            ),
        ),
    ),
}
