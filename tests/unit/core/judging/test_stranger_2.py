"""What a second stranger to the rules told of people, S3, SSM and clocks: stories, each with the verdict that is right.

They are told from the facts about AWS (multipart uploads, rows that lack a member, bytes that change under a key,
clocks that are set while the program is off), not from the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.film import ClockBasis, EndClass, EndText, FilmClock, FilmFacts
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.claims import claim_facts
from rdpgui.core.judging.judge import judge
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import (
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    DestinationRead,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    SessionAttached,
    SessionLeftActive,
    VerdictReached,
)
from rdpgui.core.run_summary import ClaimFacts
from rdpgui.core.session import Session, SessionStatus
from rdpgui.core.state import RESTORE_ACTION
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue, VisualConfirmation
from tests.unit.core.samples import (
    KEY,
    NOT_PAINTED,
    RUN,
    TARGET,
    alone,
    at,
    begin,
    disrupted,
    ended,
    facts,
    item,
    on_aws,
    recorded,
    restarted,
    session,
    state_of,
)

HEALTHY = Destination(True, True, at(100.0), looks=5)
D, H, C, N = DisruptionId, CheckResult.HELD, CheckResult.CONTRADICTED, CheckResult.NOT_MADE
PASS, FAIL, INCONCLUSIVE = VerdictValue.PASS, VerdictValue.FAIL, VerdictValue.INCONCLUSIVE
OTHER_INSTANCE = InstanceId("i-0bbbbbbbbbbbbbbbb")
NAMED = (("session", "s-1"),)
GOING_DOWN = EndText(6.5, 8.5, EndClass.SHUTDOWN, "Shutting down", "en", 20)


def _verdict(*events: RunEvent, destination: Destination = HEALTHY) -> Verdict:
    return judge(state_of(list(events)), destination)


def _told(events: Sequence[RunEvent], check_id: CheckId, destination: Destination = HEALTHY) -> tuple[CheckResult, str]:
    verdict = _verdict(*events, destination=destination)
    check = next(check for check in verdict.checks if check.check_id is check_id)
    return check.result, check.cause


def _film(found: RecordingObject | None = None, film: FilmFacts | None = None, *others: Session) -> list[RunEvent]:
    """A good stop whose object, film and neighbours are these."""
    return [*begin(), *disrupted(), *ended(), *recorded(found, film)[:-1], alone(*others)]


def _neighbour(**changes: object) -> Session:
    """Another session of the very same seconds, on another instance."""
    values: dict[str, object] = {
        "session_id": SessionId("bob-7"),
        "target": OTHER_INSTANCE,
        "status": SessionStatus.TERMINATED,
        "active": False,
        "ended_at": at(10.0),
    }
    return session(**(values | changes))


# -- whose film ------------------------------------------------------------------


@pytest.mark.case("H12")
def test_that_a_key_that_names_two_instances_names_neither() -> None:
    """Keys of some layout: where the connection came from, and where it went. Both machines were used at that time."""
    both = item(key=f"from/{OTHER_INSTANCE}/to/{TARGET}/film.mp4")
    assert _told(_film(both, None, _neighbour()), CheckId.OWN_RECORDING) == (N, "names-several")
    one = item(key=f"{TARGET}/film.mp4")
    assert _told(_film(one, None, _neighbour()), CheckId.OWN_RECORDING) == (H, "")


@pytest.mark.case("H12")
def test_that_a_key_that_names_two_sessions_names_neither() -> None:
    both = item(key="bob-7/s-1/film.mp4")
    assert _told(_film(both, None, _neighbour()), CheckId.OWN_RECORDING) == (N, "names-several")
    said = item(key="bob-7/film.mp4", metadata=NAMED)  # what the object says of itself counts more than its key
    assert _told(_film(said, None, _neighbour()), CheckId.OWN_RECORDING) == (H, "")


@pytest.mark.case("H13")
@pytest.mark.parametrize(
    "row",
    [
        {"document_name": ""},
        {"started_at": at(-1e9), "flaws": ("StartDate",)},
        {"target": InstanceId(""), "flaws": ("Target",)},
    ],
    ids=["no document", "no start", "no target"],
)
def test_that_a_session_whose_row_lacks_something_may_have_made_the_film(row: dict[str, object]) -> None:
    """DescribeSessions may leave members out; ours was lost, the film is of that session."""
    events = _film(item(key=f"{TARGET}/film.mp4" if "target" in row else KEY), None, _neighbour(**row))
    assert _told(events, CheckId.OWN_RECORDING) == (N, "looks-alike")
    shell = _neighbour(document_name="SSM-SessionManagerRunShell")
    assert _told(_film(None, None, shell), CheckId.OWN_RECORDING) == (H, "")


@pytest.mark.case("H14")
def test_that_another_sessions_upload_may_have_begun_before_its_film_ended() -> None:
    """S3: LastModified of a multipart upload is its beginning. Bob's session went on for 4 s after his upload began."""
    began = at(12.0).replace(microsecond=0)
    bob = _neighbour(started_at=at(7.0), ended_at=at(16.0))
    film = facts(created_at=at(6.0).replace(microsecond=0), **NOT_PAINTED)
    for etag, told in (('"0123abcd-2"', (N, "looks-alike")), ('"0123abcd"', (H, ""))):
        events = on_aws(_film(item(etag=etag, modified_at=began), film, bob))
        assert _told(events, CheckId.OWN_RECORDING) == told, etag


@pytest.mark.case("H14")
def test_that_an_upload_that_began_during_the_session_is_no_early_film() -> None:
    """A recorder that uploads while it records: the object is there after the end, LastModified is of before."""
    early = at(5.0).replace(microsecond=0)
    assert _verdict(*_film(item(etag="0123abcd-9", modified_at=early))).value is PASS
    assert _told(_film(item(modified_at=early)), CheckId.OWN_RECORDING) == (N, "written-before-end")


@pytest.mark.case("H15")
def test_that_a_film_that_names_its_session_and_is_longer_is_not_said_to_be_anothers() -> None:
    """The recorder went on for half a minute with "connection lost" in its pictures. Beside it lies a foreign film."""
    long = facts(duration_s=40.0, last_frame_pts_s=40.0, created_at=at(1.5).replace(microsecond=0))
    named, foreign = item(metadata=NAMED), item(key="foreign.mp4", etag="f")
    events = [*begin(), *disrupted(), *ended(), CandidatesFound(at(13.0), RUN, (named, foreign))]
    for found, film in ((named, long), (foreign, facts())):
        events += [
            FilmSaved(at(13.1), RUN, found.key, f"{found.etag}.mp4", found.etag * 64, "CRC64NVME:x", True),
            FilmInspected(at(13.2), RUN, found.key, film, "last-frame.png", ""),
        ]
    verdict = _verdict(*events, alone())
    own = next(check for check in verdict.checks if check.check_id is CheckId.OWN_RECORDING)
    assert (own.result, own.cause) == (N, "longer")
    assert "names this session" in own.text()


@pytest.mark.case("H20")
@pytest.mark.parametrize(
    ("destination", "result"),
    [
        (HEALTHY, C),
        (replace(HEALTHY, listed=2, unread="object-unreadable"), N),  # ours lies there, and its head is denied
        (replace(HEALTHY, listed=2), N),
        (replace(HEALTHY, read_at=at(14.0)), N),  # ours may still come
        (replace(HEALTHY, looks=1), N),
        (replace(HEALTHY, unchanged=False), N),
        (Destination(readable=False, unchanged=False), N),
    ],
)
@pytest.mark.parametrize("foreign", ["another instance's", "no film of the lab's"])
def test_that_a_foreign_film_says_nothing_of_ours_that_was_not_awaited(
    destination: Destination, result: CheckResult, foreign: str
) -> None:
    another = facts(title=f"Recording of {OTHER_INSTANCE}") if foreign == "another instance's" else facts(**NOT_PAINTED)
    told = _told(_film(None, another), CheckId.OWN_RECORDING, destination)
    assert told == (result, "other-session" if foreign == "another instance's" else "no-painted-clock")


# -- which bytes -----------------------------------------------------------------


@pytest.mark.case("H16")
def test_that_what_was_read_of_other_bytes_says_nothing_of_those_that_lie_there_now() -> None:
    """A first object, whole, is replaced under its key (post-processing), and the second one cannot be read."""
    second = item(etag="e2", size_bytes=2000, modified_at=at(40.0).replace(microsecond=0))
    replaced = [*begin(), *disrupted(), *ended(), *recorded(), CandidatesFound(at(42.0), RUN, (second,))]
    assert _told(replaced, CheckId.OWN_RECORDING) == (N, "not-inspected")
    saved = FilmSaved(at(42.1), RUN, KEY, "recording-2.mp4", "cd" * 32, "CRC64NVME:x", True)
    assert _verdict(*replaced, saved).value is INCONCLUSIVE
    assert _told([*replaced, saved], CheckId.INTEGRITY) == (N, "not-inspected")
    read = FilmInspected(at(42.2), RUN, KEY, facts(size_bytes=2000), "last-frame-2.png", "")
    assert _verdict(*replaced, saved, read, alone()).value is PASS


@pytest.mark.case("H16")
def test_that_a_candidate_that_was_missing_from_one_listing_is_known_when_it_is_back() -> None:
    events = [*_film(), CandidatesFound(at(20.0), RUN, ()), CandidatesFound(at(25.0), RUN, (item(),))]
    assert _verdict(*events).value is PASS


@pytest.mark.case("H17")
def test_that_bytes_that_were_changed_on_their_way_fail_no_recording() -> None:
    """S3 stores nothing that differs from its checksum: a proxy or the disk changed what arrived here."""
    events = [
        replace(e, checksum_matched=False) if isinstance(e, FilmSaved) else e for e in _film(item(metadata=NAMED))
    ]
    assert _told(events, CheckId.INTEGRITY) == (N, "checksum-mismatch")
    assert _verdict(*events).value is INCONCLUSIVE
    early = [replace(e, facts=facts(duration_s=2.0, last_frame_pts_s=2.0)) if isinstance(e, FilmInspected) else e
             for e in events]  # fmt: skip
    assert _told(early, CheckId.REACHES_END) == (N, "film-ends-early")  # its end may be what was lost on the way
    short = [replace(e, checksum_matched=None) if isinstance(e, FilmSaved) else e
             for e in _film(item(metadata=NAMED), facts(truncated=True, size_bytes=400))]  # fmt: skip
    assert _told(short, CheckId.INTEGRITY) == (N, "size-differs")
    assert _told(_film(item(metadata=NAMED), facts(truncated=True)), CheckId.INTEGRITY) == (C, "film-truncated")


# -- how long anybody waited -------------------------------------------------------


def _missing(*samples: ClockSampled, read_s: float) -> tuple[CheckResult, str]:
    destination = Destination(True, True, at(read_s), looks=5)
    return _told([*begin(), *samples, *disrupted(), *ended()], CheckId.OWN_RECORDING, destination)


@pytest.mark.case("H18")
def test_that_a_clock_that_is_set_forward_makes_no_deadline_pass() -> None:
    """An hour by the clock, six seconds in truth: the recording still has all its time to come."""
    hour = 3600.0
    step = ClockSampled(at(12.0 + hour), RUN, 112.0, "life", hour - 0.05, hour + 0.05)
    assert _missing(step, read_s=16.0 + hour) == (N, "no-recording-yet")
    assert _missing(step, read_s=60.0 + hour) == (C, "recording-missing")
    assert _missing(read_s=60.0) == (C, "recording-missing")


@pytest.mark.case("H18")
def test_that_what_the_clock_did_while_the_program_was_off_is_bounded_by_what_was_measured() -> None:
    hour = 3600.0
    measured = ClockSampled(at(12.0 + hour), RUN, 5.0, "second life", hour - 0.5, hour + 0.5)
    assert _missing(measured, read_s=16.0 + hour) == (N, "no-recording-yet")
    assert _missing(measured, read_s=90.0 + hour) == (C, "recording-missing")
    unmeasured = replace(measured, offset_low_s=None, offset_high_s=None)
    assert _missing(unmeasured, read_s=90.0 + hour) == (N, "no-recording-yet")


@pytest.mark.case("H18")
def test_that_the_rest_of_a_film_was_not_awaited_by_a_clock_that_was_set_while_the_program_was_off() -> None:
    """The first of two objects; the second may still come, whatever the clock says."""
    set_s = 40.0
    short = facts(duration_s=2.0, last_frame_pts_s=2.0)
    life = ClockSampled(at(14.0 + set_s), RUN, 5.0, "second life", set_s - 0.5, set_s + 0.5)
    before = ClockSampled(at(13.9), RUN, 113.9, "life", -0.05, 0.05)
    events = [*_film(item(metadata=NAMED), short), before, life]
    soon, late = (Destination(True, True, at(set_s + read_s), looks=5, listed=1) for read_s in (16.0, 60.0))
    assert _told(events, CheckId.REACHES_END, soon) == (N, "film-ends-early")
    assert _told(events, CheckId.REACHES_END, late) == (C, "film-ends-early")


# -- what the pictures say against the length ---------------------------------------


def _long_session(film: FilmFacts, guest_off_s: float | None = 0.0) -> list[RunEvent]:
    """A session of 110 s on AWS, and its film, which names it; ``guest_off_s``: the instance's clock, as measured."""
    events = on_aws(
        replace(e, session=replace(e.session, started_at=at(-100.0)))
        if isinstance(e, SessionAttached | SessionLeftActive)
        else e
        for e in _film(item(metadata=NAMED), film)
    )
    if guest_off_s is None:
        return events
    read = BootTimeRead(at(-0.5), RUN, at(guest_off_s - 3600.9), 3600.0, at(-1.0))
    place = next(number for number, e in enumerate(events) if isinstance(e, SessionAttached))
    return [*events[:place], read, *events[place:]]


def _taskbar(zero_s: float) -> FilmClock:
    """The instance's clock in the pictures, nine hours ahead of UTC: to the second by its flips."""
    zero_at = at(zero_s) + timedelta(hours=9)
    return FilmClock(zero_at, zero_at + timedelta(seconds=1.0), ClockBasis.FLIP)


SHORT = facts(duration_s=60.0, last_frame_pts_s=60.0, created_at=at(-99.0), clock=_taskbar(-99.0), **NOT_PAINTED)


@pytest.mark.case("H19")
def test_that_a_short_film_whose_last_pictures_show_the_shutdown_fails_nobody() -> None:
    """A recorder that leaves out pictures that do not change, and the time with them: the film is short and whole."""
    assert _told(_long_session(SHORT), CheckId.REACHES_END) == (C, "film-ends-early")
    texts = (replace(GOING_DOWN, at_s=58.0, end_s=60.0),)
    assert _told(_long_session(replace(SHORT, end_texts=texts)), CheckId.REACHES_END) == (N, "film-ends-early")
    seen = VisuallyConfirmed(at(90.0), RUN, VisualConfirmation(seen=True, by="Mika", at=at(90.0)))
    assert _told([*_long_session(SHORT), seen], CheckId.REACHES_END) == (N, "film-ends-early")


@pytest.mark.case("H24")
@pytest.mark.parametrize(
    ("clock", "result"),
    [
        (_taskbar(-99.0), C),
        (_taskbar(-50.0), N),  # by the pictures it begins later, and so it ends later
        (None, N),
        (FilmClock(at(-129.0), at(-69.0), ClockBasis.READINGS), N),  # a clock without seconds tells too little
    ],
)
def test_that_a_recorder_that_was_told_to_begin_long_before_its_first_picture_fails_nobody(
    clock: FilmClock | None, result: CheckResult
) -> None:
    """The person typed a password for 49 s. The file states when it was made; its pictures go on to the end."""
    assert _told(_long_session(replace(SHORT, clock=clock)), CheckId.REACHES_END) == (result, "film-ends-early")


@pytest.mark.case("H25")
@pytest.mark.parametrize(
    ("shown_s", "guest_off_s", "result"),
    [
        (-99.0, None, N),  # nobody measured the instance's clock
        (-99.0, -17.0, N),  # it is slow by what the recorder was early: they agree by accident
        (-116.0, -17.0, C),  # slow as it is, it agrees
        (-99.0, 0.0, C),
    ],
)
def test_that_two_clocks_that_are_wrong_alike_fail_nobody(
    shown_s: float, guest_off_s: float | None, result: CheckResult
) -> None:
    film = replace(SHORT, clock=_taskbar(shown_s))
    assert _told(_long_session(film, guest_off_s), CheckId.REACHES_END) == (result, "film-ends-early")


# -- what the target did -------------------------------------------------------------


def _launched(events: Sequence[RunEvent], launched_at: datetime | None, *more: RunEvent) -> list[RunEvent]:
    """The run on an instance that EC2 started an hour before it, and of which it says another launch time later."""
    found: list[RunEvent] = []
    for event in events:
        if isinstance(event, BaselineTaken):
            event = replace(event, instance=replace(event.instance, launched_at=at(-3600.0)))
        found.append(event)
        if isinstance(event, ConnectionChanged) and event.status is ConnectionStatus.CONNECTED:
            seen = InstanceChanged(at(13.1), RUN, InstanceState.RUNNING, "", "", at(12.0), launched_at)
            found.append(seen)
    return [*found, *more]


@pytest.mark.case("H21")
@pytest.mark.parametrize(
    ("launched_s", "told"),
    [
        (11.0, (N, "other-disruption")),
        (-3600.0, (H, "")),
        (-60.0, (H, "")),  # before the order, so it is none of what ended the session
        (None, (H, "")),
    ],
)
def test_that_a_stop_and_a_start_that_nobody_saw_are_no_restart(
    launched_s: float | None, told: tuple[CheckResult, str]
) -> None:
    """The reboot was ignored; a colleague stopped the instance and started it again while the laptop slept."""
    launched_at = at(launched_s) if launched_s is not None else None
    events = [*begin(D.EC2_REBOOT), *_launched(restarted(D.EC2_REBOOT), launched_at), *ended(), *recorded()]
    events[1] = next(e for e in _launched(begin(D.EC2_REBOOT), None) if isinstance(e, BaselineTaken))
    assert _told(events, CheckId.DISRUPTION_PROVEN) == told


@pytest.mark.case("H21")
def test_that_a_restart_stays_one_when_the_instance_is_stopped_and_started_after_it() -> None:
    later = InstanceChanged(at(60.0), RUN, InstanceState.RUNNING, "", "", at(14.0), at(50.0))
    events = [*_launched(begin(D.EC2_REBOOT), None), *restarted(D.EC2_REBOOT), later, *ended(), *recorded()]
    assert _told(events, CheckId.DISRUPTION_PROVEN) == (H, "")


@pytest.mark.case("H21")
@pytest.mark.parametrize(("kind", "result"), [(D.CONTROL_NONE, C), (D.SSM_AGENT_STOP, N)])
def test_that_a_new_launch_time_is_a_disruption_also_where_no_halt_was_seen(
    kind: DisruptionId, result: CheckResult
) -> None:
    seen = InstanceChanged(at(9.0), RUN, InstanceState.RUNNING, "", "", at(5.0), at(7.0))
    order = [IntentRecorded(at(5.0), RUN, kind, "ssm:SendCommand", TARGET)] if kind is D.SSM_AGENT_STOP else []
    events = [*_launched(begin(kind), None), *order, seen, *ended(), *recorded()]
    cause = "control-disrupted" if kind is D.CONTROL_NONE else "other-disruption"
    assert _told(events, CheckId.DISRUPTION_PROVEN) == (result, cause)


# -- what the runs say together --------------------------------------------------------


def _claimed(events: Sequence[RunEvent], *after: RunEvent, written: VerdictValue = PASS) -> ClaimFacts:
    """What a run says of the claims whose written verdict is this, with every check held."""
    checks = tuple(Check(check_id, H, "x.", (), "") for check_id in CheckId)
    read = DestinationRead(at(39.0), RUN, readable=True, unchanged=True, listed_at=at(39.0), looks=5)
    return claim_facts(state_of([*events, read, VerdictReached(at(40.0), RUN, Verdict(written, checks)), *after]))


@pytest.mark.case("H22")
def test_that_a_verdict_that_older_rules_wrote_carries_no_claim() -> None:
    """A journal of other rules says PASS; judged anew its film is nobody's."""
    assert (_claimed(_film()).processed, _claimed(_film()).reaches_end) == (True, True)
    nobodys = _claimed(_film(None, None, _neighbour()))
    assert (nobodys.what, nobodys.processed) == (D.EC2_STOP, None)
    missing = _claimed([*begin(), *disrupted(), *ended()])
    assert (missing.processed, missing.reaches_end, missing.while_down) == (False, None, False)


@pytest.mark.case("H22")
@pytest.mark.parametrize(
    ("written_s", "etag", "restored_s", "down"),
    [
        (12.0, "e", 60.0, True),
        (11.0, "e", 60.0, None),  # EC2 stated the stop later: the machine may have put it on its way down
        (12.0, "e", 11.5, False),
        (12.0, "0123-3", 60.0, True),
        (12.0, "0123-3", 12.5, False),  # its upload had begun; it was not seen whole before the restart
    ],
)
def test_that_the_service_had_what_was_written_after_the_stop(
    written_s: float, etag: str, restored_s: float, down: bool | None
) -> None:
    written = item(modified_at=at(written_s).replace(microsecond=0), etag=etag)
    restore = IntentRecorded(at(restored_s), RUN, D.EC2_STOP, RESTORE_ACTION, TARGET)
    texts = facts(end_texts=(replace(GOING_DOWN, end_s=8.5),))
    assert _claimed(on_aws(_film(written, texts)), restore).while_down is down


@pytest.mark.case("H26")
@pytest.mark.parametrize(
    ("last_active_s", "stated_s", "result"),
    [
        (9.8, None, H),  # it was last listed before the agent was lost
        (11.5, None, N),  # it was still listed: the agent may have flapped before, and the session gone on
        (11.5, 18.0, N),  # and its EndDate may be when it ended, not when the service noticed
    ],
)
def test_that_a_session_that_is_listed_after_its_agent_was_lost_may_have_ended_later_than_the_film(
    last_active_s: float, stated_s: float | None, result: CheckResult
) -> None:
    """The agent was away for some seconds before the restart took it: the film lacks what came after its loss."""
    ended_at = at(stated_s) if stated_s is not None else None
    events = [
        replace(e, at=at(19.0), last_active_at=at(last_active_s), session=replace(e.session, ended_at=ended_at))
        if isinstance(e, SessionLeftActive)
        else e
        for e in _film()
    ]
    assert _told(on_aws(events), CheckId.REACHES_END)[0] is result


@pytest.mark.case("H26")
def test_that_the_lab_whose_listings_are_fresh_is_taken_at_its_word() -> None:
    events = [
        replace(e, at=at(19.0), last_active_at=at(11.5), session=replace(e.session, ended_at=None))
        if isinstance(e, SessionLeftActive)
        else e
        for e in _film()
    ]
    assert _told(events, CheckId.REACHES_END)[0] is H
