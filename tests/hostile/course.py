"""The course of a run through a world: when its anchors are, and the events that it then holds.

This is the layer ``facts``: nothing of the runner runs here. What is observed is put together directly, at the
runner's pace and with everything between the world and the eye.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import InstanceId, Region
from rdpgui.core.instance import Instance, InstanceProtection, InstanceState
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run import Phase, RunPlan
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    CandidatesFound,
    ConnectionChanged,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    PhaseEntered,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
)
from rdpgui.core.verdict import VisualConfirmation
from tests.hostile.film_facts import BASE, facts_of, object_of
from tests.hostile.history import BUCKET, TARGET_ID, History, Stored, unfold
from tests.hostile.moments import NEVER, Anchor, Anchors
from tests.hostile.pace import Pace
from tests.hostile.sightings import RUN, Seen, see_boot, see_connection, see_instance, see_session, session_of
from tests.hostile.surroundings import (
    ACCOUNT,
    PREFERENCES,
    see_clocks,
    see_destination,
    see_neighbours,
    see_unread,
    slept_until,
)
from tests.hostile.world import Answer, LooseKind, Topic, Wait, World

REGION = Region("us-east-1")
BASELINE_S = 0.6
UNKNOWN_OFFSET_S = 86_400.0
CALLS = {
    DisruptionId.OS_REBOOT: "ssm:SendCommand",
    DisruptionId.OS_SHUTDOWN: "ssm:SendCommand",
    DisruptionId.EC2_REBOOT: "ec2:RebootInstances",
    DisruptionId.EC2_STOP: "ec2:StopInstances",
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: "ec2:StopInstances",
    DisruptionId.STOP_FORCE: "ec2:StopInstances",
    DisruptionId.HIBERNATE: "ec2:StopInstances",
    DisruptionId.DIAGNOSTIC_INTERRUPT: "ec2:SendDiagnosticInterrupt",
    DisruptionId.SSM_AGENT_STOP: "ssm:SendCommand",
    DisruptionId.CONTROL_DISCONNECT: "ssm:TerminateSession",
}


@dataclass(frozen=True, slots=True)
class Manners:
    """How the run itself behaves, where versions of it differ.

    Attributes:
        looks_after_restart: looks at the bucket when the limit passed while the program was off.
        refusal_is_final: an error that names a refusal ends the run at once, whatever happened.
        sightings: answers in a row without the session before it counts as gone.
        boot_until_it_differs: the first boot time that differs ends the reading.
        unread_is_told: what was listed and not read before the limit is said.
    """

    looks_after_restart: int = 3
    refusal_is_final: bool = False
    sightings: int = 2
    boot_until_it_differs: bool = False
    unread_is_told: bool = True


TODAY = Manners()
AS_OF_0_1_0 = Manners(1, refusal_is_final=True, sightings=1, boot_until_it_differs=True, unread_is_told=False)
SETTLE_LOOKS, LATE_S = 10, 240.0
AT_MOST_S = 3.0
"""A program that has not looked for longer has to look again before it says that something is missing."""


@dataclass(frozen=True, slots=True)
class Course:
    """A run through a world: what happened, what was seen of it, and when it was judged (true time).

    Attributes:
        asked_s: when the destination was asked the last time, where that is known.
    """

    history: History
    events: tuple[RunEvent, ...]
    judged_s: float
    asked_s: float = NEVER

    @property
    def listed_s(self) -> float:
        """What lies in the destination later, nobody can have seen: a verdict takes a moment after the last look."""
        just_before = self.judged_s - AT_MOST_S < self.asked_s <= self.judged_s
        return self.asked_s if just_before else self.judged_s


def run_through(world: World, manners: Manners = TODAY) -> Course:
    """Return the course of a run through a world."""
    history = unfold(world, _anchors(world))
    seen = Seen(history)
    attached_s = _begin(seen)
    answered_s = _order(seen, manners)
    see_neighbours(seen, attached_s + 0.3)
    if not world.plan.lab and attached_s + 0.3 < history.anchors.order_s:
        see_neighbours(seen, history.anchors.order_s - 0.1)
    ends_here = world.order.answer in (Answer.REFUSED, Answer.ERROR_DONE) and not world.plan.by_hand
    if manners.refusal_is_final and ends_here:
        return _judged(seen, answered_s + 0.2, looks=0, unread="")
    see_instance(seen, BASELINE_S)
    see_connection(seen, BASELINE_S)
    see_boot(seen, BASELINE_S, answered_s + 0.1, until_it_differs=manners.boot_until_it_differs)
    see_session(seen, attached_s, sightings=manners.sightings)
    if ends_here and world.plan.disruption_id in CALLS:
        looked_s = answered_s + world.plan.delay_s + _settles_s(world)
        if not any(answered_s < at_s <= looked_s and isinstance(event, _SIGNS) for at_s, event in seen.events):
            failed = ActionFailed(seen.local(looked_s), RUN, CALLS[world.plan.disruption_id], world.order.error, True)
            seen.add(looked_s, failed)
            return _judged(seen, looked_s + 0.2, looks=0, unread="")
        answered_s = min(at_s for at_s, event in seen.events if at_s > answered_s and isinstance(event, _SIGNS))
    return _after(seen, answered_s, manners)


def _settles_s(world: World) -> float:
    """Return how long the run looks for an effect after an error: what Windows carries out may come late, 4 min."""
    asks_windows = world.plan.effect is Effect.RESTART or world.plan.delay_s > 0
    late = asks_windows and not world.plan.lab and world.plan.disruption_id is not DisruptionId.DIAGNOSTIC_INTERRUPT
    return max(LATE_S if late else 0.0, SETTLE_LOOKS * world.plan.poll_s)


_SIGNS = (InstanceChanged, ConnectionChanged, SessionLeftActive)


def _after(seen: Seen, answered_s: float, manners: Manners) -> Course:
    """Everything after the disruption."""
    plan = seen.history.world.plan
    seen.add(answered_s, PhaseEntered(seen.local(answered_s), RUN, Phase.ENDING))
    by_person = plan.by_hand or (plan.disruption_id is DisruptionId.CONTROL_NONE and not plan.lab)
    limit_s = plan.person_limit_s if by_person else plan.end_limit_s
    left_s = max(answered_s, seen.left_s)
    if left_s > answered_s + limit_s:
        return _judged(seen, answered_s + limit_s, looks=0, unread="")
    seen.add(left_s, PhaseEntered(seen.local(left_s), RUN, Phase.PROCESSING))
    found_s, unread = _wait(seen, left_s, manners)
    judged_s = max(found_s, min(_explained(seen), found_s + plan.end_limit_s))
    looks = max(1, min(99, int((found_s - left_s) / plan.poll_s)))
    return _judged(seen, judged_s, looks=looks, unread=unread)


def _anchors(world: World) -> Anchors:
    order_s = _attached(world) + world.plan.steady_s + 3 * world.reads.latency_s + 0.1
    suspend = world.program.suspend
    if suspend is not None and suspend.moment.anchor is Anchor.CONNECTED:
        from_s = world.connect_s + suspend.moment.after_s
        if from_s < order_s:  # what was due in the sleep is done after it; without monotonic time the wait goes on
            order_s = max(order_s, from_s + suspend.for_s + 0.1) if suspend.counted else order_s + suspend.for_s
    return Anchors(world.connect_s, order_s)


def _attached(world: World) -> float:
    pace_s = world.plan.poll_s / 2 + world.reads.latency_s
    looks = int((world.connect_s - 1.0) / pace_s) + 1
    return 1.0 + looks * pace_s + world.reads.latency_s


def _begin(seen: Seen) -> float:
    """Everything before the disruption; returns when the session was attached."""
    history, world = seen.history, seen.history.world
    for at_s, phase in ((0.1, Phase.PREFLIGHT), (0.7, Phase.CONNECTING)):
        seen.add(at_s, PhaseEntered(seen.local(at_s), RUN, phase))
    offset_s = (seen.local(BASELINE_S) - BASE).total_seconds() - BASELINE_S
    error_s = world.reads.offset_error_s
    bounds = (-UNKNOWN_OFFSET_S, UNKNOWN_OFFSET_S) if error_s is None else (offset_s - error_s, offset_s + error_s)
    older = tuple((f"older-{number}", "e") for number, o in enumerate(world.loose) if o.kind is LooseKind.OLDER)
    before = tuple((o.key, o.etag) for o in history.objects if o.put_s <= BASELINE_S)
    instance = Instance(
        InstanceId(TARGET_ID),
        "win",
        InstanceState.RUNNING,
        platform="windows",
        tags=(("rdpgui:disruptable", "true"),),
        hibernation=True,
    )
    baseline = BaselineTaken(
        seen.local(BASELINE_S),
        RUN,
        instance,
        InstanceProtection("stop", False),
        PREFERENCES,
        (*older, *before),
        None,
        *bounds,
    )
    seen.add(BASELINE_S, baseline)
    attached_s = _attached(world)
    session = session_of(seen, history.own, over=False)
    seen.add(attached_s, SessionAttached(seen.local(attached_s), RUN, session, world.origin))
    seen.add(attached_s, PhaseEntered(seen.local(attached_s), RUN, Phase.STEADY))
    return attached_s


def _order(seen: Seen, manners: Manners) -> float:
    """The intent, the call and its answer; returns when the run goes on."""
    world, order_s = seen.history.world, seen.history.anchors.order_s
    plan, order = world.plan, world.order
    entered_s = order_s - 0.05
    seen.add(entered_s, PhaseEntered(seen.local(entered_s), RUN, Phase.DISRUPTING))
    if plan.by_hand or plan.disruption_id is DisruptionId.CONTROL_NONE:
        return order_s
    call, called_at = CALLS[plan.disruption_id], seen.local(order_s - 0.01)
    seen.add(order_s - 0.01, IntentRecorded(called_at, RUN, plan.disruption_id, call, InstanceId(TARGET_ID)))
    answered_s = order_s + order.call_s
    off = world.program.off
    if off is not None and seen.history.anchors.at(off[0]) <= answered_s:
        return seen.history.anchors.at(off[0]) + off[1]
    at = seen.local(answered_s)
    match order.answer:
        case Answer.ACCEPTED | Answer.IGNORED:
            seen.add(answered_s, ActionAccepted(at, RUN, call, ""))
        case Answer.LOST:
            seen.add(answered_s, ActionFailed(at, RUN, call, f"{call} got no answer.", outcome_known=False))
        case Answer.REFUSED | Answer.ERROR_DONE:
            known = order.answer is Answer.REFUSED or manners.refusal_is_final
            seen.add(answered_s, ActionFailed(at, RUN, call, order.error, outcome_known=known))
    return answered_s


def _wait(seen: Seen, left_s: float, manners: Manners) -> tuple[float, str]:
    """Look at the bucket until the wait ends; returns when it ended, and what could not be read."""
    world, history = seen.history.world, seen.history
    pace = Pace(world, history.anchors, Topic.LISTING, left_s)
    deadline_s = left_s + world.plan.recording_limit_s
    if pace.denied:
        return deadline_s, ""
    last_s = pace.after(deadline_s).begun_s
    if _off_until(seen) > deadline_s:
        last_s = _off_until(seen) + (manners.looks_after_restart - 1) * world.plan.poll_s + 1.0
    head = Pace(world, history.anchors, Topic.HEAD, left_s)
    examined: set[tuple[str, str]] = set()
    unread = ""
    for put_s in sorted({max(left_s, o.put_s) for o in _arriving(seen)}):
        look = pace.after(pace.after(put_s).ended_s)
        if look.begun_s > last_s:
            return last_s, "object-unreadable" if put_s <= last_s and manners.unread_is_told else unread
        unread = "object-unreadable"
        read = head.after(look.ended_s)
        if head.denied or read.begun_s > last_s:
            continue
        examined |= _examine(seen, read.ended_s, examined)
        unread = ""
        own = any(o.session == "tester" and (o.key, o.etag) in examined for o in history.objects)
        if world.program.wait is Wait.FIRST or (world.program.wait is Wait.OWN and own):
            return read.ended_s + 0.5, unread
    return last_s, unread


def _off_until(seen: Seen) -> float:
    """Return when the program, or its machine, was there again; 0 when it was never away."""
    off = seen.history.world.program.off
    back_s = seen.history.anchors.at(off[0]) + off[1] if off is not None else 0.0
    return max(back_s, slept_until(seen))


def _arriving(seen: Seen) -> list[Stored]:
    """Return the objects that are new since the baseline, and not from before the session."""
    start_s = seen.history.own.start_s
    return [o for o in seen.history.objects if o.bucket == BUCKET and o.put_s > max(BASELINE_S, start_s) - 1.0]


def _examine(seen: Seen, at_s: float, examined: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Tell of every new object, and of the films that were not examined yet."""
    newest: dict[str, Stored] = {}
    for item in sorted((o for o in _arriving(seen) if o.put_s <= at_s), key=lambda o: o.put_s):
        newest[item.key] = item
    found = tuple(object_of(item) for item in newest.values())
    seen.add(at_s, CandidatesFound(seen.local(at_s), RUN, found))
    for number, item in enumerate(newest.values(), 1):
        if (item.key, item.etag) in examined:
            continue
        at_s += 0.2
        at, path = seen.local(at_s), f"recording-{number}.mp4"
        matched = item.film.spec.checksum if item.film is not None else True
        seen.add(at_s, FilmSaved(at, RUN, item.key, path, item.etag * 2, "CRC64NVME:x", matched))
        facts = facts_of(item, seen.history)
        decoded = facts is not None and item.film is not None and not item.film.spec.undecodable
        picture, error = ("last-frame.png" if decoded else ""), ("" if facts is not None else "not a film")
        seen.add(at_s, FilmInspected(at, RUN, item.key, facts, picture, error))
    return {(item.key, item.etag) for item in newest.values()}


def _explained(seen: Seen) -> float:
    """Return when everything that can be known of the disruption is known."""
    plan = seen.history.world.plan
    if plan.effect is Effect.HALT and not plan.by_hand:
        return max(seen.end_read_s, seen.halted_s)
    if plan.effect is Effect.NONE:
        return seen.end_read_s
    return max(seen.end_read_s, min(seen.halted_s, max(seen.back_s, seen.boot_new_s)))


def _judged(seen: Seen, judged_s: float, *, looks: int, unread: str) -> Course:
    world = seen.history.world
    judged_s = max(judged_s, _off_until(seen) + 1.0)
    seen.add(judged_s - 0.2, PhaseEntered(seen.local(judged_s - 0.2), RUN, Phase.VERIFYING))
    see_clocks(seen, BASELINE_S, judged_s)
    see_neighbours(seen, judged_s - 0.05)
    see_unread(seen, BASELINE_S, judged_s)
    see_destination(seen, judged_s, looks=looks, unread=unread)
    if world.program.confirms and world.plan.shows_shutdown:
        _confirm(seen, judged_s)
    started = RunStarted(seen.local(0.0), RUN, _run_plan(seen), ACCOUNT, REGION, "0")
    told = sorted((item for item in seen.events if item[0] <= judged_s), key=_true_time)
    return Course(seen.history, (started, *(event for _, event in told)), judged_s)


def _true_time(item: tuple[float, RunEvent]) -> float:
    return item[0]


def _confirm(seen: Seen, judged_s: float) -> None:
    """The person looks at the last picture of the only film and says whether it shows the shutdown."""
    told = [e for at_s, e in seen.events if isinstance(e, CandidatesFound) and at_s <= judged_s]
    films = {o.key: o.film for o in seen.history.objects if o.film is not None and not o.film.spec.damaged}
    shown = [films[item.key] for item in told[-1].objects if item.key in films] if told else []
    if len(shown) == 1:
        answer = VisualConfirmation(shown[0].shutdown and not shown[0].spec.black, "ann", seen.local(judged_s))
        seen.add(judged_s, VisuallyConfirmed(seen.local(judged_s), RUN, answer))


def _run_plan(seen: Seen) -> RunPlan:
    plan = seen.history.world.plan
    return RunPlan(
        RUN,
        plan.disruption_id,
        plan.access,
        InstanceId(TARGET_ID),
        plan.steady_s,
        plan.os_delay_s,
        plan.tolerance_s,
        plan.end_limit_s,
        plan.recording_limit_s,
        plan.end_limit_s,
        True,
        seen.local(0.0),
        plan.lab,
        plan.by_hand,
        plan.person_limit_s,
    )
