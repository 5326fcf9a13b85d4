"""``rdpgui run`` on a lab of its own, which lives as long as its runs."""

from __future__ import annotations

from rdpgui import i18n
from rdpgui.app.clock import SystemClock
from rdpgui.app.ending import Ending
from rdpgui.app.environment import open_lab
from rdpgui.app.history import RunHistory
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.left_runs import take_up_results
from rdpgui.app.records import RunRecords
from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.run_options import Options
from rdpgui.app.run_talk import Terminal, say_taken_up
from rdpgui.app.session import MATRIX_INSTANCES, WorkSession
from rdpgui.app.terminal import say
from rdpgui.core.account_events import PlaceOpened, PollFailed, PreferencesObserved, SessionsObserved, Topic
from rdpgui.core.errors import AwsError, LabError, RdpguiError
from rdpgui.core.settings import Settings
from rdpgui.i18n import retell
from rdpgui.runner.matrix import Matrix
from rdpgui.runner.store import Store

READY_LIMIT_S = 30.0


async def on_lab(options: Options, store: Store, unwritten: list[RdpguiError], ending: Ending) -> Matrix:
    """Run the matrix; ``unwritten`` gets what could not be written, ``ending`` hears of a signal.

    Raises:
        LabError: the lab does not come up. RdpguiError: nothing could be begun.
    """
    lab = LabProcess()
    folders = FileRunFolders(options.out / "runs")
    records = RunRecords(store, RunHistory(store, folders), SystemClock())
    try:
        with i18n.speaking(None):
            lab.spawn(scenario=options.scenario, language=i18n.language())
        address = await lab.ready()
        await lab.seeded()
        environment = await open_lab(lab, address, folders)
        store.publish(PlaceOpened(environment.ports.clock.now(), environment.place))
        session = WorkSession(environment, store, Settings(), records)
        try:
            await records.history.load()
            say_taken_up(len(await session.take_up()) + await take_up_results(options.data, environment, Settings()))
            await _wait_until_usable(session, min(max(MATRIX_INSTANCES, options.lanes), len(options.pairs)))
            ending.belongs_to(session)
            progress = Terminal(len(options.pairs)).progress
            matrix = await session.run_matrix(options.pairs, progress, lanes=options.lanes, told=_told)
            ending.belongs_to(None)
            await _observe_rest(session)
            await session.write_reports_or_note(matrix, unwritten)
            return matrix
        finally:
            await session.aclose()
    finally:
        await records.aclose()
        await lab.aclose()


def _told(why: str) -> None:
    """Print why lanes do not go side by side."""
    say(retell(why))


async def _wait_until_usable(session: WorkSession, wanted: int) -> None:
    """Wait until the guests have booted; fewer than wanted will do where there are no more, and when time is up."""
    clock = session.environment.ports.clock
    deadline_mono_s = clock.monotonic() + READY_LIMIT_S
    while True:
        await session.observe_account()
        usable = session.usable_instances()
        if usable and len(usable) >= min(wanted, len(session.expected_instances())):
            return
        if clock.monotonic() > deadline_mono_s:
            if usable:
                return
            raise LabError("No instance of the lab came up within {limit:.0f} s.", "Try again.", limit=READY_LIMIT_S)
        await clock.sleep(0.2)


async def _observe_rest(session: WorkSession) -> None:
    """Read everything once, so that the pictures of the window show the account as it is after the matrix."""
    ports, store = session.environment.ports, session.store
    try:
        listed = [await ports.sessions.sessions(active=active) for active in (True, False)]
        look = session.look()
        store.publish(SessionsObserved(look.at, (*listed[0], *listed[1]), look))
        found = await ports.preferences.preferences()
        look = session.look()
        store.publish(PreferencesObserved(look.at, found, look))
        await session.observe_account()
    except AwsError as error:
        topic = Topic.PREFERENCES if Topic.SESSIONS in store.state.observed_at else Topic.SESSIONS
        store.publish(PollFailed(ports.clock.now(), topic, error.text(), ""))
