"""Orders outside of runs: end a session, start an instance, clean up."""

from __future__ import annotations

from rdpgui.app.workplace import Workplace
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.session import Session


class HandCommands:
    """The part of ``ui.commands.Commands`` that a person orders with no run; the window has asked before.

    Args:
        work: what is open.
    """

    def __init__(self, work: Workplace) -> None:
        self._work = work

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
