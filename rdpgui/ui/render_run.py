"""From the run that is looked at to its panels: verdict, recording, film and timeline."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rdpgui.core.ids import RunId
from rdpgui.core.standing import seen_until
from rdpgui.core.state import RunState
from rdpgui.core.testimony import may_testify, may_withdraw
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.film_port import FilmView, Marker
from rdpgui.ui.lanes import lanes_of
from rdpgui.ui.run_files import why_no_film

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.watched_sessions import WatchedSessions

_TICK_MS = 500


class RunRenderer(QObject):
    """Renders one run, and moves its timeline while it goes on.

    Args:
        window: its experiment page and actions. looked: which run it is. film: the film panel.
        changes: what was rendered last. watched: what is said of sessions without a run.
    """

    def __init__(
        self, window: MainWindow, looked: LookedAt, film: FilmView, changes: Changes, watched: WatchedSessions
    ) -> None:
        super().__init__(window)
        self._page, self._actions = window.experiment, window.actions_by_name
        self._looked = looked
        self._watched = watched
        self._film = film
        self._changed = changes.changed
        self._film_zero_at: datetime | None = None
        self._shown_film: tuple[RunId, tuple[Path, ...]] | None = None
        self._why_no_film = ""
        self._let_go: frozenset[RunId] = frozenset()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._render_timeline)
        film.position_changed.connect(self._on_film_position)
        film.frame_changed.connect(self._render_witness)

    def parts(self) -> Iterator[None]:
        """Show the run as it is, panel after panel: between two of them another may be looked at."""
        run = self._run_now()
        if self._changed("verdict", run):
            self._page.verdict.show_run(run, self._looked.files.still_of(run) if run else None)
            yield
        run = self._run_now()
        if self._changed("film", run):
            self._render_film(run)
            yield
        self._render_recording(self._run_now())
        yield
        run = self._looked.run
        self._render_witness()
        self._render_timeline()
        if run is not None and run.active:
            self._tick.start()
        else:
            self._tick.stop()
        yield

    def _run_now(self) -> RunState | None:
        run = self._looked.run
        return self._looked.as_seen(run) if run is not None else None

    def _render_recording(self, run: RunState | None) -> None:
        """Show the status of the run's recording; of a chosen session that has no run, what the watchers know."""
        panel, alone = self._page.recording, self._watched.chosen
        if alone is not None:
            said = self._watched.said_of(alone)
            if self._changed("recording", None, alone, said):
                statement, instead, fields = said
                panel.show_statement(statement, may_enter=False, instead=instead, fields=fields)
                panel.show_witness(None, None)
                panel.show_subtitle(_("no run: no verdict"))
        elif self._changed("recording", run, None, None):
            panel.show_statement(run.statement if run else None, may_enter=run is not None)
            panel.show_witness(run, self._looked.files.witness_of(run) if run else None)
            panel.show_subtitle("")

    def _render_witness(self) -> None:
        """Let a person say what is seen only while it is seen, and take it back until the next run."""
        run, actions = self._looked.run, self._actions
        over = run is not None and not run.is_open
        can_say = run is not None and may_testify(run) and self._looked.frame_of_run() is not None
        can_undo = run is not None and may_withdraw(self._looked.state, run)
        if not self._changed("witness", can_say, can_undo, over, run is not None):
            return
        for name in ("run-again", "hand-in"):
            actions.set_enabled(name, over, _("There is no run that is over"))
        actions.set_enabled("remark", run is not None, _("There is no run"))
        self._page.verdict.show_witness(can_say=can_say, can_undo=can_undo)
        for name in ("see-yes", "see-no"):
            actions.set_enabled(name, can_say, _("Only while this run's film is on screen"))
        actions.set_enabled("see-undo", can_undo, _("There is nothing that can be taken back"))

    def _render_film(self, run: RunState | None) -> None:
        if run is None or run.run_id not in self._let_go:
            self._let_go = frozenset()
        films = self._looked.files.films_of(run) if run and not self._let_go else ()
        if run is None or not films:
            why = why_no_film(run)
            if self._shown_film is not None or why != self._why_no_film:
                self._film.clear(why)
                self._page.timeline.show_playhead(None)
            self._shown_film, self._why_no_film = None, why
            return
        starts = [film.starts_at for film in films if film.starts_at is not None]
        offset = timedelta(seconds=run.film_offset_s)
        self._film_zero_at = min(starts) + offset if starts else None
        shown = (run.run_id, tuple(film.path for film in films))
        if self._shown_film == shown:
            self._film.set_offset(films[0].path, run.film_offset_s)
            return
        self._shown_film, self._why_no_film = shown, ""
        lanes, _line = lanes_of(run, self._looked.moment().at)
        self._film.show_films(films, lab=run.plan.lab, adjusted_s=run.film_offset_s)
        markers: list[Marker] = [(mark.at, mark.text, mark.tone.value) for lane in lanes for mark in lane.marks]
        self._film.set_markers(markers)
        self._film.seek_end()

    def _render_timeline(self) -> None:
        run, panel = self._looked.run, self._page.timeline
        if run is None:
            panel.show_lanes("", (), None, None)
            return
        if not run.active and not self._changed("timeline", run):
            return
        name = self._looked.name_of(run.plan.instance_id)
        kind = f"{labels.run_name(run)} × {labels.access_name(run)}"
        now = self._looked.moment()
        lanes, line = lanes_of(run, now.at, seen_until(self._looked.state, run, now))
        air = max(timedelta(seconds=0.5), (line.end_at - line.begin_at) / 50)
        panel.show_lanes(f"{name} · {kind}", lanes, line.begin_at - air, line.end_at + air)

    def _on_film_position(self, position_s: float) -> None:
        at = None if self._film_zero_at is None else self._film_zero_at + timedelta(seconds=position_s)
        self._page.timeline.show_playhead(at)

    def let_go_of(self, run_ids: Sequence[RunId]) -> None:
        """Close what is shown of runs that are about to be deleted, and open none of it until another run is shown."""
        self._let_go = frozenset(run_ids)
        run = self._looked.run
        if run is not None and run.run_id in run_ids:
            self._film.clear()
