"""What a recording's file says about itself: the result of an exact inspection."""

from __future__ import annotations

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of film time, seconds from the first frame."""

    begin_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Still:
    """One exactly decoded picture.

    Attributes:
        pts_s: presentation time in seconds from the start of the film.
        index: frame number from 0, None when not counted.
        rgb: width x height x 3 bytes, row by row.
    """

    pts_s: float
    width: int
    height: int
    rgb: bytes = field(repr=False)
    index: int | None = None


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """Exact facts of one mp4.

    Attributes:
        container: format name. codec: video codec name.
        frame_count: counted frames, None when only estimated. frame_rate: average per second.
        duration_s: end of the last frame on the film's own axis, seconds.
        last_frame_pts_s: presentation time of the last decodable frame.
        created_at: creation_time of the container (resolution 1 s in most files).
        dated_at: date tag of the container when it is a time with zone and at least milliseconds, else None.
        fragmented: made of moof fragments. faststart: moov before mdat. box_order: top-level boxes.
        truncated: a box reaches beyond the end of the file, or packets are cut.
        size_changes: the picture size changes inside the film.
        comment: comment tag of the container (a recorder's note such as "not finalised normally").
        title: title tag of the container. description: description tag; a recorder may name its session there.
        idle: stretches without picture change. tail: metrics of the last frame.
        painted_at: time read from a machine-readable clock in the last frame (lab only).
        bytes_read: bytes fetched for this inspection.
        libvlc_differs: libvlc shows it turned, or its frames at other times than they have.
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
