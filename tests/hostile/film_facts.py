"""What an exact inspection says of a film of the world, and when things are, as clocks write it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from rdpgui.core.film import (
    ClockBasis,
    EndClass,
    EndText,
    FilmClock,
    FilmFacts,
    Span,
    TailClass,
    TailMetrics,
)
from rdpgui.core.recording import RecordingObject
from tests.hostile.history import Film, History, Stored
from tests.hostile.world import Created

BASE = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)
"""True second 0."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
IDLE_FROM_S = 0.5
_WESTERNMOST, _EASTERNMOST = 48, 56
"""Zones, in quarters of an hour from UTC."""
_TAILS = {
    TailClass.CONTENT: TailMetrics(TailClass.CONTENT, 120.0, 50.0, 0.3, 0.2),
    TailClass.SOLID_TEXT: TailMetrics(TailClass.SOLID_TEXT, 60.0, 20.0, 0.9, 0.02),
    TailClass.UNIFORM: TailMetrics(TailClass.UNIFORM, 60.0, 0.5, 1.0, 0.0),
    TailClass.BLACK: TailMetrics(TailClass.BLACK, 1.0, 0.4, 1.0, 0.0),
}


def wall(true_s: float) -> datetime:
    """Return a true time as a moment."""
    return BASE + timedelta(seconds=true_s)


def whole(at: datetime) -> datetime:
    """Return a moment cut to whole seconds."""
    return at.replace(microsecond=0)


def object_of(item: Stored) -> RecordingObject:
    """Return an object as S3 describes it."""
    film = item.film
    checksum = "" if film is not None and film.spec.checksum is None else "CRC64NVME:" + item.etag[:12]
    parts_s = min(film.spec.parts_s, item.put_s - film.begins_s) if film is not None else 0.0
    return RecordingObject(
        item.bucket,
        item.key,
        item.size_bytes,
        f"{item.etag}-3" if parts_s else item.etag,
        whole(wall(item.put_s - parts_s)),
        checksum=checksum,
        server_side_encryption="aws:kms",
        metadata=item.metadata,
    )


def idle_s(film: Film) -> float:
    """Return how long nothing moves at the film's end."""
    return film.ends_s - film.live_s + film.still_s


def tail_class(film: Film) -> TailClass | None:
    """Return how the last picture looks."""
    spec = film.spec
    if spec.black:
        return TailClass.BLACK
    if spec.disguise:
        return None if spec.disguise == "none" else TailClass(spec.disguise)
    return TailClass.SOLID_TEXT if film.shutdown else TailClass.CONTENT


def facts_of(item: Stored, history: History) -> FilmFacts | None:
    """Return the facts of an object's film, None when it is none or too damaged to be one."""
    film = item.film
    if film is None or film.spec.damaged:
        return None
    spec, duration_s = film.spec, film.duration_s
    frame_s = min(1.0 / spec.frame_rate, duration_s / 2)
    last_s = duration_s - spec.hold_s if spec.hold_s else duration_s - frame_s
    still_s = min(idle_s(film), duration_s)
    tail = tail_class(film)
    first, last = _painted(film, history)
    return FilmFacts(
        container="mp4",
        codec="h264",
        width=1280,
        height=720,
        size_bytes=item.size_bytes,
        duration_s=duration_s,
        last_frame_pts_s=max(0.0, last_s),
        frame_count=max(1, int(duration_s * spec.frame_rate)),
        frame_rate=spec.frame_rate,
        created_at=_created(item, film),
        truncated=spec.truncated,
        idle=(Span(duration_s - still_s, duration_s),) if still_s >= IDLE_FROM_S else (),
        tail=_TAILS[tail] if tail is not None else None,
        first_painted_at=first,
        painted_at=last,
        dated_at=wall(film.begins_s - spec.told_s + spec.recorder_off_s) if spec.dated else None,
        end_texts=_read(item, tail, max(0.0, last_s), duration_s),
        clock=_taskbar(item, film, history),
    )


def _read(item: Stored, tail: TailClass | None, last_s: float, duration_s: float) -> tuple[EndText, ...]:
    """Return what is read from a plain screen with words: every other such film says that it goes down, true or not."""
    if tail is not TailClass.SOLID_TEXT or item.size_bytes % 2:
        return ()
    return (EndText(max(0.0, last_s - 1.0), duration_s, EndClass.SHUTDOWN, "Shutting down", "en", 2),)


def _taskbar(item: Stored, film: Film, history: History) -> FilmClock | None:
    """Return what the taskbar of a Windows in some zone shows; every third film shows none that can be read."""
    if history.world.plan.lab or film.spec.black or item.size_bytes % 3 == 0:
        return None
    guest = history.world.machine.guest
    begins_s = guest.reading(film.begins_s, history.anchors) if film.on_target else film.begins_s
    quarters = item.size_bytes % (_EASTERNMOST + _WESTERNMOST + 1) - _WESTERNMOST
    zero_at = wall(begins_s) + timedelta(minutes=15 * quarters)
    flip = item.size_bytes % 2 == 0
    wide = timedelta(seconds=0.2 if flip else 30.0)
    return FilmClock(zero_at - wide, zero_at + wide, ClockBasis.FLIP if flip else ClockBasis.READINGS)


def _created(item: Stored, film: Film) -> datetime | None:
    spec = film.spec
    shift = timedelta(hours=spec.shift_h, seconds=spec.recorder_off_s)
    match spec.created:
        case Created.NONE:
            return None
        case Created.EPOCH:
            return EPOCH
        case Created.START:
            return whole(wall(film.begins_s - spec.told_s) + shift)
        case Created.END:
            return whole(wall(film.ends_s) + shift)
        case Created.UPLOAD:
            return whole(wall(item.put_s) + shift)


def _painted(film: Film, history: History) -> tuple[datetime | None, datetime | None]:
    """Return the painted clock of the first and the last picture; only the lab's guests paint one."""
    if not history.world.plan.lab or film.session == "":
        return None, None
    guest = history.world.machine.guest
    frame_s = min(1.0 / film.spec.frame_rate, film.duration_s / 2)

    def painted(true_s: float) -> datetime:
        return wall(guest.reading(true_s, history.anchors) if film.on_target else true_s)

    last = None if film.spec.black else painted(max(film.begins_s, film.live_s - frame_s))
    return painted(film.begins_s), last
