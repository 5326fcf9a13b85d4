"""The embedded lab as a child process: start, wait, control, end.

The program knows the lab by its endpoint URL and keys, like AWS. Only this
module and ``lab_connection`` use the lab's control API, for what on AWS a
person does in the console.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from rdpgui import i18n
from rdpgui.app.paths import scenario_title
from rdpgui.core.errors import LabError
from rdpgui.core.ids import ConnectionId
from rdpgui.core.settings import Settings
from rdpgui.runner.concurrency import within
from rdpgui.threads import DaemonPool

_log = logging.getLogger(__name__)

START_LIMIT_S = 30.0
END_LIMIT_S = 8.0
"""For its guests and recorders, too, on a busy machine; a quiet one needs half a second."""


@dataclass(frozen=True, slots=True)
class LabAddress:
    """How to reach a running lab. The keys are random and die with it."""

    url: str
    access_key_id: str
    secret_access_key: str
    region: str
    control_token: str


def child_command(module: str) -> list[str]:
    """Return the command that runs a module of the lab with this interpreter."""
    return [sys.executable, "-m", module]


def child_environment() -> dict[str, str]:
    """Return the environment of a lab process: it can import rdpgui, and sees no AWS settings of the user."""
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [root, environment.get("PYTHONPATH", "")]))
    return environment


class LabProcess:
    """One lab. Spawn it before the window is built, then ``await ready()`` on the loop.

    Attributes:
        scenario: name of the scenario it plays, empty before ``spawn``.
    """

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._consoles: list[subprocess.Popen[bytes]] = []
        self._closing = False
        # Blocking reads of a pipe and of the control API; ends with the child.
        self._executor = DaemonPool(16, "lab")
        self._address: LabAddress | None = None
        self.language = "en"
        self.scenario = ""

    @property
    def address(self) -> LabAddress:
        """Return the address; the lab must be ready."""
        if self._address is None:
            raise LabError("The lab is not ready.", "Wait a moment and try again.")
        return self._address

    @property
    def pid(self) -> int:
        """Return the process id, 0 when there is none."""
        return self._process.pid if self._process else 0

    def spawn(self, *, scenario: str, language: str, port: int = 0) -> None:
        """Start the child; returns at once. ``scenario`` is a name, or the path of a file."""
        self.language, self.scenario = language, scenario_title(scenario)
        self._process = subprocess.Popen(
            child_command("rdpgui.lab"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=child_environment(),
            # Ctrl+C on the terminal is for the program; it ends the lab in order.
            start_new_session=True,
        )
        configuration = {"scenario": scenario, "language": language, "port": port}
        self._write(self._process, configuration)

    @staticmethod
    def _write(process: subprocess.Popen[bytes], message: dict[str, Any]) -> None:
        if process.stdin is None:
            return
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            _log.warning("process %s ended before it could be told", process.pid)

    async def _next_event(self, limit_s: float) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdout is None:
            raise LabError("The lab was not started.", "Start rdpgui again.")
        loop = asyncio.get_running_loop()
        try:
            line = await within(limit_s, loop.run_in_executor(self._executor, process.stdout.readline))
        except TimeoutError as error:
            raise LabError(
                "The lab did not answer within {limit:.0f} s.", "Close other programs and start again.", limit=limit_s
            ) from error
        if not line:
            raise LabError(
                "The lab ended before it was ready (exit status {status}).",
                "Run python -m rdpgui.lab to see why.",
                status=process.wait(),
            )
        event: dict[str, Any] = json.loads(line)
        if event.get("event") == "error":
            raise LabError("{message}", "{lab_remedy}", message=event["message"], lab_remedy=event.get("remedy", ""))
        return event

    async def ready(self) -> LabAddress:
        """Wait until the lab accepts requests.

        Raises:
            LabError: it ended, said why it cannot start, or took too long.
        """
        event = await self._next_event(START_LIMIT_S)
        self._address = LabAddress(
            url=event["url"],
            access_key_id=event["access_key_id"],
            secret_access_key=event["secret_access_key"],
            region=event["region"],
            control_token=event["control_token"],
        )
        return self._address

    async def seeded(self) -> None:
        """Wait until instances, bucket, key and preferences exist."""
        while (await self._next_event(START_LIMIT_S)).get("event") != "seeded":
            continue

    async def ended(self) -> int:
        """Wait until the lab has ended and return its exit status."""
        process = self._process
        if process is None:
            return 0
        return await asyncio.get_running_loop().run_in_executor(self._executor, process.wait)

    async def control(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """Call the control API.

        Raises:
            LabError: the lab refused or is gone.
        """
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._control, method, path, body)

    def _control(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        # Imported by the first call: the window does not wait for it.
        from http.client import HTTPConnection, HTTPException

        parts = urlsplit(self.address.url)
        connection = HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=10)
        try:
            payload = json.dumps(body or {}).encode()
            headers = {"X-Lab-Token": self.address.control_token, "Content-Type": "application/json"}
            connection.request(method, path, body=payload, headers=headers)
            answer = connection.getresponse()
            data: Any = json.loads(answer.read() or b"{}")
        except (OSError, HTTPException, ValueError) as error:
            raise LabError(
                "The lab does not answer ({reason}).", "Restart the lab from the menu.", reason=error
            ) from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise LabError(
                "The lab refused: {message}", "Look at the state of the instance.", message=data.get("message", answer)
            )
        return data

    def show_console(
        self, *, host: str, port: int, password: str, instance_name: str, connection_id: ConnectionId
    ) -> None:
        """Open the lab console on a connection: the desktop through the broker, with mouse and keyboard."""
        process = subprocess.Popen(
            child_command("rdpgui.lab.console"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            env=child_environment(),
        )
        self._write(
            process,
            {
                "host": host,
                "port": port,
                "password": password,
                "instance_name": instance_name,
                "language": self.language,
            },
        )
        self._consoles = [c for c in self._consoles if c.poll() is None] + [process]
        self._executor.submit(self._end_with_console, process, connection_id)

    def _end_with_console(self, process: subprocess.Popen[bytes], connection_id: ConnectionId) -> None:
        """Closing the console ends the connection, as closing the browser's tab does on AWS."""
        process.wait()
        if self._closing:
            return
        try:
            self._control("DELETE", f"/_lab/connections/{connection_id}", None)
        except LabError as error:
            _log.warning("the connection of a closed console could not be ended: %s", error)

    async def aclose(self) -> None:
        """End the lab and every console; bounded, leaves no process behind."""
        self._closing = True
        if self._process is not None and self._address is None:
            self._process.terminate()  # it looks at its input only once it has started
        processes = [*self._consoles, *([self._process] if self._process else [])]
        for process in processes:
            if process.stdin and not process.stdin.closed:
                process.stdin.close()
        loop = asyncio.get_running_loop()
        await asyncio.gather(*(loop.run_in_executor(self._executor, _wait_or_kill, p) for p in processes))
        # By the pool, too: a pipe that is still being read, because something else holds its other end, does not close.
        pipes = [loop.run_in_executor(self._executor, p.stdout.close) for p in processes if p.stdout]
        if pipes:
            await asyncio.wait(pipes, timeout=END_LIMIT_S)
        self._executor.shutdown()


def _wait_or_kill(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(END_LIMIT_S)
    except subprocess.TimeoutExpired:
        _log.warning("process %s did not end by itself and is killed", process.pid)
        process.kill()
        process.wait()


def lab_of(settings: Settings) -> LabProcess | None:
    """Start the lab that the settings name; None on AWS."""
    if settings.endpoint != "lab":
        return None
    lab = LabProcess()
    lab.spawn(scenario=settings.scenario, language=i18n.language())
    return lab
