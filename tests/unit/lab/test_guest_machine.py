"""The guest's state machine: order of screens, countdowns, and what is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.guest.machine import MOVES, Action, Machine, MoveError, Origin, Screen, Timings

TIMINGS = Timings(boot_s=10.0, shutdown_screen_s=4.0, off_after_desktop_s=2.0)


def screens_until_quiet(machine: Machine, now_mono_s: float) -> list[tuple[Screen, float]]:
    """Follow the machine's own due times until nothing is planned any more."""
    seen: list[tuple[Screen, float]] = []
    while (due_mono_s := machine.next_due_mono_s()) is not None:
        now_mono_s = max(now_mono_s, due_mono_s)
        screen = machine.advance(now_mono_s)
        assert screen is not None
        seen.append((screen, now_mono_s))
    return seen


def running() -> Machine:
    machine = Machine(TIMINGS, 0.0)
    screens_until_quiet(machine, 0.0)
    return machine


def test_that_a_boot_passes_the_log_on_and_takes_boot_s() -> None:
    machine = Machine(TIMINGS, 100.0)
    assert screens_until_quiet(machine, 100.0) == [(Screen.LOGON, 106.0), (Screen.DESKTOP, 110.0)]


def test_that_a_shutdown_shows_its_screen_then_closes_then_is_off() -> None:
    machine = running()
    assert machine.request(Action.SHUTDOWN, Origin.ACPI, 50.0)
    assert machine.screen is Screen.SHUTDOWN
    assert screens_until_quiet(machine, 50.0) == [(Screen.CLOSED, 54.0), (Screen.OFF, 56.0)]
    assert (machine.action, machine.origin) == (Action.SHUTDOWN, Origin.ACPI)


def test_that_an_update_ends_on_the_restart_screen_within_the_same_time() -> None:
    machine = running()
    machine.request(Action.RESTART, Origin.START_MENU, 50.0, update=True)
    assert machine.screen is Screen.UPDATE
    assert screens_until_quiet(machine, 50.0) == [(Screen.RESTART, 52.0), (Screen.CLOSED, 54.0), (Screen.OFF, 56.0)]


def test_that_a_crashed_machine_is_off_as_soon_as_its_desktop_is_gone() -> None:
    machine = running()
    assert machine.crash(50.0)
    assert machine.screen is Screen.STOP
    assert screens_until_quiet(machine, 50.0) == [(Screen.CLOSED, 54.0), (Screen.OFF, 54.0)]
    assert (machine.action, machine.origin) == (Action.RESTART, Origin.CRASH)


def test_that_hibernation_takes_the_desktop_away_at_once_and_then_saves_the_memory() -> None:
    machine = running()
    assert machine.request(Action.HIBERNATE, Origin.ACPI, 50.0)
    assert machine.screen is Screen.CLOSED
    assert screens_until_quiet(machine, 50.0) == [(Screen.OFF, 56.0)]
    assert machine.action is Action.HIBERNATE


def test_that_a_countdown_keeps_the_desktop_until_it_is_over() -> None:
    machine = running()
    assert machine.request(Action.RESTART, Origin.RUN_COMMAND, 50.0, delay_s=15)
    assert machine.screen is Screen.DESKTOP
    assert not machine.ending
    assert machine.pending is not None
    assert machine.pending.left_s(60.0) == 5.0
    assert machine.due(64.9) is None
    assert machine.advance(65.0) is Screen.RESTART
    assert machine.pending is None


def test_that_a_second_countdown_is_refused_and_the_first_one_stays() -> None:
    machine = running()
    machine.request(Action.RESTART, Origin.RUN_COMMAND, 50.0, delay_s=15)
    assert not machine.request(Action.SHUTDOWN, Origin.RUN_COMMAND, 51.0, delay_s=1)
    assert machine.advance(65.0) is Screen.RESTART


def test_that_an_aborted_countdown_never_ends_the_machine() -> None:
    machine = running()
    machine.request(Action.SHUTDOWN, Origin.START_MENU, 50.0, delay_s=5)
    assert machine.abort()
    assert not machine.abort()
    assert machine.due(1000.0) is None


def test_that_the_power_button_overtakes_a_countdown() -> None:
    machine = running()
    machine.request(Action.RESTART, Origin.RUN_COMMAND, 50.0, delay_s=600)
    assert machine.request(Action.SHUTDOWN, Origin.ACPI, 51.0)
    assert (machine.screen, machine.pending) == (Screen.SHUTDOWN, None)


def test_that_an_ending_machine_refuses_everything_else() -> None:
    machine = running()
    machine.request(Action.SHUTDOWN, Origin.ACPI, 50.0)
    assert not machine.request(Action.RESTART, Origin.START_MENU, 51.0)
    assert not machine.crash(51.0)
    assert machine.screen is Screen.SHUTDOWN


def test_that_the_power_button_is_heard_while_booting() -> None:
    machine = Machine(TIMINGS, 0.0)
    assert machine.request(Action.SHUTDOWN, Origin.ACPI, 1.0)
    assert machine.screen is Screen.SHUTDOWN


def test_that_nothing_comes_after_off() -> None:
    machine = running()
    machine.request(Action.SHUTDOWN, Origin.ACPI, 50.0)
    screens_until_quiet(machine, 50.0)
    assert machine.screen is Screen.OFF
    assert machine.advance(1000.0) is None
    with pytest.raises(MoveError):
        machine._enter(Screen.DESKTOP, 1000.0)


STEPS = st.one_of(
    st.tuples(st.just("wait"), st.floats(0, 30)),
    st.tuples(st.just("request"), st.sampled_from(Action), st.floats(0, 20), st.booleans()),
    st.tuples(st.just("crash")),
    st.tuples(st.just("abort")),
)


@given(st.lists(STEPS, max_size=25))
def test_that_every_history_keeps_to_the_table_and_ends_off_once_begun(steps: list[tuple[object, ...]]) -> None:
    now_mono_s = 0.0
    machine = Machine(TIMINGS, now_mono_s)
    before = machine.screen
    for step in steps:
        match step:
            case ("wait", float() as seconds):
                now_mono_s += seconds
                while machine.due(now_mono_s) is not None:
                    after = machine.advance(now_mono_s)
                    assert after in MOVES[before]
                    before = machine.screen
            case ("request", Action() as action, float() as delay_s, bool() as update):
                machine.request(action, Origin.START_MENU, now_mono_s, delay_s=delay_s, update=update)
            case ("crash",):
                machine.crash(now_mono_s)
            case _:
                machine.abort()
        assert machine.screen is before or machine.screen in MOVES[before]
        before = machine.screen
    began = machine.ending or machine.pending is not None
    screens_until_quiet(machine, now_mono_s)
    assert machine.screen is (Screen.OFF if began else Screen.DESKTOP)
