"""
capabilities: expected values written from the dossiers (shared/providers), for cases that are hard to tell.
"""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

import pytest

import imagetx
from imagetx import RequestError, ResolveError, Target
from imagetx.ability import Ability, Capabilities, Field

NOVA = "bedrock/amazon.nova-canvas-v1:0"
GPT = "openai/gpt-image-2.6-sunburst"
IMAGEN = Target("vertex", "imagen-4.0-generate-001", variables={"project": "p"})


def ability(target: str | Target, operation: str = "generate") -> Ability:
    return imagetx.capabilities(target).operations[operation]


def field(target: str | Target, name: str, operation: str = "generate") -> Field:
    return ability(target, operation).fields[name]


def test_a_model_with_its_dates() -> None:
    """Who it is, its row of the models table, and its operations in their order."""
    found = imagetx.capabilities(NOVA)

    assert (found.provider, found.model, found.family) == ("bedrock", "amazon.nova-canvas-v1:0", "nova-canvas")
    assert [*found.operations] == ["generate", "edit", "variation"]
    row = next(row for row in imagetx.models("bedrock") if row["id"] == found.model)
    assert {name: getattr(found, name) for name in row.keys() & Capabilities.model_fields.keys()} == {
        name: row[name] for name in row.keys() & Capabilities.model_fields.keys()
    }
    assert not found.unverified


def test_an_unlisted_model_has_no_status() -> None:
    found = imagetx.capabilities("openai/gpt-image-9000")

    assert found.status is None
    assert "status" not in found.model_dump(exclude_unset=True)


def test_an_api_that_nobody_has_seen() -> None:
    assert imagetx.capabilities("reka").unverified


def test_a_provider_alone_is_its_first_active_model() -> None:
    assert imagetx.capabilities("openai").model == imagetx.explain("openai")["model"]


def test_one_operation() -> None:
    """A target that names its operation has that one only."""
    assert [*imagetx.capabilities(Target("openai", "gpt-image-2", operation="edit")).operations] == ["edit"]


def test_what_there_is_not() -> None:
    with pytest.raises(ResolveError):
        imagetx.capabilities("nowhere/x")
    with pytest.raises(ResolveError):
        imagetx.capabilities("bedrock/unheard-of")
    with pytest.raises(RequestError):
        imagetx.capabilities(Target("openai", "dall-e-3", operation="variation"))


def test_an_operation_of_which_no_request_holds() -> None:
    """Its dialect can generate, but this family has an image in every request."""
    assert [*imagetx.capabilities("segmind/sd1.5-inpainting").operations] == ["edit"]
    with pytest.raises(RequestError):
        imagetx.capabilities(Target("segmind", "sd1.5-inpainting", operation="generate"))


def test_a_model_of_which_nothing_can_be_asked() -> None:
    """A slug whose body is not known is refused whatever is asked: its row stands, its operations are none."""
    found = imagetx.capabilities("segmind/sd3-med-img2img")

    assert (found.family, found.operations) == ("other", {})


def test_numbers() -> None:
    """Nova's cfgScale is 1.1 to 10 and clamped; its seed is refused beyond its end, and 12 where none is given."""
    scale, seed = field(NOVA, "guidance_scale"), field(NOVA, "seed")

    assert (scale.minimum, scale.maximum, scale.integer, scale.clamped) == (1.1, 10, False, True)
    assert (seed.minimum, seed.maximum, seed.integer, seed.clamped) == (0, 2147483646, True, None)
    assert (seed.default, scale.default) == (12, None)


def test_a_scale_gives_its_range_in_canonical_numbers() -> None:
    """Nova's similarityStrength is 0.2 to 1 and the other way round: a strength of 0 to 0.8."""
    strength = field(NOVA, "strength", "variation")

    assert (strength.minimum, strength.maximum, strength.clamped) == (0, 0.8, True)
    assert strength.native == ("/body/imageVariationParams/similarityStrength",)


def test_words() -> None:
    """Nova has two qualities, so six words are said by them; the first of each is said exactly."""
    quality = field(NOVA, "quality")

    assert quality.values == ("standard", "low", "medium", "hd", "high", "xhigh", "max")
    assert quality.exact_values == ("standard", "hd")
    assert (quality.exact, quality.open, quality.becomes) == (False, None, "said")


def test_open_words() -> None:
    assert field(GPT, "quality").open is True


def test_what_is_fixed() -> None:
    """Nova always marks its images and always gives PNG: no support, but no loss either where that is asked."""
    watermark, output_format = field(NOVA, "watermark"), field(NOVA, "output_format")

    assert (watermark.supported, watermark.becomes, watermark.values, watermark.default) == (
        False,
        "fixed",
        (True,),
        True,
    )
    assert (output_format.supported, output_format.becomes, output_format.exact_values) == (False, "fixed", ("png",))


def test_a_field_that_decides_the_form() -> None:
    """A transparent background alone, without a prompt, is Nova's background removal: it is nowhere written."""
    background = field(NOVA, "background", "edit")

    assert (background.supported, background.conditional) == (True, True)
    assert background.exact_values == ("transparent",)
    assert background.beside == {"prompt": None}
    assert not field(NOVA, "background").supported


def test_a_field_that_needs_another() -> None:
    """Imagen compresses JPEG only; OpenAI streams partial images only where it streams."""
    compression, partial = field(IMAGEN, "output_compression"), field(GPT, "partial_images")

    assert (compression.supported, compression.conditional) == (True, True)
    assert compression.beside == {"output_format": "jpeg"}
    assert (partial.beside, partial.maximum, ability(GPT).partial_images) == ({"stream": True}, 3, 3)


def test_a_field_that_another_takes_away() -> None:
    """A watermark that is asked for drops Imagen's seed; alone it is said."""
    seed = field(IMAGEN, "seed")

    assert (seed.supported, seed.exact, seed.conditional, seed.beside) == (True, True, True, None)
    assert (seed.minimum, seed.maximum) == (1, 2147483647)


def test_a_free_grid() -> None:
    size = field(NOVA, "size")

    assert size.geometry is not None
    assert size.geometry.model_dump(exclude_unset=True) == {
        "form": "pixels",
        "multiple": 16,
        "edge": (320, 4096),
        "pixels": (None, 4194304),
        "ratio": 4,
    }
    assert (size.values, size.exact) == (None, False)
    assert field(NOVA, "resolution").exact_values == ("512", "1K", "2K")


def test_listed_sizes() -> None:
    """DALL-E 3 has three sizes, whose ratios are said as well."""
    size, ratio = field("openai/dall-e-3", "size"), field("openai/dall-e-3", "aspect_ratio")

    assert size.values == size.exact_values == ("1024x1024", "1792x1024", "1024x1792")
    assert ratio.exact_values == ("1:1", "7:4", "4:7")


def test_ratios() -> None:
    """Stability takes nine ratios of about one megapixel: that is the only resolution, and no size is exact."""
    target = "stability/sd3.5-large"
    ratios = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")

    assert field(target, "aspect_ratio").exact_values == ratios
    assert (field(target, "resolution").becomes, field(target, "resolution").values) == ("fixed", ("1K",))
    assert (field(target, "size").supported, field(target, "size").exact, field(target, "size").values) == (
        True,
        False,
        None,
    )
    assert not field(target, "size", "edit").supported


def test_published_pixels() -> None:
    """Gemini publishes the pixels of its ratios: those sizes are exact."""
    size = field("gemini/gemini-2.5-flash-image", "size")

    assert "1344x768" in (size.exact_values or ())
    assert size.values == size.exact_values


def test_images_and_mask() -> None:
    found = ability(NOVA, "edit")

    assert found.images is not None and found.mask is not None
    assert (found.images.least, found.images.most, found.images.forms) == (1, 5, ("base64",))
    assert found.images.types == ("image/png", "image/jpeg")
    assert (found.mask.edits, found.mask.alike, found.mask.required) == (("black",), True, False)
    assert (ability(NOVA).images, ability(NOVA).mask) == (None, None)


def test_a_mask_leads_to_another_model() -> None:
    """SD3 takes no mask, inpaint does: the mask arrives, and what inpaint cannot say is conditional."""
    found = ability("stability/sd3.5-large", "edit")

    assert found.mask is not None
    assert found.mask.edits == ("white",)
    assert found.fields["mask"].conditional
    assert (found.fields["strength"].supported, found.fields["strength"].conditional) == (True, True)


def test_calls_and_streams() -> None:
    """Stability gives one image a call, Imagen four, OpenAI ten and streams them."""
    calls = [ability(target).n_per_call for target in ("stability/sd3.5-large", IMAGEN, GPT)]

    assert calls == [1, 4, 10]
    assert [ability(target).streaming for target in (IMAGEN, GPT)] == [False, True]
    assert field("stability/sd3.5-large", "n").becomes == "fixed"


def test_fewer_a_call_beside_images() -> None:
    """Seedream gives 15 images less those that it is given."""
    seedream = imagetx.capabilities(Target("segmind", "seedream-4", surface="v2")).operations

    assert (seedream["generate"].n_per_call, seedream["edit"].n_per_call) == (15, 14)


def test_polls() -> None:
    assert ability("fireworks/flux-kontext-pro").polls
    assert not ability(GPT).polls


def test_response_formats() -> None:
    assert ability("openai/dall-e-3").response_formats == ("b64_json", "url")
    assert ability(GPT).response_formats == ("b64_json",)
    assert ability("fireworks/flux-kontext-pro").response_formats == ("url",)


def test_it_is_a_value() -> None:
    found = imagetx.capabilities(NOVA)

    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found == imagetx.capabilities(NOVA)
    assert len(repr(found)) <= 500
    with pytest.raises(ValueError, match="frozen"):
        found.model = "x"
    plain: Any = found.model_dump(mode="json", exclude_unset=True)
    assert json.loads(json.dumps(plain)) == plain
    assert Capabilities.model_validate(plain) == found


def test_a_provider_of_ones_own_is_asked() -> None:
    row = {"family": "nova-canvas", "source": "me", "verified": "2026-11-22"}
    known = imagetx.registry().with_models("bedrock", {"mine": row})

    assert known.capabilities("bedrock/mine").source == "me"
    with pytest.raises(ResolveError):
        imagetx.capabilities("bedrock/mine")


def test_only_the_words_of_a_list_are_required() -> None:
    """A list of parts demands its words; the images beside them may be there, in every reading."""
    expected = {"model": True, "prompt": True}

    fields = [
        line
        for variant in imagetx.explain("gemini/gemini-3.1-flash-image")["request"]
        for line in variant["fields"]
        if line.get("required")
    ]
    can = imagetx.capabilities("gemini/gemini-3.1-flash-image").operations["edit"]

    assert {line["field"]: line["required"] for line in fields} == expected
    assert can.fields["prompt"].required
    assert not can.fields["image"].required
