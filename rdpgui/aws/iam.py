"""What IAM's simulator says about the caller, and what KMS says about a key."""

from __future__ import annotations

import re

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller

_ASSUMED = re.compile(r"arn:([^:]+):sts::(\d+):assumed-role/([^/]+)/.+")


async def policy_source(caller: AwsCaller, arn: str) -> str:
    """Return the ARN that the simulator takes: a role instead of a session of it.

    Roles of the Identity Center have a path that the session's ARN does not show; IAM is asked for it.

    Raises:
        AwsError: the role cannot be read.
    """
    found = _ASSUMED.fullmatch(arn)
    if found is None:
        return arn
    if not found[3].startswith("AWSReservedSSO_"):
        return f"arn:{found[1]}:iam::{found[2]}:role/{found[3]}"
    return parse.role_arn(await caller.call("iam", "GetRole", RoleName=found[3]))


async def simulate(
    caller: AwsCaller, source: str, actions: list[str], resource: str, **context: str
) -> dict[str, bool]:
    """Return for each action whether the simulator allows it.

    Service control policies and session policies are not fully evaluated, so "allowed" is a strong hint, no more.

    Args:
        caller: the door to AWS.
        source: ARN of a user, group or role.
        actions: for example ``kms:CreateGrant``.
        resource: one ARN or ``*``.
        context: condition keys with ``__`` for ``:``, for example ``kms__ViaService="…"``.

    Raises:
        AwsError: not allowed to simulate, or not offered.
    """
    entries = [
        {"ContextKeyName": name.replace("__", ":"), "ContextKeyValues": [value], "ContextKeyType": _kind(value)}
        for name, value in context.items()
    ]
    answer = await caller.call(
        "iam",
        "SimulatePrincipalPolicy",
        PolicySourceArn=source,
        ActionNames=actions,
        ResourceArns=[resource],
        ContextEntries=entries,
    )
    return parse.decisions(answer)


def _kind(value: str) -> str:
    return "boolean" if value in {"true", "false"} else "string"
