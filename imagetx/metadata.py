"""
Native keys of an answer that have no canonical name: `provider_metadata`, laid in and taken out.
"""

from __future__ import annotations

from collections.abc import Mapping

from imagetx.dialect import Dialect
from imagetx.document import ABSENT, Json, merge
from imagetx.errors import Problem, RequestError, shorten
from imagetx.variant import HEADERS, STATUS
from imagetx.words import METADATA


def with_metadata(canonical: dict[str, Json], carried: dict[str, Json], dialect: Dialect) -> dict[str, Json]:
    """Give an answer the native keys that have no canonical name."""
    if not carried:
        return canonical
    said = canonical.get(METADATA, {}).get(dialect.provider, {})  # native keys that a rule reads and keeps
    merge(said, carried, {})
    return {**canonical, METADATA: {dialect.provider: said}}


def metadata_of(given: Mapping[str, Json], dialect: Dialect) -> Json:
    """Return the native keys that an answer carries for the provider, or ABSENT."""
    carried = (given.get(METADATA) or {}).get(dialect.provider)
    if not isinstance(carried, dict):
        return ABSENT
    headers, status = carried.get(HEADERS, {}), carried.get(STATUS, 200)
    sound = isinstance(headers, dict) and all(isinstance(value, str | None) for value in headers.values())
    if not sound or not isinstance(status, int) or not 100 <= status <= 599:
        where = f"/{METADATA}/{dialect.provider}"
        message = f"expected headers as a map of text and a status of HTTP, got {shorten(carried)}"
        raise RequestError(Problem(pointer=where, message=message))
    return carried


def without_metadata(said: Json) -> Json:
    """Leave out the native keys of an answer, or an event, and of its images."""
    if isinstance(said, list):
        return list(map(without_metadata, said))
    if not isinstance(said, dict):
        return said
    members = ((name, value) for name, value in said.items() if name != METADATA)
    return {name: without_metadata(value) if isinstance(value, list) else value for name, value in members}


def is_foreign(read_in: str, dialect: Dialect) -> bool:
    """Say whether native keys that were read in a dialect, `provider/name`, are of another one of the same provider."""
    return dialect.provider == read_in.partition("/")[0] and f"{dialect.provider}/{dialect.name}" != read_in
