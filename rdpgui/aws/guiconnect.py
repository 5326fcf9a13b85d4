"""Recording preferences of GUI Connect."""

from __future__ import annotations

from rdpgui.aws import parse
from rdpgui.aws.calls import AwsCaller
from rdpgui.core.errors import NotFound
from rdpgui.core.recording import RecordingPreferences


class GuiConnectPreferences:
    """Implements ``PreferencesPort``. Source: ssm-guiconnect:GetConnectionRecordingPreferences."""

    def __init__(self, caller: AwsCaller) -> None:
        self._caller = caller

    async def preferences(self) -> RecordingPreferences | None:
        """Return them, None when not configured: a 404 and an empty answer mean the same."""
        try:
            answer = await self._caller.call("ssm-guiconnect", "GetConnectionRecordingPreferences")
        except NotFound:
            return None
        return parse.preferences(answer)
