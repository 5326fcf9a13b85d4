"""What is said of the recording of sessions that have no run; made for those that are on screen, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rdpgui.core.account_events import Topic
from rdpgui.core.ids import SessionId
from rdpgui.core.recording import StatusStatement
from rdpgui.core.session import Session
from rdpgui.core.watched import NOT_LISTED, NOT_RECORDED, Watched, statement_of_session, watched

if TYPE_CHECKING:
    from rdpgui.ui.looked_at import LookedAt

_TOPICS = (Topic.PREFERENCES, Topic.SESSIONS, Topic.OBJECTS)
_KEPT = 200
"""More than ever stand on a screen; beyond, nobody compares what is said now with what was."""

Said = tuple[StatusStatement | None, str, tuple[tuple[str, str], ...]]
"""A statement; or None and the sentence (an English message id with its fields) that stands in its place."""


class WatchedSessions:
    """Answers for any session that has no run.

    Args:
        looked: the newest snapshot, and what of it is looked at.
    """

    def __init__(self, looked: LookedAt) -> None:
        self._looked = looked
        self._from: tuple[object, ...] = ()
        self._watched: Watched | None = None
        self._kept: dict[SessionId, tuple[Session, StatusStatement | None]] = {}

    def renew(self) -> bool:
        """Take over the newest snapshot; say whether something that was said is another word now."""
        state, looked = self._looked.state, self._looked
        live = tuple(looked.sight(topic).live and topic not in state.stale for topic in _TOPICS)
        parts = (state.preferences, state.objects, state.sessions, looked.line_of_session, state.place, live)
        same = len(self._from) == len(parts) and all(a is b for a, b in zip(self._from[:-1], parts[:-1], strict=True))
        if same and self._from[-1] == live:
            return False
        before, self._from = self._kept, parts
        self._watched, self._kept = None, {}
        if len(before) > _KEPT:
            return True
        return any(_word(self.statement_of(session)) != _word(said) for session, said in before.values())

    def statement_of(self, session: Session) -> StatusStatement | None:
        """Return what is said of a session's recording; None when it has a run, or is never recorded."""
        known = self._kept.get(session.session_id)
        if known is not None and known[0] is session:
            return known[1]
        stated = None
        if session.session_id not in self._looked.line_of_session:
            if self._watched is None:
                self._watched = watched(self._looked.state, self._looked.moment())
            stated = statement_of_session(self._watched, session)
        self._kept[session.session_id] = (session, stated)
        return stated

    @property
    def chosen(self) -> SessionId | None:
        """The session that a person has chosen, if it has no run; None while a run is looked at."""
        session_id, run = self._looked.chosen_session_id, self._looked.run
        if session_id is None or session_id in self._looked.line_of_session:
            return None
        of_run = run is not None and run.session is not None and run.session.session_id == session_id
        return None if of_run else session_id

    def said_of(self, session_id: SessionId) -> Said:
        """Return what is said of the recording of a session that has no run."""
        session = next((item for item in self._looked.state.sessions if item.session_id == session_id), None)
        if session is None:
            return None, NOT_LISTED, ()
        stated = self.statement_of(session)
        if stated is None:
            return None, NOT_RECORDED, (("document", session.document_name),)
        return stated, "", ()


def _word(stated: StatusStatement | None) -> object:
    return None if stated is None else (stated.status, stated.basis)
