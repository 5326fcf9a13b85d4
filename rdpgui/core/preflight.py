"""Preflight: what must be true before a connection is worth recording.

Each check is a statement with its severity, whether it held, and the remedy.
Texts are English message ids with ``{name}`` fields, as in ``errors.py``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.repair import Repair
from rdpgui.core.session import AccessType
from rdpgui.core.texts import N_

_POLICY = N_("The policy to attach, with BUCKET, KEY_ID, ACCOUNT_ID and REGION to replace: {file}")
_TEMPLATE = N_("The template that sets all of it up: {file}")


class Severity(StrEnum):
    """What it means when a check does not hold."""

    BLOCK = "B"
    WARN = "W"
    INFO = "i"


@dataclass(frozen=True, slots=True)
class PreflightCheck:
    """One check and what was found.

    Attributes:
        check_id: a stable word, for example ``bucket-policy``.
        held: True it holds, False it does not, None it could not be checked.
        text: what was found.
        fields: values for the fields of ``text`` and ``remedy``.
        remedy: what to do when it does not hold.
        source: the API operation it was read with, for example ``s3:GetBucketPolicy``.
        refuses: the disruptions that it forbids, also where it could not be checked.
        policy: the statement that has to be there, JSON to copy; empty where no statement helps.
        cli: lines for a shell: what repairs it where it does not hold, else what reads it.
        file: of the resources, which gives what it lacks: a policy to attach or the template; empty for none. Where
            the program's resources are is put before it by who shows it.
        repair: the change that mends it and can be taken back; None where that is a person's own business.
    """

    check_id: str
    severity: Severity
    held: bool | None
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    remedy: str = ""
    source: str = ""
    refuses: tuple[DisruptionId, ...] = ()
    policy: str = ""
    cli: str = ""
    repair: Repair | None = None
    file: str = ""

    @property
    def blocks(self) -> bool:
        """Whether it is known to stand in the way."""
        return self.severity is Severity.BLOCK and self.held is False

    @property
    def helps(self) -> str:
        """Return what the file is for, an English message id with the field ``file``; empty without one."""
        if not self.file:
            return ""
        return _POLICY if f"/{self.file}".rpartition("/")[0].endswith("/iam") else _TEMPLATE

    def shown(self) -> str:
        """Return the English text with its fields filled, for logs and the journal."""
        return self.text.format(**dict(self.fields))


class PreflightPort(Protocol):
    """Runs the checks. They never raise: a check that could not be made says so."""

    async def preflight(self, instance_id: InstanceId, access_type: AccessType) -> tuple[PreflightCheck, ...]:
        """Return all checks for connecting to this instance, in a fixed order."""
