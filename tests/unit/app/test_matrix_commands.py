"""Orders about many runs: what is started where, what is refused, and how far it is shown to be."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from rdpgui.app.matrix_commands import MatrixCommands, MatrixRows
from rdpgui.app.session import LAB_LANES
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState
from rdpgui.runner.matrix import RowStatus
from rdpgui.runner.plans import matrix_pairs
from tests.ui.snapshots import NOW

ONE = (InstanceId("i-1"),)
PAIR = (DisruptionId.EC2_STOP, AccessType.STANDARD)


class Place:
    """What is open, with notes of what was asked of it."""

    def __init__(self, *, lab: bool = True, busy: bool = False, latched: bool = False, opened: bool = True) -> None:
        self.started: list[tuple[str, str]] = []
        self.rows: list[tuple[Any, ...]] = []
        self.errors: list[object] = []
        self.stopped = 0
        state = replace(AppState(), emergency_at=NOW if latched else None)
        matrix = SimpleNamespace(stop=self._stop) if busy else None
        session = SimpleNamespace(lab=lab, matrix=matrix, store=SimpleNamespace(state=state))
        self.session = session if opened else None
        work: Any = SimpleNamespace(
            ready=lambda: self.session,
            session=self.session,
            scope=SimpleNamespace(start=lambda name, work: self._start("place", name, work)),
            window_scope=SimpleNamespace(start=lambda name, work: self._start("window", name, work)),
            notifications=SimpleNamespace(error=self.errors.append),
        )
        self.commands = MatrixCommands(work, self, self)  # type: ignore[arg-type]

    def _stop(self) -> None:
        self.stopped += 1

    def _start(self, scope: str, name: str, work: Coroutine[Any, Any, None]) -> None:
        self.started.append((scope, name))
        work.close()

    def matrix(self, session: object, pairs: Any, instances: object, *, wide: bool) -> Coroutine[Any, Any, None]:
        assert session is self.session
        self.rows.append((tuple(pairs), instances, wide))
        return _nothing()

    def compare(self, pairs: Any) -> Coroutine[Any, Any, None]:
        self.rows.append((tuple(pairs), "compared"))
        return _nothing()


async def _nothing() -> None:
    return None


@pytest.mark.parametrize(
    ("lab", "side_by_side", "wide"),
    [(True, None, True), (False, None, False), (True, False, False), (False, True, True)],
)
@pytest.mark.parametrize("whole", [False, True])
def test_that_a_matrix_goes_side_by_side_in_the_lab_and_on_aws_when_it_is_asked_for(
    lab: bool, side_by_side: bool | None, wide: bool, whole: bool
) -> None:
    place = Place(lab=lab)
    place.commands.start_matrix(whole, ONE, side_by_side)
    assert place.rows == [(tuple(matrix_pairs(whole=whole)), ONE, wide)]
    assert place.started == [("place", "matrix")]


def test_that_under_the_latch_nothing_starts_and_it_is_said_why() -> None:
    place = Place(latched=True)
    place.commands.start_matrix()
    assert place.started == []
    assert len(place.errors) == 1


@pytest.mark.parametrize("place", [Place(busy=True), Place(opened=False)], ids=["busy", "not open"])
def test_that_one_matrix_goes_on_at_a_time_and_none_before_a_place_is_open(place: Place) -> None:
    place.commands.start_matrix()
    place.commands.start_repeat(*PAIR, 3)
    place.commands.compare_recorders(*PAIR, 3)
    assert (place.started, place.errors) == ([], [])


def test_that_one_experiment_is_repeated_and_compared_in_the_lab_only() -> None:
    here, there = Place(), Place(lab=False)
    for place in (here, there):
        place.commands.start_repeat(*PAIR, 3)
        place.commands.compare_recorders(*PAIR, 2)
    assert here.rows == [((PAIR,) * 3, (), True), ((PAIR,) * 2, "compared")]
    assert here.started == [("place", "matrix"), ("window", "compare recorders")], "a comparison outlives a place"
    assert there.started == []


def test_that_only_a_matrix_that_goes_on_is_stopped() -> None:
    for place, stopped in ((Place(busy=True), 1), (Place(), 0), (Place(opened=False), 0)):
        place.commands.stop_matrix()
        assert place.stopped == stopped


class Session:
    """Runs three rows: two end, one is skipped; or it fails after the first."""

    def __init__(self, *, fails: bool = False) -> None:
        self.lanes, self.reports, self._fails = 0, 0, fails

    async def run_matrix(self, pairs: Any, on_row: Any, *, instances: Any, lanes: int, told: Any) -> object:
        self.lanes = lanes
        told("why")
        for number, status in enumerate((RowStatus.ENDED, RowStatus.SKIPPED, RowStatus.ENDED)):
            on_row(number, SimpleNamespace(status=RowStatus.RUNNING))
            on_row(number, SimpleNamespace(status=status))
            if self._fails:
                raise OSError("disk")
        return "matrix"

    async def write_reports(self, _matrix: object) -> None:
        self.reports += 1


def _run(
    session: Session, instances: tuple[InstanceId, ...], *, wide: bool
) -> tuple[list[tuple[int, int, bool]], list[Any]]:
    shown: list[tuple[int, int, bool]] = []
    ended: list[Any] = []

    def show(done: int, _count: int, *, running: bool, under_way: int) -> None:
        shown.append((done, under_way, running))

    bench: Any = SimpleNamespace(
        replies=SimpleNamespace(show_matrix_progress=show),
        end_notice=SimpleNamespace(runs_ended=lambda done, count: ended.append((done, count))),
    )
    work: Any = SimpleNamespace(notifications=SimpleNamespace(say=lambda _tone, text: ended.append(text)))
    rows = MatrixRows(work, bench)
    asyncio.run(rows.matrix(session, (PAIR,) * 3, instances, wide=wide))  # type: ignore[arg-type]
    return shown, ended


def test_that_it_is_shown_how_many_rows_are_over_and_under_way_and_told_at_the_end() -> None:
    session = Session()
    shown, ended = _run(session, (), wide=True)
    assert shown == [
        *((0, 0, True), (0, 1, True), (1, 0, True), (1, 1, True), (2, 0, True), (2, 1, True)),
        *((3, 0, True), (3, 0, False)),
    ]
    assert ended == ["why", (3, 3)]
    assert (session.lanes, session.reports) == (LAB_LANES, 1)


@pytest.mark.parametrize(("instances", "wide", "lanes"), [((), False, 1), (ONE, False, 1), (ONE * 3, True, 3)])
def test_that_there_are_as_many_lanes_as_instances_were_named(
    instances: tuple[InstanceId, ...], wide: bool, lanes: int
) -> None:
    session = Session()
    _run(session, instances, wide=wide)
    assert session.lanes == lanes


def test_that_a_matrix_that_fails_is_shown_to_go_on_no_longer() -> None:
    shown: list[bool] = []

    def show(*_done: int, running: bool, under_way: int) -> None:
        assert under_way >= 0
        shown.append(running)

    bench: Any = SimpleNamespace(replies=SimpleNamespace(show_matrix_progress=show))
    work: Any = SimpleNamespace(notifications=SimpleNamespace(say=lambda *_said: None))
    with pytest.raises(OSError, match="disk"):
        asyncio.run(MatrixRows(work, bench).matrix(Session(fails=True), (PAIR,), (), wide=True))  # type: ignore[arg-type]
    assert shown[-1] is False
