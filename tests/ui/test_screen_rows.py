"""What is in view is what the watchers ask for, and what looking costs stands in the window."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QLabel

from rdpgui.app import screen_rows
from rdpgui.app.screen_rows import follow_screen
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState
from rdpgui.i18n import _
from tests.helpers.virtual_time import FakeClock, run_virtual
from tests.ui.conftest import Bench


class _Watchers:
    """Watchers, as far as the screen tells them anything."""

    on_screen: Any = None

    def __init__(self) -> None:
        self.looks = 0

    def look_at_screen(self) -> None:
        self.looks += 1


def _session(watchers: _Watchers, *, lab: bool) -> Any:
    caller = SimpleNamespace(calls_a_minute=26)
    environment = SimpleNamespace(aws=SimpleNamespace(caller=caller), ports=SimpleNamespace(clock=FakeClock()))
    return SimpleNamespace(watchers=watchers, lab=lab, environment=environment)


@pytest.mark.case("P9")
@pytest.mark.parametrize("lab", [False, True])
def test_that_the_watchers_follow_the_screen_and_the_window_says_what_it_costs(bench: Bench, lab: bool) -> None:
    window, watchers = bench.window, _Watchers()
    said = window.findChild(QLabel, "calls_a_minute")
    assert said is not None
    item = Instance(InstanceId("i-1"), "web", InstanceState.RUNNING)
    window.experiment.instances.show_instances({item.instance_id: item}, {}, known=True, whole=True)

    async def flow() -> None:
        task = asyncio.create_task(follow_screen(cast(Any, _session(watchers, lab=lab)), window))
        await asyncio.sleep(1.0)
        assert watchers.on_screen() == ["i-1"]
        assert said.isHidden() is lab
        assert lab or said.text() == _("{n} calls/min").format(n=26)
        window.experiment.instances.rows_shown.emit()
        task.cancel()
        await asyncio.wait([task])

    run_virtual(flow())
    assert said.isHidden()
    window.experiment.instances.rows_shown.emit()
    assert watchers.looks == 1


@pytest.mark.case("P9", "R1")
def test_that_a_view_that_fails_hinders_no_watcher(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise IndexError

    reported: list[str] = []
    monkeypatch.setattr(bench.window.experiment.instances, "rows_in_view", fail)
    monkeypatch.setattr(screen_rows, "report_bug", lambda _error, where: reported.append(where))
    assert screen_rows.rows_in_view(bench.window) == ()
    assert reported == ["asking what is in view"]
