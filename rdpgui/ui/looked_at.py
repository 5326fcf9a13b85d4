"""The newest snapshot, and what of it is looked at: the run, its film and still, names."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from rdpgui.core.account_events import Topic
from rdpgui.core.freshness import Moment, Sight
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.judging.case import own_film
from rdpgui.core.recording import Basis, RecordingStatus, StatusStatement
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import Session
from rdpgui.core.standing import as_kept, run_now, status_then, topic_sight
from rdpgui.core.state import AppState, RunState
from rdpgui.ui.film_port import ComparedRun, FilmView, SeenFrame
from rdpgui.ui.models.instances import instance_name
from rdpgui.ui.run_files import RunFiles
from rdpgui.ui.state import UiState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


def moment_now() -> Moment:
    """Return now on both clocks: what is shown in the present is judged by it."""
    return Moment(datetime.now(UTC), time.monotonic())


class LookedAt:
    """Answers which run, film and still belong to what a person has chosen.

    Args:
        chosen: the person's choices. film: the film panel. files: of runs.
        read_runs: asks for whole runs that are not in memory.

    Attributes:
        state: the newest snapshot.
        films_gone: runs whose film was verified then and is no longer here, as somebody looked last.
        moment: gives now on both clocks.
    """

    def __init__(
        self, chosen: UiState, film: FilmView, files: RunFiles, read_runs: Callable[[Sequence[RunId]], None]
    ) -> None:
        self._chosen = chosen
        self._film = film
        self.files = files
        self._read_runs = read_runs
        self.state = AppState()
        self.moment: Callable[[], Moment] = moment_now
        self._here: tuple[object, object, tuple[RunSummary, ...]] = (None, None, ())
        self._by_session: tuple[object, dict[SessionId, RunSummary]] = (None, {})
        self._asked: set[RunId] = set()
        self._last_run_id: RunId | None = None
        self._seen: dict[RunId, tuple[RunState | None, frozenset[str], RunState]] = {}
        self._gone: dict[RunId, frozenset[str]] = {}
        self.films_gone: frozenset[RunId] = frozenset()

    def prepare(self) -> None:
        """Ask for the run that shall be looked at, and look at the files of the one that is."""
        self._asked.difference_update(self.state.runs)
        if self.wanted_run_id is not None:
            self.whole([self.wanted_run_id])
        self.look_for_files()

    @property
    def chosen_session_id(self) -> SessionId | None:
        """The session that a person has chosen."""
        return self._chosen.session_id

    @property
    def run(self) -> RunState | None:
        """The run that is looked at; the one before it as long as its journal is being read."""
        runs, wanted = self.state.runs, self.wanted_run_id
        if wanted is None or wanted in runs:
            self._last_run_id = wanted
        return runs.get(self._last_run_id) if self._last_run_id is not None else None

    @property
    def wanted_run_id(self) -> RunId | None:
        """The run that shall be looked at: the chosen one, else the newest active, else the newest of this place."""
        run_id = self._chosen.run_id
        if run_id is not None and (run_id in self.state.runs or self._is_readable(run_id)):
            return run_id
        active = self.state.active_runs
        if active:
            return active[-1].run_id
        return self.lines_here[-1].run_id if self.lines_here else None

    def _is_readable(self, run_id: RunId) -> bool:
        line = self.state.history.get(run_id)
        return line is not None and not line.damage

    @property
    def lines_here(self) -> tuple[RunSummary, ...]:
        """The history of the place that is looked at, oldest first; kept as long as neither changes."""
        state = self.state
        if self._here[0] is not state.history or self._here[1] != state.place:
            self._here = (state.history, state.place, state.history_here)
        return self._here[2]

    @property
    def line_of_session(self) -> Mapping[SessionId, RunSummary]:
        """The newest run of each session of this place; the same mapping as long as it says the same."""
        lines = self.lines_here
        if self._by_session[0] is not lines:
            found = {line.session_id: line for line in lines if line.session_id}
            same = found == self._by_session[1]
            self._by_session = (lines, self._by_session[1] if same else found)
        return self._by_session[1]

    def whole(self, run_ids: Sequence[RunId]) -> tuple[RunState, ...] | None:
        """Return whole runs, None while one of them still has to be read: it is asked for, once."""
        runs = self.state.runs
        missing = [run_id for run_id in run_ids if run_id not in runs]
        if not missing:
            return tuple(runs[run_id] for run_id in run_ids)
        new = [run_id for run_id in missing if run_id not in self._asked]
        if new:
            self._asked.update(new)
            self._read_runs(new)
        return None

    def as_seen(self, run: RunState) -> RunState:
        """Return a run as it may be shown now; the same object as long as nothing more of it ages."""
        seen, gone = run_now(self.state, run, self.moment()), self._gone_of(run)
        if seen is run and not gone:
            return run
        known, without, shown = self._seen.get(run.run_id, (None, gone, run))
        if known is run and without == gone and (gone or shown.statement == seen.statement):
            return shown
        seen = as_kept(seen, gone)
        self._seen[run.run_id] = (run, gone, seen)
        return seen

    def _gone_of(self, run: RunState) -> frozenset[str]:
        """Return which files of a run are no longer in its folder, as somebody looked last."""
        found = self._gone.get(run.run_id)
        if found is None and run.run_id in self.films_gone:
            return frozenset(film.path for film in run.saved)
        return found or frozenset()

    def look_for_files(self) -> None:
        """Look which files of the run that is looked at are still there; while it goes on they come."""
        run = self.run
        missing = self.files.missing_of(run) if run is not None and not run.active else None
        if run is not None and missing is not None:
            self._gone[run.run_id] = missing

    def sight(self, topic: Topic) -> Sight:
        """Return how an account list stands now."""
        return topic_sight(self.state, topic, self.moment())

    def name_of(self, instance_id: str) -> str:
        """Return the name of an instance, else its id."""
        instance = self.state.instances.get(InstanceId(instance_id))
        return instance_name(instance) if instance else instance_id

    def frame_of_run(self) -> SeenFrame | None:
        """Return the picture on screen if it is of a film of the run that is looked at; else nobody is a witness."""
        run, frame = self.run, self._film.frame
        if run is None or frame is None or frame.film not in {film.path for film in self.files.films_of(run)}:
            return None
        return frame

    def run_of_film(self, path: object) -> RunState | None:
        """Return the run whose own recording lies at a path."""
        runs = reversed(tuple(self.state.runs.values()))
        return next((run for run in runs if path in {film.path for film in self.files.films_of(run)}), None)

    def compared(self, run_id: RunId) -> ComparedRun | None:
        """Return what is compared of a run, None when it is gone."""
        run = self.state.runs.get(run_id)
        if run is None:
            return None
        own = own_film(run)
        facts = own.facts if own is not None else None
        name = self.name_of(run.plan.instance_id)
        return ComparedRun(run, name, self.files.film_of(run), facts, self.files.still_of(run))

    def statements(self) -> Callable[[Session], StatusStatement | None]:
        """Return what says of a session what is said of its recording, as of now: thousands are asked for in a row."""
        by_session, runs, gone = self.line_of_session, self.state.runs, self.films_gone

        def of(session: Session) -> StatusStatement | None:
            line = by_session.get(session.session_id)
            if line is None:
                return None
            run = runs.get(line.run_id)
            if run is not None:
                return self.as_seen(run).statement
            if line.recording is None or line.basis is None:
                return None
            if line.run_id in gone:
                return _stated(RecordingStatus.UNKNOWN, Basis.NONE)
            return _stated(status_then(line.recording), line.basis)

        return of

    def statement_of(self, session: Session) -> StatusStatement | None:
        """Return what is said of a session's recording."""
        return self.statements()(session)


@lru_cache(maxsize=64)
def _stated(status: RecordingStatus, basis: Basis) -> StatusStatement:
    """Return a statement without evidence; the same object again, so that who compares need not look inside."""
    return StatusStatement(status, basis)
