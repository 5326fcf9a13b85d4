"""What the watchers of a place read, taken into the snapshot: how fresh a topic is, since when it is not, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import compress
from operator import is_not
from typing import Any, TypeVar, assert_never

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
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, ManagedNode
from rdpgui.core.state import AppState, Stale, Waits

Row = TypeVar("Row", Instance, ManagedNode)
Reading = IdentityObserved | InstancesObserved | SessionsObserved | PreferencesObserved | ObjectsObserved


def read(state: AppState, event: Reading) -> AppState:
    """Return the snapshot with what was read of one topic."""
    match event:
        case IdentityObserved():
            return _fresh(replace(state, identity=event), Topic.IDENTITY, event)
        case InstancesObserved():
            return _listed(state, event)
        case SessionsObserved():
            return _fresh(replace(state, sessions=event.sessions), Topic.SESSIONS, event)
        case PreferencesObserved():
            return _fresh(replace(state, preferences=event), Topic.PREFERENCES, event)
        case ObjectsObserved():
            return _fresh(replace(state, objects=event), Topic.OBJECTS, event)
        case _:
            assert_never(event)


def unread(state: AppState, event: PollFailed) -> AppState:
    """Return the snapshot with a topic stale, since the first failure of a row."""
    known = state.stale.get(event.topic)
    since_at = known.since_at if known is not None else event.at
    stale = Stale(since_at, event.error, event.remedy, event.need)
    return replace(_answered(state, event.topic), stale={**state.stale, event.topic: stale})


def is_said_already(state: AppState, event: PollFailed) -> bool:
    """Whether the log has the line of a failure: one for a row of equal ones, and for one cause of many topics."""
    known = state.stale.get(event.topic)
    if known is not None and known.error == event.error:
        return True
    return event.need is not None and any(other.error == event.error for other in state.stale.values())


def waiting(state: AppState, event: PollWaits) -> AppState:
    """Return the snapshot with a topic whose poll waits."""
    return replace(state, waits={**state.waits, event.topic: Waits(event.since_at, event.what)})


def _fresh(state: AppState, topic: Topic, event: Reading) -> AppState:
    stale = state.stale if topic not in state.stale else {t: s for t, s in state.stale.items() if t is not topic}
    return replace(_looked_at(state, topic, event), stale=stale)


def _looked_at(state: AppState, topic: Topic, event: Reading) -> AppState:
    looks = {t: look for t, look in state.looks.items() if t is not topic}
    if event.look is not None:
        looks[topic] = event.look
    return replace(_answered(state, topic), observed_at={**state.observed_at, topic: event.at}, looks=looks)


def _answered(state: AppState, topic: Topic) -> AppState:
    """Return the snapshot once a poll waits no longer."""
    if topic not in state.waits:
        return state
    return replace(state, waits={t: wait for t, wait in state.waits.items() if t is not topic})


def _listed(state: AppState, event: InstancesObserved) -> AppState:
    instances, nodes = state.listed
    found: dict[str, Any] = {}
    if event.instances is not instances:
        found["instances"] = _by_instance(event.instances, instances, state.instances)
    if event.nodes is not None and event.nodes is not nodes:
        found["nodes"] = _by_instance(event.nodes, nodes, state.nodes)
    listed = (event.instances, nodes if event.nodes is None else event.nodes)
    if not found:
        listed = state.listed  # nothing of the snapshot is another object
    found |= {"rows_read": event.read, "rest_at": event.rest_at}
    changed = replace(state, listed=listed, nodes_known=event.nodes is not None, **found)
    # Without nodes the topic stays stale, and the last nodes stay.
    return (_looked_at if event.nodes is None else _fresh)(changed, Topic.INSTANCES, event)


def _by_instance(
    rows: tuple[Row, ...], before: tuple[Row, ...], known: Mapping[InstanceId, Row]
) -> Mapping[InstanceId, Row]:
    """Return rows by their instance; where only a few are other objects than before, in place of those."""
    if len(rows) == len(before) == len(known):
        new, old = list(compress(rows, map(is_not, rows, before))), compress(before, map(is_not, rows, before))
        if all(n.instance_id == o.instance_id for n, o in zip(new, old, strict=True)):
            return {**known, **{row.instance_id: row for row in new}} if new else known
    return {row.instance_id: row for row in rows}
