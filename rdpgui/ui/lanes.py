"""From a run to the lanes of the timeline, in the reader's language. The times are ``core/judging/timeline.py``'s."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from rdpgui.core.instance import ConnectionStatus, InstanceState
from rdpgui.core.judging.timeline import Lane, Marker, Timeline, TimelineSpan, timeline
from rdpgui.core.recording import Basis, RecordingStatus
from rdpgui.core.run_events import Source
from rdpgui.core.state import RunState
from rdpgui.i18n import N_, _
from rdpgui.ui import labels
from rdpgui.ui.panels.lane_painting import LaneMark, LaneSpan, LaneView
from rdpgui.ui.tokens import Tone

_TITLES: dict[Lane, str] = {
    Lane.API: N_("Actions"),
    Lane.EC2: N_("EC2"),
    Lane.SSM: N_("SSM link"),
    Lane.SESSION: N_("Session"),
    Lane.RECORDING: N_("Recording"),
    Lane.FILM: N_("Film"),
}
_MARK_TONES: dict[Lane, Tone] = {
    Lane.API: Tone.BAD,
    Lane.EC2: Tone.WARN,
    Lane.SSM: Tone.WARN,
    Lane.SESSION: Tone.INFO,
    Lane.RECORDING: Tone.OK,
    Lane.FILM: Tone.LAB,
}
_ENUMS: dict[Lane, type[StrEnum]] = {Lane.EC2: InstanceState, Lane.RECORDING: RecordingStatus}
_NOT_SHOWN = {ConnectionStatus.NOT_CONNECTED.value, RecordingStatus.WAITING.value}
"""An empty stretch says it better than a bar."""


def lanes_of(
    run: RunState, now: datetime, seen_until: Mapping[Source, datetime | None] | None = None
) -> tuple[tuple[LaneView, ...], Timeline]:
    """Return the lanes and the timeline they were made of; see ``core.judging.timeline`` for the arguments."""
    made = timeline(run, now, seen_until)
    lanes = tuple(
        LaneView(
            lane.value,
            _(_TITLES[lane]),
            _joined([_span(span, run) for span in made.spans if span.lane is lane and span.word not in _NOT_SHOWN]),
            tuple(_mark(marker) for marker in made.markers if marker.lane is lane),
        )
        for lane in Lane
    )
    return lanes, made


def _span(span: TimelineSpan, run: RunState) -> LaneSpan:
    inferred = span.basis is Basis.INFERRED
    match span.lane:
        case Lane.EC2 | Lane.RECORDING:
            member = _ENUMS[span.lane](span.word)
            tone, text = labels.tone(member), labels.word(member)
        case Lane.SSM:
            tone, text = Tone.OK, labels.word(ConnectionStatus(span.word))
        case Lane.SESSION:
            tone, text = Tone.INFO, labels.access_name(run)
        case _:
            tone, text = Tone.LAB, _("Film")
    return LaneSpan(span.begin_at, span.end_at, tone, inferred, text)


def _joined(spans: list[LaneSpan]) -> tuple[LaneSpan, ...]:
    """Join neighbours that say the same: a status that was stated again with more evidence."""
    joined: list[LaneSpan] = []
    for span in spans:
        last = joined[-1] if joined else None
        same = last is not None and (last.text, last.inferred) == (span.text, span.inferred)
        if last is not None and same and last.end_at == span.begin_at:
            joined[-1] = LaneSpan(last.begin_at, span.end_at, span.tone, span.inferred, span.text)
        else:
            joined.append(span)
    return tuple(joined)


def _mark(marker: Marker) -> LaneMark:
    return LaneMark(
        marker.at, _MARK_TONES[marker.lane], marker.basis is Basis.INFERRED, labels.sentence(marker.text, marker.fields)
    )
