"""
Derived fields: what a canonical answer says although no native answer does.

They are filled in after decoding, from what the dialect read: positions, media types, outcomes, totals,
and for errors what their category implies. What a dialect says itself is never changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from imagetx.errors import Json
from imagetx.image import sniff_mime
from imagetx.words import (
    CATEGORIES,
    FORMAT_OF_MIME,
    MIME_OF_FORMAT,
    Category,
    category_of_status,
)

NO_MESSAGE: Final = "The provider gave no message."
"""Message of an error whose native form has none; encode never sends it where a dialect needs no message."""

_CATEGORY_OF_CODE: Final = {each.code: name for name, each in CATEGORIES.items() if each.code is not None}

# RFC 9110 section 5.6.7: the one form of a date that senders may write.
_DATE: Final = re.compile(
    r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), ([0-9]{2}) (\w{3}) ([0-9]{4}) "
    r"([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT\Z"
)
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def complete_response(
    doc: Mapping[str, Json],
    *,
    created: int | None = None,
    date: str | None = None,
    asked: Mapping[str, Json] | None = None,
) -> dict[str, Json]:
    """
    Fill the derived fields that a decoded response does not say.

    Args:
        doc: the canonical response as the dialect decoded it; not changed.
        created: Unix seconds to use when the document does not say `created`.
        date: the Date header, used when `created` is not given either.
        asked: the canonical request; fewer images than its `n` make the outcome partial.

    Returns:
        A new document with `created`, `outcome`, the items' `index`, `finish_reason` and
        `mime_type`, the sum of the tokens, and `output_format` where all items state one.
    """
    full = dict(doc)
    if "created" not in full:
        full["created"] = seconds_of_date(date) if created is None else created
    items = full.get("data")
    if isinstance(items, list):
        if "output_format" not in full and (agreed := _agreed_format(items)) is not None:
            full["output_format"] = agreed
        named = _mime_of(full.get("output_format"))
        full["data"] = [_complete_item(item, at, named) for at, item in enumerate(items)]
    if "outcome" not in full:
        full["outcome"] = outcome_of(full, asked)
    if isinstance(full.get("usage"), dict):
        full["usage"] = _added_up(full["usage"])
    return full


def _complete_item(item: Json, at: int, named: str | None) -> Json:
    """Fill one image; named is the media type of the response's output_format."""
    if not isinstance(item, dict):
        return item
    full = {"index": at, "finish_reason": "stop"} | item
    mime = _implied_mime(full, named)
    if "mime_type" not in full and mime is not None:
        full["mime_type"] = mime
    return full


def _implied_mime(item: Mapping[str, Json], named: str | None) -> str | None:
    """Give the media type of an image that states none."""
    data = item.get("b64_json")
    return sniff_mime(data) if named is None and isinstance(data, str) else named


def _agreed_format(items: list[Json]) -> str | None:
    """Give the output_format that every image states by its media type."""
    stated = [item.get("mime_type") if isinstance(item, dict) else None for item in items]
    mimes = {mime if isinstance(mime, str) else None for mime in stated}
    return _format_of(mimes.pop()) if len(mimes) == 1 else None


def outcome_of(doc: Mapping[str, Json], asked: Mapping[str, Json] | None = None) -> str:
    """Judge a response: complete, partial (filtered or fewer than asked) or filtered (all)."""
    items = doc.get("data")
    count = len(items) if isinstance(items, list) else 0
    held = sum(1 for item in items or () if _is_filtered(item)) if count > 0 else 0
    if count > 0 and held == count:
        return "filtered"
    wanted = 0 if asked is None else asked.get("n", 1)
    fewer = isinstance(wanted, int | float) and count < wanted  # 2.0 is 2 in JSON
    return "partial" if held > 0 or fewer or doc.get("filtered") not in (None, []) else "complete"


def _is_filtered(item: Json) -> bool:
    """Tell whether an image came, but not clean."""
    return isinstance(item, dict) and item.get("finish_reason") == "content_filter"


def _added_up(usage: dict[str, Json]) -> dict[str, Json]:
    """Add what is the sum of known parts, where the provider gives no sum: the input, then the total."""
    details = usage.get("input_tokens_details")
    split = details if isinstance(details, dict) else {}
    whole = {"input_tokens": _sum(split.get("text_tokens"), split.get("image_tokens"))} | usage
    whole = {"total_tokens": _sum(whole["input_tokens"], whole.get("output_tokens"))} | whole
    return {name: count for name, count in whole.items() if count is not None or name in usage}


def _sum(*parts: Json) -> int | None:
    known = [part for part in parts if isinstance(part, int) and not isinstance(part, bool)]
    return sum(known) if len(known) == len(parts) else None


def complete_error(doc: Mapping[str, Json]) -> dict[str, Json]:
    """
    Fill what the category of an error implies, where the error does not say it itself.

    Args:
        doc: the canonical error as the dialect decoded it; not changed.  Without a category, that of its `code`
            is filled in where it is a canonical one, else that of its `status` (else `native_status`).

    Returns:
        A new document with `status`, `category`, `retryable` and all four keys of `error`.
    """
    category, facts = _facts(doc)
    error = doc.get("error")
    return {
        "status": facts.status,
        **doc,
        "error": _implied_error(facts) | (_said(error) if isinstance(error, dict) else {}),
        "category": doc.get("category", category),
        "retryable": doc.get("retryable", facts.retryable),
    }


def _said(error: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out a message that says nothing."""
    return {key: value for key, value in error.items() if key != "message" or value is not None}


def _facts(doc: Mapping[str, Json]) -> tuple[str, Category]:
    """Find the category of an error: its own if we know the word, else that of its code, else that of its status."""
    error = doc.get("error")
    code = error.get("code") if isinstance(error, dict) else None
    for category in (doc.get("category"), _CATEGORY_OF_CODE.get(code) if isinstance(code, str) else None):
        if isinstance(category, str) and category in CATEGORIES:
            return category, CATEGORIES[category]
    status = doc.get("status", doc.get("native_status"))
    category = category_of_status(status if isinstance(status, int) else 500)
    return category, CATEGORIES[category]


def _implied_error(facts: Category) -> dict[str, Json]:
    """Give the error object of a category."""
    return {"message": NO_MESSAGE, "type": facts.type, "code": facts.code, "param": None}


def seconds_of_date(date: str | None) -> int:
    """
    Read a Date header.

    Args:
        date: the header's text, `Sun, 22 Nov 2026 08:49:37 GMT`.

    Returns:
        Unix seconds, or 0 when there is no date or it is not one.
    """
    match = None if date is None else _DATE.match(date)
    if match is None or match[2] not in _MONTHS:
        return 0
    day, year, hour, minute, second = (int(match[part]) for part in (1, 3, 4, 5, 6))
    month = _MONTHS.index(match[2]) + 1
    try:
        return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())
    except ValueError:  # the 31st of February, or a leap second
        return 0


def _mime_of(output_format: Json) -> str | None:
    """Give the media type of an output_format."""
    return MIME_OF_FORMAT.get(output_format) if isinstance(output_format, str) else None


def _format_of(mime: Json) -> str | None:
    """Give the output_format of a media type."""
    return FORMAT_OF_MIME.get(mime) if isinstance(mime, str) else None
