"""
Every entry point that takes what others say, by name: bytes in, a case drawn from them, the case run.

A run ends well when the call gives a value or an ImagetxError and keeps what `contract` says; anything else is raised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from tests.fuzz import answering, asking, building, going_on, specs
from tests.fuzz.choices import Choices
from tests.fuzz.given import draw_asked

Json = Any


class Entry(NamedTuple):
    """How the cases of an entry point are drawn, and how one is run."""

    draw: Callable[[Choices], Json]
    run: Callable[[Json], None]

    def __call__(self, data: bytes) -> None:
        """Run what bytes mean."""
        self.run(self.draw(Choices(data)))


TARGETS: Mapping[str, Entry] = {
    "encode_request": Entry(draw_asked, asking.run_encode_request),
    "plan": Entry(draw_asked, asking.run_plan),
    "check": Entry(draw_asked, asking.run_check),
    "rank": Entry(asking.draw_rank, asking.run_rank),
    "explain": Entry(asking.draw_question, asking.run_explain),
    "capabilities": Entry(asking.draw_question, asking.run_capabilities),
    "models": Entry(asking.draw_question, asking.run_models),
    "decode_request": Entry(asking.draw_decode_request, asking.run_decode_request),
    "translate_request": Entry(asking.draw_translate_request, asking.run_translate_request),
    "decode_response": Entry(answering.draw_decode_response, answering.run_decode_response),
    "encode_response": Entry(answering.draw_encode_response, answering.run_encode_response),
    "translate_response": Entry(answering.draw_translate_response, answering.run_translate_response),
    "stream_decoder": Entry(answering.draw_stream_decoder, answering.run_stream_decoder),
    "stream_encoder": Entry(answering.draw_stream_encoder, answering.run_stream_encoder),
    "stream_events": Entry(answering.draw_encode_response, answering.run_stream_events),
    "exchange": Entry(going_on.draw_exchange, going_on.run_exchange),
    "exchange_from_json": Entry(going_on.draw_from_json, going_on.run_from_json),
    "with_provider": Entry(specs.draw_with_provider, specs.run_with_provider),
    "with_models": Entry(specs.draw_with_models, specs.run_with_models),
    "any_spec": Entry(specs.draw_any_spec, specs.run_any_spec),
    "native_request": Entry(building.draw_native_request, building.run_native_request),
    "native_response": Entry(building.draw_native_response, building.run_native_response),
    "constructor": Entry(building.draw_constructor, building.run_constructor),
    "part": Entry(building.draw_part, building.run_part),
    "command_line": Entry(building.draw_command, building.run_command),
}
