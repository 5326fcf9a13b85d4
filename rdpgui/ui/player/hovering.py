"""What the mouse over the seek bar asks for: the nearest thumbnail at once, the exact one when it is there."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Span, Still, Watched
from rdpgui.ui.film_port import Marker
from rdpgui.ui.plain import set_tip
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.film_text import error_text, seen_text, time_text
from rdpgui.ui.player.images import image_of
from rdpgui.ui.player.stage import Stage
from rdpgui.ui.player.stills_port import FilmStills
from rdpgui.ui.player.strip import EXACT_UP_TO_FRAMES, THUMBNAIL_PX
from rdpgui.ui.tasks import TaskScope

_TASK = "film hover"
_EVERYWHERE = Span(0.0, float("inf"))
"""Without several films every time is inside."""


class Hovering(QObject):
    """Shows the hover thumbnail; one exact picture is asked for at a time."""

    def __init__(self, stage: Stage, tasks: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._stage = stage
        self._tasks = tasks
        self._film: FilmStills | None = None
        self._clock = FilmClock(None, 0.0)
        self._span = _EVERYWHERE
        self._seen = Watched()
        self._markers: list[Marker] = []
        self._at_s: float | None = None
        self._busy = False
        stage.bar.hovered.connect(self._on_hovered)
        stage.bar.left.connect(self._on_left)

    def set_film(self, film: FilmStills | None, clock: FilmClock, span: Span = _EVERYWHERE) -> None:
        """Show another film; ``span`` is its place on the bar."""
        self._tasks.cancel(_TASK)
        self._busy = False
        self._film, self._clock, self._span = film, clock, span
        self._seen = Watched()
        self._stage.hover.hide()
        set_tip(self._stage.bar, "")

    def set_seen(self, seen: Watched) -> None:
        """Name what was found by looking at the pictures, where the mouse is."""
        self._seen = seen

    def set_clock(self, clock: FilmClock) -> None:
        """Show the same film elsewhere on the wall clock."""
        self._clock = clock

    def set_markers(self, markers: list[Marker]) -> None:
        """Name the events under the mouse; in the order of the bar's markers."""
        self._markers = markers

    def _on_hovered(self, at_s: float) -> None:
        marker = self._stage.bar.marker_near(self._stage.bar.x_of(at_s))
        named = self._markers[marker] if marker is not None else None
        if named is not None:
            at_s = self._clock.film_s(named[0]) or 0.0
        self._at_s = at_s
        found = seen_text(self._seen, at_s)
        texts = (time_text(self._clock, at_s), named[1] if named is not None else "", found)
        lines = tuple(text for text in texts if text)
        nearest = self._stage.strip.nearest(at_s) if self._is_inside(at_s) else QImage()
        self._stage.show_hover(at_s, nearest, lines)
        self._ask()

    def _on_left(self) -> None:
        self._at_s = None

    def _is_inside(self, at_s: float) -> bool:
        return self._span.begin_s <= at_s <= self._span.end_s

    def _ask(self) -> None:
        film = self._film
        if film is None or self._busy or self._at_s is None or film.frame_count > EXACT_UP_TO_FRAMES:
            return
        if not self._is_inside(self._at_s):
            return  # of another film of the reel, or of none
        self._busy = True
        self._tasks.start(_TASK, self._fetch(film, self._at_s), on_done=self._on_still, on_error=self._on_error)

    async def _fetch(self, film: FilmStills, at_s: float) -> tuple[float, Still]:
        try:
            return at_s, await film.thumbnail(at_s - self._span.begin_s, THUMBNAIL_PX)
        finally:
            self._busy = False

    def _on_still(self, answer: tuple[float, Still]) -> None:
        at_s, still = answer
        if self._at_s is not None and self._stage.hover.isVisible():
            self._stage.hover.show_image(image_of(still))
            if self._at_s != at_s:
                self._ask()

    def _on_error(self, error: RdpguiError) -> None:
        """A damaged frame has no thumbnail; the nearest one stays and the tooltip says why."""
        set_tip(self._stage.bar, "\n".join(error_text(error)).strip())
