"""What was tried on the verdict, and fooled it: each case once, as the smallest journal that did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.film import Span, TailClass, TailMetrics
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.claims import ClaimId, claim_facts, judge_facts
from rdpgui.core.judging.judge import judge
from rdpgui.core.people_events import VisuallyConfirmed
from rdpgui.core.run import Phase
from rdpgui.core.run_events import (
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    PhaseEntered,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
    SessionSeenAgain,
    VerdictReached,
)
from rdpgui.core.session import AccessType, Session, SessionOrigin, SessionStatus
from rdpgui.core.verdict import CheckId, CheckResult, Verdict, VerdictValue, VisualConfirmation
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
    item,
    on_aws,
    recorded,
    restarted,
    session,
    state_of,
)

D = DisruptionId
FAIL, PASS, INCONCLUSIVE = VerdictValue.FAIL, VerdictValue.PASS, VerdictValue.INCONCLUSIVE
HEALTHY = Destination(True, True, at(100.0), looks=5, listed=1)
EMPTY = Destination(True, True, at(100.0), looks=5)
OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")
DESKTOP = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)
BY_INSTANCE = "Client.InstanceInitiatedShutdown"


def _judge(events: Sequence[RunEvent], destination: Destination = HEALTHY) -> Verdict:
    return judge(state_of(list(events)), destination)


def _cause(verdict: Verdict, check_id: CheckId) -> str:
    return next(check.cause for check in verdict.checks if check.check_id is check_id)


def _good(film: dict[str, object] | None = None) -> list[RunEvent]:
    return [*begin(), *disrupted(), *ended(), *recorded(film=facts(**(film or {})))]


def _shut_down_after(delay_s: int, left_s: float) -> list[RunEvent]:
    """``shutdown /s /t N`` accepted at 8 s; the session ends some seconds after it; the machine obeys at the delay."""
    first, *rest = begin(D.OS_SHUTDOWN)
    assert isinstance(first, RunStarted)
    down_s = 8.0 + delay_s
    film = facts(duration_s=6.5 + left_s, last_frame_pts_s=6.5 + left_s, tail=DESKTOP)
    over = session(status=SessionStatus.TERMINATED, active=False, ended_at=at(8.0 + left_s))
    return [
        replace(first, plan=replace(first.plan, os_delay_s=delay_s)),
        *rest,
        IntentRecorded(at(8.0), RUN, D.OS_SHUTDOWN, "ssm:SendCommand", TARGET),
        SessionLeftActive(at(8.6 + left_s), RUN, over, at(8.0 + left_s - 0.2)),
        ConnectionChanged(at(down_s + 0.6), RUN, ConnectionStatus.NOT_CONNECTED, at(down_s + 0.2)),
        InstanceChanged(at(down_s + 1.0), RUN, InstanceState.STOPPED, BY_INSTANCE, "", at(down_s + 0.6)),
        *recorded(item(modified_at=at(down_s + 5.0)), film),
    ]


@pytest.mark.case("V1", "V2")
@pytest.mark.parametrize("left_s", [0.0, 3.0, 6.0, 10.0, 14.0])
def test_that_a_session_that_ended_before_the_delay_of_the_order_was_over_was_not_ended_by_it(left_s: float) -> None:
    verdict = _judge(_shut_down_after(15, left_s))
    assert verdict.value is not PASS
    assert _cause(verdict, CheckId.ENDED_AFTER) == "session-ended-before"


@pytest.mark.case("V3")
@pytest.mark.parametrize("disruption_id", [D.EC2_STOP, D.EC2_REBOOT])
@pytest.mark.parametrize("lives_s", [20.0, 60.0])
def test_that_a_session_that_ended_long_before_the_machine_was_not_ended_by_the_order(
    disruption_id: DisruptionId, lives_s: float
) -> None:
    lost = ConnectionChanged(at(9.0 + lives_s), RUN, ConnectionStatus.NOT_CONNECTED, at(8.8 + lives_s))
    signs: list[RunEvent] = [lost]
    if disruption_id is D.EC2_STOP:
        code = "Client.UserInitiatedShutdown"
        signs.append(InstanceChanged(at(10.0 + lives_s), RUN, InstanceState.STOPPED, code, "", at(9.0 + lives_s)))
    else:
        back = ConnectionChanged(at(13.0 + lives_s), RUN, ConnectionStatus.CONNECTED, at(12.6 + lives_s))
        signs += [back, BootTimeRead(at(13.5 + lives_s), RUN, at(11.0 + lives_s))]
    intent = IntentRecorded(at(8.0), RUN, disruption_id, "ec2", TARGET)
    film = facts(duration_s=6.7, last_frame_pts_s=6.7, tail=DESKTOP)
    left = replace(_left(), session=session(active=False, ended_at=at(8.2)))
    verdict = _judge([*begin(disruption_id), intent, left, *signs, *recorded(film=film)])
    assert verdict.value is not PASS
    assert _cause(verdict, CheckId.ENDED_AFTER) == "session-ended-before"
    assert _cause(verdict, CheckId.LAST_FRAME) == "shutdown-not-seen"


def _left() -> SessionLeftActive:
    left = ended()[0]
    assert isinstance(left, SessionLeftActive)
    return left


@pytest.mark.case("V4")
@pytest.mark.parametrize("apart_s", [5.0, 13.4, 60.0, 118.0])
def test_that_by_hand_a_window_closed_before_the_reboot_was_not_closed_by_it(apart_s: float) -> None:
    down_s = 10.0 + apart_s
    signs: list[RunEvent] = [
        ConnectionChanged(at(down_s + 0.4), RUN, ConnectionStatus.NOT_CONNECTED, at(down_s)),
        ConnectionChanged(at(down_s + 4.0), RUN, ConnectionStatus.CONNECTED, at(down_s + 3.6)),
        BootTimeRead(at(down_s + 5.0), RUN, at(down_s + 3.0)),
    ]
    film = facts(tail=DESKTOP)
    verdict = _judge([*begin(D.OS_REBOOT, by_hand=True), *ended(), *signs, *recorded(film=film)])
    assert verdict.value is not PASS
    assert _cause(verdict, CheckId.ENDED_AFTER) == "session-ended-before"


@pytest.mark.case("V4")
def test_that_a_stop_whose_time_ec2_states_cannot_have_ended_a_session_before_it() -> None:
    stated = "User initiated (2026-01-05 09:00:22 GMT)"
    signs: list[RunEvent] = [
        ConnectionChanged(at(24.0), RUN, ConnectionStatus.NOT_CONNECTED, at(23.6)),
        InstanceChanged(at(25.0), RUN, InstanceState.STOPPED, "Client.UserInitiatedShutdown", stated, at(24.6)),
    ]
    verdict = _judge([*begin(D.OS_SHUTDOWN, by_hand=True), *ended(), *signs, *recorded(film=facts(tail=DESKTOP))])
    assert (verdict.value, verdict.cause) == (FAIL, "session-ended-before")


@pytest.mark.case("V5")
@pytest.mark.parametrize("before_s", [0.4, 1.0, 2.4])
def test_that_a_film_that_ends_before_the_call_does_not_contain_the_disruption(before_s: float) -> None:
    """The session ends right after the call, so the film's end is within the tolerance of it."""
    length_s = 6.5 - before_s
    film = facts(duration_s=length_s, last_frame_pts_s=length_s, tail=DESKTOP, dated_at=at(1.5))
    left = replace(_left(), session=session(active=False, ended_at=at(8.3)))
    verdict = _judge([*begin(), *disrupted(), left, *recorded(film=film)])
    assert verdict.value is not PASS
    assert _cause(verdict, CheckId.REACHES_END) == "film-without-disruption"


@pytest.mark.case("V6", "V7")
@pytest.mark.parametrize("boot_s", [-3602.0, -3598.0, -3595.0, -1800.0, -60.0, 5.0])
@pytest.mark.parametrize("flapped", [True, False])
def test_that_another_boot_time_before_the_order_is_no_restart(boot_s: float, flapped: bool) -> None:
    signs: list[RunEvent] = [BootTimeRead(at(13.5), RUN, at(boot_s))]
    if flapped:
        signs = restarted()[2:4] + signs
    intent = IntentRecorded(at(8.0), RUN, D.OS_REBOOT, "ssm:SendCommand", TARGET)
    verdict = _judge([*begin(D.OS_REBOOT), intent, *ended(), *signs, *recorded()])
    assert _cause(verdict, CheckId.DISRUPTION_PROVEN) == "disruption-not-proven"
    assert verdict.value is INCONCLUSIVE


@pytest.mark.case("V6")
def test_that_a_boot_after_the_order_without_any_sign_in_between_is_a_clock_that_was_set() -> None:
    intent = IntentRecorded(at(8.0), RUN, D.OS_REBOOT, "ssm:SendCommand", TARGET)
    events = [*begin(D.OS_REBOOT), intent, *ended(), BootTimeRead(at(13.5), RUN, at(12.0)), *recorded()]
    assert _judge(events).value is INCONCLUSIVE
    counted = [replace(e, uptime_s=1.5) if isinstance(e, BootTimeRead) else e for e in events]
    assert _judge(counted).value is PASS  # no correction of a clock moves the uptime counter


@pytest.mark.case("V8")
@pytest.mark.parametrize("corrected_s", [-2.0, 2.0, 300.0])
def test_that_a_corrected_guest_clock_disrupts_no_control(corrected_s: float) -> None:
    boot = BootTimeRead(at(9.0), RUN, at(-3600.0 + corrected_s))
    phase = PhaseEntered(at(8.0), RUN, Phase.DISRUPTING)
    film = recorded(film=facts(tail=DESKTOP))
    assert _judge([*begin(D.CONTROL_NONE), phase, boot, *ended(), *film]).value is PASS


def _other(**changes: object) -> Session:
    return session(**{"session_id": SessionId("s-2"), "target": OTHER, "started_at": at(0.5), **changes})


@pytest.mark.case("V9", "V10")
@pytest.mark.parametrize(
    "film",
    [{}, {"created_at": None, **NOT_PAINTED}, {"created_at": at(12.0), **NOT_PAINTED}],
    ids=["its time fits both", "no time", "time of writing"],
)
@pytest.mark.parametrize("target", [TARGET, OTHER])
def test_that_a_film_that_another_session_could_have_made_is_not_taken_for_this_one_s(
    film: dict[str, object], target: InstanceId
) -> None:
    other = _other(target=target, active=False, ended_at=at(10.2))
    found = recorded(item(), facts(**film))[:-1]
    verdict = _judge(on_aws([*begin(), *disrupted(), *ended(), *found, alone(other)]))
    assert verdict.value is INCONCLUSIVE
    assert _cause(verdict, CheckId.OWN_RECORDING) in ("looks-alike", "not-placed", "other-session")


@pytest.mark.case("V9")
def test_that_a_film_without_a_name_is_nobody_s_while_the_other_sessions_are_not_known() -> None:
    events = [e for e in _good() if not isinstance(e, NeighboursRead)]
    assert _cause(_judge(events), CheckId.OWN_RECORDING) == "neighbours-unknown"
    assert _cause(_judge([*events, alone(complete=False)]), CheckId.OWN_RECORDING) == "neighbours-unknown"


@pytest.mark.case("V9")
def test_that_a_name_tells_the_recording_apart() -> None:
    other = _other(active=False, ended_at=at(10.2))
    named = facts(description="connection c-1, session s-1")
    assert _judge([*begin(), *disrupted(), *ended(), *recorded(film=named)[:-1], alone(other)]).value is PASS
    foreign = facts(description="connection c-2, session s-2")
    verdict = _judge([*begin(), *disrupted(), *ended(), *recorded(film=foreign)[:-1], alone(other)])
    assert _cause(verdict, CheckId.OWN_RECORDING) == "other-session"


@pytest.mark.case("V9")
@pytest.mark.parametrize(
    ("found", "cause"),
    [
        (item(bucket="elsewhere"), "other-bucket"),
        (item(modified_at=at(-5.0)), "stale-object"),
        (item(metadata=(("session", "s-2"),)), "other-session"),
        (item(metadata=(("instance", OTHER),)), "other-session"),
    ],
)
def test_that_an_object_that_cannot_be_the_recording_is_not(found: object, cause: str) -> None:
    other = _other(active=False, ended_at=at(0.9))
    events = [*begin(), *disrupted(), *ended(), *recorded(found)[:-1], alone(other)]  # type: ignore[arg-type]
    verdict = _judge(events)
    assert verdict.value is not PASS
    assert _cause(verdict, CheckId.OWN_RECORDING) == cause


@pytest.mark.case("V11")
def test_that_a_film_without_the_painted_clock_is_not_the_lab_s() -> None:
    verdict = _judge(_good(NOT_PAINTED))
    assert (verdict.value, verdict.cause) == (FAIL, "no-painted-clock")


@pytest.mark.case("V11", "V12")
@pytest.mark.parametrize("tail", [TailClass.BLACK, TailClass.UNIFORM, TailClass.CONTENT, None])
def test_that_on_aws_a_shutdown_that_nobody_sees_is_not_shown(tail: TailClass | None) -> None:
    metrics = None if tail is None else replace(DESKTOP, tail_class=tail)
    events = on_aws(_good({"tail": metrics, "duration_s": 8.9, "last_frame_pts_s": 8.9, **NOT_PAINTED}))
    verdict = _judge(events)
    assert (verdict.value, _cause(verdict, CheckId.LAST_FRAME)) == (INCONCLUSIVE, "shutdown-not-seen")
    yes, no = (VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(seen, "ito", at(20.0))) for seen in (True, False))
    assert _judge([*events, yes]).value is PASS
    assert _judge([*events, no]).value is INCONCLUSIVE


@pytest.mark.case("V12")
@pytest.mark.parametrize("tail", [*TailClass, None])
@pytest.mark.parametrize("disruption_id", [D.EC2_STOP, D.STOP_SKIP_OS_SHUTDOWN, D.CONTROL_NONE])
@pytest.mark.parametrize(
    "still",
    [
        {"idle": (Span(2.0, 8.9),), "last_frame_pts_s": 8.9},
        {"last_frame_pts_s": 2.4},
        {"frame_count": 1, "last_frame_pts_s": 8.9},
    ],
    ids=["frozen", "last picture held", "one picture"],
)
def test_that_a_picture_that_stood_still_shows_no_end(
    still: dict[str, object], disruption_id: DisruptionId, tail: TailClass | None
) -> None:
    metrics = None if tail is None else replace(DESKTOP, tail_class=tail)
    film = facts(tail=metrics, duration_s=8.9, **still, **NOT_PAINTED)
    signs = [] if disruption_id is D.CONTROL_NONE else disrupted()
    signs = [replace(e, disruption_id=disruption_id) if isinstance(e, IntentRecorded) else e for e in signs]
    confirmed = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(True, "ito", at(20.0)))
    verdict = _judge(on_aws([*begin(disruption_id), *signs, *ended(), *recorded(film=film), confirmed]))
    assert verdict.value is INCONCLUSIVE
    assert _cause(verdict, CheckId.LAST_FRAME) == "source-frozen"


@pytest.mark.case("V12")
@pytest.mark.parametrize("disruption_id", [D.STOP_SKIP_OS_SHUTDOWN, D.CONTROL_NONE])
def test_that_a_black_end_shows_no_desktop(disruption_id: DisruptionId) -> None:
    film = facts(tail=replace(DESKTOP, tail_class=TailClass.BLACK), duration_s=8.9, last_frame_pts_s=8.9, **NOT_PAINTED)
    signs = [] if disruption_id is D.CONTROL_NONE else disrupted()
    signs = [replace(e, disruption_id=disruption_id) if isinstance(e, IntentRecorded) else e for e in signs]
    verdict = _judge(on_aws([*begin(disruption_id), *signs, *ended(), *recorded(film=film)]))
    assert _cause(verdict, CheckId.LAST_FRAME) == "picture-empty"


@pytest.mark.case("V13")
def test_that_the_access_type_of_the_session_decides_the_claim() -> None:
    jit = [
        replace(e, session=replace(e.session, access_type=AccessType.JUST_IN_TIME))
        if isinstance(e, SessionAttached | SessionLeftActive)
        else e
        for e in _good()
    ]
    for events, counts in ((_good(), True), (jit, False)):
        verdict = _judge(events)
        assert verdict.value is PASS
        run = state_of([*events, VerdictReached(at(30.0), RUN, verdict)])
        c4 = next(claim for claim in judge_facts([claim_facts(run)]) if claim.claim_id is ClaimId.C4)
        assert bool(c4.supporting) is counts


def _stepped(events: list[RunEvent], step_s: float, from_s: float) -> list[RunEvent]:
    """The local clock is set at a moment: what was seen later carries the new time."""
    moved: list[RunEvent] = []
    for event in events:
        seconds = (event.at - at(0.0)).total_seconds()
        if seconds <= from_s:
            moved.append(event)
            continue
        event = replace(event, at=at(seconds + step_s))
        if isinstance(event, ConnectionChanged | InstanceChanged) and event.not_before_at is not None:
            before_s = (event.not_before_at - at(0.0)).total_seconds()
            event = replace(event, not_before_at=at(before_s + step_s)) if before_s > from_s else event
        if isinstance(event, SessionLeftActive):
            before_s = (event.last_active_at - at(0.0)).total_seconds()
            event = replace(event, last_active_at=at(before_s + step_s)) if before_s > from_s else event
        moved.append(event)
    sample = ClockSampled(at(from_s + 0.5 + step_s), RUN, 100.5 + from_s, "life", None, None)
    index = next(i for i, e in enumerate(events) if (e.at - at(0.0)).total_seconds() > from_s)
    return [*moved[:index], sample, *moved[index:]]


@pytest.mark.case("V14")
def test_that_a_film_that_lacks_its_end_does_not_reach_it_by_a_clock_that_was_set_back() -> None:
    short = facts(duration_s=1.0, last_frame_pts_s=1.0, dated_at=at(1.5))
    whole = [*begin(), *disrupted(), *ended(), *recorded(film=short)]
    for step_s in (-8.0, -4.0, 8.0):
        assert _judge(_stepped(whole, step_s, 5.0)).value is not PASS


@pytest.mark.case("V15")
@pytest.mark.parametrize("step_s", [-4.0, 2.0, 4.0])
def test_that_a_clock_that_was_set_fails_no_good_run(step_s: float) -> None:
    assert _judge(_stepped(_good(), step_s, 5.0)).value in (PASS, INCONCLUSIVE)


@pytest.mark.case("V14")
def test_that_a_journal_without_clock_samples_lets_nothing_rest_on_the_local_clock() -> None:
    verdict = _judge([e for e in _good() if not isinstance(e, ClockSampled)])
    assert (verdict.value, _cause(verdict, CheckId.REACHES_END)) == (INCONCLUSIVE, "clock-not-tracked")


@pytest.mark.case("V16")
@pytest.mark.parametrize(("looks", "value"), [(None, INCONCLUSIVE), (0, INCONCLUSIVE), (1, INCONCLUSIVE), (5, FAIL)])
def test_that_a_deadline_that_passed_while_nobody_looked_is_none(looks: int | None, value: VerdictValue) -> None:
    verdict = _judge([*begin(), *disrupted(), *ended()], replace(EMPTY, looks=looks))
    assert verdict.value is value


@pytest.mark.case("V17")
@pytest.mark.parametrize("unread", ["object-unreadable", ""])
def test_that_what_is_listed_and_unread_is_not_missing(unread: str) -> None:
    verdict = _judge([*begin(), *disrupted(), *ended()], replace(EMPTY, listed=1, unread=unread))
    assert (verdict.value, _cause(verdict, CheckId.OWN_RECORDING)) == (INCONCLUSIVE, "object-unreadable")


@pytest.mark.case("V18")
def test_that_a_session_that_is_listed_again_has_not_ended() -> None:
    early = replace(_left(), at=at(3.0), session=session(active=False), last_active_at=at(2.6))
    again = SessionSeenAgain(at(3.8), RUN, session())
    assert _judge([*begin(), early, again, *disrupted(), *ended(), *recorded()]).value is PASS
    verdict = _judge([*begin(), early, again, *disrupted()], EMPTY)
    assert _cause(verdict, CheckId.ENDED_AFTER) == "session-end-not-seen"


@pytest.mark.case("V19")
def test_that_a_refused_answer_is_no_refusal() -> None:
    answer = ActionFailed(at(8.1), RUN, "ec2:StopInstances", "RequestLimitExceeded", outcome_known=True)
    signs = disrupted()
    verdict = _judge([*begin(), *signs[:2], answer, *signs[3:], *ended(), *recorded()])
    assert verdict.value is PASS


@pytest.mark.case("V20")
@pytest.mark.parametrize(
    ("origin", "value"),
    [
        (SessionOrigin.UNKNOWN, INCONCLUSIVE),
        (SessionOrigin.PERSON, INCONCLUSIVE),
        (SessionOrigin.PROGRAM, FAIL),
        (SessionOrigin.CONSOLE_EVENT, FAIL),
    ],
)
def test_that_a_session_that_may_be_a_tunnel_lacks_no_recording(origin: SessionOrigin, value: VerdictValue) -> None:
    events = [replace(e, origin=origin) if isinstance(e, SessionAttached) else e for e in begin()]
    assert _judge([*events, *disrupted(), *ended()], EMPTY).value is value


@pytest.mark.case("V21")
@pytest.mark.parametrize(
    ("used", "bucket_key", "result"),
    [
        ("", None, CheckResult.HELD),
        ("arn:aws:kms:us-east-1:111122223333:key/p", None, CheckResult.HELD),
        ("arn:aws:kms:us-east-1:111122223333:key/b", "b", CheckResult.HELD),
        ("arn:aws:kms:us-east-1:111122223333:key/x", "b", CheckResult.NOT_MADE),
        ("arn:aws:kms:us-east-1:111122223333:key/x", None, CheckResult.NOT_MADE),
    ],
)
def test_that_an_object_under_a_key_that_nobody_named_is_not_taken(
    used: str, bucket_key: str | None, result: CheckResult
) -> None:
    first, baseline, *rest = begin()
    assert isinstance(baseline, BaselineTaken)
    key = replace(baseline.preferences, kms_key_arn="arn:aws:kms:us-east-1:111122223333:key/p")
    events = [first, replace(baseline, preferences=key), *rest, *disrupted(), *ended(), *recorded(item(kms_key=used))]
    verdict = _judge(events, replace(HEALTHY, bucket_key=bucket_key))
    assert next(c.result for c in verdict.checks if c.check_id is CheckId.OWN_RECORDING) is result


@pytest.mark.case("V21")
def test_that_an_instance_that_was_terminated_was_not_stopped() -> None:
    gone = InstanceChanged(at(11.2), RUN, InstanceState.TERMINATED, "Client.UserInitiatedShutdown", "", at(10.8))
    verdict = _judge([*begin(), *disrupted()[:-1], gone, *ended(), *recorded()])
    assert _cause(verdict, CheckId.DISRUPTION_PROVEN) == "other-disruption"


def test_that_a_candidate_that_was_not_inspected_is_not_the_recording() -> None:
    verdict = _judge([*begin(), *disrupted(), *ended(), CandidatesFound(at(13.0), RUN, (item(),)), alone()])
    assert verdict.value is INCONCLUSIVE


def test_that_a_restart_without_a_boot_time_stands_when_a_person_sees_the_shutdown() -> None:
    """Unarmed, the boot time is not read: Run Command is an order."""
    film = facts(duration_s=8.9, last_frame_pts_s=8.9, **NOT_PAINTED)
    events = on_aws([*begin(D.OS_REBOOT, by_hand=True), *ended(), *restarted()[2:4], *recorded(film=film)])
    assert _cause(_judge(events), CheckId.DISRUPTION_PROVEN) == "boot-time-unknown"
    confirmed = VisuallyConfirmed(at(20.0), RUN, VisualConfirmation(True, "ito", at(20.0)))
    assert _judge([*events, confirmed]).value is PASS
    assert _judge([*events[:-4], *events[-3:], confirmed]).value is not PASS
