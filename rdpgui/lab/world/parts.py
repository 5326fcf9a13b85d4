"""The parts of the world and how they are wired."""

from __future__ import annotations

from rdpgui.lab.model import Preferences
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.commands import Commands
from rdpgui.lab.world.connections import Connections
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.deeds import Deeds
from rdpgui.lab.world.guests import Guests, iso
from rdpgui.lab.world.instances import Instances
from rdpgui.lab.world.jit import AccessRequests
from rdpgui.lab.world.people import People
from rdpgui.lab.world.sessions import Sessions
from rdpgui.lab.world.shell_logs import ShellLogs


class Parts:
    """One of each.

    Attributes:
        preferences: the account's recording preferences, None when not configured.
        seeded: the scenario's things exist.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.preferences: Preferences | None = None
        self.seeded = False
        self.guests = Guests(context)
        self.instances = Instances(context, self.guests)
        self.agents = Agents(context, self.instances, self.guests)
        self.sessions = Sessions(context)
        self.requests = AccessRequests(context)
        self.connections = Connections(
            context, self.guests, self.agents, self.sessions, self.requests, self.preferences_now
        )
        self.commands = Commands(context, self.instances, self.agents, self.guests, self.users)
        # Order matters: connections hear of a guest's end before its instance boots the next one.
        deeds = Deeds(
            context, self.guests, self.instances, self.agents, self.sessions, self.connections, self.preferences_now
        )
        self.people = People(context, deeds)
        # A shell's log hears of a lost agent before the shell ends with it.
        listeners = (
            self.connections, self.agents, ShellLogs(context), self.sessions, self.commands, self.instances, self.people
        )  # fmt: skip
        for listener in listeners:
            context.signals.join(listener)

    def preferences_now(self) -> Preferences | None:
        """Return the recording preferences of now."""
        return self.preferences

    def users(self, instance_id: str) -> str:
        """Return the table that ``quser`` prints; a logon outlives its connection as ``Disc``."""
        active = bool(self.connections.active_on(instance_id))
        session, state = ("rdp-tcp#1", "Active") if active else ("", "Disc")
        since = iso(self.guests.booted_at(instance_id))
        head = f"{' USERNAME':<23}{'SESSIONNAME':<19}{'ID':<4}{'STATE':<8}{'IDLE TIME':<11}LOGON TIME"
        return f"{head}\n{' administrator':<23}{session:<19}{'2':<4}{state:<8}{'none':<11}{since}"
