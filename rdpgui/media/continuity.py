"""Is a film one recording from its begin to its end? Holes and joins, with their places, from its boxes alone.

Writers are free in much: sequence numbers may be constant, shared by tracks or begin anew, stated lengths may be of
another presentation. What counts are the times of the fragments, and what only a splice can bring about.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from rdpgui.core.film import Break, BreakWhy
from rdpgui.media.boxes import Layout
from rdpgui.media.disorder import by_time, copies_in, fit_together, overlaps
from rdpgui.media.fragments import Fragment, read_fragments
from rdpgui.media.remote_file import BlockFile
from rdpgui.media.tracks import Track

HOLE_MIN_S = 0.5
USUAL_FRAMES = 1.5
"""A step larger than this many usual frames, and than ``HOLE_MIN_S``, is no rounding."""
NUMBERED_FRAMES = 0.5
"""When a number is missing as well, already half a frame is a hole."""
MAX_BREAKS = 200


@dataclass(frozen=True, slots=True)
class Continuity:
    """Where a film is interrupted.

    Attributes:
        holes: nothing was recorded, or it was lost. joins: what follows is of another recording.
    """

    holes: tuple[Break, ...] = ()
    joins: tuple[Break, ...] = ()


def continuity_of(file: BlockFile, track: Track | None, layout: Layout) -> Continuity:
    """Return the interruptions of a film.

    Args:
        file: the film.
        track: its picture track; None when the headers could not be read.
        layout: its top level.
    """
    if track is None or not track.timescale:
        return Continuity()
    fragments = list(read_fragments(file, track, layout.boxes)) if layout.fragmented else []
    copies = copies_in(file, layout, fragments)
    ordered = by_time([item for item in fragments if item.start not in copies])
    holes, joins = list(_holes(ordered, track)), list(_joins(fragments, copies, ordered, track))
    end_s = _end_s(ordered, track)
    if _second_film(layout):
        joins.append(Break(end_s, 0.0, BreakWhy.SECOND_INDEX))
    return Continuity(tuple(holes[:MAX_BREAKS]), tuple(joins[:MAX_BREAKS]))


def _joins(fragments: list[Fragment], copies: frozenset[int], ordered: list[Fragment], track: Track) -> Iterator[Break]:
    """Yield the places, as the file is stored, where what follows does not go on from what is before."""
    if not ordered:
        return
    back = BreakWhy.OUT_OF_ORDER if fit_together(ordered) else BreakWhy.TIMES_GO_BACK
    first = ordered[0].begin_tick or 0
    before: Fragment | None = None
    for item in fragments:
        if before is not None:
            at_s = _seconds(before, first, track)
            if item.spliced and not before.spliced:
                yield Break(at_s, 0.0, BreakWhy.SPLICED)
            if item.start in copies:
                yield Break(at_s, _step_s(before, item, track), BreakWhy.STORED_TWICE)
                continue
            if overlaps(before, item):
                yield Break(at_s, _step_s(before, item, track), back)
        before = item


def _holes(ordered: list[Fragment], track: Track) -> Iterator[Break]:
    """Yield the times of which there is nothing anywhere in the file."""
    usual_s = _usual_frame_s(ordered, track)
    numbered = _numbers_step_by_one(ordered)
    latest: Fragment | None = None
    for item in ordered:
        if latest is not None:
            step_s = _step_s(latest, item, track)
            missing = numbered and (item.number or 0) - (latest.number or 0) > 1
            if step_s > max(HOLE_MIN_S, USUAL_FRAMES * usual_s) or (missing and step_s > NUMBERED_FRAMES * usual_s):
                why = BreakWhy.FRAGMENTS_MISSING if missing else BreakWhy.TIMES_JUMP
                yield Break(_seconds(latest, ordered[0].begin_tick or 0, track), step_s, why)
        if latest is None or _step_s(latest, item, track) + item.duration_ticks / track.timescale >= 0:
            latest = item


def _step_s(before: Fragment, after: Fragment, track: Track) -> float:
    """Return the time between the end of a fragment and the begin of another; negative where it goes back."""
    return ((after.begin_tick or 0) - (before.begin_tick or 0) - before.duration_ticks) / track.timescale


def _seconds(fragment: Fragment, first_tick: int, track: Track) -> float:
    """Return the film time at which a fragment ends."""
    return round(((fragment.begin_tick or 0) + fragment.duration_ticks - first_tick) / track.timescale, 6)


def _end_s(ordered: list[Fragment], track: Track) -> float:
    if not ordered:
        return track.duration_ticks / track.timescale
    return _seconds(ordered[-1], ordered[0].begin_tick or 0, track)


def _usual_frame_s(fragments: list[Fragment], track: Track) -> float:
    samples = sum(item.samples for item in fragments)
    return sum(item.duration_ticks for item in fragments) / samples / track.timescale if samples else 0.0


def _numbers_step_by_one(fragments: list[Fragment]) -> bool:
    """Whether the numbers go up by exactly one nearly everywhere, so that a jump means something."""
    steps = [
        after.number - before.number
        for before, after in pairwise(fragments)
        if before.number is not None and after.number is not None
    ]
    return bool(steps) and sum(step == 1 for step in steps) * 10 >= len(steps) * 5 and all(step >= 1 for step in steps)


def _second_film(layout: Layout) -> bool:
    """Say whether another index follows, with media between the two or behind: two films in one file."""
    order = [box.kind for box in layout.boxes if box.kind in ("moov", "moof", "mdat")]
    indexes = [at for at, kind in enumerate(order) if kind == "moov"]
    if len(indexes) < 2:
        return False
    between = order[indexes[0] + 1 : indexes[1]]
    behind = order[indexes[1] + 1 :]
    if "mdat" in order[: indexes[0]]:  # indexes at the end: the second film's media stand between them
        return bool(between)
    return bool(behind) or bool(between)
