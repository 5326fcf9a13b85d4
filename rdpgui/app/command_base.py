"""What the parts of ``ui.commands.Commands`` have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.core.account_events import Topic
from rdpgui.i18n import _
from rdpgui.ui.main_window import MainWindow
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.records import RunRecords
    from rdpgui.app.session import WorkSession


class CommandBase:
    """Orders reach the account through the working session; those about the record of a run need no account.

    Attributes:
        window, workbench: show what comes of an order.
        scope: owns the tasks of the place that is open. window_scope: owns those that outlive a place.
        session: None until the environment is open; orders before that say so.
        records: of all runs; None in the first moments.
    """

    window: MainWindow
    workbench: Workbench

    def __init__(self, scope: TaskScope) -> None:
        self.scope = scope
        self.window_scope = scope.another()
        self.session: WorkSession | None = None
        self.records: RunRecords | None = None

    def _ready(self) -> WorkSession | None:
        if self.session is None and Topic.IDENTITY in self.workbench.looked.state.stale:
            remedy = _("Sign in, or open another place from the top line, and try again.")
            self.window.notifications.say(Tone.WARN, _("Nobody is signed in here."), remedy)
        elif self.session is None:
            self.window.notifications.say(Tone.INFO, _("The connection is not open yet."), _("Wait a moment."))
        return self.session

    def _recorded(self) -> RunRecords | None:
        """Return what an order about the record of a run works on; only in the first moments it is not there."""
        if self.records is None:
            self.window.notifications.say(Tone.INFO, _("The history is being read."), _("Wait a moment."))
        return self.records
