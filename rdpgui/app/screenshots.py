"""Pictures of the real window, drawn offscreen: for the README, and of a matrix that ran without a display.

python -m rdpgui.app.screenshots FOLDER [ALL]

FOLDER gets the README's few; ALL every page and step at every size, in both themes and languages.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rdpgui import i18n
from rdpgui.app.lab_process import LabProcess
from rdpgui.app.paths import make_private, user_paths
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.run import Phase
from rdpgui.core.session import AccessType
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.core.state import AppState

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from rdpgui.app.program import Program

LOOKS = (
    (Theme.DARK, Language.ENGLISH),
    (Theme.LIGHT, Language.ENGLISH),
    (Theme.DARK, Language.JAPANESE),
    (Theme.LIGHT, Language.JAPANESE),
)
SETTLE_S = 0.35
LAYOUT_TURNS = 12
"""Of the loop, until what is as high as its words or as wide as its neighbours leave has found its size."""
WAIT_LIMIT_S = 180.0
STAR = "fin-web-01"
"""The instance on the pictures."""

SIZES = ((1180, 700, 1), (1366, 768, 1), (1920, 1080, 1), (1920, 1080, 2))
"""Width and height of the window in its own pixels, and how many of the screen's are in one of them."""

Work = Callable[["Program"], Awaitable[None]]


def _looks(program: Program) -> Iterator[str]:
    """Show the window in each theme and language; yields its name for the file."""
    for theme, language in LOOKS:
        program.theming.apply(theme)
        i18n.set_language(language.value)
        program.workbench.retranslate()
        yield f"{theme.value}-{language.value}"


async def _grab(program: Program, folder: Path, name: str, *, one_look: str = "") -> None:
    """Save the window in every look, or in one."""
    for look in _looks(program):
        if one_look in ("", look):
            await asyncio.sleep(SETTLE_S)
            program.window.grab().save(str(folder / f"{name}-{look}.png"))


def _with_program(settings: Settings, lab: LabProcess | None, data: Path, work: Work) -> None:
    """Build the real program offscreen, do the work on its loop, and end it in order."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(sys.argv[:1])
    if not isinstance(app, QApplication):
        raise TypeError("another kind of Qt application is running")
    app.setQuitOnLastWindowClosed(False)
    from rdpgui.app.crash import CrashReporter
    from rdpgui.app.program import Program
    from rdpgui.ui.theme import Theming

    paths = user_paths(data)
    theming = Theming(app)
    theming.start(settings.theme, dressed=False)
    program = Program(theming, paths, settings, lab, CrashReporter(paths.logs))
    program.show()
    from qasync import QEventLoop

    async def body() -> None:
        living = asyncio.ensure_future(program.live(open_environment=lab is not None))
        try:
            await work(program)
        finally:
            program.leave()
            await living

    with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
        runner.run(body())


def draw_runs(state: AppState, runs: Path, folder: Path) -> None:
    """Draw the runs of a matrix: the newest one with its film, and the table."""
    from rdpgui.ui.main_window import Page

    async def work(program: Program) -> None:
        program.store.state = state
        program.workbench.rendering.render_state(state)
        language = i18n.language()
        for look in ("dark", "light"):
            await _grab(program, folder, "run", one_look=f"{look}-{language}")
        program.window.show_page(Page.MATRIX)
        for look in ("dark", "light"):
            await _grab(program, folder, "matrix", one_look=f"{look}-{language}")

    language_in_use = i18n.language()
    try:
        with tempfile.TemporaryDirectory() as data:
            _with_program(Settings(run_folder=str(runs)), None, Path(data), work)
    finally:
        i18n.set_language(language_in_use)


async def _until(program: Program, condition: Callable[[AppState], bool]) -> None:
    if not await program.store.until(condition, WAIT_LIMIT_S):
        raise TimeoutError("the lab did not get there in time")


def _in_phase(*phases: Phase) -> Callable[[AppState], bool]:
    return lambda state: any(run.phase in phases for run in state.runs.values())


def _over(state: AppState) -> bool:
    return bool(state.runs) and not state.active_runs


def _star(program: Program) -> InstanceId:
    return next(i.instance_id for i in program.store.state.instances.values() if i.name == STAR)


async def _tour(program: Program, folder: Path, everything: Path | None) -> None:
    """Go through the main job and take a picture at each station."""
    from rdpgui.ui.main_window import Page

    await _until(program, lambda state: any(n.computer_name for n in state.nodes.values()) and len(state.nodes) > 1)
    star = _star(program)
    program.window.ui_state.select_instance(star)
    await asyncio.sleep(1.0)
    await _grab(program, folder, "first-start")
    session = program.work.session
    if session is None:
        raise TimeoutError("the lab did not open")
    # Longer than a person would wait for, so that each look shows the same station.
    timing = replace(session.environment.timing, steady_s=8.0)
    session.environment = replace(session.environment, timing=timing)
    program.commands.runs.arm(star)
    program.commands.runs.run(DisruptionId.OS_SHUTDOWN, star, AccessType.STANDARD, by_hand=False)
    await _until(program, _in_phase(Phase.STEADY))
    await asyncio.sleep(2.0)
    await _grab(program, folder, "recording")
    await _until(program, _in_phase(Phase.PROCESSING, Phase.VERIFYING, Phase.RESTORING))
    await _grab(program, folder, "processing", one_look="light-en")
    await _until(program, _over)
    await asyncio.sleep(1.5)
    await _grab(program, folder, "finished")
    if everything is not None:
        await _grab_rooms(program, everything)
    session.environment = replace(session.environment, timing=replace(timing, steady_s=1.5))
    program.commands.matrix.start_matrix()
    program.window.show_page(Page.MATRIX)
    await _until(program, lambda state: len(state.runs) > 10 and not state.active_runs)
    await asyncio.sleep(1.0)
    await _grab(program, folder, "matrix")
    if everything is not None:
        await _grab_pages(program, everything)
        await _grab_show(program, everything)


def _picture(widget: QWidget, path: Path, ratio: int) -> None:
    """Save a widget as a screen with so many pixels in one of its own shows it."""
    from PySide6.QtGui import QPixmap

    picture = QPixmap(widget.size() * ratio)
    picture.setDevicePixelRatio(ratio)
    widget.render(picture)
    picture.save(str(path))


async def _grab_sizes(program: Program, widget: QWidget, folder: Path, name: str) -> None:
    """Save a widget at every size in every look."""
    for look in _looks(program):
        for width, height, ratio in SIZES:
            widget.resize(width, height)
            await asyncio.sleep(SETTLE_S)
            for _turn in range(LAYOUT_TURNS):
                await asyncio.sleep(0)
            _picture(widget, folder / f"{name}-{width * ratio}x{height * ratio}-{look}.png", ratio)


async def _grab_rooms(program: Program, folder: Path) -> None:
    """Save the first page: judging, then choosing again."""
    await _grab_sizes(program, program.window, folder, "judge")
    program.window.experiment.rooms.bar.choose_requested.emit()
    await _grab_sizes(program, program.window, folder, "choose")


async def _grab_pages(program: Program, folder: Path) -> None:
    """Save every page behind the first one."""
    from rdpgui.ui.main_window import Page

    for page in list(Page)[1:]:
        program.window.show_page(page)
        await asyncio.sleep(SETTLE_S)
        await _grab_sizes(program, program.window, folder, page.name.lower())


async def _grab_show(program: Program, folder: Path) -> None:
    """Save every step of the presenter view."""
    from rdpgui.ui.show.scene import Step

    program.workbench.present()
    show = program.workbench.show
    if show is None or show.view is None:
        raise TimeoutError("the presenter view did not open")
    show.view.showNormal()
    canvas = show.view.canvas
    for step in Step:
        await asyncio.sleep(1.0)  # the journal at first
        if step >= Step.FILM:
            await _until(program, lambda _state: not canvas.image.isNull())
        await _grab_sizes(program, show.view, folder, f"presenter-{step + 1}")
        show.go(1)
    show.view.close()


def main(folder: Path, everything: Path | None = None) -> int:
    """Take all pictures of the README, and those of everything."""
    folder.mkdir(parents=True, exist_ok=True)
    if everything is not None:
        everything.mkdir(parents=True, exist_ok=True)
    lab = LabProcess()
    lab.spawn(scenario="default", language="en")

    async def work(program: Program) -> None:
        await _tour(program, folder, everything)

    with tempfile.TemporaryDirectory() as data:
        _with_program(Settings(), lab, make_private(Path(data)), work)
    return 0


if __name__ == "__main__":
    sys.exit(main(*(Path(argument) for argument in sys.argv[1:3])))
