"""Runs the presentation: which step, which moment, and whether it goes on by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rdpgui.core.replay import Replay
from rdpgui.core.state import RunState
from rdpgui.i18n import _
from rdpgui.ui import labels
from rdpgui.ui.show import pace
from rdpgui.ui.show.new_run import NewRun
from rdpgui.ui.show.pictures import ShowPictures
from rdpgui.ui.show.playhead import Mark
from rdpgui.ui.show.scene import Step
from rdpgui.ui.show.show_window import ShowWindow
from rdpgui.ui.show.story import Told, scene_of
from rdpgui.ui.show.subject import Subject
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.show.port import FrameDesk
    from rdpgui.ui.stage.port import PicturePort

_TICK_MS = 100


class Director(QObject):
    """Shows the run that is looked at on the whole screen.

    Args:
        window: the program's. looked: the newest snapshot. commands: what is ordered.
        pictures: reads picture files. frames: reads films; None where nothing can.

    Attributes:
        view: the window of the presentation, made when it is first opened. step: where it is.
        playing: it goes on by itself. subject: the run that is told of. new_run: one that it makes itself.
    """

    def __init__(
        self, window: MainWindow, looked: LookedAt, commands: Commands, pictures: PicturePort, frames: FrameDesk | None
    ) -> None:
        super().__init__(window)
        self._window, self._looked = window, looked
        self._stop = commands.runs.emergency_stop
        self._pictures = ShowPictures(looked, pictures, frames, self)
        self.new_run = NewRun(window, looked, commands.runs)
        self.subject = Subject(looked, commands.reading, self._pictures, self.new_run, self)
        self.view: ShowWindow | None = None
        self.step = Step.QUESTION
        self.playing = False
        self._entered_mono_s = 0.0
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._on_tick)
        self._pictures.changed.connect(self._render)
        self.subject.known.connect(self._on_known)

    # -- opening and leaving -------------------------------------------------------

    def open(self) -> None:
        """Show the run that is looked at, from the question on."""
        if self.view is None:
            self.view = self._make_view()
        self.subject.forget()
        self.playing = self.new_run.wanted = False
        self._enter(Step.QUESTION)
        self.subject.follow()
        self.view.open()
        self._tick.start()
        self._render()

    def _make_view(self) -> ShowWindow:
        view = ShowWindow(self._window)
        view.stepped.connect(self.go)
        view.play_requested.connect(self.play)
        view.run_requested.connect(self.start_run)
        view.stop_requested.connect(self._stop)
        view.playhead.moved_to.connect(self.show_moment)
        view.left.connect(self._on_left)
        return view

    def _on_left(self) -> None:
        self._tick.stop()
        self.playing = False
        self.new_run.forget()
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
        if self.subject.replay is not None:
            self.playing = False
            self.step, self.subject.at = pace.step_of(self.subject.replay, at), at
            self._entered_mono_s = self._now_s() - pace.FILM_TAIL_S
            self._render()

    def play(self) -> None:
        """Go on by itself, or hold. In the lab, without any run to show, a new one is made."""
        if not self.playing and self.subject.whole() is None and self.new_run.possible:
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
        if self.new_run.possible:
            self.subject.forget()
            self.new_run.wanted = self.playing = True
            self._pictures.forget()
            self._enter(Step.QUESTION)
            self._render()

    # -- time --------------------------------------------------------------------------

    def _now_s(self) -> float:
        return self._looked.moment().mono_s

    def _enter(self, step: Step) -> None:
        self.step, self._entered_mono_s = step, self._now_s()
        self.subject.enter(step)

    def _on_known(self) -> None:
        self.subject.settle(self.step)
        self._render()

    def _on_tick(self) -> None:
        if self.new_run.wanted and self.step >= Step.LIVE:
            self.new_run.order()
        self.subject.follow()
        if self.playing:
            self._go_on(self._now_s() - self._entered_mono_s)
        self._render()

    def _go_on(self, since_s: float) -> None:
        """Move what moves by itself, and go to the next step when this one has been seen."""
        if self.step is Step.LIVE:
            if self.subject.go_on(since_s):
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
        told = self.subject.told()
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
            can_run=not self.new_run.wanted and self.new_run.possible,
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
        replay = self.subject.replay
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
