"""Identifiers as distinct types, so that one cannot be passed for another."""

from __future__ import annotations

import re
from typing import NewType

AccountId = NewType("AccountId", str)
Region = NewType("Region", str)
InstanceId = NewType("InstanceId", str)
SessionId = NewType("SessionId", str)
RunId = NewType("RunId", str)
CommandId = NewType("CommandId", str)
AccessRequestId = NewType("AccessRequestId", str)
ConnectionId = NewType("ConnectionId", str)

_RUN_ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_-])?")


def is_run_id(text: str) -> bool:
    """Whether a text from outside may be a run's id: a plain name that is one folder everywhere, never a way out."""
    return _RUN_ID.fullmatch(text) is not None
