"""A run once more: what was known at each moment."""

from __future__ import annotations

from datetime import timedelta

from rdpgui.core.events import RunEvent
from rdpgui.core.journal import rebuild
from rdpgui.core.replay import replay_of
from rdpgui.core.run import RunStatus
from tests.ui.snapshots import run_events

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
