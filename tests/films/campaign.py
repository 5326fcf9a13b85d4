"""One campaign: damaged films before the inspector, in a process that may die, beside a full decode of its own."""

from __future__ import annotations

import collections
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import av.logging

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import FilmFacts
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.remote_file import MemoryReader
from tests.films.damage import Damaged, bases, damaged

LIMIT_S = 20.0
"""Of work on one film of twenty small pictures; what takes longer would take hours of a real one."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with what was said of a film.

    Attributes:
        number, kind, base: see ``Damaged``. what: ``crash``, ``hang``, ``called whole``, ``error``. detail: more.
    """

    number: int
    kind: str
    base: str
    what: str
    detail: str


def judge(film: Damaged) -> Finding | None:
    """Put one film before the inspector; None when nothing is wrong with what it says."""
    begun_s = time.process_time()
    try:
        facts: FilmFacts | None = inspect_film(MemoryReader(film.data), "film.mp4", every_picture=True).facts
        last_still(MemoryReader(film.data), "film.mp4")
    except RecordingUnreadable:
        facts = None  # with its reason
    except Exception as error:  # noqa: BLE001 -- whatever it is, it is the finding
        return Finding(film.number, film.kind, film.base, "error", f"{type(error).__name__}: {error}"[:200])
    spent_s = time.process_time() - begun_s
    if spent_s > LIMIT_S:
        return Finding(film.number, film.kind, film.base, "hang", f"{spent_s:.1f} s")
    if facts is not None and is_called_whole(facts):
        complaint = full_decode(film.data)
        if complaint:
            return Finding(film.number, film.kind, film.base, "called whole", complaint)
    return None


def is_called_whole(facts: FilmFacts) -> bool:
    """Say whether nothing is held against a film."""
    return not (facts.truncated or facts.damaged or facts.spoiled or facts.holes or facts.joins or facts.encrypted)


def full_decode(data: bytes) -> str:
    """Decode everything from the begin with nothing of the program's; return what the decoder complains of."""
    with tempfile.NamedTemporaryFile(suffix=".mp4") as file:
        file.write(data)
        file.flush()
        try:
            with av.open(file.name, format="mov", metadata_errors="replace") as container:
                return _complaint(container)
        except av.error.FFmpegError as error:
            return f"open: {error}"


def _complaint(container: av.container.InputContainer) -> str:
    stream = max(container.streams.video, key=lambda item: len(item.index_entries), default=None)
    if stream is None:
        return "no pictures"
    for packet in container.demux(stream):
        if packet.is_corrupt:
            return f"packet at {packet.pts}"
        try:
            if any(frame.is_corrupt for frame in packet.decode()):
                return f"frame at {packet.pts}"
        except av.error.FFmpegError as error:
            return f"decode at {packet.pts}: {error}"
    return ""


def run(seed: int, begin: int, count: int) -> Iterator[Finding]:
    """Yield what is wrong with some films, in this process."""
    av.logging.set_level(av.logging.PANIC)
    with tempfile.TemporaryDirectory() as folder:
        films = bases(Path(folder))
    for number in range(begin, begin + count):
        print(f"@{number}", file=sys.stderr, flush=True)
        finding = judge(damaged(films, seed, number))
        if finding is not None:
            yield finding


def campaign(seed: int, count: int, *, batch: int = 250, limit_s: float = 1200.0) -> list[Finding]:
    """Run a campaign in processes of a batch each: one that dies or hangs is a finding, and the rest goes on.

    Args:
        seed: of all films.
        count: how many.
        batch: films of one process.
        limit_s: for one process.
    """
    found: list[Finding] = []
    at = 0
    while at < count:
        end = min(count, at + batch)
        numbers = ["--seed", str(seed), "--begin", str(at), "--batch", str(end - at)]
        command = [sys.executable, "-m", "tests.films", *numbers]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=limit_s, check=False)
            out, err, status = done.stdout, done.stderr, done.returncode
        except subprocess.TimeoutExpired as error:
            out, err, status = _text(error.stdout), _text(error.stderr), None
        found += [Finding(**json.loads(line)) for line in out.splitlines() if line.startswith("{")]
        if status == 0:
            at = end
        else:
            reached = max((int(line[1:]) for line in err.splitlines() if line[:1] == "@"), default=at)
            found.append(Finding(reached, "?", "?", "hang" if status is None else "crash", f"status {status}"))
            at = reached + 1
    return found


def _text(said: str | bytes | None) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said or ""


def summary(found: list[Finding], count: int) -> str:
    """Return a campaign in words."""
    what = collections.Counter(item.what for item in found)
    kinds = ("crash", "hang", "called whole", "error")
    return f"{count} damaged films: " + ", ".join(f"{what[kind]} {kind}" for kind in kinds)
