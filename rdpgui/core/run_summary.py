"""What the history says of a run in one line: small enough for ten thousand of them, and enough to sum them up.

A run that goes on, or that somebody looks at, is a ``RunState``; of every other one only this is in memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.session import AccessType
from rdpgui.core.verdict import VerdictValue


class ClaimFacts(NamedTuple):
    """What one run says about the article's claims; None where it does not decide.

    Attributes:
        what: the disruption that was proven, None when none was or there is no verdict.
        processed: its recording arrived whole. reaches_end: its film reaches the session's end.
        while_down: the whole recording was there before the instance was started again.
    """

    run_id: RunId
    what: DisruptionId | None
    access: AccessType
    processed: bool | None = None
    reaches_end: bool | None = None
    while_down: bool | None = None


class RunSummary(NamedTuple):
    """One line of the history.

    Attributes:
        run_id: name of its folder.
        started_at: of a journal that cannot be read, when it was last written.
        place: key of its place, empty where that was not recorded.
        name: of the instance as it was then, empty when it was not read.
        access: of the session as it was observed, before that as it was planned (``planned_access``).
        observed: what it counts as: what was planned; of one by hand what the person was seen to do, None before it.
        reason: the machine word of what decided the verdict, else why the run ended.
        gap_low_s, gap_high_s: bounds of the shutdown gap. film_s: length of its film.
        recording, basis: the recording status as last stated.
        archived: put away by a person: kept, and left out of what is summed up.
        claim: None where the journal has a verdict that nobody has looked into yet (see ``needs_reading``).
        tester, ticket, note: what a person wrote on it; no evidence.
        damage: why its journal cannot be read or trusted, in English; empty for a sound one.
        film_gone: its film was verified then and is no longer here; said by who looked, never kept.
    """

    run_id: RunId
    started_at: datetime
    status: RunStatus = RunStatus.INTERRUPTED
    phase: Phase = Phase.PREFLIGHT
    ended_at: datetime | None = None
    place: str = ""
    lab: bool = False
    instance_id: InstanceId = InstanceId("")
    name: str = ""
    disruption: DisruptionId = DisruptionId.CONTROL_NONE
    access: AccessType = AccessType.STANDARD
    planned_access: AccessType = AccessType.STANDARD
    by_hand: bool = False
    observed: DisruptionId | None = None
    verdict: VerdictValue | None = None
    reason: str = ""
    gap_low_s: float | None = None
    gap_high_s: float | None = None
    film_s: float | None = None
    session_id: SessionId = SessionId("")
    recording: RecordingStatus | None = None
    basis: Basis | None = None
    archived: bool = False
    claim: ClaimFacts | None = None
    tester: str = ""
    ticket: str = ""
    note: str = ""
    damage: str = ""
    film_gone: bool = False

    @property
    def is_open(self) -> bool:
        """Whether its journal has no end."""
        return self.status is RunStatus.RUNNING and not self.damage

    @property
    def needs_reading(self) -> bool:
        """Whether only its whole journal can say what it proves."""
        return self.verdict is not None and self.claim is None and not self.damage

    @property
    def gap_middle_s(self) -> float | None:
        """Return the middle of the shutdown gap, None without one."""
        if self.gap_low_s is None or self.gap_high_s is None:
            return None
        return (self.gap_low_s + self.gap_high_s) / 2


def in_order(runs: Iterable[RunSummary]) -> list[RunSummary]:
    """Return runs by their start, oldest first."""
    return sorted(runs, key=_start)


def _start(run: RunSummary) -> tuple[datetime, str]:
    return run.started_at, run.run_id
