"""The same answer again is the same objects again: whoever compares what was read needs no more than their identity."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import compress
from operator import is_not
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """What was read last of one listing.

    Args:
        key: what tells a row from the others.
    """

    def __init__(self, key: Callable[[T], Hashable]) -> None:
        self._key = key
        self._rows: dict[Hashable, T] = {}
        self._whole: tuple[T, ...] = ()

    def rows(self, read: Iterable[T]) -> list[T]:
        """Return rows that were read, each as the object of last time where nothing of it changed."""
        made = []
        for row in read:
            known = self._rows.get(self._key(row))
            made.append(row if known is None or known != row else known)
        return made

    def whole(self, rows: list[T]) -> tuple[T, ...]:
        """Return a whole listing of such rows; the tuple of last time when it is the same."""
        last = self._whole
        if len(rows) != len(last) or not self._patched(rows, last):
            self._rows = {self._key(row): row for row in rows}
            self._whole = tuple(rows)
        return self._whole

    def _patched(self, rows: list[T], last: tuple[T, ...]) -> bool:
        """Take over the few rows that are other objects than last time, each in place of the one with its key."""
        new = list(compress(rows, map(is_not, rows, last)))
        if not new:
            return True
        old = compress(last, map(is_not, rows, last))
        if any(self._key(row) != self._key(was) for row, was in zip(new, old, strict=True)):
            return False
        self._rows.update((self._key(row), row) for row in new)
        self._whole = tuple(rows)
        return True
