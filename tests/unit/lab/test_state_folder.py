"""What a lab that was killed leaves in the temporary folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rdpgui.lab.__main__ import _Starting
from rdpgui.lab.state_folder import LOCK_NAME, PREFIX, StateFolder, sweep
from tests.contract.conftest import start_endpoint
from tests.helpers.waiting import wait_for

LONG_AGO = (1_000_000_000, 1_000_000_000)
CHILD = "from rdpgui.lab.state_folder import StateFolder; print(StateFolder().path, flush=True); input()"


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


def test_that_the_folder_of_a_killed_lab_goes_and_that_of_a_living_one_stays(temporary: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        other = Path(child.stdout.readline().strip())
        (other / "segments").write_bytes(b"film")
        own = StateFolder()
        sweep()
        assert sorted(temporary.iterdir()) == sorted([other, own.path])
        child.kill()
    sweep()
    assert list(temporary.iterdir()) == [own.path]
    own.remove()
    assert list(temporary.iterdir()) == []


def test_that_nothing_but_the_folder_of_a_lab_that_is_gone_is_removed(temporary: Path) -> None:
    elsewhere = temporary / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / LOCK_NAME).touch()
    link, file = temporary / f"{PREFIX}link", temporary / f"{PREFIX}file"
    link.symlink_to(elsewhere)
    file.touch()
    starting, old = temporary / f"{PREFIX}starting", temporary / f"{PREFIX}old"
    for folder in (starting, old):
        folder.mkdir()
    os.utime(old, LONG_AGO)
    sweep()
    assert sorted(temporary.iterdir()) == sorted([elsewhere, link, file, starting])
    assert (elsewhere / LOCK_NAME).exists()


def test_that_another_user_s_folder_stays(temporary: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = temporary / f"{PREFIX}theirs"
    folder.mkdir()
    (folder / LOCK_NAME).touch()
    monkeypatch.setattr("os.getuid", lambda: folder.stat().st_uid + 1)
    sweep()
    assert folder.exists()
    monkeypatch.undo()


def test_that_a_folder_that_was_swept_before_its_lock_was_taken_is_made_anew(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rdpgui.lab import state_folder

    real = state_folder._take
    swept: list[Path] = []

    def take(path: Path, flags: int) -> int | None:
        lock = real(path, flags)
        if not swept:
            swept.append(path)
            path.unlink()
            path.parent.rmdir()
        return lock

    monkeypatch.setattr(state_folder, "_take", take)
    folder = StateFolder()
    assert (folder.path / LOCK_NAME).exists()
    assert folder.path != swept[0].parent
    folder.remove()


def test_that_a_lab_that_starts_removes_what_a_killed_one_left(temporary: Path) -> None:
    left = temporary / f"{PREFIX}left"
    left.mkdir()
    (left / LOCK_NAME).touch()
    endpoint = start_endpoint({})
    assert endpoint.next_event()["event"] == "ready"
    wait_for(lambda: not left.exists(), limit_s=15)
    assert len(list(temporary.glob(f"{PREFIX}*"))) == 1
    assert endpoint.end() == 0
    assert list(temporary.glob(f"{PREFIX}*")) == []


def test_that_a_signal_while_the_folder_is_given_back_does_not_give_it_back_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_arguments: None)
    starting = _Starting()
    folder = starting.temporary = StateFolder()
    removed: list[StateFolder] = []

    def remove(one: StateFolder) -> None:
        removed.append(one)
        starting.give_back()  # what the handler of the signal does

    with monkeypatch.context() as patch:
        patch.setattr(StateFolder, "remove", remove)
        starting.give_back()
    assert removed == [folder]
    folder.remove()
