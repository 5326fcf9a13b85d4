"""The two lists of sessions, read as rarely as what they say allows.

A short history is read whole. Of a long one a look asks only for what has ended since; the whole comes round slowly.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from operator import attrgetter

from rdpgui.core.errors import RdpguiError
from rdpgui.core.ids import SessionId
from rdpgui.core.ports import Page, SessionPort
from rdpgui.core.session import Session, SessionStatus
from rdpgui.runner.concurrency import Together
from rdpgui.runner.listing import Listing, Turn, each_page

HISTORY_FACTOR = 6
"""What has ended changes only when an active session does: without that it is read this many times less often."""

WHOLE_PAGES = 2
"""A history is short as long as a whole reading costs so many calls."""

LATELY = timedelta(hours=1)
"""Sessions that began so lately may have begun and ended between two looks."""

LEFT_AT_ONCE = 3
"""Sessions that left the active list and are asked for in one look; the others in the next ones."""

LOOKS_FOR_LEFT = 6
"""How often one of them is asked for."""

SESSIONS_A_PAGE = 200
"""Source: ssm:DescribeSessions, MaxResults."""

_OVER = frozenset({SessionStatus.TERMINATED, SessionStatus.FAILED})


class SessionLists:
    """Remembers both lists: the active one is read each time, the history when there may be something new in it.

    Args:
        port: answers for both lists.
        now: the local time, aware UTC.
    """

    def __init__(self, port: SessionPort, now: Callable[[], datetime]) -> None:
        self._port = port
        self._now = now
        self._active: tuple[Session, ...] = ()
        self._ended: tuple[Session, ...] = ()
        self._history: Listing[Session] = Listing(attrgetter("session_id"))
        self._pages = 0
        self._seen: set[Hashable] = set()
        self._both_asked_for = True
        self._left: dict[SessionId, list[Session]] = {}  # as often as it was asked for, and once more
        self._ordered_of: tuple[Session, ...] = ()
        self._told_of: tuple[tuple[Session, ...], tuple[Session, ...]] = ((), ())
        self._told: tuple[Session, ...] = ()
        self._reads_since_change = self._reads_since_history = 0

    @property
    def long(self) -> bool:
        """Whether a whole reading of the history costs more than a look may."""
        return self._pages > WHOLE_PAGES

    @property
    def active_pages(self) -> int:
        """Return how many calls it takes to list as many active sessions as there were at the last look."""
        return 1 + max(0, len(self._active) - 1) // SESSIONS_A_PAGE

    def ask_for_both(self) -> None:
        """Let the next reading not leave out what has ended."""
        self._both_asked_for = True

    async def read(
        self, *, running: bool, on_some: Callable[[tuple[Session, ...]], None] | None = None
    ) -> tuple[Session, ...]:
        """Return every session once, the active ones first.

        Args:
            running: a run goes on; what has ended is then read each time.
            on_some: is told what there is while a first reading of a long history goes on.

        Raises:
            RdpguiError: a list could not be read; the next reading reads both.
        """
        if self.long:
            active, ended = await self._active_and_lately_ended()
        else:
            at_once = running or self._both_asked_for or self._may_have_ended()
            active, ended = await self._active_and_ended(at_once=at_once, on_some=on_some)
        if self._told_of[1] is not ended or self._told_of[0] != active:  # thousands are put together no oftener
            self._told_of, self._told = (active, ended), _once(active, ended)
        return self._told

    async def read_round(self, turn: Turn) -> None:
        """Read a long history once, each page at a turn; what is no longer there is dropped at the end.

        Raises:
            RdpguiError: a page could not be read.
        """
        self._seen = set()
        self._pages = await each_page(self._port.history_page, self._take_page, turn)
        self._history.keep(self._seen)

    def _take_page(self, page: Page[Session]) -> None:
        self._take(page.rows)

    def _take(self, rows: tuple[Session, ...]) -> None:
        """Take over what was read; a round that is under way counts it as there."""
        self._seen |= self._history.take(rows)

    async def _active_and_ended(
        self, *, at_once: bool, on_some: Callable[[tuple[Session, ...]], None] | None
    ) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
        """Return both lists; the second one as it was read last, while nothing suggests that it has changed."""
        self._both_asked_for = False
        try:
            async with Together() as reads:
                listing = reads.start(self._port.sessions(active=True))
                history = reads.start(self._whole_history(listing, on_some)) if at_once else None
            active = listing.result()
            if history is None and active == self._active:
                self._reads_since_history += 1
                return active, self._ended
            ended = history.result() if history is not None else await self._whole_history(listing, None)
        except RdpguiError:
            self._both_asked_for = True
            raise
        if (active, ended) != (self._active, self._ended):
            self._reads_since_change = 0
        self._reads_since_change, self._reads_since_history = self._reads_since_change + 1, 1
        self._active, self._ended = active, ended
        return active, ended

    async def _whole_history(
        self, listing: asyncio.Task[tuple[Session, ...]], on_some: Callable[[tuple[Session, ...]], None] | None
    ) -> tuple[Session, ...]:
        seen: set[Hashable] = set()
        told = 0

        def take(page: Page[Session]) -> None:
            nonlocal told
            seen.update(self._history.take(page.rows))
            there = listing.done() and listing.exception() is None
            if on_some is not None and page.following and there and len(seen) > 2 * told:
                told = len(seen)  # each time as many more: all of them together cost no square
                on_some(_once(listing.result(), _newest_first(self._history.all())))

        self._pages = await each_page(self._port.history_page, take)
        self._history.keep(seen)
        return self._in_order()

    async def _active_and_lately_ended(self) -> tuple[tuple[Session, ...], tuple[Session, ...]]:
        """Return both lists; of the history only what has just left the active one is asked for, and what is new."""
        active = await self._port.sessions(active=True)
        there = {session.session_id for session in active}
        self._left |= {s.session_id: [s] for s in self._active if s.session_id not in there}
        self._active = active
        self._reads_since_history += 1
        if self._both_asked_for or self._reads_since_history >= HISTORY_FACTOR:
            self._take(await self._port.sessions(active=False, since=self._now() - LATELY))
            self._both_asked_for, self._reads_since_history = False, 0
        self._left = {key: looks for key, looks in self._left.items() if key not in there and not self._is_over(key)}
        for looks in list(self._left.values())[:LEFT_AT_ONCE]:
            since = looks[0].started_at - timedelta(seconds=1)
            self._take(await self._port.sessions(active=False, target=looks[0].target, since=since))
            looks.append(looks[0])
        # What does not come is no longer asked for: the history may be late for ever, and it comes round.
        self._left = {key: looks for key, looks in self._left.items() if len(looks) <= LOOKS_FOR_LEFT}
        return active, self._in_order()

    def _is_over(self, session_id: SessionId) -> bool:
        known = self._history.get(session_id)
        return known is not None and known.status in _OVER

    def _in_order(self) -> tuple[Session, ...]:
        """Return the history, the newest first; the very tuple of before when it is the same."""
        found = self._history.all()
        if found is not self._ordered_of:
            self._ordered_of, self._ended = found, _newest_first(found)
        return self._ended

    def _may_have_ended(self) -> bool:
        """Whether something has changed lately, was long ago, or is still ending."""
        return (
            self._reads_since_change <= HISTORY_FACTOR
            or self._reads_since_history >= HISTORY_FACTOR
            or any(session.status not in _OVER for session in self._ended)
        )


def _once(active: tuple[Session, ...], ended: tuple[Session, ...]) -> tuple[Session, ...]:
    """Return every session once: one that ends between the two reads is in both, and the history knows more."""
    over = {session.session_id for session in ended}
    return tuple(session for session in active if session.session_id not in over) + ended


def _newest_first(sessions: tuple[Session, ...]) -> tuple[Session, ...]:
    return tuple(sorted(sessions, key=attrgetter("started_at"), reverse=True))
