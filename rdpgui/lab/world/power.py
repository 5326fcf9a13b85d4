"""The EC2 state machine as tables, apart from any timing.

::

    start                          stop, OS shut down
    ┌────────► pending ──► running ──────────────► stopping ──┐
    │                         │                        │      │
    stopped ◄─────────────────┼────────────────────────┼──────┘
    │                         ▼                        ▼
    └──────────────────► shutting-down ──► terminated

RebootInstances never leaves ``running``.

Source: EC2 User Guide, instance lifecycle; StateReason codes from the EC2 model.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from rdpgui.lab.model import LabError, PowerState


class Order(StrEnum):
    """What a client may order."""

    START = "started"
    STOP = "stopped"
    REBOOT = "rebooted"
    TERMINATE = "terminated"
    INTERRUPT = "interrupted"


class Cause(StrEnum):
    """Why an instance goes down. Source: EC2 StateReason codes."""

    USER = "Client.UserInitiatedShutdown"
    HIBERNATE = "Client.UserInitiatedHibernate"
    INSTANCE = "Client.InstanceInitiatedShutdown"


CAUSE_TEXT: dict[Cause, str] = {
    Cause.USER: "User initiated shutdown",
    Cause.HIBERNATE: "User initiated hibernate",
    Cause.INSTANCE: "Instance initiated shutdown",
}

MOVES: dict[PowerState, frozenset[PowerState]] = {
    PowerState.PENDING: frozenset({PowerState.RUNNING, PowerState.SHUTTING_DOWN}),
    PowerState.RUNNING: frozenset({PowerState.STOPPING, PowerState.SHUTTING_DOWN}),
    PowerState.STOPPING: frozenset({PowerState.STOPPED, PowerState.SHUTTING_DOWN}),
    PowerState.STOPPED: frozenset({PowerState.PENDING, PowerState.SHUTTING_DOWN}),
    PowerState.SHUTTING_DOWN: frozenset({PowerState.TERMINATED}),
    PowerState.TERMINATED: frozenset(),
}
"""Allowed moves."""

ANSWERS: dict[Order, dict[PowerState, PowerState]] = {
    Order.START: {
        PowerState.STOPPED: PowerState.PENDING,
        PowerState.PENDING: PowerState.PENDING,
        PowerState.RUNNING: PowerState.RUNNING,
    },
    Order.STOP: {
        PowerState.RUNNING: PowerState.STOPPING,
        PowerState.STOPPING: PowerState.STOPPING,
        PowerState.STOPPED: PowerState.STOPPED,
    },
    Order.REBOOT: {PowerState.RUNNING: PowerState.RUNNING},
    Order.INTERRUPT: {PowerState.RUNNING: PowerState.RUNNING},
    Order.TERMINATE: {
        PowerState.TERMINATED: PowerState.TERMINATED,
        **{
            state: PowerState.SHUTTING_DOWN
            for state in (
                PowerState.PENDING,
                PowerState.RUNNING,
                PowerState.STOPPING,
                PowerState.STOPPED,
                PowerState.SHUTTING_DOWN,
            )
        },
    },
}
"""Order and present state → the state the answer names; what is missing is IncorrectInstanceState."""


@dataclass(frozen=True, slots=True)
class PowerFacts:
    """What EC2 tells about an instance's power.

    Attributes:
        reason_code: StateReason.Code, empty when there is none.
        reason_message: StateReason.Message.
        transition_reason: StateTransitionReason.
        launched_at: LaunchTime; changed by a start, not by a reboot.
    """

    state: PowerState
    launched_at: datetime
    reason_code: str = ""
    reason_message: str = ""
    transition_reason: str = ""


def answer(order: Order, state: PowerState, instance_id: str) -> PowerState:
    """Return the state that the answer to an order names.

    Raises:
        LabError: IncorrectInstanceState.
    """
    target = ANSWERS[order].get(state)
    if target is None:
        raise LabError(
            "IncorrectInstanceState",
            f"The instance '{instance_id}' is not in a state from which it can be {order.value}.",
        )
    return target


def moved(facts: PowerFacts, to: PowerState, at: datetime, cause: Cause | None = None) -> PowerFacts:
    """Return the facts after a move.

    Args:
        facts: the facts before.
        to: the new state.
        at: when (aware UTC).
        cause: why it goes down; needed for stopping and shutting-down.

    Raises:
        ValueError: the table does not allow the move (a defect of the lab).
    """
    if to not in MOVES[facts.state]:
        raise ValueError(f"{facts.state} does not lead to {to}")
    match to:
        case PowerState.PENDING:
            return PowerFacts(to, at)
        case PowerState.STOPPING | PowerState.SHUTTING_DOWN:
            if cause is None:
                raise ValueError(f"{to} needs a cause")
            text = CAUSE_TEXT[cause]
            by_user = f"User initiated ({at.astimezone(UTC):%Y-%m-%d %H:%M:%S} GMT)"
            return PowerFacts(
                to, facts.launched_at, cause, f"{cause}: {text}", "" if cause is Cause.INSTANCE else by_user
            )
        case _:
            return replace(facts, state=to)
