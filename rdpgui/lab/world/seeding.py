"""What exists when the lab starts: key, bucket, roles, and the scenario's instances, all made through AWS's own calls.

Source: Systems Manager User Guide, recording RDP connections (bucket policy, key tag, key policy).
"""

from __future__ import annotations

import json

from rdpgui.lab.model import PowerState, Preferences
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.scenario import BucketEncryption, InitialState, InstanceSpec
from rdpgui.lab.world.context import ADMIN, HEX, Context
from rdpgui.lab.world.destination import KEY_TAG
from rdpgui.lab.world.jit import TOKEN_ROLE
from rdpgui.lab.world.machine import Machine
from rdpgui.lab.world.power import Cause, PowerFacts, moved
from rdpgui.lab.world.trail import GUICONNECT

_PROFILE = "lab-instance"
_CORE_POLICY = "AmazonSSMManagedInstanceCore"
_CORE_ACTIONS = [
    "ssm:DescribeAssociation",
    "ssm:GetDeployablePatchSnapshotForInstance",
    "ssm:GetDocument",
    "ssm:DescribeDocument",
    "ssm:GetManifest",
    "ssm:GetParameter",
    "ssm:GetParameters",
    "ssm:ListAssociations",
    "ssm:ListInstanceAssociations",
    "ssm:PutInventory",
    "ssm:PutComplianceItems",
    "ssm:PutConfigurePackageResult",
    "ssm:UpdateAssociationStatus",
    "ssm:UpdateInstanceAssociationStatus",
    "ssm:UpdateInstanceInformation",
    "ssmmessages:*",
    "ec2messages:*",
]


def seed_destination(context: Context) -> Preferences:
    """Make the recording key and bucket as AWS documents them; returns the preferences that name them."""
    seam, account = context.seam, context.seam.account_id
    metadata = seam.call(
        "kms",
        "CreateKey",
        KeyUsage="ENCRYPT_DECRYPT",  # the default of AWS, which moto leaves empty
        Description="LAB recording of connections",
        Policy=_key_policy(account),
        Tags=[{"TagKey": KEY_TAG, "TagValue": "true"}, {"TagKey": "lab", "TagValue": "true"}],
    )["KeyMetadata"]
    key_arn = str(metadata["Arn"])
    seam.call("kms", "CreateAlias", AliasName="alias/lab-recordings", TargetKeyId=metadata["KeyId"])
    bucket = f"lab-recordings-{account}-{context.letters(HEX, 8)}"
    seam.call("s3", "CreateBucket", Bucket=bucket, **_location(seam.region))
    _configure_bucket(context, bucket, key_arn)
    return Preferences(key_arn, bucket, account)


def seed_identities(context: Context) -> str:
    """Make the person, the instance role and the just-in-time role; returns the instance profile's ARN."""
    seam = context.seam
    seam.call("iam", "CreateUser", UserName=ADMIN)
    seam.call(
        "iam", "PutUserPolicy", UserName=ADMIN, PolicyName="lab-all", PolicyDocument=_document([_allow(["*"], "*")])
    )
    seam.call("iam", "CreateRole", RoleName=_PROFILE, AssumeRolePolicyDocument=_trust("ec2.amazonaws.com"))
    # The real managed policy is not in moto; a customer policy of the same name has the same actions.
    core = seam.call(
        "iam", "CreatePolicy", PolicyName=_CORE_POLICY, PolicyDocument=_document([_allow(_CORE_ACTIONS, "*")])
    )["Policy"]["Arn"]
    seam.call("iam", "AttachRolePolicy", RoleName=_PROFILE, PolicyArn=core)
    profile = seam.call("iam", "CreateInstanceProfile", InstanceProfileName=_PROFILE)["InstanceProfile"]["Arn"]
    seam.call("iam", "AddRoleToInstanceProfile", InstanceProfileName=_PROFILE, RoleName=_PROFILE)
    if context.scenario.jit.enabled:
        seam.call("iam", "CreateRole", RoleName=TOKEN_ROLE, AssumeRolePolicyDocument=_trust("ssm.amazonaws.com"))
    return str(profile)


def seed_instance(context: Context, spec: InstanceSpec, profile_arn: str) -> Machine:
    """Launch one instance in its first state (the guest is booted later)."""
    seam = context.seam
    instance_id = seam.instances.run(
        image_id=seam.instances.windows_image("2019" if "2019" in spec.platform_name else "2022"),
        instance_type=spec.instance_type,
        tags={"Name": spec.name, "lab": "true", **spec.tags},
        shutdown_behaviour=spec.shutdown_behavior,
        disable_api_stop=spec.disable_api_stop,
        disable_api_termination=spec.disable_api_termination,
        instance_profile_arn=profile_arn,
        spot=spec.spot,
        root_device_type=spec.root_device,
        hibernation=spec.hibernation,
    )
    if spec.auto_scaling_group:
        seam.instances.set_tag(instance_id, "aws:autoscaling:groupName", spec.auto_scaling_group)
    now = context.timeline.now()
    power = PowerFacts(PowerState.RUNNING, now)
    if spec.state is InitialState.STOPPED:
        power = moved(moved(power, PowerState.STOPPING, now, Cause.USER), PowerState.STOPPED, now)
    return Machine(instance_id, spec, power, ip_address=seam.instances.private_ip(instance_id))


def _configure_bucket(context: Context, bucket: str, key_arn: str) -> None:
    """Ownership, privacy, encryption and the documented policy."""
    seam = context.seam
    seam.call(
        "s3",
        "PutBucketOwnershipControls",
        Bucket=bucket,
        OwnershipControls={"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]},
    )
    seam.call(
        "s3",
        "PutPublicAccessBlock",
        Bucket=bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    by_default: dict[str, object] = {"SSEAlgorithm": "AES256"}
    if context.scenario.recording.bucket_encryption is BucketEncryption.KMS:
        by_default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key_arn}
    seam.call(
        "s3",
        "PutBucketEncryption",
        Bucket=bucket,
        ServerSideEncryptionConfiguration={"Rules": [{"ApplyServerSideEncryptionByDefault": by_default}]},
    )
    seam.call("s3", "PutBucketPolicy", Bucket=bucket, Policy=bucket_policy(seam, bucket))


def bucket_policy(seam: MotoSeam, bucket: str) -> str:
    """Return the documented bucket policy for connection recordings."""
    statement: dict[str, object] = {
        "Sid": "ConnectionRecording",
        "Effect": "Allow",
        "Principal": {"Service": [GUICONNECT]},
        "Action": "s3:PutObject",
        "Resource": [f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": seam.account_id}},
    }
    return _document([statement])


def _key_policy(account: str) -> str:
    """Root delegation, and the service for a bucket encrypted with the same key."""
    return _document(
        [
            {
                "Sid": "Root",
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
                "Action": "kms:*",
                "Resource": "*",
            },
            {
                "Sid": "ConnectionRecordingBucket",
                "Effect": "Allow",
                "Principal": {"Service": GUICONNECT},
                "Action": "kms:GenerateDataKey*",
                "Resource": "*",
                "Condition": {
                    "StringEquals": {"aws:SourceAccount": account},
                    "StringLike": {"kms:ViaService": "s3.*.amazonaws.com"},
                },
            },
        ]
    )


def _location(region: str) -> dict[str, object]:
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


def _allow(actions: list[str], resource: str) -> dict[str, object]:
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def _trust(service: str) -> str:
    return _document([{"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}])


def _document(statements: list[dict[str, object]]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
