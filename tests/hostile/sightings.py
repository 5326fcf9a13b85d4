"""What a run's polls see of the target and of its session: each change once, between two polls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from rdpgui.core.disruption import Effect
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run_events import BootTimeRead, ConnectionChanged, InstanceChanged, SessionLeftActive, SessionSeenAgain
from rdpgui.core.session import AccessType, Session, SessionStatus
from tests.hostile.film_facts import BASE, wall, whole
from tests.hostile.history import History, Life
from tests.hostile.machines import StateAt
from tests.hostile.moments import NEVER
from tests.hostile.pace import Pace, Poll
from tests.hostile.world import EndDate, Topic

RUN = RunId("hostile")
BOOT_READ_S = 1.5
BOOT_DIFFERS_S = 1.0
"""A boot time is told again when it differs by a second: what the guest says has a resolution."""

CALLER = "arn:aws:iam::111122223333:user/ann"
SIGNED = "arn:aws:sts::111122223333:assumed-role/SSM-JustInTimeAccessTokenRole/"
"""Signs for everybody with just-in-time access. Which session name AWS gives is unknown: ``World.signs_alike``."""


@dataclass(slots=True)
class Seen:
    """What was seen so far: events by the true time at which they came, and what later steps need of them."""

    history: History
    events: list[tuple[float, RunEvent]] = field(default_factory=list)
    left_s: float = NEVER
    end_read_s: float = NEVER
    boot_new_s: float = NEVER
    back_s: float = NEVER
    halted_s: float = NEVER
    came_back: bool = False

    def local(self, true_s: float) -> datetime:
        """Return what the program's clock reads."""
        clock = self.history.world.program.local
        return BASE + timedelta(seconds=clock.reading(true_s, self.history.anchors))

    def stated(self, at: datetime) -> datetime:
        """Return a time as Systems Manager writes it."""
        return whole(at) if self.history.world.service.whole_seconds else at

    def add(self, true_s: float, event: RunEvent) -> None:
        """Note an event that comes at a true time."""
        self.events.append((true_s, event))


def see_instance(seen: Seen, baseline_s: float) -> None:
    """EC2's state. Source: ec2:DescribeInstances."""
    history, reads = seen.history, seen.history.world.reads
    pace = Pace(history.world, history.anchors, Topic.INSTANCE, baseline_s)
    if pace.denied:
        return
    known = (InstanceState.RUNNING, "")
    for change in history.states[1:]:
        if change.at_s == NEVER:
            continue
        poll = pace.after(change.at_s + reads.instance_lag_s)
        now = history.state(poll.begun_s + reads.latency_s / 2 - reads.instance_lag_s)
        if (now.state, now.code) == known:
            continue
        known = (now.state, now.code)
        reason = reason_of(now)
        at, not_before = seen.local(poll.ended_s), seen.local(poll.previous_s)
        seen.add(poll.ended_s, InstanceChanged(at, RUN, now.state, now.code, reason, not_before))
        if now.state in (InstanceState.STOPPED, InstanceState.TERMINATED):
            seen.halted_s = min(seen.halted_s, poll.ended_s)


def reason_of(state: StateAt) -> str:
    """Return EC2's free text for a state. Source: StateTransitionReason; what it says of a hibernation is not known."""
    if state.reason_at_s is None or not state.words:
        return ""
    return f"{state.words} ({whole(wall(state.reason_at_s)):%Y-%m-%d %H:%M:%S} GMT)"


def see_connection(seen: Seen, baseline_s: float) -> None:
    """Whether the agent is reached. Source: ssm:GetConnectionStatus."""
    history, world = seen.history, seen.history.world
    pace = Pace(world, history.anchors, Topic.CONNECTION, baseline_s)
    if pace.denied:
        return
    changes = [moment for h in history.happenings for moment in (h.agent_lost_s, h.up_s) if moment < NEVER]
    for moment, for_s in world.machine.flaps:
        at_s = history.anchors.at(moment)
        changes += [at_s, at_s + for_s]
    known, lag_s = True, world.reads.connection_lag_s
    for change_s in sorted(changes):
        poll = pace.after(change_s + lag_s)
        now = history.connected(poll.begun_s + world.reads.latency_s / 2 - lag_s)
        if now == known:
            continue
        known = now
        status = ConnectionStatus.CONNECTED if now else ConnectionStatus.NOT_CONNECTED
        seen.add(poll.ended_s, ConnectionChanged(seen.local(poll.ended_s), RUN, status, seen.local(poll.previous_s)))
        if now and history.happenings:
            seen.back_s = min(seen.back_s, poll.ended_s)


def see_boot(seen: Seen, baseline_s: float, asked_s: float, *, until_it_differs: bool) -> None:
    """The guest's boot time: once early, then when it is another one, and once after the agent, or the
    program, was away.

    ``until_it_differs``: the first that differs ends it. Source: ssm:SendCommand.
    """
    history, plan = seen.history, seen.history.world.plan
    if plan.effect is Effect.HALT and not plan.by_hand:
        return
    pace = Pace(history.world, history.anchors, Topic.BOOT, asked_s, latency_s=BOOT_READ_S)
    if pace.denied:
        return
    before = None
    early_s = baseline_s + BOOT_READ_S
    outages = ((history.anchors.at(o.moment), o) for o in history.world.reads.outages)
    if not any(at_s <= early_s < at_s + o.for_s and Topic.BOOT in o.topics for at_s, o in outages):
        before = _boot_said(seen, early_s)
        _add_boot(seen, baseline_s, early_s, before)
    back = _seen_back(seen)
    off = history.world.program.off
    back += [history.anchors.at(off[0]) + off[1]] if off is not None else []
    steps = [history.anchors.at(step.moment) for step in history.world.machine.guest.steps]
    for moment_s in sorted(m for m in [asked_s, *steps, *back] if asked_s <= m < NEVER):
        poll = _while_up(history, pace, moment_s)
        if poll is None:
            continue
        said = _boot_said(seen, poll.ended_s)
        differs = before is None or abs((said - before).total_seconds()) >= BOOT_DIFFERS_S
        if not differs and (until_it_differs or moment_s not in back):
            continue
        _add_boot(seen, poll.begun_s, poll.ended_s, said)
        seen.boot_new_s = min(seen.boot_new_s, poll.ended_s)
        if before is not None and differs and until_it_differs:
            return
        before = said


def _seen_back(seen: Seen) -> list[float]:
    """Return when the agent was seen to be back, by when it was where nobody looks: nothing is asked of one away."""
    if Topic.CONNECTION not in seen.history.world.reads.denied:
        told = [(at_s, event) for at_s, event in seen.events if isinstance(event, ConnectionChanged)]
        back = [at_s for at_s, event in told if event.status is ConnectionStatus.CONNECTED]
        outages = (o for o in seen.history.world.reads.outages if Topic.CONNECTION in o.topics)
        return [*back, *(seen.history.anchors.at(o.moment) + o.for_s for o in outages)]
    history = seen.history
    flaps = [history.anchors.at(moment) + for_s for moment, for_s in history.world.machine.flaps]
    return [*(h.up_s for h in history.happenings), *flaps]


def _add_boot(seen: Seen, asked_s: float, true_s: float, said: datetime) -> None:
    """The counter tells whole seconds, where the guest tells it at all."""
    read_s = (asked_s + true_s) / 2
    told = seen.history.world.reads.uptime
    uptime_s = float(int(read_s - seen.history.boot(read_s))) if told else None
    seen.add(true_s, BootTimeRead(seen.local(true_s), RUN, said, uptime_s, seen.local(asked_s)))


def _while_up(history: History, pace: Pace, moment_s: float) -> Poll | None:
    """Return the first poll at a moment or later for which the agent is there to answer."""
    for _ in range(4):
        poll = pace.after(moment_s)
        if history.connected(poll.begun_s) and history.connected(poll.ended_s):
            return poll
        moment_s = poll.ended_s + 1.0
    return None


def _boot_said(seen: Seen, true_s: float) -> datetime:
    """Return what the guest says: its clock now, minus its uptime."""
    history = seen.history
    guest_s = history.world.machine.guest.reading(true_s, history.anchors)
    return wall(guest_s - (true_s - history.boot(true_s)))


def session_of(seen: Seen, life: Life, *, over: bool) -> Session:
    """Return a session as Systems Manager describes it."""
    stated = seen.stated
    written = life.end_date_s if over else None
    return Session(
        SessionId(life.session_id),
        InstanceId(life.instance_id),
        SessionStatus.TERMINATED if over else SessionStatus.CONNECTED,
        not over,
        stated(wall(life.start_s)),
        stated(wall(written)) if written is not None else None,
        life.document,
        owner=owner_of(seen, life),
        access_type=AccessType(life.access),
    )


def owner_of(seen: Seen, life: Life) -> str:
    """Return whose session it is: its opener's, or with just-in-time access the role's that signs for everybody."""
    if AccessType(life.access) is AccessType.JUST_IN_TIME:
        return f"{SIGNED}{'access' if seen.history.world.signs_alike else life.name}"
    own = life.session_id == seen.history.own.session_id
    return CALLER if own else f"arn:aws:sts::111122223333:assumed-role/{life.name}/{life.name}"


def see_session(seen: Seen, attached_s: float, *, sightings: int) -> None:
    """The own session leaves Active, then its EndDate is read in the history. Source: ssm:DescribeSessions.

    ``sightings``: so many answers in a row without it are needed.
    """
    history, world = seen.history, seen.history.world
    own, reads = history.own, world.reads
    pace = Pace(world, history.anchors, Topic.SESSION, attached_s)
    if pace.denied:
        return
    if reads.empty_from is not None and history.anchors.at(reads.empty_from) < own.left_s:
        _see_nothing(seen, pace, history.anchors.at(reads.empty_from), sightings)
    _see_left(seen, pace, own.left_s, sightings)
    if world.service.end_date is EndDate.MISSING:
        return
    listed_s = own.left_s + world.service.history_s
    last_s, last = next((s, e) for s, e in reversed(seen.events) if isinstance(e, SessionLeftActive))
    read = pace.after(max(listed_s, min(last_s, own.left_s)))
    seen.end_read_s = max(last_s, read.ended_s + reads.latency_s)
    event = replace(last, at=seen.local(seen.end_read_s), session=session_of(seen, own, over=True))
    seen.add(seen.end_read_s, event)


def _see_left(seen: Seen, pace: Pace, left_s: float, sightings: int) -> None:
    first = poll = pace.after(left_s)
    for _ in range(sightings - 1):
        poll = pace.after(poll.ended_s)
    if seen.left_s > poll.ended_s or seen.came_back:
        gone = replace(session_of(seen, seen.history.own, over=False), active=False)
        last_active_at = seen.local(first.previous_s)
        seen.add(poll.ended_s, SessionLeftActive(seen.local(poll.ended_s), RUN, gone, last_active_at))
    seen.left_s = min(seen.left_s, poll.ended_s)


def _see_nothing(seen: Seen, pace: Pace, from_s: float, sightings: int) -> None:
    """Some answers are empty although the session goes on; two later ones show it again."""
    polls = [pace.after(from_s)]
    for _ in range(seen.history.world.reads.empty_answers + 1):
        polls.append(pace.after(polls[-1].ended_s))
    empty = polls[:-2]
    if len(empty) < sightings:
        return
    _see_left(seen, pace, from_s, sightings)
    if sightings > 1 and polls[-1].ended_s < seen.history.own.left_s:
        again = session_of(seen, seen.history.own, over=False)
        seen.add(polls[-1].ended_s, SessionSeenAgain(seen.local(polls[-1].ended_s), RUN, again))
        seen.came_back = True
