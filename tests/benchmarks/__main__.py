"""All measurements in one table: ``python -m tests.benchmarks [--quick] [--only NAME]`` (``make bench``).

The exit status says whether everything could be measured, never whether a target was met: figures of a busy machine
are no verdict. Ratios compare with a baseline of the same run.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.benchmarks.probes import warm_environment
from tests.benchmarks.rows import Row, load, table

Maker = Callable[[], list[Row]]


def makers(environment: Mapping[str, str], options: argparse.Namespace) -> dict[str, Maker]:
    """Return every measurement by name, in the order of the table."""
    from tests.benchmarks import (
        bench_fleet,
        bench_history,
        bench_idle,
        bench_loop,
        bench_matrix,
        bench_player,
        bench_scale,
        bench_series,
        bench_start,
        bench_table,
        bench_window,
    )

    quick: bool = options.quick
    return {
        "start": lambda: bench_start.start_rows(environment, 3 if quick else 7, options.pictures),
        "lab": lambda: bench_window.lab_rows(environment, 2 if quick else 5),
        "idle": lambda: bench_idle.idle_rows(environment, 20 if quick else 60),
        "history": lambda: bench_history.history_rows(environment, (10, 300) if quick else (10, 1000, 10_000), 20),
        "matrix": lambda: bench_loop.matrix_rows(environment, options.stacks),
        "lanes": lambda: bench_matrix.lane_rows(environment, 1 if quick else 3),
        "exit": lambda: bench_window.exit_rows(environment, quick=quick),
        "table": lambda: bench_table.table_rows(1 if quick else 3, 10_000 if quick else 100_000),
        "scale": lambda: bench_scale.scale_rows(
            *((3000, 1000, 1000, 100, 2) if quick else (30_000, 10_000, 10_000, 1000, 5))
        ),
        "fleet": lambda: bench_fleet.fleet_rows(1000 if quick else 10_000, 2 if quick else 3),
        "calls": bench_fleet.calls_rows,
        "player": lambda: bench_player.player_rows(*((2.0, 10) if quick else (5.0, 40))),
        "kills": lambda: bench_series.kill_rows(*((5, 3) if quick else (50, 20))),
        "guests": lambda: bench_series.crowd_rows((2,) if quick else (1, 2, 4, 8)),
        "films": lambda: bench_series.film_rows((1.0,) if quick else (1.0, 4.0, 12.0), 3 if quick else 5),
        "download": lambda: bench_series.download_rows(64 if quick else 1024, 3 if quick else 5),
    }


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and smaller things: no figures to quote")
    parser.add_argument("--only", action="append", metavar="NAME", help="one measurement; may be given again")
    parser.add_argument("--list", action="store_true", help="print the names of the measurements")
    parser.add_argument("--stacks", type=Path, help="write what held the event loop up to this file")
    parser.add_argument("--pictures", type=Path, help="write each distinct picture of a start to this folder")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    # Before qasync, which takes the first binding that it finds.
    os.environ.setdefault("QT_API", "pyside6")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The offscreen platform says at every resize that it has no size hints.
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
    options = _parse(arguments)
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, load {load():.1f}")
    rows: list[Row] = []
    crashed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-pyc-") as cache:
        all_makers = makers(warm_environment(Path(cache)), options)
        if options.list:
            print("\n".join(all_makers))
            return 0
        chosen = options.only or list(all_makers)
        if unknown := sorted(set(chosen) - set(all_makers)):
            print(f"There is no measurement {unknown[0]}; there are {', '.join(all_makers)}.", file=sys.stderr)
            return 2
        for name in chosen:
            begun_s = time.monotonic()
            try:
                rows += all_makers[name]()
            except Exception:  # noqa: BLE001 - one measurement that cannot be made must not hide the others
                crashed.append(name)
                traceback.print_exc()
            print(f"  {name}: {time.monotonic() - begun_s:.0f} s", flush=True)
    print(f"\n{table(rows)}\n")
    met = [row.met for row in rows if row.met is not None]
    print(f"{sum(met)} of {len(met)} targets met; load {load():.1f}", *(f"; {name} CRASHED" for name in crashed))
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
