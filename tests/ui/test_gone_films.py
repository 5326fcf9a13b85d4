"""A film that is gone: what was verified of it was verified then, in window, history, report and terminal alike."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.evidence import write_evidence
from rdpgui.app.history import RunHistory
from rdpgui.app.judge_command import judge_run, to_json, told
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.ids import RunId
from rdpgui.core.journal import ChainEnd, seal
from rdpgui.core.recording import Basis, Evidence, RecordingStatus, StatusStatement
from rdpgui.core.run_events import StatusStated
from rdpgui.core.state import RunState
from rdpgui.i18n import set_language
from rdpgui.report.html import run_html
from rdpgui.runner.store import Store
from rdpgui.ui.main_window import Page
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, finished, fold, run_events

R1 = RunId("r1")
CHECKED = Evidence("Bytes, container and last frame were checked here.", NOW, "check")
VERIFIED = StatusStatement(RecordingStatus.VERIFIED, Basis.VERIFIED_HERE, NOW, (CHECKED,))
STATED = StatusStated(NOW, R1, VERIFIED)
SENTENCE = "the film is no longer here"


def _run() -> RunState:
    return fold(finished(), STATED).runs[R1]


def _kept(root: Path) -> FileRunFolders:
    """Write the run with a film and a last frame."""
    events: Any = [*run_events()[:-1], STATED, run_events()[-1]]
    folders, end = FileRunFolders(root), ChainEnd()
    folder, journal = folders.create(R1)
    for event in events:
        line, end = seal(end, event)
        journal.append(line)
    journal.close()
    for name in ("film.mp4", "last_frame.png"):
        (folder / name).write_bytes(b"x")
    return folders


@pytest.mark.case("R11")
def test_that_the_window_says_verified_only_while_the_film_is_there(bench: Bench) -> None:
    state = fold(finished(), STATED)
    bench.show(state)
    assert bench.text("recording_word") == "Verified"
    (bench.folder / "film.mp4").unlink()
    bench.show(state)
    assert bench.text("recording_word") == "Unknown"
    assert SENTENCE in bench.text("recording_basis") and bench.text("recording_basis").startswith("Verified at ")
    assert bench.film._why_none == "The film is no longer in the run's folder."
    (bench.folder / "film.mp4").touch()
    bench.show(state)
    assert bench.text("recording_word") == "Verified"


@pytest.mark.case("R11")
def test_that_history_and_sessions_say_so_of_runs_that_nobody_has_opened(bench: Bench) -> None:
    bench.window.show_page(Page.HISTORY)
    assert ("look_for_films",) in bench.commands.orders
    state = fold(finished(), STATED)
    bench.show(state)
    history = bench.workbench.pages.history
    assert history is not None
    model = history._model
    column = 7
    assert model.index(0, column).data() == "Verified"
    bench.workbench.replies.show_films_gone(frozenset([R1]))
    bench.workbench.rendering.render()
    assert model.index(0, column).data() == "Film gone"
    session = state.runs[R1].session
    assert session is not None
    statement = bench.workbench.looked.statement_of(session)
    assert statement is not None


@pytest.mark.case("R11")
def test_that_report_and_terminal_say_so(tmp_path: Path) -> None:
    folders = _kept(tmp_path)
    folder = folders.folder_of(R1)
    run = judge_run(folder)[0].run
    page = write_evidence(folders, run).read_text()
    assert 'src="film.mp4"' in page and SENTENCE not in page
    judged, lacks = judge_run(folder)
    assert SENTENCE not in "\n".join(told(judged, lacks)) and to_json(judged, lacks)["films_here"] is True
    (folder / "film.mp4").unlink()
    page = write_evidence(folders, run).read_text()
    assert "film.mp4" not in page and SENTENCE in page and "What follows was read from it then" in page
    judged, lacks = judge_run(folder)
    assert told(judged, lacks)[-2 if judged.lacks else -1].startswith("Verified at ")
    assert to_json(judged, lacks)["films_here"] is False
    set_language("ja")
    assert "映像はもうここにありません" in write_evidence(folders, run).read_text()
    assert run_html(run) != page


@pytest.mark.case("R11")
def test_that_whole_folders_are_looked_into_for_the_history(tmp_path: Path) -> None:
    folders = _kept(tmp_path)

    async def gone() -> frozenset[RunId]:
        clock: Any = SimpleNamespace(now=lambda: NOW)
        store = Store()
        records = RunRecords(store, RunHistory(store, folders), clock)
        await records.history.load()
        found = await records.films_gone()
        await records.aclose()
        return found

    assert asyncio.run(gone()) == frozenset()
    (folders.folder_of(R1) / "film.mp4").unlink()
    assert asyncio.run(gone()) == frozenset([R1])
