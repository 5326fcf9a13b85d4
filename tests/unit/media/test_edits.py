"""Edit lists: what a person sees, against what is stored."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import FilmFacts
from rdpgui.core.film_notes import film_notes
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.remote_file import MemoryReader
from rdpgui.media.stills import StillReader
from tests.helpers import corpus, odd_films
from tests.unit.media.numbers import number_of

MOVIE_SCALE = 1000
Edit = tuple[float, float]
"""Length and begin in the media, seconds; a begin below zero shows nothing."""


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """60 pictures, ten a second, their index last."""
    folder = tmp_path_factory.mktemp("edits")
    shapes = {"plain": (0, ""), "reordered": (2, ""), "fragmented": (0, odd_films.FRAGMENTED)}
    return {
        name: corpus.write(
            corpus.encode(corpus.Shape(name, frames=60, b_frames=b_frames)), folder / "film.mp4", flags
        ).read_bytes()
        for name, (b_frames, flags) in shapes.items()
    }


def _edited(data: bytes, *edits: Edit, long: bool = False) -> bytes:
    """Return a film whose one track is shown by these edits."""
    at, _ = odd_films.place_of(data, b"moov", b"trak", b"mdia", b"mdhd")
    scale = int.from_bytes(data[at + 20 : at + 24], "big")
    form = ">QqI" if long else ">IiI"
    rows = b"".join(
        struct.pack(form, round(length * MOVIE_SCALE), round(begin * scale) if begin >= 0 else -1, 1 << 16)
        for length, begin in edits
    )
    new = odd_films.box(b"edts", odd_films.box(b"elst", bytes([long, 0, 0, 0]) + struct.pack(">I", len(edits)) + rows))
    begin, end = odd_films.place_of(data, b"moov", b"trak")
    old = next(((a, b) for kind, a, b in odd_films.boxes(data, begin + 8, end) if kind == b"edts"), None)
    start, stop = old or (odd_films.place_of(data, b"moov", b"trak", b"tkhd")[1],) * 2
    out = bytearray(data[:start] + new + data[stop:])
    for path in ((b"moov",), (b"moov", b"trak")):
        at, end = odd_films.place_of(data, *path)
        struct.pack_into(">I", out, at, end - at + len(new) - (stop - start))
    return bytes(out)


def _said(facts: FilmFacts) -> tuple[int | None, float, int, float]:
    return facts.frame_count, facts.duration_s, facts.hidden_frames, round(facts.hidden_end_s, 3)


SHOWN = [
    ([(6.0, 0.0)], (60, 6.0, 0, 0.0), 59, False),
    ([(3.0, 0.0)], (30, 3.0, 30, 3.0), 29, True),
    ([(2.0, 2.0)], (20, 2.0, 40, 2.0), 39, True),
    ([(4.0, 2.0)], (40, 4.0, 20, 0.0), 59, False),
    ([(2.0, 0.0), (2.0, 4.0)], (40, 4.0, 20, 0.0), 59, False),
    ([(3.0, 3.0), (3.0, 0.0)], (60, 6.0, 0, 0.0), 29, True),
    ([(6.0, 0.0), (6.0, 0.0)], (120, 12.0, 0, 0.0), 59, True),
]


@pytest.mark.case("F10")
@pytest.mark.parametrize(
    ("edits", "said", "last", "differs"),
    SHOWN,
    ids=["all", "begin", "middle", "end", "two of three parts", "halves swapped", "twice"],
)
@pytest.mark.parametrize("long", [False, True])
def test_that_what_is_shown_and_what_is_stored_are_told_apart(
    films: dict[str, bytes],
    edits: list[Edit],
    said: tuple[int, float, int, float],
    last: int,
    differs: bool,
    long: bool,
) -> None:
    data = _edited(films["plain"], *edits, long=long)
    found = inspect_film(MemoryReader(data), "film.mp4", every_picture=True)
    assert _said(found.facts) == said
    assert (number_of(found.last), found.facts.truncated, found.facts.damaged) == (last, False, False)
    assert found.facts.libvlc_differs is differs
    assert number_of(last_still(MemoryReader(data), "film.mp4")[0]) == last


@pytest.mark.case("F10")
def test_that_reordered_pictures_are_not_hidden_by_their_shift(films: dict[str, bytes]) -> None:
    whole = inspect_film(MemoryReader(films["reordered"]), "film.mp4").facts
    assert _said(whole) == (60, 6.0, 0, 0.0)
    cut = inspect_film(MemoryReader(_edited(films["reordered"], (3.0, 0.2))), "film.mp4").facts
    assert _said(cut) == (30, 3.0, 30, 3.0)


@pytest.mark.case("F10")
@pytest.mark.parametrize("edits", [[(1.0, 100.0)], [(6.0, -1.0)], [(0.0, 0.0)], [(2.0, -1.0), (1.0, 60.0)]])
def test_that_a_film_whose_pictures_are_all_hidden_is_named(films: dict[str, bytes], edits: list[Edit]) -> None:
    data = _edited(films["plain"], *edits)
    for look in (inspect_film, last_still):
        with pytest.raises(RecordingUnreadable, match="hides all of its 60 pictures") as caught:
            look(MemoryReader(data), "film.mp4")
        assert "ownload" not in caught.value.text()
    with pytest.raises(RecordingUnreadable, match="hides all of its 60 pictures"):
        StillReader(MemoryReader(data), name="film.mp4")


@pytest.mark.case("F10")
@pytest.mark.parametrize("edits", [[(3.0, 0.0)], [(1.0, 100.0)], [(6.0, -1.0)]])
def test_that_an_edit_list_hides_nothing_of_fragments(films: dict[str, bytes], edits: list[Edit]) -> None:
    """It stands in a head that was written before them."""
    facts = inspect_film(MemoryReader(_edited(films["fragmented"], *edits)), "film.mp4").facts
    assert (facts.frame_count, facts.hidden_frames, facts.truncated) == (60, 0, False)
    assert facts.libvlc_differs


@pytest.mark.case("F10")
def test_that_a_person_is_told_what_is_hidden(films: dict[str, bytes], tmp_path: Path) -> None:
    facts = inspect_film(MemoryReader(_edited(films["plain"], (3.0, 0.0))), "film.mp4").facts
    told = [text.format(**dict(fields)) for text, fields in film_notes(facts)]
    assert told == ["an edit list hides 30 stored pictures, 3.0 s of them behind the end that is shown"]
    assert "before or between" in film_notes(replace(facts, hidden_end_s=0.0))[0][0]
