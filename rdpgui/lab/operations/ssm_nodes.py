"""SSM: managed nodes and Run Command."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rdpgui.lab.call import Context
from rdpgui.lab.model import CommandRecord, LabError, NodeRecord
from rdpgui.lab.operations.paging import page

Members = dict[str, Any]
_DEFAULT_NODES: Final = 50
_DEFAULT_TIMEOUT_S: Final = 3600


def describe_instance_information(context: Context, params: Members) -> Members:
    """List managed nodes; stopped ones are not listed at all. Source: SSM DescribeInstanceInformation."""
    nodes = context.world.nodes()
    filters = [(f["Key"], f["Values"]) for f in params.get("Filters", [])]
    filters += [(f["key"], f["valueSet"]) for f in params.get("InstanceInformationFilterList", [])]
    for key, values in filters:
        if key not in _NODE_FILTERS:
            raise LabError("InvalidInstanceInformationFilterValue", f"The filter key {key} is not valid.", 400)
        nodes = [node for node in nodes if getattr(node, _NODE_FILTERS[key]) in values]
    size = params.get("MaxResults", _DEFAULT_NODES)
    chosen, token = page(nodes, size=size, token=params.get("NextToken"), name=_node_id)
    return {"InstanceInformationList": [_node(node) for node in chosen], "NextToken": token}


_NODE_FILTERS: Final[Mapping[str, str]] = {
    "AgentVersion": "agent_version",
    "InstanceIds": "instance_id",
    "PingStatus": "ping_status",
    "PlatformTypes": "platform_type",
}


def _node_id(node: NodeRecord) -> str:
    return node.instance_id


def _node(node: NodeRecord) -> Members:
    return {
        "InstanceId": node.instance_id,
        "PingStatus": node.ping_status,
        "LastPingDateTime": node.last_ping_at,
        "AgentVersion": node.agent_version,
        "IsLatestVersion": True,
        "PlatformType": node.platform_type,
        "PlatformName": node.platform_name,
        "PlatformVersion": node.platform_version,
        "ResourceType": "EC2Instance",
        "IPAddress": node.ip_address,
        "ComputerName": node.computer_name,
    }


class CommandBook:
    """Which instances each command went to: ListCommandInvocations asks by command alone."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._targets: dict[str, list[str]] = {}

    def remember(self, command_id: str, instance_ids: list[str]) -> None:
        """Keep the targets of a command."""
        with self._lock:
            self._targets[command_id] = list(instance_ids)

    def pairs(self, command_id: str | None, instance_id: str | None) -> list[tuple[str, str]]:
        """Return (command, instance) pairs, newest command first."""
        with self._lock:
            return [
                (command, target)
                for command, targets in reversed(self._targets.items())
                for target in targets
                if command_id in (None, command) and instance_id in (None, target)
            ]


class Commands:
    """Run Command, over the world. Source: SSM SendCommand, GetCommandInvocation, ListCommandInvocations."""

    def __init__(self) -> None:
        self._book = CommandBook()

    def send_command(self, context: Context, params: Members) -> Members:
        """Send a command to instances or to the targets of an id or tag filter."""
        ids = params.get("InstanceIds") or _targets(context, params.get("Targets", []))
        if not ids:
            raise LabError("InvalidInstanceId", "Instances [[]] not in a valid state for account", 400)
        records = context.world.send_command(
            ids, params["DocumentName"], params.get("Parameters", {}), params.get("Comment", "")
        )
        first = records[0]
        self._book.remember(first.command_id, [record.instance_id for record in records])
        timeout_s = params.get("TimeoutSeconds", _DEFAULT_TIMEOUT_S)
        return {
            "Command": {
                "CommandId": first.command_id,
                "DocumentName": first.document_name,
                "DocumentVersion": params.get("DocumentVersion", "$DEFAULT"),
                "Comment": params.get("Comment", ""),
                "ExpiresAfter": first.requested_at + timedelta(seconds=timeout_s),
                "Parameters": params.get("Parameters", {}),
                "InstanceIds": params.get("InstanceIds", []),
                "Targets": params.get("Targets", []),
                "RequestedDateTime": first.requested_at,
                "Status": "Pending",
                "StatusDetails": "Pending",
                "TargetCount": len(records),
                "CompletedCount": 0,
                "ErrorCount": 0,
                "TimeoutSeconds": timeout_s,
            }
        }

    def get_command_invocation(self, context: Context, params: Members) -> Members:
        """Return one invocation with its output."""
        record = context.world.command_invocation(params["CommandId"], params["InstanceId"])
        elapsed = (record.ended_at - record.started_at) if record.started_at and record.ended_at else None
        return {
            "CommandId": record.command_id,
            "InstanceId": record.instance_id,
            "Comment": record.comment,
            "DocumentName": record.document_name,
            "DocumentVersion": "$DEFAULT",
            "PluginName": _plugin(record),
            "ResponseCode": record.response_code,
            "ExecutionStartDateTime": _iso(record.started_at),
            "ExecutionElapsedTime": "" if elapsed is None else f"PT{elapsed.total_seconds():.3f}S",
            "ExecutionEndDateTime": _iso(record.ended_at),
            "Status": record.status,
            "StatusDetails": record.status_details,
            "StandardOutputContent": record.stdout[:24_000],
            "StandardErrorContent": record.stderr[:8_000],
        }

    def list_command_invocations(self, context: Context, params: Members) -> Members:
        """List invocations, newest first; plugin details on request."""
        pairs = self._book.pairs(params.get("CommandId"), params.get("InstanceId"))
        size = params.get("MaxResults", 50)
        chosen, token = page(pairs, size=size, token=params.get("NextToken"), name="/".join)
        records = [context.world.command_invocation(*pair) for pair in chosen]
        return {
            "CommandInvocations": [_invocation(r, bool(params.get("Details"))) for r in records],
            "NextToken": token,
        }


def _targets(context: Context, targets: list[Mapping[str, Any]]) -> list[str]:
    found = [node.instance_id for node in context.world.nodes()]
    for target in targets:
        key, values = target.get("Key", ""), target.get("Values", [])
        if key == "InstanceIds":
            found = [i for i in found if i in values]
        elif key.startswith("tag:"):
            found = [i for i in found if context.seam.instances.tags(i).get(key[4:]) in values]
        else:
            raise LabError("InvalidTarget", f"The target key {key} is not valid.", 400)
    return found if targets else []


def _plugin(record: CommandRecord) -> str:
    return {"AWS-RunPowerShellScript": "aws:runPowerShellScript", "AWS-RunShellScript": "aws:runShellScript"}.get(
        record.document_name, record.document_name
    )


def _iso(at: datetime | None) -> str:
    return "" if at is None else at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _invocation(record: CommandRecord, details: bool) -> Members:
    members: Members = {
        "CommandId": record.command_id,
        "InstanceId": record.instance_id,
        "Comment": record.comment,
        "DocumentName": record.document_name,
        "RequestedDateTime": record.requested_at,
        "Status": record.status,
        "StatusDetails": record.status_details,
    }
    if details:
        members["CommandPlugins"] = [
            {
                "Name": _plugin(record),
                "Status": record.status,
                "StatusDetails": record.status_details,
                "ResponseCode": record.response_code,
                "ResponseStartDateTime": record.started_at,
                "ResponseFinishDateTime": record.ended_at,
                "Output": record.stdout[:2_500],
            }
        ]
    return members


_COMMANDS: Final = Commands()
OPERATIONS: Final = {
    "DescribeInstanceInformation": describe_instance_information,
    "GetCommandInvocation": _COMMANDS.get_command_invocation,
    "ListCommandInvocations": _COMMANDS.list_command_invocations,
    "SendCommand": _COMMANDS.send_command,
}
