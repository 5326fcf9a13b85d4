"""The film panel: motion while it plays, an exact still whenever it stands, everything on the wall clock."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.film import FilmFacts
from rdpgui.i18n import N_, _
from rdpgui.ui.film_port import ComparedRun, Marker, PlacedFilm, SeenFrame
from rdpgui.ui.player.backend import BackendFactory, PlaybackFactory
from rdpgui.ui.player.clock_box import ClockBox
from rdpgui.ui.player.deck import Deck
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.film_text import time_text
from rdpgui.ui.player.key_driver import KeyDriver
from rdpgui.ui.player.keys import KeyCommand, key_command
from rdpgui.ui.player.presenter import Presenter
from rdpgui.ui.player.pyav_backend import PyavBackend
from rdpgui.ui.player.reel import Reel, reel_of
from rdpgui.ui.player.seek_bar import BarMarker
from rdpgui.ui.player.snapshot import Snapshots
from rdpgui.ui.player.stage import FullScreen, Stage
from rdpgui.ui.player.stills_port import StillsPort
from rdpgui.ui.player.vlc_backend import VlcBackend
from rdpgui.ui.player.watching import FilmWatcher, Watching
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.widgets.card import Card

if TYPE_CHECKING:
    from rdpgui.ui.player.compare_window import CompareWindow

_LOG = logging.getLogger(__name__)
CLOSE_LIMIT_S = 1.5


class FilmPanel(Card):
    """Plays the film of a run.

    Args:
        backend_factories: players in the order of preference.
        stills: exact frames. tasks: where requests for them run. watcher: looks at every picture of long films.

    Attributes:
        deck: the film's state. stage: what is shown of it. clock_box: where it lies on the wall clock.

    Signals:
        position_changed: seconds from the film's start. frame_changed: a picture is on screen now, or none any more.
        snapshot_taken: path of a PNG. marker_clicked: the marker's instant.
        clock_adjusted: the film's path and a person's correction of its clock, seconds; a while after the last change.
    """

    position_changed = Signal(float)
    frame_changed = Signal()
    snapshot_taken = Signal(str)
    marker_clicked = Signal(datetime)
    clock_adjusted = Signal(object, float)

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
        self._stills, self._tasks = stills, tasks
        self._comparison: CompareWindow | None = None
        self.deck = Deck(backend_factories, stills, tasks, self)
        self.stage = Stage(tasks)
        self._presenter = Presenter(self.deck, self.stage, Watching(self.deck, watcher, tasks, self), tasks, self)
        self._snapshots = Snapshots(stills, tasks, self)
        self._snapshot_wanted = False
        self._recorded_s = 0.0
        self._markers: list[Marker] = []
        self._inside: list[Marker] = []
        self._full_screen: FullScreen | None = None
        self.clock_box = ClockBox()
        self._keys = KeyDriver(
            self.deck,
            self.stage.transport,
            self.clock_box,
            {
                KeyCommand.SNAPSHOT: self.save_snapshot,
                KeyCommand.FULL_SCREEN: self.toggle_full_screen,
                KeyCommand.LEAVE_FULL_SCREEN: self.leave_full_screen,
            },
        )
        self.head.addWidget(self.clock_box)
        self.body.addWidget(self.stage, 1)
        self.lab_mark.setObjectName("film_lab")
        self.setFocusProxy(self.stage.picture)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._connect()
        self._retranslate_own()
        self.clear()

    # -- what the window asks for ------------------------------------------------

    @property
    def frame(self) -> SeenFrame | None:
        """Return the picture on screen, None while there is none."""
        part = self.deck.mount.shown
        if part is None or self.stage.picture.image.isNull():
            return None
        return SeenFrame(part.film.path, self.deck.shown_s)

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
        self._recorded_s = adjusted_s

    def show_download(self, path: Path, done_bytes: int, total_bytes: int) -> None:
        """Say how far the download of a film is that is looked at already."""
        self._presenter.show_download(path, done_bytes, total_bytes)

    def use_download(self, path: Path, *, verified: bool) -> None:
        """Read a film from the file from now on; ``verified``: its bytes were compared with S3's checksum."""
        if path == self._presenter.path:
            complete = _("The download is complete; S3 has no checksum to compare it with.")
            self._presenter.show_notice(_("The download is complete and verified.") if verified else complete)
        self.deck.use_download(path)
        self._show_header()

    def set_offset(self, path: Path, adjusted_s: float) -> None:
        """Take over a correction that was recorded for the film shown; one that is being made wins.

        So does one that was made and is not recorded yet: what was recorded before it says nothing new.
        """
        shown = self.deck.mount.reel is not None and path in {part.film.path for part in self.deck.mount.reel.parts}
        if not shown or adjusted_s == self._recorded_s:
            return
        self._recorded_s = adjusted_s
        if adjusted_s != self._presenter.clock.adjusted_s and not self.clock_box.pending:
            self._move_clock(adjusted_s)
            self.clock_box.set_clock(self._presenter.clock)

    def set_markers(self, markers: list[Marker]) -> None:
        """Show events on the seek bar; those outside the film are left out."""
        self._markers = markers
        clock = self._presenter.clock
        placed = ((marker, clock.film_s(marker[0])) for marker in markers)
        inside = [(marker, at_s) for marker, at_s in placed if at_s is not None and clock.holds(at_s)]
        self._inside = [marker for marker, _at_s in inside]
        self._presenter.hovering.set_markers(self._inside)
        self.stage.bar.set_markers(tuple(BarMarker(at_s, text, kind) for (_at, text, kind), at_s in inside))

    def seek_wall(self, at: datetime) -> None:
        """Go to an instant; before or after the film its nearest end is shown."""
        at_s = self._presenter.clock.film_s(at)
        if at_s is not None:
            self._seek_told(at_s)

    def seek_end(self) -> None:
        """Go to the last frame."""
        self.deck.to_end()

    def clear(self, why: str = "") -> None:
        """Show no film, and why there is none; empty while one may still come."""
        self._presenter.no_film_because(why)
        self._set_film(None, FilmClock(None, 0.0), lab=False)

    def compare(self, left: ComparedRun, right: ComparedRun) -> None:
        """Show two films side by side on one clock; the comparison shown before is closed."""
        from rdpgui.ui.player.compare_window import CompareWindow

        if self._comparison is not None:
            self._comparison.close()
        self._comparison = CompareWindow((left, right), self._stills, self._tasks, self)
        self._comparison.closed.connect(self._on_comparison_closed)
        self._comparison.start()

    def settle(self) -> None:
        """Tell a correction of the clock that is under way now."""
        self.clock_box.settle()

    async def aclose(self) -> None:
        """Stop playing, close the film, wait for the players' threads."""
        self.leave_full_screen()
        if self._comparison is not None:
            await self._comparison.aclose()
        ended = asyncio.wrap_future(self.deck.close())
        # In one go: a film that is opened in between would be asked for thumbnails, and closed under them.
        self._presenter.forget_stills()
        await self.deck.desk.aclose()
        await asyncio.wait({ended}, timeout=CLOSE_LIMIT_S)
        if not ended.done():
            _LOG.warning("a film player did not end within %s s", CLOSE_LIMIT_S)

    # -- what keys and buttons ask for ---------------------------------------------

    def save_snapshot(self) -> None:
        """Save the frame that stands; a playing film is stopped on it first."""
        self._snapshot_wanted = True
        if self.deck.playing:
            self.deck.pause()
        elif not self.deck.desk.waiting:
            self._save_wanted_snapshot()

    def toggle_full_screen(self) -> None:
        """Go to full screen or back."""
        if self._full_screen is not None:
            self.leave_full_screen()
            return
        self._full_screen = FullScreen(_("Recording"))
        self._full_screen.key_pressed.connect(self.keyPressEvent)
        self._full_screen.closed.connect(self.leave_full_screen)
        self._full_screen.take(self.stage)

    def leave_full_screen(self) -> None:
        """Come back into the window."""
        window, self._full_screen = self._full_screen, None
        if window is not None:
            self.body.addWidget(self.stage, 1)
            window.close()
            window.deleteLater()
            self.setFocus()

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
        self.stage.picture.shown_changed.connect(self.frame_changed)
        deck.still_picture.connect(self._save_wanted_snapshot)
        self._presenter.header_changed.connect(self._show_header)
        self._snapshots.saved.connect(self._on_snapshot)
        self._snapshots.failed.connect(self._presenter.show_error)
        stage.picture.clicked.connect(keys.play_pause)
        stage.picture.double_clicked.connect(self.toggle_full_screen)
        stage.bar.seek_requested.connect(deck.seek)
        stage.bar.marker_requested.connect(self._on_marker)
        stage.strip.seek_requested.connect(deck.seek)
        transport.first.connect(keys.first)
        transport.back.connect(keys.frame_back)
        transport.play_pause.connect(keys.play_pause)
        transport.forward.connect(keys.frame_on)
        transport.last.connect(deck.to_end)
        transport.loop_cleared.connect(deck.moving.clear_loop)
        transport.snapshot.connect(self.save_snapshot)
        transport.full_screen.connect(self.toggle_full_screen)
        transport.rate_chosen.connect(deck.moving.set_rate)
        transport.skip_idle_changed.connect(deck.moving.set_skip_idle)
        self.clock_box.seek_requested.connect(self._seek_told)
        self.clock_box.not_a_time.connect(self._on_not_a_time)
        self.clock_box.left.connect(self.stage.picture.setFocus)
        self.clock_box.offset_changed.connect(self._move_clock)
        self.clock_box.offset_settled.connect(self._on_offset_settled)

    def _set_film(self, reel: Reel | None, clock: FilmClock, *, lab: bool) -> None:
        self.clock_box.set_film(clock if reel is not None else None)
        self._snapshot_wanted = False
        self._markers, self._inside = [], []
        if reel is not None:
            self.deck.open(reel)
        else:
            self.deck.clear()
        self._presenter.set_film(clock, lab=lab)
        self.lab_mark.setVisible(lab)
        self._show_header()

    def _show_header(self) -> None:
        self.subtitle.set_whole(self._presenter.header)

    def _seek_told(self, at_s: float) -> None:
        """Go to a time; say so when nothing was recorded then, because the nearest picture is of another time."""
        self.deck.seek(at_s)
        if self.deck.mount.reel is not None and not self.deck.mount.reel.holds(at_s):
            asked = time_text(self._presenter.clock, at_s)
            text = _("Nothing was recorded at {time}: this is the nearest picture.")
            self._presenter.show_notice(text.format(time=asked))

    def _on_not_a_time(self) -> None:
        self._presenter.show_notice(_("Type a time such as 14:03:06.8, or +12.5 for seconds from the start."))

    def _move_clock(self, adjusted_s: float) -> None:
        self._presenter.set_clock(self._presenter.clock.adjusted(adjusted_s))
        self.set_markers(self._markers)

    def _on_offset_settled(self, adjusted_s: float) -> None:
        if self._presenter.path is not None:
            self.clock_adjusted.emit(self._presenter.path, adjusted_s)

    def _on_comparison_closed(self) -> None:
        self._comparison = None

    def _on_marker(self, at: int) -> None:
        instant = self._inside[at][0]
        self.seek_wall(instant)
        self.marker_clicked.emit(instant)

    def _on_snapshot(self, path: str) -> None:
        self._presenter.show_notice(_("Saved as {name}.").format(name=Path(path).name))
        self.snapshot_taken.emit(path)

    def _save_wanted_snapshot(self) -> None:
        path, still = self._presenter.path, self.deck.desk.current
        if self._snapshot_wanted and path is not None and still is not None:
            self._snapshot_wanted = False
            self._snapshots.save(path, still, self._presenter.part_clock, lab=self._presenter.lab)

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
