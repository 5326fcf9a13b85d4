"""Calls of other clients that the program itself never makes: they get what AWS would say, or a clean refusal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils

from rdpgui.lab.endpoint.gate import IssuedKey, Principal
from rdpgui.lab.model import PowerState
from tests.helpers.lab_front import Bench

Fleet = tuple[str, ...]
ACCOUNT = "123456789012"
ANYBODY = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},'
    '"Action":"sts:AssumeRole"}]}'
)
EC2_ONLY = ANYBODY.replace('"AWS":"arn:aws:iam::123456789012:root"', '"Service":"ec2.amazonaws.com"')
OUTSIDERS = ANYBODY.replace("}]}", ',"Condition":{"StringEquals":{"sts:ExternalId":"x-1"}}}]}')


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def _ids(answer: dict[str, Any]) -> list[str]:
    return [instance["InstanceId"] for r in answer["Reservations"] for instance in r["Instances"]]


# -- EC2 ------------------------------------------------------------------------


@pytest.mark.case("M2")
@pytest.mark.parametrize(
    ("name", "member"),
    [
        ("private-dns-name", "PrivateDnsName"),
        ("dns-name", "PublicDnsName"),
        ("ip-address", "PublicIpAddress"),
        ("root-device-name", "RootDeviceName"),
        ("network-interface.subnet-id", "SubnetId"),
        ("network-interface.addresses.private-ip-address", "PrivateIpAddress"),
    ],
)
def test_that_a_filter_chooses_the_machine_whose_member_it_names(
    bench: Bench, fleet: Fleet, name: str, member: str
) -> None:
    ec2 = bench.client("ec2")
    (row,) = ec2.describe_instances(InstanceIds=[fleet[3]])["Reservations"][0]["Instances"]
    found = _ids(ec2.describe_instances(Filters=[{"Name": name, "Values": [row[member]]}]))
    assert fleet[3] in found
    assert _ids(ec2.describe_instances(Filters=[{"Name": name, "Values": ["nothing"]}])) == []


@pytest.mark.case("M2")
@pytest.mark.parametrize(
    ("name", "value", "all_of_them"),
    [
        ("hibernation-options.configured", "false", True),
        ("ebs-optimized", "true", False),
        ("metadata-options.http-tokens", "required", True),
        ("metadata-options.http-endpoint", "enabled", True),
        ("metadata-options.http-put-response-hop-limit", "1", False),
        ("network-interface.status", "in-use", True),
        ("owner-id", ACCOUNT, True),
        ("reservation-id", "r-*", True),
        ("tenancy", "default", True),
        ("reason", "", True),
        ("instance.group-id", "sg-*", False),
        ("capacity-reservation-id", "*", False),
    ],
)
def test_that_every_filter_of_aws_is_understood(
    bench: Bench, fleet: Fleet, name: str, value: str, all_of_them: bool
) -> None:
    answer = bench.client("ec2").describe_instances(Filters=[{"Name": name, "Values": [value]}])
    assert _ids(answer) == (list(fleet) if all_of_them else [])


@pytest.mark.case("M5")
def test_that_the_console_is_a_windows_machine_s_and_nobody_has_its_password(bench: Bench, fleet: Fleet) -> None:
    bench.up(fleet[0])
    ec2 = bench.client("ec2")
    text = ec2.get_console_output(InstanceId=fleet[0])["Output"]
    assert "Windows is Ready to use" in text and "Linux" not in text
    assert ec2.get_password_data(InstanceId=fleet[0])["PasswordData"] == ""
    for call in (ec2.get_console_output, ec2.get_password_data):
        with pytest.raises(ClientError) as unknown:
            call(InstanceId="i-00000000000000000")
        assert _code(unknown) == "InvalidInstanceID.NotFound"


@pytest.mark.case("M9")
@pytest.mark.parametrize(
    ("operation", "attribute"),
    [("stop_instances", "DisableApiStop"), ("terminate_instances", "DisableApiTermination")],
)
def test_that_an_order_for_many_is_carried_out_for_all_or_for_none(
    bench: Bench, fleet: Fleet, operation: str, attribute: str
) -> None:
    ec2 = bench.client("ec2")
    ec2.modify_instance_attribute(InstanceId=fleet[2], **{attribute: {"Value": True}})
    try:
        with pytest.raises(ClientError) as refused:
            getattr(ec2, operation)(InstanceIds=[fleet[1], fleet[2]])
    finally:
        ec2.modify_instance_attribute(InstanceId=fleet[2], **{attribute: {"Value": False}})
    assert _code(refused) == "OperationNotPermitted"
    assert bench.world.instances.state(fleet[1]) is PowerState.RUNNING


@pytest.mark.case("M9")
@pytest.mark.parametrize("operation", ["start_instances", "reboot_instances"])
def test_that_one_that_may_not_be_ordered_keeps_the_others_as_they_are(
    bench: Bench, fleet: Fleet, operation: str
) -> None:
    bench.set_power(fleet[1], PowerState.STOPPED)
    bench.set_power(fleet[2], PowerState.SHUTTING_DOWN)
    with pytest.raises(ClientError) as refused:
        getattr(bench.client("ec2"), operation)(InstanceIds=[fleet[1], fleet[2]])
    assert _code(refused) == "IncorrectInstanceState"
    assert bench.world.instances.state(fleet[1]) is PowerState.STOPPED


# -- Systems Manager --------------------------------------------------------------


@pytest.mark.case("M3")
def test_that_nodes_are_found_by_their_tags(bench: Bench, fleet: Fleet) -> None:
    bench.up(*fleet[:3])
    bench.played.timeline.advance(30)
    ssm = bench.client("ssm")

    def found(key: str, *values: str) -> list[str]:
        answer = ssm.describe_instance_information(Filters=[{"Key": key, "Values": list(values)}])
        return [node["InstanceId"] for node in answer["InstanceInformationList"]]

    assert found("tag:Name", "web-1", "web-2") == [fleet[1], fleet[2]]
    assert found("tag:team", "web-1") == []
    assert found("tag-key", "Name") == list(fleet[:3])
    assert found("ResourceType", "EC2Instance") == list(fleet[:3])
    assert found("ActivationIds", "x") == []


@pytest.mark.case("M6")
@pytest.mark.parametrize(
    ("name", "kind", "part"),
    [
        ("AWS-RunPowerShellScript", "Command", "aws:runPowerShellScript"),
        ("AWS-StartPortForwardingSession", "Session", "LocalPortForwarding"),
        ("arn:aws:ssm:us-east-1::document/AWS-StartPortForwardingSession", "Session", "portNumber"),
    ],
)
def test_that_the_documents_of_aws_can_be_read(bench: Bench, name: str, kind: str, part: str) -> None:
    ssm = bench.client("ssm")
    got = ssm.get_document(Name=name, DocumentVersion="$DEFAULT")
    assert got["DocumentType"] == kind and part in got["Content"]
    told = ssm.describe_document(Name=name)["Document"]
    assert (told["Owner"], told["DocumentType"], told["PlatformTypes"]) == ("Amazon", kind, ["Windows"])
    assert told["Parameters"]
    listed = ssm.list_documents(Filters=[{"Key": "Owner", "Values": ["Amazon"]}, {"Key": "Name", "Values": ["AWS-"]}])
    assert told["Name"] in {one["Name"] for one in listed["DocumentIdentifiers"]}


@pytest.mark.case("M6")
def test_that_odd_questions_for_documents_are_refused_as_such(bench: Bench) -> None:
    ssm = bench.client("ssm")
    with pytest.raises(ssm.exceptions.InvalidFilterKey):
        ssm.list_documents(Filters=[{"Values": ["x"]}])
    with pytest.raises(ssm.exceptions.InvalidNextToken):
        ssm.list_documents(NextToken="made-up")


@pytest.mark.case("M6")
def test_that_a_document_of_the_account_is_still_the_account_s(bench: Bench) -> None:
    ssm = bench.client("ssm")
    with pytest.raises(ssm.exceptions.InvalidDocument):
        ssm.get_document(Name="Nobody-Wrote-This")
    ssm.create_document(Name="Ours", DocumentType="Session", Content='{"schemaVersion": "1.0"}')
    try:
        assert ssm.get_document(Name="Ours")["Name"] == "Ours"
        assert ssm.describe_document(Name="Ours")["Document"]["Name"] == "Ours"
    finally:
        ssm.delete_document(Name="Ours")


@pytest.mark.case("M6")
def test_that_the_windows_images_have_their_public_parameters(bench: Bench, fleet: Fleet) -> None:
    ssm = bench.client("ssm")
    name = "/aws/service/ami-windows-latest/Windows_Server-2022-English-Full-Base"
    image = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    machine = bench.client("ec2").describe_instances(InstanceIds=[fleet[0]])["Reservations"][0]["Instances"][0]
    assert image == machine["ImageId"]
    answer = ssm.get_parameters(Names=[name, f"{name}-not"])
    assert [one["Value"] for one in answer["Parameters"]] == [image]
    assert answer["InvalidParameters"] == [f"{name}-not"]
    below = ssm.get_parameters_by_path(Path="/aws/service/ami-windows-latest")["Parameters"]
    assert name in {one["Name"] for one in below}
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        ssm.get_parameter(Name=f"{name}-not")


# -- credentials ------------------------------------------------------------------


@pytest.fixture
def roles(bench: Bench) -> Iterator[Any]:
    """IAM with roles of three kinds of trust."""
    iam = bench.client("iam")
    trusts = {"strangers-anybody": ANYBODY, "strangers-ec2": EC2_ONLY, "strangers-outsiders": OUTSIDERS}
    for name, trust in trusts.items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)
    yield iam
    for name in trusts:
        iam.delete_role(RoleName=name)


def _role(name: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{name}"


def _key(credentials: dict[str, Any]) -> IssuedKey:
    """Return temporary credentials as a client is given them."""
    key, secret, token = (str(credentials[name]) for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    return IssuedKey(key, secret, token, Principal("", "", "", ""), None)


@pytest.mark.case("M4")
def test_that_credentials_of_a_role_work_and_are_the_role_s(bench: Bench, roles: Any) -> None:
    sts = bench.client("sts")
    answer = sts.assume_role(RoleArn=_role("strangers-anybody"), RoleSessionName="me", DurationSeconds=900)
    key = _key(answer["Credentials"])
    who = bench.client("sts", key=key).get_caller_identity()["Arn"]
    assert who == answer["AssumedRoleUser"]["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/strangers-anybody/me"
    assert bench.client("ec2", key=key).describe_instances()["Reservations"]
    again = bench.client("sts", key=key).assume_role(RoleArn=_role("strangers-anybody"), RoleSessionName="chained")
    assert bench.client("sts", key=_key(again["Credentials"])).get_caller_identity()["Arn"].endswith("/chained")
    stolen = IssuedKey(key.access_key_id, key.secret_access_key, "another", key.principal, None)
    with pytest.raises(ClientError):
        bench.client("sts", key=stolen).get_caller_identity()


@pytest.mark.case("M4")
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"RoleArn": _role("strangers-nobody")}, "AccessDenied"),
        ({"RoleArn": _role("strangers-ec2")}, "AccessDenied"),
        ({"RoleArn": _role("strangers-outsiders")}, "AccessDenied"),
        ({"RoleArn": _role("strangers-anybody").replace(ACCOUNT, "210987654321")}, "AccessDenied"),
        ({"RoleArn": _role("strangers-anybody"), "SerialNumber": "arn:aws:iam::1:mfa/x", "TokenCode": "123456"},
         "AccessDenied"),
        ({"RoleArn": _role("strangers-anybody"), "DurationSeconds": 7200}, "ValidationError"),
    ],
)  # fmt: skip
def test_that_a_role_that_may_not_be_assumed_is_denied(
    bench: Bench, roles: Any, asked: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        bench.client("sts").assume_role(RoleSessionName="me", **asked)
    assert _code(refused) == code
    if "outsiders" in asked["RoleArn"]:
        assert bench.client("sts").assume_role(RoleSessionName="me", ExternalId="x-1", **asked)["Credentials"]


@pytest.mark.case("M4")
def test_that_sessions_of_a_user_work_and_beget_no_sessions(bench: Bench) -> None:
    sts = bench.client("sts")
    key = _key(sts.get_session_token()["Credentials"])
    session = bench.client("sts", key=key)
    assert session.get_caller_identity()["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/lab-admin"
    for call in (session.get_session_token, lambda: session.get_federation_token(Name="ann")):
        with pytest.raises(ClientError) as refused:
            call()
        assert _code(refused) == "AccessDenied"
    federated = bench.client("sts", key=_key(sts.get_federation_token(Name="ann")["Credentials"]))
    assert federated.get_caller_identity()["Arn"] == f"arn:aws:sts::{ACCOUNT}:federated-user/ann"


@pytest.mark.case("M4")
def test_that_nobody_is_given_a_key_that_opens_nothing(bench: Bench) -> None:
    with pytest.raises(ClientError) as refused:
        bench.client("iam").create_access_key(UserName="lab-admin")
    assert _code(refused) == "LimitExceeded"
    with pytest.raises(ClientError) as untrusted:
        bench.client("sts").assume_role_with_web_identity(
            RoleArn=_role("strangers-anybody"), RoleSessionName="me", WebIdentityToken="token"
        )
    assert _code(untrusted) in ("AccessDenied", "MissingAuthenticationToken")


# -- what moto lacks ----------------------------------------------------------------


@pytest.mark.case("M11")
def test_that_what_moto_cannot_do_here_is_a_clean_refusal(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    s3 = bench.client("s3")
    s3.create_bucket(Bucket="strangers-select")
    s3.put_object(Bucket="strangers-select", Key="a.csv", Body=b"a,b")
    with pytest.raises(ClientError) as select:
        s3.select_object_content(
            Bucket="strangers-select",
            Key="a.csv",
            Expression="select * from s3object",
            ExpressionType="SQL",
            InputSerialization={"CSV": {}},
            OutputSerialization={"CSV": {}},
        )
    assert (_code(select), bench.replies[-1].answer.status) == ("NotImplemented", 501)
    with pytest.raises(ClientError) as stacks:
        bench.client("cloudformation").list_stacks()
    assert (_code(stacks), bench.replies[-1].answer.status) == ("InvalidAction", 400)
    assert caplog.records == []


@pytest.mark.case("M13")
@pytest.mark.parametrize("algorithm", ["RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PSS_SHA_256"])
def test_that_a_digest_is_signed_as_it_is(bench: Bench, algorithm: str) -> None:
    kms = bench.client("kms")
    key = kms.create_key(KeyUsage="SIGN_VERIFY", KeySpec="RSA_2048")["KeyMetadata"]
    digest = hashlib.sha256(b"film").digest()
    given = {"KeyId": key["Arn"], "SigningAlgorithm": algorithm}
    signed = kms.sign(Message=digest, MessageType="DIGEST", **given)["Signature"]
    public = serialization.load_der_public_key(kms.get_public_key(KeyId=key["KeyId"])["PublicKey"])
    how = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if "PSS" in algorithm else padding.PKCS1v15()
    assert isinstance(public, rsa.RSAPublicKey)
    public.verify(signed, digest, how, utils.Prehashed(hashes.SHA256()))
    assert kms.verify(Message=b"film", MessageType="RAW", Signature=signed, **given)["SignatureValid"]
    assert kms.verify(Message=digest, MessageType="DIGEST", Signature=signed, **given)["SignatureValid"]
    with pytest.raises(kms.exceptions.KMSInvalidSignatureException):
        kms.verify(Message=b"another film", Signature=signed, **given)
    with pytest.raises(ClientError, match="invalid length"):
        kms.sign(Message=b"short", MessageType="DIGEST", **given)
    kms.disable_key(KeyId=key["KeyId"])
    with pytest.raises(kms.exceptions.DisabledException):
        kms.sign(Message=digest, MessageType="DIGEST", **given)


@pytest.mark.case("M13")
def test_that_a_blob_that_is_none_is_refused_before_anything_is_done_with_it(bench: Bench) -> None:
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.Sign"}
    body = b'{"KeyId": "k", "Message": "%%%", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}'
    answer = bench.send_signed("kms", "POST", "/", headers, body).answer
    assert answer.status == 400 and b"SerializationException" in answer.body
