"""
Portkey's open-source mapping of a request, timed by Node in a process of its own (`portkey.mjs`).

`npm install --ignore-scripts --prefix DIR @portkey-ai/gateway@1.15`, then `--portkey DIR`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

from benchmarks.cases import Json
from benchmarks.table import Cell

NOT_SERVED: Final = "not served"
SCRIPT: Final = Path(__file__).parent / "portkey.mjs"

PROVIDERS: Final[dict[str, tuple[str, str, tuple[str, ...], dict[str, Json]]]] = {
    # ours: (theirs, model, fields under our names, what is said natively)
    "openai": ("openai", "gpt-image-2", ("prompt", "n", "size", "quality", "output_format"), {}),
    "azure": ("azure-openai", "gpt-image-2", ("prompt", "n", "size", "quality", "output_format", "user"), {}),
    "vertex": (
        "vertex-ai",
        "imagen-4.0-generate-001",
        ("prompt", "n"),
        {"aspectRatio": "4:3", "sampleImageSize": "2K", "personGeneration": "allow_adult", "language": "en"},
    ),
    "stability": (
        "stability-ai",
        "sd3",
        ("prompt", "negative_prompt", "aspect_ratio", "seed", "output_format", "style"),
        {},
    ),
    "segmind": (
        "segmind",
        "sdxl1.0-txt2img",
        ("prompt", "negative_prompt", "size", "seed", "steps", "guidance_scale"),
        {},
    ),
    "fireworks": (
        "fireworks-ai",
        "flux-1-schnell-fp8",
        ("prompt", "aspect_ratio", "seed", "steps"),
        {"cfg_scale": 3.5},
    ),
}


def version(folder: Path | None) -> str:
    """Say which gateway is measured."""
    if folder is None:
        return "portkey: not measured (--portkey DIR, where npm installed @portkey-ai/gateway)"
    try:
        package = json.loads((folder / "node_modules/@portkey-ai/gateway/package.json").read_text("utf-8"))
    except OSError:
        return "portkey: not installed there"
    return f"@portkey-ai/gateway {package['version']}, in Node and in a run of its own"


def measured(requests: dict[str, dict[str, Json]], folder: Path | None, rounds: int, turn_ns: int) -> dict[str, Cell]:
    """
    Time the mapping of each provider's request.

    Args:
        requests: The timed request of each provider, by our name.
        folder: Where npm installed the gateway; None: nowhere.
        rounds: As `clock.compare`.
        turn_ns: As `clock.compare`.

    Returns:
        Microseconds a call by our name of the provider, or a word that says why there are none.
    """
    node = shutil.which("node")
    if folder is None or node is None:
        return dict.fromkeys(requests, "no node" if node is None else "not measured")
    told = {}
    for name in requests.keys() & PROVIDERS.keys():
        provider, model, fields, native = PROVIDERS[name]
        parameters = {"model": model, **{field: requests[name][field] for field in fields}, **native}
        told[name] = {"provider": provider, "params": parameters, "options": {"provider": provider}}
    given = json.dumps({"rounds": rounds, "turn_ns": turn_ns, "requests": told})
    try:
        run = subprocess.run(
            [node, str(SCRIPT), str(folder.resolve())],
            input=given,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )
        said = json.loads(run.stdout.splitlines()[-1])
    except (subprocess.SubprocessError, OSError, ValueError, IndexError) as error:
        return dict.fromkeys(requests, f"failed: {type(error).__name__}")
    if "failed" in said:
        return dict.fromkeys(requests, f"failed: {said['failed']}")
    return {name: _microseconds(said[name]) if name in said else NOT_SERVED for name in requests}


def _microseconds(result: Json) -> Cell:
    """Give a result in microseconds, or its failure."""
    return f"failed: {result['failed']}" if "failed" in result else result["ns"] / 1e3
