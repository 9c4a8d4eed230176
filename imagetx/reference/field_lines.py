"""
What a dialect does with every canonical field, family by family: the rows of its page.

Families that say a field alike stand in one group, so a page shows what differs and no more. The lines are those
of `explain`; a rule among fields that always takes a field away decides over them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from imagetx.document import Json
from imagetx.reference.conditions import NEVER, condition, consequence
from imagetx.reference.wording import geometry, lost, rule, words
from imagetx.words import REQUEST_FIELDS

STATES: Final = ("exact", "said", "fixed", "dropped", "refused")
"""What can become of a field, the best first: `exact` loses nothing, `said` may lose something."""

_KEPT: Final = ("value", "required", "silent", "absent", "default", "reason", "source", "clamped", "scale")

Table = Mapping[str, Any]
"""What `explain_dialect` gives for a family."""


def field_rows(tables: Mapping[str, Table]) -> list[dict[str, Json]]:
    """
    Tell what becomes of every canonical field.

    Args:
        tables: What `explain` says, by family; the first is the one that stands for all.

    Returns:
        A row a field: `{"field", "state", "varies", "groups": [{"families", "state", "conditional", "lines",
        "rules"}]}`, the group of the first family first. `conditional` says that some forms of a request have it and
        others not, `rules` are the rules among fields that step in.
    """
    return [_row(name, [(family, _told(table, name)) for family, table in tables.items()]) for name in REQUEST_FIELDS]


def _row(name: str, told: Iterable[tuple[str, dict[str, Json]]]) -> dict[str, Json]:
    groups: list[dict[str, Any]] = []
    for family, said in told:
        same = next((group for group in groups if {**group, "families": []} == {"families": [], **said}), None)
        if same is None:
            groups.append({"families": [family], **said})
        else:
            same["families"].append(family)
    states = [group["state"] for group in groups]
    varies = len(set(states)) > 1 or any(group["conditional"] or group["rules"] for group in groups)
    return {"field": name, "state": best(states), "varies": varies, "groups": groups}


def best(states: Iterable[str]) -> str:
    """Return the best of some states; `dropped` where there is none."""
    return min(states, key=STATES.index, default="dropped")


def _told(table: Table, name: str) -> dict[str, Json]:
    """Tell what a family does with a field."""
    if name == "operation":  # what is asked for decides the dialect and the form, and is no value on the wire
        return {"state": "exact", "conditional": False, "lines": [], "rules": []}
    forms = [form for form in table["request"] if condition(form["when"]) != NEVER] or table["request"]
    found = [
        (form["name"], _settled(line)) for form in forms for line in form["fields"] if _is_about(line["field"], name)
    ]
    over = _always(table["rules_among_fields"], name)
    states = [over[0] if over else state_of(line) for _, line in found]
    lines = [] if over else list(_merged(found, len(forms)))
    if over:
        lines = [
            {"forms": [], "state": over[0], "native": [], "rule": over[0], "becomes": over[0], "lost": "", **over[1]}
        ]
    written = {state in ("exact", "said") for state in states}
    rules = [] if over else list(_stepping_in(table["rules_among_fields"], name))
    return {"state": best(states), "conditional": len(written) > 1, "lines": lines, "rules": rules}


def _stepping_in(clauses: Iterable[Mapping[str, Any]], name: str) -> Iterator[dict[str, Json]]:
    """Yield the rules among fields that take a field, change it, or send it by themselves."""
    for clause in clauses:
        touched = {*clause.get("default", ()), *clause.get("replace", ()), *clause.get("drop", ())}
        if name in touched | set(clause.get("refuse", ())):
            own = {key: clause[key] for key in ("reason", "source", "since", "until") if key in clause}
            yield {"when": condition(clause["if"]), "then": consequence(clause), **own}


def _is_about(field: str | None, name: str) -> bool:
    return field is not None and (field == name or field.partition("/")[0] == name)


def _settled(line: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell a resolution apart that is said with others and has no place of its own: one tier, or none, is there."""
    frame = line.get("geometry", {})
    if line["field"] != "resolution" or frame.get("form") != "ratio" or "tiers" in frame:
        return line
    own = {key: value for key, value in line.items() if key != "geometry"}
    fate = {"becomes": "fixed", "value": frame["tier"]} if "tier" in frame else {"becomes": "dropped"}
    return {**own, "to": [], "exact": False, **fate}


def state_of(line: Mapping[str, Any]) -> str:
    """Name what a line makes of its field: one of `STATES`."""
    becomes = str(line["becomes"])
    if becomes != "said":
        return becomes
    whole = line["exact"] or "words" in line  # words are told one by one: what is lost names those that are not
    return "exact" if whole and not lost(line) else "said"


def _always(clauses: Iterable[Mapping[str, Any]], name: str) -> tuple[str, dict[str, Json]] | None:
    """Return what a rule among fields makes of a field whenever it is given, whatever else is."""
    for clause in clauses:
        if clause["if"] == {"required": [name]} and not clause.keys() & {"since", "until"}:
            for word, state in (("drop", "dropped"), ("refuse", "refused")):
                if name in clause.get(word, ()):
                    return state, {key: clause[key] for key in ("reason", "source") if key in clause}
    return None


def _merged(found: Iterable[tuple[str, Mapping[str, Any]]], forms: int) -> Iterator[dict[str, Json]]:
    """Word lines, those that say the same once, with the forms that have them; no forms are all."""
    merged: list[dict[str, Any]] = []
    for form, line in found:
        worded = _worded(line)
        same = next((own for own in merged if {**own, "forms": []} == worded), None)
        if same is None:
            merged.append({**worded, "forms": [form]})
        elif form not in same["forms"]:
            same["forms"].append(form)
    for own in sorted(merged, key=lambda own: STATES.index(own["state"])):
        yield {**own, "forms": [] if len(own["forms"]) == forms else own["forms"]}


def _worded(line: Mapping[str, Any]) -> dict[str, Json]:
    """Word a line of `explain`."""
    inner = str(line["field"]).partition("/")[2]
    worded: dict[str, Json] = {
        "forms": [],
        "state": state_of(line),
        "native": [*line["to"]],
        "rule": rule(line),
        "becomes": line["becomes"],
        "exact": line["exact"],
        "lost": lost(line),
        **({"item": inner} if inner else {}),
        **({"at": line["at"]} if line.get("at") else {}),
        **({"images": line["forms"]} if "forms" in line else {}),
        **({"edits": line["edits"]} if "edits" in line else {}),
        **{key: line[key] for key in _KEPT if key in line},
    }
    if "limits" in line and line["becomes"] == "said":
        worded["limits"] = line["limits"]
    if "words" in line:
        worded["words"] = words(line["words"])
    if "geometry" in line:
        worded["geometry"] = line["geometry"]
        worded["limits"] = geometry(line["geometry"])
    return worded
