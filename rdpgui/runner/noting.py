"""What answers showed in passing, into the journal of the run that they belong to. Nothing is called for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from rdpgui.core.noted import AnswerKind, AnswersNoted, NotedAnswer, fresh
from rdpgui.runner.recording_wait import OPENED_BEFORE_S
from rdpgui.runner.run_context import RunContext


def note_answers(run: RunContext) -> None:
    """Journal what is new of the run's own; the first time also that there was nothing.

    Raises:
        StorageFull, StorageError: the journal cannot be written.
    """
    book = run.ports.answers
    if book is None:
        return
    begun = bool(run.noted)
    found = tuple(answer for answer in book.since(run.state.started_at) if _is_own(run, answer))
    answers = fresh(found, run.noted)
    if answers or not begun:
        run.noted.add(("told",))
        run.emit(AnswersNoted(run.now(), run.plan.run_id, answers))


def _is_own(run: RunContext, answer: NotedAnswer) -> bool:
    """Whether an answer is about this run: several go on at once, and objects of others are looked at beside it."""
    match answer.kind:
        case AnswerKind.OBJECT_HEAD:
            return any(item.key == answer.subject for item in run.state.candidates)
        case AnswerKind.AUDIT_EVENT:
            return answer.subject in ("", run.plan.instance_id) and _within(run, answer.fact("event-at"))
        case AnswerKind.ACCESS_ANSWER:
            return not answer.subject.startswith("i-") or answer.subject == run.plan.instance_id
        case _:
            return True


def _within(run: RunContext, moment: str) -> bool:
    """Whether an event is of the time from just before the run's session on."""
    session = run.state.session
    begun_at = session.started_at if session is not None else run.state.started_at
    try:
        at = datetime.fromisoformat(moment)
    except ValueError:  # the event tells no time
        return False
    return at >= begun_at - timedelta(seconds=OPENED_BEFORE_S)
