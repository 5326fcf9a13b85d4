"""What must not grow with what is there: an event of a long run, a render of an unchanged snapshot, claims, statements.

Times are processor time of the thread that does the work: other programs on the machine do not stretch them.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.rows import Row, middle, most

if TYPE_CHECKING:
    from rdpgui.core.run_summary import RunSummary
    from rdpgui.core.session import Session
    from rdpgui.runner.store import Store
    from rdpgui.ui.workbench import Workbench

EVENTS_TARGET, RENDER_TARGET_MS, CLAIMS_TARGET_MS, STATEMENTS_TARGET_MS = 1.5, 1.0, 50.0, 10.0
AT = datetime(2026, 1, 5, 9, tzinfo=UTC)


def scale_rows(events: int, runs: int, sessions: int, of_runs: int, rounds: int) -> list[Row]:
    """Measure all of them.

    Args:
        events: of one run.
        runs: in the history of one place.
        sessions: that are listed; ``of_runs`` of them belong to a run.
        rounds: how often each is measured.
    """
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    rows = [event_row(events)]
    with _window() as (workbench, store):
        rows += _history_rows(workbench, store, runs, rounds)
    with _window() as (workbench, store):
        rows.append(_statements_row(workbench, store, sessions, of_runs, rounds))
    app.processEvents()
    return rows


def event_row(count: int) -> Row:
    """Publish many events of one run; the last tenth beside the first."""
    from rdpgui.core.run_events import NoteAdded
    from rdpgui.runner.store import Store
    from tests.unit.core.samples import begin

    store = Store()
    first = begin()
    for event in first:
        store.publish(event)
    notes = [
        NoteAdded(first[-1].at + timedelta(seconds=number), first[0].run_id, "info", "{what}", (("what", str(number)),))
        for number in range(count)
    ]
    tenth = max(1, count // 10)
    took = []
    for begun in range(0, tenth * 10, tenth):
        cpu_s = time.thread_time()
        for event in notes[begun : begun + tenth]:
            store.publish(event)
        took.append((time.thread_time() - cpu_s) * 1e6 / tenth)
    ratio = took[-1] / took[0]
    return Row(
        f"an event of a run with {count} events: store and reduce", "us", tuple(took), ("the first tenth", took[0]),
        ratio, f"<= {EVENTS_TARGET} x the first", ratio <= EVENTS_TARGET,
    )  # fmt: skip


@contextmanager
def _window() -> Iterator[tuple[Workbench, Store]]:
    from tests.benchmarks.bench_table import open_window

    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as folder:
        way = open_window(Path(folder))
        yield way.workbench, way.store
        way.window.hide()
        way.window.deleteLater()


def _lines(count: int) -> list[RunSummary]:
    """Return lines of runs of one place, each with what it says about the claims."""
    from rdpgui.core.disruption import DisruptionId
    from rdpgui.core.ids import InstanceId, RunId, SessionId
    from rdpgui.core.recording import Basis, RecordingStatus
    from rdpgui.core.run import Phase, RunStatus
    from rdpgui.core.run_summary import ClaimFacts, RunSummary
    from rdpgui.core.session import AccessType
    from rdpgui.core.verdict import VerdictValue
    from tests.helpers.many_runs import LAB

    kinds = (DisruptionId.OS_REBOOT, DisruptionId.OS_SHUTDOWN, DisruptionId.EC2_REBOOT, DisruptionId.EC2_STOP)
    lines = []
    for number in range(count):
        run_id, kind = RunId(f"run-{number:06d}"), kinds[number % len(kinds)]
        at = AT + number * timedelta(minutes=17)
        lines.append(
            RunSummary(
                run_id, at, RunStatus.COMPLETED, Phase.DONE, at, LAB.key, True, InstanceId("i-1"), "web", kind,
                observed=kind, verdict=VerdictValue.PASS, session_id=SessionId(f"session-{number}"),
                recording=RecordingStatus.FINISHED, basis=Basis.OBSERVED,
                claim=ClaimFacts(run_id, kind, AccessType.STANDARD, True, True, kind is DisruptionId.EC2_STOP),
            )
        )  # fmt: skip
    return lines


def _history_rows(workbench: Workbench, store: Store, count: int, rounds: int) -> list[Row]:
    from rdpgui.core.account_events import PlaceOpened
    from tests.helpers.many_runs import LAB

    lines = _lines(count)
    store.publish(PlaceOpened(AT, LAB))
    store.list_runs(lines)
    show = partial(_show, workbench, store)
    show()
    workbench.replies.show_films_gone(frozenset(line.run_id for line in lines))
    unchanged, other_line = [], []
    for page in (3, 0):
        workbench.window.show_page(page)
        _ms(show)
        unchanged += [_ms(show) for _round in range(rounds * 5)]
        for number in range(rounds):
            store.list_runs([lines[0]._replace(reason=f"another {page} {number}")])
            other_line.append(_ms(show))
    pages = [_ms(partial(workbench.window.show_page, place)) for place in (2, 0, 2)]
    workbench.window.show_page(2)
    claims = []
    for _round in range(rounds):
        store.list_runs([lines[0]._replace(reason=f"other {_round}")])
        claims.append(_ms(show))
    return [
        Row(f"{count} runs: a render with nothing changed, on the history and on the first page", "ms",
            tuple(unchanged), target=f"<= {RENDER_TARGET_MS:.0f} ms", met=middle(unchanged) <= RENDER_TARGET_MS),
        Row(f"{count} runs: a render after one line was told anew, on both", "ms", tuple(other_line)),
        Row(f"{count} runs: the claims, shown and shown again after another run", "ms", (*pages[::2], *claims),
            target=f"<= {CLAIMS_TARGET_MS:.0f} ms", met=most((*pages, *claims), CLAIMS_TARGET_MS)),
    ]  # fmt: skip


def _statements_row(workbench: Workbench, store: Store, count: int, of_runs: int, rounds: int) -> Row:
    from PySide6.QtCore import QCoreApplication

    from rdpgui.core.account_events import PlaceOpened, SessionsObserved
    from tests.helpers.many_runs import LAB

    lines = _lines(of_runs)
    store.publish(PlaceOpened(AT, LAB))
    store.list_runs(lines)
    sessions = _sessions(count)
    store.publish(SessionsObserved(AT, sessions))
    _show(workbench, store)
    found = []
    again = []
    for number in range(rounds):
        line = lines[number % of_runs]._replace(reason=f"other {number}", session_id=lines[-1].session_id)
        store.list_runs([line])
        workbench.looked.state = store.state
        QCoreApplication.processEvents()
        found.append(_ms(partial(_statements, workbench, sessions)))
        again.append(_ms(partial(_show, workbench, store)))
    return Row(
        f"{count} sessions, {of_runs} runs: what is said of each after another run", "ms", tuple(found),
        target=f"<= {STATEMENTS_TARGET_MS:.0f} ms", met=most(found, STATEMENTS_TARGET_MS),
        notes=(f"the whole render after it, its rows painted: median {middle(again):.1f} ms",),
    )  # fmt: skip


def _sessions(count: int) -> tuple[Session, ...]:
    from rdpgui.core.ids import InstanceId, SessionId
    from rdpgui.core.session import Session, SessionStatus

    ended = SessionStatus.TERMINATED
    return tuple(
        Session(SessionId(f"session-{number}"), InstanceId("i-1"), ended, False, AT + timedelta(seconds=number))
        for number in range(count)
    )


def _statements(workbench: Workbench, sessions: tuple[Session, ...]) -> None:
    statement_of = workbench.looked.statements()
    for session in sessions:
        statement_of(session)


def _show(workbench: Workbench, store: Store) -> None:
    workbench.looked.state = store.state
    workbench.rendering.render()


def _ms(work: Callable[[], object]) -> float:
    """Return the processor time of a change and the repainting after it."""
    from PySide6.QtCore import QCoreApplication

    cpu_s = time.thread_time()
    work()
    QCoreApplication.processEvents()
    return (time.thread_time() - cpu_s) * 1000
