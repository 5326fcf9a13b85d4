"""Facts of films made the way the lab's recorder makes them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.core.film import FilmFacts, Span, SpanBasis, TailClass
from rdpgui.media import changes
from rdpgui.media.demuxer import open_film
from rdpgui.media.facts_json import facts_from_json, facts_to_json
from rdpgui.media.idle import SampleTable, quiet_spans
from rdpgui.media.inspect import Inspection, inspect_film
from rdpgui.media.painted_clock import read_grey
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.tail import classify, tail_metrics
from tests.helpers import corpus
from tests.helpers.painted_clock import Picture, paint_clock
from tests.unit.media.conftest import Filmer, desktop, with_clock

BEGIN = datetime(2026, 11, 23, 7, 0, 0, tzinfo=UTC)
BEGIN_MS = int(BEGIN.timestamp() * 1000)


def inspect(path: Path) -> Inspection:
    reader = LocalReader(path)
    try:
        return inspect_film(reader, path.name)
    finally:
        reader.close()


def recorded(filmer: Filmer, times_ms: list[int], end_ms: int) -> FilmFacts:
    picture = desktop()
    pictures = [(at, with_clock(picture, BEGIN_MS + at)) for at in times_ms]
    return inspect(filmer.write(pictures, end_ms=end_ms, created_at=BEGIN, comment="not finalised normally")).facts


def test_that_a_recorders_film_has_its_times_tags_and_clocks(filmer: Filmer) -> None:
    facts = recorded(filmer, [0, 100, 200, 950, 2000, 2100, 4321], 4421)
    assert facts.duration_s == pytest.approx(4.421, abs=1e-6)
    assert facts.last_frame_pts_s == pytest.approx(4.321, abs=1e-6)
    assert facts.frame_count == 7
    assert facts.created_at == BEGIN
    assert (facts.title, facts.comment) == ("LAB i-0123456789abcdef0", "not finalised normally")
    assert facts.first_painted_at == BEGIN
    assert facts.painted_at == BEGIN + timedelta(milliseconds=4321)
    assert (facts.codec, facts.width, facts.height, facts.faststart) == ("h264", 640, 360, True)
    assert not facts.truncated
    assert facts.frame_rate == pytest.approx(6 / 4.321, abs=1e-3)


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("2026-01-05T09:00:00.384000Z", datetime(2026, 1, 5, 9, 0, 0, 384_000, tzinfo=UTC)),
        ("2026-01-05T18:00:00.384+09:00", datetime(2026, 1, 5, 9, 0, 0, 384_000, tzinfo=UTC)),
        ("2026-01-05T09:00:00Z", None),
        ("2026-01-05T09:00:00.3Z", None),
        ("2026-01-05T09:00:00.384", None),
        ("2026-01-05", None),
        ("2026", None),
        ("2026-13-05T09:00:00.384Z", None),
        ("summer", None),
    ],
)
def test_that_a_date_tag_counts_when_it_has_milliseconds_and_a_zone(
    filmer: Filmer, date: str, found: datetime | None
) -> None:
    path = filmer.write([(0, desktop()), (100, desktop())], end_ms=200, created_at=BEGIN, date=date)
    facts = inspect(path).facts
    assert facts.dated_at == found
    assert facts_from_json(facts_to_json(facts)) == facts


def test_that_a_film_without_clock_and_tags_has_none(clips: tuple[corpus.Clip, ...]) -> None:
    facts = inspect(next(clip.path for clip in clips if clip.path.name == "size320x180-faststart.mp4")).facts
    assert (facts.painted_at, facts.first_painted_at, facts.created_at) == (None, None, None)


def test_that_a_cut_film_is_marked_and_ends_at_its_last_whole_frame(filmer: Filmer, tmp_path: Path) -> None:
    picture = desktop()
    path = filmer.write([(at, with_clock(picture, BEGIN_MS + at)) for at in range(0, 5000, 100)], end_ms=5000)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(path.read_bytes()[:-1000])
    found = inspect(cut)
    whole = inspect(path).facts
    assert found.facts.truncated
    assert found.facts.last_frame_pts_s < whole.last_frame_pts_s
    assert found.facts.frame_count == (found.last.index or 0) + 1
    assert found.facts.painted_at == BEGIN + timedelta(seconds=found.facts.last_frame_pts_s)


def test_that_facts_survive_the_way_to_json_and_back(filmer: Filmer) -> None:
    facts = recorded(filmer, [0, 100, 9000], 9100)
    assert facts_from_json(facts_to_json(facts)) == facts


def test_that_a_fragmented_film_is_counted_from_its_fragments(filmer: Filmer) -> None:
    pictures = [(at, desktop()) for at in range(0, 6000, 200)]
    facts = inspect(filmer.write(pictures, end_ms=6000, fast=False)).facts
    assert (facts.fragmented, facts.frame_count) == (True, 30)
    assert facts.duration_s == pytest.approx(6.0, abs=1e-6)


def test_that_a_still_desktop_is_idle_and_a_busy_one_is_not(filmer: Filmer) -> None:
    still = desktop()
    pictures = []
    for at in range(0, 45_000, 200):
        busy = np.roll(still, at // 7, axis=(0, 1)) if 20_000 <= at < 22_000 else still
        pictures.append((at, with_clock(busy, BEGIN_MS + at)))
    idle = inspect(filmer.write(pictures, end_ms=45_000)).facts.idle
    assert len(idle) == 2
    assert idle[0].begin_s <= 6.0  # an encoder needs some seconds until a still picture costs nothing
    assert idle[0].end_s == 20.0
    assert 22.0 < idle[1].begin_s <= 29.0
    assert idle[1].end_s == 45.0


def test_that_time_without_frames_is_idle() -> None:
    table = SampleTable(
        at_s=np.array([0.0, 0.1, 30.0, 30.1]),
        pos=np.zeros(4, dtype=np.int64),
        size_bytes=np.array([9000, 50_000, 50_000, 50_000]),
        key=np.array([True, False, False, False]),
        hidden=np.zeros(4, dtype=bool),
    )
    assert quiet_spans(table, 1280 * 720, 30.5) == (Span(1.0, 30.0),)


@pytest.mark.parametrize(
    ("value", "text", "wanted"),
    [
        (0, False, TailClass.BLACK),
        (71, False, TailClass.UNIFORM),
        (71, True, TailClass.SOLID_TEXT),
        (None, False, TailClass.CONTENT),
    ],
)
def test_that_pictures_are_classed_by_their_numbers(value: int | None, text: bool, wanted: TailClass) -> None:
    grey = np.full((90, 160), value or 0, dtype=np.uint8)
    if value is None:
        grey = (np.indices((90, 160)).sum(axis=0) * 7 % 256).astype(np.uint8)
    if text:
        grey[40:46, 60:100:8] = 250
    metrics = tail_metrics(grey)
    assert metrics.tail_class is wanted
    assert classify(metrics.mean_luma, metrics.std, metrics.top3_share, metrics.edge_share) is wanted


def test_that_the_painted_clock_does_not_make_a_black_screen_look_busy(filmer: Filmer) -> None:
    black = np.zeros((720, 1280, 4), dtype=np.uint8)
    facts = inspect(
        filmer.write([(0, with_clock(black, BEGIN_MS)), (100, with_clock(black, BEGIN_MS + 100))], end_ms=200)
    )
    assert facts.facts.tail is not None
    assert facts.facts.tail.tail_class is TailClass.BLACK


@given(st.integers(946_684_800_000, 7_258_118_399_999))
def test_that_every_painted_instant_is_read_back(unix_ms: int) -> None:
    picture = np.full((16, 424, 4), 120, dtype=np.uint8)
    paint_clock(picture, unix_ms)
    found = read_grey(np.ascontiguousarray(picture[:, :, 0]))
    assert found == datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=unix_ms)


@pytest.mark.parametrize("cell", [0, 1, 2, 30, 49, 50, 51])
def test_that_one_wrong_cell_makes_the_clock_unreadable(cell: int) -> None:
    picture = np.zeros((16, 416, 4), dtype=np.uint8)
    paint_clock(picture, BEGIN_MS)
    grey = np.ascontiguousarray(picture[:, :, 0])
    grey[8:, cell * 8 : cell * 8 + 8] = 255 - grey[8:, cell * 8 : cell * 8 + 8]
    assert read_grey(grey) is None


@pytest.mark.parametrize("level", [60, 128, 200])
def test_that_a_half_covered_clock_is_unreadable(level: int) -> None:
    picture = np.zeros((16, 416, 4), dtype=np.uint8)
    paint_clock(picture, BEGIN_MS)
    grey = np.ascontiguousarray(picture[:, :, 0])
    grey[8:, 200:216] = level
    assert read_grey(grey) is None


@given(st.integers(0, 2**32 - 1))
def test_that_noise_is_no_clock(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (16, 424), dtype=np.uint8)
    assert read_grey(noise) is None


def test_that_pictures_smaller_than_the_clock_have_none() -> None:
    assert read_grey(np.zeros((4, 1000), dtype=np.uint8)) is None
    assert read_grey(np.zeros((100, 400), dtype=np.uint8)) is None


def test_that_a_cell_neither_black_nor_white_makes_the_clock_unreadable() -> None:
    picture = np.zeros((16, 416, 4), dtype=np.uint8)
    paint_clock(picture, BEGIN_MS)
    grey = np.ascontiguousarray(picture[:, :, 0])
    black = next(cell for cell in range(4, 48) if grey[8, cell * 8] == 0)
    grey[8:, black * 8 : black * 8 + 8] = 100  # still nearer to black: the checksum alone would fit
    assert read_grey(grey) is None


def test_that_a_damaged_frame_in_the_last_group_marks_the_film(plain_film: Path, tmp_path: Path) -> None:
    reader = LocalReader(plain_film)
    with open_film(reader, "x") as film:
        sample = film.samples.at(27)
    reader.close()
    data = bytearray(plain_film.read_bytes())
    data[sample.pos : sample.pos + sample.size_bytes] = bytes(sample.size_bytes)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    assert not inspect(plain_film).facts.truncated
    assert inspect(broken).facts.truncated


def story(filmer: Filmer, scenes: list[tuple[float, Picture]], end_s: float) -> FilmFacts:
    """Ten pictures a second, one key frame only, each scene until the next."""
    pictures = []
    for at_ms in range(0, round(end_s * 1000), 100):
        picture = next(picture for begin_s, picture in reversed(scenes) if begin_s * 1000 <= at_ms)
        pictures.append((at_ms, picture))
    return inspect(filmer.write(pictures, end_ms=round(end_s * 1000), gop=10_000)).facts


def plain(colour: tuple[int, int, int]) -> Picture:
    picture = desktop()
    picture[:, :, :3] = colour
    return picture


def with_dialog() -> Picture:
    picture = desktop()
    picture[140:220, 260:380, :3] = 240
    return picture


@pytest.mark.case("F5")
def test_that_changes_are_found_by_their_pictures_however_few_bytes_they_cost(filmer: Filmer) -> None:
    blue, black = plain((160, 60, 20)), plain((0, 0, 0))
    facts = story(filmer, [(0, desktop()), (20.0, blue), (26.0, black)], 40.0)
    assert [(span.begin_s, span.end_s, span.basis) for span in facts.idle] == [
        (0.0, 20.0, SpanBasis.PICTURES),
        (20.0, 26.0, SpanBasis.PICTURES),
        (26.0, 40.0, SpanBasis.PICTURES),
    ]
    assert [(span.begin_s, span.end_s) for span in facts.black] == [(26.0, 40.0)]
    assert facts.frozen[-1].end_s == 40.0
    assert facts.watched


@pytest.mark.case("F5")
def test_that_a_dialog_ends_a_stretch_in_which_nothing_happens(filmer: Filmer) -> None:
    facts = story(filmer, [(0, desktop()), (20.0, with_dialog())], 40.0)
    assert [(span.begin_s, span.end_s) for span in facts.idle] == [(0.0, 20.0), (20.0, 40.0)]


@pytest.mark.case("F5")
def test_that_a_film_too_long_to_be_watched_claims_no_more_than_was_looked_at(
    filmer: Filmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one key frame nothing was looked at; sizes of packets are named as the ground."""
    monkeypatch.setattr(changes, "MAX_PIXELS", 0)
    facts = story(filmer, [(0, desktop()), (20.0, with_dialog())], 40.0)
    assert not facts.watched
    assert {span.basis for span in facts.idle} == {SpanBasis.BYTES}
    assert (facts.frozen, facts.black) == ((), ())


@pytest.mark.case("F5")
def test_that_key_frames_tell_where_something_happened(filmer: Filmer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "MAX_PIXELS", 0)
    pictures = [(at, desktop() if at < 20_000 else with_dialog()) for at in range(0, 40_000, 100)]
    idle = inspect(filmer.write(pictures, end_ms=40_000)).facts.idle
    assert {span.basis for span in idle} == {SpanBasis.KEY_FRAMES}
    assert not any(span.begin_s < 20.0 < span.end_s for span in idle)
