"""Rows of the profile table: what a profile is, whose account it leads to, and whether a person has to do something."""

from __future__ import annotations

from datetime import UTC, datetime

from rdpgui.core.access import CredentialKind, ProfileLine
from rdpgui.i18n import N_, _
from rdpgui.ui import formats, labels
from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.tokens import Tone


def _key(line: ProfileLine) -> str:
    return line.name


def _kind(line: ProfileLine) -> str:
    word = labels.word(line.kind)
    return f"{word} + MFA" if line.mfa else word


def _account(line: ProfileLine) -> str:
    return line.account or _("not seen yet")


def _standing(line: ProfileLine) -> str:
    if line.kind is CredentialKind.NOTHING:
        return formats.ABSENT
    if line.sso and line.held_until is None:
        return _("sign-in needed")
    if line.mfa:
        return _("asks for a code")
    if line.sso and line.renewed:
        return _("renewed by itself")
    if line.sso and line.held_until is not None:
        left_s = (line.held_until - datetime.now(UTC)).total_seconds()
        return _("{time} left").format(time=formats.span(left_s))
    return formats.ABSENT


def _tone(line: ProfileLine) -> Tone | None:
    if line.sso:
        return Tone.WARN if line.held_until is None else Tone.OK
    return None


def _used(line: ProfileLine) -> str:
    return formats.ABSENT if line.used_at is None else formats.day_clock(line.used_at)[:16]


def _used_key(line: ProfileLine) -> str:
    return "" if line.used_at is None else line.used_at.isoformat()


def _tooltip(line: ProfileLine) -> str:
    return "\n".join((line.name, _kind(line), _account(line), line.region)).strip()


def _search_text(line: ProfileLine) -> str:
    return "\n".join((line.name, line.account, line.kind.value, line.region))


def profiles_model() -> KeyedTableModel[ProfileLine]:
    """Return the model of the profile table."""
    columns = (
        Column(N_("Profile"), _key, tooltip=_tooltip),
        Column(N_("Kind"), _kind, tooltip=_tooltip),
        Column(N_("Account"), _account, tooltip=_tooltip),
        Column(N_("Sign-in"), _standing, tone=_tone, tooltip=_tooltip),
        Column(N_("Last used"), _used, _used_key, tooltip=_tooltip),
    )
    return KeyedTableModel(columns, _key, _search_text)
