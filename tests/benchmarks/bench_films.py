"""What is asked of a film, beside ffmpeg, ffprobe and mpv on the same film in the same run.

A tool is a process for each question, as a person would start it; ours is asked as the program asks: in a process that
runs. What of a question costs most, the film itself, is the same for all.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from rdpgui.media.changes import watch
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.demuxer import open_film
from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.stills import StillReader
from tests.benchmarks.rows import Row, middle

TOOLS = ("ffmpeg", "ffprobe", "mpv")
THUMBNAILS = 10
WATCH_TARGET = 1.2
"""Times the cost of decoding the film once."""
_LIMIT_S = 3600.0

Job = Callable[[], object]


def tool_rows(film: Path, folder: Path, middle_s: float, rounds: int) -> list[Row]:
    """Inspect a film, seek in it, make thumbnails: each beside the tools that can.

    Args:
        film: a local film.
        folder: for pictures.
        middle_s: film time of the seek.
        rounds: measurements of each; all take turns.
    """
    times = [middle_s * 2 * at / THUMBNAILS for at in range(THUMBNAILS)]
    png = folder / "tool-%03d.png"
    rows = [
        _row("inspect", film, partial(_inspect, film), rounds, {
            "ffprobe": [["-v", "error", "-count_packets", "-show_format", "-show_streams", str(film)]],
        }),
        _row("seek to the exact frame, opened anew,", film, partial(_seek, film, middle_s), rounds, {
            "ffmpeg": [_ffmpeg(film, middle_s, png)],
            "mpv": [_mpv(film, middle_s, folder)],
        }),
        _row(f"{THUMBNAILS} thumbnails, opened anew,", film, partial(_thumbnails, film), rounds, {
            "ffmpeg": [[*_ffmpeg(film, at_s, png)[:-1], "-vf", "scale=160:-2", str(png)] for at_s in times],
            "mpv": [_mpv(film, at_s, folder) for at_s in times],
        }),
    ]  # fmt: skip
    return rows


def pass_rows(film: Path, rounds: int) -> list[Row]:
    """Look at every picture of a film: beside tools that look for frozen and black stretches, and that only decode."""
    look = ["-v", "error", "-i", str(film), "-vf", "freezedetect,blackdetect", "-f", "null", "-"]
    decode = ["-v", "error", "-i", str(film), "-f", "null", "-"]
    ours = partial(_inspect, film, every_picture=True)
    return [
        _row("frozen and black stretches", film, ours, rounds, {"ffmpeg": [look]}),
        _row("every picture, beside a plain decode,", film, ours, rounds, {"ffmpeg": [decode]}, WATCH_TARGET, _cpu_ms),
    ]


def watch_row(film: Path, rounds: int) -> Row:
    """Look at every picture of a film, beside decoding it once."""
    plain: list[float] = []
    looked: list[float] = []
    for _ in range(rounds):
        plain.append(_cpu_s(film, look=False))
        looked.append(_cpu_s(film, look=True))
    ratio = middle(looked) / middle(plain)
    return Row(
        f"every picture of a {film.stem} film", "CPU-s", tuple(looked), ("decoding it once", middle(plain)), ratio,
        f"<= {WATCH_TARGET} x", ratio <= WATCH_TARGET,
    )  # fmt: skip


def _row(
    what: str,
    film: Path,
    ours: Job,
    rounds: int,
    commands: dict[str, list[list[str]]],
    limit: float = 1.0,
    cost: Callable[[Job], float] | None = None,
) -> Row:
    """Let all do their work in turn. ``cost``: what one costs, in ms; the time it takes when nothing is said."""
    measured = cost or _ms
    times: dict[str, list[float]] = {"ours": []}
    for _ in range(rounds):
        times["ours"].append(measured(ours))
        for tool, lines in commands.items():
            found = shutil.which(tool)
            if found is not None:
                times.setdefault(tool, []).append(measured(partial(_run_all, found, lines)))
    others = {tool: middle(values) for tool, values in times.items() if tool != "ours"}
    best = min(others.items(), key=_cost) if others else None
    own = middle(times["ours"])
    return Row(
        f"{what} of a {film.stem} film", "ms" if cost is None else "CPU-ms", tuple(times["ours"]), best,
        own / best[1] if best else None,
        "<= the best tool" if limit == 1.0 else f"<= {limit} x the best tool",
        None if best is None else own <= limit * best[1],
        tuple(tool for tool in commands if tool not in others),
    )  # fmt: skip


def _cost(item: tuple[str, float]) -> float:
    return item[1]


def _ms(job: Job) -> float:
    begun_s = time.perf_counter()
    job()
    return (time.perf_counter() - begun_s) * 1000


def _cpu_ms(job: Job) -> float:
    """Return the processor time of a job, and of the processes that it started and waited for."""
    begun = os.times()
    job()
    now = os.times()
    return 1000 * sum(now[:4]) - 1000 * sum(begun[:4])


def _run_all(tool: str, lines: list[list[str]]) -> None:
    for line in lines:
        subprocess.run([tool, *line], check=True, capture_output=True)


def _ffmpeg(film: Path, at_s: float, png: Path) -> list[str]:
    return ["-v", "error", "-y", "-ss", f"{at_s:.3f}", "-i", str(film), "-frames:v", "1", str(png)]


def _mpv(film: Path, at_s: float, folder: Path) -> list[str]:
    quiet = ["--no-config", "--really-quiet", "--no-audio", "--hr-seek=yes", "--frames=1"]
    return [*quiet, "--vo=image", f"--vo-image-outdir={folder}", f"--start={at_s:.3f}", str(film)]


def _inspect(film: Path, *, every_picture: bool = False) -> None:
    reader = LocalReader(film)
    try:
        inspect_film(reader, film.name, brief=True, every_picture=every_picture, limit_s=_LIMIT_S)
    finally:
        reader.close()


def _seek(film: Path, at_s: float) -> None:
    with StillReader(film) as stills:
        stills.at_pts(at_s)


def _thumbnails(film: Path) -> None:
    with StillReader(film) as stills:
        stills.thumbnails(THUMBNAILS)


def _cpu_s(film: Path, *, look: bool) -> float:
    reader = LocalReader(film)
    try:
        with open_film(reader, film.name) as opened:
            opened.use_threads_for(len(opened.samples))
            deadline = Deadline(film.name, _LIMIT_S, reader)
            begun_s = time.process_time()
            if look:
                watch(opened, 0.0, deadline)
            else:
                for _frame in opened.frames_from(0, deadline, Run()):
                    pass
            return time.process_time() - begun_s
    finally:
        reader.close()
