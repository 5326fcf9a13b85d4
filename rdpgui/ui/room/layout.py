"""The cards of the experiment page by what a person does: choose a target, watch a run, read a verdict."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import QObject, QSize
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from rdpgui.ui.room.fold import FoldBar
from rdpgui.ui.widgets.card import Card

_RIGHT_PX = (356, 440)
_RIGHT_SHARE = 0.287
"""Of the page's width, while a run goes on or is judged."""
_AROUND_FILM_PX = 334
"""Of the page's height: what is neither timeline nor picture while both are shown."""
_AROUND_PAGE_PX = 69
_LEAST_SHARE = 0.26
"""Of the window, for the picture."""


class Room(Enum):
    """What a person does."""

    CHOOSE = "choose"
    RUN = "run"
    JUDGE = "judge"


_FOLDED: dict[Room, frozenset[str]] = {
    Room.CHOOSE: frozenset({"pictures_panel"}),
    Room.RUN: frozenset({"instances_panel", "sessions_panel", "preflight_panel", "verdict_panel"}),
    Room.JUDGE: frozenset(
        {
            "instances_panel",
            "sessions_panel",
            "preflight_panel",
            "disruptions_panel",
            "recording_panel",
            "run_log_panel",
            "pictures_panel",
        }
    ),
}
_TIMELINE = "timeline_panel"


def leaves_room_for_timeline(page: QSize) -> bool:
    """Whether the picture has its share of the window with the timeline above it, in a page of this size."""
    height = page.height() - _AROUND_FILM_PX
    picture = max(0, height) ** 2 * 16 / 9
    return picture >= _LEAST_SHARE * page.width() * (page.height() + _AROUND_PAGE_PX)


class RoomLayout(QObject):
    """Folds and moves the cards.

    Args:
        left: the splitter of what is chosen from. main: the splitter above the log. whole: the splitter beside the
            right column. right: that column, top to bottom. cards: every card that folds.
        recording, log: cards that stand in the right column while a run goes on or is judged.
        offered: cards that are there only where they have something to show, see ``offer``.

    Attributes:
        room: the one in use. bar: chips of what is folded.
    """

    def __init__(
        self,
        *,
        left: QSplitter,
        main: QSplitter,
        whole: QSplitter,
        right: QVBoxLayout,
        cards: tuple[Card, ...],
        recording: Card,
        log: Card,
        offered: tuple[Card, ...] = (),
    ) -> None:
        super().__init__(whole)
        self.room = Room.CHOOSE
        self._left, self._main, self._whole, self._right = left, main, whole, right
        self._recording, self._log = recording, log
        self._cards = {card.objectName(): card for card in cards}
        self._away = {card.objectName() for card in offered}
        self._by_hand: dict[Room, dict[str, bool]] = {room: {} for room in Room}
        self._sizes: dict[QSplitter, list[int]] = {}
        self._page = QSize(1, 1)
        self.bar = FoldBar(cards)
        self.bar.opened.connect(self.open)
        self.bar.folded.connect(self.fold)
        right.addWidget(self.bar)

    def use(self, room: Room) -> None:
        """Give the room to what is done now; how a person folded the cards there before is kept."""
        if room is self.room:
            return
        before, self.room = self.room, room
        if before is Room.CHOOSE:
            self._sizes = {splitter: splitter.sizes() for splitter in (self._left, self._main, self._whole)}
            self._right.insertWidget(self._right.indexOf(self.bar), self._recording, 3)
            self._right.insertWidget(self._right.indexOf(self.bar), self._log, 3)
        elif room is Room.CHOOSE:
            self._left.addWidget(self._recording)
            self._main.addWidget(self._log)
        self._apply()
        self._share_width()

    def _share_width(self) -> None:
        if self.room is Room.CHOOSE:
            for splitter, sizes in self._sizes.items():
                splitter.setSizes(sizes)
            return
        right = round(min(_RIGHT_PX[1], max(_RIGHT_PX[0], self._page.width() * _RIGHT_SHARE)))
        self._whole.setSizes([max(1, self._page.width() - right), right])

    def fit(self, page: QSize) -> None:
        """Fit to another size of the page."""
        wider = page.width() != self._page.width()
        self._page = page
        self._apply()
        if wider and self.room is not Room.CHOOSE:
            self._share_width()

    def open(self, name: str) -> None:
        """Show a card that is folded, by hand."""
        self._by_hand[self.room][name] = False
        self._apply()
        self._cards[name].setFocus()

    def fold(self, name: str) -> None:
        """Fold a card, by hand."""
        self._by_hand[self.room][name] = True
        self._apply()

    def offer(self, name: str, there: bool) -> None:
        """Say whether a card has something to show: if not, there is neither the card nor its chip."""
        if there == (name in self._away):
            self._away ^= {name}
            self._apply()

    def is_folded(self, name: str) -> bool:
        """Whether a card is folded."""
        by_hand = self._by_hand[self.room].get(name)
        if by_hand is not None:
            return by_hand
        if name == _TIMELINE and self.room is not Room.CHOOSE:
            return not leaves_room_for_timeline(self._page)
        return name in _FOLDED[self.room]

    def _apply(self) -> None:
        folded = frozenset(name for name in self._cards if self.is_folded(name))
        for name, card in self._cards.items():
            card.setVisible(name not in folded | self._away)
        self._left.setVisible(any(not widget.isHidden() for widget in _widgets_of(self._left)))
        self.bar.show_folded(folded - self._away, choose=self.room is Room.JUDGE)


def _widgets_of(splitter: QSplitter) -> tuple[QWidget, ...]:
    found = (splitter.widget(place) for place in range(splitter.count()))
    return tuple(widget for widget in found if widget is not None)
