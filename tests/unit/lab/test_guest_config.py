"""Configuration and commands of a guest: what is accepted, and what is refused by name."""

from __future__ import annotations

import io
import json
import os

import pytest

from rdpgui.lab.guest.config import ConfigError, GuestConfig, Language
from rdpgui.lab.guest.lines import read_lines
from rdpgui.lab.guest.machine import Action, Origin
from rdpgui.lab.guest.protocol import (
    Command,
    CommandError,
    CrashCommand,
    FreezeCommand,
    MessageCommand,
    ScreenshotCommand,
    ShutdownCommand,
    StepClockCommand,
    parse_command,
    write_event,
)

WHOLE = {"instance_id": "i-1", "computer_name": "PC", "user": "U", "rfb_password": "secret-9"}


def test_that_the_four_names_are_enough() -> None:
    config = GuestConfig.from_json(json.dumps(WHOLE))
    assert (config.width, config.height, config.fps, config.language) == (1280, 720, 10, Language.ENGLISH)


def test_that_every_member_of_the_contract_is_taken() -> None:
    more = {
        "width": 1024, "height": 768, "fps": 25, "language": "ja", "boot_s": 1, "shutdown_screen_s": 2.5,
        "off_after_desktop_s": 0, "clock_skew_ms": -5000, "wallpaper": 7,
    }  # fmt: skip
    config = GuestConfig.from_json(json.dumps(WHOLE | more))
    assert {name: getattr(config, name) for name in more} == more


def test_that_the_password_is_not_in_the_repr() -> None:
    assert "secret-9" not in repr(GuestConfig.from_json(json.dumps(WHOLE)))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"instance_id": ""}, "instance_id"),
        ({"rfb_password": None}, "rfb_password"),
        ({"width": 100}, "width"),
        ({"height": "720"}, "height"),
        ({"fps": True}, "fps"),
        ({"boot_s": -1}, "boot_s"),
        ({"shutdown_screen_s": float("nan")}, "shutdown_screen_s"),
        ({"language": "fr"}, "language"),
        ({"wallpaper": 1.5}, "wallpaper"),
    ],
)
def test_that_a_bad_member_is_named(change: dict[str, object], named: str) -> None:
    with pytest.raises(ConfigError, match=named):
        GuestConfig.from_json(json.dumps(WHOLE | change))


@pytest.mark.parametrize("line", ["", "{", "[]", "7"])
def test_that_a_line_without_an_object_is_refused(line: str) -> None:
    with pytest.raises(ConfigError):
        GuestConfig.from_json(line)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        (
            '{"do": "shutdown", "action": "restart", "origin": "run-command", "delay_s": 15}',
            ShutdownCommand(Action.RESTART, Origin.RUN_COMMAND, 15.0),
        ),
        ('{"do": "acpi", "action": "shutdown"}', ShutdownCommand(Action.SHUTDOWN, Origin.ACPI, 0.0)),
        ('{"do": "crash"}', CrashCommand()),
        ('{"do": "freeze", "seconds": 2}', FreezeCommand(2.0)),
        ('{"do": "step-clock", "seconds": -2.5}', StepClockCommand(-2.5)),
        ('{"do": "message", "text": "やあ"}', MessageCommand("やあ")),
        ('{"do": "screenshot", "path": "/x/y.jpg"}', ScreenshotCommand("/x/y.jpg")),
    ],
)
def test_that_each_command_of_the_contract_is_understood(line: str, command: Command) -> None:
    assert parse_command(line) == command


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        "3",
        '{"do": "dance"}',
        '{"do": "shutdown", "action": "sleep"}',
        '{"do": "shutdown", "action": "restart", "delay_s": "soon"}',
        '{"do": "freeze"}',
        '{"do": "step-clock"}',
        '{"do": "step-clock", "seconds": 1e9}',
        '{"do": "message", "text": 5}',
    ],
)
def test_that_a_line_that_is_no_command_is_refused(line: str) -> None:
    with pytest.raises(CommandError):
        parse_command(line)


def test_that_an_event_is_one_json_line() -> None:
    stream = io.StringIO()
    write_event(stream, "off", at_ms=5, action=Action.RESTART)
    assert stream.getvalue().count("\n") == 1
    assert json.loads(stream.getvalue()) == {"event": "off", "at_ms": 5, "action": "restart"}


def test_that_lines_arrive_whole_however_they_were_cut() -> None:
    reading, writing = os.pipe()
    try:
        lines = read_lines(reading)
        os.write(writing, '{"text": "日本'.encode()[:-1])
        os.write(writing, '{"text": "日本'.encode()[-1:] + b'"}\n\n{"b": 1}\nrest')
        assert next(lines) == '{"text": "日本"}'
        assert next(lines) == '{"b": 1}'
        os.close(writing)
        assert list(lines) == []
    finally:
        os.close(reading)
