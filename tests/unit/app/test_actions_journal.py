"""The journal of what is done by hand, on disk."""

from __future__ import annotations

import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rdpgui.app.run_folders import ACTIONS_NAME, FileRunFolders
from rdpgui.core.account_events import HandActionIntended
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.ids import InstanceId
from rdpgui.core.journal import end_of, read_actions, seal

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
EVENT = HandActionIntended(AT, "ec2:StartInstances", InstanceId("i-0aaaaaaaaaaaaaaaa"), "ana")


def _append(folders: FileRunFolders) -> None:
    journal, lines = folders.actions()
    journal.append(seal(end_of(lines), EVENT)[0])
    journal.close()


def test_that_lines_are_chained_over_programs_and_private(tmp_path: Path) -> None:
    for _ in range(3):
        _append(FileRunFolders(tmp_path / "runs"))
    folders = FileRunFolders(tmp_path / "runs")
    journal, lines = folders.actions()
    journal.close()
    assert read_actions(lines) == (EVENT,) * 3
    assert stat.S_IMODE((tmp_path / "runs" / ACTIONS_NAME).stat().st_mode) == 0o600
    assert folders.run_folders() == []


def test_that_a_torn_line_is_removed_and_a_changed_one_stays_to_be_seen(tmp_path: Path) -> None:
    folders, path = FileRunFolders(tmp_path), tmp_path / ACTIONS_NAME
    _append(folders)
    with path.open("a") as file:
        file.write('{"seq": 1, "pr')
    _append(folders)
    text = path.read_text()
    assert len(read_actions(text.splitlines())) == 2
    path.write_text(text.replace("ana", "bob", 1))
    _append(folders)
    with pytest.raises(JournalDamaged):
        read_actions(path.read_text().splitlines())
