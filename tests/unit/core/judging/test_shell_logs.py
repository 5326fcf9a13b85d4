"""Claim C6: what a shell's log says of it, and when it says nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.judging import shell_logs
from rdpgui.core.judging.claims import ClaimResult, judge_facts, judge_shells
from rdpgui.core.shell_log import (
    Finding,
    LogFound,
    LogKind,
    LogLooks,
    ShellContrast,
    ShellEnd,
    ShellLogSettings,
    can_stream,
    destinations,
)
from tests.unit.core.samples import at

BOTH = ShellLogSettings("logs", "/shells/", "group", streamed=True)
FOUND = LogFound(7, at(60))
CUT = ShellEnd(at(50), at(60), at(55), "Terminated", at(52), "stopped", "Client.UserInitiatedShutdown", at(50))
LEFT = replace(CUT, down_at=None, state="running", reason="", stop_ordered_at=None)


def looked(looks: LogLooks, found: LogFound | None, *, error: str = "") -> LogLooks:
    for number in range(looks.wanted):
        looks = looks.and_look(at(60 + number), found, error)
    return looks


def shell(
    name: str,
    end: ShellEnd,
    s3: LogFound | None,
    stream: LogFound | None = FOUND,
    *,
    settings: ShellLogSettings = BOTH,
    error: str = "",
) -> ShellContrast:
    found = {LogKind.S3: s3, LogKind.LOG_GROUP: stream}
    where = destinations(settings, SessionId(name), "3.3.0.0")
    looks = tuple(looked(LogLooks(one, 2), found[one.kind], error=error) for one in where)
    return ShellContrast(SessionId(name), InstanceId("i-1"), at(10), settings, "3.3.0.0", end, looks)


ARRIVED = shell("left-1", LEFT, FOUND)


def test_that_a_lost_log_at_the_end_and_a_kept_stream_support_the_claim() -> None:
    claim = judge_shells([ARRIVED, shell("cut-1", CUT, None)])
    assert (claim.result, claim.supporting, claim.missing) == (ClaimResult.SUPPORTED, ("cut-1",), ())
    assert judge_facts((), [ARRIVED, shell("cut-1", CUT, None)])[-1] == claim


def test_that_one_setting_alone_leaves_the_other_to_be_seen() -> None:
    only = ShellLogSettings("logs")
    claim = judge_shells([shell("left-1", LEFT, FOUND, settings=only), shell("cut-1", CUT, None, settings=only)])
    assert (claim.result, claim.supporting, claim.missing) == (ClaimResult.UNTESTED, ("cut-1",), ("log-streamed",))


@pytest.mark.parametrize(("s3", "stream"), [(FOUND, FOUND), (None, None)], ids=["kept-at-the-end", "lost-stream"])
def test_that_what_the_claim_denies_refutes_it(s3: LogFound | None, stream: LogFound | None) -> None:
    claim = judge_shells([ARRIVED, shell("cut-1", CUT, s3, stream)])
    assert (claim.result, claim.refuting) == (ClaimResult.REFUTED, ("cut-1",))


def test_that_a_log_is_not_lost_where_none_was_ever_seen_to_arrive() -> None:
    only = ShellLogSettings("logs")
    cut = shell("cut-1", CUT, None, settings=only)
    elsewhere = shell("left-1", LEFT, FOUND, settings=ShellLogSettings("other"))
    assert judge_shells([elsewhere, cut]).supporting == ()
    assert shell_logs.why_it_counts(cut, [elsewhere, cut]) == shell_logs.NOTHING_ARRIVED


def test_that_a_log_that_could_not_be_read_or_was_not_looked_for_often_enough_is_not_lost() -> None:
    unread = shell("cut-1", CUT, None, None, error="denied")
    assert [one.finding for one in unread.looked] == [Finding.UNREADABLE] * 2
    assert judge_shells([ARRIVED, unread]).result is ClaimResult.UNTESTED
    once = LogLooks(unread.looked[0].destination, 2).and_look(at(60))
    assert once.finding is Finding.NOT_LOOKED
    assert judge_shells([ARRIVED, replace(unread, looked=(once,))]).result is ClaimResult.UNTESTED
    assert once.and_look(at(61), error="denied").finding is Finding.UNREADABLE
    assert once.and_look(at(61)).finding is Finding.NOT_THERE


@pytest.mark.parametrize(
    ("end", "cut", "why"),
    [
        (CUT, True, ""),
        (replace(CUT, gone_at=None), False, shell_logs.GOES_ON),
        (LEFT, False, shell_logs.STAYED_UP),
        (replace(CUT, ended_at=at(40)), False, shell_logs.ENDED_BEFORE),
        (replace(CUT, ended_at=at(50)), None, shell_logs.CANNOT_TELL),
        (replace(CUT, stop_ordered_at=None), None, shell_logs.CANNOT_TELL),
        # A session that a person has left may still be listed as active: nobody knows for how long.
        (replace(CUT, stop_ordered_at=None, active_at=at(53)), None, shell_logs.CANNOT_TELL),
        (replace(CUT, ended_at=None, active_at=at(53)), None, shell_logs.CANNOT_TELL),
        (replace(CUT, ended_at=at(50), active_at=at(53)), True, ""),
        (replace(CUT, ended_at=at(40), active_at=at(53)), False, shell_logs.ENDED_BEFORE),
    ],
)
def test_that_only_a_shell_that_was_open_when_its_instance_went_down_counts(
    end: ShellEnd, cut: bool | None, why: str
) -> None:
    contrast = shell("cut-1", end, None)
    assert shell_logs.was_cut_off(contrast) == (cut, why)
    assert (judge_shells([ARRIVED, contrast]).supporting == ("cut-1",)) is bool(cut)


def test_that_preferences_that_were_saved_after_the_shell_began_say_nothing_of_it() -> None:
    contrast = shell("cut-1", CUT, None, settings=replace(BOTH, saved_at=at(10) + timedelta(seconds=1)))
    assert shell_logs.was_cut_off(contrast) == (None, shell_logs.SAVED_LATER)


def test_that_of_a_shell_that_was_looked_at_twice_the_last_look_counts() -> None:
    assert judge_shells([ARRIVED, shell("cut-1", CUT, None), shell("cut-1", CUT, FOUND)]).refuting == ("cut-1",)


@pytest.mark.parametrize(
    ("settings", "agent", "expected"),
    [
        (ShellLogSettings(), "", []),
        (BOTH, "3.3.0.0", [("logs", "shells/s-1.log", False), ("group", "s-1", True)]),
        (replace(BOTH, bucket=""), "3.0.283.9", [("group", "s-1", False)]),
        (replace(BOTH, bucket="", streamed=None), "3.3.0.0", [("group", "s-1", None)]),
        (replace(BOTH, bucket=""), "", [("group", "s-1", None)]),
        (replace(BOTH, bucket="", streamed=False), "", [("group", "s-1", False)]),
    ],
)
def test_that_a_log_is_looked_for_where_the_agent_would_send_it(
    settings: ShellLogSettings, agent: str, expected: list[tuple[str, str, bool | None]]
) -> None:
    found = [(one.where, one.name, one.streamed) for one in destinations(settings, SessionId("s-1"), agent)]
    assert found == expected


def test_that_the_first_agent_that_streams_is_known() -> None:
    assert [can_stream(version) for version in ("3.0.284.0", "3.0.283.99", "4.0.0.0", "", "new")] == [
        True,
        False,
        True,
        None,
        None,
    ]


def test_that_looks_tell_over_what_time_they_were_had() -> None:
    looks = LogLooks(ARRIVED.looked[0].destination, 3)
    assert looks.over_s == 0.0
    assert looks.and_look(at(1)).and_look(at(3)).over_s == pytest.approx((at(3) - at(1)).total_seconds())
    assert isinstance(looks.and_look(at(1)).since_at, datetime)
