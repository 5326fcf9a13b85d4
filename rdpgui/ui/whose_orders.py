"""Asks a person whose session a run found, and passes the answer on."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.people_events import SessionQuestioned
from rdpgui.i18n import _
from rdpgui.ui import formats, labels

if TYPE_CHECKING:
    from rdpgui.ui.commands import GuidedPort
    from rdpgui.ui.dialogs.whose import WhoseDialog
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class WhoseOrders(QObject):
    """Asks once by itself, and again whenever a person wants to answer.

    Args:
        window: the dialog's parent. looked: the newest snapshot. commands: take the answer.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: GuidedPort) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands
        self._asked: SessionQuestioned | None = None
        self._dialog: WhoseDialog | None = None
        window.actions_by_name.on("whose-session", self._ask)

    def render(self) -> None:
        """Ask what a run asks anew; take a question back that the run no longer waits with."""
        asked = next((run.open_question for run in self._looked.state.active_runs if run.open_question), None)
        why = "" if asked is not None else _("No run asks whose a session is")
        self._window.actions_by_name.set_enabled("whose-session", asked is not None, why)
        if asked == self._asked:
            return
        self._asked = asked
        if self._dialog is not None:
            self._dialog.reject()
        if asked is not None:
            self._ask()

    def _ask(self) -> None:
        from rdpgui.ui.dialogs.whose import WhoseDialog

        asked = self._asked
        if asked is None or self._dialog is not None:
            return
        self._dialog = dialog = WhoseDialog(self._facts(asked), self._window)
        dialog.answered.connect(partial(self._on_answer, asked))
        dialog.finished.connect(self._on_closed)
        dialog.open()

    def _facts(self, asked: SessionQuestioned) -> list[tuple[str, str]]:
        session = asked.session
        return [
            (_("Session"), session.session_id),
            (_("Owner"), session.owner or formats.ABSENT),
            (_("Instance"), self._looked.name_of(session.target)),
            (_("Type"), labels.word(session.access_type)),
            (_("Started"), formats.day_clock(session.started_at)),
            (_("Seen first"), formats.day_clock(asked.at)),
        ]

    def _on_answer(self, asked: SessionQuestioned, own: bool) -> None:
        self._commands.answer_session(asked.run_id, asked.session.session_id, own=own)

    def _on_closed(self) -> None:
        self._dialog = None
