"""Orders about settings: kept in the settings file, applied at once where they can be."""

from __future__ import annotations

from pathlib import Path

from rdpgui import i18n
from rdpgui.app import settings_store
from rdpgui.app.workplace import Workplace
from rdpgui.core.settings import ZOOM_PERCENT, Language, Theme
from rdpgui.i18n import _
from rdpgui.ui.theme import Theming
from rdpgui.ui.tokens import Tone
from rdpgui.ui.workbench import Workbench
from rdpgui.ui.zoom import Zoom

AT_NEXT_START = frozenset({"run_folder", "player"})
"""Settings that take effect when the program starts again."""


class SettingsCommands:
    """The part of ``ui.commands.Commands`` that keeps settings.

    Args:
        work: what is open. workbench: shows them. theming: shows the theme. settings_file: where they are kept.
    """

    def __init__(self, work: Workplace, workbench: Workbench, theming: Theming, settings_file: Path) -> None:
        self._work = work
        self._workbench = workbench
        self._theming = theming
        self._settings_file = settings_file
        self._zoom = Zoom(theming, workbench.window)
        self._zoom.use(min(ZOOM_PERCENT[1], max(ZOOM_PERCENT[0], work.settings.zoom)))

    def set_theme(self, theme: Theme) -> None:
        """Keep and apply a theme."""
        self._theming.apply(theme)
        self._keep("theme", theme)

    def set_language(self, language: Language) -> None:
        """Keep and apply a language."""
        i18n.set_language(language.value)
        self._keep("language", language)
        self._workbench.retranslate()

    def set_setting(self, name: str, value: object) -> None:
        """Keep one setting; say when it takes effect only after a restart."""
        self._keep(name, value)
        if name == "zoom" and isinstance(value, int):
            self._zoom.use(value)
            self._workbench.retranslate()  # what keeps fonts or widths of its own makes them anew
        if name in AT_NEXT_START:
            self._work.notifications.say(Tone.INFO, _("This takes effect when rdpgui starts again."))

    def _keep(self, name: str, value: object) -> None:
        self._work.scope.start("settings", self._save(name, value), kept=True)

    async def _save(self, name: str, value: object) -> None:
        self._work.settings = self._work.settings.with_value(name, value)
        self._workbench.show_settings(self._work.settings)
        if self._work.session is not None:
            self._work.session.use_settings(self._work.settings)
        kept = settings_store.load(self._settings_file)  # the place of this start may be another than the kept one
        settings_store.save(self._settings_file, kept.with_value(name, value))
