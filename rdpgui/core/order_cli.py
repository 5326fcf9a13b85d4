"""A disruption's order as the call that is made for it, so that a person can give the same one elsewhere."""

from __future__ import annotations

from rdpgui.core.cli import ApiCall
from rdpgui.core.ids import InstanceId
from rdpgui.core.kinds.kind import EndSession, GuestScript, Order

SESSION = "SESSION_ID"
"""Stands for the session, which is there only once somebody is connected."""
_DOCUMENT = "AWS-RunPowerShellScript"
_ONE_INSTANCE = "SendDiagnosticInterrupt"
"""Takes one instance; all others take a list."""


def call_of(order: Order, instance_id: InstanceId, *, delay_s: int = 0) -> ApiCall:
    """Return the call that gives an order.

    Args:
        order: of a kind of disruption.
        instance_id: its target.
        delay_s: how long a script waits, whole seconds.
    """
    if isinstance(order, EndSession):
        return ApiCall("ssm", "TerminateSession", {"SessionId": SESSION})
    target = str(instance_id)
    if isinstance(order, GuestScript):
        commands = {"commands": list(order.delayed(delay_s).lines)}
        return ApiCall(
            "ssm", "SendCommand", {"InstanceIds": [target], "DocumentName": _DOCUMENT, "Parameters": commands}
        )
    one = order.operation == _ONE_INSTANCE
    members: dict[str, object] = {"InstanceId": target} if one else {"InstanceIds": [target]}
    return ApiCall("ec2", order.operation, members | dict.fromkeys(order.options, True))
