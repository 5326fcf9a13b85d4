"""What motion is made of: whose turn it is, which film time is on screen, and how a player gets the film."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

from rdpgui.core.errors import RdpguiError, RecordingUnreadable
from rdpgui.ui.film_port import RemoteFilm
from rdpgui.ui.player import picture_time
from rdpgui.ui.player.picture_time import PictureTime, PictureWatch
from rdpgui.ui.player.roster import Roster
from rdpgui.ui.player.supply import Supply
from rdpgui.ui.tasks import TaskScope
from tests.conftest import RunOnQt
from tests.ui.player.test_motion import Player, giving


class Named(Player):
    """A player that is told apart."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.name = f"p{number}"


def _roster(count: int) -> tuple[Roster, list[Named]]:
    players = [Named(number) for number in range(count)]
    return Roster([giving(player) for player in players]), players


def test_that_players_are_made_when_their_turn_comes(qapp: object) -> None:
    roster, players = _roster(3)
    assert (roster.name, roster.made) == ("", ())
    assert roster.current is players[0]
    assert (roster.name, roster.made) == ("p0", (players[0],))


def test_that_only_the_player_whose_turn_it_is_is_listened_to(qapp: object) -> None:
    roster, players = _roster(2)
    heard: list[object] = []
    roster.picture.connect(lambda _image, at_s: heard.append(at_s))
    roster.ended.connect(lambda: heard.append("ended"))
    roster.failed.connect(heard.append)
    for begun in (False, True):
        assert roster.current is players[begun]
        for number, player in enumerate(players):
            player.picture.emit(QImage(), float(number))
            player.ended.emit()
            player.failed.emit(player.name)
        roster.fall_back(missing=False)
    assert heard == [0.0, "ended", "p0", 1.0, "ended", "p1"]


@pytest.mark.parametrize(("rate", "name"), [(0.5, "p2"), (1.0, "p0"), (4.0, "p0"), (8.0, "p2")])
def test_that_the_last_player_plays_where_the_others_are_not_exact(qapp: object, rate: float, name: str) -> None:
    roster, _made = _roster(3)
    another = roster.choose(rate)
    assert (roster.current.name, another) == (name, name != "p0")
    assert roster.choose(rate) is False


def test_that_the_next_player_takes_over_and_a_missing_one_is_never_asked_again(qapp: object) -> None:
    roster, _made = _roster(3)
    assert roster.fall_back(missing=True)
    assert roster.current.name == "p1"
    assert roster.fall_back(missing=False)
    assert roster.current.name == "p2"
    assert not roster.fall_back(missing=False)
    roster.begin(exact=False)
    assert roster.current.name == "p1"
    roster.begin(exact=True)
    assert roster.current.name == "p2"


class _Clock:
    now_s = 100.0

    def monotonic(self) -> float:
        return self.now_s


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> _Clock:
    clock = _Clock()
    monkeypatch.setattr(picture_time, "time", clock)
    return clock


def test_that_time_goes_on_under_a_picture_that_is_held(qapp: object, clock: _Clock) -> None:
    now, player = PictureTime(), Player()
    now.rate = 2.0
    now.ask_for(5.0)
    assert (now.show(4.8), now.show(4.9)) == (5.0, 4.9)  # the one that was asked for began before
    clock.now_s += 0.2
    assert (now.held, now.now_s(player)) == (False, 4.9)
    clock.now_s += 0.8
    assert now.held
    assert now.now_s(player) == pytest.approx(6.9)
    assert now.now_s(None) == 4.9
    now.rest()
    assert (now.held, now.now_s(player)) == (False, 4.9)


def test_that_a_player_that_knows_the_time_is_asked_and_none_runs_ahead_of_a_fast_one(
    qapp: object, clock: _Clock
) -> None:
    now, player = PictureTime(), Player()
    now.show(1.0)
    clock.now_s += 1.0
    player.film_s = 1.5
    assert now.now_s(player) == 1.5
    player.film_s = 0.5
    assert now.now_s(player) == 1.0
    player.film_s = None
    now.rate = 8.0
    assert now.now_s(player) == 1.0


def test_that_another_speed_counts_from_now(qapp: object, clock: _Clock) -> None:
    now, player = PictureTime(), Player()
    now.show(0.0)
    clock.now_s += 10.0
    now.set_rate(2.0, now.now_s(player))
    clock.now_s += 1.0
    assert now.now_s(player) == pytest.approx(12.0)


def test_that_only_a_player_that_decodes_nothing_is_said_to_show_nothing(qapp: object) -> None:
    watch, player, missed = PictureWatch(), Player(), list[None]()
    watch.missed.connect(lambda: missed.append(None))
    watch.start(player)
    player.decoded_frames = 7
    watch.run_out()
    assert (watch.active, missed) == (True, [])
    watch.run_out()
    assert (watch.active, missed) == (False, [None])


def test_that_a_player_that_nobody_can_replace_is_given_more_time(qapp: object) -> None:
    """On a busy machine both players may need more than two seconds: pressing play did nothing."""
    watch, player = PictureWatch(), Player()
    watch.start(player)
    usual_s = watch.limit_s
    watch.start(player, last=True)
    assert watch.limit_s > 5 * usual_s
    watch.start(player)
    assert watch.limit_s == usual_s
    roster, _players = _roster(2)
    assert not roster.is_last
    roster.fall_back(missing=False)
    assert roster.is_last


class _Opening(Player):
    def __init__(self, *, needs_url: bool = False) -> None:
        super().__init__()
        self.needs_url = needs_url
        self.opened: list[Any] = []

    def open(self, source: Any, width: int, height: int) -> None:
        self.opened.append(source)


def _unexpected(*error: object) -> None:
    raise AssertionError(str(error))


def test_that_a_player_gets_a_file_once_and_not_another_one_of_its_name(qapp: object, tmp_path: Path) -> None:
    film, player, given = tmp_path / "a.mp4", _Opening(), list[None]()
    film.write_bytes(b"one")
    supply = Supply(TaskScope(_unexpected, _unexpected))
    supply.take(film, 96, 64)
    for _time in range(2):
        supply.give(player, lambda: given.append(None), _unexpected)
    assert (player.opened, len(given)) == ([film], 2)
    other = tmp_path / "b.mp4"
    other.write_bytes(b"other")
    other.replace(film)
    with pytest.raises(RecordingUnreadable):
        supply.give(player, lambda: given.append(None), _unexpected)
    assert len(given) == 2


def test_that_an_object_is_opened_by_its_url_unless_something_else_was_ordered_meanwhile(
    qt_loop: RunOnQt[Any],
) -> None:
    async def flow() -> None:
        scope, said, may_go = TaskScope(_unexpected, _unexpected), list[str](), asyncio.Event()

        async def sign() -> str:
            await may_go.wait()
            return "https://signed"

        reader: Any = None
        supply, player = Supply(scope), _Opening(needs_url=True)
        supply.take(RemoteFilm("film.mp4", reader, sign, 600.0), 96, 64)
        assert supply.streams_to(player)
        supply.give(player, lambda: said.append("cancelled"), _unexpected)
        supply.cancel()
        given = asyncio.Event()
        supply.give(player, given.set, _unexpected)
        assert supply.waiting
        may_go.set()
        await given.wait()
        assert (supply.waiting, said) == (False, [])
        assert [(media.name, media.url) for media in player.opened] == [("film.mp4", "https://signed")]
        await scope.aclose()

    qt_loop(flow())


@pytest.mark.logs("Nobody is signed in.")
def test_that_a_player_that_needs_a_url_is_not_given_a_film_that_cannot_be_signed(qt_loop: RunOnQt[Any]) -> None:
    async def flow() -> None:
        scope, errors, refused = TaskScope(_unexpected, _unexpected), list[RdpguiError](), asyncio.Event()

        async def sign() -> str:
            raise RdpguiError("Nobody is signed in.")

        def refuse(error: RdpguiError) -> None:
            errors.append(error)
            refused.set()

        reader: Any = None
        supply, streaming, reading = Supply(scope), _Opening(needs_url=True), _Opening()
        supply.take(RemoteFilm("film.mp4", reader, sign, 600.0), 96, 64)
        supply.give(streaming, lambda: _unexpected("", ""), refuse)
        await refused.wait()
        assert (streaming.opened, [error.template for error in errors]) == ([], ["Nobody is signed in."])
        supply.give(reading, lambda: None, refuse)
        assert [media.url for media in reading.opened] == [""]
        await scope.aclose()

    qt_loop(flow())
