"""Console pictures are found in a film within a second, also where a clock is off and the picture was compressed."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from rdpgui.core.screen_match import MatchIs, ScreenMatch, WantedPicture
from rdpgui.media import console_match, reasons
from rdpgui.media.console_match import FrameMatcher, match
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film
from rdpgui.threads import DaemonPool
from tests.helpers.limits import limit_s

RATE, SECONDS = 10, 8


def _screen(at: int) -> NDArray[np.uint8]:
    """Return a desktop with a window that moves a bit each second, then a blue screen."""
    picture = np.full((360, 640, 3), (20, 60, 110), np.uint8)
    if at < (SECONDS - 2) * RATE:
        left = 40 + 60 * (at // RATE)
        picture[60:260, left : left + 200] = 235
    picture[356:, 320:] = 255 * (np.arange(320) // 4 + at)[None, :, None] % 510
    return picture


def _film(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=RATE, options={"crf": "28", "g": "30"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        for at in range(SECONDS * RATE):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(_screen(at), format="rgb24")))
        container.mux(stream.encode(None))


def _jpeg(path: Path, screen: NDArray[np.uint8]) -> Path:
    codec = av.CodecContext.create("mjpeg", "w")
    assert isinstance(codec, av.VideoCodecContext)
    codec.width, codec.height, codec.pix_fmt, codec.time_base = 640, 360, "yuvj420p", Fraction(1)
    codec.options = {"qscale": "8"}
    frame = av.VideoFrame.from_ndarray(screen, format="rgb24").reformat(format="yuvj420p")
    path.write_bytes(b"".join(bytes(packet) for packet in (*codec.encode(frame), *codec.encode(None))))
    return path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("film") / "film.mp4"
    _film(path)
    return path


@pytest.mark.parametrize("off_s", [-1.0, 0.0, 1.0])
def test_that_each_picture_is_found_within_a_second_although_clocks_differ(
    film: Path, tmp_path: Path, off_s: float
) -> None:
    wanted, truths = [], []
    for at in range(5, SECONDS * RATE, 9):
        path = _jpeg(tmp_path / f"{at}.jpg", _screen(at))
        truths.append(at / RATE)
        wanted.append(WantedPicture(path, at / RATE + off_s - 0.02, at / RATE + off_s + 0.02))
    found = match(film, wanted)
    assert {item.found for item in found} == {MatchIs.FOUND}
    apart = [abs(item.at_s - truth) for item, truth in zip(found, truths, strict=True)]
    assert max(apart) <= 1.0
    assert all(item.begin_s - 0.11 <= truth <= item.end_s + 0.11 for item, truth in zip(found, truths, strict=True))


def test_that_a_screen_that_the_film_does_not_show_has_no_partner(film: Path, tmp_path: Path) -> None:
    boot = np.zeros((360, 640, 3), np.uint8)
    path = _jpeg(tmp_path / "boot.jpg", boot)
    inside, later, before = (WantedPicture(path, at, at + 0.1) for at in (4.0, 30.0, -20.0))
    assert [item.found for item in match(film, [inside, later, before])] == [
        MatchIs.OTHER, MatchIs.AFTER, MatchIs.BEFORE,
    ]  # fmt: skip


def test_that_a_picture_that_cannot_be_read_is_said_to_be_unread(film: Path, tmp_path: Path) -> None:
    broken = tmp_path / "x.jpg"
    broken.write_bytes(b"\xff\xd8 no picture")
    assert [item.found for item in match(film, [WantedPicture(broken, 1.0, 1.1)])] == [MatchIs.UNREAD]
    assert match(film, []) == ()


@pytest.fixture
def cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is over after 3 s of the film."""
    whole = Film.frames_from

    def frames_from(film: Film, number: int, deadline: Deadline, run: Run) -> Iterator[av.VideoFrame]:
        for at, frame in enumerate(whole(film, number, deadline, run)):
            if at > 3 * RATE:
                raise reasons.too_slow(deadline.name, deadline.limit_s)
            yield frame

    monkeypatch.setattr(Film, "frames_from", frames_from)


@pytest.mark.usefixtures("cut")
@pytest.mark.parametrize("at", [28, 50], ids=["like the last that was read", "unlike it"])
def test_that_of_a_picture_behind_what_was_read_nothing_is_said(film: Path, tmp_path: Path, at: int) -> None:
    first = _jpeg(tmp_path / "first.jpg", _screen(5))
    path = _jpeg(tmp_path / "later.jpg", _screen(at))
    wanted = [WantedPicture(first, 0.5, 0.6), *(WantedPicture(path, at_s, at_s + 0.1) for at_s in (5.0, 9.5))]
    found = match(film, wanted)
    assert [item.found for item in found] == [MatchIs.FOUND, MatchIs.UNREAD, MatchIs.AFTER]
    assert found[0].end_s <= 1.05


def test_that_a_frame_is_not_said_to_be_shown_until_the_film_s_end(film: Path, tmp_path: Path) -> None:
    path = _jpeg(tmp_path / "next.jpg", _screen(30))
    found = match(film, [WantedPicture(path, 0.98, 1.02)])[0]
    assert found.found is MatchIs.FOUND
    assert [found.begin_s, found.end_s] == pytest.approx([3.0, 3.1])


class _GivenUp(threading.Event):
    """Is set once it was asked for so many times."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.left = after

    def is_set(self) -> bool:
        self.left -= 1
        return self.left < 0


def test_that_what_nobody_waits_for_any_more_ends_within_a_frame(film: Path, tmp_path: Path) -> None:
    path = _jpeg(tmp_path / "5.jpg", _screen(5))
    wanted = [WantedPicture(path, at_s, at_s + 0.1) for at_s in (0.5, 5.0)]
    given_up = _GivenUp(after=10)
    assert {item.found for item in match(film, wanted, given_up)} == {MatchIs.UNREAD}
    assert given_up.left == -1, "nothing was read afterwards"
    missing = tmp_path / "not opened.mp4"
    assert {item.found for item in match(missing, wanted, _GivenUp(after=0))} == {MatchIs.UNREAD}


def test_that_a_newer_request_and_the_end_of_the_window_end_what_is_being_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Semaphore(0)
    ended: list[bool] = []

    def slow(_film: Path, _wanted: Sequence[WantedPicture], given_up: threading.Event) -> tuple[ScreenMatch, ...]:
        begun.release()
        ended.append(given_up.wait(limit_s(20)))
        return ()

    async def main() -> None:
        matcher = FrameMatcher(partial(DaemonPool, 1))
        first = asyncio.create_task(matcher.match(tmp_path, []))
        await asyncio.to_thread(begun.acquire)
        second = asyncio.create_task(matcher.match(tmp_path, []))
        await first
        await asyncio.to_thread(begun.acquire)
        assert [thread.daemon for thread in threading.enumerate() if thread.name.startswith("console-match")] == [True]
        await matcher.aclose()
        await second

    monkeypatch.setattr(console_match, "match", slow)
    asyncio.run(main())
    assert ended == [True, True]
