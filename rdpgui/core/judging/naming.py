"""What an object says of itself: the sessions and instances that its metadata, its film's tags and its key name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum

from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.recording import RecordingObject
from rdpgui.core.session import Session
from rdpgui.core.state import RunState

_INSTANCE_ID = re.compile(r"\bi-[0-9a-f]{8,17}\b")
_ID_CHARACTER = r"[0-9A-Za-z_.@-]"


class Naming(StrEnum):
    """What an object says of itself."""

    SESSION = "session"
    KEY = "key"
    INSTANCE = "instance"
    NOTHING = "nothing"
    OTHER = "other"
    BOTH = "both"


def naming(run: RunState, item: RecordingObject, facts: FilmFacts | None) -> Naming:
    """Return what an object says of itself: by metadata and the film's tags, and by ids that stand in its key.

    The key's layout is unknown: it may name this session, but that it names another proves nothing.
    """
    session, texts = run.session, _texts(item, facts)
    others = run.neighbours.sessions if run.neighbours is not None else ()
    own_ids = {run.plan.instance_id}
    said, in_key = _instances(texts), _instances([item.key])
    foreign = bool(said - own_ids) or any(_says(s.session_id, texts) for s in others)
    foreign_key = bool(in_key - own_ids) or any(_says(s.session_id, [item.key]) for s in others)
    ours = session is not None and _says(session.session_id, texts)
    key_ours = session is not None and _says(session.session_id, [item.key])
    if ours or key_ours or (said | in_key) & own_ids:
        if foreign or (foreign_key and not ours and not said & own_ids):  # a key says no more for one than for another
            return Naming.BOTH
        return Naming.SESSION if ours else Naming.KEY if key_ours else Naming.INSTANCE
    if foreign:
        return Naming.OTHER
    return Naming.BOTH if foreign_key else Naming.NOTHING


def named_instances(item: RecordingObject, facts: FilmFacts | None) -> set[InstanceId]:
    """Return the instances that metadata and the film's tags name."""
    return _instances(_texts(item, facts))


def names_session_only(item: RecordingObject, session: Session, others: Iterable[Session]) -> bool:
    """Whether an object that nobody read names a session by its id, and no other session or instance beside it."""
    texts = [item.key, *_texts(item, None)]
    if not any(session.session_id in text for text in texts) or not _says(session.session_id, texts):
        return False
    if _instances(texts) - {session.target}:
        return False
    return not any(
        other.session_id != session.session_id
        and any(other.session_id in text for text in texts)
        and _says(other.session_id, texts)
        for other in others
    )


def names_other_instance(run: RunState, facts: FilmFacts) -> bool:
    """Whether the film itself names an instance that is not the run's, and not the run's beside it."""
    found = _instances([facts.title, facts.comment, facts.description])
    return bool(found) and run.plan.instance_id not in found


def _says(session_id: SessionId, texts: Iterable[str]) -> bool:
    """Whether an id stands in a text as a whole."""
    pattern = re.compile(rf"(?<!{_ID_CHARACTER}){re.escape(session_id)}(?![0-9A-Za-z_@-])")
    return any(session_id in text and pattern.search(text) is not None for text in texts)


def _instances(texts: Iterable[str]) -> set[InstanceId]:
    return {InstanceId(found) for text in texts for found in _INSTANCE_ID.findall(text)}


def _texts(item: RecordingObject, facts: FilmFacts | None) -> list[str]:
    texts = [value for _, value in item.metadata]
    return texts + ([facts.title, facts.comment, facts.description] if facts is not None else [])
