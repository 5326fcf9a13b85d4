"""What a desktop does by itself, second by second."""

from __future__ import annotations

from typing import Any

import pytest

from rdpgui.lab.guest import by_itself as module
from rdpgui.lab.guest.by_itself import ByItself

NOW_MS = 1_772_366_400_000


class _Desktop:
    def __init__(self) -> None:
        self.toasts: list[str] = []

    def show_toast(self, text: str) -> None:
        self.toasts.append(text)


class _Shell:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def print_line(self, line: str) -> None:
        self.lines.append(line)


class _Clock:
    now_s = 50.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> tuple[Any, Any, _Clock]:
    """A desktop, its console, and the time; every second's job prints its second."""
    clock = _Clock()
    monkeypatch.setattr(module, "time", clock)
    monkeypatch.setattr(module, "job_line", lambda _seed, second: f"job {second % 1000}" if second % 2 == 0 else None)
    return _Desktop(), _Shell(), clock


def test_that_a_notice_goes_after_its_time_and_only_once(made: tuple[Any, Any, _Clock]) -> None:
    desktop, shell, clock = made
    life = ByItself(desktop, shell, 1)
    life.toast("Restarting soon")
    clock.now_s += 5.9
    life.end_toast()
    assert desktop.toasts == ["Restarting soon"]
    clock.now_s += 0.2
    life.end_toast()
    life.end_toast()
    assert desktop.toasts == ["Restarting soon", ""]


def test_that_jobs_print_each_second_once_and_catch_up_two_minutes_at_most(made: tuple[Any, Any, _Clock]) -> None:
    desktop, shell, _clock = made
    life = ByItself(desktop, shell, 1)
    life.print_jobs(NOW_MS)
    life.print_jobs(NOW_MS + 900)
    assert shell.lines == ["[12:00:00] job 400"]
    life.print_jobs(NOW_MS + 4000)
    assert [line.split()[-1] for line in shell.lines] == ["400", "402", "404"]
    life.print_jobs(NOW_MS + 3_600_000)
    assert len(shell.lines) == 3 + 61
