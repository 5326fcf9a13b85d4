"""Orders about experiments: connections, runs, arming, the matrix."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rdpgui.app.workplace import Workplace
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.guards import refuse_emergency
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.repair import Repair
from rdpgui.core.run import RunPlan
from rdpgui.core.session import AccessType, Session
from rdpgui.core.state import RunState
from rdpgui.i18n import N_, _, retell
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.comparison import RecorderComparison
    from rdpgui.app.session import WorkSession
    from rdpgui.runner.matrix import Matrix, Row
    from rdpgui.runner.plans import Pair

TAKEN_OVER = N_("another run takes over the connection")


class RunCommands:
    """The part of ``ui.commands.Commands`` that works on the account.

    Args:
        work: what is open. workbench: shows what comes of it.

    Attributes:
        comparison: of the two places of the recorder; set by who can change the place.
    """

    def __init__(self, work: Workplace, workbench: Workbench) -> None:
        self._work = work
        self._workbench = workbench
        self.comparison: RecorderComparison | None = None

    def connect(self, instance_id: InstanceId, access_type: AccessType, *, attended: bool) -> None:
        """Open a connection and observe it: a person may restart or shut down from inside."""
        session = self._work.ready()
        if session is not None:
            plan = session.plan((DisruptionId.OS_SHUTDOWN, access_type), instance_id, by_hand=True)
            self._start(session, plan, attended=attended)

    def run(
        self,
        disruption_id: DisruptionId,
        instance_id: InstanceId,
        access_type: AccessType,
        *,
        by_hand: bool,
        agreed: tuple[SessionId, ...] = (),
    ) -> None:
        """Run one experiment; an observed connection on the same instance is taken over."""
        session = self._work.ready()
        if session is None:
            return
        plan = replace(session.plan((disruption_id, access_type), instance_id, by_hand=by_hand), agreed=agreed)
        observed = [r for r in session.store.state.active_runs if r.plan.instance_id == instance_id]
        if any(not run.plan.by_hand or run.left is not None for run in observed):
            self._work.notifications.say(
                Tone.WARN, _("A run on this instance is under way."), _("Wait for its end, or abort it.")
            )
            return
        self._start(session, plan, take_over=tuple(run.run_id for run in observed))

    def _start(
        self, session: WorkSession, plan: RunPlan, *, attended: bool = False, take_over: tuple[RunId, ...] = ()
    ) -> None:
        self._work.scope.start(f"run {plan.run_id}", self._run(session, plan, attended, take_over))

    async def _run(self, session: WorkSession, plan: RunPlan, attended: bool, take_over: tuple[RunId, ...]) -> RunState:
        session.refuse_held(plan.instance_id)  # before anything is taken over
        for run_id in take_over:
            session.runner.abort(run_id, TAKEN_OVER, keep_connection=True)
        await session.store.until(lambda state: all(not state.runs[i].active for i in take_over), 10.0)
        return await session.run(plan, attended=attended)

    def abort(self) -> None:
        """Abort the runs under way; what was started is restored."""
        if self._work.session is not None:
            self._work.session.runner.abort()

    def arm(self, instance_id: InstanceId) -> None:
        """Allow disruptions on exactly this instance for a while."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start("arm", self._arm(session, instance_id))

    async def _arm(self, session: WorkSession, instance_id: InstanceId) -> None:
        session.desk.arm(instance_id)

    def disarm(self) -> None:
        """Back to read-only."""
        if self._work.session is not None:
            self._work.session.desk.disarm()

    def emergency_stop(self) -> None:
        """Latch: no new action, running waits end as aborted."""
        if self._work.session is not None:
            self._work.session.desk.emergency_stop()

    def emergency_reset(self) -> None:
        """Release the latch."""
        if self._work.session is not None:
            self._work.session.desk.emergency_reset()

    def refresh(self) -> None:
        """Poll everything now, and check the selected instance again."""
        if self._work.session is not None:
            self._work.session.watchers.refresh()
            self.check_selected(asked=True)

    def check_selected(self, *, asked: bool = False) -> None:
        """Run the preflight of the selected instance; looking at one only reads."""
        session, instance_id = self._work.session, self._workbench.window.ui_state.instance_id
        if session is None or instance_id is None:
            return
        self._work.scope.cancel("preflight")
        self._workbench.show_preflight(None, running=True)
        checks = self._checked(session, instance_id, asked=asked)
        self._work.scope.start("preflight", checks)

    async def _checked(self, session: WorkSession, instance_id: InstanceId, *, asked: bool) -> None:
        checks = await session.by_hand.preflight(instance_id, self._workbench.window.ui_state.access_type, asked=asked)
        self._workbench.show_preflight(checks)
        self._workbench.show_repairs(await session.by_hand.repairs())

    def repair(self, repair: Repair, instance_id: InstanceId, *, undo: bool) -> None:
        """Make a repair, or take one back, and check again."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start(f"repair {repair.kind}", self._repair(session, repair, instance_id, undo))

    async def _repair(self, session: WorkSession, repair: Repair, instance_id: InstanceId, undo: bool) -> None:
        try:
            await session.by_hand.repair(repair, instance_id, undo=undo)
            said = _("{name}: put back as it was.") if undo else _("{name}: repaired.")
            self._work.notifications.say(Tone.OK, said.format(name=_(repair.name)))
        finally:
            self.check_selected()

    def start_matrix(
        self, whole: bool = False, instances: tuple[InstanceId, ...] = (), side_by_side: bool | None = None
    ) -> None:
        """Run disruptions x access types and controls.

        Args:
            whole: what goes beyond the article, too.
            instances: named by a person, who confirmed them; the lab chooses by itself. On AWS nothing runs unnamed.
            side_by_side: a lane on each instance; None: in the lab yes, on AWS no.
        """
        session = self._work.ready()
        if session is None:
            return
        latched = refuse_emergency(emergency=session.store.state.emergency)
        if latched is not None:
            self._work.notifications.error(latched.as_error())
        elif session.matrix is None:
            from rdpgui.runner.plans import matrix_pairs

            wide = session.lab if side_by_side is None else side_by_side
            self._work.scope.start("matrix", self.matrix(session, matrix_pairs(whole=whole), instances, wide=wide))

    def start_repeat(self, disruption_id: DisruptionId, access_type: AccessType, times: int) -> None:
        """Run one experiment several times, side by side as the matrix does (lab only)."""
        session = self._work.ready()
        if session is not None and session.lab and session.matrix is None:
            pairs = ((disruption_id, access_type),) * times
            self._work.scope.start("matrix", self.matrix(session, pairs, (), wide=True))

    def compare_recorders(self, disruption_id: DisruptionId, access_type: AccessType, times: int) -> None:
        """Run it with the recorder at the service, then on the instance, and come back (lab only)."""
        session = self._work.ready()
        if session is None or not session.lab or session.matrix is not None or self.comparison is None:
            return
        pairs = ((disruption_id, access_type),) * times
        self._work.window_scope.start("compare recorders", self.comparison.compare(pairs))

    async def matrix(
        self, session: WorkSession, pairs: Sequence[Pair], instances: tuple[InstanceId, ...], *, wide: bool
    ) -> Matrix:
        """Run rows, show how far they are, and write their papers."""
        # Loaded with the session; at the top they would delay the first picture.
        from rdpgui.app.session import LAB_LANES
        from rdpgui.runner.matrix import RowStatus

        statuses: dict[int, RowStatus] = {}
        over = frozenset({RowStatus.ENDED, RowStatus.SKIPPED})

        def show(*, running: bool = True) -> None:
            done = sum(status in over for status in statuses.values())
            under_way = sum(status is RowStatus.RUNNING for status in statuses.values())
            self._workbench.show_matrix_progress(done, len(pairs), running=running, under_way=under_way)

        def on_row(number: int, row: Row) -> None:
            statuses[number] = row.status
            show()

        show()
        lanes = (len(instances) or LAB_LANES) if wide else 1
        try:
            matrix = await session.run_matrix(pairs, on_row, instances=instances, lanes=lanes, told=self._tell)
            await session.write_reports(matrix)
        finally:
            show(running=False)
        self._workbench.end_notice.runs_ended(sum(status in over for status in statuses.values()), len(pairs))
        return matrix

    def _tell(self, why: str) -> None:
        self._work.notifications.say(Tone.INFO, retell(why))

    def stop_matrix(self) -> None:
        """End the matrix after aborting the runs under way."""
        if self._work.session is not None and self._work.session.matrix is not None:
            self._work.session.matrix.stop()

    def end_session(self, session: Session) -> None:
        """End one session, whoever it belongs to."""
        working = self._work.ready()
        if working is not None:
            self._work.scope.start(f"end {session.session_id}", working.by_hand.end_session(session))

    def clean_up(self, run_id: RunId) -> None:
        """End what a run left open and start what its own order halted."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start(f"clean up {run_id}", session.by_hand.clean_up(run_id))

    def start_instance(self, instance_id: InstanceId) -> None:
        """Start a stopped instance again."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start(f"start {instance_id}", session.by_hand.start_instance(instance_id))
