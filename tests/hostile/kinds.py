"""Which kind of fault a finding is an example of, told from the truth alone.

The numbers are those of the list of faults that were seen in 0.1.0; ``KINDS`` says each in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import StrEnum

from rdpgui.core.disruption import Effect
from tests.hostile.course import Course
from tests.hostile.truth import Truth, present
from tests.hostile.world import INSIDE, Answer, Topic, World


class Wrong(StrEnum):
    """In which way a verdict is wrong."""

    FALSE_PASS = "false pass"
    FALSE_FAIL = "false fail"
    MISSED = "not PASS although the evidence suffices"
    MISNAMED = "the cause named is not the cause"
    UNSAID = "filed under what was planned, not under what was"
    TAKEN = "somebody else's session was taken for the one that was asked for"


KINDS = {
    "V1": "a guest's order; the session ended by itself before the delay of the order was over",
    "V3": "an order of EC2; the session ended by itself before the machine obeyed",
    "V4": "by hand; the window was closed before somebody disrupted the machine",
    "V5": "the film ends before the disruption, within the tolerance of the session's end",
    "V6": "no restart after the order; the guest's clock was corrected",
    "V7": "no restart after the order; the boot time read belongs to an earlier restart",
    "V8": "a control in which only the guest's clock was corrected",
    "V9": "another film was taken for the session's, which is missing or came later",
    "V10": "another film ended the wait; the session's came soon after",
    "V12": "the film reaches the end, its picture does not: frozen, held or black",
    "V13": "the session's access type is not the planned one",
    "V14": "the film ends early; the program's clock was set meanwhile",
    "V15": "all is well; the program's clock was set meanwhile",
    "V16": "the recording was there; the program was off until the limit had passed",
    "V17": "the recording was there; it could be listed and not be read",
    "V18": "one empty answer, while the session went on",
    "V19": "the order took effect although it was answered with an error",
}
SOON_S = 120.0

Cure = Callable[[World], World]


def kind_of(course: Course, truth: Truth, wrong: Wrong, key: str, cures: Callable[[Cure], bool]) -> str:
    """Return the number of the kind, or some words about what else it is.

    ``cures`` says whether the verdict is right in the world without a part: only then was the part the cause.
    """
    if wrong is Wrong.TAKEN:
        return "P6"
    if wrong is Wrong.UNSAID:
        return "V13" if course.history.own.access != course.history.world.plan.access else "filed as another effect"
    if wrong is Wrong.FALSE_PASS:
        kind = _false_pass(course, truth, key)
        return kind if kind not in _CURES or cures(_CURES[kind]) else _WITHOUT[kind]
    for kind in _suspects(course, truth):
        if cures(_CURES[kind]):
            return kind
    return _other_alarm(course)


def _false_pass(course: Course, truth: Truth, key: str) -> str:
    history = course.history
    world, own = history.world, history.own
    plan = world.plan
    if not truth.disrupted:
        return _not_disrupted(course)
    there = [item for item in present(course) if item.key == key]
    if there and there[-1].session != "tester":
        later = any(o.session == "tester" and 0 < o.put_s - course.judged_s < SOON_S for o in history.objects)
        return "V10" if later else "V9"
    film = there[-1].film if there else None
    if film is None:
        return "several objects, not all of them the session's"
    if world.program.local.steps and film.live_s < own.end_s - plan.tolerance_s:
        return "V14"
    if film.spec.black or film.spec.hold_s or film.spec.frozen_s:
        return "V12"
    by = history.ended_by
    if by is not None and film.live_s >= own.end_s - plan.tolerance_s:
        return "V5"
    return "the film ends early"


def _not_disrupted(course: Course) -> str:
    history = course.history
    world, own, by = history.world, history.own, history.ended_by
    plan = world.plan
    if world.reads.empty_from is not None and history.anchors.at(world.reads.empty_from) < own.left_s:
        return "V18"
    if plan.effect is Effect.NONE:
        return "a control that was disrupted, or ended otherwise"
    if by is not None:
        return "somebody else's act ended the session"
    planned = [h for h in history.happenings if own.start_s < h.begins_s <= course.judged_s]
    if plan.effect is Effect.RESTART and not planned:
        return "V6" if world.machine.guest.steps else _earlier_restart(course)
    if plan.by_hand:
        return "V4"
    return "V1" if plan.disruption_id in INSIDE else "V3"


def _earlier_restart(course: Course) -> str:
    history = course.history
    before = any(h.begins_s < history.own.start_s for h in history.happenings)
    return "V7" if before or Topic.BOOT in _unread(course) else "no restart, the agent was away"


def _unread(course: Course) -> frozenset[Topic]:
    topics = set(course.history.world.reads.denied)
    for outage in course.history.world.reads.outages:
        topics |= outage.topics
    return frozenset(topics)


def _suspects(course: Course, truth: Truth) -> Iterator[str]:
    """Which kinds a FAIL, a missed PASS or a misnamed cause may be of."""
    world = course.history.world
    if world.order.answer is Answer.ERROR_DONE:
        yield "V19"
    if world.plan.effect is Effect.NONE and world.machine.guest.steps:
        yield "V8"
    if world.reads.empty_from is not None:
        yield "V18"
    if world.program.local.steps:
        yield "V15"
    off, suspend = world.program.off, world.program.suspend
    away_s = max(off[1] if off is not None else 0.0, suspend.for_s if suspend is not None else 0.0)
    if away_s > world.plan.recording_limit_s and truth.films:
        yield "V16"
    if Topic.HEAD in _unread(course) and truth.films:
        yield "V17"


def _other_alarm(course: Course) -> str:
    film = course.history.world.film
    if abs(film.recorder_off_s) > 1 or film.shift_h:
        return "the recorder's clock is off"
    return f"created: {film.created.value}" if film.created.value not in ("start", "none") else "other"


def _guest_clock_runs_on(world: World) -> World:
    return replace(world, machine=replace(world.machine, guest=replace(world.machine.guest, steps=())))


def _local_clock_runs_on(world: World) -> World:
    return replace(world, program=replace(world.program, local=replace(world.program.local, steps=())))


def _program_runs_on(world: World) -> World:
    return replace(world, program=replace(world.program, off=None, suspend=None))


def _sessions_always_told(world: World) -> World:
    return replace(world, reads=replace(world.reads, empty_from=None))


def _order_answered(world: World) -> World:
    return replace(world, order=replace(world.order, answer=Answer.ACCEPTED))


def _objects_readable(world: World) -> World:
    reads = world.reads
    outages = tuple(replace(one, topics=one.topics - {Topic.HEAD}) for one in reads.outages)
    return replace(world, reads=replace(reads, denied=reads.denied - {Topic.HEAD}, outages=outages))


_CURES: dict[str, Cure] = {
    "V6": _guest_clock_runs_on,
    "V8": _guest_clock_runs_on,
    "V14": _local_clock_runs_on,
    "V15": _local_clock_runs_on,
    "V16": _program_runs_on,
    "V17": _objects_readable,
    "V18": _sessions_always_told,
    "V19": _order_answered,
}
_WITHOUT = {
    "V6": "no restart, the agent was away",
    "V14": "the film ends early",
    "V18": "the session ended by itself",
}
"""What a false PASS is, when the suspected part was not its cause."""
