"""The timeline: what its lanes say, and seeking by mouse and keyboard."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from rdpgui.ui.lanes import lanes_of
from rdpgui.ui.panels.timeline import TimelineView
from tests.helpers.limits import limit_ms
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, finished, processing


def lanes_by_id(state: Any) -> dict[str, Any]:
    run = next(iter(state.runs.values()))
    return {lane.lane_id: lane for lane in lanes_of(run, NOW)[0]}


def test_that_a_finished_run_fills_every_lane() -> None:
    lanes = lanes_by_id(finished())
    assert [mark.text for mark in lanes["api"].marks] == ["ssm:SendCommand: about to call", "ssm:SendCommand: accepted"]
    assert [span.text for span in lanes["ec2"].spans] == ["running", "stopping", "stopped"]
    assert [span.text for span in lanes["ssm"].spans] == ["Connected"]
    assert [span.text for span in lanes["session"].spans] == ["Standard"]
    assert [span.text for span in lanes["recording"].spans] == ["Recording", "Processing", "Verified"]
    assert [span.text for span in lanes["film"].spans] == ["Film"]


def test_that_inferred_stretches_are_marked_as_such() -> None:
    lanes = lanes_by_id(processing())
    assert [span.inferred for span in lanes["recording"].spans] == [True, True]
    assert "(inferred)" in _view_of(processing()).text_at(NOW - timedelta(seconds=33))


def _view_of(state: Any) -> TimelineView:
    run = next(iter(state.runs.values()))
    lanes, line = lanes_of(run, NOW)
    view = TimelineView()
    view.resize(800, 200)
    view.show_lanes(lanes, line.begin_at, line.end_at)
    return view


def test_that_a_click_seeks_to_the_instant_under_it(qtbot: Any, theming: Any) -> None:
    view = _view_of(finished())
    qtbot.addWidget(view)
    view.show()
    wanted = NOW - timedelta(seconds=36)
    with qtbot.waitSignal(view.seek_requested, timeout=limit_ms(1)) as caught:
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(view.x_of(wanted)), 10))
    assert abs((caught.args[0] - wanted).total_seconds()) < 0.3


def test_that_arrows_go_from_event_to_event_and_enter_seeks(qtbot: Any, theming: Any) -> None:
    view = _view_of(finished())
    qtbot.addWidget(view)
    view.show()
    view.setFocus()
    qtbot.keyClick(view, Qt.Key.Key_Home)
    first = view.cursor_at
    qtbot.keyClick(view, Qt.Key.Key_Right)
    second = view.cursor_at
    assert first is not None
    assert second is not None
    assert second > first
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert view.cursor_at == first
    with qtbot.waitSignal(view.seek_requested, timeout=limit_ms(1)) as caught:
        qtbot.keyClick(view, Qt.Key.Key_Return)
    assert caught.args == [first]
    assert "Session" in view.text_at(second) or "EC2" in view.text_at(second)


def test_that_the_film_moves_the_playhead_on_the_wall_clock(bench: Bench) -> None:
    bench.show(finished())
    view = bench.find(QWidget, "timeline_view")
    before = view.grab().toImage()
    bench.film.position_changed.emit(1.0)
    assert view.grab().toImage() != before
