"""The account's connection recording preferences: one set, or none."""

from __future__ import annotations

from rdpgui.lab.model import Preferences
from rdpgui.lab.world.context import Context


class RecordingPreferences:
    """The preferences of now.

    Attributes:
        when_unset: what GetConnectionRecordingPreferences answers without any: ``not-found`` or ``empty`` (a variant).
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._preferences: Preferences | None = None
        self.when_unset: str = context.scenario.variants.preferences_when_unset

    def now(self) -> Preferences | None:
        """Return the preferences, None when not configured."""
        return self._preferences

    def replace(self, preferences: Preferences | None) -> None:
        """Set or delete the preferences."""
        with self._context.lock:
            self._preferences = preferences
