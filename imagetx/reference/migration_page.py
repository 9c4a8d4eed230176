"""
Models that are going or gone, and what changes with the models in their place.

What changes is not written down anywhere: both models are explained, and both are sent the sample requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from imagetx.document import Json
from imagetx.errors import ImagetxError
from imagetx.reference.field_lines import field_rows
from imagetx.reference.samples import Sample, samples, shown
from imagetx.reference.trials import Tried, target_of, tried
from imagetx.tables import explain_dialect
from imagetx.target import Target
from imagetx.translator import Registry

NEAREST: Final = 3
"""So many models are compared where the provider names none."""

Sent = tuple[tuple[Sample, Tried], ...]
"""What came of every sample."""

_DATES: Final = ("released", "deprecated", "retired")


def migrations(registry: Registry) -> list[dict[str, Json]]:
    """
    List every model that is deprecated or retired, with what comes in its place.

    Returns:
        A record a model: `{"provider", "id", "status", "released", "deprecated", "retired", "replacement", "source",
        "comparisons": [{"model", "status", "fields", "requests"}]}`. Compared is the replacement that the
        provider names, or, where it names none, those of its active models with which least is lost of the samples.
    """
    rows = registry.models()
    sender = _Sender(registry)
    return [_migration(sender, row, rows) for row in rows if row["status"] != "active"]


class _Sender:
    """Send samples to models and keep what came; families answer alike, so one model of each is asked."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self.catalog = registry.catalog
        self.sent = cache(self._sent)
        self.told = cache(self._told)

    def _target(self, provider: str, model: str) -> Target:
        return target_of(self.catalog, self.catalog.provider(provider), model)

    def _sent(self, provider: str, model: str) -> Sent:
        target = self._target(provider, model)
        return tuple((sample, tried(self.registry, sample, target)) for sample in samples())

    def _told(self, provider: str, model: str) -> dict[str, dict[str, Any]]:
        """Tell what becomes of every field of a model, in the dialect that a plain request would speak."""
        resolved = self.catalog.resolve(self._target(provider, model), model, None, None)
        rows = field_rows({resolved.dialect.family: explain_dialect(resolved.dialect)})
        return {str(row["field"]): row["groups"][0] for row in rows}

    def status(self, provider: str, model: str) -> str:
        """Return the status of a model on the day its row was verified."""
        row = self.catalog.model(self.catalog.provider(provider), model)[0]
        return "active" if row is None else row.status(row.verified)

    def known(self, provider: str, model: str) -> bool:
        """Say whether a model resolves: what a provider names may be another provider's."""
        try:
            self._told(provider, model)
        except ImagetxError:
            return False
        return True


def _migration(sender: _Sender, row: Mapping[str, Any], rows: list[dict[str, Any]]) -> dict[str, Json]:
    provider, named = row["provider"], row.get("replacement")
    follows = [named] if named is not None and sender.known(provider, named) else []
    near = [] if named is not None else _nearest(sender, row, rows)
    return {
        "provider": provider,
        "id": row["id"],
        "family": row["family"],
        "status": row["status"],
        **{date: row.get(date) for date in _DATES},
        "replacement": named,
        "sent_as": row.get("wire"),
        "source": row["source"],
        "comparisons": [_compared(sender, provider, row["id"], model) for model in follows or near],
    }


def _nearest(sender: _Sender, row: Mapping[str, Any], rows: list[dict[str, Any]]) -> list[str]:
    """Name the active models of the provider with which least is lost of the samples, those of the family first."""
    families: dict[str, str] = {}
    for other in rows:
        if other["provider"] == row["provider"] and other["status"] == "active":
            families.setdefault(other["family"], other["id"])
    before = sender.sent(row["provider"], row["id"])
    costs = {
        model: _cost(before, sender.sent(row["provider"], model))
        for family, model in families.items()
        if family != row["family"]
    }
    same = [families[row["family"]]] if row["family"] in families else []
    return [*same, *sorted(costs, key=lambda model: costs[model])][:NEAREST]


def _cost(before: Sent, after: Sent) -> tuple[int, int]:
    """Count what was sent as given and is no more, a refused request as four fields; then all that differs."""
    changes = list(_requests(before, after))
    refused = sum(new.refused and not old.refused for (_, old), (_, new) in zip(before, after, strict=True))
    worse = sum(change["before"]["kind"] == "sent" and change["after"]["kind"] != "refused" for change in changes)
    return worse + 4 * refused, len(changes)


def _compared(sender: _Sender, provider: str, old: str, new: str) -> dict[str, Json]:
    """Compare what becomes of every field, and of every sample, on two models."""
    before, after = sender.told(provider, old), sender.told(provider, new)
    return {
        "model": new,
        "status": sender.status(provider, new),
        "fields": [
            {"field": name, "before": _summary(before[name]), "after": _summary(after[name])}
            for name in before
            if _summary(before[name]) != _summary(after[name])
        ],
        "requests": list(_requests(sender.sent(provider, old), sender.sent(provider, new))),
    }


def _summary(group: Mapping[str, Any]) -> dict[str, Json]:
    """Say in a line what a model does with a field."""
    lines = group["lines"]
    line = next((line for line in lines if line["becomes"] == "said"), lines[0] if lines else {})
    said = [before + str(line[key]) for key, before in (("limits", ""), ("lost", "lost: ")) if line.get(key)]
    written = group["state"] in ("exact", "said")
    return {"state": group["state"], "rule": line.get("rule", ""), "says": "; ".join(said) if written else ""}


def _requests(before: Sent, after: Sent) -> Iterator[dict[str, Any]]:
    """Yield what becomes of a field of a sample where that differs."""
    seen: set[tuple[str, str]] = set()
    for (sample, old), (_, new) in zip(before, after, strict=True):
        for field, given in _asked(sample, old, new):
            fates = [_fate(one, field, given) for one in (old, new)]
            key = (field, str(given))
            if None not in fates and fates[0] != fates[1] and key not in seen:
                seen.add(key)
                yield {"sample": sample.name, "field": field, "given": given, "before": fates[0], "after": fates[1]}


def _asked(sample: Sample, old: Tried, new: Tried) -> Iterator[tuple[str, Json]]:
    """Yield the fields of a sample, and those of which something is said though it has them not."""
    for field, given in sample.request.items():
        yield field, shown(given)
    extra = [one["field"] for one in (*old.said, *new.said) if one["field"] not in (*sample.request, "model")]
    for field in dict.fromkeys(extra):
        yield field, None


def _fate(one: Tried, field: str, given: Json) -> dict[str, Json] | None:
    """Say what came of a field; None where the request is refused for the sake of another."""
    said = one.about(field)
    if said:
        return {key: said[0][key] for key in ("kind", "used", "reason")}
    if one.refused:
        return None
    return {"kind": "silent" if given is None else "sent", "used": None, "reason": ""}
