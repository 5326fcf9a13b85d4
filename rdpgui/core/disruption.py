"""What disruptions are called, where they come from, and what they do. The kinds themselves: ``core/kinds``."""

from __future__ import annotations

from enum import StrEnum


class DisruptionId(StrEnum):
    """Names of the disruptions and controls, as in journals and on the command line."""

    OS_REBOOT = "os-reboot"
    OS_SHUTDOWN = "os-shutdown"
    EC2_REBOOT = "ec2-reboot"
    EC2_STOP = "ec2-stop"
    SSM_AGENT_STOP = "ssm-agent-stop"
    STOP_SKIP_OS_SHUTDOWN = "stop-skip-os-shutdown"
    STOP_FORCE = "stop-force"
    HIBERNATE = "hibernate"
    DIAGNOSTIC_INTERRUPT = "diagnostic-interrupt"
    CONTROL_NONE = "control-none"
    CONTROL_DISCONNECT = "control-disconnect"


class Origin(StrEnum):
    """Where a disruption comes from."""

    GUEST = "guest"
    CONTROL_PLANE = "control-plane"
    CONTROL = "control"


class Effect(StrEnum):
    """What a disruption does to the instance."""

    RESTART = "restart"
    HALT = "halt"
    AGENT = "agent"
    NONE = "none"
