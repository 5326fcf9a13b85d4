"""The claims page: by the runs of the place, by its shells whose logs were looked for, and where shells log now."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rdpgui.core.shell_log import ShellContrast, ShellSettingsSeen
    from rdpgui.ui.changes import Changes
    from rdpgui.ui.commands import Commands
    from rdpgui.ui.looked_at import LookedAt
    from rdpgui.ui.panels.claims import ClaimsPanel
    from rdpgui.ui.state import UiState


class ClaimsRenderer:
    """Renders the page, and has read what it needs.

    Args:
        looked: the newest snapshot. commands: read journals, and the preferences of shells.
        changes: what was rendered last. chosen: the person's choices.
    """

    def __init__(self, looked: LookedAt, commands: Commands, changes: Changes, chosen: UiState) -> None:
        self._looked = looked
        self._commands = commands
        self._chosen = chosen
        self._changed = changes.changed
        self._shells: tuple[ShellContrast, ...] = ()
        self._seen: ShellSettingsSeen | None = None
        self._panel: ClaimsPanel | None = None

    def render(self, panel: ClaimsPanel | None, *, shown: bool) -> None:
        """Show the claims while their page is shown; shells are read when it is opened, or for another place."""
        place, caller = self._looked.state.place, self._looked.state.identity
        opened = self._changed("claims' shells", shown, place, panel)
        asked = self._changed("claims' preferences", shown, place, caller is not None, panel)
        if not shown or panel is None:
            return
        self._panel = panel
        if opened:
            self._shells = ()
            self._commands.notes.read_shells(self._on_shells)
        if asked:
            self._seen = None
            if caller is not None:
                self._commands.preflight.read_shell_settings(self._on_seen)
        self._render(panel)

    def _on_seen(self, seen: ShellSettingsSeen) -> None:
        """Take a look over; one at a place that was left meanwhile says nothing here."""
        if seen.place == self._looked.state.place:
            self._seen = seen
            if self._panel is not None:
                self._render(self._panel)

    def _on_shells(self, found: tuple[ShellContrast, ...]) -> None:
        self._shells = found
        if self._panel is not None:
            self._render(self._panel)

    def _render(self, panel: ClaimsPanel) -> None:
        from rdpgui.ui.claim_views import claim_views, shell_log_line, with_shells

        caller = self._looked.state.identity
        command = shell_log_line(caller, self._chosen.instance_id)
        if not self._changed("claims", self._looked.lines_here, self._shells, self._seen, command):
            return
        unread = sum(line.needs_reading for line in self._looked.lines_here)
        views = claim_views(self._looked.lines_here, self._shells)
        panel.show_claims(with_shells(views, self._seen, command, lab=caller is not None and caller.lab))
        panel.show_unread(unread)
        if unread:
            self._commands.reading.look_into_runs()
