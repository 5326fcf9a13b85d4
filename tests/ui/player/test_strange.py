"""Films that are not what they seem in the panel: what is shown is what is told, and nobody crashes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import QRectF, Qt

from tests.helpers import corpus, odd_films
from tests.ui.player.conftest import HEIGHT, WIDTH, PlayerBench, facts_of, number_on

Play = Callable[..., object]
FRAMES = 12
PART = 4
"""Pictures of one fragment."""


def _encoded() -> corpus.Encoded:
    return corpus.encode(corpus.Shape("strange", WIDTH, HEIGHT, 12, FRAMES, gop=PART))


def _reversed(path: Path) -> None:
    head, parts = odd_films.fragments(corpus.write(_encoded(), path, odd_films.FRAGMENTED).read_bytes())
    path.write_bytes(head + b"".join(reversed(parts)))


def _doubled(path: Path) -> None:
    head, parts = odd_films.fragments(corpus.write(_encoded(), path, odd_films.FRAGMENTED).read_bytes())
    path.write_bytes(head + b"".join([parts[0], *parts]))


def _far_clock(path: Path) -> None:
    path.write_bytes(odd_films.with_clock(corpus.write(_encoded(), path, "").read_bytes(), 6_200_000_000, long=True))


@pytest.mark.case("F10", "F12")
@pytest.mark.parametrize("make", [_reversed, _doubled, _far_clock])
def test_that_a_strange_film_is_shown_as_it_is_told(
    play: Play, player: str, tmp_path: Path, make: Callable[[Path], None]
) -> None:
    film = tmp_path / "strange.mp4"
    make(film)
    facts = facts_of(film)
    assert (facts.frame_count, facts.damaged) == (FRAMES, False)

    async def flow(bench: PlayerBench) -> None:
        panel = bench.panel
        panel.show_film(film, facts, starts_at=facts.created_at, lab=False)
        await bench.until_number(0)
        bench.press(Qt.Key.Key_End)
        await bench.until_number(FRAMES - 1)
        bench.press(Qt.Key.Key_Home)
        await bench.until_number(0)
        seen: set[int | None] = set()
        panel.deck.moving_picture.connect(lambda image: seen.add(number_on(image, QRectF(image.rect()))))
        panel.deck.play()
        await bench.until(lambda: not panel.deck.playing and bench.number == FRAMES - 1)
        assert seen <= {*range(FRAMES), None}
        assert len(seen) > 1

    play(flow, player)


@pytest.mark.case("F12")
@pytest.mark.parametrize("starts_at", [datetime(1990, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, tzinfo=UTC)])
def test_that_a_film_of_any_year_is_shown(play: Play, numbered: Path, starts_at: datetime) -> None:
    async def flow(bench: PlayerBench) -> None:
        bench.panel.show_film(numbered, facts_of(numbered), starts_at=starts_at, lab=False)
        await bench.until_number(0)
        bench.press(Qt.Key.Key_End)
        await bench.until(lambda: bench.number not in (0, None))

    play(flow)
