"""The signals that end the program in order."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable


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
