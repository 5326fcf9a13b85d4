"""Starts the probe (the real window, or a bare one) as a process and reads its marks."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.helpers.processes import descendants, is_alive

ROOT = Path(__file__).resolve().parents[2]


def warm_environment(cache: Path) -> dict[str, str]:
    """Return an environment in which compiled modules are kept, as on a user's machine, but not in the checkout."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment.pop("DISPLAY", None)
    environment.pop("WAYLAND_DISPLAY", None)
    environment |= {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        environment["PYTHONPYCACHEPREFIX"] = str(cache)
    return environment


@dataclass
class Probe:
    """One process with its marks.

    Attributes:
        marks: seconds since the launch, by name.
        results: other members that the process printed, by name.
        errors: what it wrote to standard error.
        below: every process that was seen below it.
    """

    order: dict[str, Any]
    environment: dict[str, str]
    flags: tuple[str, ...] = ()
    limit_s: float = 60.0
    marks: dict[str, float] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    errors: str = ""
    below: set[int] = field(default_factory=set)

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory(prefix="rdpgui-bench-", ignore_cleanup_errors=True)
        self.order = {"data_dir": f"{self._folder.name}/data", **self.order}
        # A file cannot fill up as a pipe would while nobody reads it.
        self._stderr = Path(self._folder.name, "stderr")
        self.begun_mono_s = time.monotonic()
        order = json.dumps({**self.order, "begun_mono_s": self.begun_mono_s})
        with self._stderr.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, *self.flags, "-m", "tests.benchmarks.window_probe", order],
                stdout=subprocess.PIPE, stderr=errors, env=self.environment, cwd=ROOT,
            )  # fmt: skip
        self._limit = threading.Timer(self.limit_s, self.process.kill)
        self._limit.start()
        return self

    def lines(self) -> Iterator[str]:
        """Yield the name of each mark as it comes."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if "mark" in said:
                self.marks[said["mark"]] = said["at_s"]
                self.below |= set(descendants(self.process.pid))
                yield said["mark"]
            else:
                self.results |= said

    def finish(self) -> float:
        """Read to the end of the process and return the seconds from launch to its end."""
        for _name in self.lines():
            continue
        self.process.wait()
        ended_s = time.monotonic() - self.begun_mono_s
        self.errors = self._stderr.read_text(errors="replace")
        return ended_s

    def left(self) -> list[int]:
        """Return processes that outlived it; call after ``finish``."""
        return sorted(pid for pid in self.below if is_alive(pid))

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._limit.cancel()
        below = self.below | set(descendants(self.process.pid))
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pid in filter(is_alive, below):
            os.kill(pid, 9)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self._folder.cleanup()
