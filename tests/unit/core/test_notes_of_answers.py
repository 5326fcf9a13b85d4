"""Field notes of what answers say: each is told only as far as the answer carries it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId, SessionId
from rdpgui.core.noted import AnswerKind, NotedAnswer, PlaceAnswersNoted, PlaceNote, WordingEntered
from rdpgui.core.notes.collect import notes_of
from rdpgui.core.notes.model import FieldNotes, Sureness
from rdpgui.core.people_events import ConsoleWordEntered
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.run_events import CandidatesFound, DestinationRead, RunStarted, SessionAttached
from rdpgui.core.session import AccessType
from tests.unit.core.notes_kit import (
    AWS,
    READ,
    answer,
    audited,
    good,
    note,
    noted,
    notes,
    of_session,
    record,
    refused,
    told,
)
from tests.unit.core.samples import RUN, T0, alone, at, begin, disrupted, ended, item, session

DAY_S = 86_400.0
GUI_CONNECT = "ssm-guiconnect.amazonaws.com"
HOUR_S = 3_600.0


def _jit(events: Iterable[RunEvent]) -> list[RunEvent]:
    own = session(session_id=SessionId("s-jit"), access_type=AccessType.JUST_IN_TIME)
    return [of_session(event, own, replace(own, active=False, ended_at=at(10.0))) for event in events]


def _token(seconds: float, status: str = "Approved") -> NotedAnswer:
    made = answer(AnswerKind.ACCESS_ANSWER, "ssm:GetAccessToken", "oi-1", answer="normal", status=status, http="200")
    return replace(made, at=at(seconds))


def _of_place(*answers: NotedAnswer) -> PlaceAnswersNoted:
    return PlaceAnswersNoted(T0, AWS, answers)


# -- item 2: was just-in-time access off then? ----------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "off"),
    [
        ((refused(-HOUR_S),), True),
        ((refused(HOUR_S),), True),
        ((refused(-DAY_S),), True),
        ((refused(-DAY_S - 1.0),), False),
        ((refused(DAY_S + 1.0),), False),
        # Somebody turned it on between the refusal and the run, or between the run and the refusal.
        ((refused(-HOUR_S), _token(-60.0)), False),
        ((refused(-HOUR_S), _token(-60.0, "Pending")), False),
        ((refused(HOUR_S), _token(60.0, "Rejected")), False),
        # An error, of a request that is not known perhaps, does not say that it is on.
        ((refused(-HOUR_S), replace(refused(-60.0, message="No such request."), call="ssm:GetAccessToken")), True),
        # It was on before, or is on since: that is not between them.
        ((_token(-HOUR_S), refused(-60.0)), True),
        ((refused(-60.0), _token(HOUR_S)), True),
        # One of two refusals is near enough, with nothing between.
        ((refused(-HOUR_S), _token(-60.0), refused(60.0)), True),
        ((refused(-30.0 * DAY_S), refused(-60.0)), True),
        # What is off may be something else.
        ((refused(-60.0, message="The Region ap-east-2 is not enabled for this account."),), False),
        ((refused(-60.0, message="IAM Identity Center is not enabled."),), False),
        ((refused(-60.0, message="Just-In-Time Node Access service is not enabled in this account."),), True),
        ((refused(-60.0, message="Just-in-time access is on; no policy covers this node."),), False),
        ((replace(refused(-60.0), call="ssm:GetAccessToken"),), False),
        ((), False),
    ],
)
def test_that_a_standard_session_is_one_with_just_in_time_access_off_only_if_it_was_off_then(
    answers: tuple[NotedAnswer, ...], off: bool
) -> None:
    found = note(notes(good(), _of_place(*answers)), "2.standard")
    assert (found.sure is Sureness.SETTLED) is off
    assert found.why_not.startswith("Whether just-in-time access was off then is not known") is not off


def test_that_a_just_in_time_session_between_them_says_that_it_was_on() -> None:
    standard = record(good())
    later = [replace(event, run_id=RunId("r-2")) for event in _jit(good())]
    moved = [
        replace(event, at=at(HOUR_S)) if isinstance(event, RunStarted | SessionAttached) else event for event in later
    ]
    found = notes_of(AWS, False, [standard, record(moved)], [_of_place(refused(2.0 * HOUR_S))])
    assert note(found, "2.standard").sure is Sureness.HINT
    assert (
        note(notes_of(AWS, False, [standard], [_of_place(refused(2.0 * HOUR_S))]), "2.standard").sure
        is Sureness.SETTLED
    )


def test_that_a_just_in_time_session_says_nothing_of_standard_ones() -> None:
    found = notes(_jit(good()), _of_place(refused(60.0)))
    assert note(found, "2.standard").sure is Sureness.NOT_SEEN


def test_that_a_run_that_was_never_attached_says_nothing_of_a_session() -> None:
    events = [event for event in good() if not isinstance(event, SessionAttached)]
    assert note(notes(events, _of_place(refused(60.0))), "2.standard").sure is Sureness.NOT_SEEN


def _missing(read: DestinationRead | None, *more: RunEvent) -> list[RunEvent]:
    return [*begin(), *disrupted(), *ended(), alone(), *more, *([read] if read is not None else [])]


@pytest.mark.parametrize(
    ("events", "seen"),
    [
        (_missing(replace(READ, listed=0)), True),
        (_missing(None), False),
        (_missing(replace(READ, listed=0, readable=False)), False),
        (_missing(replace(READ, listed=0, unchanged=False)), False),
        (_missing(replace(READ, listed=0, looks=0)), False),
        (_missing(READ, CandidatesFound(at(13.0), RUN, (item(),))), False),
    ],
    ids=["looked", "never looked", "unreadable", "preferences changed", "no look", "something is there"],
)
def test_that_no_recording_is_told_only_where_it_was_looked_for(events: list[RunEvent], seen: bool) -> None:
    found = note(notes(events, _of_place(refused(60.0))), "2.standard")
    assert found.sure is (Sureness.HINT if seen else Sureness.NOT_SEEN)
    if seen:
        assert found.why_not == "It may have come after the run looked no longer."
        assert found.findings[0].at == READ.listed_at
        assert note(notes(events), "2.standard").why_not.startswith("Whether just-in-time access")


@pytest.mark.parametrize(
    ("change", "stamp_s"), [({}, 13.4), ({"listed_at": None, "at": at(20.0)}, 20.0), ({"listed_at": at(5.0)}, 5.0)]
)
def test_that_what_was_listed_is_told_with_the_time_of_the_listing(change: dict[str, object], stamp_s: float) -> None:
    read = replace(READ, listed=0, **change)  # type: ignore[arg-type]  # one place for all variants
    assert note(notes(_missing(read)), "2.standard").findings[0].at == at(stamp_s)


@pytest.mark.parametrize(
    "place", [Place("default"), Place(account_id=AWS.account_id, region=AWS.region, endpoint="h:1")]
)
def test_that_another_place_s_answer_says_nothing_here(place: Place) -> None:
    elsewhere = PlaceAnswersNoted(T0, place, (refused(60.0),))
    found = notes(good(), elsewhere)
    assert note(found, "2.standard").sure is Sureness.HINT
    assert note(found, "10.request").sure is Sureness.NOT_SEEN


# -- item 10: requests ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("message", "waits"),
    [
        ("The access request is pending approval.", True),
        ("Request state: PENDING", True),
        ("Pending.", True),
        ("Depending on your policy this may be denied.", False),
        ("The request was rejected; suspending further calls.", False),
        ("", False),
    ],
)
def test_that_an_error_says_that_a_request_waits_only_by_the_word(message: str, waits: bool) -> None:
    made = answer(AnswerKind.ACCESS_ANSWER, "ssm:GetAccessToken", "oi-1", answer="error", code="C", http="400")
    made = replace(made, facts=(*made.facts, ("message", message)))
    found = note(notes(good(noted(made))), "10.pending")
    assert found.sure is (Sureness.SETTLED if waits else Sureness.HINT)
    assert told(found) == [f"an error: C, HTTP 400: {message or '–'}"]


@pytest.mark.parametrize("status", ["Approved", "Rejected", "Revoked", "Expired", ""])
def test_that_a_request_that_was_decided_says_nothing_of_waiting(status: str) -> None:
    assert note(notes(good(noted(_token(3.0, status)))), "10.pending").sure is Sureness.NOT_SEEN


def test_that_the_same_answer_in_run_and_place_is_told_once() -> None:
    found = note(notes(good(noted(refused(3.0))), _of_place(refused(60.0))), "10.request")
    assert [(finding.event, finding.run_id) for finding in found.findings] == [("AnswersNoted", RUN)]
    other = note(notes(good(noted(refused(3.0))), _of_place(refused(60.0, code="Other"))), "10.request")
    assert [finding.run_id for finding in other.findings] == [RUN, None]


# -- item 7: the audit log --------------------------------------------------------------------------


def test_that_a_thousand_events_of_one_caller_are_told_once_with_their_number() -> None:
    many = [replace(audited("StartConnection", source=GUI_CONNECT), subject=f"i-{n}") for n in range(1000)]
    (finding,) = note(notes(good(noted(*many))), "7.events").findings
    assert dict(finding.fields)["count"] == "1000"


@pytest.mark.parametrize(
    ("more", "listed", "service"),
    [
        ({"source": GUI_CONNECT}, True, False),
        ({"source": GUI_CONNECT, "type": "AwsServiceEvent"}, True, True),
        ({"source": "ssm.amazonaws.com", "type": "AwsServiceEvent"}, False, True),
        ({"source": "ssm.amazonaws.com"}, False, False),
        ({"source": f"evil.{GUI_CONNECT}.example"}, False, False),
        ({"source": ""}, False, False),
    ],
)
def test_that_only_gui_connect_s_own_events_are_listed_as_its(
    more: dict[str, str], listed: bool, service: bool
) -> None:
    found = notes(good(noted(audited("StartSession", **more))))
    assert (note(found, "7.events").sure is Sureness.HINT) is listed
    assert (note(found, "7.service-event").sure is Sureness.SETTLED) is service
    assert note(found, "7.start-session").sure is Sureness.SETTLED, "by its name, whoever reports it"


@pytest.mark.parametrize(
    ("name", "note_id"),
    [
        ("StartSession", "7.start-session"),
        ("CreateGrant", "7.create-grant"),
        ("GenerateDataKey", "7.generate-data-key"),
        ("PutObject", "7.put-object"),
    ],
)
@pytest.mark.parametrize("caller", ["", GUI_CONNECT])
def test_that_who_called_for_gui_connect_is_told_as_the_log_says(name: str, note_id: str, caller: str) -> None:
    found = note(notes(good(noted(audited(name, invoked_by=caller, about="k")))), note_id)
    assert told(found) == [
        f"{name}: invokedBy {caller or '–'}, sourceIPAddress {GUI_CONNECT}, identity AWSService, about k"
    ]


def test_that_callers_that_differ_are_told_apart() -> None:
    two = (audited("CreateGrant"), audited("CreateGrant", invoked_by="ssm.amazonaws.com"), audited("CreateGrant"))
    found = note(notes(good(noted(*two))), "7.create-grant")
    assert [dict(finding.fields)["invoked"] for finding in found.findings] == [GUI_CONNECT, "ssm.amazonaws.com"]


def test_that_an_event_of_another_name_answers_no_question() -> None:
    found = notes(good(noted(audited("DescribeKey"))))
    assert {one.sure for one in found.notes if one.question.item == 7} == {Sureness.NOT_SEEN}


# -- items 1 and 9 ----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["", "a way that a later version notes"])
def test_that_an_answer_of_an_unknown_form_is_told_as_its_code(how: str) -> None:
    unset = answer(
        AnswerKind.PREFERENCES_UNSET, "ssm-guiconnect:GetConnectionRecordingPreferences", answer=how, code="C", http=""
    )
    assert told(note(notes(good(), _of_place(unset)), "1.unset")) == ["an error: C, HTTP –"]


def _wording(word: ConsoleWord, wording: str, language: str = "ja", place: Place = AWS) -> WordingEntered:
    return WordingEntered(T0, place, word, wording, language, "alice")


@pytest.mark.parametrize("word", list(ConsoleWord))
def test_that_a_wording_belongs_to_the_status_it_was_written_for(word: ConsoleWord) -> None:
    found = notes_of(AWS, False, [], [_wording(word, "言葉")])
    assert [one.question.note_id for one in found.notes if one.sure is Sureness.SETTLED] == [f"9.{word.value}"]


@pytest.mark.parametrize(
    ("place_notes", "wordings"),
    [
        ([_wording(ConsoleWord.FAILED, "失敗"), _wording(ConsoleWord.FAILED, "失敗")], ["失敗"]),
        ([_wording(ConsoleWord.FAILED, "失敗"), _wording(ConsoleWord.FAILED, "Failed", "en")], ["失敗", "Failed"]),
        ([_wording(ConsoleWord.FAILED, "{language}")], ["{language}"]),
        ([_wording(ConsoleWord.FAILED, "失敗", place=Place("default"))], []),
    ],
    ids=["twice the same", "in two languages", "braces", "in the lab"],
)
def test_that_wordings_are_told_once_each_and_of_this_place(place_notes: list[PlaceNote], wordings: list[str]) -> None:
    found = note(notes_of(AWS, False, [], place_notes), "9.Failed")
    assert [dict(finding.fields)["wording"] for finding in found.findings] == wordings
    assert all(f"“{wording}”" in text for wording, text in zip(wordings, told(found), strict=True))


def test_that_a_word_that_was_only_chosen_is_a_hint_beside_nothing_and_no_more_beside_its_wording() -> None:
    chosen = ConsoleWordEntered(at(50), RUN, ConsoleWord.FAILED, "alice")
    alone_found = note(notes(good(chosen)), "9.Failed")
    assert (alone_found.sure, alone_found.why_not[:36]) == (Sureness.HINT, "Somebody chose the status; how the c")
    both = note(notes(good(chosen), _wording(ConsoleWord.FAILED, "失敗")), "9.Failed")
    assert (both.sure, both.why_not, len(both.findings)) == (Sureness.SETTLED, "", 2)


def test_that_findings_are_stamped_with_what_they_were_read_from() -> None:
    """Of a recording: when it was found."""

    def stamps(found: FieldNotes) -> set[object]:
        return {finding.at for finding in note(found, "2.standard").findings}

    assert stamps(notes(good())) == {at(13.0)}
    late = [replace(event, at=at(99.0)) if isinstance(event, CandidatesFound) else event for event in good()]
    assert stamps(notes(late)) == {at(99.0)}
