"""Targets: who is meant to answer a request, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field

from imagetx.errors import Problem, ResolveError


@dataclass(frozen=True, slots=True)
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
    """

    provider: str
    model: str | None = None
    _: KW_ONLY
    operation: str | None = None
    surface: str | None = None
    deployment: str | None = None
    auth: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict, hash=False)


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
    provider, slash, model = text.partition("/")
    if not provider or (slash and not model):
        problem = Problem(pointer="", message=f"expected a target like provider/model, got {text!r}", given=text)
        raise ResolveError(problem)
    return Target(provider=provider, model=model or None)
