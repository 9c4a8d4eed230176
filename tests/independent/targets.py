"""Who is meant, and where that is: section 4 of the guide."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from documents import Json, holds


class NotRun(Exception):
    """A vector needs a part of the guide that is not written here."""


class Refused(Exception):
    """There is no such model, or it cannot do what is asked."""


class Corpus:
    """The files of a corpus, read as they are asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = self.read("manifest.json")
        self._read: dict[str, Json] = {}

    def read(self, path: str) -> Json:
        return json.loads((self.folder / path).read_bytes())

    def once(self, path: str) -> Json:
        if path not in self._read:
            self._read[path] = self.read(path)
        return self._read[path]

    @cached_property
    def words(self) -> Json:
        return self.read("words.json")

    @cached_property
    def providers(self) -> dict[str, Json]:
        return {name: self.read(says["spec"]) for name, says in self.manifest["providers"].items()}

    def flat(self, provider: str, dialect: str, family: str) -> Json:
        return self.once(self.manifest["providers"][provider]["dialects"][dialect]["flat"][family])

    def provider(self, name: str) -> Json:
        return next(says for main, says in self.providers.items() if name in (main, *says.get("aliases", ())))


@dataclass
class Meant:
    """What a target means."""

    provider: Json
    dialect: str
    family: str
    model: str
    wire: str
    operation: str
    flat: Json
    auth: str
    variables: dict[str, str]
    as_of: str
    notes: list[str] = field(default_factory=list)


def inner_id(provider: Json, model: str) -> tuple[str, bool]:
    keep, changed = False, True
    while changed:
        changed = False
        for row in provider.get("normalise", ()):
            found = re.fullmatch(row["pattern"], model)
            if found is not None and found[1] != model:
                model, keep, changed = found[1], keep or row.get("keep", False), True
    return model, keep


def family_of(provider: Json, asked: str, notes: list[str]) -> tuple[Json, str, str]:
    """Give the row (or none), the family and the id on the wire."""
    bare, keep = inner_id(provider, asked)
    row = next((row for row in provider["models"] if bare in (row["id"], *row.get("aliases", ()))), None)
    if row is not None:
        notes += ["approximated /model"] if "wire" in row else []
        return row, row["family"], asked if keep else row.get("wire", row["id"])
    patterns = [(len(says["pattern"]), name) for name, says in provider["families"].items() if "pattern" in says]
    fitting = [fit for fit in patterns if re.fullmatch(provider["families"][fit[1]]["pattern"], bare)]
    family = max(fitting)[1] if fitting else provider.get("fallback")
    if family is None:
        raise Refused(f"no model {asked}")
    notes.append("assumed /model")
    return None, family, asked if keep else bare


def resolve(corpus: Corpus, target: Json, request: Json, as_of: str | None) -> Meant:
    provider = corpus.provider(target["provider"])
    notes: list[str] = []
    asked = target.get("model", request.get("model"))
    row, family, wire = family_of(provider, asked, notes)
    says = row or {}
    day = as_of or says.get("verified", provider["verified"])
    if day >= says.get("retired", "9999"):
        notes.append("retired /model")
    elif day >= says.get("deprecated", "9999"):
        notes.append("deprecated /model")
    image = request.get("image", request.get("images"))
    operation = request.get("operation") or target.get("operation") or ("edit" if image is not None else "generate")
    options = request.get("provider_options", {}).get(provider["provider"], {})
    given = {name for name, value in request.items() if value is not None} | options.keys()
    instead = next((each for each in provider["families"][family].get("instead", ()) if each["given"] in given), None)
    if instead is not None and operation == "edit":
        notes = ["approximated /model", *(note for note in notes if not note.startswith("approximated"))]
        row = next(row for row in provider["models"] if row["id"] == instead["model"])
        family, wire, asked = row["family"], row["id"], row["id"]
    dialect = _dialect(corpus, provider, family, target.get("surface"), operation, given)
    flat = corpus.flat(provider["provider"], dialect, family)
    notes += ["unverified /model"] if flat.get("unverified") else []
    day = as_of or (row or {}).get("verified") or (provider["verified"] if row else flat["verified"])
    auth = target.get("auth") or flat.get("auth") or next(iter(provider["auth"]))
    wire = target.get("deployment", wire)
    variables = target.get("variables", {})
    return Meant(provider, dialect, family, asked, wire, operation, flat, auth, variables, day, notes)


def _dialect(corpus: Corpus, provider: Json, family: str, surface: str | None, operation: str, given: set[str]) -> str:
    says = provider["families"][family]
    for name in says["dialects"]:
        needs = says.get("within", {}).get(name, {}).get("needs")
        own = corpus.manifest["providers"][provider["provider"]]["dialects"][name]
        able = says.get("operations", own["operations"])
        if (needs is None or given & set(needs)) and surface in (None, own["surface"]) and operation in able:
            return str(name)
    raise Refused(f"{family} cannot {operation}")


def templates(flat: Json) -> list[Json]:
    """List the starts of URLs: those that are chosen by a condition, the base, those that are only read."""
    base = flat["request"].get("base_url", flat["base_url"])
    others = [each for each in (flat["base_url"], *flat.get("hosts", ())) if each != base]
    chosen = [each for each in others if isinstance(each, dict) and ("if" in each or "auth" in each)]
    return [*chosen, base, *(each for each in others if each not in chosen)]


def start_of(flat: Json, variables: dict[str, str], auth: str | None) -> str:
    """Write the start of a URL."""
    known = {name: says["default"] for name, says in flat["variables"].items() if "default" in says} | variables
    start = flat["request"].get("base_url", flat["base_url"])
    for host in templates(flat):
        chosen = isinstance(host, dict) and ("if" in host or "auth" in host)
        if chosen and holds(host.get("if", True), known) and host.get("auth", auth) == auth:
            start = host["url"]
            break
    head, tail = parted(start)
    if "base_url" in variables:
        head = variables["base_url"].rstrip("/")
    return re.sub(r"\{([a-z_]+)\}", lambda match: quote(known[match[1]], safe=""), head + tail)


def parted(start: str) -> tuple[str, str]:
    """Part a start into what `base_url` stands for, and the segments from the first with a hole on."""
    scheme, _, rest = start.partition("://")
    host, *segments = rest.split("/")
    first = next((at for at, segment in enumerate(segments) if "{" in segment), len(segments))
    return f"{scheme}://" + "/".join([host, *segments[:first]]), "".join(f"/{each}" for each in segments[first:])


def url_of(meant: Meant, holes: Json, query: Json) -> str:
    """Write the URL of a request."""
    flat = meant.flat
    known = {name: says["default"] for name, says in flat["variables"].items() if "default" in says} | meant.variables
    path, _, params = flat["request"]["url"].removeprefix("{base_url}").partition("?")
    values = {**known, **holes}
    filled = start_of(flat, meant.variables, meant.auth)
    filled += re.sub(r"\{([a-z_]+)\}", lambda match: quote(values[match[1]], safe=""), path)
    pairs = []
    for item in params.split("&") if params else ():
        name, _, hole = item.partition("=")
        variable = hole.strip("{}")
        if variable in meant.variables or not flat["variables"].get(variable, {}).get("optional"):
            pairs.append((name, known[variable]))
    pairs += [(name, text) for name, text in query.items() if text is not None]
    return filled + ("?" + "&".join(f"{quote(a, safe='')}={quote(b, safe='')}" for a, b in pairs) if pairs else "")
