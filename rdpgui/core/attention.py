"""How closely somebody looks at the window, and what that means for how often things are read."""

from __future__ import annotations

from enum import StrEnum


class Attention(StrEnum):
    """Who looks. A run is watched closely whoever looks."""

    LOOKING = "looking"
    IDLE = "idle"
    HIDDEN = "hidden"


ATTENTION_FACTOR = {Attention.LOOKING: 1.0, Attention.IDLE: 10.0, Attention.HIDDEN: 20.0}
"""What nobody looks at is read so many times less often; words age by the longer time, never wrongly."""
