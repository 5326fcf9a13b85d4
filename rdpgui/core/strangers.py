"""Whose a live session is: nobody is cut off whom a person has not agreed to cut off."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rdpgui.core.ids import SessionId
from rdpgui.core.session import AccessType, Session, SessionOrigin
from rdpgui.core.state import AppState

SIGNING_ROLE = "SSM-JustInTimeAccessTokenRole"
"""Signs sessions with just-in-time access in place of the person. Source: inferred, AWS names no owner for them."""


def origin_known(state: AppState, session_id: SessionId) -> SessionOrigin:
    """Return what a run of this program knows of a session: it opened it, or asked for it; attaching says nothing."""
    attached = (run.attached for run in state.runs.values())
    found = [a.origin for a in attached if a is not None and a.session.session_id == session_id]
    return next((origin for origin in reversed(found) if origin is not SessionOrigin.UNKNOWN), SessionOrigin.UNKNOWN)


def is_anothers(state: AppState, session: Session) -> bool:
    """Whether a session on AWS is somebody else's: neither the caller's own, nor opened for a run of this program.

    Owners are compared whole: people share a role, and only its session name tells one from another.
    """
    identity = state.identity
    if identity is not None and (identity.lab or session.owner == identity.arn):
        return False
    return origin_known(state, session.session_id) is SessionOrigin.UNKNOWN


def may_be_asked_for(state: AppState, session: Session, planned: AccessType) -> bool:
    """Whether a session that appears may be the one that a person was just asked to open.

    With just-in-time access its owner is a role of the service, so there owners cannot be compared.
    """
    by_service = (
        planned is session.access_type is AccessType.JUST_IN_TIME and f":assumed-role/{SIGNING_ROLE}/" in session.owner
    )
    return by_service or not is_anothers(state, session)


def not_agreed(state: AppState, live: Iterable[Session], agreed: Collection[SessionId]) -> Session | None:
    """Return the first live session of somebody else whom nobody agreed to cut off, whatever its document.

    A row that lacks something counts as well: what is not known allows nothing.
    """
    return next((s for s in live if s.session_id not in agreed and is_anothers(state, s)), None)
