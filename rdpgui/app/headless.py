"""``rdpgui run``: experiments on the lab without a window, with progress on the terminal."""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import os
import secrets
import time
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path

from rdpgui import i18n
from rdpgui.app.clock import SystemClock
from rdpgui.app.display import require_toolkit
from rdpgui.app.ending import on_end_signal
from rdpgui.app.environment import open_lab
from rdpgui.app.history import RunHistory
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.left_runs import RESULT_FOLDERS, take_up_results
from rdpgui.app.paths import DEFAULT_SCENARIO, make_private, scenario_title, user_paths
from rdpgui.app.records import RunRecords
from rdpgui.app.result_table import result_table
from rdpgui.app.run_folders import FileRunFolders, hold_folder
from rdpgui.app.session import LAB_LANES, MATRIX_INSTANCES, WorkSession
from rdpgui.app.storage_errors import storage_error
from rdpgui.app.terminal import say, work_goes_on
from rdpgui.core.account_events import PlaceOpened, PollFailed, PreferencesObserved, SessionsObserved, Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import AwsError, LabError, RdpguiError
from rdpgui.core.place import Place
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Settings
from rdpgui.files import refuse_irregular
from rdpgui.i18n import N_, _, ngettext, retell
from rdpgui.report.html import matrix_html
from rdpgui.report.model import access_name, disruption_name, gap_text, verdict_name
from rdpgui.runner.bugs import unexpected
from rdpgui.runner.matrix import Matrix, Row, RowStatus
from rdpgui.runner.plans import Pair, matrix_pairs
from rdpgui.runner.store import Store

_log = logging.getLogger(__name__)
READY_LIMIT_S = 30.0
REPORT = "report.html"


class Interrupted(Exception):
    """A signal ended the work before there was anything to leave."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


@dataclass(frozen=True, slots=True)
class Options:
    """What to run and where to leave it.

    Attributes:
        data: where result folders are made; runs that were left open there are taken up.
        out: folder for films, reports and screenshots. results: the ``--json`` file, None for none.
        lanes: instances that runs go on on side by side, at most; 1: one run after another.
    """

    pairs: tuple[Pair, ...]
    scenario: str
    data: Path
    out: Path
    results: Path | None
    screenshots: bool
    lanes: int = LAB_LANES


def default_options(data_dir: Path | None, scenario: str = DEFAULT_SCENARIO) -> Options:
    """Return the options of ``make run`` on a machine without a display."""
    moment = f"{datetime.now():%Y%m%d-%H%M%S}"  # noqa: DTZ005  (a folder name)
    data = user_paths(data_dir).data
    out = data / f"{RESULT_FOLDERS}{moment}-{secrets.token_hex(4)}"
    return Options(matrix_pairs(), scenario, data, out, out / "results.json", screenshots=True)


def options_from(arguments: argparse.Namespace) -> Options:
    """Return the options of ``rdpgui run``."""
    defaults = default_options(arguments.data_dir, arguments.scenario or DEFAULT_SCENARIO)
    pairs = matrix_pairs(whole=arguments.whole)
    if not arguments.matrix:
        access = [AccessType(name) for name in arguments.access_type or ["Standard"]]
        pairs = tuple((DisruptionId(name), kind) for name in arguments.disruption for kind in access)
    return replace(
        defaults,
        pairs=pairs,
        out=arguments.out.resolve() if arguments.out else defaults.out,
        results=arguments.json.parent.resolve() / arguments.json.name if arguments.json else None,
        screenshots=not arguments.no_screenshots,
        lanes=arguments.lanes or defaults.lanes,
    )


class Terminal:
    """Prints one line when a row begins and one when it has its verdict."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._begun: dict[int, float] = {}

    def progress(self, number: int, row: Row) -> None:
        """Print where a row is."""
        what = f"{disruption_name(row.plan.disruption_id)} × {access_name(row.plan.access_type)}"
        head = f"[{number + 1:2}/{self._total}] LAB"
        if row.status is RowStatus.RUNNING:
            self._begun[number] = time.monotonic()
            say(f"{head} {what} … {row.plan.instance_id}")
        elif row.status is RowStatus.ENDED:
            verdict = row.run.verdict if row.run else None
            word = verdict_name(verdict.value if verdict else None)
            gap = gap_text(row.run) if row.run else "–"
            took_s = time.monotonic() - self._begun.get(number, time.monotonic())
            say(f"{head} {what}: {word}  {_('gap')} {gap}  {took_s:.1f} s  {retell(row.error)}".rstrip())
        elif row.status is RowStatus.SKIPPED:
            say(f"{head} {what}: {_('skipped')} ({retell(row.error)})")


def _told(why: str) -> None:
    """Print why lanes do not go side by side."""
    say(retell(why))


def results_json(matrix: Matrix, place: Place, runs: Path, base: Path) -> str:
    """Return the results as JSON; paths are relative to ``base``. Each run names its place as its journal does."""
    found = [_result(row, runs, base) for row in matrix.rows]
    return json.dumps({**_where(place), "runs": found}, indent=2, ensure_ascii=False) + "\n"


def _where(place: Place | None) -> dict[str, str | None]:
    if place is None:
        return {"place": None, "scenario": None}
    return {"place": place.key, "scenario": place.scenario or None}


def _result(row: Row, runs: Path, base: Path) -> dict[str, object]:
    run = row.run
    folder = runs / row.plan.run_id
    saved = run.saved[-1].path if run and run.saved else ""
    still = next((i.last_frame for i in reversed(run.inspected) if i.last_frame), "") if run else ""
    verdict = run.verdict if run else None
    gap = verdict.gap if verdict else None
    return {
        "disruption": row.plan.disruption_id.value,
        "access_type": (run.access_type if run else row.plan.access_type).value,
        "planned_access_type": row.plan.access_type.value,
        **_where(run.place if run else None),
        "verdict": verdict.value.value if verdict else None,
        "reasons": [*(verdict.reasons if verdict else ()), *([row.error] if row.error else [])],
        "gap_s": round(gap.middle_s, 3) if gap else None,
        "gap_low_s": round(gap.low_s, 3) if gap else None,
        "gap_high_s": round(gap.high_s, 3) if gap else None,
        "painted_gap_s": verdict.painted_gap_s if verdict else None,
        "film": os.path.relpath(folder / saved, base) if saved else None,
        "last_frame": os.path.relpath(folder / still, base) if still else None,
        "run_folder": os.path.relpath(folder, base) if folder.is_dir() else None,
    }


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


class Ending:
    """Ends the work when a signal says so: the run under way as aborted, with its clean-up, and the rest not at all.

    Attributes:
        number: of the signal, 0 while there was none.
    """

    def __init__(self) -> None:
        self.number = 0
        self._session: WorkSession | None = None
        self._task = asyncio.current_task()
        on_end_signal(self._on_signal)

    def belongs_to(self, session: WorkSession | None) -> None:
        """From now on a signal aborts the matrix of this session; None: what is left to do is short and is done."""
        self._session = session
        self._task = None

    def _on_signal(self, number: int) -> None:
        self.number = number
        if self._session is not None and self._session.matrix is not None:
            self._session.runner.restores = False  # the lab and its instances end a moment later
            self._session.matrix.stop(N_("interrupted"))
        elif self._task is not None:
            self._task.cancel()


async def _run(options: Options, store: Store, unwritten: list[RdpguiError]) -> tuple[Matrix, int]:
    """Run the matrix on a lab of its own; returns it, and the number of the signal that ended it, 0 for none."""
    ending = Ending()
    try:
        return await _on_lab(options, store, unwritten, ending), ending.number
    except asyncio.CancelledError:
        if not ending.number:
            raise
        raise Interrupted(ending.number) from None


async def _on_lab(options: Options, store: Store, unwritten: list[RdpguiError], ending: Ending) -> Matrix:
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
            taken = len(await session.take_up()) + await take_up_results(options.data, environment, Settings())
            if taken:
                say(
                    ngettext(
                        "{n} run that an earlier program left open was ended.",
                        "{n} runs that an earlier program left open were ended.",
                        taken,
                    ).format(n=taken)
                )
            await _wait_until_usable(session, min(max(MATRIX_INSTANCES, options.lanes), len(options.pairs)))
            ending.belongs_to(session)
            progress = Terminal(len(options.pairs)).progress
            matrix = await session.run_matrix(options.pairs, progress, lanes=options.lanes, told=_told)
            ending.belongs_to(None)
            await _observe_rest(session)
            try:
                await session.write_reports(matrix)
            except RdpguiError as error:
                unwritten.append(error)
            return matrix
        finally:
            await session.aclose()
    finally:
        await records.aclose()
        await lab.aclose()


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


def _leave(options: Options, matrix: Matrix, unwritten: list[RdpguiError]) -> list[str]:
    """Write results and report, each whatever became of the other; returns the lines that say where they are."""
    papers = [(_("Report"), options.out / REPORT, partial(_report, options, matrix))]
    if options.results is not None:
        base, place = options.results.parent, Place(scenario=scenario_title(options.scenario))
        papers.append((_("Results"), options.results, partial(results_json, matrix, place, options.out / "runs", base)))
    lines = [f"{_('Films and journals')}: {options.out / 'runs'}"]
    for name, path, make in papers:
        try:
            FileRunFolders(options.out).write_bytes(path, make().encode(errors="backslashreplace"))
        except RdpguiError as error:
            unwritten.append(error)
        except Exception as error:  # noqa: BLE001 - a bug in one paper takes the other not with it
            unwritten.append(_bug(error, name))
        else:
            lines.append(f"{name}: {path}")
    return lines


def _report(options: Options, matrix: Matrix) -> str:
    runs = [row.run for row in matrix.rows if row.run is not None]
    places = {str(run.run_id): f"runs/{run.run_id}" for run in runs}
    with i18n.speaking(None):
        return matrix_html(runs, places, title=_("Recording and disruptions"))


def _bug(error: Exception, where: str) -> RdpguiError:
    """Log a bug as a whole, and return the sentence about it."""
    _log.error("%s", where, exc_info=error)
    return unexpected(error)


def _screenshots(options: Options, store: Store) -> list[str]:
    """Draw the window offscreen; without Qt's system libraries say so and go on."""
    folder = options.out / "screenshots"
    try:
        from rdpgui.app.screenshots import draw_runs

        with i18n.speaking(None):
            draw_runs(store.state, options.out / "runs", make_private(folder))
    except ImportError as error:
        return [_("No pictures of the window: {reason}").format(reason=error)]
    return [f"{_('Pictures of the window')}: {folder}"]


def _status_of_signal(number: int) -> int:
    """Return the exit status of a program that a signal ended, as shells count it."""
    return 128 + number


def _make_folder(folder: Path) -> None:
    """Make the folder of the results now: a minute of runs later is too late to say that it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(error, folder) from error


def main(options: Options) -> int:
    """Run and leave everything; exit status 0 only if every run ended as its hypothesis says, 128 + n after signal n.

    Films, papers and pictures are in the program's language; the terminal may be spoken to in another one.

    Raises:
        StorageFull, StorageError: at the very end, for the first thing that could not be written.
    """
    require_toolkit()
    held = hold_folder(make_private(options.out))
    try:
        return _run_and_leave(options)
    finally:
        os.close(held)


def _run_and_leave(options: Options) -> int:
    if options.results is not None:
        _make_folder(options.results.parent)
        refuse_irregular(options.results)
    refuse_irregular(options.out / REPORT)
    work_goes_on()
    begun = time.monotonic()
    store = Store()
    say(f"rdpgui {_('on the lab (LAB)')}: {scenario_title(options.scenario)}")
    unwritten: list[RdpguiError] = []
    try:
        matrix, interrupted_by = asyncio.run(_run(options, store, unwritten))
    except Interrupted as error:
        say(_("Interrupted before the first run."))
        return _status_of_signal(error.number)
    took_s = time.monotonic() - begun
    try:
        say(f"\nLAB · {scenario_title(options.scenario)}\n{result_table(matrix)}\n")
    except Exception as error:  # noqa: BLE001 - what cannot be said is left all the same
        unwritten.append(_bug(error, "the table"))
    made = sum(row.run is not None for row in matrix.rows)
    say(ngettext("{n} run in {seconds:.0f} s", "{n} runs in {seconds:.0f} s", made).format(n=made, seconds=took_s))
    lines = _leave(options, matrix, unwritten)
    if options.screenshots and not interrupted_by:
        lines += _screenshots(options, store)
    say("\n".join(lines))
    if unwritten:
        raise unwritten[0]
    if interrupted_by:
        return _status_of_signal(interrupted_by)
    return 0 if all(row.as_expected for row in matrix.rows) else 1
