"""What mends a guard's line of the preflight: calls by hand, and the one setting that can be changed and put back."""

from __future__ import annotations

from rdpgui.aws.checking import NOTHING, Checked, Mend
from rdpgui.aws.denials import action_of
from rdpgui.core.cli import ApiCall
from rdpgui.core.ids import InstanceId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.repair import Repair, RepairKind

_ATTRIBUTES = {"shutdown-behaviour": "instanceInitiatedShutdownBehavior", "stop-protection": "disableApiStop"}


def with_mend(check: PreflightCheck, instance_id: InstanceId, allow_tag: str) -> Checked:
    """Return a guard's line with what would let the instance pass, and with the call that reads it.

    A tag and a stop protection say what their owner wants: how to change them is told, and it is not done from here.
    """
    mend = _mend(check, instance_id, allow_tag) if check.held is False else NOTHING
    unread = (action_of(check.source),) if check.held is None else ()
    return Checked(check, mend, _look(check, instance_id), unread)


def _mend(check: PreflightCheck, instance_id: InstanceId, allow_tag: str) -> Mend:
    fields = dict(check.fields)
    match check.check_id:
        case "allow-tag":
            key, _, value = allow_tag.partition("=")
            tags = [{"Key": key, "Value": value}]
            return Mend((ApiCall("ec2", "CreateTags", {"Resources": [instance_id], "Tags": tags}),))
        case "state":
            return Mend((ApiCall("ec2", "StartInstances", {"InstanceIds": [instance_id]}),))
        case "shutdown-behaviour":
            return Mend(repair=Repair(RepairKind.SHUTDOWN_BEHAVIOUR, instance_id, "terminate", "stop"))
        case "stop-protection":
            members = {"InstanceId": instance_id, "DisableApiStop": {"Value": False}}
            return Mend((ApiCall("ec2", "ModifyInstanceAttribute", members),))
        case "auto-scaling":
            members = {"InstanceIds": [instance_id], "AutoScalingGroupName": fields.get("group", "GROUP")}
            detach = ApiCall("autoscaling", "DetachInstances", {**members, "ShouldDecrementDesiredCapacity": True})
            return Mend((detach,))
        case "recording":
            buckets = [{"BucketName": "BUCKET", "BucketOwner": "ACCOUNT_ID"}]
            wanted = {"KMSKeyArn": "KEY_ARN", "RecordingDestinations": {"S3Buckets": buckets}}
            operation = "UpdateConnectionRecordingPreferences"
            return Mend((ApiCall("ssm-guiconnect", operation, {"ConnectionRecordingPreferences": wanted}),))
        case _:
            return NOTHING


def _look(check: PreflightCheck, instance_id: InstanceId) -> ApiCall:
    attribute = _ATTRIBUTES.get(check.check_id)
    if attribute is not None:
        return ApiCall("ec2", "DescribeInstanceAttribute", {"InstanceId": instance_id, "Attribute": attribute})
    if check.check_id == "recording":
        return ApiCall("ssm-guiconnect", "GetConnectionRecordingPreferences")
    if check.check_id == "node":
        filters = [{"Key": "InstanceIds", "Values": [instance_id]}]
        return ApiCall("ssm", "DescribeInstanceInformation", {"Filters": filters})
    return ApiCall("ec2", "DescribeInstances", {"InstanceIds": [instance_id]})
