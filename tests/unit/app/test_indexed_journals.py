"""The journals of a folder against their index, step by step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from rdpgui.app.indexed_journals import IndexedJournals, looked_into, mark_in
from rdpgui.app.run_folders import JOURNAL_NAME, FileRunFolders
from rdpgui.app.run_index import RunIndex
from rdpgui.core.journal_scan import read_summary
from tests.helpers.many_runs import write_runs


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A folder of six runs."""
    write_runs(tmp_path / "runs", 6)
    return tmp_path / "runs"


@pytest.fixture
def index(root: Path) -> Iterator[RunIndex]:
    """Its index, open."""
    index = RunIndex(root)
    index.open()
    yield index
    index.close()


@pytest.fixture
def journals(index: RunIndex, root: Path) -> IndexedJournals:
    return IndexedJournals(index, FileRunFolders(root))


def _names(root: Path) -> list[str]:
    return sorted((path.name for path in root.iterdir() if path.is_dir()), reverse=True)


def test_that_what_is_not_in_the_index_is_to_be_read_newest_first_until_it_has_been(
    journals: IndexedJournals, index: RunIndex, root: Path
) -> None:
    names = _names(root)
    assert journals.compare() == (names, [])
    lines = journals.scan(names)
    assert [str(line.run_id) for line in lines] == names
    assert journals.compare() == ([], [])
    assert {line.run_id for line in index.rows()} == {line.run_id for line in lines}


def test_that_a_journal_that_grew_is_to_be_read_again_and_a_folder_that_went_is_gone(
    journals: IndexedJournals, root: Path
) -> None:
    names = _names(root)
    journals.scan(names)
    os.utime(root / names[2] / JOURNAL_NAME, ns=(1, 1))
    shutil.rmtree(root / names[4])
    assert journals.compare() == ([names[2]], [names[4]])


def test_that_a_folder_of_a_run_without_a_journal_is_a_line_and_any_other_folder_is_none(
    journals: IndexedJournals, root: Path
) -> None:
    names = _names(root)
    journals.scan(names)
    (root / "20261130-010203-lost").mkdir()
    (root / "notes").mkdir()
    changed, gone = journals.compare()
    assert (changed, gone) == (["20261130-010203-lost"], [])
    (line,) = journals.scan(changed)
    assert line.damage
    assert journals.compare() == ([], [])


def test_that_a_line_kept_without_a_mark_is_of_the_journal_as_it_is_now(journals: IndexedJournals, root: Path) -> None:
    names = _names(root)
    lines = journals.scan(names)
    os.utime(root / names[0] / JOURNAL_NAME, ns=(1, 1))
    journals.keep([(lines[0], None)])
    assert journals.compare() == ([], [])
    journals.keep([(lines[0], mark_in(root / "nowhere"))])
    assert journals.compare() == ([names[0]], [])


def test_that_what_whole_journals_say_is_read_with_the_mark_they_had_and_damage_is_said(
    journals: IndexedJournals, root: Path
) -> None:
    names, folders = _names(root), FileRunFolders(root)
    lines = journals.scan(names)
    (root / names[1] / JOURNAL_NAME).write_bytes(b"no journal\n")
    made = dict(looked_into(folders, lines[:2]))
    assert [mark_in(root / name) for name in names[:2]] == list(made.values())
    whole, damaged = made
    assert whole == read_summary(folders.lines(root / names[0]))
    assert damaged.damage
    assert not whole.damage


def test_that_open_runs_and_the_newest_come_first(
    journals: IndexedJournals, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rdpgui.app.indexed_journals.NEWEST", 2)
    names = _names(root)
    lines = journals.scan(names)
    open_ids = [line.run_id for line in lines if line.is_open]
    assert [line.run_id for line in journals.first()] == [*open_ids, *(line.run_id for line in lines[:2])]
