"""The verdict: six checks, each a small total function over one run, and the rule that joins them.

Source: design, verdict. PASS only if all six hold; FAIL when one is contradicted by
evidence; INCONCLUSIVE when one could not be made.
"""

from __future__ import annotations

from rdpgui.core.judging.ended_after import check_ended_after
from rdpgui.core.judging.film_checks import check_integrity, check_last_frame, check_reaches_end
from rdpgui.core.judging.gap import painted_gap_s, shutdown_gap
from rdpgui.core.judging.own_film import own_film
from rdpgui.core.judging.own_recording import Destination, check_own_recording
from rdpgui.core.judging.proof import check_disruption
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue


def judge(run: RunState, destination: Destination) -> Verdict:
    """Return the verdict on a run from what its events say, and the destination's health."""
    own = own_film(run)
    facts = own.facts if own is not None else None
    gap = shutdown_gap(run, facts) if facts is not None else None
    checks = (
        check_disruption(run, facts),
        check_ended_after(run),
        check_own_recording(run, destination),
        check_integrity(own),
        check_reaches_end(run, facts, gap),
        check_last_frame(run, own),
    )
    painted_s = painted_gap_s(run, facts) if facts is not None and run.plan.lab else None
    return Verdict(verdict_of(checks), checks, gap.interval if gap is not None else None, painted_s)


def verdict_of(checks: tuple[Check, ...]) -> VerdictValue:
    """Return the value that follows from the checks."""
    results = {check.result for check in checks}
    if CheckResult.CONTRADICTED in results:
        return VerdictValue.FAIL
    if CheckResult.NOT_MADE in results or {c.check_id for c in checks} != set(CheckId):
        return VerdictValue.INCONCLUSIVE
    return VerdictValue.PASS
