"""Check (a): proof that the disruption took effect, or (controls) that nothing was disrupted."""

from __future__ import annotations

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.judging.case import Case, case_of
from rdpgui.core.kinds.halt import INITIATED_BY_INSTANCE, OS_SHUTDOWN, reason_of
from rdpgui.core.kinds.restart import OS_REBOOT
from rdpgui.core.kinds.seen import HALTED, PROVEN
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckResult, contradicted, not_made


def check_disruption(case: Case) -> Check:
    """Check (a): the kind's own proof, where the order touched its target and was not refused.

    By hand nobody knows beforehand what will be done: what was seen decides whether a halt or a restart is proven.

    Source: design; EC2 StateReason codes; GetConnectionStatus; LastBootUpTime.
    """
    wrong = _wrong_target(case.run) or _refused(case)
    if wrong is not None:
        return wrong
    if case.run.plan.by_hand:
        return OS_SHUTDOWN.proof(case) if case.onset.halts else OS_REBOOT.proof(case)
    if case.run.disruption_intent is None and not case.disruption.is_control:
        return not_made(PROVEN, N_("The disruption was not issued."), "not-disrupted")
    return case.disruption.proof(case)


def proven_disruption(run: RunState) -> DisruptionId | None:
    """Return what was proven to have happened; for a disruption by hand this is what the person did."""
    return proven_in(case_of(run))


def proven_in(case: Case) -> DisruptionId | None:
    """Return the same of a case that is made already.

    A restart by hand counts as ``os-reboot``: EC2 keeps no trace that tells it from RebootInstances.
    """
    run = case.run
    if check_disruption(case).result is not CheckResult.HELD:
        return None
    if not run.plan.by_hand:
        return run.plan.disruption_id
    if not case.onset.halts:
        return DisruptionId.OS_REBOOT
    return DisruptionId.OS_SHUTDOWN if reason_of(case.onset.halts) == INITIATED_BY_INSTANCE else DisruptionId.EC2_STOP


def proof_is_complete(run: RunState) -> bool:
    """Whether what was seen so far already decides check (a) for a disruption; the run need not wait for more."""
    case = case_of(run)
    if case.disruption.is_control:
        return run.left is not None
    return check_disruption(case).result is not CheckResult.NOT_MADE or _came_back(case)


def _came_back(case: Case) -> bool:
    """Whether the instance halted and was started again by somebody, or is gone: nobody will see it stopped."""
    changes = case.run.instance_changes
    return bool(case.onset.halts) and changes[-1].state not in HALTED


def _wrong_target(run: RunState) -> Check | None:
    intent = run.disruption_intent
    session = run.session
    seen = [run.baseline.instance.instance_id] if run.baseline is not None else []
    seen += [intent.target] if intent is not None else []
    seen += [session.target] if session is not None else []
    other = next((found for found in seen if found != run.plan.instance_id), None)
    if other is None:
        return None
    text = N_("{other} was touched instead of {target}.")
    fields = (("other", str(other)), ("target", str(run.plan.instance_id)))
    return contradicted(PROVEN, text, "wrong-instance", fields)


def _refused(case: Case) -> Check | None:
    """Return the check when the order certainly was refused.

    A call that was answered with an error may have taken effect: it counts as refused when it was never sent, or when
    the run looked for its effect afterwards (the first answer stands as unknown) and there was none.
    """
    run = case.run
    failed = [f for f in run.failed if f.action != RESTORE_ACTION]
    known = next((f for f in failed if f.outcome_known), None)
    settled = any(not f.outcome_known for f in failed) or run.disruption_intent is None
    if known is None or not settled or case.onset.halts or case.onset.boot is not None:
        return None
    fields = (("action", known.action), ("error", known.error))
    return not_made(PROVEN, N_("{action} was refused: {error}"), "action-refused", fields)
