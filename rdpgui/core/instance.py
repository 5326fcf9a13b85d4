"""Instances and managed nodes, in the words of EC2 and Systems Manager."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.aws_word import AwsWord
from rdpgui.core.ids import InstanceId


class InstanceState(AwsWord):
    """State of an instance. Source: EC2 DescribeInstances, InstanceStateName."""

    PENDING = "pending"
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    SHUTTING_DOWN = "shutting-down"
    TERMINATED = "terminated"


class PingStatus(AwsWord):
    """Ping status of a managed node. Source: SSM DescribeInstanceInformation."""

    ONLINE = "Online"
    CONNECTION_LOST = "ConnectionLost"
    INACTIVE = "Inactive"


class ConnectionStatus(AwsWord):
    """Whether Session Manager reaches the node. Source: SSM GetConnectionStatus."""

    CONNECTED = "connected"
    NOT_CONNECTED = "notconnected"


@dataclass(frozen=True, slots=True)
class Instance:
    """One EC2 instance as last described.

    Attributes:
        instance_id: the id, by which targets are frozen.
        name: the Name tag, empty when there is none.
        state: the instance state.
        state_reason_code: who stopped it, for example ``Client.UserInitiatedShutdown``; empty while running.
        state_transition_reason: the free text of EC2, with the time in it.
        platform: ``windows`` or empty.
        instance_type: for example ``m7i.large``.
        launched_at: changes on start, not on reboot.
        private_ip: empty when it has none.
        tags: key and value, sorted by key.
        root_device_type: ``ebs`` or ``instance-store``.
        lifecycle: ``spot``, ``scheduled`` or empty for on-demand.
        hibernation: whether it was launched so that it can hibernate; None where that was not read.
        flaws: what of its row could not be read; no rule rests on a row with flaws.
    """

    instance_id: InstanceId
    name: str
    state: InstanceState
    state_reason_code: str = ""
    state_transition_reason: str = ""
    platform: str = ""
    instance_type: str = ""
    launched_at: datetime | None = None
    private_ip: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    root_device_type: str = "ebs"
    lifecycle: str = ""
    flaws: tuple[str, ...] = ()
    hibernation: bool | None = None

    def tag(self, key: str) -> str:
        """Return the value of a tag, empty when absent."""
        return dict(self.tags).get(key, "")


@dataclass(frozen=True, slots=True)
class GuestBoot:
    """What a guest says of its last boot.

    Attributes:
        boot_at: by its clock, a correction of which moves it.
        uptime_s: how long it has been up by a counter that no correction moves, whole seconds; None when not told.
    """

    boot_at: datetime
    uptime_s: float | None = None


@dataclass(frozen=True, slots=True)
class ManagedNode:
    """One managed node. A stopped instance is not listed by SSM at all."""

    instance_id: InstanceId
    ping_status: PingStatus
    last_ping_at: datetime | None = None
    agent_version: str = ""
    platform_name: str = ""
    platform_version: str = ""
    computer_name: str = ""


def is_hybrid(instance_id: InstanceId) -> bool:
    """Whether an id is that of a node outside of EC2, of which EC2 never tells. Source: SSM, hybrid activations."""
    return instance_id.startswith("mi-")


def unlisted(node: ManagedNode) -> Instance:
    """Return what can be said of a node that EC2 does not list: its id and the name of its computer.

    No rule rests on it: its state is none, and it is said to be flawed.
    """
    return Instance(node.instance_id, node.computer_name, InstanceState(""), flaws=("InstanceId",))


@dataclass(frozen=True, slots=True)
class InstanceProtection:
    """What makes stopping this instance dangerous or impossible.

    Source: EC2 DescribeInstanceAttribute; None where it could not be read.

    Attributes:
        shutdown_behaviour: ``stop`` or ``terminate`` (instanceInitiatedShutdownBehavior).
        stop_protected: disableApiStop.
    """

    shutdown_behaviour: str | None = None
    stop_protected: bool | None = None
