"""Which file that comes with the program gives what a check lacks: a policy to attach, or the template of all of it.

The lists are those of the files; a test keeps them equal.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class SetUpFile(StrEnum):
    """A file among the resources, by its path there."""

    OBSERVE = "iam/observe.json"
    DISRUPT = "iam/disrupt.json"
    CONFIGURE = "iam/configure.json"
    JUST_IN_TIME = "iam/just-in-time.json"
    APPROVE = "iam/approve.json"
    TEMPLATE = "cloudformation/experiment.json"

    @property
    def is_policy(self) -> bool:
        """Whether it is attached to an identity."""
        return self is not SetUpFile.TEMPLATE


ACTIONS: dict[SetUpFile, frozenset[str]] = {
    SetUpFile.OBSERVE: frozenset(
        {
            *("sts:GetCallerIdentity", "iam:ListAccountAliases", "cloudtrail:LookupEvents"),
            *("ec2:DescribeInstances", "ec2:DescribeInstanceAttribute", "ec2:DescribeRegions"),
            "ec2:GetConsoleScreenshot",
            *("ssm:DescribeInstanceInformation", "ssm:DescribeSessions", "ssm:GetConnectionStatus"),
            *("ssm:DescribeOpsItems", "ssm:GetOpsItem"),
            *("ssm:GetDocument", "logs:DescribeLogStreams", "logs:GetLogEvents"),
            *("ssm:GetServiceSetting", "ssm-guiconnect:GetConnectionRecordingPreferences"),
            *("iam:SimulatePrincipalPolicy", "iam:GetRole", "iam:GetInstanceProfile", "iam:ListAttachedRolePolicies"),
            *("s3:ListBucket", "s3:GetObject", "s3:GetObjectVersion", "s3:GetBucketPolicy", "s3:GetBucketVersioning"),
            *("s3:GetObjectAttributes", "s3:GetObjectVersionAttributes", "s3:GetBucketOwnershipControls"),
            *("s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration"),
            *("s3:GetBucketObjectLockConfiguration", "organizations:DescribeOrganization"),
            *("kms:DescribeKey", "kms:ListResourceTags", "kms:GetKeyPolicy", "kms:Decrypt"),
        }
    ),
    SetUpFile.DISRUPT: frozenset(
        {
            *("ec2:RebootInstances", "ec2:StopInstances", "ec2:StartInstances", "ec2:SendDiagnosticInterrupt"),
            *("ssm:SendCommand", "ssm:GetCommandInvocation", "ssm:TerminateSession"),
        }
    ),
    SetUpFile.CONFIGURE: frozenset(
        {
            *("kms:TagResource", "kms:UntagResource", "kms:PutKeyPolicy", "ec2:ModifyInstanceAttribute"),
            *("s3:PutBucketPolicy", "s3:DeleteBucketPolicy", "s3:PutBucketOwnershipControls"),
            "s3:PutEncryptionConfiguration",
        }
    ),
    SetUpFile.JUST_IN_TIME: frozenset({"ssm:StartAccessRequest", "ssm:GetAccessToken", "ssm:StopAutomationExecution"}),
    SetUpFile.APPROVE: frozenset({"ssm:SendAutomationSignal"}),
}
"""Which policy allows what. What a person does in the console is in none of them."""

_OF_TEMPLATE = frozenset(
    {
        *("recording", "key-region", "key-usable", "key-tag", "bucket", "bucket-policy", "bucket-ownership"),
        *("bucket-encryption", "bucket-key", "bucket-key-tag", "instance-role", "shutdown-behaviour", "allow-tag"),
    }
)
"""Checks that hold in an account that the template has set up."""


def policy_with(actions: Iterable[str]) -> SetUpFile | None:
    """Return the policy that allows all of these, None where no single one does."""
    wanted = frozenset(actions)
    return next((file for file, allowed in ACTIONS.items() if wanted and wanted <= allowed), None)


def helping_file(check_id: str, held: bool | None, denied: Iterable[str]) -> SetUpFile | None:
    """Return the file that gives what a check lacks.

    Args:
        check_id: of the check.
        held: what was found.
        denied: actions that a policy of this identity would allow; empty where none would help.
    """
    if held is True:
        return None
    policy = policy_with(denied)
    if policy is not None or held is None:
        return policy
    return SetUpFile.TEMPLATE if check_id in _OF_TEMPLATE else None
