"""The last decodable frame of a film, exactly and without decoding the film.

The last key frame that decodes on its own is where a full decode would be in the same state as we are;
from there everything to the end is decoded, damaged packets are skipped, and the frame shown last is kept.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from operator import attrgetter

from av.video.frame import VideoFrame

from rdpgui.media import reasons
from rdpgui.media.decoding import Deadline, Run
from rdpgui.media.film import Film, pts_of
from rdpgui.media.protection import refusal

_REORDERED_AT_MOST = 32
"""Frames that may come out between one that was decoded before the damage and its turn to be shown."""


_REPORTED_LATE_AT_MOST = 8
"""Frames that may have been taken before a decoder tells of the damage in them."""


@dataclass(frozen=True, slots=True)
class LastFrame:
    """The last frame and what was met on the way.

    Attributes:
        frame: the decoded picture. pts: its tick. duration: ticks it is shown, 0 when the container does not say.
        index: frame number from 0, None when the frames before were not counted. key_sample: where decoding began.
        damaged: packets or frames after that which are cut, corrupt or refused; the picture is the last one before
            them. errors: those of them whose bytes are all in the file.
    """

    frame: VideoFrame
    pts: int
    duration: int
    index: int | None
    key_sample: int
    damaged: int
    errors: int


def find_last_frame(film: Film, deadline: Deadline) -> LastFrame:
    """Return the last frame that decodes without errors.

    Args:
        film: opened film.
        deadline: an endless group of pictures costs a full decode.

    Raises:
        RecordingUnreadable: no frame decodes, or the time is over.
    """
    last = film.samples.last_whole_sample()
    key = None if last is None else film.samples.key_at_or_before(last)
    if key is not None:
        film.use_threads_for(len(film.samples) - key)
    while key is not None:
        deadline.check()
        found = _decode_tail(film, key, deadline)
        if found is not None:
            return found
        key = film.samples.key_at_or_before(key - 1) if key > 0 else None
    if last is not None:  # a damaged picture, marked as such, tells more than none
        found = _decode_tail(film, 0, deadline, spoiled_too=True)
        if found is not None:
            return found
    raise refusal(film.name, film.structure.protection) or reasons.nothing_decodes(film.name)


def _decode_tail(film: Film, key: int, deadline: Deadline, *, spoiled_too: bool = False) -> LastFrame | None:
    """Decode from one key sample; None when that key frame itself is damaged (unless nothing is before it).

    Decoders tell the first damaged frame only: what comes after it in decoding order refers to it, up to the next key.
    """
    if key > 0 and not film.samples.is_whole(film.samples.at(key)):
        return None
    run = Run()
    kept: deque[VideoFrame] = deque(maxlen=_REPORTED_LATE_AT_MOST)
    spoiled = 0
    for frame in film.frames_from(key, deadline, run):
        pts = pts_of(frame)
        if not kept and key > 0 and not _begins_at(frame, run):
            return None
        if not spoiled_too and run.is_spoiled(pts):
            spoiled += 1
            if spoiled > _REORDERED_AT_MOST:
                break
        elif not kept or pts > pts_of(kept[-1]):
            kept.append(frame)
    best = next((frame for frame in reversed(kept) if spoiled_too or not run.is_spoiled(pts_of(frame))), None)
    if best is None:
        return None
    last = pts_of(best)
    if last < film.start_tick:  # the film's begin is said to be behind its end
        film.start_tick = film.samples.at(0).dts
        run.note_damage(None)
    return LastFrame(
        frame=best,
        pts=last,
        duration=dict(run.shown).get(last, 0) or best.duration or 0,
        index=_shown_before(film, key) + sum(pts < last for pts, _ in run.shown),
        key_sample=key,
        damaged=run.damaged,
        errors=run.errors,
    )


def _begins_at(frame: VideoFrame, run: Run) -> bool:
    """Say whether the first frame out is the key frame decoding began with."""
    return bool(run.shown) and frame.pts == run.shown[0][0]


def _shown_before(film: Film, number: int) -> int:
    """Count the frames before a key sample that no edit list hides."""
    if (
        film.stream.frames == len(film.samples)
        and not film.samples.at(0).discard
        and not film.samples.at(len(film.samples) - 1).discard
    ):
        return number  # one plain edit: nothing hidden, no need to look at 200,000 entries
    hidden: map[bool] = map(attrgetter("is_discard"), film.stream.index_entries[:number])
    return number - sum(hidden)
