"""What the package promises as a whole: its names, its imports, its files."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys

import pytest

import imagetx
from tests.dialects import ROOT, Case, cases
from tests.requests_drawn import example

NAMES = [
    "Capabilities",
    "Check",
    "Credential",
    "ErrorResponse",
    "Exchange",
    "ImageEvent",
    "ImageRequest",
    "ImageResponse",
    "ImagetxError",
    "InputLimits",
    "NativeRequest",
    "NativeResponse",
    "Note",
    "Part",
    "Pending",
    "Problem",
    "Ranked",
    "Registry",
    "RequestError",
    "ResolveError",
    "SpecError",
    "Step",
    "StreamDecoder",
    "StreamEncoder",
    "Target",
    "Translation",
    "WireError",
    "capabilities",
    "check",
    "decode_request",
    "decode_response",
    "encode_request",
    "encode_response",
    "explain",
    "models",
    "plan",
    "providers",
    "rank",
    "registry",
    "stream_decoder",
    "stream_encoder",
    "stream_events",
    "translate_request",
    "translate_response",
]


def test_public_names() -> None:
    """`__all__` is exactly what is public, sorted, documented and there."""
    assert list(imagetx.__all__) == sorted(NAMES)
    assert [name for name in imagetx.__all__ if not getattr(imagetx, name).__doc__] == []


def test_import_is_lean() -> None:
    """Importing imagetx imports neither jsonschema nor anything that reaches the network."""
    code = (
        "import sys, imagetx; print(sorted({'jsonschema', 'ssl', 'asyncio', 'http.client', 'PIL'} & set(sys.modules)))"
    )

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert found.stdout.strip() == "[]"


def test_import_reads_no_spec() -> None:
    """Specs are read at first use, not at import."""
    code = "import imagetx.api; print(imagetx.api.registry.cache_info().currsize)"

    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)

    assert found.stdout.strip() == "0"


@pytest.mark.parametrize("case", cases(), ids=str)
def test_values_are_values(case: Case) -> None:
    """Translations can be pickled, copied and compared; a repr has at most 500 characters."""
    out = imagetx.encode_request(example(case, prompt="x" * 500, size="1920x1080"), case.target)
    back = imagetx.decode_request(out.value, out.target)
    answer = imagetx.encode_response({"data": [{"b64_json": "iVBORw0KGgo=" * 90}]}, out.target)

    for value in (out, back, answer, out.value, back.value, answer.value, out.target):
        assert pickle.loads(pickle.dumps(value)) == value
        assert copy.deepcopy(value) == value
        assert len(repr(value)) <= 500


def test_registry_is_a_value() -> None:
    """A registry can be pickled and shows its providers."""
    again = pickle.loads(pickle.dumps(imagetx.registry()))

    names = ("azure", "bedrock", "fireworks", "gemini", "openai", "recraft", "reka", "segmind", "stability", "vertex")
    assert again.providers() == imagetx.providers() == names
    assert repr(again) == f"<Registry of {', '.join(names)}>"


def test_no_module_takes_the_place_of_a_name() -> None:
    """Submodules are loaded at first use and land in the package: none may be called like a public name."""
    modules = {path.stem for path in (ROOT / "imagetx").glob("*.py")}

    assert modules & set(imagetx.__all__) == set()
