"""
LiteLLM's mapping of a request, as `litellm.image_generation` uses it: parameters, then the body.

Fields under the names that LiteLLM takes; what it has no name for is said natively, as its callers
do.  What surrounds the mapping there (logging, keys, URL, headers) is left out.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of
from importlib.util import find_spec
from typing import Any, Final

from benchmarks.cases import Json

Mapping = Callable[[], Json]

NOT_INSTALLED: Final = "not installed"
NOT_SERVED: Final = "not served"

PROVIDERS: Final[dict[str, tuple[str, str, tuple[str, ...], dict[str, Json]]]] = {
    # ours: (theirs, model, fields under our names, what is said natively)
    "openai": ("openai", "gpt-image-2", ("n", "size", "quality", "output_format"), {}),
    "azure": ("azure", "gpt-image-2", ("n", "size", "quality", "output_format", "user"), {}),
    "bedrock": ("bedrock", "amazon.nova-canvas-v1:0", ("n", "size", "quality", "seed"), {"cfgScale": 5}),
    "gemini": (
        "gemini",
        "gemini-3-pro-image",
        ("n",),
        {"imageConfig": {"aspectRatio": "3:2", "imageSize": "2K"}, "seed": 7},
    ),
    "vertex": (
        "vertex_ai",
        "imagen-4.0-generate-001",
        ("n",),
        {"aspectRatio": "4:3", "sampleImageSize": "2K", "personGeneration": "allow_adult", "language": "en"},
    ),
    "stability": (
        "stability",
        "sd3.5-large",
        (),
        {"negative_prompt": "rain", "aspect_ratio": "3:2", "seed": 7, "output_format": "png", "style_preset": "anime"},
    ),
}


def version() -> str:
    """Say which LiteLLM is measured."""
    try:
        return f"litellm {version_of('litellm')}"
    except PackageNotFoundError:
        return "litellm: not installed (extra `benchmarks`)"


def mappings(provider: str, request: dict[str, Json]) -> dict[str, Mapping] | str:
    """
    Give calls that map a request, or say why there are none.

    Args:
        provider: Our name.
        request: The timed request of `cases`.

    Returns:
        `litellm`: the mapping alone, and `litellm, found`: with its provider found by the name of
        the model, as ours finds a dialect; or a word.
    """
    if find_spec("litellm") is None:
        return NOT_INSTALLED
    if provider not in PROVIDERS:
        return NOT_SERVED
    name, model, fields, native = PROVIDERS[provider]
    parameters = {field: request[field] for field in fields} | native
    try:
        calls = _mappings(name, model, request["prompt"], parameters)
        for call in calls.values():
            call()
    except Exception as error:  # a peer of another version: said in its row, not raised
        return f"failed: {type(error).__name__}"
    return calls


def _mappings(name: str, model: str, prompt: str, parameters: dict[str, Json]) -> dict[str, Mapping]:
    """Bind what a caller has at hand before the mapping begins."""
    of = _library()
    full = f"{name}/{model}"

    def find(model: str, provider: str) -> Any:
        return of.ProviderConfigManager.get_provider_image_generation_config(
            model=model, provider=of.LlmProviders(provider)
        )

    config = find(model, name)

    def mapped(model: str, name: str, config: Any) -> Json:
        said = of.get_optional_params_image_gen(
            model=model, custom_llm_provider=name, provider_config=config, drop_params=True, **parameters
        )
        if name == "bedrock":
            return of.BedrockImageGeneration()._get_request_body(model=model, prompt=prompt, optional_params=said)
        if name in ("openai", "azure"):
            return {"model": model, "prompt": prompt, **said}  # as its clients do in place
        return config.transform_image_generation_request(
            model=model, prompt=prompt, optional_params=said, litellm_params={}, headers={}
        )

    def found() -> Json:
        bare, provider, _, _ = of.get_llm_provider(model=full)
        return mapped(bare, provider, find(bare, provider))

    return {"litellm": lambda: mapped(model, name, config), "litellm, found": found}


@cache
def _library() -> Any:
    """Import LiteLLM, which must not ask the network for its list of prices."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    import litellm
    from litellm import utils
    from litellm.types.utils import LlmProviders

    class Names:
        LlmProviders: Any
        BedrockImageGeneration: Any
        ProviderConfigManager: Any
        get_llm_provider: Any
        get_optional_params_image_gen: Any

    names = Names()
    names.LlmProviders = LlmProviders
    names.BedrockImageGeneration = litellm.BedrockImageGeneration
    names.ProviderConfigManager = utils.ProviderConfigManager
    names.get_llm_provider = litellm.get_llm_provider
    names.get_optional_params_image_gen = utils.get_optional_params_image_gen
    return names
