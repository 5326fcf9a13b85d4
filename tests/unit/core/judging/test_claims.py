"""The article's claims over runs: what supports one, what refutes it, and what is still to be run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.judging.claims import Claim, ClaimId, ClaimResult, claim_facts, judge_claims, judge_facts
from rdpgui.core.judging.judge import judge
from rdpgui.core.run_events import DestinationRead, IntentRecorded, VerdictReached
from rdpgui.core.run_summary import ClaimFacts
from rdpgui.core.session import AccessType
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue
from tests.unit.core.samples import RUN, TARGET, at, begin, disrupted, ended, item, recorded, state_of

SUPPORTED, REFUTED, UNTESTED = ClaimResult.SUPPORTED, ClaimResult.REFUTED, ClaimResult.UNTESTED
STANDARD, JIT = AccessType.STANDARD, AccessType.JUST_IN_TIME
ROWS = ("os-reboot", "os-shutdown", "ec2-reboot", "ec2-stop")
OWN, WHOLE, END = CheckId.OWN_RECORDING, CheckId.INTEGRITY, CheckId.REACHES_END
HELD, NOT_SO, NOT_MADE = CheckResult.HELD, CheckResult.CONTRADICTED, CheckResult.NOT_MADE


def _facts(
    what: str | None,
    processed: bool | None = True,
    reaches: bool | None = True,
    down: bool | None = None,
    *,
    access: AccessType = STANDARD,
    name: str = "",
) -> ClaimFacts:
    kind = D(what) if what is not None else None
    return ClaimFacts(RunId(name or f"run of {what}"), kind, access, processed, reaches, down)


WHOLE_TABLE = tuple(_facts(row, down=True if row in ("os-shutdown", "ec2-stop") else None) for row in ROWS)


def _claim(claim_id: str, *runs: ClaimFacts) -> Claim:
    return next(claim for claim in judge_facts(runs) if claim.claim_id == claim_id)


def test_that_without_a_run_every_claim_is_untested_and_says_what_is_missing() -> None:
    claims = judge_facts(())
    assert [claim.claim_id for claim in claims] == list(ClaimId)
    assert {claim.result for claim in claims} == {UNTESTED}
    shells = ("log-at-end", "log-streamed")
    assert [claim.missing for claim in claims] == [ROWS, ROWS, ("os-shutdown", "ec2-stop"), ("Standard",), ROWS, shells]
    assert all(claim.text for claim in claims)


def test_that_the_whole_table_supports_everything_that_it_is_about() -> None:
    results = {claim.claim_id.value: claim.result for claim in judge_facts(WHOLE_TABLE)}
    assert results == {**dict.fromkeys(("C1", "C2", "C3", "C4", "C5"), SUPPORTED), "C6": UNTESTED}


@pytest.mark.parametrize("left_out", ROWS)
def test_that_a_row_that_was_not_run_leaves_a_claim_untested_and_is_named(left_out: str) -> None:
    runs = [run for run in WHOLE_TABLE if run.what != left_out]
    for claim_id in ("C1", "C2", "C5"):
        claim = _claim(claim_id, *runs)
        assert (claim.result, claim.missing, len(claim.supporting)) == (UNTESTED, (left_out,), 3)


@pytest.mark.parametrize(
    ("run", "refuted"),
    [
        (_facts("ec2-stop", processed=False), ("C1", "C4", "C5")),
        (_facts("ec2-stop", processed=False, access=JIT), ("C1", "C5")),  # says nothing of Standard sessions
        (_facts("ec2-stop", reaches=False), ("C2", "C5")),
        (_facts("ec2-stop", down=False), ("C3",)),
        (_facts("ec2-reboot", down=False), ()),  # nothing was down that a restart could wait for
        (_facts("stop-force", processed=False, reaches=False, down=False), ()),  # beyond the article
        (_facts("control-none", processed=False, reaches=False), ()),
        (_facts(None, processed=False, reaches=False, down=False), ()),  # nothing was proven
        (_facts("ec2-stop", processed=None, reaches=None), ()),  # what was not decided speaks against nothing
    ],
)
def test_that_one_run_refutes_a_claim_whatever_many_support_it(run: ClaimFacts, refuted: tuple[str, ...]) -> None:
    found = judge_facts([*WHOLE_TABLE, run._replace(run_id=RunId("against"))])
    assert tuple(claim.claim_id.value for claim in found if claim.result is REFUTED) == refuted
    assert all(claim.refuting == (RunId("against"),) for claim in found if claim.result is REFUTED)


def test_that_what_was_not_decided_supports_nothing() -> None:
    claim = _claim("C1", *(run._replace(processed=None) for run in WHOLE_TABLE))
    assert (claim.result, claim.supporting, claim.missing) == (UNTESTED, (), ROWS)


@pytest.mark.parametrize(("access", "result"), [(STANDARD, SUPPORTED), (JIT, UNTESTED)])
def test_that_only_a_standard_session_shows_that_just_in_time_access_is_not_needed(
    access: AccessType, result: ClaimResult
) -> None:
    assert _claim("C4", _facts("os-reboot", access=access)).result is result


def test_that_the_rule_is_carried_by_runs_that_carry_both_of_its_claims() -> None:
    only_one = [
        _facts("ec2-stop", reaches=None, name="whole only"),
        _facts("ec2-stop", processed=None, name="end only"),
    ]
    rule = _claim("C5", *WHOLE_TABLE, *only_one)
    assert rule.result is SUPPORTED
    assert rule.supporting == tuple(run.run_id for run in WHOLE_TABLE)
    both = _claim("C5", *WHOLE_TABLE, _facts("ec2-stop", processed=False, reaches=False, name="x"))
    assert both.refuting == (RunId("x"),), "a run that refutes both is told once"


# -- what one run says ----------------------------------------------------------------------------------


def _run(*more: RunEvent, checks: dict[CheckId, CheckResult] | None = None, kind: D = D.EC2_STOP) -> RunState:
    results = {check_id: HELD for check_id in CheckId} | (checks or {})
    verdict = Verdict(VerdictValue.PASS, tuple(Check(c, r, "x.", (), "x") for c, r in results.items()))
    return state_of([*begin(kind), *disrupted(), *ended(), *more, VerdictReached(at(40.0), RUN, verdict)])


def _as_written(run: RunState) -> ClaimFacts:
    """Return what a run says of the claims if its verdict, derived anew, is the one that was written."""
    return claim_facts(run, run.verdict)


@pytest.mark.parametrize(
    ("own", "whole", "processed"),
    [
        (HELD, HELD, True),
        (HELD, NOT_SO, False),
        (NOT_SO, NOT_MADE, False),  # no recording came: nothing of it is whole
        (NOT_SO, HELD, False),
        (HELD, NOT_MADE, None),
        (NOT_MADE, HELD, None),
        (NOT_MADE, NOT_SO, False),
        (NOT_MADE, NOT_MADE, None),
    ],
)
def test_that_a_recording_was_processed_when_it_is_the_session_s_and_whole(
    own: CheckResult, whole: CheckResult, processed: bool | None
) -> None:
    facts = _as_written(_run(*recorded(), checks={OWN: own, WHOLE: whole}))
    assert (facts.what, facts.access, facts.processed, facts.reaches_end) == (D.EC2_STOP, STANDARD, processed, True)


@pytest.mark.parametrize(("result", "reaches"), [(HELD, True), (NOT_SO, False), (NOT_MADE, None)])
def test_that_a_film_reaches_the_end_as_its_check_says(result: CheckResult, reaches: bool | None) -> None:
    assert _as_written(_run(*recorded(), checks={END: result})).reaches_end is reaches


@pytest.mark.parametrize(
    ("restored_s", "written_s", "down"),
    [
        (None, 12.0, True),  # it was never started again, and seen stopped
        (20.0, 12.0, True),
        (20.0, 20.0, True),
        (20.0, 22.0, False),  # the instance may have had it and written it when it was up again
        (11.5, 12.0, False),
    ],
)
def test_that_the_service_had_what_came_before_the_instance_was_started_again(
    restored_s: float | None, written_s: float, down: bool
) -> None:
    restore = [] if restored_s is None else [IntentRecorded(at(restored_s), RUN, D.EC2_STOP, RESTORE_ACTION, TARGET)]
    found = recorded(item(modified_at=at(written_s).replace(microsecond=0)))
    assert _as_written(_run(*restore, *found)).while_down is down


def test_that_without_a_recording_it_is_not_known_who_had_it_unless_it_is_missing_for_certain() -> None:
    assert _as_written(_run(checks={OWN: NOT_MADE, WHOLE: NOT_MADE})).while_down is None
    assert _as_written(_run(checks={OWN: NOT_SO, WHOLE: NOT_MADE})).while_down is False
    starting = disrupted()[:4]  # stopping, stopped was never seen
    run = state_of([*begin(), *starting, *ended(), *recorded()])
    assert _as_written(replace(run, verdict=_run().verdict)).while_down is None


def test_that_a_run_without_a_verdict_or_proof_says_nothing() -> None:
    assert claim_facts(state_of([*begin(), *disrupted(), *ended(), *recorded()])).what is None
    unproven = state_of([*begin(), *ended(), *recorded()])
    assert claim_facts(replace(unproven, verdict=_run().verdict)) == ClaimFacts(RUN, None, STANDARD)
    assert {claim.result for claim in judge_claims([unproven])} == {UNTESTED}


def test_that_a_good_run_supports_its_row_by_its_own_judge() -> None:
    read = DestinationRead(at(39.0), RUN, readable=True, unchanged=True, listed_at=at(39.0))
    events: list[RunEvent] = [*begin(), *disrupted(), *ended(), *recorded(), read]
    run = state_of([*events, VerdictReached(at(40.0), RUN, judge(state_of(events)))])
    claims = {claim.claim_id.value: claim for claim in judge_claims([run])}
    assert claims["C1"].supporting == claims["C2"].supporting == claims["C3"].supporting == (RUN,)
    assert claims["C1"].missing == ROWS[:3]
