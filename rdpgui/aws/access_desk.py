"""Just-in-time access requests: listed, filed, withdrawn, decided. Implements ``AccessDeskPort``.

Source: Systems Manager, just-in-time node access; a request is an OpsItem, and an Automation execution decides it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.ssm import SsmAccess
from rdpgui.core.access_requests import AccessRequest, Deed
from rdpgui.core.errors import NotFound
from rdpgui.core.ids import AccessRequestId, InstanceId

OPS_ITEM_TYPE = "/aws/accessrequest"
PAGE = 50
_MOST = 60
"""Values of one request that are kept: what it carries is not documented, and shown as it is."""
_LONGEST = 400


class AwsAccessDesk:
    """The requests of one account and Region.

    Args:
        caller: makes the calls. access: files requests.
    """

    def __init__(self, caller: AwsCaller, access: SsmAccess) -> None:
        self._caller = caller
        self._access = access

    async def requests(self) -> tuple[AccessRequest, ...]:
        """Return those that may be seen, newest first."""
        found: list[AccessRequest] = []
        wanted = [{"Key": "OpsItemType", "Values": [OPS_ITEM_TYPE], "Operator": "Equal"}]
        async for page in self._caller.pages("ssm", "DescribeOpsItems", OpsItemFilters=wanted, MaxResults=PAGE):
            found += [_request(item) for item in page.get("OpsItemSummaries") or ()]
        return tuple(sorted(found, key=_newest))

    async def request(self, request_id: AccessRequestId) -> AccessRequest:
        """Return one with all it carries.

        Raises:
            NotFound: there is no such request.
        """
        answer = await self._caller.call("ssm", "GetOpsItem", OpsItemId=request_id)
        item = parse.need(answer, "OpsItem", "ssm:GetOpsItem")
        if str(item.get("OpsItemType") or OPS_ITEM_TYPE) != OPS_ITEM_TYPE:
            raise NotFound("{request} is no access request.", "Read the requests again.", request=request_id)
        return _request(item)

    async def file(self, instance_id: InstanceId, reason: str) -> AccessRequestId:
        """File one for a node."""
        return await self._access.request(instance_id, reason)

    async def do(self, automation_id: str, deed: Deed, comment: str) -> None:
        """Decide or withdraw one."""
        if deed is Deed.WITHDRAW:
            await self._caller.change(
                "ssm", "StopAutomationExecution", AutomationExecutionId=automation_id, Type="Cancel"
            )
            return
        more: dict[str, Any] = {"Payload": {"Comment": [comment]}} if comment else {}
        await self._caller.change(
            "ssm", "SendAutomationSignal", AutomationExecutionId=automation_id, SignalType=deed.value, **more
        )


def _newest(request: AccessRequest) -> float:
    return -request.created_at.timestamp() if request.created_at is not None else 0.0


def _request(item: Mapping[str, Any]) -> AccessRequest:
    """Return a request from an OpsItem; what it lacks is said, and hides no other."""
    said, created_at = _said(item), item.get("CreatedTime")
    return AccessRequest(
        AccessRequestId(str(item.get("OpsItemId") or "")),
        str(item.get("Status") or ""),
        str(item.get("CreatedBy") or ""),
        str(item.get("Title") or ""),
        created_at if isinstance(created_at, datetime) else None,
        next((value for name, value in said if name.rpartition(".")[2] == "automationExecutionId"), ""),
        said,
        tuple(name for name in ("OpsItemId", "Status") if not item.get(name)),
    )


def _said(item: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """Return what an OpsItem carries, flattened; JSON in its values is opened."""
    found: list[tuple[str, str]] = []
    if item.get("Description"):
        found.append(("Description", str(item["Description"])[:_LONGEST]))
    data = item.get("OperationalData")
    for name, held in (data if isinstance(data, Mapping) else {}).items():
        value = held.get("Value") if isinstance(held, Mapping) else held
        _flatten(str(name).rpartition("/")[2] or str(name), _opened(value), found)
    return tuple(found[:_MOST])


def _opened(value: object) -> object:
    try:
        return json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value
    except ValueError:
        return value


def _flatten(name: str, value: object, found: list[tuple[str, str]]) -> None:
    if len(found) >= _MOST:
        return
    if isinstance(value, Mapping):
        for key, inner in value.items():
            _flatten(f"{name}.{key}", inner, found)
    elif isinstance(value, list):
        for inner in value:
            _flatten(name, inner, found)
    elif value is not None:
        found.append((name, str(value)[:_LONGEST]))
