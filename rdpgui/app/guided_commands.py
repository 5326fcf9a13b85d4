"""Orders about what a run needs a person for."""

from __future__ import annotations

from rdpgui.app.workplace import Workplace
from rdpgui.core.ids import RunId, SessionId


class GuidedCommands:
    """The part of ``ui.commands.Commands`` with which a person helps a run along.

    Args:
        work: what is open.
    """

    def __init__(self, work: Workplace) -> None:
        self._work = work

    def answer_session(self, run_id: RunId, session_id: SessionId, *, own: bool) -> None:
        """Record whether a session that a run asks about is the person's own."""
        records = self._work.recorded()
        if records is not None:
            self._work.window_scope.start("whose", records.answer_session(run_id, session_id, own=own), kept=True)

    def open_console(self, run_id: RunId) -> None:
        """Open the console's page again on which a run waits for the person's connection."""
        session = self._work.ready()
        run = session.store.state.runs.get(run_id) if session is not None else None
        if session is None or run is None or run.opened is None or not run.opened.by_person:
            return
        plan, opener = run.plan, session.environment.ports.opener
        opened = opener.open(plan.instance_id, plan.access_type, request_id=None, attended=True)
        self._work.scope.start(f"console {run_id}", opened)
