"""The last frame of a fragmented film from its end alone, against the film as a whole."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from rdpgui.media import film_end
from rdpgui.media.decoding import Deadline
from rdpgui.media.demuxer import open_film
from rdpgui.media.film_end import end_of_fragmented
from rdpgui.media.fragment_end import FIRST_TAIL_BYTES, HEAD_BYTES
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.last_frame import find_last_frame
from rdpgui.media.picture import still_of
from rdpgui.media.remote_file import MemoryReader
from tests.helpers import corpus, odd_films
from tests.unit.media.conftest import Filmer
from tests.unit.media.numbers import number_of
from tests.unit.media.test_short_film import Remote


def end_of(data: bytes) -> tuple[float, bytes] | None:
    reader = MemoryReader(data)
    found = end_of_fragmented(reader, "film.mp4", Deadline("film.mp4", 30.0, reader))
    return None if found is None else (found.still.pts_s, found.still.rgb)


@pytest.mark.case("X4")
def test_that_the_end_alone_says_what_the_facts_say(clips: tuple[corpus.Clip, ...]) -> None:
    taken = 0
    for clip in clips:
        data = clip.path.read_bytes()
        found = end_of(data) if b"moof" in data else None
        if found is not None:
            taken += 1
            inspection = inspect_film(MemoryReader(data), clip.path.name)
            assert (inspection.last.pts_s, inspection.last.rgb) == found, clip.path.name
            assert inspection.facts.last_frame_pts_s == found[0]
    assert taken >= 50


def noise(filmer: Filmer, folder: Path) -> bytes:
    """Return a fragmented film of several times what is first read of an end."""
    dice = np.random.default_rng(7)
    pictures = [(at, dice.integers(0, 255, (96, 160, 4), dtype=np.uint8)) for at in range(0, 40_000, 100)]
    plain = filmer.write(pictures, end_ms=40_000)
    return odd_films.copy_of(plain, folder / "fragments.mp4", odd_films.FRAGMENTED).read_bytes()


@pytest.mark.case("X4")
def test_that_a_long_fragmented_film_is_not_read(filmer: Filmer, tmp_path: Path) -> None:
    data = noise(filmer, tmp_path)
    assert len(data) > 3 * FIRST_TAIL_BYTES
    reader = Remote(data)
    still, _ = last_still(reader, "film.mp4")
    with open_film(MemoryReader(data), "film.mp4") as film:
        last = find_last_frame(film, Deadline("film.mp4", 30.0, film.file.reader))
        whole = still_of(film, last.frame, last.index)
    assert replace(whole, index=None) == still
    assert reader.bytes_read <= 4 * HEAD_BYTES + FIRST_TAIL_BYTES
    assert reader.requests <= 6


@pytest.mark.case("X4")
def test_that_a_long_index_behind_the_fragments_is_not_read(filmer: Filmer, tmp_path: Path) -> None:
    data = noise(filmer, tmp_path)
    begin, _end = odd_films.place_of(data, b"mfra")
    entries = bytes(3 * FIRST_TAIL_BYTES)  # never looked at
    size = 8 + 8 + len(entries) + 16
    index = struct.pack(">I4sI4s", size, b"mfra", 8 + len(entries), b"tfra") + entries
    reader = Remote(data[:begin] + index + struct.pack(">I4sII", 16, b"mfro", 0, size))
    still, _ = last_still(reader, "film.mp4")
    assert (still.pts_s, still.rgb) == end_of(data)
    assert reader.bytes_read <= 4 * HEAD_BYTES + 2 * FIRST_TAIL_BYTES + 8
    lying = data[:begin] + index + struct.pack(">I4sII", 16, b"mfro", 0, size - 8)
    assert end_of(lying) == end_of(data)


@pytest.mark.case("X4")
def test_that_what_was_read_of_the_end_is_kept_when_more_is_needed(
    filmer: Filmer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = noise(filmer, tmp_path)
    first_bytes = FIRST_TAIL_BYTES // 64
    monkeypatch.setattr(film_end, "FIRST_TAIL_BYTES", first_bytes)
    reader = Remote(data)
    still, _ = last_still(reader, "film.mp4")
    assert (still.pts_s, still.rgb) == end_of(data)
    tail_bytes = [length for begin, length in reader.reads if begin >= len(data) // 2]
    assert tail_bytes[:2] == [first_bytes, first_bytes]
    assert sum(tail_bytes) == first_bytes << (len(tail_bytes) - 1)


@pytest.fixture(scope="module")
def fragmented(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    encoded = corpus.encode(corpus.Shape("long", frames=80))
    return corpus.write(encoded, tmp_path_factory.mktemp("end") / "x.mp4", odd_films.FRAGMENTED).read_bytes()


@pytest.mark.case("X4")
def test_that_an_index_of_fragments_is_not_believed(fragmented: bytes) -> None:
    """Fragments come after the mfra box was written, or it lists ones that are gone."""
    head, parts = odd_films.fragments(fragmented)
    begin, end = odd_films.place_of(fragmented, b"mfra")
    mfra = fragmented[begin:end]
    for data, last in (
        (head + b"".join(parts[:5]) + mfra, 49),
        (head + b"".join(parts) + mfra + bytes(100), 79),
        (head + b"".join(parts), 79),
    ):
        still, _ = last_still(MemoryReader(data), "film.mp4")
        assert number_of(still) == last
        assert end_of(data) is not None


@pytest.mark.case("X4")
def test_that_a_splice_or_a_second_film_is_read_whole(fragmented: bytes) -> None:
    assert end_of(fragmented) is not None
    assert end_of(fragmented + fragmented) is None


@pytest.mark.case("X4", "F11")
def test_that_what_is_whole_behind_a_damaged_fragment_is_the_end(fragmented: bytes, tmp_path: Path) -> None:
    head, parts = odd_films.fragments(fragmented)
    data = head + b"".join([*parts[:4], bytes(len(parts[4])), *parts[5:]])
    inspection = inspect_film(MemoryReader(data), "film.mp4")
    assert (number_of(inspection.last), inspection.facts.damaged, inspection.facts.truncated) == (79, True, True)
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert still.rgb == inspection.last.rgb
