"""Runs the presentation: which run, which step, which moment, and whether it goes on by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.replay import Replay, replay_of
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.refusals import refusals
from rdpgui.ui.show import pace
from rdpgui.ui.show.pictures import ShowPictures
from rdpgui.ui.show.playhead import Mark
from rdpgui.ui.show.scene import Step
from rdpgui.ui.show.show_window import ShowWindow
from rdpgui.ui.show.story import Told, scene_of
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.show.port import FrameDesk
    from rdpgui.ui.stage.port import PicturePort

_TICK_MS = 100
_BEGIN_LIMIT_S = 30.0
"""So long a new run may take to begin, before the one before it is shown again."""
SHOWN_DISRUPTION = DisruptionId.OS_SHUTDOWN
"""What a new run in the lab does: the article's second row, with a shutdown that is seen."""


class Director(QObject):
    """Shows the run that is looked at on the whole screen.

    Args:
        window: the program's. looked: the newest snapshot. commands: what is ordered.
        pictures: reads picture files. frames: reads films; None where nothing can.

    Attributes:
        view: the window of the presentation, made when it is first opened.
    """

    def __init__(
        self, window: MainWindow, looked: LookedAt, commands: Commands, pictures: PicturePort, frames: FrameDesk | None
    ) -> None:
        super().__init__(window)
        self._window, self._looked, self._commands = window, looked, commands
        self._pictures = ShowPictures(looked, pictures, frames, self)
        self.view: ShowWindow | None = None
        self.step = Step.QUESTION
        self.playing = False
        self._run_id: RunId | None = None
        self._asked: RunId | None = None
        self._replay: Replay | None = None
        self._at: datetime | None = None
        self._entered_mono_s = 0.0
        self._wanted, self._ordered_mono_s = False, 0.0  # a new run: wanted, then ordered, and not begun yet
        self._was_live = False
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._pictures.changed.connect(self._render)

    # -- opening and leaving -------------------------------------------------------

    def open(self) -> None:
        """Show the run that is looked at, from the question on."""
        if self.view is None:
            self.view = self._make_view()
        self._run_id, self._asked, self._replay, self._at = None, None, None, None
        self.playing = self._wanted = False
        self._enter(Step.QUESTION)
        self._follow()
        self.view.open()
        self._tick.start()
        self._render()

    def _make_view(self) -> ShowWindow:
        view = ShowWindow(self._window)
        view.stepped.connect(self.go)
        view.play_requested.connect(self.play)
        view.run_requested.connect(self.start_run)
        view.stop_requested.connect(self._commands.runs.emergency_stop)
        view.playhead.moved_to.connect(self.show_moment)
        view.left.connect(self._on_left)
        return view

    def _on_left(self) -> None:
        self._tick.stop()
        self.playing = self._wanted = False
        self._ordered_mono_s = 0.0
        self._pictures.forget()

    # -- what the person does ------------------------------------------------------

    def go(self, steps: int) -> None:
        """Go on or back by so many steps."""
        wanted = Step(min(max(self.step + steps, Step.QUESTION), Step.VERDICT))
        if wanted is not self.step:
            self._enter(wanted)
            self._render()

    def show_moment(self, at: datetime) -> None:
        """Show a moment of a run that is over; the step is the one that it belongs to."""
        if self._replay is not None:
            self.playing = False
            self.step, self._at = pace.step_of(self._replay, at), at
            self._entered_mono_s = self._now_s() - pace.FILM_TAIL_S
            self._render()

    def play(self) -> None:
        """Go on by itself, or hold. In the lab, without any run to show, a new one is made."""
        if not self.playing and self._whole() is None and self._can_run():
            self.start_run()
            return
        self.playing = not self.playing
        if self.playing:
            if self.step is Step.VERDICT:
                self._enter(Step.QUESTION)
            self._entered_mono_s = self._now_s()
        self._render()

    def start_run(self) -> None:
        """Tell it all anew with a new run, which is made when its step comes. Only in the lab."""
        if self._can_run():
            self._run_id, self._replay, self._wanted, self.playing = None, None, True, True
            self._pictures.forget()
            self._enter(Step.QUESTION)
            self._render()

    def _can_run(self) -> bool:
        """Whether a new run may be made: in the lab, on an instance that may be armed, while nothing else goes on."""
        state, window = self._looked.state, self._window
        instance_id = window.ui_state.instance_id
        if state.place is None or not state.place.lab or instance_id is None or state.active_runs:
            return False
        now = self._looked.moment().at
        return not state.emergency and refusals(state, instance_id, now, window.settings.allow_tag).arm is None

    # -- the run ---------------------------------------------------------------------

    def _current(self) -> RunState | None:
        """Return the run that is told of; none between the order of a new one and its begin."""
        run = self._looked.run
        if self._ordered_mono_s and run is not None and run.active:
            self._ordered_mono_s = 0.0
        waits = self._wanted or 0 < self._now_s() - self._ordered_mono_s < _BEGIN_LIMIT_S
        return None if waits and (run is None or not run.active) else run

    def _follow(self) -> None:
        """Look which run it is, and read it once more when it is over."""
        run = self._current()
        run_id = run.run_id if run is not None else None
        if run_id != self._run_id:
            self._run_id, self._asked, self._replay, self._at = run_id, None, None, None
            self._was_live = False
            self._pictures.forget()
        if run is not None and run.active:
            self._was_live = True
        elif run is not None and self._asked != run_id:
            self._asked = run.run_id
            self._commands.records.read_events(run.run_id, partial(self._on_events, run.run_id))
        self._pictures.use(run)

    def _on_events(self, run_id: RunId, events: tuple[RunEvent, ...]) -> None:
        if run_id != self._run_id:
            return
        self._replay = replay_of(events)
        if self._replay is not None and self._at is None:
            live = self._was_live and self.step is Step.LIVE  # who saw it live is not thrown back to its begin
            self._at = self._replay.end_at if live else pace.moment_of(self._replay, self.step)
        self._render()

    def _whole(self) -> RunState | None:
        run = self._current()
        return self._looked.as_seen(run) if run is not None and run.run_id == self._run_id else None

    def _told(self) -> Told:
        whole, state = self._whole(), self._looked.state
        here = state.place is not None and state.place.lab
        at = self._at if self._replay is not None and self._at is not None else self._looked.moment().at
        if whole is None:
            return Told(None, None, at, lab=here)
        known = self._replay.at(at) if self._replay is not None else whole
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

    # -- time --------------------------------------------------------------------------

    def _now_s(self) -> float:
        return self._looked.moment().mono_s

    def _enter(self, step: Step) -> None:
        self.step, self._entered_mono_s = step, self._now_s()
        if self._replay is not None:
            self._at = pace.moment_of(self._replay, step)

    def _on_tick(self) -> None:
        self._begin_new_run()
        self._follow()
        if self.playing:
            self._go_on(self._now_s() - self._entered_mono_s)
        self._render()

    def _begin_new_run(self) -> None:
        """Make the new run when its step has come."""
        if not self._wanted or self.step < Step.LIVE:
            return
        self._wanted = False
        instance_id = self._window.ui_state.instance_id
        if instance_id is not None and self._can_run():
            self._ordered_mono_s = self._now_s()
            self._window.ui_state.select_session(None)
            self._window.ui_state.select_run(None)
            self._commands.runs.arm(instance_id)
            self._commands.runs.run(SHOWN_DISRUPTION, instance_id, AccessType.STANDARD, by_hand=False)

    def _go_on(self, since_s: float) -> None:
        """Move what moves by itself, and go to the next step when this one has been seen."""
        replay, whole = self._replay, self._whole()
        if self.step is Step.LIVE:
            if replay is not None and whole is not None:
                self._at = max(self._at or replay.begin_at, pace.live_at(replay, since_s))
            over = replay is not None and since_s >= pace.live_length_s(replay)
            if over and not (whole is not None and whole.active):
                self._enter(Step.FILM)
        elif since_s >= pace.READ_S[self.step]:
            if self.step is Step.VERDICT:
                self.playing = False
            else:
                self._enter(Step(self.step + 1))

    # -- rendering -----------------------------------------------------------------------

    def _render(self) -> None:
        view = self.view
        if view is None or not view.isVisible():
            return
        told = self._told()
        self._wish(told)
        scene = replace(scene_of(self.step, told), caption=self._pictures.caption)
        if self._pictures.problem:
            scene = replace(scene, instead=self._pictures.problem)
        view.canvas.show_scene(scene)
        if view.canvas.image is not self._pictures.image:
            view.canvas.show_image(self._pictures.image, lab=told.lab)
        self._render_time(view, told)
        running = bool(self._looked.state.active_runs)
        view.show_state(
            first=self.step is Step.QUESTION,
            last=self.step is Step.VERDICT,
            playing=self.playing,
            can_run=not self._wanted and self._can_run(),
            running=running,
        )

    def _wish(self, told: Told) -> None:
        """Wish for the picture of the step."""
        if self.step is Step.LIVE and told.whole is not None:
            if told.whole.active:
                self._pictures.newest(told.whole)
            elif told.film:
                self._pictures.film_at(told.at)
        elif self.step is Step.FILM and told.film:
            end_at = self._pictures.film_end_at
            left_s = pace.FILM_TAIL_S - (self._now_s() - self._entered_mono_s)
            if end_at is not None and left_s > 0:
                self._pictures.film_at(end_at - timedelta(seconds=left_s))
            else:
                self._pictures.last_frame()
        elif self.step is Step.VERDICT and told.film:
            self._pictures.last_frame()
        elif self.step in (Step.LIVE, Step.FILM):
            self._pictures.nothing()

    def _render_time(self, view: ShowWindow, told: Told) -> None:
        replay = self._replay
        view.playhead.setVisible(replay is not None)
        if replay is None:
            return
        marks = marks_of(replay.states[-1], replay)
        view.playhead.show_run(replay.begin_at, replay.end_at, marks)
        view.playhead.show_at(told.at)


def marks_of(run: RunState, replay: Replay) -> tuple[Mark, ...]:
    """Return what is marked on the time of a run."""
    marks = []
    intent = run.disruption_intent
    if intent is not None:
        marks.append(Mark(intent.at, Tone.BAD, labels.run_name(run)))
    if run.first_left_at is not None:
        marks.append(Mark(run.first_left_at, Tone.WARN, _("Session over")))
    if replay.film_at is not None:
        marks.append(Mark(replay.film_at, Tone.INFO, _("Film")))
    if replay.verdict_at is not None and run.verdict is not None:
        marks.append(Mark(replay.verdict_at, labels.tone(run.verdict.value), labels.word(run.verdict.value)))
    return tuple(marks)
