"""May this principal do this? Resource policies decided as IAM does, for what the lab needs.

Explicit deny wins over allow; nothing said means no. Supported: Principal and
NotPrincipal, Action and NotAction, Resource and NotResource, and the condition
operators String*, Arn*, Bool, Null, Numeric* (with ``IfExists``). A
statement with anything else cannot be judged: an Allow is then taken as not
given, a Deny as given, so that the lab never grants what AWS might refuse.

Source: IAM User Guide, policy evaluation logic, condition operators.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache


class Effect(StrEnum):
    """Outcome of a policy. Source: IAM EvalDecision."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"


@dataclass(frozen=True, slots=True)
class Request:
    """One call to be judged.

    Attributes:
        principal_kind: ``Service`` or ``AWS``.
        principal: service principal, or ARN.
        account_id: account of an ``AWS`` principal, empty for a service.
        action: for example ``s3:PutObject``.
        resource: ARN.
        context: condition keys in lower case → values.
    """

    principal_kind: str
    principal: str
    action: str
    resource: str
    account_id: str = ""
    context: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Decision:
    """Outcome and the statement behind it (its Sid or number; empty when none matched)."""

    effect: Effect
    statement: str = ""


def decide(policy_text: str | None, request: Request) -> Decision:
    """Judge a request against one policy document.

    Args:
        policy_text: the JSON text; None or unreadable text allows nothing.
        request: the call.

    Returns:
        Explicit deny before allow before implicit deny.
    """
    allowed = Decision(Effect.IMPLICIT_DENY)
    for index, statement in enumerate(_statements(policy_text)):
        name = str(statement.get("Sid") or f"#{index + 1}")
        deny = statement.get("Effect") == "Deny"
        if not deny and statement.get("Effect") != "Allow":
            continue
        matches = _matches(statement, request)
        if deny and matches is not False:
            return Decision(Effect.EXPLICIT_DENY, name)
        if not deny and matches is True and allowed.effect is Effect.IMPLICIT_DENY:
            allowed = Decision(Effect.ALLOWED, name)
    return allowed


def _statements(policy_text: str | None) -> list[Mapping[str, object]]:
    if not policy_text:
        return []
    try:
        document = json.loads(policy_text)
    except ValueError:
        return []
    statements = document.get("Statement") if isinstance(document, dict) else None
    return [item for item in _listed(statements) if isinstance(item, Mapping)]


def _matches(statement: Mapping[str, object], request: Request) -> bool | None:
    """Return whether a statement concerns the request; None when it cannot be judged."""
    parts = (
        _principal(statement, request),
        _named(statement, "Action", request.action, ignore_case=True),
        _named(statement, "Resource", request.resource, ignore_case=False),
    )
    if False in parts:
        return False
    return _conditions(statement.get("Condition"), request.context)


def _principal(statement: Mapping[str, object], request: Request) -> bool:
    if "NotPrincipal" in statement:
        return not _names_principal(statement["NotPrincipal"], request)
    return _names_principal(statement.get("Principal"), request)


def _names_principal(value: object, request: Request) -> bool:
    """``*`` names everybody; ``{"AWS": "*"}`` too, as AWS has it for resource policies."""
    if value == "*":
        return True
    if not isinstance(value, Mapping):
        return False
    if "*" in _texts(value.get("AWS")):
        return True
    names = _texts(value.get(request.principal_kind))
    if request.principal_kind == "Service":
        return request.principal in names
    account = request.account_id
    return any(
        name in (request.principal, account) or re.fullmatch(rf"arn:[\w-]+:iam::{account}:root", name) for name in names
    )


def _named(statement: Mapping[str, object], member: str, value: str, *, ignore_case: bool) -> bool:
    """Compare an action or resource; a statement without the member concerns everything."""
    if f"Not{member}" in statement:
        return not _like_any(_texts(statement[f"Not{member}"]), value, ignore_case=ignore_case)
    if member not in statement:
        return member == "Resource"
    return _like_any(_texts(statement[member]), value, ignore_case=ignore_case)


def _conditions(block: object, context: Mapping[str, tuple[str, ...]]) -> bool | None:
    """All operators and all keys must hold; None when an operator is unknown."""
    if block is None:
        return True
    if not isinstance(block, Mapping) or not all(isinstance(keys, Mapping) for keys in block.values()):
        return None
    answers = [
        _condition(str(operator), str(key).lower(), _texts(wanted), context)
        for operator, keys in block.items()
        for key, wanted in keys.items()
    ]
    if False in answers:
        return False
    return None if None in answers else True


def _condition(operator: str, key: str, wanted: list[str], context: Mapping[str, tuple[str, ...]]) -> bool | None:
    name = operator.split(":", 1)[-1]
    for_all = operator.startswith("ForAllValues:")
    if_exists = name.endswith("IfExists")
    name = name.removesuffix("IfExists")
    present = context.get(key)
    if name == "Null":
        return (not present) == ("true" in [text.lower() for text in wanted])
    test = _OPERATORS.get(name)
    if test is None:
        return None
    negated = name in _NEGATED
    if not present:
        return if_exists or negated or for_all
    matched = [any(test(value, text) for text in wanted) for value in present]
    if negated:
        return not any(matched)
    return all(matched) if for_all else any(matched)


def _equal(value: str, text: str) -> bool:
    return value == text


def _equal_ignoring_case(value: str, text: str) -> bool:
    return value.lower() == text.lower()


def _like(value: str, text: str) -> bool:
    return bool(_pattern(text, ignore_case=False).fullmatch(value))


def _arn_like(value: str, text: str) -> bool:
    """Compare the six parts of an ARN one by one, so that a star does not cross a colon."""
    parts, wanted = value.split(":", 5), text.split(":", 5)
    return len(parts) == len(wanted) and all(_like(part, pattern) for part, pattern in zip(parts, wanted, strict=True))


def _number(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def test(value: str, text: str) -> bool:
        try:
            return compare(float(value), float(text))
        except ValueError:
            return False

    return test


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": _equal,
    "StringNotEquals": _equal,
    "StringEqualsIgnoreCase": _equal_ignoring_case,
    "StringNotEqualsIgnoreCase": _equal_ignoring_case,
    "StringLike": _like,
    "StringNotLike": _like,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "ArnNotEquals": _arn_like,
    "ArnNotLike": _arn_like,
    "Bool": _equal_ignoring_case,
    "NumericEquals": _number(lambda a, b: a == b),
    "NumericNotEquals": _number(lambda a, b: a == b),
    "NumericLessThan": _number(lambda a, b: a < b),
    "NumericLessThanEquals": _number(lambda a, b: a <= b),
    "NumericGreaterThan": _number(lambda a, b: a > b),
    "NumericGreaterThanEquals": _number(lambda a, b: a >= b),
}
_NEGATED = frozenset(name for name in _OPERATORS if "Not" in name)


def _listed(value: object) -> Iterable[object]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _texts(value: object) -> list[str]:
    return [str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(value)]


def _like_any(patterns: list[str], value: str, *, ignore_case: bool) -> bool:
    return any(_pattern(text, ignore_case=ignore_case).fullmatch(value) for text in patterns)


@lru_cache(maxsize=512)
def _pattern(text: str, *, ignore_case: bool) -> re.Pattern[str]:
    """Return the expression for IAM wildcards: star and question mark, nothing else."""
    body = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in text)
    return re.compile(body, re.DOTALL | (re.IGNORECASE if ignore_case else 0))
