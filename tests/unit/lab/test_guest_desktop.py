"""The painted desktop as a person uses it: mouse, keyboard, menus, windows, console."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.lab.guest.activity import history, job_line, load_at
from rdpgui.lab.guest.desktop import MENU_ROWS, POWER_ROWS, Desktop, MenuRow, PowerRow, WindowKind
from rdpgui.lab.guest.keys import Keysym, character
from rdpgui.lab.guest.layout import Rect, close_button, title_bar
from rdpgui.lab.guest.machine import Action
from rdpgui.lab.guest.requests import AbortRequest, PowerRequest, Request, ToastRequest
from rdpgui.lab.guest.shell import Shell
from rdpgui.lab.guest.texts import ENGLISH, JAPANESE

NOW = datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC)


@pytest.fixture
def desktop() -> Desktop:
    return new_desktop()


def new_desktop() -> Desktop:
    return Desktop(1280, 720, Shell("FIN-WEB-01", "Admin", ENGLISH), ENGLISH)


def middle(rect: Rect) -> tuple[int, int]:
    return rect.x + rect.width // 2, rect.y + rect.height // 2


def click(desktop: Desktop, rect: Rect) -> Request | None:
    x, y = middle(rect)
    desktop.on_pointer(x, y, 0)
    request = desktop.on_pointer(x, y, 1)
    assert desktop.on_pointer(x, y, 0) is None
    return request


def press(desktop: Desktop, *keysyms: int) -> Request | None:
    request: Request | None = None
    for keysym in keysyms:
        request = desktop.on_key(keysym, True, NOW)
        assert desktop.on_key(keysym, False, NOW) is None
    return request


def write(desktop: Desktop, line: str) -> Request | None:
    press(desktop, *map(ord, line))
    return press(desktop, Keysym.RETURN)


POWER = [
    (PowerRow.RESTART, PowerRequest(Action.RESTART)),
    (PowerRow.SHUT_DOWN, PowerRequest(Action.SHUTDOWN)),
    (PowerRow.UPDATE_RESTART, PowerRequest(Action.RESTART, update=True)),
]


@pytest.mark.parametrize(("row", "expected"), POWER)
def test_that_the_mouse_reaches_each_power_row(desktop: Desktop, row: PowerRow, expected: PowerRequest) -> None:
    assert click(desktop, desktop.layout.start_button) is None
    assert click(desktop, desktop.layout.power_button) is None
    assert click(desktop, desktop.layout.flyout_row(POWER_ROWS.index(row))) == expected
    assert not desktop.menu.open


@pytest.mark.parametrize(("row", "expected"), POWER)
def test_that_the_keyboard_reaches_each_power_row(desktop: Desktop, row: PowerRow, expected: PowerRequest) -> None:
    press(desktop, Keysym.SUPER_L, Keysym.UP, Keysym.RETURN)
    assert press(desktop, *[Keysym.DOWN] * POWER_ROWS.index(row), Keysym.RETURN) == expected


@pytest.mark.parametrize("key", [Keysym.SUPER_L, Keysym.SUPER_R, Keysym.META_L])
def test_that_super_opens_and_closes_the_menu(desktop: Desktop, key: int) -> None:
    press(desktop, key)
    assert desktop.menu.open
    press(desktop, key)
    assert not desktop.menu.open


def test_that_super_held_with_another_key_leaves_the_menu_closed(desktop: Desktop) -> None:
    desktop.on_key(Keysym.SUPER_L, True, NOW)
    press(desktop, ord("r"))
    desktop.on_key(Keysym.SUPER_L, False, NOW)
    assert not desktop.menu.open


def test_that_control_escape_opens_the_menu_where_super_never_arrives(desktop: Desktop) -> None:
    desktop.on_key(Keysym.CONTROL_L, True, NOW)
    press(desktop, Keysym.ESCAPE)
    assert desktop.menu.open


def test_that_escape_goes_back_one_menu_at_a_time(desktop: Desktop) -> None:
    press(desktop, Keysym.SUPER_L, Keysym.UP, Keysym.RETURN)
    states = [(desktop.menu.open, desktop.menu.power_focus)]
    for _ in range(2):
        press(desktop, Keysym.ESCAPE)
        states.append((desktop.menu.open, desktop.menu.power_focus))
    assert states == [(True, 0), (True, None), (False, None)]


def test_that_a_click_beside_the_menu_closes_it_and_asks_for_nothing(desktop: Desktop) -> None:
    click(desktop, desktop.layout.start_button)
    click(desktop, desktop.layout.power_button)
    assert click(desktop, Rect(1200, 300, 2, 2)) is None
    assert not desktop.menu.open


def test_that_a_held_button_presses_only_once(desktop: Desktop) -> None:
    x, y = middle(desktop.layout.start_button)
    for _ in range(3):
        desktop.on_pointer(x, y, 1)
    assert desktop.menu.open


def test_that_the_hovered_row_is_highlighted(desktop: Desktop) -> None:
    click(desktop, desktop.layout.start_button)
    desktop.on_pointer(*middle(desktop.layout.menu_row(2)), 0)
    assert desktop.menu.focus == 2


def test_that_the_about_row_shows_a_message(desktop: Desktop) -> None:
    click(desktop, desktop.layout.start_button)
    request = click(desktop, desktop.layout.menu_row(MENU_ROWS.index(MenuRow.ABOUT)))
    assert request == ToastRequest(ENGLISH.about_text)


def test_that_a_message_goes_away_when_clicked(desktop: Desktop) -> None:
    desktop.show_toast("hello")
    click(desktop, desktop.layout.toast)
    assert desktop.toast == ""


def test_that_a_window_is_dragged_by_its_title_and_stays_within_reach(desktop: Desktop) -> None:
    rect = desktop.windows.rects[WindowKind.CONSOLE]
    x, y = rect.x + 60, rect.y + 10
    desktop.on_pointer(x, y, 1)
    desktop.on_pointer(x - 100, y - 50, 1)
    assert desktop.windows.rects[WindowKind.CONSOLE] == rect.moved_to(rect.x - 100, rect.y - 50)
    desktop.on_pointer(5000, 5000, 1)
    moved = desktop.windows.rects[WindowKind.CONSOLE]
    assert moved.x < 1280 - 100
    assert title_bar(moved).bottom <= desktop.layout.work_area.bottom
    desktop.on_pointer(5000, 5000, 0)
    desktop.on_pointer(10, 10, 0)
    assert desktop.windows.rects[WindowKind.CONSOLE] == moved


def test_that_a_click_raises_a_window_and_the_taskbar_brings_a_closed_one_back(desktop: Desktop) -> None:
    click(desktop, title_bar(desktop.windows.rects[WindowKind.SERVER_MANAGER]))
    assert desktop.windows.focused is WindowKind.SERVER_MANAGER
    click(desktop, close_button(desktop.windows.rects[WindowKind.SERVER_MANAGER]))
    assert desktop.windows.order == [WindowKind.CONSOLE]
    click(desktop, desktop.layout.task_button(0))
    assert desktop.windows.focused is WindowKind.SERVER_MANAGER


def test_that_typing_reaches_the_console_only_when_it_is_in_front(desktop: Desktop) -> None:
    press(desktop, *map(ord, "abc"), Keysym.BACKSPACE)
    assert desktop.shell.typed == "ab"
    desktop.windows.show(WindowKind.SERVER_MANAGER)
    press(desktop, ord("x"))
    assert desktop.shell.typed == "ab"


def test_that_japanese_characters_arrive_as_unicode_keysyms(desktop: Desktop) -> None:
    press(desktop, 0x01000000 + ord("録"), 0x01000000 + ord("画"))
    assert desktop.shell.typed == "録画"


def test_that_a_shortcut_types_nothing(desktop: Desktop) -> None:
    desktop.on_key(Keysym.CONTROL_L, True, NOW)
    press(desktop, ord("c"))
    assert desktop.shell.typed == ""


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("shutdown /r /t 15", PowerRequest(Action.RESTART, 15.0)),
        ("shutdown.exe -s -t 0", PowerRequest(Action.SHUTDOWN, 0.0)),
        ("SHUTDOWN /S", PowerRequest(Action.SHUTDOWN, 30.0)),
        ("shutdown /a", AbortRequest()),
        ("shutdown", None),
        ("shutdown /r /t soon", None),
        ("shutdown /r /t", None),
        ("hostname", None),
    ],
)
def test_that_the_console_understands_shutdown(desktop: Desktop, line: str, expected: Request | None) -> None:
    assert write(desktop, line) == expected


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("hostname", "FIN-WEB-01"),
        ("whoami", "fin-web-01\\admin"),
        ("date", "2026-05-04 03:02:01 UTC"),
        ("echo  a b", "a b"),
        ("nope", ENGLISH.unknown_command.format(name="nope")),
    ],
)
def test_that_the_console_answers(desktop: Desktop, line: str, answer: str) -> None:
    write(desktop, line)
    assert desktop.shell.tail(2) == [f"{desktop.shell.prompt}{line}", answer]


def test_that_cls_empties_the_console(desktop: Desktop) -> None:
    write(desktop, "hostname")
    write(desktop, "cls")
    assert desktop.shell.tail(10) == []


EVENTS = st.one_of(
    st.tuples(st.integers(-50, 1400), st.integers(-50, 800), st.sampled_from([0, 1, 2, 4, 8])),
    st.tuples(st.sampled_from([*Keysym, ord("a"), 0x1003042, 0xFE03]), st.booleans()),
)


@given(st.lists(EVENTS, max_size=60))
def test_that_any_input_leaves_a_desktop_that_can_be_used(events: list[tuple[int, ...]]) -> None:
    desktop = new_desktop()
    for event in events:
        if len(event) == 3:
            desktop.on_pointer(*event)
        else:
            desktop.on_key(event[0], bool(event[1]), NOW)
        assert len(set(desktop.windows.order)) == len(desktop.windows.order)
        assert desktop.menu.open or desktop.menu.power_focus is None
    desktop.on_pointer(0, 0, 0)
    desktop.menu.close()
    click(desktop, desktop.layout.start_button)
    assert desktop.menu.open


@pytest.mark.parametrize(
    ("keysym", "expected"),
    [(0x41, "A"), (0xE9, "é"), (0x01003042, "あ"), (0xFFB7, "7"), (0xFFAF, "/"), (0xFF0D, None), (0x01000007, None)],
)
def test_that_a_keysym_has_its_character(keysym: int, expected: str | None) -> None:
    assert character(keysym) == expected


def test_that_the_numbers_move_and_repeat_for_the_same_second() -> None:
    loads = history(5, 1_700_000_000, 60)
    assert loads == history(5, 1_700_000_000, 60)
    assert loads[-1] == load_at(5, 1_700_000_000)
    assert len({load.cpu for load in loads}) > 30
    assert all(0 <= load.cpu <= 1 and 0 <= load.memory <= 1 and load.network_kib_s >= 0 for load in loads)


def test_that_a_job_prints_now_and_then() -> None:
    printed = [job_line(5, second) for second in range(1_700_000_000, 1_700_000_040)]
    assert sum(line is not None for line in printed) == 10


def test_that_both_languages_fill_the_same_places() -> None:
    for words in (ENGLISH, JAPANESE):
        assert words.updating.format(percent=5)
        assert "12" in words.banner_restart.format(seconds=12)
        assert "12" in words.banner_shutdown.format(seconds=12)
        assert len(words.weekdays.split()) == 7
