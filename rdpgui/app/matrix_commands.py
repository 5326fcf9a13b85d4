"""Orders about many runs: the matrix, one experiment several times, and the two places of the recorder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rdpgui.app.workplace import Workplace
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.guards import refuse_emergency
from rdpgui.core.ids import InstanceId
from rdpgui.core.session import AccessType
from rdpgui.i18n import retell
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.comparison import RecorderComparison
    from rdpgui.app.session import WorkSession
    from rdpgui.runner.matrix import Matrix, Row
    from rdpgui.runner.plans import Pair


class MatrixRows:
    """Runs rows as a matrix, and shows how far they are.

    Args:
        work: what is open. workbench: shows what comes of it.
    """

    def __init__(self, work: Workplace, workbench: Workbench) -> None:
        self._work = work
        self._workbench = workbench

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
            self._workbench.replies.show_matrix_progress(done, len(pairs), running=running, under_way=under_way)

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


class MatrixCommands:
    """The part of ``ui.commands.Commands`` that runs many experiments; one matrix goes on at a time.

    Args:
        work: what is open. rows: runs them. comparison: of the two places of the recorder.
    """

    def __init__(self, work: Workplace, rows: MatrixRows, comparison: RecorderComparison) -> None:
        self._work = work
        self._rows = rows
        self._comparison = comparison

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
            rows = self._rows.matrix(session, matrix_pairs(whole=whole), instances, wide=wide)
            self._work.scope.start("matrix", rows)

    def start_repeat(self, disruption_id: DisruptionId, access_type: AccessType, times: int) -> None:
        """Run one experiment several times, side by side as the matrix does (lab only)."""
        session = self._work.ready()
        if session is not None and session.lab and session.matrix is None:
            pairs = ((disruption_id, access_type),) * times
            self._work.scope.start("matrix", self._rows.matrix(session, pairs, (), wide=True))

    def compare_recorders(self, disruption_id: DisruptionId, access_type: AccessType, times: int) -> None:
        """Run it with the recorder at the service, then on the instance, and come back (lab only)."""
        session = self._work.ready()
        if session is not None and session.lab and session.matrix is None:
            pairs = ((disruption_id, access_type),) * times
            self._work.window_scope.start("compare recorders", self._comparison.compare(pairs))

    def stop_matrix(self) -> None:
        """End the matrix after aborting the runs under way."""
        if self._work.session is not None and self._work.session.matrix is not None:
            self._work.session.matrix.stop()
