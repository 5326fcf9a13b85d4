"""Does a bucket policy let GUI Connect put its recordings there?

A service principal cannot be simulated with IAM, so the policy is read here.
The answer has three values: conditions this file does not know are "unknown",
never "yes". Pure.

Source: AWS's sample policy for RDP recording (user guide, just-in-time node access, RDP recording).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from rdpgui.aws.errors import malformed

SERVICE = "ssm-guiconnect.amazonaws.com"
ANY_KEY = "any/key-of.mp4"
"""Stands for a key, whose layout is not documented: only a statement for the whole bucket matches it."""


@dataclass(frozen=True, slots=True)
class PutDecision:
    """What a bucket policy says about s3:PutObject by GUI Connect.

    Attributes:
        allowed: None when it hangs on a condition that is not known here.
        denies: names of Deny statements that may stand in the way.
    """

    allowed: bool | None
    denies: tuple[str, ...]


def decide_put(text: str, bucket: str, account_id: str) -> PutDecision:
    """Read a bucket policy.

    Args:
        text: the policy, JSON.
        bucket: name of the bucket.
        account_id: the account that starts the connections.

    Raises:
        MalformedAnswer: it is not a policy.
    """
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise malformed("s3:GetBucketPolicy", "the policy is not JSON") from error
    if not isinstance(policy, dict):
        raise malformed("s3:GetBucketPolicy", "the policy is not a JSON object")
    statements = [item for item in _many(policy.get("Statement")) if _about_put(item, bucket)]
    allows = [_holds(item, account_id) for item in statements if item.get("Effect") == "Allow" and _for_service(item)]
    denies = tuple(
        str(item.get("Sid") or f"statement {number}")
        for number, item in enumerate(statements, 1)
        if item.get("Effect") == "Deny" and _for_service(item) and not _spares_service(item, account_id)
    )
    allowed = True if True in allows else None if None in allows else False
    return PutDecision(allowed, denies)


def key_policy_names_service(text: str) -> bool:
    """Whether a key policy lets GUI Connect make data keys (for a bucket with SSE-KMS)."""
    try:
        statements = _many(json.loads(text).get("Statement"))
    except (ValueError, AttributeError) as error:
        raise malformed("kms:GetKeyPolicy", "the policy is not JSON") from error
    return any(
        item.get("Effect") == "Allow"
        and SERVICE in _services(item.get("Principal"))
        and any(_fits("kms:GenerateDataKey", str(action)) for action in _many(item.get("Action")))
        for item in statements
    )


def _fits(text: str, pattern: str) -> bool:
    """Match as policies do: only ``*`` and ``?`` are special."""
    return fnmatchcase(text, pattern.replace("[", "[[]"))


def _many(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _about_put(item: Any, bucket: str) -> bool:
    if not isinstance(item, dict):
        return False
    actions = [str(action).lower() for action in _many(item.get("Action"))]
    not_actions = [str(action).lower() for action in _many(item.get("NotAction"))]
    put = "s3:putobject"
    action_fits = any(_fits(put, action) for action in actions) or (
        bool(not_actions) and not any(_fits(put, action) for action in not_actions)
    )
    path = f"{bucket}/{ANY_KEY}"
    resources = [str(resource).split(":::", 1)[-1] for resource in _many(item.get("Resource"))]
    return action_fits and any(_fits(path, resource) for resource in resources)


def _services(principal: Any) -> list[str]:
    return [str(name) for name in _many(principal.get("Service"))] if isinstance(principal, dict) else []


def _for_service(item: Mapping[str, Any]) -> bool:
    if "NotPrincipal" in item:
        return SERVICE not in _services(item["NotPrincipal"])
    principal = item.get("Principal")
    # {"AWS": "*"} means every account's principals; a Deny for it reaches services too.
    everyone = principal == "*" or (isinstance(principal, dict) and "*" in _many(principal.get("AWS")))
    return everyone or SERVICE in _services(principal)


def _conditions(item: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for operator, pairs in (item.get("Condition") or {}).items():
        for key, values in pairs.items():
            yield str(operator).lower(), str(key).lower(), [str(value).lower() for value in _many(values)]


def _holds(item: Mapping[str, Any], account_id: str) -> bool | None:
    """Whether an Allow applies: all known conditions hold; None when one is unknown and none fails."""
    known: list[bool | None] = [
        _one_holds(operator, key, values, account_id) for operator, key, values in _conditions(item)
    ]
    if False in known:
        return False
    return None if None in known else True


def _one_holds(operator: str, key: str, values: list[str], account_id: str) -> bool | None:
    positive = operator.removesuffix("ifexists") in {"stringequals", "stringlike", "arnlike", "arnequals"}
    if key == "aws:sourceaccount" and positive:
        return any(_fits(account_id, value) for value in values)
    if key == "aws:sourcearn" and positive:
        return any(f":{account_id}:" in value or value == "*" for value in values)
    if key in {"aws:securetransport", "aws:principalisawsservice"} and operator.startswith("bool"):
        return "true" in values
    return None


def _spares_service(item: Mapping[str, Any], account_id: str) -> bool:
    """Whether a Deny certainly does not reach GUI Connect: one of its conditions (they are all needed) cannot hold."""
    for operator, key, values in _conditions(item):
        if operator.startswith("bool") and key in {"aws:securetransport", "aws:principalisawsservice"}:
            if values == ["false"]:
                return True
        elif (
            key == "aws:sourceaccount"
            and operator.startswith(("stringnotequals", "stringnotlike"))
            and account_id in values
        ):
            return True
    return False
