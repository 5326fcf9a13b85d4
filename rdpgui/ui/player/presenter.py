"""From the deck to the stage: pictures, notices, words where there is no picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.i18n import _, joined
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player import film_text
from rdpgui.ui.player.caption import Caption
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.stage import Stage
from rdpgui.ui.player.thumbnails import Thumbnails
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone

_NOTICE_MS = 7000


class Presenter(QObject):
    """Renders one film's state.

    Attributes:
        clock: where the reel lies on the wall clock. lab: whether it is the lab's.
        thumbnails: the small pictures.
    """

    def __init__(self, deck: Deck, stage: Stage, tasks: TaskScope, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.clock = FilmClock(None, 0.0)
        self.lab = False
        self.thumbnails = Thumbnails(deck, stage, tasks, self)
        self._caption = Caption(deck, stage)
        self._deck, self._stage = deck, stage
        self._error: RdpguiError | None = None
        self._why_none = ""
        self._notice_over = QTimer(self)
        self._notice_over.setSingleShot(True)
        self._notice_over.setInterval(_NOTICE_MS)
        self._notice_over.timeout.connect(self._end_notice)
        deck.moving_picture.connect(self._on_moving_picture)
        deck.still_picture.connect(self._on_still_picture)
        deck.position_changed.connect(self._on_position)
        deck.playing_changed.connect(stage.transport.show_playing)
        deck.moving.loop_changed.connect(self._on_loop)
        deck.moving.gap_crossed.connect(self._on_gap)
        deck.mount.watched.connect(self._on_watched)
        deck.motion.fell_back.connect(self._on_fell_back)
        for failed in (deck.desk.open_failed, deck.desk.still_failed, deck.play_failed):
            failed.connect(self.show_error)

    @property
    def path(self) -> Path | None:
        """The film that is shown, None without one."""
        return self._film.path if self._film is not None else None

    @property
    def _film(self) -> PlacedFilm | None:
        return self._deck.mount.shown.film if self._deck.mount.shown is not None else None

    def set_film(self, clock: FilmClock, *, lab: bool) -> None:
        """Show what the deck holds now."""
        self.clock, self.lab = clock, lab
        self.thumbnails.set_clock(clock)
        self._error = None
        reel = self._deck.mount.reel
        if reel is not None:
            self._stage.bar.set_film(reel.duration_s, reel.idle, reel.gaps)
            self._stage.bar.set_seen(reel.seen)
        else:
            self._stage.bar.set_film(0.0, ())
        self._stage.bar.set_markers(())
        self.thumbnails.forget()
        self._stage.picture.set_lab(lab)
        self._end_notice()
        self._on_loop()
        self._stage.transport.set_film(loaded=reel is not None, idle=reel is not None and bool(reel.idle))
        self._stage.picture.show_image(QImage(), still=True)
        self.show_words()

    def set_clock(self, clock: FilmClock) -> None:
        """Show the same film elsewhere on the wall clock."""
        self.clock = clock
        self.thumbnails.set_clock(clock)
        self._on_loop()
        self._caption.show(clock)

    def show_words(self) -> None:
        """Say why there is no picture; called again when the language changes."""
        picture = self._stage.picture
        if self._error is not None:
            picture.show_message(*film_text.error_text(self._error), Tone.BAD)
        elif self._film is None:
            detail = _("It appears here as soon as a recording has arrived and was verified.")
            what = _("No film") if self._why_none else _("No film yet")
            picture.show_message(what, _(self._why_none) or detail, Tone.IDLE, offer=_("Open a film file"))
        elif picture.image.isNull():
            picture.show_message(_("Opening the film …"), film_text.title(self._film), Tone.IDLE)
        self._caption.show(self.clock)

    def no_film_because(self, why: str) -> None:
        """Say from now on why there is none, an English message id; empty: one may still come."""
        self._why_none = why

    def show_notice(self, text: str) -> None:
        """Show a sentence on the picture for a while."""
        self._stage.picture.show_notice(text)
        self._notice_over.start()

    def show_error(self, error: RdpguiError) -> None:
        """Say what went wrong: instead of the picture when there is none, else on it."""
        what, remedy = film_text.error_text(error)
        if self._stage.picture.image.isNull():
            self._error = error
            self.show_words()
        else:
            self.show_notice(joined(what, remedy))

    def _on_moving_picture(self, image: QImage) -> None:
        self._stage.picture.show_image(image, still=False)

    def _on_still_picture(self, image: QImage) -> None:
        self._error = None
        self._stage.picture.show_image(image, still=True)
        self._caption.show(self.clock)

    def _on_position(self, at_s: float) -> None:
        self._stage.set_position(at_s)
        self._caption.show(self.clock)

    def _on_loop(self) -> None:
        loop = self._deck.moving.loop
        self._stage.bar.set_loop(loop.begin_s, loop.end_s)
        self._stage.transport.show_loop(film_text.loop_text(loop.begin_s, loop.end_s, self.clock))

    def _on_watched(self) -> None:
        reel = self._deck.mount.reel
        if reel is not None:
            self._stage.bar.set_seen(reel.seen)
            self._stage.transport.set_film(loaded=True, idle=bool(reel.idle))

    def _on_gap(self, gap_s: float) -> None:
        span = film_text.span(gap_s)
        self.show_notice(_("Cut: nothing was recorded for {span}. The next film begins.").format(span=span))

    def _on_fell_back(self, error: RdpguiError, name: str) -> None:
        what, _remedy = film_text.error_text(error)
        self.show_notice(_("{reason} {player} plays instead.").format(reason=what, player=name))

    def _end_notice(self) -> None:
        self._notice_over.stop()
        self._stage.picture.show_notice("")
