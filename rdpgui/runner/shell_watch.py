"""A shell from the outside: it is seen to begin and to end, then its log is looked for. Nothing is ordered here.

No shell can be opened by API alone, and a person disrupts by hand: this only reads.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol, TypeVar

from rdpgui.core.errors import AwsError, MalformedAnswer, NotConnected, Throttled, Unreachable
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.instance import InstanceState
from rdpgui.core.judging.onset import stated_stop
from rdpgui.core.ports import Clock, InstancePort, SessionPort
from rdpgui.core.session import OVER, Session
from rdpgui.core.shell_log import (
    Finding,
    LogLooks,
    ShellContrast,
    ShellEnd,
    ShellLogPort,
    ShellLogSettings,
    destinations,
    shells,
)
from rdpgui.core.texts import N_

_T = TypeVar("_T")
_PASSING = (Throttled, Unreachable, MalformedAnswer)
"""A look that fails like this is had again."""
_GOING_DOWN = frozenset({InstanceState.STOPPING, InstanceState.SHUTTING_DOWN})
_DOWN = _GOING_DOWN | {InstanceState.STOPPED, InstanceState.TERMINATED}
_BEFORE = timedelta(seconds=1)

NO_SHELL = N_("No shell was seen on {instance} within {limit:.0f} s.")
NOT_ENDED = N_("The shell {session} was still open after {limit:.0f} s.")
READING_FAILED = N_("Reading {topic} failed: {error}")


@dataclass(frozen=True, slots=True)
class ShellPace:
    """How often, and how long at most, seconds.

    Attributes:
        poll_s: between two looks at session and instance.
        open_limit_s: until a shell is seen. end_limit_s: until it ends, and its instance is down.
        looks: at each destination after the end. apart_s: between two of them.
    """

    poll_s: float
    open_limit_s: float
    end_limit_s: float
    looks: int
    apart_s: float


AWS_PACE = ShellPace(poll_s=3.0, open_limit_s=900.0, end_limit_s=3900.0, looks=10, apart_s=30.0)
LAB_PACE = ShellPace(poll_s=0.2, open_limit_s=60.0, end_limit_s=120.0, looks=5, apart_s=0.4)

Tell = Callable[[str, dict[str, object]], None]
"""Takes an English message id and its fields."""


class Guide(Protocol):
    """Whoever has the shell opened and disrupted: a person who is told to, or the lab."""

    async def seen(self, session: Session, settings: ShellLogSettings) -> None:
        """The shell is seen to go on; now is the time to disrupt."""


@dataclass(frozen=True, slots=True)
class ShellPorts:
    """What is read."""

    clock: Clock
    sessions: SessionPort
    instances: InstancePort
    logs: ShellLogPort


class ShellWatch:
    """Watches one shell on one instance.

    Args:
        ports: what is read. pace: how often. guide: is told when to disrupt. tell: takes what is to be said.
    """

    def __init__(self, ports: ShellPorts, pace: ShellPace, guide: Guide, tell: Tell) -> None:
        self._ports = ports
        self._pace = pace
        self._guide = guide
        self._tell = tell
        self._said = ""

    async def contrast(self, target: InstanceId, wanted: SessionId | None = None) -> ShellContrast:
        """Watch a shell to its end and look for its log.

        Args:
            target: the node.
            wanted: the shell that is meant where there are several; None for the only one.

        Raises:
            NotConnected: none was seen, several were, or it did not end.
            AwsError: nothing can be read.
        """
        session = await self._opened(target, wanted)
        settings = await self._ports.logs.settings() or ShellLogSettings()
        version = await self._agent(target)
        await self._guide.seen(session, settings)
        end = await self._ended(session)
        looked = [LogLooks(one, self._pace.looks) for one in destinations(settings, session.session_id, version)]
        self._tell(N_("The shell has ended. Its log is looked for {looks} times."), {"looks": self._pace.looks})
        for number in range(self._pace.looks):
            await self._ports.clock.sleep(self._pace.apart_s if number else 0.0)
            looked = [await self._look(one) for one in looked]
            end = await self._instance(session, await self._history(session, end))
        end = await self._settled(session, end)
        looked = [await self._look(one) for one in looked]  # what was sent on the way down is there by now
        return ShellContrast(session.session_id, target, session.started_at, settings, version, end, tuple(looked))

    async def _opened(self, target: InstanceId, wanted: SessionId | None) -> Session:
        give_up_mono_s = self._ports.clock.monotonic() + self._pace.open_limit_s
        while self._ports.clock.monotonic() < give_up_mono_s:
            found = shells(await self._active(target) or ())
            found = tuple(one for one in found if wanted in (None, one.session_id))
            if len(found) > 1:
                named = ", ".join(one.session_id for one in found)
                text = N_("There are several shells on {instance}: {sessions}.")
                raise NotConnected(text, N_("Name one with --session."), instance=target, sessions=named)
            if found:
                return found[0]
            await self._ports.clock.sleep(self._pace.poll_s)
        raise NotConnected(NO_SHELL, N_("Open one and try again."), instance=target, limit=self._pace.open_limit_s)

    async def _ended(self, session: Session) -> ShellEnd:
        """Wait until the shell is no longer active, looking at its instance all the while."""
        end = ShellEnd()
        give_up_mono_s = self._ports.clock.monotonic() + self._pace.end_limit_s
        while self._ports.clock.monotonic() < give_up_mono_s:
            # The instance first: a session that is listed after the instance was seen to go down was open then.
            end = await self._instance(session, end)
            begun_at = self._ports.clock.now()
            listed = await self._active(session.target)
            own = next((one for one in listed or () if one.session_id == session.session_id), None)
            if own is not None and own.status not in OVER:
                end = replace(end, active_at=begun_at, status=own.status)
            elif listed is not None:
                return replace(end, gone_at=self._ports.clock.now())
            await self._ports.clock.sleep(self._pace.poll_s)
        raise NotConnected(
            NOT_ENDED,
            N_("End it, or stop its instance, and try again."),
            session=session.session_id,
            limit=self._pace.end_limit_s,
        )

    async def _settled(self, session: Session, end: ShellEnd) -> ShellEnd:
        """Wait for what is on its way: an instance that is going down, and the session's end in the history."""
        begun_mono_s = self._ports.clock.monotonic()
        for_history_s = self._pace.looks * self._pace.apart_s
        while end.ended_at is None or end.state in _GOING_DOWN:
            patience_s = self._pace.end_limit_s if end.state in _GOING_DOWN else for_history_s
            if self._ports.clock.monotonic() - begun_mono_s >= patience_s:
                break
            await self._ports.clock.sleep(self._pace.poll_s)
            end = await self._instance(session, await self._history(session, end))
        return end

    async def _instance(self, session: Session, end: ShellEnd) -> ShellEnd:
        found = await self._read("instances", lambda: self._ports.instances.instance(session.target))
        if found is None or not found.state:
            return end
        down = found.state in _DOWN  # a word that is not known says neither
        if end.down_at is not None and not down:  # started again: what was seen of its stop stays
            return end
        down_at = end.down_at or (self._ports.clock.now() if down else None)
        stop = stated_stop(found.state_transition_reason) or end.stop_ordered_at
        return replace(
            end,
            down_at=down_at,
            state=found.state,
            reason=found.state_reason_code if down_at is not None else "",
            stop_ordered_at=stop if down_at is not None else None,
        )

    async def _history(self, session: Session, end: ShellEnd) -> ShellEnd:
        """Read when the session ended by AWS's word."""
        if end.ended_at is not None:
            return end
        since = session.started_at - _BEFORE
        listed = await self._read(
            "sessions", lambda: self._ports.sessions.sessions(active=False, target=session.target, since=since)
        )
        own = next((one for one in listed or () if one.session_id == session.session_id), None)
        return end if own is None else replace(end, ended_at=own.ended_at, status=own.status)

    async def _look(self, looks: LogLooks) -> LogLooks:
        """Look once more, unless it is there already."""
        if looks.finding is Finding.THERE:
            return looks
        try:
            found = await self._ports.logs.look(looks.destination)
        except AwsError as error:
            return looks.and_look(self._ports.clock.now(), error=error.text())
        return looks.and_look(self._ports.clock.now(), found)

    async def _active(self, target: InstanceId) -> tuple[Session, ...] | None:
        return await self._read("sessions", lambda: self._ports.sessions.sessions(active=True, target=target))

    async def _agent(self, target: InstanceId) -> str:
        """Return the version of the node's agent, empty where it cannot be read: then streaming is not known."""
        try:
            nodes = await self._ports.instances.nodes_of([target])
        except AwsError as error:
            self._tell(READING_FAILED, {"topic": "nodes", "error": error.text()})
            return ""
        return nodes[0].agent_version if nodes else ""

    async def _read(self, topic: str, call: Callable[[], Awaitable[_T]]) -> _T | None:
        """Return what was read, None for a look that failed in passing, which is said once."""
        try:
            return await call()
        except _PASSING as error:
            if error.text() != self._said:
                self._said = error.text()
                self._tell(READING_FAILED, {"topic": topic, "error": self._said})
            return None
