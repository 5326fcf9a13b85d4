"""100,000 instances in the real table with a view on it: filter and sort."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from functools import partial

from tests.benchmarks.rows import Row, middle, most

ROWS = 100_000
TARGET_MS = 100.0
WORDS = ("w", "we", "web", "web-1", "web-12", "zzz", "", "stopped", "10.0.7", "")


def table_rows(rounds: int) -> list[Row]:
    """Measure the instance table."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QCoreApplication, Qt
    from PySide6.QtWidgets import QApplication

    from rdpgui.core.ids import InstanceId
    from rdpgui.core.instance import Instance, InstanceState, ManagedNode, PingStatus
    from rdpgui.ui.panels.instances import InstancesPanel

    app = QApplication.instance() or QApplication([])
    dice = random.Random(1)
    states = (InstanceState.RUNNING, InstanceState.STOPPED, InstanceState.PENDING)
    ids = [InstanceId(f"i-{dice.getrandbits(68):017x}") for _ in range(ROWS)]
    instances = [
        Instance(
            instance_id,
            f"web-{dice.randrange(ROWS)}",
            dice.choice(states),
            private_ip=f"10.0.{dice.randrange(256)}.{dice.randrange(256)}",
            tags=(("env", "production"), ("team", f"t{dice.randrange(40)}")),
        )
        for instance_id in ids
    ]
    nodes = [ManagedNode(instance_id, PingStatus.ONLINE) for instance_id in ids[::2]]
    panel = InstancesPanel()
    panel.resize(420, 800)
    panel.show()
    QCoreApplication.processEvents()
    fill = [_ms(lambda: panel.show_instances(instances, nodes, known=True))]
    model = panel.table.model()
    filters: list[float] = []
    sorts: list[float] = []
    ascending = Qt.SortOrder.AscendingOrder
    descending = Qt.SortOrder.DescendingOrder
    for _round in range(rounds):
        filters += [_ms(partial(panel.search.setText, word)) for word in WORDS]
        for column in range(model.columnCount()):
            sorts += [_ms(partial(panel.table.sortByColumn, column, order)) for order in (ascending, descending)]
    changed = [*instances[:-1], Instance(ids[-1], "web-new", InstanceState.STOPPED)]
    update = [_ms(lambda: panel.show_instances(changed, nodes, known=True))]
    plain = [_ms(lambda: sorted(instances, key=lambda one: one.name)) for _ in range(3)]
    base = ("sorted() by name", middle(plain))
    panel.close()
    del app
    target = f"<= {TARGET_MS:.0f} ms"
    return [
        Row(f"{ROWS} instances: fill once", "ms", tuple(fill)),
        Row(f"{ROWS} instances: one changed", "ms", tuple(update)),
        Row(f"{ROWS} instances: filter", "ms", tuple(filters), target=target, met=most(filters, TARGET_MS)),
        Row(f"{ROWS} instances: sort", "ms", tuple(sorts), base, middle(sorts) / base[1], target,
            most(sorts, TARGET_MS)),
    ]  # fmt: skip


def _ms(work: Callable[[], object]) -> float:
    """Return what a change and the repainting after it take."""
    from PySide6.QtCore import QCoreApplication

    begun_s = time.perf_counter()
    work()
    QCoreApplication.processEvents()
    return (time.perf_counter() - begun_s) * 1000
