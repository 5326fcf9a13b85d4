"""The six checks, each on its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.film import Break, BreakWhy, TailClass, TailMetrics
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import Destination, case_of, match_recording
from rdpgui.core.judging.judge import judge, verdict_of
from rdpgui.core.judging.own_film import MatchKind, new_objects
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.recording import Denial
from rdpgui.core.run import Phase
from rdpgui.core.run_events import (
    ActionFailed,
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
    SessionLeftActive,
)
from rdpgui.core.session import SessionStatus
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
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
    recorded,
    restarted,
    session,
    state_of,
)

DENIAL = Denial(at(12.0), "kms:GenerateDataKey", "key", "AccessDenied", "no")
HEALTHY = Destination(True, True, at(100.0), looks=5)
D, H, C, N = DisruptionId, CheckResult.HELD, CheckResult.CONTRADICTED, CheckResult.NOT_MADE
OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")


def _check(events: list[RunEvent], check_id: CheckId, destination: Destination = HEALTHY) -> Check:
    verdict = judge(state_of(events), destination)
    return next(check for check in verdict.checks if check.check_id is check_id)


def _judge(events: list[RunEvent]) -> Verdict:
    return judge(state_of(events), HEALTHY)


def test_that_a_run_whose_six_checks_hold_passes() -> None:
    verdict = _judge([*begin(), *disrupted(), *ended(), *recorded()])
    assert [check.result for check in verdict.checks] == [H] * 6
    assert (verdict.value, verdict.cause, verdict.reasons) == (VerdictValue.PASS, "", ())
    assert verdict.gap is not None and verdict.gap.low_s <= 0.0 <= verdict.gap.high_s


@pytest.mark.parametrize("broken", list(CheckId))
@pytest.mark.parametrize("result", [C, N])
def test_that_one_check_that_does_not_hold_is_enough(broken: CheckId, result: CheckResult) -> None:
    checks = tuple(Check(c, result if c is broken else H, "", cause="why") for c in CheckId)
    assert verdict_of(checks) is (VerdictValue.FAIL if result is C else VerdictValue.INCONCLUSIVE)
    assert verdict_of(tuple(c for c in checks if c.check_id is not broken)) is not VerdictValue.PASS


# -- (a) ---------------------------------------------------------------------


def _halt(code: str, reason: str = "") -> list[RunEvent]:
    return [
        replace(e, state_reason_code=code, state_transition_reason=reason) if isinstance(e, InstanceChanged) else e
        for e in disrupted()
    ]


@pytest.mark.parametrize(
    ("disruption_id", "events", "result", "cause"),
    [
        (D.EC2_STOP, disrupted(), H, ""),
        (D.EC2_STOP, _halt("Client.InstanceInitiatedShutdown"), N, "other-disruption"),
        (D.EC2_STOP, _halt("", "User initiated (2026-01-05 09:00:08 GMT)"), H, ""),
        (D.EC2_STOP, _halt(""), N, "reason-unknown"),
        (D.EC2_STOP, disrupted()[:3], N, "disruption-not-proven"),
        (D.OS_REBOOT, restarted(), H, ""),
        (D.OS_REBOOT, restarted()[:-1], N, "boot-time-unknown"),
        (D.OS_REBOOT, restarted()[:2], N, "disruption-not-proven"),
        (D.OS_REBOOT, [*restarted()[:-1], BootTimeRead(at(13.5), RUN, at(-3599.0))], N, "disruption-not-proven"),
        (D.OS_REBOOT, [*restarted(), InstanceChanged(at(14), RUN, InstanceState.STOPPED, "", "", None)], N,
         "other-disruption"),
        (D.EC2_REBOOT, [], N, "not-disrupted"),
        (D.EC2_STOP, [*disrupted()[:2], ActionFailed(at(8.1), RUN, "ec2:StopInstances", "no", False),
                      ActionFailed(at(12.1), RUN, "ec2:StopInstances", "no", True)], N, "action-refused"),
        (D.EC2_STOP, [*disrupted()[:2], ActionFailed(at(8.1), RUN, "ec2:StopInstances", "no", True)], N,
         "disruption-not-proven"),
        (D.EC2_STOP, [ActionFailed(at(8.1), RUN, "ec2:StopInstances", "no", True)], N, "action-refused"),
        (D.EC2_STOP, [*disrupted()[:2], ActionFailed(at(8.1), RUN, "ec2:StopInstances", "?", False),
                      *disrupted()[3:]], H, ""),
        (D.EC2_STOP, [IntentRecorded(at(8.0), RUN, D.EC2_STOP, "ec2:StopInstances", OTHER)], C, "wrong-instance"),
    ],
)  # fmt: skip
def test_that_a_disruption_counts_only_when_proven(
    disruption_id: DisruptionId, events: list[RunEvent], result: CheckResult, cause: str
) -> None:
    check = _check([*begin(disruption_id), *events, *ended()], CheckId.DISRUPTION_PROVEN)
    assert (check.result, check.cause) == (result, cause)


SHUTDOWN_TAIL = TailMetrics(TailClass.SOLID_TEXT, 60.0, 20.0, 0.9, 0.02)
DESKTOP_TAIL = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)
LOST: list[RunEvent] = [
    ConnectionChanged(at(9.0), RUN, ConnectionStatus.NOT_CONNECTED, at(8.6)),
    ConnectionChanged(at(9.4), RUN, ConnectionStatus.CONNECTED, at(9.0)),
]


@pytest.mark.parametrize(
    ("events", "tail", "result", "cause"),
    [
        ([], DESKTOP_TAIL, H, ""),
        ([], SHUTDOWN_TAIL, N, "control-looks-like-shutdown"),
        (LOST, DESKTOP_TAIL, N, "control-disrupted"),
        ([ConnectionChanged(at(12.0), RUN, ConnectionStatus.NOT_CONNECTED, at(11.0))], DESKTOP_TAIL, N,
         "control-disrupted"),
        ([*LOST, BootTimeRead(at(9.6), RUN, at(-3600.0))], DESKTOP_TAIL, H, ""),
        ([*LOST, BootTimeRead(at(9.6), RUN, at(9.1))], DESKTOP_TAIL, C, "control-disrupted"),
        ([InstanceChanged(at(9.0), RUN, InstanceState.STOPPING, "", "", None)], DESKTOP_TAIL, C, "control-disrupted"),
        ([BootTimeRead(at(9.0), RUN, at(-3600.4))], DESKTOP_TAIL, H, ""),
    ],
)  # fmt: skip
def test_that_a_control_must_disrupt_nothing(
    events: list[RunEvent], tail: TailMetrics, result: CheckResult, cause: str
) -> None:
    run = [*begin(D.CONTROL_NONE), PhaseEntered(at(8.0), RUN, Phase.DISRUPTING), *events, *ended()]
    check = _check([*run, *recorded(film=facts(tail=tail))], CheckId.DISRUPTION_PROVEN)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.parametrize(
    ("events", "what"),
    [
        (_halt("Client.InstanceInitiatedShutdown")[3:], D.OS_SHUTDOWN),
        (disrupted()[3:], D.EC2_STOP),
        (restarted()[2:], D.OS_REBOOT),
        ([], None),
    ],
)
def test_that_what_a_person_did_by_hand_is_recognised(events: list[RunEvent], what: DisruptionId | None) -> None:
    run = state_of([*begin(D.OS_REBOOT, by_hand=True), *events, *ended(), *recorded()])
    assert proven_disruption(run) is what
    passed = judge(run, HEALTHY).value is VerdictValue.PASS
    assert passed == (what is not None)


# -- (b) ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ended_s", "last_active_s", "result", "cause"),
    [
        (10.0, 9.8, H, ""),
        (10.0, 7.0, H, ""),
        (6.0, 5.9, C, "session-ended-before"),
        (8.02, 7.9, N, "session-end-order-unknown"),
    ],
)
def test_that_the_session_must_end_after_the_disruption(
    ended_s: float, last_active_s: float, result: CheckResult, cause: str
) -> None:
    left = ended(at(ended_s))[0]
    assert isinstance(left, SessionLeftActive)
    events = [*begin(), *disrupted(), replace(left, last_active_at=at(last_active_s))]
    check = _check(events, CheckId.ENDED_AFTER)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.case("V18")
@pytest.mark.parametrize(
    ("status", "ended_s", "result"),
    [
        (SessionStatus.CONNECTED, None, N),  # two listings lacked it: listings may
        (SessionStatus.TERMINATED, None, C),  # the service says so
        (SessionStatus.CONNECTED, 6.0, C),
    ],
)
def test_that_a_session_that_is_only_not_listed_before_the_order_may_go_on(
    status: SessionStatus, ended_s: float | None, result: CheckResult
) -> None:
    over = replace(session(active=False), status=status, ended_at=None if ended_s is None else at(ended_s))
    left = SessionLeftActive(at(6.2), RUN, over, at(5.5))
    check = _check([*begin(), *disrupted(), left], CheckId.ENDED_AFTER)
    assert (check.result, check.cause) == (result, "session-ended-before")


def test_that_an_end_that_was_not_seen_is_not_made() -> None:
    assert _check([*begin(), *disrupted()], CheckId.ENDED_AFTER).cause == "session-end-not-seen"


# -- (c) ---------------------------------------------------------------------


def _found(*items_and_films: tuple[str, datetime | None, str]) -> list[RunEvent]:
    """Return candidates with (key, creation time, sha256)."""
    events: list[RunEvent] = [CandidatesFound(at(13), RUN, tuple(item(key=key) for key, _, _ in items_and_films))]
    for key, created_at, sha256 in items_and_films:
        events.append(FilmSaved(at(13.1), RUN, key, "f", sha256, "c", True))
        events.append(FilmInspected(at(13.2), RUN, key, facts(created_at=created_at), "p", ""))
    return [*events, alone()]


GOOD = facts().created_at


@pytest.mark.parametrize(
    ("events", "result", "cause"),
    [
        (recorded(), H, ""),
        (recorded(item(modified_at=at(-900.0))), C, "stale-object"),
        (recorded(film=facts(created_at=at(-900.0))), N, "other-session"),
        (recorded(film=facts(duration_s=60.0)), N, "other-session"),
        (recorded(film=facts(duration_s=70.0)), N, "other-session"),
        (recorded(film=facts(title=f"LAB {OTHER}")), C, "other-session"),
        (recorded(film=facts(title=f"LAB {TARGET}")), H, ""),
        (recorded(item(metadata=(("instance", OTHER),))), N, "other-session"),
        (recorded(film=facts(created_at=at(300.0))), N, "clock-skew"),
        (recorded(film=facts(created_at=None)), H, ""),
        (_found(("a", GOOD, "1"), ("b", GOOD, "1")), H, ""),
        (_found(("a", GOOD, "1"), ("b", at(-900.0), "2")), H, ""),
        (_found(("a", GOOD, "1"), ("b", GOOD, "2")), N, "several-candidates"),
        (_found(("a", at(-900.0), "1"), ("b", at(-900.0), "2")), N, "several-candidates"),
        ([CandidatesFound(at(13), RUN, (item(),))], N, "not-inspected"),
    ],
)
def test_that_the_recording_must_be_this_session_s(events: list[RunEvent], result: CheckResult, cause: str) -> None:
    check = _check([*begin(), *disrupted(), *ended(), *events], CheckId.OWN_RECORDING)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.parametrize(
    ("destination", "result", "cause"),
    [
        (HEALTHY, C, "recording-missing"),
        (Destination(True, True, at(15.0)), N, "no-recording-yet"),
        (Destination(False, True), N, "destination-unreadable"),
        (Destination(True, False, at(100.0)), N, "preferences-changed"),
        (Destination(True, True, at(100.0), denials=(DENIAL,), looks=5), N, "destination-refused"),
        (Destination(True, True, at(15.0), denials=(DENIAL,)), N, "no-recording-yet"),
    ],
)
def test_that_a_missing_recording_fails_only_where_it_would_have_been_seen(
    destination: Destination, result: CheckResult, cause: str
) -> None:
    check = _check([*begin(), *disrupted(), *ended()], CheckId.OWN_RECORDING, destination)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.parametrize(
    ("events", "says"),
    [
        (recorded(item(modified_at=at(-900.0))), "lay there before: it is of 2026-01-05T08:45:00"),
        (recorded(film=facts(created_at=at(-900.0))), "another session, an earlier one that arrived late: its film"),
        (recorded(film=facts(duration_s=60.0)), "its film is 60.0 s long, longer than the session"),
        (recorded(film=facts(title=f"LAB {OTHER}")), "names another instance"),
        (
            _found(("a", at(-900.0), "1"), ("b", at(-900.0), "2")),
            "cannot be told apart: a of 2026-01-05T09:00:12+00:00 up to b of 2026-01-05T09:00:12+00:00",
        ),
    ],
)
def test_that_an_object_that_is_not_the_recording_is_told_from_a_late_and_an_old_one(
    events: list[RunEvent], says: str
) -> None:
    assert says in _check([*begin(), *disrupted(), *ended(), *events], CheckId.OWN_RECORDING).text()


def _occupied(*keys: str) -> list[RunEvent]:
    known = tuple((key, "old etag") for key in keys)
    return [replace(e, object_keys=known) if isinstance(e, BaselineTaken) else e for e in begin()]


def test_that_a_destination_with_older_objects_is_said() -> None:
    missing = _check([*_occupied("a", "b"), *disrupted(), *ended()], CheckId.OWN_RECORDING)
    assert (missing.result, missing.cause) == (C, "recording-missing")
    assert "the destination holds only older objects (2)" in missing.text()
    replaced = _check([*_occupied(item().key), *disrupted(), *ended(), *recorded()], CheckId.OWN_RECORDING)
    assert replaced.result is H
    assert f"{item().key} replaced an older object" in replaced.text()


def test_that_no_recording_is_expected_of_a_session_that_goes_on() -> None:
    assert _check([*begin(), *disrupted()], CheckId.OWN_RECORDING).cause == "session-active"


def test_that_only_objects_that_are_new_in_the_window_are_candidates() -> None:
    listing = [
        item(key="old", etag="e0"),
        item(key="old", etag="e1"),
        item(key="early", modified_at=at(-10.0)),
        item(key="new"),
    ]
    found = new_objects([("old", "e0")], listing, session().started_at)
    assert [(o.key, o.etag) for o in found] == [("new", "e"), ("old", "e1")]


def test_that_nothing_found_is_no_match() -> None:
    assert match_recording(state_of(begin())).kind is MatchKind.NONE


# -- (d), (e), (f) -------------------------------------------------------------


def _saved(matched: bool | None) -> list[RunEvent]:
    return [replace(e, checksum_matched=matched) if isinstance(e, FilmSaved) else e for e in recorded()]


@pytest.mark.case("F1", "F10")
@pytest.mark.parametrize(
    ("events", "result", "cause"),
    [
        (_saved(True), H, ""),
        (_saved(None), H, ""),
        (_saved(False), N, "checksum-mismatch"),
        (recorded(film=facts(truncated=True)), C, "film-truncated"),
        (recorded(film=facts(holes=(Break(2.0, 1.5, BreakWhy.FRAGMENTS_MISSING),))), N, "film-has-hole"),
        (recorded(film=facts(joins=(Break(2.0, 0.0, BreakWhy.SECOND_INDEX),))), N, "film-joined"),
        (recorded(film=facts(joins=(Break(2.0, -1.0, BreakWhy.STORED_TWICE),))), N, "film-disordered"),
        (recorded(film=facts(joins=(Break(2.0, -1.0, BreakWhy.OUT_OF_ORDER),))), N, "film-disordered"),
        (recorded(film=facts(hidden_frames=9, hidden_end_s=3.0)), N, "film-end-hidden"),
        (recorded(film=facts(hidden_frames=9)), H, ""),
        (recorded(film=facts(encrypted="cenc", encrypted_from_s=3.0)), N, "film-encrypted"),
        (recorded(film=facts(encrypted="cenc")), H, ""),
        (recorded(film=facts(size_bytes=999)), N, "size-differs"),
        (recorded(item(size_bytes=0)), C, "object-empty"),
        ([*recorded()[:2], FilmInspected(at(13.2), RUN, KEY, None, "", "no moov"), alone()], C, "not-a-film"),
        (recorded()[:2], N, "not-inspected"),
        (recorded()[:1], N, "no-recording"),
        ([], N, "no-recording"),
    ],
)
def test_that_the_bytes_must_be_a_whole_film(events: list[RunEvent], result: CheckResult, cause: str) -> None:
    check = _check([*begin(), *disrupted(), *ended(), *events], CheckId.INTEGRITY)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.parametrize(
    ("early_s", "result", "cause"),
    [
        (0.0, H, ""),
        (1.0, H, ""),
        (2.0, N, "film-without-disruption"),  # what it shows may be of before the order could act
        (3.0, N, "gap-too-coarse"),
        (4.2, N, "film-ends-early"),
        (6.5, C, "film-ends-early"),
        (8.4, C, "film-ends-early"),
    ],
)
def test_that_the_film_must_reach_the_session_s_end(early_s: float, result: CheckResult, cause: str) -> None:
    film = facts(duration_s=8.5 - early_s, last_frame_pts_s=8.5 - early_s)
    check = _check([*begin(), *disrupted(), *ended(), *recorded(film=film)], CheckId.REACHES_END)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.case("F10")
def test_that_an_end_that_an_edit_list_hides_is_not_taken_for_the_film_s() -> None:
    film = facts(duration_s=2.0, last_frame_pts_s=2.0, hidden_frames=65, hidden_end_s=6.5)
    check = _check([*begin(), *disrupted(), *ended(), *recorded(film=film)], CheckId.REACHES_END)
    assert (check.result, check.cause) == (N, "film-end-hidden")


def _skewed(low_s: float, high_s: float) -> list[RunEvent]:
    return [
        replace(e, clock_offset_low_s=low_s, clock_offset_high_s=high_s)
        if isinstance(e, BaselineTaken)
        else replace(e, offset_low_s=low_s, offset_high_s=high_s)
        if isinstance(e, ClockSampled)
        else e
        for e in begin()
    ]


@pytest.mark.parametrize("bounds", [(299.0, 300.0), (-300.0, -299.0), (-86400.0, 86400.0)])
def test_that_a_wrong_local_clock_decides_nothing(bounds: tuple[float, float]) -> None:
    check = _check([*_skewed(*bounds), *disrupted(), *ended(), *recorded()], CheckId.REACHES_END)
    assert (check.result, check.cause) == (N, "clock-skew")


@pytest.mark.parametrize(
    ("first_s", "last_s", "check_id", "result", "cause"),
    [
        (1.5, 9.9, CheckId.LAST_FRAME, H, ""),
        (1.5, 8.0, CheckId.LAST_FRAME, N, "source-frozen"),
        (301.5, 309.9, CheckId.REACHES_END, N, "clock-skew"),
        (301.5, 309.9, CheckId.LAST_FRAME, H, ""),
    ],
)
def test_that_the_painted_clock_shows_a_frozen_source_and_a_wrong_clock(
    first_s: float, last_s: float, check_id: CheckId, result: CheckResult, cause: str
) -> None:
    film = facts(first_painted_at=at(first_s), painted_at=at(last_s))
    check = _check([*begin(), *disrupted(), *ended(), *recorded(film=film)], check_id)
    assert (check.result, check.cause) == (result, cause)


@pytest.mark.parametrize(
    ("has_clock", "held_s", "result", "cause"),
    [
        (False, 2.0, H, ""),
        (False, 5.0, N, "source-frozen"),
        (True, 0.5, H, ""),
        (True, 5.0, N, "source-frozen"),
        (True, 7.0, C, "source-frozen"),
    ],
)
def test_that_a_last_frame_held_until_the_end_is_a_picture_that_stood_still(
    has_clock: bool, held_s: float, result: CheckResult, cause: str
) -> None:
    """A container may say that its last frame is shown for long: that is no film of what happened meanwhile."""
    length_s = 8.5
    film = facts(duration_s=length_s, last_frame_pts_s=length_s - held_s, **NOT_PAINTED)
    if has_clock:
        film = replace(film, first_painted_at=at(1.5), painted_at=at(1.5 + length_s - held_s))
    check = _check([*begin(), *disrupted(), *ended(), *recorded(film=film)], CheckId.LAST_FRAME)
    assert (check.result, check.cause) == (result, cause)


def test_that_a_film_without_a_decoded_last_frame_shows_nothing() -> None:
    events = [replace(e, last_frame="") if isinstance(e, FilmInspected) else e for e in recorded()]
    assert _check([*begin(), *disrupted(), *ended(), *events], CheckId.LAST_FRAME).cause == "no-last-frame"


def test_that_a_case_is_made_once_as_long_as_nothing_was_told() -> None:
    run = state_of([*begin(), *disrupted(), *ended(), *recorded()])
    assert case_of(run) is case_of(run)
    told = replace(run, confirmation=None)
    assert case_of(told) is not case_of(run)
    assert case_of(run, HEALTHY).destination is HEALTHY
    assert case_of(run).destination is not HEALTHY
