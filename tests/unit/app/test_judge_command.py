"""``rdpgui judge`` and "Judge again": what is printed, what is shown, and what the exit status says."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rdpgui.app import cli
from rdpgui.app.clock import SystemClock
from rdpgui.app.history import RunHistory
from rdpgui.app.judge_command import judge_run, told
from rdpgui.app.reading_commands import ReadingCommands
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders
from rdpgui.app.workplace import Workplace
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.settings import Settings
from rdpgui.i18n import set_language
from rdpgui.runner.store import Store
from rdpgui.ui.notifications import Notifications
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone
from tests.helpers.limits import limit_s
from tests.unit.core.samples import recorded
from tests.unit.core.test_judged_anew import OF_0_1_0, evidence, judged_at_once, lines_of

MEMBERS = {"verdict", "checks", "written", "holds"}
OLD_LACKS = ["clock", "neighbours", "destination", "session-origin", "object-key", "place"]
CHECKS = ["disruption-proven", "ended-after", "own-recording", "integrity", "reaches-end", "last-frame"]


def keep(folder: Path, events: Sequence[RunEvent]) -> Path:
    """Write a run's folder with its journal."""
    folder.mkdir()
    (folder / JOURNAL_NAME).write_text("".join(f"{line}\n" for line in lines_of(events)), encoding="ascii")
    return folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run whose verdict was written by these rules."""
    return keep(tmp_path / "r-1", judged_at_once(evidence(*recorded())))


@pytest.mark.case("R18")
def test_that_folder_and_journal_are_judged_alike_and_json_says_that_the_verdict_holds(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["judge", str(folder), "--json"]) == cli.EXIT_OK
    of_folder = capsys.readouterr()
    assert cli.main(["judge", str(folder / JOURNAL_NAME), "--json"]) == cli.EXIT_OK
    assert capsys.readouterr() == of_folder
    assert of_folder.err == ""
    found = json.loads(of_folder.out)
    assert found.keys() >= MEMBERS
    assert (found["verdict"], found["written"], found["holds"], found["lacking"]) == ("pass", "pass", True, [])
    assert found["lab"] is True and found["place"]
    assert [check["id"] for check in found["checks"]] == CHECKS
    for check in found["checks"]:
        assert check.keys() == {"id", "result", "cause", "text"}
        assert (check["result"], check["cause"]) == ("held", "")
        assert check["text"]


@pytest.mark.case("R18")
def test_that_a_journal_of_0_1_0_does_not_hold_and_names_what_it_lacks(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["judge", str(OF_0_1_0), "--json"]) == cli.EXIT_NOT_AS_EXPECTED
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["written"], found["holds"]) == ("inconclusive", "pass", False)
    assert [lack["id"] for lack in found["lacking"]] == OLD_LACKS
    assert cli.main(["judge", str(OF_0_1_0)]) == cli.EXIT_NOT_AS_EXPECTED
    said = capsys.readouterr().out
    assert "INCONCLUSIVE. The verdict written then, PASS, does not hold." in said
    assert "written then: ✓ Session end minus film end" in said
    assert "The journal does not say: how the local clock went" in said


@pytest.mark.case("R18")
def test_that_a_run_without_a_verdict_has_none_that_holds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = keep(tmp_path / "r-1", evidence(*recorded()))
    assert cli.main(["judge", str(folder), "--json"]) == cli.EXIT_NOT_AS_EXPECTED
    found = json.loads(capsys.readouterr().out)
    assert (found["verdict"], found["written"], found["holds"]) == ("pass", None, False)
    assert cli.main(["judge", str(folder)]) == cli.EXIT_NOT_AS_EXPECTED
    assert "PASS. No verdict was written then." in capsys.readouterr().out


@pytest.mark.case("R18")
def test_that_a_line_that_was_cut_off_is_named(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    journal = folder / JOURNAL_NAME
    journal.write_bytes(journal.read_bytes()[:-9])
    assert cli.main(["judge", str(folder), "--json"]) == cli.EXIT_OK
    assert [lack["id"] for lack in json.loads(capsys.readouterr().out)["lacking"]] == ["end", "cut-off"]


def _without_a_line(path: Path) -> None:
    lines = path.read_text(encoding="ascii").splitlines(keepends=True)
    path.write_text("".join(lines[:3] + lines[4:]), encoding="ascii")


def _of_a_later_version(path: Path) -> None:
    path.write_text(path.read_text(encoding="ascii").replace('"ClockSampled"', '"ClockTuned"'), encoding="ascii")


def _a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


@pytest.mark.case("R18")
@pytest.mark.parametrize(
    ("spoil", "reason", "remedy"),
    [
        (_without_a_line, "Line 4 of the journal does not fit", "take the journal from a backup"),
        (_of_a_later_version, "'ClockTuned' is not an event of this version", "with the version of the program that"),
        (Path.unlink, "No such file", "Name the folder of a run, or its journal.jsonl."),
        (_a_pipe, "is a pipe, not an ordinary file", "put the file back from a backup"),
        (lambda path: path.write_bytes(b""), "it is empty", "from the evidence pack"),
        (lambda path: path.write_bytes(b"\xff\xfe\n\n"), "Line 1 of the journal", "from a backup"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_that_an_unreadable_journal_is_one_line_with_its_name_and_the_remedy(
    folder: Path, spoil: Any, reason: str, remedy: str, more: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(folder / JOURNAL_NAME)
    assert cli.main(["judge", str(folder), *more]) == cli.EXIT_ERROR
    said = capsys.readouterr()
    assert said.out == ""
    (line,) = said.err.splitlines()
    assert str(folder / JOURNAL_NAME) in line
    assert reason in line
    assert remedy in line


@pytest.mark.case("R18", "R19")
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_that_any_terminal_can_be_told_and_its_json_stays_json(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    errors = io.StringIO()

    def run(*more: str) -> str:
        raw = io.BytesIO()
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding=encoding))
        monkeypatch.setattr(sys, "stderr", errors)
        monkeypatch.setenv("LANGUAGE", "ja")
        assert cli.main(["judge", str(OF_0_1_0), *more]) == cli.EXIT_NOT_AS_EXPECTED
        sys.stdout.flush()
        return raw.getvalue().decode(encoding)

    said = run()
    assert "20261129-171446-ec2-stop-138ead: " in said.splitlines()[0]
    assert said.startswith("LAB")
    written = "The verdict written then" if encoding != "utf-8" else "当時の判定"
    assert written in said
    marks = {line.split()[0] for line in said.splitlines()[1:] if line.startswith("  ") and line[2] != " "}
    assert marks == ({"✓", "?"} if encoding == "utf-8" else {"+", "?"})
    assert [line.startswith("This terminal (") for line in errors.getvalue().splitlines()] == [True] * (
        encoding != "utf-8"
    )
    assert json.loads(run("--json"))["verdict"] == "inconclusive"
    assert len(errors.getvalue().splitlines()) == (encoding != "utf-8"), "a program that reads JSON is told nothing"


def test_that_a_person_is_told_in_japanese() -> None:
    set_language("ja")
    lines = told(*judge_run(OF_0_1_0))
    assert "判定不能" in lines[0]
    assert not any(word in line for line in lines for word in ("journal", "Judged", "session", "film", "window"))


@pytest.mark.case("R18")
def test_that_the_window_tells_it_as_a_notice_and_leaves_the_journal_as_it_is(tmp_path: Path) -> None:
    keep(tmp_path / "r-1", judged_at_once(evidence(*recorded())))
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / JOURNAL_NAME).write_bytes(OF_0_1_0.read_bytes())
    before = {path: path.read_bytes() for path in tmp_path.glob(f"*/{JOURNAL_NAME}")}
    notices = Notifications()

    async def flow() -> None:
        errors: list[BaseException] = []
        scope = TaskScope(lambda _n, e: errors.append(e), lambda _n, e: errors.append(e))
        store = Store()
        work = Workplace(scope, store, notices, Settings())
        workbench: Any = None  # nothing of this is shown
        commands = ReadingCommands(work, workbench)
        work.records = RunRecords(store, RunHistory(store, FileRunFolders(tmp_path)), SystemClock())
        for run_id in ("r-1", "old"):
            commands.judge_again(RunId(run_id))
            await asyncio.wait(asyncio.all_tasks() - {asyncio.current_task()}, timeout=limit_s(5))
        await work.records.aclose()
        assert errors == []

    asyncio.run(flow())
    holds, does_not = notices.kept
    assert (holds.tone, holds.text) == (
        Tone.OK,
        "r-1: Judged again with this version: PASS. The verdict written then still holds.",
    )
    assert does_not.tone is Tone.WARN
    assert does_not.text.endswith("The verdict written then, PASS, does not hold.")
    assert "Which other sessions could have made" in does_not.remedy
    assert "written then: ✓" in does_not.details
    assert {path: path.read_bytes() for path in before} == before
