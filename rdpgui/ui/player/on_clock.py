"""A film's place on the wall clock: events on its bar, a person's correction, and going to an instant."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from rdpgui.i18n import _
from rdpgui.ui.film_port import Marker
from rdpgui.ui.player.clock_box import ClockBox
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.film_text import time_text
from rdpgui.ui.player.presenter import Presenter
from rdpgui.ui.player.seek_bar import BarMarker, SeekBar


class OnClock(QObject):
    """Keeps bar, clock box and presenter at one clock.

    Args:
        deck: the film. presenter: shows it. bar: gets the markers. box: where a person types.

    Signals:
        marker_clicked: the marker's instant.
        adjusted: the film's path and a person's correction of its clock, seconds; a while after the last change.
    """

    marker_clicked = Signal(datetime)
    adjusted = Signal(object, float)

    def __init__(
        self, deck: Deck, presenter: Presenter, bar: SeekBar, box: ClockBox, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._deck, self._presenter, self._bar, self._box = deck, presenter, bar, box
        self._recorded_s = 0.0
        self._markers: list[Marker] = []
        self._inside: list[Marker] = []
        bar.marker_requested.connect(self._on_marker)
        box.seek_requested.connect(self._seek_told)
        box.not_a_time.connect(self._on_not_a_time)
        box.offset_changed.connect(self._move)
        box.offset_settled.connect(self._on_settled)

    def begin_film(self, clock: FilmClock | None) -> None:
        """Take another film's clock, None for no film; the markers of the one before are dropped."""
        self._box.set_film(clock)
        self._markers, self._inside = [], []
        self._recorded_s = clock.adjusted_s if clock is not None else 0.0

    def set_offset(self, path: Path, adjusted_s: float) -> None:
        """Take over a correction that was recorded for the film shown; one that is being made wins.

        So does one that was made and is not recorded yet: what was recorded before it says nothing new.
        """
        reel = self._deck.mount.reel
        shown = reel is not None and path in {part.film.path for part in reel.parts}
        if not shown or adjusted_s == self._recorded_s:
            return
        self._recorded_s = adjusted_s
        if adjusted_s != self._presenter.clock.adjusted_s and not self._box.pending:
            self._move(adjusted_s)
            self._box.set_clock(self._presenter.clock)

    def set_markers(self, markers: list[Marker]) -> None:
        """Show events on the seek bar; those outside the film are left out."""
        self._markers = markers
        clock = self._presenter.clock
        placed = ((marker, clock.film_s(marker[0])) for marker in markers)
        inside = [(marker, at_s) for marker, at_s in placed if at_s is not None and clock.holds(at_s)]
        self._inside = [marker for marker, _at_s in inside]
        self._presenter.thumbnails.hovering.set_markers(self._inside)
        self._bar.set_markers(tuple(BarMarker(at_s, text, kind) for (_at, text, kind), at_s in inside))

    def seek(self, at: datetime) -> None:
        """Go to an instant; before or after the film its nearest end is shown."""
        at_s = self._presenter.clock.film_s(at)
        if at_s is not None:
            self._seek_told(at_s)

    def _seek_told(self, at_s: float) -> None:
        """Go to a time; say so when nothing was recorded then, because the nearest picture is of another time."""
        self._deck.seek(at_s)
        reel = self._deck.mount.reel
        if reel is not None and not reel.holds(at_s):
            asked = time_text(self._presenter.clock, at_s)
            text = _("Nothing was recorded at {time}: this is the nearest picture.")
            self._presenter.show_notice(text.format(time=asked))

    def _on_not_a_time(self) -> None:
        self._presenter.show_notice(_("Type a time such as 14:03:06.8, or +12.5 for seconds from the start."))

    def _move(self, adjusted_s: float) -> None:
        self._presenter.set_clock(self._presenter.clock.adjusted(adjusted_s))
        self.set_markers(self._markers)

    def _on_settled(self, adjusted_s: float) -> None:
        if self._presenter.path is not None:
            self.adjusted.emit(self._presenter.path, adjusted_s)

    def _on_marker(self, at: int) -> None:
        instant = self._inside[at][0]
        self.seek(instant)
        self.marker_clicked.emit(instant)
