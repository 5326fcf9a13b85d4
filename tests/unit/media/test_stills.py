"""Stills: thumbnails, cache, damage, ranges."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import Still
from rdpgui.media.stills import StillReader
from tests.helpers import corpus
from tests.unit.media.numbers import number_of
from tests.unit.media.test_structure import CountingReader


def test_that_times_outside_the_film_give_its_ends(plain_film: Path) -> None:
    with StillReader(plain_film) as stills:
        assert number_of(stills.at_pts(-5)) == 0
        assert number_of(stills.at_pts(500)) == 29
        assert number_of(stills.nearest(1.26)) == 13
        assert number_of(stills.at_pts(1.26)) == 12
        assert number_of(stills.first()) == 0
        assert stills.last() == stills.at_index(29)
        assert stills.next(stills.last()) is None
        assert stills.previous(stills.first()) is None


def test_that_numbers_outside_the_film_are_refused(plain_film: Path) -> None:
    with StillReader(plain_film) as stills, pytest.raises(RecordingUnreadable, match="numbered from 0 to 29"):
        stills.at_index(30)


def test_that_stepping_forward_decodes_each_frame_once(plain_film: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with StillReader(plain_film) as stills:
        still = stills.at_index(0)
        seeks = stills._film.seeks
        for index in range(1, 10):
            following = stills.next(still)
            assert following is not None
            assert number_of(following) == index
            still = following
        assert stills._film.seeks == seeks


def test_that_the_cache_is_bounded(plain_film: Path) -> None:
    with StillReader(plain_film, cache_frames=3) as stills:
        assert [number_of(stills.at_index(index)) for index in (29, 3, 4, 3, 15, 0, 29)] == [29, 3, 4, 3, 15, 0, 29]
        assert len(stills._frames._frames) <= 3


def test_that_thumbnails_are_spread_key_frames(plain_film: Path) -> None:
    with StillReader(plain_film) as stills:
        strip = stills.thumbnails(48, width_px=48)
    assert [round(still.pts_s, 3) for still in strip] == [0.0, 1.0, 2.0]
    assert {(still.width, still.height, len(still.rgb)) for still in strip} == {(48, 32, 48 * 32 * 3)}


def test_that_remote_thumbnails_fetch_key_frames_and_not_blocks(clips: tuple[corpus.Clip, ...]) -> None:
    path = next(clip.path for clip in clips if clip.path.name == "long-faststart.mp4")
    with StillReader(path) as local:
        wanted = local.thumbnails(5)
    reader = CountingReader(path.read_bytes())
    with StillReader(reader, name="x.mp4") as stills:
        before = reader.bytes_read
        assert stills.thumbnails(5) == wanted
        assert reader.bytes_read - before < 40_000
        assert number_of(stills.at_index(100)) == 100


def test_that_a_reader_may_be_used_from_several_threads(plain_film: Path) -> None:
    with StillReader(plain_film) as stills, ThreadPoolExecutor(4) as threads:
        indexes = [number * 7 % 30 for number in range(60)]
        assert [number_of(still) for still in threads.map(stills.at_index, indexes)] == indexes


def test_that_a_damaged_frame_is_named_and_its_neighbour_found(tmp_path: Path) -> None:
    film = corpus.encode(corpus.Shape("x", gop=1, frames=10))
    whole = corpus.write(film, tmp_path / "x.mp4", "+faststart")
    with StillReader(whole) as stills:
        sample = stills._film.samples.at(4)
    data = bytearray(whole.read_bytes())
    data[sample.pos : sample.pos + sample.size_bytes] = bytes(sample.size_bytes)
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(data)
    with StillReader(broken) as stills:
        with pytest.raises(RecordingUnreadable, match=r"at 0\.400 s cannot be decoded"):
            stills.at_index(4)
        assert number_of(stills.at_index(5)) == 5
        assert number_of(stills.at_index(3)) == 3


def test_that_frames_hidden_by_an_edit_list_are_not_counted(clips: tuple[corpus.Clip, ...]) -> None:
    hidden = [clip for clip in clips if clip.kind == "edit-hidden"]
    for clip in hidden:
        with StillReader(clip.path) as stills:
            first, last = stills.first(), stills.last()
            begin = number_of(first)
            assert begin is not None
            assert begin > 0
            assert (first.index, last.index) == (0, stills.frame_count - 1), clip.path.name
            numbers = [number_of(stills.at_index(index)) for index in range(stills.frame_count)]
            assert numbers == list(range(begin, begin + stills.frame_count)), clip.path.name


@pytest.mark.parametrize("ask", ["at_index", "at_pts", "nearest", "next", "previous", "first", "last", "thumbnails"])
def test_that_a_closed_reader_refuses_instead_of_ending_the_process(plain_film: Path, ask: str) -> None:
    stills = StillReader(plain_film)
    still = stills.at_index(3)
    unnumbered = Still(still.pts_s, still.width, still.height, still.rgb)
    arguments = {
        "at_index": (2,),
        "at_pts": (0.5,),
        "nearest": (0.5,),
        "next": (unnumbered,),
        "previous": (unnumbered,),
    }
    stills.close()
    stills.close()
    with pytest.raises(RecordingUnreadable, match="was closed"):
        getattr(stills, ask)(*arguments.get(ask, (3,) if ask == "thumbnails" else ()))
