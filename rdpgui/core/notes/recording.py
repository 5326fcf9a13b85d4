"""Items 3 and 4: the object a connection leaves, and the film in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from rdpgui.core.cli import ApiCall
from rdpgui.core.film import FilmFacts
from rdpgui.core.judging.case import Case, plausible
from rdpgui.core.noted import AnswerKind
from rdpgui.core.notes.model import Fields, Finding, Material, Question, RunRecord, Sureness, Words, missing
from rdpgui.core.recording import RecordingObject
from rdpgui.core.session import Session, caller_name
from rdpgui.core.texts import N_

_NO_OBJECT = N_("No run here has a recording yet: run a disruption, or the control without one.")
_NO_FILM = N_("No recording that was read here is a film that can be inspected.")
NOT_RECORDED = N_("Not recorded: the journals are of a version that did not note it. Run once more.")
_UNSURE_WHOSE = N_("It is not certain that the object is this session's recording.")
_OTHERS_WERE_THERE = N_("Other sessions could have left objects meanwhile, or it is not known whether any was there.")
_TAGS_UNTOLD = N_(
    "S3 sends no number of tags where there are none, or where the caller may not read them (s3:GetObjectTagging)."
)
_NO_END_DATE = N_("DescribeSessions stated no EndDate: the end is what polls saw.")
_NOT_ASKED = N_("The program does not ask for it. Read it by hand with the line below.")

LEAST_PART = 4
"""Characters of a text that is looked for in a key."""

_DATE_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%Y_%m_%d", "year=%Y/month=%m/day=%d")
_OBJECT = {"Bucket": "{bucket}", "Key": "{key}"}
_LISTED = ApiCall("s3", "ListObjectsV2", {"Bucket": "{bucket}", "Prefix": "{key}", "FetchOwner": True})

QUESTIONS = (
    Question("3.key", 3, N_("What is the full key of the recording?"), _NO_OBJECT),
    Question("3.key-parts", 3, N_("What does the key contain: connection, session, instance, user, date?"), _NO_OBJECT),
    Question("3.count", 3, N_("How many objects does one connection leave?"), _NO_OBJECT),
    Question("3.content-type", 3, N_("Which Content-Type does the object have?"), _NO_OBJECT),
    Question("3.metadata", 3, N_("Which user metadata does the object have?"), _NO_OBJECT),
    Question("3.tags", 3, N_("Does the object have tags?"), _NO_OBJECT, (ApiCall("s3", "GetObjectTagging", _OBJECT),)),
    Question("3.encryption", 3, N_("How is the object encrypted, and with which key?"), _NO_OBJECT),
    Question("3.owner", 3, N_("Which account owns the object?"), _NOT_ASKED, (_LISTED,)),
    Question("3.storage-class", 3, N_("Which storage class does the object have?"), _NO_OBJECT),
    Question("4.boxes", 4, N_("Of which boxes is the MP4 made?"), _NO_FILM),
    Question("4.codec", 4, N_("Which codec and container does the film have?"), _NO_FILM),
    Question("4.size", 4, N_("Which picture size does the film have, and does it change?"), _NO_FILM),
    Question("4.rate", 4, N_("Which frame rate does the film have?"), _NO_FILM),
    Question("4.duration", 4, N_("How long is the film against its connection?"), _NO_FILM),
    Question("4.created", 4, N_("Is the creation time of the container set, and to what?"), _NO_FILM),
)


@dataclass(frozen=True, slots=True)
class _Own:
    """An object that is, or may be, the recording of a run."""

    record: RunRecord
    case: Case
    item: RecordingObject
    at: datetime
    sure: bool


def findings(material: Material) -> Iterator[tuple[str, Finding]]:
    """Yield what the runs show, each with the id of its question."""
    for record in material.runs:
        case = record.case
        items = (case.own.item,) if case.certain and case.own is not None else plausible(record.run, case)
        for item in items:
            at = record.run.candidates_at or record.run.started_at
            own = _Own(record, case, item, at, case.certain)
            yield from _of_object(own)
            yield from _of_film(own)
        if items:
            yield "3.count", _count(record, case, items)


def _of_object(own: _Own) -> Iterator[tuple[str, Finding]]:
    item = own.item
    key = (("key", item.key), ("form", re.sub(r"\w+", _form, item.key)))
    yield "3.key", _head(own, N_("{key} (form: {form})"), key)
    text = N_("in the key: {there}; not in it: {absent}; not known here: {unknown}")
    yield "3.key-parts", replace(_head(own, text), words=_key_parts(own))
    yield "3.content-type", _head(own, "{type}", (("type", missing(item.content_type)),))
    told = ", ".join(f"{name}={value}" for name, value in item.metadata)
    yield "3.metadata", _head(own, "{metadata}", (("metadata", missing(told)),))
    used = (("algorithm", missing(item.server_side_encryption)), ("key", missing(item.kms_key)))
    yield "3.encryption", replace(_head(own, "{algorithm}, {key}: {which}", used), words=_which_key(own))
    yield from _noted(own)


def _noted(own: _Own) -> Iterator[tuple[str, Finding]]:
    """Yield what the head said in passing; a journal of an earlier version did not keep it."""
    head = next((a for a in own.record.answers if a.kind is AnswerKind.OBJECT_HEAD and a.subject == own.item.key), None)
    if head is None:
        return
    own = replace(own, at=head.at)
    stored = head.fact("StorageClass")
    text = "{class}" if stored else N_("STANDARD (S3 sends no storage class for it)")
    yield "3.storage-class", _head(own, text, (("class", stored),), "AnswersNoted")
    tags = head.fact("TagCount")
    if tags:
        yield "3.tags", _head(own, N_("{count} tags"), (("count", tags),), "AnswersNoted")
    else:
        told = _head(own, N_("No number of tags was sent."), (), "AnswersNoted")
        yield "3.tags", replace(told, sure=Sureness.HINT, why=told.why or _TAGS_UNTOLD)


def _head(own: _Own, text: str, fields: Fields = (), event: str = "CandidatesFound") -> Finding:
    sure, why = (Sureness.SETTLED, "") if own.sure else (Sureness.HINT, _UNSURE_WHOSE)
    return Finding(text, fields, own.at, event, "s3:HeadObject", sure, why, own.record.run.run_id)


def _which_key(own: _Own) -> Words:
    item, run = own.item, own.record.run
    key, bucket_key = item.kms_key, run.destination.bucket_key if run.destination is not None else None
    preferred = run.baseline.preferences.kms_key_arn if run.baseline is not None else ""
    which = N_("another key, or one that was not compared")
    if not key:
        which = N_("no KMS key is named")
    elif key == preferred:
        which = N_("the key of the recording preferences")
    elif bucket_key and key.endswith(bucket_key):
        which = N_("the default key of the bucket")
    return (("which", (which,)),)


def _count(record: RunRecord, case: Case, items: tuple[RecordingObject, ...]) -> Finding:
    """Return how many objects the connection left until the run looked no longer."""
    count = max(case.match.pieces, len(items))
    near = record.run.neighbours
    alone = case.certain and near is not None and near.complete and not near.sessions
    sure, why = (Sureness.SETTLED, "") if alone else (Sureness.HINT, _OTHERS_WERE_THERE)
    at = record.run.candidates_at or record.run.started_at
    text = N_("{count} until the run looked no longer; new objects listed in all: {listed}")
    listed = record.run.destination.listed if record.run.destination is not None else len(items)
    fields = (("count", str(count)), ("listed", str(listed)))
    return Finding(text, fields, at, "CandidatesFound", "s3:ListObjectsV2", sure, why, record.run.run_id)


def _key_parts(own: _Own) -> Words:
    """Return what of the session is found in the key. Nothing is parsed: known texts are looked for in it."""
    key, session, run = own.item.key.casefold(), own.record.run.session, own.record.run
    wanted = {
        N_("session id"): _long(session.session_id) if session is not None else (),
        N_("random part of the session id"): _long(session.session_id.rpartition("-")[2])
        if session is not None
        else (),
        N_("instance id"): _long(run.plan.instance_id),
        N_("user or role session"): _long(caller_name(session.owner)) if session is not None else (),
        N_("connection id"): _connections(own),
        N_("account id"): _long(run.account_id),
        N_("Region"): _long(run.region),
        N_("date"): _dates(session, own.item),
    }
    there = tuple(name for name, texts in wanted.items() if any(text.casefold() in key for text in texts))
    unknown = tuple(name for name, texts in wanted.items() if not texts)
    absent = tuple(name for name in wanted if name not in there and name not in unknown)
    return ("there", there), ("absent", absent), ("unknown", unknown)


def form_of(text: str) -> str:
    """Return of which characters a word is made, and how many: that tells how an id is made without telling the id."""
    for name, pattern in (
        ("0-9", r"[0-9]+"),
        ("0-9a-f", r"[0-9a-f]+"),
        ("0-9a-z", r"[0-9a-z]+"),
        ("0-9A-Za-z", r"\w+"),
    ):
        if re.fullmatch(pattern, text, re.ASCII):
            return f"[{name}]{{{len(text)}}}"
    return f".{{{len(text)}}}"


def _form(found: re.Match[str]) -> str:
    return form_of(found[0])


def _long(text: str) -> tuple[str, ...]:
    """Return a text to look for, nothing for one so short that chance would find it."""
    return (text,) if len(text) >= LEAST_PART else ()


def _connections(own: _Own) -> tuple[str, ...]:
    """Return the ids of connections to the instance that the audit log told of during the run."""
    answers = (answer for answer in own.record.answers if answer.kind is AnswerKind.AUDIT_EVENT)
    return tuple(dict.fromkeys(found for answer in answers if (found := answer.fact("connection"))))


def _dates(session: Session | None, item: RecordingObject) -> tuple[str, ...]:
    """Return the days of the session and of the upload, in any zone: it may be past midnight between them, or there."""
    if session is None:
        return ()
    days = {at + timedelta(days=days) for at in (session.started_at, item.modified_at) for days in (-1, 0, 1)}
    return tuple(day.strftime(form) for day in days for form in _DATE_FORMS)


def _of_film(own: _Own) -> Iterator[tuple[str, Finding]]:
    inspected = next((found for found in reversed(own.record.run.inspected) if found.key == own.item.key), None)
    if inspected is None or inspected.facts is None:
        return
    own, facts = replace(own, at=inspected.at), inspected.facts
    yield from _film_facts(own, facts)
    session, end = own.record.run.session, own.case.over
    if session is None or end is None:
        return
    low_s, high_s = ((at - session.started_at).total_seconds() for at in (end.low_at, end.high_at))
    fields = (("film", f"{facts.duration_s:.3f}"), ("lasted", span_text(low_s, high_s)))
    found = _film(own, N_("film {film} s, connection {lasted} s (StartDate to its end)"), fields)
    if session.ended_at is None:
        found = replace(found, sure=Sureness.HINT, why=found.why or _NO_END_DATE)
    yield "4.duration", found


def _film_facts(own: _Own, facts: FilmFacts) -> Iterator[tuple[str, Finding]]:
    """Yield what the film's file says of itself."""
    made = N_("fragmented") if facts.fragmented else N_("not fragmented")
    index = N_("index first") if facts.faststart else N_("index not first")
    boxes = _film(own, N_("{boxes} ({made})"), (("boxes", missing(_folded(facts.box_order))),))
    yield "4.boxes", replace(boxes, words=(("made", (made, index)),))
    yield "4.codec", _film(own, N_("{codec} in {container}"), (("codec", facts.codec), ("container", facts.container)))
    changes = N_("it changes inside the film") if facts.size_changes else N_("it does not change")
    size = _film(own, N_("{width} × {height}; {changes}"), (("width", str(facts.width)), ("height", str(facts.height))))
    yield "4.size", replace(size, words=(("changes", (changes,)),))
    frames = str(facts.frame_count) if facts.frame_count is not None else "–"
    rate = (("rate", f"{facts.frame_rate:.2f}"), ("frames", frames))
    yield "4.rate", _film(own, N_("{rate} frames per second on average, {frames} frames"), rate)
    created = facts.created_at.isoformat() if facts.created_at is not None else "–"
    dated = facts.dated_at.isoformat() if facts.dated_at is not None else "–"
    times = (("created", created), ("dated", dated))
    yield "4.created", _film(own, N_("creation_time: {created}; date tag: {dated}"), times)


def _folded(boxes: tuple[str, ...]) -> str:
    """Return the boxes in their order; fragments that follow each other stand once, with their number."""
    return re.sub(r"\bmoof mdat(?: moof mdat)+\b", _times, " ".join(boxes))


def _times(found: re.Match[str]) -> str:
    return f"(moof mdat)×{found[0].count('moof')}"


def span_text(low_s: float, high_s: float) -> str:
    """Return seconds between two bounds, as one number where they are the same to a tenth."""
    low, high = f"{low_s:.1f}", f"{high_s:.1f}"
    return low if low == high else f"{low} … {high}"


def _film(own: _Own, text: str, fields: Fields) -> Finding:
    sure, why = (Sureness.SETTLED, "") if own.sure else (Sureness.HINT, _UNSURE_WHOSE)
    return Finding(text, fields, own.at, "FilmInspected", "", sure, why, own.record.run.run_id)
