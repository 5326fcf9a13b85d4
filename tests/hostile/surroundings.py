"""What a run sees around its session: the clocks against one another, the account's other sessions, the destination."""

from __future__ import annotations

from rdpgui.core.ids import AccountId, InstanceId, SessionId
from rdpgui.core.recording import Denial, RecordingPreferences
from rdpgui.core.run_events import ClockSampled, DestinationRead, NeighboursRead, Source, SourceUnread
from rdpgui.core.session import PORT_FORWARDING_DOCUMENT, AccessType, Session, SessionStatus
from tests.hostile.film_facts import wall, whole
from tests.hostile.history import BUCKET, Life
from tests.hostile.moments import NEVER
from tests.hostile.pace import Pace
from tests.hostile.sightings import RUN, Seen, owner_of
from tests.hostile.world import Port, Put, Topic, World

ACCOUNT = AccountId("111122223333")
PREFERENCES = RecordingPreferences(BUCKET, ACCOUNT, "arn:aws:kms:us-east-1:111122223333:key/k")
STEP_SEEN_S = 0.3
DAY_S = 86_400.0
DENIAL_TOLD_S = 240.0
MOST_SAMPLES = 60
SILENT_S = 5.0
"""So much beyond the pace without a look is told."""


def see_clocks(seen: Seen, baseline_s: float, judged_s: float) -> None:
    """The program's clock against monotonic time at begin, at the end, when taken up, and when it was seen to step."""
    world, anchors = seen.history.world, seen.history.anchors
    _sample(seen, baseline_s, offset=True)
    _sample(seen, judged_s - 0.1, offset=True)
    local = world.program.local
    if world.program.off is not None:
        _sample(seen, _until(seen) + 0.1, offset=True)
    suspend = world.program.suspend
    if suspend is not None and not suspend.counted and baseline_s < slept_until(seen) < judged_s:
        _sample(seen, slept_until(seen) + 0.05, offset=False)
    pace = Pace(world, anchors, Topic.CONNECTION, baseline_s)
    moments = [anchors.at(step.moment) for step in local.steps if abs(step.by_s) >= STEP_SEEN_S]
    every_s = STEP_SEEN_S / abs(local.drift) if abs(local.drift) > 1e-4 else NEVER
    number = min(MOST_SAMPLES, int(judged_s / every_s))
    for at_s in [*moments, *(every_s * (index + 1) for index in range(number))]:
        if baseline_s < at_s < judged_s:
            _sample(seen, pace.after(at_s).begun_s, offset=False)


def _sample(seen: Seen, true_s: float, *, offset: bool) -> None:
    reads = seen.history.world.reads
    life, mono_s = (
        ("first", true_s) if true_s <= _until(seen) or not _until(seen) else ("second", true_s - _until(seen))
    )
    suspend = seen.history.world.program.suspend
    if suspend is not None and not suspend.counted:  # it lasts until the program is killed, at most
        mono_s -= min(suspend.for_s, max(0.0, true_s - seen.history.anchors.at(suspend.moment)))
    low_s = high_s = None
    if offset and reads.offset_error_s is not None:
        off_s = (seen.local(true_s) - wall(true_s)).total_seconds()
        low_s, high_s = off_s - reads.offset_error_s, off_s + reads.offset_error_s
    seen.add(true_s, ClockSampled(seen.local(true_s), RUN, mono_s, life, low_s, high_s))


def _until(seen: Seen) -> float:
    off = seen.history.world.program.off
    return seen.history.anchors.at(off[0]) + off[1] if off is not None else 0.0


def slept_until(seen: Seen) -> float:
    """Return when the program's machine wakes, 0 when it never slept."""
    suspend = seen.history.world.program.suspend
    return seen.history.anchors.at(suspend.moment) + suspend.for_s if suspend is not None else 0.0


def see_unread(seen: Seen, baseline_s: float, judged_s: float) -> None:
    """For how long nobody saw the agent because reads failed or the machine slept.

    It is told when somebody looks again, or at the verdict.
    """
    world, anchors = seen.history.world, seen.history.anchors
    if Topic.CONNECTION in world.reads.denied:
        _unread(seen, judged_s - 0.02, baseline_s)
        return
    pace = Pace(world, anchors, Topic.CONNECTION, baseline_s)
    for outage in world.reads.outages:
        from_s = anchors.at(outage.moment)
        if Topic.CONNECTION in outage.topics and baseline_s < from_s < judged_s:
            poll = pace.after(from_s)
            if poll.begun_s >= from_s + outage.for_s:
                _unread(seen, min(poll.ended_s, judged_s - 0.02), poll.previous_s)
    suspend = world.program.suspend
    if suspend is not None and suspend.for_s > SILENT_S and baseline_s < anchors.at(suspend.moment) < judged_s:
        poll = pace.after(anchors.at(suspend.moment))
        _unread(seen, min(poll.ended_s, judged_s - 0.02), poll.previous_s)


def _unread(seen: Seen, at_s: float, since_s: float) -> None:
    seen.add(at_s, SourceUnread(seen.local(at_s), RUN, Source.CONNECTION, seen.local(since_s)))


def see_neighbours(seen: Seen, true_s: float) -> None:
    """Every other session of the last day whose document is that of a remote desktop. Source: ssm:DescribeSessions."""
    world, anchors = seen.history.world, seen.history.anchors
    failing = [o for o in world.reads.outages if Topic.SESSION in o.topics]
    complete = not any(anchors.at(o.moment) <= true_s < anchors.at(o.moment) + o.for_s for o in failing)
    since_s = seen.history.own.start_s - DAY_S
    found = [life for life in seen.history.others if since_s <= life.start_s <= true_s and life.port is not Port.SHELL]
    found = [life for life in found if not in_neither_list(world, life, true_s)]
    sessions = tuple(_described(seen, life, true_s) for life in found) if complete else ()
    event = NeighboursRead(seen.local(true_s), RUN, wall(since_s), sessions, complete)
    seen.add(true_s, event)


def in_neither_list(world: World, life: Life, true_s: float) -> bool:
    """Whether a session has left Active and the history is late with it. The lab's is only with the run's own."""
    return not world.plan.lab and life.left_s <= true_s < life.left_s + world.service.history_s


def _described(seen: Seen, life: Life, true_s: float) -> Session:
    stated = seen.stated
    over = life.left_s <= true_s
    return Session(
        SessionId(life.session_id),
        InstanceId(life.instance_id),
        SessionStatus.TERMINATED if over else SessionStatus.CONNECTED,
        not over,
        stated(wall(life.start_s)),
        stated(wall(life.end_date_s)) if over and life.end_date_s is not None else None,
        PORT_FORWARDING_DOCUMENT,
        owner=owner_of(seen, life),
        access_type=AccessType(life.access),
    )


def see_destination(seen: Seen, judged_s: float, *, looks: int, unread: str) -> None:
    """How the recording destination stands. Source: GetConnectionRecordingPreferences, the listings, LookupEvents."""
    world, own = seen.history.world, seen.history.own
    denied = world.reads.denied
    preferences_read = Topic.PREFERENCES not in denied
    listing_read = Topic.LISTING not in denied and preferences_read
    there = [o for o in seen.history.objects if o.bucket == BUCKET and own.start_s - 1 < o.put_s <= judged_s]
    read_s = judged_s - 0.5 if looks else 0.6
    seen.add(
        judged_s - 0.01,
        DestinationRead(
            seen.local(judged_s - 0.01),
            RUN,
            listing_read,
            preferences_read and world.film.put is not Put.ELSEWHERE,
            seen.local(read_s) if listing_read else None,
            looks if listing_read else 0,
            len({o.key for o in there}) if listing_read and looks else 0,
            unread,
            _denials(seen, judged_s) if preferences_read else (),
            PREFERENCES.kms_key_arn,
        ),
    )


def _denials(seen: Seen, judged_s: float) -> tuple[Denial, ...]:
    film = seen.history.world.film
    refused_s = seen.history.own.end_s + film.processing_s
    if not film.refused or refused_s + DENIAL_TOLD_S > judged_s:
        return ()
    at = whole(wall(refused_s))
    return (Denial(at, "kms:GenerateDataKey", PREFERENCES.kms_key_arn, "DisabledException", "is disabled"),)
