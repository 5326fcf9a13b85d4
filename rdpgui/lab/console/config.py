"""The console's configuration: the first line on standard input."""

from __future__ import annotations

import ipaddress
import json
from dataclasses import dataclass, field
from typing import Final

_MAX_PORT: Final = 65_535
_LANGUAGES: Final = ("en", "ja")


class ConfigError(ValueError):
    """The configuration line cannot be used; the text names the member and what it must be."""


@dataclass(frozen=True, slots=True)
class ConsoleConfig:
    """Where the broker's viewer server is, and how the window is called.

    Attributes:
        host: a loopback address.
        password: VNC password of the broker's viewer server; never shown by repr.
        title: window title; empty makes one of the instance's name.
        language: ``ja`` or ``en``.
    """

    host: str
    port: int
    password: str = field(repr=False)
    title: str
    language: str
    instance_name: str

    @classmethod
    def from_json(cls, line: str) -> ConsoleConfig:
        """Parse one JSON line.

        Raises:
            ConfigError: not a JSON object, a member missing or unusable.
        """
        try:
            raw = json.loads(line)
        except json.JSONDecodeError as error:
            raise ConfigError(f"the configuration is not JSON: {error}") from error
        if not isinstance(raw, dict):
            raise ConfigError("the configuration must be a JSON object")
        port = raw.get("port")
        if not isinstance(port, int) or isinstance(port, bool) or not 1 <= port <= _MAX_PORT:
            raise ConfigError(f"port must be an integer from 1 to {_MAX_PORT}")
        language = _text(raw, "language", "en")
        if language not in _LANGUAGES:
            raise ConfigError('language must be "en" or "ja"')
        return cls(
            host=_loopback(_text(raw, "host", "127.0.0.1")),
            port=port,
            password=_text(raw, "password", None),
            title=_text(raw, "title", ""),
            language=language,
            instance_name=_text(raw, "instance_name", None),
        )


def _text(raw: dict[str, object], name: str, default: str | None) -> str:
    value = raw.get(name, default)
    if not isinstance(value, str):
        raise ConfigError(f"{name} must be a text")
    return value


def _loopback(host: str) -> str:
    try:
        address = ipaddress.ip_address(host)
    except ValueError as error:
        raise ConfigError("host must be an IP address") from error
    if not address.is_loopback:
        raise ConfigError("host must be a loopback address")
    return host
