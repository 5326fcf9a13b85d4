"""The measurements of other modules as rows: kills, films, downloads."""

from __future__ import annotations

import asyncio
import random
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from rdpgui.media.inspect import last_still
from rdpgui.media.stills import StillReader
from tests.benchmarks import bench_download, bench_films, bench_media, bench_recorder
from tests.benchmarks.rows import Row, middle, most, percentile


def kill_rows(guests: int, brokers: int) -> list[Row]:
    """Kill guests and brokers at random moments."""
    cuts = bench_recorder.guest_kills(guests, bench_recorder.LabGuest)
    losses = bench_recorder.broker_kills(brokers, bench_recorder.LabGuest)
    return [
        _kill_row(f"guest killed {guests} times: cut minus last painted clock", cuts, bench_recorder.GAP_TARGET_MS),
        _kill_row(f"broker killed {brokers} times: lost", losses, bench_recorder.LOSS_TARGET_MS),
    ]


def _kill_row(what: str, kills: bench_recorder.Kills, target_ms: int) -> Row:
    lost = kills.lost_ms
    text = bench_recorder.table(what, kills, target_ms).splitlines()
    return Row(
        what, "ms", tuple(lost), target=f"<= {target_ms} ms, all films play",
        met=most(lost, target_ms) and not kills.unreadable and not kills.unmarked, notes=tuple(t.strip() for t in text),
    )  # fmt: skip


FILMS = (("", False, bench_media.WHOLE), (" variable-rate", True, bench_media.WHOLE),
          (" variable-rate index-last", True, bench_media.INDEX_LAST),
          (" fragmented variable-rate", True, bench_media.FRAGMENTED))  # fmt: skip
ASKED_ALL_UP_TO_H = 4.0
"""Of longer films only the last frame is asked for."""


def film_rows(hours: tuple[float, ...], rounds: int) -> list[Row]:
    """Ask for the last frame of long films and for what a player asks: whole and fragmented, of both kinds of rate."""
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-") as name:
        folder = Path(name)
        minutes = {variable: folder / f"minute-{variable}.mp4" for variable in (False, True)}
        for variable, minute in minutes.items():
            bench_media.encode_minute(minute, variable=variable)
        rows.append(bench_films.watch_row(minutes[False], rounds))
        rows += bench_films.tool_rows(minutes[False], folder, 30.0, rounds)
        rows += bench_films.pass_rows(minutes[False], rounds)
        for kind, variable, movflags in FILMS:
            for length in hours:
                film = folder / f"{_length(length)}{kind}.mp4"
                bench_media.repeat(minutes[variable], film, max(1, round(length * 60)), movflags)
                rows += [*last_frame_rows(film, folder, rounds), remote_row(film)]
                if length <= ASKED_ALL_UP_TO_H:
                    rows += [*_still_rows(film), *bench_films.tool_rows(film, folder, length * 1800, rounds)]
                film.unlink()
    return rows


def _length(hours: float) -> str:
    return f"{hours:g}h" if hours >= 1 else f"{hours * 60:.0f}min"


def last_frame_rows(film: Path, folder: Path, rounds: int) -> list[Row]:
    """Ask for the last frame of a local film, beside ffmpeg and ffprobe."""
    times = tuple(bench_media.median_ms(partial(bench_media.our_last_frame, film), 1) for _ in range(rounds))
    others = {
        name: bench_media.median_ms(partial(subprocess.run, command, check=True, capture_output=True), rounds)
        for name, command in bench_media.tools(film, folder).items()
    }
    target = bench_media.TARGET_MS
    best = min(others.items(), key=lambda item: item[1]) if others else None
    missing = tuple(name for name in bench_films.TOOLS if not any(other.startswith(name) for other in others))
    what = f"last frame of a {film.stem} film ({film.stat().st_size / 1e6:.0f} MB), local"
    return [
        Row(what, "ms", times, best, middle(times) / best[1] if best else None, f"<= {target:.0f} ms",
            middle(times) <= target and (best is None or middle(times) <= best[1]), missing)
    ]  # fmt: skip


def remote_row(film: Path) -> Row:
    """Ask for the last frame as of an object in S3, and count what is read."""
    reader = bench_media.CountingReader(film)
    last_still(reader, film.name)
    reader.close()
    size_mb, limit_mb = reader.bytes_read / 1e6, bench_media.TARGET_REMOTE_BYTES / 1e6
    return Row(
        f"last frame of a {film.stem} film over ranged reads", "MB", (size_mb,),
        ("whole film", film.stat().st_size / 1e6), reader.bytes_read / film.stat().st_size, f"<= {limit_mb} MB",
        size_mb <= limit_mb, notes=(f"{reader.requests} requests",),
    )  # fmt: skip


def _still_rows(film: Path) -> list[Row]:
    dice = random.Random(1)
    with StillReader(film) as stills:
        strip_s = bench_media.median_ms(lambda: stills.thumbnails(48), 1) / 1000
        end_s = stills.last().pts_s
        seeks = tuple(bench_media.median_ms(lambda: stills.at_pts(dice.uniform(0, end_s)), 1) for _ in range(100))
    p95 = percentile(seeks, 0.95)
    limit_s, limit_ms = bench_media.TARGET_THUMBNAILS_S, bench_media.TARGET_SEEK_MS
    return [
        Row(f"48 thumbnails of a {film.stem} film", "s", (strip_s,), target=f"<= {limit_s:.0f} s",
            met=strip_s <= limit_s),
        Row(f"seek to the exact frame of a {film.stem} film", "ms", seeks, target=f"p95 <= {limit_ms:.0f} ms",
            met=p95 <= limit_ms, notes=(f"p95 {p95:.1f} ms",)),
    ]  # fmt: skip


def download_rows(mib: int, rounds: int) -> list[Row]:
    """Download one object with the checksum on, beside another client."""
    command = [sys.executable, "-m", "tests.benchmarks.bench_download", "--serve", "--mib", str(mib)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    with server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        times = asyncio.run(bench_download.measure(url, rounds))
        server.stdin.close()
    return [_download_row(mib, times, peer, target) for peer, target in bench_download.TARGETS.items()]


def _download_row(mib: int, times: dict[str, list[float]], peer: str, target: float) -> Row:
    rates, other = tuple(mib / seconds for seconds in times["ours"]), times[peer]
    what, limit = f"download of {mib} MiB with its checksum, beside {peer}", f">= {target} x"
    if not other:
        return Row(what, "MiB/s", rates, target=limit, missing=(peer,))
    ratio = middle(other) / middle(times["ours"])
    return Row(what, "MiB/s", rates, (peer, mib / middle(other)), ratio, limit, ratio >= target)


def crowd_rows(counts: tuple[int, ...]) -> list[Row]:
    """Record more and more guests at once, and cut the power of all of them together."""
    rows = []
    for count in counts:
        kills = bench_recorder.crowd_kills(count)
        rows.append(_kill_row(f"{count} guests at once, all cut: cut minus last painted clock", kills,
                              bench_recorder.GAP_TARGET_MS))  # fmt: skip
    return rows
