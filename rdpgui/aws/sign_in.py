"""Signing in: one thread resolves the credentials of a place, every client takes them from one holder.

What takes long happens here and nowhere else: a process, a role, the SSO portal, a question to a person. No client ever
asks or waits for any of them, whatever profile it has.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rdpgui.aws import cli_login, profiles, sign_in_errors, sso_login
from rdpgui.aws.sign_in_errors import WRONG_CODE, Who
from rdpgui.aws.sso_cache import ends_at
from rdpgui.core.access import Access, CredentialKind, ProfileLine
from rdpgui.core.errors import CredentialsExpired, RdpguiError, SettingsError
from rdpgui.core.sign_in import SignInDesk, SignInStep, Way
from rdpgui.core.texts import N_
from rdpgui.threads import DaemonPool

CODE_REFUSED = N_("That code was not accepted. Wait for the next one: each works once.")
_LONGEST_S = 129_600
"""Temporary credentials last 36 hours at most. Source: sts:GetSessionToken."""

_STEPS = {
    CredentialKind.SSO: N_("the SSO portal"),
    CredentialKind.PROCESS: "credential_process",
    CredentialKind.ASSUME_ROLE: "sts:AssumeRole",
    CredentialKind.WEB_IDENTITY: "sts:AssumeRoleWithWebIdentity",
    CredentialKind.LOGIN: N_("the sign-in of AWS"),
    CredentialKind.NOTHING: N_("the credentials of this machine"),
}


@dataclass(frozen=True, slots=True)
class _Found:
    """What an attempt found."""

    credentials: Any
    kind: CredentialKind
    expires_at: datetime | None


class _WrongCode(Exception):
    """The MFA code was not accepted; another one may be."""


class SignIn:
    """Resolves the credentials of one place, and does it again when they have ended.

    Args:
        holder: what every client of the place signs with.
        profile, region: as chosen, empty for what the environment or the files say.
        desk: who is asked for an MFA code.
        account_of: asks AWS for the account of frozen credentials; blocking.

    Attributes:
        account_id: that the clients are known to sign for, empty as long as it is not known.
    """

    def __init__(
        self, holder: Any, profile: str, region: str, desk: SignInDesk, account_of: Callable[[Any], str]
    ) -> None:
        self._holder = holder
        self._profile = profile
        self._region = region
        self._desk = desk
        self._account_of = account_of
        self.account_id = ""
        self._given_up = threading.Event()
        self._attempt: asyncio.Future[Any] | None = None
        self._question: Future[str] | None = None
        self._stamp: profiles.Stamp = ()
        self.access = Access(profile)
        self.who = Who(profile or "default", profile or "default", CredentialKind.NOTHING, CredentialKind.NOTHING)

    @property
    def waits_for(self) -> str:
        """Return what is waited for now, an English message id."""
        if self._question is not None:
            return N_("an MFA code")
        return _STEPS.get(self.who.signer_kind) or _STEPS.get(self.who.kind) or N_("the credentials")

    @property
    def files_changed(self) -> bool:
        """Whether the AWS files are others than those that were read."""
        return bool(self._stamp) and profiles.stamp() != self._stamp

    async def resolve(self, *, asked: bool = True) -> Access:
        """Sign in with what the files and the environment say now; what was signed in before stays until then.

        Args:
            asked: a person wants it; without, nobody is asked for an MFA code: no dialog comes by itself.

        Raises:
            CredentialsExpired: nobody could be signed in; it names the profile and what helps.
            SettingsError: the files cannot be read, or what they hold now is of another account.
        """
        before = self.access
        try:
            return await self._until_signed_in(asked)
        except RdpguiError:
            if self._holder.filled:  # it goes on with what it had
                self.access = before
            raise

    async def _until_signed_in(self, asked: bool) -> Access:
        problem = ""
        while True:
            try:
                found = await self._once(problem, asked)
            except _WrongCode:
                problem = CODE_REFUSED
                continue
            self._holder.fill(found.credentials)
            self.access = replace(self.access, kind=found.kind, expires_at=found.expires_at)
            return self.access

    @property
    def in_browser(self) -> bool:
        """Whether a person signs in in the browser; else what there is to do is asked here, or stands in the files."""
        return self.who.way is not Way.NONE

    async def by_person(self, told: Callable[[SignInStep], None]) -> None:
        """Let a person sign in in the browser; ``resolve`` takes it then.

        ``told``: called on the loop with what is to be done there.

        Raises:
            CredentialsExpired: it was refused or given up, or this kind of profile knows no such way.
        """
        loop, pool, given_up = asyncio.get_running_loop(), DaemonPool(1, "aws-sign-in"), threading.Event()
        self._given_up = given_up

        def show(step: SignInStep) -> None:
            if not given_up.is_set():  # now, not when it was sent: another place may be open
                told(step)

        def tell(step: SignInStep) -> None:
            loop.call_soon_threadsafe(show, step)

        work = asyncio.wrap_future(pool.submit(self._by_person, tell, given_up))
        self._attempt = work
        try:
            await work
        except asyncio.CancelledError:
            if not given_up.is_set():
                raise
            raise sign_in_errors.given_up(self.who) from None
        finally:
            given_up.set()
            pool.shutdown()

    def _by_person(self, told: Callable[[SignInStep], None], given_up: threading.Event) -> None:
        from rdpgui.aws import chain

        try:
            match self.who.signer_kind:
                case CredentialKind.SSO:
                    session = chain.new_session(self.who.signer)
                    section = profiles.sections().get(self.who.signer, {})
                    sso_login.sign_in_by_device(session, section, told, given_up)
                case CredentialKind.LOGIN:
                    cli_login.sign_in_by_cli(self.who.signer, told, given_up)
                case _:
                    raise sign_in_errors.no_credentials(self.who)
        except RdpguiError:
            raise
        except Exception as error:
            raise sign_in_errors.explained(error, self.who) from error

    def give_up(self) -> None:
        """End the attempt under way: a process is killed, a question withdrawn, and ``resolve`` raises."""
        self._given_up.set()
        self._withdraw()
        if self._attempt is not None and not self._attempt.done():
            self._attempt.cancel()

    def explain(self, error: RdpguiError, cause: BaseException) -> RdpguiError:
        """Return one sentence for one cause: what any call says of ended credentials, said of the profile."""
        if not isinstance(error, CredentialsExpired):
            return error
        if self.who.kind is CredentialKind.ASSUME_ROLE and error.code in sign_in_errors.SESSION_ENDED:
            return sign_in_errors.role_ended(self.who, operation=error.operation, code=error.code)
        if error.code == "RequestExpired":  # EC2's word for ended credentials, and for a clock that is wrong
            return sign_in_errors.ended_or_skewed(error, self.who)
        if error.code:
            return sign_in_errors.ended(self.who, operation=error.operation, code=error.code)
        return sign_in_errors.explained(cause, self.who)

    async def _once(self, problem: str, asked: bool) -> _Found:
        loop, pool, given_up = asyncio.get_running_loop(), DaemonPool(1, "aws-sign-in"), threading.Event()
        self._given_up, signed_in = given_up, threading.Event()

        def ask(question: str) -> str:
            if not asked:
                raise sign_in_errors.code_needed(self.who)
            serial = question.removeprefix("Enter MFA code for ").rstrip(": ")
            self._question = asyncio.run_coroutine_threadsafe(self._desk.mfa_code(serial, problem), loop)
            try:
                code = self._question.result()
            finally:
                self._question = None
            if not code:
                raise sign_in_errors.no_code(self.who)
            return code

        work = asyncio.wrap_future(pool.submit(self._work, ask, given_up, signed_in))
        self._attempt = work
        try:
            found = await work
            if given_up.is_set():
                raise sign_in_errors.given_up(self.who)
            self._given_up = threading.Event()  # botocore renews what was found: that is nobody's to give up
            signed_in.set()
            return found
        except asyncio.CancelledError:
            if not given_up.is_set():
                raise
            raise sign_in_errors.given_up(self.who) from None
        finally:
            if not signed_in.is_set():
                given_up.set()
            self._withdraw()
            pool.shutdown()

    def _withdraw(self) -> None:
        question = self._question
        if question is not None:
            question.cancel()

    def _work(self, ask: Any, given_up: threading.Event, signed_in: threading.Event) -> _Found:
        """Resolve once. Blocking; the boundary to whatever a profile leads to."""
        self._stamp = profiles.stamp()
        asked: list[str] = []

        def ask_and_note(question: str) -> str:
            asked.append(question)
            return str(ask(question))

        try:
            self.access = profiles.chosen(self._profile, self._region)
            self.who = _who(self._profile, self.access.profile)
            found = self._resolved(ask_and_note, given_up, signed_in, asked)
            self._check_account(found)
            return found
        except RdpguiError:
            raise
        except Exception as error:
            if asked and WRONG_CODE in str(error):
                raise _WrongCode from error
            raise sign_in_errors.explained(error, self.who) from error

    def _check_account(self, found: _Found) -> None:
        """Let nobody take the place over whose keys are of another account: its runs and tables are of this one.

        Raises:
            SettingsError: they are.
        """
        if not self._holder.filled or not self.account_id:
            return
        account_id = self._account_of(found.credentials.get_frozen_credentials())
        if account_id != self.account_id:
            raise SettingsError(
                "These keys are of account {found}, not of {known}.",
                "Open it by “Change …”.",
                found=account_id,
                known=self.account_id,
            )

    def _resolved(self, ask: Any, given_up: threading.Event, signed_in: threading.Event, asked: list[str]) -> _Found:
        from botocore.credentials import Credentials

        from rdpgui.aws import chain

        session = chain.new_session(self._profile)
        if self._region:  # else a role is assumed where the profile says, of another partition perhaps
            session.set_config_variable("region", self._region)
        session.get_scoped_config()  # raises for a profile that does not exist
        credentials = chain.resolver(
            session, ask=ask, given_up=given_up, signed_in=signed_in, machine=not self._profile
        ).load_credentials()
        if credentials is None:
            raise sign_in_errors.no_credentials(self.who)
        frozen = credentials.get_frozen_credentials()
        kind = profiles.kind_of_method(str(credentials.method))
        if asked:  # botocore never asks twice and refuses ten minutes before the end: what is known is kept plain
            plain = Credentials(str(frozen.access_key), str(frozen.secret_key), frozen.token, credentials.method)
            left_s = seconds_left(credentials)
            return _Found(plain, kind, None if left_s is None else datetime.now(UTC) + timedelta(seconds=left_s))
        if self.who.signer_kind is CredentialKind.SSO:  # the role is renewed by itself; a person signs in again then
            return _Found(credentials, kind, ends_at(profiles.sections().get(self.who.signer, {})))
        return _Found(credentials, kind, None)  # botocore renews what ends


def seconds_left(credentials: Any) -> float | None:
    """Return how long credentials hold, seconds, by botocore's public question; None when no end is known."""
    needed = getattr(credentials, "refresh_needed", None)
    if needed is None or not needed(refresh_in=_LONGEST_S):
        return None
    low, high = 0, _LONGEST_S
    while high - low > 1:
        middle = (low + high) // 2
        if needed(refresh_in=middle):
            high = middle
        else:
            low = middle
    return float(low)


def _who(explicit: str, named: str) -> Who:
    """Return whose sign-in it is; the chain of source profiles is followed to the one that a person signs in to."""
    name = named or "default"
    if not explicit and profiles.has_environment_keys():
        kind = CredentialKind.ENVIRONMENT
        return Who(name, name, kind, kind)
    lines = {line.name: line for line in profiles.profiles()}
    sections = profiles.sections()
    signer = profiles.signer_of(name, sections)
    return Who(name, signer, _kind(lines, name), _kind(lines, signer), tuple(lines))


def _kind(lines: dict[str, ProfileLine], name: str) -> CredentialKind:
    return lines[name].kind if name in lines else CredentialKind.NOTHING
