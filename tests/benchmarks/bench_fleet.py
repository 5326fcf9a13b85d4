"""Reading a large fleet as the watchers do, on a Qt loop with a heartbeat, beside boto3's own paginators."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rdpgui.aws.factory import AwsPorts
from tests.benchmarks.heartbeat import Heartbeat
from tests.benchmarks.probes import ROOT
from tests.benchmarks.rows import Row, middle, percentile
from tests.unit.aws.samples import KEYS

CLI = "aws ec2 describe-instances"
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
    firsts = [await _first_rows_s(ports) for _round in range(rounds)]
    await ports.aclose()
    p99, base = percentile(heart.gaps_ms, 0.99), percentile(idle.gaps_ms, 0.99)
    return [
        Row(f"{count} instances read: gap of the loop beside it, p99", "ms", (p99,), ("idle loop", base),
            p99 / max(base, 0.01), f"<= {GAP_TARGET_MS:.0f} ms", p99 <= GAP_TARGET_MS,
            notes=(f"longest {max(heart.gaps_ms):.0f} ms",)),
        Row(f"{count} instances and nodes read: processor time of a poll", "s", tuple(cpus),
            ("boto3 paginators", middle(others)), middle(cpus) / middle(others)),
        Row(f"{count} instances and nodes read: time of a poll", "s", tuple(walls)),
        _first_row(count, url, firsts),
    ]  # fmt: skip


async def _first_rows_s(ports: AwsPorts) -> float:
    """Return how soon the first rows of a first reading can be shown, seconds."""
    from rdpgui.runner.inventory import Inventory

    told: list[float] = []

    def note() -> None:
        told.append(time.perf_counter())

    begun_s = time.perf_counter()
    await Inventory(ports.instances, _now).read_whole(note)
    return (told[0] if told else time.perf_counter()) - begun_s


def _now() -> datetime:
    return datetime.now(UTC)


def _first_row(count: int, url: str, firsts: list[float]) -> Row:
    """Return the time to the first row beside the CLI on the same pages, which shows none before all are read."""
    what = f"{count} instances: time to the first rows"
    if shutil.which("aws") is None:
        return Row(what, "s", tuple(firsts), missing=(CLI,))
    keys = {"AWS_ACCESS_KEY_ID": KEYS.access_key_id, "AWS_SECRET_ACCESS_KEY": KEYS.secret_access_key}
    command = ["aws", "--endpoint-url", url, "--region", "us-east-1", "ec2", "describe-instances", "--output", "json"]
    begun_s = time.perf_counter()
    done = subprocess.run(command, env=os.environ | keys, capture_output=True, check=False)
    took_s = time.perf_counter() - begun_s
    if done.returncode:
        return Row(what, "s", tuple(firsts), missing=(CLI,))
    return Row(what, "s", tuple(firsts), (CLI, took_s), middle(firsts) / took_s, notes=("start of the CLI included",))


def calls_rows(instances: int = 3000, sessions: int = 20_000) -> list[Row]:
    """Count what looking at accounts costs a minute, on the real adapters in virtual time."""
    from rdpgui.core.settings import AWS_TIMING
    from rdpgui.runner.store import Store
    from rdpgui.runner.watch import Watchers
    from tests.helpers.fake_ports import ports_of
    from tests.helpers.large_account import LargeAccount, with_account
    from tests.helpers.simulated_world import SimulatedWorld
    from tests.helpers.virtual_time import run_virtual

    async def most(account: LargeAccount) -> int:
        watchers = Watchers(with_account(ports_of(SimulatedWorld()), account), Store(), AWS_TIMING)
        task = asyncio.create_task(watchers.start())
        await asyncio.sleep(600.0)  # the first reading, and what changed lately, are over
        watchers.stop()
        await task
        return account.most_in_a_minute(300.0)

    rows = []
    for name, account, target in (
        ("2 instances, 3 sessions", LargeAccount(2, 3, active=1, objects=3), 30),
        (f"{instances} instances, {sessions} sessions", LargeAccount(instances, sessions, objects=3), 40),
    ):
        found = run_virtual(most(account))
        rows.append(Row(f"{name}: most calls in an idle minute", "calls", (found,), target=f"<= {target}",
                        met=found <= target, notes=("counted in virtual time",)))  # fmt: skip
    return rows


def _boto3_cpu_s(clients: object) -> float:
    """Return the processor time of the same pages read by boto3 alone, nothing made of them."""
    begun_s = time.process_time()
    for service, operation, size in (("ec2", "describe_instances", 200), ("ssm", "describe_instance_information", 50)):
        client = clients.client(service)  # type: ignore[attr-defined] # ClientSource
        for _page in client.get_paginator(operation).paginate(PaginationConfig={"PageSize": size}):
            continue
    return time.process_time() - begun_s
