"""The film panel: motion while it plays, an exact still whenever it stands, everything on the wall clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.film import FilmFacts
from rdpgui.i18n import N_, _
from rdpgui.ui.film_port import ComparedRun, Marker, PlacedFilm, SeenFrame
from rdpgui.ui.player.backend import BackendFactory, PlaybackFactory
from rdpgui.ui.player.clock_box import ClockBox
from rdpgui.ui.player.comparisons import Comparisons
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.film_header import FilmHeader
from rdpgui.ui.player.key_driver import KeyDriver
from rdpgui.ui.player.keys import KeyCommand, key_command
from rdpgui.ui.player.on_clock import OnClock
from rdpgui.ui.player.presenter import Presenter
from rdpgui.ui.player.pyav_backend import PyavBackend
from rdpgui.ui.player.reel import Reel, reel_of
from rdpgui.ui.player.snapshot import Snapshots
from rdpgui.ui.player.stage import Stage, WholeScreen
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.player.vlc_backend import VlcBackend
from rdpgui.ui.player.watching import FilmWatcher, Watching
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.widgets.card import Card

_LOG = logging.getLogger(__name__)
CLOSE_LIMIT_S = 1.5


class FilmPanel(Card):
    """Plays the film of a run.

    Args:
        backend_factories: players in the order of preference.
        stills: exact frames. tasks: where requests for them run. watcher: looks at every picture of long films.

    Attributes:
        deck: the film's state. stage: what is shown of it. clock_box: where a person says of which time it is.
        on_clock: where it lies on the wall clock. snapshots: saves frames. comparisons: the window of two films.

    Signals:
        position_changed: seconds from the film's start. frame_changed: a picture is on screen now, or none any more.
        clock_adjusted: the film's path and a person's correction of its clock, seconds; a while after the last change.
        open_requested: there is no film, and a person wants to open one.
    """

    position_changed = Signal(float)
    frame_changed = Signal()
    clock_adjusted = Signal(object, float)
    open_requested = Signal()

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        backend_factories: Sequence[BackendFactory],
        stills: StillsPort,
        tasks: TaskScope,
        watcher: FilmWatcher | None = None,
    ) -> None:
        super().__init__(N_("Recording"), "film_panel", parent)
        self.comparisons = Comparisons(stills, tasks)
        self.deck = Deck(backend_factories, stills, tasks, self)
        self.stage = Stage(tasks)
        self.clock_box = ClockBox()
        self._header = FilmHeader(self.deck, Watching(self.deck, watcher, tasks, self), self)
        self._presenter = Presenter(self.deck, self.stage, tasks, self)
        self.on_clock = OnClock(self.deck, self._presenter, self.stage.bar, self.clock_box, self)
        self.snapshots = Snapshots(self.deck, self._presenter, stills, tasks, self)
        self._screen = WholeScreen(self.stage, self.body, self)
        self._keys = KeyDriver(
            self.deck,
            self.stage.transport,
            self.clock_box,
            {
                KeyCommand.SNAPSHOT: self.snapshots.take,
                KeyCommand.FULL_SCREEN: self._screen.toggle,
                KeyCommand.LEAVE_FULL_SCREEN: self._screen.leave,
            },
        )
        self.head.addWidget(self.clock_box)
        self.lab_mark.setObjectName("film_lab")
        self.setFocusProxy(self.stage.picture)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._connect()
        self._retranslate_own()
        self.clear()

    # -- what the window asks for ------------------------------------------------

    @property
    def frame(self) -> SeenFrame | None:
        """Return the picture on screen, None while there is none; of an exact still its own time."""
        part, still = self.deck.mount.shown, self.deck.desk.current
        if part is None or self.stage.picture.image.isNull():
            return None
        moving_s = min(part.inside(self.deck.position_s), part.facts.last_frame_pts_s)
        return SeenFrame(part.film.path, moving_s if still is None else still.pts_s)

    def show_film(
        self, path: Path, facts: FilmFacts, *, starts_at: datetime | None, lab: bool, adjusted_s: float = 0.0
    ) -> None:
        """Open a film and stand on its first frame.

        Args:
            path: a local film that was inspected.
            facts: the inspection's.
            starts_at: instant of its first frame, None when unknown.
            lab: mark it as the lab's.
            adjusted_s: a person's correction of ``starts_at``.
        """
        self.show_films((PlacedFilm(path, facts, starts_at),), lab=lab, adjusted_s=adjusted_s)

    def show_films(self, films: Sequence[PlacedFilm], *, lab: bool, adjusted_s: float = 0.0) -> None:
        """Open several films as one, laid out on the clock by their starts, and stand on the first frame.

        Args:
            films: local films that were inspected, at least one.
            lab: mark them as the lab's.
            adjusted_s: a person's correction of their starts.
        """
        reel = reel_of(films)
        clock = FilmClock(reel.parts[0].film.starts_at, reel.duration_s, adjusted_s)
        self._set_film(reel, clock, lab=lab)

    def show_download(self, path: Path, done_bytes: int, total_bytes: int) -> None:
        """Say how far the download of a film is that is looked at already."""
        self._header.show_download(path, done_bytes, total_bytes)

    def use_download(self, path: Path, *, verified: bool) -> None:
        """Read a film from the file from now on; ``verified``: its bytes were compared with S3's checksum."""
        if path == self._presenter.path:
            complete = _("The download is complete; S3 has no checksum to compare it with.")
            self._presenter.show_notice(_("The download is complete and verified.") if verified else complete)
        self.deck.use_download(path)
        self._show_header()

    def set_offset(self, path: Path, adjusted_s: float) -> None:
        """Take over a correction that was recorded for the film shown; one that is being made wins."""
        self.on_clock.set_offset(path, adjusted_s)

    def set_markers(self, markers: list[Marker]) -> None:
        """Show events on the seek bar; those outside the film are left out."""
        self.on_clock.set_markers(markers)

    def seek_wall(self, at: datetime) -> None:
        """Go to an instant; before or after the film its nearest end is shown."""
        self.on_clock.seek(at)

    def seek_end(self) -> None:
        """Go to the last frame."""
        self.deck.to_end()

    def clear(self, why: str = "") -> None:
        """Show no film, and why there is none; empty while one may still come."""
        self._presenter.no_film_because(why)
        self._set_film(None, FilmClock(None, 0.0), lab=False)

    def compare(self, left: ComparedRun, right: ComparedRun) -> None:
        """Show two films side by side on one clock; the comparison shown before is closed."""
        self.comparisons.show(left, right, self)

    async def aclose(self) -> None:
        """Stop playing, close the film, wait for the players' threads."""
        self._screen.leave()
        await self.comparisons.aclose()
        ended = asyncio.wrap_future(self.deck.close())
        # In one go: a film that is opened in between would be asked for thumbnails, and closed under them.
        self._presenter.thumbnails.forget()
        await self.deck.desk.aclose()
        await asyncio.wait({ended}, timeout=CLOSE_LIMIT_S)
        if not ended.done():
            _LOG.warning("a film player did not end within %s s", CLOSE_LIMIT_S)

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = key_command(event.key(), event.modifiers())
        if command is None or self.deck.mount.facts is None:
            super().keyPressEvent(event)
        else:
            self._keys.run(command)

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
        self._presenter.show_words()
        self._show_header()

    # -- wiring ----------------------------------------------------------------------

    def _connect(self) -> None:
        deck, stage, transport, keys = self.deck, self.stage, self.stage.transport, self._keys
        deck.position_changed.connect(self.position_changed)
        stage.picture.shown_changed.connect(self.frame_changed)
        self._header.changed.connect(self._show_header)
        self.on_clock.adjusted.connect(self.clock_adjusted)
        self.clock_box.left.connect(stage.picture.setFocus)
        self._screen.key_pressed.connect(self.keyPressEvent)
        self._screen.left.connect(self.setFocus)
        stage.picture.clicked.connect(keys.play_pause)
        stage.picture.offer_taken.connect(self.open_requested)
        stage.picture.double_clicked.connect(self._screen.toggle)
        stage.bar.seek_requested.connect(deck.seek)
        stage.strip.seek_requested.connect(deck.seek)
        transport.first.connect(keys.first)
        transport.back.connect(keys.frame_back)
        transport.play_pause.connect(keys.play_pause)
        transport.forward.connect(keys.frame_on)
        transport.last.connect(deck.to_end)
        transport.loop_cleared.connect(deck.moving.clear_loop)
        transport.snapshot.connect(self.snapshots.take)
        transport.full_screen.connect(self._screen.toggle)
        transport.rate_chosen.connect(deck.moving.set_rate)
        transport.skip_idle_changed.connect(deck.moving.set_skip_idle)

    def _set_film(self, reel: Reel | None, clock: FilmClock, *, lab: bool) -> None:
        self.on_clock.begin_film(clock if reel is not None else None)
        self.snapshots.forget()
        if reel is not None:
            self.deck.open(reel)
        else:
            self.deck.clear()
        self._header.begin_film()
        self._presenter.set_film(clock, lab=lab)
        self.lab_mark.setVisible(lab)
        self._show_header()

    def _show_header(self) -> None:
        self.subtitle.set_whole(self._header.text)

    def _retranslate_own(self) -> None:
        self.clock_box.retranslate()
        self.stage.transport.retranslate()
        self.stage.bar.setAccessibleName(_("Position in the film"))
        self.stage.picture.setAccessibleName(_("Film"))


def make_film_panel(
    parent: QWidget | None,
    *,
    stills: StillsPort,
    tasks: TaskScope,
    playback: PlaybackFactory,
    prefer: str = "auto",
    watcher: FilmWatcher | None = None,
) -> FilmPanel:
    """Return the panel with its players; libvlc and PyAV are loaded when a film is first opened or played.

    Args:
        parent: the window or None.
        stills: exact frames, for example ``rdpgui.media.still_service.StillService``.
        tasks: where requests run.
        playback: the decoder thread, for example ``rdpgui.media.playback.FilmPlayback``.
        prefer: ``auto`` plays with libvlc and falls back to PyAV; ``pyav`` never loads libvlc.
        watcher: looks at every picture of long films, for example ``rdpgui.media.film_watch.FilmWatch``.
    """
    pyav: BackendFactory = partial(PyavBackend, playback)
    factories: list[BackendFactory] = [pyav] if prefer == "pyav" else [VlcBackend, pyav]
    return FilmPanel(parent, backend_factories=factories, stills=stills, tasks=tasks, watcher=watcher)
