"""From journals to the notes of a place: every question of the list, with what was seen of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from operator import attrgetter

from rdpgui.core.cli import ApiCall
from rdpgui.core.events import RunEvent
from rdpgui.core.journal import rebuild
from rdpgui.core.judging.case import plausible
from rdpgui.core.noted import PlaceNote
from rdpgui.core.notes import answers, recording, sessions
from rdpgui.core.notes.model import FieldNote, FieldNotes, Finding, Material, Question, RunRecord, Sureness
from rdpgui.core.objects_before import put_aside, with_objects
from rdpgui.core.place import Place
from rdpgui.core.texts import N_

QUESTIONS: tuple[Question, ...] = tuple(
    sorted((*answers.QUESTIONS, *recording.QUESTIONS, *sessions.QUESTIONS), key=attrgetter("item"))
)
"""Every unknown of the list, in its order.

Source: the checklist of a first live run in the AWS facts that the program was built from.
"""

ELSEWHERE = N_("This was not AWS: it settles nothing about AWS.")
_ASKED_NOTHING = N_("The audit log was asked, and named no such event. It lags minutes behind: that proves nothing.")
_NO_RUN = N_("No run of this place was read.")
_NEEDS_NOTES = frozenset({"3.tags", "3.storage-class", "1.unset", "10.request", "10.pending"})
_OF_AUDIT = frozenset({"7.events", "7.create-grant", "7.generate-data-key", "7.service-event"})


def record_of(events: Sequence[RunEvent], objects: bytes | None = None) -> RunRecord | None:
    """Return a run with its journal, None when the events do not begin with its start.

    Args:
        events: of the journal, in its order.
        objects: the file beside it that lists what lay in the bucket before, None when there is none.
    """
    run = rebuild(events)
    if run is None:
        return None
    if objects is not None and put_aside(run):
        run = with_objects(run, objects)
    return RunRecord(run, tuple(event for event in events if event.run_id == run.run_id))


def notes_of(
    place: Place | None, lab: bool, runs: Iterable[RunRecord], place_notes: Iterable[PlaceNote] = (), *, unread: int = 0
) -> FieldNotes:
    """Return the notes of one place.

    Args:
        place: None where it was not recorded.
        lab: whether it is the lab.
        runs: of this place alone; nothing is pooled across places. Those that were put away count like any other:
            what AWS answered is no less true.
        place_notes: of any place; others are left out.
        unread: runs of this place that were not read.
    """
    lab = lab or (place is not None and place.lab)
    own = tuple(sorted((record for record in runs if record.run.place == place), key=_by_start))
    material = Material(own, tuple(note for note in place_notes if place is not None and note.place == place))
    found: dict[str, list[Finding]] = {}
    for source in (answers.findings, recording.findings, sessions.findings):
        for note_id, finding in source(material):
            found.setdefault(note_id, []).append(finding)
    bare = FieldNotes(place, lab, tuple(record.run.run_id for record in own), (), unread)
    values = _values(material)
    notes = tuple(_note(question, found.get(question.note_id, []), material, bare, values) for question in QUESTIONS)
    return FieldNotes(place, lab, bare.run_ids, notes, unread)


def _note(
    question: Question, found: list[Finding], material: Material, bare: FieldNotes, values: Mapping[str, str]
) -> FieldNote:
    once = tuple({(finding.text, finding.fields, finding.words, finding.sure): finding for finding in found}.values())
    calls = tuple(_filled(call, values) for call in question.calls)
    if not once:
        return FieldNote(question, Sureness.NOT_SEEN, (), _unseen(question, material), calls if bare.on_aws else ())
    if not bare.on_aws:
        return FieldNote(question, Sureness.ELSEWHERE, once, ELSEWHERE)
    settled = any(finding.sure is Sureness.SETTLED for finding in once)
    why = "" if settled else once[-1].why
    return FieldNote(question, Sureness.SETTLED if settled else Sureness.HINT, once, why, () if settled else calls)


def _unseen(question: Question, material: Material) -> str:
    """Return why nothing was seen: nothing was read, it was not recorded then, or what the question itself says."""
    if not material.runs and not material.place_notes:
        return question.unseen if question.item in (1, 9) else _NO_RUN
    if question.note_id in _OF_AUDIT and answers.asked_audit(material) is not None:
        return _ASKED_NOTHING
    if question.note_id in _NEEDS_NOTES and material.runs and not any(record.recorded for record in material.runs):
        return recording.NOT_RECORDED
    return question.unseen


def _values(material: Material) -> Mapping[str, str]:
    """Return what stands in for the names in braces of a line for a shell: as the newest run saw it."""
    values = {"bucket": "BUCKET", "key": "KEY", "kms_key": "KEY-ARN"}
    for record in material.runs:
        run = record.run
        if run.baseline is not None:
            values |= {"bucket": run.baseline.preferences.bucket, "kms_key": run.baseline.preferences.kms_key_arn}
        own = record.case.own
        item = own.item if own is not None else next(iter(plausible(run, record.case)), None)
        if item is not None:
            values["key"] = item.key
    return values


def _filled(call: ApiCall, values: Mapping[str, str]) -> ApiCall:
    members = {
        name: values.get(value[1:-1], value) if isinstance(value, str) and value.startswith("{") else value
        for name, value in call.members.items()
    }
    return ApiCall(call.service, call.operation, members)


def _by_start(record: RunRecord) -> tuple[object, ...]:
    return record.run.started_at, record.run.run_id
