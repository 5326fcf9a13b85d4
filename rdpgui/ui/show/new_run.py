"""A run that the presentation makes itself: in the lab only, and when its step has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.ui.refusals import refusals

if TYPE_CHECKING:
    from rdpgui.ui.commands import RunPort
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow

BEGIN_LIMIT_S = 30.0
"""So long a new run may take to begin, before the one before it is shown again."""
SHOWN_DISRUPTION = DisruptionId.OS_SHUTDOWN
"""What it does: the article's second row, with a shutdown that is seen."""


class NewRun:
    """Wanted, then ordered, then begun; from there on it is a run as any other.

    Args:
        window: on which instance. looked: the newest snapshot. commands: what is ordered.

    Attributes:
        wanted: it is told of already, and ordered when its step comes.
    """

    def __init__(self, window: MainWindow, looked: LookedAt, commands: RunPort) -> None:
        self.wanted = False
        self._window, self._looked, self._commands = window, looked, commands
        self._ordered_mono_s: float | None = None

    @property
    def possible(self) -> bool:
        """Whether one may be made: in the lab, on an instance that may be armed, while nothing else goes on."""
        state, window = self._looked.state, self._window
        instance_id = window.ui_state.instance_id
        if state.place is None or not state.place.lab or instance_id is None or state.active_runs:
            return False
        now = self._looked.moment().at
        return not state.emergency and refusals(state, instance_id, now, window.settings.allow_tag).arm is None

    def order(self) -> None:
        """Make it, if it may still be made."""
        self.wanted = False
        instance_id = self._window.ui_state.instance_id
        if instance_id is not None and self.possible:
            self._ordered_mono_s = self._looked.moment().mono_s
            self._window.ui_state.select_session(None)
            self._window.ui_state.select_run(None)
            self._commands.arm(instance_id)
            self._commands.run(SHOWN_DISRUPTION, instance_id, AccessType.STANDARD, by_hand=False)

    def forget(self) -> None:
        """Wait for none."""
        self.wanted, self._ordered_mono_s = False, None

    def told_instead_of(self, run: RunState | None) -> bool:
        """Whether a run that is looked at is an older one: the new one is awaited. One that goes on is the new one."""
        if run is not None and run.active:
            self._ordered_mono_s = None
            return False
        ordered = self._ordered_mono_s
        return self.wanted or (ordered is not None and self._looked.moment().mono_s - ordered < BEGIN_LIMIT_S)
