"""No name leaves with field notes, whichever part of a run or a place it stands in; and no number is taken for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from rdpgui.core.aliases import Named, letters
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.noted import AnswerKind, PlaceAnswersNoted, PlaceNote, WordingEntered
from rdpgui.core.notes.masking import masks_of
from rdpgui.core.people_events import (
    ConfirmationWithdrawn,
    ConsoleWordEntered,
    FilmClockAdjusted,
    RunArchived,
    RunRemarked,
)
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.core.run_events import BaselineTaken, RunStarted, SessionAttached
from rdpgui.core.session import SessionStatus
from tests.unit.core.notes_kit import AWS, READ, answer, good, noted, of_session, record
from tests.unit.core.samples import ACCOUNT, RUN, T0, alone, at, begin, disrupted, ended, item, recorded, session

OWNER = f"arn:aws:sts::{ACCOUNT}:assumed-role/FinanceAdmins/tanaka"
ODD = Place(account_id=ACCOUNT, region=AWS.region, endpoint="aws.corp.example:5000")


def _word(what: Named, number: int) -> str:
    return f"<{what.value} {letters(number)}>"


def _masked(events: Sequence[RunEvent], *place_notes: PlaceNote, place: Place | None = AWS) -> Callable[[str], str]:
    return masks_of([record(events, place=place)], place_notes, _word).shown


def _with_baseline(**preferences: str) -> list[RunEvent]:
    return [
        replace(e, preferences=replace(e.preferences, **preferences)) if isinstance(e, BaselineTaken) else e
        for e in good()
    ]  # fmt: skip


def _of(owner: str, session_id: str = "tanaka-x9y8z7") -> list[RunEvent]:
    own = session(session_id=SessionId(session_id), owner=owner)
    over = replace(own, status=SessionStatus.TERMINATED, active=False, ended_at=at(10.0))
    return [of_session(event, own, over) for event in good()]


def _beside(**changes: object) -> list[RunEvent]:
    other = session(session_id=SessionId("eve-q1w2e3"), started_at=at(40.0))
    return [alone(replace(other, **changes)) if e == alone() else e for e in good()]  # type: ignore[arg-type]


def _found(**changes: object) -> list[RunEvent]:
    return [*begin(), *disrupted(), *ended(), *recorded(item(**changes)), READ]


def _audited(**facts: str) -> list[RunEvent]:
    return good(noted(answer(AnswerKind.AUDIT_EVENT, "cloudtrail:LookupEvents", **facts)))


ROWS: dict[str, tuple[Sequence[RunEvent], str]] = {
    "bucket": (_with_baseline(bucket="fin-films"), "fin-films"),
    "alias of a key": (_with_baseline(kms_key_arn=f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/fin-key"), "fin-key"),
    "owner of the bucket": (_with_baseline(bucket_owner="444455556666"), "444455556666"),
    "key of the bucket": ([*good()[:-1], replace(READ, bucket_key="alias/fin-default")], "fin-default"),
    "key of the object": (_found(kms_key="arn:aws:kms:us-east-1:1:alias/fin-other"), "fin-other"),
    "bucket of the object": (_found(bucket="fin-elsewhere"), "fin-elsewhere"),
    "session": (_of(OWNER), "tanaka-x9y8z7"),
    "random part of the session": (_of(OWNER), "x9y8z7"),
    "user": (_of(OWNER), "tanaka"),
    "role": (_of(OWNER), "FinanceAdmins"),
    "folder of a user": (_of(f"arn:aws:iam::{ACCOUNT}:user/payroll/tanaka"), "payroll"),
    "user in a folder": (_of(f"arn:aws:iam::{ACCOUNT}:user/payroll/tanaka"), "tanaka"),
    "owner that is no ARN": (_of("tanaka"), "tanaka"),
    "another's session": (_beside(), "eve-q1w2e3"),
    "random part of another's": (_beside(), "q1w2e3"),
    "another's role": (_beside(owner=f"arn:aws:sts::{ACCOUNT}:assumed-role/Payroll/eve"), "Payroll"),
    "another's target": (_beside(target=InstanceId("srv-of-eve")), "srv-of-eve"),
    "connection": (_audited(connection="conn-odd"), "conn-odd"),
    "event": (_audited(event_id="event-odd"), "event-odd"),
    "bucket in an answer": (_audited(about="arn:aws:s3:::fin-logs/2026/x"), "fin-logs"),
    "bucket of another partition": (_audited(about="arn:aws-us-gov:s3:::fin-gov"), "fin-gov"),
    "who read the console": (good(ConsoleWordEntered(at(50), RUN, ConsoleWord.FAILED, "carol")), "carol"),
    "who took a word back": (good(ConfirmationWithdrawn(at(50), RUN, "carol")), "carol"),
    "who moved the film": (good(FilmClockAdjusted(at(50), RUN, 1.0, "carol")), "carol"),
    "who put the run away": (good(RunArchived(at(50), RUN, True, "carol")), "carol"),
    "who wrote on it": (good(RunRemarked(at(50), RUN, Remark("x1", "", ""), "carol")), "carol"),
    "tester": (good(RunRemarked(at(50), RUN, Remark("dave jones", "", ""), "x")), "dave jones"),
}


@pytest.mark.parametrize("what", ROWS)
def test_that_every_name_of_a_run_is_replaced(what: str) -> None:
    events, name = ROWS[what]
    shown = _masked(events)
    for text in (name, f"({name})", f"films/{name}/1.mp4", f"{name}: {name.upper()}", f"x-{name}"):
        assert name.casefold() not in shown(text).casefold()


@pytest.mark.parametrize(("place", "name"), [(ODD, "aws.corp.example:5000"), (ODD, "aws.corp.example"), (AWS, ACCOUNT)])
def test_that_the_place_of_a_run_and_of_a_note_is_replaced(place: Place, name: str) -> None:
    noted_there = PlaceAnswersNoted(T0, place, ())
    for shown in (_masked(good(), place=place), _masked(good(), noted_there, place=None)):
        assert name not in shown(f"http://{name}/")


@pytest.mark.parametrize(
    ("note", "name"),
    [
        (WordingEntered(T0, AWS, ConsoleWord.FAILED, "Failed", "en", "carol"), "carol"),
        (
            PlaceAnswersNoted(
                T0, AWS, (answer(AnswerKind.ACCESS_ANSWER, "ssm:GetAccessToken", message="in arn:aws:s3:::fin-x/"),)
            ),
            "fin-x",
        ),
        (PlaceAnswersNoted(T0, AWS, (answer(AnswerKind.AUDIT_EVENT, "c", connection="conn-odd"),)), "conn-odd"),
    ],
    ids=["who wrote a wording", "bucket in an answer", "connection"],
)
def test_that_names_in_notes_of_the_place_are_replaced(note: PlaceNote, name: str) -> None:
    assert name not in _masked(good(), note)(f"by {name}.")


def test_that_names_that_are_known_otherwise_are_replaced() -> None:
    names = ((Named.PROFILE, "prod-ops"), (Named.FOLDER, "/home/tanaka"), (Named.USER, ""))
    shown = masks_of([], (), _word, names).shown
    assert shown("prod-ops in /home/tanaka/x") == "<profile A> in <folder A>/x"


@pytest.mark.parametrize("text", ["1 of 3", "s", "no key", "2026-01-05", "90.5 s", "us-east-1", "AES256, –"])
def test_that_what_is_too_short_to_be_an_id_replaces_nothing(text: str) -> None:
    """Of a session ``s-1`` the random part is 1: it stands in every number of the notes."""
    events = [*_of("", "s-1"), noted(answer(AnswerKind.AUDIT_EVENT, "c", connection="1", event_id="2026"))]
    assert _masked(events)(text) == text


def test_that_a_run_that_saw_nothing_has_nothing_to_hide_and_is_no_error() -> None:
    """A journal of 0.1.0 tells no place; one that was cut off has neither session nor baseline."""
    for events in (
        [e for e in begin() if isinstance(e, RunStarted)],
        [e for e in good() if not isinstance(e, SessionAttached)],
    ):
        for place in (None, AWS):
            assert _masked(events, place=place)("nothing here") == "nothing here"
