"""What speaks against a run, and what of something else: a fault counts where it certainly is of this recording."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.film import Span, TailClass, TailMetrics
from rdpgui.core.ids import SessionId
from rdpgui.core.judging.case import Destination, case_of
from rdpgui.core.judging.clock_track import clock_track
from rdpgui.core.judging.ended_after import check_ended_after
from rdpgui.core.judging.film_checks import check_integrity, check_last_frame, check_reaches_end
from rdpgui.core.run_events import (
    CandidatesFound,
    ClockSampled,
    FilmInspected,
    FilmSaved,
    IntentRecorded,
    NeighboursRead,
    SessionLeftActive,
)
from rdpgui.core.session import Session
from rdpgui.core.verdict import CheckResult
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

HELD, NOT_MADE, CONTRADICTED = CheckResult.HELD, CheckResult.NOT_MADE, CheckResult.CONTRADICTED
THERE = Destination(True, True, at(100.0), looks=5, listed=1)
NAMED = (("session", "s-1"),)
OTHER = session(session_id=SessionId("s-2"), started_at=at(0.5))


def _broken(neighbours: NeighboursRead, metadata: tuple[tuple[str, str], ...] = ()) -> list[RunEvent]:
    """Return a run whose only object is no film."""
    events: list[RunEvent] = [*begin(), *disrupted(), *ended(), *recorded(item(metadata=metadata))[:-1], neighbours]
    return [replace(e, facts=None, error="no film") if isinstance(e, FilmInspected) else e for e in events]


@pytest.mark.case("V17")
@pytest.mark.parametrize(
    ("neighbours", "metadata", "destination", "result"),
    [
        (alone(), (), THERE, CONTRADICTED),
        (alone(), (), replace(THERE, listed=2), NOT_MADE),
        (alone(), (), replace(THERE, unchanged=False), NOT_MADE),
        (alone(), (), replace(THERE, unread="object-unreadable"), NOT_MADE),
        (alone(OTHER), (), THERE, NOT_MADE),
        (alone(complete=False), (), THERE, NOT_MADE),
        (alone(OTHER), NAMED, replace(THERE, listed=2), CONTRADICTED),
    ],
)
def test_that_what_is_no_film_fails_a_run_only_as_its_recording(
    neighbours: NeighboursRead, metadata: tuple[tuple[str, str], ...], destination: Destination, result: CheckResult
) -> None:
    check = check_integrity(case_of(state_of(_broken(neighbours, metadata)), destination))
    assert (check.result, check.cause) == (result, "not-a-film")


def test_that_a_film_without_a_checksum_is_said_to_have_none() -> None:
    events = [replace(e, checksum_matched=None) if isinstance(e, FilmSaved) else e for e in recorded()]
    without = check_integrity(case_of(state_of([*begin(), *disrupted(), *ended(), *events]), THERE))
    matched = check_integrity(case_of(state_of([*begin(), *disrupted(), *ended(), *recorded()]), THERE))
    assert [check.result for check in (without, matched)] == [HELD, HELD]
    assert ["no full-object checksum" in check.text() for check in (without, matched)] == [True, False]
    assert ["matches its checksum" in check.text() for check in (without, matched)] == [False, True]


@pytest.mark.parametrize(
    ("painted", "listed", "result"),
    [
        ({"first_painted_at": at(1.5), "painted_at": at(3.9)}, 1, CONTRADICTED),
        ({"first_painted_at": at(1.5), "painted_at": at(9.9)}, 1, NOT_MADE),  # it lacks something in between
        ({"first_painted_at": at(1.5), "painted_at": at(3.9)}, 2, NOT_MADE),  # the rest may lie beside it
    ],
)
def test_that_a_short_film_fails_a_run_only_when_it_is_all_of_it(
    painted: dict[str, object], listed: int, result: CheckResult
) -> None:
    film = facts(duration_s=2.5, last_frame_pts_s=2.5, **painted)
    events = [*begin(), *disrupted(), *ended(), *recorded(item(metadata=NAMED), film)]
    check = check_reaches_end(case_of(state_of(events), replace(THERE, listed=listed)))
    assert (check.result, check.cause) == (result, "film-ends-early")


@pytest.mark.case("V4")
@pytest.mark.parametrize("by_hand", [True, False])
@pytest.mark.parametrize("seen", [True, False], ids=["agent lost", "seen in the film only"])
def test_that_it_is_said_of_what_was_done_by_hand_that_nobody_knows_by_whom(by_hand: bool, seen: bool) -> None:
    signs = [e for e in restarted() if not by_hand or e is not restarted()[1]]
    if not seen:
        signs = signs[:2]
    events = [*begin(D.OS_REBOOT, by_hand=by_hand), *signs, *ended(), *recorded()]
    check = check_ended_after(case_of(state_of(events), THERE))
    assert check.result is HELD
    assert ("by whom is not known" in check.text()) == by_hand


# -- the local clock over more than one life -----------------------------------------------------


def _two_lives(offset: tuple[float, float] | None) -> list[RunEvent]:
    low_s, high_s = offset if offset is not None else (None, None)
    return [*begin(), ClockSampled(at(50.0), RUN, 3.0, "another life", low_s, high_s)]


def test_that_nothing_but_a_new_measurement_bounds_the_clock_of_another_life() -> None:
    assert clock_track(state_of(_two_lives((-0.1, 0.1)))).known
    assert not clock_track(state_of(_two_lives(None))).known
    assert clock_track(state_of(_two_lives(None))).doubt == "clock-skew"


def test_that_a_time_that_a_clock_showed_twice_is_of_both_stretches() -> None:
    events = [e for e in begin() if not isinstance(e, ClockSampled)]
    samples = [
        ClockSampled(at(0.0), RUN, 100.0, "life", -0.05, 0.05),
        ClockSampled(at(20.0), RUN, 120.0, "life", -0.05, 0.05),
        ClockSampled(at(15.0), RUN, 130.0, "life", -15.05, -14.95),  # set back by a quarter of a minute
    ]
    clock = clock_track(state_of([*events, *samples]))
    assert clock.stepped_s == pytest.approx(-15.0)
    assert clock.on_aws(at(28.0)).width_s == pytest.approx(15.1)  # before it was set, or after
    assert clock.on_aws(at(40.0)).width_s == pytest.approx(0.1)


# -- the end of the film -------------------------------------------------------------------------------


@pytest.mark.parametrize(("listed_named", "result"), [(True, CONTRADICTED), (False, NOT_MADE)])
def test_that_a_short_film_that_names_its_session_fails_a_run_beside_other_objects(
    listed_named: bool, result: CheckResult
) -> None:
    film = facts(duration_s=2.5, last_frame_pts_s=2.5)
    found = item(metadata=NAMED if listed_named else ())
    noise = item(key="noise.log")
    told = [replace(e, objects=(found, noise)) if isinstance(e, CandidatesFound) else e for e in recorded(found, film)]
    other = FilmInspected(at(13.2), RUN, noise.key, None, "", "no film")
    run = state_of([*begin(), *disrupted(), *ended(), *told, other])
    assert check_reaches_end(case_of(run, replace(THERE, listed=2))).result is result


@pytest.mark.case("V12")
@pytest.mark.parametrize(
    ("tail", "cause"),
    [(TailClass.CONTENT, ""), (TailClass.BLACK, "picture-empty"), (TailClass.UNIFORM, "picture-empty")],
)
def test_that_an_empty_picture_shows_no_power_cut(tail: TailClass, cause: str) -> None:
    metrics = TailMetrics(tail, 60.0, 20.0, 0.9, 0.02)
    painted = recorded(film=facts(tail=metrics))
    assert check_last_frame(case_of(state_of([*begin(D.STOP_SKIP_OS_SHUTDOWN), *ended(), *painted]))).cause == ""
    found = recorded(film=facts(tail=metrics, **NOT_PAINTED))
    events = on_aws([*begin(D.STOP_SKIP_OS_SHUTDOWN), *ended(), *found])
    assert check_last_frame(case_of(state_of(events))).cause == cause


@pytest.mark.case("V12")
@pytest.mark.parametrize(("others", "result"), [((), CONTRADICTED), ((OTHER,), NOT_MADE)])
def test_that_a_picture_that_stood_still_fails_a_run_only_in_its_own_film(
    others: tuple[Session, ...], result: CheckResult
) -> None:
    film = facts(idle=(Span(2.0, 8.5),), first_painted_at=at(1.5), painted_at=at(3.5))
    events = [*begin(), *disrupted(), *ended(), *recorded(film=film)[:-1], alone(*others)]
    check = check_last_frame(case_of(state_of(events)))
    assert (check.result, check.cause) == (result, "source-frozen")


@pytest.mark.case("V14")
@pytest.mark.parametrize(
    ("ended_s", "stepped", "cause"),
    [
        (None, False, "end-date-missing"),
        (
            90.0,
            False,
            "gap-too-coarse",
        ),  # noticed long after: what was polled is all that is known
        (None, True, "clock-stepped"),
        (10.0, True, "gap-too-coarse"),  # what the service states does not rest on the local clock
    ],
)
def test_that_it_is_said_why_an_end_cannot_be_measured(ended_s: float | None, stepped: bool, cause: str) -> None:
    over = session(active=False, ended_at=at(ended_s) if ended_s is not None else None)
    left = SessionLeftActive(at(14.0), RUN, over, at(9.0))
    order = disrupted()[1]
    samples = [ClockSampled(at(20.0), RUN, 122.0, "life", None, None)] if stepped else []
    film = facts(duration_s=5.5, last_frame_pts_s=5.5, created_at=None, **NOT_PAINTED)
    check = check_reaches_end(case_of(state_of(on_aws([*begin(), order, left, *samples, *recorded(film=film)]))))
    assert (check.result, check.cause) == (NOT_MADE, cause)


@pytest.mark.case("V5", "V12")
@pytest.mark.parametrize(("stood_s", "cause"), [(0.5, ""), (2.5, "film-without-disruption")])
def test_that_a_picture_that_stood_still_does_not_show_that_the_power_was_cut(stood_s: float, cause: str) -> None:
    intent = IntentRecorded(at(8.0), RUN, D.STOP_SKIP_OS_SHUTDOWN, "ec2:StopInstances", TARGET)
    film = facts(idle=(Span(8.5 - stood_s, 8.5),), **NOT_PAINTED)
    events = [*begin(D.STOP_SKIP_OS_SHUTDOWN), intent, *ended(), *recorded(item(metadata=NAMED), film)]
    assert check_reaches_end(case_of(state_of(on_aws(events)))).cause == cause


def test_that_a_second_object_that_names_the_session_may_be_the_rest_whatever_its_length() -> None:
    """One that names the session and does not fit it alone is no stranger's: a recording may come in pieces."""
    key = "rec/s-1/0001.mp4"
    film = facts(duration_s=2.5, last_frame_pts_s=2.5)
    rest = facts(duration_s=0.2, last_frame_pts_s=0.1, created_at=at(-600.0))
    one, other = item(key=f"{key}.1"), item(key=f"{key}.2", etag="other")
    alone_there = [*begin(), *disrupted(), *ended(), *recorded(one, film)]
    check = check_reaches_end(case_of(state_of(alone_there), THERE))
    assert (check.result, check.cause) == (CONTRADICTED, "film-ends-early")
    beside = [replace(e, sha256="other") if isinstance(e, FilmSaved) else e for e in recorded(other, rest)]
    events = [*alone_there, *beside, CandidatesFound(at(14.0), RUN, (one, other))]
    case = case_of(state_of(events), replace(THERE, listed=2))
    assert case.own is not None
    assert case.own.item == one
    assert check_reaches_end(case).result is NOT_MADE


@pytest.mark.parametrize(
    ("first_s", "last_s", "result"),
    [
        (1.5, 3.5, CONTRADICTED),
        (1801.5, 3.5, NOT_MADE),
        (-1800.0, -1798.0, NOT_MADE),  # wrong from the start, and it went on
        (1.5, -1790.0, NOT_MADE),  # right at the start, and set back
    ],
)
def test_that_a_clock_that_is_wrong_says_nothing_of_how_long_the_picture_stood(
    first_s: float, last_s: float, result: CheckResult
) -> None:
    film = facts(idle=(Span(2.0, 8.5),), first_painted_at=at(first_s), painted_at=at(last_s))
    events = [*begin(), *disrupted(), *ended(), *recorded(film=film)[:-1], alone()]
    check = check_last_frame(case_of(state_of(events)))
    assert (check.result, check.cause) == (result, "source-frozen")


@pytest.mark.parametrize(("set_by_s", "result"), [(0.0, CONTRADICTED), (-2.0, NOT_MADE)])
def test_that_a_clock_that_was_set_does_not_tell_for_how_long_a_rest_was_awaited(
    set_by_s: float, result: CheckResult
) -> None:
    film = facts(duration_s=2.5, last_frame_pts_s=2.5)
    samples = [
        ClockSampled(at(0.0), RUN, 100.0, "life", -0.05, 0.05),
        ClockSampled(at(30.0 + set_by_s), RUN, 130.0, "life", set_by_s - 0.05, set_by_s + 0.05),
    ]
    events = [*begin(), *disrupted(), *ended(), *recorded(item(metadata=NAMED), film), *samples]
    check = check_reaches_end(case_of(state_of(events), THERE))
    assert (check.result, check.cause) == (result, "film-ends-early")
