"""What a run sees of its target while it goes on: one poller each for EC2, the agent and the session.

Each poller emits changes only. A change happened after the last poll that began with the old
value (``not_before_at``) and before the poll that brought the new one ended (``at``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime

from rdpgui.core.aws_word import AwsWord
from rdpgui.core.errors import AwsError, GuardRefusal, MalformedAnswer
from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.case import case_of
from rdpgui.core.kinds.seen import BOOT_STEP_S
from rdpgui.core.run_events import (
    BootTimeRead,
    ConnectionChanged,
    InstanceChanged,
    SessionLeftActive,
    SessionSeenAgain,
    Source,
)
from rdpgui.core.session import OVER, Session
from rdpgui.core.texts import N_
from rdpgui.runner.backoff import Backoff
from rdpgui.runner.run_context import RunContext

"""Statuses of a session whose connection is over, also while it is still listed as active."""

FIRST_BOOT_PAUSE_S = 2.0
BOOT_PAUSE_POLLS = 5
BOOT_PAUSE_CAP_S = 120.0
"""Between two readings of the boot time without a sign of a restart: first so long, or so many polls; at most this."""

CAP_S = 30.0
"""Longest wait between two polls that fail."""


async def poll(
    run: RunContext,
    name: str,
    once: Callable[[datetime], Awaitable[bool]],
    *,
    source: Source | None = None,
    cap_s: float = CAP_S,
) -> None:
    """Poll until ``once`` returns False; failures back off, are noted once in a row, and never end the run.

    A source whose good looks lie far apart was seen by nobody in between, whether a poll raised or not: the SDK asked
    again, the answer was slow, or the machine slept.

    Args:
        run: the run.
        name: what is polled, for the note.
        once: one poll, given the local time at which it begins; returns whether to go on.
        source: what the poll looks at, for the words that rest on it.
        cap_s: longest wait between two polls that fail.
    """
    backoff, looks = Backoff(run.timing.poll_run_s, cap_s), _Looks(run, source)
    while True:
        run.watch_clock()
        begun = run.moment()
        try:
            goes_on = await once(begun[0])
        except AwsError as error:
            looks.failed()
            if backoff.failures == 0:
                run.note("warning", N_("Reading {topic} failed: {error}"), topic=name, error=error.text())
            await run.ports.clock.sleep(backoff.next_s())
            continue
        looks.came_back(begun, goes_on=goes_on)
        if not goes_on:
            return
        backoff.reset()
        await run.ports.clock.sleep(run.timing.poll_run_s)


class _Looks:
    """What one poller's looks say of its source; nothing where no words rest on it."""

    def __init__(self, run: RunContext, source: Source | None) -> None:
        self._run, self._source = run, source
        if source is not None:
            run.good[source] = run.moment()

    def failed(self) -> None:
        """Remember since when nobody sees the source: since its last good look."""
        if self._source is not None:
            self._run.failing.setdefault(self._source, self._run.good[self._source][0])

    def came_back(self, begun: tuple[datetime, float], *, goes_on: bool) -> None:
        """Tell of a look that began then; a last one leaves nothing that could be missed."""
        if self._source is None:
            return
        self._run.end_unread(self._source)
        if goes_on:
            self._run.good[self._source] = begun
            self._run.looked(self._source, self._run.timing.poll_run_s)
        else:
            self._run.good.pop(self._source, None)


class InstanceWatch:
    """Emits the target's EC2 state, or its launch time, when it changes. Source: ec2:DescribeInstances."""

    def __init__(
        self, run: RunContext, state: InstanceState, reason_code: str, seen_at: datetime, launched_at: datetime | None
    ) -> None:
        self._run = run
        self._known = (state, reason_code, launched_at)
        self._seen_at = seen_at

    async def once(self, begun_at: datetime) -> bool:
        """Poll once; goes on for ever."""
        item = await self._run.ports.instances.instance(self._run.plan.instance_id)
        _understood(item.state, "ec2:DescribeInstances")
        now = (item.state, item.state_reason_code, item.launched_at or self._known[2])
        if now != self._known:
            self._run.emit(
                InstanceChanged(
                    self._run.now(),
                    self._run.plan.run_id,
                    item.state,
                    item.state_reason_code,
                    item.state_transition_reason,
                    self._seen_at,
                    item.launched_at,
                )
            )
            self._known = now
        self._seen_at = begun_at
        return True


class ConnectionWatch:
    """Emits whether Session Manager reaches the target when it changes. Source: ssm:GetConnectionStatus."""

    def __init__(self, run: RunContext, status: ConnectionStatus, seen_at: datetime) -> None:
        self._run = run
        self._known = status
        self._seen_at = seen_at

    async def once(self, begun_at: datetime) -> bool:
        """Poll once; goes on for ever."""
        status = await self._run.ports.instances.connection_status(self._run.plan.instance_id)
        _understood(status, "ssm:GetConnectionStatus")
        if status is not self._known:
            self._run.emit(ConnectionChanged(self._run.now(), self._run.plan.run_id, status, self._seen_at))
            self._known = status
        self._seen_at = begun_at
        return True


def _understood(word: AwsWord, operation: str) -> None:
    """Take a word of AWS that nobody here understands for one that was not read: guessing would falsify a verdict."""
    if not word.known:
        raise MalformedAnswer(
            N_("AWS says {word}, which this program does not know."), operation=operation, word=word.value or "-"
        )


class SessionWatch:
    """Emits when the session leaves Active, and again when the history shows its EndDate.

    One listing without it proves nothing: it has left when the history or a second listing in a row says so.
    Source: ssm:DescribeSessions, which is eventually consistent.
    """

    def __init__(self, run: RunContext, session: Session, seen_at: datetime) -> None:
        self._run = run
        self._session = session
        self._last_active_at = seen_at
        self._left = False
        self._missed = False
        self._returned = False

    async def once(self, begun_at: datetime) -> bool:
        """Poll once; ends when the EndDate is known."""
        if self._left:
            if await self._read_end():
                return False
            if await self._seen_again():
                self._last_active_at = begun_at
            return True
        listed = await self._run.ports.sessions.sessions(active=True, target=self._session.target)
        found = next((s for s in listed if s.session_id == self._session.session_id), None)
        if found is not None and found.status not in OVER:
            self._last_active_at, self._session, self._missed = begun_at, found, False
            return True
        if found is None and not self._missed and not await self._is_over():
            self._missed = True
            return True
        self._left = True
        self._emit(replace(found or self._session, active=False))
        return not await self._read_end()

    async def _seen_again(self) -> bool:
        """Whether two listings in a row show the session as active after all: then those without it were wrong."""
        listed = await self._run.ports.sessions.sessions(active=True, target=self._session.target)
        found = next((s for s in listed if s.session_id == self._session.session_id and s.status not in OVER), None)
        if found is None or not self._returned:
            self._returned = found is not None
            return False
        self._session, self._left, self._missed, self._returned = found, False, False, False
        self._run.emit(SessionSeenAgain(self._run.now(), self._run.plan.run_id, found))
        return True

    async def _is_over(self) -> bool:
        past = await self._in_history()
        return past is not None and (past.ended_at is not None or past.status in OVER)

    async def _in_history(self) -> Session | None:
        listed = await self._run.ports.sessions.sessions(active=False, target=self._session.target)
        return next((s for s in listed if s.session_id == self._session.session_id), None)

    async def _read_end(self) -> bool:
        found = await self._in_history()
        if found is None or found.flaws or found.ended_at is None:
            return False
        self._emit(replace(found, active=False))
        return True

    def _emit(self, session: Session) -> None:
        last_active_at = max(self._last_active_at, self._run.seen_active_at or self._last_active_at)
        self._run.emit(SessionLeftActive(self._run.now(), self._run.plan.run_id, session, last_active_at))


class BootWatch:
    """Reads the guest's last boot time until one after the order is known.

    Run Command changes the account, so each reading is an order: armed, journalled and rare. It is made when the agent
    has come back, at the end of the session, and else at pauses that grow. Without it what remains of a restart is what
    can be read: the agent's connection lost and back, the EC2 state, console screenshots, and the film.

    Another value than before is not yet a newer boot: the guest's clock may have been corrected. The same value after
    the agent, or the program, was away is evidence, too: nothing was restarted.

    Source: ssm:SendCommand.
    """

    def __init__(self, run: RunContext) -> None:
        self._run = run
        self._pause_s = max(FIRST_BOOT_PAUSE_S, run.timing.poll_run_s * BOOT_PAUSE_POLLS)
        self._due_mono_s = run.ports.clock.monotonic() + self._pause_s
        self._signs = self._count_signs()
        self._told = False

    async def once(self, begun_at: datetime) -> bool:
        """Read once, if it is time and allowed; ends when a boot after the order is known."""
        changes = self._run.state.connection_changes
        if changes and changes[-1].status is ConnectionStatus.NOT_CONNECTED:
            return True
        signs, mono_s = self._count_signs(), self._run.ports.clock.monotonic()
        if signs == self._signs and mono_s < self._due_mono_s:
            return True
        self._signs, self._due_mono_s = signs, mono_s + self._pause_s
        self._pause_s = min(self._pause_s * 2, BOOT_PAUSE_CAP_S)
        before = self._latest()
        with self._run.ordering() as allowed:
            if not allowed:
                self._tell()
                return True
            read = await command_last_boot(self._run)
        if read is None or not self._is_news(read.boot_at, before):
            return True
        self._run.emit(read)
        return case_of(self._run.state).onset.boot is None

    def _is_news(self, boot_at: datetime, before: datetime | None) -> bool:
        if before is None or abs((boot_at - before).total_seconds()) >= BOOT_STEP_S:
            return True
        state = self._run.state
        lives = {sample.life: sample.at for sample in reversed(state.clock_samples)}
        since = [*(change.at for change in state.connection_changes[-1:]), *list(lives.values())[:-1]]
        since += [gap.at for gap in state.unread if gap.source is Source.CONNECTION]
        return bool(since) and not any(read.at > max(since) for read in state.boot_reads)

    def _count_signs(self) -> int:
        """Return how often something happened that makes another boot time likely, or a last reading due."""
        state = self._run.state
        unseen = len([gap for gap in state.unread if gap.source is Source.CONNECTION])
        return len(state.connection_changes) + unseen + (state.left is not None)

    def _tell(self) -> None:
        if not self._told:
            self._told = True
            text = N_("The boot time is not read: that takes Run Command, and the instance is not armed.")
            self._run.note("info", text)

    def _latest(self) -> datetime | None:
        reads, baseline = self._run.state.boot_reads, self._run.state.baseline
        if reads:
            return reads[-1].boot_at
        return baseline.boot_at if baseline is not None else None


async def command_last_boot(run: RunContext) -> BootTimeRead | None:
    """Read the last boot by Run Command, which the journal says before; the caller has asked whether it may."""
    await run.announce(
        N_("About to call {action} on {target}: read the boot time."),
        action="ssm:SendCommand",
        target=run.plan.instance_id,
    )
    asked_at = run.now()
    boot = await run.ports.disruptions.last_boot(run.plan.instance_id)
    if boot is None:
        return None
    return BootTimeRead(run.now(), run.plan.run_id, boot.boot_at, boot.uptime_s, asked_at)


async def read_boot_once(run: RunContext) -> None:
    """Read the boot time before the disruption, if armed; without it the proof is harder, never impossible."""
    try:
        with run.ordering() as allowed:
            read = await command_last_boot(run) if allowed else None
    except (AwsError, GuardRefusal) as error:
        run.note("warning", N_("The boot time could not be read: {error}"), error=error.text())
        return
    if read is not None:
        run.emit(read)
