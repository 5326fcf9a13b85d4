"""Notes from answers what is documented nowhere: the variants that a first real run turns into facts.

Listens at the one door of all calls (``calls.py``) and calls nothing itself. What an answer says is noted as it stands;
what cannot be read is left out, because nothing rests on a note.

Source: the list of unknowns in ``core/notes``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from rdpgui.aws.parse import GUI_CONNECT, utc
from rdpgui.core.noted import AnswerKind, NotedAnswer

Answer = dict[str, Any]
Facts = tuple[tuple[str, str], ...]

KEPT = 2_000
"""Answers that differ; the oldest go first."""

MESSAGE_LENGTH = 300
_PREFERENCES = "ssm-guiconnect:GetConnectionRecordingPreferences"
_REQUEST, _TOKEN = "ssm:StartAccessRequest", "ssm:GetAccessToken"


def _now() -> datetime:
    return datetime.now(UTC)


class Noting:
    """Implements ``core.noted.AnswerBook``. Worker threads note; the loop reads.

    Args:
        now: the local time.
    """

    def __init__(self, now: Callable[[], datetime] = _now) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._known: dict[tuple[object, ...], NotedAnswer] = {}

    def since(self, at: datetime) -> tuple[NotedAnswer, ...]:
        """Return what was noted at that time or later, oldest first."""
        with self._lock:
            found = [answer for answer in self._known.values() if answer.at >= at]
        return tuple(sorted(found, key=_time_of))

    def answered(self, call: str, params: Answer, answer: Answer) -> None:
        """Take an answer, on the thread that waited for it."""
        reader = _ANSWERS.get(call)
        if reader is not None:
            self._keep(call, reader(params, answer))

    def failed(self, call: str, params: Answer, error: BaseException) -> None:
        """Take an answer that was an error."""
        reader, response = _ERRORS.get(call), getattr(error, "response", None)
        if reader is not None and isinstance(response, dict):
            self._keep(call, reader(params, response))

    def _keep(self, call: str, found: Iterable[tuple[AnswerKind, str, Facts]]) -> None:
        at = self._now()
        with self._lock:
            for kind, subject, facts in found:
                answer = NotedAnswer(at, kind, call, subject, facts)
                self._known.pop(answer.identity, None)
                self._known[answer.identity] = answer
            while len(self._known) > KEPT:
                self._known.pop(next(iter(self._known)))


Found = list[tuple[AnswerKind, str, Facts]]


def _preferences(_params: Answer, answer: Answer) -> Found:
    """Note how "not configured" is answered without an error."""
    member = "ConnectionRecordingPreferences"
    if answer.get(member):
        return []
    how = "no-member" if member not in answer else "empty-member"
    return [(AnswerKind.PREFERENCES_UNSET, "", (("answer", how), ("code", ""), ("http", _http(answer))))]


def _no_preferences(_params: Answer, response: Answer) -> Found:
    """Note how "not configured" is answered with an error; any other error says nothing of that."""
    code = _code(response)
    if code != "ResourceNotFoundException" and _http(response) != "404":
        return []
    return [(AnswerKind.PREFERENCES_UNSET, "", (("answer", "error"), ("code", code), ("http", _http(response))))]


def _head(params: Answer, answer: Answer) -> Found:
    """Note what an object's head says that no rule needs. Source: s3:HeadObject.

    S3 sends no storage class for the standard one, and no number of tags where there are none or where the caller
    may not read them.
    """
    wanted = ("StorageClass", "TagCount", "BucketKeyEnabled", "PartsCount", "ObjectLockMode", "ReplicationStatus")
    facts = tuple((name, _text(answer.get(name))) for name in wanted)
    return [(AnswerKind.OBJECT_HEAD, str(params.get("Key") or ""), facts)]


def _events(params: Answer, answer: Answer) -> Found:
    """Note the events that name GUI Connect anywhere, and that the log was asked at all."""
    asked = (params.get("LookupAttributes") or [{}])[0]
    what = f"{asked.get('AttributeKey')}={asked.get('AttributeValue')}"
    found = [event for item in answer.get("Events") or () if (event := _event(item)) is not None]
    looked = (("named", "yes" if found else "no"),)
    return [(AnswerKind.AUDIT_LOOK, what, looked), *found]


def _event(item: Answer) -> tuple[AnswerKind, str, Facts] | None:
    raw = str(item.get("CloudTrailEvent") or "")
    if "ssm-guiconnect" not in raw and "ssm-guiconnect" not in str(item.get("EventSource") or ""):
        return None
    try:
        record = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    caller, asked, said = (_part(record, name) for name in ("userIdentity", "requestParameters", "responseElements"))
    address = str(record.get("sourceIPAddress") or "")
    at = utc(item.get("EventTime"))
    facts = (
        ("event-at", at.isoformat() if at is not None else ""),
        ("source", str(item.get("EventSource") or record.get("eventSource") or "")),
        ("name", str(item.get("EventName") or record.get("eventName") or "")),
        ("type", str(record.get("eventType") or "")),
        ("identity", str(caller.get("type") or "")),
        ("invoked-by", str(caller.get("invokedBy") or "")),
        ("from", address if address.endswith(".amazonaws.com") or address == GUI_CONNECT else "an address"),
        ("error", str(record.get("errorCode") or "")),
        ("connection", str(said.get("ConnectionArn") or "").rpartition("/")[2]),
        ("about", _about(asked)),
        ("event-id", str(item.get("EventId") or record.get("eventID") or "")),
    )
    subject = str(asked.get("InstanceId") or asked.get("target") or "")
    return AnswerKind.AUDIT_EVENT, subject, facts


def _about(asked: Answer) -> str:
    """Return what the call was about: of a data key the object that it encrypts, else key or object."""
    context = asked.get("encryptionContext")
    named = context.get("aws:s3:arn") if isinstance(context, dict) else None
    bucket = asked.get("bucketName")
    return str(named or asked.get("key") or asked.get("keyId") or (f"arn:aws:s3:::{bucket}" if bucket else ""))


def _refused_request(params: Answer, response: Answer) -> Found:
    """Note with what a request for access is refused, and AWS's own sentence. Source: ssm:StartAccessRequest."""
    targets = params.get("Targets") or [{}]
    values = targets[0].get("Values") or [""]
    return [(AnswerKind.ACCESS_ANSWER, str(values[0]), _refusal(response))]


def _token(params: Answer, answer: Answer) -> Found:
    """Note that a request that waits is answered normally. Never anything of the credentials."""
    status = str(answer.get("AccessRequestStatus") or "")
    facts = (("answer", "normal"), ("status", status), ("code", ""), ("http", _http(answer)), ("message", ""))
    return [(AnswerKind.ACCESS_ANSWER, str(params.get("AccessRequestId") or ""), facts)]


def _no_token(params: Answer, response: Answer) -> Found:
    return [(AnswerKind.ACCESS_ANSWER, str(params.get("AccessRequestId") or ""), _refusal(response))]


def _refusal(response: Answer) -> Facts:
    said = " ".join(str(_part(response, "Error").get("Message") or "").split())[:MESSAGE_LENGTH]
    return ("answer", "error"), ("status", ""), ("code", _code(response)), ("http", _http(response)), ("message", said)


_ANSWERS: dict[str, Callable[[Answer, Answer], Found]] = {
    _PREFERENCES: _preferences,
    "s3:HeadObject": _head,
    "cloudtrail:LookupEvents": _events,
    _TOKEN: _token,
}
_ERRORS: dict[str, Callable[[Answer, Answer], Found]] = {
    _PREFERENCES: _no_preferences,
    _REQUEST: _refused_request,
    _TOKEN: _no_token,
}


def _part(record: Answer, name: str) -> Answer:
    found = record.get(name)
    return found if isinstance(found, dict) else {}


def _code(response: Answer) -> str:
    return str(_part(response, "Error").get("Code") or "")


def _http(response: Answer) -> str:
    return _text(_part(response, "ResponseMetadata").get("HTTPStatusCode"))


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _time_of(answer: NotedAnswer) -> datetime:
    return answer.at
