"""The pollers of one run: they live exactly as long as the block that opened them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial

from rdpgui.core.errors import RdpguiError
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.run_events import Source
from rdpgui.core.session import Session
from rdpgui.runner.audit_watch import watch_denials
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.neighbours import read_neighbours
from rdpgui.runner.observe import BootWatch, ConnectionWatch, InstanceWatch, SessionWatch, poll, read_boot_once
from rdpgui.runner.run_context import RunContext
from rdpgui.runner.target import first_error
from rdpgui.runner.witness import Witness


class Watching:
    """Starts the pollers of a run inside one task group."""

    def __init__(self, run: RunContext, group: asyncio.TaskGroup) -> None:
        self._run = run
        self._group = group
        self._tasks: list[asyncio.Task[None]] = []

    def target(self) -> None:
        """Watch the EC2 state and the agent's connection."""
        run, baseline = self._run, self._run.state.baseline
        if baseline is None:
            return
        changes, flips = run.state.instance_changes, run.state.connection_changes
        state = changes[-1].state if changes else baseline.instance.state
        code = changes[-1].state_reason_code if changes else baseline.instance.state_reason_code
        status = flips[-1].status if flips else ConnectionStatus.CONNECTED
        launched_at = next((c.launched_at for c in reversed(changes) if c.launched_at), baseline.instance.launched_at)
        instance = InstanceWatch(run, state, code, baseline.at, launched_at)
        link = ConnectionWatch(run, status, baseline.at)
        self._start("instance", poll(run, "instance", instance.once, source=Source.INSTANCE))
        self._start("connection", poll(run, "connection", link.once, source=Source.CONNECTION))

    def session(self, session: Session) -> None:
        """Watch the run's session until its EndDate is known."""
        watch = SessionWatch(self._run, session, self._run.now())
        self._start("session", poll(self._run, "session", watch.once, source=Source.SESSION))

    def boot(self) -> None:
        """Read the boot time until it is another one."""
        cap_s = max(1.0, self._run.timing.poll_run_s * 3)
        self._start("boot", poll(self._run, "boot time", BootWatch(self._run).once, cap_s=cap_s))

    def boot_once(self) -> asyncio.Task[None]:
        """Read the boot time once."""
        return self._start("boot-once", read_boot_once(self._run))

    def neighbours(self) -> None:
        """Read once which other sessions there are."""
        self._start("neighbours", read_neighbours(self._run))

    def witness(self) -> None:
        """Take console screenshots while the disruption takes effect."""
        self._start("witness", self._aside(Witness(self._run).watch))

    def denials(self) -> asyncio.Task[None]:
        """Ask the audit log why the recording is late; the caller cancels it when it has come."""
        return self._start("denials", self._aside(partial(watch_denials, self._run)))

    def stop(self) -> None:
        """Cancel all pollers."""
        for task in self._tasks:
            task.cancel()

    async def _aside(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do what no verdict needs: a bug in it is reported and noted, and the run goes on as it would have."""
        try:
            await work()
        except RdpguiError:
            raise
        except Exception as error:  # noqa: BLE001 - see above
            told = report_bug(error, "beside a run")
            self._run.note("warning", told.template, **told.fields)

    def _start(self, name: str, work: Coroutine[object, object, None]) -> asyncio.Task[None]:
        task = self._group.create_task(work, name=f"{name} of {self._run.plan.run_id}")
        self._tasks.append(task)
        return task


@asynccontextmanager
async def watching(run: RunContext) -> AsyncIterator[Watching]:
    """Give pollers that end with the block.

    Raises:
        RdpguiError: what the block or a poller raised, without a group around it.
    """
    try:
        async with asyncio.TaskGroup() as group:
            watch = Watching(run, group)
            try:
                yield watch
            finally:
                watch.stop()
    except BaseExceptionGroup as error:
        raise first_error(error) from error


def is_usable(run: RunContext) -> bool:
    """Whether the target is running and Session Manager reaches it, as last seen."""
    state = run.state
    running = not state.instance_changes or state.instance_changes[-1].state is InstanceState.RUNNING
    connected = not state.connection_changes or state.connection_changes[-1].status is ConnectionStatus.CONNECTED
    return running and connected
