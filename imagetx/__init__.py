"""Translate image requests between providers: canonical in, native out, and everything back."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from imagetx.api import (
    decode_request,
    decode_response,
    encode_request,
    encode_response,
    plan,
    registry,
    translate_request,
    translate_response,
)
from imagetx.api_questions import capabilities, check, explain, models, providers, rank
from imagetx.api_streams import stream_decoder, stream_encoder, stream_events
from imagetx.canonical import ErrorResponse, ImageRequest, ImageResponse
from imagetx.ceilings import InputLimits
from imagetx.errors import (
    ImagetxError,
    Problem,
    RequestError,
    ResolveError,
    SpecError,
    WireError,
)
from imagetx.event import ImageEvent
from imagetx.notes import Note
from imagetx.pending import Pending
from imagetx.target import Target
from imagetx.translation import Translation
from imagetx.wire import Credential, NativeRequest, NativeResponse, Part

__all__ = [
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

__version__ = "0.1.0"

if TYPE_CHECKING:
    from imagetx.ability import Capabilities
    from imagetx.decoder import StreamDecoder
    from imagetx.encoder import StreamEncoder
    from imagetx.exchange import Exchange
    from imagetx.step import Step
    from imagetx.translator import Registry
    from imagetx.verdict import Check, Ranked

_ENGINE = {
    "Capabilities": "ability",
    "Check": "verdict",
    "Exchange": "exchange",
    "Ranked": "verdict",
    "Registry": "translator",
    "Step": "step",
    "StreamDecoder": "decoder",
    "StreamEncoder": "encoder",
}

if not TYPE_CHECKING:  # else every name that is not there would be of type Any to whoever types

    def __getattr__(name: str) -> Any:
        """Load the engine when it is asked for: importing imagetx stays cheap."""
        if name in _ENGINE:
            return getattr(import_module(f"imagetx.{_ENGINE[name]}"), name)
        message = f"module 'imagetx' has no attribute {name!r}"
        raise AttributeError(message)
