"""Shows invented names instead of real ones, or the real ones again, everywhere at once."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from rdpgui.core.alias_sources import AliasLearner
from rdpgui.core.aliases import Aliases, Named
from rdpgui.ui import plain
from rdpgui.ui.alias_words import alias_word

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from rdpgui.core.aliases import Number
    from rdpgui.core.settings import Settings
    from rdpgui.core.state import AppState, RunState


class Naming(QObject):
    """Owns the table of invented names.

    Args:
        known: numbers of an earlier time.

    Signals:
        grown: a name came into the table; it is worth keeping.
    """

    grown = Signal()

    def __init__(self, known: Mapping[str, Number] | None, parent: QObject) -> None:
        super().__init__(parent)
        self.aliases = Aliases(alias_word, known)
        self.aliases.grown = False
        self._learner = AliasLearner(self.aliases)

    def use(self, *, on: bool) -> bool:
        """Show invented names, or the real ones; returns whether that is another way than before."""
        if on == plain.with_aliases():
            return False
        plain.use_aliases(self.aliases if on else None)
        return True

    def start(self, settings: Settings) -> None:
        """Show what the settings say; this computer's user has a name, too."""
        self.aliases.learn(Named.USER, [getpass.getuser()])
        self.aliases.learn(Named.FOLDER, [str(Path.home())])
        plain.use_aliases(self.aliases if settings.aliases else None)
        self.learn_settings(settings)

    def learn_settings(self, settings: Settings) -> None:
        """Learn the names that stand in the settings."""
        self.aliases.learn(Named.PROFILE, [settings.profile])

    def learn(self, state: AppState) -> None:
        """Learn what a snapshot names, before it is shown."""
        if not plain.with_aliases():
            return
        self._learner.learn(state)
        if self.aliases.grown:
            self.aliases.grown = False
            self.grown.emit()

    def for_run(self, run: RunState) -> Callable[[str], str]:
        """Return what puts invented names into a text about a run, as they are now; another thread may call it."""
        self._learner.learn_run(run)
        return Aliases(alias_word, dict(self.aliases.numbers)).shown

    def retranslate(self) -> None:
        """Say the names in the language in use."""
        self.aliases.forget_texts()
