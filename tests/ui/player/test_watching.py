"""Films too long to be watched at once are watched while they are shown; what is found lies on the axis."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any

import pytest
from PySide6.QtGui import QColor

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import FilmFacts, Span, SpanBasis
from rdpgui.i18n import set_language
from rdpgui.media.film_watch import FilmWatch
from rdpgui.ui.player.film_panel import FilmPanel
from tests.ui.player.conftest import START, PlayerBench, facts_of

Play = Callable[..., Any]


def seen(begin_s: float, end_s: float) -> tuple[Span, ...]:
    return (Span(begin_s, end_s, SpanBasis.PICTURES),)


class Watcher:
    """Answers when it is told to."""

    def __init__(self, answer: FilmFacts | RecordingUnreadable) -> None:
        self.asked: list[PurePath] = []
        self.cancelled = 0
        self.free = asyncio.Event()
        self._answer = answer

    async def watch(self, path: PurePath, on_progress: Callable[[float], None]) -> FilmFacts:
        self.asked.append(path)
        self.tell = on_progress
        try:
            await self.free.wait()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        if isinstance(self._answer, RecordingUnreadable):
            raise self._answer
        return self._answer


def unwatched(film: Path) -> FilmFacts:
    facts = facts_of(film)
    return replace(facts, watched=False, idle=(), frozen=(), black=(), duplicate=())


def use(bench: PlayerBench, watcher: Watcher | FilmWatch) -> None:
    bench._drop()
    bench.panel = FilmPanel(None, backend_factories=[], stills=bench.stills, tasks=bench.tasks, watcher=watcher)
    bench._finish(bench.folder)


def colour_at(bench: PlayerBench, at_s: float, above_bottom: int) -> str:
    bar = bench.panel.stage.bar
    picture = bar.grab().toImage()
    return QColor(picture.pixelColor(round(bar.x_of(at_s)), bar.height() - 4 - above_bottom)).name()


def test_that_a_long_film_is_watched_while_it_is_shown_and_the_axis_tells(play: Play, long_film: Path) -> None:
    facts = unwatched(long_film)
    found = replace(facts, watched=True, idle=seen(2, 9), frozen=seen(3, 8), black=seen(12, 14), duplicate=seen(16, 18))

    async def flow(bench: PlayerBench) -> None:
        watcher = Watcher(found)
        use(bench, watcher)
        bench.panel.show_film(long_film, facts, starts_at=START, lab=False)
        await bench.until_number(0)
        await bench.until(lambda: watcher.asked == [long_film])
        assert "looking at every picture …" in bench.panel.subtitle.whole
        watcher.tell(0.349)
        assert "looking at every picture … 34 %" in bench.panel.subtitle.whole
        bar, hover = bench.panel.stage.bar, bench.panel.stage.hover
        empty = colour_at(bench, 5.0, 2)
        bench.panel.deck.seek(1.0)
        await bench.until_number(10)
        watcher.free.set()
        await bench.until(lambda: colour_at(bench, 5.0, 2) != empty)
        assert "every picture" not in bench.panel.subtitle.whole
        assert bench.panel.deck.position_s == 1.0  # nothing else moved
        assert colour_at(bench, 2.5, 2) not in (empty, colour_at(bench, 5.0, 2))  # idle is not frozen
        assert colour_at(bench, 13.0, 9) == "#000000"
        assert colour_at(bench, 17.0, 6) != empty
        for at_s, text in ((5.0, "frozen 0:03.0 – 0:08.0"), (13.0, "black 0:12.0 – 0:14.0"), (17.0, "repeated")):
            bar.hovered.emit(at_s)
            assert hover.lines[-1].startswith(text)
        bar.hovered.emit(15.0)
        assert len(hover.lines) == 1
        set_language("ja")
        bar.hovered.emit(5.0)
        assert hover.lines[-1] == "静止 0:03.0 – 0:08.0"
        # Shown again: known already.
        bench.panel.show_film(long_film, facts, starts_at=START, lab=False)
        await bench.until(
            lambda: bench.panel.deck.mount.reel is not None and bench.panel.deck.mount.reel.seen.frozen != ()
        )
        assert watcher.asked == [long_film]
        await bench.until_number(0)

    play(flow)


def test_that_another_film_ends_the_look_at_the_one_before(play: Play, long_film: Path, numbered: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        watcher = Watcher(unwatched(long_film))
        use(bench, watcher)
        bench.panel.show_film(long_film, unwatched(long_film), starts_at=START, lab=False)
        await bench.until(lambda: watcher.asked == [long_film])
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=START, lab=False)
        await bench.until(lambda: watcher.cancelled == 1)
        await bench.until_number(0)
        assert "every picture" not in bench.panel.subtitle.whole

    play(flow)


@pytest.mark.logs("film watch")
def test_that_a_look_that_fails_leaves_the_film_as_it_was_and_says_so(play: Play, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        watcher = Watcher(RecordingUnreadable("It takes too long."))
        use(bench, watcher)
        bench.panel.show_film(long_film, unwatched(long_film), starts_at=START, lab=False)
        await bench.until(lambda: watcher.asked == [long_film])
        watcher.free.set()
        await bench.until(lambda: "not every picture was looked at" in bench.panel.subtitle.whole)
        await bench.until_number(0)
        assert watcher.asked == [long_film]

    play(flow)


def test_that_the_real_look_at_a_film_finds_what_the_inspection_would(play: Play, long_film: Path) -> None:
    async def flow(bench: PlayerBench) -> None:
        use(bench, FilmWatch())
        bench.panel.show_film(long_film, unwatched(long_film), starts_at=START, lab=False)
        await bench.until_number(0)
        deck = bench.panel.deck
        await bench.until(lambda: deck.mount.facts is not None and deck.mount.facts.watched)
        assert deck.mount.facts is not None
        assert deck.mount.facts.duplicate == facts_of(long_film).duplicate

    play(flow)
