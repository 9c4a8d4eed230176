"""Calls of Imagen's editing and upscaling, over Vertex AI."""

from __future__ import annotations

from tests.sdk.google_calls.words import CAPABLE, RAW, Call, Json, edit, generate


def native(**rest: Json) -> Json:
    return {"vertex": rest}


EDITING: dict[str, Call] = {
    "an image and the caller's mask": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='a blue vase', reference_images=[{RAW}, "
        "types.MaskReferenceImage(reference_id=2, reference_image=types.Image(image_bytes=white, "
        "mime_type='image/png'), config=types.MaskReferenceConfig(mask_mode='MASK_MODE_USER_PROVIDED', "
        "mask_dilation=0.01))], config=types.EditImageConfig(edit_mode='EDIT_MODE_INPAINT_INSERTION', "
        "number_of_images=1, base_steps=40, guidance_scale=75, seed=5, add_watermark=False, negative_prompt='fog', "
        "output_mime_type='image/png', include_rai_reason=True))",
        edit(
            CAPABLE,
            "a blue vase",
            "{{red-64.png}}",
            mask={"image": "{{mask-white-64.png}}", "edits": "white"},
            n=1,
            steps=40,
            guidance_scale=75.0,
            seed=5,
            watermark=False,
            negative_prompt="fog",
            output_format="png",
            provider_options=native(
                instances=[{"referenceImages": [{}, {"maskImageConfig": {"dilation": 0.01}}]}],
                parameters={"includeRaiReason": True},
            ),
        ),
    ),
    "removal": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='', reference_images=[{RAW}, "
        "types.MaskReferenceImage(reference_id=2, reference_image=types.Image(image_bytes=white, "
        "mime_type='image/png'), config={'mask_mode': 'MASK_MODE_USER_PROVIDED'})], "
        "config={'edit_mode': 'EDIT_MODE_INPAINT_REMOVAL', 'number_of_images': 2, 'base_steps': 12})",
        edit(CAPABLE, "", "{{red-64.png}}", mask={"image": "{{mask-white-64.png}}", "edits": "white"}, n=2, steps=12),
    ),
    "no mask": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='in winter', reference_images=[{RAW}], "
        "config={'edit_mode': 'EDIT_MODE_DEFAULT', 'number_of_images': 1})",
        edit(CAPABLE, "in winter", "{{red-64.png}}", n=1),
    ),
    "an image of a bucket and a computed mask": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='', reference_images=[types.RawReferenceImage("
        "reference_id=1, reference_image=types.Image(gcs_uri='gs://bkt/a.png', mime_type='image/png')), "
        "types.MaskReferenceImage(reference_id=2, config={'mask_mode': 'MASK_MODE_SEMANTIC', "
        "'segmentation_classes': [7, 8]})], config={'edit_mode': 'EDIT_MODE_INPAINT_REMOVAL', 'number_of_images': 1})",
        edit(
            CAPABLE,
            "",
            "gs://bkt/a.png",
            n=1,
            provider_options=native(
                instances=[
                    {
                        "referenceImages": [
                            {},
                            {
                                "referenceType": "REFERENCE_TYPE_MASK",
                                "referenceId": 2,
                                "maskImageConfig": {"maskMode": "MASK_MODE_SEMANTIC", "maskClasses": [7, 8]},
                            },
                        ]
                    }
                ],
                parameters={"editMode": "EDIT_MODE_INPAINT_REMOVAL"},
            ),
        ),
    ),
    "subject, style and control": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='a cat [1] in the style [2]', reference_images=["
        "types.SubjectReferenceImage(reference_id=1, reference_image=types.Image(image_bytes=red, "
        "mime_type='image/png'), config={'subject_type': 'SUBJECT_TYPE_ANIMAL', 'subject_description': 'a cat'}), "
        "types.StyleReferenceImage(reference_id=2, reference_image=types.Image(image_bytes=grey, "
        "mime_type='image/jpeg'), config={'style_description': 'ink'}), "
        "types.ControlReferenceImage(reference_id=3, reference_image=types.Image(gcs_uri='gs://bkt/c.png'), "
        "config={'control_type': 'CONTROL_TYPE_SCRIBBLE', 'enable_control_image_computation': False})], "
        "config={'number_of_images': 1, 'aspect_ratio': '3:4'})",
        generate(
            CAPABLE,
            "a cat [1] in the style [2]",
            n=1,
            aspect_ratio="3:4",
            provider_options=native(
                instances=[
                    {
                        "referenceImages": [
                            {
                                "referenceType": "REFERENCE_TYPE_SUBJECT",
                                "referenceId": 1,
                                "referenceImage": {"bytesBase64Encoded": "{{red-64.png}}", "mimeType": "image/png"},
                                "subjectImageConfig": {
                                    "subjectType": "SUBJECT_TYPE_ANIMAL",
                                    "subjectDescription": "a cat",
                                },
                            },
                            {
                                "referenceType": "REFERENCE_TYPE_STYLE",
                                "referenceId": 2,
                                "referenceImage": {"bytesBase64Encoded": "{{grey-64.jpg}}", "mimeType": "image/jpeg"},
                                "styleImageConfig": {"styleDescription": "ink"},
                            },
                            {
                                "referenceType": "REFERENCE_TYPE_CONTROL",
                                "referenceId": 3,
                                "referenceImage": {"gcsUri": "gs://bkt/c.png"},
                                "controlImageConfig": {
                                    "controlType": "CONTROL_TYPE_SCRIBBLE",
                                    "computeControl": False,
                                },
                            },
                        ]
                    }
                ]
            ),
        ),
    ),
    "another background": (
        f"client.models.edit_image(model='{CAPABLE}', prompt='a beach', reference_images=[{RAW}, "
        "types.MaskReferenceImage(reference_id=2, config={'mask_mode': 'MASK_MODE_BACKGROUND', 'mask_dilation': 0})], "
        "config={'edit_mode': 'EDIT_MODE_BGSWAP', 'number_of_images': 1, 'language': 'en'})",
        edit(
            CAPABLE,
            "a beach",
            "{{red-64.png}}",
            n=1,
            language="en",
            provider_options=native(
                instances=[
                    {
                        "referenceImages": [
                            {},
                            {
                                "referenceType": "REFERENCE_TYPE_MASK",
                                "referenceId": 2,
                                "maskImageConfig": {"maskMode": "MASK_MODE_BACKGROUND", "dilation": 0.0},
                            },
                        ]
                    }
                ],
                parameters={"editMode": "EDIT_MODE_BGSWAP"},
            ),
        ),
    ),
    "upscale": (
        "client.models.upscale_image(model='imagen-4.0-upscale-preview', image=types.Image(image_bytes=red, "
        "mime_type='image/png'), upscale_factor='x4', config=types.UpscaleImageConfig(enhance_input_image=False, "
        "image_preservation_factor=0.5, output_mime_type='image/jpeg', output_compression_quality=90, "
        "include_rai_reason=True, safety_filter_level='BLOCK_ONLY_HIGH', person_generation='ALLOW_ADULT', "
        "labels={'team': 'a7'}))",
        {
            "operation": "edit",
            "response_format": "b64_json",
            "model": "imagen-4.0-upscale-preview",
            "image": "{{red-64.png}}",
            "output_format": "jpeg",
            "output_compression": 90,
            "safety_level": "permissive",
            "person_generation": "allow_adult",
            "provider_options": native(
                labels={"team": "a7"},
                parameters={
                    "includeRaiReason": True,
                    "upscaleConfig": {
                        "upscaleFactor": "x4",
                        "enhanceInputImage": False,
                        "imagePreservationFactor": 0.5,
                    },
                },
            ),
        },
    ),
    "upscale of a bucket's image": (
        "client.models.upscale_image(model='imagen-4.0-upscale-preview', image=types.Image(gcs_uri='gs://bkt/a.jpg', "
        "mime_type='image/jpeg'), upscale_factor='x2', config={'output_gcs_uri': 'gs://bkt/out/'})",
        {
            "operation": "edit",
            "response_format": "b64_json",
            "model": "imagen-4.0-upscale-preview",
            "image": "gs://bkt/a.jpg",
            "provider_options": native(
                parameters={"storageUri": "gs://bkt/out/", "upscaleConfig": {"upscaleFactor": "x2"}}
            ),
        },
    ),
}
