"""Words for every enum that is shown, translated late, and the tone each one has.

One function per question: ``word(member)`` and ``tone(member)``; the words themselves are in ``core/words.py``.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from rdpgui.core.disruption import DisruptionId
from rdpgui.core.instance import InstanceState, PingStatus
from rdpgui.core.judging.claims import ClaimResult
from rdpgui.core.judging.proof import proven_disruption
from rdpgui.core.kinds.kind import Disruption
from rdpgui.core.place import Place
from rdpgui.core.recording import RecordingStatus
from rdpgui.core.run import Phase, RunStatus
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import AccessType, SessionStatus
from rdpgui.core.state import RunState
from rdpgui.core.verdict import CheckResult, VerdictValue
from rdpgui.core.words import (
    AWS_WORDS,
    CAUSES,
    SENTENCE_FIELDS,
    WORDS,
    disruption_word,
    field_member,
    field_moment,
    field_number,
    place_words,
)
from rdpgui.i18n import _, fill, in_context, retell
from rdpgui.ui import formats
from rdpgui.ui.tokens import Tone

_TONES_PAIRS: tuple[tuple[StrEnum, Tone], ...] = (
    (InstanceState.PENDING, Tone.INFO),
    (InstanceState.RUNNING, Tone.OK),
    (InstanceState.STOPPING, Tone.WARN),
    (InstanceState.STOPPED, Tone.IDLE),
    (InstanceState.SHUTTING_DOWN, Tone.BAD),
    (InstanceState.TERMINATED, Tone.BAD),
    (PingStatus.ONLINE, Tone.OK),
    (PingStatus.CONNECTION_LOST, Tone.WARN),
    (PingStatus.INACTIVE, Tone.IDLE),
    (SessionStatus.CONNECTED, Tone.OK),
    (SessionStatus.CONNECTING, Tone.INFO),
    (SessionStatus.DISCONNECTED, Tone.WARN),
    (SessionStatus.TERMINATED, Tone.IDLE),
    (SessionStatus.TERMINATING, Tone.WARN),
    (SessionStatus.FAILED, Tone.BAD),
    (RecordingStatus.NOT_CONFIGURED, Tone.IDLE),
    (RecordingStatus.WAITING, Tone.IDLE),
    (RecordingStatus.RECORDING, Tone.BAD),
    (RecordingStatus.PROCESSING, Tone.INFO),
    (RecordingStatus.FINISHED, Tone.OK),
    (RecordingStatus.VERIFIED, Tone.OK),
    (RecordingStatus.SUSPECT, Tone.WARN),
    (RecordingStatus.PROCESSING_ERROR, Tone.BAD),
    (RecordingStatus.OVERDUE, Tone.WARN),
    (RecordingStatus.UNKNOWN, Tone.IDLE),
    (VerdictValue.PASS, Tone.OK),
    (VerdictValue.FAIL, Tone.BAD),
    (VerdictValue.INCONCLUSIVE, Tone.WARN),
    (ClaimResult.SUPPORTED, Tone.OK),
    (ClaimResult.REFUTED, Tone.BAD),
    (ClaimResult.UNTESTED, Tone.IDLE),
    (CheckResult.HELD, Tone.OK),
    (CheckResult.CONTRADICTED, Tone.BAD),
    (CheckResult.NOT_MADE, Tone.WARN),
    (RunStatus.RUNNING, Tone.INFO),
    (RunStatus.COMPLETED, Tone.OK),
    (RunStatus.FAILED, Tone.BAD),
    (RunStatus.ABORTED, Tone.WARN),
    (RunStatus.INTERRUPTED, Tone.WARN),
)
# Keyed by type too: members of different StrEnums with the same value are equal.
TONES = {(type(member), member.value): item for member, item in _TONES_PAIRS}


def word(member: StrEnum) -> str:
    """Return the word for an enum member in the reader's language."""
    if isinstance(member, AWS_WORDS) or (type(member), member.value) not in WORDS:
        return str(member.value) or formats.ABSENT  # also a word of AWS that this program does not know
    return in_context(WORDS[type(member), member.value])


def tone(member: StrEnum) -> Tone:
    """Return the tone of an enum member; what has none is idle."""
    return TONES.get((type(member), member.value), Tone.IDLE)


def disruption_name(disruption_id: DisruptionId) -> str:
    """Return a disruption's name, the same everywhere."""
    return _(disruption_word(disruption_id))


def run_name(run: RunState) -> str:
    """Return what a run did; for a disruption by hand what the person was seen to do, so far."""
    if not run.plan.by_hand:
        return disruption_name(run.plan.disruption_id)
    return _by_hand(proven_disruption(run))


def line_name(line: RunSummary) -> str:
    """Return what a run of the history did, as ``run_name``."""
    return _by_hand(line.observed) if line.by_hand else disruption_name(line.disruption)


def _by_hand(done: DisruptionId | None) -> str:
    return _("By hand") if done is None else _("{disruption} (by hand)").format(disruption=disruption_name(done))


def access_name(run: RunState) -> str:
    """Return how the run's session was allowed; a plan that was not kept is said."""
    return access_words(run.access_type, run.plan.access_type)


def access_words(observed: AccessType, planned: AccessType) -> str:
    """Return how a session was allowed; a plan that was not kept is said."""
    if observed is planned:
        return word(observed)
    return _("{observed} (planned: {planned})").format(observed=word(observed), planned=word(planned))


def place_name(place: Place | None, *, lab: bool) -> str:
    """Return what a place is called."""
    return fill(*place_words(place, lab=lab))


def place_beside_mark(place: Place | None) -> str:
    """Return what a place is called where the mark LAB stands beside it; empty for none."""
    if place is None:
        return ""
    if place.lab:
        return _("Scenario {scenario}").format(scenario=place.scenario)
    return place_name(place, lab=False)


def run_place(run: RunState) -> str:
    """Return what the place of a run is called."""
    return place_name(run.place, lab=run.plan.lab)


def doing(run: RunState) -> str:
    """Return where a run is; when it waits for the person, what the person does now."""
    if run.plan.by_hand and run.phase in (Phase.DISRUPTING, Phase.ENDING) and run.left is None:
        return _("your turn: restart or shut down from inside the session")
    return word(run.phase)


def consequence(disruption: Disruption) -> str:
    """Return what a disruption does, one or two sentences."""
    return _(disruption.consequence)


def unknown() -> str:
    """Return what is said instead of a live word that nobody looked after in time."""
    return word(RecordingStatus.UNKNOWN)


def ping_word(status: PingStatus | None) -> str:
    """Return the ping status; a node that Systems Manager does not list has none."""
    return "–" if status is None else word(status)


def field_word(name: str, value: str) -> str:
    """Return how a named value inside a sentence is shown: our enums as words, moments as local clock times."""
    moment = field_moment(value)
    if moment is not None:
        return formats.clock(moment, decimals=3)
    if name == "cause" and value in CAUSES:
        return _(CAUSES[value])
    if name in SENTENCE_FIELDS:
        return retell(value)
    member = field_member(name, value)
    if member is None:
        return field_number(name, value) or value
    return word(member)


def sentence(template: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return a sentence of ours with its values as words; ``{zone}`` is the zone of its clock times."""
    pairs = list(fields)
    moment = next((found for _name, value in pairs if (found := field_moment(value)) is not None), None)
    shown = [(name, field_word(name, value)) for name, value in pairs]
    return fill(template, [*shown, ("zone", formats.zone(moment))])
