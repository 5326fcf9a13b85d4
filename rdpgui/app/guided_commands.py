"""Orders about what a run needs a person for: whose a session is, the console's page, just-in-time access."""

from __future__ import annotations

import getpass
from typing import TYPE_CHECKING

from rdpgui.app.access_listing import AccessListing
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import AccessRequestId, InstanceId, RunId, SessionId
from rdpgui.i18n import _, fill
from rdpgui.runner.access_desk import AccessDesk
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession
    from rdpgui.core.access_requests import Deed


class GuidedCommands:
    """The part of ``ui.commands.Commands`` with which a person helps a run along.

    Args:
        work: what is open. workbench: shows the access requests.
    """

    def __init__(self, work: Workplace, workbench: Workbench) -> None:
        self._work = work
        self._workbench = workbench
        self._listing = AccessListing()

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

    # -- just-in-time access -------------------------------------------------------

    def list_access_requests(self) -> None:
        """Ask for the access requests; they come back through ``Workbench.replies.show_access_requests``."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.cancel("access requests")
            self._work.scope.start("access requests", self._list(session))

    async def _list(self, session: WorkSession) -> None:
        try:
            found = await self._listing.read(session.environment.aws.access_desk)
        except RdpguiError as error:
            told = f"{fill(error.template, error.fields)} {fill(error.remedy, error.fields)}".strip()
            self._workbench.replies.show_access_requests((), told)
        else:
            self._workbench.replies.show_access_requests(found)

    def request_access(self, instance_id: InstanceId, reason: str) -> None:
        """File an access request; the person has confirmed it."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start(f"access to {instance_id}", self._request(session, instance_id, reason))

    async def _request(self, session: WorkSession, instance_id: InstanceId, reason: str) -> None:
        try:
            request_id = await self._desk(session).file(instance_id, reason)
            self._work.notifications.say(Tone.OK, _("Access request {id} was filed.").format(id=request_id))
        finally:
            self.list_access_requests()

    def decide_access(self, request_id: AccessRequestId, deed: Deed, comment: str) -> None:
        """Decide an access request, or withdraw it; the person has confirmed it."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start(f"{deed.value} {request_id}", self._decide(session, request_id, deed, comment))

    async def _decide(self, session: WorkSession, request_id: AccessRequestId, deed: Deed, comment: str) -> None:
        try:
            await self._desk(session).do(request_id, deed, comment)
            text = _("AWS took it; what becomes of request {id} is read from its status.")
            self._work.notifications.say(Tone.OK, text.format(id=request_id))
        finally:
            self.list_access_requests()

    @staticmethod
    def _desk(session: WorkSession) -> AccessDesk:
        environment = session.environment
        return AccessDesk(environment.ports, environment.aws.access_desk, session.store, by=getpass.getuser())
