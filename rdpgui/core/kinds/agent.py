"""The SSM Agent alone is taken away: the session over it ends while Windows lives."""

from __future__ import annotations

from rdpgui.core.disruption import DisruptionId, Effect, Origin
from rdpgui.core.instance import ConnectionStatus
from rdpgui.core.kinds.kind import DELAY, Disruption, FilmShows, GuestScript
from rdpgui.core.kinds.seen import PROVEN, Evidence, became, boot_unchanged
from rdpgui.core.texts import N_
from rdpgui.core.verdict import Check, held, moment, not_made

AWAY_S = 60
"""The agent's service is started again after this."""

# Run Command ends with the agent, and so do the agent's children: the work is left to a process of WMI's. Workers of
# sessions outlive their agent, so they are ended, too; the service is started again whatever became of its stop.
_WORK = "; ".join(
    (
        f"Start-Sleep -Seconds {DELAY}",
        "Stop-Service -Name AmazonSSMAgent -Force",
        "Stop-Process -Name ssm-session-worker -Force -ErrorAction SilentlyContinue",
        f"Start-Sleep -Seconds {AWAY_S}",
        "Start-Service -Name AmazonSSMAgent",
    )
)
_SCRIPT = (
    "Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{CommandLine = "
    f"'powershell.exe -NoProfile -NonInteractive -Command \"{_WORK}\"'}} | Out-Null",
    "exit 0",
)


def agent_stopped(evidence: Evidence) -> Check:
    """Prove that the agent was lost and the machine was not: it ran all the time, and did not boot meanwhile.

    Source: GetConnectionStatus; LastBootUpTime before and after.
    """
    seen, changes = evidence.onset, evidence.run.connection_changes
    if seen.halted is not None:
        return became(seen.halted, N_("The instance became {state}: it was not only its agent that stopped."))
    if seen.started is not None:
        fields = (("at", moment(seen.started)),)
        text = N_("The instance was stopped and started anew (launch time {at}, {zone}): it was not only its agent.")
        return not_made(PROVEN, text, "other-disruption", fields)
    if seen.boot is not None:
        fields = (("boot_at", moment(seen.boot.stated_at)),)
        text = N_("The instance was restarted (last boot {boot_at}, {zone}): it was not only its agent that stopped.")
        return not_made(PROVEN, text, "other-disruption", fields)
    if not seen.losses:
        return not_made(PROVEN, N_("No loss of the agent's connection was seen."), "disruption-not-proven")
    if changes[-1].status is not ConnectionStatus.CONNECTED:
        text = N_("The agent was lost and has not come back: whether Windows lives is not known.")
        return not_made(PROVEN, text, "boot-time-unknown")
    if not boot_unchanged(evidence):
        text = N_("The agent was lost and came back; that Windows was not restarted meanwhile is not certain.")
        return not_made(PROVEN, text, "boot-time-unknown")
    return held(PROVEN, N_("The agent was lost and came back, and Windows was not restarted meanwhile."))


SSM_AGENT_STOP = Disruption(
    DisruptionId.SSM_AGENT_STOP,
    name=N_("SSM Agent stop"),
    consequence=N_("The SSM Agent is stopped for a minute. Every session over it ends; Windows goes on."),
    origin=Origin.GUEST,
    effect=Effect.AGENT,
    call="Stop-Service AmazonSSMAgent",
    order=GuestScript(_SCRIPT),
    proof=agent_stopped,
    film=FilmShows.CUT,
    fis_action="aws:ssm:send-command",
    chaos_action="chaosaws.ssm.actions.send_command",
)
