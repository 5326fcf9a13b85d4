"""What the program works with now: the place that is open, and the records of all runs. The orders share it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.core.account_events import Topic
from rdpgui.i18n import _
from rdpgui.ui.tokens import Tone

if TYPE_CHECKING:
    from rdpgui.app.lab_process import LabProcess
    from rdpgui.app.records import RunRecords
    from rdpgui.app.session import WorkSession
    from rdpgui.core.settings import Settings
    from rdpgui.runner.store import Store
    from rdpgui.ui.notifications import Notifications
    from rdpgui.ui.tasks import TaskScope


class Workplace:
    """Orders reach the account through the working session; those about the record of a run need no account.

    Attributes:
        scope: owns the tasks of the place that is open. window_scope: owns those that outlive a place.
        store: the snapshot that is shown. notifications: where people are told.
        settings: those in force. lab: None on AWS.
        session: None until the environment is open; orders before that say so.
        records: of all runs; None in the first moments.
    """

    def __init__(
        self,
        scope: TaskScope,
        store: Store,
        notifications: Notifications,
        settings: Settings,
        lab: LabProcess | None = None,
    ) -> None:
        self.scope = scope
        self.window_scope = scope.another()
        self.store = store
        self.notifications = notifications
        self.settings = settings
        self.lab = lab
        self.session: WorkSession | None = None
        self.records: RunRecords | None = None

    def ready(self) -> WorkSession | None:
        """Return what an order to the account works on; without it the person is told why."""
        if self.session is None and Topic.IDENTITY in self.store.state.stale:
            remedy = _("Sign in, or open another place from the top line, and try again.")
            self.notifications.say(Tone.WARN, _("Nobody is signed in here."), remedy)
        elif self.session is None:
            self.notifications.say(Tone.INFO, _("The connection is not open yet."), _("Wait a moment."))
        return self.session

    def recorded(self) -> RunRecords | None:
        """Return what an order about the record of a run works on; only in the first moments it is not there."""
        if self.records is None:
            self.notifications.say(Tone.INFO, _("The history is being read."), _("Wait a moment."))
        return self.records
