"""The last frame from a film's end alone, against the film as a whole."""

from __future__ import annotations

import collections
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import Still
from rdpgui.media import sample_tables, short_film
from rdpgui.media.decoding import Deadline
from rdpgui.media.demuxer import open_film
from rdpgui.media.inspect import last_still
from rdpgui.media.last_frame import find_last_frame
from rdpgui.media.picture import still_of
from rdpgui.media.remote_file import LocalReader, MemoryReader
from rdpgui.media.sample_tables import NotPlain
from rdpgui.media.short_film import BLOCK_BYTES, ShortFilm, shorten
from tests.helpers import corpus, odd_films
from tests.unit.media.conftest import Filmer, desktop, with_clock

BEGIN_MS = 1_795_000_000_000
LIMIT_S = 30.0
COPIES = 100
PLAIN = ("faststart", "moov-last", "edit-late")


class Remote(MemoryReader):
    """Bytes that come from far away: counted."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.reads: list[tuple[int, int]] = []

    @property
    def requests(self) -> int:
        return len(self.reads)

    def read_range(self, start: int, length: int) -> bytes:
        data = super().read_range(start, length)
        self.reads.append((start, len(data)))
        self.bytes_read += len(data)
        return data


def of_whole(path: Path) -> Still | str:
    """Return the last frame by way of the whole index, or why there is none."""
    reader = LocalReader(path)
    try:
        with open_film(reader, path.name) as film:
            last = find_last_frame(film, Deadline(path.name, LIMIT_S, film.file.reader))
            return still_of(film, last.frame, last.index)
    except RecordingUnreadable as error:
        return error.text()
    finally:
        reader.close()


def of_end(path: Path) -> Still | str:
    reader = LocalReader(path)
    try:
        return last_still(reader, path.name, limit_s=LIMIT_S)[0]
    except RecordingUnreadable as error:
        return error.text()
    finally:
        reader.close()


def short_of(path: Path) -> ShortFilm | None:
    reader = LocalReader(path)
    try:
        return shorten(reader)
    except NotPlain:
        return None
    finally:
        reader.close()


def reorders(path: Path) -> bool:
    return b"ctts" in path.read_bytes()


def has_several_groups(clip: corpus.Clip) -> bool:
    reader = LocalReader(clip.path)
    with open_film(reader, clip.path.name) as film:
        several = film.samples.key_at_or_before(len(film.samples) - 1) != 0
    reader.close()
    return several


def test_that_the_end_alone_gives_the_picture_time_and_number_that_the_whole_film_gives(
    clips: tuple[corpus.Clip, ...],
) -> None:
    shortened: collections.Counter[str] = collections.Counter()
    wrong = []
    for clip in clips:
        if short_of(clip.path) is not None:
            shortened[clip.kind] += 1
            if of_end(clip.path) != of_whole(clip.path):
                wrong.append(clip.path.name)
    assert wrong == []
    assert sum(shortened.values()) > 150


def test_that_every_whole_plain_film_of_several_groups_is_shortened(clips: tuple[corpus.Clip, ...]) -> None:
    plain = [clip for clip in clips if clip.kind in PLAIN and clip.frames is not None and has_several_groups(clip)]
    assert [clip.path.name for clip in plain if short_of(clip.path) is None] == []
    assert len(plain) > 60


def test_that_a_film_of_the_labs_recorder_is_shortened(filmer: Filmer) -> None:
    pictures = [(at * 97 + at % 7, with_clock(desktop(), BEGIN_MS + at * 97)) for at in range(70)]
    path = filmer.write(pictures, end_ms=7000, date="2026-11-23T07:00:00.000Z", comment="finalised")
    short = short_of(path)
    assert short is not None
    assert (short.skipped, short.samples) == (59, 11)
    reader = LocalReader(path)
    still, clock = last_still(reader, path.name)
    reader.close()
    assert still == of_whole(path)
    assert clock == datetime.fromtimestamp((BEGIN_MS + 69 * 97) / 1000, UTC)


def test_that_films_in_fragments_and_cut_ones_are_not_shortened(clips: tuple[corpus.Clip, ...]) -> None:
    others = [clip for clip in clips if clip.kind == "fragmented" or clip.kind.startswith("cut")]
    assert [clip.path.name for clip in others if short_of(clip.path) is not None] == []


@pytest.fixture(scope="module")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """24,000 frames of variable rate: 240 numbered ones, over and over."""
    shape = corpus.Shape("over-and-over", 64, 16, frames=240, gop=20, variable_seed=3)
    once = corpus.encode(shape)
    span = max(packet.pts + packet.duration for packet in once.packets)
    many = tuple(
        corpus.Packet(packet.data, packet.pts + at * span, packet.dts + at * span, packet.duration, packet.key)
        for at in range(1, COPIES)
        for packet in once.packets
    )
    return corpus.write(once, tmp_path_factory.mktemp("films") / "long.mp4", "+faststart", extra=many)


def test_that_the_end_of_a_long_film_costs_neither_its_sizes_nor_its_pictures(long_film: Path) -> None:
    data = long_film.read_bytes()
    reader = Remote(data)
    still, _clock = last_still(reader, "long.mp4")
    assert still == of_whole(long_film)
    assert still.index == 240 * COPIES - 1
    times_bytes = 8 * 240 * COPIES
    assert reader.bytes_read < times_bytes + 7 * BLOCK_BYTES
    assert reader.requests <= 7


@pytest.mark.case("X12")
@pytest.mark.parametrize("flags", ["+faststart", ""])
def test_that_a_longer_table_of_times_is_read_at_its_end_only(
    long_film: Path, tmp_path: Path, flags: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = long_film
    if not flags:
        path = odd_films.copy_of(long_film, tmp_path / "index-last.mp4", flags)
    monkeypatch.setattr(sample_tables, "LONG_TIMES_BYTES", 1024)
    reader = Remote(path.read_bytes())
    still, _clock = last_still(reader, "long.mp4")
    assert still == of_whole(path)
    assert reader.bytes_read <= 7 * BLOCK_BYTES


@pytest.mark.case("X12")
def test_that_a_long_film_that_begins_late_or_reorders_is_read_at_its_ends_too(
    clips: tuple[corpus.Clip, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: set[str] = set()
    rows = sample_tables._Table.rows

    def noted(table: sample_tables._Table, columns: int) -> sample_tables.Numbers:
        whole.add(table.kind)
        return rows(table, columns)

    monkeypatch.setattr(sample_tables, "LONG_TIMES_BYTES", 0)
    monkeypatch.setattr(sample_tables._Table, "rows", noted)
    plain = [clip.path for clip in clips if clip.kind in PLAIN and short_of(clip.path) is not None]
    for reordered in (False, True):
        whole.clear()
        paths = [path for path in plain if reorders(path) == reordered]
        assert [path.name for path in paths if of_end(path) != of_whole(path)] == []
        assert len(paths) > 20
        assert whole == ({"stsc", "stts"} if reordered else {"stsc"})  # reordering makes durations untrue


@pytest.mark.case("X12")
def test_that_a_duration_which_counts_the_pause_before_the_film_is_not_relied_on(
    clips: tuple[corpus.Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_tables, "LONG_TIMES_BYTES", 0)
    late = [clip.path for clip in clips if clip.kind == "edit-late" and short_of(clip.path) is not None]
    for path in late:
        data = bytearray(path.read_bytes())
        at = data.index(b"mdhd") + 8
        put(data, at + 12, number_at(data, at + 12) + number_at(data, at + 8))
        lying = tmp_path / path.name
        lying.write_bytes(data)
        assert of_end(lying) == of_whole(lying), path.name


@pytest.mark.case("X12")
@pytest.mark.parametrize("step_ticks", [1000, 40_000, 10**6])
def test_that_a_beginning_longer_than_one_step_takes_several(
    long_film: Path, clips: tuple[corpus.Clip, ...], step_ticks: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(short_film, "_MAX_STEP_TICKS", step_ticks)
    paths = [clip.path for clip in clips if clip.kind in PLAIN and "-b" in clip.path.name and clip.frames]
    assert paths
    for path in [long_film, *paths]:
        if path == long_film and step_ticks < 10**6:
            continue  # more stand-ins than the film has pictures in its end: right, but slow
        assert of_end(path) == of_whole(path), path.name


@pytest.mark.case("X12")
def test_that_a_stated_duration_is_relied_on_only_without_shifts(
    clips: tuple[corpus.Clip, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_tables, "LONG_TIMES_BYTES", 0)
    for clip in clips:
        if clip.kind in PLAIN and clip.frames is not None:
            assert of_end(clip.path) == of_whole(clip.path), clip.path.name


def table(data: bytearray, kind: bytes) -> int:
    """Return the offset of a table's first field behind version and flags."""
    return data.index(kind) + 8


def put(data: bytearray, at: int, number: int) -> None:
    struct.pack_into(">I", data, at, number)


def number_at(data: bytearray, at: int) -> int:
    return int(struct.unpack_from(">I", data, at)[0])


def _fewer_samples(data: bytearray) -> None:
    at = table(data, b"stsz") + 4
    put(data, at, number_at(data, at) - 1)


def _times_of_other_samples(data: bytearray) -> None:
    at = table(data, b"stts") + 4
    put(data, at, number_at(data, at) + 1)


def _negative_step(data: bytearray) -> None:
    put(data, table(data, b"stts") + 8, 2**32 - 5)


def _first_is_no_key(data: bytearray) -> None:
    put(data, table(data, b"stss") + 4, 2)


def _key_beyond_the_end(data: bytearray) -> None:
    at = table(data, b"stss")
    put(data, at + 4 * number_at(data, at), 999_999)


def _chunks_of_other_samples(data: bytearray) -> None:
    at = table(data, b"stsc") + 8
    put(data, at, number_at(data, at) + 1)


def _second_description(data: bytearray) -> None:
    put(data, table(data, b"stsc") + 12, 2)


def _chunk_beyond_the_end(data: bytearray) -> None:
    at = table(data, b"stco")
    put(data, at + 4 * number_at(data, at), 2**31)


def _unknown_table(data: bytearray) -> None:
    data[table(data, b"stss") - 8 : table(data, b"stss") - 4] = b"sbgp"


def _fragments_follow(data: bytearray) -> None:
    data[data.index(b"free") : data.index(b"free") + 4] = b"moof"


def _table_longer_than_its_box(data: bytearray) -> None:
    put(data, table(data, b"stts"), 2**31)


@pytest.mark.parametrize(
    "spoil",
    [
        _fewer_samples,
        _times_of_other_samples,
        _negative_step,
        _first_is_no_key,
        _key_beyond_the_end,
        _chunks_of_other_samples,
        _second_description,
        _chunk_beyond_the_end,
        _unknown_table,
        _fragments_follow,
        _table_longer_than_its_box,
    ],
)
def test_that_tables_that_do_not_agree_or_are_not_plain_leave_it_to_the_whole_film(
    long_film: Path, tmp_path: Path, spoil: Callable[[bytearray], None]
) -> None:
    data = bytearray(long_film.read_bytes())
    spoil(data)
    spoilt = tmp_path / "spoilt.mp4"
    spoilt.write_bytes(data)
    assert short_of(spoilt) is None
    assert of_end(spoilt) == of_whole(spoilt)


def test_that_samples_of_one_stated_size_leave_it_to_the_whole_film(long_film: Path) -> None:
    data = bytearray(long_film.read_bytes())
    put(data, table(data, b"stsz"), 77)
    with pytest.raises(NotPlain):
        shorten(MemoryReader(bytes(data)))


def test_that_a_damaged_end_is_left_to_the_whole_film(long_film: Path, tmp_path: Path) -> None:
    data = long_film.read_bytes()
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(data[:-2000] + bytes(2000))
    assert short_of(damaged) is not None
    assert of_end(damaged) == of_whole(damaged)
