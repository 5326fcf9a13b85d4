"""Which lines belong under the run that is looked at: its own, and what happened around it meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rdpgui.core.state import AppState, LogLine, RunState


def log_of(state: AppState, run: RunState | None) -> Sequence[LogLine]:
    """Return the lines for the run that is looked at, by time; without one, those of no run.

    Its own come from its journal, so they are the same after a restart and from the history. What belongs to no run
    (arming, orders by hand, failed reads) is shown beside it where it fell into its time; beside the newest run all
    of it is. Another run's lines never are.
    """
    account = [line for line in state.log if line.run_id is None]
    if run is None:
        return tuple(account)
    if any(other.started_at > run.started_at for other in state.history.values()):
        over_at = run.ended_at or run.last_at or run.started_at
        account = [line for line in account if run.started_at <= line.at <= over_at]
    if not account:
        return run.log
    return tuple(sorted((*run.log, *account), key=_at))


def _at(line: LogLine) -> datetime:
    return line.at
