"""A guest and a broker as real child processes, driven by JSON lines."""

from __future__ import annotations

import base64
import json
import secrets
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.helpers.limits import limit_s
from tests.helpers.waiting import wait_for

ROOT = Path(__file__).resolve().parents[2]
GUEST_PASSWORD, VIEWER_PASSWORD = "guestpw1", "viewpw12"

Event = dict[str, Any]


class Child:
    """A child process that speaks JSON lines.

    Attributes:
        events: what it said so far, in order.
    """

    def __init__(self, module: str, configuration: Event, *, environment: dict[str, str] | None = None) -> None:
        self.events: list[Event] = []
        self.process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", "-m", module] if environment is None else
            [sys.executable, "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env=environment,
        )  # fmt: skip
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.say(configuration)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    def say(self, command: Event) -> None:
        """One line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def of(self, event: str) -> list[Event]:
        """The events of one kind so far."""
        return [one for one in self.events if one.get("event") == event]

    def expect(self, event: str) -> Event:
        """Wait for the first event of a kind; a process that says nothing more is made to tell where it stands."""
        try:
            wait_for(lambda: bool(self.of(event)) or not self._reader.is_alive(), limit_s=20.0)
        except AssertionError as error:
            self.process.send_signal(signal.SIGABRT)  # development mode prints the stacks of all threads
            self.process.wait()
            raise AssertionError(f"no {event} in {self.events}") from error
        found = self.of(event)
        assert found, f"no {event} in {self.events}"
        return found[0]

    def names(self) -> list[str]:
        """The kinds of all events, in order."""
        return [event["event"] for event in self.events]

    def end_input(self) -> None:
        """End of its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.close()

    def wait(self) -> int:
        """Its exit status; afterwards all its events are here."""
        status = self.process.wait(limit_s(20))
        self._reader.join(limit_s(20))
        return status

    def kill(self) -> None:
        """SIGKILL, and everything closed."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:
                    continue  # what was not read any more

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))


def unix_ms() -> int:
    """Now."""
    return time.time_ns() // 1_000_000


class ClockGuest(Child):
    """`tests.helpers.clock_guest` and the port it serves on."""

    def __init__(self, *, width: int = 640, height: int = 360, fps: float = 10, still: bool = False) -> None:
        super().__init__(
            "tests.helpers.clock_guest",
            {"width": width, "height": height, "fps": fps, "password": GUEST_PASSWORD, "still": still},
        )
        wait_for(lambda: bool(self.events))
        self.port: int = self.events[0]["port"]

    def order(self, *words: str) -> None:
        """``stop``, ``freeze``, ``thaw`` or ``resize W H``."""
        assert self.process.stdin is not None
        self.process.stdin.write(" ".join(words).encode() + b"\n")
        self.process.stdin.flush()

    def input(self) -> Sequence[list[int]]:
        """Keys and pointer that arrived."""
        return [event.get("key") or event["pointer"] for event in self.events[1:]]


def broker_configuration(port: int, folder: Path, **changes: object) -> Event:
    """A whole configuration for a broker that films the guest on a port."""
    return {
        "connection_id": "c-1",
        "session_id": "s-1",
        "instance_id": "i-1",
        "source": {"url": f"rfb://127.0.0.1:{port}", "password": GUEST_PASSWORD},
        "work_dir": str(folder),
        "record": True,
        "data_key_b64": base64.b64encode(secrets.token_bytes(32)).decode(),
        "fps": 10,
        "stall_after_s": 3.0,
        "viewer_password": VIEWER_PASSWORD,
        "disk_limit_bytes": None,
        "finalise_only": False,
        **changes,
    }


class Broker(Child):
    """`rdpgui.lab.broker`."""

    def __init__(self, configuration: Event, *, environment: dict[str, str] | None = None) -> None:
        super().__init__("rdpgui.lab.broker", configuration, environment=environment)
        self.configuration = configuration

    def film(self) -> Path:
        """The finished film, once there is one."""
        return Path(self.expect("processed")["path"])
