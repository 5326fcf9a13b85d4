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
