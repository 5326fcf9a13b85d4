"""The account's other sessions: a film in the account's destination may be of any of them."""

from __future__ import annotations

from datetime import timedelta

from rdpgui.core.errors import AwsError
from rdpgui.core.run_events import NeighboursRead
from rdpgui.core.texts import N_
from rdpgui.runner.concurrency import Together
from rdpgui.runner.run_context import RunContext

LATE_S = 24 * 3600.0
"""A recording is put at most this long after its session; the films of older ones are there."""


async def read_neighbours(run: RunContext) -> None:
    """Read and journal every other session that began within a day of the run's, active or ended."""
    own = run.state.session
    if own is None:
        return
    since = own.started_at - timedelta(seconds=LATE_S)
    try:
        async with Together() as reads:
            active = reads.start(run.ports.sessions.sessions(active=True))
            ended = reads.start(run.ports.sessions.sessions(active=False, since=since))
    except AwsError as error:
        run.note("warning", N_("Reading {topic} failed: {error}"), topic="sessions", error=error.text())
        run.emit(NeighboursRead(run.now(), run.plan.run_id, since, (), complete=False))
        return
    found = {s.session_id: s for s in (*active.result(), *ended.result())}
    others = tuple(s for s in found.values() if s.session_id != own.session_id and s.may_be_recorded)
    run.emit(NeighboursRead(run.now(), run.plan.run_id, since, others, complete=True))
