"""Signing in at a place on AWS: what is waited for is said, one cause is told once, and it can be done again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import PollWaits, Topic
from rdpgui.core.errors import AwsError, CredentialsExpired, RdpguiError, SettingsError
from rdpgui.core.freshness import Look
from rdpgui.core.ports import Clock
from rdpgui.core.settings import AWS_TIMING
from rdpgui.core.sign_in import SignInNeed, SignInStep
from rdpgui.i18n import _
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.aws.factory import AwsPorts
    from rdpgui.aws.sign_in import SignIn
    from rdpgui.ui.main_window import MainWindow


FORESEEN_S = 15 * 60.0
"""How long before the end of a sign-in that is said: long enough for a run that has begun."""
FORESEEN = "sign-in ends"
_NAME = "sign in"


class WindowDesk:
    """Asks in a dialog of the window; implements ``SignInDesk``."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    async def mfa_code(self, serial: str, problem: str) -> str:
        """Return what the person types; empty when the dialog is closed without."""
        from rdpgui.ui.dialogs.mfa import MfaDialog

        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        dialog = MfaDialog(serial, problem, self._window)
        dialog.answered.connect(partial(_give, answer))
        dialog.open()
        try:
            return await answer
        finally:
            dialog.close()
            dialog.deleteLater()


def _give(answer: asyncio.Future[str], code: str) -> None:
    if not answer.done():
        answer.set_result(code)


def told_by_the_bar(error: RdpguiError) -> bool:
    """Whether an error says why nobody is signed in: the bar below the banner tells it, and nothing else has to."""
    return isinstance(error, CredentialsExpired | SettingsError)


class SigningIn:
    """Signs in, when a place is opened and when a person wants it again.

    Args:
        work: what is open. clock: tells since when something is waited for.
        reopen: opens the place anew, when it could not be opened before.
        show_step: shows what a person does in the browser, None: nothing any more.
    """

    def __init__(
        self,
        work: Workplace,
        clock: Clock,
        reopen: Callable[[], None],
        show_step: Callable[[SignInStep | None], None],
    ) -> None:
        self._work = work
        self._clock = clock
        self._reopen = reopen
        self._show_step = show_step
        self._under_way: asyncio.Task[None] | None = None
        self._aws: AwsPorts | None = None

    async def sign_in(self, aws: AwsPorts, *, asked: bool = True) -> None:
        """Sign in and identify who calls. Without an answer the watchers go on asking; then this returns, too.

        Args:
            aws: the place.
            asked: a person wants it; without, no dialog opens.

        Raises:
            CredentialsExpired: nobody is signed in. SettingsError: the AWS files cannot be read.
        """
        self._aws = aws
        self._under_way = steps = asyncio.get_running_loop().create_task(self._steps(aws, asked), name="signing in")
        try:
            await asyncio.wait({steps})
        finally:
            self._under_way = None
            if not steps.done():
                steps.cancel()
                await asyncio.wait({steps})
        if steps.cancelled():
            raise CredentialsExpired("Signing in was given up.", "Press Retry.")
        steps.result()

    async def _steps(self, aws: AwsPorts, asked: bool) -> None:
        from rdpgui.runner.answers import WAITS_FOR, WAITS_S, identity_observed
        from rdpgui.runner.concurrency import noticed

        if aws.sign_in is not None:
            begun_at = self._clock.now()
            await noticed(WAITS_S, aws.sign_in.resolve(asked=asked), partial(self._say_what_resolves, aws, begun_at))
        begun_at = self._clock.now()
        say = partial(self._say, begun_at, WAITS_FOR[Topic.IDENTITY])
        try:
            who = await noticed(WAITS_S, aws.identity.identity(), say)
        except CredentialsExpired:
            raise
        except AwsError:
            return  # the watchers read it again, at their pace, and say why not
        self._foresee(aws)
        look = Look(self._clock.now(), self._clock.monotonic(), AWS_TIMING.poll_idle_s)
        self._work.store.publish(identity_observed(who, look))

    def _foresee(self, aws: AwsPorts) -> None:
        """Say once, some time before, that a person will have to sign in again."""
        self._work.scope.cancel(FORESEEN)
        expires_at = aws.sign_in.access.expires_at if aws.sign_in is not None else None
        if expires_at is not None:
            self._work.scope.start(FORESEEN, self._say_before(expires_at))

    async def _say_before(self, expires_at: datetime) -> None:
        await self._clock.sleep(max(0.0, (expires_at - self._clock.now()).total_seconds() - FORESEEN_S))
        left_s = max(0.0, (expires_at - self._clock.now()).total_seconds())
        text = _("The sign-in ends in {n} minutes.").format(n=round(left_s / 60))
        remedy = _("Press “Sign in again” in the menu; what is open goes on.")
        self._work.notifications.say(Tone.WARN, text, remedy)

    def again(self) -> None:
        """Sign in again before it has to be: in the browser, or with a new code."""
        sign_in = self._aws.sign_in if self._aws is not None else None
        if sign_in is not None and sign_in.in_browser:
            self.by_person()
        else:
            self.retry()

    def _say_what_resolves(self, aws: AwsPorts, begun_at: datetime) -> None:
        if aws.sign_in is not None:
            self._say(begun_at, aws.sign_in.waits_for)

    def _say(self, begun_at: datetime, what: str) -> None:
        self._work.store.publish(PollWaits(self._clock.now(), Topic.IDENTITY, begun_at, what))

    def fail(self, error: RdpguiError) -> None:
        """Show that nobody is signed in, and why."""
        from dataclasses import replace

        from rdpgui.runner.answers import poll_failed

        event = poll_failed(self._clock.now(), Topic.IDENTITY, error)
        nowhere = self._work.session is None and self._work.lab is None  # only the bar can try again then
        if event.need is None and (nowhere or told_by_the_bar(error)):
            event = replace(event, need=SignInNeed(str(error.fields.get("command", ""))))
        self._work.store.publish(event)

    def give_up(self) -> None:
        """Wait no longer."""
        if self._aws is not None and self._aws.sign_in is not None:
            self._aws.sign_in.give_up()
        if self._under_way is not None:
            self._under_way.cancel()

    def by_person(self) -> None:
        """Let a person sign in in the browser, then go on where it was."""
        begun = self._is_under_way or _NAME in self._work.window_scope.names
        if self._aws is not None and self._aws.sign_in is not None and not begun:
            self._work.window_scope.start(_NAME, self._by_person(self._aws.sign_in))

    async def _by_person(self, sign_in: SignIn) -> None:
        self._under_way = asyncio.current_task()
        try:
            await sign_in.by_person(self._show_step)
        except RdpguiError as error:
            if self._is_here(sign_in):
                self.fail(error)
            return
        finally:
            self._under_way = None
            self._show_step(None)
        if self._is_here(sign_in):
            self.retry()

    def _is_here(self, sign_in: SignIn) -> bool:
        """Whether the place is still the one that somebody was signing in to."""
        return self._aws is not None and self._aws.sign_in is sign_in

    def leave(self) -> None:
        """End what is under way: another place is opened."""
        self.give_up()
        self._aws = None

    def retry(self) -> None:
        """Sign in again with what the files say now; the tables go on where they were."""
        self._retry(asked=True)

    def _retry(self, *, asked: bool) -> None:
        session = self._work.session
        if session is None:
            self._reopen()
        elif session.environment.aws.sign_in is not None and not self._is_under_way:
            self._work.scope.start(_NAME, self._again(session.environment.aws, asked))

    @property
    def _is_under_way(self) -> bool:
        """Whether somebody signs in already, or is about to: a task has a name before its first step."""
        return self._under_way is not None or _NAME in self._work.scope.names

    def renew(self) -> None:
        """Sign in again without being asked, if the AWS files have changed since they were read: no dialog opens."""
        session = self._work.session
        sign_in = session.environment.aws.sign_in if session is not None else None
        if sign_in is not None and sign_in.files_changed:
            self._retry(asked=False)

    async def _again(self, aws: AwsPorts, asked: bool) -> None:
        try:
            await self.sign_in(aws, asked=asked)
        except RdpguiError as error:
            if not told_by_the_bar(error):
                raise
            self.fail(error)
            return
        if self._work.session is not None:
            self._work.session.watchers.refresh()
