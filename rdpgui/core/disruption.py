"""Disruptions: what can be done to an instance while somebody is connected."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class DisruptionId(StrEnum):
    """Names of the disruptions and controls, as in journals and on the command line."""

    OS_REBOOT = "os-reboot"
    OS_SHUTDOWN = "os-shutdown"
    EC2_REBOOT = "ec2-reboot"
    EC2_STOP = "ec2-stop"
    STOP_SKIP_OS_SHUTDOWN = "stop-skip-os-shutdown"
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
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Disruption:
    """One kind of disruption.

    Attributes:
        call: the API operation or command behind it, shown beside the button.
        fis_action: the AWS FIS action of the same meaning, empty when none.
        article_row: its number in the article's table, 0 when beyond it.
        shows_shutdown: the desktop is expected to show a shutdown screen.
    """

    disruption_id: DisruptionId
    origin: Origin
    effect: Effect
    call: str
    fis_action: str = ""
    article_row: int = 0
    shows_shutdown: bool = False

    @property
    def is_control(self) -> bool:
        """Whether it is a control, which disrupts nothing."""
        return self.origin is Origin.CONTROL


DISRUPTIONS: dict[DisruptionId, Disruption] = {
    d.disruption_id: d
    for d in (
        Disruption(
            DisruptionId.OS_REBOOT, Origin.GUEST, Effect.RESTART, "shutdown /r", "aws:ssm:send-command", 1, True
        ),
        Disruption(DisruptionId.OS_SHUTDOWN, Origin.GUEST, Effect.HALT, "shutdown /s", "aws:ssm:send-command", 2, True),
        Disruption(
            DisruptionId.EC2_REBOOT,
            Origin.CONTROL_PLANE,
            Effect.RESTART,
            "RebootInstances",
            "aws:ec2:reboot-instances",
            3,
            True,
        ),
        Disruption(
            DisruptionId.EC2_STOP, Origin.CONTROL_PLANE, Effect.HALT, "StopInstances", "aws:ec2:stop-instances", 4, True
        ),
        Disruption(
            DisruptionId.STOP_SKIP_OS_SHUTDOWN, Origin.CONTROL_PLANE, Effect.HALT, "StopInstances SkipOsShutdown"
        ),
        Disruption(DisruptionId.CONTROL_NONE, Origin.CONTROL, Effect.NONE, ""),
        Disruption(DisruptionId.CONTROL_DISCONNECT, Origin.CONTROL, Effect.NONE, "TerminateSession"),
    )
}
"""All disruptions in the order of the buttons."""

ARTICLE_DISRUPTIONS = (
    DisruptionId.OS_REBOOT,
    DisruptionId.OS_SHUTDOWN,
    DisruptionId.EC2_REBOOT,
    DisruptionId.EC2_STOP,
)
