"""Orders about settings: kept in the settings file, applied at once where they can be."""

from __future__ import annotations

from rdpgui import i18n
from rdpgui.app import settings_store
from rdpgui.app.command_base import CommandBase
from rdpgui.app.paths import Paths
from rdpgui.core.settings import Language, Settings, Theme
from rdpgui.i18n import _
from rdpgui.ui.theme import Theming
from rdpgui.ui.tokens import Tone

AT_NEXT_START = frozenset({"run_folder", "player"})
"""Settings that take effect when the program starts again."""


class SettingsCommands(CommandBase):
    """The part of ``ui.commands.Commands`` that keeps settings.

    Attributes:
        theming: shows the theme. paths: where the settings file is. settings: those in force.
    """

    theming: Theming
    paths: Paths
    settings: Settings

    def set_theme(self, theme: Theme) -> None:
        """Keep and apply a theme."""
        self.theming.apply(theme)
        self._keep("theme", theme)

    def set_language(self, language: Language) -> None:
        """Keep and apply a language."""
        i18n.set_language(language.value)
        self._keep("language", language)
        self.workbench.retranslate()

    def set_setting(self, name: str, value: object) -> None:
        """Keep one setting; say when it takes effect only after a restart."""
        self._keep(name, value)
        if name in AT_NEXT_START:
            self.window.notifications.say(Tone.INFO, _("This takes effect when rdpgui starts again."))

    def _keep(self, name: str, value: object) -> None:
        self.scope.start("settings", self._save(name, value), kept=True)

    async def _save(self, name: str, value: object) -> None:
        self.settings = self.settings.with_value(name, value)
        self.workbench.show_settings(self.settings)
        if self.session is not None:
            self.session.use_settings(self.settings)
        settings_store.save(self.paths.settings_file, self.settings)
