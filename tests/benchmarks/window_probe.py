"""The real window with marks of time: ``python -m tests.benchmarks.window_probe ORDER``.

ORDER is JSON: ``do`` (start, matrix, close, idle, history), ``begun_mono_s`` (the launch, on the parent's monotonic
clock), ``data_dir``, ``phase`` (close), ``film`` (matrix), ``seconds`` and ``settle_s`` (idle), ``count`` and ``open``
(history). Each mark is a JSON line on standard output.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from rdpgui.app.program import Program

ORDER: dict[str, Any] = json.loads(sys.argv[1])
RUN_LIMIT_S = 60.0
SETTLED_S = 3.0
BETWEEN_S = 0.3
"""Between two runs that are opened, as a person would: what was put off is done by then."""
TYPED = ("stop", "fin-web-0", "2026-11")
"""Words that a person types into the history's filter, letter by letter, and takes back."""
IDLE_MORE_S = 30.0
"""The window stays open longer than it is watched, if nobody ends it."""


def say(**members: object) -> None:
    print(json.dumps(members), flush=True)


def mark(name: str) -> None:
    say(mark=name, at_s=time.monotonic() - ORDER["begun_mono_s"])


def mark_interactive(app: QApplication) -> None:
    """Mark the loop's second turn after a window was exposed: it is painted by then, and events are served."""
    from PySide6.QtCore import QTimer

    def look() -> None:
        exposed = any(window.isExposed() for window in app.topLevelWindows())
        QTimer.singleShot(0, done if exposed else look)

    def done() -> None:
        mark("interactive")

    QTimer.singleShot(0, look)


def ours() -> int:
    from rdpgui.app import gui

    inner, import_program = gui._with_qt, gui.import_program

    def with_qt(*arguments: Any, **members: Any) -> int:
        _install_application()
        return inner(*arguments, **members)

    def import_and_install(app: QApplication) -> None:
        import_program(app)
        _install_program()

    # The probe may import Qt, and later the program, only where the program itself does.
    gui._with_qt = with_qt
    gui.import_program = import_and_install
    return gui.main(Path(ORDER["data_dir"]))


def _install_application() -> None:
    from PySide6 import QtWidgets

    class Application(QtWidgets.QApplication):
        def __init__(self, arguments: list[str]) -> None:
            super().__init__(arguments)
            mark_interactive(self)

    QtWidgets.QApplication = Application  # type: ignore[misc, assignment] # the program must make this one


def _install_program() -> None:
    from rdpgui.app.lab_process import LabProcess
    from rdpgui.app.program import Program

    show = Program.show

    def show_and_mark(self: Program) -> None:
        show(self)
        mark("panels")

    Program.show = show_and_mark  # type: ignore[method-assign]
    live = Program.live

    async def live_and_drive(self: Program, **members: Any) -> None:
        driver = asyncio.get_running_loop().create_task(_drive(self))
        await live(self, **members)
        mark("closed")
        driver.cancel()
        await asyncio.wait([driver])

    Program.live = live_and_drive  # type: ignore[method-assign]
    for name in ("ready", "seeded"):
        _mark_after(LabProcess, name)


def _mark_after(kind: type, name: str) -> None:
    inner = getattr(kind, name)

    async def wrapped(self: object) -> object:
        result = await inner(self)
        mark(name)
        return result

    setattr(kind, name, wrapped)


async def _drive(program: Program) -> None:
    try:
        if ORDER["do"] == "close":
            await _reach(program, ORDER["phase"])
        elif ORDER["do"] == "history":
            await _history(program)
        elif ORDER["do"] == "idle":
            await _come_to_rest(program)
        else:
            await program.store.until(lambda state: bool(state.instances), RUN_LIMIT_S)
            mark("instances")
        if ORDER["do"] == "matrix":
            await _matrix(program)
    except TimeoutError:
        say(missed=ORDER.get("phase", ORDER["do"]))
    mark("close")
    program.window.close()
    if program.store.state.active_runs:
        program.window.leave_confirmed.emit()


async def _come_to_rest(program: Program) -> None:
    """Be looked at for as long as the parent watches, then be left alone: only what counts as long is shortened."""
    from rdpgui.core.attention import Attention
    from rdpgui.ui import attention

    await _usable(program)
    mark("in use")
    watched_s = ORDER["settle_s"] + ORDER["seconds"]
    await asyncio.sleep(watched_s + BETWEEN_S)
    attention.IDLE_AFTER_S = 0.0
    await _until(lambda: program._attention.attention is Attention.IDLE)
    mark("at rest")
    await asyncio.sleep(watched_s + IDLE_MORE_S)


# -- closing at a phase ---------------------------------------------------------


async def _reach(program: Program, phase: str) -> None:
    if phase == "at once":
        return
    if phase == "lab starting":
        await _until(lambda: program.work.lab is not None and program.work.lab.pid > 0)
        return
    await _until(lambda: program.work.session is not None)
    if phase == "connected":
        return
    await _usable(program)
    if phase == "usable":
        return
    if phase == "matrix":
        program.commands.matrix.start_matrix()
        await _until(lambda: bool(program.store.state.runs))
        return
    await _run_to(program, phase)


async def _run_to(program: Program, phase: str) -> None:
    from rdpgui.core.disruption import DisruptionId
    from rdpgui.core.session import AccessType

    assert program.work.session is not None
    target = program.work.session.usable_instances()[0].instance_id
    program.commands.runs.run(DisruptionId.EC2_STOP, target, AccessType.STANDARD, by_hand=False)
    await _until(lambda: any(run.phase.value == phase for run in program.store.state.runs.values()))


async def _usable(program: Program) -> None:
    await _until(lambda: program.work.session is not None and len(program.work.session.usable_instances()) >= 2)
    mark("usable")


async def _until(condition: Any, limit_s: float = RUN_LIMIT_S) -> None:
    deadline_mono_s = time.monotonic() + limit_s
    while not condition():
        if time.monotonic() > deadline_mono_s:
            raise TimeoutError
        await asyncio.sleep(0.005)


# -- many runs -----------------------------------------------------------------------


async def _history(program: Program) -> None:
    """Wait for all runs and for the tables, look at the history, then open some runs, the newest first.

    The loop is watched from the moment the window is shown until the tables are there: history, imports and SDK clients
    come at once then. Runs are opened after that: what else a start does is not what opening one takes.
    """
    from tests.benchmarks.heartbeat import Heartbeat

    heart = Heartbeat()
    heart.start(watch=bool(ORDER.get("watch")))
    await _until(lambda: len(program.store.state.history) >= ORDER["count"], 240)
    mark("history")
    if not ORDER.get("smoke"):
        await _usable(program)
        await asyncio.sleep(SETTLED_S)
    heart.stop()
    begun_s, cpu_s = time.perf_counter(), time.thread_time()
    program.window.show_page(3)
    await asyncio.sleep(0)
    page_ms, page_cpu_ms = (time.perf_counter() - begun_s) * 1000, (time.thread_time() - cpu_s) * 1000
    typed_ms, typed_cpu_ms = await _typed(program)
    opened_ms, opened_cpu_ms = await _opened(program)
    say(gaps_ms=heart.gaps_ms, cpu_ms=heart.cpu_ms, worst=heart.worst(), page_ms=[page_ms], page_cpu_ms=[page_cpu_ms],
        typed_ms=typed_ms, typed_cpu_ms=typed_cpu_ms, opened_ms=opened_ms, opened_cpu_ms=opened_cpu_ms)  # fmt: skip
    mark("settled")
    await asyncio.sleep(SETTLED_S)


async def _typed(program: Program) -> tuple[list[float], list[float]]:
    """Return what each letter typed into the filter takes until the table shows it, and each choice beside it."""
    await asyncio.sleep(SETTLED_S)  # what is looked into is read while nobody types
    history = program.workbench.pages.history
    assert history is not None
    times: list[float] = []
    used: list[float] = []

    def timed(act: Callable[[], object]) -> None:
        begun_s, cpu_s = time.perf_counter(), time.thread_time()
        act()
        history.table.viewport().repaint()
        times.append((time.perf_counter() - begun_s) * 1000)
        used.append((time.thread_time() - cpu_s) * 1000)

    for words in TYPED:
        for end in (*range(1, len(words) + 1), *range(len(words) - 1, -1, -1)):
            timed(partial(history.filter.search.setText, words[:end]))
            await asyncio.sleep(0)
    for choice in (history.filter.verdict, history.filter.disruption, history.filter.days):
        for place in (1, 0):
            timed(partial(choice.setCurrentIndex, place))
            await asyncio.sleep(0)
    for wanted in (True, False):
        timed(partial(history.filter.failures.setChecked, wanted))
        await asyncio.sleep(0)
    return times, used


async def _opened(program: Program) -> tuple[list[float], list[float]]:
    """Return what opening each of some runs takes until it is shown, and processor time of the whole program in it."""
    times: list[float] = []
    used: list[float] = []
    ids = list(program.store.state.history)[::-1]
    for run_id in ids[:: max(1, len(ids) // max(1, ORDER["open"]))][: ORDER["open"]]:
        begun_s, cpu_s = time.perf_counter(), time.process_time()
        program.commands.reading.read_runs([run_id])
        await _until(lambda run_id=run_id: run_id in program.store.state.runs)
        program.window.ui_state.select_run(run_id)
        program.workbench.rendering.render()
        times.append((time.perf_counter() - begun_s) * 1000)
        used.append((time.process_time() - cpu_s) * 1000)
        await asyncio.sleep(BETWEEN_S)
    return times, used


# -- a matrix with a film playing ---------------------------------------------------


async def _matrix(program: Program) -> None:
    from tests.benchmarks.heartbeat import Heartbeat

    await _usable(program)
    player = asyncio.get_running_loop().create_task(_keep_playing(program))
    heart = Heartbeat()
    heart.start(watch=bool(ORDER.get("watch")))
    begun = time.monotonic()
    mark("matrix")
    program.commands.matrix.start_matrix()
    session = program.work.session
    assert session is not None
    await _until(lambda: session.matrix is not None)
    await _until(lambda: session.matrix is None, 240)
    took_s = time.monotonic() - begun
    heart.stop()
    player.cancel()
    mark("matrix_done")
    runs = program.store.state.runs.values()
    say(
        matrix_s=took_s,
        verdicts=[run.verdict.value.value if run.verdict else run.reason for run in runs],
        gaps_ms=heart.gaps_ms,
        cpu_ms=heart.cpu_ms,
        worst=heart.worst(),
        played=_played.copy(),
    )


_played = {"frames": 0, "films": 0}


async def _keep_playing(program: Program) -> None:
    """Play whatever film the window shows, from its beginning, again and again; a long one while it shows none."""
    panel, session = program.film, program.work.session
    deck = getattr(panel, "deck", None)
    if deck is None or session is None:
        return
    film = Path(ORDER["film"])
    facts = await session.environment.films.inspect(film)
    deck.moving_picture.connect(_on_picture)
    while True:
        if deck.mount.facts is None:
            panel.show_film(film, facts, starts_at=None, lab=True)
        if not deck.playing:
            _played["films"] += 1
            deck.seek(0.0)
            deck.play()
        await asyncio.sleep(0.2)


def _on_picture(_picture: object) -> None:
    _played["frames"] += 1


def main() -> int:
    mark("python")
    return ours()


if __name__ == "__main__":
    sys.exit(main())
