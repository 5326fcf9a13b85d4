"""The program behind the window: what it says, and what it writes down when it is closed."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QUrl
from PySide6.QtTest import QTest

from rdpgui.app.crash import CrashReporter
from rdpgui.app.history import RunHistory
from rdpgui.app.paths import Paths
from rdpgui.app.program import Program
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.session import WorkSession
from rdpgui.app.settings_store import load
from rdpgui.core.account_events import PlaceOpened, PollFailed, Topic
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.journal import ChainEnd, read_journal, seal
from rdpgui.core.people_events import FilmClockAdjusted
from rdpgui.core.run_events import NoteAdded
from rdpgui.core.settings import LAB_TIMING, Settings, Theme
from rdpgui.ui.player.film_panel import FilmPanel
from rdpgui.ui.shell import Shell
from rdpgui.ui.theme import Theming
from tests.conftest import RunOnQt
from tests.helpers import corpus
from tests.helpers.limits import Limit
from tests.helpers.turns import views_told
from tests.ui.snapshots import LAB, NOW, run_events


def _keep(root: Path) -> None:
    """Write a finished run with its film."""
    events: Any = run_events()
    folder, journal = FileRunFolders(root).create("r1")
    end = ChainEnd()
    for event in events:
        line, end = seal(end, event)
        journal.append(line)
    journal.close()
    shape = corpus.Shape("own", 192, 108, 10, 20, gop=10)
    corpus.write(corpus.encode(shape), folder / "film.mp4", "+faststart")


async def _open(program: Program, ends: list[str], *, signed_in: bool = True) -> None:
    """Give the program a session that knows the run, or none, and look at it."""

    async def ended() -> None:
        ends.append("session")

    clock: Any = SimpleNamespace(now=lambda: NOW)
    ports: Any = SimpleNamespace(clock=clock, sessions=None, instances=None, objects=None)
    environment: Any = SimpleNamespace(ports=ports, timing=LAB_TIMING, lab=True, aclose=ended)
    program.store.publish(PlaceOpened(NOW, LAB))
    history = RunHistory(program.store, program.folders, program.workbench.rendering.render_state)
    program.work.records = RunRecords(program.store, history, clock)
    if signed_in:
        program.work.session = WorkSession(environment, program.store, program.work.settings, program.work.records)
    await history.load()
    await history.run(RunId("r1"))
    await views_told()
    program.workbench.rendering.render()


def _events(root: Path) -> tuple[RunEvent, ...]:
    return read_journal((root / "r1" / "journal.jsonl").read_text().splitlines())[0]


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    """Everything of the program below one folder."""
    return Paths(tmp_path, tmp_path, tmp_path / "logs")


def _live(qt_loop: RunOnQt[Any], bare: Theming, paths: Paths, act: Any, *, signed_in: bool = True) -> None:
    """Open the window on the run, act, and close it at once."""

    async def flow() -> None:
        ends: list[str] = []
        program = Program(bare, paths, Settings(player="pyav"), None, CrashReporter(paths.logs))
        program.show()
        await _open(program, ends, signed_in=signed_in)
        act(program)
        await views_told()
        program.leave()
        await program.live(open_environment=False)
        assert ends == (["session"] if signed_in else [])
        shutil.copytree(paths.runs, paths.data / "at the end")
        program.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    qt_loop(flow())


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("way", ["keys", "typed"])
def test_that_a_clock_correction_made_just_before_closing_is_in_the_journal(
    qt_loop: RunOnQt[Any],
    bare: Theming,
    paths: Paths,
    monkeypatch: pytest.MonkeyPatch,
    way: str,
    signed_in: bool,
) -> None:
    monkeypatch.setattr("getpass.getuser", lambda: "ann")
    _keep(paths.runs)

    def act(program: Program) -> None:
        panel: Any = program.film
        assert isinstance(panel, FilmPanel)
        if way == "keys":
            panel.clock_box.step_offset(-3)
        else:
            panel.clock_box.offset.selectAll()
            QTest.keyClicks(panel.clock_box.offset, "-0.3")  # without Return

    _live(qt_loop, bare, paths, act, signed_in=signed_in)
    assert _events(paths.data / "at the end")[-1] == FilmClockAdjusted(NOW, RunId("r1"), -0.3, "ann")


def test_that_what_a_person_says_just_before_closing_is_kept(
    qt_loop: RunOnQt[Any], bare: Theming, paths: Paths
) -> None:
    _keep(paths.runs)

    def act(program: Program) -> None:
        program.commands.records.confirm_visual(RunId("r1"), seen=True, film="film.mp4", film_s=4.98)
        program.commands.settings.set_setting("armed_s", 77.0)

    _live(qt_loop, bare, paths, act)
    assert type(_events(paths.data / "at the end")[-1]).__name__ == "VisuallyConfirmed"
    assert load(paths.settings_file).armed_s == 77.0
    assert load(paths.settings_file).theme is Theme.SYSTEM


def test_that_an_error_of_a_run_is_a_message_and_its_other_notes_are_not(
    qt_loop: RunOnQt[Any], bare: Theming, paths: Paths
) -> None:
    _keep(paths.runs)
    programs: list[Program] = []

    def act(program: Program) -> None:
        programs.append(program)
        for level in ("info", "warning", "error"):
            program.store.publish(NoteAdded(NOW, RunId("r1"), level, "{what} happened.", (("what", level),)))

    _live(qt_loop, bare, paths, act)
    assert [notice.text for notice in programs[0].notifications.kept] == ["error happened."]


def test_that_a_frame_closed_before_anybody_listens_is_remembered(bare: Theming) -> None:
    shell, left_alone = Shell(), Shell()
    shell.close()
    assert (shell.close_wanted, left_alone.close_wanted) == (True, False)
    left_alone.deleteLater()
    shell.deleteLater()


@pytest.mark.case("L5")
def test_that_the_first_picture_of_the_panels_is_the_finished_layout(
    qt_loop: RunOnQt[Any], bare: Theming, paths: Paths
) -> None:
    async def flow() -> None:
        shell = Shell()
        shell.show()
        program = Program(bare, paths, Settings(player="pyav"), None, CrashReporter(paths.logs), shell)
        program.show()
        panel = program.window.experiment.disruptions
        assert shell.centralWidget() is program.window
        assert shell.updatesEnabled()
        assert (panel.start.isHidden(), panel.abort.isHidden()) == (True, True)
        assert program.window.experiment.instances.table.empty_text
        program.leave()
        await program.live(open_environment=False)
        shell.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    qt_loop(flow())


@pytest.mark.case("L1", "R13")
@pytest.mark.parametrize("why", ["connecting", "cannot sign in"])
def test_that_nobody_needs_to_be_signed_in_for_what_is_done_with_an_old_run(
    qt_loop: RunOnQt[Any], bare: Theming, paths: Paths, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    opened: list[str] = []

    def open_url(url: QUrl) -> bool:
        opened.append(url.toLocalFile())
        return True

    monkeypatch.setattr("PySide6.QtGui.QDesktopServices.openUrl", open_url)
    run_id, folder = RunId("r1"), paths.runs / "r1"
    _keep(paths.runs)

    async def flow() -> None:
        program = Program(bare, paths, Settings(player="pyav"), None, CrashReporter(paths.logs))
        program.show()
        await _open(program, [], signed_in=False)
        if why == "cannot sign in":
            program.store.publish(PollFailed(NOW, Topic.IDENTITY, "The token is over.", "aws sso login"))
        program.commands.papers.open_run(run_id)
        program.commands.papers.open_report(run_id)
        program.commands.films.open_film(str(folder / "film.mp4"))
        program.commands.records.confirm_visual(run_id, seen=True, film="film.mp4", film_s=4.98)
        program.commands.records.withdraw_visual(run_id)
        program.commands.records.archive_runs([run_id], archived=True)
        limit = Limit(20)
        while program.work.window_scope.names or program.work.scope.names:
            assert not limit.over
            await asyncio.sleep(0.01)
        told = [type(event).__name__ for event in _events(paths.runs)]
        assert {"VisuallyConfirmed", "RunArchived"} <= set(told)
        assert opened == [str(folder), str(folder / "report.html")]
        assert program.film.frame is not None
        program.commands.records.delete_runs([run_id])
        while folder.exists():
            assert not limit.over
            await asyncio.sleep(0.01)
        program.leave()
        await program.live(open_environment=False)
        assert [notice.text for notice in program.notifications.kept] == []
        program.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    monkeypatch.setenv("XDG_DATA_HOME", str(paths.data / "home"))
    qt_loop(flow())
    assert not folder.exists()
