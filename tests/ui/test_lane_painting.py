"""Where instants lie on the timeline, and which of them are labelled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from PySide6.QtGui import QColor, QImage, QPainter

from rdpgui.ui.panels.lane_painting import LANE_H, LaneMark, LanePainter, LaneSpan, LaneView, TimeScale
from rdpgui.ui.tokens import Tone

BEGIN = datetime(2026, 3, 1, 12, 0, 7, tzinfo=UTC)


def _at(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


SCALE = TimeScale(BEGIN, _at(200), 904)


@pytest.mark.parametrize("seconds", [0.0, 12.5, 100.0, 200.0])
def test_that_place_and_instant_are_each_others_inverse(seconds: float) -> None:
    at = SCALE.at_of(SCALE.x_of(_at(seconds)))
    assert at is not None
    assert (at - _at(seconds)).total_seconds() == pytest.approx(0.0, abs=1e-5)


def test_that_left_of_the_lanes_there_is_no_instant_and_right_of_them_the_last() -> None:
    assert SCALE.at_of(SCALE.x_of(BEGIN) - 20) is None
    assert SCALE.at_of(5000.0) == _at(200)


def test_that_round_instants_are_labelled_as_far_as_there_is_room() -> None:
    assert [at.second for at in SCALE.ticks(80.0)] == [30, 0, 30, 0, 30, 0]
    assert [at.minute for at in SCALE.ticks(300.0)] == [2]
    assert TimeScale(BEGIN, BEGIN, 904).ticks(80.0) == ()


def test_that_only_instants_on_the_axis_are_painted_and_spans_reach_the_end(qapp: object) -> None:
    image = QImage(904, LANE_H, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    lanes = LanePainter(painter, 904, SCALE)
    lanes.line(_at(-1), QColor("red"), 2.0, LANE_H)
    lanes.line(_at(201), QColor("red"), 2.0, LANE_H)
    painter.end()
    assert image.pixelColor(450, 11) == QColor("white")
    painter = QPainter(image)
    span, mark = LaneSpan(_at(100), None, Tone.OK, False, ""), LaneMark(_at(50), Tone.BAD, False, "")
    LanePainter(painter, 904, SCALE).lane(LaneView("a", "A", (span,), (mark,)), 0)
    painter.end()
    painted = [image.pixelColor(round(SCALE.x_of(_at(at))), 11) != QColor("white") for at in (25, 50, 75, 105, 195)]
    assert painted == [False, True, False, True, True]


def test_that_before_there_is_a_time_lanes_have_their_titles_only(qapp: object) -> None:
    image = QImage(904, LANE_H, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    lanes = LanePainter(painter, 904, None)
    lanes.lane(LaneView("a", "", (LaneSpan(BEGIN, _at(9), Tone.OK, False, ""),)), 0)
    lanes.axis(0)
    lanes.line(BEGIN, QColor("red"), 2.0, LANE_H)
    painter.end()
    assert all(image.pixelColor(x, 11) == QColor("white") for x in range(0, 904, 4))
