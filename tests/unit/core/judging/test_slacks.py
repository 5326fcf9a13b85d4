"""How far is too far: each slack of the judge from within and from beyond, as the facts about its clocks have it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.clocks import TimeRange
from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.film import EndClass, EndText, Span
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import Destination, case_of
from rdpgui.core.judging.clock_track import clock_track
from rdpgui.core.judging.ended_after import check_ended_after
from rdpgui.core.judging.film_checks import check_last_frame, check_reaches_end
from rdpgui.core.judging.film_place import StartBasis, both_of, film_start
from rdpgui.core.judging.own_recording import check_own_recording
from rdpgui.core.judging.shown import Witness, shown
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run import Phase
from rdpgui.core.run_events import (
    BootTimeRead,
    ClockSampled,
    ConnectionChanged,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    PhaseEntered,
    SessionLeftActive,
)
from rdpgui.core.verdict import Check, CheckResult, VisualConfirmation
from tests.unit.core.samples import (
    NOT_PAINTED,
    RUN,
    TARGET,
    alone,
    at,
    begin,
    disrupted,
    ended,
    facts,
    good_run,
    item,
    on_aws,
    recorded,
    session,
    state_of,
)

HELD, NOT_MADE, CONTRADICTED = CheckResult.HELD, CheckResult.NOT_MADE, CheckResult.CONTRADICTED
USER = "Client.UserInitiatedShutdown"


# -- the local clock --------------------------------------------------------------------------


def _sampled(*samples: tuple[float, float, tuple[float, float] | None]) -> list[RunEvent]:
    events: list[RunEvent] = [e for e in begin() if not isinstance(e, ClockSampled)]
    for local_s, mono_s, offset in samples:
        low_s, high_s = offset if offset is not None else (None, None)
        events.append(ClockSampled(at(local_s), RUN, mono_s, "life", low_s, high_s))
    return events


@pytest.mark.parametrize(
    ("elapsed_s", "off_s", "stepped"),
    [
        (10.0, 0.15, False),
        (10.0, 0.35, True),
        (10.0, -0.35, True),
        (1_000.0, 1.1, False),  # a clock that is slewed moves by a millisecond a second
        (1_000.0, 2.0, True),
    ],
)
def test_that_a_clock_stepped_when_it_moved_more_than_a_clock_that_is_slewed(
    elapsed_s: float, off_s: float, stepped: bool
) -> None:
    run = state_of(_sampled((0.0, 100.0, (-0.05, 0.05)), (elapsed_s + off_s, 100.0 + elapsed_s, None)))
    assert bool(clock_track(run).stepped_s) == stepped


@pytest.mark.parametrize(("apart_s", "stepped"), [(0.1, False), (0.5, True), (-0.5, True)])
def test_that_two_measurements_that_cannot_both_be_true_are_a_step(apart_s: float, stepped: bool) -> None:
    later = (0.05 + apart_s, 0.15 + apart_s) if apart_s > 0 else (-0.15 + apart_s, -0.05 + apart_s)
    run = state_of(_sampled((0.0, 100.0, (-0.05, 0.05)), (10.0, 110.0, later)))
    assert bool(clock_track(run).stepped_s) == stepped


def test_that_a_local_time_is_of_the_stretch_in_which_it_was() -> None:
    run = state_of(_sampled((0.0, 100.0, (-0.05, 0.05)), (10.0, 110.0, (-0.05, 0.05)), (25.0, 120.0, (4.95, 5.05))))
    clock = clock_track(run)
    assert clock.on_aws(at(5.0)).width_s == pytest.approx(0.1)
    assert clock.on_aws(at(40.0)).low_at < at(35.1) < clock.on_aws(at(5.0)).high_at.replace(year=2027)
    assert (at(35.0) - clock.on_aws(at(40.0)).low_at).total_seconds() == pytest.approx(0.05)
    assert clock.on_aws(at(15.0)).width_s == pytest.approx(5.1)  # while it was set


# -- what ended the session ---------------------------------------------------------------------


def _cut(
    kind: D, lost: tuple[float, float], stopped: tuple[float, float] | None = None, boot_s: float | None = None
) -> Check:
    """Return check (b) of what shows nothing of itself: ordered at 8 s, the session over at 10 s."""
    intent = IntentRecorded(at(8.0), RUN, kind, DISRUPTIONS[kind].action, TARGET)
    signs: list[RunEvent] = [ConnectionChanged(at(lost[1]), RUN, ConnectionStatus.NOT_CONNECTED, at(lost[0]))]
    if stopped is not None:
        signs.append(InstanceChanged(at(stopped[1]), RUN, InstanceState.STOPPED, USER, "", at(stopped[0])))
    if boot_s is not None:
        signs.append(ConnectionChanged(at(boot_s + 9.0), RUN, ConnectionStatus.CONNECTED, at(boot_s + 8.0)))
        signs.append(BootTimeRead(at(boot_s + 10.0), RUN, at(boot_s)))
    return check_ended_after(case_of(state_of([*begin(kind), intent, *ended(), *signs])))


@pytest.mark.parametrize(
    ("lost", "stopped", "result", "cause"),
    [
        ((9.9, 10.9), (12.0, 14.0), HELD, ""),
        ((9.9, 25.0), (25.0, 27.0), HELD, ""),  # nobody looked for a quarter of a minute
        ((9.9, 36.0), (36.0, 38.0), NOT_MADE, "end-cause-unknown"),  # nor for half of one: closed meanwhile, perhaps
        ((9.9, 10.9), (40.5, 44.5), HELD, ""),  # EC2 says it within half a minute
        ((9.9, 10.9), (46.0, 50.0), NOT_MADE, "end-cause-unknown"),  # the agent was stopped before, perhaps
        ((9.9, 10.9), (66.0, 70.0), NOT_MADE, "end-cause-unknown"),  # the instance went on without its network
        ((9.9, 10.9), (40.0, 69.0), NOT_MADE, "end-cause-unknown"),  # or may have
        ((10.4, 11.4), (12.0, 14.0), HELD, ""),
        ((11.2, 12.2), (12.5, 14.0), NOT_MADE, "session-ended-before"),  # a second later it was still there
    ],
)
def test_that_a_power_cut_takes_session_and_agent_in_one_moment(
    lost: tuple[float, float], stopped: tuple[float, float], result: CheckResult, cause: str
) -> None:
    check = _cut(D.STOP_SKIP_OS_SHUTDOWN, lost, stopped)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.parametrize(("boot_s", "result"), [(150.0, HELD), (250.0, NOT_MADE)])
def test_that_a_machine_that_crashed_boots_within_minutes(boot_s: float, result: CheckResult) -> None:
    assert _cut(D.DIAGNOSTIC_INTERRUPT, (9.9, 10.9), boot_s=boot_s).result is result


def _stated(second: int, *, flapped: bool = False) -> Check:
    reason = f"User initiated (2026-01-05 09:00:{second:02} GMT)"
    events = [replace(e, state_transition_reason=reason) if isinstance(e, InstanceChanged) else e for e in disrupted()]
    if flapped:
        flap = [
            ConnectionChanged(at(8.6), RUN, ConnectionStatus.NOT_CONNECTED, at(8.4)),
            ConnectionChanged(at(9.2), RUN, ConnectionStatus.CONNECTED, at(9.0)),
        ]
        events = [*events[:4], *flap, *events[4:]]
    return check_ended_after(case_of(state_of([*begin(), *events, *ended()])))


def test_that_a_session_ended_before_a_stop_that_ec2_states_a_second_later() -> None:
    assert _stated(11).result is not CONTRADICTED  # the whole second may be the one after
    assert _stated(12).result is CONTRADICTED
    assert _stated(12, flapped=True).result is not CONTRADICTED  # which loss is meant rests on more than this


@pytest.mark.case("V3")
@pytest.mark.parametrize(("going_s", "result"), [(55.0, HELD), (90.0, NOT_MADE)])
def test_that_ec2_notices_within_a_minute_what_ended_the_session(going_s: float, result: CheckResult) -> None:
    intent = disrupted()[1]
    lost = ConnectionChanged(at(10.8), RUN, ConnectionStatus.NOT_CONNECTED, at(10.4))
    stopping = InstanceChanged(at(going_s + 0.4), RUN, InstanceState.STOPPING, USER, "", at(going_s))
    check = check_ended_after(case_of(state_of([*begin(), intent, lost, stopping, *ended()])))
    assert check.result is result


@pytest.mark.case("V4")
@pytest.mark.parametrize(("earlier", "result"), [(True, NOT_MADE), (False, HELD)])
def test_that_a_session_that_an_earlier_loss_ended_was_not_ended_by_the_halt(
    earlier: bool, result: CheckResult
) -> None:
    intent = disrupted()[1]
    flap = [
        ConnectionChanged(at(10.2), RUN, ConnectionStatus.NOT_CONNECTED, at(9.6)),
        ConnectionChanged(at(12.0), RUN, ConnectionStatus.CONNECTED, at(11.6)),
    ]
    lost = ConnectionChanged(at(13.3), RUN, ConnectionStatus.NOT_CONNECTED, at(12.9))
    stopped = InstanceChanged(at(13.8), RUN, InstanceState.STOPPED, USER, "", at(13.4))
    events = [*begin(), intent, *(flap if earlier else []), lost, stopped, *ended()]
    assert check_ended_after(case_of(state_of(events))).result is result


def _left_without_end_date(last_active_s: float) -> list[RunEvent]:
    return [SessionLeftActive(at(10.6), RUN, session(active=False), at(last_active_s))]


@pytest.mark.parametrize(("last_active_s", "result"), [(9.8, HELD), (1.0, NOT_MADE)])
def test_that_a_control_s_session_was_seen_after_the_steady_phase_began(
    last_active_s: float, result: CheckResult
) -> None:
    events = [*begin(D.CONTROL_NONE), *_left_without_end_date(last_active_s)]
    assert check_ended_after(case_of(state_of(events))).result is result


@pytest.mark.parametrize(
    ("kind", "lab", "seen_until_s", "since_s"),
    [
        (D.EC2_STOP, False, 90.0, 55.0),  # EndDate is up to 5 s late
        (D.EC2_STOP, False, 62.0, 42.0),  # Windows goes on for up to 20 s, and its agent with it
        (D.STOP_SKIP_OS_SHUTDOWN, False, 58.0, 53.0),  # what an answer may be old
        (D.EC2_STOP, True, 56.0, 53.0),  # the lab's guests are down in a second or two
    ],
)
def test_that_a_session_ended_no_earlier_than_what_took_it_away(
    kind: D, lab: bool, seen_until_s: float, since_s: float
) -> None:
    intent = IntentRecorded(at(8.0), RUN, kind, "ec2:StopInstances", TARGET)
    over = session(active=False, ended_at=at(60.0))
    lost = ConnectionChanged(at(91.0), RUN, ConnectionStatus.NOT_CONNECTED, at(seen_until_s + 0.05))
    stopped = InstanceChanged(at(95.0), RUN, InstanceState.STOPPED, USER, "", at(94.0))
    events = [*begin(kind), intent, SessionLeftActive(at(61.0), RUN, over, at(50.0)), lost, stopped]
    if not lab:
        events = on_aws(events)
    end = case_of(state_of(events)).end
    assert end is not None
    assert (end.range.low_at - at(0.0)).total_seconds() == pytest.approx(since_s)


@pytest.mark.parametrize(
    ("lost_s", "lab", "result"),
    [
        (9.8, True, NOT_MADE),
        (14.0, True, HELD),
        (14.0, False, NOT_MADE),  # an answer of AWS may be some seconds old
        (17.0, False, HELD),
    ],
)
def test_that_a_control_whose_session_ended_with_the_agent_was_not_certainly_closed(
    lost_s: float, lab: bool, result: CheckResult
) -> None:
    flips = [
        ConnectionChanged(at(lost_s + 0.6), RUN, ConnectionStatus.NOT_CONNECTED, at(lost_s)),
        ConnectionChanged(at(lost_s + 3.0), RUN, ConnectionStatus.CONNECTED, at(lost_s + 2.6)),
    ]
    events = [*begin(D.CONTROL_DISCONNECT), *flips, *ended()]
    check = check_ended_after(case_of(state_of(events if lab else on_aws(events))))
    assert check.result is result
    assert check.cause == ("" if result is HELD else "end-cause-unknown")


@pytest.mark.parametrize(
    ("lost_s", "lab", "result"),
    [
        (6.3, True, NOT_MADE),  # a session that was cut may be said to be active for a while, also when it is closed
        (6.0, True, HELD),  # it was said to be active for longer than that: it lived
        (4.3, False, NOT_MADE),
        (4.0, False, HELD),
    ],
)
def test_that_a_control_s_session_may_have_been_over_when_the_program_closed_it(
    lost_s: float, lab: bool, result: CheckResult
) -> None:
    flips = [
        ConnectionChanged(at(lost_s + 0.6), RUN, ConnectionStatus.NOT_CONNECTED, at(lost_s)),
        ConnectionChanged(at(10.9), RUN, ConnectionStatus.CONNECTED, at(10.5)),
    ]
    events = [*begin(D.CONTROL_DISCONNECT), *flips, PhaseEntered(at(8.4), RUN, Phase.DISRUPTING), *ended()]
    check = check_ended_after(case_of(state_of(events if lab else on_aws(events))))
    assert check.result is result, check.reason
    assert check.cause == ("" if result is HELD else "end-cause-unknown")


# -- the film --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ends_s", "result"),
    [(7.4, NOT_MADE), (6.3, CONTRADICTED)],
    ids=["by its clock only", "a second and a half before the order"],
)
def test_that_a_film_that_ends_more_than_a_second_before_the_order_lacks_it(ends_s: float, result: CheckResult) -> None:
    duration_s = ends_s - 1.5
    film = facts(duration_s=duration_s, last_frame_pts_s=duration_s, dated_at=at(1.5), tail=None)
    lost = [replace(e, not_before_at=at(8.2)) if isinstance(e, ConnectionChanged) else e for e in disrupted()]
    run = state_of([*begin(), *lost, *ended(at(8.4)), *recorded(item(metadata=(("session", "s-1"),)), film)])
    check = check_reaches_end(case_of(run))
    assert (check.result, check.cause) == (result, "film-without-disruption")


@pytest.mark.parametrize(
    ("painted_s", "result"), [(6.3, CONTRADICTED), (7.1, NOT_MADE)], ids=["before the order", "after it could act"]
)
def test_that_a_film_whose_last_picture_tells_a_later_time_lacks_something_before_it(
    painted_s: float, result: CheckResult
) -> None:
    """The recorder lost seconds in the middle and closed its times up, so the film's length does not say its end."""
    film = facts(
        duration_s=4.8, last_frame_pts_s=4.8, dated_at=at(1.5), first_painted_at=at(1.5), painted_at=at(painted_s)
    )
    lost = [replace(e, not_before_at=at(8.2)) if isinstance(e, ConnectionChanged) else e for e in disrupted()]
    run = state_of([*begin(), *lost, *ended(at(8.4)), *recorded(item(metadata=(("session", "s-1"),)), film)])
    check = check_reaches_end(case_of(run))
    assert (check.result, check.cause) == (result, "film-without-disruption")


@pytest.mark.parametrize(("written_s", "result"), [(6.8, CONTRADICTED), (3.8, NOT_MADE)])
def test_that_what_was_written_before_the_session_s_end_goes_on_in_another_object(
    written_s: float, result: CheckResult
) -> None:
    film = facts(duration_s=2.0, last_frame_pts_s=2.0)
    found = item(metadata=(("session", "s-1"),), modified_at=at(written_s).replace(microsecond=0))
    there = Destination(True, True, at(100.0), looks=5, listed=1)
    check = check_reaches_end(case_of(state_of([*begin(), *disrupted(), *ended(), *recorded(found, film)]), there))
    assert (check.result, check.cause) == (result, "film-ends-early")


@pytest.mark.parametrize(("awaited_s", "result"), [(10.1, CONTRADICTED), (9.9, NOT_MADE)])
def test_that_a_rest_of_the_recording_is_awaited_before_a_film_is_all_of_it(
    awaited_s: float, result: CheckResult
) -> None:
    """In the lab for as long as a recording takes that is overdue; a service may put what goes on a little later."""
    film = facts(duration_s=2.0, last_frame_pts_s=2.0)
    events = [*begin(), *disrupted(), *ended(), *recorded(item(metadata=(("session", "s-1"),)), film)]
    saved_at = next(event.at for event in events if isinstance(event, FilmSaved))
    there = Destination(True, True, saved_at + timedelta(seconds=awaited_s), looks=5, listed=1)
    check = check_reaches_end(case_of(state_of(events), there))
    assert (check.result, check.cause) == (result, "film-ends-early")


@pytest.mark.parametrize(("over_s", "basis"), [(0.4, StartBasis.CREATION_TIME), (2.0, StartBasis.SESSION_LENGTH)])
def test_that_a_creation_time_is_no_start_when_the_film_would_outlast_its_session(
    over_s: float, basis: StartBasis
) -> None:
    end = case_of(good_run()).end
    assert end is not None
    film = facts(created_at=at(1.75), duration_s=8.25 + over_s, first_painted_at=at(1.75), painted_at=at(10.0))
    shorter = replace(film, duration_s=film.duration_s) if over_s < 1 else film
    start = film_start(shorter, replace(session(), started_at=at(-1.0)), end)
    assert start is not None
    assert start.basis is basis


@pytest.mark.case("V14")
@pytest.mark.parametrize(("put_s", "basis"), [(9.0, StartBasis.CREATION_TIME), (8.0, StartBasis.SESSION_LENGTH)])
def test_that_clocks_that_agree_on_a_film_that_goes_on_after_it_was_written_are_wrong_alike(
    put_s: float, basis: StartBasis
) -> None:
    end = case_of(good_run()).end
    assert end is not None
    film = facts(created_at=at(1.75), duration_s=8.0, first_painted_at=at(1.75), painted_at=at(9.7))
    start = film_start(film, session(), end, at(put_s))
    assert start is not None
    assert start.basis is basis


@pytest.mark.case("V9")
@pytest.mark.parametrize(
    ("ended_s", "written_s", "cause"),
    [
        (0.9, 300.0, "looks-alike"),  # a time that is this film's start may be the end of the other's
        (-30.0, 300.0, ""),  # half a minute later it is not
        (-30.0, 60.0, "looks-alike"),  # but when that other film was written
        (-30.0, 200.0, ""),
    ],
)
def test_that_a_film_s_time_may_be_another_film_s_end_or_its_writing(
    ended_s: float, written_s: float, cause: str
) -> None:
    other = session(session_id="s-2", target="i-0bbbbbbbbbbbbbbbb", started_at=at(-90.0), ended_at=at(ended_s))
    found = recorded(item(modified_at=at(written_s).replace(microsecond=0)), facts(**NOT_PAINTED))[:-1]
    events = [*begin(), *disrupted(), *ended(), *found, alone(replace(other, active=False))]
    assert case_of(state_of(on_aws(events))).match.misfit == cause


@pytest.mark.case("V9")
@pytest.mark.parametrize(("duration_s", "cause"), [(10.5, ""), (12.5, "longer")])
def test_that_a_film_is_longer_than_its_session_by_rounding_only(duration_s: float, cause: str) -> None:
    film = facts(duration_s=duration_s, **NOT_PAINTED)
    named = item(metadata=(("session", "s-1"),))
    events = [*begin(), *disrupted(), *ended(), *recorded(named, film)]
    assert case_of(state_of(on_aws(events))).match.misfit == cause


@pytest.mark.case("V9")
@pytest.mark.parametrize(("duration_s", "cause"), [(9.4, ""), (9.6, "longer")])
def test_that_a_film_that_names_nobody_is_no_longer_than_its_session(duration_s: float, cause: str) -> None:
    found = recorded(item(), facts(duration_s=duration_s, **NOT_PAINTED))
    run = state_of(on_aws([*begin(), *disrupted(), *ended(), *found]))
    assert case_of(run).match.misfit == cause
    assert (check_own_recording(case_of(run)).result is NOT_MADE) is bool(cause)


@pytest.mark.case("V11")
@pytest.mark.parametrize(("listed", "unread", "result"), [(1, "", CONTRADICTED), (2, "", NOT_MADE), (1, "x", NOT_MADE)])
def test_that_a_film_that_is_not_the_lab_s_fails_nothing_while_another_lies_there(
    listed: int, unread: str, result: CheckResult
) -> None:
    run = state_of([*begin(), *disrupted(), *ended(), *recorded(film=facts(**NOT_PAINTED))])
    destination = Destination(True, True, at(100.0), unread, looks=5, listed=listed)
    check = check_own_recording(case_of(run, destination))
    assert (check.result, check.cause) == (result, "no-painted-clock")


def test_that_an_unknown_recorder_s_clock_places_no_film_finer_than_its_error() -> None:
    end = case_of(good_run()).end
    assert end is not None
    film = facts(created_at=at(0.75), duration_s=2.0, **NOT_PAINTED)  # of the whole second that ends at 1.75 s
    start = film_start(film, session(), end)
    assert start is not None
    assert (start.range.high_at - at(0.0)).total_seconds() == pytest.approx(7.75)


@pytest.mark.case("V12")
@pytest.mark.parametrize(
    ("duration_s", "stood_s", "cause"),
    [
        (7.5, 2.0, "source-frozen"),  # it lacks 1.6 s, and what the last picture shows is of 2 s before its end
        (7.1, 1.2, ""),  # a slow recorder holds each picture for a second
    ],
)
def test_that_what_a_film_lacks_and_how_long_its_picture_stood_count_together(
    duration_s: float, stood_s: float, cause: str
) -> None:
    idle = (Span(duration_s - stood_s, duration_s),)
    reads = EndText(duration_s - 1.0, duration_s, EndClass.SHUTDOWN, "Shutting down", "en", 9)
    values = {"duration_s": duration_s, "last_frame_pts_s": duration_s, "idle": idle, "end_texts": (reads,)}
    film = facts(**values, **NOT_PAINTED)
    events = [*begin(), *disrupted(), *ended(), *recorded(item(metadata=(("session", "s-1"),)), film)]
    assert check_last_frame(case_of(state_of(on_aws(events)))).cause == cause


@pytest.mark.case("V12")
@pytest.mark.parametrize(
    ("frames", "idle_s", "still"), [(1, 0.0, True), (2, 0.0, False), (9, 8.48, True), (9, 8.35, False)]
)
def test_that_a_film_of_one_picture_stands_still(frames: int, idle_s: float, still: bool) -> None:
    idle = (Span(8.5 - idle_s, 8.5),) if idle_s else ()
    film = facts(frame_count=frames, idle=idle, tail=None, **NOT_PAINTED)
    assert shown(film, 9.0 if idle_s else 3.0, None).still == still


@pytest.mark.parametrize(("pictures", "witness"), [(1, Witness.NOBODY), (3, Witness.READER)])
def test_that_words_count_that_more_than_one_picture_shows(pictures: int, witness: Witness) -> None:
    read = EndText(7.2, 8.9, EndClass.RESTART, "Restarting", "en", pictures)
    assert shown(facts(tail=None, end_texts=(read,)), 3.0, None).witness is witness


def test_that_two_clocks_that_agree_leave_open_what_the_finer_one_does() -> None:
    stated = TimeRange(at(1.0), at(2.0))
    assert both_of(stated, at(1.5)) == (at(1.0), at(2.0))
    assert both_of(stated, at(0.6)) == (at(1.0), at(2.0))  # a picture is painted up to half a second before
    assert both_of(stated, at(0.2)) == (at(0.2), at(2.0))
    assert both_of(stated, at(2.9)) == (at(1.0), at(2.9))


@pytest.mark.parametrize(("before_s", "witness"), [(30.0, Witness.PERSON), (100.0, Witness.NOBODY)])
def test_that_a_person_saw_the_shutdown_only_near_the_film_s_end(before_s: float, witness: Witness) -> None:
    film = facts(duration_s=200.0, last_frame_pts_s=200.0, tail=None, **NOT_PAINTED)
    said = VisualConfirmation(True, "ann", at(14.0), "recording.mp4", 200.0 - before_s)
    told = VisuallyConfirmed(at(14.0), RUN, said)
    seen = case_of(state_of([*begin(), *disrupted(), *ended(), *recorded(film=film), told])).shown
    assert seen is not None
    assert seen.witness is witness
