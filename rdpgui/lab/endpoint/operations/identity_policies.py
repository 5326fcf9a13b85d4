"""The identity policies of a user, group or role in moto, and what they say about one action.

Only what can be judged from the documents is judged: actions, resources, effects and the condition operators that
``lab.world.policy`` knows. A condition that cannot be judged allows nothing and denies what it stands for; the same
goes for policy variables. Resource policies, boundaries, session and organisation policies are not part of it.

Source: IAM User Guide, policy evaluation logic; IAM API, SimulatePrincipalPolicy.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote

from rdpgui.lab.model import LabError
from rdpgui.lab.moto.seam import MotoSeam
from rdpgui.lab.world.policy import Effect, Request, decide

_KINDS: Final = ("user", "group", "role")


@dataclass(frozen=True, slots=True)
class Policy:
    """One policy document.

    Attributes:
        name: name of the policy.
        kind: where it stands: ``user``, ``group``, ``role``, ``user-managed``, ``aws-managed`` or ``none``.
        text: the JSON text, statements as :func:`prepared` leaves them.
        keys: the condition keys that it asks for.
    """

    name: str
    kind: str
    text: str
    keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entity:
    """A user, group or role.

    Attributes:
        kind: ``user``, ``group`` or ``role``.
        name: its name, without the path.
    """

    kind: str
    name: str

    @classmethod
    def of(cls, arn: str) -> Entity:
        """Return the entity that an ARN names. Raises LabError InvalidInput."""
        parts = arn.split(":", 5)
        kind, _, path = (parts[5] if len(parts) == 6 else "").partition("/")
        name = path.rpartition("/")[2]
        if parts[:3] != ["arn", "aws", "iam"] or kind not in _KINDS or not name:
            text = f"Invalid Entity Arn: {arn} does not clearly define entity type and name."
            raise LabError("InvalidInput", text, 400)
        return cls(kind, name)


def policies_of(seam: MotoSeam, entity: Entity) -> list[Policy]:
    """Return the inline and attached policies, those of a user's groups included.

    Raises:
        LabError: NoSuchEntity.
    """
    word = entity.kind.capitalize()
    seam.call("iam", f"Get{word}", **{f"{word}Name": entity.name})
    found = list(_own(seam, entity))
    if entity.kind == "user":
        for group in seam.call("iam", "ListGroupsForUser", UserName=entity.name)["Groups"]:
            found += _own(seam, Entity("group", str(group["GroupName"])))
    return found


def _own(seam: MotoSeam, entity: Entity) -> Iterator[Policy]:
    word = entity.kind.capitalize()
    who = {f"{word}Name": entity.name}
    for name in seam.call("iam", f"List{word}Policies", **who)["PolicyNames"]:
        document = seam.call("iam", f"Get{word}Policy", PolicyName=name, **who)["PolicyDocument"]
        yield prepared(str(name), entity.kind, _plain(document))
    for item in seam.call("iam", f"ListAttached{word}Policies", **who)["AttachedPolicies"]:
        arn = str(item["PolicyArn"])
        version = seam.call("iam", "GetPolicy", PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = seam.call("iam", "GetPolicyVersion", PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        kind = "aws-managed" if ":aws:policy/" in arn else "user-managed"
        yield prepared(str(item["PolicyName"]), kind, _plain(document))


def _plain(document: object) -> object:
    # IAM gives documents percent-encoded, which boto3 undoes for its users.
    return document if not isinstance(document, str) or document.lstrip()[:1] == "{" else unquote(document)


def prepared(name: str, kind: str, document: object) -> Policy:
    """Return a policy whose statements concern the entity itself; what holds variables denies more, never less.

    Raises:
        LabError: InvalidInput: it is not a policy.
    """
    try:
        data = json.loads(document) if isinstance(document, str) else document
    except ValueError as error:
        raise LabError("InvalidInput", f"The policy {name} is not JSON.", 400) from error
    if not isinstance(data, Mapping) or "Statement" not in data:
        raise LabError("InvalidInput", f"The policy {name} has no Statement.", 400)
    given = data["Statement"]
    statements = [item for item in (given if isinstance(given, list) else [given]) if isinstance(item, Mapping)]
    return Policy(name, kind, json.dumps({"Statement": [_prepared(s) for s in statements]}), _keys(statements))


def _prepared(statement: Mapping[str, Any]) -> dict[str, Any]:
    own = {**statement, "Principal": "*"}
    if own.get("Effect") == "Deny" and "${" in json.dumps(own):
        own = {name: value for name, value in own.items() if name not in ("Condition", "NotResource")}
        own["Resource"] = "*"
    return own


def _keys(statements: list[Mapping[str, Any]]) -> frozenset[str]:
    blocks = [block for s in statements for block in (s.get("Condition") or {}).values() if isinstance(block, Mapping)]
    return frozenset(str(key) for block in blocks for key in block)


def judge(policies: list[Policy], request: Request) -> tuple[Effect, Policy | None]:
    """Return the effect of all policies together: an explicit deny before an allow before nothing.

    Args:
        policies: identity policies.
        request: the call.

    Returns:
        The effect, and the policy behind it.
    """
    decisions = [(policy, decide(policy.text, request)) for policy in policies]
    for effect in (Effect.EXPLICIT_DENY, Effect.ALLOWED):
        for policy, decision in decisions:
            if decision.effect is effect:
                return effect, policy
    return Effect.IMPLICIT_DENY, None
