"""When to try again: the headers that say it, both ways (RFC 9110 10.2.3, openai dossier 1)."""

from __future__ import annotations

from collections.abc import Mapping

from imagetx.derived import seconds_of_date
from imagetx.document import Json
from imagetx.errors import Unsayable
from imagetx.texts import number_text, text_number


def read_retry(headers: Mapping[str, str]) -> int | float | None:
    """
    Read how long to wait, in seconds.

    `retry-after-ms` wins over `retry-after`; an absolute time counts only against the Date header.

    Args:
        headers: The response's headers, lower-case.

    Returns:
        Seconds, never negative, or None where nothing says it.
    """
    for name, factor in (("retry-after-ms", 1000), ("retry-after", 1)):
        text = headers.get(name)
        if text is None:
            continue
        try:
            number = text_number(text.strip())
        except Unsayable:
            then, now = seconds_of_date(text), seconds_of_date(headers.get("date"))
            if name == "retry-after" and then and now:
                return max(0, then - now)
            continue
        if number >= 0:
            return number if factor == 1 else _whole(number / factor)
    return None


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def write_retry(error: Mapping[str, Json]) -> dict[str, str]:
    """
    Write how long to wait.

    Args:
        error: A complete canonical error.
    """
    try:
        return {"retry-after": number_text(error.get("retry_after_s"))}
    except Unsayable:  # nothing is said, or no number that a header holds
        return {}
