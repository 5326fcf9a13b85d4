"""Tables show whole rows only, whatever room they have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QRect

from rdpgui.core.settings import Theme
from rdpgui.core.state import LogLine
from rdpgui.ui.panels.run_log import RunLogPanel
from rdpgui.ui.theme import Theming
from tests.ui.conftest import Bench
from tests.ui.snapshots import seeded

BEGIN = datetime(2026, 1, 31, 12, tzinfo=UTC)


def _log(count: int) -> list[LogLine]:
    return [LogLine(BEGIN + timedelta(seconds=n), "info", f"line {n}") for n in range(count)]


@pytest.mark.parametrize("height", range(120, 160, 7))
def test_that_the_log_paints_no_half_line_and_keeps_its_end_in_view(qtbot: Any, theming: Theming, height: int) -> None:
    theming.apply(Theme.DARK)
    panel = RunLogPanel()
    qtbot.addWidget(panel)
    panel.resize(600, 300)
    panel.show()
    panel.show_lines(_log(40))
    panel.resize(600, height)
    view, rows = panel.view, panel.view.whole_rows()
    assert view.at_end
    assert rows.height() % view.rowHeight(0) == 0
    assert view.rowAt(rows.bottom()) == 39
    picture = view.viewport().grab(QRect(0, 0, 600, rows.top())).toImage()
    assert len({picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}) <= 1


def test_that_the_instances_have_room_for_seven_rows_at_the_windows_own_size(bench: Bench) -> None:
    bench.show(seeded())
    bench.window.resize(1600, 1000)
    bench.window.show()
    table = bench.window.experiment.instances.table
    assert table.height() >= table.height_of(7)
