"""Frame of the preflight checks: a finding, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rdpgui.core.errors import RdpguiError
from rdpgui.core.preflight import PreflightCheck, Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found; see ``PreflightCheck``."""

    held: bool | None
    text: str
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One check: its name, its weight, and how to find out.

    Attributes:
        ask: called with nothing; may raise errors of ``core``.
        missing: error classes that are a "no" rather than "could not be checked".
        absent: text for such a "no".
    """

    check_id: str
    severity: Severity
    source: str
    remedy: str
    ask: Callable[[], Awaitable[Finding]]
    missing: tuple[type[RdpguiError], ...] = ()
    absent: str = ""


def held(condition: bool, text: str, **fields: object) -> Finding:
    """Return a finding with its fields as text."""
    return Finding(condition, text, _texts(fields))


def unknown(text: str, **fields: object) -> Finding:
    """Return a finding that says why there is neither yes nor no."""
    return Finding(None, text, _texts(fields))


def unread(error: RdpguiError) -> Finding:
    """Return a finding that says why it could not be checked."""
    return unknown("Not checked: {reason}", reason=error.template.format(**error.fields))


async def answer(question: Question) -> PreflightCheck:
    """Ask; an error becomes a "no" or a "could not be checked", and never gets out."""
    try:
        found = await question.ask()
    except RdpguiError as error:
        found = Finding(False, question.absent) if isinstance(error, question.missing) else unread(error)
    return PreflightCheck(
        check_id=question.check_id,
        severity=question.severity,
        held=found.held,
        text=found.text,
        fields=found.fields,
        remedy=question.remedy if found.held is not True else "",
        source=question.source,
    )


def _texts(fields: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(value)) for name, value in fields.items())
