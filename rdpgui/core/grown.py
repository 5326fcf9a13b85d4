"""Sequences that grow at their end: each snapshot keeps its own length, and all share one list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


def grown(items: Sequence[T], item: T, most: int | None = None) -> Sequence[T]:
    """Return a sequence with one more item at its end; the one before stays as it is.

    Costs the same at any length: a tuple would be copied whole for each item.

    Args:
        items: an empty tuple, or what this function returned.
        item: the new last item.
        most: only so many of the last items are kept; None keeps all.
    """
    grows = items if isinstance(items, Grown) else Grown(list(items), 0, len(items))
    return grows.with_last(item, most)


class Grown(Sequence[T]):
    """A window on a list that only ever grows; equal to a tuple of the same items."""

    __slots__ = ("_items", "_start", "_stop")

    def __init__(self, items: list[T], start: int, stop: int) -> None:
        self._items = items
        self._start = start
        self._stop = stop

    def with_last(self, item: T, most: int | None) -> Grown[T]:
        """Return the window with one more item."""
        items, start, stop = self._items, self._start, self._stop
        if stop != len(items) or (most is not None and start > most):
            # Another snapshot has grown from here, or more is out of sight than in it: go on with an own list.
            items, start, stop = items[start:stop], 0, stop - start
        items.append(item)
        stop += 1
        if most is not None:
            start = max(start, stop - most)
        return Grown(items, start, stop)

    def __len__(self) -> int:
        return self._stop - self._start

    @overload
    def __getitem__(self, at: int) -> T: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[T]: ...

    def __getitem__(self, at: int | slice) -> T | Sequence[T]:
        if isinstance(at, slice):
            begin, end, step = at.indices(len(self))
            return tuple(self._items[self._start + place] for place in range(begin, end, step))
        place = at + len(self) if at < 0 else at
        if not 0 <= place < len(self):
            raise IndexError(at)
        return self._items[self._start + place]

    def __iter__(self) -> Iterator[T]:
        for place in range(self._start, self._stop):
            yield self._items[place]

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        if not isinstance(other, Grown | tuple):
            return NotImplemented
        return len(self) == len(other) and all(mine == theirs for mine, theirs in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __repr__(self) -> str:
        return repr(tuple(self))
