"""How long a remote desktop of GUI Connect may still last, and why there is none yet: never stronger than evidence.

What is documented is set against what was observed: the start that Systems Manager states. When somebody last pressed
a key in the browser, and whether the connection was renewed there, nobody outside of it knows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from rdpgui.core.session import Session, SessionStatus
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_

IDLE_S = 600.0
"""Without input the connection is ended. Source: Fleet Manager, Remote Desktop, documented."""
MAXIMUM_S = 3600.0
"""It ends then unless it is renewed in the browser, which starts the time anew. Source: the same page, documented."""
CHANNEL_S = 3600.0
"""About so long a data channel lasts. Source: reported by users; AWS documents nothing of it."""
CONNECTIONS = 5
"""At the same time in an account and Region, until raised. Source: Fleet Manager, Remote Desktop, quota."""
PATIENCE_S = 60.0
"""So long nothing is suspected: a person reads, signs in and clicks."""
_WHOLE_SECOND_S = 1.0
"""Systems Manager may state a start without its fraction."""


class Limit(StrEnum):
    """What ends a connection by itself."""

    IDLE = "idle"
    MAXIMUM = "maximum"
    CHANNEL = "channel"


_LASTS_S = {Limit.IDLE: IDLE_S, Limit.MAXIMUM: MAXIMUM_S, Limit.CHANNEL: CHANNEL_S}


@dataclass(frozen=True, slots=True)
class Countdown:
    """When a limit can end a connection, on the local clock.

    Attributes:
        not_before_at: it cannot end it earlier, counted from the stated start. For the idle limit that is all that is
            known: each key press starts it anew.
        until_at: it is due by then unless something happened in the browser that is not seen from here; None for the
            idle limit.
        passed: both lie behind.
        lasts_s: of the limit, seconds. documented: AWS states it; else it is only reported.
    """

    limit: Limit
    not_before_at: datetime
    until_at: datetime | None
    passed: bool
    lasts_s: float
    documented: bool


def countdowns(session: Session, now: datetime, offset_s: tuple[float, float] = (0.0, 0.0)) -> tuple[Countdown, ...]:
    """Return what can end an active session by itself.

    Args:
        session: as last seen.
        now: on the local clock.
        offset_s: bounds of (local - AWS) in seconds.
    """
    if not session.active or not session.may_be_remote_desktop or "StartDate" in session.flaws:
        return ()
    low_s, high_s = offset_s
    found = []
    for limit, lasts_s in _LASTS_S.items():
        due_at = session.started_at + timedelta(seconds=lasts_s)
        first_at, last_at = due_at + timedelta(seconds=low_s), due_at + timedelta(seconds=high_s + _WHOLE_SECOND_S)
        until_at = None if limit is Limit.IDLE else last_at
        passed = now >= (first_at if until_at is None else until_at)
        found.append(Countdown(limit, first_at, until_at, passed, lasts_s, limit is not Limit.CHANNEL))
    return tuple(found)


def countdowns_of(run: RunState, now: datetime) -> tuple[Countdown, ...]:
    """Return what can end a run's session by itself; none in the lab, and none of one that is over."""
    if run.plan.lab or not run.active or run.attached is None or run.left is not None:
        return ()
    baseline = run.baseline
    offset_s = (0.0, 0.0) if baseline is None else (baseline.clock_offset_low_s, baseline.clock_offset_high_s)
    return countdowns(run.attached.session, now, offset_s)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason why a run has no session yet.

    Attributes:
        text: an English message id. observed: it was seen; else it is one that would look the same from here.
    """

    text: str
    fields: tuple[tuple[str, str], ...] = ()
    observed: bool = False


def why_no_session(run: RunState, sessions: Iterable[Session], now: datetime, *, read: bool) -> tuple[Why, ...]:
    """Return why a run that waits for a person's connection has none, what was seen first.

    Args:
        run: the run.
        sessions: of the account, as last read.
        now: on the local clock.
        read: they were read of late.
    """
    opened = run.opened
    if run.plan.lab or not run.active or run.attached is not None or opened is None or not opened.by_person:
        return ()
    listed = [session for session in sessions if session.active]
    waited_s = (now - opened.at).total_seconds()
    return tuple(_seen(run, listed, read=read)) + tuple(_possible(waited_s))


def _seen(run: RunState, listed: list[Session], *, read: bool) -> Iterator[Why]:
    if run.open_question is not None:
        asked = run.open_question.session.session_id
        text = N_("Session {session} waits for your answer: its owner does not tell whether it is yours.")
        yield Why(text, (("session", asked),), observed=True)
    if not read:
        yield Why(N_("The sessions were not read of late, so a new one would not be seen."), observed=True)
        return
    here = [session for session in listed if session.target == run.plan.instance_id]
    coming = next((s for s in here if s.status is SessionStatus.CONNECTING), None)
    if coming is not None:
        text = N_("Session {session} is Connecting; it counts when it is Connected.")
        yield Why(text, (("session", coming.session_id),), observed=True)
    count = sum(session.may_be_remote_desktop for session in listed)
    if count >= CONNECTIONS:
        text = N_("{count} sessions that may be remote desktops are active here; the quota is {limit} until raised.")
        yield Why(text, (("count", str(count)), ("limit", str(CONNECTIONS))), observed=True)


def _possible(waited_s: float) -> Iterator[Why]:
    yield Why(N_("Nobody pressed Connect on the console's page yet, or the page did not open."))
    if waited_s >= PATIENCE_S:
        yield Why(N_("The browser is signed in as somebody else, or to another account or Region."))
        yield Why(
            N_(
                "The console refused: look there. Connecting needs ssm-guiconnect:StartConnection, ssm:StartSession "
                "and, while recordings are on, kms:CreateGrant."
            )
        )
