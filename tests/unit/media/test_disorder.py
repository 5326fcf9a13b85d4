"""Fragments that are not in the order of their times, and fragments that are there twice."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from rdpgui.core.film import Break, BreakWhy, FilmFacts
from rdpgui.media.inspect import inspect_film, last_still
from rdpgui.media.remote_file import LocalReader, MemoryReader
from rdpgui.media.stills import StillReader
from tests.helpers import corpus, odd_films
from tests.unit.media.numbers import number_of

FRAGMENTS = 6
SECOND_PICTURES = 10
"""Each fragment is a second of ten pictures."""
KINDS = {"relative": (odd_films.FRAGMENTED, 0), "absolute": ("+frag_keyframe+empty_moov", 0)}
KINDS |= {"reordered": (odd_films.FRAGMENTED, 2), "with an index": (odd_films.FRAGMENTED + "+global_sidx", 0)}

Parts = tuple[bytes, tuple[bytes, ...], bytes]


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Parts]:
    """Of each kind what is before its fragments, the fragments, and what is behind them."""
    folder = tmp_path_factory.mktemp("disorder")
    found: dict[str, Parts] = {}
    for name, (flags, b_frames) in KINDS.items():
        shape = corpus.Shape("parts", frames=FRAGMENTS * SECOND_PICTURES, b_frames=b_frames)
        data = corpus.write(corpus.encode(shape), folder / "film.mp4", flags).read_bytes()
        head, parts = odd_films.fragments(data)
        assert len(parts) == FRAGMENTS
        found[name] = head, tuple(parts), data[len(head) + sum(map(len, parts)) :]
    return found


def _joined(film: Parts, order: list[int]) -> bytes:
    """Return a film with its fragments in an order; what is behind them stays there, true or not."""
    head, parts, behind = film
    out = bytearray(head)
    begins = [len(head) + sum(map(len, parts[:number])) for number in range(FRAGMENTS)]
    for number in order:
        out += _moved(parts[number], len(out) - begins[number])
    return bytes(out) + behind


def _moved(part: bytes, by: int) -> bytes:
    """Return a fragment for another place: offsets from the begin of the file move along."""
    at = part.index(b"tfhd")
    if not int.from_bytes(part[at + 5 : at + 8], "big") & 1:
        return part
    (base,) = struct.unpack_from(">Q", part, at + 12)
    return part[: at + 12] + struct.pack(">Q", base + by) + part[at + 20 :]


def _facts(data: bytes) -> FilmFacts:
    return inspect_film(MemoryReader(data), "film.mp4").facts


def _places(breaks: tuple[Break, ...]) -> list[tuple[float, float, BreakWhy]]:
    return [(round(item.at_s, 3), round(item.seconds, 3), item.why) for item in breaks]


BACK = BreakWhy.OUT_OF_ORDER
ORDERS = [
    ([5, 4, 3, 2, 1, 0], [(float(at_s), -2.0, BACK) for at_s in (6, 5, 4, 3, 2)]),
    ([0, 2, 1, 3, 4, 5], [(3.0, -2.0, BACK)]),
    ([0, 1, 2, 3, 5, 4], [(6.0, -2.0, BACK)]),
    ([3, 4, 5, 0, 1, 2], [(6.0, -6.0, BACK)]),
]  # fmt: skip


@pytest.mark.case("F10")
@pytest.mark.parametrize(("order", "joins"), ORDERS, ids=["reversed", "two swapped", "last two swapped", "halves"])
@pytest.mark.parametrize("kind", KINDS)
def test_that_a_film_in_disorder_is_shown_by_its_times_and_says_so(
    films: dict[str, Parts], kind: str, order: list[int], joins: list[tuple[float, float, BreakWhy]]
) -> None:
    """FFmpeg loses the fragments that come late, up to all but one of them."""
    whole, data = _joined(films[kind], [*range(FRAGMENTS)]), _joined(films[kind], order)
    wanted, found = inspect_film(MemoryReader(whole), "film.mp4"), inspect_film(MemoryReader(data), "film.mp4")
    facts = found.facts
    assert (facts.frame_count, facts.duration_s) == (60, wanted.facts.duration_s)
    assert (found.last.rgb, found.last.pts_s) == (wanted.last.rgb, wanted.last.pts_s)
    assert (facts.truncated, facts.damaged, facts.holes, facts.spoiled) == (False, False, (), ())
    assert _places(facts.joins) == joins
    assert facts.libvlc_differs
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert (number_of(still), still.pts_s) == (59, wanted.last.pts_s)
    with StillReader(MemoryReader(data), name="film.mp4") as stills:
        assert [number_of(stills.at_index(at)) for at in (0, 9, 10, 35, 59)] == [0, 9, 10, 35, 59]


@pytest.mark.case("F10")
def test_that_a_hole_is_found_in_a_film_in_disorder(films: dict[str, Parts], tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(_joined(films["relative"], [0, 1, 5, 4, 2]))
    reader = LocalReader(path)
    facts = inspect_film(reader, path.name).facts
    reader.close()
    assert (facts.frame_count, _places(facts.holes)) == (50, [(3.0, 1.0, BreakWhy.FRAGMENTS_MISSING)])
    assert _places(facts.joins) == [(6.0, -2.0, BACK), (5.0, -3.0, BACK)]


@pytest.mark.case("F10")
@pytest.mark.parametrize(
    ("order", "at_s", "seconds"),
    [
        ([0, 1, 2, 2, 3, 4, 5], 3.0, -1.0),
        ([0, 0, 1, 2, 3, 4, 5], 1.0, -1.0),
        ([0, 1, 2, 3, 4, 5, 5], 6.0, -1.0),
        ([0, 1, 2, 3, 1, 4, 5], 4.0, -3.0),
    ],
)
@pytest.mark.parametrize(
    ("kind", "renumbered"), [("relative", False), ("relative", True), ("absolute", False), ("reordered", True)]
)
def test_that_a_fragment_that_is_there_twice_is_said(
    films: dict[str, Parts], kind: str, order: list[int], at_s: float, seconds: float, renumbered: bool
) -> None:
    data = _joined(films[kind], order)
    facts = _facts(_renumbered(data) if renumbered else data)
    assert _places(facts.joins) == [(at_s, seconds, BreakWhy.STORED_TWICE)]
    assert (facts.frame_count, facts.holes, facts.damaged, facts.truncated) == (60, (), False, False)
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert number_of(still) == 59


def _renumbered(data: bytes) -> bytes:
    """Return a film whose fragments are counted anew."""
    out, at = bytearray(data), data.find(b"mfhd")
    number = 0
    while at >= 0:
        number += 1
        struct.pack_into(">I", out, at + 8, number)
        at = data.find(b"mfhd", at + 1)
    return bytes(out)


@pytest.mark.case("F10")
def test_that_another_fragment_of_the_same_time_is_of_another_recording(films: dict[str, Parts]) -> None:
    head, parts, _ = films["relative"]
    scale = int.from_bytes(head[(at := head.index(b"mdhd")) + 16 : at + 20], "big")
    other = odd_films.with_time_gap(parts[4], -2 * scale)  # begins with the third
    for order in ((0, 1, 2, other, 3), (0, 1, 2, odd_films.with_time_gap(parts[4], -scale * 3 // 2), 3)):
        data = head + b"".join(item if isinstance(item, bytes) else parts[item] for item in order)
        assert BreakWhy.TIMES_GO_BACK in [item.why for item in _facts(data).joins]


@pytest.mark.case("F10")
def test_that_a_time_far_from_all_others_is_no_disorder(films: dict[str, Parts]) -> None:
    """A damaged time would lead the film's end into another century."""
    head, parts, _ = films["relative"]
    data = head + b"".join([*parts[:3], odd_films.with_time_gap(parts[3], 1 << 62), *parts[4:]])
    facts = _facts(data)
    assert (facts.duration_s, [item.why for item in facts.joins]) == (6.0, [BreakWhy.TIMES_GO_BACK])
    assert number_of(last_still(MemoryReader(data), "film.mp4")[0]) == 59


@pytest.mark.case("F10")
@pytest.mark.parametrize("cut", [300, 1200])
def test_that_a_film_in_disorder_that_is_cut_is_shown_without_the_cut_part(films: dict[str, Parts], cut: int) -> None:
    """The last part in the file is the first one of the film."""
    head, parts, _ = films["relative"]
    facts = _facts((head + b"".join(reversed(parts)))[:-cut])
    assert (facts.truncated, facts.frame_count, facts.duration_s, facts.damaged) == (True, 50, 5.0, False)
    still, _ = last_still(MemoryReader((head + b"".join(reversed(parts)))[:-cut]), "film.mp4")
    assert number_of(still) == 59


@pytest.mark.case("F10", "F11")
@pytest.mark.parametrize("order", [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0]], ids=["in order", "reversed"])
def test_that_a_film_that_ends_inside_the_headers_of_a_fragment_is_shown_up_to_it(
    films: dict[str, Parts], order: list[int]
) -> None:
    """Its writer was ended there. FFmpeg refuses the film at one place of nine."""
    head, parts, _ = films["relative"]
    whole = head + b"".join(parts[number] for number in order)
    begin = len(whole) - len(parts[order[-1]])
    headers = int.from_bytes(parts[order[-1]][:4], "big")
    for length in (1, 8, 9, 43, 99, 106, headers, headers + 4, headers + 8):
        facts = _facts(whole[: begin + length])
        assert (facts.truncated, facts.frame_count, facts.duration_s) == (True, 50, 5.0), length


@pytest.mark.case("F10", "F11")
def test_that_a_box_that_swallows_the_fragments_behind_it_does_not_end_the_film(films: dict[str, Parts]) -> None:
    """Its size 0 says that it reaches to the end of the file; FFmpeg shows the film up to it."""
    head, parts, _ = films["relative"]
    at = parts[2].rindex(b"mdat")
    data = head + b"".join([*parts[:2], parts[2][: at - 4] + bytes(4) + parts[2][at:], *parts[3:]])
    found = inspect_film(MemoryReader(data), "film.mp4")
    still, _ = last_still(MemoryReader(data), "film.mp4")
    assert (number_of(found.last), number_of(still), found.last.pts_s, still.pts_s) == (59, 59, 5.9, 5.9)
    assert found.facts.damaged
    assert found.facts.truncated
    last = head + b"".join(parts)
    at = last.rindex(b"mdat")
    facts = _facts(last[: at - 4] + bytes(4) + last[at:])
    assert (facts.frame_count, facts.damaged, facts.truncated) == (60, False, False)
