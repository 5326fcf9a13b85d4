"""First now, last later."""

from __future__ import annotations

from typing import Any

from rdpgui.ui.throttle import Throttle
from tests.helpers.limits import limit_ms


class Calls:
    def __init__(self) -> None:
        self.count = 0

    def call(self) -> None:
        self.count += 1


def test_that_the_first_request_is_served_at_once_and_the_last_is_never_lost(qtbot: Any) -> None:
    calls = Calls()
    throttle = Throttle(calls.call, 10)
    for _time in range(5):
        throttle.request()
    assert calls.count == 1

    def served() -> None:
        assert calls.count == 2

    qtbot.waitUntil(served, timeout=limit_ms(2))


def test_that_flush_serves_only_what_is_outstanding(qapp: Any) -> None:
    calls = Calls()
    throttle = Throttle(calls.call, 60_000)
    throttle.flush()
    assert calls.count == 0
    throttle.request()
    throttle.request()
    throttle.flush()
    throttle.flush()
    assert calls.count == 2
    throttle.cancel()
