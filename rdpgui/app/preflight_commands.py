"""Orders about what is checked before a run: look again, repair, put back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rdpgui.app.set_up_files import with_paths
from rdpgui.app.workplace import Workplace
from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import is_hybrid
from rdpgui.core.repair import Repair
from rdpgui.core.shell_log import ShellSettingsSeen
from rdpgui.i18n import _
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession


class PreflightCommands:
    """The part of ``ui.commands.Commands`` that looks at the account, and at the selected instance closely.

    Args:
        work: what is open. workbench: knows what is selected, and shows what was found.
    """

    def __init__(self, work: Workplace, workbench: Workbench) -> None:
        self._work = work
        self._workbench = workbench

    def refresh(self) -> None:
        """Poll everything now, and check the selected instance again."""
        if self._work.session is not None:
            self._work.session.watchers.refresh()
            self.check_selected(asked=True)

    def check_selected(self, *, asked: bool = False) -> None:
        """Run the preflight of the selected instance; looking at one only reads."""
        session, instance_id = self._work.session, self._workbench.window.ui_state.instance_id
        if session is None or instance_id is None:
            return
        self._work.scope.cancel("preflight")
        if is_hybrid(instance_id):  # why nothing is disrupted there stands beside the buttons
            self._workbench.replies.show_preflight(None)
            return
        self._workbench.replies.show_preflight(None, running=True)
        checks = self._checked(session, instance_id, asked=asked)
        self._work.scope.start("preflight", checks)

    async def _checked(self, session: WorkSession, instance_id: InstanceId, *, asked: bool) -> None:
        checks = await session.by_hand.preflight(instance_id, self._workbench.window.ui_state.access_type, asked=asked)
        self._workbench.replies.show_preflight(with_paths(checks))
        self._workbench.replies.show_repairs(await session.by_hand.repairs())

    def read_shell_settings(self, on_read: Callable[[ShellSettingsSeen], None]) -> None:
        """Read where logs of shells go in this Region, and hand it over; looking only reads."""
        session = self._work.session
        if session is not None:
            self._work.scope.cancel("preferences of shells")
            self._work.scope.start("preferences of shells", self._shell_settings(session), on_done=on_read)

    async def _shell_settings(self, session: WorkSession) -> ShellSettingsSeen:
        place = session.store.state.place or session.environment.place
        settings, error = None, ""
        try:
            settings = await session.environment.aws.shell_logs.settings()
        except RdpguiError as failed:
            error = failed.text()
        return ShellSettingsSeen(session.environment.ports.clock.now(), place, settings, error)

    def repair(self, repair: Repair, instance_id: InstanceId, *, undo: bool) -> None:
        """Make a repair, or take one back, and check again."""
        session = self._work.ready()
        if session is not None:
            self._work.scope.start(f"repair {repair.kind}", self._repair(session, repair, instance_id, undo))

    async def _repair(self, session: WorkSession, repair: Repair, instance_id: InstanceId, undo: bool) -> None:
        try:
            await session.by_hand.repair(repair, instance_id, undo=undo)
            said = _("{name}: put back as it was.") if undo else _("{name}: repaired.")
            self._work.notifications.say(Tone.OK, said.format(name=_(repair.name)))
        finally:
            self.check_selected()
