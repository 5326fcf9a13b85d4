"""Check (a): proof that the disruption took effect, or (controls) that nothing was disrupted."""

from __future__ import annotations

from rdpgui.core.disruption import DisruptionId, Effect
from rdpgui.core.film import TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import Case, case_of
from rdpgui.core.judging.clocks import shifted
from rdpgui.core.judging.shown import Witness
from rdpgui.core.run_events import InstanceChanged
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, CheckResult, contradicted, held, moment, not_made

INITIATED_BY_INSTANCE = "Client.InstanceInitiatedShutdown"
INITIATED_BY_USER = "Client.UserInitiatedShutdown"

REASON_CODES = {
    DisruptionId.OS_SHUTDOWN: INITIATED_BY_INSTANCE,
    DisruptionId.EC2_STOP: INITIATED_BY_USER,
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: INITIATED_BY_USER,
}
"""Who stopped the instance, in EC2's words. Source: EC2 DescribeInstances, StateReason."""

STATED_SLACK_S = 5.0
"""A stop that EC2 states this long before or after the order is another one."""

AGENT_AWAY_S = 6.0
"""An agent that was lost this soon after the session's end went away with it."""

_GONE = frozenset({InstanceState.SHUTTING_DOWN, InstanceState.TERMINATED})
_HALTED = frozenset({InstanceState.STOPPING, InstanceState.STOPPED})
_CHECK = CheckId.DISRUPTION_PROVEN


def check_disruption(case: Case) -> Check:
    """Check (a).

    Source: design; EC2 StateReason codes; GetConnectionStatus; LastBootUpTime.
    """
    wrong = _wrong_target(case.run) or _refused(case)
    if wrong is not None:
        return wrong
    if case.disruption.effect is Effect.NONE:
        return _check_control(case)
    if case.run.plan.by_hand:
        return _check_halt(case) if case.onset.halts else _check_restart(case)
    if case.run.disruption_intent is None:
        return not_made(_CHECK, N_("The disruption was not issued."), "not-disrupted")
    return _check_restart(case) if case.disruption.effect is Effect.RESTART else _check_halt(case)


def proven_disruption(run: RunState) -> DisruptionId | None:
    """Return what was proven to have happened; for a disruption by hand this is what the person did.

    A restart by hand counts as ``os-reboot``: EC2 keeps no trace that tells it from RebootInstances.
    """
    case = case_of(run)
    if check_disruption(case).result is not CheckResult.HELD:
        return None
    if not run.plan.by_hand:
        return run.plan.disruption_id
    if not case.onset.halts:
        return DisruptionId.OS_REBOOT
    return DisruptionId.OS_SHUTDOWN if _code(case.onset.halts) == INITIATED_BY_INSTANCE else DisruptionId.EC2_STOP


def proof_is_complete(run: RunState) -> bool:
    """Whether what was seen so far already decides check (a) for a disruption; the run need not wait for more."""
    case = case_of(run)
    if case.disruption.is_control:
        return run.left is not None
    return check_disruption(case).result is not CheckResult.NOT_MADE or _came_back(case)


def _came_back(case: Case) -> bool:
    """Whether the instance halted and was started again by somebody, or is gone: nobody will see it stopped."""
    changes = case.run.instance_changes
    return bool(case.onset.halts) and changes[-1].state not in _HALTED


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
    return contradicted(_CHECK, text, "wrong-instance", fields)


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
    return not_made(_CHECK, N_("{action} was refused: {error}"), "action-refused", fields)


def _check_control(case: Case) -> Check:
    """Nothing may have taken effect until the verdict. A correction of the guest's clock is none."""
    run, seen = case.run, case.onset
    halted = next(iter((*seen.early, *seen.halts)), None)
    if halted is not None:
        text = N_("The instance became {state} during a control.")
        return contradicted(_CHECK, text, "control-disrupted", (("state", halted.state.value),))
    if seen.restarted and seen.boot is not None:
        text = N_("The instance was restarted during a control (last boot {boot_at}, {zone}).")
        return contradicted(_CHECK, text, "control-disrupted", (("boot_at", moment(seen.boot.stated_at)),))
    if seen.losses and not _same_boot(run):
        text = N_("The agent was not connected for a time during a control; whether it restarted is not known.")
        return not_made(_CHECK, text, "control-disrupted")
    tail = case.shown.tail if case.shown is not None and case.certain else None
    if tail in (TailClass.SOLID_TEXT, TailClass.UNIFORM):
        text = N_("The last frame of a control looks like a shutdown ({tail}).")
        return not_made(_CHECK, text, "control-looks-like-shutdown", (("tail", tail.value),))
    if run.first_left_at is None:
        return not_made(_CHECK, N_("The end of the control's session was not seen."), "session-end-not-seen")
    return held(_CHECK, N_("Nothing was disrupted: running and connected until the session's end."))


def _same_boot(run: RunState) -> bool:
    """Whether a boot time read after the last loss of the agent is of the boot before it."""
    last_lost_at = run.connection_changes[-1].at if run.connection_changes else run.started_at
    return any(read.at > last_lost_at for read in run.boot_reads) and case_of(run).onset.boot is None


def _check_halt(case: Case) -> Check:
    halts, run = case.onset.halts, case.run
    if not any(change.state in _HALTED for change in halts):
        gone = next((change for change in halts if change.state in _GONE), None)
        if gone is not None:
            return _gone(gone)
        return not_made(_CHECK, N_("The instance did not stop."), "disruption-not-proven")
    gone = next((change for change in halts if change.state in _GONE), None)
    if gone is not None:
        return _gone(gone)
    code = _code(halts)
    by_hand = code if code in REASON_CODES.values() else INITIATED_BY_INSTANCE
    wanted = by_hand if run.plan.by_hand else REASON_CODES[run.plan.disruption_id]
    fields = (("state", halts[-1].state.value), ("code", code or "-"), ("wanted", wanted))
    if not code:
        text = N_("The instance is {state}, but EC2 does not say who stopped it.")
        return not_made(_CHECK, text, "reason-unknown", fields)
    if code != wanted:
        text = N_("The instance was stopped by something else: {code} instead of {wanted}.")
        return not_made(_CHECK, text, "other-disruption", fields)
    if _stopped_by_another(case):
        text = N_("The instance was stopped by another order than this run's.")
        return not_made(_CHECK, text, "other-disruption", fields)
    if case.onset.stopped is None:
        text = N_("The instance is {state}; that it stopped was not seen.")
        return not_made(_CHECK, text, "disruption-not-proven", fields)
    if run.plan.by_hand:
        return held(_CHECK, N_("The instance is {state}: {code}. By whom is not known."), fields)
    return held(_CHECK, N_("The instance is {state}: {code}."), fields)


def _gone(change: InstanceChanged) -> Check:
    text = N_("The instance became {state} instead of stopped.")
    return not_made(_CHECK, text, "other-disruption", (("state", change.state.value),))


def _stopped_by_another(case: Case) -> bool:
    """Whether the halt began before the order, or EC2 states another time for it than the order's."""
    seen = case.onset
    if seen.ordered is None:
        return False
    if seen.early:
        return True
    stated = seen.stop_ordered
    if stated is None or case.clock.stepped_s:
        return False
    before = stated.high_at < shifted(seen.ordered.low_at, -1.0)
    return before or stated.low_at > shifted(seen.ordered.high_at, STATED_SLACK_S)


def _check_restart(case: Case) -> Check:
    seen = case.onset
    halted = next(iter((*seen.early, *seen.halts)), None)
    if halted is not None:
        text = N_("The instance became {state} instead of restarting.")
        return not_made(_CHECK, text, "other-disruption", (("state", halted.state.value),))
    if seen.boot is None and _restarted_before_a_person(case):
        return held(_CHECK, N_("Restarted: a person sees the shutdown, and the agent went away with it and came back."))
    if seen.boot is None:
        return _no_new_boot(flipped=bool(seen.losses), known=bool(case.run.boot_reads))
    fields = (("boot_at", moment(seen.boot.stated_at)),)
    if not seen.restarted and not seen.boot.counted:
        text = N_(
            "The last boot is said to be {boot_at} ({zone}), but the agent was not lost meanwhile: a clock was set."
        )
        return not_made(_CHECK, text, "disruption-not-proven", fields)
    text = N_("Restarted: last boot {boot_at} ({zone}), by the uptime counter.")
    if seen.restarted:
        text = N_("Restarted: last boot {boot_at} ({zone}); the agent's connection was lost meanwhile.")
    return held(_CHECK, text, fields)


def _restarted_before_a_person(case: Case) -> bool:
    """Whether a restart stands without a boot time, which takes an order: by what could be read, and a person.

    The agent went away with the session and came back, the instance was running all the time, and a person sees the
    shutdown in the session's own film.
    """
    shown, end, losses = case.shown, case.end, case.onset.losses
    if case.run.boot_reads or shown is None or end is None or not case.certain or len(losses) != 1:
        return False
    back = case.run.connection_changes[-1].status is ConnectionStatus.CONNECTED
    apart_s = (losses[0].low_at - end.range.high_at).total_seconds()
    return back and shown.witness is Witness.PERSON and apart_s <= AGENT_AWAY_S


def _no_new_boot(*, flipped: bool, known: bool) -> Check:
    if known and flipped:
        text = N_("The agent's connection was lost, but there was no boot after the order.")
    elif known:
        text = N_("There was no boot after the order, and no loss of the agent's connection was seen.")
    elif flipped:
        text = N_("The agent's connection was lost, but the boot time could not be read.")
    else:
        text = N_("The boot time could not be read, and no loss of the agent's connection was seen.")
    return not_made(_CHECK, text, "boot-time-unknown" if flipped and not known else "disruption-not-proven")


def _code(halts: tuple[InstanceChanged, ...]) -> str:
    """Return who stopped it; EC2's free text stands in for a missing code. Empty when it does not say."""
    code = next((c.state_reason_code for c in reversed(halts) if c.state_reason_code), "")
    said_by_text = halts[-1].state_transition_reason.startswith("User initiated")
    return code or (INITIATED_BY_USER if said_by_text else "")
