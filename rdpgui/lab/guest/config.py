"""The guest's configuration: the first line on standard input."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class ConfigError(ValueError):
    """The configuration line cannot be used; the text names the member and what it must be."""


class Language(StrEnum):
    """Languages of the painted desktop."""

    ENGLISH = "en"
    JAPANESE = "ja"


_MIN_WIDTH: Final = 800
_MIN_HEIGHT: Final = 600
_MAX_SIDE: Final = 4096
_MAX_SECONDS: Final = 3600.0
_MAX_SKEW_MS: Final = 366 * 86_400_000


@dataclass(frozen=True, slots=True)
class GuestConfig:
    """What one guest is told at its start. Source: ``resources/docs/lab.md``, guest.

    Attributes:
        width: desktop width in pixels; height likewise.
        fps: frames per second while a client is connected.
        rfb_password: VNC password of the guest's RFB server; never shown by repr.
        boot_s: seconds from the boot screen to the desktop.
        shutdown_screen_s: seconds the shutdown screen is shown before the remote desktop ends.
        off_after_desktop_s: seconds from there to power off.
        clock_skew_ms: added to every time the guest itself shows or states.
        wallpaper: number of the wallpaper; any integer is accepted.
        boot_at_ms: by the guest's clock, of a machine that wakes from hibernation; 0: it boots now.
    """

    instance_id: str
    computer_name: str
    user: str
    rfb_password: str = field(repr=False)
    language: Language = Language.ENGLISH
    width: int = 1280
    height: int = 720
    fps: int = 10
    boot_s: float = 3.0
    shutdown_screen_s: float = 3.0
    off_after_desktop_s: float = 1.0
    clock_skew_ms: int = 0
    wallpaper: int = 0
    boot_at_ms: int = 0

    @classmethod
    def from_json(cls, line: str) -> GuestConfig:
        """Parse one JSON line.

        Raises:
            ConfigError: not a JSON object, a member missing, of the wrong type or out of range.
        """
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as error:
            raise ConfigError(f"the configuration is not JSON: {error}") from error
        if not isinstance(raw, dict):
            raise ConfigError("the configuration must be a JSON object")
        return cls(
            instance_id=_text(raw, "instance_id"),
            computer_name=_text(raw, "computer_name"),
            user=_text(raw, "user"),
            rfb_password=_text(raw, "rfb_password"),
            language=_language(raw),
            width=_integer(raw, "width", 1280, _MIN_WIDTH, _MAX_SIDE),
            height=_integer(raw, "height", 720, _MIN_HEIGHT, _MAX_SIDE),
            fps=_integer(raw, "fps", 10, 1, 60),
            boot_s=_seconds(raw, "boot_s", 3.0),
            shutdown_screen_s=_seconds(raw, "shutdown_screen_s", 3.0),
            off_after_desktop_s=_seconds(raw, "off_after_desktop_s", 1.0),
            clock_skew_ms=_integer(raw, "clock_skew_ms", 0, -_MAX_SKEW_MS, _MAX_SKEW_MS),
            wallpaper=_integer(raw, "wallpaper", 0, -(2**31), 2**31),
            boot_at_ms=_integer(raw, "boot_at_ms", 0, 0, 2**53),
        )


def _text(raw: dict[str, object], name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str) or not value:
        raise ConfigError(f"{name} must be a non-empty text")
    return value


def _integer(raw: dict[str, object], name: str, default: int, low: int, high: int) -> int:
    value = raw.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ConfigError(f"{name} must be an integer from {low} to {high}")
    return value


def _seconds(raw: dict[str, object], name: str, default: float) -> float:
    value = raw.get(name, default)
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= _MAX_SECONDS:
        raise ConfigError(f"{name} must be a number of seconds from 0 to {_MAX_SECONDS:.0f}")
    return float(value)


def _language(raw: dict[str, object]) -> Language:
    value = raw.get("language", Language.ENGLISH.value)
    try:
        return Language(str(value))
    except ValueError as error:
        raise ConfigError('language must be "en" or "ja"') from error
