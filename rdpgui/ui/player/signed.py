"""A presigned URL that is signed anew before it gets old. It is a secret while it lasts: never logged, never shown."""

from __future__ import annotations

import time
from collections.abc import Callable

from rdpgui.core.errors import RdpguiError
from rdpgui.ui.film_port import RemoteFilm
from rdpgui.ui.tasks import TaskScope

_TASK = "film sign"


class SignedUrl:
    """The URL of one object.

    Args:
        remote: signs. tasks: where signing runs.
    """

    def __init__(self, remote: RemoteFilm, tasks: TaskScope) -> None:
        self._remote = remote
        self._tasks = tasks
        self._url = ""
        self._signed_mono_s = 0.0

    @property
    def fresh(self) -> bool:
        """Whether it is younger than half its life: libvlc goes on reading with it after a seek."""
        return bool(self._url) and time.monotonic() - self._signed_mono_s < self._remote.life_s / 2

    def use(self, on_url: Callable[[str], None], on_error: Callable[[RdpguiError], None]) -> None:
        """Give the URL: at once while it is fresh, else when it was signed anew."""
        if self.fresh:
            on_url(self._url)
            return
        self._tasks.start(_TASK, self._sign(on_url), on_error=on_error)

    async def _sign(self, on_url: Callable[[str], None]) -> None:
        begun_mono_s = time.monotonic()
        self._url, self._signed_mono_s = await self._remote.sign(), begun_mono_s
        on_url(self._url)
