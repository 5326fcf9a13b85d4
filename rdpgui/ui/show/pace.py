"""How a presentation runs by itself: three minutes at most, whatever the run took."""

from __future__ import annotations

from datetime import datetime, timedelta

from rdpgui.core.replay import Replay
from rdpgui.ui.show.scene import Step

WHOLE_S = 180.0
READ_S = {Step.QUESTION: 22.0, Step.PLAN: 26.0, Step.FILM: 34.0, Step.VERDICT: 40.0}
"""So long a step stays, while nothing moves in it but the film."""
LIVE_S = (16.0, 56.0)
"""So long the run itself takes when it is shown once more, at least and at most; a live one takes what it takes."""
FILM_TAIL_S = 8.0
"""So much of the film's end is played before its last frame stays."""


def live_length_s(replay: Replay) -> float:
    """Return how long the replay of a run takes, seconds."""
    span_s = (_live_end(replay) - replay.begin_at).total_seconds()
    return min(LIVE_S[1], max(LIVE_S[0], span_s))


def live_at(replay: Replay, since_s: float) -> datetime:
    """Return the moment that is shown so long after the begin of the replay, at an even pace."""
    span_s = (_live_end(replay) - replay.begin_at).total_seconds()
    share = min(1.0, max(0.0, since_s / live_length_s(replay)))
    return replay.begin_at + timedelta(seconds=span_s * share)


def _live_end(replay: Replay) -> datetime:
    """Return when there is something else to be shown: the film, else the verdict, else the end."""
    return replay.film_at or replay.verdict_at or replay.end_at


def step_of(replay: Replay, at: datetime) -> Step:
    """Return the step to which a moment of a run belongs."""
    if at >= (replay.verdict_at or replay.end_at):
        return Step.VERDICT
    return Step.FILM if replay.film_at is not None and at >= replay.film_at else Step.LIVE


def moment_of(replay: Replay, step: Step) -> datetime:
    """Return the moment with which a step begins."""
    match step:
        case Step.VERDICT:
            return replay.verdict_at or replay.end_at
        case Step.FILM:
            return replay.film_at or _live_end(replay)
        case _:
            return replay.begin_at
