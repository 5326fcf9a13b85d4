"""An AWS account in memory, for preflight and repairs: a good set-up, in which a test seeds one fault.

Every request is validated against botocore's models; answers have the members of the models.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import partial
from types import SimpleNamespace
from typing import Any

from botocore.exceptions import ClientError
from botocore.validate import ParamValidator

from rdpgui.core.ids import AccountId, InstanceId, Region
from rdpgui.core.ports import Identity
from rdpgui.core.repair import KEY_TAG
from tests.unit.aws.stubbed import model_of

ACCOUNT, REGION = "123456789012", "eu-west-1"
INSTANCE = InstanceId("i-0123456789abcdef0")
BUCKET = "recordings-of-ours"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"
SERVICE = "ssm-guiconnect.amazonaws.com"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ops"
ROOT = {
    "Sid": "Root",
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
DATA_KEY = {
    "Sid": "GuiConnect",
    "Effect": "Allow",
    "Principal": {"Service": SERVICE},
    "Action": "kms:GenerateDataKey*",
    "Resource": "*",
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "StringLike": {"kms:ViaService": "s3.*.amazonaws.com"},
    },
}
PUT = {
    "Sid": "ConnectionRecording",
    "Effect": "Allow",
    "Principal": {"Service": [SERVICE]},
    "Action": "s3:PutObject",
    "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
    "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
}


def policy(*statements: dict[str, Any]) -> str:
    """Return a policy as somebody wrote it: its spaces are its own."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)}, indent=1)


def encryption(algorithm: str = "aws:kms", key_id: str = KEY) -> dict[str, Any]:
    default = {"SSEAlgorithm": algorithm} | ({"KMSMasterKeyID": key_id} if key_id else {})
    return {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": False}]}


@dataclass
class FakeAccount:
    """Implements ``Clients``: its clients read and change what stands here. None: there is no such thing."""

    arn: str = f"arn:aws:sts::{ACCOUNT}:assumed-role/ops/ana"
    preferences: dict[str, str] | None = field(default_factory=lambda: {"key": KEY, "bucket": BUCKET, "owner": ACCOUNT})
    clock_s: tuple[float, float] = (-0.1, 0.1)
    key: dict[str, Any] | None = field(
        default_factory=lambda: {
            "Arn": KEY,
            "KeyId": KEY.rpartition("/")[2],
            "KeyState": "Enabled",
            "KeyManager": "CUSTOMER",
            "KeySpec": "SYMMETRIC_DEFAULT",
            "KeyUsage": "ENCRYPT_DECRYPT",
        }
    )
    key_tags: dict[str, str] = field(default_factory=lambda: {KEY_TAG: "true", "team": "ops"})
    key_policy: str = field(default_factory=lambda: policy(ROOT, DATA_KEY))
    bucket_owner: str | None = ACCOUNT
    bucket_policy: str | None = field(default_factory=lambda: policy(PUT))
    ownership: str | None = "BucketOwnerEnforced"
    encryption: dict[str, Any] | None = field(default_factory=encryption)
    lock: dict[str, Any] | None = None
    lifecycle: list[dict[str, Any]] | None = None
    instance: dict[str, Any] | None = field(
        default_factory=lambda: {
            "InstanceId": INSTANCE,
            "State": {"Code": 16, "Name": "running"},
            "Platform": "windows",
            "InstanceType": "m7i.large",
            "RootDeviceType": "ebs",
            "KeyName": "ops",
            "HibernationOptions": {"Configured": True},
            "IamInstanceProfile": {"Arn": f"arn:aws:iam::{ACCOUNT}:instance-profile/windows"},
            "Tags": [{"Key": "Name", "Value": "win"}, {"Key": "rdpgui:disruptable", "Value": "true"}],
        }
    )
    behaviour: str = "stop"
    stop_protected: bool = False
    node: dict[str, Any] | None = field(
        default_factory=lambda: {
            "InstanceId": INSTANCE,
            "PingStatus": "Online",
            "AgentVersion": "3.3.40.0",
            "PlatformType": "Windows",
            "PlatformName": "Microsoft Windows Server 2022 Datacenter",
            "PlatformVersion": "10.0.20348",
        }
    )
    connection: str = "connected"
    sessions: list[dict[str, Any]] = field(default_factory=list)
    roles: list[str] = field(default_factory=lambda: ["windows"])
    attached: list[str] = field(default_factory=lambda: ["AmazonSSMManagedInstanceCore"])
    host_management: str = "$None"
    denied: set[str] = field(default_factory=set)
    organization_denies: set[str] = field(default_factory=set)
    shells: str | None = None
    organization: str = "told"
    sent: list[str] = field(default_factory=list)

    # -- as the program sees it ------------------------------------------------

    def client(self, service: str, *, mutating: bool = False, region: str = "") -> Any:
        return _Client(self, service)

    async def identity(self) -> Identity:
        return Identity(AccountId(ACCOUNT), self.arn, Region(REGION), "work", "", lab=False)

    async def clock_offset_s(self) -> tuple[float, float]:
        return self.clock_s

    def answer(self, service: str, operation: str, params: dict[str, Any]) -> dict[str, Any]:
        self.sent.append(f"{service}:{operation}")
        if service == "s3" and operation != "HeadBucket" and self.bucket_owner is None:
            raise ClientError({"Error": {"Code": "NoSuchBucket", "Message": "why"}}, operation)
        for code, allowed in _CONDITIONS.get((service, operation), ()):
            if not allowed(self):
                raise ClientError({"Error": {"Code": code, "Message": "why"}}, operation)
        found: dict[str, Any] = getattr(self, f"_{service.replace('-', '_')}_{operation}")(params)
        return {**found, "ResponseMetadata": {"HTTPStatusCode": 200, "HTTPHeaders": {}}}

    # -- reads -------------------------------------------------------------------

    def _ssm_guiconnect_GetConnectionRecordingPreferences(self, params: dict[str, Any]) -> dict[str, Any]:
        if self.preferences is None:
            return {}
        bucket = {"BucketName": self.preferences["bucket"], "BucketOwner": self.preferences["owner"]}
        found = {"KMSKeyArn": self.preferences["key"], "RecordingDestinations": {"S3Buckets": [bucket]}}
        return {"ConnectionRecordingPreferences": found}

    def _kms_DescribeKey(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"KeyMetadata": self.key}

    def _kms_ListResourceTags(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Tags": [{"TagKey": key, "TagValue": value} for key, value in self.key_tags.items()]}

    def _kms_GetKeyPolicy(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Policy": self.key_policy}

    def _s3_HeadBucket(self, params: dict[str, Any]) -> dict[str, Any]:
        if params.get("ExpectedBucketOwner", self.bucket_owner) != self.bucket_owner:
            raise ClientError({"Error": {"Code": "403", "Message": "Forbidden"}}, "HeadBucket")
        return {"BucketRegion": REGION}

    def _s3_GetBucketPolicy(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Policy": self.bucket_policy}

    def _s3_GetBucketOwnershipControls(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"OwnershipControls": {"Rules": [{"ObjectOwnership": self.ownership}]}}

    def _s3_GetBucketEncryption(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"ServerSideEncryptionConfiguration": self.encryption}

    def _s3_GetObjectLockConfiguration(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"ObjectLockConfiguration": self.lock}

    def _s3_GetBucketLifecycleConfiguration(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Rules": self.lifecycle}

    def _s3_GetBucketVersioning(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Status": "Enabled"}

    def _ec2_DescribeInstances(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Reservations": [{"Instances": [self.instance]}]}

    def _ec2_DescribeInstanceAttribute(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["Attribute"] == "disableApiStop":
            return {"InstanceId": INSTANCE, "DisableApiStop": {"Value": self.stop_protected}}
        return {"InstanceId": INSTANCE, "InstanceInitiatedShutdownBehavior": {"Value": self.behaviour}}

    def _ssm_DescribeInstanceInformation(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"InstanceInformationList": [self.node] if self.node else []}

    def _ssm_GetConnectionStatus(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Target": INSTANCE, "Status": self.connection}

    def _ssm_DescribeSessions(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Sessions": self.sessions}

    def _ssm_GetServiceSetting(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"ServiceSetting": {"SettingValue": self.host_management}}

    def _ssm_GetDocument(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Name": params["Name"], "Content": self.shells}

    def _iam_GetInstanceProfile(self, params: dict[str, Any]) -> dict[str, Any]:
        roles = [{"RoleName": name, "Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"} for name in self.roles]
        return {"InstanceProfile": {"Roles": roles}}

    def _iam_ListAttachedRolePolicies(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"AttachedPolicies": [{"PolicyName": name, "PolicyArn": name} for name in self.attached]}

    def _iam_SimulatePrincipalPolicy(self, params: dict[str, Any]) -> dict[str, Any]:
        source = params["PolicySourceArn"]
        rows = [(action, resource) for action in params["ActionNames"] for resource in params["ResourceArns"]]
        return {"EvaluationResults": [self._judged(source, action, resource) for action, resource in rows]}

    def _judged(self, source: str, action: str, resource: str) -> dict[str, Any]:
        told = {"AllowedByOrganizations": action not in self.organization_denies}
        stands = {action, f"{source} {action}"} & (self.denied | self.organization_denies)
        row = {"EvalActionName": action, "EvalDecision": "implicitDeny" if stands else "allowed"}
        return row | ({"OrganizationsDecisionDetail": told} if self.organization == "told" else {})

    def _organizations_DescribeOrganization(self, params: dict[str, Any]) -> dict[str, Any]:
        return {"Organization": {"Id": "o-1", "MasterAccountId": "999999999999"}}

    # -- changes -----------------------------------------------------------------

    def _kms_TagResource(self, params: dict[str, Any]) -> dict[str, Any]:
        self.key_tags |= {tag["TagKey"]: tag["TagValue"] for tag in params["Tags"]}
        return {}

    def _kms_UntagResource(self, params: dict[str, Any]) -> dict[str, Any]:
        for key in params["TagKeys"]:
            self.key_tags.pop(key, None)
        return {}

    def _kms_PutKeyPolicy(self, params: dict[str, Any]) -> dict[str, Any]:
        self.key_policy = params["Policy"]
        return {}

    def _s3_PutBucketPolicy(self, params: dict[str, Any]) -> dict[str, Any]:
        self.bucket_policy = params["Policy"]
        return {}

    def _s3_DeleteBucketPolicy(self, params: dict[str, Any]) -> dict[str, Any]:
        self.bucket_policy = None
        return {}

    def _s3_PutBucketOwnershipControls(self, params: dict[str, Any]) -> dict[str, Any]:
        self.ownership = params["OwnershipControls"]["Rules"][0]["ObjectOwnership"]
        return {}

    def _s3_DeleteBucketOwnershipControls(self, params: dict[str, Any]) -> dict[str, Any]:
        self.ownership = None
        return {}

    def _s3_PutBucketEncryption(self, params: dict[str, Any]) -> dict[str, Any]:
        self.encryption = params["ServerSideEncryptionConfiguration"]
        return {}

    def _s3_DeleteBucketEncryption(self, params: dict[str, Any]) -> dict[str, Any]:
        self.encryption = None
        return {}

    def _ec2_ModifyInstanceAttribute(self, params: dict[str, Any]) -> dict[str, Any]:
        self.behaviour = params["InstanceInitiatedShutdownBehavior"]["Value"]
        return {}


_CONDITIONS: dict[tuple[str, str], tuple[tuple[str, Any], ...]] = {
    **dict.fromkeys(
        [("kms", name) for name in ("DescribeKey", "ListResourceTags", "GetKeyPolicy")],
        (("NotFoundException", lambda account: account.key is not None),),
    ),
    ("s3", "HeadBucket"): (("404", lambda account: account.bucket_owner is not None),),
    ("s3", "GetBucketPolicy"): (("NoSuchBucketPolicy", lambda account: account.bucket_policy is not None),),
    ("s3", "GetBucketOwnershipControls"): (
        ("OwnershipControlsNotFoundError", lambda account: account.ownership is not None),
    ),
    ("s3", "GetBucketEncryption"): (
        ("ServerSideEncryptionConfigurationNotFoundError", lambda account: account.encryption is not None),
    ),
    ("s3", "GetObjectLockConfiguration"): (
        ("ObjectLockConfigurationNotFoundError", lambda account: account.lock is not None),
    ),
    ("s3", "GetBucketLifecycleConfiguration"): (
        ("NoSuchLifecycleConfiguration", lambda account: account.lifecycle is not None),
    ),
    ("ec2", "DescribeInstances"): (("InvalidInstanceID.NotFound", lambda account: account.instance is not None),),
    ("ssm", "GetDocument"): (
        ("AccessDeniedException", lambda account: "ssm:GetDocument" not in account.denied),
        ("InvalidDocument", lambda account: account.shells is not None),
    ),
    ("organizations", "DescribeOrganization"): (
        ("AWSOrganizationsNotInUseException", lambda account: account.organization != "none"),
        ("AccessDeniedException", lambda account: account.organization != "hidden"),
    ),
    ("iam", "SimulatePrincipalPolicy"): (
        ("AccessDenied", lambda account: "iam:SimulatePrincipalPolicy" not in account.denied),
    ),
}


class _Client:
    """A client of one service; its methods are those of boto3."""

    def __init__(self, account: FakeAccount, service: str) -> None:
        self._account, self._service = account, service
        self.meta = SimpleNamespace(endpoint_url=f"https://{service}.example")

    def __getattr__(self, name: str) -> Any:
        model = model_of(self._service, name)
        return partial(self._call, model)

    def _call(self, model: Any, **params: Any) -> dict[str, Any]:
        if model.input_shape is not None:
            report = ParamValidator().validate(params, model.input_shape)
            assert not report.has_errors(), report.generate_report()
        return self._account.answer(self._service, model.name, params)
