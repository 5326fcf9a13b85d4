"""The window: one column of construction, one loop, and an orderly exit."""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui import i18n
from rdpgui.app import logs, settings_store
from rdpgui.app.crash import CrashReporter
from rdpgui.app.later import import_later as import_later  # the benchmark watches it
from rdpgui.app.paths import Paths, make_private, user_paths
from rdpgui.core.errors import LabError, RdpguiError
from rdpgui.core.settings import Settings

if TYPE_CHECKING:
    from rdpgui.ui.shell import Shell
    from rdpgui.ui.theme import Theming

_log = logging.getLogger(__name__)

FIRST_PICTURE_TURNS = 2
"""Turns of the loop in which the frame is painted, before imports compete with it."""


def main(data_dir: Path | None, *, scenario: str = "", verbose: bool = False) -> int:
    """Open the window and return the exit status when it is closed."""
    begun_mono_s = time.monotonic()
    paths = user_paths(data_dir)
    logs.start(paths.logs, verbose=verbose)
    settings, problem = _settings(paths)
    if scenario:
        settings = settings.with_value("endpoint", "lab").with_value("scenario", scenario)
    i18n.set_language(settings.language.value)
    return _with_qt(paths, settings, problem, begun_mono_s)


def _settings(paths: Paths) -> tuple[Settings, RdpguiError | None]:
    """Return the settings; unreadable ones are left alone on disk, said, and the defaults are used."""
    try:
        return settings_store.load(paths.settings_file), None
    except RdpguiError as error:
        return Settings(), error


def _with_qt(paths: Paths, settings: Settings, problem: RdpguiError | None, begun_mono_s: float) -> int:
    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    app.setApplicationName("rdpgui")
    app.setQuitOnLastWindowClosed(False)

    from rdpgui.app.single_instance import hold

    lock = hold(make_private(paths.data) / paths.lock_file.name)
    if lock is None:
        raise _second_start(paths)

    from rdpgui.ui.shell import Shell
    from rdpgui.ui.theme import Theming

    theming = Theming(app)
    theming.start(settings.theme, dressed=False)
    shell = Shell()
    shell.show()
    _log.info("window shown after %.0f ms", (time.monotonic() - begun_mono_s) * 1000)

    from qasync import QEventLoop

    crash = CrashReporter(paths.logs)
    crash.start()
    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            runner.get_loop().set_exception_handler(crash.on_loop_exception)
            runner.run(_live(theming, shell, paths, settings, crash, problem))
    finally:
        lock.unlock()
        crash.close()
    return 0


async def _live(
    theming: Theming,
    shell: Shell,
    paths: Paths,
    settings: Settings,
    crash: CrashReporter,
    problem: RdpguiError | None,
) -> None:
    """Build the program while its frame is on screen, and live until it is closed."""
    leaving = asyncio.Event()
    shell.close_requested.connect(leaving.set)
    for _turn in range(FIRST_PICTURE_TURNS):
        await asyncio.sleep(0)
    from rdpgui.app.lab_process import lab_of

    lab = lab_of(settings)  # it seeds on another core while the panels are built here
    await import_later("rdpgui.app.program")
    from rdpgui.app.program import Program

    program = Program(theming, paths, settings, lab, crash, shell)
    if problem is not None:
        program.window.notifications.error(problem)
    if leaving.is_set():
        program.leave()
    program.show()
    await program.live()


def _second_start(paths: Paths) -> LabError:
    """Another window has the data folder."""
    return LabError(
        "rdpgui is already running with the data folder {path}.",
        "Use that window, or start with --data-dir and another folder.",
        path=paths.data,
    )
