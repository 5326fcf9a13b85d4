"""Reading a large fleet as the watchers do, on a Qt loop with a heartbeat, beside boto3's own paginators."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.benchmarks.heartbeat import Heartbeat
from tests.benchmarks.probes import ROOT
from tests.benchmarks.rows import Row, middle, percentile

GAP_TARGET_MS = 16.0


@contextmanager
def _server(count: int) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.fleet_server", str(count)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


def fleet_rows(count: int, rounds: int) -> list[Row]:
    """Read a fleet several times."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication
    from qasync import QEventLoop

    app = QApplication.instance() or QApplication([])
    with (
        _server(count) as url,
        _as_in_the_program(),
        asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner,
    ):
        return runner.run(_measure(url, count, rounds))


@contextmanager
def _as_in_the_program() -> Iterator[None]:
    """Collect garbage as the program does: a full collection by itself takes 200 ms."""
    from rdpgui.app.collector import Collector

    collector = Collector()
    collector.start()
    collector.settle()
    try:
        yield
    finally:
        collector.stop()


async def _measure(url: str, count: int, rounds: int) -> list[Row]:
    from rdpgui.aws.factory import connect
    from tests.unit.aws.samples import KEYS

    ports = await connect(endpoint_url=url, region="us-east-1", lab_keys=KEYS)
    heart, idle = Heartbeat(), Heartbeat()
    walls: list[float] = []
    cpus: list[float] = []
    idle.start(watch=False)
    await asyncio.sleep(1)
    idle.stop()
    await ports.instances.instances()
    heart.start(watch=False)
    for _round in range(rounds):
        begun_s, cpu_s = time.perf_counter(), time.process_time()
        instances, nodes = await asyncio.gather(ports.instances.instances(), ports.instances.nodes())
        walls.append(time.perf_counter() - begun_s)
        cpus.append(time.process_time() - cpu_s)
        assert (len(instances), len(nodes)) == (count, count)
    heart.stop()
    others = [_boto3_cpu_s(ports.caller.clients) for _round in range(rounds)]
    await ports.aclose()
    p99, base = percentile(heart.gaps_ms, 0.99), percentile(idle.gaps_ms, 0.99)
    return [
        Row(f"{count} instances read: gap of the loop beside it, p99", "ms", (p99,), ("idle loop", base),
            p99 / max(base, 0.01), f"<= {GAP_TARGET_MS:.0f} ms", p99 <= GAP_TARGET_MS,
            notes=(f"longest {max(heart.gaps_ms):.0f} ms",)),
        Row(f"{count} instances and nodes read: processor time of a poll", "s", tuple(cpus),
            ("boto3 paginators", middle(others)), middle(cpus) / middle(others)),
        Row(f"{count} instances and nodes read: time of a poll", "s", tuple(walls)),
    ]  # fmt: skip


def _boto3_cpu_s(clients: object) -> float:
    """Return the processor time of the same pages read by boto3 alone, nothing made of them."""
    begun_s = time.process_time()
    for service, operation, size in (("ec2", "describe_instances", 200), ("ssm", "describe_instance_information", 50)):
        client = clients.client(service)  # type: ignore[attr-defined] # ClientSource
        for _page in client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}):
            continue
    return time.process_time() - begun_s
