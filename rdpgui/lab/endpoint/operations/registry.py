"""All own operations by service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rdpgui.lab.endpoint.operations import (
    cloudtrail,
    ec2,
    ec2_console,
    guiconnect,
    identity,
    kms_sign,
    ssm_access,
    ssm_documents,
    ssm_nodes,
    ssm_sessions,
    sts,
)
from rdpgui.lab.endpoint.operations.context import Context

Operation = Callable[[Context, dict[str, Any]], dict[str, Any]]

OWN: Final[Mapping[str, Mapping[str, Operation]]] = {
    "cloudtrail": cloudtrail.OPERATIONS,
    "ec2": {**ec2.OPERATIONS, **ec2_console.OPERATIONS},
    "iam": identity.IAM,
    "kms": kms_sign.OPERATIONS,
    "ssm": {**ssm_documents.OPERATIONS, **ssm_sessions.OPERATIONS, **ssm_nodes.OPERATIONS, **ssm_access.OPERATIONS},
    "ssm-guiconnect": guiconnect.OPERATIONS,
    "sts": {**identity.STS, **sts.OPERATIONS},
}
"""Signing name, then operation name."""
