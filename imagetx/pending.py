"""A provider's word that it has begun: neither images nor an error, and how to ask again."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import ClassVar

from imagetx.errors import Json, bounded_repr
from imagetx.wire import NativeRequest

_MEMBERS = ("id", "poll", "after_s", "progress", "attempts", "deadline_s", "then", "provider_metadata")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Pending:
    """
    Hold the answer of a provider that has accepted a request and has no image yet.

    Attributes:
        id: The provider's id of the work; None where it names none.
        poll: The request that asks how far it is; None where the answer does not tell whom to ask.
            Its credential is None where it goes to a host that is not the provider's own.
        named: Whether the answer itself names where to ask; else it is the dialect's own place.
        after_s: Seconds to wait at least before `poll`; None where nobody says.
        progress: How far it is, as the provider says it; None where it does not.
        attempts: How many such answers in a row are worth waiting for; None where nothing bounds them.
        deadline_s: How many seconds in all are worth waiting; None where nothing bounds them.
        then: Category of the error that it is when they are over.
        provider_metadata: Native keys without a canonical name, by provider.
    """

    id: str | None
    poll: NativeRequest | None = None
    named: bool = False
    after_s: float | None = None
    progress: float | None = None
    attempts: int | None = None
    deadline_s: float | None = None
    then: str = "timeout"
    provider_metadata: Mapping[str, Json] = field(default_factory=dict)

    __hash__: ClassVar[None] = None  # type: ignore[assignment]  # it holds documents

    def __repr__(self) -> str:
        """Give at most 500 characters."""
        return bounded_repr("Pending", ((name, getattr(self, name)) for name in _MEMBERS))

    def to_json(self) -> dict[str, Json]:
        """Give it as a JSON document, `poll` in the JSON form of a message and without `named`; nothing unknown."""
        said = {name: deepcopy(getattr(self, name)) for name in _MEMBERS if getattr(self, name) not in (None, {})}
        return said if self.poll is None else {**said, "poll": self.poll.to_json()}
