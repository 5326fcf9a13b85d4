"""Starting under difficulties: each gives one sentence with a remedy, and what is on disk stays."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.terminal import ROOT, command, environment
from tests.helpers.limits import limit_s

OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


BROKEN_SETTINGS = "{broken"
DAMAGED_JOURNAL = b'{"seq":0,"prev":"x","event":{}}\nnot json\n\xff\xfe\n'


@dataclass(frozen=True, slots=True)
class Opened:
    """A window that was opened under difficulties, reported, was asked for a second time, and was ended.

    Attributes:
        second: exit status, standard output and standard error of the second window on the same data.
        lived_on: whether the first was there after it.
    """

    folder: Path
    status: int
    notices: list[str]
    err: str
    second: tuple[int, str, str]
    lived_on: bool


@pytest.fixture(scope="module")
def troubled(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    """One window with broken settings, a damaged and an empty journal, and no libvlc; then a second one beside it."""
    folder = tmp_path_factory.mktemp("troubled")
    (folder / "settings.json").write_text(BROKEN_SETTINGS)
    for name, content in {"20260101-000000-os-reboot-a": DAMAGED_JOURNAL, "20260101-000001-os-reboot-b": b""}.items():
        (folder / "runs" / name).mkdir(parents=True)
        (folder / "runs" / name / "journal.jsonl").write_bytes(content)
    first = subprocess.Popen(
        [sys.executable, "-m", "tests.e2e.child", str(folder), "ec2-stop", "idle", "report"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment({**OFFSCREEN, "PYTHON_VLC_LIB_PATH": str(folder / "no-such-libvlc.so")}),
    )
    try:
        assert first.stdout is not None
        told: dict[str, Any] = json.loads(first.stdout.readline() or "{}")
        second = command(["--data-dir", folder], environ=OFFSCREEN)
        lived_on = first.poll() is None
        first.terminate()
        _out, err = first.communicate(timeout=limit_s(60))
    finally:
        first.kill()
        first.communicate()
    return Opened(folder, first.returncode, told.get("notices", []), err, second, lived_on)


def test_that_the_window_opens_without_libvlc_whatever_else_is_wrong(troubled: Opened) -> None:
    assert (troubled.status, "Traceback" in troubled.err) == (0, False), troubled.err
    assert not any("unexpected error" in notice for notice in troubled.notices)


def test_that_a_broken_settings_file_is_said_and_left_alone(troubled: Opened) -> None:
    assert any(str(troubled.folder / "settings.json") in notice for notice in troubled.notices)
    assert (troubled.folder / "settings.json").read_text() == BROKEN_SETTINGS


def test_that_a_damaged_journal_is_said_and_left_as_it_is(troubled: Opened) -> None:
    assert any("journal does not fit" in notice for notice in troubled.notices)
    assert next(troubled.folder.glob("runs/*-a/journal.jsonl")).read_bytes() == DAMAGED_JOURNAL


def test_that_a_second_window_on_the_same_data_is_refused(troubled: Opened) -> None:
    status, out, err = troubled.second
    assert status != 0
    assert (out, "Traceback" in err) == ("", False)
    assert f"already running with the data folder {troubled.folder}" in err
    assert "--data-dir" in err
    assert troubled.lived_on


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
