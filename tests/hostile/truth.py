"""What is true of a run, kept apart from what was seen of it, and what a judge may say of it.

Three things make a PASS right; each has a reason:

=====  ==============================================================================================================
**D**  An effect of the plan's class took effect on the target and *that* ended the session. An end by a person, a limit
       or the service is none, however soon the machine follows: the film then shows nothing of the disruption.
       By the run's own order; by hand by anybody (nobody knows who), and of either class (see ``is_planned``). For a
       control nothing took effect until the verdict, and the session ended (who closed it, nobody could tell, nor
       does it matter). An agent that is away after the session's end is no effect, whether its network was cut or
       somebody stopped its service: no read tells them apart, and neither touches session, film or machine.
**F**  The judged object is this session's recording. One that fits as well but was made of another session tells
       nothing of this one.
**R**  It is whole, and its live picture reaches the session's end within the tolerance and shows the effect: the
       shutdown screen where there was one, else a moment after the call. A picture that froze shows no more than until
       it froze.
=====  ==============================================================================================================

PASS is right iff D and F and R; FAIL is wrong iff D and R hold and the recording lay in its destination when judged.
What came after the limit may be called missing: nobody can wait for ever. And seconds lost in the middle with the times
closed up cannot be told from seconds lost at the end, without a painted clock.

**Grey** worlds are those in which nobody could tell, because what decides lies below what any of the reads resolves
(``_grey`` lists them: a person closes the window within a second of the shutdown; an outsider does the very same
as the order; a film of an account that is not listed has the right times and no name). They count for nothing, nor do
runs that took up the session of somebody else who connected first.

**S** (sufficient): D and F and R, and a careful person would say PASS from what was read. It is written as the list of
what must *not* be (``faults.py``), each with the checks that may name it as the cause.
"""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run_events import SessionAttached
from tests.hostile.course import Course
from tests.hostile.history import Film, History, Stored
from tests.hostile.machines import GUEST_CODE, ORDER, SLEEP_CODE, USER_CODE, Happening
from tests.hostile.moments import NEVER
from tests.hostile.world import Created, Deed

RESOLUTION_S = 1.0
"""What the best stated times resolve: whole seconds."""


PICTURE_S = 0.35
NETWORK_S = 1.5
"""A session and the agent go with the network so near to each other."""

FOLLOWS_S = {Effect.HALT: 45.0, Effect.RESTART: 180.0}
"""Within so much EC2 calls an instance stopped, and a machine that crashed has dumped its memory and booted."""

_CODES = {
    DisruptionId.OS_SHUTDOWN: GUEST_CODE,
    DisruptionId.EC2_STOP: USER_CODE,
    DisruptionId.STOP_FORCE: USER_CODE,
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: USER_CODE,
    DisruptionId.HIBERNATE: SLEEP_CODE,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a course. ``films``: the session's own objects that lay there when judged.

    ``sound``: one of them is whole in S3 and reaches the end, whatever became of its bytes on their way here.
    ``looks_short``: they reach the end, but nobody could tell them from films that do not.
    """

    disrupted: bool
    films: tuple[Stored, ...]
    reaching: frozenset[tuple[str, str]]
    sound: bool
    looks_short: bool
    grey: str

    @property
    def is_pass(self) -> bool:
        """Whether a FAIL would be wrong."""
        return self.disrupted and self.sound and not self.looks_short

    def is_pass_on(self, key: str, course: Course) -> bool:
        """Whether a PASS on one object would be right; without a key every candidate must be the session's."""
        there = present(course)
        judged = [item for item in there if item.key == key] if key else there
        newest = {item.key: item for item in judged}
        return self.disrupted and bool(newest) and all(_name(item) in self.reaching for item in newest.values())


def present(course: Course) -> list[Stored]:
    """Return the new objects that lay in the recording destination when judged, oldest first."""
    own = course.history.own
    return sorted((o for o in course.history.objects if own.start_s - 1 < o.put_s <= course.listed_s), key=_put)


def _put(item: Stored) -> float:
    return item.put_s


def _name(item: Stored) -> tuple[str, str]:
    return item.key, item.etag


def truth_of(course: Course, key: str) -> Truth:
    """Return the truth of a course; ``key`` is the object that was judged, for what nobody could tell."""
    films = tuple(item for item in present(course) if item.session == "tester")
    there = [(item, item.film) for item in films if item.film is not None]
    reaching = frozenset(_name(item) for item, film in there if reaches(course, film))
    sound = any(is_sound(course, film) for _, film in there)
    painted = course.history.world.plan.lab
    looks_short = not painted and any(item.film is not None and _lost_s(item.film) > 0.5 for item in films)
    return Truth(is_disrupted(course), films, reaching, sound, looks_short, _grey(course, key))


def _lost_s(film: Film) -> float:
    return film.ends_s - film.begins_s - film.duration_s


def is_disrupted(course: Course) -> bool:
    """D."""
    history = course.history
    plan, own, by = history.world.plan, history.own, history.ended_by
    if own.end_s > course.judged_s:
        return False
    if plan.effect is Effect.NONE:
        machine = [h for h in history.happenings if h.outcome is not Effect.AGENT]
        return by is None and not [h for h in machine if own.start_s < h.cut_s and _acts(h, course)]
    return by is not None and is_planned(history, by)


def _acts(item: Happening, course: Course) -> bool:
    """Whether a happening took effect until the verdict: EC2 says so from the call on, a guest when it goes down."""
    since_s = item.begins_s if item.origin is Origin.GUEST else item.called_s
    return since_s <= course.judged_s


def begun(course: Course) -> list[Happening]:
    """Return what went down on the target between the connection and the verdict."""
    history = course.history
    return [h for h in history.happenings if history.own.start_s < h.begins_s <= course.judged_s]


def is_planned(history: History, item: Happening) -> bool:
    """Whether a happening is the plan's effect: of its class, by the order, or by hand by anybody.

    By hand the plan names no effect: whoever presses Connect is asked for none, and the plan's own is a place holder
    (``app.run_commands``). The run finds out what was done, a restart or a halt, and is filed as that; so the class of
    the plan is "either", and what has to be right instead is under what a PASS is filed (``campaign``: ``UNSAID``),
    and that it says that nobody knows who did it.
    """
    plan = history.world.plan
    wanted = {Effect.RESTART, Effect.HALT} if plan.by_hand else {plan.effect}
    right = item.outcome in wanted and item.deed is not Deed.EC2_TERMINATE
    return right and (item.cause == ORDER or plan.by_hand)


def reaches(course: Course, film: Film) -> bool:
    """R, of the bytes that were judged: those that differ from the object's checksum are not the object's.

    S3 takes nothing that differs from its checksum, so they were changed on their way, and the recording is none the
    worse. Source: S3 User Guide, checking object integrity.
    """
    return film.spec.checksum is not False and is_sound(course, film)


def is_sound(course: Course, film: Film) -> bool:
    """R, of the object in S3."""
    history, spec = course.history, film.spec
    plan, by = history.world.plan, history.ended_by
    if spec.damaged or spec.undecodable or spec.truncated:
        return False
    if film.live_s < history.own.end_s - plan.tolerance_s or spec.black:
        return False
    if by is None:
        return True
    shows = (
        by.screen and by.deed is not Deed.EC2_INTERRUPT
    )  # the lab's stop screen is more than a crash shows elsewhere
    return film.live_s >= (by.begins_s if shows else could_act_s(history, by))


def could_act_s(history: History, item: Happening) -> float:
    """Return from when on what shows nothing of itself could act: a film that ends before does not contain it.

    By hand nobody orders anything, and the phase in which the run waits for it begins by the run's own steps: whoever
    acts does not wait for them, so what is done acts from its own call (world 74100:25181, which was told wrongly).
    """
    if history.world.plan.by_hand:
        return item.called_s
    delay_s = history.world.plan.delay_s if item.cause == ORDER else 0.0
    return max(item.called_s, history.anchors.order_s) + delay_s


# -- what nobody could tell ----------------------------------------------------------------


def _grey(course: Course, key: str) -> str:
    for name, is_so in (
        ("the run took up somebody else's session", _other_attached(course)),
        ("an outsider did the same as the order", _same_by_outsider(course)),
        ("the session ended by itself at the very moment", _ended_just_before(course)),
        ("the network was cut, and no sign tells that from the order's effect", _cut_like_it(course)),
        ("the last picture is of the moment of the call", _ends_at_the_call(course)),
        ("a control's late effect left no sign", _unseen_in_control(course)),
        ("a film of an unlisted session with the right times and no name", _foreign_twin(course, key)),
    ):
        if is_so:
            return name
    return ""


def _other_attached(course: Course) -> bool:
    attached = [event.session.session_id for event in course.events if isinstance(event, SessionAttached)]
    return attached != [course.history.own.session_id]


def _same_by_outsider(course: Course) -> bool:
    by = course.history.ended_by
    return by is not None and _looks_ordered(course.history, by)


def _looks_ordered(history: History, item: Happening) -> bool:
    """Whether somebody else did what the order does, when the order could have done it, and EC2 does not tell whose."""
    plan = history.world.plan
    if item.cause == ORDER or plan.by_hand or plan.effect is not item.outcome:
        return False
    told_apart = plan.effect is Effect.HALT and _CODES[plan.disruption_id] != item.code
    told_apart = told_apart or item.deed is Deed.EC2_TERMINATE
    return item.cut_s >= history.anchors.order_s + plan.delay_s - RESOLUTION_S and not told_apart


def _ended_just_before(course: Course) -> bool:
    history, world = course.history, course.history.world
    own, by = history.own, history.ended_by
    if world.plan.effect is Effect.NONE or (by is not None and is_planned(history, by)):
        return False
    after = [h for h in history.happenings if h.cut_s > own.end_s]
    after = [h for h in after if is_planned(history, h) or _looks_ordered(history, h)]
    if not after or own.end_s < history.anchors.order_s + world.plan.delay_s - RESOLUTION_S:
        return False
    item = after[0]
    if own.end_s >= item.begins_s - RESOLUTION_S:
        return True
    looks_like_it = world.film.disguise == "solid-text" or not item.screen
    asked = any(isinstance(event, VisuallyConfirmed) for event in course.events)
    signs_s = item.agent_lost_s + world.reads.connection_lag_s + world.plan.poll_s + 1.0
    return looks_like_it and not asked and own.end_s >= item.begins_s - (signs_s - item.begins_s)


def _cut_like_it(course: Course) -> bool:
    """Whether the instance's network took session and agent away when the order could have done the same.

    An agent that is stopped goes and comes back as one whose network is cut; and what a power cut, a crash or a
    hibernation takes away at once goes with the network, too, where the machine follows so soon that EC2 says nothing
    else.
    """
    history, plan = course.history, course.history.world.plan
    own = history.own
    if plan.shows_shutdown or plan.by_hand or plan.effect is Effect.NONE or history.ended_by is not None:
        return False
    if own.end_s < history.anchors.order_s + plan.delay_s - RESOLUTION_S:
        return False
    flaps = [(history.anchors.at(moment), for_s) for moment, for_s in history.world.machine.flaps]
    cut = any(at_s - NETWORK_S <= own.end_s <= at_s + NETWORK_S for at_s, _ in flaps)
    if plan.effect is Effect.AGENT:
        return cut and not [h for h in begun(course) if h.outcome is not Effect.AGENT]
    until_s = own.end_s + FOLLOWS_S[plan.effect]
    return cut and any(h.cause == ORDER and own.end_s < h.begins_s <= until_s for h in history.happenings)


def _ends_at_the_call(course: Course) -> bool:
    """A power cut follows the call at once: a picture's length decides whether the film holds the call."""
    by = course.history.ended_by
    if by is None or by.screen:
        return False
    called_s = could_act_s(course.history, by)
    films = [item.film for item in present(course) if item.session == "tester" and item.film is not None]
    return any(called_s - PICTURE_S <= film.live_s < called_s for film in films)


def _unseen_in_control(course: Course) -> bool:
    """Whether the first sign of what took effect came too late for any poll to be answered before the verdict."""
    history, world = course.history, course.history.world
    if world.plan.effect is not Effect.NONE or is_disrupted(course) or history.ended_by is not None:
        return False
    done = [h for h in history.happenings if history.own.start_s < h.cut_s and _acts(h, course)]
    poll_s = world.plan.poll_s + 2 * world.reads.latency_s + RESOLUTION_S
    states = [s.at_s + world.reads.instance_lag_s for s in history.states[1:]]
    signs = [*states, *(h.agent_lost_s + world.reads.connection_lag_s for h in done)]
    signs = [sign_s for sign_s in signs if sign_s > history.own.start_s]
    return bool(done) and all(sign_s > course.judged_s - poll_s for sign_s in signs)


def _foreign_twin(course: Course, key: str) -> bool:
    item = next((o for o in course.history.objects if o.key == key and o.session == ""), None)
    if item is None or item.film is None or item.film.spec.created is not Created.START:
        return False
    film, own = item.film, course.history.own
    stated_s = film.begins_s + film.spec.recorder_off_s + 3600.0 * film.spec.shift_h
    near = own.start_s - 6.0 <= stated_s <= own.start_s + 14.0
    return near and own.end_s < NEVER and abs(stated_s + film.duration_s - own.end_s) <= 15.0
