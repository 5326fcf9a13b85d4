"""Ids and folders of runs: none is taken twice, none leads out, none belongs to two programs at once."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders, hold_folder
from rdpgui.app.run_options import default_options
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import JournalHeld, StorageError
from rdpgui.core.ids import is_run_id
from rdpgui.runner.plans import new_run_id

AT = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
HOLDER = """
import os, sys
from pathlib import Path
from rdpgui.app.run_folders import FileRunFolders, hold_folder
kept = FileRunFolders(Path(sys.argv[1])).reopen(Path(sys.argv[1]) / "r-1"), hold_folder(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


@pytest.mark.case("R9")
def test_that_ids_of_one_moment_differ_and_those_of_others_sort_by_time() -> None:
    same = {new_run_id(AT, DisruptionId.EC2_STOP) for _ in range(2_000)}
    assert len(same) == 2_000
    moments = [AT + timedelta(milliseconds=n) for n in (0, 1, 999, 60_000)]
    ids = [new_run_id(at, DisruptionId.EC2_STOP) for at in moments]
    assert ids == sorted(ids)
    old = "20260304-050607-os-reboot-a1b2c3"  # of 0.1.0
    assert is_run_id(old) and all(is_run_id(item) for item in same)


@pytest.mark.case("R9")
def test_that_two_headless_runs_of_one_second_have_folders_of_their_own(tmp_path: Path) -> None:
    assert len({default_options(tmp_path).out for _ in range(200)}) == 200


@pytest.mark.case("R9")
def test_that_a_folder_in_which_another_program_works_is_refused(tmp_path: Path) -> None:
    _folder, journal = FileRunFolders(tmp_path).create("r-1")
    journal.close()
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None and other.stdout.readline() == b"held\n"
        with pytest.raises(StorageError, match="Another rdpgui"):
            hold_folder(tmp_path)
        with pytest.raises(JournalHeld):
            FileRunFolders(tmp_path).reopen(tmp_path / "r-1")
        other.communicate()
    os.close(hold_folder(tmp_path))
    FileRunFolders(tmp_path).reopen(tmp_path / "r-1").close()


@pytest.mark.case("R13")
@pytest.mark.parametrize("run_id", ["../outside", "..", ".", "", "/etc", "a/b", "a\\b", "a\0b", "x" * 200, "r.", "-r"])
def test_that_an_id_that_is_no_plain_name_reaches_no_folder(tmp_path: Path, run_id: str) -> None:
    folders = FileRunFolders(tmp_path / "runs")
    with pytest.raises(StorageError) as raised:
        folders.create(run_id)
    assert raised.value.remedy
    with pytest.raises(StorageError):
        folders.folder_of(run_id)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.case("R13")
def test_that_a_pipe_or_device_in_place_of_a_journal_is_refused_and_waited_for_by_nobody(tmp_path: Path) -> None:
    folders = FileRunFolders(tmp_path)
    (tmp_path / "pipe").mkdir()
    os.mkfifo(tmp_path / "pipe" / JOURNAL_NAME)
    (tmp_path / "device").mkdir()
    (tmp_path / "device" / JOURNAL_NAME).symlink_to("/dev/zero")
    (tmp_path / "folder" / JOURNAL_NAME).mkdir(parents=True)
    for name in ("pipe", "device", "folder"):
        for use in (folders.lines, folders.reopen):
            with pytest.raises(StorageError) as raised:
                use(tmp_path / name)
            assert str(tmp_path / name / JOURNAL_NAME) in raised.value.text()
