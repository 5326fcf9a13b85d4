"""What can end a connection by itself, and why there is none: never stronger than what was seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.countdowns import IDLE_S, MAXIMUM_S, Limit, countdowns, countdowns_of, why_no_session
from rdpgui.core.ids import ConnectionId, InstanceId, SessionId
from rdpgui.core.people_events import SessionQuestioned
from rdpgui.core.run_events import BaselineTaken, ConnectionOpened, SessionLeftActive
from rdpgui.core.session import Session, SessionStatus
from rdpgui.core.state import RunState
from tests.unit.core.samples import RUN, T0, at, begin, on_aws, session, state_of


def test_that_the_idle_limit_is_a_lower_bound_only() -> None:
    start_s = (session().started_at - T0).total_seconds()
    for seconds, passed in ((start_s + IDLE_S - 1, False), (start_s + IDLE_S, True)):
        (idle,) = [item for item in countdowns(session(), at(seconds)) if item.limit is Limit.IDLE]
        assert idle.until_at is None, "the last input is not known"
        assert idle.not_before_at == session().started_at + timedelta(seconds=IDLE_S)
        assert idle.passed is passed


def test_that_what_is_only_reported_is_no_documented_limit() -> None:
    assert {item.limit for item in countdowns(session(), T0) if not item.documented} == {Limit.CHANNEL}


def test_that_the_clocks_widen_the_maximum() -> None:
    (item,) = [i for i in countdowns(session(), T0, (-2.0, 3.0)) if i.limit is Limit.MAXIMUM]
    due_at = session().started_at + timedelta(seconds=MAXIMUM_S)
    assert item.until_at is not None
    assert item.not_before_at == due_at - timedelta(seconds=2) and item.until_at == due_at + timedelta(seconds=4)
    (now,) = [i for i in countdowns(session(), item.not_before_at, (-2.0, 3.0)) if i.limit is Limit.MAXIMUM]
    assert not now.passed, "it may still be a second early"
    (later,) = [i for i in countdowns(session(), item.until_at, (-2.0, 3.0)) if i.limit is Limit.MAXIMUM]
    assert later.passed


@pytest.mark.parametrize(
    "changes", [{"active": False}, {"document_name": "SSM-SessionManagerRunShell"}, {"flaws": ("StartDate",)}]
)
def test_that_nothing_is_counted_of_what_is_over_no_desktop_or_not_dated(changes: dict[str, object]) -> None:
    assert countdowns(replace(session(), **changes), T0) == ()  # type: ignore[arg-type]


def _run(*, lab: bool = False) -> RunState:
    return state_of(begin() if lab else on_aws(begin()))


def test_that_a_run_counts_while_its_session_goes_on_and_never_in_the_lab() -> None:
    run = _run()
    assert len(countdowns_of(run, at(5))) == 3
    assert countdowns_of(_run(lab=True), at(5)) == ()
    left = SessionLeftActive(at(8), RUN, replace(session(), active=False), at(7))
    assert countdowns_of(replace(run, left=left), at(9)) == ()


def _waiting(*, lab: bool = False, by_person: bool = True) -> RunState:
    opened = ConnectionOpened(at(1), RUN, ConnectionId(""), "https://console.example/", by_person)
    return replace(_run(lab=lab), attached=None, opened=opened)


def _texts(run: RunState, *sessions: Session, seconds: float = 2.0, read: bool = True) -> list[tuple[str, bool]]:
    return [(why.text, why.observed) for why in why_no_session(run, sessions, at(seconds), read=read)]


def test_that_nothing_is_suspected_before_a_person_had_time_to_click() -> None:
    assert [observed for _, observed in _texts(_waiting())] == [False]
    assert [observed for _, observed in _texts(_waiting(), seconds=90.0)] == [False, False, False]
    for quiet in (_waiting(lab=True), _waiting(by_person=False), _run()):
        assert why_no_session(quiet, (), at(90), read=True) == ()


def test_that_what_is_seen_comes_before_what_is_possible() -> None:
    coming = replace(session(), status=SessionStatus.CONNECTING, target=_waiting().plan.instance_id)
    many = [replace(session(), session_id=SessionId(str(number))) for number in range(5)]
    found = _texts(_waiting(), coming, *many)
    assert [observed for _, observed in found] == [True, True, False]
    assert "Connecting" in found[0][0] and "quota" in found[1][0]
    asked = replace(_waiting(), questions=(SessionQuestioned(at(2), RUN, session()),))
    assert "waits for your answer" in _texts(asked)[0][0]


def test_that_sessions_that_were_not_read_say_nothing() -> None:
    coming = replace(session(), status=SessionStatus.CONNECTING, target=_waiting().plan.instance_id)
    (first, *rest) = _texts(_waiting(), coming, read=False)
    assert first == ("The sessions were not read of late, so a new one would not be seen.", True)
    assert not any(observed for _, observed in rest)


# -- the numbers that AWS documents, and their bounds ---------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "lasts_s", "documented"),
    [(Limit.IDLE, 600.0, True), (Limit.MAXIMUM, 3600.0, True), (Limit.CHANNEL, 3600.0, False)],
)
def test_that_each_limit_is_the_documented_one_from_the_stated_start_on(
    limit: Limit, lasts_s: float, documented: bool
) -> None:
    (item,) = [item for item in countdowns(session(), T0) if item.limit is limit]
    assert (item.lasts_s, item.documented, item.passed) == (lasts_s, documented, False)
    assert item.not_before_at == session().started_at + timedelta(seconds=lasts_s)


@pytest.mark.parametrize(("low_s", "high_s"), [(-0.05, 0.05), (4.0, 6.0), (-90.0, -80.0)])
def test_that_a_run_counts_on_the_local_clock_as_it_was_measured(low_s: float, high_s: float) -> None:
    measured = [
        replace(e, clock_offset_low_s=low_s, clock_offset_high_s=high_s) if isinstance(e, BaselineTaken) else e
        for e in on_aws(begin())
    ]  # fmt: skip
    run = state_of(measured)
    assert countdowns_of(run, at(5.0)) == countdowns(session(), at(5.0), (low_s, high_s))
    unmeasured = replace(run, baseline=None)
    assert countdowns_of(unmeasured, at(5.0)) == countdowns(session(), at(5.0))


@pytest.mark.parametrize(
    ("count", "status", "document", "said"),
    [
        (4, SessionStatus.CONNECTED, "AWS-StartPortForwardingSession", False),
        (5, SessionStatus.CONNECTED, "AWS-StartPortForwardingSession", True),
        (5, SessionStatus.DISCONNECTED, "AWS-StartPortForwardingSession", True),  # still active in the list
        (9, SessionStatus.CONNECTED, "SSM-SessionManagerRunShell", False),
    ],
)
def test_that_the_quota_is_named_only_when_it_may_be_used_up(
    count: int, status: SessionStatus, document: str, said: bool
) -> None:
    there = [session(session_id=SessionId(str(n)), status=status, document_name=document) for n in range(count)]
    over = session(session_id=SessionId("over"), active=False)
    texts = [text for text, _ in _texts(_waiting(), *there, over)]
    assert any("quota" in text for text in texts) is said
    assert not any("Connecting;" in text for text in texts), "nobody is Connecting here"


def test_that_a_session_that_comes_up_on_another_machine_is_not_awaited() -> None:
    other = session(status=SessionStatus.CONNECTING, target=InstanceId("i-0bbbbbbbbbbbbbbbb"))
    assert [observed for _, observed in _texts(_waiting(), other)] == [False]
