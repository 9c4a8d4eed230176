"""
Prove that a corpus is enough: read it by its guide alone, without imagetx.

`python tests/independent FOLDER` checks every digest, holds the vectors against the schemas, runs the requests both
ways, refusals and the calls of plans, and reads answers and streams. What it has no code for it counts, with the
reason: masks to be painted, lists of which parts are carried. Prints a report as JSON; exit code 1: there are faults.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import answers
import decode
import encode
import images
import plans
import streams
from documents import Json, Tokens, equal
from targets import Corpus, NotRun

import schemas


def digests(corpus: Corpus) -> list[str]:
    """List the files that are missing, are others than the manifest says, or that it does not name."""
    faults = []
    named = corpus.manifest["files"]
    for path, says in named.items():
        data = (corpus.folder / path).read_bytes()
        if sha256(data).hexdigest() != says["sha256"] or len(data) != says["bytes"]:
            faults.append(f"{path} is another file")
    there = {path.relative_to(corpus.folder).as_posix() for path in corpus.folder.rglob("*") if path.is_file()}
    return faults + [f"{path} is not in the manifest" for path in sorted(there - {"manifest.json", *named})]


def comparable(message: Json) -> Json:
    """Give a message the form that is compared: section 15 of the guide."""
    headers = {name: value for name, value in message.get("headers", {}).items() if name != "content-type"}
    body = message.get("body")
    if body and "form" in body:
        body = {"form": sorted(body["form"], key=lambda part: part["name"])}
    return {"method": message["method"], "url": message["url"], "headers": headers, "body": body}


def encodes(corpus: Corpus, vector: Json, tokens: Tokens) -> str | None:
    """Run a request vector from canonical to native; say what is wrong."""
    found, notes = encode.encode(corpus, tokens.expanded(vector["canonical"]), vector["target"], vector.get("as_of"))
    expected = tokens.expanded(vector.get("encoded", vector["native"]))
    if not equal(comparable(found), comparable(expected)):
        return f"expected {json.dumps(comparable(expected))[:1500]}, got {json.dumps(comparable(found))[:1500]}"
    if sorted(notes) != sorted(vector["notes"]):
        return f"expected the notes {sorted(vector['notes'])}, got {sorted(notes)}"
    return None


def decodes(corpus: Corpus, dialect: str, vector: Json, tokens: Tokens) -> str | None:
    """Run a request vector from native to canonical, and back to its normal form; say what is wrong."""
    canonical = vector.get("canonical", {})
    silent = {"operation": "edit" if "image" in canonical else "generate", "response_format": "b64_json"}
    expected = vector.get("decoded") or {**silent, "model": vector["target"].get("model"), **canonical}
    expected = tokens.expanded(vector.get("contains", expected))
    found, target = decode.decode(corpus, dialect, tokens.expanded(vector["native"]), vector.get("read_as", {}))
    aside = {"image", "mask", *(["provider_options"] if "contains" in vector else [])}
    plain = [{key: value for key, value in side.items() if key not in aside} for side in (found, expected)]
    if not equal(*plain):
        return f"expected {json.dumps(plain[1])}, got {json.dumps(plain[0])}"
    for name in ("image", "mask"):
        if (name in found) is not (name in expected) or (
            name in found and not images.same(found[name], expected[name])
        ):
            return f"expected another {name}"
    again, notes = encode.encode(corpus, found, target, vector.get("as_of"))
    normal = tokens.expanded(vector.get("normal", vector["native"]))
    if not equal(comparable(again), comparable(normal)):
        return f"expected {json.dumps(comparable(normal))[:1500]}, got {json.dumps(comparable(again))[:1500]}"
    lost = [note for note in notes if note.partition(" ")[0] in corpus.words["notes"]["losses"]]
    return f"expected no loss, got {lost}" if lost else None


def answers_decode(corpus: Corpus, vector: Json, tokens: Tokens) -> str | None:
    """Run an answer from native to canonical; say what is wrong."""
    expected = tokens.expanded(vector["canonical"])
    if "provider_metadata" in json.dumps(expected):
        raise NotRun("carried")
    native = tokens.expanded(vector["native"])
    native["headers"] = {name.lower(): value for name, value in native.get("headers", {}).items()}
    request = tokens.expanded(vector["request"]) if "request" in vector else None
    found = answers.decode(corpus, vector["target"], native, request)
    found.pop("provider_metadata", None)
    for item in found.get("data", ()):
        item.pop("provider_metadata", None)
    if "error" in expected and "message" not in expected["error"]:
        found["error"].pop("message")
    return None if equal(found, expected) else f"expected {json.dumps(expected)[:1500]}, got {json.dumps(found)[:1500]}"


def refuses(corpus: Corpus, vector: Json, tokens: Tokens) -> str | None:
    """Run a request that is refused; what is wrong in the header of an image is not looked at here."""
    try:
        encode.encode(corpus, tokens.expanded(vector["canonical"]), vector["target"], None)
    except plans.REFUSALS:
        return None
    if {"image", "images", "mask"} & vector["canonical"].keys():
        raise NotRun("inputs")
    return "expected that it is refused"


def plans_calls(corpus: Corpus, vector: Json, tokens: Tokens) -> str | None:
    """Run the calls that a plan begins with; what comes after them is not looked at here."""
    vector = tokens.expanded(vector)
    found = plans.calls(corpus, vector)
    first: dict[str, Json] = {}
    for step in vector["steps"]:
        first.setdefault(step["branch"], step["request"])
    expected = [first[branch] for branch in sorted(filter(str.isdecimal, first), key=int)]
    if len(found) != len(expected):
        return f"expected {len(expected)} calls, got {len(found)}"
    for mine, said in zip(map(comparable, found), expected, strict=True):
        given = comparable({"headers": mine["headers"], "body": mine["body"], **said})
        given["headers"] = {**mine["headers"], **given["headers"]}
        if not equal(mine, given):
            return f"expected {json.dumps(given)[:1500]}, got {json.dumps(mine)[:1500]}"
    return None


def streams_decode(corpus: Corpus, vector: Json, tokens: Tokens) -> str | None:
    """Run a stream from native to canonical; say what is wrong."""
    whole = tokens.expanded(vector)
    found, expected = streams.decode(corpus, whole), whole["events"]
    for event in (*found, *expected):
        event.pop("provider_metadata", None)
    for event, said in zip(found, expected, strict=False):
        if "error" in event and "message" not in said.get("error", {}):
            event["error"].pop("message", None)
    return None if equal(found, expected) else f"expected {json.dumps(expected)[:3500]}, got {json.dumps(found)[:3500]}"


WAYS = {
    "encode": lambda corpus, dialect, vector, tokens: encodes(corpus, vector, tokens),
    "decode": decodes,
    "plans": lambda corpus, dialect, vector, tokens: plans_calls(corpus, vector, tokens),
    "refused": lambda corpus, dialect, vector, tokens: refuses(corpus, vector, tokens),
    "streams": lambda corpus, dialect, vector, tokens: streams_decode(corpus, vector, tokens),
    "answers": lambda corpus, dialect, vector, tokens: answers_decode(corpus, vector, tokens),
}


def requests(corpus: Corpus, document: Json, tokens: Tokens, faults: list[str]) -> Counter[str]:
    """Run the request vectors of a dialect, both ways."""
    counts: Counter[str] = Counter()
    tasks = [(way, vector) for vector in document["requests"] for way in vector.get("ways", ["encode", "decode"])]
    tasks += [("plans", vector) for vector in document.get("exchanges", ())]
    tasks += [("refused", vector) for vector in document["refused"]]
    tasks += [("answers", vector) for section in ("responses", "errors") for vector in document[section]]
    tasks += [
        ("streams", vector) for vector in document.get("streams", ()) if "decode" in vector.get("ways", ["decode"])
    ]
    for way, vector in tasks:
        try:
            fault = WAYS[way](corpus, document["dialect"], vector, tokens)
        except NotRun as reason:
            counts[f"{way} not run: {reason}"] += 1
            continue
        except Exception as error:  # whatever it is, the vector did not run
            fault = f"{type(error).__name__} {error}"
        counts[way] += 1
        if fault:
            faults.append(f"{way} {document['dialect']}::{vector['name']}: {fault}")
    return counts


def main(folder: str) -> int:
    corpus = Corpus(Path(folder))
    tokens = Tokens(corpus.folder / "fixtures" / "images")
    faults = digests(corpus)
    if faults or not corpus.manifest["fixtures"]:
        return reported({}, faults)
    run: dict[str, Counter[str]] = {}
    known = schemas.Schemas(corpus)
    for provider in corpus.manifest["providers"].values():
        for says in provider["dialects"].values():
            document = corpus.read(says["fixtures"])
            faults += schemas.checked(known, says, document, tokens)
            run[document["dialect"]] = requests(corpus, document, tokens, faults)
    return reported(run, faults)


def reported(run: Json, faults: list[str]) -> int:
    print(json.dumps({"run": run, "faults": faults}, indent=1))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
