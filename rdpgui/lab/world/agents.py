"""SSM agents: online after boot, gone with the guest or with their service.

Source: SSM DescribeInstanceInformation (a stopped instance is not listed),
GetConnectionStatus; health ping every five minutes (amazon-ssm-agent).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from rdpgui.lab.model import NodeRecord, PowerState
from rdpgui.lab.world.context import Context
from rdpgui.lab.world.guests import Guests
from rdpgui.lab.world.instances import Instances
from rdpgui.lab.world.machine import Machine
from rdpgui.lab.world.signals import GuestEnd, Listener

_PING = timedelta(minutes=5)
_LISTED = frozenset({PowerState.PENDING, PowerState.RUNNING, PowerState.STOPPING})


@dataclass(slots=True, eq=False)
class _Agent:
    """What the service knows of one agent.

    Attributes:
        up: the agent runs and is connected.
        connected: what GetConnectionStatus says; follows ``up`` with a delay.
        online: what PingStatus says; follows with a longer delay.
        starts: number of the last planned start; a start with another number is stale.
        losses: number of the last loss; a notice of another one is stale.
    """

    up: bool = False
    connected: bool = False
    online: bool = False
    since: datetime | None = None
    last_ping_at: datetime | None = None
    starts: int = 0
    losses: int = 0


class Agents(Listener):
    """The agents of all instances."""

    def __init__(self, context: Context, instances: Instances, guests: Guests) -> None:
        self._context = context
        self._instances = instances
        self._guests = guests
        self._agents: dict[str, _Agent] = {}

    def connected(self, instance_id: str) -> bool:
        """Return what GetConnectionStatus says."""
        with self._context.lock:
            agent = self._agents.get(instance_id)
            return agent is not None and agent.connected

    def reachable(self, instance_id: str) -> bool:
        """Return whether a tunnel can be opened now."""
        with self._context.lock:
            agent = self._agents.get(instance_id)
            return agent is not None and agent.up

    def managed(self, instance_id: str) -> bool:
        """Return whether DescribeInstanceInformation lists the instance."""
        with self._context.lock:
            agent = self._agents.get(instance_id)
            if agent is None or agent.last_ping_at is None:
                return False
            return self._instances.state(instance_id) in _LISTED

    def nodes(self) -> list[NodeRecord]:
        """Return the managed nodes."""
        with self._context.lock:
            machines = self._instances.all()
            return [self._node(m) for m in machines if self.managed(m.instance_id)]

    def stop_service(self, instance_id: str, restart_after_s: float | None) -> None:
        """End the agent's service on a guest that lives on; it may come back by itself."""
        with self._context.lock:
            self._down(instance_id, self._context.timeline.now())
            if restart_after_s is not None:
                self._plan_start(instance_id, restart_after_s)

    def guest_ready(self, instance_id: str) -> None:
        """The agent starts with the system."""
        self._plan_start(instance_id, self._context.scenario.timings.agent_online_s)

    def desktop_closed(self, instance_id: str, at: datetime) -> None:
        """The agent ends with the system's services."""
        self._down(instance_id, at)

    def guest_ended(self, instance_id: str, end: GuestEnd) -> None:
        """A guest that was cut takes its agent with it."""
        self._down(instance_id, end.at)

    def _plan_start(self, instance_id: str, delay_s: float) -> None:
        agent = self._agents.setdefault(instance_id, _Agent())
        agent.starts += 1
        call = partial(self._up, instance_id, agent, agent.starts)
        self._context.timeline.after(delay_s, call, f"start of the agent on {instance_id}")

    def _up(self, instance_id: str, agent: _Agent, number: int) -> None:
        with self._context.lock:
            if number != agent.starts or not self._guests.ready(instance_id):
                return
            agent.losses += 1
            agent.up = agent.connected = agent.online = True
            agent.since = agent.last_ping_at = self._context.timeline.now()
            self._context.signals.agent_online(instance_id)

    def _down(self, instance_id: str, at: datetime) -> None:
        agent = self._agents.setdefault(instance_id, _Agent())
        agent.starts += 1
        if not agent.up:
            return
        agent.last_ping_at = self._ping_of(agent)
        agent.up = False
        agent.losses += 1
        timings = self._context.scenario.timings
        for delay_s, notice in ((timings.connection_lost_s, _disconnect), (timings.ping_lost_s, _lose_ping)):
            call = partial(self._notice, agent, agent.losses, notice)
            self._context.timeline.after(delay_s, call, f"loss of the agent on {instance_id}")
        self._context.signals.agent_lost(instance_id, at)

    def _notice(self, agent: _Agent, number: int, notice: Callable[[_Agent], None]) -> None:
        with self._context.lock:
            if number == agent.losses:
                notice(agent)

    def _ping_of(self, agent: _Agent) -> datetime | None:
        """Return the last health ping: the first when it came up, then every five minutes."""
        if agent.since is None or not agent.up:
            return agent.last_ping_at
        return agent.since + (self._context.timeline.now() - agent.since) // _PING * _PING

    def _node(self, machine: Machine) -> NodeRecord:
        agent = self._agents[machine.instance_id]
        spec = machine.spec
        return NodeRecord(
            instance_id=machine.instance_id,
            ping_status="Online" if agent.online else "ConnectionLost",
            last_ping_at=self._ping_of(agent) or machine.power.launched_at,
            agent_version=spec.agent_version,
            platform_type="Windows",
            platform_name=spec.platform_name,
            platform_version=spec.platform_version,
            computer_name=spec.computer_name or spec.name.upper()[:15],
            ip_address=machine.ip_address,
        )


def _disconnect(agent: _Agent) -> None:
    agent.connected = False


def _lose_ping(agent: _Agent) -> None:
    agent.online = False
