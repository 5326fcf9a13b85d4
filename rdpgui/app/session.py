"""One working session on one environment: store, watchers, runner, matrix. No Qt, no terminal."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Iterable, Sequence

from rdpgui.app.environment import Environment
from rdpgui.app.hand_orders import HandOrders
from rdpgui.app.left_runs import LeftRuns
from rdpgui.app.records import RunRecords
from rdpgui.core.account_events import InstancesObserved
from rdpgui.core.errors import GuardRefusal, RdpguiError, SettingsError
from rdpgui.core.freshness import Look
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import Instance, InstanceState, PingStatus
from rdpgui.core.run import RunPlan
from rdpgui.core.seen_target import bears
from rdpgui.core.settings import Settings
from rdpgui.core.state import AppState, RunState
from rdpgui.core.texts import N_
from rdpgui.runner.answers import identity_observed
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.beginnings import refuse_taken
from rdpgui.runner.bugs import report_bug
from rdpgui.runner.by_hand import ByHand
from rdpgui.runner.experiment_runner import ExperimentRunner
from rdpgui.runner.matrix import Matrix, Progress, Told
from rdpgui.runner.plans import NOTHING_SAID, Pair, SaidBefore, assign_instances, make_plan
from rdpgui.runner.spare_lanes import SpareLanes
from rdpgui.runner.store import Store
from rdpgui.runner.watch import Watchers

MATRIX_INSTANCES = 2
"""Instances a matrix takes in turn: while one is restored the other is used."""

LAB_LANES = 5
"""Lanes of a matrix in the lab at most."""


class WorkSession:
    """Everything that works on one environment.

    Attributes:
        store: the snapshot. records, history: of all runs; they belong to who made the session.
        runner, watchers, desk: see the runner room. by_hand: orders beside the runs.
    """

    def __init__(self, environment: Environment, store: Store, settings: Settings, records: RunRecords) -> None:
        self.environment = environment
        self.store = store
        self.records = records
        self.history = records.history
        self.settings = settings
        ports, timing = environment.ports, environment.timing
        self.runner = ExperimentRunner(ports, store, settings, timing)
        self.watchers = Watchers(ports, store, timing)
        self.desk = ArmingDesk(store, ports.clock, settings.armed_s)
        self.matrix: Matrix | None = None
        self._held: set[InstanceId] = set()
        self.by_hand = HandOrders(
            environment, store, records, allow_tag=settings.allow_tag, refresh=self.watchers.refresh
        )
        records.line_of = self.runner.line_of

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
        self.by_hand.allow_tag = settings.allow_tag

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
        """Run one experiment and write its evidence. In the lab the run arms its own target.

        Raises:
            GuardRefusal: the matrix or another run has the instance. Others: see the runner and ``RunPapers``.
        """
        self.refuse_held(plan.instance_id)
        run = await self.runner.run(plan, attended=attended, auto_arm=self.lab)
        try:
            await self.records.sign(run.run_id, self.settings)
        finally:
            await self.records.papers.drop_unfinished(run.run_id)
        return run

    def refuse_held(self, instance_id: InstanceId) -> None:
        """While a matrix goes on its instances are its own, also those that are free between two of its rows.

        Raises:
            GuardRefusal: it is one of them.
        """
        if instance_id in self._held:
            raise GuardRefusal(
                N_("The matrix works on {instance}."),
                N_("Wait for its end, stop it, or choose another instance."),
                instance=instance_id,
            )

    async def observe_account(self) -> None:
        """Read identity and instances once, for work without watchers."""
        ports = self.environment.ports
        who = await ports.identity.identity()
        look = self.look()
        self.store.publish(identity_observed(who, look))
        instances, nodes = await ports.instances.instances(), await ports.instances.nodes()
        look = self.look()
        self.store.publish(InstancesObserved(look.at, instances, nodes, look))

    def look(self) -> Look:
        """Return the look that was just had, good for one poll time: no watcher repeats it."""
        clock = self.environment.ports.clock
        return Look(clock.now(), clock.monotonic(), self.environment.timing.poll_idle_s)

    def usable_instances(self) -> tuple[Instance, ...]:
        """Return running, managed instances that carry the allow tag, in EC2's order."""
        nodes = self.store.state.nodes.values()
        online = {n.instance_id for n in nodes if n.ping_status is PingStatus.ONLINE}
        return tuple(item for item in self.expected_instances() if _runs(item) and item.instance_id in online)

    def expected_instances(self) -> tuple[Instance, ...]:
        """Return the instances that are usable or may be soon: starting or running, with the allow tag."""
        key, _, value = self.settings.allow_tag.partition("=")
        return tuple(
            item
            for item in self.store.state.instances.values()
            if (_runs(item) or item.state is InstanceState.PENDING) and (not key or item.tag(key) == value)
        )

    def lanes(self, pairs: Iterable[Pair]) -> tuple[InstanceId, ...]:
        """Return the instances that may carry any of the rows, as far as is known; none on which a run is under way."""
        state, kinds, tag = self.store.state, {disruption for disruption, _access in pairs}, self.settings.allow_tag
        return tuple(i.instance_id for i in self._free_instances() if bears(state, i, kinds, tag))

    def _free_instances(self) -> list[Instance]:
        taken = self.runner.taken
        return [item for item in self.usable_instances() if item.instance_id not in taken]

    async def run_matrix(
        self,
        pairs: Sequence[Pair],
        progress: Progress,
        *,
        instances: Sequence[InstanceId] = (),
        lanes: int = 1,
        told: Told | None = None,
        said: SaidBefore = NOTHING_SAID,
    ) -> Matrix:
        """Run rows one after another on the instances in turn, or side by side, each lane on an instance of its own.

        Args:
            pairs: the rows.
            progress: is told where each row is.
            instances: named by a person; none takes what the lab has. On AWS they are always named.
            lanes: how many at most go on side by side; 1: one after another.
            told: is told why lanes do not go side by side.
            said: what a person said beforehand of the sessions on them.

        Raises:
            SettingsError: there is no instance to use.
            GuardRefusal: a run is under way on one that was named, or on each that could be used.
        """
        wide, named = lanes > 1, bool(instances)
        instances = self._chosen(pairs, instances, lanes)
        plans = [said.put_into(self.plan(pair, one)) for pair, one in assign_instances(pairs, instances)]
        matrix = self.matrix = Matrix(self.runner, self.store, progress, told)
        self._held = set(instances)
        try:
            if not wide:
                await matrix.run(plans)
            elif self.lab and not named:
                await self._with_spare_lanes(matrix, plans, instances, lanes - len(instances))
            else:
                await matrix.run(plans, instances[:lanes])
        finally:
            self.matrix = None
            self._held = set()
        return matrix

    def _chosen(self, pairs: Sequence[Pair], named: Sequence[InstanceId], lanes: int) -> Sequence[InstanceId]:
        """Return the instances that a matrix takes; see ``run_matrix``."""
        for instance_id in named:
            refuse_taken(instance_id, self.runner.taken)
        if named:
            return named
        if not self.lab:
            raise SettingsError(
                "On AWS the matrix runs on instances that a person has named.", "Start it again and name them."
            )
        free = [item.instance_id for item in self._free_instances()]
        chosen = (self.lanes(pairs)[:lanes] if lanes > 1 else ()) or free[:MATRIX_INSTANCES]
        if not chosen and self.usable_instances():
            raise GuardRefusal(
                N_("A run is under way on each instance that could be used."), N_("Wait for its end, or abort it.")
            )
        if not chosen:
            raise SettingsError(
                "There is no running, managed instance that carries the tag {tag}.",
                "Start one, or give it the tag.",
                tag=self.settings.allow_tag,
            )
        return chosen

    async def _with_spare_lanes(
        self, matrix: Matrix, plans: Sequence[RunPlan], lanes: Sequence[InstanceId], more: int
    ) -> None:
        """Run on the lanes there are, and on stopped instances as soon as they are up; these are stopped again."""
        ports = self.environment.ports
        spare = SpareLanes(ports, self.store, ByHand(ports, self.store, by=getpass.getuser()), self.environment.timing)
        kinds = {plan.disruption_id for plan in plans}
        found = await spare.find(kinds, self.settings.allow_tag, min(more, len(plans) - 1 - len(lanes)))
        self._held.update(found)
        coming = [asyncio.create_task(spare.up(instance_id), name=f"lane {instance_id}") for instance_id in found]
        try:
            await matrix.run(plans, lanes, coming)
        finally:
            for task in coming:
                task.cancel()
            if coming:
                await asyncio.wait(coming)
        await spare.put_back()  # not when it is cut off: the lab ends then, and its instances with it

    async def write_reports(self, matrix: Matrix) -> None:
        """Write the evidence of each run of a matrix.

        Raises:
            RdpguiError: the first that could not be written; the others were tried all the same.
        """
        first: RdpguiError | None = None
        for row in matrix.rows:
            try:
                if row.run is not None:
                    await self.records.sign(row.run.run_id, self.settings)
            except RdpguiError as error:
                first = first or error
            except Exception as error:  # noqa: BLE001 - a bug in one report takes neither the others nor the results
                bug = report_bug(error, f"the report of {row.plan.run_id}")
                first = first or bug
        if first is not None:
            raise first

    async def write_reports_or_note(self, matrix: Matrix, unwritten: list[RdpguiError]) -> None:
        """Write the evidence of each run; what could not be written is noted, and the work goes on."""
        try:
            await self.write_reports(matrix)
        except RdpguiError as error:
            unwritten.append(error)

    async def take_up(self) -> list[RunState]:
        """Take up what an earlier program left of the runs; those of another place stay open until that place is.

        Raises:
            StorageError: the first that cannot be written.
        """
        return await LeftRuns(self.runner, self.store, self.history).take_up(_is_known_where)

    async def aclose(self) -> None:
        """Stop listening and close the ports; runs under way belong to their tasks."""
        self.watchers.stop()
        self.runner.close()
        self.records.leave_to_nobody()
        await self.environment.aclose()


def _is_known_where(state: AppState) -> bool:
    return state.place is not None and state.place.known


def _runs(item: Instance) -> bool:
    return item.state is InstanceState.RUNNING
