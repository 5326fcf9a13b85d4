"""What was seen of a disruption: the material of every kind's proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rdpgui.core.clocks import TimeRange, shifted
from rdpgui.core.film import TailClass
from rdpgui.core.instance import InstanceState
from rdpgui.core.run_events import BootTimeRead, InstanceChanged, Source, SourceUnread
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, not_made

PROVEN = CheckId.DISRUPTION_PROVEN
BOOT_STEP_S = 1.5
"""Boot times that differ by less are the same boot (Windows recomputes it from the uptime)."""

UPTIME_MARGIN_S = 60.0
"""A boot by the uptime counter that lies nearer to the session's begin may be of after it: clocks differ."""

RESTART_S, QUICK_RESTART_S = 5.0, 1.0
"""No machine is back in less, nor one of the lab."""

HALTED = frozenset({InstanceState.STOPPING, InstanceState.STOPPED})
GONE = frozenset({InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED})


@dataclass(frozen=True, slots=True)
class Boot:
    """A boot of the guest after the order.

    Attributes:
        stated_at: as the guest's clock states it.
        range: when it was, on AWS's clock: by the uptime counter, else by the guest's clock with slack.
        counted: the uptime counter says so, which no correction of a clock moves.
    """

    stated_at: datetime
    range: TimeRange
    counted: bool


@dataclass(frozen=True, slots=True)
class Onset:
    """The order and the signs of its effect, all on AWS's clock.

    Attributes:
        ordered: when the order was given; None before it, for a control and for a disruption by hand.
        earliest: before this the order cannot act; None where nothing was ordered.
        losses: when the agent was lost since then, each between the last look that saw it and the first that did not.
        loss: the loss that belongs to the effect that was seen; None when none certainly does.
        boot: the boot after the order; None when none was proven.
        halts: states other than running since the order, up to restoring, oldest first. early: those before it.
        stopped: when the instance became stopped.
        stop_ordered: the time that EC2 states for a stop by API.
        started: when EC2 started the instance anew, although nobody saw it halted; None when it did not.
    """

    ordered: TimeRange | None
    earliest: TimeRange | None
    losses: tuple[TimeRange, ...]
    loss: TimeRange | None
    boot: Boot | None
    halts: tuple[InstanceChanged, ...]
    early: tuple[InstanceChanged, ...]
    stopped: TimeRange | None
    stop_ordered: TimeRange | None
    started: datetime | None = None

    @property
    def restarted(self) -> bool:
        """Whether a boot after the order was proven, with a sign in between."""
        return self.boot is not None and self.loss is not None

    @property
    def halted(self) -> InstanceChanged | None:
        """Return the first state other than running, also from before the order; None when it ran all the time."""
        return next(iter((*self.early, *self.halts)), None)


class Evidence(Protocol):
    """What a proof may ask; ``judging`` answers."""

    @property
    def run(self) -> RunState:
        """Return what was planned, done and seen."""

    @property
    def onset(self) -> Onset:
        """Return the order, and the signs of its effect."""

    @property
    def over(self) -> TimeRange | None:
        """Return when the session ended; None while nothing says that it did."""

    @property
    def clock_stepped(self) -> bool:
        """Whether the local clock was set during the run."""

    @property
    def own_tail(self) -> TailClass | None:
        """Return how the last picture looks, if it certainly is of this session's film; None when not known."""

    @property
    def person_saw(self) -> bool:
        """Whether a person saw a shutdown at the end of what certainly is this session's film."""


def same_boot(evidence: Evidence) -> bool:
    """Whether a boot time read after the last change of the agent's connection is of the boot before it, no other."""
    run = evidence.run
    last_at = run.connection_changes[-1].at if run.connection_changes else run.started_at
    lives = _lives(evidence)
    last_at = max(last_at, *lives.values()) if len(lives) > 1 else last_at
    last_at = max(last_at, *(gap.at for gap in _gaps(evidence))) if _gaps(evidence) else last_at
    later = [read for read in run.boot_reads if read.at > last_at]
    first_at = run.attached.session.started_at if run.attached is not None else run.started_at
    return evidence.onset.boot is None and bool(later) and all(_booted_before(read, first_at) for read in later)


def _booted_before(read: BootTimeRead, at: datetime) -> bool:
    """Whether a boot is of before a moment: by the uptime counter where it was read, else by the guest's clock."""
    if read.uptime_s is None:
        return read.boot_at < at
    return shifted(read.at, UPTIME_MARGIN_S - read.uptime_s) < at


def boot_unchanged(evidence: Evidence) -> bool:
    """Whether one and the same boot time was read before the agent was lost and after it was back.

    A boot that was only not seen, for example behind a guest's clock that is wrong, is not one and the same.
    """
    run = evidence.run
    if evidence.onset.boot is not None or not run.connection_changes:
        return False
    first_at, last_at = run.connection_changes[0].at, run.connection_changes[-1].at
    before = [read.boot_at for read in run.boot_reads if read.at < first_at]
    before += [run.baseline.boot_at] if run.baseline is not None and run.baseline.boot_at is not None else []
    after = [read.boot_at for read in run.boot_reads if read.at > last_at]
    known = [*before, *after]
    return bool(before and after) and (max(known) - min(known)).total_seconds() < BOOT_STEP_S


def was_away(evidence: Evidence) -> bool:
    """Whether the program was not running for a time: what happened then and left no trace was seen by nobody."""
    return len(_lives(evidence)) > 1


def was_unread(evidence: Evidence) -> bool:
    """Whether nobody could see for a time whether the agent was there, long enough for a restart."""
    return bool(_gaps(evidence))


def _lives(evidence: Evidence) -> dict[str, datetime]:
    """Return when each life of the program began to look."""
    return {sample.life: sample.at for sample in reversed(evidence.run.clock_samples)}


def _gaps(evidence: Evidence) -> list[SourceUnread]:
    """Return the times in which nobody could see the agent, long enough for a restart."""
    run = evidence.run
    since_at = run.attached.at if run.attached is not None else run.started_at
    least_s = QUICK_RESTART_S if run.plan.lab else RESTART_S
    gaps = [gap for gap in run.unread if gap.source is Source.CONNECTION and gap.at > since_at]
    return [gap for gap in gaps if (gap.at - gap.since_at).total_seconds() >= least_s]


def became(change: InstanceChanged, text: str) -> Check:
    """Return the check when the instance became something that this kind does not make of it."""
    return not_made(PROVEN, text, "other-disruption", (("state", change.state.value),))


def gone(evidence: Evidence) -> Check | None:
    """Return the check when the instance was terminated; None when it was not."""
    change = next((change for change in evidence.onset.halts if change.state in GONE), None)
    return became(change, N_("The instance became {state} instead of stopped.")) if change is not None else None
