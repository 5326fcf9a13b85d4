"""Rows by key in their order, and what each is sorted and searched by; no Qt.

Whatever is said to have changed costs what changed, not what is there: sort keys and texts are kept, and a changed row
is put into its place among the others instead of sorting them all.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import chain, compress, islice
from operator import eq, is_not
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")
K = TypeVar("K")
T = TypeVar("T")
SORTED_ANEW_ABOVE = 200
"""More changed rows than this are cheaper sorted with all others."""


def changed_keys(old: Mapping[K, T], new: Mapping[K, T]) -> list[K] | None:
    """Return the keys that lead to other objects than before; None when the keys or their order differ."""
    if old is new:
        return []
    if len(old) != len(new) or not all(map(eq, old, new)):
        return None
    return list(compress(new, map(is_not, old.values(), new.values())))


class RowOrder(Generic[Row]):
    """All rows of a table, before its filter.

    Args:
        sort_keys: what each column is sorted by. search_text: what the filter looks into.

    Attributes:
        rows: by key, in the order in which they were given; changed in place by ``patch``.
    """

    def __init__(self, sort_keys: Sequence[Callable[[Row], Any]], search_text: Callable[[Row], str]) -> None:
        self.rows: dict[Hashable, Row] = {}
        self._by = tuple(sort_keys)
        self._search_text = search_text
        self._texts: dict[Hashable, str] = {}
        self._in_order: list[str] | None = None  # the same as sorted: looked up one by one they take twice as long
        self._untold: Iterator[Hashable] = iter(())  # keys whose text may not be there yet
        self._sort_keys: dict[int, dict[Hashable, Any]] = {}  # by column
        self._numbers: dict[Hashable, int] | None = None  # places in ``rows``: the order of equal ones
        self._order: list[Hashable] | None = None  # all keys as sorted, until rows or sorting change
        self._column = -1
        self._descending = False

    @property
    def sorted_by(self) -> tuple[int, bool]:
        """The column, and whether it descends; a column that does not exist means the order of ``rows``."""
        return self._column, self._descending

    def sort_by(self, column: int, *, descending: bool) -> None:
        """Order by a column from now on."""
        self._column, self._descending, self._order, self._in_order = column, descending, None, None

    def replace(self, rows: dict[Hashable, Row], changed: Set[Hashable]) -> None:
        """Hold these rows; what is known of those that are neither new nor changed stays."""
        for known in (self._texts, *self._sort_keys.values()):
            for key in [key for key in known if key not in rows or key in changed]:
                del known[key]
        self.rows, self._order, self._numbers, self._in_order = rows, None, None, None
        self._untold = iter(tuple(rows))

    def patch(self, rows: dict[Hashable, Row]) -> None:
        """Hold these in place of the rows that have their keys; all of them are there already."""
        self.rows.update(rows)
        self._in_order = None
        for key in rows:
            self._texts.pop(key, None)
            for column, known in self._sort_keys.items():
                if column != self._column:
                    known.pop(key, None)
        self._untold = chain(tuple(rows), self._untold)
        if self._by_column() is None:
            return
        if self._order is None or len(rows) > SORTED_ANEW_ABOVE:
            self._forget_keys(rows)
            self._order = None
            return
        for key in rows:
            self._put_in_place(self._order, key)

    def forget_words(self) -> None:
        """Make every text and sort key anew: they are in another language."""
        self._texts, self._sort_keys, self._order, self._in_order = {}, {}, None, None
        self._untold = iter(tuple(self.rows))

    def all_keys(self) -> list[Hashable]:
        """Return all keys in their order; not to be changed."""
        if self._order is None:
            self._order = self._sorted()
        return self._order

    def matching(self, words: Sequence[str]) -> list[Hashable]:
        """Return the keys of the rows that contain every word, in their order."""
        order = self.all_keys()
        if not words:
            return list(order)
        self.fill_texts(None)
        if self._in_order is None:
            self._in_order = list(map(self._texts.__getitem__, order))
        found = [key for key, text in zip(order, self._in_order, strict=True) if words[0] in text]
        return self.narrowed(found, words[1:])

    def narrowed(self, keys: list[Hashable], words: Sequence[str]) -> list[Hashable]:
        """Return those of some keys whose rows contain every word."""
        self.fill_texts(None)
        for word in words:
            keys = [key for key in keys if word in self._texts[key]]
        return keys

    def fill_texts(self, most: int | None) -> bool:
        """Make texts to search in, at most so many; returns whether some may still be missing."""
        texts, rows, text = self._texts, self.rows, self._search_text
        looked_at = 0
        for key in islice(self._untold, most):
            looked_at += 1
            if key not in texts:
                texts[key] = text(rows[key]).lower()
        return most is not None and looked_at == most

    # -- order -----------------------------------------------------------------

    def _by_column(self) -> Callable[[Row], Any] | None:
        return self._by[self._column] if 0 <= self._column < len(self._by) else None

    def _forget_keys(self, keys: Iterable[Hashable]) -> None:
        known = self._sort_keys.get(self._column, {})
        for key in keys:
            known.pop(key, None)

    def _sorted(self) -> list[Hashable]:
        keys, of = list(self.rows), self._by_column()
        if of is None:
            return keys
        known = self._sort_keys.setdefault(self._column, {})
        if len(known) < len(keys):
            known.update({key: of(row) for key, row in self.rows.items() if key not in known})
        keys.sort(key=known.__getitem__, reverse=self._descending)
        return keys

    def _put_in_place(self, order: list[Hashable], key: Hashable) -> None:
        """Move one key to where its new sort key belongs; equal ones lie as in ``rows``, as after a sort."""
        known, of = self._sort_keys[self._column], self._by[self._column]
        was, known[key] = known[key], of(self.rows[key])
        if known[key] == was:
            return
        order.remove(key)
        begin, end = 0, len(order)
        while begin < end:
            middle = (begin + end) // 2
            if self._comes_before(order[middle], key, known):
                begin = middle + 1
            else:
                end = middle
        order.insert(begin, key)

    def _comes_before(self, one: Hashable, other: Hashable, known: dict[Hashable, Any]) -> bool:
        mine, theirs = known[one], known[other]
        if mine != theirs:
            return bool(theirs < mine if self._descending else mine < theirs)
        if self._numbers is None:
            self._numbers = {key: number for number, key in enumerate(self.rows)}
        return self._numbers[one] < self._numbers[other]
