"""Items 1, 2, 7, 9 and 10: what answers, the audit log and the console say, and how they say it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from rdpgui.core.cli import ApiCall
from rdpgui.core.ids import RunId
from rdpgui.core.noted import AnswerKind, NotedAnswer, WordingEntered
from rdpgui.core.notes.model import Fields, Finding, Material, Question, RunRecord, Sureness, Words, missing
from rdpgui.core.people_events import ConsoleWordEntered
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.session import AccessType
from rdpgui.core.state import RunState
from rdpgui.core.texts import N_

SAME_STATE = timedelta(days=1)
"""Just-in-time access that was off then was most likely off so long before and after, too."""

_UNSET = N_("The preferences were set whenever this program looked. Open this place before you set them.")
_NO_UPDATE = N_(
    "The program never sets the preferences. Set them where just-in-time access is off, by the template or by hand, "
    "and note the answer."
)
_NO_STANDARD = N_("No Standard session of this place has a recording that is certainly its own.")
_JIT_UNKNOWN = N_("Whether just-in-time access was off then is not known: no request for access was refused near it.")
_LATER = N_("It may have come after the run looked no longer.")
_SET_EARLIER = N_("When the preferences were set is not known: just-in-time access may have been on then.")
_NOT_ASKED = N_("The audit log is asked only when a recording is late or missing. Read it by hand with the line below.")
_ASKED_IN_PART = N_("The program looks up StartConnection only. The line below lists all of them.")
_NEVER_ASKED = N_("The program does not ask for it. Read it by hand with the line below.")
_NO_DATA_EVENTS = N_("PutObject is a data event: only a trail with data events of the bucket shows it.")
_NO_WORDING = N_("Nobody wrote it down. Enter below what the connection history of the console says.")
_ONLY_CHOSEN = N_("Somebody chose the status; how the console words it was not written down.")
_NO_REFUSAL = N_("No request for access was refused here. Run a just-in-time session where that access is off.")
_OTHER_REASON = N_("AWS's sentence does not say that just-in-time access is off: it may be another reason.")
_NO_PENDING = N_("No request for access was waiting here. Run a just-in-time session that a person has to approve.")
_NOT_PENDING = N_("AWS's sentence does not say that the request was waiting.")

GUI_CONNECT = "ssm-guiconnect.amazonaws.com"


def _look_up(key: str, value: str) -> ApiCall:
    attributes = [{"AttributeKey": key, "AttributeValue": value}]
    return ApiCall("cloudtrail", "LookupEvents", {"LookupAttributes": attributes})


_INVOKED = {
    "7.start-session": ("StartSession", _NEVER_ASKED),
    "7.create-grant": ("CreateGrant", _NOT_ASKED),
    "7.generate-data-key": ("GenerateDataKey", _NOT_ASKED),
    "7.put-object": ("PutObject", _NO_DATA_EVENTS),
}
_OF_INVOKED = N_("Which invokedBy does CloudTrail give for {event} of a recorded connection?")
_OF_WORDING = N_("How does the console word the status {status}, in your language?")

QUESTIONS = (
    Question(
        "1.unset",
        1,
        N_("What does GetConnectionRecordingPreferences answer while nothing is set: a 404, or an empty answer?"),
        _UNSET,
        (ApiCall("ssm-guiconnect", "GetConnectionRecordingPreferences"),),
    ),
    Question("2.update", 2, N_("Can the preferences be set while just-in-time access is off?"), _NO_UPDATE),
    Question("2.standard", 2, N_("Is a Standard session recorded while just-in-time access is off?"), _NO_STANDARD),
    Question(
        "7.events",
        7,
        N_("Which events of ssm-guiconnect does CloudTrail have?"),
        _NOT_ASKED,
        (_look_up("EventSource", GUI_CONNECT),),
    ),
    *(
        Question(note_id, 7, _OF_INVOKED, unseen, (_look_up("EventName", event),), (("event", event),))
        for note_id, (event, unseen) in _INVOKED.items()
    ),
    Question(
        "7.service-event",
        7,
        N_("Is there any AwsServiceEvent of a recording?"),
        _NOT_ASKED,
        (_look_up("EventSource", GUI_CONNECT),),
    ),
    Question(
        "7.grants",
        7,
        N_("How long does the grant on the key live, and what does it allow?"),
        _NEVER_ASKED,
        (ApiCall("kms", "ListGrants", {"KeyId": "{kms_key}"}),),
    ),
    *(
        Question(f"9.{word.value}", 9, _OF_WORDING, _NO_WORDING, fields=(("status", word.value),))
        for word in ConsoleWord
    ),
    Question(
        "10.request",
        10,
        N_("With which exception does StartAccessRequest fail while just-in-time access is off?"),
        _NO_REFUSAL,
    ),
    Question(
        "10.pending",
        10,
        N_("What does GetAccessToken answer while a request waits: Pending, or an error?"),
        _NO_PENDING,
    ),
)

_HOW = {
    "error": N_("an error: {code}, HTTP {http}"),
    "no-member": N_("HTTP {http}, an answer without ConnectionRecordingPreferences"),
    "empty-member": N_("HTTP {http}, an answer with empty ConnectionRecordingPreferences"),
}
Told = Iterator[tuple[str, Finding]]


def findings(material: Material) -> Told:
    """Yield what was noted, each with the id of its question."""
    for answer, run_id, event in material.answers(AnswerKind.PREFERENCES_UNSET):
        fields = (("code", missing(answer.fact("code"))), ("http", missing(answer.fact("http"))))
        text = _HOW.get(answer.fact("answer"), _HOW["error"])
        yield "1.unset", _found(answer, run_id, event, text, fields)
    yield from _of_access(material)
    yield from _of_preferences(material)
    yield from _of_audit(material)
    yield from _of_wording(material)


def _found(
    answer: NotedAnswer, run_id: RunId | None, event: str, text: str, fields: Fields, why: str = "", words: Words = ()
) -> Finding:
    sure = Sureness.HINT if why else Sureness.SETTLED
    return Finding(text, fields, answer.at, event, answer.call, sure, why, run_id, words)


# -- just-in-time access: items 2 and 10 ---------------------------------------------


_JIT = re.compile(r"just[ -]in[ -]time|\bjit", re.IGNORECASE)
_PENDING = re.compile(r"\bpending\b", re.IGNORECASE)


def _says_off(answer: NotedAnswer) -> bool:
    """Whether AWS says that it is this access that is off: a Region or another service may not be enabled, too."""
    message = answer.fact("message")
    return "not enabled" in message.casefold() and _JIT.search(message) is not None


def _off(material: Material) -> list[tuple[NotedAnswer, RunId | None, str]]:
    """Return the refused requests that say that just-in-time access is off, each time."""
    told = material.every(AnswerKind.ACCESS_ANSWER)
    return [found for found in told if found[0].call == "ssm:StartAccessRequest" and _says_off(found[0])]


def _of_access(material: Material) -> Told:
    for answer, run_id, event in material.answers(AnswerKind.ACCESS_ANSWER):
        named = ("code", "http", "message") if answer.fact("answer") == "error" else ("status", "http")
        fields = tuple((name, missing(answer.fact(name))) for name in named)
        text = N_("an error: {code}, HTTP {http}: {message}")
        if answer.call == "ssm:StartAccessRequest":
            yield "10.request", _found(answer, run_id, event, text, fields, "" if _says_off(answer) else _OTHER_REASON)
        elif answer.fact("status") == "Pending":
            yield "10.pending", _found(answer, run_id, event, N_("a normal answer: {status}, HTTP {http}"), fields)
        elif answer.fact("answer") == "error":
            waits = _PENDING.search(answer.fact("message"))
            yield "10.pending", _found(answer, run_id, event, text, fields, "" if waits else _NOT_PENDING)


def _on_at(material: Material) -> list[datetime]:
    """Return when just-in-time access was certainly on: a request was known then, or a session was allowed by it."""
    told = (answer for answer, _, _ in material.every(AnswerKind.ACCESS_ANSWER))
    known = [answer.at for answer in told if answer.call == "ssm:GetAccessToken" and answer.fact("status")]
    runs = (record.run for record in material.runs)
    return known + [run.attached.at for run in runs if run.attached and run.access_type is AccessType.JUST_IN_TIME]


def _was_off(at: datetime, off: list[datetime], on: list[datetime]) -> bool:
    """Whether just-in-time access was off then: it was so at most a day before or after, and not on in between."""
    near = (moment for moment in off if abs(moment - at) <= SAME_STATE)
    return any(not any(min(moment, at) <= known <= max(moment, at) for known in on) for moment in near)


def _of_preferences(material: Material) -> Told:
    off, on = _off(material), _on_at(material)
    off_at = [answer.at for answer, _, _ in off]
    for record in material.runs:
        run, case = record.run, record.case
        if run.baseline is not None and off:
            answer = off[0][0]
            text = N_(
                "The preferences were there at a run, in a place where a request for access was refused with {code}."
            )
            at, call = run.baseline.at, "ssm-guiconnect:GetConnectionRecordingPreferences"
            fields = (("code", missing(answer.fact("code"))),)
            found = Finding(text, fields, at, "BaselineTaken", call, Sureness.HINT, _SET_EARLIER, run.run_id)
            yield "2.update", found
        if run.attached is None or run.access_type is not AccessType.STANDARD:
            continue
        why = "" if _was_off(run.started_at, off_at, on) else _JIT_UNKNOWN
        if not case.certain or case.own is None:
            yield from _without_recording(run, why)
            continue
        text = N_("A Standard session was recorded ({size} bytes).")
        fields = (("size", str(case.own.item.size_bytes)),)
        at = run.candidates_at or run.started_at
        sure = Sureness.HINT if why else Sureness.SETTLED
        yield "2.standard", Finding(text, fields, at, "CandidatesFound", "s3:HeadObject", sure, why, run.run_id)


def _without_recording(run: RunState, why: str) -> Told:
    """Yield that no recording came, where the run looked for one where it was to be; it may have come later."""
    read = run.destination
    if run.candidates or read is None or not read.readable or not read.unchanged or not read.looks:
        return
    text = N_("No object came for a Standard session while the run looked ({looks} times).")
    fields, at = (("looks", str(read.looks)),), read.listed_at or read.at
    hint = Sureness.HINT
    yield (
        "2.standard",
        Finding(text, fields, at, "DestinationRead", "s3:ListObjectsV2", hint, why or _LATER, run.run_id),
    )


# -- the audit log: item 7 -----------------------------------------------------------


def _of_audit(material: Material) -> Told:
    told = material.answers(AnswerKind.AUDIT_EVENT)
    own = [found for found in told if found[0].fact("source") == GUI_CONNECT]
    names = Counter(answer.fact("name") for answer, _, _ in own)
    for name, count in sorted(names.items()):
        answer, run_id, event = next(found for found in own if found[0].fact("name") == name)
        text = N_("{name}: {count} of them, type {type}, identity {identity}, invokedBy {invoked}")
        fields = (("name", name), ("count", str(count)), *_caller(answer))
        yield "7.events", _found(answer, run_id, event, text, fields, _ASKED_IN_PART)
    by_name = {event: note_id for note_id, (event, _) in _INVOKED.items()}
    for answer, run_id, event in _different(told):
        note_id = by_name.get(answer.fact("name"))
        text = N_("{name}: invokedBy {invoked}, sourceIPAddress {source}, identity {identity}, about {about}")
        about = missing(answer.fact("about"))
        fields = (("name", answer.fact("name")), ("source", answer.fact("from")), ("about", about), *_caller(answer))
        if note_id is not None:
            yield note_id, _found(answer, run_id, event, text, fields)
        if answer.fact("type") == "AwsServiceEvent":
            yield "7.service-event", _found(answer, run_id, event, text, fields)


def _caller(answer: NotedAnswer) -> Fields:
    wanted = (("type", "type"), ("identity", "identity"), ("invoked", "invoked-by"))
    return tuple((name, missing(answer.fact(fact))) for name, fact in wanted)


def _different(
    told: list[tuple[NotedAnswer, RunId | None, str]],
) -> list[tuple[NotedAnswer, RunId | None, str]]:
    """Return one event of each kind and caller: a thousand of the same say nothing more."""
    wanted = ("name", "type", "identity", "invoked-by", "from")
    found = {tuple(item[0].fact(name) for name in wanted): item for item in reversed(told)}
    return list(reversed(found.values()))


# -- the console: item 9 -------------------------------------------------------------


def _of_wording(material: Material) -> Told:
    for record in material.runs:
        for event in record.events:
            if isinstance(event, ConsoleWordEntered):
                yield f"9.{event.word.value}", _chosen(record, event)
    for note in material.place_notes:
        if isinstance(note, WordingEntered):
            text = N_("“{wording}”, console in {language}")
            fields = (("wording", note.wording), ("language", missing(note.language)))
            yield f"9.{note.word.value}", Finding(text, fields, note.at, "WordingEntered", "")


def _chosen(record: RunRecord, event: ConsoleWordEntered) -> Finding:
    text, fields = N_("A person chose {status}."), (("status", event.word.value),)
    return Finding(text, fields, event.at, "ConsoleWordEntered", "", Sureness.HINT, _ONLY_CHOSEN, record.run.run_id)


def asked_audit(material: Material) -> datetime | None:
    """Return when the audit log was first read in these runs, None when it was not, as far as is recorded."""
    return min((answer.at for answer, _, _ in material.answers(AnswerKind.AUDIT_LOOK)), default=None)
