"""moto's instance objects as the members of EC2's ``Reservation`` and ``Instance``.

moto's own serializer takes 2–4 ms per instance; this takes a hundredth of it.
A contract test compares both member by member.
"""

from __future__ import annotations

from typing import Any

from rdpgui.lab.model import PowerState

_METADATA_OPTIONS = {
    "State": "applied",
    "HttpTokens": "required",
    "HttpPutResponseHopLimit": 2,
    "HttpEndpoint": "enabled",
    "HttpProtocolIpv6": "disabled",
    "InstanceMetadataTags": "disabled",
}
"""Of Windows images since 2024. Source: EC2 User Guide, instance metadata options."""
_OFF = frozenset({PowerState.STOPPED, PowerState.TERMINATED})


def reservation_of(reservation: Any, instance: Any) -> dict[str, Any]:
    """Return ``Reservation`` with one instance.

    Args:
        reservation: moto's reservation.
        instance: moto's instance in it.
    """
    return {
        "ReservationId": reservation.id,
        "OwnerId": instance.owner_id,
        "Groups": [],
        "Instances": [instance_of(instance)],
    }


def instance_of(instance: Any) -> dict[str, Any]:
    """Return the ``Instance`` members of a moto instance; None values are left out on the wire."""
    gone = instance.state == PowerState.TERMINATED
    running = instance.state not in _OFF
    members: dict[str, Any] = {
        "AmiLaunchIndex": instance.ami_launch_index,
        "Architecture": instance.architecture,
        "EbsOptimized": bool(instance.ebs_optimized),
        "EnaSupport": True,
        "HibernationOptions": {"Configured": bool((instance.hibernation_options or {}).get("Configured"))},
        "Hypervisor": "xen",
        "ImageId": instance.image_id,
        "InstanceId": instance.id,
        "InstanceLifecycle": instance.lifecycle,
        "InstanceType": instance.instance_type,
        "KeyName": instance.key_name,
        "MetadataOptions": dict(_METADATA_OPTIONS),
        "LaunchTime": instance.launch_time,
        "Monitoring": {"State": instance.monitoring_state},
        "Placement": {
            "AvailabilityZone": instance.placement.zone,
            "GroupName": instance.placement.group_name,
            "Tenancy": instance.placement.tenancy,
        },
        "Platform": instance.platform or None,
        "PlatformDetails": "Windows" if instance.platform == "windows" else "Linux/UNIX",
        "RootDeviceName": instance.root_device_name,
        "RootDeviceType": instance.root_device_type,
        "State": {"Name": instance.state, "Code": instance.state_code},
        "StateTransitionReason": instance._reason or "",
        "Tags": [{"Key": t["key"], "Value": t["value"]} for t in instance.get_tags()],
        "VirtualizationType": instance.virtualization_type,
    }
    if instance.state_reason is not None and instance.state_reason.code:
        members["StateReason"] = {"Code": instance.state_reason.code, "Message": instance.state_reason.message}
    if not gone:
        members |= _network_of(instance, with_public=running) | _attachments_of(instance)
    return members


def _network_of(instance: Any, *, with_public: bool) -> dict[str, Any]:
    return {
        "NetworkInterfaces": [_interface_of(instance, number, nic) for number, nic in instance.nics.items()],
        "PrivateDnsName": instance.private_dns_name,
        "PrivateIpAddress": instance.private_ip,
        "PublicDnsName": (instance.public_dns_name or "") if with_public else "",
        "PublicIpAddress": instance.public_ip if with_public else None,
        "SecurityGroups": [{"GroupId": g.id, "GroupName": g.name} for g in instance.dynamic_group_list],
        "SourceDestCheck": bool(instance.source_dest_check),
        "SubnetId": instance.subnet_id,
        "VpcId": instance.vpc_id,
    }


def _interface_of(instance: Any, number: int, nic: Any) -> dict[str, Any]:
    address = {"Primary": True, "PrivateIpAddress": nic.private_ip_address, "PrivateDnsName": instance.private_dns_name}
    return {
        "Attachment": {"AttachmentId": nic.attachment_id, "DeviceIndex": int(number), "Status": "attached"},
        "Description": nic.description or "",
        "Groups": [{"GroupId": g.id, "GroupName": g.name} for g in nic.group_set],
        "MacAddress": nic.mac_address,
        "NetworkInterfaceId": nic.id,
        "OwnerId": instance.owner_id,
        "PrivateDnsName": instance.private_dns_name,
        "PrivateIpAddress": nic.private_ip_address,
        "PrivateIpAddresses": [address],
        "SourceDestCheck": bool(instance.source_dest_check),
        "Status": "in-use",
        "SubnetId": nic.subnet.id,
        "VpcId": nic.subnet.vpc_id,
    }


def _attachments_of(instance: Any) -> dict[str, Any]:
    members: dict[str, Any] = {
        "BlockDeviceMappings": [
            {
                "DeviceName": name,
                "Ebs": {
                    "AttachTime": device.attach_time,
                    "DeleteOnTermination": bool(device.delete_on_termination),
                    "Status": "attached",
                    "VolumeId": device.volume_id,
                },
            }
            for name, device in instance.get_block_device_mapping
        ]
    }
    profile = instance.iam_instance_profile
    if profile:
        members["IamInstanceProfile"] = {"Arn": profile["Arn"], "Id": profile["Id"]}
    return members
