"""A run once more, as it was known at each moment: all its states, by the time of the event that made them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from rdpgui.core.events import RunEvent
from rdpgui.core.reduce import begun, reduce_run
from rdpgui.core.run_events import FilmInspected, RunStarted, VerdictReached
from rdpgui.core.state import RunState


@dataclass(frozen=True, slots=True)
class Replay:
    """The states of one run in the order of its journal; never empty.

    Attributes:
        times: when each was known, never going back: a person's words from long after the end count as said then.
        states: one for each time.
        film_at: when the film had been looked at, None without one. verdict_at: when the first verdict was reached.
    """

    times: tuple[datetime, ...]
    states: tuple[RunState, ...]
    film_at: datetime | None = None
    verdict_at: datetime | None = None

    @property
    def begin_at(self) -> datetime:
        """When the run began."""
        return self.times[0]

    @property
    def end_at(self) -> datetime:
        """When the run was over; what people said of it later is shown at its end."""
        last = self.states[-1]
        return max(self.begin_at, last.ended_at or last.last_at or self.times[-1])

    def at(self, at: datetime) -> RunState:
        """Return what was known at a moment; at the end and after it, all that is known today."""
        if at >= self.end_at:
            return self.states[-1]
        return self.states[max(0, bisect_right(self.times, at) - 1)]


def replay_of(events: Iterable[RunEvent]) -> Replay | None:
    """Return the replay of a run's events, None when they do not begin with its start.

    A line of another run in its journal says nothing of this one, as in ``journal.rebuild``.
    """
    times: list[datetime] = []
    states: list[RunState] = []
    film_at = verdict_at = None
    for event in events:
        if not states:
            if not isinstance(event, RunStarted):
                return None
            states.append(begun(event))
            times.append(event.at)
        if event.run_id != states[0].run_id:
            continue
        states.append(reduce_run(states[-1], event))
        times.append(max(times[-1], event.at))
        if isinstance(event, FilmInspected) and film_at is None:
            film_at = times[-1]
        if isinstance(event, VerdictReached) and verdict_at is None:
            verdict_at = times[-1]
    return Replay(tuple(times), tuple(states), film_at, verdict_at) if states else None
