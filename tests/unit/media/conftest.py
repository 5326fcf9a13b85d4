"""Films for the tests of the room ``media``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame

from rdpgui.media.remote_file import LocalReader
from tests.helpers import corpus
from tests.helpers.painted_clock import Picture, paint_clock


class Filmer:
    """Writes films the way the lab's recorder does: variable rate, 1/1000 s, GOP 2 s, faststart, creation time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def write(
        self,
        pictures: list[tuple[int, Picture]],
        *,
        end_ms: int,
        created_at: datetime | None = None,
        date: str = "",
        comment: str = "",
        fast: bool = True,
        gop: int = 20,
    ) -> Path:
        """Write BGRX pictures with their times in milliseconds; ``end_ms`` is when the last one ends."""
        self._count += 1
        path = self._folder / f"film{self._count}.mp4"
        height, width = pictures[0][1].shape[:2]
        times = [at for at, _ in pictures]
        with av.open(str(path), "w", options={"movflags": "+faststart" if fast else "+frag_keyframe"}) as file:
            if created_at is not None:
                file.metadata["creation_time"] = created_at.isoformat()
            if date:
                file.metadata["date"] = date
            file.metadata["title"] = "LAB i-0123456789abcdef0"
            file.metadata["comment"] = comment
            stream = file.add_stream("libx264", rate=10)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            stream.codec_context.time_base = stream.time_base = Fraction(1, 1000)
            stream.options = {"preset": "ultrafast", "tune": "zerolatency", "g": str(gop)}
            steps = dict(zip(times, [*np.diff(times).tolist(), end_ms - times[-1]], strict=True))
            for at_ms, picture in pictures:
                frame = VideoFrame.from_ndarray(picture, "bgra")
                frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
                for packet in stream.encode(frame):
                    packet.duration = steps[packet.pts or 0]
                    file.mux(packet)
            for packet in stream.encode(None):
                packet.duration = steps[packet.pts or 0]
                file.mux(packet)
        return path


def desktop(width: int = 640, height: int = 360) -> Picture:
    """Return a BGRX picture with many levels and edges."""
    rows, columns = np.mgrid[0:height, 0:width]
    picture = np.full((height, width, 4), 255, dtype=np.uint8)
    picture[:, :, 0] = columns * 200 // width
    picture[:, :, 1] = rows * 200 // height
    picture[:, :, 2] = ((rows // 16 + columns // 16) % 2) * 150
    return picture


def with_clock(picture: Picture, unix_ms: int) -> Picture:
    """Return a copy with the painted clock."""
    copy = picture.copy()
    paint_clock(copy, unix_ms)
    return copy


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> tuple[corpus.Clip, ...]:
    """The whole corpus, made once."""
    return corpus.build(tmp_path_factory.mktemp("corpus"))


@pytest.fixture
def filmer(tmp_path: Path) -> Filmer:
    """Writes films into the test's folder."""
    return Filmer(tmp_path)


@pytest.fixture
def plain_film(tmp_path: Path) -> Path:
    """30 numbered frames, 10 a second, a key frame every second, moov first."""
    return corpus.write(corpus.encode(corpus.Shape("plain")), tmp_path / "plain.mp4", "+faststart")


@pytest.fixture
def plain_bytes(plain_film: Path) -> bytes:
    """The bytes of the plain film."""
    return plain_film.read_bytes()


@pytest.fixture
def plain_reader(plain_film: Path) -> Iterator[LocalReader]:
    """A reader of the plain film."""
    reader = LocalReader(plain_film)
    yield reader
    reader.close()
