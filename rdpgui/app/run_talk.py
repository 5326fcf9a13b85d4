"""What ``rdpgui run`` says: a line a row; on an account also the log as it grows, and what is still waited for."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from rdpgui.app.terminal import say
from rdpgui.core.cli import quoted
from rdpgui.core.countdowns import IDLE_S
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import Event
from rdpgui.core.ids import RunId
from rdpgui.core.people_events import SessionQuestioned
from rdpgui.core.ports import Clock
from rdpgui.core.run import Phase
from rdpgui.core.state import AppState, RunState
from rdpgui.i18n import N_, _, fill, ngettext, retell
from rdpgui.report.model import access_name, disruption_name, gap_text, verdict_name
from rdpgui.runner.matrix import Row, RowStatus
from rdpgui.runner.store import Store

EVERY_S = 60.0
"""How often it is said how long something is still waited for."""


class Terminal:
    """Prints one line when a row begins and one when it has its verdict."""

    def __init__(self, total: int, mark: str = "LAB") -> None:
        self._total = total
        self._mark = mark
        self._begun: dict[int, float] = {}

    def progress(self, number: int, row: Row) -> None:
        """Print where a row is."""
        what = f"{disruption_name(row.plan.disruption_id)} × {access_name(row.plan.access_type)}"
        head = f"[{number + 1:2}/{self._total}] {self._mark}"
        if row.status is RowStatus.RUNNING:
            self._begun[number] = time.monotonic()
            say(f"{head} {what} … {row.plan.instance_id}")
        elif row.status is RowStatus.ENDED:
            verdict = row.run.verdict if row.run else None
            word = verdict_name(verdict.value if verdict else None)
            gap = gap_text(row.run) if row.run else "–"
            took_s = time.monotonic() - self._begun.get(number, time.monotonic())
            say(f"{head} {what}: {word}  {_('gap')} {gap}  {took_s:.1f} s  {retell(row.error)}".rstrip())
        elif row.status is RowStatus.SKIPPED:
            say(f"{head} {what}: {_('skipped')} ({retell(row.error)})")


def say_taken_up(count: int) -> None:
    """Say that runs of an earlier program were taken up."""
    if count:
        say(
            ngettext(
                "{n} run that an earlier program left open was ended.",
                "{n} runs that an earlier program left open were ended.",
                count,
            ).format(n=count)
        )


class Talk:
    """Prints the log lines of the runs of this place.

    Args:
        store: tells what happens. clock: for the time that is left.
    """

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._said: dict[RunId, int] = {}
        self._close = store.show(self._on_event)

    def close(self) -> None:
        """Say what has not been said yet, then nothing more."""
        self._close()
        self._say_log(self._store.state)

    async def count_down(self) -> None:
        """Say every minute what is waited for, until it is cancelled."""
        while True:
            await self._clock.sleep(EVERY_S)
            for run in self._store.state.active_runs:
                line = waits_for(run, self._clock.now())
                if line:
                    say(f"           {line}")

    def _on_event(self, state: AppState, event: Event) -> None:
        self._say_log(state)
        if isinstance(event, SessionQuestioned):
            text = _("Nobody can answer here. If it is yours, end this run (Ctrl+C) and add: --mine {session}")
            say(f"           {text.format(session=quoted(event.session.session_id))}")

    def _say_log(self, state: AppState) -> None:
        for run in state.runs_here:
            begun = self._said.get(run.run_id, 0)
            for line in run.log[begun:]:
                say(f"  {line.at:%H:%M:%S}Z {fill(line.text, dict(line.fields))}")
            self._said[run.run_id] = len(run.log)


def waits_for(run: RunState, now: datetime) -> str:
    """Return what a run waits for and how long it still does, in the reader's language; empty when it works."""
    begun = run.entered_at(run.phase) or run.started_at
    plan = run.plan
    by_person = plan.by_hand or plan.disruption_id is DisruptionId.CONTROL_NONE
    match run.phase:
        case Phase.CONNECTING:
            text, limit_s = N_("Waiting for you to connect to {instance}: {left} min left."), plan.connect_limit_s
        case Phase.ENDING if by_person:
            text = N_("Waiting for the end of the session, by you or after {idle} min without input: {left} min left.")
            limit_s = plan.person_limit_s
        case Phase.ENDING:
            text, limit_s = N_("Waiting for the end of the session: {left} min left."), plan.session_end_limit_s
        case Phase.PROCESSING:
            text, limit_s = N_("Waiting for the recording: {left} min left."), plan.recording_limit_s
        case _:
            return ""
    left_s = max(0.0, (begun + timedelta(seconds=limit_s) - now).total_seconds())
    fields = {"instance": plan.instance_id, "left": f"{left_s / 60:.0f}", "idle": f"{IDLE_S / 60:.0f}"}
    return _(text).format(**fields)
