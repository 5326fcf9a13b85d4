"""Garbage of the window's own thread: collected in small steps, never the start's million objects."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication

from rdpgui.app.collector import SETTLING_STEPS, YOUNG_OBJECTS, Collector


@pytest.fixture
def collector(qapp: QApplication) -> Iterator[Collector]:
    made = Collector()
    made.start()
    yield made
    made.stop()


@pytest.mark.case("X1")
def test_that_what_the_start_has_made_is_walked_through_by_no_collection(collector: Collector) -> None:
    made_at_start: list[list[int]] = [[] for _ in range(YOUNG_OBJECTS + 1)]
    collections: list[int] = []

    def note(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            collections.append(info["generation"])

    gc.callbacks.append(note)
    try:
        for _second in range(5):
            collector._step()
        assert collections == []
        assert gc.get_freeze_count() > len(made_at_start)
        assert gc.get_count()[0] < YOUNG_OBJECTS
        made_later: list[list[int]] = [[] for _ in range(YOUNG_OBJECTS + 1)]
        collector._step()
        assert collections == [1]
    finally:
        gc.callbacks.remove(note)
    assert len(made_later) > YOUNG_OBJECTS
    assert set(range(1, 6)) <= set(SETTLING_STEPS)


def test_that_garbage_is_collected_by_the_interpreter_again_at_the_end(qapp: QApplication) -> None:
    was = gc.isenabled()
    made = Collector()
    made.start()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0
    if not was:
        gc.disable()
