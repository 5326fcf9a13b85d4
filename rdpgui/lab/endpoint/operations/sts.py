"""STS: temporary credentials that the lab's gate lets in. moto's own would open nothing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from rdpgui.lab.endpoint.operations.context import Context
from rdpgui.lab.model import LabError
from rdpgui.lab.world.policy import Effect, Request, decide

if TYPE_CHECKING:
    from rdpgui.lab.endpoint.gate import IssuedKey, Principal

Members = dict[str, Any]
_ROLE: Final = re.compile(r"arn:aws:iam::(\d{12}):role/(?:.+/)?([\w+=,.@-]+)")
_CHAINED_S: Final = 3600
_SESSION_S: Final = (900, 129_600, 43_200)


def assume_role(context: Context, params: Members) -> Members:
    """Issue credentials of a role that trusts the caller; the lab has no MFA device. Source: STS AssumeRole.

    Raises:
        LabError: AccessDenied, ValidationError.
    """
    who, wanted = context.call.credential.key.principal, str(params["RoleArn"])
    if params.get("SerialNumber") or params.get("TokenCode"):
        text = "MultiFactorAuthentication failed, unable to validate MFA code.  The lab has no MFA device."
        raise LabError("AccessDenied", text, 403)
    named = _ROLE.fullmatch(wanted)
    role = _role(context, named[2]) if named is not None and named[1] == context.seam.account_id else None
    if role is None or not _trusts(role, who, context.seam.account_id, params):
        text = f"User: {who.arn} is not authorized to perform: sts:AssumeRole on resource: {wanted}"
        raise LabError("AccessDenied", text, 403)
    most_s = _CHAINED_S if who.kind == "AssumedRole" else int(role.get("MaxSessionDuration") or _CHAINED_S)
    lasts_s = _lasts(params, 900, 43_200, min(3600, most_s))
    if lasts_s > most_s:
        text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
        raise LabError("ValidationError", text, 400)
    key = context.keys.issue_role(str(role["RoleName"]), params["RoleSessionName"], timedelta(seconds=lasts_s))
    assumed = {"AssumedRoleId": key.principal.user_id, "Arn": key.principal.arn}
    return {"Credentials": _credentials(key), "AssumedRoleUser": assumed, "PackedPolicySize": 0}


def get_session_token(context: Context, params: Members) -> Members:
    """Issue temporary credentials of the same user. Source: STS GetSessionToken. Raises LabError AccessDenied."""
    who = _user(context, "GetSessionToken")
    lasts = timedelta(seconds=_lasts(params, *_SESSION_S))
    return {"Credentials": _credentials(context.keys.issue_session(who, lasts))}


def get_federation_token(context: Context, params: Members) -> Members:
    """Issue credentials of a federated user. Source: STS GetFederationToken. Raises LabError AccessDenied."""
    who, account, name = _user(context, "GetFederationToken"), context.seam.account_id, str(params["Name"])
    arn = f"arn:aws:sts::{account}:federated-user/{name}"
    federated = replace(who, arn=arn, user_id=f"{account}:{name}", name=name, kind="FederatedUser")
    key = context.keys.issue_session(federated, timedelta(seconds=_lasts(params, *_SESSION_S)))
    user = {"FederatedUserId": federated.user_id, "Arn": arn}
    return {"Credentials": _credentials(key), "FederatedUser": user, "PackedPolicySize": 0}


def no_provider(context: Context, params: Members) -> Members:
    """Refuse: the lab trusts no identity provider. Source: STS AssumeRoleWithSAML, AssumeRoleWithWebIdentity."""
    raise LabError("AccessDenied", f"Not authorized to perform sts:{context.call.operation}", 403)


def _user(context: Context, operation: str) -> Principal:
    """Return the caller; a session is refused as AWS refuses it."""
    key = context.call.credential.key
    if key.session_token:
        raise LabError("AccessDenied", f"Cannot call {operation} with session credentials", 403)
    return key.principal


def _role(context: Context, name: str) -> Members | None:
    try:
        found: Members = context.seam.call("iam", "GetRole", RoleName=name)["Role"]
    except LabError:
        return None
    return found


def _trusts(role: Members, who: Principal, account: str, params: Members) -> bool:
    """Whether the trust policy lets the caller in; a session stands for its role."""
    document = role["AssumeRolePolicyDocument"]
    text = json.dumps(document) if isinstance(document, dict) else unquote(str(document))
    arn = who.arn
    if who.kind == "AssumedRole":
        arn = f"arn:aws:iam::{account}:role/{arn.split('/')[1]}"
    given = {"aws:principalarn": (arn,), "sts:rolesessionname": (str(params["RoleSessionName"]),)}
    if params.get("ExternalId"):
        given["sts:externalid"] = (str(params["ExternalId"]),)
    request = Request("AWS", arn, "sts:AssumeRole", str(role["Arn"]), account_id=account, context=given)
    return decide(text, request).effect is Effect.ALLOWED


def _lasts(params: Members, least: int, most: int, default: int) -> int:
    value = int(params.get("DurationSeconds") or default)
    if not least <= value <= most:
        bound = f"greater than or equal to {least}" if value < least else f"less than or equal to {most}"
        text = (
            f"1 validation error detected: Value '{value}' at 'durationSeconds' failed to satisfy constraint: "
            f"Member must have value {bound}"
        )
        raise LabError("ValidationError", text, 400)
    return value


def _credentials(key: IssuedKey) -> Members:
    return {
        "AccessKeyId": key.access_key_id,
        "SecretAccessKey": key.secret_access_key,
        "SessionToken": key.session_token,
        "Expiration": key.expires_at,
    }


OPERATIONS: Final = {
    "AssumeRole": assume_role,
    "AssumeRoleWithSAML": no_provider,
    "AssumeRoleWithWebIdentity": no_provider,
    "GetFederationToken": get_federation_token,
    "GetSessionToken": get_session_token,
}
