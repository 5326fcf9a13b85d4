"""Frozen, black and repeated pictures: each a fact with its span, over the whole film, from one pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from rdpgui.core.film import FilmFacts, Span, SpanBasis
from rdpgui.core.film_notes import film_notes
from rdpgui.media import changes
from rdpgui.media import film as film_module
from rdpgui.media.decoding import Run
from rdpgui.media.demuxer import open_film
from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import LocalReader, MemoryReader
from tests.helpers import corpus
from tests.helpers.painted_clock import Picture
from tests.unit.media.conftest import Filmer, desktop

SIZE = (320, 180)


def plain(level: int) -> Picture:
    picture = desktop(*SIZE)
    picture[:, :, :3] = level
    return picture


def caret(at: int) -> Picture:
    """Return a desktop with a thin bar that is there every other time."""
    picture = desktop(640, 360)
    picture[60:76, 100:102, :3] = 255 * (at % 2)
    return picture


def spans(found: tuple[Span, ...]) -> list[tuple[float, float]]:
    assert all(span.basis is SpanBasis.PICTURES for span in found)
    return [(span.begin_s, span.end_s) for span in found]


def film(
    filmer: Filmer, scenes: list[tuple[float, Picture]], end_s: float, *, gop: int = 20, step_ms: int = 100
) -> Path:
    """Ten pictures a second, each scene until the next."""
    pictures = []
    for at_ms in range(0, round(end_s * 1000), step_ms):
        picture = next(picture for begin_s, picture in reversed(scenes) if begin_s * 1000 <= at_ms)
        pictures.append((at_ms, picture))
    return filmer.write(pictures, end_ms=round(end_s * 1000), gop=gop)


def facts_of(path: Path, *, every_picture: bool = False) -> FilmFacts:
    reader = LocalReader(path)
    try:
        return inspect_film(reader, path.name, every_picture=every_picture).facts
    finally:
        reader.close()


def test_that_a_picture_repeated_over_key_frames_is_frozen(filmer: Filmer) -> None:
    facts = facts_of(film(filmer, [(0, desktop(*SIZE)), (5.0, plain(180)), (6.5, plain(90))], 9.0))
    assert spans(facts.frozen) == [(0.0, 5.0), (6.5, 9.0)]


def test_that_one_picture_that_is_held_is_frozen_too(filmer: Filmer) -> None:
    pictures = [(0, plain(100)), (100, desktop(*SIZE)), (7_000, plain(50)), (7_500, plain(200))]
    facts = facts_of(filmer.write(pictures, end_ms=3_607_500))
    assert spans(facts.frozen) == [(0.1, 7.0), (7.5, 3607.5)]
    assert facts.duplicate == ()


def test_that_a_caret_is_idle_and_not_frozen(filmer: Filmer) -> None:
    pictures = [(at * 500, caret(at)) for at in range(16)]
    facts = facts_of(filmer.write(pictures, end_ms=8_000))
    assert spans(facts.idle) == [(0.0, 8.0)]
    assert facts.frozen == ()


def test_that_a_slow_change_is_not_frozen(filmer: Filmer) -> None:
    """Each picture looks like the one before, not like the one of two seconds before."""
    pictures = [(at * 200, plain(40 + at)) for at in range(40)]
    assert facts_of(filmer.write(pictures, end_ms=8_000)).frozen == ()


@pytest.mark.parametrize(("length_s", "found"), [(0.4, []), (0.6, [(1.0, 1.6)])])
def test_that_black_counts_from_half_a_second(
    filmer: Filmer, length_s: float, found: list[tuple[float, float]]
) -> None:
    path = film(filmer, [(0, desktop(*SIZE)), (1.0, plain(0)), (1.0 + length_s, plain(120))], 3.0)
    assert spans(facts_of(path).black) == found


def test_that_white_writing_on_black_is_not_black(filmer: Filmer) -> None:
    written = plain(0)
    written[80:96, 100:220, :3] = 230
    assert facts_of(film(filmer, [(0, written)], 3.0)).black == ()


def test_that_pictures_stored_again_are_duplicates_from_the_first_to_the_next_one(filmer: Filmer) -> None:
    scenes = [(0, plain(30)), (0.1, plain(60)), (0.4, plain(90)), (0.5, plain(120)), (0.7, plain(150))]
    facts = facts_of(film(filmer, scenes, 0.8))
    assert spans(facts.duplicate) == [(0.1, 0.4), (0.5, 0.7)]


def test_that_stretches_of_one_kind_are_no_more_than_a_reader_can_use(
    filmer: Filmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MAX_SPANS", 3)
    pictures = [(at * 100, plain(20 + at // 2 * 10)) for at in range(20)]
    assert len(facts_of(filmer.write(pictures, end_ms=2_000)).duplicate) == 3


def test_that_a_long_film_is_watched_on_request_and_decoded_once_for_it(
    filmer: Filmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(filmer, [(0, desktop(*SIZE)), (5.0, plain(0))], 8.0)
    monkeypatch.setattr(changes, "MAX_PIXELS", 0)
    assert not facts_of(path).watched
    decoded = [0]
    taken = film_module.Film._decode

    def decode(self: film_module.Film, packet: object, run: Run) -> object:
        decoded[0] += 1
        return taken(self, packet, run)  # type: ignore[arg-type]

    monkeypatch.setattr(film_module.Film, "_decode", decode)
    facts_of(path)
    without, decoded[0] = decoded[0], 0
    facts = facts_of(path, every_picture=True)
    assert decoded[0] - without <= 80 + 1  # each picture once, and the flush
    assert facts.watched
    assert (spans(facts.frozen), spans(facts.black)) == ([(0.0, 5.0), (5.0, 8.0)], [(5.0, 8.0)])


def test_that_for_somebody_who_waits_the_end_is_decoded_and_no_more(
    filmer: Filmer, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = film(filmer, [(0, plain(0)), (5.0, desktop(*SIZE))], 20.0)
    whole = facts_of(path, every_picture=True)
    monkeypatch.setattr(changes, "BRIEF_PIXELS", 0)
    decoded, taken = [0], film_module.Film._decode

    def decode(self: film_module.Film, packet: object, run: Run) -> object:
        decoded[0] += 1
        return taken(self, packet, run)  # type: ignore[arg-type]

    monkeypatch.setattr(film_module.Film, "_decode", decode)
    reader = LocalReader(path)
    facts = inspect_film(reader, path.name, brief=True).facts
    reader.close()
    assert decoded[0] <= 20 + 20  # of 200: the last group, the first picture, some keys
    assert not facts.watched
    same = ("duration_s", "frame_count", "last_frame_pts_s", "frame_rate", "damaged", "truncated", "tail", "end_texts")
    assert all(getattr(facts, name) == getattr(whole, name) for name in same)


def test_that_an_object_is_watched_on_request_only(filmer: Filmer) -> None:
    data = film(filmer, [(0, desktop(*SIZE))], 3.0).read_bytes()
    assert not inspect_film(MemoryReader(data), "x").facts.watched
    assert inspect_film(MemoryReader(data), "x", every_picture=True).facts.watched


@pytest.mark.case("F11")
def test_that_damage_in_the_middle_is_told_with_its_place(tmp_path: Path) -> None:
    """The last frame is whole; the second of pictures from 2 s on is not, from its fifth picture on."""
    path = corpus.write(corpus.encode(corpus.Shape("middle", frames=60)), tmp_path / "film.mp4", "+faststart")
    reader = LocalReader(path)
    with open_film(reader, "x") as opened:
        sample = opened.samples.at(25)
    reader.close()
    data = bytearray(path.read_bytes())
    data[sample.pos : sample.pos + sample.size_bytes] = bytes(sample.size_bytes)
    path.write_bytes(data)
    facts = facts_of(path)
    assert not facts.damaged
    assert len(facts.spoiled) == 1
    span = facts.spoiled[0]
    assert 2.0 <= span.begin_s <= 2.6
    assert span.end_s == 3.0
    assert film_notes(facts)[0][0] == "damaged pictures from {at} s on"
