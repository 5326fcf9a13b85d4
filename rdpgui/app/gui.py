"""The window: one column of construction, one loop, and an orderly exit."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from rdpgui import i18n
from rdpgui.app import logs, settings_store
from rdpgui.app.crash import CrashReporter
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.paths import Paths, make_private, user_paths
from rdpgui.core.errors import RdpguiError
from rdpgui.core.settings import Settings

EXIT_ALREADY_RUNNING = 3


def main(data_dir: Path | None, *, scenario: str = "", verbose: bool = False) -> int:
    """Open the window and return the exit status when it is closed."""
    begun_mono_s = time.monotonic()
    paths = user_paths(data_dir)
    logs.start(paths.logs, verbose=verbose)
    settings, problem = _settings(paths)
    if scenario:
        settings = settings.with_value("scenario", scenario)
    i18n.set_language(settings.language.value)
    lab: LabProcess | None = None
    if settings.endpoint == "lab":
        # Before anything of Qt is imported: the lab seeds while the window is built.
        lab = LabProcess()
        lab.spawn(scenario=settings.scenario, language=i18n.language())
    return _with_qt(paths, settings, lab, problem, begun_mono_s)


def _settings(paths: Paths) -> tuple[Settings, RdpguiError | None]:
    """Return the settings; unreadable ones are left alone on disk, said, and the defaults are used."""
    try:
        return settings_store.load(paths.settings_file), None
    except RdpguiError as error:
        return Settings(), error


def _with_qt(
    paths: Paths, settings: Settings, lab: LabProcess | None, problem: RdpguiError | None, begun_mono_s: float
) -> int:
    from PySide6.QtWidgets import QApplication

    app = QApplication(sys.argv[:1])
    app.setApplicationName("rdpgui")
    app.setQuitOnLastWindowClosed(False)

    from rdpgui.app.program import Program
    from rdpgui.app.single_instance import hold

    lock = hold(make_private(paths.data) / paths.lock_file.name)
    crash = CrashReporter(paths.logs)
    crash.start()
    program = Program(app, paths, settings, lab, crash)
    if lock is None:
        return asyncio.run(program.refuse_second_start())
    if problem is not None:
        program.window.notifications.error(problem)
    program.show(begun_mono_s)

    from qasync import QEventLoop

    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            runner.get_loop().set_exception_handler(crash.on_loop_exception)
            runner.run(program.live())
    finally:
        lock.unlock()
        crash.close()
    return 0
