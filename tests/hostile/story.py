"""A world told so that a person can read it: who did what and when, what was seen of it, what was said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from rdpgui.core.events import RunEvent
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    DestinationRead,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    NeighboursRead,
    SessionAttached,
    SessionLeftActive,
    SessionSeenAgain,
    SourceUnread,
)
from tests.hostile.campaign import Judged
from tests.hostile.film_facts import BASE, idle_s
from tests.hostile.history import Film, History
from tests.hostile.kinds import KINDS
from tests.hostile.moments import NEVER, ClockSpec


def tell(judged: Judged) -> str:
    """Return the story of a world."""
    world = judged.course.history.world
    plan = world.plan
    hand = " by hand" if plan.by_hand else ""
    place = "in the lab" if plan.lab else "on AWS"
    lines = [f"World {world.world_id}: {plan.disruption_id.value}{hand}, {plan.access.value}, {place}", ""]
    lines += ["What happened (true time, s):", *_numbered(_happened(judged.course.history)), ""]
    judged_s = judged.course.judged_s
    lines += [f"What was seen (the program's clock; judged at {judged_s:.1f}):", *_seen(judged), ""]
    lines += [f"What was said: {judged.verdict.value.value}", *_said(judged), ""]
    truth = judged.truth
    lines.append(
        f"What is true: disrupted {truth.disrupted}, own films {len(truth.films)}, reach the end {bool(truth.reaching)}"
    )
    lines += [f"  grey: {truth.grey}"] if truth.grey else []
    lines += [f"  - {fault.text} ({', '.join(sorted(fault.checks))})" for fault in judged.faults]
    for wrong in judged.wrongs:
        kind = judged.kind(wrong)
        lines.append(f"WRONG: {wrong.value}: {kind} {KINDS.get(kind, '')}")
    return "\n".join(lines)


def _numbered(items: Iterator[tuple[float, str]]) -> list[str]:
    return [f"  {at_s:9.2f}  {text}" for at_s, text in sorted(items) if at_s < NEVER]


def _happened(history: History) -> Iterator[tuple[float, str]]:
    world, anchors, own = history.world, history.anchors, history.own
    yield own.start_s, f"the session begins ({own.access}, {own.session_id})"
    yield (
        anchors.order_s,
        "the run comes to the disruption" + ("" if world.plan.by_hand else f": {world.order.answer.value}"),
    )
    for item in history.happenings:
        yield item.begins_s, f"the target goes down by {item.cause} ({item.deed.value}, called at {item.called_s:.2f})"
        yield item.cut_s, "  remote desktop is cut" + ("" if item.screen else ", without any shutdown screen")
        yield item.agent_lost_s, "  the agent is lost"
        yield item.kernel_s, "  Windows has booted"
        yield item.up_s, "  the agent is back"
    yield own.end_s, f"the session ends: {own.ended_by}; leaves Active at {own.left_s:.2f}, EndDate {own.end_date_s}"
    for life in history.others:
        yield life.start_s, f"{life.name} begins a session ({life.port.value}) on {life.instance_id}"
        yield life.end_s, f"{life.name}'s session ends"
    for stored in history.objects:
        film = "no film" if stored.film is None else _film(stored.film)
        yield stored.put_s, f"{stored.key} is put into {stored.bucket}; of {stored.session or 'nobody here'}: {film}"
    for name, clock in (("the program", world.program.local), ("the guest", world.machine.guest)):
        yield 0.0, f"the clock of {name}: {_clock(clock)}"
        for step in clock.steps:
            yield anchors.at(step.moment), f"the clock of {name} is set by {step.by_s:+.2f}"
    for moment, for_s in world.machine.flaps:
        yield anchors.at(moment), f"the agent is away for {for_s:.1f}"
    for outage in world.reads.outages:
        yield anchors.at(outage.moment), f"reads fail for {outage.for_s:.1f}: {', '.join(sorted(outage.topics))}"
    if world.reads.denied:
        yield 0.0, f"never readable: {', '.join(sorted(world.reads.denied))}"
    if world.reads.empty_from is not None:
        yield anchors.at(world.reads.empty_from), f"{world.reads.empty_answers} answers of DescribeSessions are empty"
    if world.program.off is not None:
        yield anchors.at(world.program.off[0]), f"the program is off for {world.program.off[1]:.1f}"
    suspend = world.program.suspend
    if suspend is not None:
        how = "monotonic time goes on" if suspend.counted else "monotonic time stands"
        yield anchors.at(suspend.moment), f"the program's machine sleeps for {suspend.for_s:.1f}; {how}"


def _clock(clock: ClockSpec) -> str:
    return f"{clock.offset_s:+.2f}, drifting {clock.drift * 3600:+.2f} an hour"


def _film(film: Film) -> str:
    spec = film.spec
    marks = [name for name in ("damaged", "truncated", "undecodable", "black", "static_screen") if getattr(spec, name)]
    marks += [f"looks {spec.disguise}"] if spec.disguise else []
    marks += [f"hole of {spec.hole_s:.1f}"] if spec.hole_s else []
    return (
        f"{film.begins_s:.2f} to {film.ends_s:.2f}, live until {film.live_s:.2f}, still for {idle_s(film):.1f}, "
        f"{'shows' if film.shutdown else 'does not show'} the shutdown, created: {spec.created.value} "
        f"(recorder {spec.recorder_off_s:+.2f}, {spec.shift_h:+d} h), names: {spec.naming.value} {' '.join(marks)}"
    )


def _seen(judged: Judged) -> list[str]:
    lines = []
    for event in judged.course.events:
        text = _event(event)
        if text:
            lines.append(f"  {_s(event.at):9.2f}  {text}")
    return lines


def _s(at: datetime | None) -> float:
    return (at - BASE).total_seconds() if at is not None else float("nan")


def _event(event: RunEvent) -> str:
    match event:
        case BaselineTaken():
            return f"baseline; clock ahead of AWS by {event.clock_offset_low_s:.2f} to {event.clock_offset_high_s:.2f}"
        case SessionAttached():
            return f"session attached, StartDate {_s(event.session.started_at):.2f}, {event.session.access_type.value}"
        case ActionAccepted():
            return f"{event.action} accepted"
        case ActionFailed():
            return f"{event.action} failed: {event.error} (outcome known: {event.outcome_known})"
        case InstanceChanged():
            return f"{event.state.value} {event.state_reason_code}, not before {_s(event.not_before_at):.2f}"
        case ConnectionChanged():
            return f"agent {event.status.value}, not before {_s(event.not_before_at):.2f}"
        case BootTimeRead():
            return f"boot time {_s(event.boot_at):.2f}"
        case SessionLeftActive():
            return f"session left, last active {_s(event.last_active_at):.2f}, EndDate {_s(event.session.ended_at):.2f}"
        case CandidatesFound():
            return f"objects: {', '.join(item.key for item in event.objects)}"
        case FilmSaved():
            return f"{event.key} saved, checksum matched: {event.checksum_matched}"
        case FilmInspected():
            return f"{event.key} inspected: {_facts(event)}"
        case DestinationRead():
            read = f"readable {event.readable}, unchanged {event.unchanged}, {event.looks} looks, {event.listed} listed"
            return f"destination: {read} {event.unread}"
        case NeighboursRead():
            others = [f"{s.session_id[:8]} on {s.target} from {_s(s.started_at):.2f}" for s in event.sessions]
            return f"other sessions (complete: {event.complete}): {', '.join(others)}"
        case ClockSampled():
            bounds = (
                "" if event.offset_low_s is None else f", offset {event.offset_low_s:.2f} to {event.offset_high_s:.2f}"
            )
            return f"clock sampled at {event.mono_s:.2f} of its {event.life} life{bounds}"
        case SourceUnread():
            return f"{event.source.value} not read since {_s(event.since_at):.2f}"
        case SessionSeenAgain():
            return "session seen again"
        case VisuallyConfirmed():
            return f"the person sees the shutdown: {event.confirmation.seen}"
        case _:
            return ""


def _facts(event: FilmInspected) -> str:
    facts = event.facts
    if facts is None:
        return event.error
    still_s = facts.idle[-1].end_s - facts.idle[-1].begin_s if facts.idle else 0.0
    tail = facts.tail.tail_class.value if facts.tail is not None else "none"
    return (
        f"{facts.duration_s:.2f} s, created {_s(facts.created_at):.2f}, dated {_s(facts.dated_at):.2f}, "
        f"last picture at {facts.last_frame_pts_s:.2f}, still for {still_s:.1f}, tail {tail}, "
        f"painted {_s(facts.painted_at):.2f}"
    )


def _said(judged: Judged) -> list[str]:
    checks = judged.verdict.checks
    return [f"  {c.check_id.value:18} {c.result.value:12} {c.cause:24} {c.text()}" for c in checks]
