"""Stretches of a film in which nothing happens, cheaply: packet sizes first, then a look at a few key frames.

A picture that does not change costs a few bytes a frame. A clock in a corner costs some hundred, a moving window
thousands. Key frames are big by nature, so they count by how much their size differs from the key frame before.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from rdpgui.core.film import Span
from rdpgui.media.decoding import Deadline
from rdpgui.media.film import FLAG_HIDDEN, FLAG_KEY, Film
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.tail import OVERLAY_ROWS, changed_share, grey_picture

IDLE_MIN_S = 5.0
"""Shorter stretches are thinking, not idling."""
QUIET_PIXELS_PER_BYTE = 100
"""A second of one byte per that many pixels or less shows no more than a clock, a caret or the mouse."""
QUIET_MIN_BYTES = 4096
"""Per second, however small the picture: ten repaints of the lab's clock cost 1.2-2.6 kB at any size."""
KEY_SIZE_CHANGE = 0.5
"""Relative; an encoder that refines a still picture changes its key frames by some tens of percent."""
STILL_CHANGED_BELOW = 0.02
"""Share of changed pixels between the first and the last key frame up to which a stretch stays idle."""
MAX_SPANS = 500
MAX_FILM_S = 30 * 24 * 3600
"""Times beyond a month come from a damaged index."""
MAX_CHECKED_SPANS = 3


@dataclass(frozen=True, slots=True)
class SampleTable:
    """The index as arrays, one element per sample in decoding order.

    Attributes:
        at_s: decoding time, seconds from the first. pos, size_bytes: where its bytes are. key, hidden: flags.
    """

    at_s: NDArray[np.float64]
    pos: NDArray[np.int64]
    size_bytes: NDArray[np.int64]
    key: NDArray[np.bool_]
    hidden: NDArray[np.bool_]


def read_samples(film: Film) -> SampleTable:
    """Return the whole index as arrays (60 ms for four hours at 15 frames per second)."""
    # One flat run of numbers: a tuple for each of 200,000 entries takes twice as long.
    numbers = (number for entry in film.entries() for number in (entry.timestamp, entry.pos, entry.size, entry.flags))
    rows = np.fromiter(numbers, dtype=np.int64, count=4 * len(film)).reshape(-1, 4)
    return SampleTable(
        at_s=(rows[:, 0] - rows[0, 0]) * float(film.time_base),
        pos=rows[:, 1],
        size_bytes=rows[:, 2],
        key=(rows[:, 3] & FLAG_KEY) != 0,
        hidden=(rows[:, 3] & FLAG_HIDDEN) != 0,
    )


def quiet_spans(table: SampleTable, pixels: int, duration_s: float) -> tuple[Span, ...]:
    """Return stretches of at least ``IDLE_MIN_S``, in whole seconds, that cost few bytes; from the index alone.

    Args:
        table: the index.
        pixels: width x height.
        duration_s: end of the film.
    """
    seconds = np.clip(table.at_s, 0, MAX_FILM_S).astype(np.int64)
    length = max(int(seconds.max()) + 1, math.ceil(min(duration_s, MAX_FILM_S)))
    cost = np.bincount(seconds, weights=np.where(table.key, 0, table.size_bytes), minlength=length)
    loud = cost > max(QUIET_MIN_BYTES, pixels // QUIET_PIXELS_PER_BYTE)
    keys = np.flatnonzero(table.key)
    sizes = table.size_bytes[keys].astype(np.float64)
    changed = np.abs(np.diff(sizes)) > KEY_SIZE_CHANGE * np.maximum(sizes[:-1], 1.0)
    loud[seconds[keys[1:][changed]]] = True
    # A step up is the begin of a quiet run, a step down its end.
    steps = np.diff(np.concatenate(([0], (~loud).astype(np.int8), [0])))
    begins, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    spans = (Span(float(begin), round(min(float(end), duration_s), 3)) for begin, end in zip(begins, ends, strict=True))
    return tuple(islice((span for span in spans if _length_s(span) >= IDLE_MIN_S), MAX_SPANS))


def idle_spans(film: Film, table: SampleTable, duration_s: float, deadline: Deadline) -> tuple[Span, ...]:
    """Return the idle stretches; the longest ones are confirmed by their pictures (local films only).

    Args:
        film: opened film.
        table: its index.
        duration_s: end of the film.
        deadline: limit in real time.

    Raises:
        RecordingUnreadable: the deadline passed.
    """
    spans = quiet_spans(table, film.width * film.height, duration_s)
    if not isinstance(film.file.reader, LocalReader):
        return spans  # each look would fetch a block of its own
    longest = sorted(spans, key=_length_s, reverse=True)[:MAX_CHECKED_SPANS]
    moved = {span for span in longest if _moves(film, table, span, deadline)}
    return tuple(span for span in spans if span not in moved)


def _length_s(span: Span) -> float:
    return span.end_s - span.begin_s


def _moves(film: Film, table: SampleTable, span: Span, deadline: Deadline) -> bool:
    """Say whether the picture at the last key frame of a stretch differs from that at its first."""
    inside = np.flatnonzero(table.key & (table.at_s >= span.begin_s) & (table.at_s < span.end_s))
    if len(inside) < 2:
        return False
    first = film.decode_alone(int(inside[0]), deadline)
    last = film.decode_alone(int(inside[-1]), deadline)
    if first is None or last is None or (first.width, first.height) != (last.width, last.height):
        return True
    # A clock may be painted into the lowest rows; it is no activity.
    return changed_share(grey_picture(first)[:-OVERLAY_ROWS], grey_picture(last)[:-OVERLAY_ROWS]) > STILL_CHANGED_BELOW
