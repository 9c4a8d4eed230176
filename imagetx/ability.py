"""
What a target can do, as a canonical document: `imagetx.capabilities` gives it, capability.py makes it.

`schemas/canonical/capabilities.schema.json` is generated from these models and compared by a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from imagetx.errors import Json
from imagetx.shape import Document

__all__ = ["Ability", "Capabilities", "Field", "Frame", "Images", "Mask"]

Number = int | float


class Frame(Document):
    """How size, aspect_ratio and resolution are told, and what is legal."""

    form: Literal["pixels", "list", "ratio"]
    """pixels: any edges on a grid within bounds; list: listed sizes; ratio: a ratio, perhaps with a tier."""
    sizes: tuple[str, ...] | None = None
    """Sizes that are listed or, of ratios and tiers, published; absent where they are free or unknown."""
    ratios: tuple[str, ...] | None = None
    """Ratios that are listed; absent where they are free."""
    between: tuple[str, ...] | None = None
    """The least and the greatest ratio, where any ratio between them can be told."""
    tiers: tuple[str, ...] | None = None
    """Resolutions that can be told; absent where none can."""
    tier: str | None = None
    """The resolution that always comes, where none can be told and it is known."""
    multiple: int | None = None
    """Of the grid: both edges are multiples of this, px."""
    edge: tuple[int | None, ...] | None = None
    """Of the grid: the least and the greatest edge, px; null where there is none."""
    pixels: tuple[int | None, ...] | None = None
    """Of the grid: the least and the greatest area, px; null where there is none."""
    ratio: Number | None = None
    """Of the grid: the greatest ratio of the long to the short edge."""


class Field(Document):
    """What becomes of one canonical field in one operation."""

    supported: bool
    """Some request says it so that it arrives: a value of it changes what is sent."""
    exact: bool
    """All that is listed in `values` or lies in the range is said without loss; what is free, whatever it is."""
    becomes: Literal["said", "fixed", "dropped", "refused"]
    """said: it has a native place; fixed: always `default`; dropped: a note; refused: a problem."""
    conditional: bool
    """Whether it is supported depends on the other fields of the request: see `beside`."""
    values: tuple[Json, ...] | None = None
    """Words that have a native word, or the one that is fixed; absent where it is no matter of words."""
    exact_values: tuple[Json, ...] | None = None
    """Those of `values` that are said without loss."""
    open: bool | None = None
    """Another word is sent as it is, with an `assumed` note."""
    minimum: Number | None = None
    """The least number, itself said without loss."""
    maximum: Number | None = None
    """The greatest number, itself said without loss."""
    integer: bool | None = None
    """A number is whole."""
    clamped: bool | None = None
    """A number beyond the range is clamped with a note, and no problem."""
    min_length: int | None = None
    """Characters at least."""
    max_length: int | None = None
    """Characters at most."""
    pattern: str | None = None
    """Regular expression of the whole text."""
    geometry: Frame | None = None
    """Of size, aspect_ratio and resolution."""
    required: bool | None = None
    """There is no request without it."""
    default: Json | None = None
    """What is sent, or what silence means there, where a request does not say it; absent where that is unknown."""
    native: tuple[str, ...] | None = None
    """Where it stands natively, as JSON Pointers; several over all forms, or where several say it together."""
    beside: dict[str, Json] | None = None
    """Fields beside which it is said where it is not said alone; null: absent; true: an image or a mask."""
    source: str | None = None
    """Where the provider says so, if the line of the spec names it; else see `Capabilities.source`."""


class Images(Document):
    """What is taken of input images; every bound is inclusive."""

    least: int
    """How many at least."""
    most: int | None = None
    """How many at most; absent where no limit is known."""
    forms: tuple[str, ...]
    """Forms in which they are sent: base64, data_url, file, url, file_id."""
    types: tuple[str, ...] | None = None
    """Media types; absent: any that is known."""
    bytes: int | None = None
    """The greatest size of each, bytes."""
    edge: tuple[int | None, ...] | None = None
    """The least and the greatest edge, px; null where there is none."""
    pixels: tuple[int | None, ...] | None = None
    """The least and the greatest area, px; null where there is none."""
    ratio: Number | None = None
    """The greatest ratio of the long to the short edge."""
    sizes: tuple[str, ...] | None = None
    """The sizes there are, where only some are taken."""


class Mask(Document):
    """What is taken of a mask; every bound is inclusive."""

    required: bool
    """There is no request without it."""
    edits: tuple[str, ...]
    """Which pixels mean edit there; another polarity is converted (extra `pixels`). Several: the request names it."""
    soft: bool
    """Values between edit and keep mean something; else edges are made hard."""
    forms: tuple[str, ...]
    """Forms in which it is sent: base64, data_url, file, url, file_id."""
    alike: bool | None = None
    """It has the size of the first image."""
    types: tuple[str, ...] | None = None
    """Media types; absent: any that is known."""
    bytes: int | None = None
    """The greatest size, bytes."""
    edge: tuple[int | None, ...] | None = None
    """The least and the greatest edge, px; null where there is none."""
    pixels: tuple[int | None, ...] | None = None
    """The least and the greatest area, px; null where there is none."""
    ratio: Number | None = None
    """The greatest ratio of the long to the short edge."""
    sizes: tuple[str, ...] | None = None
    """The sizes there are, where only some are taken."""


class Ability(Document):
    """What a target can do in one operation; numbers are those of a request that asks for nothing special."""

    dialect: str
    """Name of the dialect that says it."""
    surface: str
    """Which of the provider's protocols that is."""
    n_per_call: int | None = None
    """Images that one call gives at most; `plan` makes several calls. Absent where no limit is known."""
    streaming: bool
    """Events can be had before the answer is whole."""
    partial_images: int | None = None
    """Partial images that a stream can have at most; absent where it has none."""
    polls: bool
    """An answer may be a Pending: work that has begun."""
    response_formats: tuple[str, ...]
    """What images can come as without a loss: b64_json, url."""
    images: Images | None = None
    """What is taken of input images; absent where none is."""
    mask: Mask | None = None
    """What is taken of a mask; absent where none is."""
    fields: dict[str, Field]
    """Every canonical field but model and operation."""


class Capabilities(Document):
    """What a target can do: the model with its dates, and each operation with its fields."""

    provider: str
    """Main name."""
    model: str
    """As the target says it."""
    family: str
    """Family of models whose rules hold."""
    status: Literal["active", "deprecated", "retired"] | None = None
    """On the day of `verified`; absent where the model is not listed."""
    released: str | None = None
    """ISO date."""
    deprecated: str | None = None
    """ISO date from which it is discouraged."""
    retired: str | None = None
    """ISO date from which calls fail."""
    replacement: str | None = None
    """What the provider names instead."""
    source: str
    """The documents that say so."""
    verified: str
    """ISO date on which they were read."""
    unverified: bool
    """Nobody has seen this API: no public document was found."""
    operations: dict[str, Ability]
    """generate, edit and variation: those of which some request holds, or the target's own where it names one."""


def stated(members: Mapping[str, Json]) -> dict[str, Json]:
    """Leave out the members that say nothing: what is unknown, or does not apply, is absent."""
    return {name: value for name, value in members.items() if value is not None}
