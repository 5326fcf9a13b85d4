"""``rdpgui run`` on an account: one instance that a person has named and confirmed, by the rules of the window.

Looking only reads. What the window asks in its dialog is asked here on the command line: the confirmation of the
target, and whom of those who are connected to cut off. Then each run arms its own target, for its own order only.
"""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterable
from functools import partial

from rdpgui.app import settings_store
from rdpgui.app.clock import SystemClock
from rdpgui.app.ending import Ending
from rdpgui.app.environment import open_aws
from rdpgui.app.history import RunHistory
from rdpgui.app.inspect_command import say_what_is_not_followed
from rdpgui.app.left_runs import take_up_results
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_options import OnAccount, Options
from rdpgui.app.run_talk import Talk, Terminal, say_taken_up
from rdpgui.app.session import WorkSession
from rdpgui.app.terminal import say
from rdpgui.core import guards
from rdpgui.core.account_events import PlaceOpened
from rdpgui.core.arming import confirmation_given, confirmation_text
from rdpgui.core.cli import quoted
from rdpgui.core.errors import GuardRefusal, RdpguiError
from rdpgui.core.instance import Instance, is_hybrid
from rdpgui.core.place import Place, endpoint_of
from rdpgui.core.session import OVER, Session
from rdpgui.core.settings import Settings
from rdpgui.core.strangers import not_agreed, said_mine
from rdpgui.i18n import N_, _
from rdpgui.runner.answers import identity_observed
from rdpgui.runner.matrix import Matrix, Progress
from rdpgui.runner.plans import Pair, SaidBefore
from rdpgui.runner.store import Store


async def on_account(options: Options, store: Store, unwritten: list[RdpguiError], ending: Ending) -> Matrix:
    """Run on the instance that was named; what an earlier program left open in this account is waited for first."""
    asked = options.account
    assert asked is not None  # noqa: S101  (who calls this has looked)
    settings = settings_store.load(options.settings_file) if options.settings_file else Settings()
    folders = FileRunFolders(options.out / "runs")
    records = RunRecords(store, RunHistory(store, folders), SystemClock())
    place, desk = asked.place, CodeFromCommandLine(asked.mfa_code)
    say_what_is_not_followed(place.endpoint_url, place.profile)
    try:
        environment = await open_aws(place.profile, place.region, folders, endpoint_url=place.endpoint_url, desk=desk)
        store.publish(PlaceOpened(environment.ports.clock.now(), environment.place))
        session = WorkSession(environment, store, settings, records)
        try:
            if environment.aws.sign_in is not None:
                await environment.aws.sign_in.resolve()
            await identify(session)
            await records.history.load()
            say(_where(store))
            taken_up = len(await session.take_up())  # in a folder that was named, of the program before
            taken_up += await take_up_results(options.data, environment, settings, partial(_place_of, store))
            say_taken_up(taken_up)
            ending.belongs_to(session)
            progress = Terminal(len(options.pairs), _mark(store)).progress
            matrix = await run_on(session, asked, options.pairs, progress, ending)
            ending.belongs_to(None)
            await session.write_reports_or_note(matrix, unwritten)
            return matrix
        finally:
            await session.aclose()
    finally:
        await records.aclose()


def _place_of(store: Store) -> Place | None:
    return store.state.place


def _mark(store: Store) -> str:
    """Return what marks the lines of a run: the account and Region that it is on."""
    who = store.state.identity
    return f"{who.account_id}/{who.region}" if who is not None else ""


def _where(store: Store) -> str:
    who = store.state.identity
    if who is None:
        return ""
    text = _("Account {account}, Region {region}, as {identity}").format(
        account=who.account_id, region=who.region, identity=who.arn
    )
    return f"{text}  {endpoint_of(who.endpoint_url)}".rstrip()


class CodeFromCommandLine:
    """Gives the MFA code of the command line once: each works once. Implements ``SignInDesk``; no terminal is read."""

    def __init__(self, code: str) -> None:
        self._code = code

    async def mfa_code(self, serial: str, problem: str) -> str:
        """Return the code; empty the next time, and where none was given."""
        code, self._code = self._code, ""
        return code


async def identify(session: WorkSession) -> None:
    """Read who calls: what is armed later is armed for exactly this account and Region."""
    who = await session.environment.ports.identity.identity()
    session.store.publish(identity_observed(who, session.look()))


async def run_on(
    session: WorkSession, asked: OnAccount, pairs: Iterable[Pair], progress: Progress, ending: Ending | None = None
) -> Matrix:
    """Run one after another on the named instance, telling what a person has to do.

    Raises:
        Interrupted: a signal has come before the first run.
        GuardRefusal: it is none of EC2's, it was not confirmed, or somebody is connected whom nobody agreed to cut off.
        AwsError: the instance or its sessions could not be read.
    """
    ports = session.environment.ports
    if is_hybrid(asked.instance_id):
        raise guards.refuse_unlisted(asked.instance_id).as_error()
    instance = await ports.instances.instance(asked.instance_id)
    refuse_unconfirmed(instance, asked.confirm)
    refuse_strangers(session, await ports.sessions.sessions(active=True, target=asked.instance_id), asked)
    if ending is not None:
        ending.refuse_after_signal()
    talk = Talk(session.store, ports.clock)
    telling = asyncio.create_task(talk.count_down(), name="countdown")
    try:
        said = SaidBefore(asked.cut_off, asked.mine, getpass.getuser())
        return await session.run_matrix(tuple(pairs), progress, instances=(asked.instance_id,), said=said)
    finally:
        telling.cancel()
        talk.close()


def refuse_unconfirmed(instance: Instance, confirm: str) -> None:
    """The word that the window has a person type. The id is it only without a name: it stands in the command already.

    Raises:
        GuardRefusal: it is not.
    """
    if confirmation_given(confirm, instance, lab=False):
        return
    raise GuardRefusal(
        N_("The disruption of {instance} ({name}) is not confirmed; nothing was done."),
        N_("Confirm it with --confirm {word}."),
        instance=instance.instance_id,
        name=instance.name or "–",
        word=quoted(confirmation_text(instance, lab=False)),
    )


def refuse_strangers(session: WorkSession, active: Iterable[Session], asked: OnAccount) -> None:
    """Whoever is connected is named, and cut off only when each was agreed to, or is who runs this by their own word.

    Raises:
        GuardRefusal: somebody was not.
    """
    live = (found for found in active if found.status not in OVER and not said_mine(asked.mine, found))
    stranger = not_agreed(session.store.state, live, asked.cut_off)
    if stranger is not None:
        raise GuardRefusal(
            N_("{owner} is connected to {instance} (session {session}); nobody agreed to cut them off."),
            N_("If it is yours, add --mine {session}; else ask them, then add --cut-off {session}."),
            owner=stranger.owner or "?",
            instance=asked.instance_id,
            session=quoted(stranger.session_id),
        )
