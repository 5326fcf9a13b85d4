"""What decides, one condition at a time: the words of a check, and the small rules that the checks are made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rdpgui.core.clocks import shifted, stated_range
from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.film import ClockBasis, FilmClock, Span, TailClass, TailMetrics
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import Case, Destination, case_of, plausible
from rdpgui.core.judging.ended_after import check_ended_after
from rdpgui.core.judging.film_checks import check_last_frame, check_reaches_end
from rdpgui.core.judging.film_place import left_open
from rdpgui.core.judging.gap import frozen_for_s
from rdpgui.core.judging.naming import Naming, names_session_only, naming
from rdpgui.core.judging.own_film import MatchKind, elsewhere
from rdpgui.core.judging.own_recording import check_own_recording
from rdpgui.core.judging.proof import check_disruption, proof_is_complete
from rdpgui.core.kinds.seen import boot_unchanged
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run import Phase
from rdpgui.core.run_events import (
    ActionAccepted,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    FilmInspected,
    FilmSaved,
    InstanceChanged,
    IntentRecorded,
    PhaseEntered,
    SessionAttached,
    SessionLeftActive,
    Source,
    SourceUnread,
)
from rdpgui.core.session import SessionOrigin
from rdpgui.core.verdict import CheckResult, VisualConfirmation, moment
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
    painted,
    recorded,
    restarted,
    session,
    state_of,
)

HELD, NOT_MADE, CONTRADICTED = CheckResult.HELD, CheckResult.NOT_MADE, CheckResult.CONTRADICTED
OTHER = session(session_id=SessionId("bob-7"), started_at=at(-500.0), ended_at=at(-400.0), active=False)
ELSEWHERE = "i-0bbbbbbbbbbbbbbbb"
CONTENT = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)


def _case(events: list[RunEvent]) -> Case:
    return case_of(state_of(events))


def _unended(events: list[RunEvent]) -> list[RunEvent]:
    """Return the same run, in which no EndDate was read."""
    return [
        replace(e, session=replace(e.session, ended_at=None)) if isinstance(e, SessionLeftActive) else e for e in events
    ]


# -- what an object says of itself -------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "only"),
    [
        ("rec/s-1/a.mp4", True),
        (f"rec/s-1/{TARGET}.mp4", True),
        ("rec/s-1x/a.mp4", False),  # the id of another, which begins alike
        ("rec/s-1/bob-7.mp4", False),
        ("rec/s-1/bob-7x.mp4", True),  # of nobody who was there
        (f"rec/s-1/{ELSEWHERE}.mp4", False),
        ("rec/a.mp4", False),
    ],
)
def test_that_a_name_counts_where_it_stands_as_a_whole_and_alone(key: str, only: bool) -> None:
    assert names_session_only(item(key=key), session(), [session(), OTHER]) is only


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("s-1", Naming.SESSION),
        ("s-1x", Naming.NOTHING),
        ("bob-7", Naming.OTHER),
        ("bob-7x", Naming.NOTHING),
        (ELSEWHERE, Naming.OTHER),
    ],
)
def test_that_metadata_name_a_session_where_its_id_stands_as_a_whole(said: str, named: Naming) -> None:
    run = state_of([*begin(), *disrupted(), *ended(), *recorded(), alone(OTHER)])
    assert naming(run, item(metadata=(("session", said),)), facts()) is named


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("rec/s-1/a.mp4", Naming.KEY),
        ("rec/bob-7/a.mp4", Naming.BOTH),  # a key may be written by anybody: it is not said to be of another
        (f"{ELSEWHERE}/a.mp4", Naming.BOTH),
        (f"{TARGET}/a.mp4", Naming.INSTANCE),
        ("rec/a.mp4", Naming.NOTHING),
    ],
)
def test_that_a_key_names_what_stands_in_it(key: str, named: Naming) -> None:
    run = state_of([*begin(), *disrupted(), *ended(), *recorded(), alone(OTHER)])
    assert naming(run, item(key=key), facts()) is named


# -- which object it is ----------------------------------------------------------------------


def _two(*, named: bool) -> list[RunEvent]:
    """Two films that fit equally; one may name the session."""
    first = item(metadata=(("session", "s-1"),) if named else ())
    second = item(key="second.mp4", etag="f")
    return [
        CandidatesFound(at(13.0), RUN, (first, second)),
        *(FilmSaved(at(13.1), RUN, o.key, f"{o.etag}.mp4", o.etag * 64, "CRC64NVME:x", True) for o in (first, second)),
        *(FilmInspected(at(13.2), RUN, o.key, facts(), "last-frame.png", "") for o in (first, second)),
        alone(),
    ]


def test_that_of_several_films_the_one_that_names_the_session_is_its_own() -> None:
    match = _case([*begin(), *disrupted(), *ended(), *_two(named=True)]).match
    assert (match.kind, match.item.key if match.item is not None else "", match.naming) == (
        MatchKind.ONE,
        KEY,
        Naming.SESSION,
    )
    assert _case([*begin(), *disrupted(), *ended(), *_two(named=False)]).match.kind is MatchKind.SEVERAL


def test_that_a_named_object_that_cannot_be_it_does_not_hide_the_one_that_can() -> None:
    events = _two(named=True)
    spoilt = FilmInspected(at(13.25), RUN, KEY, None, "", "no moov")
    match = _case([*begin(), *disrupted(), *ended(), *events, spoilt]).match
    assert (match.kind, match.item.key if match.item is not None else "") == (MatchKind.ONE, "second.mp4")


def test_that_only_a_film_that_was_read_could_be_it() -> None:
    begun = [*begin(), *disrupted(), *ended()]
    assert [o.key for o in plausible(state_of([*begun, *recorded()]))] == [KEY]
    assert plausible(state_of([*begun, *recorded()[:2]])) == ()
    assert plausible(state_of([*begun, *recorded(item(metadata=(("instance", ELSEWHERE),)))])) == ()


def test_that_nothing_is_said_of_an_object_that_was_not_read() -> None:
    run = state_of([*begin(), *disrupted(), *ended(), *recorded()[:2]])
    assert elsewhere(run, item(), case_of(run).end) is None


@pytest.mark.parametrize(
    ("naming_words", "text"),
    [((("session", "s-1"),), "names this session"), ((), "no other session of this account and Region")],
)
def test_that_it_is_said_why_an_object_is_the_session_s(naming_words: tuple[tuple[str, str], ...], text: str) -> None:
    check = check_own_recording(
        _case([*begin(), *disrupted(), *ended(), *recorded(item(metadata=naming_words))]),
    )
    assert check.result is HELD
    assert text in check.text()


@pytest.mark.parametrize(
    ("named_instance", "target", "result"),
    [
        (True, ELSEWHERE, HELD),  # it names its instance: of another it cannot be
        (True, TARGET, NOT_MADE),
        (False, ELSEWHERE, NOT_MADE),
    ],
)
def test_that_a_film_that_names_its_instance_is_of_no_other_instance(
    named_instance: bool, target: str, result: CheckResult
) -> None:
    rival = session(session_id=SessionId("bob-7"), target=InstanceId(target), started_at=at(1.2), ended_at=at(10.1))
    found = item(metadata=(("instance", str(TARGET)),) if named_instance else ())
    events = [*begin(), *disrupted(), *ended(), *recorded(found), alone(rival)]
    assert check_own_recording(_case(events)).result is result


def test_that_the_own_session_is_no_rival_of_itself() -> None:
    events = [*begin(), *disrupted(), *ended(), *recorded(), alone(session(ended_at=at(10.0)))]
    assert check_own_recording(_case(events)).result is HELD


@pytest.mark.parametrize(("begins_s", "result"), [(1.5, HELD), (40.0, NOT_MADE), (-40.0, NOT_MADE)])
def test_that_a_film_s_own_time_places_it_into_the_session_or_not(begins_s: float, result: CheckResult) -> None:
    film = facts(created_at=at(begins_s).replace(microsecond=0), first_painted_at=at(begins_s), painted_at=at(9.9))
    events = [*begin(), *disrupted(), *ended(), *recorded(film=film)]
    assert check_own_recording(_case(events)).result is result


@pytest.mark.parametrize(("rival_s", "result"), [(1.2, NOT_MADE), (-60.0, HELD), (9.5, HELD), (20.0, HELD)])
def test_that_a_session_that_began_at_another_time_is_no_rival(rival_s: float, result: CheckResult) -> None:
    rival = session(session_id=SessionId("bob-7"), started_at=at(rival_s), ended_at=at(rival_s + 15.0))
    late = item(modified_at=at(60.0).replace(microsecond=0))
    events = [*begin(), *disrupted(), *ended(), *recorded(late), alone(rival)]
    assert check_own_recording(_case(events)).result is result


def test_that_a_key_that_names_the_session_needs_a_time_that_can_be_its_own_also_without_an_end_date() -> None:
    film = facts(created_at=at(-4000.0).replace(microsecond=0), **NOT_PAINTED)
    found = recorded(item(key="rec/s-1.mp4"), film)
    for events in ([*begin(), *disrupted(), *ended(), *found], _unended([*begin(), *disrupted(), *ended(), *found])):
        check = check_own_recording(_case(on_aws(events)))
        assert (check.result, check.cause) == (NOT_MADE, "other-session")


@pytest.mark.parametrize(("looks", "text"), [(2, "looked at 2 times"), (None, "looked at 0 times")])
def test_that_it_is_said_how_often_the_destination_was_looked_at(looks: int | None, text: str) -> None:
    read = Destination(True, True, at(60.0), looks=looks)
    check = check_own_recording(case_of(state_of([*begin(), *disrupted(), *ended()]), read))
    assert check.cause == "looked-too-little"
    assert text in check.text()


# -- when the session ended --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "origin", "low_s"),
    [
        (D.CONTROL_NONE, SessionOrigin.PROGRAM, 7.85),  # the program closes it, not before that phase
        (D.CONTROL_NONE, SessionOrigin.PERSON, 1.0),
        (D.OS_SHUTDOWN, SessionOrigin.PROGRAM, 1.0),  # nothing was ordered
    ],
)
def test_that_what_the_program_closes_lived_until_then(kind: D, origin: SessionOrigin, low_s: float) -> None:
    begun = [replace(e, origin=origin) if isinstance(e, SessionAttached) else e for e in begin(kind)]
    end = _case(_unended([*begun, disrupted()[0], *ended()])).end
    assert end is not None
    assert end.range.low_at == at(low_s)


def test_that_no_session_ends_before_it_began() -> None:
    late = [
        replace(e, session=replace(e.session, started_at=at(30.0))) if isinstance(e, SessionAttached) else e
        for e in begin(D.CONTROL_NONE)
    ]
    end = _case(_unended([*late, *ended()])).end
    assert end is not None
    assert end.range.high_at == at(30.0)


def test_that_a_session_that_was_seen_active_after_the_order_outlived_it() -> None:
    """Without an EndDate, and with a film that shows no shutdown."""
    film = recorded(film=facts(tail=CONTENT))
    unended = _unended([*begin(), *disrupted(), *ended(), *film])
    early = [replace(e, last_active_at=at(7.5)) if isinstance(e, SessionLeftActive) else e for e in unended]
    seen, unseen = (check_ended_after(_case(events)) for events in (unended, early))
    assert seen.result is HELD
    assert (unseen.result, unseen.cause) == (NOT_MADE, "session-end-order-unknown")


def test_that_a_session_whose_end_is_stated_after_the_order_outlived_it() -> None:
    film = recorded(film=facts(tail=CONTENT))
    events = [*begin(), *disrupted(), *ended(), *film]
    early = [replace(e, last_active_at=at(7.5)) if isinstance(e, SessionLeftActive) else e for e in events]
    assert check_ended_after(_case(early)).result is HELD


def test_that_a_shutdown_that_the_order_can_have_caused_shows_that_the_session_outlived_it() -> None:
    events = _unended([*begin(), *disrupted(), *ended(), *recorded()])
    early = [replace(e, last_active_at=at(7.5)) if isinstance(e, SessionLeftActive) else e for e in events]
    assert check_ended_after(_case(early)).result is HELD
    nobody: list[RunEvent] = [e for e in early if not isinstance(e, FilmInspected)]
    assert check_ended_after(_case(nobody)).cause == "session-end-order-unknown"


def test_that_a_shutdown_of_before_the_order_is_no_sign_that_the_session_outlived_it() -> None:
    """The film ends at six seconds and shows a shutdown; the order is of eight, and the service noticed at nine."""
    film = facts(duration_s=4.5, last_frame_pts_s=4.5)
    events = _unended([*begin(), *disrupted(), *ended(), *recorded(film=film)])
    events = [replace(e, last_active_at=at(7.5)) if isinstance(e, SessionLeftActive) else e for e in events]
    assert check_ended_after(_case(events)).cause == "session-end-order-unknown"


# -- what took effect ----------------------------------------------------------------------------


def test_that_a_baseline_of_another_instance_is_of_a_wrong_target() -> None:
    begun = [
        replace(e, instance=replace(e.instance, instance_id=InstanceId(ELSEWHERE)))
        if isinstance(e, BaselineTaken)
        else e
        for e in begin()
    ]
    check = check_disruption(_case([*begun, *disrupted(), *ended()]))
    assert (check.result, check.cause) == (CONTRADICTED, "wrong-instance")


@pytest.mark.parametrize(
    ("events", "complete"),
    [
        ([*begin(D.CONTROL_NONE)], False),
        ([*begin(D.CONTROL_NONE), *ended()], True),
        ([*begin(), *disrupted()[:3]], False),
        ([*begin(), *disrupted()[:3], *ended()], False),  # over, and nothing was seen of the instance yet
        ([*begin(), *disrupted()], True),
        ([*begin(), *disrupted()[:4]], False),
        ([*begin(), *disrupted()[:4], InstanceChanged(at(12.0), RUN, InstanceState.RUNNING, "", "", at(11.0))], True),
        ([*begin(), *disrupted()[:3], InstanceChanged(at(12.0), RUN, InstanceState.RUNNING, "", "", at(11.0))], False),
    ],
)
def test_that_a_run_waits_for_its_proof_as_long_as_it_can_come(events: list[RunEvent], complete: bool) -> None:
    assert proof_is_complete(state_of(events)) is complete


@pytest.mark.parametrize(("code", "said"), [("", "-"), ("Client.Other", "Client.Other")])
def test_that_who_stopped_it_is_told_as_ec2_says_it(code: str, said: str) -> None:
    events = [replace(e, state_reason_code=code) if isinstance(e, InstanceChanged) else e for e in disrupted()]
    assert dict(check_disruption(_case([*begin(), *events])).fields)["code"] == said


_LOST = ConnectionChanged(at(10.8), RUN, ConnectionStatus.NOT_CONNECTED, at(10.4))
_BACK = ConnectionChanged(at(13.0), RUN, ConnectionStatus.CONNECTED, at(12.6))
_OLD_BOOT = BootTimeRead(at(13.5), RUN, at(-3600.0))


@pytest.mark.parametrize(
    ("signs", "text"),
    [
        ([_LOST, _BACK, _OLD_BOOT], "The agent's connection was lost, but there was no boot after the order."),
        ([_OLD_BOOT], "There was no boot after the order, and no loss of the agent's connection was seen."),
        ([_LOST, _BACK], "The agent's connection was lost, but the boot time could not be read."),
        ([], "The boot time could not be read, and no loss of the agent's connection was seen."),
    ],
)
def test_that_it_is_said_what_a_restart_lacks(signs: list[RunEvent], text: str) -> None:
    assert check_disruption(_case([*begin(D.OS_REBOOT), *restarted()[:2], *signs, *ended()])).text() == text


def test_that_it_is_said_what_proves_a_restart() -> None:
    counted = BootTimeRead(at(13.5), RUN, at(12.0), 1.5, at(13.4))
    whole = [*begin(D.OS_REBOOT), *restarted()[:-1], counted, *ended()]
    alone_ = [*begin(D.OS_REBOOT), *restarted()[:2], counted, *ended()]
    assert check_disruption(_case(whole)).text().endswith("the agent's connection was lost meanwhile.")
    assert check_disruption(_case(alone_)).text().endswith("by the uptime counter.")


def _agent(*events: RunEvent) -> Case:
    ordered = IntentRecorded(at(8.0), RUN, D.SSM_AGENT_STOP, "ssm:SendCommand", TARGET)
    return _case([*begin(D.SSM_AGENT_STOP), ordered, *events, *ended()])


def test_that_one_boot_is_known_by_its_times_before_and_after() -> None:
    """The baseline read one, too."""
    assert check_disruption(_agent(_LOST, _BACK, _OLD_BOOT)).result is HELD
    assert check_disruption(_agent(_LOST, _BACK)).cause == "boot-time-unknown"
    assert not boot_unchanged(_agent(_OLD_BOOT))
    ordered = IntentRecorded(at(8.0), RUN, D.SSM_AGENT_STOP, "ssm:SendCommand", TARGET)
    begun = [replace(e, boot_at=None) if isinstance(e, BaselineTaken) else e for e in begin(D.SSM_AGENT_STOP)]
    unread = _case([*begun, ordered, _LOST, _BACK, _OLD_BOOT, *ended()])
    assert check_disruption(unread).cause == "boot-time-unknown"


@pytest.mark.parametrize(
    ("events", "text"),
    [
        ([_LOST, _BACK], "The agent was not connected for a time during a control"),
        ([ClockSampled(at(20.0), RUN, 1.0, "taken up again", None, None)], "The program was not running for a time"),
        ([SourceUnread(at(20.0), RUN, Source.CONNECTION, at(9.0))], "Nobody could see the agent for a time"),
    ],
)
def test_that_it_is_said_what_nobody_saw_of_a_control(events: list[RunEvent], text: str) -> None:
    check = check_disruption(_case([*begin(D.CONTROL_NONE), *ended(), *events]))
    assert (check.result, check.cause) == (NOT_MADE, "control-disrupted")
    assert check.text().startswith(text)


@pytest.mark.parametrize(("lab", "result"), [(True, NOT_MADE), (False, HELD)])
def test_that_a_machine_of_the_lab_restarts_in_two_seconds_and_no_other(lab: bool, result: CheckResult) -> None:
    gap = SourceUnread(at(20.0), RUN, Source.CONNECTION, at(18.0))
    events = [*begin(D.CONTROL_NONE), *ended(), gap]
    assert check_disruption(_case(events if lab else on_aws(events))).result is result


def test_that_a_control_orders_nothing_that_disrupts() -> None:
    closed = IntentRecorded(at(8.0), RUN, D.CONTROL_DISCONNECT, "ssm:TerminateSession", TARGET)
    onset = _case([*begin(D.CONTROL_DISCONNECT), closed, *ended()]).onset
    assert (onset.ordered, onset.earliest) == (None, None)


# -- what the film shows ---------------------------------------------------------------------------


def test_that_a_person_who_saw_no_shutdown_is_told() -> None:
    answer = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(False, "ann", at(20.0), "recording.mp4", 8.4))
    said = check_last_frame(_case([*begin(), *disrupted(), *ended(), *recorded(), answer]))
    asked = check_last_frame(_case([*begin(), *disrupted(), *ended(), *recorded(film=facts(tail=CONTENT))]))
    assert said.text() == "A person looked at the end and saw no shutdown."
    assert asked.text().endswith("say whether you see it.")


@pytest.mark.parametrize(
    ("film", "counts"), [("recording.mp4", True), ("another.mp4", False), ("", True), ("run/recording.mp4", True)]
)
def test_that_an_answer_counts_for_the_film_that_was_on_screen(film: str, counts: bool) -> None:
    answer = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(True, "ann", at(20.0), film, 8.4))
    run = [*begin(), *disrupted(), *ended(), *recorded(film=facts(tail=CONTENT))]
    assert (check_last_frame(_case([*run, answer])).result is HELD) is counts


def test_that_an_answer_on_a_film_that_was_not_saved_counts_for_none() -> None:
    answer = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(True, "ann", at(20.0), "recording.mp4", 8.4))
    film = [e for e in recorded(film=facts(tail=CONTENT)) if not isinstance(e, FilmSaved)]
    assert check_last_frame(_case([*begin(), *disrupted(), *ended(), *film, answer])).result is NOT_MADE


def test_that_a_picture_that_stood_still_is_why_a_film_does_not_contain_a_power_cut() -> None:
    skip = D.STOP_SKIP_OS_SHUTDOWN
    ordered = [replace(e, disruption_id=skip) if isinstance(e, IntentRecorded) else e for e in disrupted()]
    live, still = facts(tail=CONTENT, **NOT_PAINTED), facts(tail=CONTENT, idle=(Span(2.0, 8.5),), **NOT_PAINTED)
    short = facts(tail=CONTENT, duration_s=7.0, last_frame_pts_s=7.0, **NOT_PAINTED)
    causes = []
    for film in (live, still, short):
        events = on_aws([*begin(skip), *ordered, *ended(), *recorded(item(metadata=(("s", "s-1"),)), film)])
        causes.append(check_reaches_end(_case(events)).cause)
    assert causes == ["", "source-frozen", "film-without-disruption"]


@pytest.mark.parametrize("lacking", ["first_painted_at", "painted_at"])
def test_that_one_picture_s_clock_alone_does_not_say_how_long_it_stood(lacking: str) -> None:
    assert frozen_for_s(facts(**{**painted(), lacking: None})) is None
    assert frozen_for_s(facts()) is not None


@pytest.mark.parametrize(
    ("painted_s", "low_s", "high_s"),
    [
        (None, -6.0, 7.0),  # a recorder's clock alone
        (10.0, -6.0, 7.0),  # the picture's is another: neither bounds the other
        (-5.0, -6.0, 7.0),
        (0.6, -0.5, 1.5),  # they agree, to the resolution of the finer one
        (2.5, -0.5, 3.0),  # or to both
    ],
)
def test_that_two_clocks_that_agree_bound_a_film_s_own_time(
    painted_s: float | None, low_s: float, high_s: float
) -> None:
    created_at = at(0.0).replace(microsecond=0)
    painted_at = None if painted_s is None else shifted(created_at, painted_s)
    film = facts(created_at=created_at, first_painted_at=painted_at, painted_at=painted_at)
    found = left_open(film, stated_range(created_at), 0.5)
    assert (found.low_at, found.high_at) == (shifted(created_at, low_s), shifted(created_at, high_s))


def test_that_a_shutdown_that_a_person_sees_is_in_the_film_however_still_its_screen_stands() -> None:
    """The picture stands from half a second before the order, which is no sign of life, and ends two seconds after."""
    film = facts(idle=(Span(6.0, 8.5),), **NOT_PAINTED)
    found = recorded(item(metadata=(("session", "s-1"),)), film)
    answer = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(True, "ann", at(20.0), "recording.mp4", 8.4))
    events = on_aws([*begin(), *disrupted(), *ended(), *found])
    assert check_reaches_end(_case([*events, answer])).result is HELD
    unseen = check_reaches_end(_case(events))
    assert (unseen.result, unseen.cause) == (NOT_MADE, "film-without-disruption")


@pytest.mark.parametrize(("boot_s", "result"), [(-3600.0, HELD), (0.5, HELD), (5.0, NOT_MADE)])
def test_that_a_boot_of_before_the_session_disrupts_no_control(boot_s: float, result: CheckResult) -> None:
    """It was read after a time in which nobody could see the agent, and the baseline read none."""
    begun = [replace(e, boot_at=None) if isinstance(e, BaselineTaken) else e for e in begin(D.CONTROL_NONE)]
    gap = SourceUnread(at(20.0), RUN, Source.CONNECTION, at(9.0))
    events = [*begun, *ended(), gap, BootTimeRead(at(21.0), RUN, at(boot_s))]
    assert check_disruption(_case(events)).result is result


@pytest.mark.parametrize(("own", "result"), [(True, NOT_MADE), (False, HELD)])
def test_that_a_shutdown_in_a_film_of_somebody_speaks_against_no_control(own: bool, result: CheckResult) -> None:
    found = item(metadata=(("session", "s-1"),)) if own else item()
    events = [*begin(D.CONTROL_NONE), *ended(), *recorded(found, facts(created_at=None)), alone(complete=False)]
    check = check_disruption(_case(events))
    assert (check.result, check.cause) == (result, "" if result is HELD else "control-looks-like-shutdown")


@pytest.mark.parametrize(
    ("film", "film_at", "says_clock"),
    [
        ({"created_at": at(-300.0), **NOT_PAINTED}, at(-300.0), False),
        ({"created_at": None, "first_painted_at": at(-300.0), "painted_at": at(-291.5)}, at(-300.0), False),
        (
            {
                "created_at": None,
                "clock": FilmClock(at(-90_000.0 * 3), at(-90_000.0 * 3), ClockBasis.FLIP),
                **NOT_PAINTED,
            },
            None,
            True,
        ),
    ],
)
def test_that_it_is_said_of_when_another_session_s_film_is(
    film: dict[str, object], film_at: datetime | None, says_clock: bool
) -> None:
    events = on_aws([*begin(), *disrupted(), *ended(), *recorded(film=facts(**film))])
    check = check_own_recording(_case(events))
    assert check.cause == "other-session"
    fields = dict(check.fields)
    assert fields.get("film_at") == (moment(film_at) if film_at is not None else None)
    assert ("clock_at" in fields) is says_clock


def test_that_a_boot_time_that_is_told_in_another_zone_is_the_same_boot() -> None:
    """The baseline's is the one before: an hour later it would be of after the order."""
    begun = [replace(e, boot_at=at(-3590.0)) if isinstance(e, BaselineTaken) else e for e in begin(D.OS_REBOOT)]
    told = BootTimeRead(at(13.5), RUN, at(10.0))
    events = [*restarted()[:-1], told, *ended()]
    assert check_disruption(_case([*begun, *events])).result is NOT_MADE
    assert check_disruption(_case([*begin(D.OS_REBOOT), *events])).result is HELD


def test_that_a_wait_of_which_nobody_knows_the_end_is_none() -> None:
    read = Destination(True, True, None, looks=9)
    check = check_own_recording(case_of(state_of([*begin(), *disrupted(), *ended()]), read))
    assert (check.result, check.cause) == (NOT_MADE, "no-recording-yet")


@pytest.mark.parametrize("read_s", [-300.0, 9.0, 10.6])
def test_that_nobody_waited_less_than_not_at_all(read_s: float) -> None:
    """The last look was before the session left, or a clock was set back after it."""
    read = Destination(True, True, at(read_s), looks=9)
    check = check_own_recording(case_of(state_of([*begin(), *disrupted(), *ended()]), read))
    assert (check.result, check.cause) == (NOT_MADE, "no-recording-yet")
    assert dict(check.fields)["seconds"] == "0"


def test_that_a_session_was_over_when_it_was_first_seen_to_be() -> None:
    over = _unended(ended())
    later = [replace(e, at=at(30.0)) for e in over if isinstance(e, SessionLeftActive)]
    end = _case([*begin(D.CONTROL_NONE), *over, *later]).end
    assert end is not None
    assert end.range.high_at == at(10.65)


@pytest.mark.parametrize("by_hand", [True, False])
def test_that_a_stop_by_hand_is_by_nobody_knows_whom_and_an_ordered_one_is_not(by_hand: bool) -> None:
    done = [e for e in disrupted() if not by_hand or not isinstance(e, IntentRecorded | ActionAccepted)]
    check = check_disruption(_case([*begin(by_hand=by_hand), *done, *ended()]))
    assert check.result is HELD
    assert ("By whom is not known" in check.text()) is by_hand


@pytest.mark.parametrize("painted_s", [None, 3.4, 29.95])
def test_that_a_film_that_ends_early_does_so_unless_its_last_picture_s_clock_says_otherwise(
    painted_s: float | None,
) -> None:
    """Two seconds of a session of half a minute: they may lack what lies between, where the clock was painted."""
    film = facts(
        duration_s=2.0,
        last_frame_pts_s=2.0,
        first_painted_at=at(1.5) if painted_s is not None else None,
        painted_at=at(painted_s) if painted_s is not None else None,
        clock=FilmClock(at(1.5), at(1.7), ClockBasis.FLIP),  # a second clock for its begin
    )
    over = session(active=False, ended_at=at(30.0))
    found = item(modified_at=at(32.0).replace(microsecond=0), metadata=(("session", "s-1"),))
    closed: list[RunEvent] = [
        PhaseEntered(at(29.0), RUN, Phase.DISRUPTING),
        SessionLeftActive(at(30.6), RUN, over, at(29.8)),
    ]
    measured = BootTimeRead(at(-0.5), RUN, at(-3600.9), 3600.0, at(-1.0))  # the instance's clock is right
    events = [*begin(D.CONTROL_NONE), measured, *closed, *recorded(found, film)]
    there = Destination(True, True, at(100.0), looks=5, listed=1)
    check = check_reaches_end(case_of(state_of(on_aws(events)), there))
    assert (check.result, check.cause) == (NOT_MADE if painted_s == 29.95 else CONTRADICTED, "film-ends-early")


def test_that_a_key_that_names_the_session_is_believed_where_the_film_states_no_time() -> None:
    film = facts(created_at=None, **NOT_PAINTED)
    events = on_aws([*begin(), *disrupted(), *ended(), *recorded(item(key="rec/s-1.mp4"), film)])
    assert check_own_recording(_case(events)).result is HELD


@pytest.mark.case("V5")
@pytest.mark.parametrize(
    ("seen_s", "lost_s", "length_s", "cause"),
    [
        (9.0, 9.2, 7.8, ""),  # the agent goes while the film goes on
        (9.9, 9.95, 8.4, ""),  # the film may go on until then
        (9.9, 9.95, 7.4, "film-without-disruption"),  # a look still saw the agent when the film was over
        (10.6, 10.8, 7.4, "film-without-disruption"),  # a look after the session's end is old: the end counts
    ],
)
def test_that_a_film_that_is_over_while_the_agent_is_still_seen_does_not_contain_its_stop(
    seen_s: float, lost_s: float, length_s: float, cause: str
) -> None:
    film = facts(tail=CONTENT, duration_s=length_s, last_frame_pts_s=length_s)
    events: list[RunEvent] = [
        *begin(D.SSM_AGENT_STOP),
        IntentRecorded(at(6.0), RUN, D.SSM_AGENT_STOP, "ssm:SendCommand", TARGET),
        ConnectionChanged(at(lost_s), RUN, ConnectionStatus.NOT_CONNECTED, at(seen_s)),
        *ended(),
        ConnectionChanged(at(12.0), RUN, ConnectionStatus.CONNECTED, at(11.8)),
        *recorded(item(metadata=(("s", "s-1"),)), film),
    ]
    check = check_reaches_end(_case(on_aws(events)))
    assert (check.cause, "still seen" in check.text()) == (cause, bool(cause))


def _cut() -> list[RunEvent]:
    kind = D.STOP_SKIP_OS_SHUTDOWN
    return [replace(e, disruption_id=kind) if isinstance(e, IntentRecorded) else e for e in disrupted()]


@pytest.mark.case("V5")
@pytest.mark.parametrize(("answered_s", "cause"), [(8.1, ""), (9.8, "film-without-disruption")])
def test_that_a_call_may_reach_the_service_long_after_its_intent(answered_s: float, cause: str) -> None:
    """What shows nothing of itself is in the film when that goes on until the call was answered."""
    film = facts(tail=CONTENT, duration_s=7.5, last_frame_pts_s=7.5, painted_at=None, first_painted_at=None)
    kind = D.STOP_SKIP_OS_SHUTDOWN
    orders = [replace(e, at=at(answered_s)) if isinstance(e, ActionAccepted) else e for e in _cut()]
    events = [*begin(kind), *orders, *ended(), *recorded(item(metadata=(("s", "s-1"),)), film)]
    assert check_reaches_end(_case(on_aws(events))).cause == cause


@pytest.mark.case("V5")
@pytest.mark.parametrize(("painted_s", "cause"), [(9.0, ""), (8.9, "film-without-disruption")])
def test_that_a_painted_clock_tells_to_a_tenth_until_when_its_guest_lived(painted_s: float, cause: str) -> None:
    """The lab's clock is painted ten times a second: the last picture of a guest that is cut is up to so much older."""
    length_s = painted_s - 1.5 + 0.1
    film = facts(
        tail=CONTENT,
        dated_at=at(1.5),
        duration_s=length_s,
        last_frame_pts_s=length_s,
        first_painted_at=at(1.5),
        painted_at=at(painted_s),
    )
    orders = [replace(e, at=at(9.0)) if isinstance(e, ActionAccepted) else e for e in _cut()]
    events = [*begin(D.STOP_SKIP_OS_SHUTDOWN), *orders, *ended(), *recorded(item(metadata=(("s", "s-1"),)), film)]
    assert check_reaches_end(_case(events)).cause == cause


@pytest.mark.case("V5")
@pytest.mark.parametrize(("written_s", "cause"), [(10.0, ""), (9.0, "film-without-disruption")])
def test_that_what_was_written_while_the_agent_was_seen_does_not_show_a_cut(written_s: float, cause: str) -> None:
    """Whatever the clocks of recorder and guest say: both may be wrong by the same."""
    found = item(metadata=(("s", "s-1"),), modified_at=at(written_s).replace(microsecond=0))
    lost = [replace(e, not_before_at=at(10.6)) if isinstance(e, ConnectionChanged) else e for e in _cut()]
    film = facts(tail=CONTENT)
    events = [*begin(D.STOP_SKIP_OS_SHUTDOWN), *lost, *ended(at(11.0)), *recorded(found, film)]
    assert check_reaches_end(_case(events)).cause == cause


@pytest.mark.case("V5")
@pytest.mark.parametrize(("painted_s", "cause"), [(9.9, ""), (9.2, "film-without-disruption")])
def test_that_the_clock_in_the_last_picture_says_when_a_film_was_over(painted_s: float, cause: str) -> None:
    film = facts(tail=CONTENT, first_painted_at=at(1.5), painted_at=at(painted_s))
    events: list[RunEvent] = [
        *begin(D.SSM_AGENT_STOP),
        IntentRecorded(at(6.0), RUN, D.SSM_AGENT_STOP, "ssm:SendCommand", TARGET),
        ConnectionChanged(at(10.2), RUN, ConnectionStatus.NOT_CONNECTED, at(10.0)),
        *ended(),
        ConnectionChanged(at(12.0), RUN, ConnectionStatus.CONNECTED, at(11.8)),
        *recorded(item(metadata=(("s", "s-1"),)), film),
    ]
    assert check_reaches_end(_case(events)).cause == cause


@pytest.mark.case("V1")
@pytest.mark.parametrize(("stopped_s", "cause"), [(115.0, ""), (116.5, "end-cause-unknown")])
def test_that_a_stop_long_after_a_shutdown_in_the_film_may_be_of_another_cause(stopped_s: float, cause: str) -> None:
    """Where nobody could see the agent, somebody may have restarted Windows before EC2 had stopped it."""
    seen = [e for e in disrupted() if not isinstance(e, ConnectionChanged)][:-1]
    stopped = InstanceChanged(
        at(stopped_s + 3.0), RUN, InstanceState.STOPPED, "Client.UserInitiatedShutdown", "", at(stopped_s)
    )
    check = check_ended_after(_case([*begin(), *seen, stopped, *ended(), *recorded()]))
    assert check.cause == cause


@pytest.mark.case("V1")
@pytest.mark.parametrize(("stopped_s", "cause"), [(40.9, ""), (41.5, "end-cause-unknown")])
def test_that_what_went_on_for_half_a_minute_was_not_cut_with_its_agent(stopped_s: float, cause: str) -> None:
    """The agent is missed at 10.8 s; somebody may have stopped it before the power went."""
    seen = _cut()[:-1]
    stopped = InstanceChanged(
        at(stopped_s + 0.3), RUN, InstanceState.STOPPED, "Client.UserInitiatedShutdown", "", at(stopped_s)
    )
    events = [*begin(D.STOP_SKIP_OS_SHUTDOWN), *seen, stopped, *ended(), *recorded()]
    assert check_ended_after(_case(events)).cause == cause
