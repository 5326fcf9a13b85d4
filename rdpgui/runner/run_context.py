"""What the phases of one run share: plan, ports, journal, and the snapshot of the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from uuid import uuid4

from rdpgui.core.events import RunEvent
from rdpgui.core.freshness import Look
from rdpgui.core.judging.clock_track import DRIFT, STEP_S
from rdpgui.core.judging.recording_status import facts_of_run, recording_status
from rdpgui.core.kinds.seen import RESTART_S
from rdpgui.core.passing_events import Looked
from rdpgui.core.ports import OpenedConnection, Ports
from rdpgui.core.recording import Denial
from rdpgui.core.run import Phase, RunPlan
from rdpgui.core.run_events import ClockSampled, NoteAdded, PhaseEntered, Source, SourceUnread, StatusStated
from rdpgui.core.settings import Timing
from rdpgui.core.state import RunState
from rdpgui.runner.arming_desk import ArmingDesk
from rdpgui.runner.known_films import KnownFilms
from rdpgui.runner.run_line import RunLine
from rdpgui.runner.store import Store

LOOKS_EVERY_S = 1.0
"""Looks of one poller are told no more often."""

STOOD_STILL_S = 1.0
"""A wait that ends so much later than its limit: the program was stopped, or starved, and looked at nothing."""

LIMITS_BEGUN = 4
"""How often a limit begins, at most: on a machine that stands still again and again every wait has its end."""


def _new_life() -> str:
    return uuid4().hex[:12]


@dataclass(slots=True)
class RunContext:
    """One run under way.

    Attributes:
        folder: the run's folder.
        attended: the connection is opened with its desktop shown.
        auto_arm: the caller has the person's consent; the run arms its own target.
        armed_s: how long the run arms its own target at most, seconds.
        opened: the connection this run opened, until it is over.
        abort_reason: set when the run shall end as aborted.
        listing_read_at: when the bucket was last listed with success during this run.
        seen_active_at: a poll that began then saw the session active, besides the session's own poller.
        listing_error: why the last listing failed, empty when it did not.
        unread: why the bytes of a candidate could not be taken, a cause word; empty when they could.
        denials: what the audit log says the destination refused to the service, newest first.
        good: sources that are polled, each with local and monotonic time at which its last good poll began.
        failing: sources whose last poll failed, each with its last good look.
        looks, listed: successful listings since the wait for the recording began, and new objects in the last one.
        films: what was inspected already, shared by all runs.
        life: whose monotonic clock the run's samples are of.
        noted: identities of the noted answers that are in its journal.
    """

    plan: RunPlan
    ports: Ports
    store: Store
    timing: Timing
    line: RunLine
    folder: PurePath
    attended: bool = False
    auto_arm: bool = False
    armed_s: float = 300.0
    abort_reason: str = ""
    opened: OpenedConnection | None = None
    listing_read_at: datetime | None = None
    listing_error: str = ""
    seen_active_at: datetime | None = None
    unread: str = ""
    denials: tuple[Denial, ...] = ()
    looks: int = 0
    listed: int = 0
    good: dict[Source, tuple[datetime, float]] = field(default_factory=dict)
    failing: dict[Source, datetime] = field(default_factory=dict)
    films: KnownFilms = field(default_factory=KnownFilms)
    life: str = field(default_factory=_new_life)
    noted: set[tuple[object, ...]] = field(default_factory=set)
    _sampled: tuple[datetime, float] | None = None

    @property
    def state(self) -> RunState:
        """Return the run as it is now."""
        return self.store.run(self.plan.run_id)

    def now(self) -> datetime:
        """Return the local time."""
        return self.ports.clock.now()

    def emit(self, event: RunEvent) -> None:
        """Have it journalled, and publish it at once."""
        self.line.emit(event)

    async def keep(self, event: RunEvent) -> None:
        """Have it journalled, and publish it when it is on disk."""
        await self.line.keep(event)

    async def announce(self, text: str, **fields: object) -> None:
        """Add a line about a call that is about to be made, and wait until it is on disk."""
        await self.keep(self._noted("info", text, fields))

    async def write_bytes(self, path: PurePath, data: bytes) -> None:
        """Write a file of the run, off the loop. Raises StorageFull, StorageError."""
        folders = self.ports.folders
        await folders.pen.run(partial(folders.write_bytes, path, data))

    def sample_clock(self, offset_s: tuple[float, float] | None) -> None:
        """Journal the local clock against monotonic time, and against AWS's where that was read."""
        now, mono_s = self.now(), self.ports.clock.monotonic()
        low_s, high_s = offset_s if offset_s is not None else (None, None)
        self._sampled = (now, mono_s)
        self.emit(ClockSampled(now, self.plan.run_id, mono_s, self.life, low_s, high_s))

    def watch_clock(self) -> None:
        """Journal a sample when the local clock has stepped since the last one; asked at every poll."""
        if self._sampled is None:
            return
        at, sampled_mono_s = self._sampled
        elapsed_s = self.ports.clock.monotonic() - sampled_mono_s
        if abs((self.now() - at).total_seconds() - elapsed_s) > STEP_S + DRIFT * elapsed_s:
            self.sample_clock(None)

    def enter(self, phase: Phase) -> None:
        """Enter a phase."""
        self.emit(PhaseEntered(self.now(), self.plan.run_id, phase))

    def may_command(self) -> bool:
        """Whether an order may go to the target: it is armed, or this run's own order was made while it was.

        Reading what became of that order belongs to it.
        """
        state = self.store.state
        if state.emergency:
            return False
        if self.state.disruption_intent is not None:
            return True
        arming = state.arming_for(self.plan.instance_id, self.plan.run_id)
        return arming is not None and arming.instance_id == self.plan.instance_id and arming.holds_at(self.now())

    @contextmanager
    def ordering(self, *, asked: bool = False) -> Iterator[bool]:
        """Give whether an order may be made inside the block.

        With the person's consent to the whole run (``auto_arm``) the target is armed for it. A run by hand has that
        consent only for what the person ``asked`` for: connecting is no consent to commands.
        """
        if self.auto_arm and (asked or not self.plan.by_hand) and not self.store.state.emergency:
            desk = ArmingDesk(self.store, self.ports.clock, self.armed_s)
            with desk.armed_for(self.plan.instance_id, self.plan.run_id):
                yield True
            return
        yield self.may_command()

    def looked(self, source: Source, due_s: float) -> None:
        """Note a good look; told at most once a second, so it holds that much longer than its poll time."""
        clock, known = self.ports.clock, self.store.state.run_looks.get((self.plan.run_id, source))
        mono_s = clock.monotonic()
        if known is None or mono_s - known.mono_s >= LOOKS_EVERY_S:
            now = clock.now()
            self.emit(Looked(now, self.plan.run_id, source, Look(now, mono_s, due_s + LOOKS_EVERY_S)))

    def moment(self) -> tuple[datetime, float]:
        """Return local and monotonic time: in a suspend the one may stand, a person may set the other."""
        return self.now(), self.ports.clock.monotonic()

    def end_unread(self, source: Source) -> None:
        """Tell if nobody saw a source for a time, now that it is read again or the verdict is due."""
        now, mono_s = self.moment()
        good_at, good_mono_s = self.good.get(source, (now, mono_s))
        silent_s = max((now - good_at).total_seconds(), mono_s - good_mono_s)
        failed = source in self.failing
        since_at = min(self.failing.pop(source, now), now - timedelta(seconds=silent_s))
        if failed or silent_s > self.timing.poll_run_s + RESTART_S:  # also in the lab: a busy machine still looks
            self.emit(SourceUnread(now, self.plan.run_id, source, since_at))

    def end_watch(self) -> None:
        """Tell of every source that nobody saw for a time up to now: the verdict is due."""
        for source in {**self.good, **self.failing}:
            self.end_unread(source)

    def note(self, level: str, text: str, **fields: object) -> None:
        """Add a line to the run log; ``text`` is an English message id."""
        self.emit(self._noted(level, text, fields))

    def _noted(self, level: str, text: str, fields: Mapping[str, object]) -> NoteAdded:
        values = tuple((name, str(value)) for name, value in fields.items())
        return NoteAdded(self.now(), self.plan.run_id, level, text, values)

    async def until(self, condition: Callable[[RunState], bool], limit_s: float) -> bool:
        """Wait until a condition over the run holds; False when the limit (seconds) passed.

        A limit that passed while this program stood still is none, because nobody looked: it begins anew.
        """
        run_id, monotonic = self.plan.run_id, self.ports.clock.monotonic
        for _begun in range(LIMITS_BEGUN):
            due_mono_s = monotonic() + max(0.0, limit_s)
            if await self.store.until(lambda state: condition(state.runs[run_id]), max(0.0, limit_s)):
                return True
            if monotonic() - due_mono_s < STOOD_STILL_S:
                break
        return False

    def state_recording(self) -> None:
        """State the recording status when it changed."""
        now = self.now()
        facts = facts_of_run(
            self.state,
            now,
            usual_s=self.timing.recording_usual_s,
            listing_read_at=self._listing_at(),
            denials=self.denials,
        )
        statement, last = recording_status(facts), self.state.statement
        if last is None or (last.status, last.basis) != (statement.status, statement.basis):
            self.emit(StatusStated(now, self.plan.run_id, statement))

    def _listing_at(self) -> datetime | None:
        if self.listing_error:
            return None
        return self.listing_read_at or (self.state.baseline.at if self.state.baseline is not None else None)
