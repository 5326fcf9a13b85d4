"""What answers showed of the place that is open, outside of runs, into the places' own journal; each thing once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from rdpgui.app.run_folders import FileRunFolders
from rdpgui.app.workplace import Workplace
from rdpgui.core.account_events import PreferencesObserved
from rdpgui.core.events import Event
from rdpgui.core.noted import AnswerBook, AnswerKind, NotedAnswer, PlaceAnswersNoted, fresh
from rdpgui.core.place import Place
from rdpgui.core.run_events import RunEnded
from rdpgui.core.state import AppState

if TYPE_CHECKING:
    from rdpgui.app.session import WorkSession

OF_PLACES = frozenset({AnswerKind.PREFERENCES_UNSET, AnswerKind.ACCESS_ANSWER})
"""Kinds that say something of the account, whatever run goes on."""


class PlaceNotebook:
    """Listens to what is observed, and writes what is new; it calls nothing.

    Args:
        work: whose scope is in force. folders: of the runs, beside which the journal lies.
    """

    def __init__(self, work: Workplace, folders: FileRunFolders) -> None:
        self._work = work
        self._folders = folders
        self._book: AnswerBook | None = None
        self._place: Place | None = None
        self._since_at = datetime.min.replace(tzinfo=UTC)
        self._known: dict[str, set[tuple[object, ...]]] = {}

    def watch(self, session: WorkSession) -> None:
        """Take the answers of a session from now on."""
        self._book, self._place = session.environment.ports.answers, None
        self._since_at = datetime.min.replace(tzinfo=UTC)

    def hear(self, state: AppState, event: Event) -> None:
        """Write what is new of the place, whenever its preferences were read or a run ended."""
        place = state.place
        if not isinstance(event, PreferencesObserved | RunEnded) or place is None or not place.known:
            return
        if self._place not in (None, place):  # other credentials came meanwhile: answers until now are not of this one
            self._since_at = event.at
        self._place = place
        found = self._new(place)
        if found:
            noted = PlaceAnswersNoted(event.at, place, found)
            self._work.window_scope.start("noted answers", _add(self._folders, noted), kept=True)

    def _new(self, place: Place) -> tuple[NotedAnswer, ...]:
        if self._book is None:
            return ()
        answers = tuple(answer for answer in self._book.since(self._since_at) if answer.kind in OF_PLACES)
        return fresh(answers, self._known.setdefault(place.key, set()))


async def _add(folders: FileRunFolders, event: PlaceAnswersNoted) -> None:
    await folders.pen.run(partial(_add_new, folders, event))


def _add_new(folders: FileRunFolders, event: PlaceAnswersNoted) -> None:
    """Write what the journal does not hold of the place yet. For the journals' thread."""
    from rdpgui.app.field_notes import add_to_place, read_place

    known = {
        answer.identity
        for note in read_place(folders)
        if isinstance(note, PlaceAnswersNoted) and note.place == event.place
        for answer in note.answers
    }
    answers = tuple(answer for answer in event.answers if answer.identity not in known)
    if answers:
        add_to_place(folders, PlaceAnswersNoted(event.at, event.place, answers))
