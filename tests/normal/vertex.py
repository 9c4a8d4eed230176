"""Normal forms of Vertex AI: those of the Gemini API, and what only Vertex takes."""

from __future__ import annotations

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


def request(name: str, native: Json) -> None:
    """Give the request of a dialect its normal form (vertex dossier, read first 4)."""
    native["headers"].pop("accept", None)  # transport: it answers JSON whatever it says
    if name == "vertex/predict":
        predict(native)
    else:
        generate_content(native)


def predict(native: Json) -> None:
    """Fold what only Vertex takes, then as Imagen on the Gemini API."""
    native["body"] = camel(native["body"], PREDICT_WORDS, gemini.OPAQUE)
    gemini.predict(native)


def generate_content(native: Json) -> None:
    """Drop an empty place of the output's options, then as on the Gemini API."""
    body = native["body"] = camel(native["body"], GENERATE_CONTENT_WORDS, gemini.OPAQUE)
    config = body.get("generationConfig")
    image = config.get("imageConfig") if isinstance(config, dict) else None
    if isinstance(image, dict) and image.get("imageOutputOptions", 0) in gemini.EMPTY:
        image.pop("imageOutputOptions", None)
    gemini.generate_content(native)
