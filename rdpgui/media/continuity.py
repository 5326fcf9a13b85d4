"""Is a film one recording from its begin to its end? Holes and joins, with their places, from its boxes alone.

Writers are free in much: sequence numbers may be constant, shared by tracks or begin anew, stated lengths may be of
another presentation. What counts are the times of the fragments, and what only a splice can bring about.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rdpgui.core.film import Break, BreakWhy
from rdpgui.media.boxes import Layout
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
    holes, joins = _in_fragments(fragments, track)
    end_s = _end_s(fragments, track)
    if _second_film(layout):
        joins.append(Break(end_s, 0.0, BreakWhy.SECOND_INDEX))
    return Continuity(tuple(holes[:MAX_BREAKS]), tuple(joins[:MAX_BREAKS]))


def _in_fragments(fragments: list[Fragment], track: Track) -> tuple[list[Break], list[Break]]:
    holes: list[Break] = []
    joins: list[Break] = []
    first = next((item.begin_tick for item in fragments if item.begin_tick is not None), None)
    if first is None:
        return holes, joins
    usual_s = _usual_frame_s(fragments, track)
    numbered = _numbers_step_by_one(fragments)
    for before, after in pairwise(fragments):
        if after.spliced and not before.spliced:
            joins.append(Break(_seconds(before, first, track), 0.0, BreakWhy.SPLICED))
        if before.begin_tick is None or after.begin_tick is None:
            continue
        step_s = (after.begin_tick - before.begin_tick - before.duration_ticks) / track.timescale
        at_s = _seconds(before, first, track)
        missing = numbered and (after.number or 0) - (before.number or 0) > 1
        if after.begin_tick < before.begin_tick:
            joins.append(Break(at_s, step_s, BreakWhy.TIMES_GO_BACK))
        elif step_s > max(HOLE_MIN_S, USUAL_FRAMES * usual_s) or (missing and step_s > NUMBERED_FRAMES * usual_s):
            holes.append(Break(at_s, step_s, BreakWhy.FRAGMENTS_MISSING if missing else BreakWhy.TIMES_JUMP))
    return holes, joins


def _seconds(fragment: Fragment, first_tick: int, track: Track) -> float:
    """Return the film time at which a fragment ends."""
    return round(((fragment.begin_tick or 0) + fragment.duration_ticks - first_tick) / track.timescale, 6)


def _end_s(fragments: list[Fragment], track: Track) -> float:
    known = [item.begin_tick for item in fragments if item.begin_tick is not None]
    if not known:
        return track.duration_ticks / track.timescale
    return _seconds(fragments[-1], known[0], track)


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
