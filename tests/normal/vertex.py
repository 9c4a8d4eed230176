"""Normal forms of Vertex AI."""

from __future__ import annotations

from typing import Any

from tests.normal import camel, gemini

Json = Any

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
GENERATE_WORDS = ["imageOutputOptions", "personGeneration", "prominentPeople", "mimeType", "compressionQuality"]


def request(name: str, native: Json) -> None:
    """Give the request of a dialect its normal form (vertex dossier, read first 4)."""
    {"vertex/predict": predict, "vertex/generate-content": generate_content}[name](native)


def predict(native: Json) -> None:
    """Fold what only Vertex takes, then as Imagen on the Gemini API."""
    native["body"] = camel(native["body"], PREDICT_WORDS, gemini.OPAQUE)
    gemini.predict(native)


def generate_content(native: Json) -> None:
    """Fold what only Vertex takes, then as the Gemini API, and drop output options that say nothing."""
    native["body"] = camel(native["body"], GENERATE_WORDS, gemini.OPAQUE)
    gemini.generate_content(native)
    config = native["body"].get("generationConfig")
    image = config.get("imageConfig") if isinstance(config, dict) else None
    if isinstance(image, dict) and image.get("imageOutputOptions", 0) in ({}, [], None):
        image.pop("imageOutputOptions", None)
        if not image:
            del config["imageConfig"]
            if not config:
                del native["body"]["generationConfig"]
