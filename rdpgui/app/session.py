"""One working session on one environment: store, watchers, runner, matrix. No Qt, no terminal."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from rdpgui.app.environment import Environment
from rdpgui.app.evidence import write_evidence
from rdpgui.app.history import RunHistory
from rdpgui.app.left_runs import LeftRuns
from rdpgui.app.run_folders import drop_unfinished
from rdpgui.aws.calls import DaemonPool
from rdpgui.core.account_events import IdentityObserved, InstancesObserved
from rdpgui.core.errors import RdpguiError, SettingsError
from rdpgui.core.events import RunEvent
from rdpgui.core.freshness import Look
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.instance import Instance, InstanceState, PingStatus
from rdpgui.core.journal import read_journal
from rdpgui.core.judging.judge import judge
from rdpgui.core.preflight import PreflightCheck
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.run import RunPlan
from rdpgui.core.run_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    RunArchived,
    VerdictReached,
    VisuallyConfirmed,
)
from rdpgui.core.session import AccessType, Session
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState, RunState
from rdpgui.core.testimony import may_withdraw
from rdpgui.core.verdict import VisualConfirmation
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.matrix import Matrix, Progress
from rdpgui.runner.plans import Pair, assign_instances, make_plan
from rdpgui.runner.run_line import RunLine
from rdpgui.runner.store import Store
from rdpgui.runner.watch import Watchers

P = ParamSpec("P")
T = TypeVar("T")

FILES_END_LIMIT_S = 0.5
"""How long the end of the session waits for evidence that is being written; a report can be made again."""

MATRIX_INSTANCES = 2
"""Instances a matrix takes in turn: while one is restored the other is used."""


class WorkSession:
    """Everything that works on one environment.

    Attributes:
        store: the snapshot. history: of all runs; it belongs to who made the session.
        runner, watchers, desk: see the runner room.
    """

    def __init__(self, environment: Environment, store: Store, settings: Settings, history: RunHistory) -> None:
        self.environment = environment
        self.store = store
        self.history = history
        self.folders = history.folders
        self.settings = settings
        ports, timing = environment.ports, environment.timing
        self.runner = ExperimentRunner(ports, store, settings, timing)
        self.watchers = Watchers(ports, store, timing)
        self.desk = ArmingDesk(store, ports.clock, settings.armed_s)
        self.matrix: Matrix | None = None
        # Rendering, hashing and reading whole journals take longer than a frame: they leave the loop, one at a time.
        self._files = DaemonPool(1, "files")
        self._file_work: set[asyncio.Future[Any]] = set()
        self._appending = asyncio.Lock()

    @property
    def lab(self) -> bool:
        """Whether this is the lab."""
        return self.environment.lab

    @property
    def busy(self) -> bool:
        """Whether a run or a matrix is under way."""
        return self.matrix is not None or self.runner.running

    def use_settings(self, settings: Settings) -> None:
        """Take over changed settings for the next run."""
        self.settings = settings
        self.runner.settings = settings
        self.desk.armed_s = settings.armed_s

    def plan(self, pair: Pair, instance_id: InstanceId, *, by_hand: bool = False) -> RunPlan:
        """Return a plan with the environment's pace."""
        return make_plan(
            pair[0],
            pair[1],
            instance_id,
            timing=self.environment.timing,
            settings=self.settings,
            at=self.environment.ports.clock.now(),
            lab=self.lab,
            by_hand=by_hand,
        )

    async def run(self, plan: RunPlan, *, attended: bool = False) -> RunState:
        """Run one experiment and write its evidence. In the lab the run arms its own target."""
        run = await self.runner.run(plan, attended=attended, auto_arm=self.lab)
        await self.report_of(run.run_id)
        await self._off_loop(drop_unfinished, self.folders.folder_of(run.run_id))
        return run

    async def observe_account(self) -> None:
        """Read identity and instances once, for work without watchers."""
        ports = self.environment.ports
        who = await ports.identity.identity()
        look = self.look()
        self.store.publish(
            IdentityObserved(look.at, who.account_id, who.arn, who.region, who.profile, who.endpoint_url, who.lab, look)
        )
        instances, nodes = await ports.instances.instances(), await ports.instances.nodes()
        look = self.look()
        self.store.publish(InstancesObserved(look.at, instances, nodes, look))

    def look(self) -> Look:
        """Return the look that was just had, good for one poll time: no watcher repeats it."""
        clock = self.environment.ports.clock
        return Look(clock.now(), clock.monotonic(), self.environment.timing.poll_idle_s)

    def usable_instances(self) -> tuple[Instance, ...]:
        """Return running, managed instances that carry the allow tag, in EC2's order."""
        state = self.store.state
        online = {n.instance_id for n in state.nodes.values() if n.ping_status is PingStatus.ONLINE}
        key, _, value = self.settings.allow_tag.partition("=")
        return tuple(
            item
            for item in state.instances.values()
            if item.state is InstanceState.RUNNING
            and item.instance_id in online
            and (not key or item.tag(key) == value)
        )

    async def run_matrix(self, pairs: Sequence[Pair], progress: Progress) -> Matrix:
        """Run rows one after another, on two instances in turn.

        Raises:
            SettingsError: there is no instance to use.
        """
        instances = [item.instance_id for item in self.usable_instances()[:MATRIX_INSTANCES]]
        if not instances:
            raise SettingsError(
                "There is no running, managed instance that carries the tag {tag}.",
                "Start one, or give it the tag.",
                tag=self.settings.allow_tag,
            )
        plans = [self.plan(pair, instance_id) for pair, instance_id in assign_instances(pairs, instances)]
        matrix = self.matrix = Matrix(self.runner, self.store, progress)
        try:
            await matrix.run(plans)
        finally:
            self.matrix = None
        return matrix

    async def write_reports(self, matrix: Matrix) -> None:
        """Write the evidence of each run of a matrix.

        Raises:
            StorageFull, StorageError: the first that could not be written; the others were tried all the same.
        """
        first: Exception | None = None
        for row in matrix.rows:
            try:
                if row.run is not None:
                    await self.report_of(row.run.run_id)
            except Exception as error:  # noqa: BLE001 - raised below, when the others are there
                first = first or error
        if first is not None:
            raise first

    async def start_instance(self, instance_id: InstanceId) -> None:
        """Start a stopped instance by hand. On AWS it must be armed: a running instance costs money.

        Raises:
            GuardRefusal, AwsError, StorageFull, StorageError: see ``runner.by_hand``.
        """
        try:
            await self._by_hand().start(instance_id)
        finally:
            self.watchers.refresh()  # also after a call without answer: it may have taken effect

    async def preflight(
        self, instance_id: InstanceId, access_type: AccessType, *, asked: bool
    ) -> tuple[PreflightCheck, ...]:
        """Return the preflight checks; only when a person ``asked`` and it is armed, what may be done is rehearsed."""
        permitted = await self._by_hand().rehearse(instance_id) if asked else {}
        return await self.environment.aws.preflight.preflight(instance_id, access_type, permitted)

    async def end_session(self, session: Session) -> None:
        """End one session by hand: armed, or in the lab.

        Raises:
            GuardRefusal, AwsError, StorageFull, StorageError: see ``runner.by_hand``.
        """
        try:
            await self._by_hand().end_session(session)
        finally:
            self.watchers.refresh()

    async def clean_up(self, run_id: RunId) -> None:
        """End what a run left open and start what its own order halted, as far as it can be done.

        Raises:
            RdpguiError: the first that failed; the other was tried all the same.
        """
        first: RdpguiError | None = None
        try:
            closed = await self._by_hand().end_connection(run_id)
            if closed is not None:
                await self.append_event(run_id, closed)
        except RdpguiError as error:
            first = error
        try:
            await self._by_hand().start_halted(run_id)
        except RdpguiError as error:
            first = first or error
        self.watchers.refresh()
        if first is not None:
            raise first

    def _by_hand(self) -> ByHand:
        return ByHand(self.environment.ports, self.store, by=getpass.getuser())

    async def take_up(self) -> list[RunState]:
        """Take up what an earlier program left of the runs; those of another place stay open until that place is.

        Raises:
            StorageError: the first that cannot be written.
        """
        return await LeftRuns(self.runner, self.store, self.history).take_up(_is_known_where)

    async def confirm_visual(self, run_id: RunId, *, seen: bool, film: str, film_s: float) -> None:
        """Record the person's own answer, with name, time and the picture on screen, in the run's journal."""
        now = self.environment.ports.clock.now()
        confirmation = VisualConfirmation(seen, getpass.getuser(), now, film, film_s)
        await self.append_event(run_id, VisuallyConfirmed(now, run_id, confirmation))
        await self._judge_again(run_id)

    async def withdraw_visual(self, run_id: RunId) -> None:
        """Record that the answer is taken back; without effect once another run has begun."""
        run = self.store.state.runs.get(run_id)
        if run is not None and may_withdraw(self.store.state, run):
            now = self.environment.ports.clock.now()
            await self.append_event(run_id, ConfirmationWithdrawn(now, run_id, getpass.getuser()))
            await self._judge_again(run_id)

    async def _judge_again(self, run_id: RunId) -> None:
        """Derive the verdict again from the journal: a person is a witness of the shutdown.

        A journal that does not carry all that a verdict rests on (0.1.0) keeps the one it has.
        """
        run = await self.history.run(run_id)
        if run.active or run.verdict is None or run.destination is None:
            return
        verdict = judge(run)
        if verdict != run.verdict:
            await self.append_event(run_id, VerdictReached(self.environment.ports.clock.now(), run_id, verdict))

    async def enter_console_word(self, run_id: RunId, word: ConsoleWord) -> None:
        """Record what the AWS console says, as entered by hand."""
        now = self.environment.ports.clock.now()
        await self.append_event(run_id, ConsoleWordEntered(now, run_id, word, getpass.getuser()))

    async def archive(self, run_id: RunId, *, away: bool) -> None:
        """Put a run away, or take it back, in its own journal: it is kept, and nothing counts it while it is away."""
        now = self.environment.ports.clock.now()
        await self.append_event(run_id, RunArchived(now, run_id, away, getpass.getuser()))

    async def append_event(self, run_id: RunId, event: RunEvent) -> None:
        """Add to the journal of a run, also after its end. One at a time: two must not continue the same chain."""
        folder = self.folders.folder_of(run_id)
        await self.history.run(run_id)
        async with self._appending:
            live = self.runner.line_of(run_id)
            if live is not None:
                await live.keep(event)
                return
            _events, end = await self._off_loop(lambda: read_journal(self.folders.lines(folder)))
            line = RunLine(await self._off_loop(self.folders.reopen, folder), self.folders.pen, self.store, end)
            try:
                await line.keep(event)
            finally:
                await line.aclose()
        await self.report_of(run_id)

    async def report_of(self, run_id: RunId) -> Path:
        """Return the report of a run, written anew with its facts and its manifest.

        Raises:
            StorageFull, StorageError: a file cannot be written.
        JournalDamaged: its journal cannot be trusted.
        """
        return await self._off_loop(write_evidence, self.folders, await self.history.run(run_id))

    async def _off_loop(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run file work on the one thread for it. Cancelling the awaiter does not cut it off."""
        future = asyncio.wrap_future(self._files.submit(work, *args, **kwargs))
        self._file_work.add(future)
        future.add_done_callback(self._file_work.discard)
        return await asyncio.shield(future)

    async def aclose(self) -> None:
        """Stop listening and close the ports; runs under way belong to their tasks."""
        self.watchers.stop()
        self.runner.close()
        if self._file_work:
            await asyncio.wait(self._file_work, timeout=FILES_END_LIMIT_S)
        self._files.shutdown()
        await self.environment.aclose()


def _is_known_where(state: AppState) -> bool:
    return state.place is not None and state.place.known
