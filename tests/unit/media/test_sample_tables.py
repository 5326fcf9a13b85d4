"""Ends of sample tables, against the tables walked sample by sample."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import accumulate, groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.media.boxes import iterate_boxes
from rdpgui.media.remote_file import BlockFile, MemoryReader
from rdpgui.media.sample_tables import NotPlain, Tail, read_tail


@dataclass(frozen=True)
class Listed:
    """Samples as a muxer lists them."""

    sizes: list[int]
    ticks: list[int]
    shifts: list[int] | None
    keys: list[int] | None
    chunks: list[int]
    gaps: list[int]
    wide: bool

    def positions(self) -> list[int]:
        """Return where each sample is: chunk by chunk, with gaps between the chunks."""
        found, at, sample = [], 1000, 0
        for held, gap in zip(self.chunks, self.gaps, strict=True):
            at += gap
            for size in self.sizes[sample : sample + held]:
                found.append(at)
                at += size
            sample += held
        return found


def box(kind: str, *numbers: int, width: str = "I") -> bytes:
    content = bytes(4) + struct.pack(f">{len(numbers)}{width}", *numbers)
    return struct.pack(">I4s", 8 + len(content), kind.encode()) + content


def runs(values: list[int]) -> list[int]:
    rows = [(len(list(same)), value) for value, same in groupby(values)]
    return [len(rows), *(number for row in rows for number in row)]


def tables(film: Listed) -> bytes:
    begins = [0, *accumulate(film.chunks)][:-1]
    offsets = [film.positions()[begin] for begin in begins]
    rows, before = [], None
    for number, held in enumerate(film.chunks, 1):
        if held != before:
            rows.append((number, held, 1))
        before = held
    found = box("stts", *runs(film.ticks)) + box("stsc", len(rows), *(number for row in rows for number in row))
    found += box("stsz", 0, len(film.sizes), *film.sizes)
    if film.wide:
        content = struct.pack(f">II{len(offsets)}Q", 0, len(offsets), *offsets)
        found += struct.pack(">I4s", 8 + len(content), b"co64") + content
    else:
        found += box("stco", len(offsets), *offsets)
    if film.shifts is not None:
        found += box("ctts", *runs(film.shifts))
    if film.keys is not None:
        found += box("stss", len(film.keys), *(key + 1 for key in film.keys))
    return found


def read(data: bytes) -> Tail:
    file = BlockFile(MemoryReader(data), block_bytes=64)
    return read_tail(file, {found.kind: found for found in iterate_boxes(file, 0, len(data))})


@st.composite
def films(draw: st.DrawFn) -> Listed:
    chunks = draw(st.lists(st.integers(1, 5), min_size=1, max_size=12).filter(lambda held: sum(held) > 1))
    count = sum(chunks)

    def each(most: int) -> st.SearchStrategy[list[int]]:
        return st.lists(st.integers(1, most), min_size=count, max_size=count)

    keys = draw(st.none() | st.sets(st.integers(1, count - 1), min_size=1).map(sorted))
    return Listed(
        sizes=draw(each(999)),
        ticks=draw(each(4)),
        shifts=draw(st.none() | each(4)),
        keys=None if keys is None else [0, *keys],
        chunks=chunks,
        gaps=draw(st.lists(st.integers(0, 50), min_size=len(chunks), max_size=len(chunks))),
        wide=draw(st.booleans()),
    )


@given(films())
def test_that_the_end_is_what_walking_every_sample_gives(film: Listed) -> None:
    tail = read(tables(film))
    first = len(film.sizes) - 1 if film.keys is None else film.keys[-1]
    assert tail.first == first
    assert tail.begin_tick == sum(film.ticks[:first])
    assert tail.durations.tolist() == film.ticks[first:]
    assert tail.sizes.tolist() == film.sizes[first:]
    assert tail.positions.tolist() == film.positions()[first:]
    assert tail.every_key == (film.keys is None)
    assert (None if tail.shifts is None else tail.shifts.tolist()) == (
        None if film.shifts is None else [film.shifts[0], *film.shifts[first:]]
    )


@given(films(), st.data())
def test_that_changed_tables_give_an_end_or_are_refused(film: Listed, data: st.DataObject) -> None:
    spoilt = bytearray(tables(film))
    for _ in range(data.draw(st.integers(1, 3))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    try:
        tail = read(bytes(spoilt))
    except NotPlain:
        return
    assert len(tail.durations) == len(tail.sizes) == len(tail.positions) > 0


@pytest.mark.parametrize("keys", [[0], [1, 3]])
def test_that_a_film_of_one_group_or_with_another_first_key_is_refused(keys: list[int]) -> None:
    with pytest.raises(NotPlain):
        read(tables(Listed([9] * 5, [1] * 5, None, keys, [2, 3], [0, 0], wide=False)))
