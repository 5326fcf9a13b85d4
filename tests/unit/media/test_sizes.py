"""Where the size of the pictures changes: with its place, however often and back again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import av
import pytest

from rdpgui.core.film import PictureSize
from rdpgui.core.film_notes import film_notes
from rdpgui.media import changes
from rdpgui.media.facts_json import decodable_to_json, facts_from_json, facts_to_json
from rdpgui.media.inspect import inspect_film
from rdpgui.media.remote_file import LocalReader, MemoryReader
from tests.helpers import corpus, odd_films

SMALL, LARGE, TALL = (96, 64), (128, 96), (64, 96)
FRAMES = 10
"""Of each part; one second."""


def _film(folder: Path, movflags: str, *sizes: tuple[int, int], codec: str = "libx264") -> bytes:
    """Return a film of parts of different sizes, whose parameters stand in the key frames."""
    made = [
        corpus.encode(
            corpus.Shape("part", *size, frames=FRAMES, gop=5, codec=codec), first_number=FRAMES * number, in_band=True
        )
        for number, size in enumerate(sizes)
    ]
    later = tuple(
        replace(item, pts=item.pts + FRAMES * number, dts=item.dts + FRAMES * number, duration=1)
        for number, part in enumerate(made[1:], 1)
        for item in part.packets
    )
    return corpus.write(made[0], folder / "film.mp4", movflags, extra=later).read_bytes()


def _sizes(*parts: tuple[float, tuple[int, int]]) -> tuple[PictureSize, ...]:
    return tuple(PictureSize(at_s, *size) for at_s, size in parts)


BACK = _sizes((0.0, SMALL), (1.0, LARGE), (2.0, SMALL), (3.0, TALL))


@pytest.mark.case("F10")
@pytest.mark.parametrize("movflags", ["+faststart", odd_films.FRAGMENTED])
@pytest.mark.parametrize(
    ("codec", "watched"),
    [("libx264", True), ("libx264", False), ("libx265", True), ("libx265", False), ("mpeg4", True)],
)
def test_that_each_change_of_size_has_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, movflags: str, codec: str, watched: bool
) -> None:
    """In the middle and back again, where the first picture and the last do not tell."""
    if codec not in av.codecs_available:
        pytest.skip("PyAV without x265")
    path = tmp_path / "seen.mp4"
    path.write_bytes(_film(tmp_path, movflags, SMALL, LARGE, SMALL, TALL, codec=codec))
    if not watched:
        monkeypatch.setattr(changes, "MAX_PIXELS", 0)
    reader = LocalReader(path)
    facts = inspect_film(reader, path.name).facts
    reader.close()
    assert (facts.watched, facts.size_changes, facts.sizes) == (watched, True, BACK)
    assert (facts.frame_count, facts.damaged, facts.width) == (40, False, 96)
    assert facts_from_json(facts_to_json(facts)) == facts
    assert decodable_to_json(facts)["sizes"][1] == {"at_s": 1.0, "width": 128, "height": 96}


@pytest.mark.case("F10")
def test_that_a_change_is_found_in_an_object_between_its_first_and_its_last_picture(tmp_path: Path) -> None:
    data = _film(tmp_path, "+faststart", SMALL, SMALL, SMALL, LARGE, LARGE)
    assert inspect_film(MemoryReader(data), "film.mp4").facts.sizes == _sizes((0.0, SMALL), (3.0, LARGE))


@pytest.mark.case("F10")
def test_that_one_size_is_no_change(tmp_path: Path) -> None:
    facts = inspect_film(MemoryReader(_film(tmp_path, "", SMALL, SMALL)), "film.mp4").facts
    assert (facts.size_changes, facts.sizes, film_notes(facts)) == (False, _sizes((0.0, SMALL)), ())


@pytest.mark.case("F10")
def test_that_a_person_is_told_where_the_size_changes(tmp_path: Path) -> None:
    facts = inspect_film(MemoryReader(_film(tmp_path, "", SMALL, LARGE)), "film.mp4").facts
    told = [text.format(**dict(fields)) for text, fields in film_notes(facts)]
    assert told == ["from 1.0 s on its pictures have 128×96 pixels"]
    assert [text for text, _ in film_notes(replace(facts, sizes=()))] == ["the size of its pictures changes"]


@pytest.mark.case("F11")
def test_that_the_first_size_is_that_of_the_begin_whatever_time_a_damaged_index_states(tmp_path: Path) -> None:
    shape = corpus.Shape("film", *SMALL, frames=20, gop=5, b_frames=2)
    head, parts = odd_films.fragments(
        corpus.write(corpus.encode(shape), tmp_path / "film.mp4", odd_films.FRAGMENTED).read_bytes()
    )
    path = tmp_path / "late.mp4"
    path.write_bytes(head + odd_films.with_first_shown_late(parts[0], 1 << 22) + b"".join(parts[1:]))
    reader = LocalReader(path)
    facts = inspect_film(reader, path.name).facts
    reader.close()
    assert (facts.damaged, facts.watched, facts.sizes) == (True, True, _sizes((0.0, SMALL)))
