"""Normal forms of Vertex AI."""

from __future__ import annotations

from typing import Any

from tests.normal import camel, gemini, vertex_generate_content

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


def request(name: str, native: Json) -> None:
    """Give the request of a dialect its normal form (vertex dossier, read first 4)."""
    if name == "vertex/predict":
        predict(native)
    else:
        vertex_generate_content.request(name, native)


def predict(native: Json) -> None:
    """Fold what only Vertex takes, then as Imagen on the Gemini API."""
    native["body"] = camel(native["body"], PREDICT_WORDS, gemini.OPAQUE)
    gemini.predict(native)
