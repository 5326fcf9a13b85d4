"""The article's claims C1 to C6 as hypotheses over runs: supported, refuted or untested, each with its runs.

A claim is never printed as true: it is supported by runs of one place, or refuted by one. What was observed counts,
not what was planned.
Source: the experiment this program reproduces.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.ids import RunId
from rdpgui.core.judging.case import Case, case_of
from rdpgui.core.judging.judge import judge
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.judging.shell_logs import SENT_AT_END, STREAMED, evidence
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS, DISRUPTIONS
from rdpgui.core.run_summary import ClaimFacts
from rdpgui.core.session import AccessType
from rdpgui.core.shell_log import ShellContrast
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import CheckId, CheckResult, Verdict


class ClaimId(StrEnum):
    """The claims."""

    C1 = "C1"
    C2 = "C2"
    C3 = "C3"
    C4 = "C4"
    C5 = "C5"
    C6 = "C6"


class ClaimResult(StrEnum):
    """What the runs say."""

    SUPPORTED = "supported"
    REFUTED = "refuted"
    UNTESTED = "untested"


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim and what the runs say about it.

    Attributes:
        text: the claim, an English message id.
        supporting, refuting: runs by id, in their order; of C6 sessions of shells.
        missing: what has to be run before it counts as supported, for example ``ec2-stop``.
    """

    claim_id: ClaimId
    text: str
    result: ClaimResult
    supporting: tuple[RunId, ...] = ()
    refuting: tuple[RunId, ...] = ()
    missing: tuple[str, ...] = ()


_TEXTS = {
    ClaimId.C1: N_("Recordings are processed normally after an OS reboot or shutdown and an EC2 reboot or stop."),
    ClaimId.C2: N_("The film reaches the moment of shutdown."),
    ClaimId.C3: N_("The service records, not the instance."),
    ClaimId.C4: N_("Standard sessions are recorded too; just-in-time access is not required."),
    ClaimId.C5: N_("RDP need not be disconnected before the operating system is stopped."),
    ClaimId.C6: N_("Shell session logs are lost on an abrupt stop unless streamed to CloudWatch Logs."),
}

_ROWS = tuple(disruption.value for disruption in ARTICLE_DISRUPTIONS)


def judge_claims(runs: Iterable[RunState]) -> tuple[Claim, ...]:
    """Return all six claims as whole runs leave them."""
    return judge_facts(map(claim_facts, runs))


def claim_facts(run: RunState, verdict: Verdict | None = None) -> ClaimFacts:
    """Return what one run says about the claims: all that has to be kept of it to judge them.

    Its checks are made anew from its journal: a verdict that was written by other rules carries no claim.

    Args:
        run: the run; without a verdict it says nothing.
        verdict: the one that is derived anew, where it is there already.
    """
    what = proven_disruption(run) if run.verdict is not None else None
    if what not in ARTICLE_DISRUPTIONS:
        return ClaimFacts(run.run_id, what, run.access_type)
    anew = verdict or judge(run)
    processed = _all(_result(anew, CheckId.OWN_RECORDING), _result(anew, CheckId.INTEGRITY))
    while_down = _came_while_down(run, processed) if _halts(what) else None
    return ClaimFacts(run.run_id, what, run.access_type, processed, _result(anew, CheckId.REACHES_END), while_down)


def judge_facts(runs: Iterable[ClaimFacts], shells: Iterable[ShellContrast] = ()) -> tuple[Claim, ...]:
    """Return all six claims as the runs leave them. Only runs with a verdict and a proven disruption count.

    Args:
        runs: of one place; what another place shows is no evidence here.
        shells: of the same place.
    """
    pairs = [(run, what) for run in runs if (what := run.what) in ARTICLE_DISRUPTIONS]
    c1 = _claim(ClaimId.C1, [(run.run_id, what, run.processed) for run, what in pairs], _ROWS)
    c2 = _claim(ClaimId.C2, [(run.run_id, what, run.reaches_end) for run, what in pairs], _ROWS)
    halts = (DisruptionId.OS_SHUTDOWN.value, DisruptionId.EC2_STOP.value)
    c3 = _claim(ClaimId.C3, [(run.run_id, what, run.while_down) for run, what in pairs if _halts(what)], halts)
    standard = [(run.run_id, "Standard", run.processed) for run, _ in pairs if run.access is AccessType.STANDARD]
    c4 = _claim(ClaimId.C4, standard, ("Standard",))
    return (c1, c2, c3, c4, _rule(c1, c2), judge_shells(shells))


def judge_shells(contrasts: Iterable[ShellContrast]) -> Claim:
    """Return claim C6 as the logs of the shells of one place leave it."""
    return _claim(ClaimId.C6, evidence(contrasts), (SENT_AT_END, STREAMED))


def _claim(claim_id: ClaimId, rows: list[tuple[RunId, str, bool | None]], needed: tuple[str, ...]) -> Claim:
    supporting = tuple(dict.fromkeys(run_id for run_id, _, held in rows if held is True))
    refuting = tuple(dict.fromkeys(run_id for run_id, _, held in rows if held is False))
    covered = {row for _, row, held in rows if held is True}
    missing = tuple(row for row in needed if row not in covered)
    result = ClaimResult.REFUTED if refuting else ClaimResult.UNTESTED if missing else ClaimResult.SUPPORTED
    return Claim(claim_id, _TEXTS[claim_id], result, supporting, refuting, missing)


def _rule(c1: Claim, c2: Claim) -> Claim:
    """C5 is the practical rule that follows from C1 and C2 together."""
    refuting = tuple(dict.fromkeys((*c1.refuting, *c2.refuting)))
    reaching = set(c2.supporting)
    supporting = tuple(run_id for run_id in c1.supporting if run_id in reaching)
    both = c1.result is c2.result is ClaimResult.SUPPORTED
    result = ClaimResult.REFUTED if refuting else ClaimResult.SUPPORTED if both else ClaimResult.UNTESTED
    missing = tuple(dict.fromkeys((*c1.missing, *c2.missing)))
    return Claim(ClaimId.C5, _TEXTS[ClaimId.C5], result, supporting, refuting, missing)


def _came_while_down(run: RunState, processed: bool | None) -> bool | None:
    """Whether the whole recording came while the instance was off; None when that was not decided.

    It came then: the service had it. It came only when the instance was up again, or never: the instance may have had
    it. What came before EC2 stated the stop may have been put by a machine that was still going down. The lab's guests
    are gone with their sessions, long before EC2 says so: there it counts when it came before the restart.
    """
    case = case_of(run)
    if not processed or case.own is None:
        return processed
    item, stopped = case.own.item, case.onset.stopped
    restored_at = next((i.at for i in run.intents if i.action == RESTORE_ACTION), None)
    if restored_at is not None and not _was_there_by(case, restored_at):
        return False
    if stopped is None and restored_at is None:
        return None
    if run.plan.lab:
        return True
    return True if stopped is not None and item.modified_at >= stopped.high_at else None


def _was_there_by(case: Case, local_at: datetime) -> bool:
    """Whether the recording was whole by then: written, and where it came in parts, listed, which it is at the end."""
    item = case.own.item if case.own is not None else None
    if item is None:
        return False
    if item.in_parts:
        listed_at = dict(case.run.first_listed).get(item.key)
        return listed_at is not None and listed_at <= local_at
    return item.modified_at <= case.clock.on_aws(local_at).high_at


def _halts(what: DisruptionId) -> bool:
    return DISRUPTIONS[what].effect is Effect.HALT


def _result(verdict: Verdict, check_id: CheckId) -> bool | None:
    result = next((check.result for check in verdict.checks if check.check_id is check_id), CheckResult.NOT_MADE)
    return {CheckResult.HELD: True, CheckResult.CONTRADICTED: False, CheckResult.NOT_MADE: None}[result]


def _all(*results: bool | None) -> bool | None:
    if False in results:
        return False
    return None if None in results else True
