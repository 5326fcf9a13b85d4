"""When a silent source counts as stalled."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.broker.watch import Sign, StallWatch


def test_that_silence_leads_to_a_ping_and_then_to_stalled() -> None:
    watch = StallWatch(3.0, 1000)
    signs = {now_ms: watch.silent(now_ms) for now_ms in range(1050, 6000, 50)}
    assert {now_ms: sign for now_ms, sign in signs.items() if sign is not Sign.NOTHING} == {
        2500: Sign.PING,
        4000: Sign.STALLED,
    }


def test_that_an_answered_ping_keeps_a_quiet_source_alive() -> None:
    watch = StallWatch(3.0, 0)
    for now_ms in range(0, 60_000, 50):
        sign = watch.silent(now_ms)
        assert sign in (Sign.NOTHING, Sign.PING)
        if sign is Sign.PING:
            assert watch.heard(now_ms + 5) is Sign.NOTHING


def test_that_a_stalled_source_may_resume() -> None:
    watch = StallWatch(1.0, 0)
    assert watch.silent(500) is Sign.PING
    assert watch.silent(1000) is Sign.STALLED
    assert watch.heard(9000) is Sign.RESUMED
    assert watch.heard(9100) is Sign.NOTHING
    assert watch.silent(10_100) is Sign.STALLED


@given(st.lists(st.tuples(st.integers(1, 3000), st.booleans()), max_size=50))
def test_that_stalled_and_resumed_take_turns(steps: list[tuple[int, bool]]) -> None:
    watch, now_ms, changes = StallWatch(1.0, 0), 0, []
    for step_ms, heard in steps:
        now_ms += step_ms
        sign = watch.heard(now_ms) if heard else watch.silent(now_ms)
        if sign in (Sign.STALLED, Sign.RESUMED):
            changes.append(sign)
    assert changes[::2] == [Sign.STALLED] * len(changes[::2])
    assert changes[1::2] == [Sign.RESUMED] * len(changes[1::2])
