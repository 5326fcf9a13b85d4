"""A film that is looked at before its download is done: libvlc from a URL, everything exact by ranged reads."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from rdpgui.core.errors import AccessDenied, RdpguiError, Unreachable
from rdpgui.core.film import ClockBasis, FilmClock
from rdpgui.core.recording import s3_object
from rdpgui.media.playback import FilmPlayback
from rdpgui.ui.dialogs.open_film import OpenFilmDialog
from rdpgui.ui.film_port import PlacedFilm, RemoteFilm
from rdpgui.ui.player.backend import RemoteMedia
from rdpgui.ui.player.pyav_backend import PyavBackend
from rdpgui.ui.theme import Theming
from tests.ui.conftest import Bench
from tests.ui.player.conftest import FRAMES, START, PlayerBench, facts_of
from tests.ui.player.test_playing import MuteBackend
from tests.ui.player.test_watching import Watcher, unwatched, use

Play = Callable[..., Any]


@dataclass
class CountingReader:
    """Ranged reads of a file, as S3 gives them."""

    data: bytes = field(repr=False)
    size_bytes: int = 0
    bytes_read: int = 0
    waited_s: float = 0.0
    failure: RdpguiError | None = None

    def __post_init__(self) -> None:
        self.size_bytes = len(self.data)

    def read_range(self, start: int, length: int) -> bytes:
        if self.failure is not None:
            raise self.failure
        part = self.data[start : start + length]
        self.bytes_read += len(part)
        return part


class Store:
    """An HTTP server with ranges that gives one film to whoever names the newest signature.

    Attributes:
        signed: how many URLs were given out. served: paths of the requests. error: raised by the next signing.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.signed = 0
        self.served: list[str] = []
        self.error: RdpguiError | None = None
        store = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                store.serve(self)

            def log_message(self, format: str, *args: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def serve(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one GET."""
        self.served.append(request.path)
        found = re.fullmatch(r"bytes=(\d+)-(\d*)", request.headers.get("Range", "bytes=0-"))
        assert found is not None
        start, stop = int(found[1]), int(found[2]) + 1 if found[2] else len(self.data)
        body = self.data[start:stop]
        request.send_response(206)
        request.send_header("Content-Range", f"bytes {start}-{start + len(body) - 1}/{len(self.data)}")
        request.send_header("Content-Length", str(len(body)))
        request.send_header("Content-Type", "video/mp4")
        request.send_header("Accept-Ranges", "bytes")
        request.end_headers()
        try:
            request.wfile.write(body)
        except OSError:
            return  # the player has what it wanted

    async def sign(self) -> str:
        """Return a URL with another signature each time."""
        await asyncio.sleep(0)
        if self.error is not None:
            raise self.error
        self.signed += 1
        return f"http://127.0.0.1:{self._server.server_port}/film.mp4?X-Amz-Signature={self.signed}"

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def store(numbered: Path) -> Iterator[Store]:
    made = Store(numbered.read_bytes())
    yield made
    made.close()


def remote_film(film: Path, store: Store, target: Path, life_s: float = 900.0) -> tuple[PlacedFilm, CountingReader]:
    """Return a film that is not there yet, and the reader of its bytes."""
    reader = CountingReader(store.data)
    remote = RemoteFilm(film.name, reader, store.sign, life_s)
    return PlacedFilm(target, facts_of(film), START, remote), reader


async def opened(bench: PlayerBench, film: PlacedFilm) -> None:
    """Show a film and wait for its first frame."""
    bench.panel.show_films([film], lab=True)
    await bench.until_number(0)


def test_that_stills_come_by_ranged_reads_and_playing_from_the_signed_url(
    play: Play, numbered: Path, store: Store, tmp_path: Path, player: str
) -> None:
    async def flow(bench: PlayerBench) -> None:
        film, reader = remote_film(numbered, store, tmp_path / "later.mp4")
        await opened(bench, film)
        assert reader.bytes_read > 0
        assert (store.signed, store.served) == (0, [])
        assert "not downloaded" in bench.panel.subtitle.whole
        bench.panel.deck.seek(0.7)
        await bench.until_number(8)
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)
        if player == "pyav":
            assert (store.signed, store.served) == (0, [])
        else:
            assert bench.panel.deck.motion.players.name == "libvlc"
            assert store.signed == 1
            assert all(path.endswith("X-Amz-Signature=1") for path in store.served)

    play(flow, player)


class Recorder(MuteBackend):
    """A player from URLs that only remembers them."""

    def __init__(self) -> None:
        super().__init__()
        self.needs_url = True
        self.urls: list[str] = []

    def open(self, source: Any, width: int, height: int) -> None:
        assert isinstance(source, RemoteMedia)
        self.urls.append(source.url)
        assert "Signature" not in repr(source)


@pytest.mark.parametrize("life_s, signed", [(900.0, 1), (0.0, 3)])
def test_that_the_url_is_signed_anew_before_playing_and_before_a_seek_when_half_its_life_is_over(
    play: Play, numbered: Path, store: Store, tmp_path: Path, life_s: float, signed: int
) -> None:
    async def flow(bench: PlayerBench) -> None:
        backend = Recorder()
        bench.use([lambda _parent: backend])
        film, _reader = remote_film(numbered, store, tmp_path / "later.mp4", life_s)
        await opened(bench, film)
        bench.panel.deck.play()
        await bench.until(lambda: backend.played == 1)
        for times, at_s in enumerate((0.5, 0.2), start=2):
            bench.panel.deck.seek(at_s)
            await bench.until(lambda times=times: backend.played == times)  # type: ignore[misc]  # bound per turn
        assert store.signed == signed
        assert backend.urls[-1].endswith(f"={signed}")

    play(flow)


def test_that_without_a_new_picture_after_a_seek_pyav_goes_on_over_ranged_reads(
    play: Play, numbered: Path, store: Store, tmp_path: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        silent = Recorder()
        bench.use([lambda _parent: silent, lambda parent: PyavBackend(FilmPlayback, parent)])
        film, _reader = remote_film(numbered, store, tmp_path / "later.mp4")
        await opened(bench, film)
        bench.panel.deck.play()
        await bench.until(lambda: silent.played == 1)
        bench.panel.deck.seek(0.5)
        await bench.until(lambda: silent.played == 2)
        bench.let_the_time_for_a_picture_run_out()
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)
        assert "showed no new picture" in bench.panel.stage.picture.notice
        assert bench.panel.deck.motion.players.name == "PyAV"
        assert store.served == []

    play(flow)


@pytest.mark.logs("film sign")
def test_that_a_url_that_cannot_be_signed_makes_pyav_play_and_says_why(
    play: Play, numbered: Path, store: Store, tmp_path: Path
) -> None:
    async def flow(bench: PlayerBench) -> None:
        store.error = AccessDenied("Reading {key} is not allowed.", key="film.mp4")
        silent = Recorder()
        bench.use([lambda _parent: silent, lambda parent: PyavBackend(FilmPlayback, parent)])
        film, _reader = remote_film(numbered, store, tmp_path / "later.mp4")
        await opened(bench, film)
        bench.panel.deck.play()
        await bench.until(lambda: not bench.panel.deck.playing)
        await bench.until_number(FRAMES - 1)
        assert "Reading film.mp4 is not allowed." in bench.panel.stage.picture.notice
        assert silent.played == 0

    play(flow)


def test_that_the_verified_download_takes_over_where_the_film_stands(
    play: Play, numbered: Path, store: Store, tmp_path: Path
) -> None:
    target = tmp_path / "later.mp4"

    async def flow(bench: PlayerBench) -> None:
        film, reader = remote_film(numbered, store, target)
        await opened(bench, film)
        bench.panel.deck.seek(0.7)
        await bench.until_number(8)
        bench.panel.show_download(target, 50, 200)
        assert "downloading 25 %" in bench.panel.subtitle.whole
        _write(target, store.data)
        bench.panel.use_download(target, verified=True)
        assert "download" not in bench.panel.subtitle.whole
        await bench.until(lambda: bench.panel.deck.desk.film is not None)
        await bench.until_number(8)
        reader.failure = Unreachable("gone")
        bench.panel.seek_end()
        await bench.until_number(FRAMES - 1)
        assert "complete and verified" in bench.panel.stage.picture.notice

    play(flow)


def test_that_every_picture_of_an_object_and_its_clock_are_looked_at_once_it_is_downloaded(
    play: Play, numbered: Path, store: Store, tmp_path: Path
) -> None:
    target, clock = tmp_path / "later.mp4", FilmClock(START, START, ClockBasis.FLIP)

    async def flow(bench: PlayerBench) -> None:
        watcher = Watcher(replace(facts_of(numbered), watched=True, clock=clock))
        use(bench, watcher)
        film, _ = remote_film(numbered, store, target)
        await opened(bench, replace(film, facts=unwatched(numbered)))
        assert watcher.asked == []
        _write(target, store.data)
        bench.panel.use_download(target, verified=True)
        await bench.until(lambda: watcher.asked == [target])
        watcher.free.set()
        await bench.until(lambda: "every picture" not in bench.panel.subtitle.whole)
        assert "taskbar" in bench.panel.subtitle.whole
        await bench.until(lambda: bench.panel.deck.desk.film is not None)

    play(flow)


@pytest.mark.logs("film open")
def test_that_a_line_that_is_cut_is_named(play: Play, numbered: Path, store: Store, tmp_path: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        film, reader = remote_film(numbered, store, tmp_path / "later.mp4")
        await opened(bench, film)
        reader.failure = Unreachable("{name} cannot be reached.", name="S3")
        bench.panel.show_films([film], lab=True)
        await bench.until(lambda: "S3 cannot be reached." in bench.panel.stage.picture.message[0])

    play(flow)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


@pytest.mark.case("F12")
@pytest.mark.parametrize(
    "text, wanted",
    [
        ("s3://bucket/a/b c.mp4", ("bucket", "a/b c.mp4")),
        ("s3://bucket/?x#y", ("bucket", "?x#y")),
        ("S3://Bucket/Key.mp4", ("Bucket", "Key.mp4")),
        ("s3://bucket/", None),
        ("s3://bucket", None),
        ("https://bucket/key", None),
        ("/tmp/film.mp4", None),
    ],
)
def test_that_a_key_is_taken_as_it_is_written(text: str, wanted: tuple[str, str] | None) -> None:
    assert s3_object(text) == wanted


def test_that_the_open_dialog_takes_paths_objects_and_several_files(theming: Theming, numbered: Path) -> None:
    for text, wanted in (
        (str(numbered), [("film", str(numbered))]),
        ("s3://b/k.mp4", [("object", "b", "k.mp4")]),
        ("S3://b/K.mp4", [("object", "b", "K.mp4")]),
        ("/nowhere.mp4", []),
        ("x" * 5000, []),
    ):
        dialog = OpenFilmDialog()
        said: list[tuple[str, ...]] = []
        dialog.film_chosen.connect(lambda path, said=said: said.append(("film", path)))
        dialog.object_chosen.connect(lambda bucket, key, said=said: said.append(("object", bucket, key)))
        line, button = dialog.findChild(QLineEdit, "open_film_what"), dialog.findChild(QPushButton, "open_film_open")
        assert line is not None
        assert button is not None
        assert not button.isEnabled()
        line.setText(text)
        assert button.isEnabled() == bool(wanted)
        button.click()
        assert said == wanted
        dialog.deleteLater()
    several = OpenFilmDialog()
    chosen: list[list[str]] = []
    several.films_chosen.connect(chosen.append)
    several.take_files([str(numbered), str(numbered)])
    assert chosen == [[str(numbered)] * 2]
    note = several.findChild(QLabel, "open_film_note")
    assert note is not None


def test_that_ctrl_o_asks_the_app_for_the_object(bench: Bench) -> None:
    bench.window.actions_by_name["open-film"].trigger()
    dialog = bench.dialog("open_film_dialog")
    dialog.findChild(QLineEdit, "open_film_what").setText("s3://recordings/r/1.mp4")
    dialog.findChild(QPushButton, "open_film_open").click()
    assert bench.commands.orders[-1] == ("open_object", "recordings", "r/1.mp4")
