"""Where the samples after the last key frame are, from the ends of the sample tables: no table is walked by sample.

Fixed-width tables (stsz, stss, stco) are read at their end only; those of runs (stts, ctts, stsc) whole, because exact
times and places are sums over them. Nothing is taken on trust: all tables must agree on the number of samples.
Only a table of times that is too long to be fetched is read from its end as well, with the track's stated duration as
the sum, and only where that duration is known to be honest: no reordering, and no edit that shifts. So is a table of
shifts, which is no sum: its end says all of the samples there.
Source: ISO/IEC 14496-12 §8.6 (times), §8.7 (sizes, chunks, offsets).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rdpgui.media.boxes import Box
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.samples import MAX_SAMPLES

MAX_TABLE_BYTES = 32 * 1024 * 1024
LONG_TIMES_BYTES = 256 * 1024
"""From here on a table of times is read from its end where that may be."""
_END_ROWS = 512
MAX_TAIL_SAMPLES = 10_000
"""Beyond, decoding takes so long that the time for the index no longer matters."""
_MAX_TICK = 2**31 - 1
_MAX_BEGIN_TICK = 64 * _MAX_TICK
_FULL_BOX_BYTES = 4
"""Version and flags, before the fields of a full box."""

Numbers = NDArray[np.int64]


class NotPlain(Exception):
    """The film is not of the plain kind that this way holds for: it has to be read as a whole."""


@dataclass(frozen=True, slots=True)
class Tail:
    """The samples from the last key sample to the end, in decoding order.

    Attributes:
        first: number of the key sample, from 0; never 0 itself.
        begin_tick: its decoding time.
        durations: ticks of each sample.
        shifts: presentation minus decoding time, of sample 0 and then of each; None when they are all zero.
        positions: where the bytes of each are. sizes: how many.
        every_key: the film has key samples only.
    """

    first: int
    begin_tick: int
    durations: Numbers
    shifts: Numbers | None
    positions: Numbers
    sizes: Numbers
    every_key: bool


def read_tail(file: BlockFile, boxes: Mapping[str, Box], duration_ticks: int | None = None) -> Tail:
    """Return where the end of a film is.

    Args:
        file: the film.
        boxes: the tables of its only track by kind.
        duration_ticks: of the track as its header states it, None when that may not be relied on.

    Raises:
        NotPlain: a table is missing, does not fit the others, or is of a kind that is not read here.
    """
    tables = {kind: _Table(file, box) for kind, box in boxes.items()}
    sizes, times, chunks = _wanted(tables, "stsz"), _wanted(tables, "stts"), _wanted(tables, "stsc")
    uniform, count = sizes.numbers(0, 2)
    if uniform or not 1 < count <= MAX_SAMPLES:
        raise NotPlain
    first = _last_key(tables.get("stss"), int(count))
    if not 0 < first < count or count - first > MAX_TAIL_SAMPLES:
        raise NotPlain
    if duration_ticks is not None and times.is_long and "ctts" not in tables:
        begin_tick, durations = _times_from_end(times, int(count) - first, duration_ticks)
    else:
        begin_tick, durations = _times(times.rows(2), first, int(count))
    positions, found = _places(chunks.rows(3), _offsets(tables), sizes, first, int(count))
    return Tail(
        first=first,
        begin_tick=begin_tick,
        durations=durations,
        shifts=_shifts(tables["ctts"], first, int(count)) if "ctts" in tables else None,
        positions=positions,
        sizes=found,
        every_key="stss" not in tables,
    )


class _Table:
    """The numbers of one table, 4 or 8 bytes each.

    Attributes:
        kind: of its box. wide: offsets have 8 bytes. is_long: it would take long to fetch the whole of it.
    """

    def __init__(self, file: BlockFile, box: Box) -> None:
        self._file = file
        self._begin = box.start + box.header_bytes + _FULL_BOX_BYTES
        self._bytes = box.size_bytes - box.header_bytes - _FULL_BOX_BYTES
        self.kind = box.kind
        self.wide = box.kind == "co64"
        self.is_long = self._bytes > LONG_TIMES_BYTES

    def numbers(self, at_byte: int, count: int, width: int = 4) -> Numbers:
        """Return numbers from an offset behind version and flags."""
        length = count * width
        if count < 0 or at_byte + length > self._bytes or length > MAX_TABLE_BYTES:
            raise NotPlain
        data = self._file.read_span(self._begin + at_byte, length)
        if len(data) < length:
            raise NotPlain
        return np.frombuffer(data, dtype=f">u{width}").astype(np.int64)

    def count(self) -> int:
        """Return the number of entries that it states."""
        return int(self.numbers(0, 1)[0])

    def rows(self, columns: int) -> Numbers:
        """Return all entries of a table of runs."""
        count = self.count()
        if not count:
            raise NotPlain
        return self.numbers(4, count * columns).reshape(-1, columns)

    def last_runs(self, samples: int) -> Numbers:
        """Return the last entries of a table of (count, value), enough of them for so many samples."""
        rows = self.count()
        taken = min(_END_ROWS, rows)
        while True:
            runs = self.numbers(4 + 8 * (rows - taken), 2 * taken).reshape(-1, 2)
            if int(runs[:, 0].sum()) >= samples:
                break
            if taken == rows:
                raise NotPlain
            taken = min(4 * taken, rows)
        if int(runs[:, 0].min()) < 1 or int(runs[:, 1].max()) > _MAX_TICK:  # or a negative one
            raise NotPlain
        return runs


def _wanted(tables: Mapping[str, _Table], kind: str) -> _Table:
    if kind not in tables:
        raise NotPlain
    return tables[kind]


def _offsets(tables: Mapping[str, _Table]) -> _Table:
    return _wanted(tables, "co64" if "co64" in tables else "stco")


def _last_key(keys: _Table | None, count: int) -> int:
    """Return the number of the last key sample; without a table of them every sample is one."""
    if keys is None:
        return count - 1
    listed = keys.count()
    if not listed or int(keys.numbers(4, 1)[0]) != 1:
        raise NotPlain
    return int(keys.numbers(4 * listed, 1)[0]) - 1


def _times(runs: Numbers, first: int, count: int) -> tuple[int, Numbers]:
    """Return the decoding time of a sample, and the durations from it on."""
    lengths, ticks = runs[:, 0], runs[:, 1]
    at, skipped = _run_of(lengths, first, count)
    begin_tick = int((lengths[:at] * ticks[:at]).sum()) + skipped * int(ticks[at])
    if begin_tick > _MAX_BEGIN_TICK or int(ticks.max()) > _MAX_TICK:
        raise NotPlain
    return begin_tick, _one_by_one(lengths[at:], ticks[at:], skipped)


def _times_from_end(times: _Table, wanted: int, duration_ticks: int) -> tuple[int, Numbers]:
    """Return what ``_times`` does for the last samples, from the end of the table and the duration of the track."""
    runs = times.last_runs(wanted)
    durations = np.repeat(runs[:, 1], runs[:, 0])[-wanted:]
    begin_tick = duration_ticks - int(durations.sum())
    if not 0 < begin_tick <= _MAX_BEGIN_TICK:
        raise NotPlain
    return begin_tick, durations


def _shifts(table: _Table, first: int, count: int) -> Numbers:
    """Return the shift of sample 0, then those from a sample on."""
    if table.is_long:
        runs, wanted = table.last_runs(count - first), count - first
        return np.concatenate((table.numbers(8, 1), np.repeat(runs[:, 1], runs[:, 0])[-wanted:]))
    runs = table.rows(2)
    lengths, ticks = runs[:, 0], runs[:, 1]
    at, skipped = _run_of(lengths, first, count)
    if int(ticks.max()) > _MAX_TICK:  # a negative one
        raise NotPlain
    return np.concatenate((ticks[:1], _one_by_one(lengths[at:], ticks[at:], skipped)))


def _places(runs: Numbers, offsets: _Table, sizes: _Table, first: int, count: int) -> tuple[Numbers, Numbers]:
    """Return positions and sizes of the samples from one on; its chunk is added up from its begin."""
    chunks = offsets.count()
    begins, held = runs[:, 0], runs[:, 1]
    lengths = np.diff(np.append(begins, chunks + 1))
    if begins[0] != 1 or lengths.min() < 1 or chunks > count or (runs[:, 2] != 1).any():
        raise NotPlain
    if held.min() < 1 or held.max() > count:
        raise NotPlain
    at, inside = _run_of(lengths * held, first, count)
    skipped, ahead = divmod(inside, int(held[at]))
    chunk, base = int(begins[at]) - 1 + skipped, first - ahead
    width = 8 if offsets.wide else 4
    chunk_begins = offsets.numbers(4 + chunk * width, chunks - chunk, width)
    found = sizes.numbers(8 + 4 * base, count - base)
    in_chunk = _one_by_one(lengths[at:], held[at:], skipped)
    before = np.cumsum(found) - found
    shift = chunk_begins - before[np.cumsum(in_chunk) - in_chunk]
    return (np.repeat(shift, in_chunk) + before)[ahead:], found[ahead:]


def _run_of(lengths: Numbers, first: int, count: int) -> tuple[int, int]:
    """Return which run a sample is in, and how many samples of the run are before it."""
    ends = np.cumsum(lengths)
    if lengths.min() < 1 or int(ends[-1]) != count:
        raise NotPlain
    at = int(np.searchsorted(ends, first, side="right"))
    return at, first - int(ends[at]) + int(lengths[at])


def _one_by_one(lengths: Numbers, values: Numbers, skipped: int) -> Numbers:
    """Return the values of runs one by one, without the first ones."""
    left = lengths.copy()
    left[0] -= skipped
    return np.repeat(values, left)
