"""All own operations by service."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from rdpgui.lab.endpoint.operations import cloudtrail, ec2, guiconnect, identity, ssm_access, ssm_nodes, ssm_sessions
from rdpgui.lab.endpoint.operations.context import Context

Operation = Callable[[Context, dict[str, Any]], dict[str, Any]]

OWN: Final[Mapping[str, Mapping[str, Operation]]] = {
    "cloudtrail": cloudtrail.OPERATIONS,
    "ec2": ec2.OPERATIONS,
    "iam": identity.IAM,
    "ssm": {**ssm_sessions.OPERATIONS, **ssm_nodes.OPERATIONS, **ssm_access.OPERATIONS},
    "ssm-guiconnect": guiconnect.OPERATIONS,
    "sts": identity.STS,
}
"""Signing name, then operation name."""
