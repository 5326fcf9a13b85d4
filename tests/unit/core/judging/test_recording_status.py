"""The evidence ladder: each rung needs its evidence, and none is stronger than it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.core.events import RunEvent
from rdpgui.core.judging.recording_status import RecordingFacts, facts_of_run, recording_status
from rdpgui.core.recording import Basis, Denial, RecordingObject, RecordingStatus
from rdpgui.core.run_events import FilmInspected, FilmSaved
from rdpgui.core.session import SessionStatus
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
from tests.unit.core.samples import (
    PREFERENCES,
    T0,
    at,
    begin,
    disrupted,
    ended,
    facts,
    good_run,
    item,
    recorded,
    session,
    state_of,
)

S = RecordingStatus
DENIAL = Denial(at(12.0), "kms:GenerateDataKey", "key", "AccessDenied", "no")
ACTIVE = RecordingFacts(T0, PREFERENCES, T0, session(), T0, listing_read_at=at(20.0), usual_s=(1.0, 5.0), limit_s=30.0)
LEFT = replace(ACTIVE, session=session(active=False, status=SessionStatus.TERMINATED), left_at=at(10.0))
FOUND = replace(LEFT, candidates=(item(),), stable=True)


@pytest.mark.parametrize(
    ("known", "status", "basis"),
    [
        (RecordingFacts(T0), S.UNKNOWN, Basis.NONE),
        (RecordingFacts(T0, None, T0), S.NOT_CONFIGURED, Basis.OBSERVED),
        (RecordingFacts(T0, PREFERENCES, T0), S.UNKNOWN, Basis.NONE),
        (RecordingFacts(T0, PREFERENCES, T0, None, T0), S.WAITING, Basis.OBSERVED),
        (ACTIVE, S.RECORDING, Basis.INFERRED),
        (replace(ACTIVE, preferences_read_at=None), S.UNKNOWN, Basis.NONE),
        (replace(ACTIVE, session=session(document_name="SSM-SessionManagerRunShell")), S.UNKNOWN, Basis.NONE),
        (LEFT, S.PROCESSING, Basis.INFERRED),
        (replace(LEFT, listing_read_at=at(39.9)), S.PROCESSING, Basis.INFERRED),
        (replace(LEFT, listing_read_at=at(40.0)), S.OVERDUE, Basis.OBSERVED),
        (replace(LEFT, listing_read_at=None), S.UNKNOWN, Basis.NONE),
        (replace(LEFT, denied="s3:PutObject AccessDenied"), S.PROCESSING_ERROR, Basis.INFERRED),
        (replace(LEFT, denials=(DENIAL,)), S.PROCESSING_ERROR, Basis.INFERRED),
        (replace(LEFT, denials=(DENIAL,), listing_read_at=at(40.0)), S.PROCESSING_ERROR, Basis.INFERRED),
        (replace(ACTIVE, denials=(DENIAL,)), S.RECORDING, Basis.INFERRED),
        (replace(FOUND, denials=(DENIAL,)), S.FINISHED, Basis.OBSERVED),
        (FOUND, S.FINISHED, Basis.OBSERVED),
        (replace(FOUND, stable=False), S.PROCESSING, Basis.INFERRED),
        (replace(FOUND, candidates=(item(size_bytes=0),)), S.PROCESSING, Basis.INFERRED),
        (replace(FOUND, verified=True), S.VERIFIED, Basis.VERIFIED_HERE),
        (replace(FOUND, verified=True, suspect="film-truncated"), S.SUSPECT, Basis.OBSERVED),
    ],
)
def test_that_a_status_is_what_its_evidence_carries(
    known: RecordingFacts, status: RecordingStatus, basis: Basis
) -> None:
    statement = recording_status(known)
    assert (statement.status, statement.basis) == (status, basis)
    assert statement.evidence
    assert all("{" not in e.text.format(**dict(e.fields)) for e in statement.evidence)


def test_that_a_processing_error_shows_what_the_audit_log_says() -> None:
    denials = tuple(replace(DENIAL, at=at(20.0 - number)) for number in range(5))
    statement = recording_status(replace(LEFT, denials=denials))
    audited = [evidence for evidence in statement.evidence if evidence.source == "cloudtrail:LookupEvents"]
    assert [evidence.observed_at for evidence in audited] == [at(20.0), at(19.0), at(18.0)]
    assert dict(audited[0].fields) == {"operation": "kms:GenerateDataKey", "resource": "key", "code": "AccessDenied"}


def test_that_processing_shows_the_usual_range() -> None:
    assert recording_status(LEFT).usual_s == (1.0, 5.0)


@given(st.booleans(), st.booleans(), st.booleans(), st.floats(0.0, 1e6), st.sampled_from(["", "denied"]), st.booleans())
@settings(max_examples=200, deadline=None)
def test_that_without_an_object_nothing_is_ever_finished_or_failed(
    prefs: bool, attached: bool, over: bool, waited_s: float, denied: str, listed: bool
) -> None:
    known = RecordingFacts(
        T0,
        PREFERENCES if prefs else None,
        T0,
        session() if attached else None,
        T0,
        at(0.0) if over else None,
        listing_read_at=at(waited_s) if listed else None,
        denied=denied,
    )
    status = recording_status(known).status
    assert status not in (S.FINISHED, S.VERIFIED, S.SUSPECT)
    assert not any("fail" in word.value for word in S)


def test_that_a_run_goes_up_the_ladder() -> None:
    steps = [
        (begin(), S.RECORDING),
        ([*begin(), *disrupted(), *ended()], S.PROCESSING),
        ([*begin(), *disrupted(), *ended(), recorded()[0]], S.FINISHED),
        ([*begin(), *disrupted(), *ended(), *recorded()], S.VERIFIED),
        ([*begin(), *disrupted(), *ended(), *recorded(film=facts(truncated=True))], S.SUSPECT),
        ([*begin(), *disrupted(), *ended(), *recorded(film=facts(created_at=at(-900.0)))], S.SUSPECT),
    ]
    for events, status in steps:
        stated = recording_status(facts_of_run(state_of(events), at(14.0), usual_s=(1, 2), listing_read_at=at(14.0)))
        assert stated.status is status


def test_that_a_run_s_missing_object_is_overdue_after_its_limit() -> None:
    run = state_of([*begin(), *disrupted(), *ended()])
    stated = recording_status(facts_of_run(run, at(99.0), usual_s=(1, 2), listing_read_at=at(99.0)))
    assert stated.status is S.OVERDUE
    assert good_run().left is not None


def _told(known: RecordingFacts) -> list[str]:
    return [evidence.text.format(**dict(evidence.fields)) for evidence in recording_status(known).evidence]


IN_HISTORY = session(active=False, status=SessionStatus.TERMINATED, ended_at=at(9.0))


@pytest.mark.parametrize(
    ("known", "status", "told", "seen_s"),
    [
        (ACTIVE, S.RECORDING, "Session s-1 is active (Connected).", 0.0),
        # The list still calls it active, or has not been read again: it was seen to be over.
        (replace(ACTIVE, left_at=at(10.0)), S.PROCESSING, "Session s-1 is no longer active (Connected).", 10.0),
        # It is in the history, and nobody saw it leave.
        (replace(ACTIVE, session=IN_HISTORY), S.PROCESSING, "Session s-1 is no longer active (Terminated).", 0.0),
        (LEFT, S.PROCESSING, "Session s-1 is no longer active (Terminated).", 10.0),
    ],
)
def test_that_a_session_is_called_active_only_as_long_as_nothing_says_that_it_is_over(
    known: RecordingFacts, status: RecordingStatus, told: str, seen_s: float
) -> None:
    statement = recording_status(known)
    assert (statement.status, _told(known)[1]) == (status, told)
    assert statement.evidence[1].observed_at == at(seen_s)


@pytest.mark.parametrize(
    ("known", "since_s", "told"),
    [
        (LEFT, 10.0, "No new object 10 s after the session's end."),
        (replace(LEFT, listing_read_at=at(10.0)), 10.0, "No new object 0 s after the session's end."),
        # The listing is from before the end: it says nothing of after it.
        (replace(LEFT, listing_read_at=at(9.9)), 10.0, "No new object when the destination was listed."),
        (replace(LEFT, listing_read_at=at(-500.0)), 10.0, "No new object when the destination was listed."),
        # Nobody saw it leave: counted from the end that is stated, else from when it was read.
        (replace(ACTIVE, session=IN_HISTORY), 9.0, "No new object 11 s after the session's end."),
        (
            replace(ACTIVE, session=replace(IN_HISTORY, ended_at=None), sessions_read_at=at(12.0)),
            12.0,
            "No new object 8 s after the session's end.",
        ),
    ],
)
def test_that_nothing_is_said_of_a_time_at_which_nobody_looked(
    known: RecordingFacts, since_s: float, told: str
) -> None:
    statement = recording_status(known)
    assert (statement.status, statement.since_at) == (S.PROCESSING, at(since_s))
    assert _told(known)[-1] == told


@pytest.mark.parametrize("read_s", [-500.0, 9.0, 39.9])
def test_that_a_listing_from_before_the_limit_makes_nothing_overdue(read_s: float) -> None:
    late = replace(LEFT, now=at(9_999.0), listing_read_at=at(read_s))
    assert recording_status(late).status is S.PROCESSING, "nobody looked since"


@pytest.mark.parametrize(
    ("candidates", "status"),
    [
        ((item(), item(key="k2.bin")), S.FINISHED),
        ((item(), item(key="k2.bin", size_bytes=0)), S.PROCESSING),
        ((item(size_bytes=0), item(key="k2.bin")), S.PROCESSING),
    ],
)
def test_that_of_several_objects_none_may_be_empty(
    candidates: tuple[RecordingObject, ...], status: RecordingStatus
) -> None:
    known = replace(FOUND, candidates=candidates)
    assert recording_status(known).status is status
    assert [e.held for e in recording_status(known).evidence[:2]] == [i.size_bytes > 0 for i in candidates]


def test_that_an_unread_destination_hides_no_refusal() -> None:
    """The audit log and the bucket are read apart; who may not list may still see why nothing comes."""
    known = replace(LEFT, listing_read_at=None, denied="s3:PutObject", denials=(DENIAL,))
    assert recording_status(known).status is S.PROCESSING_ERROR
    assert _told(known)[2:] == [
        "Refused: s3:PutObject",
        "GUI Connect was refused kms:GenerateDataKey on key (AccessDenied).",
    ]


@pytest.mark.parametrize(
    ("matched", "last_frame", "status"),
    [
        (True, "last-frame.png", S.VERIFIED),
        (None, "last-frame.png", S.VERIFIED),  # S3 has no checksum of the whole object
        (False, "last-frame.png", S.FINISHED),
        (True, "", S.FINISHED),
    ],
)
def test_that_verified_is_what_was_checked_here(matched: bool | None, last_frame: str, status: RecordingStatus) -> None:
    found: list[RunEvent] = []
    for event in [*begin(), *disrupted(), *ended(), *recorded()]:
        if isinstance(event, FilmSaved):
            event = replace(event, checksum_matched=matched)
        if isinstance(event, FilmInspected):
            event = replace(event, last_frame=last_frame)
        found.append(event)
    known = facts_of_run(state_of(found), at(14.0), usual_s=(1, 2), listing_read_at=at(14.0))
    assert recording_status(known).status is status


@pytest.mark.parametrize(
    ("check_id", "result", "suspect"),
    [
        (CheckId.INTEGRITY, CheckResult.CONTRADICTED, True),
        (CheckId.REACHES_END, CheckResult.CONTRADICTED, True),
        (CheckId.LAST_FRAME, CheckResult.CONTRADICTED, True),
        (CheckId.REACHES_END, CheckResult.NOT_MADE, False),
        (CheckId.LAST_FRAME, CheckResult.HELD, False),
        (CheckId.DISRUPTION_PROVEN, CheckResult.CONTRADICTED, False),  # that is no fault of the film
        (CheckId.ENDED_AFTER, CheckResult.CONTRADICTED, False),
    ],
)
def test_that_a_verdict_makes_only_a_film_doubtful_that_it_contradicts(
    check_id: CheckId, result: CheckResult, suspect: bool
) -> None:
    check = Check(check_id, result, "text", cause="film-ends-early")
    run = replace(good_run(), verdict=Verdict(VerdictValue.FAIL, (check,)))
    known = facts_of_run(run, at(14.0), usual_s=(1, 2), listing_read_at=at(14.0))
    assert recording_status(known).status is (S.SUSPECT if suspect else S.VERIFIED)
    assert known.suspect == ("film-ends-early" if suspect else "")
