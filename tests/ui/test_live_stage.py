"""The live stage: from Connect to film it shows the newest picture there is, and never says more than it knows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from rdpgui.core.film import Still
from rdpgui.core.freshness import Look, Moment
from rdpgui.core.ids import RunId
from rdpgui.core.judging.timeline import film_placement
from rdpgui.core.passing_events import ScreenRead
from rdpgui.core.place import Place
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import WitnessSaved
from rdpgui.core.screen import FOLDER, ScreenPicture, may_look
from rdpgui.core.screen_match import MatchIs, ScreenMatch, WantedPicture
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState
from rdpgui.i18n import set_language
from rdpgui.ui.stage.phase_strip import StepIs
from rdpgui.ui.stage.port import NoPictures
from rdpgui.ui.theme import Theming
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, REGION, armed, finished, fold, processing, recording, run_events, seeded

RUN = RunId("r1")
AT = datetime(2026, 11, 29, 21, 17, 4, 312000, UTC)
BLUE, RED = QColor("#0b5cab"), QColor("#aa2222")
AWS = Place(account_id=ACCOUNT, region=REGION)


class Pictures(NoPictures):
    """Reads at once, or when it is told to."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []
        self.asked: list[Path] = []
        self.late = False
        self.kept: tuple[ScreenPicture, ...] = ()
        self.matches: tuple[ScreenMatch, ...] = ()
        self.wanted: list[WantedPicture] = []

    def list(self, run_id: RunId, on_done: Callable[[tuple[ScreenPicture, ...]], None]) -> None:
        on_done(self.kept)

    def match(
        self, film: Path, wanted: Sequence[WantedPicture], on_done: Callable[[tuple[ScreenMatch, ...]], None]
    ) -> None:
        self.wanted = [*wanted]
        on_done(self.matches)

    def read(self, path: Path, on_done: Callable[[Still], None], on_failed: Callable[[str], None]) -> None:
        self.asked.append(path)

        def answer() -> None:
            image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB888)
            if image.isNull():
                on_failed("no picture")
                return
            bits: Any = image.constBits()  # 160 x 3 bytes a row, without padding
            rows = bytes(bits)
            on_done(Still(0.0, image.width(), image.height(), rows))

        if self.late:
            self.waiting.append(answer)
        else:
            answer()


@pytest.fixture
def pictures() -> Pictures:
    return Pictures()


@pytest.fixture
def stage(qtbot: Any, bare: Theming, tmp_path: Path, pictures: Pictures) -> Iterator[Bench]:
    """A window whose stage reads pictures."""
    made = Bench(tmp_path, pictures)
    bare.dress()
    made.window.show()
    yield made
    made.window.hide()
    made.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def _seen(
    bench: Bench, state: AppState, at: datetime, colour: QColor = BLUE, *, age_s: float = 0.0, due_s: float = 3600.0
) -> AppState:
    """Return the state with a picture that was taken at ``at``, and looked at so long ago."""
    picture = ScreenPicture(at - timedelta(milliseconds=20), at)
    (bench.folder / FOLDER).mkdir(exist_ok=True)
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(colour)
    assert image.save(str(bench.folder / FOLDER / picture.name), quality=95)
    now = bench.workbench.looked.moment()
    look = Look(now.at - timedelta(seconds=age_s), now.mono_s - age_s, due_s)
    return reduce(state, ScreenRead(at, RUN, picture.name, look, 8))


def _live(bench: Bench) -> Any:
    return bench.find(QWidget, "live_picture")


def _colour_in_the_middle(bench: Bench) -> QColor:
    picture = _live(bench)
    colour: QColor = picture.grab().toImage().pixelColor(picture.width() // 2, picture.height() // 3)
    return colour


def test_that_a_run_is_never_met_by_words_about_a_missing_film(stage: Bench) -> None:
    events = run_events()
    for count in range(1, len(events) + 1):
        state = fold(armed(seeded()), *events[:count])
        stage.show(state)
        run = state.runs[RUN]
        expected = run.active and not run.inspected
        assert stage.window.experiment.stage.is_live is expected
        if expected:
            words = _live(stage).words
            assert words.headline or words.caption
            assert "film" not in f"{words.headline} {words.caption}".lower() or run.phase.value == "verifying"


def test_that_the_newest_picture_is_shown_with_what_it_is_and_when_it_was_taken(stage: Bench) -> None:
    state = _seen(stage, recording(), AT)
    stage.show(state)
    words = _live(stage).words
    local = AT.astimezone().strftime("%H:%M:%S.3")
    assert words.caption.startswith(f"EC2 console screenshot, taken {local} ")
    assert words.caption.endswith(", live")
    assert not words.headline and not _live(stage).dimmed
    assert _colour_in_the_middle(stage).blue() > 150
    about = stage.window.experiment.stage.live.subtitle.whole
    assert about == "fin-web-01 · about every 1 s · 8 kept"
    stage.show(_seen(stage, state, AT + timedelta(seconds=1), RED))
    assert _colour_in_the_middle(stage).red() > 150
    assert "LAB" in {
        label.text() for label in stage.window.experiment.stage.live.findChildren(QLabel) if label.isVisible()
    }
    assert stage.find(QLabel, "live_recording").text() == "Recording · inferred"


def test_that_a_picture_that_nobody_renewed_is_no_longer_live(stage: Bench) -> None:
    state = _seen(stage, recording(), AT, age_s=30.0, due_s=1.0)
    stage.show(reduce(state, ScreenRead(AT, RUN, "", error="ec2:GetConsoleScreenshot was refused.")))
    words = _live(stage).words
    assert words.headline == "What is on the screen now is unknown"
    assert "live" not in words.caption
    assert words.caption.startswith("Last picture: EC2 console screenshot, taken ")
    assert words.details[0].startswith("last seen at ")
    assert "refused" in words.details[1]
    assert _live(stage).dimmed and not _live(stage).image.isNull()


def test_that_words_age_by_themselves(stage: Bench) -> None:
    stage.show(_seen(stage, recording(), AT, due_s=1.0))
    now = stage.workbench.looked.moment()
    stage.workbench.looked.moment = lambda: Moment(now.at + timedelta(seconds=20), now.mono_s + 20)
    stage.workbench._stage._tick.timeout.emit()
    assert _live(stage).words.headline == "What is on the screen now is unknown"


@pytest.mark.parametrize(("language", "wanted"), [("en", "It is not the recording."), ("ja", "録画ではありません")])
def test_that_after_the_session_it_says_what_is_waited_for_and_what_the_picture_is_not(
    stage: Bench, language: str, wanted: str
) -> None:
    set_language(language)
    state = fold(_seen(stage, recording(), AT), *run_events()[11:18])
    stage.show(state)
    picture = _live(stage)
    assert picture.dimmed and not picture.image.isNull()
    assert picture.words.headline
    assert wanted in picture.words.details[-1]
    assert "0.5–2.5" in picture.words.details[0]
    assert _colour_in_the_middle(stage).blue() < 120, "dimmed"
    if language == "en":
        assert picture.words.headline == "Waiting for the recording"
        assert picture.words.caption.startswith("Last live picture: ")


def test_that_the_film_takes_the_stage_when_it_is_there(stage: Bench) -> None:
    stage.show(_seen(stage, recording(), AT))
    stage.show(fold(armed(seeded()), *run_events()[:21]))
    assert not stage.window.experiment.stage.is_live
    stage.show(finished())
    assert not stage.window.experiment.stage.is_live
    assert _live(stage).image.isNull(), "nothing of a run is shown behind the next one"


def test_that_a_picture_that_comes_late_is_not_shown_for_another_run(stage: Bench, pictures: Pictures) -> None:
    pictures.late = True
    stage.show(_seen(stage, recording(), AT))
    stage.show(_seen(stage, recording(), AT + timedelta(seconds=1), RED))
    old, new = pictures.waiting
    new()
    old()
    assert _colour_in_the_middle(stage).red() > 150
    stage.show(finished())
    new()
    assert _live(stage).image.isNull()


def test_that_a_picture_is_read_once(stage: Bench, pictures: Pictures) -> None:
    state = _seen(stage, recording(), AT)
    for _turn in range(5):
        stage.show(state)
    assert len(pictures.asked) == 1


def test_that_an_unreadable_picture_is_not_asked_for_again_and_the_next_one_is_shown(
    stage: Bench, pictures: Pictures
) -> None:
    state = _seen(stage, recording(), AT)
    for path in (stage.folder / FOLDER).iterdir():
        path.write_bytes(b"no picture")
    stage.show(state)
    stage.show(state)
    assert len(pictures.asked) == 1
    stage.show(_seen(stage, state, AT + timedelta(seconds=1), RED))
    assert _colour_in_the_middle(stage).red() > 150


def test_that_a_newer_look_whose_picture_cannot_be_decoded_does_not_make_the_older_one_live(stage: Bench) -> None:
    state = _seen(stage, recording(), AT, due_s=1.0)
    stage.show(state)
    assert _live(stage).words.caption.endswith(", live")
    now = stage.workbench.looked.moment()
    stage.workbench.looked.moment = lambda: Moment(now.at + timedelta(seconds=20), now.mono_s + 20)
    state = _seen(stage, state, AT + timedelta(seconds=20), RED, due_s=1.0)
    newest = ScreenPicture(AT + timedelta(seconds=19.98), AT + timedelta(seconds=20))
    (stage.folder / FOLDER / newest.name).write_bytes(b"no picture")
    stage.show(state)
    assert _live(stage).words.headline == "What is on the screen now is unknown"
    assert "live" not in _live(stage).words.caption


def test_that_a_picture_that_is_being_decoded_does_not_make_the_older_one_live(
    stage: Bench, pictures: Pictures
) -> None:
    state = _seen(stage, recording(), AT, age_s=30.0, due_s=1.0)
    stage.show(state)
    pictures.late = True
    stage.show(_seen(stage, state, AT + timedelta(seconds=30), RED, due_s=3600.0))
    assert "live" not in _live(stage).words.caption
    pictures.waiting[0]()
    assert _live(stage).words.caption.endswith(", live")


def test_that_one_run_s_picture_does_not_stand_under_the_next_one_s_name(stage: Bench, pictures: Pictures) -> None:
    state = _seen(stage, recording(), AT)
    stage.show(state)
    assert not _live(stage).image.isNull()
    pictures.late = True
    other = replace(state.runs[RUN], run_id=RunId("r2"))
    seen = replace(state.screens[RUN], run_id=other.run_id, name=ScreenPicture(AT, AT + timedelta(seconds=1)).name)
    stage.show(replace(state, runs={other.run_id: other}, screens={other.run_id: seen}))
    assert stage.window.experiment.stage.is_live
    assert _live(stage).image.isNull()
    assert "live" not in _live(stage).words.caption


def _on_aws(state: AppState) -> AppState:
    runs = {key: replace(run, place=AWS, plan=replace(run.plan, lab=False)) for key, run in state.runs.items()}
    return replace(state, runs=runs, place=AWS)


def test_that_on_aws_the_person_is_asked_first_and_the_answer_is_kept_for_the_place(stage: Bench) -> None:
    state = _on_aws(recording())
    stage.show(state)
    assert stage.find(QWidget, "live_question").isVisible()
    why = stage.find(QLabel, "live_why").text()
    assert "about every 5 s" in why and "ec2:GetConsoleScreenshot" in why.replace("\u200b", "")
    stage.press("live_allow")
    assert stage.commands.orders == [("set_setting", "live_pictures", AWS.key)]
    stage.workbench.show_settings(Settings(live_pictures=AWS.key))
    stage.show(state)
    assert not stage.find(QWidget, "live_question").isVisible()
    assert stage.find(QPushButton, "live_stop").isVisible()
    stage.press("live_stop")
    assert stage.commands.orders[-1] == ("set_setting", "live_pictures", "")
    assert may_look(AWS, AWS.key)


def test_that_in_the_lab_nothing_is_asked(stage: Bench) -> None:
    stage.show(recording())
    assert not stage.find(QWidget, "live_question").isVisible()
    assert not stage.find(QPushButton, "live_stop").isVisible()


def test_that_without_consent_the_second_witness_is_the_one_picture_that_is_shown(stage: Bench) -> None:
    image = QImage(160, 90, QImage.Format.Format_RGB32)
    image.fill(BLUE)
    image.save(str(stage.folder / "console-screenshot.jpg"), quality=95)
    saved = WitnessSaved(AT, RUN, "console-screenshot.jpg", AT - timedelta(milliseconds=200))
    stage.show(_on_aws(fold(recording(), saved)))
    assert not _live(stage).image.isNull()
    assert "taken " in _live(stage).words.caption and "live" not in _live(stage).words.caption


def test_that_the_phases_tell_what_is_behind_what_goes_on_and_what_comes(stage: Bench) -> None:
    stage.show(processing())
    steps = stage.window.experiment.stage.strip.steps
    assert [step.where for step in steps] == [StepIs.BEHIND] * 2 + [StepIs.AHEAD] * 2 + [StepIs.NOW] + [
        StepIs.AHEAD
    ] * 2
    assert steps[0].note == "1.4 s"
    assert "usually 0.5–2.5 s" in steps[4].note
    assert stage.window.experiment.stage.strip.isVisible()
    stage.show(finished())
    assert not stage.window.experiment.stage.strip.isVisible()


def _with_pictures(bench: Bench, pictures: Pictures, state: AppState, *found: ScreenMatch) -> None:
    """Show a finished run that keeps as many pictures as there are matches, a second apart, from the film's begin."""
    placement = film_placement(state.runs[RUN])
    assert placement is not None
    kept = []
    for number, colour in zip(range(len(found)), (BLUE, RED, BLUE, RED), strict=False):
        at = placement.zero_at + timedelta(seconds=number)
        _seen(bench, state, at, colour)
        kept.append(ScreenPicture(at - timedelta(milliseconds=20), at))
    pictures.kept, pictures.matches = tuple(kept), found
    bench.show(state)


def test_that_the_pictures_of_a_finished_run_lie_beside_the_film_that_shows_the_same(
    stage: Bench, pictures: Pictures
) -> None:
    at = [ScreenMatch(MatchIs.FOUND, float(n), n - 0.2, n + 0.3) for n in range(3)]
    _with_pictures(stage, pictures, finished(), *at, ScreenMatch(MatchIs.AFTER))
    card = stage.window.experiment.pictures
    assert not card.isVisible() and pictures.wanted == [], "nothing is looked for before somebody asks"
    stage.press("pictures_panel_chip")
    assert card.isVisible()
    assert stage.text("picture_count") == "4 / 4"
    assert stage.text("picture_where") == "Taken after the film's end."
    assert [round(item.high_s, 3) for item in pictures.wanted] == [0.0, 1.0, 2.0, 3.0]
    asked: list[float] = []
    stage.film.position_changed.connect(asked.append)
    stage.press("picture_back")
    assert stage.text("picture_count") == "3 / 4"
    assert stage.text("picture_where").startswith("The film shows the same from ")
    assert [round(position_s, 3) for position_s in asked] == [2.0], "the film goes where the picture was taken"
    stage.film.position_changed.emit(0.9)
    assert stage.text("picture_count") == "2 / 4", "and the picture follows the film"
    assert card.picture.image.pixelColor(80, 45).red() > 150


def test_that_a_run_without_pictures_offers_none(stage: Bench, pictures: Pictures) -> None:
    stage.show(finished())
    assert stage.find(QPushButton, "pictures_panel_chip").isHidden()
    assert stage.window.experiment.pictures.isHidden()


def test_that_a_picture_without_a_like_frame_is_not_laid_beside_one(stage: Bench, pictures: Pictures) -> None:
    _with_pictures(stage, pictures, finished(), ScreenMatch(MatchIs.OTHER))
    stage.press("pictures_panel_chip")
    assert stage.text("picture_where") == "The film shows another picture at this time."
