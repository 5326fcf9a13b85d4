"""100,000 instances on the whole way of an observation: store → reduce → render → painted table; filter and sort."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks.rows import Row, middle, most

if TYPE_CHECKING:
    from rdpgui.core.instance import Instance, ManagedNode
    from rdpgui.runner.store import Store
    from rdpgui.ui.main_window import MainWindow
    from rdpgui.ui.workbench import Workbench

TARGET_MS, UNCHANGED_TARGET_MS = 50.0, 16.0
WORDS = ("w", "we", "web", "web-1", "web-12", "zzz", "", "stopped", "10.0.7", "")


class Way:
    """A window on a store, and what goes through both.

    Args:
        workbench: with a real window, whose orders go nowhere.
        store: what it renders.
    """

    def __init__(self, workbench: Workbench, store: Store) -> None:
        self.workbench, self.window, self.store = workbench, workbench.window, store

    def observe(self, instances: tuple[Instance, ...], nodes: tuple[ManagedNode, ...] | None) -> float:
        """Publish what was read and wait until it is painted; returns milliseconds."""
        from rdpgui.core.account_events import InstancesObserved

        return _ms(partial(self._through, InstancesObserved(datetime.now(UTC), instances, nodes)))

    def _through(self, event: object) -> None:
        self.store.publish(event)  # type: ignore[arg-type] # an event
        # At once, not when the throttle's interval is over: the interval is no work.
        self.workbench.looked.state = self.store.state
        self.workbench.rendering.render()


def table_rows(rounds: int, count: int = 100_000) -> list[Row]:
    """Measure the table of the instances."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    instances, nodes = fleet(count)
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as folder:
        way = open_window(Path(folder))
        rows = [*_observed_rows(way, instances, nodes, rounds), *_touched_rows(way.window, instances, rounds)]
        way.window.hide()
        way.window.deleteLater()
    app.processEvents()
    return rows


def open_window(folder: Path) -> Way:
    """Return a window on a new store; its orders go nowhere."""
    from rdpgui.core.settings import Settings
    from rdpgui.runner.store import Store
    from rdpgui.ui.notifications import Notifications
    from rdpgui.ui.panels.film_place import FilmPlace
    from rdpgui.ui.workbench import Workbench
    from tests.ui.conftest import RecordedCommands

    workbench = Workbench(
        RecordedCommands().for_window,
        film=FilmPlace(),
        notifications=Notifications(),
        run_folder=lambda _run_id: folder,
        settings=Settings(),
    )
    workbench.window.show()
    return Way(workbench, Store())


def fleet(count: int) -> tuple[tuple[Instance, ...], tuple[ManagedNode, ...]]:
    """Return instances and the nodes of every second one; new objects each time, equal for an equal count."""
    from rdpgui.core.ids import InstanceId
    from rdpgui.core.instance import Instance, InstanceState, ManagedNode, PingStatus

    dice = random.Random(1)
    states = (InstanceState.RUNNING, InstanceState.STOPPED, InstanceState.PENDING)
    ids = [InstanceId(f"i-{dice.getrandbits(68):017x}") for _ in range(count)]
    instances = tuple(
        Instance(
            instance_id,
            f"web-{dice.randrange(count)}",
            dice.choice(states),
            private_ip=f"10.0.{dice.randrange(256)}.{dice.randrange(256)}",
            tags=(("env", "production"), ("team", f"t{dice.randrange(40)}")),
        )
        for instance_id in ids
    )
    return instances, tuple(ManagedNode(instance_id, PingStatus.ONLINE) for instance_id in ids[::2])


def _observed_rows(way: Way, instances: tuple[Instance, ...], nodes: tuple[ManagedNode, ...], rounds: int) -> list[Row]:
    from rdpgui.aws.kept import Kept
    from rdpgui.core.instance import InstanceState

    count = len(instances)
    kept: Kept[Instance] = Kept(attrgetter("instance_id"))
    first = kept.whole(kept.rows(instances))
    fill = way.observe(first, nodes)
    same: list[float] = []
    pages: list[float] = []
    for _round in range(max(2, rounds)):
        again, again_nodes = fleet(count)
        made: list[Instance] = []
        for begin in range(0, count, 200):
            begun_s = time.perf_counter()
            made += kept.rows(again[begin : begin + 200])
            pages.append((time.perf_counter() - begun_s) * 1000)
        begun_s = time.perf_counter()
        whole = kept.whole(made)
        same.append((time.perf_counter() - begun_s) * 1000 + way.observe(whole, nodes))
        del again_nodes
    changed: list[float] = []
    for number in range(max(2, rounds)):
        one = [*first[:-1], replace(first[-1], name=f"web-new-{number}", state=InstanceState.STOPPED)]
        begun_s = time.perf_counter()
        whole = kept.whole(one)
        changed.append((time.perf_counter() - begun_s) * 1000 + way.observe(whole, nodes))
    equal, equal_nodes = fleet(count)
    foreign = way.observe(equal, equal_nodes)
    return [
        Row(f"{count} instances, store to table: first read", "ms", (fill,)),
        Row(f"{count} instances, port to table: a poll with nothing changed", "ms", tuple(same),
            target=f"<= {UNCHANGED_TARGET_MS:.0f} ms", met=most(same, UNCHANGED_TARGET_MS),
            notes=(f"besides, for each page of 200 that is read: at most {max(pages):.2f} ms",)),
        Row(f"{count} instances, port to table: one changed, and elsewhere in the order", "ms", tuple(changed),
            target=f"<= {TARGET_MS:.0f} ms", met=most(changed, TARGET_MS)),
        Row(f"{count} instances, store to table: equal, but all new objects", "ms", (foreign,)),
    ]  # fmt: skip


def _touched_rows(window: MainWindow, instances: tuple[Instance, ...], rounds: int) -> list[Row]:
    from PySide6.QtCore import QCoreApplication, Qt

    count, panel = len(instances), window.experiment.instances
    model = panel.table.model()
    filters: list[float] = []
    sorts: list[float] = []
    for _turn in range(count // 500):  # what is filtered by is read while nobody does anything
        QCoreApplication.processEvents()
    orders = (Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder)
    for _round in range(rounds):
        filters += [_ms(partial(panel.search.setText, word)) for word in WORDS]
        for column in range(model.columnCount()):
            sorts += [_ms(partial(panel.table.sortByColumn, column, order)) for order in orders]
    plain = [_ms(lambda: sorted(instances, key=attrgetter("name"))) for _ in range(3)]
    base, target = ("sorted() by name", middle(plain)), f"<= {TARGET_MS:.0f} ms"
    return [
        Row(f"{count} instances: filter", "ms", tuple(filters), target=target, met=most(filters, TARGET_MS)),
        Row(f"{count} instances: sort", "ms", tuple(sorts), base, middle(sorts) / base[1], target,
            most(sorts, TARGET_MS)),
    ]  # fmt: skip


def _ms(work: Callable[[], object]) -> float:
    """Return what a change and the repainting after it take."""
    from PySide6.QtCore import QCoreApplication

    begun_s = time.perf_counter()
    work()
    QCoreApplication.processEvents()
    return (time.perf_counter() - begun_s) * 1000
