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

from rdpgui.core.film import Span, SpanBasis
from rdpgui.media.changes import IDLE_MIN_S
from rdpgui.media.decoding import Deadline
from rdpgui.media.film import Film
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.samples import FLAG_HIDDEN, FLAG_KEY
from rdpgui.media.tail import OVERLAY_ROWS, changed_share, grey_picture

QUIET_PIXELS_PER_BYTE = 100
"""A second of one byte per that many pixels or less shows no more than a clock, a caret or the mouse."""
QUIET_MIN_BYTES = 4096
"""Per second, however small the picture: ten repaints of the lab's clock cost 1.2-2.6 kB at any size."""
KEY_SIZE_CHANGE = 0.5
"""Relative; an encoder that refines a still picture changes its key frames by some tens of percent."""
STILL_CHANGED_BELOW = 0.001
"""Share of changed pixels between two key frames up to which a stretch stays idle; a dialog is more."""
MAX_SPANS = 500
MAX_FILM_S = 30 * 24 * 3600
"""Times beyond a month come from a damaged index."""
MAX_LOOKS = 400
"""Key frames decoded for one film: some seconds of work."""
KEYS_APART_AT_MOST_S = 5.0


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
    rows = film.samples.rows
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


def idle_spans(
    film: Film, table: SampleTable, duration_s: float, deadline: Deadline, *, looks: bool = True
) -> tuple[Span, ...]:
    """Return the idle stretches; the longest ones are confirmed by their pictures (local films only).

    Args:
        film: opened film.
        table: its index.
        duration_s: end of the film.
        deadline: limit in real time.
        looks: confirm them at all.

    Raises:
        RecordingUnreadable: the deadline passed.
    """
    spans = quiet_spans(table, film.width * film.height, duration_s)
    if not looks or not isinstance(film.file.reader, LocalReader):
        return spans  # each look would fetch a block of its own
    left = MAX_LOOKS
    found: list[Span] = []
    for span in sorted(spans, key=_length_s, reverse=True):
        keys = np.flatnonzero(table.key & (table.at_s >= span.begin_s) & (table.at_s < span.end_s))
        if len(keys) < 2 or len(keys) > left or not _keys_are_near(table, keys, span):
            found.append(span)
            continue
        left -= len(keys)
        keys = np.array([number for number in keys if film.samples.starts_decoding(int(number))], dtype=np.intp)
        found += _still_between(film, table, keys, deadline)
    return tuple(sorted(found, key=lambda span: span.begin_s))


def _length_s(span: Span) -> float:
    return span.end_s - span.begin_s


def _keys_are_near(table: SampleTable, keys: NDArray[np.intp], span: Span) -> bool:
    """Say whether a picture can be looked at every few seconds: what happens between two keys is not seen."""
    times = np.concatenate(([span.begin_s], table.at_s[keys], [span.end_s]))
    return bool(np.diff(times).max() <= KEYS_APART_AT_MOST_S)


def _still_between(film: Film, table: SampleTable, keys: NDArray[np.intp], deadline: Deadline) -> list[Span]:
    """Return the stretches from key frame to key frame in which the picture stays the same."""
    found: list[Span] = []
    begin_s, reference = 0.0, None
    for number in keys:
        frame = film.decode_alone(int(number), deadline)
        # A clock may be painted into the lowest rows; it is no activity.
        grey = None if frame is None else grey_picture(frame)[:-OVERLAY_ROWS]
        at_s = float(table.at_s[number])
        if grey is None or reference is None or changed_share(reference, grey) > STILL_CHANGED_BELOW:
            begin_s, reference = at_s, grey
            found.append(Span(begin_s, begin_s, SpanBasis.KEY_FRAMES))
        else:
            found[-1] = Span(round(begin_s, 3), round(at_s, 3), SpanBasis.KEY_FRAMES)
    return [span for span in found if _length_s(span) >= IDLE_MIN_S]
