"""What a stranger to the rules made of journals: a PASS without proof, a FAIL of a recording that is sound, a crash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import JournalDamaged
from rdpgui.core.events import RunEvent
from rdpgui.core.film import EndClass, EndText, Span, TailClass, TailMetrics
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.instance import InstanceState
from rdpgui.core.journal import ChainEnd, seal
from rdpgui.core.judged_anew import judge_journal
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.judge import judge
from rdpgui.core.run_events import (
    ActionAccepted,
    ActionFailed,
    BaselineTaken,
    BootTimeRead,
    InstanceChanged,
    IntentRecorded,
    NeighboursRead,
    RunStarted,
    SessionAttached,
    SessionLeftActive,
)
from rdpgui.core.verdict import CheckId, CheckResult, VerdictValue
from tests.unit.core.samples import (
    KEY,
    NOT_PAINTED,
    RUN,
    alone,
    at,
    begin,
    disrupted,
    ended,
    facts,
    on_aws,
    recorded,
    restarted,
    session,
    state_of,
)

HEALTHY = Destination(True, True, at(100.0), looks=5)
D, H, C, N = DisruptionId, CheckResult.HELD, CheckResult.CONTRADICTED, CheckResult.NOT_MADE
BY_USER = "Client.UserInitiatedShutdown"
GOOD: tuple[RunEvent, ...] = (*begin(), *disrupted(), *ended(), *recorded())


def _told(events: Sequence[RunEvent], check_id: CheckId) -> tuple[CheckResult, str]:
    verdict = judge(state_of(list(events)), HEALTHY)
    check = next(check for check in verdict.checks if check.check_id is check_id)
    return check.result, check.cause


def _value(events: Sequence[RunEvent]) -> VerdictValue:
    return judge(state_of(list(events)), HEALTHY).value


def _stated(*reasons: str) -> list[RunEvent]:
    """The good run, whose states EC2 explains in these words, one after the other."""
    words = iter(reasons)
    return [replace(e, state_transition_reason=next(words)) if isinstance(e, InstanceChanged) else e for e in GOOD]


def _screen(at_s: float, end_class: EndClass = EndClass.SHUTDOWN) -> EndText:
    return EndText(at_s, 8.5, end_class, "what it says", "en", 10)


def _showing(*screens: EndText, disruption_id: DisruptionId = D.EC2_STOP) -> list[RunEvent]:
    """The good run as another kind of stop, whose film ends with these screens."""
    events: list[RunEvent] = [*begin(disruption_id), *disrupted(), *ended(), *recorded(None, facts(end_texts=screens))]
    return [replace(e, disruption_id=disruption_id) if isinstance(e, IntentRecorded) else e for e in events]


# -- who did it ----------------------------------------------------------------


@pytest.mark.case("H1")
@pytest.mark.parametrize("at_s", [0.5, 5.0])
def test_that_a_shutdown_that_the_film_shows_before_the_order_is_not_the_orders(at_s: float) -> None:
    assert _told(_showing(_screen(at_s)), CheckId.DISRUPTION_PROVEN) == (N, "other-disruption")
    later = (EndText(at_s, 6.9, EndClass.RESTART, "Restarting", "en", 9), _screen(7.0, EndClass.UPDATE))
    assert _told(_showing(*later), CheckId.DISRUPTION_PROVEN) == (N, "other-disruption")


@pytest.mark.case("H1")
def test_that_a_shutdown_that_may_be_of_after_the_order_stays_the_orders() -> None:
    assert _value(_showing(_screen(6.5))) is VerdictValue.PASS
    assert _value(_showing(_screen(0.5, EndClass.UNKNOWN), _screen(7.0))) is VerdictValue.PASS


@pytest.mark.case("H2")
def test_that_what_happens_after_an_order_that_showed_no_effect_is_not_its_effect() -> None:
    failed = [ActionFailed(at(8.1 + n / 10), RUN, "ec2:StopInstances", "no", bool(n)) for n in range(2)]
    events = [e for e in GOOD if not isinstance(e, ActionAccepted)]
    place = next(n for n, e in enumerate(events) if isinstance(e, IntentRecorded)) + 1
    refused = [*events[:place], *failed, *events[place:]]
    assert _told(refused, CheckId.DISRUPTION_PROVEN) == (N, "action-refused")


@pytest.mark.case("H2")
def test_that_a_stop_at_the_very_time_of_a_call_that_was_refused_is_that_calls() -> None:
    reason = f"User initiated ({at(8.0):%Y-%m-%d %H:%M:%S} GMT)"
    events = [e for e in _stated(reason, reason) if not isinstance(e, ActionAccepted)]
    events[7:7] = [ActionFailed(at(8.4), RUN, "ec2:StopInstances", "no", known) for known in (False, True)]
    assert _told(events, CheckId.DISRUPTION_PROVEN) == (H, "")


@pytest.mark.case("H3")
@pytest.mark.parametrize("end_class", [EndClass.SHUTDOWN, EndClass.RESTART, EndClass.SERVICES])
def test_that_a_power_cut_shows_no_orderly_shutdown(end_class: EndClass) -> None:
    events = _showing(_screen(7.5, end_class), disruption_id=D.STOP_SKIP_OS_SHUTDOWN)
    assert _told(events, CheckId.DISRUPTION_PROVEN) == (N, "other-disruption")
    crash = _showing(_screen(7.5, EndClass.STOP), disruption_id=D.STOP_SKIP_OS_SHUTDOWN)
    assert _told(crash, CheckId.DISRUPTION_PROVEN) == (H, "")


@pytest.mark.case("H3")
def test_that_a_crash_is_no_shutdown() -> None:
    assert _told(_showing(_screen(7.5, EndClass.STOP)), CheckId.LAST_FRAME) == (N, "shutdown-not-seen")


# -- EC2's words ---------------------------------------------------------------


@pytest.mark.case("H4")
@pytest.mark.parametrize(
    "when", ["2026-02-30 09:00:08", "9999-99-99 99:99:99", "2026-01-05 23:59:60", "٢٠٢٦-٠١-٠٥ ٠٩:٠٠:٠٨"]
)
def test_that_a_time_that_cannot_be_states_none(when: str) -> None:
    reason = f"User initiated ({when} GMT)"
    assert _value(_stated(reason, reason)) is VerdictValue.PASS


@pytest.mark.case("H5")
def test_that_a_stop_that_somebody_repeats_is_still_the_first_ones() -> None:
    first = f"User initiated ({at(8.0):%Y-%m-%d %H:%M:%S} GMT)"
    assert _value(_stated(first, f"User initiated ({at(300.0):%Y-%m-%d %H:%M:%S} GMT)")) is VerdictValue.PASS
    before = f"User initiated ({at(3.0):%Y-%m-%d %H:%M:%S} GMT)"
    assert _told(_stated(before, first), CheckId.DISRUPTION_PROVEN) == (N, "other-disruption")


@pytest.mark.case("H6")
@pytest.mark.parametrize("uptime_s", [-5.0, -1e9, 1e12, 1e300])
def test_that_an_uptime_that_cannot_be_proves_no_boot(uptime_s: float) -> None:
    read = BootTimeRead(at(13.5), RUN, at(-3600.0), uptime_s, at(13.4))
    events = [read if isinstance(e, BootTimeRead) else e for e in restarted()]
    events = [*begin(D.OS_REBOOT), *events, *ended(), *recorded()]
    assert _told(events, CheckId.DISRUPTION_PROVEN) == (N, "disruption-not-proven")


# -- which session, and whose film ----------------------------------------------


@pytest.mark.case("H7")
def test_that_another_sessions_end_is_not_the_attached_ones() -> None:
    other = replace(session(), session_id=SessionId("s-2"))
    events = [replace(e, session=other) if isinstance(e, SessionAttached) else e for e in GOOD]
    assert _told(events, CheckId.ENDED_AFTER) == (N, "session-end-not-seen")
    events = [replace(e, session=replace(e.session, session_id=SessionId("s-2"))) if isinstance(e, SessionLeftActive)
              else e for e in GOOD]  # fmt: skip
    assert _told(events, CheckId.ENDED_AFTER) == (N, "session-end-not-seen")
    unattached = [e for e in GOOD if not isinstance(e, SessionAttached)]
    assert _told(unattached, CheckId.ENDED_AFTER) == (N, "session-end-not-seen")


@pytest.mark.case("H7")
def test_that_a_session_of_another_instance_is_the_wrong_one_wherever_it_stands() -> None:
    other = replace(session(), target=InstanceId("i-0bbbbbbbbbbbbbbbb"))
    events = [replace(e, session=other) if isinstance(e, SessionAttached) else e for e in GOOD]
    assert _told(events, CheckId.DISRUPTION_PROVEN) == (C, "wrong-instance")


@pytest.mark.case("H8")
def test_that_neighbours_that_were_read_for_another_time_are_not_known() -> None:
    before = [replace(e, at=at(5.0)) if isinstance(e, NeighboursRead) else e for e in GOOD]
    assert _told(before, CheckId.OWN_RECORDING) == (N, "neighbours-unknown")
    since = [replace(e, since_at=at(5.0)) if isinstance(e, NeighboursRead) else e for e in GOOD]
    assert _told(since, CheckId.OWN_RECORDING) == (N, "neighbours-unknown")
    assert _value([*GOOD[:-1], replace(alone(), at=at(5.0)), alone()]) is VerdictValue.PASS


@pytest.mark.case("H9")
def test_that_what_nobody_compared_with_what_lay_there_before_is_not_new() -> None:
    events: list[RunEvent] = [e for e in GOOD if not isinstance(e, BaselineTaken)]
    assert _told(events, CheckId.OWN_RECORDING) == (N, "destination-unreadable")
    events = [replace(e, object_keys=((KEY, "e"),)) if isinstance(e, BaselineTaken) else e for e in GOOD]
    assert _told(events, CheckId.OWN_RECORDING) == (N, "stale-object")
    events = [replace(e, object_keys=((KEY, "x"),)) if isinstance(e, BaselineTaken) else e for e in GOOD]
    assert _told(events, CheckId.OWN_RECORDING) == (H, "")


@pytest.mark.case("H10")
def test_that_a_picture_that_stands_still_over_the_end_shows_nothing_of_it() -> None:
    tail = TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2)
    film = facts(**NOT_PAINTED, tail=tail, watched=True, frozen=(Span(4.6, 8.5),), end_texts=(_screen(7.0),))
    events = on_aws([*begin(), *disrupted(), *ended(), *recorded(None, film)])
    assert _told(events, CheckId.LAST_FRAME) == (N, "source-frozen")
    moving = on_aws([*begin(), *disrupted(), *ended(), *recorded(None, replace(film, frozen=(Span(1.0, 5.0),)))])
    assert _told(moving, CheckId.LAST_FRAME) == (H, "")


# -- one run, one journal --------------------------------------------------------


@pytest.mark.case("H11")
@pytest.mark.parametrize("kind", ["started again", "another run's"])
def test_that_a_journal_that_holds_two_runs_is_refused(kind: str) -> None:
    start = next(e for e in GOOD if isinstance(e, RunStarted))
    extra: RunEvent = start if kind == "started again" else InstanceChanged(
        at(9.0), RunId("r-2"), InstanceState.STOPPED, BY_USER, "", at(8.5)
    )  # fmt: skip
    lines, end = [], ChainEnd()
    for event in (*GOOD, extra):
        line, end = seal(end, event)
        lines.append(line)
    assert judge_journal(lines[:-1]).verdict.value is VerdictValue.PASS
    with pytest.raises(JournalDamaged):
        judge_journal(lines)
