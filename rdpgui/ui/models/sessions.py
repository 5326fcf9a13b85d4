"""Rows of the session table: a session, its target's name, and the status of its recording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from rdpgui.core.ids import SessionId
from rdpgui.core.recording import Basis, StatusStatement
from rdpgui.core.session import Session
from rdpgui.core.watched import NOT_RECORDED, is_never_recorded
from rdpgui.i18n import N_, _
from rdpgui.ui import formats, labels
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.tokens import Tone


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One line; ``statement`` is what a run says of the recording, None without one: then ``Said`` is asked."""

    session: Session
    target_name: str
    statement: StatusStatement | None


@dataclass(slots=True)
class Said:
    """What is said of the recording of a session without a run; asked only for what is painted. Shared, changed."""

    of: Callable[[Session], StatusStatement | None] | None = None

    def about(self, row: SessionRow) -> StatusStatement | None:
        """Return what is said of a line's recording; None when nothing is recorded of it (a shell session)."""
        if row.statement is not None or self.of is None:
            return row.statement
        return self.of(row.session)


def same_row(
    before: SessionRow | None, session: Session, target_name: str, statement: StatusStatement | None
) -> SessionRow:
    """Return a line; the one from before where it says the same, so that nobody has to compare the two."""
    if (
        before is not None
        and before.session is session
        and before.statement is statement
        and before.target_name == target_name
    ):
        return before
    return SessionRow(session, target_name, statement)


def _key(row: SessionRow) -> SessionId:
    return row.session.session_id


def _started(row: SessionRow) -> str:
    return formats.ABSENT if "StartDate" in row.session.flaws else formats.clock(row.session.started_at)


def _started_key(row: SessionRow) -> datetime:
    return row.session.started_at


def _target(row: SessionRow) -> str:
    return row.target_name


def _kind(row: SessionRow) -> str:
    return labels.word(row.session.access_type)


def _recording(said: Said, row: SessionRow) -> str:
    statement = said.about(row)
    return formats.ABSENT if statement is None else labels.word(statement.status)


def _recording_tone(said: Said, row: SessionRow) -> Tone | None:
    statement = said.about(row)
    return None if statement is None else labels.tone(statement.status)


def _inferred(said: Said, row: SessionRow) -> bool:
    statement = said.about(row)
    return statement is not None and statement.basis is Basis.INFERRED


def _status(aging: Aging, session: Session) -> str:
    """Return the status; an active session's is true only as long as it is looked at."""
    word = labels.word(session.status)
    if aging.seen_at is None or not session.active:
        return word
    last = _("Last seen at {at}: {words}").format(at=formats.clock(aging.seen_at), words=word)
    return f"{labels.unknown()}. {last}"


def _tooltip(aging: Aging, said: Said, row: SessionRow) -> str:
    session, statement = row.session, said.about(row)
    lines = [
        session.session_id,
        _("Status: {word}").format(word=_status(aging, session)),
        _("Owner: {owner}").format(owner=session.owner or formats.ABSENT),
        _("Document: {name}").format(name=session.document_name or formats.ABSENT),
        _("From {begin} to {end}").format(
            begin=formats.day_clock(session.started_at), end=formats.day_clock(session.ended_at)
        ),
    ]
    if session.flaws:
        lines.append(_("Could not be read: {what}").format(what=", ".join(session.flaws)))
    if statement is not None:
        lines.append(
            _("Recording: {word} ({basis})").format(
                word=labels.word(statement.status), basis=labels.word(statement.basis)
            )
        )
        if statement.basis is Basis.NONE:
            lines += [labels.sentence(item.text, item.fields) for item in statement.evidence[:1]]
    elif said.of is not None and is_never_recorded(session):
        lines.append(labels.sentence(NOT_RECORDED, (("document", session.document_name),)))
    return "\n".join(lines)


def _search_text(row: SessionRow) -> str:
    session = row.session
    return "\n".join(
        (session.session_id, session.target, row.target_name, session.owner, session.access_type.value, session.reason)
    )


def sessions_model(aging: Aging, said: Said) -> KeyedTableModel[SessionRow]:
    """Return the model of the session table; ``aging`` says whether its words still hold, ``said`` what has no run."""
    tooltip = partial(_tooltip, aging, said)
    tone, italic = partial(_recording_tone, said), partial(_inferred, said)
    columns = (
        Column(N_("Start"), _started, _started_key, tooltip=tooltip),
        Column(N_("Target"), _target, tooltip=tooltip),
        Column(N_("Type"), _kind, tooltip=tooltip),
        Column(N_("Recording"), partial(_recording, said), tone=tone, tooltip=tooltip, italic=italic),
    )
    return KeyedTableModel(columns, _key, _search_text)
