"""The film panel over both players, on a minute of 1280 x 720: ``python -m tests.benchmarks.bench_player``.

Per player: play to the first moving picture, pictures shown a second, processor use, gaps of the event loop, and from
a wish (seek, step back) to its exact still on the screen. Everything runs in the real panel, offscreen.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import PySide6  # noqa: F401  (before qasync, which otherwise prefers another binding)
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from rdpgui.core.film import FilmFacts
from rdpgui.media.inspect import inspect_film
from rdpgui.media.playback import FilmPlayback
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.still_service import StillService
from rdpgui.ui.player.film_panel import FilmPanel, make_film_panel
from rdpgui.ui.tasks import TaskScope
from tests.benchmarks.bench_media import encode_minute
from tests.benchmarks.heartbeat import Heartbeat
from tests.benchmarks.rows import Row, percentile, table

SEEK_TARGET_MS = 150.0
GAP_P99_MS = 16.0
GAP_MAX_MS = 50.0
_LIMIT_S = 20.0


async def _until(condition: Callable[[], bool]) -> None:
    end_s = time.monotonic() + _LIMIT_S
    while not condition():
        if time.monotonic() > end_s:
            raise TimeoutError("the player did not do it in time")
        await asyncio.sleep(0.001)


def _fail(name: str, error: BaseException) -> None:
    raise RuntimeError(f"{name}: {error}") from error


async def _play(panel: FilmPanel, seconds: float) -> tuple[float, float, float, Heartbeat]:
    """Return first picture in ms, pictures a second, processor use in percent of one core, and the heartbeat."""
    shown: list[float] = []

    def note(_image: object) -> None:
        shown.append(time.perf_counter())

    panel.deck.moving_picture.connect(note)
    begun_s = time.perf_counter()
    panel.deck.play()
    await _until(lambda: bool(shown))
    beat, cpu_s, count, from_s = Heartbeat(), time.process_time(), len(shown), time.perf_counter()
    beat.start(watch=False)
    await asyncio.sleep(seconds)
    beat.stop()
    took_s = time.perf_counter() - from_s
    panel.deck.moving_picture.disconnect(note)
    cpu = (time.process_time() - cpu_s) / took_s * 100
    panel.deck.pause()
    await _until(lambda: not panel.deck.desk.waiting)
    return (shown[0] - begun_s) * 1000, (len(shown) - count) / took_s, cpu, beat


async def _wishes(panel: FilmPanel, duration_s: float, rounds: int) -> tuple[list[float], list[float]]:
    """Return the times in ms from a wish to its still on the screen: random seeks, and steps back."""
    chance = random.Random(1)
    seeks: list[float] = []
    steps: list[float] = []

    async def timed(times: list[float], wish: Callable[[], None]) -> None:
        begun_s = time.perf_counter()
        wish()
        await _until(lambda: not panel.deck.desk.waiting)
        panel.stage.picture.repaint()
        times.append((time.perf_counter() - begun_s) * 1000)

    for _round in range(rounds):
        await timed(seeks, partial(panel.deck.seek, chance.uniform(0, duration_s)))
        await timed(steps, partial(panel.deck.step, -1))
    return seeks, steps


async def _measure(film: Path, facts: FilmFacts, prefer: str, seconds: float, rounds: int) -> list[Row]:
    tasks, stills = TaskScope(_fail, _fail), StillService()
    panel = make_film_panel(None, stills=stills, tasks=tasks, playback=FilmPlayback, prefer=prefer)
    panel.resize(860, 620)
    panel.show()
    panel.show_film(film, facts, starts_at=None, lab=False)
    await _until(lambda: panel.stage.strip.count == 10)
    plays = [await _play(panel, seconds) for _round in range(3)]
    name = panel.deck.motion.players.name
    gaps = [gap for play in plays for gap in play[3].gaps_ms]
    seeks, steps = await _wishes(panel, facts.duration_s, rounds)
    await panel.aclose()
    await tasks.aclose()
    await stills.aclose()
    panel.hide()
    p99, longest = percentile(gaps, 0.99), max(gaps)
    return [
        Row(f"{name}: play to the first picture", "ms", tuple(play[0] for play in plays)),
        Row(f"{name}: pictures shown (film: {facts.frame_rate:.0f})", "1/s", tuple(play[1] for play in plays)),
        Row(f"{name}: processor while playing", "% of a core", tuple(play[2] for play in plays)),
        Row(f"{name}: event-loop gap, p99", "ms", (p99,), target=f"<= {GAP_P99_MS:.0f}", met=p99 <= GAP_P99_MS),
        Row(
            f"{name}: event-loop gap, longest",
            "ms",
            (longest,),
            target=f"<= {GAP_MAX_MS:.0f}",
            met=longest <= GAP_MAX_MS,
        ),
        _wish_row(f"{name}: seek to the exact still on screen", seeks),
        _wish_row(f"{name}: one frame back on screen", steps),
    ]


def _wish_row(what: str, times_ms: list[float]) -> Row:
    met = percentile(times_ms, 0.95) <= SEEK_TARGET_MS
    return Row(what, "ms", tuple(times_ms), target=f"p95 <= {SEEK_TARGET_MS:.0f}", met=met)


def player_rows(seconds: float, rounds: int) -> list[Row]:
    """Measure every player of this machine."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication.instance() or QApplication([])
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-player-") as folder:
        film = Path(folder) / "film.mp4"
        encode_minute(film, variable=False)
        reader = LocalReader(film)
        facts = inspect_film(reader, film.name).facts
        reader.close()
        for prefer in ("auto", "pyav"):
            with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
                rows += runner.run(_measure(film, facts, prefer, seconds, rounds))
    return rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.bench_player", description=__doc__)
    parser.add_argument("--seconds", type=float, default=5.0, help="playing time of each of three rounds")
    parser.add_argument("--rounds", type=int, default=40, help="seeks and steps")
    options = parser.parse_args()
    print(table(player_rows(options.seconds, options.rounds)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
