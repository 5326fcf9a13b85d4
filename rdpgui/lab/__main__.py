"""The endpoint as a process: configuration on stdin, JSON lines on stdout, ends with stdin.

Source: resources/docs/lab.md.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

from rdpgui.lab.moto.lean_import import leave_out_crt
from rdpgui.lab.state_folder import StateFolder, sweep

if TYPE_CHECKING:
    from types import FrameType

    from rdpgui.lab.endpoint.front import Front
    from rdpgui.lab.endpoint.gate import IssuedKey
    from rdpgui.lab.endpoint.serve import LabServer
    from rdpgui.lab.moto.seam import MotoSeam
    from rdpgui.lab.world.world import World

_log = logging.getLogger("rdpgui.lab")
ADMIN: Final = "lab-admin"
_SEED_JOIN_S: Final = 0.5


class StartError(Exception):
    """The endpoint cannot start.

    Attributes:
        message: what is wrong.
        remedy: what to do about it.
    """

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Configuration:
    """The first line on stdin.

    Attributes:
        scenario: name of the scenario.
        state_dir: private folder, None for a temporary one.
        port: port, 0 for a free one.
        language: ``ja`` or ``en``.
    """

    scenario: str = "default"
    state_dir: Path | None = None
    port: int = 0
    language: str = "en"

    @classmethod
    def from_line(cls, line: bytes) -> Configuration:
        """Return the configuration that a line holds; an empty line takes every default.

        Raises:
            StartError: it is not a JSON object, or a member is unknown or wrong.
        """
        try:
            data = json.loads(line.strip() or b"{}")
        except ValueError as error:
            raise StartError("The configuration line is not JSON.", "Send one JSON object on one line.") from error
        if not isinstance(data, dict):
            raise StartError("The configuration line is not a JSON object.", "Send one JSON object on one line.")
        unknown = sorted(set(data) - set(cls.__dataclass_fields__))
        if unknown:
            known = ", ".join(cls.__dataclass_fields__)
            raise StartError(f"The configuration has an unknown member {unknown[0]!r}.", f"Known are {known}.")
        return cls._checked(data)

    @classmethod
    def _checked(cls, data: Mapping[str, Any]) -> Configuration:
        scenario, folder = data.get("scenario", "default"), data.get("state_dir")
        port, language = data.get("port", 0), data.get("language", "en")
        if not isinstance(scenario, str):
            raise StartError(f"'scenario' is {scenario!r}.", "Give the name of a scenario.")
        if folder is not None and not isinstance(folder, str):
            raise StartError(f"'state_dir' is {folder!r}.", "Give the path of a folder, or leave it out.")
        if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65_535:
            raise StartError(f"'port' is {port!r}.", "Give a whole number from 0 (any free port) to 65535.")
        if language not in ("ja", "en"):
            raise StartError(f"'language' is {language!r}.", "Give 'ja' or 'en'.")
        return cls(scenario, Path(folder) if folder else None, port, language)


class Lines:
    """JSON lines to the parent. Safe to use from several threads."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def write(self, event: str, **members: object) -> None:
        """Write one line; a parent that no longer reads is about to close stdin, too."""
        line = json.dumps({"event": event, **members}, ensure_ascii=False).encode() + b"\n"
        with self._lock:
            try:
                self._stream.write(line)
                self._stream.flush()
            except BrokenPipeError:
                _log.warning("nobody reads the event %s", event)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Everything that one running endpoint is made of."""

    server: LabServer
    front: Front
    world: World
    seam: MotoSeam
    key: IssuedKey
    control_token: str

    def ready_members(self) -> dict[str, object]:
        """Return the members of the ``ready`` line."""
        return {
            "url": f"http://127.0.0.1:{self.server.port}",
            "access_key_id": self.key.access_key_id,
            "secret_access_key": self.key.secret_access_key,
            "region": self.seam.region,
            "account_id": self.seam.account_id,
            "control_token": self.control_token,
            "pid": os.getpid(),
        }

    def close(self) -> None:
        """End answers, guests and brokers, and stop listening."""
        self.front.close()
        self.world.close()
        self.server.close()


def build(configuration: Configuration, state_dir: Path) -> Endpoint:
    """Put an endpoint together; it listens, but nothing is served yet.

    Raises:
        StartError: the port or the scenario cannot be used.
    """
    # Imported here: a wrong configuration line is answered before this half second of imports.
    from rdpgui.lab.endpoint.control import Control
    from rdpgui.lab.endpoint.front import Front
    from rdpgui.lab.endpoint.gate import Gate, KeyRing
    from rdpgui.lab.endpoint.serve import LabServer, PortError
    from rdpgui.lab.faults import FaultBook
    from rdpgui.lab.moto.seam import MotoSeam
    from rdpgui.lab.scenario import ScenarioError, load_scenario
    from rdpgui.lab.world.world import World

    try:
        scenario = load_scenario(configuration.scenario)
    except ScenarioError as error:
        raise StartError(error.message, error.remedy) from error
    try:
        server = LabServer(configuration.port)
    except PortError as error:
        raise StartError(str(error), "Choose another port, or 0 for any free one.") from error
    seam, faults, control_token = MotoSeam(), FaultBook(seed=scenario.seed), secrets.token_urlsafe(32)
    keys = KeyRing(seam.account_id)
    gate = Gate(keys, control_token)
    gate.host = f"127.0.0.1:{server.port}"
    world = World(scenario, state_dir=state_dir, seam=seam, faults=faults, language=configuration.language)
    front = Front(gate=gate, control=Control(world, faults), world=world, seam=seam, faults=faults)
    return Endpoint(server, front, world, seam, keys.issue_user(ADMIN), control_token)


class Seeder:
    """Warms moto and seeds the world while the endpoint already answers."""

    def __init__(self, endpoint: Endpoint, lines: Lines) -> None:
        self._endpoint = endpoint
        self._lines = lines
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lab-seed", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing more, and give what runs a moment to end."""
        self._stopping.set()
        if self._thread.is_alive():  # the end may be asked for before the beginning
            self._thread.join(_SEED_JOIN_S)

    def _run(self) -> None:
        try:
            self._endpoint.seam.warm()
            if self._stopping.is_set():
                return
            self._endpoint.world.seed()
            self._lines.write("seeded", at_ms=time.time_ns() // 1_000_000)
            _collect_from_here()
        except Exception as error:  # noqa: BLE001
            # The thread's boundary: without a seeded world the parent would wait for ever.
            if self._stopping.is_set():
                return
            _log.exception("seeding failed")
            message = getattr(error, "message", "") or f"The lab could not be seeded ({error})."
            remedy = getattr(error, "remedy", "") or "Look at the lab's log, and start it again."
            self._lines.write("error", message=message, remedy=remedy)
            os.kill(os.getpid(), signal.SIGTERM)


def _collect_from_here() -> None:
    """Give garbage collection back. What was imported stays for good: no collection walks through it again."""
    gc.freeze()
    gc.enable()


class _Ended(Exception):
    """A signal asks the endpoint to end."""


_ENDING: Final = (signal.SIGTERM, signal.SIGINT)


def _on_signal(number: int, _frame: FrameType | None) -> None:
    raise _Ended(number)


class _Starting:
    """Until the endpoint is put together a signal ends the process at once, in the middle of whatever import.

    An exception would not do: libraries catch what their optional imports raise. Nothing is served yet and no guest
    runs; a temporary folder is all there is to give back.
    """

    def __init__(self) -> None:
        self.temporary: StateFolder | None = None
        for number in _ENDING:
            signal.signal(number, self._leave)

    def _leave(self, number: int, _frame: FrameType | None) -> None:
        self.give_back()
        os._exit(_status_of(number))

    def give_back(self) -> None:
        """Remove the temporary folder, once: a signal may come while the one who was asked first is at it."""
        temporary, self.temporary = self.temporary, None
        if temporary is not None:
            temporary.remove()


def _status_of(number: int) -> int:
    return 1 if number == signal.SIGTERM else 0


def serve(stdin: IO[bytes], lines: Lines, starting: _Starting) -> int:
    """Run the endpoint until stdin ends; returns the exit status."""
    try:
        configuration = Configuration.from_line(stdin.readline())
        if configuration.state_dir is None:
            starting.temporary = StateFolder()
            folder = starting.temporary.path
        else:
            folder = _given_folder(configuration.state_dir)
        endpoint = build(configuration, folder)
    except StartError as error:
        starting.give_back()
        lines.write("error", message=error.message, remedy=error.remedy)
        return 1
    seeder = Seeder(endpoint, lines)
    try:
        for number in _ENDING:
            signal.signal(number, _on_signal)
        endpoint.server.start(endpoint.front)
        lines.write("ready", **endpoint.ready_members())
        seeder.start()
        threading.Thread(target=sweep, name="lab-sweep", daemon=True).start()
        while stdin.readline():
            continue
        return 0
    except _Ended as error:
        return _status_of(error.args[0])
    finally:
        for number in _ENDING:  # it ends already
            signal.signal(number, signal.SIG_IGN)
        seeder.stop()
        endpoint.close()
        starting.give_back()


def _given_folder(state_dir: Path) -> Path:
    try:
        state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        text = f"The folder {state_dir} cannot be made: {error.strerror}."
        raise StartError(text, "Choose a folder that you may write to, or leave 'state_dir' out.") from error
    return state_dir


def main() -> int:
    """Start from the command line: ``python -m rdpgui.lab``."""
    starting = _Starting()
    gc.disable()  # until the lab is seeded: a sixth of the start, for a million objects that all stay
    leave_out_crt()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="lab %(levelname)s %(name)s: %(message)s")
    os.umask(0o077)
    lines = Lines(os.fdopen(os.dup(sys.stdout.fileno()), "wb"))
    # moto prints now and then; stdout is for JSON lines only.
    sys.stdout = sys.stderr
    return serve(sys.stdin.buffer, lines, starting)


if __name__ == "__main__":
    status = main()
    logging.shutdown()
    sys.stderr.flush()
    # All is closed and written; to free moto's objects one by one would take more than another second.
    os._exit(status)
