"""What is kept when one setting is changed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from rdpgui.app import settings_store
from rdpgui.app.settings_commands import SettingsCommands
from rdpgui.core.settings import Settings, Theme


def test_that_a_changed_setting_keeps_nothing_of_the_place_that_was_asked_for_at_this_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown_at: list[int] = []
    monkeypatch.setattr("rdpgui.app.settings_commands.Zoom", lambda *_parts: SimpleNamespace(use=shown_at.append))
    path = tmp_path / "settings.json"
    settings_store.save(path, Settings(armed_s=60.0))
    asked = replace(Settings(armed_s=60.0), endpoint="aws", profile="prod", region="local", endpoint_url="http://x")
    work: Any = SimpleNamespace(settings=asked, session=None)
    shown: list[Settings] = []
    workbench: Any = SimpleNamespace(show_settings=shown.append, window=None)
    commands = SettingsCommands(work, workbench, cast(Any, None), path)
    asyncio.run(commands._save("theme", Theme.DARK))
    assert settings_store.load(path) == Settings(armed_s=60.0, theme=Theme.DARK)
    assert shown == [work.settings] == [replace(asked, theme=Theme.DARK)], "in force stays what was asked for"
