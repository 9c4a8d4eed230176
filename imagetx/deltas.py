"""
Streams of typed events that say what is added to an answer, and the answer: folded and unfolded.

An event opens the answer, begins a member of its list, adds an item to a member, ends a member, or
closes the answer. Other types of events say nothing of it; keys beside those that are named here
are not kept. Law: folding what an answer was unfolded to gives the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from imagetx.document import ABSENT, Json, Path, copy, get, pop, put
from imagetx.growing import Growing, beside, continues


@dataclass(frozen=True, slots=True, kw_only=True)
class Delta:
    """
    One type of events.

    Attributes:
        name: What the event says it is.
        at: Where it holds what it adds, or None.
        index: Where it says which member it is about, or None.
        with_: What we write beside: constants that say nothing of the answer, by their places.
    """

    name: str
    at: Path | None = None
    index: Path | None = None
    with_: Mapping[Path, Json] = field(default_factory=dict)

    def write(self, type_at: Path, value: Json = ABSENT, index: int = 0) -> Json:
        """Write an event."""
        event: dict[str, Json] = {}
        put(event, type_at, self.name)
        if self.index is not None:
            put(event, self.index, index)
        if self.at is not None and value is not ABSENT:
            put(event, self.at, value)
        return event


@dataclass(frozen=True, slots=True, kw_only=True)
class Deltas:
    """
    How an answer comes as typed events.

    Attributes:
        type_at: Where an event says what it is.
        grows: Name of the answer's list whose members come one after the other.
        items: Name of a member's list whose items come one after the other.
        is_item: Says whether what an event adds is an item; if not, it is laid over the member.
        join: Member of an item that holds its text, which may come in pieces; or None.
        kind: Member of what is added that says its type: it is no part of a member it is laid over.
        last: What is true only of the whole answer: the opening event does not say it.
        open, start, item, stop, close: The types of events; stop may be None.
    """

    type_at: Path
    grows: str
    items: str
    is_item: Callable[[Json], bool]
    join: str | None
    kind: str
    last: tuple[Path, ...]
    open: Delta
    start: Delta
    item: Delta
    stop: Delta | None
    close: Delta

    def fold(self) -> DeltaFold:
        """Begin to fold events."""
        return DeltaFold(self)

    def unfold(self, document: Json, after: int | None = None) -> list[Json]:
        """
        Give the events of an answer but for the closing one.

        Args:
            document: The answer; not changed, and its texts are shared.
            after: How many members other answers had before this one, in the same stream; None opens it.
        """
        members = self.members(document)
        events = []
        if after is None:
            about = self._about(document)
            written = {place: value for place, value in self.open.with_.items() if get(about, place) is not ABSENT}
            for place in self.last:
                pop(about, place)
            for place, value in written.items():
                put(about, place, value)
            events.append(self.open.write(self.type_at, about))
        for index, member in enumerate(members, after or 0):
            around, items = self._parted(member)
            events.append(self.start.write(self.type_at, around, index))
            events += [self.item.write(self.type_at, item, index) for item in items]
            events += [] if self.stop is None else [self.stop.write(self.type_at, index=index)]
        return events

    def ending(self, document: Json, *, broken: bool = False) -> list[Json]:
        """Give the closing event of an answer, which says again what the opening said; a broken one has none."""
        return [] if broken else [self.close.write(self.type_at, self._about(document))]

    def length(self, document: Json) -> int:
        """Count the members of an answer."""
        return len(self.members(document))

    def members(self, document: Json) -> list[Json]:
        """Return the members of an answer that come one after the other."""
        found = document.get(self.grows)
        return found if isinstance(found, list) else []

    def _about(self, document: Json) -> Json:
        """Return an answer without its members; a list that has none stays."""
        bare = {key: value for key, value in document.items() if key != self.grows or not self.members(document)}
        return copy(bare)

    def _parted(self, member: Json) -> tuple[Json, list[Json]]:
        """
        Part a member from its items, but for those that cannot come alone and what stands before them.

        An item cannot that is none by its form, or that would join the one before it.
        """
        items = member.get(self.items) if isinstance(member, dict) else None
        if not isinstance(items, list) or not items:
            return member, []
        bound = [place for place, item in enumerate(items, 1) if not self.is_item(item)]
        bound += [place for place, pair in enumerate(pairwise(items), 2) if continues(*pair, self.join)]
        kept = max(bound, default=0)
        around = {key: value for key, value in member.items() if key != self.items}
        return {**around, self.items: items[:kept]} if kept else around, items[kept:]


class DeltaFold:
    """
    An answer that comes as typed events, as far as it has come; it holds references to the events' texts.

    Args:
        form: How it comes.
    """

    __slots__ = ("_about", "_by_index", "_form", "_highest", "_members", "ended")

    def __init__(self, form: Deltas) -> None:
        self._form = form
        self._about: dict[str, Json] = {}
        self._members: list[tuple[Json, Growing]] = []
        self._by_index: dict[int, int] = {}
        self._highest = 0  # of the indices
        self.ended = False

    @property
    def over(self) -> bool:
        """Say whether nothing more can come."""
        return self.ended

    @property
    def begun(self) -> bool:
        """Say whether there is a member."""
        return bool(self._members)

    def add(self, event: Json) -> Json:
        """Take an event, and return what is to be decoded of it alone: an answer of what it adds, or ABSENT."""
        form, name = self._form, get(event, self._form.type_at)
        if name == form.open.name:
            self._lay_over(event, form.open, form.last)
        elif name == form.close.name:
            self.ended = True
            self._lay_over(event, form.close, ())
        elif name == form.start.name:
            return self._begin(event)
        elif name == form.item.name:
            return self._grow(event)
        return ABSENT

    def document(self) -> Json:
        """Return the answer as it is now."""
        whole = dict(self._about)
        if self._members:
            whole[self._form.grows] = [self._with(member, grown.items()) for member, grown in self._members]
        return whole

    def _lay_over(self, event: Json, delta: Delta, but: tuple[Path, ...]) -> None:
        """Take what an event says of the whole answer; members that came before are not said again by it."""
        said = get(event, delta.at or ())
        if isinstance(said, dict):
            said = copy(said)
            for place in (*but, *([(self._form.grows,)] if self._members else [])):
                pop(said, place)
            self._about |= said

    def _begin(self, event: Json) -> Json:
        """Begin a member."""
        said = get(event, self._form.start.at or ())
        member = {} if said is ABSENT else said
        items = member.get(self._form.items) if isinstance(member, dict) else None
        grown = Growing(self._form.join)
        for item in items if isinstance(items, list) else ():
            grown.add(item, whole=True)
        self._add(self._index(event, self._form.start), member, grown)
        return self._alone(member)

    def _add(self, index: int, member: Json, grown: Growing) -> None:
        """Add a member, which events name by this index from now on."""
        self._highest = max(self._highest, index) if self._by_index else index
        self._by_index[index] = len(self._members)
        self._members.append((dict(member) if isinstance(member, dict) else member, grown))

    def _grow(self, event: Json) -> Json:
        """Add to a member; one that nobody began begins."""
        index = self._index(event, self._form.item)
        if index not in self._by_index:
            self._add(index, {}, Growing(self._form.join))
        place = self._by_index[index]
        member, grown = self._members[place]
        added = get(event, self._form.item.at or ())
        if self._form.is_item(added):
            grown.add(added)
            return self._alone(self._with(beside(member) if isinstance(member, dict) else member, [added]))
        if isinstance(added, dict):
            laid = {key: value for key, value in added.items() if key != self._form.kind}
            if not isinstance(member, dict):
                member = {}
                self._members[place] = (member, grown)
            member |= laid  # it is ours
        return ABSENT

    def _with(self, member: Json, items: list[Json]) -> Json:
        """Return a member with its items; one that has none is as it came."""
        return {**(member if isinstance(member, dict) else {}), self._form.items: items} if items else member

    def _index(self, event: Json, delta: Delta) -> int:
        """Return which member an event is about; where it does not say so, the last one."""
        index = get(event, delta.index or ())
        if isinstance(index, int) and not isinstance(index, bool):
            return index
        return self._highest if delta is self._form.item else len(self._members)

    def _alone(self, member: Json) -> Json:
        """Return an answer that has one member."""
        return {**beside(self._about), self._form.grows: [member]}
