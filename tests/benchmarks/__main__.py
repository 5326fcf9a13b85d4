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
from tests.benchmarks.rows import Row, table

Maker = Callable[[], list[Row]]


def makers(environment: Mapping[str, str], stacks: Path, *, quick: bool) -> dict[str, Maker]:
    """Return every measurement by name, in the order of the table."""
    from tests.benchmarks import bench_loop, bench_player, bench_series, bench_table, bench_window

    return {
        "start": lambda: bench_window.start_rows(environment, 3 if quick else 7),
        "matrix": lambda: bench_loop.matrix_rows(environment, stacks),
        "exit": lambda: bench_window.exit_rows(environment, quick=quick),
        "table": lambda: bench_table.table_rows(1 if quick else 3),
        "player": lambda: bench_player.player_rows(*((2.0, 10) if quick else (5.0, 40))),
        "kills": lambda: bench_series.kill_rows(*((5, 3) if quick else (50, 20))),
        "films": lambda: bench_series.film_rows((1.0,) if quick else (1.0, 4.0), 3 if quick else 5),
        "download": lambda: bench_series.download_rows(64 if quick else 256, 3 if quick else 5),
    }


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: two or three minutes")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="start, matrix, exit, table, player, kills, films or download"
    )
    parser.add_argument("--stacks", type=Path, help="write what held the event loop up to this file")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    # Before qasync, which takes the first binding that it finds.
    os.environ.setdefault("QT_API", "pyside6")
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # The offscreen platform says at every resize that it has no size hints.
    os.environ.setdefault("QT_LOGGING_RULES", "default.warning=false")
    options = _parse(arguments)
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} cores, load {load:.1f}")
    rows: list[Row] = []
    crashed: list[str] = []
    with tempfile.TemporaryDirectory(prefix="rdpgui-bench-pyc-") as cache:
        all_makers = makers(warm_environment(Path(cache)), options.stacks, quick=options.quick)
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
    print(f"{sum(met)} of {len(met)} targets met; load {os.getloadavg()[0]:.1f}", *(f"; {n} CRASHED" for n in crashed))
    return 1 if crashed else 0


if __name__ == "__main__":
    sys.exit(main())
