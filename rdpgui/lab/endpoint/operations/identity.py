"""STS and IAM operations that moto answers otherwise than AWS."""

from __future__ import annotations

from typing import Any, Final

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.endpoint.operations.identity_policies import Entity, Policy, judge, policies_of, prepared
from rdpgui.lab.faults import FaultKind
from rdpgui.lab.model import LabError
from rdpgui.lab.world.policy import Effect, Request

Members = dict[str, Any]


def get_caller_identity(context: Context, params: Members) -> Members:
    """Say who signed the call. Source: STS GetCallerIdentity."""
    principal = context.call.credential.key.principal
    return {"UserId": principal.user_id, "Account": context.seam.account_id, "Arn": principal.arn}


def simulate_principal_policy(context: Context, params: Members) -> Members:
    """Say which actions the identity policies in moto allow; a ``denied`` fault takes them away again.

    The lab itself enforces no identity policies. Source: IAM SimulatePrincipalPolicy.

    Raises:
        LabError: InvalidInput, NoSuchEntity.
    """
    for name in ("ResourcePolicy", "PermissionsBoundaryPolicyInputList"):
        if params.get(name):
            raise LabError("InvalidInput", f"The lab does not evaluate {name}.", 400)
    policies = policies_of(context.seam, Entity.of(params["PolicySourceArn"]))
    texts = params.get("PolicyInputList", [])
    policies += [prepared(f"PolicyInputList.{number}", "none", text) for number, text in enumerate(texts, 1)]
    given = {
        str(entry["ContextKeyName"]).lower(): tuple(str(value) for value in entry.get("ContextKeyValues", []))
        for entry in params.get("ContextEntries", [])
    }
    results = [
        _evaluation(context, policies, Request("AWS", params["PolicySourceArn"], action, resource, context=given))
        for action in dict.fromkeys(params["ActionNames"])
        for resource in params.get("ResourceArns") or ["*"]
    ]
    return {"EvaluationResults": results, "IsTruncated": False}


def _evaluation(context: Context, policies: list[Policy], request: Request) -> Members:
    service, _, operation = request.action.partition(":")
    if not service or not operation or set(request.action) & set("*?"):
        raise LabError("InvalidInput", f"Invalid Action Name: {request.action}", 400)
    effect, policy = judge(policies, request)
    if effect is Effect.ALLOWED and context.faults.would(FaultKind.DENIED, service, operation):
        effect, policy = Effect.IMPLICIT_DENY, None
    wanted = {key for item in policies for key in item.keys}
    return {
        "EvalActionName": request.action,
        "EvalResourceName": request.resource,
        "EvalDecision": effect.value,
        "MatchedStatements": [{"SourcePolicyId": policy.name, "SourcePolicyType": policy.kind}] if policy else [],
        "MissingContextValues": sorted(key for key in wanted if key.lower() not in request.context),
    }


STS: Final = {"GetCallerIdentity": get_caller_identity}
IAM: Final = {"SimulatePrincipalPolicy": simulate_principal_policy}
