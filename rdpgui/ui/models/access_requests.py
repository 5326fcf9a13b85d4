"""Rows of the access requests: where each stands, what it asks for and when it was filed."""

from __future__ import annotations

from datetime import UTC, datetime

from rdpgui.core.access_requests import AccessRequest, Standing
from rdpgui.i18n import N_
from rdpgui.ui import formats
from rdpgui.ui.models.cells import Column
from rdpgui.ui.models.keyed import KeyedTableModel
from rdpgui.ui.tokens import Tone

_TONES = {
    Standing.PENDING: Tone.WARN,
    Standing.GRANTED: Tone.OK,
    Standing.OVER: Tone.IDLE,
    Standing.UNKNOWN: Tone.BAD,
}
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def _key(request: AccessRequest) -> str:
    return request.request_id


def _status(request: AccessRequest) -> str:
    return request.status or formats.ABSENT


def _tone(request: AccessRequest) -> Tone:
    return _TONES[request.standing]


def _filed(request: AccessRequest) -> str:
    return formats.day_clock(request.created_at)


def _filed_at(request: AccessRequest) -> datetime:
    return request.created_at or _LONG_AGO


def _title(request: AccessRequest) -> str:
    return request.title or request.request_id


def _search_text(request: AccessRequest) -> str:
    return "\n".join((request.request_id, request.status, request.by, request.title))


def access_requests_model() -> KeyedTableModel[AccessRequest]:
    """Return the model of the access requests."""
    columns = (
        Column(N_("Status"), _status, tone=_tone),
        Column(N_("Filed at"), _filed, _filed_at, mono=True),
        Column(N_("Title"), _title),
    )
    return KeyedTableModel(columns, _key, _search_text)
