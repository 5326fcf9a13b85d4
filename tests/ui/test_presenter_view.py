"""The presenter view: five steps on the whole screen, in large type, driven by keys, by the playhead and by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.events import RunEvent
from rdpgui.core.film import Still
from rdpgui.core.freshness import Moment
from rdpgui.core.ids import RunId
from rdpgui.core.place import Place
from rdpgui.core.run import Phase
from rdpgui.core.run_events import (
    CandidatesFound,
    FilmInspected,
    FilmSaved,
    PhaseEntered,
    StatusStated,
    VerdictReached,
)
from rdpgui.core.state import AppState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Interval, Verdict, VerdictValue
from rdpgui.i18n import set_language
from rdpgui.ui.show import pace
from rdpgui.ui.show.director import Director
from rdpgui.ui.show.scene import Step
from rdpgui.ui.show.show_window import ShowWindow
from rdpgui.ui.show.writing import FLOOR_PX
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, REGION, WEB1, finished, fold, recording, run_events, seeded

SIZES = ((1366, 768), (1920, 1080), (3840, 2160))
EVENTS = tuple(event for event in run_events() if isinstance(event, RunEvent))


class Show:
    """The presentation over a bench, with a clock that is put forward by hand."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.now = Moment(datetime.now(UTC), 1000.0)
        self.events = EVENTS
        bench.workbench.looked.moment = self._moment
        bench.commands.read_events = self._read_events  # type: ignore[attr-defined]

    def _moment(self) -> Moment:
        return self.now

    def _read_events(self, run_id: RunId, on_read: Callable[[tuple[RunEvent, ...]], None]) -> None:
        on_read(self.events)

    def open(self, state: AppState, size: tuple[int, int] = (1920, 1080)) -> None:
        """Show a state, and the presentation of it."""
        self.bench.show(state)
        self.bench.workbench.present()
        self.view.showNormal()
        self.view.resize(*size)
        self.director._tick.stop()
        self.paint()

    @property
    def director(self) -> Director:
        """What runs it."""
        found = self.bench.workbench.show
        assert found is not None
        return found

    @property
    def view(self) -> ShowWindow:
        """Its window."""
        found = self.director.view
        assert found is not None
        return found

    def step(self) -> Step:
        """Where it is."""
        return self.director.step

    def paint(self) -> None:
        """Let it be painted."""
        self.director._on_tick()
        self.view.grab()

    def go_on(self, seconds: float) -> None:
        """Let time go on, a second at a time."""
        for _second in range(round(seconds)):
            self.now = Moment(self.now.at + timedelta(seconds=1), self.now.mono_s + 1)
            self.director._on_tick()

    def key(self, key: Qt.Key) -> None:
        """Press a key."""
        QTest.keyClick(self.view, key)

    @property
    def texts(self) -> list[str]:
        """Everything that is written."""
        return [written.whole for written in (*self.view.canvas.written, *self.view.playhead.written)]


@pytest.fixture
def show(bench: Bench) -> Iterator[Show]:
    made = Show(bench)
    yield made
    if bench.workbench.show is not None and bench.workbench.show.view is not None:
        bench.workbench.show.view.hide()
        bench.workbench.show.view.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_that_space_and_arrows_go_through_five_steps_and_escape_leaves(show: Show) -> None:
    show.open(finished())
    steps = [show.step()]
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Space):
        show.key(key)
        steps.append(show.step())
    assert steps == [*Step, Step.VERDICT]
    show.key(Qt.Key.Key_Left)
    assert show.step() is Step.FILM
    show.key(Qt.Key.Key_Escape)
    assert not show.view.isVisible()
    assert show.bench.window.isVisible()


def test_that_f11_opens_it_and_a_button_and_the_palette_have_it(show: Show) -> None:
    show.bench.show(finished())
    show.bench.press("present_button")
    assert show.view.isVisible()
    assert show.bench.window.actions_by_name["present"].shortcut().toString() == "F11"


@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_type_is_large_on_every_screen_and_nothing_is_cut_or_overlaps(show: Show, language: str) -> None:
    set_language(language)
    try:
        show.open(finished(VerdictValue.FAIL))
        for size in SIZES:
            show.view.resize(*size)
            for step in Step:
                show.director._enter(step)
                show.paint()
                _check_writing(show, min(size[0] / 1920, size[1] / 1080))
    finally:
        set_language("en")


REAL = {
    CheckId.DISRUPTION_PROVEN: "The agent was lost and came back, and Windows was not restarted meanwhile.",
    CheckId.ENDED_AFTER: "The session ended between {low} and {high}, with the agent ({began}, {zone}).",
    CheckId.OWN_RECORDING: "{key} is new, in the window, and names this session (candidates: {count}).",
    CheckId.INTEGRITY: ("{key} is complete to its end ({bytes} bytes), its end decodes, and it matches its checksum."),
    CheckId.REACHES_END: "Session end minus film end: {low} to {high} s (tolerance {tolerance} s).",
    CheckId.LAST_FRAME: "The picture reads “{words}” from {at} s to the last frame at {pts} s, which was decoded.",
}
"""What the checks of a run say, with what stands in it at its usual length."""
FIELDS = (
    ("began", "11:24:44.262"),
    ("bytes", "206957"),
    ("count", "3"),
    ("high", "11:24:44.554"),
    ("key", "xicc7wj38amct32yaqkvsvzh01.mp4"),
    ("low", "11:24:43.255"),
    ("pts", "47.274"),
    ("at", "46.182"),
    ("words", "Shutting down"),
    ("tolerance", "3"),
)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_that_the_reasons_of_a_verdict_are_there_in_full_on_a_small_screen(show: Show, language: str) -> None:
    verdict = Verdict(
        VerdictValue.PASS,
        tuple(Check(check_id, CheckResult.HELD, reason, FIELDS) for check_id, reason in REAL.items()),
        Interval(-0.15, 0.15),
    )
    set_language(language)
    try:
        show.events = tuple(replace(e, verdict=verdict) if isinstance(e, VerdictReached) else e for e in EVENTS)
        show.open(finished())
        for size in ((1180, 700), (1366, 768)):
            show.view.resize(*size)
            show.director._enter(Step.VERDICT)
            show.paint()
            assert any("xicc7wj38amct32yaqkvsvzh01.mp4" in text for text in show.texts)
            _check_writing(show, min(size[0] / 1920, size[1] / 1080))
    finally:
        set_language("en")


def _check_writing(show: Show, scale: float) -> None:
    scene, written = show.view.canvas.scene, show.view.canvas.written
    assert scene is not None
    assert min(found.px for found in (*written, *show.view.playhead.written)) >= round(FLOOR_PX * scale)
    long_ones = {" ".join(line.split("\n")) for line in scene.log}  # a line of the log ends in dots
    assert [found.whole for found in written if found.cut and found.whole not in long_ones] == []
    inside = QRectF(show.view.canvas.rect())
    boxes = [(found.text, found.box.adjusted(1, 1, -1, -1)) for found in written if found.text]
    assert [text for text, box in boxes if not inside.contains(box)] == []
    pairs = combinations(boxes, 2)
    assert [(first[0], second[0]) for first, second in pairs if first[1].intersects(second[1])] == []


def test_that_every_step_is_marked_as_the_labs_and_can_be_heard(show: Show) -> None:
    show.open(finished())
    for step in Step:
        show.director._enter(step)
        show.paint()
        assert "LAB" in show.texts
        assert "LAB" in show.view.canvas.accessibleDescription()
        assert show.view.canvas.accessibleName()
    assert show.view.playhead.accessibleName()
    assert all(button.text() for button in show.view.findChildren(QPushButton))


def test_that_an_instance_is_called_as_it_was_then(show: Show) -> None:
    show.open(replace(finished(), instances={}))
    scene = show.view.canvas.scene
    assert scene is not None
    assert scene.subject.startswith("fin-web-01 · ")


def test_that_nothing_of_aws_is_marked_as_the_labs(show: Show) -> None:
    state = finished()
    run = replace(state.runs[RunId("r1")], place=Place(account_id=ACCOUNT, region=REGION))
    run = replace(run, plan=replace(run.plan, lab=False))
    show.events = ()
    show.open(replace(state, place=run.place, runs={run.run_id: run}))
    assert "LAB" not in show.texts
    assert not show.director.new_run.possible


def test_that_the_playhead_drives_states_log_and_verdict(show: Show) -> None:
    show.open(finished())
    replay = show.director.subject.replay
    assert replay is not None
    assert replay.film_at is not None
    seen: list[tuple[str, tuple[str, ...], list[str]]] = []
    for at in (replay.begin_at + timedelta(seconds=2), replay.begin_at + timedelta(seconds=6.8)):
        show.view.playhead.moved_to.emit(at)
        show.paint()
        scene = show.view.canvas.scene
        assert scene is not None
        assert scene.step is Step.LIVE
        assert "PASS" not in show.texts
        seen.append((scene.title, scene.log, [fact.text for fact in scene.facts if fact.strong]))
    assert seen[0] != seen[1]
    assert seen[0][0] == "The session is on. By all signs it is recorded."
    assert [now for _title, _log, now in seen] == [["Steady state"], ["Waiting for the recording"]]
    show.view.playhead.moved_to.emit(replay.film_at)
    assert show.step() is Step.FILM
    show.view.playhead.moved_to.emit(replay.end_at)
    show.paint()
    assert show.step() is Step.VERDICT
    assert "PASS" in show.texts


@pytest.mark.parametrize(
    ("value", "answer"), [(VerdictValue.PASS, "Yes: "), (VerdictValue.FAIL, "No: "), (VerdictValue.INCONCLUSIVE, "It ")]
)
def test_that_the_last_step_answers_the_question(show: Show, value: VerdictValue, answer: str) -> None:
    show.events = tuple(event for event in run_events(value=value) if isinstance(event, RunEvent))
    show.open(finished(value))
    show.director._enter(Step.VERDICT)
    show.paint()
    scene = show.view.canvas.scene
    assert scene is not None
    assert scene.title.startswith(answer)
    assert scene.figures[0].value == "0.09 s"
    assert len(scene.facts) == 6
    assert all(fact.note for fact in scene.facts)


def test_that_it_shows_a_finished_run_by_itself_within_three_minutes(show: Show) -> None:
    show.open(finished())
    show.director.play()
    seen: list[Step] = []
    seconds = 0
    while show.director.playing and seconds < pace.WHOLE_S:
        show.go_on(1)
        seconds += 1
        if not seen or seen[-1] is not show.step():
            seen.append(show.step())
    assert seen == [*Step]
    assert seconds < pace.WHOLE_S
    assert "arm" not in {order[0] for order in show.bench.commands.orders}


def test_that_in_the_lab_a_new_run_is_made_when_its_step_comes(show: Show) -> None:
    show.open(seeded())
    show.director.play()
    assert show.step() is Step.QUESTION
    assert "arm" not in {order[0] for order in show.bench.commands.orders}
    show.go_on(pace.READ_S[Step.QUESTION] + pace.READ_S[Step.PLAN] + 1)
    assert show.step() is Step.LIVE
    ordered = [order[:2] for order in show.bench.commands.orders if order[0] in ("arm", "run")]
    assert [name for name, _what in ordered] == ["arm", "run"]
    assert ordered[0][1] == WEB1
    show.bench.show(recording())
    show.go_on(200)  # a live run takes what it takes
    assert show.step() is Step.LIVE
    show.bench.show(finished())
    show.go_on(2)
    assert show.step() is Step.FILM


def test_that_on_aws_nothing_is_ever_ordered(show: Show) -> None:
    show.open(seeded(lab=False))
    before = list(show.bench.commands.orders)
    show.key(Qt.Key.Key_N)
    show.director.start_run()
    show.director.play()
    show.go_on(pace.WHOLE_S)
    assert {order[0] for order in show.bench.commands.orders[len(before) :]} <= {"read_runs", "read_events"}


def test_that_who_has_seen_a_run_live_is_not_thrown_back_to_its_begin(show: Show) -> None:
    show.open(recording())
    show.director._enter(Step.LIVE)
    show.paint()
    show.bench.show(finished())
    show.paint()
    scene = show.view.canvas.scene
    assert scene is not None
    assert scene.title == "The run is over."


@pytest.mark.parametrize(
    ("disruption", "value", "cause", "answer"),
    [
        (DisruptionId.CONTROL_NONE, VerdictValue.PASS, None, "The control holds: "),
        (DisruptionId.CONTROL_NONE, VerdictValue.FAIL, CheckId.REACHES_END, "The control fails: "),
        (DisruptionId.OS_SHUTDOWN, VerdictValue.FAIL, CheckId.REACHES_END, "No: "),
        (DisruptionId.OS_SHUTDOWN, VerdictValue.FAIL, CheckId.DISRUPTION_PROVEN, "No answer: "),
    ],
)
def test_that_the_answer_is_about_what_decided(
    show: Show, disruption: DisruptionId, value: VerdictValue, cause: CheckId | None, answer: str
) -> None:
    held = Check(CheckId.INTEGRITY, CheckResult.HELD, "Whole.")
    failed = () if cause is None else (Check(cause, CheckResult.CONTRADICTED, "Not so.", (), "cause"),)
    verdict = Verdict(value, (held, *failed), Interval(0.0, 0.1))
    events = [event for event in run_events(disruption_id=disruption) if isinstance(event, RunEvent)]
    show.events = tuple(replace(e, verdict=verdict) if isinstance(e, VerdictReached) else e for e in events)
    show.open(fold(seeded(), *show.events))
    show.director._enter(Step.VERDICT)
    show.paint()
    scene = show.view.canvas.scene
    assert scene is not None
    assert scene.title.startswith(answer)


def test_that_no_recording_is_spoken_of_that_nobody_saw(show: Show) -> None:
    events = [e for e in EVENTS if not isinstance(e, CandidatesFound | FilmSaved | FilmInspected | StatusStated)]
    show.events = (*events[:-3], PhaseEntered(events[-1].at, RunId("r1"), Phase.VERIFYING))
    show.open(fold(seeded(), *show.events))
    show.director.step = Step.LIVE
    show.director.subject.at = show.events[-1].at
    show.paint()
    scene = show.view.canvas.scene
    assert scene is not None
    assert scene.title == "Nothing new has come. What is there is judged."


def test_that_two_escapes_stop_everything_while_a_run_goes_on(show: Show) -> None:
    show.open(recording())
    show.key(Qt.Key.Key_Escape)
    show.key(Qt.Key.Key_Escape)
    assert ("emergency_stop",) in show.bench.commands.orders
    assert show.view.isVisible()


class Frames(QObject):
    """A desk whose film is asked for frames; it is answered by hand."""

    shown, still_failed, open_failed = Signal(object), Signal(object), Signal(object)
    opened_film: object = None

    def open(self, source: Path, /) -> None:
        self.opened_film = source

    def at_time(self, at_s: float) -> None:
        """Wait."""

    def last(self) -> None:
        """Wait."""

    def clear(self) -> None:
        self.opened_film = None


def test_that_only_the_last_frame_is_called_so_and_a_film_that_fails_says_why(show: Show) -> None:
    frames = Frames()
    show.bench.workbench._frames = frames
    show.open(finished())
    show.director.step = Step.VERDICT
    show.paint()
    pictures = show.director._pictures
    for pts_s, caption in ((1.0, "Film, "), (4.98, "Last frame of the film, ")):
        frames.shown.emit(Still(pts_s, 4, 2, bytes(24)))
        assert pictures.caption.startswith(caption)
    set_language("ja")
    try:  # what is shown already is told in the new language, too
        assert pictures.caption.startswith("映像の最終コマ")
    finally:
        set_language("en")
    frames.still_failed.emit(RecordingUnreadable("The film is broken.", "Take another."))
    assert pictures.image.isNull()
    assert pictures.problem.startswith("The film is broken.")
