"""
What the nine translators by hand share: checks of fields, notes, the rest of a request, the result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import imagetx
from imagetx import NativeRequest, Note, RequestError, ResolveError, Target, Translation
from imagetx.errors import Problem, shorten

Json = Any
Problems = list[Problem]
Notes = list[Note]

VERIFIED: Final = "2026-11-22"
LOSSES: Final = frozenset({"dropped", "approximated", "clamped", "emulated", "overruled"})
STRICT: Final = LOSSES | {"assumed", "unverified", "retired"}
TEXTS: Final = (
    "prompt model size quality style response_format user safety_identifier background moderation output_format"
    " input_fidelity aspect_ratio resolution negative_prompt sampler person_generation safety_level language operation"
).split()
TYPES: Final[dict[str, tuple[type, ...]]] = {
    **dict.fromkeys(TEXTS, (str,)),
    **dict.fromkeys(("n", "output_compression", "partial_images", "seed", "steps"), (int,)),
    **dict.fromkeys(("guidance_scale", "strength"), (int, float)),
    **dict.fromkeys(("stream", "watermark", "enhance_prompt"), (bool,)),
}
REFUSED: Final = frozenset({"image", "images", "mask", "provider_options"})


def wrong(problems: Problems, pointer: str, expected: str, given: Json) -> None:
    """Add a problem in the words of the library."""
    message = f"expected {expected}, got {shorten(given)}"
    problems.append(Problem(pointer=pointer, message=message, given=given, expected=expected))


def text(request: Json, name: str, problems: Problems, low: int = 0, high: int = 10**9) -> str | None:
    """Read a text of so many characters."""
    value = request.get(name)
    if value is None:
        return None
    if type(value) is not str or not low <= len(value) <= high:
        wrong(problems, f"/{name}", f"a string of {low} to {high} characters or null", value)
        return None
    return value


def prompt_of(request: Json, problems: Problems, high: int = 10**9) -> str | None:
    """Read the prompt, which everybody needs."""
    value = text(request, "prompt", problems, 1, high)
    if value is None and request.get("prompt") is None:
        wrong(problems, "/prompt", "a prompt", None)
    return value


def whole(request: Json, name: str, problems: Problems, low: int, high: int) -> int | None:
    """Read an integer that is refused out of its range."""
    value = request.get(name)
    if value is None:
        return None
    if type(value) is not int or not low <= value <= high:
        wrong(problems, f"/{name}", f"an integer {low} to {high} or null", value)
        return None
    return value


def flag(request: Json, name: str, problems: Problems) -> bool | None:
    """Read a boolean."""
    value = request.get(name)
    if value is None:
        return None
    if type(value) is not bool:
        wrong(problems, f"/{name}", "a boolean or null", value)
        return None
    return value


def clamped(
    request: Json, name: str, problems: Problems, notes: Notes, low: float = -1e308, high: float = 1e308
) -> Json:
    """Read a preference, and clamp it with a note."""
    value = request.get(name)
    if value is None:
        return None
    kinds = TYPES[name]
    if type(value) not in kinds:
        wrong(problems, f"/{name}", "a number or null", value)
        return None
    if low <= value <= high:
        return value
    used = low if value < low else high
    used = int(used) if int in kinds and used == int(used) else used
    notes.append(Note(pointer=f"/{name}", kind="clamped", given=value, used=used, reason=f"{low} to {high} here"))
    return used


def word(
    request: Json,
    name: str,
    table: Mapping[str, Json],
    back: Mapping[Json, str],
    problems: Problems,
    notes: Notes,
    *,
    passes: bool = False,
) -> Json:
    """Read a word by a table; another passes where the provider is OpenAI's kind, else it is dropped."""
    value = request.get(name)
    if value is None:
        return None
    if type(value) is not str:
        wrong(problems, f"/{name}", "a string or null", value)
        return None
    if value not in table:
        if passes:
            notes.append(Note(pointer=f"/{name}", kind="assumed", given=value, used=value, reason="passed as it is"))
            return value
        notes.append(Note(pointer=f"/{name}", kind="dropped", given=value, reason="no such word here"))
        return None
    used = table[value]
    if used is None:
        if value != "auto":
            notes.append(Note(pointer=f"/{name}", kind="dropped", given=value, reason="no such word here"))
    elif back[used] != value:
        notes.append(Note(pointer=f"/{name}", kind="approximated", given=value, used=used, reason="the nearest"))
    return used


def bytes_only(request: Json, problems: Problems, notes: Notes, said: str = "response_format") -> None:
    """Note that images come as bytes where a URL was asked for."""
    value = text(request, said, problems)
    if value is not None and value != "b64_json":
        notes.append(Note(pointer=f"/{said}", kind="approximated", given=value, used="b64_json", reason="only bytes"))


def unstreamed(request: Json, problems: Problems, notes: Notes) -> None:
    """Note that a stream will be made of an answer that is whole."""
    if flag(request, "stream", problems):
        notes.append(Note(pointer="/stream", kind="emulated", given=True, used=False, reason="no streams here"))


def rest(request: Json, said: frozenset[str], provider: str, problems: Problems, notes: Notes) -> None:
    """Note or refuse what a request holds beyond the fields that are said."""
    if request.keys() <= said:
        return
    for name, value in request.items():
        if name in said or value is None:
            continue
        if name == "operation":
            if value != "generate":
                wrong(problems, "/operation", "generate", value)
        elif name in REFUSED:
            wrong(problems, f"/{name}", f"no {name}, which {provider} does not take here", value)
        elif name not in TYPES:
            notes.append(Note(pointer=f"/{name}", kind="dropped", given=value, reason="no field of a request"))
        elif type(value) not in TYPES[name]:
            wrong(problems, f"/{name}", f"{TYPES[name][-1].__name__} or null", value)
        else:
            reason = f"{provider} has no {name} here"
            notes.append(Note(pointer=f"/{name}", kind="dropped", given=value, reason=reason))


def document(request: Json) -> dict[str, Json]:
    """Demand an object."""
    if isinstance(request, dict):
        return request
    raise RequestError(f"expected an object with the fields of a request, got {shorten(request)}")


def model_of(request: Json, target: Target, models: Mapping[str, tuple[Note, ...]]) -> tuple[str, Notes]:
    """Find the model, the target's before the request's, and what is to be noted whenever it is used."""
    model = request.get("model") if target.model is None else target.model
    if type(model) is not str or model not in models:
        problem = Problem(pointer="/model", message=f"expected one of {', '.join(models)}, got {shorten(model)}")
        raise ResolveError(problem)
    if target.operation is not None and target.operation != "generate":
        raise ResolveError(f"expected the operation generate, got {target.operation}")
    return model, list(models[model])


def variable(target: Target, name: str, pattern: Json, default: str | None = None) -> str:
    """Read a variable of the URL, as a whole of its pattern."""
    value = target.variables.get(name, default)
    if value is None or pattern.fullmatch(value) is None:
        raise ResolveError(f"expected the variable {name} of the target, got {shorten(value)}")
    return value


def known(target: Target, names: Iterable[str]) -> None:
    """Demand that no variable is there which the URL has not."""
    unknown = target.variables.keys() - names
    if unknown:
        raise ResolveError(f"expected known variables, got {', '.join(sorted(unknown))}")


def finished(
    value: NativeRequest, notes: Notes, target: Target, dialect: str, policy: str
) -> Translation[NativeRequest]:
    """Hold the policy, and give the result as the library does."""
    if policy == "strict":
        lost = [Problem(pointer=note.pointer, message=str(note)) for note in notes if note.kind in STRICT]
        if lost:
            raise RequestError(lost)
    return imagetx.Translation(
        value=value, notes=tuple(notes), target=target, dialect=dialect, model=target.model, verified=VERIFIED
    )
