"""What an edit list keeps from being shown: pictures that are in the file, and that no player shows.

Everything else in this room is about the film as it is shown. Who asks what was recorded has to know of the rest.
Source: ISO/IEC 14496-12 §8.6.6 (elst), §8.6.1.2 (stts).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from rdpgui.media.boxes import Box, iterate_boxes
from rdpgui.media.film import Film
from rdpgui.media.idle import SampleTable
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.timescale import children, inside, scale_of, ticks_of

_MAX_EDITS = 10_000
_HIDDEN_MIN_FRAMES = 0.5
"""Less than half a frame is rounding: edits count in the movie's units, often whole milliseconds."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is stored and not shown.

    Attributes:
        frames: how many pictures. end_s: time of those behind the last one that is shown, seconds.
        otherwise: the others are shown more than once, or in another order than they were recorded.
    """

    frames: int = 0
    end_s: float = 0.0
    otherwise: bool = False


@dataclass(frozen=True, slots=True)
class _Edits:
    """The edit list of one track, in its ticks: begins and ends of what is shown, and the end of what is stored."""

    shown: tuple[tuple[int, int], ...]
    stored_end: int


def hidden_in(film: Film, table: SampleTable) -> Hidden:
    """Return what an edit list hides of a film, nothing where there is none or it is not followed.

    Args:
        film: opened film; in fragments no edit list hides anything.
        table: its index, as it is shown.
    """
    track = next((item for item in film.structure.tracks if item.track_id == film.stream.id), None)
    if track is None or film.layout.fragmented or film.structure.protection is not None or not track.samples:
        return Hidden()
    edits = _edits_of(film.file, film.stream.id)
    if edits is None:
        return Hidden()
    shown = table.pos[~table.hidden]
    steps = np.diff(shown)
    frames = max(0, track.samples - len(np.unique(shown)))
    behind = edits.stored_end - max((end for _begin, end in edits.shown), default=0)
    usual = edits.stored_end / track.samples
    end_s = behind / track.timescale if frames and track.timescale and behind > _HIDDEN_MIN_FRAMES * usual else 0.0
    return Hidden(frames, round(end_s, 6), otherwise=len(edits.shown) > 1 and bool((steps <= 0).any()))


def edits_fragments(film: Film) -> bool:
    """Say whether a film in fragments has an edit list with an end: it means nothing there, and players differ."""
    edits = _edits_of(film.file, film.stream.id) if film.layout.fragmented else None
    return edits is not None and any(end > begin for begin, end in edits.shown)


def has_edits(file: BlockFile, track_id: int) -> bool:
    """Say whether a track has an edit list."""
    return _edits_of(file, track_id) is not None


def _edits_of(file: BlockFile, track_id: int) -> _Edits | None:
    """Return the edit list of a track, None when it has none."""
    moov = next((box for box in iterate_boxes(file, 0, file.size_bytes) if box.kind == "moov"), None)
    if moov is None:
        return None
    parts = list(children(file, moov))
    movie_scale = next((scale_of(file, box)[1] for box in parts if box.kind == "mvhd"), 0)
    for trak in parts:
        found = {box.kind: box for box in inside(file, trak)} if trak.kind == "trak" else {}
        if {"tkhd", "elst", "mdhd"} <= found.keys() and _id_of(file, found["tkhd"]) == track_id:
            scale = scale_of(file, found["mdhd"])[1]
            ticks, first_shift = ticks_of(file, found)
            stretch = scale / movie_scale if movie_scale else 0.0
            return _Edits(_shown(file, found["elst"], stretch), ticks + max(0, first_shift))
    return None


def _id_of(file: BlockFile, tkhd: Box) -> int:
    content = file.read_exactly(tkhd.start + tkhd.header_bytes, 24)
    at = 20 if content[:1] == b"\1" else 12
    return int.from_bytes(content[at : at + 4], "big")


def _shown(file: BlockFile, box: Box, stretch: float) -> tuple[tuple[int, int], ...]:
    """Return begin and end of each edit that shows something; ``stretch``: ticks of the track in one of the movie."""
    size_bytes = min(box.size_bytes - box.header_bytes, 8 + _MAX_EDITS * 20)
    content = file.read_exactly(box.start + box.header_bytes, size_bytes)
    entry = struct.Struct(">QqI" if content[:1] == b"\1" else ">IiI")
    rows = content[8 : 8 + (len(content) - 8) // entry.size * entry.size]
    edits = ((length, begin) for length, begin, _speed in entry.iter_unpack(rows))
    return tuple((begin, begin + round(length * stretch)) for length, begin in edits if begin >= 0)
