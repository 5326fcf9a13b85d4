"""Starting under difficulties: each gives one sentence with a remedy, and what is on disk stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import ROOT, command, environment

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


def window(folder: Path, *then: str, python: tuple[str, ...] = ()) -> tuple[int, dict[str, Any], str]:
    """Open the window until it is idle, let it report, and close it."""
    run = subprocess.run(
        [sys.executable, *python, "-m", "tests.e2e.child", str(folder), "ec2-stop", "idle", *(then or ("report",))],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=environment(OFFSCREEN),
        check=False,
    )
    return run.returncode, json.loads(run.stdout or "{}"), run.stderr


def test_that_a_second_window_on_the_same_data_is_refused(tmp_path: Path) -> None:
    first = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.child", str(tmp_path), "ec2-stop", "idle", "stay"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=environment(OFFSCREEN),
    )
    try:
        assert first.stdout is not None
        assert json.loads(first.stdout.readline()) == {"phase": "idle"}
        status, out, err = command(["--data-dir", tmp_path], environ=OFFSCREEN)
        assert status != 0
        assert (out, "Traceback" in err) == ("", False)
        assert f"already running with the data folder {tmp_path}" in err
        assert "--data-dir" in err
        assert first.poll() is None
    finally:
        first.kill()
        first.communicate()


@pytest.mark.parametrize("text", ["{broken", '{"theme": "pink"}', '["list"]', '{"no_such": 1}'])
def test_that_a_broken_settings_file_is_said_left_alone_and_the_window_opens(tmp_path: Path, text: str) -> None:
    if text != "{broken":  # one whole window is enough; the other texts are read alone
        from rdpgui.app import settings_store
        from rdpgui.core.errors import SettingsError

        (tmp_path / "settings.json").write_text(text)
        with pytest.raises(SettingsError) as raised:
            settings_store.load(tmp_path / "settings.json")
        assert raised.value.remedy
        return
    (tmp_path / "settings.json").write_text(text)
    status, told, err = window(tmp_path)
    assert (status, "Traceback" in err) == (0, False)
    assert any(str(tmp_path / "settings.json") in notice for notice in told["notices"])
    assert (tmp_path / "settings.json").read_text() == text


def test_that_a_damaged_journal_is_said_and_left_as_it_is(tmp_path: Path) -> None:
    run = tmp_path / "runs" / "20260101-000000-os-reboot-abcdef"
    run.mkdir(parents=True)
    damaged = b'{"seq":0,"prev":"x","event":{}}\nnot json\n\xff\xfe\n'
    (run / "journal.jsonl").write_bytes(damaged)
    empty = tmp_path / "runs" / "20260101-000001-os-reboot-abcdee"
    empty.mkdir()
    (empty / "journal.jsonl").write_bytes(b"")
    status, told, err = window(tmp_path)
    assert (status, "Traceback" in err) == (0, False)
    assert any("journal does not fit" in notice for notice in told["notices"]), told
    assert (run / "journal.jsonl").read_bytes() == damaged


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB; needs root."""
    place = tmp_path / "small"
    place.mkdir()
    mount = shutil.which("mount")
    mounted = os.geteuid() == 0 and mount is not None
    if mounted:
        made = subprocess.run([str(mount), "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(place)], check=False)
        mounted = made.returncode == 0
    if not mounted:
        pytest.skip("a small disk can be made by root only")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_that_a_full_disk_at_the_start_is_one_sentence(small_disk: Path) -> None:
    with (small_disk / "filler").open("wb") as filler, pytest.raises(OSError, match="No space"):
        while True:
            filler.write(b"\0" * 65536)
            filler.flush()
    status, _out, err = command(
        ["run", "--disruption", "control-none", "--out", small_disk / "out", "--no-screenshots"]
    )
    assert status != 0
    assert "Traceback" not in err
    assert "disk is full" in _out + err


def test_that_the_window_opens_without_libvlc(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", WITHOUT_VLC, str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=ROOT,
        env=environment({**OFFSCREEN, "PYTHON_VLC_LIB_PATH": str(tmp_path / "no-such-libvlc.so")}),
        check=False,
    )
    assert (run.returncode, "Traceback" in run.stderr) == (0, False), run.stderr
    assert json.loads(run.stdout)["phase"] == "idle"


WITHOUT_VLC = """
import sys
from tests.e2e import child
sys.argv = ["child", sys.argv[1], "ec2-stop", "idle", "close"]
sys.exit(child.main())
"""
