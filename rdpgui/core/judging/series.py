"""What one of several equal runs measured: shutdown gap, processing time, seconds lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from rdpgui.core.judging.case import own_film
from rdpgui.core.spread import Spread, spread
from rdpgui.core.state import RunState
from rdpgui.core.verdict import VerdictValue


class Measure(StrEnum):
    """What is measured of a run, seconds each."""

    GAP = "gap"
    PROCESSING = "processing"
    LOST = "lost"


class Measured(NamedTuple):
    """One run's values; None where it has none.

    Attributes:
        gap_s: session end − film end, the middle of its bounds.
        processing_s: from the session's end until its recording was seen in S3. (S3's own time has whole seconds only.)
        lost_s: of the session not in the film; all of it where no film came.
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
    gap_s = verdict.gap.middle_s if verdict.gap is not None else None
    ended_at, came_at = _ended_at(run), run.candidates_at if own_film(run) is not None else None
    came_s = (came_at - ended_at).total_seconds() if came_at is not None and ended_at is not None else None
    if gap_s is not None:
        lost_s: float | None = max(0.0, gap_s)
    else:
        lost_s = _session_s(run, ended_at) if not run.candidates and not run.saved else None
    return Measured(verdict.value, gap_s, None if came_s is None else max(0.0, came_s), lost_s)


def _ended_at(run: RunState) -> datetime | None:
    session = run.session
    ended_at = session.ended_at if session is not None else None
    return run.first_left_at if ended_at is None else ended_at


def _session_s(run: RunState, ended_at: datetime | None) -> float | None:
    """Return how long the session was: no film of it came."""
    session = run.session
    if session is None or ended_at is None:
        return None
    return max(0.0, (ended_at - session.started_at).total_seconds())


def spread_of(runs: Sequence[Measured], measure: Measure) -> Spread | None:
    """Return how one value spreads over runs that have it."""
    values = (run.value(measure) for run in runs)
    return spread(value for value in values if value is not None)
