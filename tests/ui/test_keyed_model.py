"""The keyed model against a plain sorted list, seen only through its signals."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel


@dataclass(frozen=True, slots=True)
class Item:
    key: int
    name: str


def _key(item: Item) -> int:
    return item.key


def _name(item: Item) -> str:
    return item.name


def _number(item: Item) -> str:
    return str(item.key)


def model() -> KeyedTableModel[Item]:
    return KeyedTableModel((Column("Name", _name), Column("Key", _number, _key)), _key, _name)


class Mirror:
    """Keeps what a view would show, from the signals alone."""

    def __init__(self, source: QAbstractItemModel) -> None:
        self.rows: list[str] = []
        self.source = source
        source.rowsRemoved.connect(self._removed)
        source.rowsInserted.connect(self._inserted)
        source.layoutChanged.connect(self._again)
        source.modelReset.connect(self._again)
        source.dataChanged.connect(self._changed)

    def _read(self, row: int) -> str:
        return f"{self.source.index(row, 0).data()}/{self.source.index(row, 1).data()}"

    def _removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        del self.rows[first : last + 1]

    def _inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.rows[first:first] = [self._read(row) for row in range(first, last + 1)]

    def _again(self) -> None:
        self.rows = [self._read(row) for row in range(self.source.rowCount())]

    def _changed(self, first: QModelIndex, last: QModelIndex) -> None:
        for row in range(first.row(), last.row() + 1):
            self.rows[row] = self._read(row)


ROWS = st.dictionaries(st.integers(0, 12), st.text("abAB", min_size=1, max_size=3), max_size=10)
STEPS = st.lists(
    st.one_of(
        ROWS,
        st.tuples(st.just("filter"), st.sampled_from(["", "a", "b", "ab", "a b"])),
        st.tuples(st.just("sort"), st.sampled_from([0, 1]), st.booleans()),
        st.tuples(st.just("update"), ROWS),
        st.tuples(st.just("read"), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_that_the_signals_lead_to_the_sorted_filtered_list(steps: list[object]) -> None:
    app = QApplication.instance() or QApplication([])
    assert app is not None
    table = model()
    tester = QAbstractItemModelTester(table, QAbstractItemModelTester.FailureReportingMode.Warning)
    mirror = Mirror(table)
    rows: dict[int, str] = {}
    words, column, descending = "", -1, False
    for step in steps:
        match step:
            case dict():
                rows = step
                table.set_rows([Item(key, name) for key, name in rows.items()])
            case ("filter", str(text)):
                words = text
                table.set_filter(text)
            case ("update", dict(new)):
                new = {key: name for key, name in new.items() if key in rows}
                rows = {**rows, **new}
                table.update_rows([Item(key, name) for key, name in new.items()])
            case ("read", 0):
                table._ahead.read_some()
            case ("sort", int(place), bool(down)):
                column, descending = place, down
                table.sort(place, Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder)
        expected = [Item(k, n) for k, n in rows.items() if all(word in n.lower() for word in words.split())]
        if column >= 0:
            expected.sort(key=_name if column == 0 else _key, reverse=descending)
        assert mirror.rows == [f"{item.name}/{item.key}" for item in expected]
    tester.deleteLater()


def test_that_equal_rows_emit_nothing(qapp: QApplication) -> None:
    table = model()
    table.set_rows([Item(1, "a"), Item(2, "b")])
    seen: list[str] = []
    note = _Note(seen)  # kept: a connection to a method does not keep its object
    for signal in (table.dataChanged, table.rowsInserted, table.rowsRemoved, table.layoutChanged, table.modelReset):
        signal.connect(note.note)
    table.set_rows([Item(1, "a"), Item(2, "b")])
    assert seen == []


class _Note:
    def __init__(self, seen: list[str]) -> None:
        self._seen = seen

    def note(self) -> None:
        self._seen.append("signal")


def test_that_a_changed_row_announces_only_itself(qapp: QApplication) -> None:
    table = model()
    table.set_rows([Item(n, f"n{n}") for n in range(5)])
    changed: list[tuple[int, int]] = []

    def note(first: QModelIndex, last: QModelIndex) -> None:
        changed.append((first.row(), last.row()))

    table.dataChanged.connect(note)
    table.set_rows([Item(n, "other" if n == 3 else f"n{n}") for n in range(5)])
    assert changed == [(3, 3)]


@pytest.mark.case("X3")
def test_that_changed_rows_are_not_looked_for_among_the_others(qapp: QApplication) -> None:
    read: list[int] = []

    def text(item: Item) -> str:
        read.append(item.key)
        return item.name

    table = KeyedTableModel((Column("Name", text),), _key, text)
    table.sort(0)
    table.set_rows([Item(n, f"n{n}") for n in range(3000)])
    while table._ahead.going:
        table._ahead.read_some()
    read.clear()
    table.update_rows([Item(7, "a first"), Item(9, "n9")])
    assert [table.key_at(0), table.key_at(1), table.place_of(1)] == [7, 0, 2]
    table.set_filter("first")
    assert table.rows == (Item(7, "a first"),)
    assert set(read) == {7}


@pytest.mark.case("X3")
def test_that_painting_anew_reads_nothing_anew(qapp: QApplication) -> None:
    read: list[int] = []

    def text(item: Item) -> str:
        read.append(item.key)
        return item.name

    table = KeyedTableModel((Column("Name", text),), _key, text)
    table.sort(0)
    table.set_rows([Item(1, "a"), Item(2, "b")])
    table._ahead.read_some()
    read.clear()
    table.repaint()
    table.set_filter("a")
    assert read == []


def test_that_a_persistent_index_follows_its_row_through_a_sort(qapp: QApplication) -> None:
    table = model()
    table.set_rows([Item(1, "c"), Item(2, "a"), Item(3, "b")])
    kept = QPersistentModelIndex(table.index(0, 0))
    table.sort(0)
    assert (kept.row(), kept.data()) == (2, "c")


def test_that_many_scattered_changes_become_one_reset(qapp: QApplication) -> None:
    table = model()
    table.set_rows([Item(n, "even" if n % 2 else "odd") for n in range(2000)])
    resets: list[str] = []
    note = _Note(resets)
    table.modelReset.connect(note.note)
    table.set_filter("even")
    assert resets == ["signal"]
    assert table.rowCount() == 1000


@pytest.mark.case("X9")
def test_that_a_letter_more_is_looked_for_only_among_the_rows_that_are_left(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = model()
    table.sort(0)
    table.set_rows([Item(n, f"web-{n}") for n in range(3000)])
    whole: list[tuple[str, ...]] = []
    matching = table._all.matching

    def noted(words: Sequence[str]) -> list[Hashable]:
        whole.append(tuple(words))
        return matching(words)

    monkeypatch.setattr(table._all, "matching", noted)
    names = sorted(f"web-{n}" for n in range(3000))
    for typed in ("29", "299", "299 web", "web-2999", "nothing", ""):
        table.set_filter(typed)
        assert [row.name for row in table.rows] == [name for name in names if all(w in name for w in typed.split())]
    assert whole == [("29",), ("nothing",), ()]


def test_that_thousands_of_rows_come_and_go_with_one_signal(qapp: QApplication) -> None:
    table, signals = model(), []
    table.modelReset.connect(lambda: signals.append("reset"))
    table.rowsRemoved.connect(lambda *_: signals.append("removed"))
    table.set_rows([Item(n, "half" if n % 2 else "other") for n in range(3000)])
    signals.clear()
    table.set_filter("half")
    table.set_filter("")
    assert signals == ["reset", "reset"]
    assert table.rows[:2] == (Item(0, "other"), Item(1, "half"))
