"""A map of text that nobody can change: what values hold so that they are values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn, Self


class FrozenMap(dict[str, str]):
    """Map text to text; a dict, so that JSON and `==` take it as one, which cannot be changed."""

    __slots__ = ()

    if not TYPE_CHECKING:  # no type of a dict says that it cannot be changed

        def _refuse(self, *_: Any, **__: Any) -> NoReturn:
            """Refuse to change."""
            message = f"{type(self).__name__} cannot be changed"
            raise TypeError(message)

        __setitem__ = __delitem__ = __ior__ = _refuse
        clear = pop = popitem = setdefault = update = _refuse

    def __copy__(self) -> Self:
        """Give itself: it never changes."""
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        """Give itself: it never changes, nor do its texts."""
        return self

    def __reduce__(self) -> tuple[type[Self], tuple[dict[str, str]]]:
        """Pickle as the map, for unpickling must not set items."""
        return type(self), (dict(self),)
