"""``python main.py …`` as a terminal starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from tests.helpers.limits import limit_s

ROOT = Path(__file__).resolve().parents[2]


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return an environment without AWS settings and without a display."""
    hidden = ("AWS_", "DISPLAY", "WAYLAND_DISPLAY")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    return clean | {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1"} | dict(more or {})


def one_machine(folder: Path, scenario: str = "default") -> Path:
    """Return the file of a scenario with its first machine only: what nobody looks at costs a guest and its start."""
    source = ROOT / "resources" / "lab" / f"{scenario}.json"
    content = json.loads(source.read_text())
    content["fleet"] = content["fleet"][:1]
    made = folder / "scenarios" / source.name
    made.parent.mkdir(parents=True, exist_ok=True)
    made.write_text(json.dumps(content))
    return made


def start(
    arguments: Sequence[str | Path], *, python: Sequence[str] = (), environ: Mapping[str, str] | None = None
) -> subprocess.Popen[str]:
    """Start one command; ``python`` are options of the interpreter."""
    return subprocess.Popen(
        [sys.executable, *python, str(ROOT / "main.py"), *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(environ),
    )


def finish(process: subprocess.Popen[str], enough_s: float = 90.0) -> tuple[int, str, str]:
    """Return exit status, standard output and standard error; ``enough_s`` is what a quiet machine needs at most."""
    try:
        out, err = process.communicate(timeout=limit_s(enough_s))
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        out, err = process.communicate(timeout=limit_s(10))
        raise AssertionError(f"not over within {limit_s(enough_s):g} s\n{out}\n{err}") from None
    return process.returncode, out, err


def command(
    arguments: Sequence[str | Path], *, enough_s: float = 60.0, environ: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run one command to its end."""
    return finish(start(arguments, environ=environ), enough_s)


def lines_until(stream: IO[str], wanted: str) -> list[str]:
    """Read lines up to the one that begins with ``wanted``, it included; the process must end when it fails."""
    found: list[str] = []
    for line in stream:
        found.append(line.rstrip("\n"))
        if line.startswith(wanted):
            return found
    raise AssertionError(f"no line begins with {wanted!r}: {found}")
