"""Names that leave this computer in field notes: every one of them is replaced, also those that nobody has named."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rdpgui.core.alias_sources import AliasLearner
from rdpgui.core.aliases import STRICT, Aliases, Named, Word
from rdpgui.core.noted import AnswerKind, AnswersNoted, NotedAnswer, PlaceAnswersNoted, PlaceNote, WordingEntered
from rdpgui.core.notes.model import RunRecord
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
)
from rdpgui.core.place import Place

_BUCKET_ARN = re.compile(r"arn:aws[\w-]*:s3:::([^/\s\"']+)")
_BY = (ConsoleWordEntered, ConfirmationWithdrawn, FilmClockAdjusted, RunArchived, RunRemarked)
Name = tuple[Named, str]
LEAST_ID = 6
"""Characters of an id of AWS's, at the least."""


def masks_of(
    runs: Iterable[RunRecord], place_notes: Iterable[PlaceNote], word: Word, names: Iterable[Name] = ()
) -> Aliases:
    """Return what replaces every name in the notes of these runs.

    Args:
        runs: all whose notes are exported.
        place_notes: the same.
        word: what is shown for a number.
        names: others that are known, for example of the profile in use.
    """
    aliases = Aliases(word, looks=STRICT)
    learner = AliasLearner(aliases)
    for what, name in names:
        aliases.learn(what, [name])
    for record in runs:
        learner.learn_run(record.run)
        _learn_run(aliases, record)
    for note in place_notes:
        _learn_place(aliases, note.place)
        match note:
            case PlaceAnswersNoted():
                _learn_answers(aliases, note.answers)
            case WordingEntered():
                aliases.learn(Named.USER, [note.by])
    return aliases


def _learn_run(aliases: Aliases, record: RunRecord) -> None:
    """Learn what the window need not know: keys, connections, roles, and who wrote in the journal."""
    run = record.run
    _learn_place(aliases, run.place)
    keys = [item.kms_key for item in run.candidates]
    if run.baseline is not None:
        preferences = run.baseline.preferences
        aliases.learn(Named.ACCOUNT, [preferences.bucket_owner])
        keys.append(preferences.kms_key_arn)
    if run.destination is not None:
        keys.append(run.destination.bucket_key or "")
    _learn_ids(aliases, Named.KEY, [key.rpartition("/")[2] for key in keys])
    near = run.neighbours.sessions if run.neighbours is not None else ()
    for session in (*near, *([run.session] if run.session is not None else [])):
        aliases.learn_server(session.target)
        aliases.learn(Named.SESSION, [session.session_id])
        _learn_ids(aliases, Named.ID, [session.session_id.rpartition("-")[2]])
        _learn_caller(aliases, session.owner)
    aliases.learn(Named.USER, [run.remark.tester])
    for event in record.events:
        match event:
            case AnswersNoted():
                _learn_answers(aliases, event.answers)
            case _ if isinstance(event, _BY):
                aliases.learn(Named.USER, [event.by])
            case _:
                pass


def _learn_place(aliases: Aliases, place: Place | None) -> None:
    if place is not None:
        aliases.learn(Named.ACCOUNT, [place.account_id])
        aliases.learn(Named.ADDRESS, [place.endpoint, place.endpoint.partition(":")[0]])


def _learn_answers(aliases: Aliases, answers: Iterable[NotedAnswer]) -> None:
    for answer in answers:
        if answer.kind is AnswerKind.AUDIT_EVENT:
            _learn_ids(aliases, Named.ID, [answer.fact("connection"), answer.fact("event-id")])
        for _name, value in answer.facts:
            aliases.learn(Named.BUCKET, _BUCKET_ARN.findall(value))


def _learn_ids(aliases: Aliases, what: Named, ids: Iterable[str]) -> None:
    """Learn ids; one of a few characters is none, and a number that happens to be the same would be taken for it."""
    aliases.learn(what, [found for found in ids if len(found) >= LEAST_ID])


def _learn_caller(aliases: Aliases, owner: str) -> None:
    """Learn every part of who called: account, role, and session or user."""
    kind, _, names = owner.rpartition(":")[2].partition("/")
    aliases.learn(Named.USER, [part for part in (names or kind).split("/") if part])
