"""Rules without pixels: the clock, the loop, idle stretches, keys, libvlc's presence."""

from __future__ import annotations

import sys
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from rdpgui.core.film import FilmFacts, Span, Still
from rdpgui.ui.dialogs.shortcuts import ShortcutsDialog
from rdpgui.ui.player import film_text
from rdpgui.ui.player.backend import BackendMissing
from rdpgui.ui.player.film_clock import FilmClock
from rdpgui.ui.player.gathering import gather
from rdpgui.ui.player.keys import KEY_HELP, KeyCommand, key_command
from rdpgui.ui.player.loop import Loop, idle_jump
from rdpgui.ui.player.snapshot import snapshot_text
from rdpgui.ui.player.vlc_probe import ARGUMENTS, load_vlc
from rdpgui.ui.theme import Theming
from tests.helpers.limits import limit_s

START = datetime(2026, 3, 1, 23, 59, 50, tzinfo=UTC)
NONE, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


@given(st.floats(0, 14_400), st.floats(-300, 300))
def test_that_film_time_and_wall_clock_are_each_others_inverse(film_s: float, adjusted_s: float) -> None:
    clock = FilmClock(START, 14_400.0).adjusted(adjusted_s)
    at = clock.wall_at(film_s)
    assert at is not None
    assert clock.film_s(at) == pytest.approx(film_s, abs=2e-6)


def test_that_without_a_start_there_is_no_wall_clock() -> None:
    clock = FilmClock(None, 10.0)
    assert clock.wall_at(1.0) is None
    assert clock.film_s(START) is None
    assert clock.parse("0:03.5") == 3.5


@given(st.floats(0, 20))
def test_that_a_typed_clock_time_is_found_across_midnight(film_s: float) -> None:
    clock = FilmClock(START, 20.0)
    text = (START + timedelta(seconds=film_s)).astimezone().strftime("%H:%M:%S.%f")
    assert clock.parse(text) == pytest.approx(film_s, abs=2e-6)


@pytest.mark.parametrize("zone, offset_s", [("Z", 0), (" UTC", 0), ("+09:00", 32_400), ("-0330", -12_600)])
def test_that_a_typed_time_may_name_its_zone_and_its_day(zone: str, offset_s: int) -> None:
    clock = FilmClock(START, 20.0)
    at = (START + timedelta(seconds=3.5 + offset_s)).replace(tzinfo=None)
    assert clock.parse(at.strftime("%H:%M:%S.%f") + zone) == 3.5
    assert clock.parse(f"{at.isoformat()}{zone}") == 3.5
    assert clock.parse(f"{at - timedelta(days=3):%Y-%m-%d %H:%M:%S.%f}{zone}") == 3.5 - 3 * 86_400


def test_that_a_dated_time_without_a_zone_is_local_and_wide_characters_are_read() -> None:
    clock = FilmClock(START, 20.0)
    local = (START + timedelta(seconds=2)).astimezone()
    assert clock.parse(f"{local:%Y-%m-%d %H:%M:%S}") == 2.0
    assert clock.parse(f"{local:%H:%M:%S}".replace(":", "：")) == 2.0


@pytest.mark.parametrize("text, film_s", [("+12.5", 12.5), ("+1:12.5", 72.5), ("+0", 0.0), (" +3 ", 3.0)])
def test_that_a_plus_counts_from_the_films_start(text: str, film_s: float) -> None:
    assert FilmClock(START, 100.0).parse(text) == film_s


@pytest.mark.parametrize(
    "text",
    [
        "",
        "+",
        "noon",
        "25:00:00",
        "12:60",
        "12:00:61",
        "-3",
        "12",
        "+1:2:3",
        "１２:００:x",
        "12:00+9",
        "2026-13-01 12:00",
        "2026-03-01",
    ],
)
def test_that_what_is_no_time_is_refused(text: str) -> None:
    assert FilmClock(START, 100.0).parse(text) is None


def test_that_a_loop_without_length_drops_its_other_end() -> None:
    assert Loop().with_begin(5.0).with_end(9.0) == Loop(5.0, 9.0)
    assert Loop(5.0, 9.0).with_begin(9.0) == Loop(9.0, None)
    assert Loop(5.0, 9.0).with_end(4.0) == Loop(None, 4.0)


def test_that_a_loop_jumps_at_its_end_only() -> None:
    loop = Loop(5.0, 9.0)
    assert [loop.jump(at_s) for at_s in (4.0, 8.99, 9.0, 9.5)] == [None, None, 5.0, 5.0]
    assert [loop.begin_of(at_s) for at_s in (6.0, 9.0)] == [6.0, 5.0]
    assert Loop(5.0, None).jump(99.0) is None


@given(st.floats(0, 60))
def test_that_an_idle_jump_goes_forwards_and_never_twice(at_s: float) -> None:
    idle = (Span(2.0, 9.0), Span(12.0, 13.0), Span(20.0, 50.0))
    target = idle_jump(idle, at_s)
    if target is not None:
        assert target > at_s
        assert idle_jump(idle, target) is None
    else:
        assert not any(span.begin_s + 0.3 <= at_s <= span.end_s - 1.3 for span in idle)


@pytest.mark.parametrize(
    "key, modifiers, command",
    [
        (Qt.Key.Key_Space, NONE, KeyCommand.PLAY_PAUSE),
        (Qt.Key.Key_Left, Qt.KeyboardModifier.KeypadModifier, KeyCommand.FRAME_BACK),
        (Qt.Key.Key_Right, SHIFT, KeyCommand.SECOND_ON),
        (Qt.Key.Key_S, SHIFT, None),
        (Qt.Key.Key_S, CONTROL, None),
        (Qt.Key.Key_Q, NONE, None),
    ],
)
def test_that_keys_mean_what_editors_mean(key: Qt.Key, modifiers: Qt.KeyboardModifier, command: object) -> None:
    assert key_command(key, modifiers) is command


def test_that_times_are_written_as_people_read_them() -> None:
    facts = FilmFacts("mp4", "h264", 1280, 720, 1, 3999.98, 3999.9)
    assert film_text.elapsed(59.96, facts.duration_s) == "1:00.0 / 1:06:40.0"
    assert film_text.elapsed(0.0, None) == ""
    assert film_text.time_text(FilmClock(None, 5.0), 3.9984) == "+0:03.998"


def test_that_metadata_has_no_wall_clock_when_it_is_not_known() -> None:
    text = snapshot_text("a.mp4", Still(1.5, 2, 2, b"", 14), FilmClock(None, 9.0), lab=False)
    assert text == {"Source": "a.mp4", "Film time": "1.500000 s", "Frame": "15"}


def _fake_vlc(version: bytes, instance: object) -> SimpleNamespace:
    def make(*arguments: str) -> object:
        assert arguments == ARGUMENTS
        return instance

    return SimpleNamespace(libvlc_get_version=lambda: version, Instance=make)


@pytest.mark.parametrize(
    "fake, reason",
    [
        (None, "cannot be loaded"),
        (_fake_vlc(b"4.0.0-dev Otto", object()), "4.0.0-dev Otto is another version"),
        (_fake_vlc(b"3.0.24 Vetinari", None), "has no plugins"),
    ],
)
def test_that_an_unusable_libvlc_is_named_with_the_remedy(
    monkeypatch: pytest.MonkeyPatch, fake: object, reason: str
) -> None:
    monkeypatch.setitem(sys.modules, "vlc", fake)
    with pytest.raises(BackendMissing, match=reason) as caught:
        load_vlc()
    assert "vlc-plugin-base" in caught.value.text()


@pytest.mark.parametrize("raised", [SystemExit(1), OSError("no such file"), NotImplementedError("Cannot find libvlc")])
def test_that_a_binding_that_cannot_be_imported_is_no_crash(
    monkeypatch: pytest.MonkeyPatch, raised: BaseException
) -> None:
    class Refusing:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name == "vlc":
                raise raised

    monkeypatch.delitem(sys.modules, "vlc", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Refusing(), *sys.meta_path])
    with pytest.raises(BackendMissing, match="cannot be loaded"):
        load_vlc()


@given(st.permutations(range(3)))
def test_that_gathered_futures_are_done_with_the_last(order: list[int]) -> None:
    futures: list[Future[None]] = [Future() for _ in range(3)]
    whole = gather(futures)
    for at in order:
        assert not whole.done()
        futures[at].set_result(None)
    assert whole.done()


def test_that_gathering_nothing_is_done() -> None:
    assert gather(()).done()


def test_that_the_panel_loads_neither_libvlc_nor_pyav() -> None:
    import subprocess

    code = (
        "import sys, rdpgui.ui.player.film_panel, rdpgui.media.still_service, rdpgui.media.playback;"
        "print(sorted({'vlc', 'av', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=limit_s(60))
    assert done.stdout.strip() == "[]"


def test_that_the_help_lists_every_key_command_of_the_film_once() -> None:
    listed = [command for _keys, _text, commands in KEY_HELP for command in commands]
    assert sorted(listed) == sorted(KeyCommand)


def test_that_the_shortcuts_dialog_shows_the_keys_of_the_film(theming: Theming) -> None:
    dialog = ShortcutsDialog()
    shown = {item.text() for item in dialog.findChildren(QLabel)}
    assert {text for keys, words, _commands in KEY_HELP for text in (keys, words)} <= shown
