"""What a recording's file says about itself: the result of an exact inspection."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum


class TailClass(StrEnum):
    """How pictures near the end look; a hint, never the verdict."""

    CONTENT = "content"
    SOLID_TEXT = "solid-text"
    UNIFORM = "uniform"
    BLACK = "black"


@dataclass(frozen=True, slots=True)
class TailMetrics:
    """Numbers behind a tail class, on a 160 x 90 grey picture.

    Attributes:
        mean_luma: 0-255. std: standard deviation. top3_share: share of the three commonest
            grey levels, 0-1. edge_share: share of edge pixels, 0-1.
    """

    tail_class: TailClass
    mean_luma: float
    std: float
    top3_share: float
    edge_share: float


class SpanBasis(StrEnum):
    """What a stretch was found by.

    ``bytes``: sizes of packets only, which cannot prove that nothing happened. ``key-frames``: the pictures at which
    decoding may begin. ``pictures``: every picture.
    """

    BYTES = "bytes"
    KEY_FRAMES = "key-frames"
    PICTURES = "pictures"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of film time, seconds from the first frame, and what it was found by."""

    begin_s: float
    end_s: float
    basis: SpanBasis = SpanBasis.BYTES


class BreakWhy(StrEnum):
    """How an interruption of a film shows."""

    TIMES_JUMP = "times-jump"
    FRAGMENTS_MISSING = "fragments-missing"
    TIMES_GO_BACK = "times-go-back"
    SECOND_INDEX = "second-index"
    SPLICED = "spliced"
    OUT_OF_ORDER = "out-of-order"
    STORED_TWICE = "stored-twice"


@dataclass(frozen=True, slots=True)
class Break:
    """An interruption of a film.

    Attributes:
        at_s: film time where what is before it ends, seconds.
        seconds: how much is missing; negative when times go back; 0 when it is not known.
        why: how it shows.
    """

    at_s: float
    seconds: float
    why: BreakWhy


OF_ONE_RECORDING = frozenset((BreakWhy.OUT_OF_ORDER, BreakWhy.STORED_TWICE))
"""Joins behind which the same recording goes on; behind all others it is another one."""


def gravest_join(joins: tuple[Break, ...]) -> Break:
    """Return the first join of another recording, else the first; there is one."""
    return next((item for item in joins if item.why not in OF_ONE_RECORDING), joins[0])


@dataclass(frozen=True, slots=True)
class PictureSize:
    """The size of a film's pictures from a film time on, in stored pixels."""

    at_s: float
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class FilmTrack:
    """One track of a film.

    Attributes:
        kind: ``video``, ``audio`` or what the file calls it. codec: name, as the file calls it.
        width, height: pixels, 0 when it has no pictures. samples: how many.
        used: it is the one that is judged and shown.
    """

    kind: str
    codec: str
    width: int
    height: int
    samples: int
    used: bool


class EndClass(StrEnum):
    """What a text on a screen that fills the display says."""

    RESTART = "restart"
    SHUTDOWN = "shutdown"
    SERVICES = "services"
    SIGNOUT = "signout"
    UPDATE = "update"
    READY = "ready"
    UNDO = "undo"
    WAIT = "wait"
    STOP = "stop"
    BLOCKED = "blocked"
    ENDED = "ended"
    UNKNOWN = "unknown"


class ReaderState(StrEnum):
    """Whether the end of a film was read; a last picture without words needs no reader."""

    NOT_ASKED = "not-asked"
    DONE = "done"
    MISSING = "missing"
    ALTERED = "altered"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class EndText:
    """What a screen near the end of a film says, as it was read from the picture.

    Attributes:
        at_s: film time at which it is first seen. end_s: end of the last picture that shows it.
        text_class: what it means. text: its words. language: ``en`` or ``ja``.
        pictures: how many pictures show it.
    """

    at_s: float
    end_s: float
    text_class: EndClass
    text: str
    language: str
    pictures: int = 1


class ClockBasis(StrEnum):
    """What the time of a clock in the pictures rests on: a minute or second that was seen to change, or readings."""

    FLIP = "flip"
    READINGS = "readings"


@dataclass(frozen=True, slots=True)
class FilmClock:
    """The film's time zero by the clock of the taskbar in its pictures.

    The clock shows local time of the instance, whose zone is not known: the bounds are that local time, as if it were
    UTC. They hold for a recorder whose pictures are late by 0.3 s at most.

    Attributes:
        zero_low_at, zero_high_at: bounds. basis: what they rest on.
    """

    zero_low_at: datetime
    zero_high_at: datetime
    basis: ClockBasis


@dataclass(frozen=True, slots=True)
class PictureShape:
    """How stored pictures are to be shown. Evidence are the stored pixels.

    Attributes:
        turned_deg: clockwise: 0, 90, 180 or 270. mirrored: left and right are swapped before turning.
        pixel_width, pixel_height: shape of a stored pixel; equal for squares.
    """

    turned_deg: int = 0
    mirrored: bool = False
    pixel_width: int = 1
    pixel_height: int = 1

    def text(self) -> str:
        """Return it in words for metadata; empty when the pixels are shown as they are stored."""
        parts = ["mirrored"] * self.mirrored + [f"turned {self.turned_deg} degrees clockwise"] * bool(self.turned_deg)
        if self.pixel_width != self.pixel_height:
            parts.append(f"pixels {self.pixel_width}:{self.pixel_height}")
        return ", ".join(parts)


SHAPE_KEYWORD = "Shown"
"""Under which a still's file keeps its shape."""
_SHAPE_TEXT = re.compile(
    r"(mirrored)?(?:, )?(?:turned (\d+) degrees clockwise)?(?:, )?(?:pixels (\d{1,5}):(\d{1,5}))?$"
)


def shape_from_text(text: str) -> PictureShape:
    """Return what ``PictureShape.text`` wrote; pixels as they are stored for anything else."""
    found = _SHAPE_TEXT.match(text)
    if found is None or int(found[2] or 0) not in (0, 90, 180, 270) or not int(found[3] or 1) * int(found[4] or 1):
        return PictureShape()
    return PictureShape(int(found[2] or 0), found[1] is not None, int(found[3] or 1), int(found[4] or 1))


@dataclass(frozen=True, slots=True)
class Still:
    """One exactly decoded picture.

    Attributes:
        pts_s: presentation time in seconds from the start of the film.
        width, height, rgb: as stored; width x height x 3 bytes, row by row.
        index: frame number from 0, None when not counted.
        shape: how it is to be shown.
    """

    pts_s: float
    width: int
    height: int
    rgb: bytes = field(repr=False)
    index: int | None = None
    shape: PictureShape = PictureShape()


@dataclass(frozen=True, slots=True)
class Watched:
    """What one pass over all pictures of a film found.

    Attributes:
        idle: stretches of 5 s or more in which nothing happens but a caret, the mouse or a clock.
        frozen: of 2 s or more in which not one pixel changes visibly, by like pictures or by one that is held.
        black: of 0.5 s or more of black pictures.
        duplicate: in which the same picture is stored again, bit by bit; cut short where there are very many.
        spoiled: from the first picture that did not decode without errors to the next one that needs none before it.
    """

    idle: tuple[Span, ...] = ()
    frozen: tuple[Span, ...] = ()
    black: tuple[Span, ...] = ()
    duplicate: tuple[Span, ...] = ()
    spoiled: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """Exact facts of one mp4.

    Attributes:
        hidden_frames: pictures that are stored, and that an edit list keeps from being shown. hidden_end_s: seconds of
            those behind the last one that is shown. All other facts are of the film as it is shown.
        container: format name. codec: video codec name.
        frame_count: counted frames, None when only estimated. frame_rate: average per second.
        duration_s: end of the last frame on the film's own axis, seconds.
        last_frame_pts_s: presentation time of the last decodable frame.
        created_at: creation_time of the container (resolution 1 s in most files).
        dated_at: date tag of the container when it is a time with zone and at least milliseconds, else None.
        fragmented: made of moof fragments. faststart: moov before mdat. box_order: top-level boxes.
        truncated: a box reaches beyond the end of the file, or packets are cut.
        size_changes: the picture size changes inside the film. sizes: each size from its film time on, as far as
            they were looked for.
        comment: comment tag of the container (a recorder's note such as "not finalised normally").
        title: title tag of the container. description: description tag; a recorder may name its session there.
        idle: stretches without visible change. tail: metrics of the last frame.
        frozen, black, duplicate, spoiled: see ``Watched``; only where every picture was looked at (``watched``).
        painted_at: time read from a machine-readable clock in the last frame (lab only).
        bytes_read: bytes fetched for this inspection.
        libvlc_differs: libvlc shows it turned, or its frames at other times than they have.
        encrypted: scheme of the protection from ``encrypted_from_s`` on, or of one that is only claimed (then that
            time is None); empty when the pictures are in clear.
        damaged: decoding the end met errors in data that are there; the last frame is the one before them. False says
            only that no error was reported: small damage is the checksum's business.
        tracks: all tracks. holes, joins: interruptions of the recording.
        shape: how its pictures are to be shown; width and height are as stored.
        end_texts: what the screens at its end say, in the order they are seen; empty when nothing was read.
        reader: whether its end was read.
        clock: its time zero by the clock in its pictures, None when they do not tell, or were not asked.
    """

    container: str
    codec: str
    width: int
    height: int
    size_bytes: int
    duration_s: float
    last_frame_pts_s: float
    frame_count: int | None = None
    frame_rate: float = 0.0
    created_at: datetime | None = None
    fragmented: bool = False
    faststart: bool = False
    box_order: tuple[str, ...] = ()
    truncated: bool = False
    size_changes: bool = False
    comment: str = ""
    title: str = ""
    idle: tuple[Span, ...] = ()
    tail: TailMetrics | None = None
    painted_at: datetime | None = None
    first_painted_at: datetime | None = None
    bytes_read: int = 0
    dated_at: datetime | None = None
    libvlc_differs: bool = False
    description: str = ""
    encrypted: str = ""
    encrypted_from_s: float | None = None
    damaged: bool = False
    tracks: tuple[FilmTrack, ...] = ()
    frozen: tuple[Span, ...] = ()
    black: tuple[Span, ...] = ()
    duplicate: tuple[Span, ...] = ()
    spoiled: tuple[Span, ...] = ()
    watched: bool = False
    holes: tuple[Break, ...] = ()
    joins: tuple[Break, ...] = ()
    shape: PictureShape = PictureShape()
    end_texts: tuple[EndText, ...] = ()
    reader: ReaderState = ReaderState.NOT_ASKED
    clock: FilmClock | None = None
    sizes: tuple[PictureSize, ...] = ()
    hidden_frames: int = 0
    hidden_end_s: float = 0.0


def with_watched(facts: FilmFacts, watched: Watched) -> FilmFacts:
    """Return facts of a film of which every picture was looked at."""
    return replace(
        facts,
        idle=watched.idle,
        frozen=watched.frozen,
        black=watched.black,
        duplicate=watched.duplicate,
        spoiled=watched.spoiled,
        watched=True,
    )
