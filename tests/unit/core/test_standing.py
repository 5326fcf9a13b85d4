"""What may be said of a run later: while somebody looks, when nobody does any more, and once its files are gone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rdpgui.core.account_events import Topic
from rdpgui.core.events import RunEvent
from rdpgui.core.freshness import NEVER, SLACK_S, Look, Moment, Sight
from rdpgui.core.ids import RunId
from rdpgui.core.recording import Basis, Evidence, RecordingStatus, StatusStatement
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import FilmInspected, FilmSaved, RunEnded, Source, StatusStated, WitnessSaved
from rdpgui.core.standing import (
    FILM_GONE,
    LASTING,
    aged,
    as_kept,
    files_of,
    run_now,
    run_sight,
    run_then,
    seen_until,
    statement_now,
    statement_then,
    status_then,
    topic_sight,
)
from rdpgui.core.state import AppState, RunState
from tests.unit.core.samples import RUN, at, begin, disrupted, ended, facts, item, recorded, state_of

S = RecordingStatus
LIVE = set(S) - LASTING
POLL_S = 2.0
OVER = RunEnded(at(50.0), RUN, RunStatus.COMPLETED, "")


def _said(status: RecordingStatus, at_s: float = 20.0) -> StatusStated:
    seen = Evidence("It was seen.", at(at_s), "s3:ListObjectsV2")
    return StatusStated(at(at_s), RUN, StatusStatement(status, Basis.OBSERVED, at(at_s - 1.0), (seen,), (1.0, 5.0)))


def _run(*events: RunEvent) -> RunState:
    return state_of([*begin(), *disrupted(), *ended(), *events])


def _looked(run: RunState, at_s: float = 20.0, *sources: Source) -> AppState:
    look = Look(at(at_s), at_s, POLL_S)
    return AppState(runs={RUN: run}, run_looks={(RUN, source): look for source in sources or tuple(Source)})


def _now(at_s: float) -> Moment:
    return Moment(at(at_s), at_s)


# -- while it goes on -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(S))
@pytest.mark.parametrize(("later_s", "looked_at"), [(POLL_S + SLACK_S, True), (POLL_S + SLACK_S + 0.1, False)])
def test_that_a_live_word_lasts_as_long_as_its_look_and_a_lasting_one_for_ever(
    status: RecordingStatus, later_s: float, looked_at: bool
) -> None:
    run = _run(_said(status))
    shown = statement_now(_looked(run), run, _now(20.0 + later_s))
    assert shown is not None
    if looked_at or status in LASTING:
        assert shown is run.statement
        return
    assert (shown.status, shown.basis, shown.since_at, shown.usual_s) == (S.UNKNOWN, Basis.NONE, at(20.0), None)
    assert dict(shown.evidence[0].fields) == {"at": at(20.0).isoformat(), "status": status.value}
    assert run.statement is not None
    assert shown.evidence[1:] == run.statement.evidence


@pytest.mark.parametrize(
    ("status", "source"),
    [
        (S.RECORDING, Source.SESSION),
        (S.WAITING, Source.SESSION),
        (S.NOT_CONFIGURED, Source.SESSION),
        (S.PROCESSING, Source.OBJECTS),
        (S.OVERDUE, Source.OBJECTS),
        (S.PROCESSING_ERROR, Source.OBJECTS),
    ],
)
def test_that_a_word_hangs_on_the_look_at_what_it_is_said_of(status: RecordingStatus, source: Source) -> None:
    run = _run(_said(status))
    assert statement_now(_looked(run, 20.0, source), run, _now(20.0)) is run.statement
    others = [other for other in Source if other is not source]
    elsewhere = statement_now(_looked(run, 20.0, *others), run, _now(20.0))
    assert elsewhere is not None
    assert (elsewhere.status, elsewhere.since_at) == (S.UNKNOWN, at(20.0)), "last known when it was stated"


def test_that_every_status_either_lasts_or_hangs_on_a_look() -> None:
    assert {S.FINISHED, S.VERIFIED, S.SUSPECT, S.UNKNOWN} == LASTING
    for status in S:
        assert status_then(status) is (status if status in LASTING else S.UNKNOWN)
        run = _run(_said(status))
        assert statement_now(AppState(runs={RUN: run}), run, _now(20.0)) is not None


def test_that_a_run_that_says_nothing_of_its_recording_has_nothing_that_ages() -> None:
    run = _run()
    assert statement_now(_looked(run), run, _now(20.0)) is None
    assert statement_then(run) is None
    assert run_now(_looked(run), run, _now(9_999.0)) is run


# -- when it is over ----------------------------------------------------------------------------------------


def test_that_a_run_that_is_over_looks_at_nothing_whatever_looks_are_left() -> None:
    run = _run(_said(S.PROCESSING), OVER)
    for source in Source:
        seen = run_sight(_looked(run, 50.0), run, source, _now(50.0))
        assert (seen.live, seen.seen_at) == (False, run.last_at)
    going = _run(_said(S.PROCESSING))
    assert run_sight(AppState(runs={RUN: going}), going, Source.SESSION, _now(20.0)) == NEVER


@pytest.mark.parametrize("status", list(S))
def test_that_a_paper_says_live_words_in_the_past_only(status: RecordingStatus) -> None:
    over, going = _run(_said(status), OVER), _run(_said(status))
    for run, since_at in ((over, over.last_at), (going, at(20.0))):
        shown = statement_then(run)
        assert shown is not None
        assert shown.status is (status if status in LASTING else S.UNKNOWN)
        assert shown.since_at == (since_at if status in LIVE else at(19.0))


def test_that_it_is_told_until_when_each_thing_was_seen() -> None:
    run = _run()
    state = _looked(run, 20.0, Source.INSTANCE)
    until = seen_until(state, run, _now(20.0))
    assert until[Source.INSTANCE] is None
    assert {source for source, seen_at in until.items() if seen_at == (run.last_at or run.started_at)} == (
        set(Source) - {Source.INSTANCE}
    )
    assert seen_until(state, run, _now(60.0))[Source.INSTANCE] == at(20.0)


# -- once files of it are gone --------------------------------------------------------------------------------


WITNESS = WitnessSaved(at(11.0), RUN, "witness.jpg", at(10.0))
SAVED = FilmSaved(at(14.1), RUN, "l.bin", "recording-2.mp4", "cd" * 32, "", None)
SECOND: list[RunEvent] = [SAVED, FilmInspected(at(14.2), RUN, "l.bin", facts(), "last-frame-2.png", "")]


def test_that_a_run_names_what_it_keeps() -> None:
    assert files_of(_run()) == ()
    assert files_of(_run(*recorded())) == ("recording.mp4", "last-frame.png")
    unsaved = replace(SAVED, path="")
    assert files_of(_run(WITNESS, *recorded(), unsaved)) == ("recording.mp4", "last-frame.png", "witness.jpg")
    assert files_of(_run(*recorded(), *SECOND))[:2] == ("recording.mp4", "recording-2.mp4")


@pytest.mark.parametrize("status", [S.VERIFIED, S.FINISHED, S.SUSPECT, S.PROCESSING])
@pytest.mark.parametrize("gone", [(), ("other.mp4",), ("last-frame.png",), ("recording.mp4",)])
def test_that_a_film_that_is_gone_was_verified_then_and_is_no_more(
    status: RecordingStatus, gone: tuple[str, ...]
) -> None:
    run = _run(*recorded(), _said(status))
    kept = as_kept(run, gone)
    stated = kept.statement
    assert stated is not None
    if status is S.VERIFIED and "recording.mp4" in gone:
        assert (stated.status, stated.basis, stated.since_at) == (S.UNKNOWN, Basis.NONE, at(20.0))
        assert stated.evidence[0].text == FILM_GONE
        assert stated.evidence[1:] == (run.statement.evidence if run.statement is not None else ())
    else:
        assert stated == run.statement
    assert set(files_of(kept)) == set(files_of(run)) - set(gone)
    assert (kept is run) is (not gone)


def test_that_of_several_films_the_own_one_decides() -> None:
    named = item(metadata=(("session", "s-1"),))
    run = _run(*recorded(named), *SECOND, _said(S.VERIFIED))
    other_gone, own_gone = as_kept(run, {"recording-2.mp4"}), as_kept(run, {"recording.mp4"})
    assert other_gone.statement == run.statement
    assert own_gone.statement is not None and own_gone.statement.status is S.UNKNOWN


def test_that_what_was_judged_is_told_without_its_gone_files_too() -> None:
    run = _run(WITNESS, *recorded(), _said(S.VERIFIED))
    kept = as_kept(replace(run, judged=run), {"recording.mp4", "witness.jpg"})
    assert kept.judged is not None
    assert files_of(kept) == files_of(kept.judged) == ("last-frame.png",)
    assert kept.judged.statement is not None and kept.judged.statement.status is S.UNKNOWN
    assert kept.run_id == RunId(RUN)


# -- the run as it is shown, and the topics of the account ------------------------------------------------------


@pytest.mark.parametrize("status", list(S))
def test_that_a_run_is_shown_with_its_last_word_aged_and_with_all_before_it_as_they_were(
    status: RecordingStatus,
) -> None:
    first = _said(S.RECORDING, 5.0)
    run = _run(first, _said(status))
    state = _looked(run)
    assert run_now(state, run, _now(20.0)) is run, "while it is looked at it is the run itself"
    late, paper = run_now(state, run, _now(99.0)), run_then(replace(run, carried=False))
    for shown in (late, paper):
        assert shown.statements[0] == first.statement and len(shown.statements) == 2
        assert shown.statement is not None
        assert shown.statement.status is (status if status in LASTING else S.UNKNOWN)
    assert (late is run) is (status in LASTING)


def test_that_a_paper_of_a_run_that_said_nothing_is_the_run_itself() -> None:
    run = _run()
    assert run_then(run) is run


@pytest.mark.parametrize(
    ("look", "observed_s", "now_s", "sight"),
    [
        (None, None, 20.0, Sight(live=False, seen_at=None)),
        (None, 15.0, 20.0, Sight(live=False, seen_at=at(15.0))),  # read once, and not by a watcher
        (Look(at(20.0), 20.0, POLL_S), 15.0, 20.0, Sight(live=True, seen_at=at(20.0))),
        (Look(at(20.0), 20.0, POLL_S), 15.0, 99.0, Sight(live=False, seen_at=at(20.0))),
    ],
)
def test_that_a_topic_is_live_only_as_long_as_its_watcher_looks(
    look: Look | None, observed_s: float | None, now_s: float, sight: Sight
) -> None:
    looks = {} if look is None else {Topic.SESSIONS: look}
    observed_at = {} if observed_s is None else {Topic.SESSIONS: at(observed_s)}
    state = AppState(looks=looks, observed_at=observed_at)
    assert topic_sight(state, Topic.SESSIONS, _now(now_s)) == sight
    assert topic_sight(state, Topic.OBJECTS, _now(now_s)) == Sight(live=False, seen_at=None)


@pytest.mark.parametrize("seen_s", [None, 20.0])
def test_that_a_word_that_nobody_saw_at_a_known_time_names_none(seen_s: float | None) -> None:
    statement = _said(S.RECORDING).statement
    seen_at = None if seen_s is None else at(seen_s)
    evidence = aged(statement, seen_at).evidence[0]
    text = evidence.text.format(**dict(evidence.fields))
    assert text == ("Last seen: recording." if seen_at is None else f"Last seen at {seen_at.isoformat()}: recording.")


@pytest.mark.parametrize(
    ("evidence", "since_at", "told"),
    [
        ((Evidence("It was seen.", at(20.0), "x"),), at(19.0), at(20.0)),
        ((Evidence("It was seen.", None, "x"),), at(19.0), None),
        ((), at(19.0), at(19.0)),
        ((), None, None),
    ],
)
def test_that_a_film_that_is_gone_was_verified_when_that_was_last_seen(
    evidence: tuple[Evidence, ...], since_at: datetime | None, told: datetime | None
) -> None:
    verified = StatusStatement(S.VERIFIED, Basis.VERIFIED_HERE, since_at, evidence)
    kept = as_kept(_run(*recorded(), StatusStated(at(20.0), RUN, verified)), {"recording.mp4"})
    assert kept.statement is not None
    assert (kept.statement.status, kept.statement.since_at) == (S.UNKNOWN, told)
    assert dict(kept.statement.evidence[0].fields) == {"at": "-" if told is None else told.isoformat()}
