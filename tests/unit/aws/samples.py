"""Values that several tests share."""

from __future__ import annotations

from datetime import UTC, datetime

from rdpgui.aws.clients import LabKeys, Pace
from rdpgui.core.ids import InstanceId
from tests.helpers.limits import limit_s

AT = datetime(2026, 11, 23, 6, 55, tzinfo=UTC)
INSTANCE = InstanceId("i-0123456789abcdef0")
KEYS = LabKeys("LABKEY", "lab-secret")
QUICK = Pace(attempts=2, connect_timeout_s=limit_s(1), read_timeout_s=limit_s(1))
