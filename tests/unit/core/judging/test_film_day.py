"""The taskbar's clock in a film speaks against a session of another day, in whatever zone, and never for one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.film import ClockBasis, FilmClock, FilmFacts
from rdpgui.core.judging.case import Destination
from rdpgui.core.judging.judge import judge
from rdpgui.core.run_events import CandidatesFound, FilmInspected, FilmSaved
from rdpgui.core.verdict import Check, CheckId, Verdict, VerdictValue
from tests.unit.core.samples import (
    NOT_PAINTED,
    RUN,
    alone,
    at,
    begin,
    disrupted,
    ended,
    facts,
    item,
    on_aws,
    recorded,
    state_of,
)

DAY_H = 24.0
UNTAGGED: dict[str, object] = {"created_at": None}
NAMED: dict[str, object] = {"description": "connection c-1, session s-1"}


def _clock(hours: float, seconds: float = 0.0, width_s: float = 0.2) -> FilmClock:
    """The film's begin (1.5 s) as a taskbar shows it that is so far from UTC."""
    low_at: datetime = at(1.5) + timedelta(hours=hours, seconds=seconds)
    return FilmClock(low_at, low_at + timedelta(seconds=width_s), ClockBasis.FLIP)


def _film(clock: FilmClock | None, **changes: object) -> FilmFacts:
    return facts(clock=clock, **NOT_PAINTED, **changes)


def _judge(events: Sequence[RunEvent], listed: int = 1) -> Verdict:
    run = [*begin(), *disrupted(), *ended(), *events]
    return judge(state_of(on_aws(run)), Destination(True, True, at(100.0), looks=5, listed=listed))


def _check(verdict: Verdict, check_id: CheckId) -> Check:
    return next(check for check in verdict.checks if check.check_id is check_id)


@pytest.mark.case("V9")
@pytest.mark.parametrize("hours", [-DAY_H, DAY_H, -30 * DAY_H, -14.0, 16.0])
@pytest.mark.parametrize("named", [{}, NAMED], ids=["by its time", "by its name"])
def test_that_a_film_of_another_day_is_not_this_session_s_whatever_it_states(
    hours: float, named: dict[str, object]
) -> None:
    same = _film(None, **named)
    assert _check(_judge(recorded(film=same)), CheckId.OWN_RECORDING).cause == ""
    verdict = _judge(recorded(film=_film(_clock(hours), **named)))
    assert verdict.value is VerdictValue.INCONCLUSIVE
    own, end = _check(verdict, CheckId.OWN_RECORDING), _check(verdict, CheckId.REACHES_END)
    assert (own.cause, end.cause) == ("clock-disagrees", "clock-disagrees")
    shown_at = f"{at(1.5) + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}"
    assert shown_at in own.reason.format(**dict(own.fields), zone="UTC")


@pytest.mark.case("V9")
def test_that_a_film_that_states_nothing_is_another_session_s_when_its_pictures_are_of_yesterday() -> None:
    verdict = _judge(recorded(film=_film(_clock(-DAY_H), **UNTAGGED)))
    own = _check(verdict, CheckId.OWN_RECORDING)
    assert (verdict.value, own.cause) == (VerdictValue.INCONCLUSIVE, "other-session")
    assert "taskbar" in own.reason


@pytest.mark.parametrize("zone_h", [-12.0, -3.5, 0.0, 5.75, 9.0, 14.0])
@pytest.mark.parametrize("skew_s", [-300.0, 0.0, 300.0])
@pytest.mark.parametrize("stated", [{}, NAMED, UNTAGGED], ids=["a time", "a name", "nothing"])
def test_that_a_clock_of_this_day_decides_nothing(zone_h: float, skew_s: float, stated: dict[str, object]) -> None:
    without = _judge(recorded(film=_film(None, **stated)))
    assert _judge(recorded(film=_film(_clock(zone_h, skew_s), **stated))) == without


@pytest.mark.parametrize(("month", "day"), [(5, 1), (6, 1)])
@pytest.mark.parametrize("stated", [{}, NAMED], ids=["a time", "a name"])
def test_that_a_date_that_may_be_day_first_speaks_against_its_session_in_both_readings_only(
    month: int, day: int, stated: dict[str, object]
) -> None:
    """Facts of an earlier reader took 05/01 for the first of May beside PM; the session was on 5 January."""
    low_at = at(1.5).replace(month=month, day=day)
    clock = FilmClock(low_at, low_at + timedelta(seconds=0.2), ClockBasis.FLIP)
    own = _check(_judge(recorded(film=_film(clock, **stated))), CheckId.OWN_RECORDING)
    assert own.cause == ("" if month == at(0.0).day else "clock-disagrees")


def test_that_a_day_first_date_is_seen_behind_a_midnight_in_the_film() -> None:
    """00:00 on 05/01 was read; the film began before it, so that its begin lies on the last of April."""
    low_at = (at(0.0) + timedelta(days=1)).replace(month=5, day=1, hour=0, minute=0, second=0, microsecond=0)
    clock = FilmClock(low_at - timedelta(seconds=0.4), low_at, ClockBasis.FLIP)
    assert _check(_judge(recorded(film=_film(clock, **NAMED))), CheckId.OWN_RECORDING).cause == ""


def test_that_the_own_film_is_found_beside_one_of_yesterday() -> None:
    own, old = item(), item(key="old.bin", etag="o")
    saved, inspected = recorded(own, _film(_clock(9.0)))[1:3]
    verdict = _judge(
        [
            CandidatesFound(at(13.0), RUN, (old, own)),
            saved,
            inspected,
            FilmSaved(at(13.1), RUN, old.key, "old.mp4", "cd" * 32, "CRC64NVME:y", True),
            FilmInspected(at(13.2), RUN, old.key, _film(_clock(9.0 - DAY_H), **UNTAGGED), "old.png", ""),
            alone(),
        ],
        listed=2,
    )
    check = _check(verdict, CheckId.OWN_RECORDING)
    assert (check.cause, dict(check.fields)["key"]) == ("", own.key)
