"""The run that is told of: which one it is, what is known of it as a whole, and what was known at a moment."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.replay import Replay, replay_of
from rdpgui.core.state import RunState
from rdpgui.ui.show import pace
from rdpgui.ui.show.scene import Step
from rdpgui.ui.show.story import Told

if TYPE_CHECKING:
    from rdpgui.ui.commands import ReadingPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.show.new_run import NewRun
    from rdpgui.ui.show.pictures import ShowPictures


class Subject(QObject):
    """Follows the run that is looked at; one that is over is read once more, and can be told at any of its moments.

    Args:
        looked: which run it is. reading: reads its events. pictures: take its film. new_run: may be awaited instead.

    Signals:
        known: the whole of a run that is over was read.

    Attributes:
        replay: of a run that is over, None while it goes on and until it is read.
        at: which moment is told; None until there is a replay.
    """

    known = Signal()

    def __init__(
        self, looked: LookedAt, reading: ReadingPort, pictures: ShowPictures, new_run: NewRun, parent: QObject
    ) -> None:
        super().__init__(parent)
        self.replay: Replay | None = None
        self.at: datetime | None = None
        self._looked, self._reading, self._pictures, self._new_run = looked, reading, pictures, new_run
        self._run_id: RunId | None = None
        self._asked: RunId | None = None
        self._was_live = False

    def forget(self) -> None:
        """Know of no run."""
        self._run_id, self._asked, self.replay, self.at = None, None, None, None
        self._was_live = False

    def follow(self) -> None:
        """Look which run it is, and read it once more when it is over."""
        run = self._current()
        run_id = run.run_id if run is not None else None
        if run_id != self._run_id:
            self.forget()
            self._run_id = run_id
            self._pictures.forget()
        if run is not None and run.active:
            self._was_live = True
        elif run is not None and self._asked != run_id:
            self._asked = run.run_id
            self._reading.read_events(run.run_id, partial(self._on_events, run.run_id))
        self._pictures.use(run)

    def _current(self) -> RunState | None:
        """Return the run that is told of; none between the wish for a new one and its begin."""
        run = self._looked.run
        return None if self._new_run.told_instead_of(run) else run

    def _on_events(self, run_id: RunId, events: tuple[RunEvent, ...]) -> None:
        if run_id == self._run_id:
            self.replay = replay_of(events)
            self.known.emit()

    # -- the moment ----------------------------------------------------------------

    def enter(self, step: Step) -> None:
        """Tell the moment with which a step begins."""
        if self.replay is not None:
            self.at = pace.moment_of(self.replay, step)

    def settle(self, step: Step) -> None:
        """Tell the moment of a step, unless another one is told; who saw it live is not thrown back to its begin."""
        if self.replay is not None and self.at is None:
            live = self._was_live and step is Step.LIVE
            self.at = self.replay.end_at if live else pace.moment_of(self.replay, step)

    def go_on(self, since_s: float) -> bool:
        """Tell what happened so long after the begin of its step; returns whether all of it has been told."""
        replay, whole = self.replay, self.whole()
        if replay is None:
            return False
        if whole is not None:
            self.at = max(self.at or replay.begin_at, pace.live_at(replay, since_s))
        return since_s >= pace.live_length_s(replay) and not (whole is not None and whole.active)

    # -- what is told ----------------------------------------------------------------

    def whole(self) -> RunState | None:
        """Return all that is known of the run, as it looks now."""
        run = self._current()
        return self._looked.as_seen(run) if run is not None and run.run_id == self._run_id else None

    def told(self) -> Told:
        """Return what is told at the moment."""
        whole, state = self.whole(), self._looked.state
        here = state.place is not None and state.place.lab
        at = self.at if self.replay is not None and self.at is not None else self._looked.moment().at
        if whole is None:
            return Told(None, None, at, lab=here)
        known = self.replay.at(at) if self.replay is not None else whole
        return Told(
            known,
            whole,
            at,
            self._name_of(whole),
            lab=whole.plan.lab,
            replayed=not whole.active,
            film=self._pictures.film is not None,
        )

    def _name_of(self, run: RunState) -> str:
        """Return what the instance was called then; it may be called otherwise today, or be gone."""
        then = run.baseline.instance.name if run.baseline is not None else ""
        return then or self._looked.name_of(run.plan.instance_id)
