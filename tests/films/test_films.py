"""Some damaged films of each kind; the campaign of ten thousand is ``python -m tests.films``."""

from __future__ import annotations

import pytest

from rdpgui.media import changes
from rdpgui.media.decoding import Run
from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import MemoryReader
from tests.films import campaign
from tests.films.damage import KINDS, Damaged, bases, damaged
from tests.helpers import odd_films

SEED = 7
FILMS = 90


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return bases(tmp_path_factory.mktemp("films"))


@pytest.mark.case("F11")
def test_that_damaged_films_neither_crash_nor_hang_nor_are_called_whole(films: dict[str, bytes]) -> None:
    made = [damaged(films, SEED, number) for number in range(FILMS)]
    assert {film.kind for film in made} == set(KINDS)
    assert [finding for film in made if (finding := campaign.judge(film)) is not None] == []


def test_that_whole_films_are_called_whole_and_decode_without_a_complaint(films: dict[str, bytes]) -> None:
    for data in films.values():
        facts = inspect_film(MemoryReader(data), "x", every_picture=True).facts
        assert campaign.is_called_whole(facts)
        assert campaign.full_decode(data) == ""


def test_that_the_campaign_finds_an_inspector_that_sees_no_damage(
    films: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    def see_nothing(_film: object, _run: Run, _duration_s: float) -> tuple[()]:
        return ()

    monkeypatch.setattr(changes, "_spoiled", see_nothing)
    found = [campaign.judge(damaged(films, SEED, number)) for number in range(FILMS)]
    assert "called whole" in {finding.what for finding in found if finding is not None}


@pytest.mark.case("F11")
def test_that_damage_is_seen_behind_a_first_picture_whose_time_is_wrong(films: dict[str, bytes]) -> None:
    """All others are shown before it then: they are no pictures of an open group, whose damage is no fault."""
    head, parts = odd_films.fragments(films["b-fragments"])
    late = odd_films.with_first_shown_late(parts[0], 1 << 22)
    broken = bytearray(parts[1])
    at = broken.index(b"mdat") + 4
    broken[at + 40 : at + 72] = bytes(32)
    film = Damaged(0, "crafted", "b-fragments", head + late + bytes(broken) + b"".join(parts[2:]))
    assert campaign.full_decode(film.data)
    assert campaign.judge(film) is None
    facts = inspect_film(MemoryReader(film.data), "x", every_picture=True).facts
    assert facts.damaged
    spans = (*facts.spoiled, *facts.idle, *facts.frozen)
    assert all(0.0 <= span.begin_s <= span.end_s <= facts.duration_s for span in spans)
