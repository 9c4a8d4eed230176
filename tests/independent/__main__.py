"""
Prove that a corpus is enough: read it by its guide alone, without imagetx.

`python tests/independent FOLDER` checks every digest, every schema and every vector against the schemas, runs
the request vectors that need no images and carry nothing, and prints a report as JSON. Exit code 1: there are faults.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import encode
from documents import Json, Tokens, equal
from targets import Corpus, NotRun


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


def main(folder: str) -> int:
    corpus = Corpus(Path(folder))
    tokens = Tokens(corpus.folder / "fixtures" / "images")
    faults = digests(corpus)
    run: dict[str, Counter[str]] = {}
    for provider in corpus.manifest["providers"].values():
        for says in provider["dialects"].values():
            document = corpus.read(says["fixtures"])
            counts = run.setdefault(document["dialect"], Counter())
            for vector in document["requests"]:
                if "encode" in vector.get("ways", ["encode"]):
                    try:
                        fault = encodes(corpus, vector, tokens)
                    except NotRun as reason:
                        counts[f"encode not run: {reason}"] += 1
                        continue
                    except Exception as error:  # whatever it is, this vector is not run
                        fault = f"{type(error).__name__} {error}"
                    counts["encode"] += 1
                    if fault:
                        faults.append(f"{document['dialect']}::{vector['name']}: {fault}")
    print(json.dumps({"run": run, "faults": faults}, indent=1))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
