"""What a desktop does by itself: a notice goes after a while, and jobs print into the console."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Final

from rdpgui.lab.guest.activity import job_line
from rdpgui.lab.guest.desktop import Desktop
from rdpgui.lab.guest.shell import Shell

_CATCH_UP_S: Final = 120
"""What jobs printed while nobody looked is printed when somebody does, as far back as a console shows."""
_TOAST_S: Final = 6.0


class ByItself:
    """Moves one desktop on with the time.

    Args:
        desktop: shows notices. shell: its console. seed: of the machine's jobs.

    Attributes:
        toast_until_mono_s: when the notice goes, None while there is none.
    """

    def __init__(self, desktop: Desktop, shell: Shell, seed: int) -> None:
        self._desktop = desktop
        self._shell = shell
        self._seed = seed
        self.toast_until_mono_s: float | None = None
        self._job_second = 0

    def toast(self, text: str) -> None:
        """Show a notice for a while; an empty one: none any more."""
        self._desktop.show_toast(text)
        self.toast_until_mono_s = time.monotonic() + _TOAST_S if text else None

    def end_toast(self) -> None:
        """Take a notice away whose time is over."""
        if self.toast_until_mono_s is not None and time.monotonic() >= self.toast_until_mono_s:
            self.toast("")

    def print_jobs(self, now_ms: int) -> None:
        """Print what jobs printed since the last time.

        Args:
            now_ms: Unix milliseconds as the machine has them.
        """
        second = now_ms // 1000
        if second == self._job_second:
            return
        first = max(self._job_second + 1, second - _CATCH_UP_S) if self._job_second else second
        self._job_second = second
        for at_second in range(first, second + 1):
            line = job_line(self._seed, at_second)
            if line is not None:
                self._shell.print_line(f"[{datetime.fromtimestamp(at_second, UTC):%H:%M:%S}] {line}")
