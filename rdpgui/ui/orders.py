"""From what a person does to commands: every signal of the panels and every action ends here."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from rdpgui.core.account_events import Topic
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.session import AccessType, Session
from rdpgui.core.strangers import is_anothers
from rdpgui.ui.access_orders import AccessOrders
from rdpgui.ui.dialog_orders import DialogOrders
from rdpgui.ui.film_port import FilmView
from rdpgui.ui.hand_orders import HandOrders
from rdpgui.ui.main_window import Page
from rdpgui.ui.matrix_orders import MatrixOrders
from rdpgui.ui.preflight_orders import PreflightOrders
from rdpgui.ui.qa_orders import QaOrders
from rdpgui.ui.run_orders import RunOrders
from rdpgui.ui.whose_orders import WhoseOrders

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow


class Orders(QObject):
    """Connects panels and actions with the commands and the dialogs.

    Args:
        window: its panels must exist. looked: what a person looks at. commands: what is ordered.
        film: the film panel. changes: what was rendered last.

    Attributes:
        of_runs: what is asked of a run that is there. of_dialogs: what opens a dialog.
        of_tester: what a tester does with a run that is over.
        of_matrix: what starts the matrix. by_hand: what is ordered outside of runs. of_preflight: repairs.
        of_sessions: asks whose a session is. of_access: files and decides access requests.
    """

    def __init__(
        self, window: MainWindow, looked: LookedAt, commands: Commands, film: FilmView, changes: Changes
    ) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._commands = commands.runs
        self._refresh = commands.preflight.refresh
        self.of_runs = RunOrders(window, looked, commands, film)
        self.of_dialogs = DialogOrders(window, looked, commands)
        self.of_matrix = MatrixOrders(window, looked, commands.matrix)
        self.of_tester = QaOrders(window, looked, commands, ask=self.ask, connect=self._on_connect)
        self.by_hand = HandOrders(window, looked, commands.by_hand, changes)
        self.of_preflight = PreflightOrders(window, looked, commands.preflight, self.by_hand)
        self.of_access = AccessOrders(window, looked, commands.guided, self.by_hand)
        self.of_sessions = WhoseOrders(window, looked, commands.guided)
        self._connect_panels()
        self._connect_actions()

    def _connect_panels(self) -> None:
        page, banner, commands = self._window.experiment, self._window.banner, self._commands
        banner.emergency_requested.connect(commands.emergency_stop)
        banner.reset_requested.connect(commands.emergency_reset)
        page.instances.instance_selected.connect(self._on_instance)
        page.instances.connect_requested.connect(self._on_connect)
        page.instances.refresh_requested.connect(self._refresh)
        page.sessions.connect_requested.connect(self._on_connect)
        page.sessions.session_selected.connect(self._on_session)
        page.disruptions.connect_requested.connect(self._on_connect)
        page.disruptions.arm_requested.connect(self._on_arm)
        page.disruptions.abort_requested.connect(commands.abort)
        page.disruptions.disruption_requested.connect(self._on_disruption)
        page.disruptions.access_type_chosen.connect(self._on_access_type)
        page.preflight.requested.connect(self._refresh)
        actions = self._window.actions_by_name
        page.verdict.offer([actions[name] for name in ("run-again", "remark", "hand-in")])

    def _connect_actions(self) -> None:
        actions, commands, page = self._window.actions_by_name, self._commands, self._window.experiment
        actions.on("connect", self._on_connect)
        actions.on("arm", self._on_arm_action)
        for disruption_id in DisruptionId:
            actions.on(disruption_id.value, partial(self._on_disruption, disruption_id))
        actions.on("abort", commands.abort)
        actions.on("emergency-stop", commands.emergency_stop)
        actions.on("emergency-reset", commands.emergency_reset)
        actions.on("refresh", self._refresh)
        for place in Page:
            actions.on(f"page-{place.name.lower()}", partial(self._window.show_page, place))
        actions.on("find-instance", page.find_instance)
        actions.on("find-log", page.find_log)
        actions.on("quit", self._window.close)

    # -- selections ------------------------------------------------------------

    def _on_instance(self, instance_id: str) -> None:
        self._window.ui_state.select_instance(InstanceId(instance_id))

    def _on_session(self, session_id: str) -> None:
        ui_state = self._window.ui_state
        ui_state.select_session(SessionId(session_id))
        line = self._looked.line_of_session.get(SessionId(session_id))
        if line is not None:
            ui_state.select_run(line.run_id)

    def _on_access_type(self, access_type: object) -> None:
        if isinstance(access_type, AccessType):
            self._window.ui_state.choose_access_type(access_type)

    # -- the experiment --------------------------------------------------------

    def _on_connect(self) -> None:
        instance_id = self._window.ui_state.instance_id
        action = self._window.actions_by_name["connect"]
        if instance_id is not None and action.isEnabled():
            self._follow_newest()
            self._commands.connect(instance_id, self._window.ui_state.access_type, attended=True)

    def _follow_newest(self) -> None:
        """Look at the run that is about to start instead of an older one."""
        self._window.ui_state.select_run(None)
        self._window.ui_state.select_session(None)

    def _on_arm(self, wanted: bool) -> None:
        instance_id = self._window.ui_state.instance_id
        if not wanted:
            self._commands.disarm()
        elif instance_id is not None:
            self._commands.arm(instance_id)

    def _on_arm_action(self) -> None:
        arming = self._looked.state.arming
        self._on_arm(arming is None or arming.instance_id != self._window.ui_state.instance_id)

    def _on_disruption(self, disruption_id: DisruptionId) -> None:
        if self._window.actions_by_name[disruption_id.value].isEnabled():
            self.ask(disruption_id)

    def ask(self, disruption_id: DisruptionId) -> None:
        """Ask before the selected instance is disrupted."""
        from rdpgui.ui.dialogs.confirm import ConfirmDialog

        window = self._window
        state, instance_id = self._looked.state, window.ui_state.instance_id
        instance = state.instances.get(instance_id) if instance_id else None
        if instance is None:
            return
        dialog = ConfirmDialog(
            DISRUPTIONS[disruption_id],
            instance,
            state.identity,
            window.ui_state.access_type,
            restore=window.settings.restore_after_halt,
            others=self._others_on(instance.instance_id),
            others_known=self._are_others_known(),
            parent=window,
        )
        dialog.confirmed.connect(self._on_confirmed)
        dialog.open()

    def _are_others_known(self) -> bool:
        """Whether the sessions were read of late; in the lab nobody else is connected."""
        state = self._looked.state
        if state.identity is not None and state.identity.lab:
            return True
        return Topic.SESSIONS not in state.stale and self._looked.sight(Topic.SESSIONS).live

    def _others_on(self, instance_id: InstanceId) -> tuple[Session, ...]:
        """Return the live sessions of other people on an instance of AWS: neither the caller's nor opened for a run.

        A session of somebody else that a run was once attached to stays somebody else's.
        """
        state = self._looked.state
        if state.identity is None or state.identity.lab:
            return ()
        live = (s for s in state.sessions if s.active and s.target == instance_id)
        return tuple(session for session in live if is_anothers(state, session))

    def _on_confirmed(
        self, disruption_id: DisruptionId, instance_id: str, access_type: AccessType, agreed: object
    ) -> None:
        self._follow_newest()
        cut_off = tuple(map(SessionId, agreed)) if isinstance(agreed, tuple) else ()
        self._commands.run(disruption_id, InstanceId(instance_id), access_type, by_hand=False, agreed=cut_off)
