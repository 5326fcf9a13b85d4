"""Halts: the instance stops, and EC2 says by whom."""

from __future__ import annotations

from dataclasses import dataclass

from rdpgui.core.clocks import shifted
from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.kinds.kind import Disruption, Ec2Call, FilmShows, GuestScript
from rdpgui.core.kinds.seen import HALTED, PROVEN, Evidence, gone
from rdpgui.core.refusal import Guard, Refusal, TargetFacts, named
from rdpgui.core.run_events import InstanceChanged
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, held, not_made

INITIATED_BY_INSTANCE = "Client.InstanceInitiatedShutdown"
INITIATED_BY_USER = "Client.UserInitiatedShutdown"
HIBERNATED_BY_USER = "Client.UserInitiatedHibernate"
BY_SOMEBODY = (INITIATED_BY_INSTANCE, INITIATED_BY_USER)
"""What a stop by hand may be. Source: EC2 DescribeInstances, StateReason."""

STATED_SLACK_S = 5.0
"""A stop that EC2 states this long before or after the order is another one."""


@dataclass(frozen=True, slots=True)
class Halted:
    """Proof that the instance stopped, for this reason and by this order.

    Attributes:
        reason_code: who stopped it, in EC2's words; a halt by hand may have either of ``BY_SOMEBODY``.
    """

    reason_code: str

    def __call__(self, evidence: Evidence) -> Check:
        """Return check (a)."""
        halts, by_hand = evidence.onset.halts, evidence.run.plan.by_hand
        if (terminated := gone(evidence)) is not None:
            return terminated
        if not any(change.state in HALTED for change in halts):
            return not_made(PROVEN, N_("The instance did not stop."), "disruption-not-proven")
        code, wanted = reason_of(halts), self.reason_code
        if by_hand:
            wanted = code if code in BY_SOMEBODY else INITIATED_BY_INSTANCE
        fields = (("state", halts[-1].state.value), ("code", code or "-"), ("wanted", wanted))
        if not code:
            text = N_("The instance is {state}, but EC2 does not say who stopped it.")
            return not_made(PROVEN, text, "reason-unknown", fields)
        if code != wanted:
            text = N_("The instance was stopped by something else: {code} instead of {wanted}.")
            return not_made(PROVEN, text, "other-disruption", fields)
        if _stopped_by_another(evidence):
            text = N_("The instance was stopped by another order than this run's.")
            return not_made(PROVEN, text, "other-disruption", fields)
        if evidence.onset.stopped is None:
            text = N_("The instance is {state}; that it stopped was not seen.")
            return not_made(PROVEN, text, "disruption-not-proven", fields)
        if by_hand:
            return held(PROVEN, N_("The instance is {state}: {code}. By whom is not known."), fields)
        return held(PROVEN, N_("The instance is {state}: {code}."), fields)


def reason_of(halts: tuple[InstanceChanged, ...]) -> str:
    """Return who stopped it; EC2's free text stands in for a missing code. Empty when it does not say."""
    code = next((c.state_reason_code for c in reversed(halts) if c.state_reason_code), "")
    said_by_text = halts[-1].state_transition_reason.startswith("User initiated")
    return code or (INITIATED_BY_USER if said_by_text else "")


def _stopped_by_another(evidence: Evidence) -> bool:
    """Whether the halt began before the order, or EC2 states another time for it than the order's."""
    seen = evidence.onset
    if seen.ordered is None:
        return False
    if seen.early:
        return True
    stated = seen.stop_ordered
    if stated is None or evidence.clock_stepped:
        return False
    before = stated.high_at < shifted(seen.ordered.low_at, -1.0)
    return before or stated.low_at > shifted(seen.ordered.high_at, STATED_SLACK_S)


def refuse_instance_store(facts: TargetFacts) -> Refusal | None:
    """An instance-store root does not survive a stop. Unknown refuses too: what is lost is lost."""
    instance = facts.instance
    if instance.root_device_type == "ebs":
        return None
    remedy = N_("Use an instance with an EBS root volume.")
    if not instance.root_device_type:
        text = N_("What the root volume of {instance} is could not be read.")
        return Refusal("root-volume-unknown", text, remedy, named(instance))
    text = N_("The root volume of {instance} is an instance store and would be lost.")
    return Refusal("instance-store", text, remedy, named(instance))


def refuse_without_hibernation(facts: TargetFacts) -> Refusal | None:
    """Only an instance that was launched with hibernation hibernates; that implies an encrypted EBS root volume.

    Source: EC2 User Guide, hibernation prerequisites; DescribeInstances, HibernationOptions.
    """
    if facts.instance.hibernation:
        return None
    if facts.instance.hibernation is None:
        text = N_("Whether {instance} can hibernate could not be read.")
        return Refusal("hibernation-unknown", text, N_("Read everything again (F5)."), named(facts.instance))
    text = N_("{instance} was launched without hibernation.")
    remedy = N_("Use an instance that was launched with it; it cannot be switched on afterwards.")
    return Refusal("no-hibernation", text, remedy, named(facts.instance))


def refuse_shutdown_behaviour(facts: TargetFacts) -> Refusal | None:
    """An in-OS shutdown terminates the instance when its shutdown behaviour says so. Unknown refuses too."""
    instance, protection = facts.instance, facts.protection
    if not facts.protection_read:
        return None
    behaviour = protection.shutdown_behaviour if protection is not None else None
    if behaviour == "stop":
        return None
    if behaviour is None:
        text = N_("The shutdown behaviour of {instance} could not be read.")
        remedy = N_("Allow ec2:DescribeInstanceAttribute and try again.")
        return Refusal("shutdown-behaviour-unknown", text, remedy, named(instance))
    text = N_("A shutdown inside the OS would terminate {instance} (shutdown behaviour {behaviour}).")
    remedy = N_("Set the shutdown behaviour to stop.")
    return Refusal("terminate-on-shutdown", text, remedy, (*named(instance), ("behaviour", behaviour)))


def refuse_stop_protection(facts: TargetFacts) -> Refusal | None:
    """Stop protection (disableApiStop) makes StopInstances fail."""
    if facts.protection is None or not facts.protection.stop_protected:
        return None
    text = N_("Stop protection is on for {instance}.")
    remedy = N_("Turn stop protection off, or use another instance.")
    return Refusal("stop-protected", text, remedy, named(facts.instance))


_DESCRIBED, _ATTRIBUTE = "ec2:DescribeInstances", "ec2:DescribeInstanceAttribute"
ROOT_VOLUME = Guard("root-volume", N_("The root volume survives a stop."), _DESCRIBED, refuse_instance_store)
SHUTDOWN_BEHAVIOUR = Guard(
    "shutdown-behaviour", N_("A shutdown stops {instance}."), _ATTRIBUTE, refuse_shutdown_behaviour
)
STOP_PROTECTION = Guard(
    "stop-protection", N_("Stop protection is not known to stand in the way."), _ATTRIBUTE, refuse_stop_protection
)
HIBERNATION = Guard("hibernation", N_("{instance} can hibernate."), _DESCRIBED, refuse_without_hibernation)

OS_SHUTDOWN = Disruption(
    DisruptionId.OS_SHUTDOWN,
    name=N_("OS shutdown"),
    consequence=N_("Windows is told to shut down through Run Command. The instance stops."),
    origin=Origin.GUEST,
    effect=Effect.HALT,
    call="shutdown /s",
    order=GuestScript(('shutdown.exe /s /t {delay_s} /d p:0:0 /c "rdpgui"', "exit 0")),
    guards=(ROOT_VOLUME, SHUTDOWN_BEHAVIOUR),
    proof=Halted(INITIATED_BY_INSTANCE),
    film=FilmShows.SHUTDOWN,
    fis_action="aws:ssm:send-command",
    chaos_action="chaosaws.ssm.actions.send_command",
    article_row=2,
)
EC2_STOP = Disruption(
    DisruptionId.EC2_STOP,
    name=N_("EC2 stop"),
    consequence=N_("EC2 stops the instance. Its public IP address may change at the next start."),
    origin=Origin.CONTROL_PLANE,
    effect=Effect.HALT,
    call="StopInstances",
    order=Ec2Call("StopInstances"),
    guards=(ROOT_VOLUME, STOP_PROTECTION),
    proof=Halted(INITIATED_BY_USER),
    film=FilmShows.SHUTDOWN,
    fis_action="aws:ec2:stop-instances",
    chaos_action="chaosaws.ec2.actions.stop_instances",
    article_row=4,
)
STOP_SKIP_OS_SHUTDOWN = Disruption(
    DisruptionId.STOP_SKIP_OS_SHUTDOWN,
    name=N_("Power cut"),
    consequence=N_("EC2 cuts the power without an OS shutdown. Unsaved data is lost."),
    origin=Origin.CONTROL_PLANE,
    effect=Effect.HALT,
    call="StopInstances SkipOsShutdown",
    order=Ec2Call("StopInstances", ("SkipOsShutdown",)),
    guards=(ROOT_VOLUME, STOP_PROTECTION),
    proof=Halted(INITIATED_BY_USER),
    film=FilmShows.CUT,
)
STOP_FORCE = Disruption(
    DisruptionId.STOP_FORCE,
    name=N_("EC2 force stop"),
    consequence=N_("EC2 stops the instance, and soon by force if Windows does not obey. Unsaved data may be lost."),
    origin=Origin.CONTROL_PLANE,
    effect=Effect.HALT,
    call="StopInstances Force",
    order=Ec2Call("StopInstances", ("Force",)),
    guards=(ROOT_VOLUME, STOP_PROTECTION),
    proof=Halted(INITIATED_BY_USER),
    film=FilmShows.SHUTDOWN,  # EC2 tries an orderly shutdown first. Source: EC2 StopInstances, Force
    chaos_action="chaosaws.ec2.actions.stop_instances",
)
HIBERNATE = Disruption(
    DisruptionId.HIBERNATE,
    name=N_("EC2 hibernate"),
    consequence=N_("EC2 has Windows save its memory and stops the instance. At the next start everything goes on."),
    origin=Origin.CONTROL_PLANE,
    effect=Effect.HALT,
    call="StopInstances Hibernate",
    order=Ec2Call("StopInstances", ("Hibernate",)),
    guards=(ROOT_VOLUME, STOP_PROTECTION, HIBERNATION),
    proof=Halted(HIBERNATED_BY_USER),
    film=FilmShows.CUT,  # a system that is put to sleep takes its network away without a word
)
