"""Repeated runs: their distributions as plots that are read on screen, in words and in files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton, QSpinBox

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.ids import RunId
from rdpgui.core.judging.series import Measure, measured, spread_of
from rdpgui.core.place import Place
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import BaselineTaken, CandidatesFound, FilmInspected, FilmSaved, RunStarted, VerdictReached
from rdpgui.core.session import AccessType
from rdpgui.core.spread import Spread
from rdpgui.core.state import AppState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
from rdpgui.ui.main_window import Page
from rdpgui.ui.panels.repeat import RepeatPanel
from rdpgui.ui.plots.axis import axis
from rdpgui.ui.plots.strip import Series, numbers
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, fold, run_events, seeded, verdict

ON_INSTANCE = Place(scenario="recorder-on-instance")


def without_film(result: CheckResult, cause: str) -> Verdict:
    """Return a verdict on a run without a film: it did not come, or nobody could look."""
    value = VerdictValue.FAIL if result is CheckResult.CONTRADICTED else VerdictValue.INCONCLUSIVE
    own = Check(CheckId.OWN_RECORDING, result, "Checked.", (), cause)
    checks = verdict(VerdictValue.PASS).checks
    return Verdict(value, tuple(own if check.check_id is CheckId.OWN_RECORDING else check for check in checks))


def lost_run(run_id: str) -> tuple[Event, ...]:
    """Return the events of a run whose recorder died with the instance: no film at all."""
    told: list[Event] = []
    for event in run_events(run_id, value=VerdictValue.FAIL):
        if isinstance(event, CandidatesFound | FilmSaved | FilmInspected):
            continue
        if isinstance(event, RunStarted):
            event = replace(event, place=ON_INSTANCE)
        if isinstance(event, VerdictReached):
            event = replace(event, verdict=without_film(CheckResult.CONTRADICTED, "recording-missing"))
        told.append(event)
    return tuple(told)


def panel_of(bench: Bench) -> RepeatPanel:
    """Return the page's panel."""
    panel: RepeatPanel = bench.find(RepeatPanel, "repeat_panel")
    return panel


def compared(count: int = 6) -> AppState:
    """Return runs in both places of the recorder."""
    state = seeded()
    for number in range(count):
        start = NOW - timedelta(seconds=100 + number)
        state = fold(state, *run_events(f"s{number}", start=start), *lost_run(f"i{number}"))
    return fold(state, *run_events("other", DisruptionId.EC2_STOP))


def test_that_a_run_without_a_film_lost_its_whole_session() -> None:
    state = AppState()
    for event in lost_run("i"):
        state = reduce(state, event)
    found = measured(state.runs[next(iter(state.runs))])
    assert (found.verdict, found.gap_s, found.processing_s) == (VerdictValue.FAIL, None, None)
    assert found.lost_s == pytest.approx(5.0, abs=0.2)


@pytest.mark.parametrize(
    "cause", ["destination-unreadable", "looked-too-little", "no-recording-yet", "may-be-a-tunnel"]
)
def test_that_a_session_nobody_could_look_for_is_not_lost(cause: str) -> None:
    told = [
        replace(event, verdict=without_film(CheckResult.NOT_MADE, cause))
        if isinstance(event, VerdictReached)
        else event
        for event in lost_run("i")
    ]
    found = measured(fold(AppState(), *told).runs[RunId("i")])
    assert (found.verdict, found.lost_s) == (VerdictValue.INCONCLUSIVE, None)


def test_that_processing_ends_with_the_first_look_that_found_the_recording_on_the_clock_of_aws() -> None:
    told: list[Event] = []
    for event in run_events("r"):
        if isinstance(event, BaselineTaken):  # the local clock is half a minute ahead
            event = replace(event, clock_offset_low_s=30.0, clock_offset_high_s=30.0)
        if isinstance(event, CandidatesFound):  # nothing yet; the film; the film written once more
            again = replace(event.objects[0], modified_at=event.at)
            told.append(replace(event, at=event.at + timedelta(seconds=27), objects=()))
            told.append(replace(event, at=event.at + timedelta(seconds=30)))
            event = replace(event, at=event.at + timedelta(seconds=36), objects=(again,))
        told.append(event)
    found = measured(fold(AppState(), *told).runs[RunId("r")])
    assert found.processing_s == pytest.approx(2.1, abs=0.01)


def test_that_gap_processing_time_and_loss_are_measured_of_each_run() -> None:
    runs = compared().runs.values()
    found = [measured(run) for run in runs if run.place != ON_INSTANCE]
    assert len(found) == 7
    assert all(one.gap_s == pytest.approx(0.09) and one.lost_s == pytest.approx(0.09) for one in found)
    told = spread_of(found, Measure.PROCESSING)
    assert told is not None
    assert told.median == pytest.approx(2.2, abs=0.3)


def test_that_both_places_stand_beside_each_other_and_are_never_summed(bench: Bench) -> None:
    bench.window.show_page(Page.REPEAT)
    bench.show(compared())
    plots = panel_of(bench).view.plots
    assert [plot.title for plot in plots] == ["Shutdown gap", "Processing time", "Seconds lost"]
    assert [[len(series.values) for series in plot.series] for plot in plots] == [[6, 0], [6, 0], [6, 6]]
    assert "Counterfactual" in plots[0].series[1].name
    assert [series.counterfactual for series in plots[0].series] == [False, True]
    first, second = bench.text("repeat_said").splitlines()
    assert first == "Recorder at the service: 6 runs, 6 PASS. Lost of a session: 0.09 s in the median."
    assert second.endswith("6 runs, 6 FAIL. Lost of a session: 5.10 s in the median.")
    told = panel_of(bench).view.accessibleDescription()
    assert "median 0.09 s" in told


def test_that_another_experiment_has_its_own_plots(bench: Bench) -> None:
    bench.window.show_page(Page.REPEAT)
    bench.show(compared())
    panel = panel_of(bench)
    panel.choose(DisruptionId.EC2_STOP, AccessType.STANDARD)
    assert [len(series.values) for series in panel.view.plots[0].series] == [1]
    panel.choose(DisruptionId.OS_REBOOT, AccessType.STANDARD)
    assert panel.view.plots == ()
    assert bench.text("repeat_said") == "No run of this experiment yet."
    assert not bench.find(QPushButton, "repeat_save_svg").isEnabled()


def test_that_repeating_and_comparing_are_one_click_each_and_of_the_lab_alone(bench: Bench) -> None:
    bench.window.show_page(Page.REPEAT)
    bench.show(seeded())
    bench.find(QSpinBox, "repeat_times").setValue(5)
    bench.press("repeat_start")
    bench.press("repeat_compare")
    told = [order for order in bench.commands.orders if order[0] in ("start_repeat", "compare_recorders")]
    wanted = (DisruptionId.OS_SHUTDOWN, AccessType.STANDARD, 5)
    assert told == [("start_repeat", *wanted), ("compare_recorders", *wanted)]
    bench.show(seeded(lab=False))
    button = bench.find(QPushButton, "repeat_start")
    assert (button.isEnabled(), button.toolTip()) == (False, "Only in the lab")


def test_that_the_plots_are_saved_as_svg_and_png_as_they_are_seen(bench: Bench, tmp_path: Path) -> None:
    bench.window.show_page(Page.REPEAT)
    bench.show(compared())
    panel = panel_of(bench)
    for ending in ("svg", "png"):
        panel.save_requested.emit(str(tmp_path / f"plots.{ending}"))
    svg = (tmp_path / "plots.svg").read_text(encoding="utf-8")
    assert svg.count("<circle") + svg.count("<ellipse") + svg.count("<path") >= 18
    assert all(word in svg for word in ("Shutdown gap", "Counterfactual", "median"))
    picture = QImage(str(tmp_path / "plots.png"))
    assert (picture.width(), picture.isNull()) == (2240, False)
    panel.save_requested.emit(str(tmp_path / "no such folder" / "plots.svg"))
    assert any("could not be saved" in notice.text for notice in bench.notifications.kept)
    (tmp_path / "mine.svg").write_text("mine")
    panel.save_requested.emit(str(tmp_path / "mine.svg"))
    assert (tmp_path / "mine.svg").read_text() == "mine"
    assert any("already" in notice.text for notice in bench.notifications.kept)


@pytest.mark.parametrize(("low", "high"), [(0.0, 0.14), (0.02, 9.7), (-0.3, 0.1), (0.0, 0.0), (3.0, 1234.0)])
def test_that_an_axis_holds_its_values_and_has_few_round_marks(low: float, high: float) -> None:
    found = axis(low, high)
    assert found.low <= min(0.0, low)
    assert found.high >= high
    assert 3 <= len(found.ticks) <= 9
    assert found.ticks == tuple(sorted(set(found.ticks)))
    assert len({f"{tick:.{found.decimals}f}" for tick in found.ticks}) == len(found.ticks), "marks can be told apart"


def test_that_a_plot_tells_hundredths_and_nothing_is_never_less_than_nothing() -> None:
    values = (-0.0005, 0.0)
    series = Series("Recorder", values, Spread(values, -0.0004, None))
    assert numbers(series) == ("median 0.00 s", "from 0.00 to 0.00 s, n = 2")
