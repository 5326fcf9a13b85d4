"""The parts of the history: what narrows it, and what may be done with the runs that are chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QPushButton

from rdpgui.core.ids import RunId
from rdpgui.core.place import Place
from rdpgui.core.run_summary import RunSummary
from rdpgui.i18n import set_language
from rdpgui.ui.panels.history_actions import HistoryActions
from rdpgui.ui.panels.history_filter import HistoryFilter
from tests.ui.snapshots import LAB, NOW

ON_INSTANCE = Place(scenario="recorder-on-instance")
NONE_OPEN = frozenset[RunId]()


def _line(name: str, *, place: str = LAB.key, archived: bool = False, damage: str = "") -> RunSummary:
    return RunSummary(RunId(name), NOW, place=place, archived=archived, damage=damage)


@pytest.fixture
def actions(qapp: object) -> Iterator[HistoryActions]:
    actions = HistoryActions()
    yield actions
    actions.deleteLater()


@pytest.fixture
def narrowing(qapp: object) -> Iterator[HistoryFilter]:
    narrowing = HistoryFilter()
    yield narrowing
    narrowing.deleteLater()


def _enabled(actions: HistoryActions) -> set[str]:
    return {
        button.objectName().removeprefix("history_")
        for button in actions.findChildren(QPushButton)
        if button.isEnabled()
    }


def _press(actions: HistoryActions, name: str) -> None:
    button = actions.findChild(QPushButton, f"history_{name}")
    assert button is not None
    button.click()


_ONE = {"open", "report", "folder", "judge", "archive", "delete", "again", "remark", "hand_in"}


@pytest.mark.parametrize(
    ("chosen", "open_ids", "enabled"),
    [
        ((), (), set()),
        ((_line("a"),), (), _ONE),
        ((_line("a"),), ("a",), _ONE - {"archive", "delete", "again", "hand_in"}),
        ((_line("a", damage="cut"),), (), {"folder", "delete"}),
        ((_line("a"), _line("b")), (), {"compare", "archive", "delete"}),
        ((_line("a"), _line("b", damage="cut")), (), {"delete"}),
        ((_line("a"), _line("b")), ("b",), {"compare"}),
        ((_line("a"), _line("b"), _line("c")), (), {"archive", "delete"}),
    ],
)
def test_that_only_what_makes_sense_for_the_chosen_runs_can_be_asked_for(
    actions: HistoryActions, chosen: tuple[RunSummary, ...], open_ids: tuple[str, ...], enabled: set[str]
) -> None:
    assert _enabled(actions) == set()
    actions.offer(chosen, {RunId(name) for name in open_ids})
    assert _enabled(actions) == enabled


def test_that_every_button_names_the_runs_it_is_for(actions: HistoryActions) -> None:
    asked: list[tuple[Any, ...]] = []

    def noting(what: str) -> Callable[..., None]:
        def note(*arguments: Any) -> None:
            asked.append((what, *arguments))

        return note

    names = ("open", "report", "folder", "judge", "compare", "archive", "delete")
    for name in names:
        getattr(actions, f"{name}_requested").connect(noting(name))
    actions.offer([_line("a")], NONE_OPEN)
    for name in names:
        _press(actions, name)
    actions.offer([_line("a"), _line("b")], NONE_OPEN)
    _press(actions, "compare")
    single = [
        ("open", "a"),
        ("report", "a"),
        ("folder", "a"),
        ("judge", "a"),
        ("archive", ["a"], True),
        ("delete", ["a"]),
    ]
    assert asked == [*single, ("compare", "a", "b")]


def test_that_only_runs_that_are_all_put_away_are_taken_back(actions: HistoryActions) -> None:
    asked: list[bool] = []
    actions.archive_requested.connect(lambda ids, away: asked.append(away))
    for second in (True, False):
        actions.offer([_line("a", archived=True), _line("b", archived=second)], NONE_OPEN)
        _press(actions, "archive")
    assert asked == [False, True]


def test_that_the_filter_lets_through_the_chosen_place_and_the_archive_when_asked(narrowing: HistoryFilter) -> None:
    changed: list[None] = []
    narrowing.changed.connect(lambda: changed.append(None))
    here, there, away = _line("a"), _line("b", place=ON_INSTANCE.key), _line("c", archived=True)
    narrowing.offer([here, there, away])
    assert changed == []
    assert [narrowing.lets_through(line) for line in (here, there, away)] == [True, True, False]
    narrowing.place.setCurrentIndex(narrowing.place.findData(ON_INSTANCE.key))
    assert [narrowing.lets_through(line) for line in (here, there, away)] == [False, True, False]
    narrowing.place.setCurrentIndex(0)
    narrowing.archived.setChecked(True)
    assert narrowing.lets_through(away)
    assert len(changed) == 3


def test_that_the_chosen_place_stays_while_it_has_runs_whatever_comes_and_in_another_language(
    narrowing: HistoryFilter,
) -> None:
    here, there = _line("a"), _line("b", place=ON_INSTANCE.key)
    narrowing.offer([there])
    narrowing.place.setCurrentIndex(narrowing.place.findData(ON_INSTANCE.key))
    narrowing.offer([here, there])
    assert narrowing.place.currentData() == ON_INSTANCE.key
    set_language("ja")
    try:
        narrowing.retranslate()
        assert narrowing.place.itemText(0) != "All places"
        assert narrowing.place.currentData() == ON_INSTANCE.key
    finally:
        set_language("en")
    narrowing.offer([here])
    assert narrowing.place.currentData() is None
