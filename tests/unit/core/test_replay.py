"""A run once more: what was known at each moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.journal import rebuild
from rdpgui.core.judging.judge import judge
from rdpgui.core.people_events import RunArchived
from rdpgui.core.replay import replay_of
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import FilmInspected, RunEnded, VerdictReached
from tests.ui.snapshots import run_events
from tests.unit.core.samples import RUN, T0, at, begin, disrupted, ended, recorded, state_of

EVENTS = tuple(event for event in run_events() if isinstance(event, RunEvent))


def test_that_each_moment_is_the_run_that_its_journal_gives_up_to_then() -> None:
    replay = replay_of(EVENTS)
    assert replay is not None
    for place, event in enumerate(EVENTS):
        later = [other.at for other in EVENTS[place + 1 :]]
        if event.at < replay.end_at and (not later or later[0] > event.at):
            assert replay.at(event.at) == rebuild(EVENTS[: place + 1])


def test_that_before_its_begin_a_run_has_only_begun_and_after_its_end_all_is_known() -> None:
    replay = replay_of(EVENTS)
    assert replay is not None
    assert replay.at(replay.begin_at - timedelta(hours=1)).status is RunStatus.RUNNING
    assert replay.at(replay.end_at + timedelta(hours=1)) == rebuild(EVENTS)
    assert replay.film_at is not None
    assert replay.verdict_at is not None
    assert replay.begin_at < replay.film_at < replay.verdict_at < replay.end_at


def test_that_a_journal_without_its_begin_has_no_replay() -> None:
    assert replay_of(EVENTS[1:]) is None
    assert replay_of(()) is None


# -- runs of which something is odd ---------------------------------------------------------------------

WHOLE = [*begin(), *disrupted(), *ended(), *recorded()]


def _verdict(at_s: float) -> VerdictReached:
    return VerdictReached(at(at_s), RUN, judge(state_of(WHOLE)))


def test_that_a_line_of_another_run_is_no_moment_of_this_one() -> None:
    """Its journal may hold one; the run that is rebuilt from it does not know it either."""
    other = [
        replace(event, run_id=RunId("r-2")) for event in (_verdict(9.0), RunEnded(at(9.5), RUN, RunStatus.FAILED, "x"))
    ]
    events = [*WHOLE[:8], *other, *WHOLE[8:]]
    replay = replay_of(events)
    assert replay is not None and replay == replay_of(WHOLE)
    assert replay.states[-1] == rebuild(events)
    assert (replay.verdict_at, replay.states[-1].status) == (None, RunStatus.RUNNING)


def test_that_the_first_film_and_the_first_verdict_are_the_moments_that_are_shown() -> None:
    again = [replace(event, at=at(30.0)) for event in recorded() if isinstance(event, FilmInspected)]
    replay = replay_of([*WHOLE, _verdict(20.0), *again, _verdict(40.0)])
    assert replay is not None
    assert (replay.film_at, replay.verdict_at) == (at(13.2), at(20.0))
    bare = replay_of(begin())
    assert bare is not None and (bare.film_at, bare.verdict_at) == (None, None)


@pytest.mark.parametrize(
    ("more", "end_s"),
    [
        ((), 13.3),  # nobody wrote its end: when it was last known to go on
        ((RunEnded(at(20.0), RUN, RunStatus.COMPLETED, ""),), 20.0),
        # A person's word of a year later is shown at the run's end.
        ((RunEnded(at(20.0), RUN, RunStatus.COMPLETED, ""), RunArchived(at(9e6), RUN, True, "ann")), 20.0),
        # The clock was set back: a run does not end before it began.
        ((RunEnded(at(-500.0), RUN, RunStatus.COMPLETED, ""),), 0.0),
    ],
)
def test_that_a_replay_ends_when_the_run_did(more: tuple[RunEvent, ...], end_s: float) -> None:
    replay = replay_of([*WHOLE, *more])
    assert replay is not None
    assert (replay.begin_at, replay.end_at) == (T0, at(end_s))
    assert replay.at(replay.end_at) == replay.states[-1] == rebuild([*WHOLE, *more])


def test_that_a_clock_that_was_set_back_turns_no_moment_round() -> None:
    events = [*WHOLE[:8], replace(WHOLE[8], at=at(-900.0)), *WHOLE[9:]]
    replay = replay_of(events)
    assert replay is not None
    assert list(replay.times) == sorted(replay.times)
    assert len(replay.times) == len(replay.states) == len(events) + 1
