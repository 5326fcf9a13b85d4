"""The console's process: Qt in the main thread, standard input watched by a thread of its own."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from typing import Final, TextIO

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from rdpgui.lab.console.config import ConfigError, ConsoleConfig
from rdpgui.lab.console.link import DesktopLink
from rdpgui.lab.console.window import ConsoleWindow
from rdpgui.lab.guest.lines import read_lines

_log = logging.getLogger(__name__)

_FAMILIES: Final = ("Noto Sans CJK JP", "Noto Sans JP", "Yu Gothic UI", "Meiryo UI", "Hiragino Sans")


class Console(QObject):
    """Connects window, link and standard streams.

    Signals:
        input_ended: whoever started the console is gone (emitted by the thread of standard input).
    """

    input_ended = Signal()

    def __init__(self, config: ConsoleConfig, lines: Iterator[str], events: TextIO) -> None:
        super().__init__()
        self._lines = lines
        self._events = events
        self.link = DesktopLink(config.host, config.port, config.password, self)
        self.window = ConsoleWindow(config, self.link)
        self.link.connected.connect(self.on_connected)
        self.link.ended.connect(self.on_ended)
        self.window.closed.connect(self.on_closed)
        self.input_ended.connect(self.window.close)

    def start(self) -> None:
        """Show the window, connect, and watch standard input."""
        self.window.fit_to_screen()
        self.window.show()
        self.link.start()
        threading.Thread(target=self._watch_input, name="stdin", daemon=True).start()

    def on_connected(self, width: int, height: int) -> None:
        """The desktop can be seen."""
        self._emit("connected", width=width, height=height)

    def on_ended(self, was_open: bool) -> None:
        """The connection is over; the window stays."""
        self._emit("ended", was_open=was_open)

    def on_closed(self) -> None:
        """The window is closed: hang up, say so, and leave."""
        self.link.close()
        self._emit("closed")
        QApplication.quit()

    def _watch_input(self) -> None:
        try:
            for line in self._lines:
                _log.warning("unknown command ignored (%d characters)", len(line))
        except OSError as error:
            _log.error("standard input cannot be read any more: %s", error)
        self.input_ended.emit()

    def _emit(self, name: str, **members: object) -> None:
        try:
            self._events.write(json.dumps({"event": name, **members}) + "\n")
            self._events.flush()
        except BrokenPipeError:
            # Nobody reads our events any more; the window is for the person and may go on.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _use_font(application: QApplication) -> None:
    """Take one font for Latin and Japanese where there is one, instead of a mixture of two."""
    families = set(QFontDatabase.families())
    family = next((name for name in _FAMILIES if name in families), None)
    if family is not None:
        application.setFont(QFont(family))


def main() -> int:
    """Run the console; returns the exit status."""
    logging.basicConfig(level=logging.WARNING, format="console: %(levelname)s %(message)s", stream=sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    lines = read_lines(sys.stdin.fileno())
    try:
        config = ConsoleConfig.from_json(next(lines, ""))
    except ConfigError as error:
        _log.error("%s", error)
        return 2
    # On macOS Control stays Control and Command is the Meta key; other systems ignore this.
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_MacDontSwapCtrlAndMeta)
    application = QApplication(["rdpgui-lab-console"])
    _use_font(application)
    application.setQuitOnLastWindowClosed(False)
    console = Console(config, lines, sys.stdout)
    console.start()
    return application.exec()
