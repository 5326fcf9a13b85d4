"""From the deck to the stage: pictures, captions, words where there is no picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import Span, Still, Watched
from rdpgui.i18n import _
from rdpgui.ui.film_port import PlacedFilm
from rdpgui.ui.player import film_text
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.hovering import Hovering
from rdpgui.ui.player.stage import Stage
from rdpgui.ui.player.watching import Watching
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone

_NOTICE_MS = 7000


class Presenter(QObject):
    """Renders one film's state.

    Attributes:
        clock: where the reel lies on the wall clock. lab: whether it is the lab's.
        hovering: what the mouse over the bar shows.

    Signals:
        header_changed: another player took over.
    """

    header_changed = Signal()

    def __init__(
        self, deck: Deck, stage: Stage, watching: Watching, tasks: TaskScope, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.clock = FilmClock(None, 0.0)
        self.lab = False
        self.hovering = Hovering(stage, tasks, self)
        self._deck, self._stage = deck, stage
        self._player = ""
        self._progress: tuple[Path, int, int] | None = None
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
        deck.desk.opened.connect(self._on_opened)
        deck.mount.part_changed.connect(self._on_part)
        deck.moving.gap_crossed.connect(self._on_gap)
        deck.mount.watched.connect(self._on_watched)
        self._watching = watching
        watching.changed.connect(self.header_changed)
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

    @property
    def part_clock(self) -> FilmClock:
        """Where the film that is shown lies on the wall clock."""
        return self.clock.later(self._deck.mount.begin_s)

    @property
    def header(self) -> str:
        """Title, size, codec and length of the film; the player too when another one should have played."""
        film, reel = self._film, self._deck.mount.reel
        if film is None or reel is None:
            return ""
        count = len(reel.parts)
        part = _("film {n} of {count}").format(n=self._deck.mount.part + 1, count=count) if count > 1 else ""
        player = _("played by {player}").format(player=self._player) if self._player else ""
        texts = (self._download_text(), part, film_text.header(film), self._watching_text(film), player)
        return " · ".join(text for text in texts if text)

    def _watching_text(self, film: PlacedFilm) -> str:
        if film.facts.watched:
            return ""
        if self._watching.path == film.path:
            share = self._watching.per_cent
            text = _("looking at every picture … {share} %") if share else _("looking at every picture …")
            return text.format(share=share)
        return _("not every picture was looked at")

    def show_download(self, path: Path, done_bytes: int, total_bytes: int) -> None:
        """Say in the header how far the download is."""
        self._progress = (path, done_bytes, total_bytes)
        if path == self.path:
            self.header_changed.emit()

    def _download_text(self) -> str:
        shown = self._deck.mount.shown
        if shown is None or shown.film.remote is None:
            return ""
        if self._progress is None or self._progress[0] != shown.film.path or not self._progress[2]:
            return _("not downloaded")
        return _("downloading {share} %").format(share=100 * self._progress[1] // self._progress[2])

    def set_film(self, clock: FilmClock, *, lab: bool) -> None:
        """Show what the deck holds now."""
        self.clock, self.lab = clock, lab
        self._error, self._player = None, ""
        self._watching.forget()
        reel = self._deck.mount.reel
        if reel is not None:
            self._stage.bar.set_film(reel.duration_s, reel.idle, reel.gaps)
            self._stage.bar.set_seen(reel.seen)
        else:
            self._stage.bar.set_film(0.0, ())
        self._stage.bar.set_markers(())
        self.forget_stills()
        self._stage.picture.set_lab(lab)
        self._end_notice()
        self._on_loop()
        self._stage.transport.set_film(loaded=reel is not None, idle=reel is not None and bool(reel.idle))
        self._stage.picture.show_image(QImage(), still=True)
        self.show_words()

    def set_clock(self, clock: FilmClock) -> None:
        """Show the same film elsewhere on the wall clock."""
        self.clock = clock
        self.hovering.set_clock(clock)
        self._on_loop()
        self.show_caption()

    def forget_stills(self) -> None:
        """Ask for no more thumbnails of the film."""
        self._stage.strip.set_film(None, 0.0)
        self.hovering.set_film(None, self.clock)

    def show_words(self) -> None:
        """Say why there is no picture; called again when the language changes."""
        picture = self._stage.picture
        if self._error is not None:
            picture.show_message(*film_text.error_text(self._error), Tone.BAD)
        elif self._film is None:
            detail = _("It appears here as soon as a recording has arrived and was verified. Ctrl+O opens a film file.")
            what = _("No film") if self._why_none else _("No film yet")
            picture.show_message(what, _(self._why_none) or detail, Tone.IDLE)
        elif picture.image.isNull():
            picture.show_message(_("Opening the film …"), film_text.title(self._film), Tone.IDLE)
        self.show_caption()

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
            self.show_notice(f"{what} {remedy}".strip())

    def show_caption(self) -> None:
        """Show the time of the picture, and its number when it is an exact still."""
        deck, still = self._deck, self._deck.desk.current
        text, last = "", False
        if self._deck.mount.facts is not None and not self._stage.picture.image.isNull():
            if deck.motion.playing or still is None:
                text = film_text.moving_caption(self.clock, deck.position_s, deck.moving.rate)
            else:
                last = deck.standing.at_last_frame
                text = film_text.still_caption(self.part_clock, still, self._frame_count(), last=last)
                text = "   ".join(part for part in (text, self._held_text(still)) if part)
        self._stage.picture.show_caption(text, last=last)
        duration_s = deck.mount.reel.duration_s if deck.mount.reel is not None else None
        self._stage.transport.show_time(film_text.elapsed(deck.position_s, duration_s))

    def _held_text(self, still: Still) -> str:
        deck, part = self._deck, self._deck.mount.shown
        if part is None:
            return ""
        return film_text.held_caption(self.clock, still.pts_s + part.begin_s, deck.position_s, part.end_s)

    def _frame_count(self) -> int:
        facts, film = self._deck.mount.facts, self._deck.desk.film
        if facts is not None and facts.frame_count is not None:
            return facts.frame_count
        return film.frame_count if film is not None else 0

    def _on_moving_picture(self, image: QImage) -> None:
        self._stage.picture.show_image(image, still=False)

    def _on_still_picture(self, image: QImage) -> None:
        self._error = None
        self._stage.picture.show_image(image, still=True)
        self.show_caption()

    def _on_position(self, at_s: float) -> None:
        self._stage.set_position(at_s)
        self.show_caption()

    def _on_loop(self) -> None:
        loop = self._deck.moving.loop
        self._stage.bar.set_loop(loop.begin_s, loop.end_s)
        self._stage.transport.show_loop(film_text.loop_text(loop.begin_s, loop.end_s, self.clock))

    def _on_opened(self) -> None:
        film, shown = self._deck.desk.film, self._deck.mount.shown
        if shown is not None:
            self._stage.strip.set_film(film, shown.facts.last_frame_pts_s, Span(shown.begin_s, shown.end_s))
            self.hovering.set_film(film, self.clock, Span(shown.begin_s, shown.end_s))
            self.hovering.set_seen(self._deck.mount.reel.seen if self._deck.mount.reel is not None else Watched())
            self._stage.set_position(self._deck.position_s)

    def _on_part(self, _place: int) -> None:
        self._player = ""
        self.forget_stills()
        self.header_changed.emit()

    def _on_watched(self) -> None:
        reel = self._deck.mount.reel
        if reel is not None:
            self._stage.bar.set_seen(reel.seen)
            self.hovering.set_seen(reel.seen)
            self._stage.transport.set_film(loaded=True, idle=bool(reel.idle))
        self.header_changed.emit()

    def _on_gap(self, gap_s: float) -> None:
        span = film_text.span(gap_s)
        self.show_notice(_("Cut: nothing was recorded for {span}. The next film begins.").format(span=span))

    def _on_fell_back(self, error: RdpguiError, name: str) -> None:
        what, _remedy = film_text.error_text(error)
        self._player = name
        self.show_notice(_("{reason} {player} plays instead.").format(reason=what, player=name))
        self.header_changed.emit()

    def _end_notice(self) -> None:
        self._notice_over.stop()
        self._stage.picture.show_notice("")
