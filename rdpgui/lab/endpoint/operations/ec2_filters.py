"""EC2's filters: any value of a filter, all filters; ``*`` and ``?`` are wildcards.

A filter that AWS knows and whose members the lab's machines lack chooses none of them; one that AWS does not know is an
error. Source: EC2 API Reference, DescribeInstances and DescribeInstanceStatus, Filters.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from rdpgui.lab.model import LabError

Row = Mapping[str, Any]
Getter = Callable[[Row], list[str]]
Chosen = list[tuple[Getter, list[str]]]


def of_instances(params: Row) -> Chosen:
    """Return the filters of DescribeInstances; their rows are instances with the members of their reservations.

    Raises:
        LabError: InvalidParameterValue.
    """
    return _chosen(params, _INSTANCES, tags=True)


def of_status(params: Row) -> Chosen:
    """Return the filters of DescribeInstanceStatus. Raises LabError InvalidParameterValue."""
    return _chosen(params, _STATUS, tags=False)


def passes(row: Row, filters: Chosen) -> bool:
    """Whether a row passes all filters."""
    # fnmatch's [ must stay a plain character.
    return all(
        any(fnmatch.fnmatchcase(have, want.replace("[", "[[]")) for have in getter(row) for want in wants)
        for getter, wants in filters
    )


def _chosen(params: Row, known: Mapping[str, Getter], *, tags: bool) -> Chosen:
    chosen = []
    for item in params.get("Filters", []):
        name, values = str(item.get("Name", "")), [str(v) for v in item.get("Values", [])]
        getter = _tag(name[4:]) if tags and name.startswith("tag:") else known.get(name)
        if getter is None:
            raise LabError("InvalidParameterValue", f"The filter '{name}' is invalid", 400)
        if not values:
            raise LabError("InvalidParameterValue", f"The filter '{name}' has no values", 400)
        chosen.append((getter, values))
    return chosen


def _at(*names: str) -> Getter:
    def get(row: Row) -> list[str]:
        return [_text(value) for value in _values(row, names)]

    return get


def _values(found: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield what stands at a path, of every item of the lists on the way."""
    if isinstance(found, list):
        for item in found:
            yield from _values(item, names)
    elif not names:
        if found is not None:
            yield found
    elif isinstance(found, Mapping):
        yield from _values(found.get(names[0]), names[1:])


def _text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        aware = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return aware.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return str(value)


def _tag(key: str) -> Getter:
    def get(row: Row) -> list[str]:
        return [tag["Value"] for tag in row["Tags"] if tag["Key"] == key]

    return get


_PLACES: Final[Mapping[str, str]] = {
    "affinity": "Placement.Affinity",
    "architecture": "Architecture",
    "availability-zone": "Placement.AvailabilityZone",
    "block-device-mapping.attach-time": "BlockDeviceMappings.Ebs.AttachTime",
    "block-device-mapping.delete-on-termination": "BlockDeviceMappings.Ebs.DeleteOnTermination",
    "block-device-mapping.device-name": "BlockDeviceMappings.DeviceName",
    "block-device-mapping.status": "BlockDeviceMappings.Ebs.Status",
    "block-device-mapping.volume-id": "BlockDeviceMappings.Ebs.VolumeId",
    "boot-mode": "BootMode",
    "capacity-reservation-id": "CapacityReservationId",
    "client-token": "ClientToken",
    "current-instance-boot-mode": "CurrentInstanceBootMode",
    "dns-name": "PublicDnsName",
    "ebs-optimized": "EbsOptimized",
    "ena-support": "EnaSupport",
    "enclave-options.enabled": "EnclaveOptions.Enabled",
    "hibernation-options.configured": "HibernationOptions.Configured",
    "host-id": "Placement.HostId",
    "hypervisor": "Hypervisor",
    "iam-instance-profile.arn": "IamInstanceProfile.Arn",
    "iam-instance-profile.id": "IamInstanceProfile.Id",
    "image-id": "ImageId",
    "instance-id": "InstanceId",
    "instance-lifecycle": "InstanceLifecycle",
    "instance-state-code": "State.Code",
    "instance-state-name": "State.Name",
    "instance-type": "InstanceType",
    "instance.group-id": "SecurityGroups.GroupId",
    "instance.group-name": "SecurityGroups.GroupName",
    "ip-address": "PublicIpAddress",
    "ipv6-address": "Ipv6Address",
    "kernel-id": "KernelId",
    "key-name": "KeyName",
    "launch-index": "AmiLaunchIndex",
    "launch-time": "LaunchTime",
    "maintenance-options.auto-recovery": "MaintenanceOptions.AutoRecovery",
    "metadata-options.http-endpoint": "MetadataOptions.HttpEndpoint",
    "metadata-options.http-protocol-ipv4": "MetadataOptions.HttpProtocolIpv4",
    "metadata-options.http-protocol-ipv6": "MetadataOptions.HttpProtocolIpv6",
    "metadata-options.http-put-response-hop-limit": "MetadataOptions.HttpPutResponseHopLimit",
    "metadata-options.http-tokens": "MetadataOptions.HttpTokens",
    "metadata-options.instance-metadata-tags": "MetadataOptions.InstanceMetadataTags",
    "monitoring-state": "Monitoring.State",
    "network-interface.availability-zone": "NetworkInterfaces.AvailabilityZone",
    "network-interface.description": "NetworkInterfaces.Description",
    "network-interface.group-id": "NetworkInterfaces.Groups.GroupId",
    "network-interface.group-name": "NetworkInterfaces.Groups.GroupName",
    "network-interface.mac-address": "NetworkInterfaces.MacAddress",
    "network-interface.network-interface-id": "NetworkInterfaces.NetworkInterfaceId",
    "network-interface.owner-id": "NetworkInterfaces.OwnerId",
    "network-interface.private-dns-name": "NetworkInterfaces.PrivateDnsName",
    "network-interface.private-ip-address": "NetworkInterfaces.PrivateIpAddress",
    "network-interface.requester-id": "NetworkInterfaces.RequesterId",
    "network-interface.source-dest-check": "NetworkInterfaces.SourceDestCheck",
    "network-interface.status": "NetworkInterfaces.Status",
    "network-interface.subnet-id": "NetworkInterfaces.SubnetId",
    "network-interface.vpc-id": "NetworkInterfaces.VpcId",
    "network-interface.addresses.association.public-ip": "NetworkInterfaces.PrivateIpAddresses.Association.PublicIp",
    "network-interface.addresses.primary": "NetworkInterfaces.PrivateIpAddresses.Primary",
    "network-interface.addresses.private-ip-address": "NetworkInterfaces.PrivateIpAddresses.PrivateIpAddress",
    "network-interface.association.public-ip": "NetworkInterfaces.Association.PublicIp",
    "network-interface.attachment.attachment-id": "NetworkInterfaces.Attachment.AttachmentId",
    "network-interface.attachment.device-index": "NetworkInterfaces.Attachment.DeviceIndex",
    "network-interface.attachment.status": "NetworkInterfaces.Attachment.Status",
    "outpost-arn": "OutpostArn",
    "owner-id": "OwnerId",
    "placement-group-name": "Placement.GroupName",
    "placement-partition-number": "Placement.PartitionNumber",
    "platform": "Platform",
    "platform-details": "PlatformDetails",
    "private-dns-name": "PrivateDnsName",
    "private-ip-address": "PrivateIpAddress",
    "product-code": "ProductCodes.ProductCodeId",
    "product-code.type": "ProductCodes.ProductCodeType",
    "ramdisk-id": "RamdiskId",
    "reason": "StateTransitionReason",
    "requester-id": "RequesterId",
    "reservation-id": "ReservationId",
    "root-device-name": "RootDeviceName",
    "root-device-type": "RootDeviceType",
    "source-dest-check": "SourceDestCheck",
    "spot-instance-request-id": "SpotInstanceRequestId",
    "state-reason-code": "StateReason.Code",
    "state-reason-message": "StateReason.Message",
    "subnet-id": "SubnetId",
    "tag-key": "Tags.Key",
    "tag-value": "Tags.Value",
    "tenancy": "Placement.Tenancy",
    "tpm-support": "TpmSupport",
    "usage-operation": "UsageOperation",
    "virtualization-type": "VirtualizationType",
    "vpc-id": "VpcId",
}
"""Filter to the member of the answer that it is about; members that the lab does not answer are of no machine."""

_INSTANCES: Final[Mapping[str, Getter]] = {name: _at(*place.split(".")) for name, place in _PLACES.items()}
_STATUS: Final[Mapping[str, Getter]] = {
    name: _at(*place.split("."))
    for name, place in {
        "availability-zone": "AvailabilityZone",
        "event.code": "Events.Code",
        "event.description": "Events.Description",
        "instance-state-code": "InstanceState.Code",
        "instance-state-name": "InstanceState.Name",
        "instance-status.reachability": "InstanceStatus.Details.Status",
        "instance-status.status": "InstanceStatus.Status",
        "system-status.reachability": "SystemStatus.Details.Status",
        "system-status.status": "SystemStatus.Status",
    }.items()
}
