"""The seek bar of two films: positions on their common clock, and the anchors of both as marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject

from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.player.compare_clock import Anchor, anchor_film_s
from rdpgui.ui.player.compare_pace import ComparePace
from rdpgui.ui.player.seek_bar import BarMarker, SeekBar
from rdpgui.ui.tokens import Tone

_MARKS = {Anchor.DISRUPTION: Tone.BAD, Anchor.SESSION_END: Tone.INFO, Anchor.FILM_END: Tone.LAB}


class CompareAxis(QObject):
    """Keeps a bar, which counts from its left end, at the common clock, which counts from the anchor.

    Args:
        bar: shows it. pace: the common clock's hand. compared: the runs.
    """

    def __init__(
        self, bar: SeekBar, pace: ComparePace, compared: Sequence[ComparedRun], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bar, self._pace, self._compared = bar, pace, compared
        self._marks: list[tuple[float, Anchor]] = []
        pace.moved.connect(self.show_position)
        bar.seek_requested.connect(self._on_seek)
        bar.marker_requested.connect(self._on_mark)

    def show_lock(self, words: Mapping[Anchor, str]) -> None:
        """Show another alignment."""
        self._bar.set_film(self._pace.lock.length_s, ())
        self.show_marks(words)
        self.show_position(self._pace.at_s)

    def show_marks(self, words: Mapping[Anchor, str]) -> None:
        """Mark the anchors of both films, by these words."""
        lock = self._pace.lock
        self._marks = sorted(
            (at_s, anchor)
            for number, compared in enumerate(self._compared)
            for anchor in Anchor
            if (film_s := anchor_film_s(compared, anchor)) is not None
            and (at_s := lock.common_s(number, film_s)) is not None
            and lock.begin_s <= at_s <= lock.end_s
        )
        self._bar.set_markers(
            tuple(BarMarker(at_s - lock.begin_s, words[anchor], _MARKS[anchor].value) for at_s, anchor in self._marks)
        )

    def show_position(self, at_s: float) -> None:
        """Show where the common clock stands, seconds from the anchor."""
        self._bar.set_position(at_s - self._pace.lock.begin_s)

    def _on_seek(self, bar_s: float) -> None:
        self._pace.seek(bar_s + self._pace.lock.begin_s)

    def _on_mark(self, place: int) -> None:
        self._pace.seek(self._marks[place][0])
