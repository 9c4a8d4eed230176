"""Targets: who is meant to answer a request, as plain data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import lru_cache
from typing import Final

from imagetx.errors import Problem, ResolveError, bounded_repr, shorten
from imagetx.frozen import FrozenMap

_SECRET: Final = re.compile(r"key|secret|token|password|signature", re.IGNORECASE)
_TEXTS: Final = ("provider", "model", "operation", "surface", "deployment", "auth")


class Variables(FrozenMap):
    """The variables of a target: a copy of what the caller gave, which nobody can change."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """
    Name the provider, model and wire language that a request is meant for.

    Attributes:
        provider: Main name or alias (`stability`, `vertex-ai`).
        model: Id as the caller writes it; None takes the request's.
        operation: `generate`, `edit` or `variation`; None is decided by the request.
        surface: Which of the provider's wire protocols; None takes the model's first.
        deployment: What goes on the wire where it is not the model's identity (Azure deployment, ARN).
        auth: Credential kind of the provider (`bearer`, `api_key`, `sigv4`); None takes the first.
        variables: What fills the endpoint template: `region`, `resource`, `api_version`, `base_url` ...

    Raises:
        ResolveError: A member is no text, or the variables are no map of text.
    """

    provider: str
    model: str | None = None
    _: KW_ONLY
    operation: str | None = None
    surface: str | None = None
    deployment: str | None = None
    auth: str | None = None
    variables: Mapping[str, str] = field(default_factory=Variables, hash=False)

    def __post_init__(self) -> None:
        """Check the members, and take a copy of the variables: a target never changes."""
        for name in _TEXTS:
            value = getattr(self, name)
            if not isinstance(value, str) and (value is not None or name == "provider"):
                raise ResolveError(_problem(f"{name} of a target as text", value))
        given = self.variables
        if type(given) is not Variables:
            if not isinstance(given, Mapping) or not all(isinstance(key, str) for key in given):
                raise ResolveError(_problem("variables of a target as a map of text", given))
            object.__setattr__(self, "variables", Variables(given))

    def __repr__(self) -> str:
        """Give at most 500 characters, credential-like variables masked."""
        variables = {name: "***" if _SECRET.search(name) else value for name, value in self.variables.items()}
        members = [(name, getattr(self, name)) for name in _TEXTS]
        return bounded_repr("Target", [*members, ("variables", variables or None)])


def _problem(expected: str, value: object) -> Problem:
    return Problem(pointer="", message=f"expected {expected}, got {shorten(value)}", expected=expected)


def parse_target(text: str | Target) -> Target:
    """
    Read `provider/model` (the first slash splits) or `provider`; a Target passes.

    Raises:
        ResolveError: The text names no provider.
    """
    if isinstance(text, Target):
        return text
    if not isinstance(text, str):
        problem = Problem(pointer="", message=f"expected a target as text or Target, got {type(text).__name__}")
        raise ResolveError(problem)
    return _parsed(text)


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Target:
    provider, slash, model = text.partition("/")
    if not provider or (slash and not model):
        problem = Problem(pointer="", message=f"expected a target like provider/model, got {text!r}", given=text)
        raise ResolveError(problem)
    return Target(provider=provider, model=model or None)
