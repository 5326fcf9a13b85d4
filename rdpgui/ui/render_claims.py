"""The claims page: by the runs of the place, and by its shells whose logs were looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdpgui.core.shell_log import ShellContrast
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.panels.claims import ClaimsPanel


class ClaimsRenderer:
    """Renders the page, and has read what it needs.

    Args:
        looked: the newest snapshot. commands: read journals. changes: what was rendered last.
    """

    def __init__(self, looked: LookedAt, commands: Commands, changes: Changes) -> None:
        self._looked = looked
        self._commands = commands
        self._changed = changes.changed
        self._shells: tuple[ShellContrast, ...] = ()
        self._panel: ClaimsPanel | None = None

    def render(self, panel: ClaimsPanel | None, *, shown: bool) -> None:
        """Show the claims while their page is shown; shells are read when it is opened, or for another place."""
        opened = self._changed("claims' shells", shown, self._looked.state.place, panel)
        if not shown or panel is None:
            return
        self._panel = panel
        if opened:
            self._shells = ()
            self._commands.notes.read_shells(self._on_shells)
        self._render(panel)

    def _on_shells(self, found: tuple[ShellContrast, ...]) -> None:
        self._shells = found
        if self._panel is not None:
            self._render(self._panel)

    def _render(self, panel: ClaimsPanel) -> None:
        if not self._changed("claims", self._looked.lines_here, self._shells):
            return
        from rdpgui.ui.claim_views import claim_views

        unread = sum(line.needs_reading for line in self._looked.lines_here)
        panel.show_claims(claim_views(self._looked.lines_here, self._shells))
        panel.show_unread(unread)
        if unread:
            self._commands.reading.look_into_runs()
