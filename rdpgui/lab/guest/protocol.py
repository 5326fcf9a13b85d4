"""JSON lines: commands in on standard input, events out on standard output."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final, TextIO

from rdpgui.lab.guest.machine import Action, Origin

_MAX_SECONDS: Final = 3600.0
_MAX_STEP_S: Final = 86_400.0


class CommandError(ValueError):
    """A line on standard input is no command; the text says why."""


@dataclass(frozen=True, slots=True)
class ShutdownCommand:
    """Shut down or restart after a countdown (Run Command), or at once (power button)."""

    action: Action
    origin: Origin
    delay_s: float


@dataclass(frozen=True, slots=True)
class CrashCommand:
    """Show the stop screen, then power off."""


@dataclass(frozen=True, slots=True)
class FreezeCommand:
    """Stop painting and serving for a while; sockets stay open."""

    seconds: float


@dataclass(frozen=True, slots=True)
class MessageCommand:
    """Show a toast."""

    text: str


@dataclass(frozen=True, slots=True)
class ScreenshotCommand:
    """Write a JPEG of the screen."""

    path: str


@dataclass(frozen=True, slots=True)
class StepClockCommand:
    """Set the machine's own clock on or back."""

    seconds: float


Command = ShutdownCommand | CrashCommand | FreezeCommand | MessageCommand | ScreenshotCommand | StepClockCommand


def parse_command(line: str) -> Command:
    """Parse one line of standard input. Source: ``resources/docs/lab.md``, guest commands.

    Raises:
        CommandError: not JSON, unknown, or a member missing or of the wrong type.
    """
    try:
        raw = json.loads(line)
    except json.JSONDecodeError as error:
        raise CommandError(f"not JSON: {error}") from error
    if not isinstance(raw, dict):
        raise CommandError("not a JSON object")
    match raw.get("do"):
        case "shutdown":
            return ShutdownCommand(_action(raw), Origin.RUN_COMMAND, _seconds(raw, "delay_s", 0.0))
        case "acpi":
            return ShutdownCommand(_action(raw), Origin.ACPI, 0.0)
        case "crash":
            return CrashCommand()
        case "freeze":
            return FreezeCommand(_seconds(raw, "seconds", None))
        case "step-clock":
            return StepClockCommand(_step(raw))
        case "message":
            return MessageCommand(_text(raw, "text"))
        case "screenshot":
            return ScreenshotCommand(_text(raw, "path"))
        case other:
            raise CommandError(f"unknown command {other!r}")


def write_event(stream: TextIO, name: str, **members: object) -> None:
    """Write one event line and flush it."""
    stream.write(json.dumps({"event": name, **members}, ensure_ascii=False) + "\n")
    stream.flush()


def _action(raw: dict[str, object]) -> Action:
    try:
        return Action(str(raw.get("action")))
    except ValueError as error:
        raise CommandError('action must be "restart", "shutdown" or "hibernate"') from error


def _seconds(raw: dict[str, object], name: str, default: float | None) -> float:
    value = raw.get(name, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _MAX_SECONDS:
        raise CommandError(f"{name} must be a number of seconds from 0 to {_MAX_SECONDS:.0f}")
    return float(value)


def _step(raw: dict[str, object]) -> float:
    value = raw.get("seconds")
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not abs(value) <= _MAX_STEP_S:
        raise CommandError(f"seconds must be a number from -{_MAX_STEP_S:.0f} to {_MAX_STEP_S:.0f}")
    return float(value)


def _text(raw: dict[str, object], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str):
        raise CommandError(f"{name} must be a text")
    return value
