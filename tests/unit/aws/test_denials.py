"""Denials: the IAM action, AWS's own sentence, and which kind of policy decided. Sentences as AWS documents them."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from rdpgui.aws.denials import Denial, action_of, parse_denial
from rdpgui.aws.errors import translate
from rdpgui.core.errors import AccessDenied, AwsError, Refused

pytestmark = pytest.mark.case("P8")

ANN = "arn:aws:sts::123456789012:assumed-role/Audit/ann"
NOT = f"User: {ANN} is not authorized to perform:"
SCP = "arn:aws:organizations::999999999999:policy/o-abc/service_control_policy/p-12345678"


def translated(operation: str, code: str, message: str = "", status: int = 403, subject: str = "i-1") -> AwsError:
    answer = {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": status}}
    error = ClientError(answer, "Operation")  # type: ignore[arg-type] # only what translate looks at
    found = translate(error, operation=operation, url="https://x", subject=subject)
    assert isinstance(found, AwsError)
    return found


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (
            f"{NOT} ssm:DescribeSessions because no identity-based policy allows the ssm:DescribeSessions action",
            Denial("ssm:DescribeSessions", "identity-based policy"),
        ),
        (
            f"You are not authorized to perform this operation. {NOT} "
            "ec2:StopInstances on resource: arn:aws:ec2:eu-west-1:123456789012:instance/i-1 with an explicit deny in a "
            "service control policy. Encoded authorization failure message: aBcD_1-2",
            Denial("ec2:StopInstances", "service control policy", True),
        ),
        (
            f"{NOT} ssm-guiconnect:GetConnectionRecordingPreferences with an explicit "
            f"deny in a service control policy: {SCP}",
            Denial("ssm-guiconnect:GetConnectionRecordingPreferences", "service control policy", True, SCP),
        ),
        (
            f'{NOT} s3:ListBucket on resource: "arn:aws:s3:::films" because no '
            "session policy allows the s3:ListBucket action",
            Denial("s3:ListBucket", "session policy"),
        ),
        (
            f"{NOT} kms:Decrypt on this resource because no permissions boundary allows the kms:Decrypt action",
            Denial("kms:Decrypt", "permissions boundary"),
        ),
        (
            f'{NOT} s3:GetObject on resource: "arn:aws:s3:::films/a.mp4" with an '
            "explicit deny in a resource-based policy",
            Denial("s3:GetObject", "resource-based policy", True),
        ),
        (
            f"{NOT} ssm:StartSession with an explicit deny in a VPC endpoint policy "
            "transitively through a service control policy",
            Denial("ssm:StartSession", "vpc endpoint policy transitively through a service control policy", True),
        ),
        (
            f"{NOT} ssm:StartSession with an explicit deny in a VPC endpoint policy",
            Denial("ssm:StartSession", "vpc endpoint policy", True),
        ),
        ("Access Denied", Denial()),
        ("", Denial()),
    ],
)
def test_that_a_sentence_of_aws_is_understood(message: str, found: Denial) -> None:
    assert parse_denial(message) == found


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("s3:ListObjectsV2", "s3:ListBucket"),
        ("s3:HeadBucket", "s3:ListBucket"),
        ("s3:HeadObject", "s3:GetObject"),
        ("s3:GetBucketEncryption", "s3:GetEncryptionConfiguration"),
        ("ec2:DescribeInstances", "ec2:DescribeInstances"),
    ],
)
def test_that_a_denial_names_the_action_of_iam_and_not_the_operation(operation: str, action: str) -> None:
    found = translated(operation, "403")
    assert isinstance(found, AccessDenied)
    assert action_of(operation) == action
    assert found.text().startswith(f"{action} was denied (403).") and f"permission {action}" in found.text()


def test_that_the_word_of_aws_beats_the_table_and_its_sentence_is_kept_whole() -> None:
    long = f"{NOT} kms:GenerateDataKey on resource: {'x' * 250} with an explicit deny"
    found = translated("s3:ListObjectsV2", "AccessDenied", f"{long} in a service control policy")
    assert found.text().startswith("kms:GenerateDataKey was denied")
    assert "with an explicit deny in a service control policy" in found.text()
    assert "of the organization" in found.remedy


def test_that_nobody_is_sent_to_the_network_for_what_the_organization_forbids() -> None:
    through = "with an explicit deny in a VPC endpoint policy transitively through a service control policy"
    found = translated("ssm:StartSession", "AccessDenied", f"{NOT} ssm:StartSession {through}")
    assert "of the organization" in found.remedy


def test_that_the_encoded_part_is_not_shown() -> None:
    text = translated(
        "ec2:StopInstances", "UnauthorizedOperation", "No. Encoded authorization failure message: aBc"
    ).text()
    assert "aBc" not in text


@pytest.mark.parametrize(
    ("operation", "code", "told"),
    [
        ("ec2:StartInstances", "InsufficientInstanceCapacity", "EC2 has no room for i-1"),
        ("ssm-guiconnect:UpdateConnectionRecordingPreferences", "ServiceQuotaExceededException", "A quota"),
        ("ssm:StartAccessRequest", "ServiceQuotaExceededException", "Just-in-time access to i-1"),
        ("ssm:StartAccessRequest", "ResourceNotFoundException", "Just-in-time access to i-1"),
        ("ec2:DescribeInstances", "OptInRequired", "This account does not use the service of ec2"),
    ],
)
def test_that_what_no_permission_helps_has_a_sentence_of_its_own(operation: str, code: str, told: str) -> None:
    found = translated(operation, code, "because", 402)
    assert type(found) is Refused
    assert found.text().startswith(told)
    assert "state of the target" not in found.remedy
