"""How often an account is read: at the pace of what goes on and of who looks."""

from __future__ import annotations

from rdpgui.core.account_events import Topic
from rdpgui.core.attention import ATTENTION_FACTOR, Attention
from rdpgui.core.settings import Timing
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.store import Store

BACKOFF_CAP_S = 60.0
"""Longest wait after failures in a row."""

SLOW_FACTOR = 6.0
"""Preferences and identity change rarely; they are read this many times less often."""

RUN_FACTOR = 2.0
"""During a run the run's own pollers look at its target; the tables may be this much slower."""

TURN_FACTOR = 0.6
"""What can wait is read a call at a time, so many poll times apart: ten a minute on AWS."""

_RARE = frozenset({Topic.PREFERENCES, Topic.IDENTITY})
_OF_A_RUN = frozenset({Topic.INSTANCES, Topic.SESSIONS})
"""What changes while a run goes on."""


class Pace:
    """Says how long to wait between two looks.

    Args:
        store: knows whether a run goes on.
        timing: the poll times of the place.
    """

    def __init__(self, store: Store, timing: Timing) -> None:
        self._store = store
        self._timing = timing
        self._attention = Attention.LOOKING

    def attend(self, attention: Attention) -> bool:
        """Take over how closely somebody looks, and return whether it is more closely than before."""
        closer = ATTENTION_FACTOR[attention] < ATTENTION_FACTOR[self._attention]
        self._attention = attention
        return closer

    def interval_s(self, topic: Topic, pages: int = 1) -> float:
        """Return the pause after a good read, seconds.

        Args:
            topic: what was read.
            pages: how many calls a read costs; the pause is the longer for it.
        """
        running = self._running
        idle_s = self._timing.poll_idle_s * (1.0 if running else ATTENTION_FACTOR[self._attention])
        if topic in _RARE:
            return max(idle_s, self._timing.poll_idle_s * SLOW_FACTOR)
        if topic in _OF_A_RUN and running:
            return min(idle_s, self._timing.poll_run_s * RUN_FACTOR) * pages
        return idle_s * pages

    def apart_s(self) -> float:
        """Return how far apart two calls are that can wait, seconds; while a run goes on they wait longer."""
        factor = RUN_FACTOR if self._running else ATTENTION_FACTOR[self._attention]
        return self._timing.poll_idle_s * TURN_FACTOR * factor

    def after_failures(self) -> Backoff:
        """Return the waits of one topic after failures in a row; nobody's attention makes them longer."""
        return Backoff(self._timing.poll_idle_s, BACKOFF_CAP_S)

    @property
    def _running(self) -> bool:
        return bool(self._store.state.active_runs)
