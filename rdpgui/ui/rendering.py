"""When the newest snapshot is shown: at once, at most so often, in turns of the loop, and when its words have aged."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from rdpgui.core.account_events import Topic
from rdpgui.core.run_events import Source
from rdpgui.core.standing import run_sight, topic_sight
from rdpgui.core.state import AppState, only_looked_at
from rdpgui.ui.throttle import Throttle
from rdpgui.ui.turns import Turns

if TYPE_CHECKING:
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.main_window import MainWindow

_RENDER_MS = 100
_AGING_MS = 1000


class Rendering(QObject):
    """Renders the parts of a window when there is something new to be seen in them.

    Args:
        window: says what a person chooses, and whether anybody can see it. looked: holds the newest snapshot.
        changes: what was rendered last.
        parts: renders part after part; what did not change since the last time costs next to nothing.
    """

    def __init__(
        self, window: MainWindow, looked: LookedAt, changes: Changes, parts: Callable[[], Iterator[None]]
    ) -> None:
        super().__init__(window)
        self._window = window
        self._looked = looked
        self._changes = changes
        self._turns = Turns(parts, self)
        self._throttle = Throttle(self._render_next, _RENDER_MS, self)
        self._chosen = False
        self._aging = QTimer(self)
        self._aging.setInterval(_AGING_MS)
        self._aging.timeout.connect(self._on_aging)
        self._aging.start()
        window.ui_state.changed.connect(self._on_choice)

    def render(self) -> None:
        """Show the newest snapshot, now and whole."""
        self._turns.finish()

    def force(self) -> None:
        """Render everything again, whether it changed or not."""
        self._changes.forget()
        self.render()

    def request(self) -> None:
        """Show the newest snapshot: now, or a moment later when the last one was shown a moment ago."""
        self._throttle.request()

    def render_state(self, state: AppState) -> None:
        """Show a snapshot: now, or with the newest one when the last was shown a moment ago.

        A poll that found the same again changes nothing but when it was seen, which is shown only of what had aged.
        """
        same, self._looked.state = only_looked_at(self._looked.state, state), state
        if self._has_aged() or not same:
            self.request()

    def _on_choice(self) -> None:
        self._chosen = True
        self.request()

    def _render_next(self) -> None:
        """What a person chose is shown whole; what was read may take some turns, as the first run at the start does."""
        chosen, self._chosen = self._chosen, False
        if chosen:
            self._turns.finish()
        else:
            self._turns.request()

    def _on_aging(self) -> None:
        """Words age without any event: that nothing was read is what no event tells."""
        if self._window.isVisible() and self._has_aged():
            self.render()

    def _has_aged(self) -> bool:
        """Whether something may no longer be said in the present, or may be again."""
        now, state = self._looked.moment(), self._looked.state
        live = tuple(topic_sight(state, topic, now).live for topic in Topic)
        seen = tuple(run_sight(state, run, source, now).live for run in state.active_runs for source in Source)
        armed = any(arming.holds_at(now.at) for arming in state.armings)
        return self._changes.changed("live", live, seen, armed)
