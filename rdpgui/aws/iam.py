"""What IAM's simulator says about the caller, and what KMS says about a key."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.core.cli import ApiCall

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


async def simulate(caller: AwsCaller, asked: Simulation) -> tuple[parse.Evaluation, ...]:
    """Return what the simulator says of each action on each resource.

    Service control policies are told apart where it tells them; session policies and the policies of resources are
    not part of it, so "allowed" is a strong hint, no more.

    Raises:
        AwsError: not allowed to simulate, or not offered.
    """
    return parse.evaluations(await caller.call("iam", "SimulatePrincipalPolicy", **asked.members()))


@dataclass(frozen=True, slots=True)
class Simulation:
    """One question to the simulator.

    Attributes:
        source: ARN of a user, group or role.
        actions: for example ``kms:CreateGrant``.
        resources: ARNs, or ``*``.
        context: condition key to its value; a list is one of several values.
    """

    source: str
    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)
    context: Mapping[str, str | list[str]] = field(default_factory=dict)

    def members(self) -> dict[str, object]:
        """Return the request. Source: IAM SimulatePrincipalPolicy."""
        entries = [
            {
                "ContextKeyName": name,
                "ContextKeyValues": value if isinstance(value, list) else [value],
                "ContextKeyType": _kind(value),
            }
            for name, value in self.context.items()
        ]
        return {
            "PolicySourceArn": self.source,
            "ActionNames": list(self.actions),
            "ResourceArns": list(self.resources),
            "ContextEntries": entries,
        }

    def call(self) -> ApiCall:
        """Return the call that asks it."""
        return ApiCall("iam", "SimulatePrincipalPolicy", self.members())


def _kind(value: str | list[str]) -> str:
    if isinstance(value, list):
        return "stringList"
    return "boolean" if value in {"true", "false"} else "string"
