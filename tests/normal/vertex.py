"""Normal forms of Vertex AI: those of the Gemini API, and what only Vertex takes."""

from __future__ import annotations

import re
from typing import Any

from tests.normal import camel, gemini

Json = Any

GENERATE_CONTENT_WORDS = [
    *gemini.WORDS,
    "personGeneration",
    "prominentPeople",
    "imageOutputOptions",
    "mimeType",
    "compressionQuality",
    "modelArmorConfig",
    "outputConfig",
    "continuationToken",
]
PREDICT_WORDS = [
    "negativePrompt",
    "enhancePrompt",
    "addWatermark",
    "storageUri",
    "sampleImageStyle",
    "raiLevel",
    "disablePersonFace",
    "enablePersonFaceFilter",
    "enableChildFilter",
]
EDIT_WORDS = [
    "referenceImages",
    "referenceType",
    "referenceId",
    "referenceImage",
    "bytesBase64Encoded",
    "mimeType",
    "gcsUri",
    "maskImageConfig",
    "maskMode",
    "maskClasses",
    "subjectImageConfig",
    "subjectDescription",
    "subjectType",
    "styleImageConfig",
    "styleDescription",
    "controlImageConfig",
    "controlType",
    "enableControlImageComputation",
    "computeControl",
    "editMode",
    "editConfig",
    "baseSteps",
]
UPSCALE_WORDS = [
    "bytesBase64Encoded",
    "mimeType",
    "gcsUri",
    "upscaleConfig",
    "upscaleFactor",
    "enhanceInputImage",
    "imagePreservationFactor",
]
GS = re.compile(r"gs://.+")
TYPES = frozenset({"image/png", "image/jpeg"})


def request(name: str, native: Json) -> None:
    """Give the request of a dialect its normal form (vertex dossier, read first 4)."""
    native["headers"].pop("accept", None)  # transport: it answers JSON whatever it says
    if name == "vertex/predict":
        predict(native)
    elif name == "vertex/predict-edit":
        predict_edit(native)
    elif name == "vertex/predict-upscale":
        predict_upscale(native)
    else:
        generate_content(native)


def predict(native: Json) -> None:
    """Fold what only Vertex takes, then as Imagen on the Gemini API."""
    native["body"] = camel(native["body"], PREDICT_WORDS, gemini.OPAQUE)
    gemini.predict(native)


def predict_edit(native: Json) -> None:
    """
    Fold the words of editing, say what the source and the user's mask are, then as Imagen generates.

    References of other kinds are carried as they came (dossier 4.1), but for the spelling of their keys.
    """
    body = native["body"] = camel(native["body"], EDIT_WORDS, gemini.OPAQUE)
    for reference in _references(body):
        if isinstance(reference, dict) and (
            reference.get("referenceType") == "REFERENCE_TYPE_RAW"
            or (
                reference.get("referenceType") == "REFERENCE_TYPE_MASK"
                and isinstance(config := reference.get("maskImageConfig"), dict)
                and config.get("maskMode") == "MASK_MODE_USER_PROVIDED"
            )
        ):
            _source(reference.get("referenceImage"))
    predict(native)
    parameters = native["body"]["parameters"]
    if isinstance(parameters, dict) and parameters.get("editConfig", 0) in gemini.EMPTY:
        parameters.pop("editConfig", None)


def _references(body: Json) -> list[Json]:
    instance = _instance(body)
    references = instance.get("referenceImages") if isinstance(instance, dict) else None
    return references if isinstance(references, list) else []


def _instance(body: Json) -> Json:
    instances = body.get("instances")
    return instances[0] if isinstance(instances, list) and instances else None


def _source(image: Json) -> None:
    """Say the type of an image, which is optional (dossier 3.3): of its bytes, or by the extension of its URI."""
    if isinstance(image, dict):
        if image.get("mimeType", 0) is None:
            del image["mimeType"]
        gemini.typed(image, "bytesBase64Encoded", "mimeType", TYPES)
        gemini.named(image, "gcsUri", "mimeType", GS)


def predict_upscale(native: Json) -> None:
    """Fold the words of upscaling, say what the source is, then as Imagen generates, but for the count: it is 1."""
    body = native["body"] = camel(native["body"], UPSCALE_WORDS, gemini.OPAQUE)
    instance = _instance(body)
    if isinstance(instance, dict):
        _source(instance.get("image"))
    counted = isinstance(body.get("parameters"), dict) and (
        body["parameters"].get("sampleCount", body["parameters"].get("sample_count")) is not None
    )
    predict(native)
    if not counted and isinstance(native["body"]["parameters"], dict):
        del native["body"]["parameters"]["sampleCount"]


def generate_content(native: Json) -> None:
    """Drop an empty place of the output's options, then as on the Gemini API."""
    body = native["body"] = camel(native["body"], GENERATE_CONTENT_WORDS, gemini.OPAQUE)
    config = body.get("generationConfig")
    image = config.get("imageConfig") if isinstance(config, dict) else None
    if isinstance(image, dict) and image.get("imageOutputOptions", 0) in gemini.EMPTY:
        image.pop("imageOutputOptions", None)
    gemini.generate_content(native, GS)
