"""What takes long is done in turns of the loop, and nothing of it is left out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from rdpgui.core.state import AppState
from rdpgui.ui import turns
from rdpgui.ui.turns import Turns
from tests.ui.conftest import Bench
from tests.ui.snapshots import finished


class _Parts:
    def __init__(self) -> None:
        self.done: list[str] = []
        self.fails = False

    def parts(self) -> Iterator[None]:
        for name in "abc":
            if self.fails and name == "b":
                raise ValueError(name)
            self.done.append(name)
            yield


@pytest.fixture
def breathless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every part takes too long for a second one in the same turn."""
    monkeypatch.setattr(turns, "BREATH_S", -1.0)


def _one_part_of(going: Turns) -> bool:
    """Do the next part, and say whether there are more."""
    going._go_on()
    return going.going


def _let_all_be_done(going: Turns) -> None:
    for _turn in range(20):
        QApplication.processEvents()
    assert not going.going


def test_that_short_parts_are_all_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "BREATH_S", 1e9)
    parts = _Parts()
    Turns(parts.parts).request()
    assert parts.done == ["a", "b", "c"]


@pytest.mark.case("X1")
@pytest.mark.usefixtures("breathless")
def test_that_long_parts_let_the_loop_serve_others_in_between() -> None:
    parts = _Parts()
    going = Turns(parts.parts)
    going.request()
    assert parts.done == ["a"]
    QTimer.singleShot(0, lambda: parts.done.append("other"))
    _let_all_be_done(going)
    assert [name for name in parts.done if name != "other"] == ["a", "b", "c"]
    assert parts.done.index("other") < len(parts.done) - 1


@pytest.mark.usefixtures("breathless")
def test_that_a_request_meanwhile_begins_anew_when_the_last_part_is_done() -> None:
    parts = _Parts()
    going = Turns(parts.parts)
    for _request in range(3):
        going.request()
    _let_all_be_done(going)
    assert parts.done == ["a", "b", "c", "a", "b", "c"]


@pytest.mark.usefixtures("breathless")
def test_that_finishing_leaves_nothing_for_later() -> None:
    parts = _Parts()
    going = Turns(parts.parts)
    going.request()
    going.finish()
    assert not going.going
    _let_all_be_done(going)
    assert parts.done == ["a", "a", "b", "c"]


def test_that_a_part_that_fails_keeps_no_later_request_from_being_served() -> None:
    parts = _Parts()
    going, parts.fails = Turns(parts.parts), True
    with pytest.raises(ValueError, match="b"):
        going.request()
    parts.fails = False
    going.request()
    _let_all_be_done(going)
    assert parts.done == ["a", "a", "b", "c"]


@pytest.mark.usefixtures("breathless")
def test_that_a_window_rendered_in_turns_shows_the_same(bench: Bench) -> None:
    state = finished()
    bench.workbench.rendering.render_state(state)
    for _turn in range(40):
        QApplication.processEvents()
    names = ("verdict_word", "recording_word", "banner_place")
    in_turns = [bench.text(name) for name in names]
    bench.workbench.rendering.force()
    assert in_turns == [bench.text(name) for name in names]
    assert in_turns[0]


@pytest.mark.usefixtures("breathless")
def test_that_what_a_person_chooses_is_shown_whole_at_once(bench: Bench) -> None:
    bench.show(finished())
    (run_id,) = bench.workbench.looked.state.runs
    bench.window.ui_state.select_run(run_id)
    assert bench.text("verdict_word")


@pytest.mark.case("X1")
@pytest.mark.usefixtures("breathless")
@pytest.mark.parametrize("what", ["deleted", "left", "shown"])
def test_that_no_film_is_opened_of_a_run_that_is_let_go_between_two_turns(
    what: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []
    bench.forget()
    monkeypatch.setattr(bench.film, "show_films", lambda films, **_how: opened.append(films))
    going = bench.workbench.rendering._turns
    going.finish()  # nothing is left of what was shown before
    bench.workbench.looked.state = finished()
    shown = bench.text("verdict_word")
    going.request()
    while _one_part_of(going) and bench.text("verdict_word") == shown:
        pass
    assert not opened, "the verdict comes in a turn before the film"
    if what == "deleted":
        bench.workbench.let_go_of(tuple(bench.workbench.looked.state.runs))
    elif what == "left":
        bench.workbench.looked.state = AppState()
    while _one_part_of(going):
        pass
    assert bool(opened) is (what == "shown")
    bench.forget()
