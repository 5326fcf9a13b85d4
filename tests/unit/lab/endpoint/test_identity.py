"""What the simulator says is what the identity policies say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rdpgui.lab.endpoint.operations.identity_policies import Entity, judge, policies_of, prepared
from rdpgui.lab.model import LabError
from rdpgui.lab.world.policy import Effect, Request
from tests.helpers.lab_front import Bench
from tests.helpers.world_kit import make_kit

ACCOUNT = "arn:aws:iam::123456789012"
USER = f"{ACCOUNT}:user/sim-user"
ROLE = f"{ACCOUNT}:role/sim-role"
BUCKET = "arn:aws:s3:::films"


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _statement(effect: str, action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


@pytest.fixture
def iam(bench: Bench) -> Iterator[Any]:
    """IAM with a user and a role without policies."""
    client = bench.client("iam")
    client.create_user(UserName="sim-user")
    client.create_role(RoleName="sim-role", AssumeRolePolicyDocument=_policy())
    yield client
    for name in client.list_user_policies(UserName="sim-user")["PolicyNames"]:
        client.delete_user_policy(UserName="sim-user", PolicyName=name)
    for item in client.list_attached_role_policies(RoleName="sim-role")["AttachedPolicies"]:
        client.detach_role_policy(RoleName="sim-role", PolicyArn=item["PolicyArn"])
        client.delete_policy(PolicyArn=item["PolicyArn"])
    for group in client.list_groups_for_user(UserName="sim-user")["Groups"]:
        client.remove_user_from_group(UserName="sim-user", GroupName=group["GroupName"])
        client.delete_group_policy(GroupName=group["GroupName"], PolicyName="p")
        client.delete_group(GroupName=group["GroupName"])
    client.delete_user(UserName="sim-user")
    client.delete_role(RoleName="sim-role")


def _decisions(iam: Any, source: str, *actions: str, resource: str = "*", **more: Any) -> list[str]:
    answer = iam.simulate_principal_policy(
        PolicySourceArn=source, ActionNames=list(actions), ResourceArns=[resource], **more
    )
    return [row["EvalDecision"] for row in answer["EvaluationResults"]]


def test_that_nothing_is_allowed_without_a_policy(iam: Any) -> None:
    assert _decisions(iam, USER, "ec2:StopInstances") == ["implicitDeny"]
    assert _decisions(iam, ROLE, "kms:Decrypt") == ["implicitDeny"]


def test_that_an_explicit_deny_of_a_group_wins_over_an_inline_allow(iam: Any) -> None:
    iam.put_user_policy(UserName="sim-user", PolicyName="p", PolicyDocument=_policy(_statement("Allow", "ec2:*")))
    assert _decisions(iam, USER, "ec2:StopInstances", "ssm:SendCommand") == ["allowed", "implicitDeny"]
    iam.create_group(GroupName="sim-group")
    iam.put_group_policy(GroupName="sim-group", PolicyName="p", PolicyDocument=_policy(_statement("Deny", "EC2:stop*")))
    iam.add_user_to_group(GroupName="sim-group", UserName="sim-user")
    assert _decisions(iam, USER, "ec2:StopInstances", "ec2:StartInstances") == ["explicitDeny", "allowed"]


def test_that_an_attached_policy_counts_in_its_default_version_and_names_itself(iam: Any) -> None:
    arn = iam.create_policy(
        PolicyName="sim-put", PolicyDocument=_policy(_statement("Allow", ["s3:PutObject"], f"{BUCKET}/a?/*"))
    )["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="sim-role", PolicyArn=arn)
    assert _decisions(iam, ROLE, "s3:PutObject", resource=f"{BUCKET}/a1/x") == ["allowed"]
    assert _decisions(iam, ROLE, "s3:PutObject", resource=f"{BUCKET}/b1/x") == ["implicitDeny"]
    (row,) = iam.simulate_principal_policy(
        PolicySourceArn=ROLE, ActionNames=["s3:PutObject"], ResourceArns=[f"{BUCKET}/a1/x"]
    )["EvaluationResults"]
    assert row["MatchedStatements"] == [{"SourcePolicyId": "sim-put", "SourcePolicyType": "user-managed"}]


def test_that_conditions_are_judged_by_what_the_caller_gives(iam: Any) -> None:
    condition = {"StringLike": {"kms:ViaService": "ssm-guiconnect.*.amazonaws.com"}}
    iam.put_user_policy(
        UserName="sim-user",
        PolicyName="p",
        PolicyDocument=_policy(_statement("Allow", "kms:CreateGrant", Condition=condition)),
    )
    entry = {
        "ContextKeyName": "kms:viaservice",
        "ContextKeyValues": ["ssm-guiconnect.us-east-1.amazonaws.com"],
        "ContextKeyType": "string",
    }
    assert _decisions(iam, USER, "kms:CreateGrant") == ["implicitDeny"]
    assert _decisions(iam, USER, "kms:CreateGrant", ContextEntries=[entry]) == ["allowed"]
    (row,) = iam.simulate_principal_policy(PolicySourceArn=USER, ActionNames=["kms:CreateGrant"])["EvaluationResults"]
    assert row["MissingContextValues"] == ["kms:ViaService"]


@pytest.mark.parametrize(
    ("statement", "effect"),
    [
        (_statement("Allow", "s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), Effect.IMPLICIT_DENY),
        (_statement("Deny", "s3:*", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}), Effect.EXPLICIT_DENY),
        (_statement("Allow", "s3:*", f"{BUCKET}/${{aws:username}}/*"), Effect.IMPLICIT_DENY),
        (_statement("Deny", "s3:*", f"{BUCKET}/${{aws:username}}/*"), Effect.EXPLICIT_DENY),
        ({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, Effect.ALLOWED),
        ({"Effect": "Allow", "Action": "s3:*", "NotResource": f"{BUCKET}/*"}, Effect.IMPLICIT_DENY),
        (_statement("Deny", "kms:*"), Effect.IMPLICIT_DENY),
        (_statement("Permit", "s3:*"), Effect.IMPLICIT_DENY),
    ],
)
def test_that_what_cannot_be_judged_allows_nothing_and_denies(statement: dict[str, Any], effect: Effect) -> None:
    policy = prepared("p", "user", {"Statement": statement})
    assert judge([policy], Request("AWS", USER, "s3:PutObject", f"{BUCKET}/x"))[0] is effect


def test_that_further_policies_of_the_call_count_and_others_are_refused(iam: Any) -> None:
    text = _policy(_statement("Allow", "ec2:StopInstances"))
    assert _decisions(iam, USER, "ec2:StopInstances", PolicyInputList=[text]) == ["allowed"]
    for more in ({"PolicyInputList": ["no json"]}, {"PolicyInputList": ["{}"]}, {"ResourcePolicy": text}):
        with pytest.raises(ClientError) as error:
            _decisions(iam, USER, "ec2:StopInstances", **more)
        assert error.value.response["Error"]["Code"] == "InvalidInput"


def test_that_the_simulator_tells_of_denials_that_would_really_happen(bench: Bench, iam: Any) -> None:
    iam.put_user_policy(UserName="sim-user", PolicyName="p", PolicyDocument=_policy(_statement("Allow", "*")))
    bench.control("POST", "/_lab/faults", {"kind": "denied", "service": "ec2", "operation": "StopInstances"})
    assert _decisions(iam, USER, "ec2:StopInstances", "ssm:SendCommand") == ["implicitDeny", "allowed"]


@pytest.mark.parametrize("action", ["ec2", "ec2:", "ec2:Stop*"])
def test_that_an_action_must_be_a_whole_name(iam: Any, action: str) -> None:
    with pytest.raises(ClientError) as error:
        _decisions(iam, USER, action)
    assert error.value.response["Error"]["Code"] == "InvalidInput"


@pytest.mark.parametrize("arn", [f"{ACCOUNT}:role/nobody", f"{ACCOUNT}:user/nobody", f"{ACCOUNT}:group/nobody"])
def test_that_unknown_principals_are_not_simulated(bench: Bench, arn: str) -> None:
    client = bench.client("iam")
    with pytest.raises(client.exceptions.NoSuchEntityException):
        _decisions(client, arn, "ec2:StopInstances")


def test_that_a_session_is_not_a_principal_of_the_simulator(bench: Bench) -> None:
    with pytest.raises(ClientError) as error:
        _decisions(bench.client("iam"), "arn:aws:sts::123456789012:assumed-role/r/s", "ec2:StopInstances")
    assert error.value.response["Error"]["Code"] == "InvalidInput"


def test_that_an_instance_may_not_touch_the_recording_and_the_admin_may(tmp_path: Path) -> None:
    kit = make_kit(tmp_path)
    preferences = kit.world.preferences.now()
    assert preferences is not None
    resources = {"kms": preferences.kms_key_arn, "s3": f"arn:aws:s3:::{preferences.bucket_name}/x.mp4"}
    admin, instance = (
        policies_of(kit.seam, Entity.of(f"{ACCOUNT}:{who}")) for who in ("user/lab-admin", "role/lab-instance")
    )
    for action in ("kms:Decrypt", "kms:GenerateDataKey", "kms:CreateGrant", "s3:PutObject"):
        request = Request("AWS", "", action, resources[action.partition(":")[0]])
        assert judge(instance, request)[0] is Effect.IMPLICIT_DENY
        assert judge(admin, request)[0] is Effect.ALLOWED
    assert judge(instance, Request("AWS", "", "ssm:UpdateInstanceInformation", "*"))[0] is Effect.ALLOWED
    kit.world.close()


def test_that_a_document_that_is_no_policy_is_refused() -> None:
    with pytest.raises(LabError, match="InvalidInput"):
        prepared("p", "user", [])
