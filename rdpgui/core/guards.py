"""Guard rails: what refuses arming and acting, each with its reason and remedy.

A guard whose facts are not known refuses too where the damage could not be undone.
"""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.arming import Arming
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceState, PingStatus
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.refusal import Refusal, TargetFacts, named
from rdpgui.core.session import Session
from rdpgui.core.texts import N_

AUTO_SCALING_TAG = "aws:autoscaling:groupName"


def target_refusals(facts: TargetFacts, disruption: Disruption) -> tuple[Refusal, ...]:
    """Return everything about the target that forbids this disruption, worst first; empty when it is allowed."""
    found = (
        refuse_allow_tag(facts),
        refuse_auto_scaling(facts.instance, disruption),
        refuse_spot(facts.instance, disruption),
        *(guard(facts) for guard in disruption.guards),
        refuse_platform(facts.instance),
        refuse_state(facts.instance),
        refuse_not_managed(facts),
        refuse_preferences(facts),
    )
    return tuple(refusal for refusal in found if refusal is not None)


def action_refusals(
    facts: TargetFacts,
    disruption: Disruption,
    *,
    arming: Arming | None,
    emergency: bool,
    session: Session | None,
    now: datetime,
) -> tuple[Refusal, ...]:
    """Return everything that forbids acting now: the latch, arming, the target and the session."""
    found = (
        refuse_emergency(emergency=emergency),
        refuse_arming(facts, arming, now),
        *target_refusals(facts, disruption),
        refuse_session(facts.instance, session),
    )
    return tuple(refusal for refusal in found if refusal is not None)


def refuse_emergency(*, emergency: bool) -> Refusal | None:
    """The latched emergency stop forbids every action."""
    if not emergency:
        return None
    return Refusal("emergency-stop", N_("The emergency stop is latched."), N_("Reset it first."))


def refuse_arming(facts: TargetFacts, arming: Arming | None, now: datetime) -> Refusal | None:
    """Only the armed target, until it expires. A control disrupts nothing but is armed alike."""
    return refuse_unarmed(facts.instance, facts.account_id, facts.region, arming, now)


def refuse_unarmed(
    instance: Instance, account_id: AccountId, region: Region, arming: Arming | None, now: datetime
) -> Refusal | None:
    """Only the armed instance of exactly this account and Region, until it expires."""
    fields = named(instance)
    if arming is None:
        return Refusal("not-armed", N_("{instance} is not armed."), N_("Arm this instance first."), fields)
    if not arming.holds_at(now):
        return Refusal("arming-expired", N_("Arming has expired."), N_("Arm this instance again."), fields)
    if not arming.covers(account_id, region, instance.instance_id):
        fields = (*fields, ("armed", str(arming.instance_id)))
        text = N_("Another target is armed: {armed}.")
        return Refusal("other-target-armed", text, N_("Disarm it and arm {instance}."), fields)
    return None


def refuse_allow_tag(facts: TargetFacts) -> Refusal | None:
    """The instance must carry the allow tag."""
    if not facts.allow_tag:
        return None
    key, _, value = facts.allow_tag.partition("=")
    if facts.instance.tag(key) == value and key in dict(facts.instance.tags):
        return None
    fields = (*named(facts.instance), ("tag", facts.allow_tag))
    text = N_("{instance} does not carry the tag {tag}.")
    return Refusal("allow-tag", text, N_("Add the tag, or change the allow tag in the settings."), fields)


def refuse_auto_scaling(instance: Instance, disruption: Disruption) -> Refusal | None:
    """An Auto Scaling group replaces an instance that stops."""
    group = instance.tag(AUTO_SCALING_TAG)
    if not group or disruption.is_control:
        return None
    fields = (*named(instance), ("group", group))
    text = N_("{instance} belongs to the Auto Scaling group {group}, which would replace it.")
    return Refusal("auto-scaling", text, N_("Use an instance outside of Auto Scaling groups."), fields)


def refuse_spot(instance: Instance, disruption: Disruption) -> Refusal | None:
    """A spot instance may not come back."""
    if instance.lifecycle != "spot" or disruption.is_control:
        return None
    text = N_("{instance} is a Spot instance and may not come back.")
    return Refusal("spot", text, N_("Use an On-Demand instance."), named(instance))


def refuse_platform(instance: Instance) -> Refusal | None:
    """Only Windows has a remote desktop to record."""
    if instance.platform.lower() == "windows":
        return None
    text = N_("{instance} is not a Windows instance.")
    return Refusal("not-windows", text, N_("Choose a Windows instance."), named(instance))


def refuse_state(instance: Instance) -> Refusal | None:
    """Only a running instance can be disrupted."""
    if instance.state is InstanceState.RUNNING:
        return None
    fields = (*named(instance), ("state", instance.state.value))
    return Refusal("not-running", N_("{instance} is {state}."), N_("Start the instance."), fields)


def refuse_not_managed(facts: TargetFacts) -> Refusal | None:
    """The instance must be a managed node that Session Manager reaches."""
    fields = named(facts.instance)
    if facts.node is None and not facts.nodes_known:
        text = N_("Whether {instance} is a managed node could not be read.")
        return Refusal("nodes-unknown", text, N_("Allow ssm:DescribeInstanceInformation and try again."), fields)
    remedy = N_("Check the SSM Agent, the instance profile and the network path to Systems Manager.")
    if facts.node is None:
        return Refusal("not-managed", N_("{instance} is not a managed node."), remedy, fields)
    if facts.connection is ConnectionStatus.CONNECTED:
        return None
    if facts.connection is None and facts.node.ping_status is PingStatus.ONLINE:
        return None
    return Refusal("not-online", N_("Session Manager does not reach {instance}."), remedy, fields)


def refuse_preferences(facts: TargetFacts) -> Refusal | None:
    """Without recording preferences nothing is recorded, so the disruption would show nothing."""
    if not facts.preferences_known:
        text = N_("The recording preferences could not be read.")
        remedy = N_("Allow ssm-guiconnect:GetConnectionRecordingPreferences and try again.")
        return Refusal("preferences-unknown", text, remedy)
    if facts.preferences is None:
        text = N_("RDP connection recording is not configured in this Region.")
        return Refusal("no-preferences", text, N_("Configure recording in Systems Manager first."))
    return None


def refuse_session(instance: Instance, session: Session | None) -> Refusal | None:
    """Somebody must be connected: a disruption without a session proves nothing."""
    if session is not None and session.active and session.target == instance.instance_id:
        return None
    text = N_("There is no active session on {instance}.")
    return Refusal("no-session", text, N_("Open the connection first."), named(instance))


def guard_checks(facts: TargetFacts, disruption: Disruption) -> tuple[PreflightCheck, ...]:
    """Return every guard about the target as a line of the preflight list, held or not."""
    refused = {refusal.guard_id: refusal for refusal in target_refusals(facts, disruption)}
    return tuple(_line(ids, text, refused, facts) for ids, text in _LINES)


_LINES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("allow-tag",), N_("{instance} carries the allow tag.")),
    (("auto-scaling",), N_("{instance} is outside of Auto Scaling groups.")),
    (("instance-store",), N_("The root volume survives a stop.")),
    (("spot",), N_("{instance} is not a Spot instance.")),
    (
        ("terminate-on-shutdown", "shutdown-behaviour-unknown"),
        N_("A shutdown stops {instance}."),
    ),
    (("stop-protected",), N_("Stop protection does not stand in the way.")),
    (("no-hibernation", "hibernation-unknown"), N_("{instance} can hibernate.")),
    (("no-interrupt",), N_("{instance} takes a diagnostic interrupt.")),
    (("not-windows",), N_("{instance} runs Windows.")),
    (("not-running",), N_("{instance} is running.")),
    (("not-managed", "not-online", "nodes-unknown"), N_("Session Manager reaches {instance}.")),
    (("no-preferences", "preferences-unknown"), N_("RDP connection recording is configured.")),
)


def _line(ids: tuple[str, ...], text: str, refused: dict[str, Refusal], facts: TargetFacts) -> PreflightCheck:
    refusal = next((refused[guard_id] for guard_id in ids if guard_id in refused), None)
    if refusal is None:
        return PreflightCheck(ids[0], Severity.BLOCK, True, text, named(facts.instance))
    held = None if refusal.guard_id.endswith("-unknown") else False
    return PreflightCheck(ids[0], Severity.BLOCK, held, refusal.reason, refusal.fields, refusal.remedy)
