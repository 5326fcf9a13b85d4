"""The two lists of sessions, read as rarely as what they say allows."""

from __future__ import annotations

from rdpgui.core.errors import RdpguiError
from rdpgui.core.ports import SessionPort
from rdpgui.core.session import Session, SessionStatus
from rdpgui.runner.concurrency import Together

HISTORY_FACTOR = 6
"""What has ended changes only when an active session does: without that it is read this many times less often."""

_OVER = frozenset({SessionStatus.TERMINATED, SessionStatus.FAILED})


class SessionLists:
    """Remembers both lists: the active one is read each time, the history when there may be something new in it.

    Args:
        port: answers for both lists.
    """

    def __init__(self, port: SessionPort) -> None:
        self._port = port
        self._active: tuple[Session, ...] = ()
        self._ended: tuple[Session, ...] = ()
        self._both_asked_for = True
        self._reads_since_change = self._reads_since_history = 0

    def ask_for_both(self) -> None:
        """Let the next reading not leave out what has ended."""
        self._both_asked_for = True

    async def read(self, *, running: bool) -> tuple[Session, ...]:
        """Return every session once, the active ones first.

        Args:
            running: a run goes on; what has ended is then read each time.

        Raises:
            RdpguiError: a list could not be read; the next reading reads both.
        """
        active, ended = await self._active_and_ended(at_once=running or self._both_asked_for or self._may_have_ended())
        # A session that ends between the two reads is in both: the history knows more.
        over = {session.session_id for session in ended}
        return tuple(session for session in active if session.session_id not in over) + ended

    async def _active_and_ended(self, *, at_once: bool) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
        """Return both lists; the second one as it was read last, while nothing suggests that it has changed."""
        self._both_asked_for = False
        try:
            async with Together() as reads:
                listing = reads.start(self._port.sessions(active=True))
                history = reads.start(self._port.sessions(active=False)) if at_once else None
            active = listing.result()
            if history is None and active == self._active:
                self._reads_since_history += 1
                return active, self._ended
            ended = history.result() if history is not None else await self._port.sessions(active=False)
        except RdpguiError:
            self._both_asked_for = True
            raise
        if (active, ended) != (self._active, self._ended):
            self._reads_since_change = 0
        self._reads_since_change, self._reads_since_history = self._reads_since_change + 1, 1
        self._active, self._ended = active, ended
        return active, ended

    def _may_have_ended(self) -> bool:
        """Whether something has changed lately, was long ago, or is still ending."""
        return (
            self._reads_since_change <= HISTORY_FACTOR
            or self._reads_since_history >= HISTORY_FACTOR
            or any(session.status not in _OVER for session in self._ended)
        )
