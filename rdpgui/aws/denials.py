"""Denials in the words of IAM: which action, by which kind of policy, and what helps. AWS's own sentence is kept.

Source: IAM User Guide, "Troubleshoot access denied error messages"; Service Authorization Reference for the actions.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from rdpgui.core.errors import AccessDenied
from rdpgui.core.texts import N_

_ACTIONS = {
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjects": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
    "s3:HeadObject": "s3:GetObject",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:DeleteBucketOwnershipControls": "s3:PutBucketOwnershipControls",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:GetBucketNotificationConfiguration": "s3:GetBucketNotification",
    "s3:PutBucketNotificationConfiguration": "s3:PutBucketNotification",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:ListMultipartUploads": "s3:ListBucketMultipartUploads",
    "s3:ListParts": "s3:ListMultipartUploadParts",
    "s3:DeleteObjects": "s3:DeleteObject",
}
"""Operation -> IAM action, where they differ. Of what this program calls only S3's do."""

_TYPE = (
    r"identity-based policy|resource-based policy|role trust policy|permissions boundary|sessions? policy"
    r"|service control policy|resource control policy"
    r"|VPC endpoint policy transitively through a service control policy|VPC endpoint policy"
)
_WHO = re.compile(
    r"User:?\s+(\S+) is not authorized to perform:?\s+([A-Za-z0-9-]+:[A-Za-z*]+)",
    re.IGNORECASE,
)
_EXPLICIT = re.compile(
    rf"with an explicit deny in (?:an?|the) ({_TYPE})(?:[^:.]*?)(?::\s*(arn:[^\s,;]+?))?(?=[\s.;,)]|$)", re.IGNORECASE
)
_IMPLICIT = re.compile(rf"because (?:no|the) ({_TYPE}) allows? the ([A-Za-z0-9-]+:[A-Za-z*]+)", re.IGNORECASE)
_ENCODED = re.compile(r"\s*Encoded authorization failure message:\s*[A-Za-z0-9_-]+")
_SHOWN = 1000
"""Characters of AWS's sentence that are shown: the reason stands at its end, behind two ARNs."""

ALLOW = N_("Give this identity the permission {action}, or use another profile.")
_ORGANIZATION = N_(
    "A policy of the organization stands in the way of {action}: no permission in this account helps. "
    "Ask who administers the organization."
)
_SESSION = N_("The policy of this session leaves {action} out: sign in without it, or with a wider one.")
_BOUNDARY = N_("The permissions boundary of this identity leaves {action} out: who set it has to change it.")
_TRUST = N_("The role's trust policy does not let this identity in: its owner has to change it.")
_ENDPOINT = N_("The policy of the VPC endpoint stands in the way of {action}: use another network, or have it changed.")
_FORBIDS = N_("A policy of this identity forbids {action}: remove that statement, or use another profile.")
_RESOURCE_FORBIDS = N_("The policy of the resource itself forbids {action}: its owner has to change it.")
_RESOURCE_SILENT = N_("The policy of the resource itself has to allow {action}, too: its owner can change it.")

_REMEDIES = {
    ("identity-based policy", True): _FORBIDS,
    ("identity-based policy", False): ALLOW,
    ("resource-based policy", True): _RESOURCE_FORBIDS,
    ("resource-based policy", False): _RESOURCE_SILENT,
    ("role trust policy", True): _TRUST,
    ("permissions boundary", True): _BOUNDARY,
    ("session policy", True): _SESSION,
    ("service control policy", True): _ORGANIZATION,
    ("resource control policy", True): _ORGANIZATION,
    ("vpc endpoint policy", True): _ENDPOINT,
    ("vpc endpoint policy transitively through a service control policy", True): _ORGANIZATION,
}
"""By the kind of policy, and whether it is a Deny; where that makes no difference to what helps, under True alone."""


@dataclass(frozen=True, slots=True)
class Denial:
    """What a sentence of AWS says.

    Attributes:
        action: the IAM action, empty when the sentence names none.
        policy_type: the kind of policy that decided, lower case; empty when it is not named. Only one is ever named.
        explicit: it is a Deny. AWS words an implicit denial by an SCP as an explicit one, too.
        policy_arn: of that policy, empty when it is not named.
    """

    action: str = ""
    policy_type: str = ""
    explicit: bool = False
    policy_arn: str = ""


def parse_denial(message: str) -> Denial:
    """Read a denial. What a sentence does not say stays empty."""
    who, explicit, implicit = _WHO.search(message), _EXPLICIT.search(message), _IMPLICIT.search(message)
    action = who[2] if who else implicit[2] if implicit else ""
    if explicit is not None:
        return Denial(action, _type(explicit[1]), True, explicit[2] or "")
    return Denial(action, _type(implicit[1]) if implicit else "")


def _type(found: str) -> str:
    return found.lower().replace("sessions policy", "session policy")


def action_of(operation: str) -> str:
    """Return the IAM action of an operation, ``service:Operation``."""
    return _ACTIONS.get(operation, operation)


def denied(operation: str, code: str, message: str) -> AccessDenied:
    """Return the error for a denied call: AWS's own word for the action beats our table."""
    found = parse_denial(message)
    remedy = _REMEDIES.get((found.policy_type, found.explicit)) or _REMEDIES.get((found.policy_type, True)) or ALLOW
    said = " ".join(_ENCODED.sub("", message).split())
    said = said if len(said) <= _SHOWN else f"{said[:_SHOWN]}…"
    template = "{action} was denied ({code}): {message}" if said else "{action} was denied ({code})."
    return AccessDenied(
        template,
        remedy,
        operation=operation,
        code=code,
        action=found.action or action_of(operation),
        message=said if not said or said[-1] in ".!?…" else f"{said}.",
        policy=found.policy_arn,
    )
