"""Access requests: opens their dialog, keeps it up to date, and asks before anything is filed or decided."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.access_requests import AccessRequest, Deed
from rdpgui.core.cli import ApiCall, CliPlace, as_cli
from rdpgui.core.ids import InstanceId
from rdpgui.core.preflight import PreflightCheck
from rdpgui.i18n import _
from rdpgui.ui import formats, labels
from rdpgui.ui.dialogs.order import Order, OrderDialog

if TYPE_CHECKING:
    from rdpgui.ui.commands import GuidedPort
    from rdpgui.ui.dialogs.access_requests import AccessRequestsDialog
    from rdpgui.ui.hand_orders import HandOrders
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class AccessOrders(QObject):
    """From the dialog to commands.

    Args:
        window: the dialogs' parent. looked: what a person looks at. commands: what is ordered.
        by_hand: says why nothing may be changed now, and what is typed to confirm.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: GuidedPort, by_hand: HandOrders) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands
        self._by_hand = by_hand
        self._predicted: PreflightCheck | None = None
        self._dialog: AccessRequestsDialog | None = None
        window.actions_by_name.on("access-requests", self.open)

    def render(self) -> None:
        """Say whether something may be done, as long as the dialog is open."""
        if self._dialog is not None:
            self._dialog.show_refused(self._refused)

    def show_checks(self, checks: Sequence[PreflightCheck] | None) -> None:
        """Take over which kind of session the preflight predicts."""
        self._predicted = next((check for check in checks or () if check.check_id == "access-type"), None)

    def show_requests(self, requests: Sequence[AccessRequest], problem: str) -> None:
        """Fill the dialog, if it is still open."""
        if self._dialog is not None:
            self._dialog.show_requests(requests, problem)

    def open(self) -> None:
        """Open the dialog, and read the requests."""
        from rdpgui.ui.dialogs.access_requests import AccessRequestsDialog

        if self._dialog is not None:
            return
        instance_id = self._window.ui_state.instance_id
        name = self._looked.name_of(instance_id) if instance_id else ""
        place = self._looked.state.place
        lab = place is not None and place.lab
        dialog = AccessRequestsDialog(name, self._prediction(), self._window, lab=lab)
        dialog.show_refused(self._refused)
        dialog.read_requested.connect(self._commands.list_access_requests)
        dialog.file_requested.connect(self._on_file)
        dialog.deed_requested.connect(self._on_deed)
        dialog.finished.connect(self._on_closed)
        self._dialog = dialog
        self._commands.list_access_requests()
        dialog.open()

    def _on_closed(self) -> None:
        self._dialog = None

    def _prediction(self) -> str:
        check = self._predicted
        if check is None or check.held is None:
            return _("Whether the console opens a Standard or a just-in-time session is not known: see the preflight.")
        told = labels.sentence(check.text, check.fields)
        return _("{prediction} What it really was is read from the session.").format(prediction=told)

    def _target(self, request: AccessRequest | None) -> InstanceId | None:
        """Return the node that has to be armed: the request's, else the armed one, else the selected one."""
        selected, arming = self._window.ui_state.instance_id, self._looked.state.arming
        if request is None:
            return selected
        if len(request.targets) == 1:
            return request.targets[0]
        return arming.instance_id if arming is not None else selected

    def _refused(self, request: AccessRequest | None) -> str:
        target = self._target(request)
        return _("Select an instance first.") if target is None else self._by_hand.change_refused(target)

    # -- what is asked -----------------------------------------------------------

    def _on_file(self, reason: str) -> None:
        target = self._target(None)
        if target is None or self._refused(None):
            return
        facts = [
            (_("Instance"), f"{self._looked.name_of(target)}  {target}"),
            (_("Reason"), reason),
            (_("Call"), "ssm:StartAccessRequest"),
        ]
        targets = [{"Key": "InstanceIds", "Values": [str(target)]}]
        call = ApiCall("ssm", "StartAccessRequest", {"Reason": reason, "Targets": targets})
        text = _("Who approves is told. Approved, it lets this identity connect to the instance for a while.")
        title = _("Ask for just-in-time access")
        self._ask(title, text, facts, target, call, partial(self._commands.request_access, target, reason))

    def _on_deed(self, request: AccessRequest, deed: Deed, comment: str) -> None:
        target = self._target(request)
        if target is None or self._refused(request):
            return
        facts = [
            (_("Request"), str(request.request_id)),
            (_("Filed by"), request.by or formats.ABSENT),
            (_("Instance"), ", ".join(map(self._looked.name_of, request.targets)) or formats.ABSENT),
            (_("Call"), f"{deed.action} {deed.value}"),
        ]
        facts += [(_("Comment"), comment)] if comment and deed is not Deed.WITHDRAW else []
        members = {"AutomationExecutionId": request.automation_id or "EXECUTION_ID"}
        if deed is Deed.WITHDRAW:
            call = ApiCall("ssm", "StopAutomationExecution", {**members, "Type": "Cancel"})
        else:
            call = ApiCall("ssm", "SendAutomationSignal", {**members, "SignalType": deed.value})
        then = partial(self._commands.decide_access, request.request_id, deed, comment)
        title, text = _words_of(deed)
        self._ask(title, text, facts, target, call, then, typed=str(request.request_id))

    def _ask(
        self,
        title: str,
        text: str,
        facts: Sequence[tuple[str, str]],
        target: InstanceId,
        call: ApiCall,
        then: partial[None],
        *,
        typed: str = "",
    ) -> None:
        who = self._looked.state.identity
        line = "" if who is None else as_cli(call, CliPlace(who.region, who.profile, who.endpoint_url))
        word, lab = self._by_hand.typed(self._looked.state, target)
        dialog = OrderDialog(Order(title, text, facts, title, "" if lab else typed or word, lab, line), self._window)
        dialog.confirmed.connect(then)
        dialog.open()


def _words_of(deed: Deed) -> tuple[str, str]:
    """Return the title of a question, and what follows from a yes."""
    match deed:
        case Deed.APPROVE:
            return _("Approve the request"), _("Who filed it may connect to the instance until the access runs out.")
        case Deed.REJECT:
            return _("Reject the request"), _("Who filed it may not connect.")
        case Deed.REVOKE:
            return _("Revoke the access"), _("No new session can be opened with it. Sessions that are open may go on.")
        case Deed.WITHDRAW:
            return _("Withdraw the request"), _("The execution that decides it is cancelled.")
