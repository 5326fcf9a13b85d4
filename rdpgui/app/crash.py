"""Bugs: an unexpected exception becomes a local bundle and a sentence, never silence."""

from __future__ import annotations

import faulthandler
import logging
import platform
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from rdpgui import __version__
from rdpgui.app.paths import make_private

_log = logging.getLogger(__name__)


class CrashReporter:
    """Writes a bundle for each unexpected exception and tells ``on_bundle`` where it is.

    Nothing is sent anywhere. The bundle holds the traceback and versions; no
    environment, no arguments, no credentials.
    """

    def __init__(self, folder: Path, on_bundle: Callable[[str, Path], None] | None = None) -> None:
        self._folder = make_private(folder)
        self._fault_file: TextIO | None = None
        self.on_bundle = on_bundle
        self._written: dict[tuple[object, ...], Path] = {}

    def start(self) -> None:
        """Catch what nobody caught: exceptions, and crashes of the interpreter itself."""
        self._fault_file = (self._folder / "fault.log").open("a", encoding="utf-8")
        faulthandler.enable(self._fault_file)
        sys.excepthook = self._on_exception

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook = sys.__excepthook__
        faulthandler.disable()
        if self._fault_file:
            self._fault_file.close()

    def report(self, error: BaseException) -> Path:
        """Write a bundle for one exception and return its path; the same one again is not written or told again."""
        signature = _signature(error)
        if signature in self._written:  # a panel that is broken raises at every event
            return self._written[signature]
        now = datetime.now(UTC)
        text = "".join(traceback.format_exception(error))
        path = self._folder / f"crash-{now:%Y%m%dT%H%M%S%f}.txt"
        head = f"rdpgui {__version__}, Python {platform.python_version()}, {platform.platform()}\n{now.isoformat()}\n\n"
        path.touch(mode=0o600)
        path.write_text(head + text, encoding="utf-8")
        self._written[signature] = path
        _log.error("unexpected error, written to %s\n%s", path, text)
        if self.on_bundle:
            self.on_bundle(f"{type(error).__name__}: {error}", path)
        return path

    def on_loop_exception(self, _loop: object, context: dict[str, Any]) -> None:
        """Take what an event loop reports (``loop.set_exception_handler``)."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.report(error)
        else:
            _log.error("event loop: %s", context.get("message"))

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self.report(error.with_traceback(trace))


def _signature(error: BaseException) -> tuple[object, ...]:
    """Return what two exceptions of the same bug have in common: their class and where they came from."""
    frames = traceback.extract_tb(error.__traceback__)
    return type(error), str(error), tuple((frame.filename, frame.lineno) for frame in frames[-3:])
