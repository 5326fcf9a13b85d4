"""Exact facts of one film, without decoding it whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import numpy as np
from av.video.frame import VideoFrame

from rdpgui.core.film import FilmClock, FilmFacts, FilmTrack, Still, with_watched
from rdpgui.core.moments import moment_of
from rdpgui.core.ports import RangeReader
from rdpgui.media.boxes import has_signed_offsets
from rdpgui.media.changes import Listener, may_be_watched, watch
from rdpgui.media.continuity import continuity_of
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.demuxer import open_film
from rdpgui.media.edits import edits_fragments, hidden_in
from rdpgui.media.film import Film
from rdpgui.media.film_end import end_of_fragmented, end_of_plain
from rdpgui.media.idle import SampleTable, idle_spans, read_samples
from rdpgui.media.last_frame import LastFrame, find_last_frame
from rdpgui.media.painted_clock import read_frame
from rdpgui.media.picture import still_of
from rdpgui.media.picture_shape import shape_of
from rdpgui.media.reader.clock_search import find_film_clock
from rdpgui.media.reader.film_clock import ClockWatch, lateness_s
from rdpgui.media.reader.film_end import read_end
from rdpgui.media.reader.model import LineReader, ReaderUnusable
from rdpgui.media.remote_file import LocalReader
from rdpgui.media.sizes import SizeWatch, size_changes, sizes_of
from rdpgui.media.tail import grey_picture, tail_metrics
from rdpgui.media.tracks import VIDEO

DEFAULT_LIMIT_S = 60.0
FIRST_RECORDED_YEAR = 1990
"""What is dated before it comes of a clock that was never set: the container counts from 1904, machines from 1970."""
_NOT_KNOWN_AT = datetime(2040, 2, 6, 6, 28, 15, tzinfo=UTC)
"""All bits of the container's 32 set, by which writers say that they do not know."""
Progress = Callable[[float], None]
MAX_TEXT = 500
"""Characters kept of a tag: it may come from anybody."""
_FIRST_FRAME_SAMPLES = 64
_TRACK_KINDS = {VIDEO: "video", "soun": "audio", "subt": "subtitles", "text": "subtitles", "sbtl": "subtitles"}
_MIN_FRAGMENT_BYTES = 64
"""No box of a fragment with one sample is shorter."""
_BEHIND = frozenset(("mfra", "free", "skip"))
LIBVLC_HOLDS_S = 1.0
"""A picture that is shown for longer."""
_LIBVLC_START_S = 0.02
"""Half a frame at 25 per second."""
_FINE_TIME = re.compile(r"T\d\d:?\d\d:?\d\d[.,]\d{3,}(Z|[+-]\d\d:?\d\d)$")
"""A time with zone and at least milliseconds: anything else says no more than the creation time."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """Facts and the picture they end with."""

    facts: FilmFacts
    last: Still


def inspect_film(
    reader: RangeReader,
    name: str,
    *,
    limit_s: float = DEFAULT_LIMIT_S,
    read_clock: bool = False,
    every_picture: bool = False,
    brief: bool = False,
    progress: Progress | None = None,
) -> Inspection:
    """Inspect a film.

    It is decoded as a whole once at most: what looks at its pictures, and the clock in them, share that pass. Where it
    is not, decoded are its end, its first picture, and those among which the clock changes.

    Args:
        reader: its bytes.
        name: for messages.
        limit_s: time of work after which it is given up; waiting for bytes does not count.
        read_clock: read the clock of the taskbar also where a machine-readable one is painted, which is far finer.
        every_picture: look at all of them, however many there are and wherever they come from.
        brief: look at all of them only where that costs nothing: what a person waits for.
        progress: is told the share of the pass over all pictures that is done, 0-1.

    Raises:
        RecordingUnreadable: with the reason. AwsError: from a remote reader.
    """
    deadline = Deadline(name, limit_s, reader)
    depth = _Depth(read_clock, every_picture, brief)
    with open_film(reader, name) as film:
        facts, last = _inspected(film, reader, deadline, depth, progress)
        still = still_of(film, last.frame, last.index)
    return Inspection(replace(facts, bytes_read=reader.bytes_read), still)


@dataclass(frozen=True, slots=True)
class _Depth:
    """How much of a film's pictures is looked at; see ``inspect_film``."""

    read_clock: bool
    every_picture: bool
    brief: bool


def _inspected(
    film: Film, reader: RangeReader, deadline: Deadline, depth: _Depth, progress: Progress | None
) -> tuple[FilmFacts, LastFrame]:
    local = isinstance(reader, LocalReader)
    whole = depth.every_picture or (local and may_be_watched(film, brief=depth.brief))
    if whole:
        film.use_threads_for(len(film.samples))
    last = _last_frame(film, reader, film.name, deadline)
    first = _first_frame(film, deadline)
    table = read_samples(film)
    lines = LineReader()
    facts = _facts(film, table, first, last, lines, deadline)
    sizes = sizes_of(film, table, first, last.frame, deadline)
    facts = _with_hidden(replace(facts, sizes=sizes, size_changes=size_changes(film, sizes)), film, table)
    asked = (local or whole) and (depth.read_clock or facts.painted_at is None)
    clock = _Clock(film, table, lines, deadline) if asked else None
    if whole:
        return _with_every_picture(facts, film, deadline, clock, progress), last
    facts = replace(facts, idle=idle_spans(film, table, facts.duration_s, deadline, looks=not depth.brief))
    return facts if clock is None else clock.looked_for(facts, last.frame), last


def last_still(reader: RangeReader, name: str, *, limit_s: float = DEFAULT_LIMIT_S) -> tuple[Still, datetime | None]:
    """Return the last decodable frame and the clock painted into it; of a plain film reads its end only.

    Args:
        reader: its bytes.
        name: for messages.
        limit_s: time of work after which it is given up; waiting for bytes does not count.

    Raises:
        RecordingUnreadable: with the reason. AwsError: from a remote reader.
    """
    deadline = Deadline(name, limit_s, reader)
    end = end_of_plain(reader, name, deadline) or end_of_fragmented(reader, name, deadline)
    if end is not None:
        return end.still, end.painted_at
    with open_film(reader, name) as film:
        last = find_last_frame(film, deadline)
        return still_of(film, last.frame, last.index), read_frame(last.frame)


def _last_frame(film: Film, reader: RangeReader, name: str, deadline: Deadline) -> LastFrame:
    """Return the last frame; the same that ``last_still`` gives.

    FFmpeg stops at a fragment that it cannot read. What is whole behind it is found from the end of the file.
    """
    last = find_last_frame(film, deadline)
    end = end_of_fragmented(reader, name, deadline) if _lists_too_little(film, last) else None
    if end is None or end.last.pts <= last.pts:
        return last
    return replace(end.last, damaged=last.damaged + 1, errors=last.errors + 1)


def _lists_too_little(film: Film, found: LastFrame) -> bool:
    """Whether FFmpeg may not list all fragments: something else than an index of them lies behind the last sample.

    Or in the box of that sample: one that says it reaches to the end of the file swallows the fragments behind it.
    """
    if not film.layout.fragmented:
        return False
    last = film.samples.at(len(film.samples) - 1)
    if found.damaged or not film.samples.is_whole(last):
        return True
    box = film.layout.boxes[-1]
    if box.kind == "mdat" and film.size_bytes - last.pos - last.size_bytes >= _MIN_FRAGMENT_BYTES:
        return True
    return any(box.kind not in _BEHIND for box in film.layout.boxes if box.start > last.pos)


def _facts(
    film: Film,
    table: SampleTable,
    first: VideoFrame | None,
    last: LastFrame,
    lines: LineReader,
    deadline: Deadline,
) -> FilmFacts:
    """Return what the index, the first picture and the end tell.

    ``duration_s`` is the presentation time of the last decodable frame plus the time it is shown, when the container
    says how long; else that frame's presentation time alone. ``frame_count`` counts the frames of the index whose bytes
    are in the file. ``truncated`` is also set when the end of the film is listed but does not decode without damage.
    """
    whole = (table.pos >= 0) & (table.pos + table.size_bytes <= film.size_bytes) & (table.size_bytes > 0)
    listed = int((~table.hidden).sum())
    last_s = film.seconds(last.pts)
    painted_at = read_frame(last.frame)
    end_texts, reader = read_end(film, last, deadline, lines)
    facts = FilmFacts(
        container="mp4",
        codec=film.stream.codec_context.codec.canonical_name,
        width=film.width,
        height=film.height,
        size_bytes=film.size_bytes,
        duration_s=film.seconds(last.pts + last.duration),
        last_frame_pts_s=last_s,
        frame_count=int((whole & ~table.hidden).sum()),
        frame_rate=round(last.index / last_s, 3) if last.index and last_s > 0 else float(film.stream.average_rate or 0),
        truncated=film.layout.truncated or not bool(whole.all()) or _ends_early(last, listed),
        tail=tail_metrics(grey_picture(last.frame), overlay=painted_at is not None),
        painted_at=painted_at,
        first_painted_at=None if first is None else read_frame(first),
        libvlc_differs=_libvlc_differs(film, table, last),
        damaged=last.errors > 0,
        end_texts=end_texts,
        reader=reader,
    )
    return _with_structure(_with_tags(facts, film.container.metadata), film, last)


def _ends_early(last: LastFrame, listed: int) -> bool:
    """Whether the last picture that could be decoded is not the last of the ``listed``."""
    return last.index is None or last.index + 1 < listed or last.damaged > 0


def _with_tags(facts: FilmFacts, tags: Mapping[str, str]) -> FilmFacts:
    """Add what somebody wrote into the container: times, and texts that may come from anybody."""
    return replace(
        facts,
        created_at=_instant(tags.get("creation_time", "")),
        dated_at=_fine_instant(tags.get("date", "")),
        comment=tags.get("comment", "")[:MAX_TEXT],
        title=tags.get("title", "")[:MAX_TEXT],
        description=tags.get("description", "")[:MAX_TEXT],
    )


def _with_hidden(facts: FilmFacts, film: Film, table: SampleTable) -> FilmFacts:
    """Add what is stored and not shown; libvlc follows an edit list in its own way where it does more than shift."""
    hidden = hidden_in(film, table)
    differs = bool(hidden.end_s) or hidden.otherwise or edits_fragments(film)
    return replace(
        facts,
        hidden_frames=hidden.frames,
        hidden_end_s=hidden.end_s,
        libvlc_differs=facts.libvlc_differs or differs,
    )


def _with_structure(facts: FilmFacts, film: Film, last: LastFrame) -> FilmFacts:
    """Add what the boxes say: their order, protection, tracks, holes and joins, and the shape of the pictures."""
    track = next((item for item in film.structure.tracks if item.track_id == film.stream.id), None)
    interruptions = film.structure.stored or continuity_of(film.file, track, film.layout)
    return replace(
        facts,
        fragmented=film.layout.fragmented,
        faststart=film.layout.faststart,
        box_order=film.layout.order,
        encrypted="" if film.structure.protection is None else film.structure.protection.scheme,
        encrypted_from_s=film.encrypted_from_s,
        tracks=_tracks(film),
        holes=interruptions.holes,
        joins=interruptions.joins,
        shape=shape_of(film.stream, last.frame),
    )


class _Clock:
    """The clock in a film's pictures: followed through all of them, or looked for in some.

    Attributes:
        watch: takes the pictures, where all are decoded.
    """

    def __init__(self, film: Film, table: SampleTable, lines: LineReader, deadline: Deadline) -> None:
        self._film, self._table, self._lines, self._deadline = film, table, lines, deadline
        self.watch = ClockWatch(lines, lateness_s(np.diff(table.at_s)))

    def followed(self, facts: FilmFacts) -> FilmFacts:
        """Return the facts with what the clock says in all the pictures, or with what keeps it from being read."""
        return _with_clock(facts, self.watch.result)

    def looked_for(self, facts: FilmFacts, last: VideoFrame) -> FilmFacts:
        """Return the facts with what the clock says where it changes; ``last``: the last picture."""
        return _with_clock(facts, partial(find_film_clock, self._film, self._table, last, self._lines, self._deadline))


def _with_clock(facts: FilmFacts, read: Callable[[], FilmClock | None]) -> FilmFacts:
    try:
        return replace(facts, clock=read())
    except ReaderUnusable as error:
        return replace(facts, reader=error.state)


def _with_every_picture(
    facts: FilmFacts, film: Film, deadline: Deadline, clock: _Clock | None, progress: Progress | None
) -> FilmFacts:
    """Add what the one pass over all pictures finds: where they change, and what the clock in them says."""
    sizes = SizeWatch()
    listeners: list[Listener] = [sizes.next] if clock is None else [sizes.next, clock.watch.next]
    if progress is not None:
        listeners.append(_told(progress, facts.duration_s))
    facts = with_watched(facts, watch(film, facts.duration_s, deadline, listeners))
    found = tuple(sizes.found) or facts.sizes
    facts = replace(facts, sizes=found, size_changes=size_changes(film, found))
    return facts if clock is None else clock.followed(facts)


def _told(progress: Progress, duration_s: float) -> Listener:
    """Return what tells how far a pass over a film is."""

    def tell(at_s: float, _picture: VideoFrame) -> None:
        progress(min(1.0, at_s / duration_s) if duration_s > 0 else 1.0)

    return tell


def _tracks(film: Film) -> tuple[FilmTrack, ...]:
    used = film.stream.id
    found: list[FilmTrack] = []
    for track in film.structure.tracks:
        entry = track.entries[0] if track.entries else None
        samples = len(film.samples) if track.track_id == used else track.samples
        width, height = (entry.width, entry.height) if entry and track.handler == VIDEO else (0, 0)
        kind = _TRACK_KINDS.get(track.handler, track.handler)
        found.append(FilmTrack(kind, entry.codec if entry else "", width, height, samples, track.track_id == used))
    return tuple(found)


def _first_frame(film: Film, deadline: Deadline) -> VideoFrame | None:
    """Return the first frame that decodes, None when the beginning is damaged."""
    run = Run()
    for frame in film.frames_from(0, deadline, run):
        return frame if len(run.shown) <= _FIRST_FRAME_SAMPLES else None
    return None


def _libvlc_differs(film: Film, table: SampleTable, last: LastFrame) -> bool:
    """Say whether libvlc shows other pictures, or the same at other times; measured with libvlc 3.0.24.

    It may choose another of several tracks; turns pictures by the track's matrix and squeezes them into the size they
    had; counts an empty edit as film; begins under a held picture with the next one only, and ends with the last one's
    begin; and is ahead by the reordered frames unless an edit list that it follows, in a film without fragments, takes
    them back from offsets without a sign.
    """
    if film.structure.mended or film.structure.stored or len(film.container.streams.video) > 1:
        return True
    if float(last.duration * film.time_base) > LIBVLC_HOLDS_S or bool((np.diff(table.at_s) > LIBVLC_HOLDS_S).any()):
        return True
    shape = shape_of(film.stream, last.frame)
    if shape.turned_deg or shape.mirrored or abs(float(film.start_tick * film.time_base)) > _LIBVLC_START_S:
        return True
    return film.stream.codec_context.has_b_frames and (film.layout.fragmented or has_signed_offsets(film.file))


def _fine_instant(text: str) -> datetime | None:
    """Return the time of a date tag, None when it is coarser than milliseconds, without a zone, or no time at all."""
    return _instant(text) if len(text) <= MAX_TEXT and _FINE_TIME.search(text) else None


def _instant(text: str) -> datetime | None:
    """Return the time of a tag, None when it says none; without a zone it is UTC by the specification."""
    try:
        at = moment_of(text, unzoned=True)
    except ValueError:
        return None
    return None if at.year < FIRST_RECORDED_YEAR or at == _NOT_KNOWN_AT else at
