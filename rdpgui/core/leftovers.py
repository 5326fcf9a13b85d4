"""What a run left behind that somebody has to clean up: a connection it opened, an instance that it halted.

A run cleans up after itself, but not under a latched emergency stop, and not what others did. What is left is listed
until it is gone, and offered once the latch is released.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.disruption import Effect
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.instance import InstanceState
from rdpgui.core.judging.onset import stopped_by_own_call
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.run_events import ConnectionOpened
from rdpgui.core.state import RESTORE_ACTION, AppState, RunState

CLOSE_ACTION = "CloseConnection"
"""Ending a connection that the program opened; no operation of AWS, there only the person can."""

_HALTED = frozenset({InstanceState.STOPPING, InstanceState.STOPPED})


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What one run left behind.

    Attributes:
        opened: the connection that is still open, None when it is not.
        session_id: its session, None when none was found for it.
        halted: this run's own order halted the instance, and it still is.
    """

    run_id: RunId
    instance_id: InstanceId
    opened: ConnectionOpened | None
    session_id: SessionId | None
    halted: bool


def left_overs(state: AppState) -> tuple[LeftOver, ...]:
    """Return what the runs of this place left behind, oldest first."""
    found = []
    for run in state.runs_here:
        opened, halted = _open_connection(state, run), _is_halted(state, run)
        if opened is not None or halted:
            session_id = run.session.session_id if run.session is not None else None
            found.append(LeftOver(run.run_id, run.plan.instance_id, opened, session_id, halted))
    return tuple(found)


def left_over(state: AppState, run_id: RunId) -> LeftOver | None:
    """Return what one run left behind, None when nothing."""
    return next((item for item in left_overs(state) if item.run_id == run_id), None)


def halted_by_own_order(run: RunState) -> bool:
    """Whether this run's own order was one that halts the instance, and did.

    AWS accepted it; or its call got no answer, or an error, and EC2 states a stop at the time of that call. Any other
    halt (by hand, by somebody else, or by whom is not known) is not the run's to undo: a person is asked.
    """
    intent = run.disruption_intent
    if intent is None or DISRUPTIONS[run.plan.disruption_id].effect is not Effect.HALT:
        return False
    return any(answer.action == intent.action for answer in run.accepted) or stopped_by_own_call(run)


def _open_connection(state: AppState, run: RunState) -> ConnectionOpened | None:
    """Return the connection that only the program can end and nobody ended; a lab of an earlier program is gone."""
    opened, closed = run.opened, run.closed
    if opened is None or opened.by_person or run.active or run.left is not None or _is_gone(run):
        return None
    if closed is not None and not closed.error:
        return None
    own = run.session.session_id if run.session is not None else None
    if own is None:
        return opened
    others = (other for other in state.active_runs if other.session is not None)
    if any(other.session is not None and other.session.session_id == own for other in others):
        return None  # another run took it over
    listed = next((session for session in state.sessions if session.session_id == own), None)
    return None if listed is not None and not listed.active else opened


def _is_halted(state: AppState, run: RunState) -> bool:
    if run.active or _is_gone(run) or not run.plan.restore or not halted_by_own_order(run):
        return False
    instance = state.instances.get(run.plan.instance_id)
    if instance is None or instance.state not in _HALTED:
        return False
    restored = any(answer.action == RESTORE_ACTION for answer in run.accepted)
    later = any(
        other.plan.instance_id == run.plan.instance_id and other.started_at > run.started_at
        for other in state.runs_here
    )
    return not restored and not later


def _is_gone(run: RunState) -> bool:
    return run.plan.lab and run.adopted
