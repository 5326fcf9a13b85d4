"""Child processes that speak JSON lines: guests and brokers.

No child outlives the world: a child ends when its standard input reaches EOF,
which also happens when this process is killed; ``kill`` is the power cut.
Pipes are never inherited by another child (starts are serialised, because on
Windows a handle is inheritable for a moment while a process is made).
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import IO, Protocol

_log = logging.getLogger(__name__)
_spawning = threading.Lock()
_KEEP_LINES = 20

Message = Mapping[str, object]
OnEvent = Callable[[Message], None]
OnExit = Callable[[int], None]


class ChildKind(StrEnum):
    """The kinds of children."""

    GUEST = "guest"
    BROKER = "broker"


class Child(Protocol):
    """One running child."""

    @property
    def pid(self) -> int:
        """Process id."""

    def send(self, message: Message) -> bool:
        """Write one line; False when the child is gone."""

    def kill(self) -> None:
        """End it at once (SIGKILL). Does nothing when it has ended."""

    def wait(self, timeout_s: float) -> bool:
        """Wait until it has ended and its last event was delivered; False when it has not."""


class Spawner(Protocol):
    """Starts children."""

    def spawn(self, kind: ChildKind, name: str, config: Message, on_event: OnEvent, on_exit: OnExit) -> Child:
        """Start a child, write its configuration line, and deliver its events.

        Args:
            kind: which program.
            name: name of the child, for its log file.
            config: the first line for its standard input.
            on_event: called for each line, in the child's reader thread.
            on_exit: called once with the exit status (negative = signal) after the last event.

        Raises:
            OSError: the process cannot be started.
        """


class ProcessSpawner:
    """Starts real processes.

    Args:
        log_dir: private folder; each child's diagnostics go to ``<name>.log`` in it.
        commands: argument vectors by kind, for tests; the default runs the lab's own modules.
    """

    def __init__(self, log_dir: Path, commands: Mapping[ChildKind, Sequence[str]] | None = None) -> None:
        self._log_dir = log_dir
        self._commands = commands or {
            ChildKind.GUEST: (sys.executable, "-m", "rdpgui.lab.guest"),
            ChildKind.BROKER: (sys.executable, "-m", "rdpgui.lab.broker"),
        }

    def spawn(self, kind: ChildKind, name: str, config: Message, on_event: OnEvent, on_exit: OnExit) -> Child:
        """Start a process; see ``Spawner``."""
        environment = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        if kind is ChildKind.GUEST:
            environment["QT_QPA_PLATFORM"] = "offscreen"
        log_path = self._log_dir / f"{name}.log"
        descriptor = os.open(log_path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with _spawning, os.fdopen(descriptor, "ab") as log:
            process = subprocess.Popen(
                self._commands[kind],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                close_fds=True,
            )
        child = ProcessChild(process, name, log_path, on_event, on_exit)
        child.start(config)
        return child


class ProcessChild:
    """One process and the thread that reads it."""

    def __init__(
        self, process: subprocess.Popen[bytes], name: str, log_path: Path, on_event: OnEvent, on_exit: OnExit
    ) -> None:
        self._process = process
        self._name = name
        self._log_path = log_path
        self._on_event = on_event
        self._on_exit = on_exit
        self._writing = threading.Lock()
        self._reader = threading.Thread(target=self._read, name=f"lab-read-{name}", daemon=True)

    @property
    def pid(self) -> int:
        """Process id."""
        return self._process.pid

    def start(self, config: Message) -> None:
        """Write the configuration line and begin to read."""
        self.send(config)
        self._reader.start()

    def send(self, message: Message) -> bool:
        """Write one line; False when the child is gone."""
        line = json.dumps(message, ensure_ascii=False).encode() + b"\n"
        with self._writing:
            try:
                stdin = self._stdin()
                stdin.write(line)
                stdin.flush()
            except (OSError, ValueError):  # gone, or closed after its end
                return False
        return True

    def kill(self) -> None:
        """End it at once (SIGKILL)."""
        self._process.kill()

    def wait(self, timeout_s: float) -> bool:
        """Wait until it has ended and its last event was delivered."""
        if threading.current_thread() is not self._reader:
            self._reader.join(timeout_s)
            return not self._reader.is_alive()
        return False

    def _stdin(self) -> IO[bytes]:
        if self._process.stdin is None:
            raise ValueError("no standard input")
        return self._process.stdin

    def _read(self) -> None:
        """Deliver events until the child's output ends, then reap it."""
        output = self._process.stdout
        if output is None:
            raise ValueError("no standard output")
        with output:
            for line in output:
                self._deliver(line)
        status = self._process.wait()
        with self._writing:
            try:
                self._stdin().close()
            except OSError:
                _log.debug("%s ended with unread input", self._name)
        if status != 0:
            _log.info("%s ended with status %s: %s", self._name, status, self._last_words())
        try:
            self._on_exit(status)
        except Exception:  # noqa: BLE001 - thread boundary: the reader has no caller to tell
            _log.exception("%s: its end could not be handled", self._name)

    def _deliver(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            message = None
        if not isinstance(message, dict) or not isinstance(message.get("event"), str):
            _log.warning("%s wrote a line that is no event: %r", self._name, line[:200])
            return
        try:
            self._on_event(message)
        except Exception:  # noqa: BLE001 - thread boundary: a bad event must not end the reading
            _log.exception("%s: event %s could not be handled", self._name, message["event"])

    def _last_words(self) -> str:
        """Return the end of the child's diagnostics."""
        try:
            text = self._log_path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return ""
        return " / ".join(text.splitlines()[-_KEEP_LINES:])[-1000:]
