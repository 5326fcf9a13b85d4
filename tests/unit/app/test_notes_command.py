"""``rdpgui notes``: which runs are read, what is printed or written, and what the exit status says."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest

from rdpgui.app import cli, notes_command
from rdpgui.app.field_notes import add_to_place, read_place
from rdpgui.app.run_folders import JOURNAL_NAME, NOTED_NAME, FileRunFolders
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.noted import PlaceAnswersNoted, WordingEntered
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from tests.unit.app.test_judge_command import keep
from tests.unit.core.samples import T0, recorded
from tests.unit.core.test_judged_anew import evidence, judged_at_once

HERE = Place("default")
WORDING = WordingEntered(T0, HERE, ConsoleWord.FINISHED, "完了", "ja", "carol")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with one run of the lab and a wording of its place."""
    runs = tmp_path / "data" / "runs"
    runs.mkdir(parents=True)
    keep(runs / "r-1", judged_at_once(evidence(*recorded())))
    add_to_place(FileRunFolders(runs), WORDING)
    return tmp_path / "data"


def notes(data: Path, *arguments: str) -> int:
    return cli.main(["--data-dir", str(data), "notes", *arguments])


def test_that_all_runs_are_read_and_marked_as_the_labs(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert notes(data, "--json") == cli.EXIT_OK
    said = capsys.readouterr()
    assert said.err == ""
    (place,) = json.loads(said.out)["places"]
    assert (place["runs"], place["lab"], place["on_aws"]) == (["r-1"], True, False)
    assert place["caution"].startswith("LAB")
    assert {one["sure"] for one in place["notes"]} == {"elsewhere", "not-seen"}
    assert "完了" in json.dumps(place, ensure_ascii=False)
    assert notes(data) == cli.EXIT_OK
    assert "LAB" in capsys.readouterr().out


def test_that_a_run_is_named_by_id_folder_or_journal(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = data / "runs" / "r-1"
    said = []
    for name in ("r-1", str(folder), str(folder / JOURNAL_NAME)):
        assert notes(data, name, "--json") == cli.EXIT_OK
        said.append(json.loads(capsys.readouterr().out)["places"])
    assert said[0] == said[1] == said[2]
    assert "完了" not in json.dumps(said[0], ensure_ascii=False), "what was noted of places belongs to no run"


def test_that_a_file_is_private_and_never_replaced(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "notes.md"
    assert notes(data, "--out", str(out)) == cli.EXIT_OK
    assert capsys.readouterr().out == ""
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    before = out.read_bytes()
    assert notes(data, "--out", str(out), "--json") == cli.EXIT_ERROR
    assert "already" in capsys.readouterr().err
    assert out.read_bytes() == before


def test_that_a_damaged_run_hides_no_other_and_is_named(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep(data / "runs" / "r-2", judged_at_once(evidence(*recorded())))
    journal = data / "runs" / "r-2" / JOURNAL_NAME
    journal.write_text(journal.read_text(encoding="ascii").replace('"seq":1,', '"seq":7,'), encoding="ascii")
    (data / "runs" / NOTED_NAME).write_text('{"x":1}\n', encoding="ascii")
    assert notes(data, "--json") == cli.EXIT_NOT_AS_EXPECTED
    said = capsys.readouterr()
    assert json.loads(said.out)["places"][0]["runs"] == ["r-1"]
    assert said.err.count("Line ") == 2
    assert notes(data, "r-2") == cli.EXIT_ERROR


def test_that_only_the_newest_runs_are_read_and_the_others_are_counted(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes_command, "MOST_RUNS", 1)
    keep(data / "runs" / "r-0", judged_at_once(evidence(*recorded())))
    assert notes(data, "--json") == cli.EXIT_OK
    said = capsys.readouterr()
    assert json.loads(said.out)["places"][0]["runs"] == ["r-1"]
    assert said.err.startswith("1 older runs are not read")


def test_that_without_any_run_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert notes(tmp_path) == cli.EXIT_ERROR
    assert "There are no runs" in capsys.readouterr().err


def test_that_a_place_on_aws_is_refused(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--profile", "prod", "notes"]) == cli.EXIT_ERROR
    assert "notes works without an AWS account" in capsys.readouterr().err


def test_that_notes_of_places_are_a_chain_of_their_own(data: Path) -> None:
    folders = FileRunFolders(data / "runs")
    more = PlaceAnswersNoted(T0, HERE, ())
    add_to_place(folders, more)
    assert read_place(folders) == (WORDING, more)
    assert stat.S_IMODE((data / "runs" / NOTED_NAME).stat().st_mode) == 0o600
    run_line = (data / "runs" / "r-1" / JOURNAL_NAME).read_text(encoding="ascii").splitlines()[0]
    (data / "runs" / NOTED_NAME).write_text(f"{run_line}\n", encoding="ascii")
    with pytest.raises(JournalDamaged, match="belongs to no place"):
        read_place(folders)
