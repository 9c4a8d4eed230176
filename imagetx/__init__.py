"""Translate image requests between providers: canonical in, native out, and everything back."""

from imagetx.api import (
    decode_request,
    decode_response,
    encode_request,
    encode_response,
    explain,
    models,
    providers,
    registry,
    translate_request,
    translate_response,
)
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse
from imagetx.errors import (
    ImagetxError,
    Problem,
    RequestError,
    ResolveError,
    SpecError,
    WireError,
)
from imagetx.notes import Note
from imagetx.registry import Registry
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import Credential, NativeRequest, NativeResponse, Part

__all__ = [
    "Credential",
    "ErrorResponse",
    "ImageRequest",
    "ImageResponse",
    "ImagetxError",
    "NativeRequest",
    "NativeResponse",
    "Note",
    "Part",
    "Problem",
    "Registry",
    "RequestError",
    "ResolveError",
    "SpecError",
    "Target",
    "Translation",
    "WireError",
    "decode_request",
    "decode_response",
    "encode_request",
    "encode_response",
    "explain",
    "models",
    "providers",
    "registry",
    "translate_request",
    "translate_response",
]

__version__ = "0.1.0"
