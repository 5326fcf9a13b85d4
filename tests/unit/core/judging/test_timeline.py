"""One axis for everything of a run."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.film import EndClass, EndText
from rdpgui.core.judging.film_place import StartBasis
from rdpgui.core.judging.timeline import FilmPlacement, Lane, film_placement, timeline
from rdpgui.core.people_events import FilmClockAdjusted
from rdpgui.core.recording import Basis, RecordingStatus, StatusStatement
from rdpgui.core.reduce import reduce_run
from rdpgui.core.run_events import BaselineTaken, ClockSampled, StatusStated
from tests.unit.core.samples import RUN, T0, at, begin, disrupted, ended, facts, good_run, recorded, state_of


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
