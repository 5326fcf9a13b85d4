"""Do the policies of bucket and key let GUI Connect put its recordings there?

A service principal cannot be simulated with IAM, so the policy is read here.
The answer has three values: conditions this file does not know are "unknown",
never "yes". Pure.

Source: AWS's sample policy for RDP recording (user guide, just-in-time node access, RDP recording).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
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
    call = _Call(account_id)
    allowed = _any(_holds(item, call) for item in statements if item.get("Effect") == "Allow" and _for_service(item))
    denies = tuple(
        str(item.get("Sid") or f"statement {number}")
        for number, item in enumerate(statements, 1)
        if item.get("Effect") == "Deny" and _for_service(item) and not _spares_service(item, call)
    )
    return PutDecision(allowed, denies)


def decide_data_key(text: str, account_id: str, via: str) -> bool | None:
    """Whether a key policy lets GUI Connect make data keys for a bucket with SSE-KMS; None: it hangs on the unknown.

    Args:
        text: the key policy, JSON.
        account_id: the account that starts the connections.
        via: the service it comes through, for example ``s3.eu-west-1.amazonaws.com``.

    Raises:
        MalformedAnswer: it is not a policy.
    """
    call, action = _Call(account_id, via), "kms:generatedatakey"
    own = [item for item in _statements(text) if _for_service(item) and _acts(item, action)]
    if any(item.get("Effect") == "Deny" and not _spares_service(item, call) for item in own):
        return False
    return _any(_holds(item, call) for item in own if item.get("Effect") == "Allow")


def key_policy_lets(text: str, principals: Iterable[str], action: str) -> bool | None:
    """Whether a key policy gives an action to one of these principals; None: by a statement with conditions.

    Given to the account's root it is left to IAM. Source: KMS developer guide, default key policy.

    Raises:
        MalformedAnswer: it is not a policy.
    """
    wanted, found = {"*", *principals}, list[bool | None]()
    for item in _statements(text):
        if item.get("Effect") != "Allow" or not _acts(item, action.lower()):
            continue
        principal = item.get("Principal")
        names = _many(principal.get("AWS")) if isinstance(principal, dict) else [principal]
        if wanted & set(map(str, names)):
            found.append(None if item.get("Condition") else True)
    return _any(found)


def bucket_statement(bucket: str, account_id: str, partition: str) -> dict[str, Any]:
    """Return the statement that a bucket needs. Source: user guide, RDP recording, sample bucket policy."""
    return {
        "Sid": "ConnectionRecording",
        "Effect": "Allow",
        "Principal": {"Service": [SERVICE]},
        "Action": "s3:PutObject",
        "Resource": [f"arn:{partition}:s3:::{bucket}", f"arn:{partition}:s3:::{bucket}/*"],
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }


def key_statement(account_id: str, via: str) -> dict[str, Any]:
    """Return the statement that the key of an encrypted bucket needs. Source: user guide, RDP recording."""
    return {
        "Sid": "ConnectionRecordingBucketKey",
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "kms:GenerateDataKey*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id, "kms:ViaService": via}},
    }


def with_statement(text: str | None, statement: Mapping[str, Any]) -> str:
    """Return a policy with one more statement; all that was there stays as it was.

    Raises:
        MalformedAnswer: what is there is not a policy.
    """
    policy = {"Version": "2012-10-17", "Statement": []} if text is None else _policy(text)
    return json.dumps({**policy, "Statement": [*_many(policy.get("Statement")), dict(statement)]})


def spared(text: str, bucket: str, account_id: str) -> tuple[dict[str, Any], ...]:
    """Return the Deny statements that stand in the way, each with an exception for AWS's own services.

    Raises:
        MalformedAnswer: it is not a policy.
    """
    call = _Call(account_id)
    return tuple(_excepting(item) for item in _statements(text) if _stands_in_the_way(item, bucket, call))


def all_spared(text: str, bucket: str, account_id: str) -> dict[str, Any]:
    """Return the whole policy with these exceptions.

    Raises:
        MalformedAnswer: it is not a policy.
    """
    call = _Call(account_id)
    statements = [_excepting(item) if _stands_in_the_way(item, bucket, call) else item for item in _statements(text)]
    return {**_policy(text), "Statement": statements}


def _stands_in_the_way(item: Mapping[str, Any], bucket: str, call: _Call) -> bool:
    denies = _about_put(item, bucket) and item.get("Effect") == "Deny" and _for_service(item)
    return denies and not _spares_service(item, call)


def _excepting(item: Mapping[str, Any]) -> dict[str, Any]:
    conditions = dict(item.get("Condition") or {})
    conditions["Bool"] = {**(conditions.get("Bool") or {}), "aws:PrincipalIsAWSService": "false"}
    return {**item, "Condition": conditions}


@dataclass(frozen=True, slots=True)
class _Call:
    """What is known of a call of GUI Connect. ``via``: the service it comes through; empty where it comes itself."""

    account_id: str
    via: str = ""


def _any(answers: Iterable[bool | None]) -> bool | None:
    known = list(answers)
    return True if True in known else None if None in known else False


def _policy(text: str) -> dict[str, Any]:
    try:
        policy = json.loads(text)
    except ValueError as error:
        raise malformed("GetPolicy", "the policy is not JSON") from error
    if not isinstance(policy, dict):
        raise malformed("GetPolicy", "the policy is not a JSON object")
    return policy


def _statements(text: str) -> list[dict[str, Any]]:
    return [item for item in _many(_policy(text).get("Statement")) if isinstance(item, dict)]


def _acts(item: Mapping[str, Any], action: str) -> bool:
    """Whether a statement is about an action, written in lower case."""
    actions = [str(name).lower() for name in _many(item.get("Action"))]
    others = [str(name).lower() for name in _many(item.get("NotAction"))]
    return any(_fits(action, name) for name in actions) or (
        bool(others) and not any(_fits(action, name) for name in others)
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
    path = f"{bucket}/{ANY_KEY}"
    resources, others = (
        [str(resource).split(":::", 1)[-1] for resource in _many(item.get(member))]
        for member in ("Resource", "NotResource")
    )
    there = any(_fits(path, name) for name in resources) or (
        bool(others) and not any(_fits(path, name) for name in others)
    )
    return there and _acts(item, "s3:putobject")


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


def _holds(item: Mapping[str, Any], call: _Call) -> bool | None:
    """Whether an Allow applies: all known conditions hold; None when one is unknown and none fails."""
    known: list[bool | None] = [_one_holds(operator, key, values, call) for operator, key, values in _conditions(item)]
    if False in known:
        return False
    return None if None in known else True


def _one_holds(operator: str, key: str, values: list[str], call: _Call) -> bool | None:
    positive = operator.removesuffix("ifexists") in _SAYS_IS
    if key == "aws:sourceaccount" and positive:
        return any(_fits(call.account_id, value) for value in values)
    if key == "aws:sourcearn" and positive:
        return any(f":{call.account_id}:" in value or value == "*" for value in values)
    if key == "kms:viaservice" and positive:
        return any(_fits(call.via, value) for value in values)
    if key in _ALWAYS_TRUE and operator.startswith("bool"):
        return "true" in values
    return None


_SAYS_IS = frozenset({"stringequals", "stringequalsignorecase", "stringlike", "arnlike", "arnequals"})
_ALWAYS_TRUE = frozenset({"aws:securetransport", "aws:principalisawsservice"})
_OF_PEOPLE = frozenset(
    {
        *("aws:principalarn", "aws:principalaccount", "aws:principalorgid", "aws:userid", "aws:username"),
        *("aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip"),
    }
)
"""Keys that a call of a service principal does not carry: what asks for one of them is not met by it."""


def _spares_service(item: Mapping[str, Any], call: _Call) -> bool:
    """Whether a Deny certainly does not reach GUI Connect: one of its conditions (they are all needed) cannot hold."""
    return any(_cannot_hold(operator, key, values, call) for operator, key, values in _conditions(item))


def _cannot_hold(operator: str, key: str, values: list[str], call: _Call) -> bool:
    says_is_not = operator.startswith(("stringnotequals", "stringnotlike"))
    if operator.startswith("bool") and key in _ALWAYS_TRUE:
        return values == ["false"]
    if operator.startswith("numericlessthan") and key == "s3:tlsversion":
        return True  # AWS's own services speak TLS 1.2 at least
    if key == "aws:sourceaccount" and says_is_not:
        return any(_fits(call.account_id, value) for value in values)
    if key == "aws:principalservicename" and says_is_not:
        return any(_fits(SERVICE, value) for value in values)
    return key in _OF_PEOPLE and operator in _SAYS_IS
