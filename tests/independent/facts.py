"""What a canonical answer says although no native one does: section 10 of the guide."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

import values
from documents import Json
from images import mime_of, standard


def category_of(corpus: Json, status: int) -> str:
    """Name the category that a status alone tells."""
    table = corpus.words["category_of_status"]
    return str(table.get(str(status), table["4xx"] if 400 <= status < 500 else table["other"]))


def complete_response(corpus: Json, said: Json, native: Json, request: Json) -> Json:
    """Fill what a response does not say."""
    formats = {mime: name for name, mime in corpus.words["media_types"].items()}
    items = [_as_it_is(item, corpus.words["extensions"]) for item in said["data"]]
    stated = {item.get("mime_type") for item in items}
    full = {"created": seconds_of(native["headers"].get("date")), **said}
    if "output_format" not in full and len(stated) == 1 and (only := stated.pop()) in formats:
        full["output_format"] = formats[only]
    named = corpus.words["media_types"].get(full.get("output_format"))
    full["data"] = [_complete_item(item, at, named, corpus.words["extensions"]) for at, item in enumerate(items)]
    held = sum(item.get("finish_reason") == "content_filter" for item in items)
    fewer = request is not None and len(items) < request.get("n", 1)
    partial = held or fewer or full.get("filtered")
    full.setdefault("outcome", "filtered" if held == len(items) else "partial" if partial else "complete")
    if isinstance(full.get("usage"), dict):
        full["usage"] = _added(full["usage"])
    return full


def _as_it_is(item: Json, extensions: Json) -> Json:
    """Give an image as what it is: a data URL as its bytes, a URL as a URL."""
    said = item.get("b64_json") or item.get("url")
    if not isinstance(said, str) or not re.match(r"https?://|data:", said, re.IGNORECASE):
        return item
    rest = {key: value for key, value in item.items() if key not in ("b64_json", "url")}
    found = re.match(r"data:([a-z0-9.+-]+/[a-z0-9.+-]+)?;base64,", said, re.IGNORECASE)
    if found is None:
        return {**rest, "url": said}
    data = said[found.end() :]
    mime = {} if found[1] is None or mime_of({"base64": standard(data)}, extensions) else {"mime_type": found[1]}
    return {**mime, **rest, "b64_json": data}


def _complete_item(item: Json, at: int, named: str | None, extensions: Json) -> Json:
    full = {"index": at, "finish_reason": "stop", **item}
    data = item.get("b64_json")
    mime = named or (mime_of({"base64": standard(data)}, extensions) if isinstance(data, str) else None)
    return {"mime_type": mime, **full} if mime is not None else full


def _added(usage: Json) -> Json:
    """Add up what is the sum of known parts."""
    split = usage.get("input_tokens_details") or {}
    full = {"input_tokens": _sum(split.get("text_tokens"), split.get("image_tokens")), **usage}
    full = {"total_tokens": _sum(full["input_tokens"], full.get("output_tokens")), **full}
    return {name: value for name, value in full.items() if value is not None or name in usage}


def _sum(*parts: Json) -> int | None:
    return sum(parts) if all(type(part) is int for part in parts) else None


def complete_error(corpus: Json, said: Json, native: Json) -> Json:
    """Fill what the category of an error implies."""
    known = corpus.words["categories"][said["category"]]
    wait = _wait(native["headers"])
    implied = {"message": None, "type": known["type"], "code": known["code"], "param": None}
    full = {"status": known["status"], "retryable": known["retryable"], **said, "error": {**implied, **said["error"]}}
    return full | ({} if wait is None else {"retry_after_s": wait})


def _wait(headers: Json) -> Json:
    """Read how long to wait, in seconds."""
    for name, factor in (("retry-after-ms", 1000), ("retry-after", 1)):
        if name not in headers:
            continue
        try:
            number = values.decode("number", headers[name].strip())
        except values.Unsayable:
            then, now = seconds_of(headers[name]), seconds_of(headers.get("date"))
            if name == "retry-after" and then and now:
                return max(0, then - now)
            continue
        if number >= 0:
            return number if factor == 1 else int(number / factor) if number % factor == 0 else number / factor
    return None


def seconds_of(date: str | None) -> int:
    """Read a Date header; 0 where it is none."""
    try:
        return 0 if date is None else int(parsedate_to_datetime(date).timestamp())
    except ValueError:
        return 0
