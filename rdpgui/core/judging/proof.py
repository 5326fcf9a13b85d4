"""Check (a): proof that the disruption took effect, or (controls) that nothing was disrupted."""

from __future__ import annotations

from rdpgui.core.clocks import shifted
from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.judging.case import Case, case_of
from rdpgui.core.judging.onset import stopped_by_own_call
from rdpgui.core.kinds.halt import INITIATED_BY_INSTANCE, OS_SHUTDOWN, reason_of
from rdpgui.core.kinds.kind import FilmShows
from rdpgui.core.kinds.restart import OS_REBOOT
from rdpgui.core.kinds.seen import HALTED, PROVEN
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckResult, Fields, contradicted, not_made


def check_disruption(case: Case) -> Check:
    """Check (a): the kind's own proof, where the order touched its target and was not refused.

    By hand nobody knows beforehand what will be done: what was seen decides whether a halt or a restart is proven.

    Source: design; EC2 StateReason codes; GetConnectionStatus; LastBootUpTime.
    """
    wrong = _wrong_target(case.run) or _refused(case) or _shown_otherwise(case)
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
    sessions = (run.attached.session if run.attached is not None else None, run.session)
    seen = [run.baseline.instance.instance_id] if run.baseline is not None else []
    seen += [intent.target] if intent is not None else []
    seen += [session.target for session in sessions if session is not None]
    other = next((found for found in seen if found != run.plan.instance_id), None)
    if other is None:
        return None
    text = N_("{other} was touched instead of {target}.")
    fields = (("other", str(other)), ("target", str(run.plan.instance_id)))
    return contradicted(PROVEN, text, "wrong-instance", fields)


def _refused(case: Case) -> Check | None:
    """Return the check when the order certainly was refused.

    A call that was answered with an error may have taken effect: it counts as refused when it was never sent, or when
    the run looked for its effect afterwards (the first answer stands as unknown) and there was none. What happens to
    the instance after that is its effect only where EC2 states so.
    """
    run = case.run
    failed = [f for f in run.failed if f.action != RESTORE_ACTION]
    known = next((f for f in failed if f.outcome_known), None)
    if known is None or any(told.action == known.action for told in run.accepted):
        return None
    fields = (("action", known.action), ("error", known.error))
    unknown = any(not f.outcome_known for f in failed)
    if case.onset.halts or case.onset.boot is not None:
        if not unknown or stopped_by_own_call(run):  # of an answer that nobody looked after, the effect tells
            return None
        text = N_("{action} was refused ({error}) and showed no effect; what came later is not certainly of it.")
        return not_made(PROVEN, text, "action-refused", fields)
    if run.disruption_intent is not None and not unknown:
        return None
    return not_made(PROVEN, N_("{action} was refused: {error}"), "action-refused", fields)


def _shown_otherwise(case: Case) -> Check | None:
    """Return the check when the film shows that something else took the instance down.

    A shutdown screen that certainly was there before the order could act is somebody else's, and what cuts the power
    or the agent shows none; what Windows makes of an interrupt is its own. That the words are a page in a window is
    possible; then nothing is proven, too.
    """
    shown, start = case.shown, case.start
    since_s = shown.going_down_s if shown is not None else None
    if shown is None or shown.read is None or since_s is None or not case.certain or case.run.plan.by_hand:
        return None
    fields: Fields = (("words", shown.read.text), ("at", f"{since_s:.1f}"))
    if case.disruption.film is FilmShows.CUT and case.disruption.effect is not Effect.RESTART:
        text = N_("The film reads “{words}” from {at} s: something else took the system down, and in order.")
        return not_made(PROVEN, text, "other-disruption", fields)
    earliest = case.onset.earliest
    if earliest is None or start is None or shifted(start.range.high_at, since_s) >= earliest.low_at:
        return None
    text = N_("The film shows a shutdown from {at} s (“{words}”), before this run's order could act.")
    return not_made(PROVEN, text, "other-disruption", fields)
