"""A run: one disruption of one instance during one connection, and what it left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.session import AccessType


class Phase(StrEnum):
    r"""Phases of a run in their order.

    ::

        preflight -> connecting -> steady -> disrupting -> ending -> processing -> verifying -> restoring -> done
             \____________\_________\__________\_________\_________\___________\__> (abort, failure) -> restoring
    """

    PREFLIGHT = "preflight"
    CONNECTING = "connecting"
    STEADY = "steady"
    DISRUPTING = "disrupting"
    ENDING = "ending"
    PROCESSING = "processing"
    VERIFYING = "verifying"
    RESTORING = "restoring"
    DONE = "done"


class RunStatus(StrEnum):
    """How a run ended. Source: Chaos Toolkit's journal words."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    ABORTED = "aborted"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """What a run shall do; frozen when it starts.

    Attributes:
        steady_s: how long the connection is observed before the disruption.
        os_delay_s: delay of ``shutdown.exe /t``, so that the agent can still answer.
        tolerance_s: the film may end this much before the session.
        session_end_limit_s, recording_limit_s: waits after which the run goes on without the event.
        restore: start the instance again after a halt.
        person_limit_s: how long the run waits for what only a person does, on AWS and in the lab alike.
        by_hand: a person disrupts from inside the session; the run only observes.
        agreed: live sessions of other people that a person agreed to cut off.
        mine: sessions, and owners of sessions, that a person said beforehand are their own; ``said_by``: who said it.
    """

    run_id: RunId
    disruption_id: DisruptionId
    access_type: AccessType
    instance_id: InstanceId
    steady_s: float
    os_delay_s: int
    tolerance_s: float
    session_end_limit_s: float
    recording_limit_s: float
    connect_limit_s: float
    restore: bool
    created_at: datetime
    lab: bool
    by_hand: bool = False
    person_limit_s: float = 3600.0
    agreed: tuple[SessionId, ...] = ()
    mine: tuple[str, ...] = ()
    said_by: str = ""
