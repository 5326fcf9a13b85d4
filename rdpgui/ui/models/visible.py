"""Which rows pass the filter, in which order, where each of them stands, and the way from one such list to another.

No Qt: who must tell Qt of each step (``keyed``) takes the steps one by one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rdpgui.ui.models.row_order import RowOrder

_LOOKED_FOR_SINGLY = 8
"""Places that are looked for one by one before all are noted."""
RESET_ABOVE = 400
"""More separate runs than this are cheaper as one reset; so are more rows than this that a filter lets come or go."""


@dataclass(frozen=True, slots=True)
class Steps:
    """From one list to another: remove, put what stays in order, insert.

    Attributes:
        removals: (first, last) in the list that is left, from its end. order: what stays, as it lies from then on.
        inserts: (first, last) in the list that is wanted.
    """

    removals: tuple[tuple[int, int], ...]
    order: list[Hashable]
    inserts: tuple[tuple[int, int], ...]


class Visible:
    """The keys of the rows that are shown.

    Args:
        order: all rows, as they are sorted and searched.

    Attributes:
        keys: those shown now, in their order.
    """

    def __init__(self, order: RowOrder[Any]) -> None:
        self._order = order
        self.keys: list[Hashable] = []
        self._words: tuple[str, ...] = ()
        self._places: dict[Hashable, int] | None = None
        self._looked_for = 0

    @property
    def filtered(self) -> bool:
        """Whether there is a filter: else all rows are visible."""
        return bool(self._words)

    def wanted(self) -> list[Hashable]:
        """Return what is to be shown of the rows as they are now."""
        return self._order.matching(self._words)

    def narrow(self, text: str) -> list[Hashable] | None:
        """Filter by every word of a text from now on; returns what is to be shown, None when they are the same words.

        A letter more leaves some of the rows that the last ones left: where those are few, only they are looked into.
        """
        words = tuple(text.lower().split())
        if words == self._words:
            return None
        few = len(self.keys) < len(self._order.rows) // 2
        among = few and all(any(was in word for word in words) for was in self._words)
        self._words = words
        return self._order.narrowed(self.keys, words) if among else self._order.matching(words)

    def place_of(self, key: Hashable) -> int:
        """Return the place of a key, -1 when it is not visible."""
        if self._places is None:
            self._looked_for += 1
            if self._looked_for <= _LOOKED_FOR_SINGLY:
                return _place_in(self.keys, key)
            self._places = {visible: place for place, visible in enumerate(self.keys)}
        return self._places.get(key, -1)

    # -- changing --------------------------------------------------------------

    def become(self, keys: list[Hashable]) -> None:
        """Show these from now on; the list is no longer the caller's."""
        self.keys = keys
        self._forget_places()

    def remove(self, first: int, last: int) -> None:
        """Show the keys at these places no more."""
        del self.keys[first : last + 1]
        self._forget_places()

    def insert(self, first: int, keys: list[Hashable]) -> None:
        """Show these before the one that stands at a place."""
        self.keys[first:first] = keys
        self._forget_places()

    def _forget_places(self) -> None:
        self._places, self._looked_for = None, 0

    def steps_to(self, target: list[Hashable]) -> Steps | None:
        """Return the way to another list; None where one reset is cheaper."""
        old = self.keys
        wanted, had = set(target), set(old)
        # Counted no further than where one reset is cheaper.
        removals = list(islice(runs_of(place for place, key in enumerate(old) if key not in wanted), RESET_ABOVE + 1))
        inserts = list(islice(runs_of(place for place, key in enumerate(target) if key not in had), RESET_ABOVE + 1))
        if len(removals) + len(inserts) > RESET_ABOVE:
            return None
        return Steps(tuple(reversed(removals)), [key for key in target if key in had], tuple(inserts))


def _place_in(keys: list[Hashable], key: Hashable) -> int:
    try:
        return keys.index(key)
    except ValueError:
        return -1


def runs_of(places: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield (first, last) of each unbroken run in ascending places."""
    begin = previous = -2
    for place in places:
        if place != previous + 1:
            if begin >= 0:
                yield begin, previous
            begin = place
        previous = place
    if begin >= 0:
        yield begin, previous
