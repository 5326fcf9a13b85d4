"""How the program ends: closed by a person at any phase, or killed; and what the next start makes of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rdpgui.core.journal import read_journal, rebuild
from rdpgui.core.run import Phase, RunStatus
from tests.e2e.terminal import ROOT, environment
from tests.helpers.limits import limit_s
from tests.helpers.processes import descendants, is_alive
from tests.helpers.waiting import wait_for

AT_ONCE = 3
END = signal.SIGTERM if sys.platform == "win32" else signal.SIGHUP
"""Ends a window in order, as a terminal that goes."""
CLOSED_AT: Sequence[str] = ("start", "connecting", "processing")
KILLED_AT: Sequence[str] = ("disrupting",)
"""Others are a matter of `RDPGUI_TESTS_PHASES=all`: each is a whole life of the program."""
if os.environ.get("RDPGUI_TESTS_PHASES") == "all":
    KILLED_AT = tuple(phase for phase in Phase if phase not in (Phase.PREFLIGHT, Phase.DONE))
    CLOSED_AT = ("start", *KILLED_AT)
STRICT = ("-X", "faulthandler", "-W", "error")
"""Development mode without asyncio's, in which a window takes twice the processor time; test_terminal has that."""
HARMLESS = "This plugin does not support propagateSizeHints"
"""The offscreen plugin says it for every dialog."""


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that has ended."""

    status: int
    told: dict[str, Any]
    err: list[str]
    log: list[str]
    left: list[int]
    folder: Path


@contextmanager
def child(folder: Path, phase: str, then: str) -> Iterator[subprocess.Popen[str]]:
    """Start the window in a process of its own."""
    temporary = folder.parent / "tmp"
    temporary.mkdir(exist_ok=True)
    process = subprocess.Popen(
        [sys.executable, *STRICT, "-m", "tests.e2e.child", str(folder), "ec2-stop", phase, then],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment({"QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(temporary), "PYTHONMALLOC": "debug"}),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def live(folder: Path, phase: str, then: str) -> Ended:
    """Live up to a phase; then the window closes, or the process is killed."""
    with child(folder, phase, then) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        below = descendants(process.pid)
        if then != "close":
            process.send_signal(signal.SIGKILL if then == "stay" else END)
        _out, err = process.communicate(timeout=limit_s(30))
        wait_for(lambda: not any(is_alive(pid) for pid in below), limit_s=20.0)
        log = (folder / "logs" / "rdpgui.log").read_text().splitlines()
        return Ended(
            process.returncode,
            json.loads(line) if line else {},
            [text for text in err.splitlines() if not text.startswith(HARMLESS)],
            [text for text in log if " WARNING " in text or " ERROR " in text],
            [pid for pid in below if is_alive(pid)],
            folder,
        )


def _all(folder: Path, phases: Sequence[str], then: str) -> dict[str, Ended]:
    places = {phase: folder / phase / "data" for phase in phases}
    for place in places.values():
        place.mkdir(parents=True)
    with ThreadPoolExecutor(AT_ONCE) as executor:
        going = {phase: executor.submit(live, place, phase, then) for phase, place in places.items()}
        return {phase: future.result() for phase, future in going.items()}


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ended]:
    """The window closed at each phase."""
    return _all(tmp_path_factory.mktemp("closed"), CLOSED_AT, "close")


@pytest.mark.parametrize("phase", CLOSED_AT)
def test_that_the_window_closes_at_any_phase_without_a_child_or_a_warning(closed: dict[str, Ended], phase: str) -> None:
    ended = closed[phase]
    assert (ended.told, ended.err) == ({"phase": phase}, [])
    assert (ended.status, ended.left) == (0, [])
    assert ended.log == []
    assert list((ended.folder.parent / "tmp").glob("rdpgui-*")) == []


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Ended], dict[str, Ended]]:
    """The program killed at a phase, and what the next start says before its terminal goes."""
    folder = tmp_path_factory.mktemp("killed")
    first = _all(folder, KILLED_AT, "stay")
    with ThreadPoolExecutor(AT_ONCE) as executor:
        going = {p: executor.submit(live, ended.folder, "idle", "report") for p, ended in first.items()}
        return first, {phase: future.result() for phase, future in going.items()}


def test_that_a_killed_program_leaves_no_process_and_a_sound_journal(
    killed: tuple[dict[str, Ended], dict[str, Ended]],
) -> None:
    for phase, ended in killed[0].items():
        assert (ended.status, ended.left) == (-signal.SIGKILL, []), phase


def test_that_the_next_start_ends_the_run_honestly_and_disrupts_nothing_again(
    killed: tuple[dict[str, Ended], dict[str, Ended]],
) -> None:
    for phase, ended in killed[1].items():
        assert ended.err == [], phase
        assert [run["status"] for run in ended.told["runs"]] == ["interrupted"], phase
        assert ended.told["events"] == [], phase
        assert ended.status == 0
        (journal,) = (ended.folder / "runs").glob("*/journal.jsonl")
        events, _end = read_journal(journal.read_text().splitlines())
        run = rebuild(events)
        assert run is not None
        assert (run.status, run.phase) == (RunStatus.INTERRUPTED, run.phase)
        assert len([i for i in run.intents if i.action == "ec2:StopInstances"]) <= 1


@pytest.mark.case("R8")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no hang-up")
def test_that_a_terminal_that_goes_closes_its_window_in_order(
    killed: tuple[dict[str, Ended], dict[str, Ended]],
) -> None:
    """That is how the next start was ended."""
    for phase, ended in killed[1].items():
        assert (ended.status, ended.err, ended.left) == (0, [], []), phase


def test_that_every_phase_named_here_is_a_phase_of_a_run() -> None:
    assert {*CLOSED_AT, *KILLED_AT} - {"start", "idle"} <= set(Phase)
