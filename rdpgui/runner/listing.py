"""Rows of a listing that is read in parts: the same tuple as long as none of them is another one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Hashable, Iterable
from typing import Generic, TypeVar

from rdpgui.core.errors import MalformedAnswer
from rdpgui.core.ports import Page
from rdpgui.core.texts import N_

Row = TypeVar("Row")
Turn = Callable[[], Awaitable[None]]
"""Waits until a call that can wait may be made."""

MOST_PAGES = 5_000
"""A list of more pages than this is taken for one that goes round in circles."""


class Listing(Generic[Row]):
    """Rows by their key, in the order in which they were first seen.

    Args:
        key: what tells a row from the others.
    """

    def __init__(self, key: Callable[[Row], Hashable]) -> None:
        self._key = key
        self._rows: dict[Hashable, Row] = {}
        self._all: tuple[Row, ...] = ()
        self._changed = False

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def keys(self) -> Collection[Hashable]:
        """Return the keys of all rows."""
        return self._rows.keys()

    def get(self, key: Hashable) -> Row | None:
        """Return one row, None when it is not there."""
        return self._rows.get(key)

    def take(self, rows: Iterable[Row]) -> set[Hashable]:
        """Take over rows that were read, each as the object of last time where it is equal; return their keys."""
        keys: set[Hashable] = set()
        for row in rows:
            key = self._key(row)
            keys.add(key)
            known = self._rows.get(key)
            if known is not row and known != row:
                self._rows[key] = row
                self._changed = True
        return keys

    def keep(self, keys: Collection[Hashable]) -> None:
        """Drop every row whose key is not among those of a whole reading."""
        self.drop([key for key in self._rows if key not in keys])

    def drop(self, keys: Iterable[Hashable]) -> None:
        """Drop rows that are not there any more."""
        for key in keys:
            if self._rows.pop(key, None) is not None:
                self._changed = True

    def all(self) -> tuple[Row, ...]:
        """Return all rows."""
        if self._changed:
            self._all, self._changed = tuple(self._rows.values()), False
        return self._all


async def each_page(
    read: Callable[[str], Awaitable[Page[Row]]], take: Callable[[Page[Row]], object], turn: Turn | None = None
) -> int:
    """Read a list page by page and return how many there were.

    Args:
        read: reads the page with a token, empty for the first.
        take: is given each page.
        turn: is awaited before each page; None reads them at once.

    Raises:
        MalformedAnswer: the list does not end. RdpguiError: a page could not be read.
    """
    token, asked = "", set[str]()
    while True:
        if turn is not None:
            await turn()
        page = await read(token)
        take(page)
        token = page.following
        if not token:
            return len(asked) + 1
        if token in asked or len(asked) >= MOST_PAGES:
            raise MalformedAnswer(N_("The list of pages does not end."), N_("Try again."))
        asked.add(token)
