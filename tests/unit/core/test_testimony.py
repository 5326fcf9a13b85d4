"""When a person's answer counts: on a film that is there, after the verdict, until the next run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.people_events import ConfirmationWithdrawn, VisuallyConfirmed
from rdpgui.core.run_events import FilmInspected, FilmSaved, VerdictReached
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.state import AppState, RunState
from rdpgui.core.testimony import counted_answer, has_film, may_testify, may_withdraw
from rdpgui.core.verdict import Verdict, VerdictValue, VisualConfirmation
from tests.unit.core.samples import RUN, at, begin, disrupted, ended, facts, recorded, state_of

JUDGED = VerdictReached(at(14.0), RUN, Verdict(VerdictValue.INCONCLUSIVE, ()))
ANSWER = VisualConfirmation(True, "ana", at(60.0), "recording.mp4", 8.5)
SAID = VisuallyConfirmed(at(60.0), RUN, ANSWER)
BACK = ConfirmationWithdrawn(at(70.0), RUN, "ana")
SAVED = next(event for event in recorded() if isinstance(event, FilmSaved))
INSPECTED = next(event for event in recorded() if isinstance(event, FilmInspected))


def _run(*events: RunEvent) -> RunState:
    return state_of([*begin(), *disrupted(), *ended(), *events])


@pytest.mark.parametrize(
    ("events", "film"),
    [
        ((), False),
        ((SAVED,), False),  # its bytes are here, nobody has looked into them
        ((INSPECTED,), False),  # looked into, and not kept
        ((SAVED, INSPECTED), True),
        ((SAVED, replace(INSPECTED, facts=None, error="no container")), False),
        ((SAVED, replace(INSPECTED, key="other.bin")), False),
        ((SAVED, replace(INSPECTED, key="other.bin"), INSPECTED), True),
    ],
)
def test_that_a_film_can_be_looked_at_that_was_saved_and_opens(events: tuple[RunEvent, ...], film: bool) -> None:
    run = _run(*events)
    assert has_film(run) is film
    assert may_testify(_run(*events, JUDGED)) is film
    assert not may_testify(run), "before its verdict nobody is asked"


def test_that_who_has_answered_is_not_asked_again_until_the_answer_is_taken_back() -> None:
    assert not may_testify(_run(*recorded(), JUDGED, SAID))
    assert may_testify(_run(*recorded(), JUDGED, SAID, BACK))


def test_that_an_answer_without_a_film_is_no_testimony() -> None:
    assert counted_answer(_run(JUDGED, SAID)) is None
    assert counted_answer(_run(*recorded(film=facts()), JUDGED, SAID)) == ANSWER
    assert counted_answer(_run(*recorded(), JUDGED)) is None
    assert counted_answer(_run(*recorded(), JUDGED, SAID, BACK)) is None


@pytest.mark.parametrize(
    ("begun_s", "withdrawn"),
    [(0.0, True), (59.9, True), (60.0, True), (60.1, False), (3600.0, False)],
)
def test_that_an_answer_may_be_taken_back_until_another_run_begins(begun_s: float, withdrawn: bool) -> None:
    run = _run(*recorded(), JUDGED, SAID)
    other = replace(run, run_id=RunId("r-2"), started_at=at(begun_s))
    assert may_withdraw(AppState(runs={RUN: run, other.run_id: other}), run) is withdrawn
    line = RunSummary(RunId("r-3"), at(begun_s))  # a run that nobody has open is a run all the same
    assert may_withdraw(AppState(runs={RUN: run}, history={line.run_id: line}), run) is withdrawn


def test_that_there_is_nothing_to_take_back_where_nobody_has_answered() -> None:
    run = _run(*recorded(), JUDGED)
    assert not may_withdraw(AppState(runs={RUN: run}), run)
