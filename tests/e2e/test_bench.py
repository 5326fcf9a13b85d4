"""The rows of ``make bench`` that stand for a case: each exists, and its measurement runs, here at a tiny size.

What a row measures is looked at here, never how long it took: figures belong to a quiet machine and to the table.
"""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.benchmarks import bench_media, bench_start
from tests.benchmarks.__main__ import main, makers
from tests.benchmarks.bench_films import tool_rows, watch_row
from tests.benchmarks.bench_fleet import calls_rows, fleet_rows
from tests.benchmarks.bench_history import STARTS, Found, _kept_row, _start_rows, history_rows
from tests.benchmarks.bench_idle import idle_rows
from tests.benchmarks.bench_matrix import most_at_once
from tests.benchmarks.bench_scale import scale_rows
from tests.benchmarks.bench_series import FILMS, download_rows, last_frame_rows, remote_row
from tests.benchmarks.bench_table import table_rows
from tests.benchmarks.probes import warm_environment
from tests.benchmarks.processes import Cost
from tests.benchmarks.rows import Row, table
from tests.benchmarks.screen import Screen, is_there
from tests.helpers import corpus

ROWS = ("start", "lab", "idle", "history", "matrix", "lanes", "exit", "table", "scale", "fleet", "calls", "player",
        "kills", "guests", "films", "download")  # fmt: skip


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return warm_environment(tmp_path / "pyc")


def _named(rows: Sequence[Row], *parts: str) -> Row:
    found = [row for row in rows if all(part in row.what for part in parts)]
    assert len(found) == 1, [row.what for row in rows]
    return found[0]


@pytest.mark.case("X9")
def test_that_the_table_has_every_row(environment: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    options = Namespace(quick=True, stacks=None, pictures=None)
    assert tuple(makers(environment, options)) == ROWS
    assert main(["--list"]) == 0
    assert capsys.readouterr().out.split()[-len(ROWS) :] == list(ROWS)
    assert main(["--only", "nothing"]) == 2


@pytest.mark.case("X9")
def test_that_a_miss_stays_in_the_table_and_a_missing_peer_is_named() -> None:
    text = table(
        [
            Row("slow", "ms", (3.0, 1.0, 2.0), ("other", 1.0), 2.0, "<= 1 ms", met=False, load=7.25),
            Row("alone", "ms", (1.0,), target="<= 1 x", missing=("curl",)),
            Row("good", "ms", (1.0,), target="<= 1 ms", met=True),
        ]
    )
    slow, alone, good = text.splitlines()[2:5]
    assert "MISS" in slow
    assert "7.2" in slow
    assert "missing" in alone
    assert "MISS" not in alone
    assert "hit" in good
    assert "alone: not beside curl, which is not on this machine" in text


@pytest.mark.case("X9")
def test_that_a_start_is_seen_on_pixels(environment: dict[str, str]) -> None:
    if not is_there():
        rows = bench_start.start_rows(environment, 1)
        assert [row.missing for row in rows] == [("Xvfb",)] * 3
        return
    with Screen() as screen:
        assert not screen.pixels.any()
        seen = {**environment, "DISPLAY": screen.display, "QT_QPA_PLATFORM": "xcb"}
        bare = bench_start.watch(screen, [sys.executable, "-c", bench_start.BARE], seen, "picture", keep=True)
    assert bare.at_s["picture"] > 0
    assert "panels" not in bare.at_s, "a plain frame is no panel"
    assert len(bare.pictures) >= 2
    sight = bench_start.Sight.__new__(bench_start.Sight)
    sight.at_s = {"picture": bare.at_s["picture"] * 2, "panels": 9.0, "table": 10.0}
    sight.cpu_s = {"picture": bare.cpu_s["picture"] * 3}
    rows = bench_start.rows_of([bare], [sight])
    assert _named(rows, "our window on pixels: first picture").ratio == pytest.approx(2.0)
    assert _named(rows, "processor time", "first picture").ratio == pytest.approx(3.0)
    assert [row.met for row in rows] == [None, False, False, False, None, None, None]


@pytest.mark.case("X11")
def test_that_a_thread_that_ended_takes_no_wake_up_away() -> None:
    before, after = Cost(1.0, {"1": 10, "2": 500}), Cost(2.0, {"1": 17, "3": 4})
    assert after.wakeups_since(before) == 11


@pytest.mark.e2e
@pytest.mark.case("X7", "X11")
def test_that_idle_cost_wake_ups_and_memory_are_read_of_every_process(environment: dict[str, str]) -> None:
    rows = idle_rows(environment, 0.5, 0.1)
    for when in ("at rest", "in use"):
        cost, woken = _named(rows, when, "processor time"), _named(rows, when, "wake-ups")
        assert cost.values[0] >= 0
        assert woken.values[0] > 0
        roles = {note.split(" ", 1)[1].split(":")[0] for note in cost.notes}
        assert {"program", "endpoint", "guest"} <= roles
        assert (woken.met is not None) == (when == "at rest"), "the targets are for a window that nobody looks at"
    assert 10 < _named(rows, "memory of program (USS)").values[0] < 2000
    assert _named(rows, "memory of endpoint (USS)").target == "<= 160 MB"


@pytest.mark.e2e
@pytest.mark.case("X1", "X2", "X7")
def test_that_a_history_is_measured_with_and_without_its_index(environment: dict[str, str]) -> None:
    rows = history_rows(environment, (2,), 1, smoke=True)
    assert _named(rows, "2 runs, from its index", "there after").met is not None
    assert _named(rows, "2 runs, no index yet", "there after").met is None
    for part in ("longest gap", "most processor time"):
        assert _named(rows, "2 runs, from its index", part).values[0] >= 0
    assert len(_named(rows, "2 runs: the history is shown").values) == 1
    assert len(_named(rows, "2 runs: opening one").values) == 1
    few, many = (Found(0.1, mb, {"gaps_ms": [mb], "cpu_ms": [mb]}) for mb in (100.0, 110.0))
    assert _start_rows(1002, STARTS[1], many, few)[1].ratio == pytest.approx(1.1)
    assert _kept_row(1024, 10.0, 110.0).values == (10.0,)


@pytest.mark.case("X3", "X9")
def test_that_the_table_is_measured_through_store_reduce_and_render(qapp: object) -> None:
    rows = table_rows(1, 40)
    assert _named(rows, "a poll with nothing changed").target == "<= 16 ms"
    for part in ("first read", "one changed", "equal, but all new", "filter", "sort"):
        assert _named(rows, part).values


@pytest.mark.case("X5", "X10")
def test_that_what_must_not_grow_with_what_is_there_is_measured(qapp: object) -> None:
    rows = scale_rows(100, 30, 40, 5, 1)
    assert _named(rows, "an event of a run with 100 events").ratio is not None
    assert _named(rows, "30 runs: a render with nothing changed").target == "<= 1 ms"
    assert _named(rows, "30 runs: the claims").target == "<= 50 ms"
    assert _named(rows, "40 sessions, 5 runs: what is said of each").target == "<= 10 ms"


@pytest.mark.case("X6", "X9")
def test_that_a_fleet_is_read_beside_boto3(qapp: object) -> None:
    rows = fleet_rows(60, 1)
    assert _named(rows, "60 instances read: gap").baseline is not None
    cost = _named(rows, "processor time of a poll").baseline
    assert cost is not None
    assert cost[0] == "boto3 paginators"
    first = _named(rows, "60 instances: time to the first rows")
    assert first.values and (first.baseline or first.missing)


@pytest.mark.case("P9", "X9")
def test_that_what_looking_costs_is_counted() -> None:
    rows = calls_rows(300, 500)
    assert [(row.unit, row.target) for row in rows] == [("calls", "<= 30"), ("calls", "<= 40")]
    assert all(row.met and row.values[0] >= 5 for row in rows)


@pytest.mark.case("X9")
def test_that_fragmented_films_are_measured_too(tmp_path: Path) -> None:
    assert [movflags for _name, _variable, movflags in FILMS].count(bench_media.FRAGMENTED) == 1
    shape = corpus.Shape("small", 192, 108, 10, 20, gop=10)
    minute = corpus.write(corpus.encode(shape), tmp_path / "minute.mp4", bench_media.WHOLE)
    film = tmp_path / "2min fragmented.mp4"
    bench_media.repeat(minute, film, 2, bench_media.FRAGMENTED)
    assert film.read_bytes().count(b"moof") > 2
    (local,) = last_frame_rows(film, tmp_path, 1)
    assert local.baseline or {"ffmpeg", "ffprobe"} <= set(local.missing)
    assert remote_row(film).values[0] > 0


@pytest.mark.case("X8", "X9")
def test_that_a_download_is_measured_beside_each_peer() -> None:
    rows = download_rows(2, 1)
    assert [(row.what.split(", beside ")[1], row.target) for row in rows] == [
        ("boto3 download_file", ">= 1.0 x"),
        ("aws s3 cp", ">= 1.0 x"),
        ("curl", ">= 0.85 x"),
        ("curl, then SHA-256 and CRC-64 of its file", ">= 1.0 x"),
    ]
    assert all((row.ratio is None) == bool(row.missing) for row in rows)


def test_that_questions_to_a_film_are_measured_beside_the_tools_that_are_there(tmp_path: Path) -> None:
    film = corpus.write(corpus.encode(corpus.Shape("tiny", frames=20)), tmp_path / "tiny.mp4", "+faststart")
    rows = tool_rows(film, tmp_path, 1.0, 1)
    assert [row.what.partition(",")[0].partition(" of")[0] for row in rows] == [
        "inspect",
        "seek to the exact frame",
        "10 thumbnails",
    ]
    for row in rows:
        assert (row.baseline is None) == (row.met is None)
        assert row.values[0] > 0
    watched = watch_row(film, 1)
    assert watched.baseline is not None
    assert watched.ratio is not None


@pytest.mark.case("X13")
def test_that_runs_that_overlap_are_counted_by_their_own_times() -> None:
    at = [datetime(2025, 1, 1, 9, 0, second, tzinfo=UTC) for second in range(10)]
    assert most_at_once([(at[0], at[2]), (at[2], at[4]), (at[4], at[6])]) == 1
    assert most_at_once([(at[0], at[5]), (at[1], at[3]), (at[2], at[9]), (at[3], at[4])]) == 3
