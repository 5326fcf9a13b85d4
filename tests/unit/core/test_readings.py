"""What watchers read, taken into the snapshot: one topic changes, and of it only what is another."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import (
    IdentityObserved,
    InstancesObserved,
    ObjectsObserved,
    PollFailed,
    PollWaits,
    PreferencesObserved,
    SessionsObserved,
    Topic,
)
from rdpgui.core.freshness import Look
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, ManagedNode, PingStatus
from rdpgui.core.readings import Reading, is_said_already, read, unread, waiting
from rdpgui.core.sign_in import SignInNeed, Way
from rdpgui.core.state import AppState
from tests.unit.core.samples import ACCOUNT, PREFERENCES, REGION, at, item, session

LOOK = Look(at(10.0), 10.0, 5.0)
IDENTITY = IdentityObserved(at(10.0), ACCOUNT, "arn", REGION, "", "", False, LOOK)


def _rows(*names: str, state: InstanceState = InstanceState.RUNNING) -> tuple[Instance, ...]:
    return tuple(Instance(InstanceId(name), name, state) for name in names)


def _nodes(*names: str) -> tuple[ManagedNode, ...]:
    return tuple(ManagedNode(InstanceId(name), PingStatus.ONLINE) for name in names)


READINGS: dict[Topic, Reading] = {
    Topic.IDENTITY: IDENTITY,
    Topic.INSTANCES: InstancesObserved(at(10.0), _rows("i-1"), _nodes("i-1"), LOOK),
    Topic.SESSIONS: SessionsObserved(at(10.0), (session(),), LOOK),
    Topic.PREFERENCES: PreferencesObserved(at(10.0), PREFERENCES, LOOK),
    Topic.OBJECTS: ObjectsObserved(at(10.0), "recordings", (item(),), LOOK),
}


def _all_failed() -> AppState:
    state = AppState()
    for topic in Topic:
        state = waiting(
            unread(state, PollFailed(at(1.0), topic, "No.", "Wait.")), PollWaits(at(2.0), topic, at(1.5), "x")
        )
    return state


@pytest.mark.parametrize("topic", list(Topic))
def test_that_a_reading_makes_its_topic_fresh_and_no_other(topic: Topic) -> None:
    state = read(_all_failed(), READINGS[topic])
    others = set(Topic) - {topic}
    assert set(state.stale) == set(state.waits) == others
    assert state.observed_at == {topic: at(10.0)}
    assert state.looks == {topic: LOOK}


@pytest.mark.parametrize("topic", list(Topic))
def test_that_a_reading_by_nobody_who_looks_again_takes_back_that_somebody_does(topic: Topic) -> None:
    watched = read(AppState(), READINGS[topic])
    once = read(watched, replace(READINGS[topic], at=at(20.0), look=None))
    assert once.looks == {}
    assert once.observed_at == {topic: at(20.0)}


def test_that_what_was_read_is_what_is_known() -> None:
    state = AppState()
    for reading in READINGS.values():
        state = read(state, reading)
    assert state.identity == IDENTITY
    assert (list(state.instances), list(state.nodes), state.nodes_known) == (["i-1"], ["i-1"], True)
    assert state.sessions == (session(),)
    assert state.preferences is READINGS[Topic.PREFERENCES]
    assert state.objects is READINGS[Topic.OBJECTS]


# -- failures -------------------------------------------------------------------------------------------


def test_that_a_row_of_failures_is_stale_since_its_first_and_tells_the_newest() -> None:
    state = unread(AppState(), PollFailed(at(1.0), Topic.OBJECTS, "No.", "Wait."))
    state = unread(state, PollFailed(at(5.0), Topic.OBJECTS, "Never.", "Ask."))
    stale = state.stale[Topic.OBJECTS]
    assert (stale.since_at, stale.error, stale.remedy) == (at(1.0), "Never.", "Ask.")
    again = unread(read(state, READINGS[Topic.OBJECTS]), PollFailed(at(20.0), Topic.OBJECTS, "No.", ""))
    assert again.stale[Topic.OBJECTS].since_at == at(20.0)
    assert again.objects is READINGS[Topic.OBJECTS], "what is stale is still shown"


def test_that_an_answer_ends_the_waiting_for_it_also_when_it_is_a_failure() -> None:
    state = waiting(AppState(), PollWaits(at(2.0), Topic.OBJECTS, at(1.0), "s3:ListObjectsV2"))
    assert (state.waits[Topic.OBJECTS].since_at, state.waits[Topic.OBJECTS].what) == (at(1.0), "s3:ListObjectsV2")
    assert unread(state, PollFailed(at(3.0), Topic.SESSIONS, "No.", "")).waits == state.waits
    assert unread(state, PollFailed(at(3.0), Topic.OBJECTS, "No.", "")).waits == {}


NEED = SignInNeed("aws sso login", Way.SSO)


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ([], PollFailed(at(2.0), Topic.OBJECTS, "No.", ""), False),
        ([PollFailed(at(1.0), Topic.OBJECTS, "No.", "")], PollFailed(at(2.0), Topic.OBJECTS, "No.", ""), True),
        ([PollFailed(at(1.0), Topic.OBJECTS, "No.", "")], PollFailed(at(2.0), Topic.OBJECTS, "Other.", ""), False),
        # Two topics that fail alike each have their line, unless one cause stops them all: nobody is signed in.
        ([PollFailed(at(1.0), Topic.SESSIONS, "No.", "")], PollFailed(at(2.0), Topic.OBJECTS, "No.", ""), False),
        (
            [PollFailed(at(1.0), Topic.SESSIONS, "No.", "", NEED)],
            PollFailed(at(2.0), Topic.OBJECTS, "No.", "", NEED),
            True,
        ),
        (
            [PollFailed(at(1.0), Topic.SESSIONS, "No.", "", NEED)],
            PollFailed(at(2.0), Topic.OBJECTS, "Ended.", "", NEED),
            False,
        ),
    ],
)
def test_that_the_log_has_one_line_for_a_row_of_equal_failures(
    before: list[PollFailed], now: PollFailed, said: bool
) -> None:
    state = AppState()
    for event in before:
        state = unread(state, event)
    assert is_said_already(state, now) is said


# -- instances ------------------------------------------------------------------------------------------


def _listed(state: AppState, instances: tuple[Instance, ...], nodes: tuple[ManagedNode, ...] | None) -> AppState:
    return read(state, InstancesObserved(at(10.0), instances, nodes, LOOK))


def test_that_without_nodes_the_last_ones_stay_and_are_not_known_and_the_topic_stays_stale() -> None:
    state = unread(AppState(), PollFailed(at(1.0), Topic.INSTANCES, "No.", ""))
    state = _listed(state, _rows("i-1"), _nodes("i-1"))
    half = _listed(unread(state, PollFailed(at(9.0), Topic.INSTANCES, "No.", "")), _rows("i-1", "i-2"), None)
    assert (list(half.instances), list(half.nodes), half.nodes_known) == (["i-1", "i-2"], ["i-1"], False)
    assert Topic.INSTANCES in half.stale
    assert half.observed_at[Topic.INSTANCES] == at(10.0)
    assert _listed(half, _rows("i-1"), _nodes()).nodes_known


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), ("i-1",)),
        (("i-1",), ()),
        (("i-1", "i-2"), ("i-2", "i-1")),  # another order
        (("i-1", "i-2"), ("i-1", "i-3")),
        (("i-1", "i-2"), ("i-1", "i-2", "i-3")),
        (("i-1", "i-2", "i-3"), ("i-3",)),
        (("i-1", "i-1"), ("i-1", "i-2")),  # a row that came twice
    ],
)
def test_that_the_rows_are_those_of_the_last_listing_in_its_order(
    before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    state = _listed(_listed(AppState(), _rows(*before), _nodes(*before)), _rows(*after), _nodes(*after))
    assert list(state.instances) == list(state.nodes) == list(after)
    assert all(row.instance_id == key for key, row in state.instances.items())


def test_that_a_row_that_changed_alone_is_another_and_everything_else_the_very_same() -> None:
    rows, nodes = _rows("i-1", "i-2", "i-3"), _nodes("i-1", "i-2", "i-3")
    first = _listed(AppState(), rows, nodes)
    changed = (rows[0], replace(rows[1], state=InstanceState.STOPPED), rows[2])
    second = _listed(first, changed, nodes)
    assert list(second.instances) == ["i-1", "i-2", "i-3"]
    assert second.instances[InstanceId("i-2")].state is InstanceState.STOPPED
    assert second.instances[InstanceId("i-1")] is rows[0]
    assert second.nodes is first.nodes
    assert first.instances[InstanceId("i-2")].state is InstanceState.RUNNING, "a snapshot is never changed"
    assert _listed(second, changed, nodes).instances is second.instances
    assert _listed(second, tuple(changed), nodes).listed is second.listed


def test_that_a_look_at_some_rows_says_which_and_since_when_the_others_were_not_read() -> None:
    some = InstancesObserved(at(10.0), _rows("i-1", "i-2"), _nodes(), LOOK, frozenset({InstanceId("i-1")}), at(3.0))
    state = read(AppState(), some)
    assert (state.rows_read, state.rest_at) == (frozenset({InstanceId("i-1")}), at(3.0))
    whole = _listed(state, _rows("i-1", "i-2"), _nodes())
    assert (whole.rows_read, whole.rest_at) == (None, None)
