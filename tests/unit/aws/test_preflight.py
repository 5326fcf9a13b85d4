"""Seeded misconfigurations: each is named by its check, a good set-up by none; what is offered repairs, and undoes."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any, cast

import pytest

from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.aws.guiconnect import GuiConnectPreferences
from rdpgui.aws.preflight import AwsPreflight
from rdpgui.aws.preflight_target import TargetPorts
from rdpgui.aws.repairs import AwsRepairs
from rdpgui.aws.ssm import SsmSessions
from rdpgui.aws.sts import StsIdentity
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.repair import KEY_TAG, Repair, RepairKind
from rdpgui.core.session import AccessType
from tests.helpers.fake_account import (
    ACCOUNT,
    BUCKET,
    DATA_KEY,
    INSTANCE,
    KEY,
    PUT,
    ROLE,
    ROOT,
    FakeAccount,
    encryption,
    policy,
)
from tests.unit.aws.stubbed import model_of

JIT, STANDARD = AccessType.JUST_IN_TIME, AccessType.STANDARD
PERMITTED = {"ec2:RebootInstances": True, "ec2:StopInstances": True}
BY_COMMAND = {"rdp-port", "psreadline"}
"""Not read for a look."""
PREFIX = {"Sid": "Narrow", **{**PUT, "Resource": f"arn:aws:s3:::{BUCKET}/only-here/*"}}
VPCE = {
    "Sid": "OnlyHere",
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": f"arn:aws:s3:::{BUCKET}/*",
    "Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}},
}
UNENCRYPTED = {
    **VPCE,
    "Sid": "Headers",
    "Condition": {"Null": {"s3:x-amz-server-side-encryption": "true"}},
}
ELSEWHERE = {**VPCE, "Sid": "Elsewhere", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}
SESSIONS = [
    {
        "SessionId": f"ana-{number}",
        "Target": INSTANCE,
        "Status": "Connected",
        "DocumentName": "AWS-StartPortForwardingSession",
        "StartDate": 1_800_000_000 + number,
        "Owner": ROLE,
    }
    for number in range(5)
]

Seed = Callable[[FakeAccount], object]


def _set(**values: Any) -> Seed:
    return lambda account: vars(account).update(deepcopy(values))


def _in(name: str, **values: Any) -> Seed:
    return lambda account: getattr(account, name).update(deepcopy(values))


def _tags(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in pairs]


def _other_account(statement: dict[str, Any]) -> dict[str, Any]:
    return {**statement, "Condition": {"StringEquals": {"aws:SourceAccount": "210987654321"}}}


SEEDS: dict[str, tuple[Seed, str]] = {
    # account and caller
    "a clock ahead": (_set(clock_s=(9.0, 9.1)), "clock"),
    "a clock behind": (_set(clock_s=(-30.0, -29.9)), "clock"),
    "may not open connections": (_set(denied={"ssm-guiconnect:StartConnection"}), "may-connect"),
    "may not start sessions": (_set(denied={"ssm:StartSession"}), "may-connect"),
    "may neither start nor ask": (_set(denied={"ssm:StartSession", "ssm:StartAccessRequest"}), "access-type"),
    "would get just-in-time": (_set(denied={"ssm:StartSession"}), "access-type"),
    "may not make grants": (_set(denied={"kms:CreateGrant"}), "may-grant"),
    "a key that trusts nobody here": (_set(key_policy=policy(DATA_KEY)), "may-grant"),
    "may not read recordings": (_set(denied={"s3:GetObject"}), "may-play"),
    "may not decrypt": (_set(denied={"kms:Decrypt"}), "may-play"),
    "an SCP denies GUI Connect": (_set(organization_denies={"ssm-guiconnect:StartConnection"}), "organization"),
    # preferences and key
    "no preferences": (_set(preferences=None), "recording"),
    "a key of another Region": (
        _in("preferences", key=KEY.replace("eu-west-1", "us-east-1")),
        "key-region",
    ),
    "a key that is gone": (_set(key=None), "key-usable"),
    "a disabled key": (_in("key", KeyState="Disabled"), "key-usable"),
    "a key to be deleted": (_in("key", KeyState="PendingDeletion"), "key-usable"),
    "a key of AWS": (_in("key", KeyManager="AWS"), "key-usable"),
    "an asymmetric key": (_in("key", KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"), "key-usable"),
    "a key without the tag": (_set(key_tags={"team": "ops"}), "key-tag"),
    "a tag with a capital": (_set(key_tags={KEY_TAG: "True"}), "key-tag"),
    "an empty tag": (_set(key_tags={KEY_TAG: ""}), "key-tag"),
    # bucket
    "a bucket that is gone": (_set(bucket_owner=None), "bucket"),
    "a bucket of somebody else": (_set(bucket_owner="210987654321"), "bucket"),
    "no bucket policy": (_set(bucket_policy=None), "bucket-policy"),
    "a bucket policy without GUI Connect": (_set(bucket_policy=policy()), "bucket-policy"),
    "a bucket policy for another account": (_set(bucket_policy=policy(_other_account(PUT))), "bucket-policy"),
    "a bucket policy for a prefix": (_set(bucket_policy=policy(PREFIX)), "bucket-policy"),
    "a bucket policy for another action": (
        _set(bucket_policy=policy({**PUT, "Action": "s3:GetObject"})),
        "bucket-policy",
    ),
    "a Deny for other endpoints": (_set(bucket_policy=policy(PUT, VPCE)), "bucket-deny"),
    "a Deny without encryption header": (_set(bucket_policy=policy(PUT, UNENCRYPTED)), "bucket-deny"),
    "a Deny for other organizations": (_set(bucket_policy=policy(PUT, ELSEWHERE)), "bucket-deny"),
    "a Deny for all but one": (
        _set(
            bucket_policy=policy(
                PUT,
                {
                    "Sid": "AllBut",
                    "Effect": "Deny",
                    "NotPrincipal": {"AWS": ROLE},
                    "Action": "s3:PutObject",
                    "NotResource": f"arn:aws:s3:::{BUCKET}/else/*",
                },
            )
        ),
        "bucket-deny",
    ),
    "objects of their writers": (_set(ownership="ObjectWriter"), "bucket-ownership"),
    "ownership preferred only": (_set(ownership="BucketOwnerPreferred"), "bucket-ownership"),
    "no ownership controls": (_set(ownership=None), "bucket-ownership"),
    "no default encryption": (_set(encryption=None), "bucket-encryption"),
    "encryption with a key of AWS": (_set(encryption=encryption(key_id="")), "bucket-encryption"),
    "a bucket key that does not know GUI Connect": (_set(key_policy=policy(ROOT)), "bucket-key"),
    "a bucket key for another account": (_set(key_policy=policy(ROOT, _other_account(DATA_KEY))), "bucket-key"),
    "a bucket key through another Region": (
        _set(
            key_policy=policy(
                ROOT, {**DATA_KEY, "Condition": {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}}
            )
        ),
        "bucket-key",
    ),
    "a bucket key without the tag": (_set(key_tags={}), "bucket-key-tag"),
    "a default retention": (
        _set(lock={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 9}}}),
        "object-lock",
    ),
    "recordings expire": (
        _set(lifecycle=[{"ID": "week", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 7}}]),
        "lifecycle",
    ),
    "recordings freeze": (
        _set(
            lifecycle=[
                {"Status": "Enabled", "Filter": {}, "Transitions": [{"Days": 0, "StorageClass": "DEEP_ARCHIVE"}]}
            ]
        ),
        "lifecycle",
    ),
    # instance
    "no instance": (_set(instance=None), "instance"),
    "a stopped instance": (_in("instance", State={"Code": 80, "Name": "stopped"}), "state"),
    "a Linux instance": (_in("instance", Platform=""), "platform"),
    "a spot instance": (_in("instance", InstanceLifecycle="spot"), "on-demand"),
    "an instance of a group": (
        _in("instance", Tags=_tags(("rdpgui:disruptable", "true"), ("aws:autoscaling:groupName", "web"))),
        "auto-scaling",
    ),
    "an instance without the allow tag": (_in("instance", Tags=_tags(("Name", "win"))), "allow-tag"),
    "an instance store": (_in("instance", RootDeviceType="instance-store"), "root-volume"),
    "a shutdown that terminates": (_set(behaviour="terminate"), "shutdown-behaviour"),
    "a stop protection": (_set(stop_protected=True), "stop-protection"),
    "an instance that no agent knows": (_set(node=None), "node"),
    "an agent that is lost": (_set(connection="notconnected"), "node"),
    "an old agent": (_in("node", AgentVersion="3.0.196.0"), "agent-version"),
    "an old Windows": (_in("node", PlatformVersion="6.1.7601"), "windows-version"),
    "no key pair": (_in("instance", KeyName=""), "windows-sign-in"),
    "a profile without a role": (_set(roles=[]), "instance-role"),
    "a role that lacks the policy": (
        _set(attached=["Other"], denied={f"arn:aws:iam::{ACCOUNT}:role/windows ssm:UpdateInstanceInformation"}),
        "instance-role",
    ),
    "no role at all": (_in("instance", IamInstanceProfile={}), "instance-role"),
    "five connections": (_set(sessions=SESSIONS), "quota"),
}


def checked(account: FakeAccount, access_type: AccessType = STANDARD) -> dict[str, PreflightCheck]:
    """Return the preflight of an account by check."""
    return asyncio.run(_checked(account, access_type))


async def _checked(account: FakeAccount, access_type: AccessType = STANDARD) -> dict[str, PreflightCheck]:
    caller = AwsCaller(account)
    try:
        target = TargetPorts(Ec2Instances(caller), SsmSessions(caller))
        preflight = AwsPreflight(caller, cast(StsIdentity, account), GuiConnectPreferences(caller), target)
        found = await preflight.preflight(INSTANCE, access_type, PERMITTED, allow_tag="rdpgui:disruptable=true")
    finally:
        await caller.aclose()
    return {check.check_id: check for check in found}


@cache
def seeded(name: str) -> tuple[dict[str, PreflightCheck], tuple[str, ...]]:
    """Return the preflight of a seeded account, and what was called for it."""
    account = FakeAccount()
    SEEDS[name][0](account)
    return checked(account), tuple(account.sent)


def test_that_there_are_forty_misconfigurations_and_more() -> None:
    assert len(SEEDS) >= 60


@pytest.mark.parametrize(
    "good",
    [
        _set(),
        _set(organization="none"),
        _set(encryption=encryption("AES256", "")),
        _set(bucket_policy=policy(PUT, {**VPCE, "Condition": {"Bool": {"aws:SecureTransport": "false"}}})),
        _set(bucket_policy=policy(PUT, {**VPCE, "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}}})),
        _set(bucket_policy=policy(PUT, {**VPCE, "Condition": {"ArnLike": {"aws:PrincipalArn": ROLE}}})),
        _set(attached=["OurOwn"]),
        _set(lifecycle=[{"ID": "year", "Status": "Enabled", "Filter": {}, "Expiration": {"Days": 365}}]),
        _set(lifecycle=[{"ID": "off", "Status": "Disabled", "Filter": {}, "Expiration": {"Days": 1}}]),
        _set(lock={"ObjectLockEnabled": "Enabled"}),
        _set(key_policy=policy({**ROOT, "Principal": {"AWS": ROLE}}, DATA_KEY), denied={"kms:CreateGrant"}),
    ],
)
def test_that_a_good_set_up_raises_no_alarm(good: Seed) -> None:
    account = FakeAccount()
    good(account)
    found = checked(account)
    assert {name: check.shown() for name, check in found.items() if not check.held} == {
        name: found[name].shown() for name in BY_COMMAND
    }
    assert len(found) >= 40
    assert all("{" not in check.shown() for check in found.values())


@pytest.mark.parametrize("name", SEEDS)
def test_that_a_misconfiguration_is_named_and_its_remedy_can_be_copied(name: str) -> None:
    found, sent = seeded(name)
    check = found[SEEDS[name][1]]
    assert check.held is False, check
    assert check.remedy and check.cli and "{" not in check.shown()
    assert check.severity is not Severity.INFO
    changes = {call.partition(":")[2] for call in sent}
    assert all(call.startswith(("Get", "Head", "List", "Describe", "Simulate")) for call in changes)
    alarms = {other.check_id for other in found.values() if other.held is False}
    assert alarms == {check.check_id} | _ALSO.get(name, set())


_ALSO = {
    "may not start sessions": {"access-type"},
    "would get just-in-time": {"may-connect"},
    "may neither start nor ask": {"may-connect"},
    "an SCP denies GUI Connect": {"may-connect"},
    "a key that is gone": {"key-tag", "bucket-key", "bucket-key-tag"},
    "a disabled key": {"bucket-key"},
    "a key to be deleted": {"bucket-key"},
    "a key without the tag": {"bucket-key-tag"},
    "a tag with a capital": {"bucket-key-tag"},
    "an empty tag": {"bucket-key-tag"},
    "a bucket key without the tag": {"key-tag"},
    "no instance": {"windows-sign-in", "instance-role"},
}


@pytest.mark.parametrize("name", SEEDS)
def test_that_every_repair_on_offer_mends_its_check_and_is_undone_to_the_byte(name: str) -> None:
    seed, check_id = SEEDS[name]
    repair = seeded(name)[0][check_id].repair
    if repair is not None:
        account = FakeAccount()
        seed(account)
        asyncio.run(_mended(account, check_id, repair))


async def _mended(account: FakeAccount, check_id: str, repair: Repair) -> None:
    before = deepcopy(vars(account) | {"sent": []})
    caller = AwsCaller(account)
    repairs = AwsRepairs(caller)
    try:
        value = await repairs.value(repair.kind, repair.subject)
        assert value == repair.before and repair.stands(value)
        await repairs.put(repair)
        assert (await _checked(account))[check_id].held is True
        undo = repair.undo()
        assert undo.stands(await repairs.value(repair.kind, repair.subject))
        await repairs.put(undo)
        assert await repairs.value(repair.kind, repair.subject) == value
    finally:
        await caller.aclose()
    assert vars(account) | {"sent": []} == before


def test_that_what_protects_somebody_is_never_changed_from_here() -> None:
    offered = {name: seeded(name)[0][check_id].repair for name, (_seed, check_id) in SEEDS.items()}
    kinds = {repair.kind for repair in offered.values() if repair is not None}
    assert kinds == set(RepairKind)
    assert {name for name, repair in offered.items() if repair is not None} == {
        *("a key without the tag", "a tag with a capital", "an empty tag", "a bucket key without the tag"),
        *(name for name, (_seed, check_id) in SEEDS.items() if check_id in {"bucket-policy", "bucket-ownership"}),
        *("no default encryption", "a shutdown that terminates"),
        *(name for name, (_seed, check_id) in SEEDS.items() if check_id == "bucket-key"),
    }


def test_that_every_line_is_a_call_that_botocore_takes() -> None:
    lines = {line for name in SEEDS for check in seeded(name)[0].values() for line in check.cli.splitlines()}
    assert len(lines) > 50
    for line in lines:
        _taken(line)


def _taken(line: str) -> None:
    words = shlex.split(line)
    assert words[0] == "aws"
    service = {"s3api": "s3"}.get(words[1], words[1])
    model = model_of(service, words[2].replace("-", "_"))
    options = {word for word in words[3:] if word.startswith("--")}
    shape = model.input_shape
    members = {f"--{part}{_cli(name)}" for name in (shape.members if shape else ()) for part in ("", "no-")}
    assert options - {"--region", "--profile"} <= members, line
    assert {"--region", "--profile"} <= options
    required = {f"--{_cli(name)}" for name in (shape.required_members if shape else ())}
    assert required <= options, line
    for word in words[3:]:
        if word.startswith(("{", "[")):
            json.loads(word)


def _cli(name: str) -> str:
    from botocore import xform_name

    return str(xform_name(name, "-"))


def test_that_just_in_time_is_predicted_from_what_the_caller_may_do() -> None:
    account = FakeAccount(denied={"ssm:StartSession"})
    found = checked(account, JIT)
    assert found["access-type"].held is True and found["may-connect"].held is True
    assert "just-in-time session" in found["access-type"].shown()
    assert checked(FakeAccount(), JIT)["access-type"].held is False
    assert checked(FakeAccount(key_tags={}), JIT)["key-tag"].blocks
    assert checked(FakeAccount(arn=f"arn:aws:iam::{ACCOUNT}:user/ana"), JIT)["identity"].blocks


def test_that_what_may_not_be_read_is_not_checked_and_says_why() -> None:
    account = FakeAccount(denied={"iam:SimulatePrincipalPolicy"}, organization="hidden")
    found = checked(account)
    for name in ("may-connect", "may-grant", "may-play", "access-type", "organization"):
        assert found[name].held is None and "iam:SimulatePrincipalPolicy" in found[name].shown()
        assert found[name].cli
    silent = checked(FakeAccount(organization="hidden"))["organization"]
    assert silent.held is None and "ssm-guiconnect" in silent.shown()


def test_that_a_policy_under_conditions_that_are_not_known_here_is_neither_yes_nor_no() -> None:
    under = {**PUT, "Condition": {"StringEquals": {"aws:SourceOrgID": "o-1"}}}
    check = checked(FakeAccount(bucket_policy=policy(under)))["bucket-policy"]
    assert check.held is None and check.repair is None and '"aws:SourceAccount"' in check.policy


def test_that_where_logs_of_shells_go_is_told_and_is_no_alarm_whatever_it_is() -> None:
    streamed = {"cloudWatchLogGroupName": "shells", "cloudWatchStreamingEnabled": True}
    content = json.dumps({"sessionType": "Standard_Stream", "inputs": streamed})
    told = checked(FakeAccount(shells=content))["shell-logs"]
    assert (told.held, told.severity, told.source) == (True, Severity.INFO, "ssm:GetDocument")
    assert told.shown() == "Shells log to the group shells while they go on (streamed)."
    assert "aws ssm get-document --name SSM-SessionManagerRunShell" in told.cli
    never = checked(FakeAccount())["shell-logs"]
    assert never.held is True and "never saved" in never.shown()
    denied = checked(FakeAccount(denied={"ssm:GetDocument"}))["shell-logs"]
    assert denied.held is None and "ssm:GetDocument" in denied.shown()
    broken = checked(FakeAccount(shells="[]"))["shell-logs"]
    assert broken.held is None and "inputs" in broken.shown()
