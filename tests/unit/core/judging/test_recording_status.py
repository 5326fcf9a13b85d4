"""The evidence ladder: each rung needs its evidence, and none is stronger than it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rdpgui.core.judging.recording_status import RecordingFacts, facts_of_run, recording_status
from rdpgui.core.recording import Basis, Denial, RecordingStatus
from rdpgui.core.session import SessionStatus
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
