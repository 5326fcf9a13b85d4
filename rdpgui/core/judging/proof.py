"""Check (a): proof that the disruption took effect, or (controls) that nothing was disrupted."""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.disruption import DISRUPTIONS, DisruptionId, Effect
from rdpgui.core.film import FilmFacts, TailClass
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.clocks import clock_offset, on_aws_clock, shifted
from rdpgui.core.run import Phase
from rdpgui.core.run_events import InstanceChanged
from rdpgui.core.state import RESTORE_ACTION, RunState
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, CheckId, CheckResult, contradicted, held, not_made

INITIATED_BY_INSTANCE = "Client.InstanceInitiatedShutdown"
INITIATED_BY_USER = "Client.UserInitiatedShutdown"

REASON_CODES = {
    DisruptionId.OS_SHUTDOWN: INITIATED_BY_INSTANCE,
    DisruptionId.EC2_STOP: INITIATED_BY_USER,
    DisruptionId.STOP_SKIP_OS_SHUTDOWN: INITIATED_BY_USER,
}
"""Who stopped the instance, in EC2's words. Source: EC2 DescribeInstances, StateReason."""

GUEST_CLOCK_SLACK_S = 60.0
"""A boot time without an earlier one counts when it is this near; the guest's clock may be off."""

BOOT_STEP_S = 1.5
"""Boot times that differ by less are the same boot (Windows recomputes it from the uptime)."""

_HALTED = frozenset({InstanceState.STOPPING, InstanceState.STOPPED})
_CHECK = CheckId.DISRUPTION_PROVEN


def disruption_began_at(run: RunState) -> datetime | None:
    """Return when the disruption was begun, on the local clock; None before it and for a disruption by hand.

    A control disrupts nothing: its session has to outlive the beginning of the steady phase.
    """
    if run.plan.by_hand:
        return None
    if DISRUPTIONS[run.plan.disruption_id].is_control:
        return run.entered_at(Phase.STEADY)
    intent = run.disruption_intent
    return intent.at if intent is not None else None


def check_disruption(run: RunState, facts: FilmFacts | None) -> Check:
    """Check (a).

    Source: design; EC2 StateReason codes; GetConnectionStatus; LastBootUpTime.
    """
    wrong = _wrong_target(run)
    if wrong is not None:
        return wrong
    disruption = DISRUPTIONS[run.plan.disruption_id]
    refused = _refused(run)
    if refused is not None:
        return refused
    if disruption.effect is Effect.NONE:
        return _check_control(run, facts)
    if run.plan.by_hand:
        return _check_halt(run) if _halts(run) else _check_restart(run)
    if run.disruption_intent is None:
        return not_made(_CHECK, N_("The disruption was not issued."), "not-disrupted")
    return _check_restart(run) if disruption.effect is Effect.RESTART else _check_halt(run)


def proven_disruption(run: RunState) -> DisruptionId | None:
    """Return what was proven to have happened; for a disruption by hand this is what the person did.

    A restart by hand counts as ``os-reboot``: EC2 keeps no trace that tells it from RebootInstances.
    """
    if check_disruption(run, None).result is not CheckResult.HELD:
        return None
    if not run.plan.by_hand:
        return run.plan.disruption_id
    if not _halts(run):
        return DisruptionId.OS_REBOOT
    return DisruptionId.OS_SHUTDOWN if _stop_code(_halts(run)) == INITIATED_BY_INSTANCE else DisruptionId.EC2_STOP


def proof_is_complete(run: RunState) -> bool:
    """Whether what was seen so far already decides check (a) for a disruption; the run need not wait for more."""
    if DISRUPTIONS[run.plan.disruption_id].is_control:
        return run.left is not None
    return check_disruption(run, None).result is not CheckResult.NOT_MADE


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
    return Check(_CHECK, CheckResult.CONTRADICTED, text, fields, "wrong-instance")


def _refused(run: RunState) -> Check | None:
    failed = next((f for f in run.failed if f.action != RESTORE_ACTION and f.outcome_known), None)
    if failed is None:
        return None
    fields = (("action", failed.action), ("error", failed.error))
    return not_made(_CHECK, N_("{action} was refused: {error}"), "action-refused", fields)


def _check_control(run: RunState, facts: FilmFacts | None) -> Check:
    left_at = run.first_left_at
    halted = next((c for c in run.instance_changes if c.state is not InstanceState.RUNNING), None)
    if halted is not None:
        text = N_("The instance became {state} during a control.")
        return contradicted(_CHECK, text, "control-disrupted", (("state", halted.state.value),))
    boots = _boots(run)
    if len(boots) > 1:
        text = N_("The instance was restarted during a control ({before} to {after}, {zone}).")
        fields = (("before", boots[0].isoformat()), ("after", boots[-1].isoformat()))
        return contradicted(_CHECK, text, "control-disrupted", fields)
    lost = next((c for c in run.connection_changes if c.status is ConnectionStatus.NOT_CONNECTED), None)
    if lost is not None and (left_at is None or lost.at <= left_at):
        return contradicted(_CHECK, N_("The agent was not connected during a control."), "control-disrupted")
    if facts is not None and facts.tail is not None:
        tail = facts.tail.tail_class
        if tail in (TailClass.SOLID_TEXT, TailClass.UNIFORM):
            text = N_("The last frame of a control looks like a shutdown ({tail}).")
            return contradicted(_CHECK, text, "control-looks-like-shutdown", (("tail", tail.value),))
    if left_at is None:
        return not_made(_CHECK, N_("The end of the control's session was not seen."), "session-end-not-seen")
    return held(_CHECK, N_("Nothing was disrupted: running and connected until the session's end."))


def _check_halt(run: RunState) -> Check:
    halted = _halts(run)
    if not halted:
        return not_made(_CHECK, N_("The instance did not stop."), "disruption-not-proven")
    code = _stop_code(halted)
    by_hand = code if code in REASON_CODES.values() else INITIATED_BY_INSTANCE
    wanted = by_hand if run.plan.by_hand else REASON_CODES[run.plan.disruption_id]
    fields = (("state", halted[-1].state.value), ("code", code or "-"), ("wanted", wanted))
    if not code:
        return not_made(
            _CHECK, N_("The instance is {state}, but EC2 does not say who stopped it."), "reason-unknown", fields
        )
    if code != wanted:
        text = N_("The instance was stopped by something else: {code} instead of {wanted}.")
        return not_made(_CHECK, text, "other-disruption", fields)
    return held(_CHECK, N_("The instance is {state}: {code}."), fields)


def _check_restart(run: RunState) -> Check:
    halted = next((c for c in _since_disruption(run) if c.state is not InstanceState.RUNNING), None)
    if halted is not None:
        text = N_("The instance became {state} instead of restarting.")
        return not_made(_CHECK, text, "other-disruption", (("state", halted.state.value),))
    flipped = _flipped(run)
    booted_at = _new_boot(run)
    if booted_at is None:
        return _no_new_boot(flipped, known=bool(run.boot_reads))
    fields = (("boot_at", booted_at.isoformat()),)
    if flipped:
        return held(
            _CHECK, N_("Restarted: last boot {boot_at} ({zone}); the agent's connection was lost meanwhile."), fields
        )
    return held(
        _CHECK, N_("Restarted: last boot {boot_at} ({zone}); no loss of the agent's connection was seen."), fields
    )


def _no_new_boot(flipped: bool, *, known: bool) -> Check:
    if known and flipped:
        text = N_("The agent's connection was lost, but the boot time did not change.")
    elif known:
        text = N_("The boot time did not change, and no loss of the agent's connection was seen.")
    elif flipped:
        text = N_("The agent's connection was lost, but the boot time could not be read.")
    else:
        text = N_("The boot time could not be read, and no loss of the agent's connection was seen.")
    return not_made(_CHECK, text, "boot-time-unknown" if flipped and not known else "disruption-not-proven")


def _new_boot(run: RunState) -> datetime | None:
    """Return the boot after the disruption, None when none was proven."""
    boots = _boots(run)
    if len(boots) > 1:
        return boots[-1]
    before = run.baseline.boot_at if run.baseline is not None else None
    if before is not None or not boots:
        return None
    began_at = disruption_began_at(run) or (run.attached.at if run.attached is not None else None)
    if began_at is None:
        return None
    since = on_aws_clock(began_at, clock_offset(run.baseline)).low_at
    near = boots[-1] >= since and boots[-1] <= shifted(run.boot_reads[-1].at, GUEST_CLOCK_SLACK_S)
    return boots[-1] if near and _flipped(run) else None


def _flipped(run: RunState) -> bool:
    return any(c.status is ConnectionStatus.NOT_CONNECTED for c in run.connection_changes)


def _boots(run: RunState) -> list[datetime]:
    """Return the distinct boot times read, the baseline's first."""
    before = run.baseline.boot_at if run.baseline is not None else None
    distinct: list[datetime] = [] if before is None else [before]
    for read in run.boot_reads:
        if not distinct or abs((read.boot_at - distinct[-1]).total_seconds()) >= BOOT_STEP_S:
            distinct.append(read.boot_at)
    return distinct


def _since_disruption(run: RunState) -> list[InstanceChanged]:
    began_at = disruption_began_at(run) or (run.attached.at if run.attached is not None else run.started_at)
    restored_at = next((i.at for i in run.intents if i.action == RESTORE_ACTION), None)
    return [c for c in run.instance_changes if c.at >= began_at and (restored_at is None or c.at <= restored_at)]


def _halts(run: RunState) -> list[InstanceChanged]:
    return [c for c in _since_disruption(run) if c.state in _HALTED]


def _stop_code(halted: list[InstanceChanged]) -> str:
    """Return who stopped it; EC2's free text stands in for a missing code. Empty when it does not say."""
    code = next((c.state_reason_code for c in reversed(halted) if c.state_reason_code), "")
    said_by_text = halted[-1].state_transition_reason.startswith("User initiated")
    return code or (INITIATED_BY_USER if said_by_text else "")
