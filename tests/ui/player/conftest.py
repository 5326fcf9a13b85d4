"""A film panel over real players, on films whose frame numbers can be read from the screen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QRectF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest

from rdpgui.core.errors import RdpguiError
from rdpgui.core.film import FilmFacts, Span
from rdpgui.media.inspect import inspect_film
from rdpgui.media.playback import FilmPlayback
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.still_service import StillService
from rdpgui.ui.player import picture_time
from rdpgui.ui.player.backend import BackendFactory
from rdpgui.ui.player.film_panel import FilmPanel, make_film_panel
from rdpgui.ui.player.picture import PictureView
from rdpgui.ui.player.vlc_probe import load_vlc
from rdpgui.ui.tasks import TaskScope
from tests.conftest import RunOnQt
from tests.helpers import corpus
from tests.helpers.limits import Limit, limit_s

T = TypeVar("T")
START = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
FRAMES = 18
FPS = 12
ENOUGH_S = 15.0


def facts_of(path: Path, idle: tuple[Span, ...] = ()) -> FilmFacts:
    """Inspect a film; ``idle`` replaces what was found."""
    reader = LocalReader(path)
    try:
        facts = inspect_film(reader, path.name).facts
    finally:
        reader.close()
    return facts if not idle else FilmFacts(**{**_fields(facts), "idle": idle})


def _fields(facts: FilmFacts) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in facts.__dataclass_fields__}


def number_on(image: QImage, area: QRectF) -> int | None:
    """Return the frame number painted into a picture that is shown in an area of an image."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    rows = np.frombuffer(grey.constBits(), np.uint8).reshape(grey.height(), grey.bytesPerLine())
    scale = area.width() / WIDTH
    number = 0
    for bit in range(corpus.BITS):
        column = (bit % corpus.BITS_A_ROW + 0.5) * corpus.BIT_PIXELS * scale + area.left()
        row = (bit // corpus.BITS_A_ROW + 0.5) * corpus.BIT_PIXELS * scale + area.top()
        level = int(rows[round(row), round(column)])
        if 90 < level < 165:
            return None
        number |= int(level > 127) << bit
    return number


WIDTH, HEIGHT = 192, 108


def picture_area(picture: PictureView) -> QRectF:
    """Return where the film lies in a view."""
    size = picture.image.size().scaled(picture.size(), Qt.AspectRatioMode.KeepAspectRatio)
    left, top = (picture.width() - size.width()) // 2, (picture.height() - size.height()) // 2
    return QRectF(left, top, size.width(), size.height())


class PlayerBench:
    """A panel with its surroundings, used inside one coroutine."""

    def __init__(self, prefer: str, folder: Path) -> None:
        self.errors: list[tuple[str, BaseException]] = []
        self.tasks = TaskScope(self._note, self._note)
        self.stills = StillService()
        self.panel = make_film_panel(None, stills=self.stills, tasks=self.tasks, playback=FilmPlayback, prefer=prefer)
        self._finish(folder)

    def _finish(self, folder: Path) -> None:
        self.folder = folder
        self.panel.resize(760, 620)
        self.panel.show()

    def use(self, factories: list[BackendFactory]) -> None:
        """Replace the panel by one with other players."""
        self._drop()
        self.panel = FilmPanel(None, backend_factories=factories, stills=self.stills, tasks=self.tasks)
        self._finish(self.folder)

    def _note(self, name: str, error: RdpguiError | BaseException) -> None:
        self.errors.append((name, error))

    @property
    def number(self) -> int | None:
        """The frame number that a person sees."""
        picture = self.panel.stage.picture
        if picture.image.isNull():
            return None
        return number_on(picture.grab().toImage(), picture_area(picture))

    @property
    def caption(self) -> str:
        """The line on the picture."""
        return self.panel.stage.picture.caption

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition, with a limit."""
        limit = Limit(ENOUGH_S)
        while not condition():
            if limit.over:
                raise AssertionError(f"still not so: number {self.number}, caption {self.caption!r}, {self.errors}")
            await asyncio.sleep(0.01)

    async def until_number(self, number: int) -> None:
        """Wait until an exact still with a frame number is on the screen."""
        await self.until(lambda: not self.panel.deck.desk.waiting and self.number == number)

    async def show(self, film: Path, *, idle: tuple[Span, ...] = (), lab: bool = False) -> None:
        """Show a film and wait for its first frame."""
        self.panel.show_film(film, facts_of(film, idle), starts_at=START, lab=lab)
        await self.until_number(0)

    def let_the_time_for_a_picture_run_out(self) -> None:
        """As if a player had shown nothing for as long as it is given; the next one gets all of its time."""
        motion = self.panel.deck.motion
        assert motion.watch.active
        motion.watch.run_out()

    def press(self, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        """Press a key on the picture."""
        QTest.keyClick(self.panel.stage.picture, key, modifiers)

    async def aclose(self) -> None:
        """Close as the program does."""
        await self.panel.aclose()
        await self.tasks.aclose()
        await self.stills.aclose()
        self._drop()

    def _drop(self) -> None:
        """Delete the panel now, in this thread."""
        self.panel.hide()
        self.panel.deleteLater()
        QCoreApplication.sendPostedEvents(self.panel, QEvent.Type.DeferredDelete)


def film_threads() -> list[str]:
    """Return the names of the player's threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("film-")]


def _has_vlc() -> bool:
    try:
        _vlc, instance = load_vlc()
    except RdpguiError:
        return False
    instance.release()
    return True


@pytest.fixture(scope="session")
def numbered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """18 numbered frames at 12 a second, with B-frames and a key frame every 7."""
    shape = corpus.Shape("shown", WIDTH, HEIGHT, FPS, FRAMES, gop=7, b_frames=2)
    return corpus.write(corpus.encode(shape), tmp_path_factory.mktemp("films") / "shown.mp4", "+faststart")


@pytest.fixture(scope="session")
def long_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """200 numbered frames at 10 a second: 20 s."""
    shape = corpus.Shape("long", WIDTH, HEIGHT, 10, 200, gop=20)
    return corpus.write(corpus.encode(shape), tmp_path_factory.mktemp("films") / "long.mp4", "+faststart")


@pytest.fixture(params=[pytest.param("auto", marks=pytest.mark.libvlc), "pyav"])
def player(request: pytest.FixtureRequest) -> str:
    """Each player of this machine."""
    prefer = str(request.param)
    if prefer == "auto" and not _has_vlc():
        pytest.skip("libvlc is not installed")
    return prefer


Flow = Callable[[PlayerBench], Coroutine[Any, Any, T]]


@pytest.fixture
def play(qt_loop: RunOnQt[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Run a flow with a panel; no thread, task or unexpected error may be left."""

    # A player that is slow with the machine is not replaced; a test of just that sets it back.
    monkeypatch.setattr(picture_time, "NO_PICTURE_LIMIT_S", limit_s(picture_time.NO_PICTURE_LIMIT_S))

    def run(flow: Flow[T], prefer: str = "pyav") -> T:
        async def whole() -> T:
            bench = PlayerBench(prefer, tmp_path)
            try:
                result = await flow(bench)
            finally:
                await bench.aclose()
            await bench.until(lambda: film_threads() == [])
            assert bench.errors == []
            return result

        result: T = qt_loop(whole())
        return result

    # NOTE ``qt_loop`` holds the collector: Qt's objects may not be destroyed in the player's threads.
    return run
