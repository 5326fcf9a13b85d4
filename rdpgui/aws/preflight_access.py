"""Preflight of the caller: may this identity connect, be recorded, and look at the recording afterwards?

IAM's simulator answers. It does not see session policies, nor the policies of resources; the key's own policy is read
beside it. Source of the rules: AWS user guide, Remote Desktop connections; RDP recording; just-in-time node access.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import partial

from rdpgui.aws import iam, kms, parse, parse_s3
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checking import Finding, Mend, Question, held, statement, unknown
from rdpgui.aws.once import Once
from rdpgui.aws.policy import SERVICE, key_policy_lets
from rdpgui.core.cli import ApiCall, compact
from rdpgui.core.errors import AccessDenied, AwsError, NotFound, RdpguiError
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Identity
from rdpgui.core.preflight import Severity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.session import AccessType

CONNECT = tuple(
    f"ssm-guiconnect:{name}" for name in ("StartConnection", "GetConnection", "CancelConnection", "ListConnections")
)
REQUEST = ("ssm:StartAccessRequest", "ssm:GetAccessToken")
DOCUMENT = "document/AWS-StartPortForwardingSession"
_ROLE = re.compile(r"arn:[^:]+:iam::\d+:role/(?:.+/)?([^/]+)")
_USER = re.compile(r"arn:[^:]+:iam::\d+:user/(?:.+/)?([^/]+)")
_SIMULATED = "iam:SimulatePrincipalPolicy"


@dataclass(frozen=True, slots=True)
class Caller:
    """What the checks of the caller need."""

    aws: AwsCaller
    identity: Once[Identity]
    preferences: Once[RecordingPreferences | None]
    instance_id: InstanceId
    access_type: AccessType
    source: Once[str]
    connecting: Once[tuple[parse.Evaluation, ...]]


def caller_of(
    aws: AwsCaller,
    identity: Once[Identity],
    preferences: Once[RecordingPreferences | None],
    instance_id: InstanceId,
    access_type: AccessType,
) -> Caller:
    """Return what the checks share: who is simulated, and what the simulator says of connecting."""

    async def source() -> str:
        return await iam.policy_source(aws, (await identity.get()).arn)

    async def connecting() -> tuple[parse.Evaluation, ...]:
        return await iam.simulate(aws, iam.Simulation(await shared.get(), CONNECT))

    shared = Once(source)
    return Caller(aws, identity, preferences, instance_id, access_type, shared, Once(connecting))


async def questions(who: Caller) -> list[Question]:
    """Return the checks in their order."""
    try:
        source = await who.source.get()
    except RdpguiError:
        source = "ROLE_OR_USER_ARN"
    look, grant, play, begin = (
        ApiCall("iam", "SimulatePrincipalPolicy", {"PolicySourceArn": source, "ActionNames": list(actions)})
        for actions in (CONNECT, ("kms:CreateGrant",), ("s3:GetObject", "kms:Decrypt"), ("ssm:StartSession", *REQUEST))
    )
    connect = "Give this identity the actions of the AWS sample policy for Remote Desktop."
    return [
        Question("may-connect", Severity.WARN, _SIMULATED, connect, partial(_may_connect, who), look=look),
        Question(
            "access-type",
            Severity.WARN,
            _SIMULATED,
            "The console opens a Standard session for who may start sessions, a just-in-time one for who may only ask.",
            partial(_access_type, who),
            look=begin,
        ),
        Question(
            "may-grant",
            Severity.BLOCK,
            _SIMULATED,
            "Allow kms:CreateGrant on the recording key through ssm-guiconnect.",
            partial(_may_grant, who),
            look=grant,
        ),
        Question(
            "may-play",
            Severity.WARN,
            _SIMULATED,
            "Allow this identity to read the recordings, and to decrypt with the key of the bucket.",
            partial(_may_play, who),
            look=play,
        ),
        _organization(who),
    ]


def _organization(who: Caller) -> Question:
    return Question(
        "organization",
        Severity.WARN,
        _SIMULATED,
        "Ask who administers the organization to allow these actions: no permission in this account helps.",
        partial(_organization_allows, who),
        look=ApiCall("organizations", "DescribeOrganization"),
    )


def allow_by(source: str, actions: tuple[str, ...], resource: str) -> Mend:
    """Return the statement that allows actions, and the line that gives it to this role or user."""
    wanted = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    document = {"Version": "2012-10-17", "Statement": [wanted]}
    for pattern, operation, member in ((_ROLE, "PutRolePolicy", "RoleName"), (_USER, "PutUserPolicy", "UserName")):
        named = pattern.fullmatch(source)
        if named is not None and not named[1].startswith("AWSReservedSSO_"):
            members = {member: named[1], "PolicyName": "rdpgui", "PolicyDocument": compact(document)}
            return Mend((ApiCall("iam", operation, members),), statement(wanted))
    return Mend((), statement(wanted))  # a permission set of the Identity Center is changed there


def _said(found: tuple[parse.Evaluation, ...], source: str, resource: str = "*") -> Finding:
    """Return what the simulator says of actions, all of which are needed."""
    denied = tuple(dict.fromkeys(item.action for item in found if not item.allowed))
    names = ", ".join(sorted(dict.fromkeys(item.action for item in found)))
    if not denied:
        return held(True, "IAM's simulator allows {actions}.", actions=names)
    mend = allow_by(source, denied, resource)
    finding = held(False, "IAM's simulator denies {actions}.", actions=", ".join(sorted(denied)))
    return finding.mended_by(*mend.calls, policy=mend.policy).lacking(*denied)


async def _may_connect(who: Caller) -> Finding:
    source = await who.source.get()
    if who.access_type is AccessType.JUST_IN_TIME:
        return _said(await iam.simulate(who.aws, iam.Simulation(source, REQUEST)), source)
    asked = await _session_question(who, source)
    return _said((*await who.connecting.get(), *await iam.simulate(who.aws, asked)), source)


async def _session_question(who: Caller, source: str) -> iam.Simulation:
    """Ask for StartSession as GUI Connect makes it: on the node, and with the document.

    An account id in the ARN of a document of AWS's would deny it. Source: user guide, Remote Desktop connections.
    """
    known = await who.identity.get()
    partition = known.arn.split(":")[1]
    node = f"arn:{partition}:ec2:{known.region}:{known.account_id}:instance/{who.instance_id}"
    resources = (node, f"arn:{partition}:ssm:{known.region}::{DOCUMENT}")
    return iam.Simulation(source, ("ssm:StartSession",), resources, {"aws:CalledVia": [SERVICE]})


async def _access_type(who: Caller) -> Finding:
    source, known = await who.source.get(), await who.identity.get()
    allowed = all(item.allowed for item in await iam.simulate(who.aws, await _session_question(who, source)))
    may_ask = all(item.allowed for item in await iam.simulate(who.aws, iam.Simulation(source, REQUEST)))
    if known.lab:
        return held(True, "The lab opens what is asked for: {type}.", type=who.access_type.value)
    if allowed:
        suits = who.access_type is AccessType.STANDARD
        return held(suits, "This identity may start sessions itself: the console will open a Standard session.")
    if may_ask:
        suits = who.access_type is AccessType.JUST_IN_TIME
        return held(suits, "This identity may only ask for access: the console will open a just-in-time session.")
    return held(False, "This identity may neither start sessions nor ask for access.").lacking(*REQUEST)


async def _may_grant(who: Caller) -> Finding:
    known, found = await who.identity.get(), await who.preferences.get()
    if found is None:
        return unknown("There is no recording key.")
    source, key = await who.source.get(), found.kms_key_arn
    via = SERVICE.replace("ssm-guiconnect", f"ssm-guiconnect.{known.region}")
    context: dict[str, str | list[str]] = {"kms:ViaService": via, "aws:ViaAWSService": "true"}
    said = _said(
        await iam.simulate(who.aws, iam.Simulation(source, ("kms:CreateGrant",), (key,), context)), source, key
    )
    try:
        text = await kms.key_policy(who.aws, key)
    except (AccessDenied, NotFound):
        return said  # the key's policy may not be seen: what IAM says is all there is
    root = f"arn:{known.arn.split(':')[1]}:iam::{known.account_id}:root"
    left_to_iam = key_policy_lets(text, (root, known.account_id), "kms:CreateGrant")
    named = key_policy_lets(text, (source,), "kms:CreateGrant")
    if named:
        return held(True, "The key's policy gives kms:CreateGrant to this identity.")
    if said.held and left_to_iam is False and named is False:
        missing = held(False, "The key's policy leaves kms:CreateGrant neither to IAM nor to this identity.")
        return missing.mended_by(policy=_key_root(root))
    if not said.held and named is None:
        return unknown("IAM's simulator denies kms:CreateGrant; the key's policy allows it under conditions.")
    return said


def _key_root(root: str) -> str:
    principal = {"AWS": root}
    return statement({"Sid": "Root", "Effect": "Allow", "Principal": principal, "Action": "kms:*", "Resource": "*"})


async def _may_play(who: Caller) -> Finding:
    known, found = await who.identity.get(), await who.preferences.get()
    if found is None:
        return unknown("There is no recording destination.")
    source, partition = await who.source.get(), known.arn.split(":")[1]
    bucket = f"arn:{partition}:s3:::{found.bucket}/*"
    said = await iam.simulate(who.aws, iam.Simulation(source, ("s3:GetObject",), (bucket,)))
    key_id = await _bucket_key(who, found.bucket)
    if not key_id:
        return _said(said, source, bucket)
    arn, _state = await kms.key_arn_and_state(who.aws, key_id)
    return _said((*said, *await iam.simulate(who.aws, iam.Simulation(source, ("kms:Decrypt",), (arn,)))), source)


async def _bucket_key(who: Caller, bucket: str) -> str:
    try:
        answer = await who.aws.call("s3", "GetBucketEncryption", Bucket=bucket)
    except NotFound:
        return ""
    return parse_s3.default_encryption(answer)[1]


async def _organization_allows(who: Caller) -> Finding:
    """Whether a policy of the organization forbids GUI Connect; where the simulator is silent, whether there is one."""
    found = await who.connecting.get()
    denied = sorted({item.action for item in found if item.organization is False})
    if denied:
        return held(False, "A policy of the organization (SCP) denies {actions}.", actions=", ".join(denied))
    if found and all(item.organization for item in found):
        return held(True, "The policies of the organization (SCP) allow {actions}.", actions=", ".join(CONNECT))
    known = await who.identity.get()
    if known.lab:
        return held(True, "The lab's account belongs to no organization.")
    try:
        answer = await who.aws.call("organizations", "DescribeOrganization")
    except NotFound:
        return held(True, "The account belongs to no organization.")
    except AwsError:
        return unknown("A policy of the organization (SCP) may deny ssm-guiconnect: IAM's simulator does not say.")
    if str((answer.get("Organization") or {}).get("MasterAccountId") or "") == known.account_id:
        return held(True, "No policy of the organization (SCP) concerns its management account.")
    return unknown("A policy of the organization (SCP) may deny ssm-guiconnect: IAM's simulator does not say.")
