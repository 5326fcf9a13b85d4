"""What answers of AWS showed in passing of what is documented nowhere: noted, so that a first run leaves facts.

Nothing is called for it. Whatever asks the program asks anyway; what of the answer no rule needs, and an unknown of
AWS could be settled by, is kept beside the rest. A run's stands in its journal, a place's in a journal of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from rdpgui.core.ids import RunId
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.shell_log import ShellContrastMade


class AnswerKind(StrEnum):
    """What kind of answer was noted."""

    PREFERENCES_UNSET = "preferences-unset"
    OBJECT_HEAD = "object-head"
    AUDIT_LOOK = "audit-look"
    AUDIT_EVENT = "audit-event"
    ACCESS_ANSWER = "access-answer"


@dataclass(frozen=True, slots=True)
class NotedAnswer:
    """One answer, in the words of AWS.

    Attributes:
        at: when it came, by the local clock; of one that came again, the last time.
        call: the API operation, for example ``s3:HeadObject``.
        subject: what it was about (key of an object, instance, request), empty for the account.
        facts: name and value, in a fixed order; a value that the answer did not hold is empty.
    """

    at: datetime
    kind: AnswerKind
    call: str
    subject: str = ""
    facts: tuple[tuple[str, str], ...] = ()

    def fact(self, name: str) -> str:
        """Return a value, empty when it was not there."""
        return dict(self.facts).get(name, "")

    @property
    def identity(self) -> tuple[str, str, str, tuple[tuple[str, str], ...]]:
        """All but the time: equal as long as AWS says the same again."""
        return self.kind.value, self.call, self.subject, self.facts


class AnswerBook(Protocol):
    """Where noted answers are looked up."""

    def since(self, at: datetime) -> tuple[NotedAnswer, ...]:
        """Return what was noted at that time or later, oldest first."""


@dataclass(frozen=True, slots=True)
class AnswersNoted:
    """What answers showed in passing during a run, each once. Empty: nothing of the kind was seen; no rule needs it."""

    at: datetime
    run_id: RunId
    answers: tuple[NotedAnswer, ...]


@dataclass(frozen=True, slots=True)
class PlaceAnswersNoted:
    """What answers showed in passing at a place, outside of runs, each once; in the place's own journal."""

    at: datetime
    place: Place
    answers: tuple[NotedAnswer, ...]


@dataclass(frozen=True, slots=True)
class WordingEntered:
    """A person wrote down how the console words one of its five statuses; in the place's own journal.

    Attributes:
        language: of the console, as the person says.
    """

    at: datetime
    place: Place
    word: ConsoleWord
    wording: str
    language: str
    by: str


PlaceNote = PlaceAnswersNoted | WordingEntered | ShellContrastMade


def fresh(answers: tuple[NotedAnswer, ...], known: set[tuple[object, ...]]) -> tuple[NotedAnswer, ...]:
    """Return the answers that say something new, each once, and count them as known from now on."""
    found = {answer.identity: answer for answer in answers if answer.identity not in known}
    known.update(found)
    return tuple(found.values())
