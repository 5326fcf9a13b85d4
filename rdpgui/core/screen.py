"""The console's pictures of a run: which are taken, what they are called, which are kept.

EC2 takes them from outside the operating system (ec2:GetConsoleScreenshot), from the moment a person starts a run or
connects until its session is over. They show what goes on; no verdict needs them. When a picture was asked for and
when it was answered stands in its name, so that a folder of them says everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from rdpgui.core.place import Place
from rdpgui.core.run import Phase
from rdpgui.core.state import RunState

FOLDER = "screen"
"""Where a run's folder keeps them."""
LAB_EVERY_S, AWS_EVERY_S = 1.0, 5.0
"""From one picture to the next: each costs the guest a frame, and an account a call."""
MOST_KEPT = 240
MOST_BYTES = 32 << 20
LARGEST_BYTES = 4 << 20
"""Of one picture; what is larger is no screen."""
ALL_OF_THE_LAST = 60
"""So many of the newest are never thinned out."""
_TIME = "%Y%m%dT%H%M%S.%fZ"
_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)--(\d{8}T\d{6}\.\d{6}Z)\.jpg")
_BEFORE_IT = frozenset({Phase.PREFLIGHT})
_AFTER_IT = frozenset({Phase.PROCESSING, Phase.VERIFYING, Phase.RESTORING, Phase.DONE})


@dataclass(frozen=True, slots=True, order=True)
class ScreenPicture:
    """One picture: it was taken between these two instants."""

    asked_at: datetime
    answered_at: datetime

    @property
    def name(self) -> str:
        """Return its file name."""
        asked, answered = (at.astimezone(UTC).strftime(_TIME) for at in (self.asked_at, self.answered_at))
        return f"{asked}--{answered}.jpg"


def picture_of(name: str) -> ScreenPicture | None:
    """Return the picture of a file name, None for any other file."""
    found = _NAME.fullmatch(name)
    if found is None:
        return None
    try:
        asked, answered = (datetime.strptime(part, _TIME).replace(tzinfo=UTC) for part in found.groups())
    except ValueError:
        return None
    return ScreenPicture(asked, answered)


def pictures_of(names: Iterable[str]) -> tuple[ScreenPicture, ...]:
    """Return the pictures among file names, oldest first."""
    return tuple(sorted(picture for name in names if (picture := picture_of(name)) is not None))


def every_s(*, lab: bool) -> float:
    """Return from one picture to the next, seconds."""
    return LAB_EVERY_S if lab else AWS_EVERY_S


def wants_pictures(run: RunState) -> bool:
    """Whether the screen of a run is looked at now: it goes on, and its session is not over."""
    return run.active and run.left is None and run.phase not in _BEFORE_IT | _AFTER_IT


def may_look(place: Place | None, consented: str) -> bool:
    """Whether pictures may be taken at a place: in the lab who starts a run asks for them; on AWS a person did.

    Args:
        place: of the run.
        consented: ``Settings.live_pictures``.
    """
    return place is not None and (place.lab or (place.known and place.key in consented.split()))


def with_consent(place: Place, consented: str, *, given: bool) -> str:
    """Return ``Settings.live_pictures`` after a person allowed the pictures at a place, or took that back."""
    others = [key for key in consented.split() if key != place.key]
    return " ".join([*others, place.key] if given else others)


def thinned(sizes: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    """Return which files are let go so that not too many are kept: every second one of the older.

    Args:
        sizes: name and bytes of each picture, oldest first.
    """
    if len(sizes) <= MOST_KEPT and sum(size for _name, size in sizes) <= MOST_BYTES:
        return ()
    older = sizes[:-ALL_OF_THE_LAST] if len(sizes) > ALL_OF_THE_LAST else sizes[:-1]
    return tuple(name for name, _size in older[1::2])
