"""The verdict: six checks, each a small total function over one run, and the rule that joins them.

Source: design, verdict. PASS only if all six hold; FAIL when one is contradicted by
evidence; INCONCLUSIVE when one could not be made.
"""

from __future__ import annotations

from rdpgui.core.judging.case import Destination, case_of
from rdpgui.core.judging.ended_after import check_ended_after
from rdpgui.core.judging.film_checks import check_integrity, check_last_frame, check_reaches_end
from rdpgui.core.judging.gap import painted_gap_s
from rdpgui.core.judging.own_recording import check_own_recording
from rdpgui.core.judging.proof import check_disruption
from rdpgui.core.state import RunState
from rdpgui.core.verdict import Check, CheckId, CheckResult, Verdict, VerdictValue


def judge(run: RunState, destination: Destination | None = None) -> Verdict:
    """Return the verdict on a run from what its events say, and nothing else.

    This is the one public entry. What it reads besides the events of 0.1.0, and what it says without them:

    - ``DestinationRead`` (or ``destination``): its health, how often it was looked at, what was listed but not read.
      Without it nothing is said of a recording that is missing.
    - ``ClockSampled``: the local clock over the run. Without it nothing rests on that clock.
    - ``NeighboursRead``: the account's other sessions. Without it, a film that names neither its session nor a
      place in time that only this session fits is nobody's.
    - ``SessionAttached.origin``: without it a session may be a local tunnel, whose missing recording proves nothing.
    - ``BootTimeRead.uptime_s``; ``SessionSeenAgain``; ``VisuallyConfirmed`` (a person's answer counts as a witness).
    - ``plan.lab``: every film of the lab carries the painted clock, so a film without it is not the lab's.

    Args:
        run: the run, rebuilt from its journal.
        destination: stands in for the journal's ``DestinationRead``; None takes that.
    """
    case = case_of(run, destination)
    checks = (
        check_disruption(case),
        check_ended_after(case),
        check_own_recording(case),
        check_integrity(case),
        check_reaches_end(case),
        check_last_frame(case),
    )
    facts = case.facts
    painted_s = painted_gap_s(case.session, case.end, facts) if facts is not None and run.plan.lab else None
    return Verdict(verdict_of(checks), checks, case.gap.interval if case.gap is not None else None, painted_s)


def verdict_of(checks: tuple[Check, ...]) -> VerdictValue:
    """Return the value that follows from the checks."""
    results = {check.result for check in checks}
    if CheckResult.CONTRADICTED in results:
        return VerdictValue.FAIL
    if CheckResult.NOT_MADE in results or {c.check_id for c in checks} != set(CheckId):
        return VerdictValue.INCONCLUSIVE
    return VerdictValue.PASS
