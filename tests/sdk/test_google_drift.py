"""What the installed google-genai has, against what we have: what is new there is named here, with `absent.json`."""

from __future__ import annotations

import json
import re
import typing
from collections.abc import Iterable, Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

import imagetx
from tests.dialects import ROOT
from tests.sdk import absences

genai = pytest.importorskip("google.genai", reason="needs the extra `conformance`")

from google.genai import interactions, types  # noqa: E402 - after the skip

SDK = "google-genai"
ASIDE = {"http_options", "should_return_http_response", "automatic_function_calling", "automatic_continuation"}
"""Of the client alone; nothing of them is sent as it is."""
CONTENT = ("gemini/generate-content", "vertex/generate-content")
PREDICT = ("vertex/predict", "vertex/predict-edit", "vertex/predict-upscale")
SPELLED = {
    "generation_output_config": "outputConfig",
    "image_bytes": "bytesBase64Encoded",
    "mask_dilation": "dilation",
    "number_of_images": "sampleCount",
    "output_compression_quality": "compressionQuality",
    "output_gcs_uri": "storageUri",
    "output_mime_type": "mimeType",
    "safety_filter_level": "safetySetting",
    "segmentation_classes": "maskClasses",
}
"""What is not said by the SDK's own name, in camelCase; `image_size` of Imagen is, beside, sampleImageSize."""


def said(names: Iterable[str]) -> str:
    """Join what the specs of dialects and their witnesses say."""
    files = [f"{kind}/{name}{end}.json" for name in names for kind, end in (("providers", ""), ("native", ".request"))]
    files += [f"providers/{provider}/provider.json" for provider in {name.partition("/")[0] for name in names}]
    return "\n".join((ROOT / "schemas" / file).read_text() for file in files)


def unsaid(words: Iterable[str], text: str) -> set[str]:
    """List the words that stand nowhere, neither as a key or a value nor in a pointer."""
    return {word for word in words if re.search(rf'["/]{re.escape(word)}["/]', text, re.IGNORECASE) is None}


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), SPELLED.get(name, name))


CONFIGS = {
    "GenerateContentConfig": CONTENT,
    "ImageConfig": CONTENT,
    "ImageConfigImageOutputOptions": CONTENT,
    "ImageResponseFormat": CONTENT,
    "ThinkingConfig": CONTENT,
    "SafetySetting": CONTENT,
    "Content": CONTENT,
    "Part": CONTENT,
    "Blob": CONTENT,
    "FileData": CONTENT,
    "GenerateImagesConfig": PREDICT,
    "EditImageConfig": PREDICT,
    "UpscaleImageConfig": PREDICT,
    "Image": PREDICT,
    "MaskReferenceConfig": PREDICT,
    "SubjectReferenceConfig": PREDICT,
    "StyleReferenceConfig": PREDICT,
    "ControlReferenceConfig": PREDICT,
}


@pytest.mark.parametrize("name", CONFIGS)
def test_fields(name: str) -> None:
    """Each field of what a caller passes is a word of the dialects' specs or witnesses."""
    wire = {camel(field): field for field in getattr(types, name).model_fields if field not in ASIDE}
    if name == "GenerateImagesConfig":
        wire["sampleImageSize"] = wire.pop("imageSize")

    absent = {wire[word] for word in unsaid(wire, said(CONFIGS[name]))}

    assert absences.drift(SDK, name, absent) == []


ENUMS = {
    **dict.fromkeys(("HarmCategory", "HarmBlockThreshold", "ProminentPeople", "ThinkingLevel"), CONTENT),
    **dict.fromkeys(("Modality", "ImageSize", "Delivery", "FinishReason"), CONTENT),
    **dict.fromkeys(("PersonGeneration", "SafetyFilterLevel", "ImagePromptLanguage", "EditMode"), PREDICT),
    **dict.fromkeys(("MaskReferenceMode", "ControlReferenceType", "SubjectReferenceType"), PREDICT),
}


@pytest.mark.parametrize("name", ENUMS)
def test_words(name: str) -> None:
    """Each word of an enum is one of the specs or witnesses; that nothing is said, is no word."""
    words = {member.value for member in typing.cast("type[Enum]", getattr(types, name))}

    absent = unsaid({word for word in words if not word.endswith("_UNSPECIFIED")}, said(ENUMS[name]))

    assert absences.drift(SDK, name, absent) == []


NUMBERS = {"ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "FIVE": 5, "EIGHT": 8, "NINE": 9, "SIXTEEN": 16, "TWENTY_ONE": 21}


def test_ratios() -> None:
    """Each ratio that the SDK has a word for is one that some model of ours has."""
    words = [word.value.removeprefix("ASPECT_RATIO_").split("_BY_") for word in types.AspectRatio]
    ratios = {":".join(str(NUMBERS[side]) for side in word) for word in words if len(word) > 1}

    assert len(ratios) == 14
    assert absences.drift(SDK, "AspectRatio", unsaid(ratios, said(CONTENT))) == []


@pytest.mark.parametrize("reason", [word for word in types.BlockedReason if not word.value.endswith("_UNSPECIFIED")])
def test_every_block_is_of_content_policy(reason: Enum) -> None:
    """Those of tomorrow too (gemini dossier 5.1)."""
    native = imagetx.NativeResponse(200, {}, {"promptFeedback": {"blockReason": reason.value}})

    for target in ("gemini/gemini-3-pro-image", "vertex/gemini-3-pro-image"):
        assert imagetx.decode_response(native, target).value.category == "content_policy"


# Interactions ---------------------------------------------------------------------------------


def nested(hint: Any) -> Iterator[Any]:
    """Yield the words of the literals in a type."""
    if typing.get_origin(hint) is typing.Literal:
        yield from typing.get_args(hint)
    for inner in typing.get_args(hint):
        yield from nested(inner)


PARAMS = ("CreateModelInteractionParam", "GenerationConfigParam", "ImageResponseFormatParam", "ImageContentParam")
OTHERS = ("SafetySettingParam", "Usage")


@pytest.mark.parametrize("name", [*PARAMS, *OTHERS])
def test_fields_of_interactions(name: str) -> None:
    """Snake case is what is sent, so each field is a word as it stands."""
    fields = typing.get_type_hints(getattr(interactions, name, None) or getattr(gaos(), name))

    absent = unsaid(fields.keys() - {"model_config"}, said(["gemini/interactions"]))

    assert absences.drift(SDK, f"interactions.{name}", absent) == []


@pytest.mark.parametrize("name", [*PARAMS[1:], "SafetySettingParam"])
def test_words_of_interactions(name: str) -> None:
    words = {
        f"{field}={word}"
        for field, hint in typing.get_type_hints(getattr(gaos(), name)).items()
        for word in unsaid(nested(hint), said(["gemini/interactions"]))
    }

    assert absences.drift(SDK, f"interactions.{name}.words", words) == []


def gaos() -> Any:
    """Give the module of all types of Interactions; the public one has some of them."""
    from google.genai._gaos.types import interactions as found

    return found


# Models and methods ---------------------------------------------------------------------------

MODEL = re.compile(r"\b(imagen-\d[\w.-]*\w|imagegeneration@\d+|(?:gemini|nano)-[\w.-]*(?:image|banana)[\w.-]*\w)")


def test_models() -> None:
    """Each image model that the SDK names, in its types or in its documentation, has a row."""
    folder = Path(genai.__file__).parent
    files = [folder / "models.py", folder / "types.py", *(folder / "_gaos" / "types" / "interactions").glob("*.py")]
    named = {found for file in files for found in MODEL.findall(file.read_text())}
    ours = {row["id"] for provider in ("gemini", "vertex") for row in imagetx.models(provider)}

    assert len(named) > 5
    assert absences.drift(SDK, "models", named - ours) == []


def test_methods() -> None:
    """Each way to ask for an image has a dialect."""
    ours = {"generate_content", "generate_content_stream", "generate_images", "edit_image", "upscale_image"}
    found = {name for name in dir(genai.models.Models) if re.search(r"image|content", name) and name[0] != "_"}

    assert absences.drift(SDK, "methods", found - ours) == []


def test_absences_are_looked_for() -> None:
    """Each entry is of a kind that a test here compares: none can be forgotten."""
    interactive = {f"interactions.{name}{what}" for name in (*PARAMS, *OTHERS) for what in ("", ".words")}

    kinds = {name.partition(":")[0] for name in json.loads(absences.FILE.read_text())[SDK]}

    assert kinds <= {*CONFIGS, *ENUMS, *interactive, "AspectRatio", "models", "methods"}
