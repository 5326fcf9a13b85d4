"""Clocks that are nobody's here: the guest's, beside its uptime counter, and the recorder's, which may be of a zone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import SessionId
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import case_of
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.own_recording import check_own_recording
from rdpgui.core.judging.proof import check_disruption
from rdpgui.core.reduce import reduce_run
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_events import (
    BootTimeRead,
    CandidatesFound,
    ClockSampled,
    ConnectionChanged,
    InstanceChanged,
    NeighboursRead,
    PhaseEntered,
    RunEnded,
    SessionSeenAgain,
    Source,
    SourceUnread,
    VerdictReached,
)
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckResult
from tests.unit.core.samples import (
    NOT_PAINTED,
    RUN,
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

HELD, NOT_MADE = CheckResult.HELD, CheckResult.NOT_MADE


def _boot(boot_s: float, uptime_s: float | None, asked_s: float | None = 13.0) -> BootTimeRead:
    return BootTimeRead(at(13.5), RUN, at(boot_s), uptime_s, at(asked_s) if asked_s is not None else None)


@pytest.mark.case("V6", "V7")
@pytest.mark.parametrize(
    ("boot", "result"),
    [
        (_boot(12.0 - 3600.0, 1.0), HELD),  # the guest's clock is an hour slow: its boot seems to be of before
        (_boot(12.0 + 3600.0, 1.0), HELD),  # or an hour fast
        (_boot(12.0 - 3600.0, None), NOT_MADE),
        (_boot(12.0, 1800.0), NOT_MADE),  # the clock was corrected, and it has been up for half an hour
        (_boot(12.0 - 3600.0, 4.0), NOT_MADE),  # up since 8 to 9.5 s: before or after the order at 8 s and its delay
        (_boot(9.2, 4.0), HELD),  # the same where both agree, and the clock is the finer one
        (_boot(12.0 - 3600.0, 1.0, None), HELD),  # asked shortly before its answer
        (_boot(12.0 - 3600.0, 2.0, None), NOT_MADE),
    ],
)
def test_that_the_uptime_counter_decides_where_the_guest_s_clock_is_wrong(
    boot: BootTimeRead, result: CheckResult
) -> None:
    events = [*begin(D.OS_REBOOT), *restarted()[:-1], boot, *ended()]
    assert check_disruption(case_of(state_of(events))).result is result


@pytest.mark.parametrize(
    ("uptime_s", "result"),
    [
        (3600.0, HELD),  # the agent was away, and Windows has been up all the time
        (200.0, HELD),
        (71.0, NOT_MADE),  # clocks differ: it may be up since the session's begin, or after it
        (2.0, NOT_MADE),
    ],
)
def test_that_the_uptime_counter_says_whether_a_control_was_restarted(uptime_s: float, result: CheckResult) -> None:
    lost, back = restarted()[2:4]
    boot = BootTimeRead(at(70.0), RUN, at(-3600.0), uptime_s, at(69.0))
    events: list[RunEvent] = [*begin(D.CONTROL_NONE), lost, back, *ended(), boot]
    assert check_disruption(case_of(state_of(events))).result is result


@pytest.mark.parametrize(
    ("gap", "read_later", "result"),
    [
        (SourceUnread(at(30.0), RUN, Source.CONNECTION, at(4.0)), False, NOT_MADE),
        (SourceUnread(at(30.0), RUN, Source.CONNECTION, at(4.0)), True, HELD),
        (SourceUnread(at(80.0), RUN, Source.CONNECTION, at(4.0)), True, NOT_MADE),  # read before it was over
        (SourceUnread(at(4.9), RUN, Source.CONNECTION, at(4.0)), False, HELD),  # too short for a restart
        (SourceUnread(at(1.1), RUN, Source.CONNECTION, at(-9.0)), False, HELD),  # before there was a session
        (SourceUnread(at(30.0), RUN, Source.SESSION, at(4.0)), False, HELD),
    ],
)
def test_that_a_control_is_undisturbed_only_where_somebody_looked(
    gap: SourceUnread, read_later: bool, result: CheckResult
) -> None:
    boot = [BootTimeRead(at(70.0), RUN, at(-3600.0), None, at(69.0))] if read_later else []
    events: list[RunEvent] = [*begin(D.CONTROL_NONE), *ended(), gap, *boot]
    check = check_disruption(case_of(state_of(events)))
    assert check.result is result
    assert check.cause == ("" if result is HELD else "control-disrupted")


def _told(run: RunState, *events: RunEvent) -> RunState:
    for event in events:
        run = reduce_run(run, event)
    return run


def _name(event: RunEvent) -> str:
    return type(event).__name__


@pytest.mark.case("R18")
@pytest.mark.parametrize(
    "later",
    [
        SourceUnread(at(90.0), RUN, Source.CONNECTION, at(4.0)),  # it still fails, since before the verdict
        ClockSampled(at(90.0), RUN, 1.0, "taken up again", None, None),
        ClockSampled(at(90.0), RUN, 190.0, "life", None, None),  # the clock was set
        ConnectionChanged(at(90.0), RUN, ConnectionStatus.NOT_CONNECTED, at(60.0)),
        InstanceChanged(at(90.0), RUN, InstanceState.STOPPING, "", "", at(60.0)),
        BootTimeRead(at(90.0), RUN, at(85.0), 5.0, at(89.0)),
        NeighboursRead(at(90.0), RUN, at(0.0), (replace(session(), session_id=SessionId("other")),), True),
        SessionSeenAgain(at(90.0), RUN, session()),
        CandidatesFound(at(90.0), RUN, ()),
    ],
    ids=_name,
)
@pytest.mark.parametrize("kind", [D.CONTROL_NONE, D.OS_SHUTDOWN])
def test_that_what_was_seen_after_the_verdict_does_not_change_it(kind: D, later: RunEvent) -> None:
    done = disrupted() if kind is D.OS_SHUTDOWN else ()
    run = state_of([*begin(kind), *done, *ended(), *recorded()])
    verdict = judge(run)
    over: list[RunEvent] = [VerdictReached(at(80.0), RUN, verdict), PhaseEntered(at(80.0), RUN, Phase.RESTORING)]
    assert judge(_told(run, *over, later)) == verdict
    ended_at = RunEnded(at(92.0), RUN, RunStatus.COMPLETED, "")
    again = VerdictReached(at(95.0), RUN, verdict)  # a person answered, so it was judged once more
    assert judge(_told(run, *over, later, ended_at, again)) == verdict


HOUR = timedelta(hours=1)


@pytest.mark.case("V9")
@pytest.mark.parametrize(
    ("means_s", "off", "held"),
    [
        (1.5, HOUR, True),  # the film's start, told in the zone of Paris
        (10.0, -5 * HOUR, True),  # its end, in that of New York
        (12.0, 9.5 * HOUR, True),  # its writing, in that of Adelaide
        (1.5, HOUR / 2, False),  # of no zone: another hour
        (1.5, HOUR * 15, False),
        (20.0, HOUR, False),  # twenty seconds after the session's start is none of the three
        (-50.0, 0 * HOUR, False),  # near its writing, but before the session can have made it
    ],
)
def test_that_a_key_s_name_stands_beside_a_time_that_another_zone_explains(
    means_s: float, off: timedelta, held: bool
) -> None:
    film = facts(created_at=(at(means_s) + off).replace(microsecond=0), **NOT_PAINTED)
    events = [*begin(), *disrupted(), *ended(), *recorded(item(key="rec/s-1/x.mp4"), film)]
    check = check_own_recording(case_of(state_of(on_aws(events))))
    assert (check.result is HELD) == held, check.cause
