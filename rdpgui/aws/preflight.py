"""Preflight: all checks that can be made with the ports, in parallel.

A check never raises: what could not be read is shown as "not checked".
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from rdpgui.aws import iam, preflight_destination, preflight_target
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.checking import Finding, Question, answer, held, unknown
from rdpgui.aws.guiconnect import GuiConnectPreferences
from rdpgui.aws.preflight_target import Asked, Once, TargetPorts
from rdpgui.aws.sts import StsIdentity
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import InstanceId
from rdpgui.core.ports import Identity
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.session import AccessType

CLOCK_LIMIT_S = 5.0
SERVICE_PRINCIPAL = "ssm-guiconnect.amazonaws.com"


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
        groups = await asyncio.gather(
            _all(self._account(identity, preferences, access_type)),
            self._destination(identity, preferences, access_type),
            preflight_target.guard_checks(self.target, Asked(instance_id, allow_tag, identity, preferences)),
            _all(preflight_target.questions(self.target, instance_id, permitted or {})),
        )
        return tuple(check for group in groups for check in group)

    def _account(
        self, identity: Once[Identity], preferences: Once[RecordingPreferences | None], access_type: AccessType
    ) -> list[Question]:
        return [
            Question(
                "identity",
                Severity.BLOCK,
                "sts:GetCallerIdentity",
                "Sign in; just-in-time access needs an assumed role.",
                partial(_identity_is_known, identity, access_type),
            ),
            Question(
                "clock",
                Severity.WARN,
                "sts:GetCallerIdentity",
                "Set the clock of this computer.",
                partial(_clocks_agree, self.identity),
            ),
            Question(
                "may-connect",
                Severity.WARN,
                "iam:SimulatePrincipalPolicy",
                "Give this identity the actions of the AWS sample policy for Remote Desktop.",
                partial(self._may_connect, identity),
            ),
            Question(
                "may-grant",
                Severity.WARN,
                "iam:SimulatePrincipalPolicy",
                "Allow kms:CreateGrant on the recording key through ssm-guiconnect.",
                partial(self._may_grant, identity, preferences),
            ),
        ]

    async def _destination(
        self, identity: Once[Identity], preferences: Once[RecordingPreferences | None], access_type: AccessType
    ) -> list[PreflightCheck]:
        try:
            who, found = await identity.get(), await preferences.get()
        except RdpguiError:
            return []  # the checks "identity" and "recording" say why
        if found is None:
            return []
        place = preflight_destination.Destination(self.caller, found, who.account_id, who.region, access_type)
        return await _all(preflight_destination.questions(place))

    async def _may_connect(self, identity: Once[Identity]) -> Finding:
        source = await iam.policy_source(self.caller, (await identity.get()).arn)
        actions = [f"ssm-guiconnect:{name}" for name in ("StartConnection", "GetConnection", "CancelConnection")]
        return _denied(await iam.simulate(self.caller, source, actions, "*"))

    async def _may_grant(self, identity: Once[Identity], preferences: Once[RecordingPreferences | None]) -> Finding:
        who, found = await identity.get(), await preferences.get()
        if found is None:
            return unknown("There is no recording key.")
        source = await iam.policy_source(self.caller, who.arn)
        service = SERVICE_PRINCIPAL.replace("ssm-guiconnect", f"ssm-guiconnect.{who.region}")
        context = {"kms__ViaService": service, "aws__ViaAWSService": "true"}
        return _denied(await iam.simulate(self.caller, source, ["kms:CreateGrant"], found.kms_key_arn, **context))


async def _all(questions: list[Question]) -> list[PreflightCheck]:
    return list(await asyncio.gather(*map(answer, questions)))


async def _identity_is_known(identity: Once[Identity], access_type: AccessType) -> Finding:
    who = await identity.get()
    suits = access_type is AccessType.STANDARD or ":assumed-role/" in who.arn
    return held(suits or who.lab, "Calls are made as {arn}.", arn=who.arn)


async def _clocks_agree(identity: StsIdentity) -> Finding:
    low_s, high_s = await identity.clock_offset_s()
    text = "This computer's clock is between {low} s and {high} s ahead of AWS."
    return held(low_s < CLOCK_LIMIT_S and high_s > -CLOCK_LIMIT_S, text, low=f"{low_s:.2f}", high=f"{high_s:.2f}")


def _denied(decisions: dict[str, bool]) -> Finding:
    names = sorted(action for action, allowed in decisions.items() if not allowed)
    if names:
        return held(False, "IAM's simulator denies {actions}.", actions=", ".join(names))
    return held(True, "IAM's simulator allows {actions}.", actions=", ".join(sorted(decisions)))
