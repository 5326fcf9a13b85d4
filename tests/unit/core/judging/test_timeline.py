"""One axis for everything of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.film import EndClass, EndText, FilmFacts
from rdpgui.core.instance import InstanceState
from rdpgui.core.judging.film_place import StartBasis
from rdpgui.core.judging.timeline import FilmPlacement, Lane, aws_shift_s, film_placement, timeline
from rdpgui.core.people_events import FilmClockAdjusted
from rdpgui.core.recording import Basis, RecordingStatus, StatusStatement
from rdpgui.core.reduce import reduce_run
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import (
    ActionFailed,
    BaselineTaken,
    ClockSampled,
    InstanceChanged,
    SessionLeftActive,
    Source,
    StatusStated,
)
from tests.unit.core.samples import (
    NOT_PAINTED,
    RUN,
    T0,
    at,
    begin,
    disrupted,
    ended,
    facts,
    good_run,
    item,
    recorded,
    restarted,
    state_of,
)


def _spans(events: list[RunEvent], lane: Lane, now_s: float = 20.0) -> list[tuple[str, float, float | None]]:
    axis = timeline(state_of(events), at(now_s))
    return [
        (
            span.word,
            round((span.begin_at - T0).total_seconds(), 2),
            None if span.end_at is None else round((span.end_at - T0).total_seconds(), 2),
        )
        for span in axis.spans
        if span.lane is lane
    ]


def test_that_each_lane_shows_its_own_facts() -> None:
    events = [*begin(), *disrupted(), *ended(), *recorded()]
    assert _spans(events, Lane.EC2) == [("running", 0.0, 8.4), ("stopping", 8.4, 11.2), ("stopped", 11.2, None)]
    assert _spans(events, Lane.SSM) == [("connected", 0.0, 10.8), ("notconnected", 10.8, None)]
    assert _spans(events, Lane.SESSION) == [("Connected", 1.0, 10.0)]
    film = _spans(events, Lane.FILM)
    assert [word for word, _, _ in film] == ["film"]
    assert film[0][1] == pytest.approx(1.3, abs=0.5)


@pytest.mark.case("V1")
def test_that_what_the_end_of_the_film_says_is_marked_where_it_is_first_seen() -> None:
    film = facts(duration_s=9.0, end_texts=(EndText(7.2, 8.9, EndClass.RESTART, "Restarting", "en", 15),))
    run = state_of([*begin(), *disrupted(), *ended(), *recorded(film=film)])
    placed = film_placement(run)
    assert placed is not None
    (marker,) = [item for item in timeline(run, at(20.0)).markers if dict(item.fields).get("words") == "Restarting"]
    assert (marker.lane, marker.at, marker.basis) == (Lane.FILM, placed.wall_at(7.2), Basis.INFERRED)


def test_that_a_session_that_goes_on_is_open_and_has_no_film() -> None:
    assert _spans(begin(), Lane.SESSION) == [("Connected", 1.0, None)]
    assert _spans(begin(), Lane.FILM) == []


def test_that_recording_statuses_follow_each_other_with_their_basis() -> None:
    stated = [
        StatusStated(at(2), RUN, StatusStatement(RecordingStatus.RECORDING, Basis.INFERRED)),
        StatusStated(at(10.6), RUN, StatusStatement(RecordingStatus.PROCESSING, Basis.INFERRED)),
        StatusStated(at(13), RUN, StatusStatement(RecordingStatus.FINISHED, Basis.OBSERVED)),
    ]
    assert _spans([*begin(), *stated], Lane.RECORDING) == [
        ("recording", 2.0, 10.6),
        ("processing", 10.6, 13.0),
        ("finished", 13.0, None),
    ]
    axis = timeline(state_of([*begin(), *stated]), at(20))
    assert [s.basis for s in axis.spans if s.lane is Lane.RECORDING] == [Basis.INFERRED, Basis.INFERRED, Basis.OBSERVED]


def test_that_polled_changes_carry_the_last_moment_they_were_otherwise() -> None:
    marker = next(m for m in timeline(good_run(), at(20)).markers if m.lane is Lane.SSM)
    assert (marker.not_before_at, marker.at) == (at(10.4), at(10.8))


def test_that_local_times_move_onto_aws_s_clock_and_stated_times_do_not() -> None:
    first, baseline, sample, *rest = begin()
    assert isinstance(baseline, BaselineTaken)
    assert isinstance(sample, ClockSampled)
    skewed = replace(baseline, clock_offset_low_s=4.0, clock_offset_high_s=6.0)
    rest = [replace(sample, offset_low_s=4.0, offset_high_s=6.0), *rest]
    axis = timeline(state_of([first, skewed, *rest, *disrupted(), *ended(), *recorded()]), at(20))
    stopping = next(m for m in axis.markers if m.fields == (("state", "stopping"),))
    assert stopping.at == at(3.4)
    end_date = next(m for m in axis.markers if "EndDate" in m.text)
    assert end_date.at == at(10.0)
    assert axis.end_at >= at(15.0)


def test_that_an_unknown_offset_moves_nothing() -> None:
    first, baseline, _sample, *rest = begin()
    assert isinstance(baseline, BaselineTaken)
    unknown = replace(baseline, clock_offset_low_s=-86400.0, clock_offset_high_s=80000.0)
    axis = timeline(state_of([first, unknown, *rest]), at(20))
    assert axis.begin_at == T0


def test_that_wall_clock_and_film_time_are_inverse_and_stay_in_the_film() -> None:
    film = film_placement(good_run())
    assert film is not None
    assert film.basis is StartBasis.CREATION_TIME
    assert film.film_s(film.wall_at(3.25)) == pytest.approx(3.25)
    assert film.film_s(film.wall_at(-5.0)) == 0.0
    assert film.film_s(film.wall_at(99.0)) == film.duration_s == facts().duration_s
    assert film.unbounded_film_s(film.wall_at(99.0)) == pytest.approx(99.0)


def test_that_a_person_s_correction_moves_the_film() -> None:
    film = FilmPlacement(T0, 10.0, 0.5, StartBasis.CREATION_TIME, adjusted_s=2.0)
    assert film.wall_at(0.0) == T0 + timedelta(seconds=2)
    assert film.film_s(T0 + timedelta(seconds=5)) == pytest.approx(3.0)


def test_that_the_newest_recorded_offset_places_the_film_and_changes_nothing_else() -> None:
    run = good_run()
    before = film_placement(run)
    moved = run
    for offset_s in (-4.0, -0.3):
        moved = reduce_run(moved, FilmClockAdjusted(at(30), run.run_id, offset_s, "ann"))
    after = film_placement(moved)
    assert before is not None
    assert after is not None
    assert after.zero_at == before.zero_at
    assert after.wall_at(1.0) == before.wall_at(1.0) - timedelta(seconds=0.3)
    assert replace(moved, film_offset_s=0.0, log=run.log) == run  # what verdict and gap are made of
    assert moved.log[-1].shown() == "ann set the offset of the film's clock to -0.30 s."


# -- where the axis ends, and what is open on it --------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "end_s"),
    [
        ({}, 90.0),  # it goes on: to now
        ({"carried": False}, 14.0),  # nobody carries it on: to when it was last known to go on
        ({"carried": False, "last_at": None}, 0.0),
        ({"status": RunStatus.COMPLETED, "ended_at": at(20.0)}, 20.0),
        ({"status": RunStatus.ABORTED, "ended_at": at(20.0)}, 20.0),
        # Its end was written when it was found, perhaps days later.
        ({"status": RunStatus.INTERRUPTED, "ended_at": at(80.0)}, 14.0),
        ({"status": RunStatus.INTERRUPTED, "ended_at": at(80.0), "last_at": None}, 0.0),
        ({"status": RunStatus.FAILED, "ended_at": None}, 14.0),
    ],
)
def test_that_the_axis_of_a_run_ends_when_it_was_last_known_to_go_on(changes: dict[str, object], end_s: float) -> None:
    without_film = state_of([*begin(), *disrupted()[:4]])
    run = replace(without_film, **({"last_at": at(14.0)} | changes))  # type: ignore[arg-type]
    axis = timeline(run, at(90.0))
    latest = max([end_s, *(8.4 for span in axis.spans if span.lane is Lane.EC2)])
    assert axis.end_at == at(latest)
    still_open = {span.lane for span in axis.spans if span.end_at is None}
    assert still_open == ({Lane.EC2, Lane.SSM, Lane.SESSION} if end_s == 90.0 else set())


@pytest.mark.parametrize("left", [False, True])
def test_that_each_lane_is_open_only_as_long_as_its_own_source_is_read(left: bool) -> None:
    stated = StatusStated(at(2.0), RUN, StatusStatement(RecordingStatus.RECORDING, Basis.INFERRED))
    until: dict[Source, datetime | None] = {source: at(20.0 + number) for number, source in enumerate(Source)}
    axis = timeline(state_of([*begin(), stated, *(ended() if left else [])]), at(90.0), until)
    found = {span.lane: span.end_at for span in axis.spans}
    assert found[Lane.EC2] == until[Source.INSTANCE]
    assert found[Lane.SSM] == until[Source.CONNECTION]
    assert (found[Lane.SESSION] == until[Source.SESSION]) is not left
    assert found[Lane.RECORDING] == until[Source.OBJECTS if left else Source.SESSION]
    assert axis.end_at == at(90.0)


def test_that_a_clock_that_was_set_back_turns_no_span_round() -> None:
    stopping = disrupted()[3]
    assert isinstance(stopping, InstanceChanged)
    earlier = replace(stopping, at=at(-60.0), not_before_at=at(-61.0))
    for span in timeline(state_of([*begin(), earlier]), at(-30.0)).spans:
        assert span.end_at is None or span.end_at >= span.begin_at
    axis = timeline(state_of([*begin(), earlier]), at(-30.0))
    assert axis.begin_at == at(-60.0) and axis.end_at >= axis.begin_at


# -- markers ------------------------------------------------------------------------------------


def _moments(events: list[RunEvent], text: str) -> list[float]:
    markers = timeline(state_of(events), at(20.0)).markers
    return [round((marker.at - T0).total_seconds(), 2) for marker in markers if marker.text == text]


LEFT, STATED = "Session left Active", "Session ended (EndDate)"


def test_that_the_end_of_a_session_is_marked_as_seen_and_as_stated() -> None:
    over = ended()[0]
    assert isinstance(over, SessionLeftActive)
    unstated = replace(over, session=replace(over.session, ended_at=None))
    assert (_moments(begin(), LEFT), _moments(begin(), STATED)) == ([], [])
    assert (_moments([*begin(), over], LEFT), _moments([*begin(), over], STATED)) == ([10.6], [10.0])
    assert (_moments([*begin(), unstated], LEFT), _moments([*begin(), unstated], STATED)) == ([10.6], [])
    # What the history adds later does not move when it was seen to leave.
    again = [*begin(), unstated, replace(over, at=at(15.0))]
    assert (_moments(again, LEFT), _moments(again, STATED)) == ([10.6], [10.0])


@pytest.mark.parametrize(
    ("state", "marked"),
    [
        (InstanceState.STOPPING, True),
        (InstanceState.STOPPED, True),
        (InstanceState.RUNNING, False),
        (InstanceState.PENDING, False),
        (InstanceState("a word of tomorrow"), False),
    ],
)
def test_that_a_halt_is_marked_and_every_state_is_a_span(state: InstanceState, marked: bool) -> None:
    run = state_of([*begin(), InstanceChanged(at(8.4), RUN, state, "", "", at(8.0))])
    axis = timeline(run, at(20.0))
    assert any(marker.lane is Lane.EC2 for marker in axis.markers) is marked
    assert [span.word for span in axis.spans if span.lane is Lane.EC2][-1:] == [
        state.value if state != "running" else "running"
    ]


def test_that_what_was_called_and_how_it_was_answered_are_marked_apart() -> None:
    failed = ActionFailed(at(8.2), RUN, "ec2:StopInstances", "error", True)
    run = state_of([*begin(), *disrupted()[:3], failed])
    told = [(m.text, dict(m.fields)["action"]) for m in timeline(run, at(20.0)).markers if m.lane is Lane.API]
    assert told == [(f"{{action}}: {word}", "ec2:StopInstances") for word in ("about to call", "accepted", "failed")]


def test_that_a_boot_is_what_the_guest_says() -> None:
    run = state_of([*begin(DisruptionId.OS_REBOOT), *restarted()])
    boots = [marker for marker in timeline(run, at(20.0)).markers if marker.text == "Last boot"]
    assert [(marker.at, marker.basis) for marker in boots] == [(at(12.0), Basis.INFERRED)]


# -- the film and the clocks ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("film", "basis"),
    [
        (facts(), Basis.OBSERVED),
        (facts(created_at=None, **NOT_PAINTED), Basis.INFERRED),  # counted back from the session's end
    ],
)
def test_that_a_film_is_placed_by_what_it_states_or_says_that_it_is_not(film: FilmFacts, basis: Basis) -> None:
    named = item(key="s-1.mp4")
    axis = timeline(state_of([*begin(), *disrupted(), *ended(), *recorded(named, film)]), at(20.0))
    (span,) = [span for span in axis.spans if span.lane is Lane.FILM]
    assert span.basis is basis
    assert axis.film is not None and (axis.film.basis is StartBasis.SESSION_LENGTH) is (basis is Basis.INFERRED)


@pytest.mark.parametrize(
    ("low_s", "high_s", "shift_s"),
    [
        (4.0, 6.0, -5.0),
        (-6.0, -4.0, 5.0),
        (-3_600.0, 3_600.0, 0.0),
        (0.0, 7_200.0, -3_600.0),
        (0.0, 7_200.2, 0.0),  # that wide it says nothing
        (-86_400.0, 80_000.0, 0.0),
    ],
)
def test_that_an_offset_moves_local_times_only_where_it_is_known(low_s: float, high_s: float, shift_s: float) -> None:
    events: list[RunEvent] = []
    for event in begin():
        if isinstance(event, BaselineTaken):
            event = replace(event, clock_offset_low_s=low_s, clock_offset_high_s=high_s)
        if isinstance(event, ClockSampled):
            event = replace(event, offset_low_s=low_s, offset_high_s=high_s)
        events.append(event)
    run = state_of(events)
    assert aws_shift_s(run) == pytest.approx(shift_s)
    session_span = next(span for span in timeline(run, at(20.0)).spans if span.lane is Lane.SESSION)
    assert session_span.begin_at == at(1.0), "what AWS states stays where it is"
