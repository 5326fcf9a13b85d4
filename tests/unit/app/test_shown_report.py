"""A report to hand around: invented names in it and in its pictures, and the evidence as it was."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rdpgui.app.alias_memory import read_aliases, write_aliases
from rdpgui.app.evidence import write_evidence, write_shown
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.core.alias_sources import AliasLearner
from rdpgui.core.aliases import Aliases
from rdpgui.core.film import Still
from rdpgui.core.ids import RunId
from rdpgui.core.run_events import NoteAdded
from rdpgui.core.state import AppState
from rdpgui.media.png import encode_png, without_words
from rdpgui.ui.alias_words import alias_word
from tests.ui.snapshots import ACCOUNT, NOW, finished, fold

REAL = re.compile(r"123456789012|i-0c4d19ab77aa11c0|fin-web-01|recordings-|lab-admin", re.IGNORECASE)
WORDS = {"Source": "lab-admin-r1.mp4"}
PICTURE = encode_png(Still(0.0, 4, 2, bytes(24)), WORDS)


def state() -> AppState:
    return fold(finished(), NoteAdded(NOW, RunId("r1"), "error", f"Account {ACCOUNT} is refused.", ()))


@pytest.fixture
def aliases() -> Aliases:
    made = Aliases(alias_word)
    AliasLearner(made).learn(state())
    return made


def test_that_a_shown_report_has_no_real_name_and_the_evidence_has_them_all(tmp_path: Path, aliases: Aliases) -> None:
    folders = FileRunFolders(tmp_path / "runs")
    run = state().runs[RunId("r1")]
    folder = folders.folder_of(run.run_id)
    folder.mkdir(parents=True)
    (folder / "last_frame.png").write_bytes(PICTURE)
    (folder / "film.mp4").touch()
    evidence = write_evidence(folders, run)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert REAL.search(evidence.read_text())
    report = write_shown(folders, run, tmp_path / "shown" / "r1", aliases.shown)
    assert REAL.findall(report.read_text()) == []
    assert "i-A" in report.read_text()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    others = [path for path in report.parent.iterdir() if path != report]
    assert [path.name for path in others] == ["last-frame.png"]
    assert "last-frame.png" in report.read_text()
    assert REAL.search(others[0].read_bytes().decode("latin-1")) is None


def test_that_a_picture_without_its_words_is_the_same_picture() -> None:
    assert without_words(PICTURE) == encode_png(Still(0.0, 4, 2, bytes(24)))
    assert without_words(b"\xff\xd8 no PNG") == b"\xff\xd8 no PNG"


def test_that_the_table_is_the_same_after_it_was_kept(tmp_path: Path, aliases: Aliases) -> None:
    path = tmp_path / "aliases.json"
    write_aliases(path, aliases.numbers)
    assert read_aliases(path) == aliases.numbers
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"a": 1}', '{"a": ["server", "x"]}', '{"a": ["moon", 1]}', '{"a": ["user", -1]}']
)
def test_that_a_table_that_is_not_ours_knows_nobody(tmp_path: Path, text: str) -> None:
    path = tmp_path / "aliases.json"
    path.write_text(text)
    assert read_aliases(path) == {}
    assert read_aliases(tmp_path / "none.json") == {}
