"""Normal forms of Bedrock."""

from __future__ import annotations

from typing import Any

from tests.normal import weighted

Json = Any
SEEDS = {"bedrock/nova-canvas": 12, "bedrock/titan": 42}
WITHOUT_CONFIG = "BACKGROUND_REMOVAL"


def request(name: str, native: Json) -> None:
    """
    Make the documented defaults explicit (bedrock dossier 3.1 to 3.3).

    Every task of Titan and Nova has the same two but BACKGROUND_REMOVAL, which must not carry a config.
    All other defaults (cfgScale, similarityStrength, the strengths of Stability, output_format) are what
    canonical silence means too, so nothing is added for them; the image services have only those.
    """
    native["headers"].setdefault("accept", "application/json")
    body = native["body"]
    if name in SEEDS and body.get("taskType") != WITHOUT_CONFIG:
        config = body.get("imageGenerationConfig")
        if config in ({}, [], None):
            config = body["imageGenerationConfig"] = {}
        if isinstance(config, dict):
            config.setdefault("numberOfImages", 1)
            config.setdefault("seed", SEEDS[name])
    if name == "bedrock/stable-diffusion-xl":
        body.setdefault("samples", 1)
        weighted(body)
