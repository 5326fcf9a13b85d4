"""Fixtures for every test: offscreen Qt, English words, and flows as one coroutine on a Qt event loop."""

from __future__ import annotations

import asyncio
import faulthandler
import gc
import logging
import os
import shlex
import signal
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from hypothesis import HealthCheck, settings

from tests.helpers.limits import limit_s

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_API", "pyside6")
# No test may touch the user's own runs and settings, whatever it starts.
_DATA = tempfile.TemporaryDirectory(prefix="rdpgui-tests-")
os.environ["RDPGUI_DATA_DIR"] = _DATA.name
# What one worker or child has compiled is there for the next one, whatever is usual on this machine.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# A drawn example may take its time on a busy machine; how long is no property of the code. The suite draws the same
# examples everywhere, so that it fails for a change and never for a day; `make fuzz` draws fresh ones.
settings.register_profile("same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("fresh", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("RDPGUI_TESTS_DRAW", "same"))

T = TypeVar("T")
Loop = TypeVar("Loop", bound=asyncio.AbstractEventLoop)
RunOnQt = Callable[[Coroutine[Any, Any, T]], T]

HERE = Path(__file__).parent
TASKS_END_S = 5.0
STANDARD_ERROR = 2
HANG_S = 120.0
"""Far above any test; a hang would otherwise end with the machine's own limit and say nothing."""


LONGEST_FIRST: Final = (
    "e2e/test_bad_input.py",
    "e2e/test_window.py",
    "hostile/test_judge.py",
    "e2e/test_terminal.py",
    "e2e/test_places.py",
    "e2e/test_foreign_aws.py",
    "ui/player/test_playing.py",
    "e2e/test_terminal_trouble.py",
    "unit/lab/test_broker_process.py",
    "e2e/test_endings.py",
    "unit/runner/test_read_only.py",
    "e2e/test_people.py",
    "unit/media/test_corpus.py",
    "contract/test_read_only_on_the_lab.py",
    "e2e/test_setup.py",
    "unit/runner/test_fault_table.py",
    "contract/test_aws_on_the_lab.py",
    "e2e/test_start.py",
    "contract/test_lab_endpoint.py",
    "unit/lab/test_guest_process.py",
    "e2e/test_bench.py",
    "unit/media/test_inspect.py",
    "contract/test_aws_ports.py",
    "unit/lab/test_people.py",
    "ui/player/test_lab_object.py",
    "unit/media/test_film_port.py",
    "ui/test_program.py",
    "ui/test_places.py",
    "unit/runner/test_faults.py",
)
"""Files of eight seconds and more. A long file that begins last would keep one worker busy while the others wait; those
that wait much for processes and those that only calculate take turns."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the files that take longest first, the same everywhere; within a file the order stays."""
    places = {name: place for place, name in enumerate(LONGEST_FIRST)}
    items.sort(key=partial(_place, places))


def _place(places: Mapping[str, int], item: pytest.Item) -> tuple[int, str]:
    name = item.path.relative_to(HERE).as_posix() if HERE in item.path.parents else ""
    return places.get(name, len(places)), name


def pytest_configure(config: pytest.Config) -> None:
    """Let children begin as in a terminal, and each worker elsewhere among the files."""
    hear_signals()
    given: dict[str, Any] | None = getattr(config, "workerinput", None)
    if given is not None and [Path(argument).resolve() for argument in config.args] == [HERE]:
        share = int(given["workerid"].removeprefix("gw")) / int(given["workercount"])
        config.args = collected_from(share)


def collected_from(share: float) -> list[str]:
    """Return every test file, beginning after a share of them.

    On a new checkout the assertions of each file are rewritten by the worker that comes to it first; the others find
    them compiled. ``pytest_collection_modifyitems`` makes the order the same again.
    """
    files = sorted(str(path) for path in HERE.rglob("test_*.py"))
    begin = int(len(files) * share)
    return files[begin:] + files[:begin]


def hear_signals() -> None:
    """Catch, and pass over, the signals that this process was told to ignore (``nohup``, ``&`` in a script).

    What is ignored is ignored by children, too; what is caught ends them as usual. A program that is to close at a
    hang-up would never hear of it.
    """
    for number in (signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])):
        if signal.getsignal(number) == signal.SIG_IGN:
            signal.signal(number, _pass_over)


def _pass_over(_number: int, _frame: object) -> None:
    """The suite goes on."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(specs: list[Any]) -> None:
    """Let the workers run in development mode when this process does: xdist hands no option of Python on."""
    if sys.flags.dev_mode:
        for spec in specs:
            spec.python = f"{shlex.quote(sys.executable)} -X dev"


def pytest_collection_finish() -> None:
    """Leave what was imported so far out of every later collection: each took a quarter of a second, four a test."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Leave what a file's tests have loaded for good out of every later collection, too: boto3's models are large."""
    yield
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()


def pytest_unconfigure() -> None:
    """Remove the folder that stood in for the user's."""
    _DATA.cleanup()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Words are English unless a test asks for another language."""
    from rdpgui.i18n import set_language

    set_language("en")
    yield
    set_language("en")


class _Lines(logging.Handler):
    """Keeps what the program logs at WARNING and above."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def log_lines(request: pytest.FixtureRequest) -> Iterator[None]:
    """Warnings in the program's log fail a test that neither takes ``caplog`` nor is marked ``logs("part of it")``."""
    logger, kept = logging.getLogger("rdpgui"), _Lines()
    logger.addHandler(kept)
    yield
    logger.removeHandler(kept)
    assert not logger.disabled, "this test switched the program's log off"
    marked = request.node.get_closest_marker("logs")
    expected = marked.args if marked is not None else ()
    if "caplog" not in request.fixturenames:
        assert [line for line in kept.lines if not any(part in line for part in expected)] == []


async def _end_tasks() -> None:
    """Cancel what a failed flow left; a task that does not end is named instead of being waited for."""
    left = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
    for task in left:
        task.cancel()
    if left:
        _done, stuck = await asyncio.wait(left, timeout=limit_s(TASKS_END_S))
        assert not stuck, f"tasks that do not end when cancelled: {stuck}"


@pytest.fixture(autouse=True)
def time_limit() -> Iterator[None]:
    """End a test run that hangs, with every thread's stack, instead of waiting for ever."""
    faulthandler.dump_traceback_later(limit_s(HANG_S), exit=True, file=STANDARD_ERROR)
    yield
    faulthandler.cancel_dump_traceback_later()


def quiet(loop: Loop) -> Loop:
    """Return a loop without asyncio's debugging, which development mode switches on.

    The traceback of every task, future and timer is half of what a window's test would take; the rest of that mode
    stays. Loops without Qt, where asyncio looks for calls from other threads, keep it.
    """
    loop.set_debug(False)
    return loop


@pytest.fixture
def qt_loop(qapp: Any) -> Iterator[RunOnQt[Any]]:
    """Run one coroutine on a Qt event loop; leftover tasks fail the test."""
    import PySide6  # noqa: F401  (before qasync, which otherwise prefers another binding)
    from qasync import QEventLoop

    def run(flow: Coroutine[Any, Any, T]) -> T:
        async def watched() -> T:
            result = await flow
            await asyncio.sleep(0)
            left = {task for task in asyncio.all_tasks() if task is not asyncio.current_task()}
            assert not left, f"tasks are left: {sorted(task.get_name() for task in left)}"
            return result

        loop = quiet(QEventLoop(qapp))
        asyncio.set_event_loop(loop)
        try:
            result: T = loop.run_until_complete(watched())
            return result
        finally:
            loop.run_until_complete(_end_tasks())
            asyncio.set_event_loop(None)
            loop.close()

    # NOTE The collector runs in whatever thread allocates; there it would destroy QObjects of the flow.
    gc.collect()
    gc.disable()
    yield run
    gc.enable()
    gc.collect()
