"""Small pictures of the film that is shown: the strip, and the one under the mouse."""

from __future__ import annotations

from PySide6.QtCore import QObject

from rdpgui.core.film import Span, Watched
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.hovering import Hovering
from rdpgui.ui.player.stage import Stage
from rdpgui.ui.tasks import TaskScope


class Thumbnails(QObject):
    """Gives strip and hover the film as soon as it can be asked, and takes it away before it is closed.

    Args:
        deck: the film. stage: shows it. tasks: where pictures are asked for.

    Attributes:
        hovering: what the mouse over the bar shows.
    """

    def __init__(self, deck: Deck, stage: Stage, tasks: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._deck, self._stage = deck, stage
        self._clock = FilmClock(None, 0.0)
        self.hovering = Hovering(stage, tasks, self)
        deck.desk.opened.connect(self._on_opened)
        deck.mount.part_changed.connect(self.forget)
        deck.mount.watched.connect(self._on_watched)

    def set_clock(self, clock: FilmClock) -> None:
        """Show the same film elsewhere on the wall clock."""
        self._clock = clock
        self.hovering.set_clock(clock)

    def forget(self) -> None:
        """Ask for no more pictures of the film."""
        self._stage.strip.set_film(None, 0.0)
        self.hovering.set_film(None, self._clock)

    def _on_opened(self) -> None:
        film, shown = self._deck.desk.film, self._deck.mount.shown
        if shown is not None:
            span = Span(shown.begin_s, shown.end_s)
            self._stage.strip.set_film(film, shown.facts.last_frame_pts_s, span)
            self.hovering.set_film(film, self._clock, span)
            self.hovering.set_seen(self._deck.mount.reel.seen if self._deck.mount.reel is not None else Watched())
            self._stage.set_position(self._deck.position_s)

    def _on_watched(self) -> None:
        if self._deck.mount.reel is not None:
            self.hovering.set_seen(self._deck.mount.reel.seen)
