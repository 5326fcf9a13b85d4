"""The shape of field notes: questions, what was seen of each, and how sure that is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from rdpgui.core.cli import ApiCall
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.judging.case import Case, case_of
from rdpgui.core.noted import AnswerKind, AnswersNoted, NotedAnswer, PlaceNote
from rdpgui.core.place import Place
from rdpgui.core.state import RunState

Fields = tuple[tuple[str, str], ...]
Words = tuple[tuple[str, tuple[str, ...]], ...]
"""Fields of a sentence whose values are English message ids, one or a list of them."""


class Sureness(StrEnum):
    """How sure a note is.

    ``elsewhere``: it was seen, but not on AWS (in the lab, or at another endpoint), so it settles nothing about AWS.
    """

    SETTLED = "settled"
    HINT = "hint"
    ELSEWHERE = "elsewhere"
    NOT_SEEN = "not-seen"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was seen of a question.

    Attributes:
        text: English message id with ``{name}`` fields; ``fields`` holds the values, in AWS's words.
        words: values of further fields, in ours.
        event: name of the journal's event it was read from. call: the API operation behind that, empty for a file.
        sure: settled or hint. why: what is missing for more, an English message id; empty when settled.
        run_id: None for what was noted outside of runs.
    """

    text: str
    fields: Fields
    at: datetime
    event: str
    call: str
    sure: Sureness = Sureness.SETTLED
    why: str = ""
    run_id: RunId | None = None
    words: Words = ()


@dataclass(frozen=True, slots=True)
class Question:
    """One unknown of AWS.

    Attributes:
        note_id: stable word, the number of its item first: ``3.tags``. item: that number.
        text: the question, an English message id; ``fields`` fill it.
        unseen: why nothing may have been seen of it, and what helps, an English message id.
        calls: what a person may read by hand instead; values in braces are filled in from what was seen.
    """

    note_id: str
    item: int
    text: str
    unseen: str
    calls: tuple[ApiCall, ...] = ()
    fields: Fields = ()


@dataclass(frozen=True, slots=True)
class FieldNote:
    """A question with all that was seen of it.

    Attributes:
        why_not: why it is not settled, an English message id; empty when it is.
        calls: what a person may read by hand, with the values filled in; empty where there is nothing.
    """

    question: Question
    sure: Sureness
    findings: tuple[Finding, ...] = ()
    why_not: str = ""
    calls: tuple[ApiCall, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldNotes:
    """The notes of one place.

    Attributes:
        place: None where it was not recorded. lab: of the lab: it settles nothing about AWS.
        run_ids: the runs that were read, oldest first. unread: how many more there are that were not.
    """

    place: Place | None
    lab: bool
    run_ids: tuple[RunId, ...]
    notes: tuple[FieldNote, ...]
    unread: int = 0

    @property
    def on_aws(self) -> bool:
        """Whether this was AWS: an account of which somebody knows that it is one, and no other endpoint."""
        return not self.lab and self.place is not None and not self.place.lab and not self.place.endpoint

    def count(self, sure: Sureness) -> int:
        """Return how many questions are that sure."""
        return sum(note.sure is sure for note in self.notes)


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run with its journal.

    Attributes:
        recorded: its journal tells what answers showed in passing; one of an earlier version does not.
        case: its evidence, made once: more runs are read for notes than cases are kept.
    """

    run: RunState
    events: tuple[RunEvent, ...]
    recorded: bool = field(init=False)
    answers: tuple[NotedAnswer, ...] = field(init=False)
    case: Case = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Take the noted answers out of the events, and make the case."""
        noted = [event for event in self.events if isinstance(event, AnswersNoted)]
        object.__setattr__(self, "recorded", bool(noted))
        object.__setattr__(self, "answers", tuple(answer for event in noted for answer in event.answers))
        object.__setattr__(self, "case", case_of(self.run))


@dataclass(frozen=True, slots=True)
class Material:
    """All that the notes of one place are made of.

    Attributes:
        runs: oldest first. place_notes: of this place alone, oldest first.
    """

    runs: tuple[RunRecord, ...]
    place_notes: tuple[PlaceNote, ...] = ()

    def answers(self, kind: AnswerKind) -> list[tuple[NotedAnswer, RunId | None, str]]:
        """Return noted answers of a kind, each with its run and the event it stands in; the same answer once."""
        found: dict[tuple[object, ...], tuple[NotedAnswer, RunId | None, str]] = {}
        for told in self.every(kind):
            found.setdefault(told[0].identity, told)
        return list(found.values())

    def every(self, kind: AnswerKind) -> Iterator[tuple[NotedAnswer, RunId | None, str]]:
        """Yield the same with every time at which the same was answered."""
        for record in self.runs:
            for answer in record.answers:
                if answer.kind is kind:
                    yield answer, record.run.run_id, "AnswersNoted"
        for event in self.place_notes:
            for answer in getattr(event, "answers", ()):
                if answer.kind is kind:
                    yield answer, None, type(event).__name__


def missing(value: str) -> str:
    """Return a value, a dash where there is none."""
    return value or "–"
