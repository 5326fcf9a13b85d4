"""One warm worker process, seen from the program: started when needed, killed on a time limit or cancellation."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import rdpgui
from rdpgui.core.texts import N_
from rdpgui.media import reasons

GRACE_S = 5.0
"""The worker ends by itself at its own limit and names the reason; this is for one that cannot."""
_SHORTEST_WAIT_S = 1.0
_LINE_LIMIT_BYTES = 4 * 1024 * 1024
_MAX_RAW_BYTES = 256 * 1024 * 1024
_KEPT_VARIABLES = ("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "TMP", "LANG", "LC_ALL", "VIRTUAL_ENV")

Answer = dict[str, Any]
ReadRange = Callable[[int, int], Awaitable[bytes | None]]
"""Gives (start, length) bytes to the worker; None when they cannot be read."""
OnProgress = Callable[[float], None]
"""Takes the share of the work that is done, 0-1."""


class WorkerProcess:
    """Runs one request after the other in ``rdpgui.media.worker``. The caller keeps requests apart."""

    def __init__(self) -> None:
        self._process: asyncio.subprocess.Process | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Process id of the running worker, None when there is none."""
        return None if self._process is None or self._process.returncode is not None else self._process.pid

    async def start(self) -> None:
        """Start the worker if none is running."""
        if self.pid is not None:
            return
        await self.stop()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "rdpgui.media.worker",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=_environment(),
            limit=_LINE_LIMIT_BYTES,
        )
        if self._closed:  # closed while it started
            await self.stop()

    async def close(self) -> None:
        """Kill the worker for good; a request that is running fails."""
        self._closed = True
        await self.stop()

    async def request(
        self,
        request: Answer,
        *,
        limit_s: float,
        read: ReadRange | None = None,
        on_progress: OnProgress | None = None,
    ) -> tuple[Answer, bytes]:
        """Send one request and return its answer with the raw bytes that follow it.

        Args:
            request: see ``rdpgui.media.worker``.
            limit_s: time for the worker; while ``read`` fetches bytes for it, or others keep the processor busy, the
                limit stands still.
            read: gives the bytes of a film that has no path.
            on_progress: is told how far it is, where the request asks for that.

        Raises:
            InspectionFailed: the worker died, or did not answer in time.
        """
        name = str(request["name"])
        await self.start()
        try:
            return await self._exchange({**request, "limit_s": limit_s}, read, on_progress, limit_s + GRACE_S)
        except TimeoutError as error:
            await self.stop()
            raise reasons.too_slow(name, limit_s) from error
        except (ConnectionError, asyncio.IncompleteReadError, ValueError) as error:
            raise reasons.inspector_ended(name, await self._end()) from error
        except BaseException:  # cancelled, or the remote read failed: the worker is in the middle of something
            await self.stop()
            raise

    async def stop(self) -> None:
        """Kill the worker and wait until it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        if process.stdin is not None:
            process.stdin.close()
        await process.wait()

    async def _exchange(
        self, request: Answer, read: ReadRange | None, on_progress: OnProgress | None, left_s: float
    ) -> tuple[Answer, bytes]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise ConnectionResetError
        source, sink = process.stdout, process.stdin
        patience = Patience(self.pid, left_s)
        sink.write(json.dumps(request).encode() + b"\n")
        await sink.drain()
        while True:
            line = await patience.line(source)
            if not line.endswith(b"\n"):
                raise ConnectionResetError
            answer: Answer = json.loads(line)
            if answer["event"] == "progress":
                if on_progress is not None:
                    on_progress(float(answer["share"]))
                continue
            if answer["event"] == "need" and read is not None:
                data = await read(int(answer["start"]), int(answer["length"]))
                sink.write(b'{"length": %d}\n' % (-1 if data is None else len(data)) + (data or b""))
                await sink.drain()
                continue
            length = int(answer.get("length", 0))
            if not 0 <= length <= _MAX_RAW_BYTES:
                raise ConnectionResetError
            return answer, await source.readexactly(length)

    async def _end(self) -> str:
        """Wait for a worker that closed its output; say in words how it ended."""
        process = self._process
        if process is None:
            return N_("it was stopped")
        try:
            status = await asyncio.wait_for(process.wait(), GRACE_S)
        except TimeoutError:
            status = None
        await self.stop()
        if status is None:
            return N_("it answered nonsense")
        if status >= 0:
            return f"exit status {status}"
        return _SIGNAL_WORDS.get(-status, f"signal {-status}")


class Patience:
    """How long a worker is waited for. Its time stands still while it gets no processor, where that can be seen.

    A busy machine says nothing about a film; a worker that could work and does not is given up.
    """

    def __init__(self, pid: int | None, limit_s: float) -> None:
        self._pid = pid
        self._limit_s = self._left_s = limit_s
        self._begun_cpu_s = self._seen_cpu_s = processor_s(pid)

    async def line(self, source: asyncio.StreamReader) -> bytes:
        """Return the next line.

        Raises:
            TimeoutError: the worker had its time, or stands still.
        """
        while True:
            begun_mono_s = time.monotonic()
            with suppress(TimeoutError):
                line = await asyncio.wait_for(source.readline(), self._left_s)
                self._left_s -= time.monotonic() - begun_mono_s
                return line
            self._left_s = self._owed_s()

    def _owed_s(self) -> float:
        """Return how much of its time the worker did not get."""
        cpu_s = processor_s(self._pid)
        if cpu_s is None or self._begun_cpu_s is None or self._seen_cpu_s is None or cpu_s <= self._seen_cpu_s:
            raise TimeoutError
        self._seen_cpu_s = cpu_s
        owed_s = self._limit_s - (cpu_s - self._begun_cpu_s)
        if owed_s <= 0:
            raise TimeoutError
        return max(owed_s, _SHORTEST_WAIT_S)


def processor_s(pid: int | None) -> float | None:
    """Return the processor time of a process so far, None where it cannot be seen."""
    if sys.platform != "linux" or pid is None:
        return None
    try:
        numbers = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return None


_SIGNAL_WORDS = {
    int(getattr(signal, name)): words
    for name, words in (
        ("SIGXCPU", "processor time limit"),
        ("SIGKILL", "killed, perhaps for lack of memory"),
        ("SIGSEGV", "crash in a decoder"),
        ("SIGABRT", "crash in a decoder"),
        ("SIGXFSZ", "file size limit"),
    )
    if hasattr(signal, name)
}


def _environment() -> dict[str, str]:
    """Return an environment without credentials: the worker reads files of strangers."""
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    root = str(Path(rdpgui.__file__).resolve().parent.parent)
    # Its arithmetic is small; without this the numeric library reserves address space for every core.
    return {**kept, "PYTHONPATH": root, "PYTHONIOENCODING": "utf-8", "OPENBLAS_NUM_THREADS": "1"}
