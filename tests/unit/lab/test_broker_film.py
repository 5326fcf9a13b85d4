"""Pictures in, a finished film out; with time made up, without sources and processes."""

from __future__ import annotations

import base64
import hashlib
import os
import stat
import zlib
from pathlib import Path

import av
import numpy as np
import pytest

from rdpgui.lab.broker.film import Fit
from rdpgui.lab.broker.finalise import FILM_NAME, NOT_NORMAL, FinaliseError, FinishedFilm, finalise
from rdpgui.lab.broker.recorder import Recorder
from rdpgui.lab.broker.segments import SEGMENTS_NAME, SegmentWriter
from rdpgui.lab.rfb.tiles import Frame
from tests.helpers.clock_guest import background
from tests.helpers.painted_clock import paint_clock, read_clock, read_film

KEY = b"k" * 32
ZERO_MS = 1_767_225_600_789
WIDTH, HEIGHT = 448, 64


def picture(at_ms: int, width: int = WIDTH, height: int = HEIGHT) -> Frame:
    frame = background(width, height)
    paint_clock(frame, at_ms)
    return frame


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Set:
    """A recorder with segments in a folder, and a clock made of calls."""

    def __init__(self, folder: Path, *, fps: float = 10.0, limit_bytes: int | None = None) -> None:
        self.folder = folder
        self.segments = SegmentWriter(folder, KEY, "c-1", limit_bytes=limit_bytes)
        self.recorder = Recorder(self.segments, title="LAB i-1", fps=fps)

    def shoot(self, times_ms: list[int], *, until_ms: int | None = None) -> None:
        """Offer a picture with its painted clock at each time; tick every 20 ms in between."""
        arrivals = {ZERO_MS + at_ms for at_ms in times_ms}
        end_ms = ZERO_MS + (until_ms if until_ms is not None else times_ms[-1])
        for now_ms in range(ZERO_MS, end_ms + 1):
            if now_ms in arrivals:
                self.recorder.offer(picture(now_ms), now_ms)
            if now_ms % 20 == 0 or now_ms in arrivals:
                self.recorder.tick(now_ms)

    def develop(self, *, normal: bool = True) -> FinishedFilm:
        return finalise(self.folder, KEY, "c-1", normal=normal, description="connection c-1")


def test_that_each_picture_stands_at_the_time_of_its_arrival(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    times_ms = [0, 100, 203, 299, 371, 500]
    scene.shoot(times_ms)
    scene.recorder.finish(ZERO_MS + 612)
    film = read_film(scene.develop().path)
    assert [shot.at_ms for shot in film] == [*times_ms, 612]
    assert [shot.painted_ms for shot in film] == [ZERO_MS + at_ms for at_ms in [*times_ms, 500]]


def test_that_a_picture_shows_until_the_next_and_the_film_ends_with_the_connection(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot([0, 100, 300])
    scene.recorder.finish(ZERO_MS + 450)
    result = scene.develop()
    with av.open(str(result.path)) as film:
        durations = [round(float(p.duration * p.time_base) * 1000) for p in film.demux(video=0) if p.size]
    assert durations == [100, 200, 150, 1]
    assert result.duration_s == pytest.approx(0.451)
    assert result.frames == scene.recorder.frames == 4


def test_that_a_quiet_source_is_filmed_all_the_same(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot([0], until_ms=3000)
    sizes_bytes = scene.segments.size_bytes
    assert sizes_bytes > 1000  # fragments left before the end
    scene.recorder.finish(ZERO_MS + 3001)
    film = read_film(scene.develop().path)
    gaps_ms = np.diff([shot.at_ms for shot in film])
    assert gaps_ms.max() <= 1000
    assert film[-1].at_ms == 3001


def test_that_a_hasty_source_is_thinned_out_but_its_last_picture_kept(tmp_path: Path) -> None:
    scene = Set(tmp_path, fps=10)
    scene.shoot(list(range(0, 1000, 10)))
    scene.recorder.finish(ZERO_MS + 1000)
    film = read_film(scene.develop().path)
    assert 15 <= len(film) <= 22
    assert film[-1].painted_ms == ZERO_MS + 990
    assert scene.recorder.last_picture_at_ms == ZERO_MS + 990


def test_that_key_frames_come_every_two_seconds(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot(list(range(0, 8000, 100)))
    scene.recorder.finish(ZERO_MS + 8000)
    with av.open(str(scene.develop().path)) as film:
        keys = [round(float(p.pts * p.time_base) * 1000) for p in film.demux(video=0) if p.size and p.is_keyframe]
    assert np.diff(keys).max() <= 2100
    assert keys[0] == 0


def test_that_colours_survive(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    frame = np.full((HEIGHT, WIDTH, 4), 255, dtype=np.uint8)
    frame[:, :, :3] = (200, 100, 50)
    scene.recorder.offer(frame, ZERO_MS)
    scene.recorder.finish(ZERO_MS + 100)
    with av.open(str(scene.develop().path)) as film:
        shown = next(film.decode(video=0)).to_ndarray(format="bgr24")
    assert np.abs(shown[HEIGHT // 2, WIDTH // 2].astype(int) - (200, 100, 50)).max() <= 4


def test_that_the_film_says_when_it_began_and_what_it_shows(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot([0, 100])
    scene.recorder.finish(ZERO_MS + 200)
    with av.open(str(scene.develop().path)) as film:
        facts = film.metadata
    assert facts["title"] == "LAB i-1"
    assert facts["creation_time"] == "2026-01-01T00:00:00.000000Z"  # mvhd holds whole seconds
    assert facts["date"] == "2026-01-01T00:00:00.789000Z"
    assert facts["description"] == "connection c-1"
    assert "comment" not in facts


def test_that_the_finished_film_is_private_and_has_its_index_in_front(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot([0, 100])
    scene.recorder.finish(ZERO_MS + 200)
    result = scene.develop()
    data = result.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert b"moof" not in data
    assert stat.S_IMODE(result.path.stat().st_mode) == 0o600
    assert result.size_bytes == len(data)
    assert result.sha256 == hashlib.sha256(data).hexdigest()
    assert base64.b64decode(result.crc32_b64) == zlib.crc32(data).to_bytes(4, "big")
    assert names_in(tmp_path) == [FILM_NAME, SEGMENTS_NAME]


@pytest.mark.parametrize("back_bytes", [0, 1, 40, 700, 1500])
@pytest.mark.logs("is cut")
def test_that_a_film_without_an_end_is_finished_and_marked(tmp_path: Path, back_bytes: int) -> None:
    scene = Set(tmp_path)
    scene.shoot(list(range(0, 5000, 100)))
    # no finish(): as if the process had been killed here, perhaps in the middle of a write
    os.truncate(tmp_path / SEGMENTS_NAME, scene.segments.size_bytes - back_bytes)
    result = scene.develop(normal=False)
    film = read_film(result.path)
    assert film[-1].painted_ms == ZERO_MS + film[-1].at_ms
    assert film[-1].at_ms >= 4900 - 1000 - (1000 if back_bytes else 0)
    assert len(film) == result.frames
    with av.open(str(result.path)) as container:
        assert container.metadata["comment"] == NOT_NORMAL
        assert container.metadata["date"] == "2026-01-01T00:00:00.789000Z"
    scene.recorder.finish(ZERO_MS + 5000)


def test_that_less_than_half_a_second_waits_in_memory(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    for end_ms in range(2000, 3000, 100):
        scene.folder = tmp_path / str(end_ms)
        scene.folder.mkdir()
        scene.segments = SegmentWriter(scene.folder, KEY, "c-1")
        scene.recorder = Recorder(scene.segments, title="LAB i-1", fps=10)
        scene.shoot(list(range(0, end_ms + 1, 100)))
        lost_ms = end_ms - read_film(scene.develop(normal=False).path)[-1].at_ms
        assert lost_ms <= 500
        scene.recorder.finish(ZERO_MS + end_ms)


def test_that_a_recorder_killed_at_its_second_picture_leaves_the_first(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot([0, 100])
    film = read_film(scene.develop(normal=False).path)
    assert [shot.painted_ms for shot in film] == [ZERO_MS]
    scene.recorder.finish(ZERO_MS + 200)


def test_that_a_film_can_be_finished_twice(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot([0, 100])
    scene.recorder.finish(ZERO_MS + 200)
    assert scene.develop().sha256 == scene.develop().sha256


@pytest.mark.logs("little room is left")
def test_that_a_full_disk_keeps_every_reported_picture(tmp_path: Path) -> None:
    scene = Set(tmp_path, limit_bytes=20_000)
    scene.shoot(list(range(0, 20_000, 100)))
    assert scene.recorder.stopped
    scene.recorder.finish(ZERO_MS + 20_000)
    film = read_film(scene.develop().path)
    assert len(film) == scene.recorder.frames > 5
    assert film[-1].painted_ms == scene.recorder.last_picture_at_ms


@pytest.mark.logs("the limit of")
def test_that_a_disk_that_is_full_without_warning_is_counted_right(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.shoot(list(range(0, 2000, 100)))
    scene.segments._limit_bytes = scene.segments.size_bytes + 10
    scene.segments.check_room = lambda: True  # type: ignore[method-assign] # the disk gives no warning
    for at_ms in range(2000, 4000, 100):
        scene.recorder.offer(picture(ZERO_MS + at_ms), ZERO_MS + at_ms)
    scene.recorder.finish(ZERO_MS + 4000)
    film = read_film(scene.develop().path)
    assert scene.segments.full
    assert len(film) == scene.recorder.frames
    assert film[-1].painted_ms == scene.recorder.last_picture_at_ms


def test_that_no_picture_makes_no_film(tmp_path: Path) -> None:
    scene = Set(tmp_path)
    scene.recorder.finish(ZERO_MS)
    with pytest.raises(FinaliseError, match="no readable record"):
        scene.develop()
    assert names_in(tmp_path) == [SEGMENTS_NAME]


def test_that_records_that_are_not_a_film_are_named_so(tmp_path: Path) -> None:
    writer = SegmentWriter(tmp_path, KEY, "c-1")
    writer.write(b"<html>not a film</html>" * 50)
    writer.close()
    with pytest.raises(FinaliseError, match="no film"):
        finalise(tmp_path, KEY, "c-1", normal=False, description="")
    assert names_in(tmp_path) == [SEGMENTS_NAME]


@pytest.mark.parametrize("size", [(449, 65), (417, 9), (448, 65), (449, 64)])
def test_that_odd_sizes_are_filmed_whole(tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Set(tmp_path)
    for at_ms in (0, 100, 200):
        scene.recorder.offer(picture(ZERO_MS + at_ms, *size), ZERO_MS + at_ms)
    scene.recorder.finish(ZERO_MS + 300)
    with av.open(str(scene.develop().path)) as film:
        frames = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    assert frames[0].shape == (size[1] + size[1] % 2, size[0] + size[0] % 2)
    assert read_clock(frames[2][: size[1], : size[0]]) == ZERO_MS + 200


@pytest.mark.parametrize("size", [(900, 100), (100, 900), (1, 1), (448, 65), (2000, 2000)])
def test_that_another_size_later_is_fitted_in(tmp_path: Path, size: tuple[int, int]) -> None:
    scene = Set(tmp_path)
    scene.recorder.offer(picture(ZERO_MS), ZERO_MS)
    scene.recorder.offer(np.full((size[1], size[0], 4), 200, dtype=np.uint8), ZERO_MS + 100)
    scene.recorder.offer(picture(ZERO_MS + 200), ZERO_MS + 200)
    scene.recorder.finish(ZERO_MS + 300)
    film = read_film(scene.develop().path)
    assert [shot.painted_ms for shot in film] == [ZERO_MS, None, ZERO_MS + 200, ZERO_MS + 200]


def test_that_fitting_keeps_the_proportions() -> None:
    fitted = Fit(200, 100).apply(np.full((100, 50, 4), 255, dtype=np.uint8))
    assert fitted.shape == (100, 200, 4)
    lit = np.flatnonzero(fitted[50, :, 0] > 128)
    assert (lit[0], lit[-1]) == (75, 124)
