"""Preflight: all checks that can be made with the ports, in parallel.

A check never raises: what could not be read is shown as "not checked". Each comes with what would mend it: the
statement and the lines to copy, and the change itself where it can be made from here and taken back.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from rdpgui.aws import (
    preflight_access,
    preflight_bucket,
    preflight_destination,
    preflight_guards,
    preflight_shells,
    preflight_target,
    preflight_windows,
)
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checking import Checked, Finding, Question, answer, held
from rdpgui.aws.guiconnect import GuiConnectPreferences
from rdpgui.aws.once import Once
from rdpgui.aws.preflight_target import Asked, TargetPorts
from rdpgui.aws.shell_logs import ShellLogs
from rdpgui.aws.sts import StsIdentity
from rdpgui.core.cli import ApiCall, CliPlace, as_cli
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Identity
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.session import AccessType
from rdpgui.core.set_up import helping_file

CLOCK_LIMIT_S = 5.0
_ASKING = ApiCall("sts", "GetCallerIdentity")


@dataclass(frozen=True, slots=True)
class AwsPreflight:
    """Implements ``PreflightPort``."""

    caller: AwsCaller
    identity: StsIdentity
    preferences: GuiConnectPreferences
    target: TargetPorts

    async def preflight(
        self,
        instance_id: InstanceId,
        access_type: AccessType,
        permitted: Mapping[str, bool | None] | None = None,
        *,
        allow_tag: str = "",
    ) -> tuple[PreflightCheck, ...]:
        """Return all checks, in a fixed order. Reads only: looking at an instance has no side effects.

        ``permitted``: what a rehearsal said, action by action; a rehearsal is an order and is made elsewhere.
        ``allow_tag``: what an instance must carry, as ``TargetFacts`` says.
        """
        identity: Once[Identity] = Once(self.identity.identity)
        preferences: Once[RecordingPreferences | None] = Once(self.preferences.preferences)
        asked = Asked(instance_id, allow_tag, identity, preferences)
        node = preflight_target.node_of(self.target, instance_id)
        guest = preflight_windows.guest_of(self.caller, instance_id, node, identity)
        groups = await asyncio.gather(
            _all(self._account(identity, access_type)),
            self._access(identity, preferences, instance_id, access_type),
            self._destination(identity, preferences, access_type),
            self._guards(asked),
            _all(preflight_target.questions(self.target, instance_id, node, permitted or {})),
            _all(preflight_windows.questions(guest)),
            _all(preflight_shells.questions(ShellLogs(self.caller))),
        )
        place = await _place(identity)
        return tuple(_worded(checked, place) for group in groups for checked in group)

    def _account(self, identity: Once[Identity], access_type: AccessType) -> list[Question]:
        return [
            Question(
                "identity",
                Severity.BLOCK,
                "sts:GetCallerIdentity",
                "Sign in; just-in-time access needs an assumed role.",
                partial(_identity_is_known, identity, access_type),
                look=_ASKING,
            ),
            Question(
                "clock",
                Severity.WARN,
                "sts:GetCallerIdentity",
                "Set the clock of this computer.",
                partial(_clocks_agree, self.identity),
                look=_ASKING,
            ),
        ]

    async def _access(
        self,
        identity: Once[Identity],
        preferences: Once[RecordingPreferences | None],
        instance_id: InstanceId,
        access_type: AccessType,
    ) -> list[Checked]:
        who = preflight_access.caller_of(self.caller, identity, preferences, instance_id, access_type)
        return await _all(await preflight_access.questions(who))

    async def _destination(
        self, identity: Once[Identity], preferences: Once[RecordingPreferences | None], access_type: AccessType
    ) -> list[Checked]:
        try:
            who, found = await identity.get(), await preferences.get()
        except RdpguiError:
            return []  # the checks "identity" and "recording" say why
        if found is None:
            return []
        place = preflight_destination.Destination(self.caller, found, who.account_id, who.region, access_type)
        return await _all([*preflight_destination.questions(place), *preflight_bucket.questions(place)])

    async def _guards(self, asked: Asked) -> list[Checked]:
        checks = await preflight_target.guard_checks(self.target, asked)
        return [preflight_guards.with_mend(check, asked.instance_id, asked.allow_tag) for check in checks]


async def _place(identity: Once[Identity]) -> CliPlace:
    """Return where the lines have to work; what is not known is left to the shell."""
    try:
        who = await identity.get()
    except RdpguiError:
        return CliPlace()
    return CliPlace(who.region, who.profile, who.endpoint_url)


def _worded(checked: Checked, place: CliPlace) -> PreflightCheck:
    """Return a check with what to copy: what mends it where it does not hold, else what reads it."""
    check, mend = checked.check, checked.mend
    calls = mend.all_calls if check.held is not True and mend.all_calls else ()
    if not calls and checked.look is not None:
        calls = (checked.look,)
    cli = "\n".join(as_cli(call, place) for call in calls)
    file = helping_file(check.check_id, check.held, checked.denied)
    repair = mend.repair if check.held is False else None
    return replace(check, cli=cli, policy=mend.policy, repair=repair, file=file.value if file is not None else "")


async def _all(questions: list[Question]) -> list[Checked]:
    return list(await asyncio.gather(*map(answer, questions)))


async def _identity_is_known(identity: Once[Identity], access_type: AccessType) -> Finding:
    who = await identity.get()
    suits = access_type is AccessType.STANDARD or ":assumed-role/" in who.arn
    return held(suits or who.lab, "Calls are made as {arn}.", arn=who.arn)


async def _clocks_agree(identity: StsIdentity) -> Finding:
    low_s, high_s = await identity.clock_offset_s()
    text = "This computer's clock is between {low} s and {high} s ahead of AWS."
    return held(low_s < CLOCK_LIMIT_S and high_s > -CLOCK_LIMIT_S, text, low=f"{low_s:.2f}", high=f"{high_s:.2f}")
