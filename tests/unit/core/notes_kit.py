"""Notes of runs made of facts: journals with answers of AWS, and what is told of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rdpgui.core.events import RunEvent
from rdpgui.core.noted import AnswerKind, AnswersNoted, NotedAnswer, PlaceNote
from rdpgui.core.notes.collect import notes_of, record_of
from rdpgui.core.notes.model import FieldNote, FieldNotes, RunRecord
from rdpgui.core.notes.told import Teller
from rdpgui.core.place import Place
from rdpgui.core.run_events import DestinationRead, RunStarted, SessionAttached, SessionLeftActive
from rdpgui.core.session import Session
from tests.unit.core.samples import ACCOUNT, REGION, RUN, at, begin, disrupted, ended, on_aws, recorded

AWS = Place(account_id=ACCOUNT, region=REGION)
READ = DestinationRead(at(13.4), RUN, True, True, at(13.4), 5, 1)
PREFERENCES = "ssm-guiconnect:GetConnectionRecordingPreferences"
PLAIN = Teller(str, str)


def answer(kind: AnswerKind, call: str, subject: str = "", /, **told: str) -> NotedAnswer:
    return NotedAnswer(at(5.0), kind, call, subject, tuple((k.replace("_", "-"), v) for k, v in told.items()))


def noted(*answers: NotedAnswer) -> AnswersNoted:
    return AnswersNoted(at(13.45), RUN, answers)


def head(key: str = "k.bin", **told: str) -> NotedAnswer:
    return NotedAnswer(at(13.0), AnswerKind.OBJECT_HEAD, "s3:HeadObject", key, tuple(told.items()))


def good(*more: RunEvent) -> list[RunEvent]:
    return [*begin(), *disrupted(), *ended(), *recorded(), READ, *more]


def record(events: Iterable[RunEvent], *, place: Place | None = AWS, lab: bool = False) -> RunRecord:
    """Return a run of a place; without ``lab`` it is one on AWS."""
    events = list(events) if lab else on_aws(events)
    started = events[0]
    assert isinstance(started, RunStarted)
    found = record_of([replace(started, place=place), *events[1:]])
    assert found is not None
    return found


def of_session(event: RunEvent, own: Session, over: Session) -> RunEvent:
    """Return an event of another session: as it was active, and when it was over."""
    match event:
        case SessionAttached():
            return replace(event, session=own)
        case SessionLeftActive():
            return replace(event, session=over)
        case _:
            return event


def notes(events: Iterable[RunEvent], *place_notes: PlaceNote) -> FieldNotes:
    return notes_of(AWS, False, [record(events)], place_notes)


def note(found: FieldNotes, note_id: str) -> FieldNote:
    return next(one for one in found.notes if one.question.note_id == note_id)


def told(found: FieldNote) -> list[str]:
    return [PLAIN.finding(finding) for finding in found.findings]


OFF = {
    "answer": "error",
    "code": "ValidationException",
    "http": "400",
    "message": "JIT is not enabled in this account.",
}


def refused(seconds: float, **told_facts: str) -> NotedAnswer:
    made = answer(AnswerKind.ACCESS_ANSWER, "ssm:StartAccessRequest", "i-0", **(OFF | told_facts))
    return replace(made, at=at(seconds))


def audited(name: str, **more: str) -> NotedAnswer:
    told_facts = {
        "source": "kms.amazonaws.com", "name": name, "type": "AwsApiCall", "identity": "AWSService",
        "invoked-by": "ssm-guiconnect.amazonaws.com", "from": "ssm-guiconnect.amazonaws.com", "error": "",
    } | {key.replace("_", "-"): value for key, value in more.items()}  # fmt: skip
    return NotedAnswer(at(9), AnswerKind.AUDIT_EVENT, "cloudtrail:LookupEvents", "", tuple(told_facts.items()))
