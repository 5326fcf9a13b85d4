"""``rdpgui run``: experiments without a window, on the lab or on an account, with progress on the terminal."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from functools import partial
from pathlib import Path

from rdpgui import i18n
from rdpgui.app.account_run import on_account
from rdpgui.app.display import require_toolkit
from rdpgui.app.ending import Ending, Interrupted
from rdpgui.app.lab_run import on_lab
from rdpgui.app.paths import make_private, scenario_title
from rdpgui.app.result_table import result_table
from rdpgui.app.run_folders import FileRunFolders, hold_folder
from rdpgui.app.run_options import Options
from rdpgui.app.run_results import results_json
from rdpgui.app.storage_errors import storage_error
from rdpgui.app.terminal import say, work_goes_on
from rdpgui.core.errors import RdpguiError
from rdpgui.core.place import Place
from rdpgui.files import refuse_irregular
from rdpgui.i18n import _, ngettext
from rdpgui.report.html import matrix_html
from rdpgui.runner.bugs import unexpected
from rdpgui.runner.matrix import Matrix
from rdpgui.runner.store import Store

_log = logging.getLogger(__name__)
REPORT = "report.html"


async def _run(options: Options, store: Store, unwritten: list[RdpguiError]) -> tuple[Matrix, int]:
    """Run the matrix where it was asked for; returns it, and the number of the signal that ended it, 0 for none."""
    ending = Ending()
    there = on_lab if options.account is None else on_account
    try:
        return await there(options, store, unwritten, ending), ending.number
    except asyncio.CancelledError:
        if not ending.number:
            raise
        raise Interrupted(ending.number) from None


def _leave(options: Options, matrix: Matrix, unwritten: list[RdpguiError], place: Place | None = None) -> list[str]:
    """Write results and report, each whatever became of the other; returns the lines that say where they are."""
    papers = [(_("Report"), options.out / REPORT, partial(_report, options, matrix))]
    if options.results is not None:
        base, place = options.results.parent, place or Place(scenario=scenario_title(options.scenario))
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


def _told_where(options: Options) -> str:
    if options.account is None:
        return f"{_('on the lab (LAB)')}: {scenario_title(options.scenario)}"
    return f"{_('on an account')}: {options.account.instance_id}"


def _heading(options: Options, place: Place | None) -> str:
    """Return what the table is of: whoever copies it takes along whether it was the lab."""
    if options.account is None or place is None:
        return f"LAB · {scenario_title(options.scenario)}"
    return place.key


def _run_and_leave(options: Options) -> int:
    if options.results is not None:
        _make_folder(options.results.parent)
        refuse_irregular(options.results)
    refuse_irregular(options.out / REPORT)
    work_goes_on()
    begun = time.monotonic()
    store = Store()
    say(f"rdpgui {_told_where(options)}")
    unwritten: list[RdpguiError] = []
    try:
        matrix, interrupted_by = asyncio.run(_run(options, store, unwritten))
    except Interrupted as error:
        say(_("Interrupted before the first run."))
        return _status_of_signal(error.number)
    took_s = time.monotonic() - begun
    try:
        say("", _heading(options, store.state.place), *result_table(matrix), "")
    except Exception as error:  # noqa: BLE001 - what cannot be said is left all the same
        unwritten.append(_bug(error, "the table"))
    made = sum(row.run is not None for row in matrix.rows)
    say(ngettext("{n} run in {seconds:.0f} s", "{n} runs in {seconds:.0f} s", made).format(n=made, seconds=took_s))
    lines = _leave(options, matrix, unwritten, store.state.place)
    if options.screenshots and not interrupted_by:
        lines += _screenshots(options, store)
    say(*lines)
    if unwritten:
        raise unwritten[0]
    if interrupted_by:
        return _status_of_signal(interrupted_by)
    return 0 if all(row.as_expected for row in matrix.rows) else 1
