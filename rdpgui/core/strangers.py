"""Whose a live session is: nobody is cut off whom a person has not agreed to cut off."""

from __future__ import annotations

from rdpgui.core.ids import SessionId
from rdpgui.core.session import Session, SessionOrigin
from rdpgui.core.state import AppState


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
