"""Who calls, and how far the clocks are apart."""

from __future__ import annotations

import asyncio
import time

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.aws.clients import Place
from rdpgui.aws.errors import malformed
from rdpgui.aws.sign_in import SignIn
from rdpgui.aws.skew import next_cut_s
from rdpgui.core.errors import AccessDenied, AwsError, CredentialsExpired, SettingsError
from rdpgui.core.ids import AccountId, Region
from rdpgui.core.ports import Identity
from rdpgui.core.regions import HOME_REGION, is_commercial

GOOD_ENOUGH_S = 0.15
MAX_SAMPLES = 5
UNKNOWN_HERE = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"})
"""What a Region that is not enabled says of good credentials: it does not know them."""
ALIAS_LIMIT_S = 2.0
"""A name is nice to have: nobody waits for it."""
ALIAS_ATTEMPTS = 3
"""Where IAM does not answer so often (no route to it), it is not asked again."""


class StsIdentity:
    """Implements ``IdentityPort``. Source: sts:GetCallerIdentity; for the account's alias iam:ListAccountAliases."""

    def __init__(self, caller: AwsCaller, place: Place, region: str, sign_in: SignIn | None) -> None:
        self._caller = caller
        self._place = place
        self._region = region
        self._sign_in = sign_in
        self._alias_of: tuple[AccountId, str] | None = None
        self._alias_attempts = 0

    async def identity(self) -> Identity:
        """Return the caller; ``endpoint_url`` is empty on AWS.

        Raises:
            SettingsError: the credentials are good, and the Region is not enabled for their account.
        """
        try:
            account_id, arn = parse.account(await self._caller.call("sts", "GetCallerIdentity"))
        except CredentialsExpired as error:
            if error.code in UNKNOWN_HERE and await self._is_known_elsewhere():
                raise self._not_enabled() from error
            raise
        if self._sign_in is not None:
            self._sign_in.account_id = account_id
        place, access = self._place, self._sign_in.access if self._sign_in is not None else None
        if access is not None:
            access = access.named(await self._alias(account_id))
        profile = access.profile if access is not None else place.profile
        return Identity(account_id, arn, Region(self._region), profile, place.endpoint_url, place.lab, access)

    async def _is_known_elsewhere(self) -> bool:
        """Whether the same credentials are accepted in the Region that every account has."""
        if self._place.endpoint_url or self._region == HOME_REGION or not is_commercial(self._region):
            return False
        try:
            await self._caller.run(self._caller.blocking, "sts", "GetCallerIdentity", region=HOME_REGION)
        except AwsError:
            return False
        return True

    def _not_enabled(self) -> SettingsError:
        return SettingsError(
            "Region {region} is not enabled for this account.",
            "Enable it with `{command}`, or choose another Region.",
            region=self._region,
            command=f"aws account enable-region --region-name {self._region}",
        )

    async def _alias(self, account_id: AccountId) -> str:
        """Return the account's alias; empty where it has none, nobody may know, or nobody answers in time.

        It is asked for until there is an answer.
        """
        if self._alias_of is None or self._alias_of[0] != account_id:
            self._alias_of, self._alias_attempts = (account_id, ""), ALIAS_ATTEMPTS
        if self._alias_attempts:
            alias = await self._asked_alias()
            self._alias_attempts = self._alias_attempts - 1 if alias is None else 0
            self._alias_of = (account_id, alias or "")
        return self._alias_of[1]

    async def _asked_alias(self) -> str | None:
        """Return the alias as IAM tells it, None without an answer; who is cancelled meanwhile stays cancelled."""
        asking = asyncio.ensure_future(self._caller.call("iam", "ListAccountAliases"))
        try:
            await asyncio.wait({asking}, timeout=ALIAS_LIMIT_S)
            answer = asking.result() if asking.done() else None
        except AccessDenied:
            return ""
        except AwsError:
            return None
        finally:
            asking.cancel()
            await asyncio.wait({asking})
            _ = asking.cancelled() or asking.exception()  # nobody else asks for it
        return None if answer is None else str(next(iter(answer.get("AccountAliases") or ()), ""))

    async def clock_offset_s(self) -> tuple[float, float]:
        """Return bounds of (local clock - AWS clock), seconds.

        Every answer seen so far counts. When they leave more than 0.15 s open, up to five calls are placed where the
        AWS clock may turn a second, each of which halves what is open.

        Raises:
            MalformedAnswer: the answers carry no Date.
        """
        for _ in range(MAX_SAMPLES):
            bounds = self._caller.offset.bounds(time.time())
            if bounds is not None and bounds[1] - bounds[0] <= GOOD_ENOUGH_S:
                return bounds
            sent_mono_s = time.monotonic()
            if bounds is not None:
                await asyncio.sleep(next_cut_s(bounds, time.time(), trip_s=0.01))
                sent_mono_s = time.monotonic()
            await self._caller.call("sts", "GetCallerIdentity")
            if bounds is not None and time.monotonic() - sent_mono_s > 2 * (bounds[1] - bounds[0]):
                break  # the network is slower than what is left to gain
        found = self._caller.offset.bounds(time.time())
        if found is None:
            raise malformed("sts:GetCallerIdentity", "the Date header is missing")
        return found
