"""The window: one column of construction, one loop, and an orderly exit.

What stands at the top here is waited for before the first picture; the rest is imported once the frame is painted.
"""

from __future__ import annotations

import gc
import logging
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui import i18n
from rdpgui.app import settings_store
from rdpgui.app.paths import Paths, make_private, user_paths
from rdpgui.core.errors import LabError, RdpguiError
from rdpgui.core.place import PlaceAsked
from rdpgui.core.settings import Settings

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from rdpgui.app.crash import CrashReporter
    from rdpgui.app.program import Program
    from rdpgui.ui.shell import Shell
    from rdpgui.ui.theme import Theming

_log = logging.getLogger(__name__)

FIRST_PICTURE_LIMIT_S = 0.1
"""What a display has to say that the frame is on it; a slower one gets its picture from the loop."""
_BETWEEN_S = 0.0005


def main(data_dir: Path | None, *, scenario: str = "", place: PlaceAsked | None = None, verbose: bool = False) -> int:
    """Open the window and return the exit status when it is closed.

    ``scenario``, ``place``: what is opened instead of what the settings name; the settings stay as they are.

    Raises:
        SettingsError: the Region is none.
    """
    begun_mono_s = time.monotonic()
    gc.disable()  # what is imported stays; the window's own collector takes over when the loop runs
    paths = user_paths(data_dir)
    make_private(paths.logs)  # what cannot be used is said before there is a window
    settings, problem = _settings(paths)
    if scenario:
        settings = settings.with_value("endpoint", "lab").with_value("scenario", scenario)
    if place is not None and place.named:
        settings = _at(settings, place)
    i18n.set_language(settings.language.value)
    return _with_qt(paths, settings, problem, begun_mono_s, verbose=verbose)


def _at(settings: Settings, place: PlaceAsked) -> Settings:
    """Return settings that name the place that was asked for."""
    for name in ("endpoint_url", "profile", "region"):
        settings = settings.with_value(name, getattr(place, name))
    return settings.with_value("endpoint", "aws")


def _settings(paths: Paths) -> tuple[Settings, RdpguiError | None]:
    """Return the settings; unreadable ones are left alone on disk, said, and the defaults are used."""
    try:
        return settings_store.load(paths.settings_file), None
    except RdpguiError as error:
        return Settings(), error


def _with_qt(
    paths: Paths, settings: Settings, problem: RdpguiError | None, begun_mono_s: float, *, verbose: bool
) -> int:
    from rdpgui.app.unread_sources import leave_sources_unread

    leave_sources_unread()
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
    theming.apply_plain(settings.theme)
    shell = Shell()
    shell.show()
    _paint(app, shell)
    try:
        return _behind(app, theming, shell, paths, settings, problem, begun_mono_s, verbose=verbose)
    finally:
        lock.unlock()


def _paint(app: QApplication, shell: Shell) -> None:
    """Let the frame come on screen before imports compete with it; no loop runs yet that this could be inside of."""
    until_mono_s = time.monotonic() + FIRST_PICTURE_LIMIT_S
    app.processEvents()
    while not shell.is_on_screen() and time.monotonic() < until_mono_s:
        time.sleep(_BETWEEN_S)
        app.processEvents()
    app.processEvents()


def _behind(
    app: QApplication,
    theming: Theming,
    shell: Shell,
    paths: Paths,
    settings: Settings,
    problem: RdpguiError | None,
    begun_mono_s: float,
    *,
    verbose: bool,
) -> int:
    """Put the panels into the frame, then run the loop until the window is closed."""
    from rdpgui.app import logs
    from rdpgui.app.crash import CrashReporter
    from rdpgui.app.lab_process import lab_of

    lab = lab_of(settings)  # it seeds on another core while the panels are built here
    theming.start(settings.theme, dressed=False)
    logs.start(paths.logs, verbose=verbose)
    _log.info("window shown after %.0f ms", (time.monotonic() - begun_mono_s) * 1000)
    crash = CrashReporter(paths.logs)
    crash.start()
    try:
        import_program(app)
        from rdpgui.app.program import Program

        program = Program(theming, paths, settings, lab, crash, shell)
        if problem is not None:
            program.window.notifications.error(problem)
        _paint_panels(app, shell, program)
        _log.info("panels shown after %.0f ms", (time.monotonic() - begun_mono_s) * 1000)
        return _on_loop(app, program, crash)
    finally:
        crash.close()


def _paint_panels(app: QApplication, shell: Shell, program: Program) -> None:
    """Let the panels come on screen before the loop is imported.

    What a person does meanwhile waits, since orders are coroutines; a frame that was closed before is left at once.
    """
    from PySide6.QtCore import QEventLoop

    if shell.close_wanted:
        program.leave()
    program.show()
    app.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    shell.repaint()


def import_program(app: QApplication) -> None:
    """Import the program in parts, between which the frame can be moved and closed."""
    from importlib import import_module

    from rdpgui.app import later

    for name in later.PROGRAM_IN_PARTS:
        import_module(name)
        app.processEvents()


def _on_loop(app: QApplication, program: Program, crash: CrashReporter) -> int:
    import asyncio

    from qasync import QEventLoop

    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.get_loop().set_exception_handler(crash.on_loop_exception)
        runner.run(program.live())
    return 0


def _second_start(paths: Paths) -> LabError:
    """Another window has the data folder."""
    return LabError(
        "rdpgui is already running with the data folder {path}.",
        "Use that window, or start with --data-dir and another folder.",
        path=paths.data,
    )
