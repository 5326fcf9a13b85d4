"""EC2: instances, their states and what is done to them."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from rdpgui.lab.endpoint.operations import ec2_filters
from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.paging import page
from rdpgui.lab.model import LabError, PowerState
from rdpgui.lab.moto.instances import STATE_CODES
from rdpgui.lab.world.power import Order
from rdpgui.lab.world.protection import require_allowed

_ID: Final = re.compile(r"i-(?:[0-9a-f]{8}|[0-9a-f]{17})")
_DEFAULT_PAGE: Final = 1000

Members = dict[str, Any]


def describe_instances(context: Context, params: Members) -> Members:
    """List instances, paged by instances. Source: EC2 DescribeInstances."""
    ids = params.get("InstanceIds")
    size = params.get("MaxResults")
    if size is not None and ids:
        raise _combined("MaxResults", "InstanceIds")
    _check_size(size, 5, 1000)
    _dry_run(params)
    wanted = _known(context, ids) if ids else context.seam.instances.ids()
    filters = ec2_filters.of_instances(params)
    if not filters:
        chosen, token = page(wanted, size=size or _DEFAULT_PAGE, token=params.get("NextToken"), name=str)
        return {"Reservations": context.seam.instances.describe(chosen), "NextToken": token}
    found = [r for r in context.seam.instances.describe(wanted) if ec2_filters.passes(r | r["Instances"][0], filters)]
    rows, token = page(found, size=size or _DEFAULT_PAGE, token=params.get("NextToken"), name=_reserved_id)
    return {"Reservations": rows, "NextToken": token}


def describe_instance_status(context: Context, params: Members) -> Members:
    """List status checks; without IncludeAllInstances of running instances only. Source: EC2 DescribeInstanceStatus."""
    ids = params.get("InstanceIds")
    size = params.get("MaxResults")
    if size is not None and ids:
        raise _combined("MaxResults", "InstanceIds")
    _check_size(size, 5, 1000)
    _dry_run(params)
    wanted = _known(context, ids) if ids else context.seam.instances.ids()
    rows = []
    for reservation in context.seam.instances.describe(wanted):
        instance = reservation["Instances"][0]
        if params.get("IncludeAllInstances") or instance["State"]["Name"] == PowerState.RUNNING:
            rows.append(_status_row(context, instance))
    filters = ec2_filters.of_status(params)
    found = [row for row in rows if ec2_filters.passes(row, filters)]
    chosen, token = page(found, size=size or _DEFAULT_PAGE, token=params.get("NextToken"), name=_status_id)
    return {"InstanceStatuses": chosen, "NextToken": token}


def start_instances(context: Context, params: Members) -> Members:
    """Start instances. Source: EC2 StartInstances."""
    return {"StartingInstances": _change(context, params, Order.START, context.world.instances.start)}


def stop_instances(context: Context, params: Members) -> Members:
    """Stop instances, with Force, SkipOsShutdown and Hibernate. Source: EC2 StopInstances."""

    def stop(instance_id: str) -> tuple[PowerState, PowerState]:
        return context.world.instances.stop(
            instance_id,
            force=bool(params.get("Force")),
            skip_os_shutdown=bool(params.get("SkipOsShutdown")),
            hibernate=bool(params.get("Hibernate")),
        )

    return {"StoppingInstances": _change(context, params, Order.STOP, stop)}


def terminate_instances(context: Context, params: Members) -> Members:
    """Terminate instances. Source: EC2 TerminateInstances."""
    instances = context.world.instances
    return {"TerminatingInstances": _change(context, params, Order.TERMINATE, instances.terminate)}


def reboot_instances(context: Context, params: Members) -> Members:
    """Reboot instances; the state stays running. Source: EC2 RebootInstances."""
    ids = _known(context, params["InstanceIds"])
    _dry_run(params)
    _require(context, params, Order.REBOOT, ids)
    for instance_id in ids:
        context.world.instances.reboot(instance_id)
    return {}


def send_diagnostic_interrupt(context: Context, params: Members) -> Members:
    """Crash the guest. Source: EC2 SendDiagnosticInterrupt."""
    (instance_id,) = _known(context, [params["InstanceId"]])
    _dry_run(params)
    context.world.instances.interrupt(instance_id)
    return {}


def get_console_screenshot(context: Context, params: Members) -> Members:
    """Return the guest's screen as JPEG. Source: EC2 GetConsoleScreenshot."""
    (instance_id,) = _known(context, [params["InstanceId"]])
    _dry_run(params)
    picture = context.world.instances.screenshot(instance_id)
    return {"InstanceId": instance_id, "ImageData": base64.b64encode(picture).decode()}


def _change(
    context: Context, params: Members, order: Order, act: Callable[[str], tuple[PowerState, PowerState]]
) -> list[dict[str, Any]]:
    ids = _known(context, params["InstanceIds"])
    _dry_run(params)
    _require(context, params, order, ids)
    changes = [(instance_id, act(instance_id)) for instance_id in ids]
    return [
        {"InstanceId": instance_id, "CurrentState": _state(now), "PreviousState": _state(before)}
        for instance_id, (before, now) in changes
    ]


def _require(context: Context, params: Members, order: Order, ids: list[str]) -> None:
    """Refuse all of them when one is refused. Source: EC2 TerminateInstances, instances of one Availability Zone."""
    machines, store = context.world.instances, context.seam.instances
    for instance_id in ids:
        require_allowed(order, machines.machine(instance_id), store, hibernate=bool(params.get("Hibernate")))


def _state(state: PowerState) -> dict[str, Any]:
    return {"Code": STATE_CODES[state], "Name": state.value}


def _dry_run(params: Mapping[str, Any]) -> None:
    if params.get("DryRun"):
        raise LabError("DryRunOperation", "Request would have succeeded, but DryRun flag is set.", 412)


def _known(context: Context, ids: list[str]) -> list[str]:
    """Return the ids without repeats. Raises LabError InvalidInstanceID.Malformed or .NotFound, as EC2."""
    wanted = list(dict.fromkeys(ids))
    for instance_id in wanted:
        if not _ID.fullmatch(instance_id):
            raise LabError("InvalidInstanceID.Malformed", f'Invalid id: "{instance_id}"', 400)
    existing = set(context.seam.instances.ids())
    missing = [instance_id for instance_id in wanted if instance_id not in existing]
    if missing:
        many = len(missing) > 1
        names = ", ".join(missing)
        text = f"The instance IDs '{names}' do not exist" if many else f"The instance ID '{names}' does not exist"
        raise LabError("InvalidInstanceID.NotFound", text, 400)
    return wanted


def _check_size(size: int | None, least: int, most: int) -> None:
    if size is not None and not least <= size <= most:
        raise LabError(
            "InvalidParameterValue",
            f"Value ( {size} ) for parameter maxResults is invalid. Expecting a value from {least} to {most}.",
            400,
        )


def _combined(first: str, second: str) -> LabError:
    text = f"The parameter {second} cannot be used with the parameter {first}"
    return LabError("InvalidParameterCombination", text, 400)


def _reserved_id(reservation: Members) -> str:
    return str(reservation["Instances"][0]["InstanceId"])


def _status_id(row: Members) -> str:
    return str(row["InstanceId"])


def _status_row(context: Context, instance: Mapping[str, Any]) -> dict[str, Any]:
    check = context.world.instances.status_check(instance["InstanceId"])
    return {
        "AvailabilityZone": instance["Placement"]["AvailabilityZone"],
        "InstanceId": instance["InstanceId"],
        "InstanceState": instance["State"],
        "InstanceStatus": _check_members(check),
        "SystemStatus": _check_members("ok" if check == "impaired" else check),
    }


def _check_members(check: str) -> dict[str, Any]:
    words = {"ok": "passed", "impaired": "failed", "initializing": "initializing"}
    if check not in words:
        return {"Status": check}
    return {"Status": check, "Details": [{"Name": "reachability", "Status": words[check]}]}


OPERATIONS: Final = {
    "DescribeInstanceStatus": describe_instance_status,
    "DescribeInstances": describe_instances,
    "GetConsoleScreenshot": get_console_screenshot,
    "RebootInstances": reboot_instances,
    "SendDiagnosticInterrupt": send_diagnostic_interrupt,
    "StartInstances": start_instances,
    "StopInstances": stop_instances,
    "TerminateInstances": terminate_instances,
}
