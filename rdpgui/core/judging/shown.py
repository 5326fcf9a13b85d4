"""What the end of a film shows: whether its picture stood still, and whether a shutdown is seen in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from rdpgui.core.film import EndClass, EndText, FilmFacts, TailClass
from rdpgui.core.judging.gap import frozen_for_s
from rdpgui.core.verdict import VisualConfirmation

FROZEN_LIMIT_S = 1.5
"""The painted clock moves ten times a second; when it stood longer at the film's end, the source had frozen."""


MOVED_S = 0.05
"""A film in which nothing moves but within so much of its begin is a single picture."""


GOING_DOWN = frozenset({EndClass.RESTART, EndClass.SHUTDOWN, EndClass.SERVICES, EndClass.UPDATE, EndClass.UNDO})
"""What Windows says only while it goes down. Signing out and waiting are also for a session that a person ends."""

NOT_DOWN = frozenset({EndClass.SIGNOUT, EndClass.READY, EndClass.BLOCKED, EndClass.ENDED})
"""What a plain screen may say that shows no shutdown."""


MIN_PICTURES = 2
"""As many pictures show a text before it counts."""


class Witness(StrEnum):
    """Who saw the shutdown at the end of the film."""

    PERSON = "person"
    READER = "reader"
    PICTURE = "picture"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the end of a film shows.

    Attributes:
        frozen_s: for how long the painted clock had been standing still; None without one.
        idle_s: for how long the picture had not changed, or one picture was held.
        still: the picture stood still over the end: what happened meanwhile is not shown.
        tail: how the last picture looks, None when it was not measured.
        witness: who saw a shutdown there. denied: a person looked, and did not see it.
        read: the last text that was read there, None when there was none.
        going_down_s: film time from which on the texts up to the end say that Windows goes down; None when they do not.
    """

    frozen_s: float | None
    idle_s: float
    still: bool
    tail: TailClass | None
    witness: Witness
    denied: bool
    read: EndText | None = None
    going_down_s: float | None = None


def shown(facts: FilmFacts, tolerance_s: float, confirmation: VisualConfirmation | None, *, lab: bool = False) -> Shown:
    """Return what the end of a film shows.

    Args:
        facts: the film.
        tolerance_s: a picture that stood still longer shows nothing of the end.
        confirmation: a person's own answer, None when nobody was asked.
        lab: how a last picture looks is a witness in the lab, whose guests and pictures are known; elsewhere a hint.
    """
    frozen_s, idle_s = frozen_for_s(facts), idle_at_end_s(facts)
    single = facts.frame_count is not None and facts.frame_count <= 1 and facts.duration_s > tolerance_s
    still = frozen_s > FROZEN_LIMIT_S if frozen_s is not None else single or idle_s > tolerance_s
    still = still or _never_moved(facts, frozen_s, idle_s)
    tail = facts.tail.tail_class if facts.tail is not None else None
    read = _read_at_end(facts)
    witness = Witness.NOBODY
    if confirmation is not None:
        witness = Witness.PERSON if confirmation.seen else Witness.NOBODY
    elif not still and read is not None and read.text_class in GOING_DOWN:
        witness = Witness.READER
    elif lab and tail is TailClass.SOLID_TEXT and not still and (read is None or read.text_class not in NOT_DOWN):
        witness = Witness.PICTURE
    return Shown(
        frozen_s,
        idle_s,
        still,
        tail,
        witness,
        confirmation is not None and not confirmation.seen,
        read,
        _going_down_s(facts, read),
    )


def _read_at_end(facts: FilmFacts) -> EndText | None:
    """Return the text on the last pictures; one picture alone is no reading that another agrees with."""
    last = facts.end_texts[-1] if facts.end_texts else None
    holds = last is not None and last.pictures >= MIN_PICTURES and last.end_s >= facts.last_frame_pts_s
    return last if holds else None


def _going_down_s(facts: FilmFacts, read: EndText | None) -> float | None:
    """Return from when on the texts say, one after the other up to the last one, that Windows goes down."""
    if read is None:
        return None
    since_s = None
    for text in reversed(facts.end_texts):
        if text.text_class not in GOING_DOWN or text.pictures < MIN_PICTURES:
            break
        since_s = text.at_s
    return since_s


def _never_moved(facts: FilmFacts, frozen_s: float | None, idle_s: float) -> bool:
    """Whether the film is a single picture from its begin to its end, by the painted clock where there is one.

    Nothing in such a film says that its source was alive, however short it is.
    """
    stood_s = idle_s if frozen_s is None else min(frozen_s, idle_s)
    return stood_s >= facts.duration_s - MOVED_S


def idle_at_end_s(facts: FilmFacts) -> float:
    """Return how long the picture had not changed when the film ended; a last frame held long counts, too."""
    rests = [spans[-1] for spans in (facts.idle, facts.frozen) if spans]
    since_s = [span.begin_s for span in rests if span.end_s >= facts.last_frame_pts_s - 0.5]
    return max(facts.duration_s, facts.last_frame_pts_s) - min([facts.last_frame_pts_s, *since_s])
