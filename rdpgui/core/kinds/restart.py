"""Restarts: the machine boots again, and never leaves ``running`` for it."""

from __future__ import annotations

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.instance import ConnectionStatus
from rdpgui.core.kinds.kind import Disruption, Ec2Call, FilmShows, GuestScript
from rdpgui.core.kinds.seen import PROVEN, Evidence, became
from rdpgui.core.refusal import Guard, Refusal, TargetFacts, named
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, held, moment, not_made

AGENT_AWAY_S = 6.0
"""An agent that was lost this soon after the session's end went away with it."""

XEN_FAMILIES = frozenset(
    {
        *("c1", "c3", "c4", "d2", "f1", "g2", "g3", "g3s", "h1", "i2", "i3", "m1", "m2", "m3", "m4"),
        *("p2", "p3", "r3", "r4", "t1", "t2", "x1", "x1e"),
    }
)
"""Instance families on the Xen hypervisor. Source: EC2 instance types, Xen-based instances."""
BARE_METAL = "metal"
"""Begins the size of what has no hypervisor: it is built on Nitro, also in these families (``i3.metal``).

Source: EC2 instance types, instances built on the Nitro System.
"""


def restarted(evidence: Evidence) -> Check:
    """Prove a restart: a boot after the order, and a sign in between (agent lost, or uptime counter reset).

    Source: EC2 RebootInstances (the state stays running); GetConnectionStatus; LastBootUpTime.
    """
    seen = evidence.onset
    if seen.halted is not None:
        return became(seen.halted, N_("The instance became {state} instead of restarting."))
    if seen.started is not None and (seen.boot is None or seen.boot.range.high_at >= seen.started):
        text = N_("The instance was stopped and started anew (launch time {at}, {zone}): no restart was seen.")
        return not_made(PROVEN, text, "other-disruption", (("at", moment(seen.started)),))
    if seen.boot is None and _before_a_person(evidence):
        return held(PROVEN, N_("Restarted: a person sees the shutdown, and the agent went away with it and came back."))
    if seen.boot is None:
        return _no_new_boot(flipped=bool(seen.losses), known=bool(evidence.run.boot_reads))
    fields = (("boot_at", moment(seen.boot.stated_at)),)
    if not seen.restarted and not seen.boot.counted:
        text = N_(
            "The last boot is said to be {boot_at} ({zone}), but the agent was not lost meanwhile: a clock was set."
        )
        return not_made(PROVEN, text, "disruption-not-proven", fields)
    text = N_("Restarted: last boot {boot_at} ({zone}), by the uptime counter.")
    if seen.restarted:
        text = N_("Restarted: last boot {boot_at} ({zone}); the agent's connection was lost meanwhile.")
    return held(PROVEN, text, fields)


def _before_a_person(evidence: Evidence) -> bool:
    """Whether a restart stands without a boot time, which takes an order: by what could be read, and a person.

    The agent went away with the session and came back, the instance was running all the time, and a person sees the
    shutdown in the session's own film.
    """
    run, over, losses = evidence.run, evidence.over, evidence.onset.losses
    if run.boot_reads or over is None or not evidence.person_saw or len(losses) != 1:
        return False
    back = run.connection_changes[-1].status is ConnectionStatus.CONNECTED
    return back and (losses[0].low_at - over.high_at).total_seconds() <= AGENT_AWAY_S


def _no_new_boot(*, flipped: bool, known: bool) -> Check:
    if known and flipped:
        text = N_("The agent's connection was lost, but there was no boot after the order.")
    elif known:
        text = N_("There was no boot after the order, and no loss of the agent's connection was seen.")
    elif flipped:
        text = N_("The agent's connection was lost, but the boot time could not be read.")
    else:
        text = N_("The boot time could not be read, and no loss of the agent's connection was seen.")
    return not_made(PROVEN, text, "boot-time-unknown" if flipped and not known else "disruption-not-proven")


def refuse_xen(facts: TargetFacts) -> Refusal | None:
    """Only instances on Nitro take a diagnostic interrupt; of a type that is not known, the rehearsal says so.

    Source: EC2 User Guide, diagnostic interrupt; instance types on the Xen hypervisor.
    """
    instance = facts.instance
    family, _, size = instance.instance_type.partition(".")
    if family not in XEN_FAMILIES or size.startswith(BARE_METAL):
        return None
    text = N_("{instance} is a {type}, which takes no diagnostic interrupt.")
    remedy = N_("Use an instance of a type that is built on Nitro.")
    return Refusal("no-interrupt", text, remedy, (*named(instance), ("type", instance.instance_type)))


NITRO = Guard("nitro", N_("{instance} takes a diagnostic interrupt."), "ec2:DescribeInstances", refuse_xen)

OS_REBOOT = Disruption(
    DisruptionId.OS_REBOOT,
    name=N_("OS reboot"),
    consequence=N_("Windows is told to restart through Run Command. Everyone connected is cut off."),
    origin=Origin.GUEST,
    effect=Effect.RESTART,
    call="shutdown /r",
    # A script that ends with 3010 would be run again after the restart. Source: shutdown.exe /?; SSM User Guide.
    order=GuestScript(('shutdown.exe /r /t {delay_s} /d p:0:0 /c "rdpgui"', "exit 0")),
    proof=restarted,
    film=FilmShows.SHUTDOWN,
    fis_action="aws:ssm:send-command",
    chaos_action="chaosaws.ssm.actions.send_command",
    article_row=1,
)
EC2_REBOOT = Disruption(
    DisruptionId.EC2_REBOOT,
    name=N_("EC2 reboot"),
    consequence=N_("EC2 reboots the instance. Everyone connected is cut off."),
    origin=Origin.CONTROL_PLANE,
    effect=Effect.RESTART,
    call="RebootInstances",
    order=Ec2Call("RebootInstances"),
    proof=restarted,
    film=FilmShows.SHUTDOWN,
    fis_action="aws:ec2:reboot-instances",
    chaos_action="chaosaws.ec2.actions.restart_instances",
    article_row=3,
)
DIAGNOSTIC_INTERRUPT = Disruption(
    DisruptionId.DIAGNOSTIC_INTERRUPT,
    name=N_("Diagnostic interrupt"),
    consequence=N_("Windows crashes with a stop error, writes a memory dump and restarts. Unsaved data is lost."),
    origin=Origin.CONTROL_PLANE,
    effect=Effect.RESTART,
    call="SendDiagnosticInterrupt",
    order=Ec2Call("SendDiagnosticInterrupt"),
    guards=(NITRO,),
    proof=restarted,
    film=FilmShows.CUT,  # a system that crashes paints no remote desktop; the lab shows its stop screen
)
