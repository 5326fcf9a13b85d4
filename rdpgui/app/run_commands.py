"""Orders about one experiment: connections, runs, arming, the emergency stop."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rdpgui.app.workplace import Workplace
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.run import RunPlan
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.i18n import N_, _
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession

TAKEN_OVER = N_("another run takes over the connection")


class RunCommands:
    """The part of ``ui.commands.Commands`` that disrupts, and says whether anything may.

    Args:
        work: what is open.
    """

    def __init__(self, work: Workplace) -> None:
        self._work = work

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
