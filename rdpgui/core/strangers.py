"""Whose a live session is: nobody is cut off whom a person has not agreed to cut off.

That a session is one's own takes proof: the caller's own principal owns it, or a person was asked and said so. That a
run once watched it, or cut it off on a yes, proves nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

from rdpgui.core.ids import SessionId
from rdpgui.core.people_events import SessionAnswered
from rdpgui.core.session import AccessType, Session, SessionOrigin
from rdpgui.core.state import AppState

SIGNING_ROLE = "SSM-JustInTimeAccessTokenRole"
"""Signs sessions with just-in-time access in place of the person. Source: inferred, AWS names no owner for them."""


class Whose(StrEnum):
    """Whose a session is: the caller's own, somebody else's, or of whom its owner does not tell."""

    OWN = "own"
    ANOTHERS = "another's"
    UNTOLD = "untold"


def origin_known(state: AppState, session_id: SessionId) -> SessionOrigin:
    """Return from what a run of this program knows that a session is a remote desktop; attaching says nothing.

    It does not say whose the session is.
    """
    attached = (run.attached for run in state.runs.values())
    found = [a.origin for a in attached if a is not None and a.session.session_id == session_id]
    return next((origin for origin in reversed(found) if origin is not SessionOrigin.UNKNOWN), SessionOrigin.UNKNOWN)


def whose(state: AppState, session: Session) -> Whose:
    """Return whose a session is, by what is proven; in the lab all are the caller's.

    Owners are compared whole: people share a role, and only its session name tells one from another. With just-in-time
    access a role of the service signs for everybody, so an owner tells nothing unless it is the caller's own principal.
    """
    who, said = state.identity, _said_of(state, session.session_id)
    if who is not None and who.lab:
        return Whose.OWN
    if said is not None:
        return Whose.OWN if said else Whose.ANOTHERS
    if not session.owner or signs_for_all(session.owner):
        return Whose.UNTOLD
    if who is not None and session.owner == who.arn:
        return Whose.OWN
    return Whose.UNTOLD if session.access_type is AccessType.JUST_IN_TIME else Whose.ANOTHERS


def said_mine(mine: Collection[str], session: Session) -> bool:
    """Whether a person said beforehand that a session is theirs, by its id or by its owner.

    An owner is compared whole. It says nothing of a session with just-in-time access, nor of a row that lacks
    something: a role of the service signs for everybody, so its name in a person's mouth proves no more than in AWS's.
    """
    if session.session_id in mine:
        return True
    tells = session.access_type is AccessType.STANDARD and not session.flaws and not signs_for_all(session.owner)
    return tells and bool(session.owner) and session.owner in mine


def is_anothers(state: AppState, session: Session) -> bool:
    """Whether nothing proves that a session is the caller's own: then a person has to agree before it is cut off."""
    return whose(state, session) is not Whose.OWN


def not_agreed(state: AppState, live: Iterable[Session], agreed: Collection[SessionId]) -> Session | None:
    """Return the first live session of somebody else whom nobody agreed to cut off, whatever its document.

    A row that lacks something counts as well: what is not known allows nothing.
    """
    return next((s for s in live if s.session_id not in agreed and is_anothers(state, s)), None)


def signs_for_all(owner: str) -> bool:
    """Whether an owner is the role that signs sessions with just-in-time access, whoever they are of."""
    return f":assumed-role/{SIGNING_ROLE}/" in owner


def _said_of(state: AppState, session_id: SessionId) -> bool | None:
    """Return what was answered last of a session since this place was opened; an older answer may be another's."""
    said = [
        answer
        for run in state.runs.values()
        if not run.adopted
        for answer in run.answers
        if answer.session_id == session_id
    ]
    return max(said, key=_when).own if said else None


def _when(answer: SessionAnswered) -> datetime:
    return answer.at
