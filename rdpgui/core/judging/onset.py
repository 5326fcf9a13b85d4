"""When a run's disruption can have begun to act on its target, and what was seen of it.

After the order is not because of it: an operating system that is told to go down in 15 s is alive for 15 s, one that is
told by EC2 may take minutes, and one that ignores the order never goes. So the order gives only the earliest effect;
what shows the effect is the agent that was lost, a boot, a stop, and the time that EC2 states for it.

Source: EC2 StateTransitionReason; ssm:GetConnectionStatus; ``shutdown.exe /t``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from rdpgui.core.clocks import SKEW_LIMIT_S, WHOLE_SECOND_S, TimeRange, shifted, stated_range
from rdpgui.core.disruption import Effect
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.clock_track import ClockTrack, clock_track
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.kinds.seen import BOOT_STEP_S, Boot, Onset
from rdpgui.core.run import RunPlan
from rdpgui.core.run_events import BootTimeRead, ConnectionChanged, InstanceChanged
from rdpgui.core.state import RESTORE_ACTION, RunState

GUEST_CLOCK_SLACK_S = 60.0
"""A boot is believed to lie this far outside of what was seen: the guest's clock may be off."""

ABSENCE_SLACK_S = 5.0
"""A boot by the guest's clock lies in the agent's absence when it is this near to it."""

UPTIME_SLACK_S = 2.0
"""An uptime counter was read this long before its answer was there, at most, where it is not said when it was asked."""

HALF_HOUR_S = 1800.0
"""Clocks that were set to another time zone, or to UTC, differ by whole half hours."""

ZONE_SLACK_S = 1.0
"""And a boot time before and after differs by that, to what Windows rounds."""

OWN_CALL_SLACK_S = 2.0
"""EC2 states the time of a stop in whole seconds, by its own clock, and bounds of the local one are about as wide."""

LONGEST_UP_S = 10 * 366 * 86_400.0
"""No machine is up for longer."""

_STATED_STOP = re.compile(r"^User initiated \((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) GMT\)", re.ASCII)


def stopped_by_own_call(run: RunState) -> bool:
    """Whether EC2 states the stop at the very time of the run's own call, whatever that call was answered with.

    Only where it states a time (a stop by API), the instance was not going down before, and the clocks are bounded
    well enough to say so: a halt that somebody else ordered is not the run's to undo.
    """
    clock = clock_track(run)
    seen, intent = onset(run, clock), run.disruption_intent
    answer = next((f for f in run.failed if intent is not None and f.action == intent.action), None)
    if seen.ordered is None or seen.stop_ordered is None or answer is None or seen.early or clock.doubt:
        return False
    answered = clock.on_aws(answer.at)
    if seen.ordered.width_s > OWN_CALL_SLACK_S:
        return False
    since_at, until_at = shifted(seen.ordered.low_at, -OWN_CALL_SLACK_S), shifted(answered.high_at, OWN_CALL_SLACK_S)
    return since_at <= seen.stop_ordered.low_at and seen.stop_ordered.high_at <= until_at


def earliest_delay_s(plan: RunPlan) -> float:
    """Return how long after its order a disruption cannot act yet, seconds."""
    return DISRUPTIONS[plan.disruption_id].earliest_s(plan.os_delay_s)


def onset(run: RunState, clock: ClockTrack) -> Onset:
    """Return what was ordered, and what was seen of its effect."""
    kind = DISRUPTIONS[run.plan.disruption_id]
    intent = None if kind.is_control or run.plan.by_hand else run.disruption_intent
    ordered = clock.on_aws(intent.at) if intent is not None else None
    delay_s = earliest_delay_s(run.plan)
    earliest = None
    if ordered is not None:
        earliest = TimeRange(shifted(ordered.low_at, delay_s), shifted(ordered.high_at, delay_s))
    since_at = _since(run, earliest, clock)
    restored_at = next((i.at for i in run.intents if i.action == RESTORE_ACTION), None)
    off = tuple(c for c in run.instance_changes if c.state is not InstanceState.RUNNING)
    off = tuple(c for c in off if restored_at is None or c.at <= restored_at)
    halts = tuple(c for c in off if clock.on_aws(c.at).high_at >= since_at)
    absences = _absences(run, since_at, restored_at, clock)
    boot = None if halts else _boot(run, earliest, absences, clock)
    stopped = next((_seen(c, clock) for c in halts if c.state is InstanceState.STOPPED), None)
    return Onset(
        ordered,
        earliest,
        tuple(lost for lost, _ in absences),
        _loss(absences, boot, halted=bool(halts), alone=kind.effect is Effect.AGENT),
        boot,
        halts,
        tuple(c for c in off if c not in halts and c.at >= _attached_at(run)),
        stopped,
        _stop_ordered(halts),
        None if off else _started(run, since_at, restored_at),
    )


def _started(run: RunState, since_at: datetime, restored_at: datetime | None) -> datetime | None:
    """Return when EC2 started the instance anew since a moment, by its launch time, which no restart moves."""
    before = run.baseline.instance.launched_at if run.baseline is not None else None
    changes = [c for c in run.instance_changes if restored_at is None or c.at <= restored_at]
    read = [c.launched_at for c in changes if c.launched_at is not None and before is not None]
    return next((at for at in read if at != before and stated_range(at).high_at >= since_at), None)


def _since(run: RunState, earliest: TimeRange | None, clock: ClockTrack) -> datetime:
    """Return from when on signs count: the earliest effect, else the session's begin."""
    if earliest is not None:
        return earliest.low_at
    return clock.on_aws(_attached_at(run)).low_at


def _attached_at(run: RunState) -> datetime:
    return run.attached.at if run.attached is not None else run.started_at


def _seen(change: InstanceChanged | ConnectionChanged, clock: ClockTrack) -> TimeRange:
    high_at = clock.on_aws(change.at).high_at
    return TimeRange(clock.on_aws(change.not_before_at or change.at).low_at, high_at)


_Absence = tuple[TimeRange, TimeRange | None]
"""When the agent was lost, and when it was back; None while it is away."""


def _absences(
    run: RunState, since_at: datetime, restored_at: datetime | None, clock: ClockTrack
) -> tuple[_Absence, ...]:
    found: list[_Absence] = []
    lost: TimeRange | None = None
    for change in run.connection_changes:
        if restored_at is not None and change.at > restored_at:
            break
        seen = _seen(change, clock)
        if change.status is ConnectionStatus.NOT_CONNECTED:
            lost = seen
        elif lost is not None:
            found.append((lost, seen))
            lost = None
    if lost is not None:
        found.append((lost, None))
    return tuple((lost, back) for lost, back in found if lost.high_at >= since_at)


def _loss(absences: tuple[_Absence, ...], boot: Boot | None, *, halted: bool, alone: bool) -> TimeRange | None:
    """Return the loss that belongs to what was seen; an agent that came back without a boot only flapped.

    ``alone``: unless the agent alone was to be lost. Of several losses none certainly is that one.
    """
    if halted:
        return next((lost for lost, back in reversed(absences) if back is None), None)
    if boot is None:
        return absences[0][0] if alone and len(absences) == 1 else None
    return next((lost for lost, back in absences if _holds(lost, back, boot)), None)


def _holds(lost: TimeRange, back: TimeRange | None, boot: Boot) -> bool:
    """Whether a boot lies in an absence of the agent, as far as the clocks tell."""
    if boot.range.high_at < lost.low_at:
        return False
    return back is None or boot.range.low_at <= back.high_at


def _boot(run: RunState, earliest: TimeRange | None, absences: tuple[_Absence, ...], clock: ClockTrack) -> Boot | None:
    """Return the first boot read that is after the order; what restarts once more later ended nothing.

    An uptime that no machine has is none.

    Another value than before is not a newer one: the guest's clock may have been corrected. It has to lie after the
    order, by the uptime counter where it was read (the guest's clock is finer where it agrees), else by that clock. By
    it alone, one that differs by whole half hours is the same boot, told after the clock was set to another zone.
    """
    if clock.offset.half_width_s > SKEW_LIMIT_S:
        return None  # what "after" means is not known
    since_at = earliest.low_at if earliest is not None else _since(run, None, clock)
    before = run.baseline.boot_at if run.baseline is not None else None
    for read in map(_counted, run.boot_reads):
        same = read.uptime_s is None and before is not None and is_same_boot(before, read.boot_at)
        before = read.boot_at
        if same:
            continue
        moment = _when(read, clock)
        counted = read.uptime_s is not None
        first = read.boot_at if not counted or moment.low_at <= read.boot_at <= moment.high_at else moment.low_at
        can_be = counted or read.boot_at <= shifted(clock.on_aws(read.at).high_at, GUEST_CLOCK_SLACK_S)
        if first >= since_at and can_be:
            return Boot(read.boot_at, moment, counted)
    return None


def is_same_boot(before_at: datetime, boot_at: datetime) -> bool:
    """Whether two boot times by the guest's clock are of one boot: recomputed, or told in another zone."""
    apart_s = abs((boot_at - before_at).total_seconds())
    zones = round(apart_s / HALF_HOUR_S)
    return apart_s < BOOT_STEP_S or (zones > 0 and abs(apart_s - zones * HALF_HOUR_S) <= ZONE_SLACK_S)


def _counted(read: BootTimeRead) -> BootTimeRead:
    """Return a reading without an uptime counter that cannot be."""
    if read.uptime_s is None or 0.0 <= read.uptime_s <= LONGEST_UP_S:
        return read
    return replace(read, uptime_s=None)


def _when(read: BootTimeRead, clock: ClockTrack) -> TimeRange:
    """Return when a boot was: before it was read, whatever the guest's clock states."""
    if read.uptime_s is None:
        high_at = min(shifted(read.boot_at, ABSENCE_SLACK_S), clock.on_aws(read.at).high_at)
        return TimeRange(min(shifted(read.boot_at, -ABSENCE_SLACK_S), high_at), high_at)
    answered, since_at = clock.on_aws(read.at), clock.on_aws(read.asked_at or read.at).low_at
    slack_s = UPTIME_SLACK_S if read.asked_at is None else 0.0
    low_at = shifted(since_at, -read.uptime_s - slack_s - WHOLE_SECOND_S)
    return TimeRange(low_at, max(low_at, shifted(answered.high_at, -read.uptime_s)))


def _stop_ordered(halts: tuple[InstanceChanged, ...]) -> TimeRange | None:
    """Return the first time that EC2 states for a stop: one that hangs may be ordered again, and state that then."""
    for change in halts:
        found = stated_stop(change.state_transition_reason)
        if found is not None:
            return stated_range(found)
    return None


def stated_stop(text: str) -> datetime | None:
    """Return when EC2 was told to stop an instance, whole seconds; None where its text does not say."""
    found = _STATED_STOP.match(text)
    try:
        return datetime.strptime(found[1], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC) if found is not None else None
    except ValueError:  # a leap second, or no time at all
        return None
