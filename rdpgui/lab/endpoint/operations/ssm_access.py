"""SSM: just-in-time node access."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.paging import page
from rdpgui.lab.model import AccessRequestRecord, LabError

Members = dict[str, Any]
JIT_ROLE: Final = "SSM-JustInTimeAccessTokenRole"
_LASTS: Final = timedelta(hours=1)
OPS_ITEM_TYPE: Final = "/aws/accessrequest"
_PAGE: Final = 50
_DECISIONS: Final = ("Approve", "Reject", "Revoke")
_ITEM_STATUS: Final = {"Pending": "PendingApproval", "Expired": "Closed"}
"""What the item of a request says, where it is another word. Source: OpsItemStatus; of an expired one not known."""


def start_access_request(context: Context, params: Members) -> Members:
    """File a request for one node. Source: SSM StartAccessRequest."""
    targets = params["Targets"]
    values = targets[0].get("Values", []) if targets else []
    if len(targets) != 1 or targets[0].get("Key") != "InstanceIds" or len(values) != 1:
        raise LabError("ValidationException", "Targets must be one InstanceIds target with one value.")
    arn = context.call.credential.key.principal.arn
    record = context.world.requests.start(values[0], params["Reason"], arn)
    return {"AccessRequestId": record.access_request_id}


def get_access_token(context: Context, params: Members) -> Members:
    """Return the status and, once approved, credentials of the token role. Source: SSM GetAccessToken."""
    record = context.world.requests.get(params["AccessRequestId"])
    if record.status == "Pending" and record.pending_is_error:
        raise LabError("ValidationException", f"Access request {record.access_request_id} is pending approval.")
    if record.status != "Approved":
        # A withdrawn one has no word of its own in AccessRequestStatus; which of the others AWS takes is not known.
        return {"AccessRequestStatus": "Expired" if record.status == "Cancelled" else record.status}
    name = context.call.credential.key.principal.name
    key = context.keys.issue_role(JIT_ROLE, name, _LASTS)
    return {
        "AccessRequestStatus": record.status,
        "Credentials": {
            "AccessKeyId": key.access_key_id,
            "SecretAccessKey": key.secret_access_key,
            "SessionToken": key.session_token,
            "ExpirationTime": key.expires_at,
        },
    }


def describe_ops_items(context: Context, params: Members) -> Members:
    """List the access requests, the only OpsItems of the lab. Source: SSM DescribeOpsItems."""
    found = [record for record in context.world.requests.all() if _fits(record, params.get("OpsItemFilters") or [])]
    size, token = min(params.get("MaxResults") or _PAGE, _PAGE), params.get("NextToken")
    chosen, following = page(found, size=size, token=token, name=_id_of)
    more = {"NextToken": following} if following else {}
    return {"OpsItemSummaries": [_item(record, whole=False) for record in chosen], **more}


def get_ops_item(context: Context, params: Members) -> Members:
    """Return one with its description. Source: SSM GetOpsItem."""
    wanted = params["OpsItemId"]
    found = next((record for record in context.world.requests.all() if record.access_request_id == wanted), None)
    if found is None:
        raise LabError("OpsItemNotFoundException", f"OpsItem {wanted} does not exist.")
    return {"OpsItem": _item(found, whole=True)}


def send_automation_signal(context: Context, params: Members) -> Members:
    """Approve, reject or revoke. Source: SSM SendAutomationSignal."""
    signal = params["SignalType"]
    if signal not in _DECISIONS:
        raise LabError("InvalidAutomationSignalException", f"{signal} decides no access request.")
    context.world.requests.signal(params["AutomationExecutionId"], signal)
    return {}


def stop_automation_execution(context: Context, params: Members) -> Members:
    """Withdraw. Source: SSM StopAutomationExecution."""
    context.world.requests.signal(params["AutomationExecutionId"], "Cancel")
    return {}


def _fits(record: AccessRequestRecord, filters: list[Members]) -> bool:
    held = {
        "OpsItemType": OPS_ITEM_TYPE,
        "Status": _ITEM_STATUS.get(record.status, record.status),
        "OpsItemId": record.access_request_id,
        "AccessRequestByRequesterArn": record.requester_arn,
        "AccessRequestByTargetResourceId": record.target,
    }
    return all(held.get(item["Key"]) in item["Values"] for item in filters)


def _id_of(record: AccessRequestRecord) -> str:
    return record.access_request_id


def _item(record: AccessRequestRecord, *, whole: bool) -> Members:
    """Return an OpsItem. What AWS puts into its data beside the execution's id is not known."""
    data = {"automationExecutionId": record.automation_id, "reason": record.reason, "targets": [record.target]}
    item: Members = {
        "OpsItemId": record.access_request_id,
        "OpsItemType": OPS_ITEM_TYPE,
        "Title": f"Access request for {record.target}",
        "Status": _ITEM_STATUS.get(record.status, record.status),
        "CreatedBy": record.requester_arn,
        "CreatedTime": record.requested_at,
        "Source": "Systems Manager",
    }
    if whole:
        item["Description"] = record.reason
        item["OperationalData"] = {OPS_ITEM_TYPE: {"Value": json.dumps(data), "Type": "SearchableString"}}
    return item


OPERATIONS: Final = {
    "DescribeOpsItems": describe_ops_items,
    "GetAccessToken": get_access_token,
    "GetOpsItem": get_ops_item,
    "SendAutomationSignal": send_automation_signal,
    "StartAccessRequest": start_access_request,
    "StopAutomationExecution": stop_automation_execution,
}
