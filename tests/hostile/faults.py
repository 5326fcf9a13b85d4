"""What stands between a run and a PASS, and which checks may name it.

Each line of ``faults_of`` is one reason why a PASS would be wrong, or why a careful person could not give it from what
was read; with it stand the checks that speak of it. A verdict other than PASS names the true cause when its decisive
check stands with one of the reasons that hold. A world without any reason is *sufficient*, and PASS is the answer.

==================================  ================================================================================
reason                              why a careful person stops there
==================================  ================================================================================
the order, the effect               without an effect seen to be of the order, nothing was tried
somebody else acts on the target    two causes for one effect
the session's end is not told       its film cannot be compared with what is not known
too close to the earliest effect    stated times resolve a second; what lies within says nothing of before and after
the agent went away later           Windows goes on for a while after the remote desktop is cut; that it went down
                                    already then only the session's own film can say
the agent was seen afterwards       what shows nothing of itself takes session and agent in one moment; a look that
                                    shows the agent after the end is old, or the end was somebody's who closed a window
the machine stops long after it     as one whose network was cut first would
a clock is not bounded              what rests on it cannot be compared with any other time
reads were denied or away           not seen is not "did not happen"
another film could be taken for it  the destination is the account's; a likeness is no identity, a name is
no name, no trusted time            length alone never identifies
not whole                           what is damaged shows no end
its place in time                   a recorder's clock is off by up to 5 s, so the film's length is all that is sure:
                                    what it lacks of the session's length, to EndDate, it may lack at its end
the picture stands still            a frozen recorder looks the same as a quiet desktop
no witness of the shutdown          a still is a hint; in the lab the painted clock, else a person says what it shows
==================================  ================================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.film import TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run_events import BootTimeRead, ConnectionChanged, InstanceChanged, SessionLeftActive
from rdpgui.core.session import SessionOrigin
from rdpgui.core.verdict import CheckId
from tests.hostile.course import Course
from tests.hostile.film_facts import BASE, idle_s, tail_class, wall, whole
from tests.hostile.history import Film
from tests.hostile.moments import NEVER
from tests.hostile.truth import begun, could_act_s, is_disrupted, is_planned, present, reaches
from tests.hostile.world import Answer, Created, EndDate, LooseKind, Naming, Port, Put, Topic

_P, _E, _O = CheckId.DISRUPTION_PROVEN, CheckId.ENDED_AFTER, CheckId.OWN_RECORDING
_I, _R, _L = CheckId.INTEGRITY, CheckId.REACHES_END, CheckId.LAST_FRAME

MARGIN_S = 2.0
"""Stated times resolve a second each, and clocks are bounded to about one."""

AGENT_APART_S = 2.0
STOPS_S = 30.0
"""Within so much of its power EC2 may be expected to call an instance stopped. To hibernate takes longer."""

SLACK_S = 0.4
"""Left to the judge, for the rounding of what is stated."""

_TOPIC_CHECKS = {
    Topic.INSTANCE: {_P, _E},
    Topic.CONNECTION: {_P, _E},
    Topic.SESSION: {_E, _R, _P, _O},
    Topic.BOOT: {_P},
    Topic.LISTING: {_O, _I},
    Topic.HEAD: {_O, _I},
    Topic.PREFERENCES: {_O},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One reason, and the checks that may name it."""

    text: str
    checks: frozenset[CheckId]


class _List(list[Fault]):
    def when(self, is_so: bool, text: str, *checks: CheckId) -> None:
        if is_so:
            self.append(Fault(text, frozenset(checks)))


def faults_of(course: Course) -> tuple[Fault, ...]:
    """Return every reason that holds in a course, none when it is sufficient."""
    found = _List()
    _of_the_order(found, course)
    _of_the_effect(found, course)
    _of_the_end(found, course)
    _of_clocks_and_reads(found, course)
    own = [item for item in present(course) if item.session == "tester"]
    found.when(not own, "the recording was not there when judged", _O)
    _of_likeness(found, course)
    by = course.history.ended_by
    apart = by is not None and by.agent_lost_s - course.history.own.end_s > AGENT_APART_S
    found.when(_seen_after(course), "the agent was seen after the session's end, by an answer that may be old", _E)
    unclear = not own or any(_O in fault.checks for fault in found)
    found.when(apart and unclear, "the agent went away later, and no film known as its own says why", _E)
    for item in own[-1:]:
        assert item.film is not None
        _of_the_film(found, course, item.film)
        _of_the_picture(found, course, item.film)
    return tuple(found)


def _seen_after(course: Course) -> bool:
    """Whether a look still showed the agent when the session had ended, where one moment should have taken both.

    The answer may have been old, or somebody closed the window before: no screen tells.
    """
    history = course.history
    plan = history.world.plan
    if plan.shows_shutdown or plan.effect is Effect.NONE or plan.by_hand:
        return False
    connections = [e for e in course.events if isinstance(e, ConnectionChanged)]
    instances = [e for e in course.events if isinstance(e, InstanceChanged)]
    lost = [e.not_before_at for e in connections if e.status is ConnectionStatus.NOT_CONNECTED]
    stopped = [e.not_before_at for e in instances if e.state is InstanceState.STOPPED]
    seen = [(at - BASE).total_seconds() for at in (*lost[:1], *stopped[:1]) if at is not None]
    seen_s = min(seen, default=0.0) - history.world.program.local.offset_s
    return bool(lost) and seen_s > history.own.end_s + SLACK_S


def _of_the_order(found: _List, course: Course) -> None:
    history = course.history
    world, plan = history.world, history.world.plan
    answer = world.order.answer
    found.when(answer is Answer.REFUSED, "the order was refused", _P)
    found.when(answer in (Answer.LOST, Answer.ERROR_DONE), "the order's answer did not come as it should", _P, _E)
    others = [h for h in history.happenings if not is_planned(history, h) and h.begins_s <= course.judged_s]
    others = [h for h in others if h.up_s > 0.0]
    found.when(bool(others), "somebody or something else took the target down", _P, _E)
    acts = [act for act in world.acts if act.who == "an outsider"]
    found.when(bool(acts), "an outsider acts on the target", _P, _E)
    found.when(bool(world.machine.flaps), "the agent is away without any effect", _P, _E)
    if plan.effect is Effect.NONE:
        found.when(bool(begun(course)), "the control was disrupted", _P, _E)


def _of_the_effect(found: _List, course: Course) -> None:
    history = course.history
    plan, events = history.world.plan, course.events
    if plan.effect is Effect.NONE:
        return
    planned = [h for h in begun(course) if is_planned(history, h)]
    found.when(not planned, "no effect of the plan's kind until the verdict", _P, _E)
    found.when(not is_disrupted(course), "it was not the effect that ended the session", _E, _P, _L)
    found.when(len(begun(course)) > 1, "the target went down more than once", _P, _E)
    if plan.effect is Effect.HALT:
        seen = [e for e in events if isinstance(e, InstanceChanged)]
        found.when(len(seen) < 1 or seen[-1].state.value != "stopped", "the stop was not seen to its end", _P, _E)
        gone_s = max((item.agent_lost_s for item in planned), default=0.0)
        later_s = max((state.at_s for state in history.states if state.state.value == "stopped"), default=0.0) - gone_s
        cut = not plan.shows_shutdown and later_s > STOPS_S
        found.when(cut, "the instance went on for long after its agent was lost, as with a network that is cut", _E)
        return
    boots = [e for e in events if isinstance(e, BootTimeRead)]
    flips = [e for e in events if isinstance(e, ConnectionChanged)]
    guest, uptime = history.world.machine.guest, history.world.reads.uptime
    unbounded = abs(guest.offset_s) > 1.0 and not uptime and plan.effect is Effect.RESTART
    found.when(unbounded, "the guest's clock is not bounded", _P, _E)
    found.when(len(boots) < 2, "the boot time was not read before and after", _P, _E)
    found.when(len(flips) < 2, "the agent was not seen to go and to come back", _P, _E)


def _of_the_end(found: _List, course: Course) -> None:
    history = course.history
    world, own = history.world, history.own
    service, anchors = world.service, history.anchors
    told = [e for e in course.events if isinstance(e, SessionLeftActive)]
    found.when(not told, "the session was not seen to end", _P, _E, _O, _R)
    end_told = any(e.session.ended_at is not None for e in told)
    found.when(not end_told, "no EndDate was read", _E, _R, _O, _P)
    cut = not world.plan.shows_shutdown and world.plan.effect is not Effect.NONE
    late = cut and service.end_date is EndDate.NOTICED and service.notice_s > 0.8
    found.when(late, "EndDate is when the service noticed the end", _E, _R, _O)
    found.when(service.notice_s > 5.0, "the end was noticed late", _E, _R, _O)
    early = world.reads.empty_from is not None and anchors.at(world.reads.empty_from) < own.left_s
    found.when(early and not end_told, "the session seemed to end early", _E, _P)
    earliest_s = anchors.order_s + world.plan.delay_s
    if world.plan.effect is not Effect.NONE:
        found.when(own.end_s - earliest_s < MARGIN_S, "too close to the earliest effect", _E, _R, _P)


def _of_clocks_and_reads(found: _List, course: Course) -> None:
    history = course.history
    world, anchors = history.world, history.anchors
    local, guest = world.program.local, world.machine.guest
    loose = bool(local.steps) or abs(local.drift) > 1e-4 or world.reads.offset_error_s is None
    found.when(loose, "the program's clock is not bounded", _E, _R, _O, _P)
    found.when(bool(guest.steps), "the guest's clock was corrected", _P, _E, *((_R, _O) if world.plan.lab else ()))
    painted_off = world.plan.lab and abs(guest.offset_s) > 0.5
    found.when(painted_off, "the painted clock is off", _R, _O)
    found.when(world.program.off is not None, "the program was not running", _P, _E, _O, _R)
    found.when(world.program.suspend is not None, "the program's machine slept", _P, _E, _O, _R)
    for outage in world.reads.outages:
        from_s = anchors.at(outage.moment)
        if from_s < course.judged_s and from_s + outage.for_s > anchors.order_s - 10.0:
            for topic in outage.topics:
                found.when(True, f"reads failed: {topic.value}", *_TOPIC_CHECKS[topic])
    for topic in world.reads.denied:
        needed = topic is not Topic.BOOT or world.plan.effect in (Effect.RESTART, Effect.AGENT)
        found.when(needed, f"reads are denied: {topic.value}", *_TOPIC_CHECKS[topic])


def _of_likeness(found: _List, course: Course) -> None:
    history = course.history
    world, spec = history.world, history.world.film
    there = present(course)
    found.when(spec.put is Put.ELSEWHERE, "the recording destination was changed", _O)
    found.when(any(o.film is None for o in there), "something that is no film lies beside it", _O, _I)
    found.when(len({o.key for o in there}) > 1, "several objects", _O, _R)
    overwritten = len({o.key for o in there}) < len(there)
    found.when(overwritten, "the object was written again", _O, _I)
    misnamed = spec.naming in (Naming.ANOTHER, Naming.ANOTHER_KEY)
    found.when(misnamed, "the object names another session", _O)
    named = spec.naming in (Naming.SESSION_KEY, Naming.SESSION_METADATA)
    rivals = [life for life in history.others if life.port is not Port.SHELL and _could_be(course, life.start_s)]
    found.when(bool(rivals) and not named, "another session's film could be taken for it", _O)
    foreign = [item for item in world.loose if item.kind is LooseKind.FOREIGN]
    found.when(bool(foreign), "a film of another account", _O)
    found.when(world.origin is SessionOrigin.UNKNOWN, "the session may be a local tunnel", _O)
    timed = spec.created is Created.START and abs(spec.recorder_off_s) + spec.told_s <= 0.5 and not spec.shift_h
    found.when(not named and not timed, "no name and no trusted time", _O, _R)


def _could_be(course: Course, start_s: float) -> bool:
    return start_s < NEVER and start_s < course.judged_s


def _of_the_film(found: _List, course: Course, film: Film) -> None:
    history, spec = course.history, film.spec
    own, plan = history.own, history.world.plan
    found.when(spec.damaged, "it is damaged", _I, _O)
    found.when(spec.truncated, "it is cut", _I, _R, _L, _O)
    found.when(spec.undecodable, "its last picture cannot be decoded", _L, _I)
    found.when(spec.checksum is False, "its bytes are not those that were stored", _I)
    found.when(spec.checksum is None, "there is no checksum", _I)
    short = not reaches(course, film) and not (spec.damaged or spec.undecodable or spec.checksum is False)
    found.when(short, "it does not show the end", _R, _L, _O, _E)
    lacking_s = _lacking_s(course, film)
    found.when(
        lacking_s > plan.tolerance_s - SLACK_S, "what it lacks of the session's length may lie at its end", _R, _O
    )
    found.when(film.ends_s > own.end_s + 0.3, "it is longer than the session", _R, _O, _L)
    by = history.ended_by
    if by is not None and not (film.shutdown and plan.shows_shutdown):
        from_s = by.begins_s if by.screen and plan.shows_shutdown else could_act_s(history, by)
        picture_s = 1.0 / spec.frame_rate  # the last picture is of so long before its end
        known_s = min(film.live_s, _started_s(course) + film.duration_s) - picture_s
        found.when(known_s - from_s < MARGIN_S, "it shows the effect too shortly", _R, _L, _E)


def _started_s(course: Course) -> float:
    """Return the earliest that the session's start can be, from what is stated."""
    history = course.history
    if not history.world.service.whole_seconds:
        return history.own.start_s
    return (whole(wall(history.own.start_s)) - BASE).total_seconds()


def _lacking_s(course: Course, film: Film) -> float:
    """Return the most that the film can lack at its end, from what is stated of the session and the film's length."""
    own, service = course.history.own, course.history.world.service
    end_s = own.end_s if own.end_date_s is None else own.end_date_s
    if not service.whole_seconds:
        return end_s - own.start_s - film.duration_s
    stated_s = (whole(wall(end_s)) - whole(wall(own.start_s))).total_seconds()
    return stated_s + 1.0 - film.duration_s


def _of_the_picture(found: _List, course: Course, film: Film) -> None:
    world = course.history.world
    plan, spec = world.plan, film.spec
    found.when(idle_s(film) > 1.0 or bool(spec.hold_s), "the picture stands still at its end", _L, _R)
    tail = tail_class(film)
    if plan.shows_shutdown:
        found.when(tail is not TailClass.SOLID_TEXT, "no shutdown screen at its end", _L, _E, _P)
        found.when(not film.shutdown, "the shutdown is not in it", _L, _R, _E, _P)
        found.when(not (plan.lab or world.program.confirms), "nobody says what the last picture shows", _L, _E)
    else:
        stopped = plan.lab and plan.disruption_id is DisruptionId.DIAGNOSTIC_INTERRUPT  # its guest shows a stop screen
        shows = tail is TailClass.CONTENT or (stopped and tail is TailClass.SOLID_TEXT)
        found.when(not shows, "its last picture is no desktop", _L, _P, _E)
