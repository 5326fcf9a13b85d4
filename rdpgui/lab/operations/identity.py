"""STS and IAM operations that moto answers otherwise than AWS."""

from __future__ import annotations

from typing import Any, Final

from rdpgui.lab.call import Context
from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import LabError

Members = dict[str, Any]


def get_caller_identity(context: Context, params: Members) -> Members:
    """Say who signed the call. Source: STS GetCallerIdentity."""
    principal = context.call.credential.key.principal
    return {"UserId": principal.user_id, "Account": context.seam.account_id, "Arn": principal.arn}


def simulate_principal_policy(context: Context, params: Members) -> Members:
    """Say which actions are allowed: all of them, except where a ``denied`` fault stands.

    The lab enforces no identity policies, so this answers what calls would really do.
    Source: IAM SimulatePrincipalPolicy.
    """
    _require_principal(context, params["PolicySourceArn"])
    resources = params.get("ResourceArns") or ["*"]
    results = [
        _evaluation(context, action, resource)
        for action in dict.fromkeys(params["ActionNames"])
        for resource in resources
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


def _evaluation(context: Context, action: str, resource: str) -> Members:
    service, _, operation = action.partition(":")
    if not service or not operation:
        raise LabError("InvalidInput", f"Invalid Action Name: {action}", 400)
    denied = context.faults.would(FaultKind.DENIED, service, operation)
    return {
        "EvalActionName": action,
        "EvalResourceName": resource,
        "EvalDecision": "implicitDeny" if denied else "allowed",
        "MatchedStatements": [],
        "MissingContextValues": [],
    }


def _require_principal(context: Context, arn: str) -> None:
    parts = arn.split(":", 5)
    kind, _, path = (parts[5] if len(parts) == 6 else "").partition("/")
    name = path.rpartition("/")[2]
    if parts[:3] != ["arn", "aws", "iam"] or kind not in ("user", "role", "group") or not name:
        raise LabError("InvalidInput", f"Invalid Entity Arn: {arn} does not clearly define entity type and name.", 400)
    if arn == context.call.credential.key.principal.arn:
        return
    operation = {"user": "GetUser", "role": "GetRole", "group": "GetGroup"}[kind]
    context.seam.call("iam", operation, **{f"{kind.capitalize()}Name": name})


STS: Final = {"GetCallerIdentity": get_caller_identity}
IAM: Final = {"SimulatePrincipalPolicy": simulate_principal_policy}
