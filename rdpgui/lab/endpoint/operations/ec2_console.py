"""EC2: what a Windows machine writes to its console, and its first password."""

from __future__ import annotations

import base64
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.model import LabError

Members = dict[str, Any]


def get_console_output(context: Context, params: Members) -> Members:
    """Return what the agent of a Windows image writes at a boot. Source: EC2 User Guide, instance console output."""
    row = _described(context, params)
    answer = {"InstanceId": row["InstanceId"], "Timestamp": context.call.at}
    booted_at = context.world.guests.booted_at(row["InstanceId"])
    if booted_at is None:
        return answer
    at = f"{booted_at:%Y/%m/%d %H:%M:%S}Z"
    lines = (
        "LAB: no console of a real machine.",
        f"AMI Origin: {row['ImageId']}",
        f"EC2 instance ID: {row['InstanceId']}",
        f"EC2 instance type: {row['InstanceType']}",
        "Windows is Ready to use",
    )
    text = "".join(f"{at}: {line}\r\n" for line in lines)
    return answer | {"Output": base64.b64encode(text.encode()).decode()}


def get_password_data(context: Context, params: Members) -> Members:
    """Return no password: nobody launched a machine of the lab with a key pair. Source: EC2 GetPasswordData."""
    row = _described(context, params)
    return {"InstanceId": row["InstanceId"], "Timestamp": context.call.at, "PasswordData": ""}


def _described(context: Context, params: Members) -> Members:
    found = context.seam.instances.describe([params["InstanceId"]])
    if not found:
        text = f"The instance ID '{params['InstanceId']}' does not exist"
        raise LabError("InvalidInstanceID.NotFound", text, 400)
    if params.get("DryRun"):
        raise LabError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)
    row: Members = found[0]["Instances"][0]
    return row


OPERATIONS: Final = {"GetConsoleOutput": get_console_output, "GetPasswordData": get_password_data}
