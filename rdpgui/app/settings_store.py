"""Settings on disk: one private JSON file with only what differs from the defaults."""

from __future__ import annotations

import json
from dataclasses import fields
from enum import Enum
from pathlib import Path
from typing import Any

from rdpgui.app.paths import make_private
from rdpgui.app.storage_errors import storage_error
from rdpgui.core.errors import SettingsError
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.files import write_whole

_ENUMS: dict[str, type[Enum]] = {"theme": Theme, "language": Language}


def load(path: Path) -> Settings:
    """Read the settings; a missing file means the defaults.

    Raises:
        SettingsError: the file is not ours or holds a value that cannot be used.
    """
    try:
        raw: Any = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise storage_error(error, path) from error
    except (ValueError, RecursionError) as error:
        raise SettingsError(
            "The settings file {path} cannot be read: {reason}.", "Correct or delete it.", path=path, reason=error
        ) from error
    if not isinstance(raw, dict):
        raise SettingsError("The settings file {path} holds no settings.", "Delete it.", path=path)
    settings = Settings()
    for name, value in raw.items():
        settings = settings.with_value(name, _typed(name, value, path))
    return settings


def _typed(name: str, value: object, path: Path) -> object:
    kind = _ENUMS.get(name)
    if kind is None:
        return value
    try:
        return kind(value)
    except ValueError as error:
        allowed = ", ".join(str(member.value) for member in kind)
        raise SettingsError(
            "Setting {name} in {path} cannot be {value}.",
            "Use one of: {allowed}.",
            name=name,
            path=path,
            value=value,
            allowed=allowed,
        ) from error


def save(path: Path, settings: Settings) -> None:
    """Write what differs from the defaults (0600, atomically).

    Raises:
        StorageFull, StorageError: it cannot be written.
    """
    defaults = Settings()
    changed = {
        field.name: getattr(settings, field.name)
        for field in fields(settings)
        if getattr(settings, field.name) != getattr(defaults, field.name)
    }
    text = json.dumps(changed, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    make_private(path.parent)
    try:
        write_whole(path, text.encode(errors="backslashreplace"))  # of a path that is no UTF-8: an escape of JSON
    except OSError as error:
        raise storage_error(error, path) from error
