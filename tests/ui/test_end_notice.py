"""A long run that ends while nobody looks is told by the desktop, once, and nothing takes the focus."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from rdpgui.core.state import RunState
from rdpgui.ui.end_notice import LONG_S, EndNotice
from tests.ui.snapshots import finished


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Any, ...]]:
    """What the desktop was told."""
    said: list[tuple[Any, ...]] = []
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "supportsMessages", lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "show", lambda _self: None)
    monkeypatch.setattr(QSystemTrayIcon, "showMessage", lambda _self, title, text, *_more: said.append((title, text)))
    monkeypatch.setattr(QApplication, "alert", lambda window, *_more: said.append(("alert",)))
    return said


def run(seconds: float) -> RunState:
    """Return a run that took so long."""
    made = next(iter(finished().runs.values()))
    return replace(made, ended_at=made.started_at + timedelta(seconds=seconds))


def test_that_a_long_run_is_told_where_nobody_looks(qtbot: Any, told: list[tuple[Any, ...]]) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notice = EndNotice(window)
    notice.run_ended(run(LONG_S - 1))
    assert told == []
    notice.run_ended(run(LONG_S))
    assert told == [("alert",), ("PASS", "OS shutdown × Standard")]
    notice.runs_ended(9, 10)
    assert told[-1] == ("The runs are over", "9 of 10 runs")


def test_that_nothing_is_told_to_who_works_with_the_window(
    qtbot: Any, told: list[tuple[Any, ...]], monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(window, "isActiveWindow", lambda: True)
    monkeypatch.setattr(window, "window", lambda: window)
    EndNotice(window).run_ended(run(LONG_S))
    assert told == []
