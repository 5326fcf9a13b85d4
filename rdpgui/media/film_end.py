"""The last frame of a film from its end alone; None when that end says too little, or is damaged.

The whole film is looked at then, which gives the picture or names the reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from rdpgui.core.errors import RecordingUnreadable
from rdpgui.core.film import Still
from rdpgui.core.ports import RangeReader
from rdpgui.media.decoding import Deadline
from rdpgui.media.demuxer import open_film
from rdpgui.media.film import Film
from rdpgui.media.fragment_end import FIRST_TAIL_BYTES, MAX_TAIL_BYTES, Tail, read_end, read_head
from rdpgui.media.last_frame import LastFrame, find_last_frame
from rdpgui.media.painted_clock import read_frame
from rdpgui.media.picture import still_of
from rdpgui.media.remote_file import MemoryReader
from rdpgui.media.sample_tables import NotPlain
from rdpgui.media.short_film import shorten


@dataclass(frozen=True, slots=True)
class End:
    """What a film ends with.

    Attributes:
        last: its times are those of the whole film. still: its picture. painted_at: time of a machine-readable clock.
    """

    last: LastFrame
    still: Still
    painted_at: datetime | None


def end_of_plain(reader: RangeReader, name: str, deadline: Deadline) -> End | None:
    """Return the end of a film without fragments.

    Args:
        reader: its bytes.
        name: for messages.
        deadline: limit for the work.

    Raises:
        AwsError: from a remote reader.
    """
    try:
        short = shorten(reader)
        with open_film(MemoryReader(short.data), name, reordered=short.reordered) as film:
            if len(film.samples) != short.samples or any(entry.is_discard for entry in film.stream.index_entries):
                return None
            last = find_last_frame(film, deadline)
            if last.damaged or last.index is None or last.key_sample != short.key_sample:
                return None
            return _end(film, replace(last, index=last.index + short.skipped))
    except (NotPlain, RecordingUnreadable):
        return None


def end_of_fragmented(reader: RangeReader, name: str, deadline: Deadline) -> End | None:
    """Return the end of a fragmented film. The frame's number stays unknown: nothing counted the others.

    Args:
        reader: its bytes.
        name: for messages.
        deadline: limit for the work.

    Raises:
        AwsError: from a remote reader.
    """
    tail_bytes = FIRST_TAIL_BYTES
    try:
        head = read_head(reader)
        tail = Tail(reader, head)
        while tail_bytes <= MAX_TAIL_BYTES:
            end = read_end(tail, head, tail_bytes)
            if end is not None:
                with open_film(end, name, reordered=head.reordered) as film:
                    number = film.samples.last_whole_sample()
                    key = None if number is None else film.samples.key_at_or_before(number)
                    if key is not None and film.samples.at(key).pos >= end.tail_begin:
                        last = find_last_frame(film, deadline)
                        return None if last.damaged or last.key_sample != key else _end(film, replace(last, index=None))
            if tail_bytes > reader.size_bytes:
                break
            tail_bytes *= 2
    except (NotPlain, RecordingUnreadable):
        pass
    return None


def _end(film: Film, last: LastFrame) -> End:
    return End(last, still_of(film, last.frame, last.index), read_frame(last.frame))
