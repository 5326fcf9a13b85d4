"""The signals that end the program in order."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from rdpgui.i18n import N_

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession


def on_end_signal(tell: Callable[[int], object]) -> None:
    """Call ``tell`` with the number of Ctrl+C, of a termination signal, or of the terminal's end, on the running loop.

    A hang-up that was to be ignored (``nohup``) stays ignored. On Windows the loop has no such handlers.
    """
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
            continue
        loop.add_signal_handler(number, tell, int(number))


class Interrupted(Exception):
    """A signal ended the work before there was anything to leave."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


class Ending:
    """Ends the work when a signal says so: the run under way as aborted, with its clean-up, and the rest not at all.

    Attributes:
        number: of the signal, 0 while there was none.
    """

    def __init__(self) -> None:
        self.number = 0
        self._session: WorkSession | None = None
        self._task = asyncio.current_task()
        on_end_signal(self._on_signal)

    def belongs_to(self, session: WorkSession | None) -> None:
        """From now on a signal aborts the matrix of this session, or cancels the work while there is none yet.

        None: what is left to do is short and is done.
        """
        self._session = session
        if session is None:
            self._task = None

    def refuse_after_signal(self) -> None:
        """Begin nothing that a person has already ended.

        Raises:
            Interrupted: a signal has come, whatever became of the cancelling.
        """
        if self.number:
            raise Interrupted(self.number)

    def _on_signal(self, number: int) -> None:
        self.number = number
        if self._session is not None and self._session.matrix is not None:
            self._session.runner.restores = not self._session.lab  # its instances end with it a moment later
            self._session.matrix.stop(N_("interrupted"))
        elif self._task is not None:
            self._task.cancel()
