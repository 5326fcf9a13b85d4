"""Orders outside of runs: end a session, start an instance, clean up; what is possible, and the question before it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.arming import confirmation_text
from rdpgui.core.cli import ApiCall, CliPlace, as_cli
from rdpgui.core.ids import InstanceId, RunId
from rdpgui.core.instance import InstanceState
from rdpgui.core.leftovers import LeftOver, left_over, left_overs
from rdpgui.core.session import Session
from rdpgui.core.state import AppState
from rdpgui.i18n import _, joined
from rdpgui.ui import formats, labels
from rdpgui.ui.dialogs.order import Order, OrderDialog
from rdpgui.ui.panels.leftovers import LeftOverLine

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import HandPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class HandOrders(QObject):
    """Asks and passes on; says why something cannot be asked for now.

    Args:
        window: its panels must exist. looked: what a person looks at. commands: what is ordered.
        changes: what was rendered last.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: HandPort, changes: Changes) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands
        self._changed = changes.changed
        page, actions = window.experiment, window.actions_by_name
        page.sessions.end_requested.connect(self.on_end_session)
        page.disruptions.start_requested.connect(self.on_start)
        window.leftovers.clean_up_requested.connect(self.on_clean_up)
        actions.on("end-session", self.on_end_session)
        actions.on("start-instance", self.on_start)
        actions.on("clean-up", self._on_clean_up_first)

    # -- what is possible --------------------------------------------------------

    def render(self) -> None:
        """Show what was left behind, and enable what can be ordered now."""
        state, chosen, run = self._looked.state, self._window.ui_state, self._looked.run
        armed = state.arming is not None and state.arming.holds_at(self._looked.moment().at)
        seen = (state.runs, state.sessions, state.instances, state.identity, state.place, state.emergency)
        if self._changed("by hand", *seen, state.arming, armed, chosen.instance_id, chosen.session_id, run):
            self._show(state)

    def _show(self, state: AppState) -> None:
        window, actions = self._window, self._window.actions_by_name
        left = left_overs(state)
        lines = [LeftOverLine(item.run_id, self._left_text(item), self._latched(state)) for item in left]
        window.leftovers.show_lines(lines)
        nothing = "" if left else _("Nothing was left behind")
        actions.set_enabled("clean-up", not (nothing or self._latched(state)), nothing or self._latched(state))
        end_refused, start_refused = self._end_refused(state), self._start_refused(state)
        actions.set_enabled("end-session", not end_refused, end_refused)
        actions.set_enabled("start-instance", not start_refused, start_refused)
        window.experiment.show_ends(end_refused=end_refused, start_refused=start_refused)

    @staticmethod
    def _latched(state: AppState) -> str:
        return _("The emergency stop is on. Reset it first.") if state.emergency else ""

    def _unarmed(self, state: AppState, instance_id: InstanceId) -> str:
        """Return why nothing may be changed on AWS: it is not armed."""
        if state.identity is None:
            return _("The connection is not open yet.")
        if state.identity.lab:
            return ""
        arming = state.arming
        if arming is None or arming.instance_id != instance_id or not arming.holds_at(self._looked.moment().at):
            return _("Arm {instance} first.").format(instance=self._looked.name_of(instance_id))
        return ""

    def change_refused(self, instance_id: InstanceId) -> str:
        """Return why nothing of an instance's set-up may be changed now; empty: it may."""
        state = self._looked.state
        return self._latched(state) or self._unarmed(state, instance_id)

    def _end_refused(self, state: AppState) -> str:
        session = self._session(state)
        if session is None:
            return _("Select an active session")
        return self._latched(state) or self._unarmed(state, session.target)

    def _start_refused(self, state: AppState) -> str:
        instance_id = self._window.ui_state.instance_id
        instance = state.instances.get(instance_id) if instance_id else None
        if instance is None or instance.state is not InstanceState.STOPPED:
            return _("Select a stopped instance")
        return self._latched(state) or self._unarmed(state, instance.instance_id)

    def _session(self, state: AppState) -> Session | None:
        """Return the session that is looked at, as long as it is listed as active."""
        run, chosen = self._looked.run, self._window.ui_state.session_id
        if chosen is None and run is not None and run.session is not None:
            chosen = run.session.session_id
        return next((item for item in state.sessions if item.session_id == chosen and item.active), None)

    def _left_text(self, item: LeftOver) -> str:
        name = self._looked.name_of(item.instance_id)
        parts = []
        if item.opened is not None:
            text = _(
                "The connection that the program opened to {instance} at {time} was not ended: "
                "it can go on being recorded."
            )
            parts.append(text.format(instance=name, time=formats.clock(item.opened.at)))
        if item.halted:
            parts.append(_("{instance} is still stopped by the order of the run.").format(instance=name))
        return joined(*parts)

    # -- what is asked -----------------------------------------------------------

    def on_end_session(self) -> None:
        """Ask before the session that is looked at is ended, naming whose it is."""
        state = self._looked.state
        session = self._session(state)
        if session is None or self._end_refused(state):
            return
        facts = [
            (_("Session"), session.session_id),
            (_("Owner"), session.owner or formats.ABSENT),
            (_("Instance"), self._looked.name_of(session.target)),
            (_("Type"), labels.word(session.access_type)),
            (_("Started"), formats.day_clock(session.started_at)),
            (_("Call"), "ssm:TerminateSession"),
        ]
        text = _("The session is ended at once; whoever works in it is cut off. The instance keeps running.")
        line = self._line(state, ApiCall("ssm", "TerminateSession", {"SessionId": str(session.session_id)}))
        typed = self.typed(state, session.target)
        order = Order(_("End this session"), text, facts, _("End the session"), *typed, line)
        self._ask(order, partial(self._commands.end_session, session))

    def on_start(self) -> None:
        """Start the selected instance; on AWS, where it costs money, ask before."""
        window, state = self._window, self._looked.state
        instance_id = window.ui_state.instance_id
        if instance_id is None or self._start_refused(state):
            return
        start = partial(self._commands.start_instance, instance_id)
        typed, lab = self.typed(state, instance_id)
        if lab:
            start()
            return
        facts = [
            (_("Instance"), f"{self._looked.name_of(instance_id)}  {instance_id}"),
            (_("Call"), "ec2:StartInstances"),
        ]
        text = _("The instance is started; from then on it costs money.")
        line = self._line(state, ApiCall("ec2", "StartInstances", {"InstanceIds": [str(instance_id)]}))
        self._ask(Order(_("Start the instance"), text, facts, _("Start the instance"), typed, lab, line), start)

    def _on_clean_up_first(self) -> None:
        left = left_overs(self._looked.state)
        if left:
            self.on_clean_up(left[0].run_id)

    def on_clean_up(self, run_id: str) -> None:
        """Ask before what a run left behind is cleaned up."""
        state = self._looked.state
        item = left_over(state, RunId(run_id))
        if item is None or state.emergency:
            return
        facts = [(_("Run"), str(item.run_id)), (_("Instance"), self._looked.name_of(item.instance_id))]
        if item.opened is not None:
            facts.append((_("End the connection"), str(item.session_id or item.opened.connection_id)))
        if item.halted:
            facts.append((_("Call"), "ec2:StartInstances"))
        order = Order(
            _("Clean up after the run"),
            self._left_text(item),
            facts,
            _("Clean up"),
            *self.typed(state, item.instance_id),
        )
        self._ask(order, partial(self._commands.clean_up, item.run_id))

    @staticmethod
    def _line(state: AppState, call: ApiCall) -> str:
        """Return a call as a line for the shell, empty where nobody knows the place."""
        who = state.identity
        return "" if who is None else as_cli(call, CliPlace(who.region, who.profile, who.endpoint_url))

    def typed(self, state: AppState, instance_id: InstanceId) -> tuple[str, bool]:
        """Return what has to be typed to confirm, and whether this is the lab, where nothing has."""
        lab = state.identity is not None and state.identity.lab
        instance = state.instances.get(instance_id)
        return (confirmation_text(instance, lab=lab) if instance is not None else "" if lab else instance_id), lab

    def _ask(self, order: Order, then: partial[None]) -> None:
        dialog = OrderDialog(order, self._window)
        dialog.confirmed.connect(then)
        dialog.open()
