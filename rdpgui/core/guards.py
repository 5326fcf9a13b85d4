"""Guard rails: what refuses arming and acting, each with its reason and remedy.

A guard whose facts are not known refuses too where the damage could not be undone.
"""

from __future__ import annotations

from datetime import datetime

from rdpgui.core.arming import Arming
from rdpgui.core.ids import AccountId, InstanceId, Region
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceState, PingStatus, is_hybrid
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.refusal import Guard, Refusal, TargetFacts, named
from rdpgui.core.session import Session
from rdpgui.core.texts import N_

AUTO_SCALING_TAG = "aws:autoscaling:groupName"


def guards_of(disruption: Disruption) -> tuple[Guard, ...]:
    """Return the guards that a target has to pass for this disruption, the worst first."""
    harmful = () if disruption.is_control else (AUTO_SCALING, ON_DEMAND)
    return (ALLOW_TAG, *harmful, *disruption.guards, PLATFORM, STATE, MANAGED, PREFERENCES)


def target_refusals(facts: TargetFacts, disruption: Disruption) -> tuple[Refusal, ...]:
    """Return everything about the target that forbids this disruption, worst first; empty when it is allowed."""
    return _refusals(facts, guards_of(disruption))


def standing_refusals(facts: TargetFacts, disruption: Disruption) -> tuple[Refusal, ...]:
    """Return what forbids this disruption whether the target runs or not: what no start of it would change."""
    passing = (STATE, MANAGED, PREFERENCES)
    return _refusals(facts, tuple(guard for guard in guards_of(disruption) if guard not in passing))


def connect_refusals(facts: TargetFacts) -> tuple[Refusal, ...]:
    """Return everything about the target because of which no connection can be opened and recorded."""
    return _refusals(facts, (STATE, MANAGED, PREFERENCES))


def _refusals(facts: TargetFacts, guards: tuple[Guard, ...]) -> tuple[Refusal, ...]:
    found = (guard.refuse(facts) for guard in guards)
    return tuple(refusal for refusal in found if refusal is not None)


def target_checks(facts: TargetFacts) -> tuple[PreflightCheck, ...]:
    """Return every guard as a line of the preflight, held or not: what refuses all disruptions blocks."""
    guards = {guard.check_id: guard for kind in DISRUPTIONS.values() for guard in guards_of(kind)}
    return tuple(_line(guard, facts) for guard in guards.values())


def _line(guard: Guard, facts: TargetFacts) -> PreflightCheck:
    refusal = guard.refuse(facts)
    asked = tuple(kind.disruption_id for kind in DISRUPTIONS.values() if guard in guards_of(kind))
    disrupts = {kind.disruption_id for kind in DISRUPTIONS.values() if not kind.is_control}
    severity = Severity.BLOCK if disrupts <= set(asked) else Severity.WARN
    if refusal is None:
        return PreflightCheck(guard.check_id, severity, True, guard.holds, named(facts.instance), "", guard.source)
    held = None if refusal.guard_id.endswith("-unknown") else False
    text, fields, remedy = refusal.reason, refusal.fields, refusal.remedy
    return PreflightCheck(guard.check_id, severity, held, text, fields, remedy, guard.source, asked)


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


def refuse_unlisted(instance_id: InstanceId) -> Refusal:
    """EC2 must list the target: what Systems Manager alone knows can be neither stopped nor watched by EC2."""
    fields = (("instance", instance_id),)
    if is_hybrid(instance_id):
        text = N_("{instance} is a hybrid node outside of EC2: nothing here disrupts it.")
    else:
        text = N_("EC2 does not list {instance}: it may be terminated.")
    return Refusal("unlisted", text, N_("Choose an EC2 instance."), fields)


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


def refuse_auto_scaling(facts: TargetFacts) -> Refusal | None:
    """An Auto Scaling group replaces an instance that stops."""
    instance = facts.instance
    group = instance.tag(AUTO_SCALING_TAG)
    if not group:
        return None
    fields = (*named(instance), ("group", group))
    text = N_("{instance} belongs to the Auto Scaling group {group}, which would replace it.")
    return Refusal("auto-scaling", text, N_("Use an instance outside of Auto Scaling groups."), fields)


def refuse_lifecycle(facts: TargetFacts) -> Refusal | None:
    """What is not On-Demand may not come back; a scheduled instance can be neither stopped nor rebooted.

    Source: EC2 User Guide, Spot and Scheduled Instances; DescribeInstances, InstanceLifecycle.
    """
    instance, remedy = facts.instance, N_("Use an On-Demand instance.")
    if not instance.lifecycle:
        return None
    if instance.lifecycle == "spot":
        text = N_("{instance} is a Spot instance and may not come back.")
        return Refusal("spot", text, remedy, named(instance))
    text = N_("{instance} is no On-Demand instance ({lifecycle}) and may not come back.")
    return Refusal("not-on-demand", text, remedy, (*named(instance), ("lifecycle", instance.lifecycle)))


def refuse_platform(facts: TargetFacts) -> Refusal | None:
    """Only Windows has a remote desktop to record."""
    instance = facts.instance
    if instance.platform.lower() == "windows":
        return None
    text = N_("{instance} is not a Windows instance.")
    return Refusal("not-windows", text, N_("Choose a Windows instance."), named(instance))


def refuse_state(facts: TargetFacts) -> Refusal | None:
    """Only a running instance can be disrupted."""
    instance = facts.instance
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


_DESCRIBED = "ec2:DescribeInstances"
ALLOW_TAG = Guard("allow-tag", N_("{instance} carries the allow tag."), _DESCRIBED, refuse_allow_tag)
AUTO_SCALING = Guard(
    "auto-scaling", N_("{instance} is outside of Auto Scaling groups."), _DESCRIBED, refuse_auto_scaling
)
ON_DEMAND = Guard("on-demand", N_("{instance} is an On-Demand instance."), _DESCRIBED, refuse_lifecycle)
PLATFORM = Guard("platform", N_("{instance} runs Windows."), _DESCRIBED, refuse_platform)
STATE = Guard("state", N_("{instance} is running."), _DESCRIBED, refuse_state)
MANAGED = Guard(
    "node", N_("Session Manager reaches {instance}."), "ssm:DescribeInstanceInformation", refuse_not_managed
)
PREFERENCES = Guard(
    "recording",
    N_("RDP connection recording is configured."),
    "ssm-guiconnect:GetConnectionRecordingPreferences",
    refuse_preferences,
)
