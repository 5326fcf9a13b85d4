"""Tables show whole rows only, whatever room they have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from PySide6.QtCore import QRect, QStringListModel, Qt

from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode, PingStatus
from rdpgui.core.settings import Theme
from rdpgui.core.state import LogLine
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.panels.instances import InstancesPanel
from rdpgui.ui.panels.run_log import RunLogPanel
from rdpgui.ui.theme import Theming
from rdpgui.ui.widgets.table import WholeRows
from tests.helpers.limits import limit_s
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


def _lines_of_ink(table: WholeRows, height: int) -> int:
    """Return how many lines of pixels the sentence of an empty table takes in a viewport of that height."""
    table.resize(400, height + 2 * table.frameWidth())
    shown = table.viewport().grab().toImage()
    paper = shown.pixel(0, 0)
    lines = (any(shown.pixel(x, y) != paper for x in range(shown.width())) for y in range(shown.height()))
    return sum(lines)


@pytest.mark.case("L5")
@pytest.mark.parametrize("text", ["Reading (gypsum) …", "first of many lines (gy)\n" * 8])
def test_that_the_sentence_of_a_low_empty_table_is_never_cut_in_two(qtbot: Any, text: str) -> None:
    table = WholeRows()
    qtbot.addWidget(table)
    table.horizontalHeader().hide()
    table.setModel(QStringListModel([]))
    table.show()
    table.set_empty_text(text)
    one_line = table.fontMetrics().height()
    low = _lines_of_ink(table, one_line + 2)
    table.set_empty_text(text.splitlines()[0])
    assert low == _lines_of_ink(table, 10 * one_line) > 4


@pytest.mark.case("P9")
def test_that_the_rows_in_view_are_those_that_are_asked_for(qtbot: Any) -> None:
    panel = InstancesPanel()
    qtbot.addWidget(panel)
    assert panel.rows_in_view() == []
    items = [
        Instance(InstanceId(f"i-{number:04}"), f"web-{number:04}", InstanceState.RUNNING) for number in range(3000)
    ]
    panel.show_instances({item.instance_id: item for item in items}, {}, known=True, whole=True)
    panel.resize(420, 400)
    panel.show()
    first = panel.rows_in_view()
    assert first[0] == "i-0000" and 5 <= len(first) <= 30
    panel.select(InstanceId("i-0001"))
    with qtbot.waitSignal(panel.rows_shown, timeout=int(limit_s(5) * 1000)):
        panel.table.verticalScrollBar().setValue(1000)
    scrolled = panel.rows_in_view()
    assert scrolled[0] == "i-0001" and scrolled[1] == "i-1000"
    panel.table.verticalScrollBar().setValue(0)
    assert panel.rows_in_view()[:2] == ["i-0001", "i-0000"], (
        "the chosen one first: of many rows the last may be left out"
    )
    panel.table.verticalScrollBar().setValue(1000)
    panel.search.setText("web-2999")
    assert panel.rows_in_view() == ["i-2999"]


@pytest.mark.case("P9", "R11")
def test_that_rows_that_the_last_look_left_out_are_told_in_the_past(qtbot: Any) -> None:
    panel = InstancesPanel()
    qtbot.addWidget(panel)
    items = [Instance(InstanceId(f"i-{number}"), f"web-{number}", InstanceState.RUNNING) for number in range(2)]
    panel.show_instances({item.instance_id: item for item in items}, {}, known=True, whole=True)
    panel.show_aging(Aging(read=frozenset({InstanceId("i-0")}), rest_at=BEGIN))
    model = panel.table.model()
    shown = [[model.index(row, column).data() for column in (1, 2)] for row in range(2)]
    assert shown == [["running", "–"], ["Unknown", "?"]]
    panel.show_aging(Aging())
    assert model.index(1, 1).data() == "running"


@pytest.mark.case("P9")
def test_that_nodes_that_ec2_does_not_list_are_shown_as_such(qtbot: Any) -> None:
    panel = InstancesPanel()
    qtbot.addWidget(panel)
    web = Instance(InstanceId("i-0"), "web-0", InstanceState.RUNNING)
    nodes = {
        key: ManagedNode(
            key, PingStatus.ONLINE, platform_name="Microsoft Windows Server 2022 Standard", computer_name=n
        )
        for key, n in ((web.instance_id, "WEB0"), (InstanceId("mi-0a"), "OFFICE"), (InstanceId("i-9"), "GONE"))
    }

    def shown() -> list[list[str]]:
        model = panel.table.model()
        return [[str(model.index(row, column).data()) for column in range(4)] for row in range(model.rowCount())]

    listed = ["web-0", "running", "Online", "WS2022"]
    office, gone = ["OFFICE", "hybrid", "Online", "WS2022"], ["GONE", "not in EC2", "Online", "WS2022"]
    panel.show_instances({web.instance_id: web}, nodes, known=True, whole=False)
    assert sorted(shown()) == [office, listed], "what EC2 has not told yet may still come"
    panel.show_instances({web.instance_id: web}, nodes, known=True, whole=True)
    assert sorted(shown()) == [gone, office, listed]
    at = next(row for row, words in enumerate(shown()) if words == office)
    assert "EC2 does not" in panel.table.model().index(at, 0).data(Qt.ItemDataRole.ToolTipRole)
    lost = {**nodes, InstanceId("mi-0a"): replace(nodes[InstanceId("mi-0a")], ping_status=PingStatus.CONNECTION_LOST)}
    panel.show_instances({web.instance_id: web}, lost, known=True, whole=True)
    assert ["OFFICE", "hybrid", "ConnectionLost", "WS2022"] in shown()
    panel.show_aging(Aging(seen_at=BEGIN))
    assert sorted(words[:3] for words in shown()) == [
        ["GONE", "Unknown", "?"],
        ["OFFICE", "hybrid", "?"],
        ["web-0", "Unknown", "?"],
    ]
    panel.search.setText("hybrid")
    assert [words[0] for words in shown()] == ["OFFICE"]
