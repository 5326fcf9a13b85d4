"""Frame of the preflight checks: a finding, or the reason why there is none."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rdpgui.aws.denials import ALLOW
from rdpgui.core.cli import ApiCall
from rdpgui.core.errors import AccessDenied, AwsError, RdpguiError
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.repair import Repair


@dataclass(frozen=True, slots=True)
class Mend:
    """What makes a check hold.

    Attributes:
        calls: to be made by hand, in this order.
        policy: the statement that has to be there.
        repair: the change, where it can be made from here and taken back.
    """

    calls: tuple[ApiCall, ...] = ()
    policy: str = ""
    repair: Repair | None = None

    @property
    def all_calls(self) -> tuple[ApiCall, ...]:
        """Return every call by which it is mended."""
        return (*((self.repair.call(),) if self.repair is not None else ()), *self.calls)


NOTHING = Mend()


def statement(value: Mapping[str, Any]) -> str:
    """Return a policy statement as it is copied."""
    return json.dumps(value, indent=2)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; see ``PreflightCheck``.

    ``denied``: actions that this identity lacks and that a policy of its own would allow.
    """

    held: bool | None
    text: str
    fields: tuple[tuple[str, str], ...] = ()
    mend: Mend = NOTHING
    denied: tuple[str, ...] = ()

    def lacking(self, *actions: str) -> Finding:
        """Return the finding with the actions that are missing; where it holds, none is."""
        return self if self.held is True else replace(self, denied=actions)

    def mended_by(self, *calls: ApiCall, policy: str = "", repair: Repair | None = None) -> Finding:
        """Return the finding with what would help; where it holds, nothing has to."""
        return self if self.held is True else replace(self, mend=Mend(calls, policy, repair))


@dataclass(frozen=True, slots=True)
class Checked:
    """A check with what would mend it, before both are put into the words of a place."""

    check: PreflightCheck
    mend: Mend = NOTHING
    look: ApiCall | None = None
    denied: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One check: its name, its weight, and how to find out.

    Attributes:
        ask: called with nothing; may raise errors of ``core``.
        missing: error classes that are a "no" rather than "could not be checked".
        absent: text for such a "no".
        mend: what helps where it is missing.
        look: the call it is read with.
    """

    check_id: str
    severity: Severity
    source: str
    remedy: str
    ask: Callable[[], Awaitable[Finding]]
    missing: tuple[type[RdpguiError], ...] = ()
    absent: str = ""
    mend: Mend = field(default=NOTHING)
    look: ApiCall | None = None


def held(condition: bool, text: str, **fields: object) -> Finding:
    """Return a finding with its fields as text."""
    return Finding(condition, text, _texts(fields))


def unknown(text: str, **fields: object) -> Finding:
    """Return a finding that says why there is neither yes nor no."""
    return Finding(None, text, _texts(fields))


def unread(error: RdpguiError) -> Finding:
    """Return a finding that says why it could not be checked."""
    found = unknown("Not checked: {reason}", reason=error.template.format(**error.fields))
    if not isinstance(error, AccessDenied) or error.remedy != ALLOW:
        return found  # a policy of this identity would not help, whatever it allows
    action = str(error.fields.get("action", ""))
    wanted = statement({"Effect": "Allow", "Action": [action], "Resource": "*"})
    return found.mended_by(policy=wanted).lacking(action) if action else found


async def answer(question: Question) -> Checked:
    """Ask; an error becomes a "no" or a "could not be checked", and never gets out."""
    try:
        found = await question.ask()
    except RdpguiError as error:
        missing = isinstance(error, question.missing) and (question.check_id == "bucket" or not bucket_gone(error))
        found = Finding(False, question.absent, mend=question.mend) if missing else unread(error)
    check = PreflightCheck(
        check_id=question.check_id,
        severity=question.severity,
        held=found.held,
        text=found.text,
        fields=found.fields,
        remedy=question.remedy if found.held is not True else "",
        source=question.source,
    )
    return Checked(check, found.mend, question.look, found.denied)


def bucket_gone(error: RdpguiError) -> bool:
    """Whether the bucket itself is missing: then nothing is said of its settings; the check ``bucket`` says it."""
    return isinstance(error, AwsError) and error.code == "NoSuchBucket"


def _texts(fields: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in fields.items())
