"""Sequences that grow, and the reducer's cost for an event of a long run."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.grown import Grown, grown
from rdpgui.core.ids import RunId
from rdpgui.core.judging.claims import judge_facts
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import NoteAdded
from rdpgui.core.run_summary import ClaimFacts
from rdpgui.core.session import AccessType
from rdpgui.core.state import LOG_LIMIT, AppState
from tests.unit.core.samples import begin, good_run


@given(st.lists(st.tuples(st.integers(0, 4), st.integers()), max_size=60), st.one_of(st.none(), st.integers(1, 5)))
def test_that_each_snapshot_is_what_a_tuple_would_be(steps: list[tuple[int, int]], most: int | None) -> None:
    snapshots: list[tuple[Sequence[int], tuple[int, ...]]] = [((), ())]
    for back, item in steps:  # also from an earlier snapshot: both go their own ways
        items, expected = snapshots[-1 - back % len(snapshots)]
        told = (*expected, item)
        snapshots.append((grown(items, item, most), told if most is None else told[-most:]))
    for items, expected in snapshots:
        assert items == expected and expected == items
        assert tuple(items) == expected
        assert list(reversed(items)) == list(reversed(expected))
        assert items[-2:] == expected[-2:] and items[1:] == expected[1:]
        assert hash(items) == hash(expected) and repr(items) == repr(expected)
        if expected:
            assert (items[0], items[-1]) == (expected[0], expected[-1])
        with pytest.raises(IndexError):
            items[len(expected)]


@pytest.mark.case("X10")
def test_that_the_reducer_copies_nothing_that_grows_with_the_run() -> None:
    events = begin()
    state = AppState()
    for event in events:
        state = reduce(state, event)
    run_id = events[0].run_id
    note = NoteAdded(events[-1].at, run_id, "info", "{what}", (("what", "a note"),))
    before = state
    for _ in range(LOG_LIMIT * 3):
        state = reduce(state, note)
    log = state.runs[run_id].log
    assert len(log) == len(before.runs[run_id].log) + LOG_LIMIT * 3
    assert len(state.log) == LOG_LIMIT
    assert len(before.runs[run_id].log) < 100  # the snapshot before is as it was
    after = reduce(state, note)
    for old, new in ((log, after.runs[run_id].log), (state.log, after.log)):
        assert sys.getsizeof(new) < 200  # a window on the same list, not a copy of it
        assert new._items is old._items  # type: ignore[attr-defined]
    assert replace(after) == after


@pytest.mark.case("X10")
def test_that_nothing_of_a_run_that_grows_with_its_events_is_a_tuple() -> None:
    run = good_run()
    held = {item.name: getattr(run, item.name) for item in fields(run)}
    copied = {name for name, value in held.items() if isinstance(value, tuple) and value}
    by_key = {"first_listed", "bytes_read"}
    assert copied <= {"candidates"} | by_key  # which is replaced as a whole, and grow with its keys only
    assert {"phases", "intents", "connection_changes", "log"} <= {n for n, v in held.items() if isinstance(v, Grown)}


class _Counted(str):
    """A run's id that notes how often it is compared."""

    compared: ClassVar[int] = 0
    __slots__ = ()
    __hash__ = str.__hash__

    def __eq__(self, other: object) -> bool:
        _Counted.compared += 1
        return str.__eq__(self, other)


@pytest.mark.case("X10")
def test_that_the_claims_of_many_runs_compare_no_run_with_all_others() -> None:
    count = 200
    facts = [
        ClaimFacts(RunId(_Counted(f"r{number}")), DisruptionId.EC2_STOP, AccessType.STANDARD, True, True, True)
        for number in range(count)
    ]
    _Counted.compared = 0
    claims = judge_facts(facts)
    assert [len(claim.supporting) for claim in claims] == [count] * 5 + [0]
    assert _Counted.compared < count * 5
