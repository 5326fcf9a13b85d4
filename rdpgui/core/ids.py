"""Identifiers as distinct types, so that one cannot be passed for another."""

from __future__ import annotations

from typing import NewType

AccountId = NewType("AccountId", str)
Region = NewType("Region", str)
InstanceId = NewType("InstanceId", str)
SessionId = NewType("SessionId", str)
RunId = NewType("RunId", str)
CommandId = NewType("CommandId", str)
AccessRequestId = NewType("AccessRequestId", str)
ConnectionId = NewType("ConnectionId", str)
