"""What one of several equal runs measured: shutdown gap, processing time, seconds lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from rdpgui.core.judging.case import Case, case_of
from rdpgui.core.spread import Spread, spread
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckId, CheckResult, Verdict, VerdictValue


class Measure(StrEnum):
    """What is measured of a run, seconds each."""

    GAP = "gap"
    PROCESSING = "processing"
    LOST = "lost"


class Measured(NamedTuple):
    """One run's values; None where it has none.

    Attributes:
        gap_s: session end − film end, the middle of its bounds.
        processing_s: from the session's end until its recording was first seen in S3, both on AWS's clock. (S3's own
            time has whole seconds only.)
        lost_s: of the session not in the film; all of it where evidence says that no film came. None where nobody
            could look: what was not seen is not lost.
    """

    verdict: VerdictValue | None
    gap_s: float | None
    processing_s: float | None
    lost_s: float | None

    def value(self, measure: Measure) -> float | None:
        """Return one of the values."""
        return {Measure.GAP: self.gap_s, Measure.PROCESSING: self.processing_s, Measure.LOST: self.lost_s}[measure]


def measured(run: RunState) -> Measured:
    """Return what a run measured; one without a verdict measured nothing."""
    verdict = run.verdict
    if verdict is None:
        return Measured(None, None, None, None)
    case = case_of(run)
    gap_s = verdict.gap.middle_s if verdict.gap is not None else None
    lost_s = max(0.0, gap_s) if gap_s is not None else _whole_session_s(case, verdict)
    return Measured(verdict.value, gap_s, _processing_s(case), lost_s)


def _processing_s(case: Case) -> float | None:
    """Return from the end of the session, an EndDate where there is one, to the first listing with its recording."""
    ended_at, own = _ended_at(case), case.own
    seen_at = dict(case.run.first_listed).get(own.item.key) if own is not None else None
    if ended_at is None or seen_at is None:
        return None
    return max(0.0, (_on_aws(case, seen_at) - ended_at).total_seconds())


def _whole_session_s(case: Case, verdict: Verdict) -> float | None:
    """Return how long the session was, if evidence contradicts that any film of it came."""
    session, ended_at = case.session, _ended_at(case)
    missing = any(
        check.check_id is CheckId.OWN_RECORDING and check.result is CheckResult.CONTRADICTED for check in verdict.checks
    )
    if not missing or case.run.candidates or case.run.saved or session is None or ended_at is None:
        return None
    return max(0.0, (ended_at - session.started_at).total_seconds())


def _ended_at(case: Case) -> datetime | None:
    """Return when the session ended, on AWS's clock: EndDate, else when it was first seen to be over."""
    if case.session is not None and case.session.ended_at is not None:
        return case.session.ended_at
    left_at = case.run.first_left_at
    return _on_aws(case, left_at) if left_at is not None else None


def _on_aws(case: Case, local_at: datetime) -> datetime:
    """Return the middle of what a local moment can be on AWS's clock."""
    bounds = case.clock.on_aws(local_at)
    return bounds.low_at + (bounds.high_at - bounds.low_at) / 2


def spread_of(runs: Sequence[Measured], measure: Measure) -> Spread | None:
    """Return how one value spreads over runs that have it."""
    values = (run.value(measure) for run in runs)
    return spread(value for value in values if value is not None)
