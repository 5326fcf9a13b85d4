"""SSM: managed nodes and Run Command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.paging import page
from rdpgui.lab.model import CommandRecord, LabError, NodeRecord

Members = dict[str, Any]
_DEFAULT_NODES: Final = 50
_DEFAULT_TIMEOUT_S: Final = 3600


def describe_instance_information(context: Context, params: Members) -> Members:
    """List managed nodes; stopped ones are not listed at all. Source: SSM DescribeInstanceInformation."""
    nodes = context.world.agents.nodes()
    filters = [(f["Key"], f["Values"]) for f in params.get("Filters", [])]
    filters += [(f["key"], f["valueSet"]) for f in params.get("InstanceInformationFilterList", [])]
    for key, values in filters:
        nodes = [node for node in nodes if not _of_node(context, node, key).isdisjoint(values)]
    size = params.get("MaxResults", _DEFAULT_NODES)
    chosen, token = page(nodes, size=size, token=params.get("NextToken"), name=_node_id)
    return {"InstanceInformationList": [_node(node) for node in chosen], "NextToken": token}


_OF_NO_NODE: Final = frozenset({"ActivationIds", "AssociationStatus", "IamRole"})
"""Keys of hybrid nodes and of State Manager, which the lab has not."""
_NODE_FILTERS: Final[Mapping[str, str]] = {
    "AgentVersion": "agent_version",
    "InstanceIds": "instance_id",
    "PingStatus": "ping_status",
    "PlatformTypes": "platform_type",
}


def _of_node(context: Context, node: NodeRecord, key: str) -> set[str]:
    """Return what a node has of a filter's key. Source: SSM, InstanceInformationStringFilter.

    Raises:
        LabError: InvalidInstanceInformationFilterValue.
    """
    if key in _NODE_FILTERS:
        return {str(getattr(node, _NODE_FILTERS[key]))}
    if key == "tag-key" or key.startswith("tag:"):
        known = node.instance_id in context.seam.instances.ids()
        tags = context.seam.instances.tags(node.instance_id) if known else {}
        return set(tags) if key == "tag-key" else {value for name, value in tags.items() if name == key[4:]}
    if key == "ResourceType":
        return {"EC2Instance"}
    if key in _OF_NO_NODE:
        return set()
    raise LabError("InvalidInstanceInformationFilterValue", f"The filter key {key} is not valid.", 400)


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


def send_command(context: Context, params: Members) -> Members:
    """Send a command to instances or to the targets of an id or tag filter. Source: SSM SendCommand."""
    ids = params.get("InstanceIds") or _targets(context, params.get("Targets", []))
    if not ids:
        raise LabError("InvalidInstanceId", "Instances [[]] not in a valid state for account", 400)
    records = context.world.commands.send(
        ids, params["DocumentName"], params.get("Parameters", {}), params.get("Comment", "")
    )
    first = records[0]
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


def get_command_invocation(context: Context, params: Members) -> Members:
    """Return one invocation with its output. Source: SSM GetCommandInvocation."""
    record = context.world.commands.invocation(params["CommandId"], params["InstanceId"])
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


def list_command_invocations(context: Context, params: Members) -> Members:
    """List invocations, newest command first; plugin details on request. Source: SSM ListCommandInvocations."""
    command_id, instance_id = params.get("CommandId"), params.get("InstanceId")
    records = [
        record
        for record in context.world.commands.all()
        if command_id in (None, record.command_id) and instance_id in (None, record.instance_id)
    ]
    for item in params.get("Filters", []):
        records = [record for record in records if _passes(record, item["key"], item["value"])]
    size = params.get("MaxResults", 50)
    chosen, token = page(records, size=size, token=params.get("NextToken"), name=_invocation_id)
    return {
        "CommandInvocations": [_invocation(record, bool(params.get("Details"))) for record in chosen],
        "NextToken": token,
    }


def _invocation_id(record: CommandRecord) -> str:
    return f"{record.command_id}/{record.instance_id}"


def _passes(record: CommandRecord, key: str, value: str) -> bool:
    match key:
        case "Status":
            return record.status == value
        case "DocumentName":
            return record.document_name == value
        case "InvokedAfter":
            return record.requested_at > _time(value)
        case "InvokedBefore":
            return record.requested_at < _time(value)
        case _:
            raise LabError("InvalidFilterKey", f"The filter key {key} is not valid here.", 400)


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise LabError("InvalidFilterKey", f"The filter value {text!r} is not a time (ISO 8601).", 400) from error
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _targets(context: Context, targets: list[Mapping[str, Any]]) -> list[str]:
    found = [node.instance_id for node in context.world.agents.nodes()]
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


OPERATIONS: Final = {
    "DescribeInstanceInformation": describe_instance_information,
    "GetCommandInvocation": get_command_invocation,
    "ListCommandInvocations": list_command_invocations,
    "SendCommand": send_command,
}
