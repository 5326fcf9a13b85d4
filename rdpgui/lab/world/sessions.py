"""Session Manager sessions, and when DescribeSessions shows them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from rdpgui.lab.model import AccessType, LabError, SessionRecord, SessionStatus
from rdpgui.lab.scenario import EndDate
from rdpgui.lab.world.agents import Agents
from rdpgui.lab.world.context import BASE32, Context
from rdpgui.lab.world.signals import Listener

PORT_DOCUMENT = "AWS-StartPortForwardingSession"
SHELL_DOCUMENT = "SSM-SessionManagerRunShell"
DOCUMENTS = frozenset({SHELL_DOCUMENT, PORT_DOCUMENT, "AWS-StartPortForwardingSessionToRemoteHost"})
_KEPT = timedelta(days=30)
_OPEN = frozenset({SessionStatus.CONNECTING, SessionStatus.CONNECTED, SessionStatus.DISCONNECTED})


@dataclass(slots=True, eq=False)
class _Entry:
    """A session and its place in the lists.

    Attributes:
        over: it has begun to end; later ends of the same session are ignored.
        left_at: when it left Active.
        listed_at: from when the history shows it.
        remote_desktop: opened by GUI Connect, which then also ends it.
    """

    record: SessionRecord
    remote_desktop: bool
    over: bool = False
    left_at: datetime | None = None
    listed_at: datetime | None = None


class Sessions(Listener):
    """All sessions."""

    def __init__(self, context: Context, agents: Agents) -> None:
        self._context = context
        self._agents = agents
        self._entries: dict[str, _Entry] = {}
        self._hidden_answers = 0
        self._hidden_until: datetime | None = None

    def start(self, target: str, document_name: str, owner: str, reason: str = "") -> SessionRecord:
        """Start a shell or a port session by API; it is Connecting, for nobody joins it here.

        Raises:
            LabError: TargetNotConnected, InvalidDocument.
        """
        if not self._agents.reachable(target):
            raise LabError("TargetNotConnected", f"{target} is not connected.")
        return self.open(target, document_name, owner, reason, AccessType.STANDARD, joined=False)

    def open(
        self,
        target: str,
        document_name: str,
        owner: str,
        reason: str,
        access_type: AccessType,
        *,
        remote_desktop: bool = False,
        joined: bool = True,
    ) -> SessionRecord:
        """Add a session; a remote desktop is Connecting until the broker has its first frame.

        ``joined``: a client is there; a session that was only started by API waits for one.

        Raises:
            LabError: InvalidDocument.
        """
        if document_name not in DOCUMENTS:
            raise LabError("InvalidDocument", f"Document with name {document_name} does not exist.")
        context = self._context
        with context.lock:
            record = SessionRecord(
                session_id=f"{owner.rsplit('/', 1)[-1]}-{context.letters(BASE32, 26)}",
                target=target,
                status=SessionStatus.CONNECTING if remote_desktop or not joined else SessionStatus.CONNECTED,
                started_at=context.timeline.now(),
                ended_at=None,
                document_name=document_name,
                owner=owner,
                reason=reason,
                access_type=access_type,
                active=True,
            )
            self._entries[record.session_id] = _Entry(record, remote_desktop)
            if document_name == SHELL_DOCUMENT:
                context.signals.shell_opened(target, record.session_id)
            return record

    def known(self, session_id: str) -> bool:
        """Return whether there is, or was, such a session."""
        return session_id in self._entries

    def get(self, session_id: str) -> SessionRecord:
        """Return a session. Raises LabError DoesNotExistException."""
        return self._entry(session_id).record

    def open_shells(self, target: str, owner: str) -> list[str]:
        """Return the ids of somebody's shells on an instance that go on, oldest first."""
        return [
            entry.record.session_id
            for entry in self._entries.values()
            if (entry.record.document_name, entry.record.target, entry.record.owner) == (SHELL_DOCUMENT, target, owner)
            and not entry.over
        ]

    def connected(self, session_id: str) -> None:
        """A remote desktop shows its first frame."""
        with self._context.lock:
            entry = self._entry(session_id)
            if not entry.over:
                entry.record = replace(entry.record, status=SessionStatus.CONNECTED)

    def end(self, session_id: str, at: datetime, status: SessionStatus = SessionStatus.TERMINATED) -> None:
        """Begin to end a session; it leaves Active after the scenario's delay.

        Args:
            session_id: the session.
            at: when its connection ended (aware UTC).
            status: what it becomes: Terminated or Failed.
        """
        context = self._context
        with context.lock:
            entry = self._entry(session_id)
            if entry.over:
                return
            entry.over = True
            entry.record = replace(entry.record, status=SessionStatus.TERMINATING)
            if entry.record.document_name == SHELL_DOCUMENT:
                context.signals.shell_ended(entry.record.target, session_id)
            context.timeline.after(
                context.scenario.timings.session_end_s,
                partial(self._leave, entry, at, status),
                f"end of session {session_id}",
            )

    def list(self, *, active: bool) -> list[SessionRecord]:
        """Return the sessions that DescribeSessions shows now, newest first."""
        now = self._context.timeline.now()
        with self._context.lock:
            if active and self._hides(now):
                return []
            entries = [entry for entry in self._entries.values() if _shown(entry, now, active=active)]
        return sorted((entry.record for entry in entries), key=_started, reverse=True)

    def hide(self, seconds: float) -> None:
        """Answer the question for active sessions with an empty list: once, or for some seconds."""
        with self._context.lock:
            if seconds > 0:
                self._hidden_until = self._context.timeline.now() + timedelta(seconds=seconds)
            else:
                self._hidden_answers += 1

    def _hides(self, now: datetime) -> bool:
        if self._hidden_until is not None and now < self._hidden_until:
            return True
        if self._hidden_answers:
            self._hidden_answers -= 1
            return True
        return False

    def agent_lost(self, instance_id: str, at: datetime) -> None:
        """A shell or a port session ends with the agent; a remote desktop is ended by its connection."""
        for entry in list(self._entries.values()):
            if entry.record.target == instance_id and not entry.remote_desktop:
                self.end(entry.record.session_id, at)

    def _leave(self, entry: _Entry, at: datetime, status: SessionStatus) -> None:
        context = self._context
        with context.lock:
            entry.left_at = context.timeline.now()
            entry.listed_at = entry.left_at + timedelta(seconds=context.scenario.timings.history_delay_s)
            ended_at = entry.left_at if context.scenario.variants.end_date is EndDate.LEFT_ACTIVE else at
            entry.record = replace(entry.record, status=status, ended_at=ended_at, active=False)
            if entry.remote_desktop:
                context.signals.session_left(entry.record.target, entry.record.session_id)

    def _entry(self, session_id: str) -> _Entry:
        entry = self._entries.get(session_id)
        if entry is None:
            raise LabError("DoesNotExistException", f"Session {session_id} does not exist")
        return entry


def _shown(entry: _Entry, now: datetime, *, active: bool) -> bool:
    if active:
        return entry.left_at is None
    return entry.listed_at is not None and entry.listed_at <= now < entry.listed_at + _KEPT


def _started(record: SessionRecord) -> tuple[datetime, str]:
    return record.started_at, record.session_id
