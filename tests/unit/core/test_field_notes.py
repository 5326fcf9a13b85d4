"""Field notes: what journals show of each unknown of AWS, how sure that is, and that no name leaves with them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.aliases import Named, letters
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import AccountId, RunId, SessionId
from rdpgui.core.judging.case import CASES_KEPT, _case
from rdpgui.core.noted import AnswerKind, NotedAnswer, PlaceAnswersNoted, PlaceNote, WordingEntered
from rdpgui.core.notes.collect import QUESTIONS, notes_of
from rdpgui.core.notes.masking import masks_of
from rdpgui.core.notes.model import RunRecord, Sureness
from rdpgui.core.notes.sessions import session_form
from rdpgui.core.notes.told import ITEMS, Teller
from rdpgui.core.people_events import ConsoleWordEntered, RunRemarked
from rdpgui.core.place import Place
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.remark import Remark
from rdpgui.core.run_events import (
    BaselineTaken,
    ConnectionChanged,
    DestinationRead,
    InstanceChanged,
    IntentRecorded,
    SessionAttached,
    SessionSeenAgain,
)
from rdpgui.core.session import AccessType, SessionOrigin, SessionStatus
from rdpgui.report.notes import to_json, to_markdown
from tests.unit.core.notes_kit import (
    AWS,
    PLAIN,
    PREFERENCES,
    READ,
    answer,
    audited,
    good,
    head,
    note,
    noted,
    notes,
    of_session,
    record,
    refused,
    told,
)
from tests.unit.core.samples import (
    ACCOUNT,
    NOT_PAINTED,
    REGION,
    RUN,
    T0,
    alone,
    at,
    begin,
    disrupted,
    ended,
    facts,
    item,
    recorded,
    restarted,
    session,
)


def test_that_every_item_of_the_list_has_its_questions_and_every_question_its_words() -> None:
    assert {question.item for question in QUESTIONS} == set(range(1, 11)) == set(ITEMS)
    ids = [question.note_id for question in QUESTIONS]
    assert len(set(ids)) == len(ids)
    assert [question.item for question in QUESTIONS] == sorted(question.item for question in QUESTIONS)
    for question in QUESTIONS:
        assert question.note_id.startswith(f"{question.item}.")
        assert "{" not in PLAIN.question(question)
        assert question.unseen


def test_that_nothing_is_known_before_anything_was_run() -> None:
    found = notes_of(AWS, False, [])
    assert {one.sure for one in found.notes} == {Sureness.NOT_SEEN}
    assert all(one.why_not for one in found.notes)


def test_that_a_good_run_on_aws_settles_what_it_saw_and_nothing_else() -> None:
    found = notes(good(noted(head(StorageClass="", TagCount="2"))))
    settled = {one.question.note_id for one in found.notes if one.sure is Sureness.SETTLED}
    of_three = {"key", "key-parts", "count", "content-type", "metadata", "tags", "encryption", "storage-class"}
    of_four = {"boxes", "codec", "size", "rate", "duration", "created"}
    assert settled == {f"3.{name}" for name in of_three} | {f"4.{name}" for name in of_four} | {
        "5.standard", "6.ec2-stop",
    }  # fmt: skip
    assert {one.question.note_id for one in found.notes if one.sure is Sureness.HINT} == {"2.standard"}
    for one in found.notes:
        assert bool(one.why_not) is (one.sure is not Sureness.SETTLED)
        for finding in one.findings:
            assert finding.event and finding.run_id == RUN
            assert finding.call or finding.event == "FilmInspected"


@pytest.mark.parametrize(
    ("place", "lab", "caution"),
    [
        (Place("default"), True, "LAB"),
        (None, True, "LAB"),
        (Place(account_id=ACCOUNT, region=REGION, endpoint="127.0.0.1:5000"), False, "another endpoint"),
    ],
    ids=["lab", "lab of 0.1.0", "another endpoint"],
)
def test_that_what_is_not_aws_settles_nothing(place: Place | None, lab: bool, caution: str) -> None:
    found = notes_of(place, lab, [record(good(noted(head(TagCount="2"))), place=place, lab=lab)])
    assert {one.sure for one in found.notes} == {Sureness.ELSEWHERE, Sureness.NOT_SEEN}
    assert caution in PLAIN.caution(found)
    assert "settle nothing about AWS" in PLAIN.caution(found)
    assert not any(one.calls for one in found.notes)
    document = json.loads(to_json([found], PLAIN, "1", T0))
    assert document["places"][0]["on_aws"] is False
    assert '"settled"' not in to_json([found], PLAIN, "1", T0)


def test_that_runs_of_two_places_are_not_pooled() -> None:
    other = Place(account_id=AccountId("999988887777"), region=REGION)
    found = notes_of(AWS, False, [record(good(), place=other)], [PlaceAnswersNoted(T0, other, (head(),))])
    assert found.run_ids == ()
    assert {one.sure for one in found.notes} == {Sureness.NOT_SEEN}


# -- item 1 ---------------------------------------------------------------------------

_UNSET = {
    "error": ({"code": "ResourceNotFoundException", "http": "404"}, "an error: ResourceNotFoundException, HTTP 404"),
    "no-member": ({"code": "", "http": "200"}, "HTTP 200, an answer without ConnectionRecordingPreferences"),
    "empty-member": ({"code": "", "http": "200"}, "HTTP 200, an answer with empty ConnectionRecordingPreferences"),
}


@pytest.mark.parametrize("how", list(_UNSET))
def test_that_the_answer_of_unset_preferences_is_settled_by_the_place_alone(how: str) -> None:
    facts_told, text = _UNSET[how]
    event = PlaceAnswersNoted(T0, AWS, (answer(AnswerKind.PREFERENCES_UNSET, PREFERENCES, answer=how, **facts_told),))
    found = note(notes_of(AWS, False, [], [event]), "1.unset")
    assert (found.sure, told(found)) == (Sureness.SETTLED, [text])
    assert (found.findings[0].event, found.findings[0].run_id) == ("PlaceAnswersNoted", None)


def test_that_an_older_journal_did_not_record_it_and_a_newer_one_did_not_see_it() -> None:
    for note_id in ("1.unset", "3.tags", "3.storage-class", "10.request", "10.pending"):
        before, now = note(notes(good()), note_id), note(notes(good(noted())), note_id)
        assert (before.sure, now.sure) == (Sureness.NOT_SEEN, Sureness.NOT_SEEN)
        assert before.why_not.startswith("Not recorded")
        assert not now.why_not.startswith("Not recorded")


# -- items 2 and 10 -------------------------------------------------------------------


def test_that_a_standard_recording_counts_where_just_in_time_access_was_off_then() -> None:
    near, far = refused(3600.0), refused(timedelta(days=3).total_seconds())
    found = note(notes(good(), PlaceAnswersNoted(T0, AWS, (near,))), "2.standard")
    assert (found.sure, found.why_not) == (Sureness.SETTLED, "")
    for other in ((), (far,), (refused(60.0, message="No policy covers it."),)):
        found = note(notes(good(), PlaceAnswersNoted(T0, AWS, other)), "2.standard")
        assert found.sure is Sureness.HINT
        assert found.why_not.startswith("Whether just-in-time access was off")


def test_that_a_recording_that_did_not_come_settles_nothing() -> None:
    late = replace(READ, listed=0)
    near = PlaceAnswersNoted(T0, AWS, (refused(60.0),))
    found = note(notes([*begin(), *disrupted(), *ended(), alone(), late], near), "2.standard")
    assert found.sure is Sureness.HINT
    assert told(found) == ["No object came for a Standard session while the run looked (5 times)."]
    unread = note(notes([*begin(), *disrupted(), *ended(), alone(), replace(late, readable=False)]), "2.standard")
    assert unread.sure is Sureness.NOT_SEEN


def test_that_preferences_beside_refused_access_are_a_hint_only() -> None:
    found = note(notes(good(), PlaceAnswersNoted(T0, AWS, (refused(60.0),))), "2.update")
    assert found.sure is Sureness.HINT
    assert note(notes(good(noted())), "2.update").sure is Sureness.NOT_SEEN


def test_that_the_exception_of_a_refused_request_is_named_and_another_reason_is_a_hint() -> None:
    found = note(notes(good(noted(refused(3.0)))), "10.request")
    assert found.sure is Sureness.SETTLED
    assert told(found) == ["an error: ValidationException, HTTP 400: JIT is not enabled in this account."]
    other = note(notes(good(noted(refused(3.0, message="Slow down.")))), "10.request")
    assert other.sure is Sureness.HINT


@pytest.mark.parametrize(
    ("facts_told", "sure"),
    [
        ({"answer": "normal", "status": "Pending", "http": "200"}, Sureness.SETTLED),
        ({"answer": "error", "code": "ValidationException", "message": "It is pending."}, Sureness.SETTLED),
        ({"answer": "error", "code": "AccessDeniedException", "message": "No."}, Sureness.HINT),
        ({"answer": "normal", "status": "Approved", "http": "200"}, Sureness.NOT_SEEN),
    ],
    ids=["normal", "error", "another error", "approved"],
)
def test_that_a_waiting_request_is_told_as_it_was_answered(facts_told: dict[str, str], sure: Sureness) -> None:
    waiting = answer(AnswerKind.ACCESS_ANSWER, "ssm:GetAccessToken", "oi-1", **facts_told)
    assert note(notes(good(noted(waiting))), "10.pending").sure is sure


# -- items 3 and 4 --------------------------------------------------------------------


def test_that_the_parts_of_a_key_are_found_and_those_that_are_not_known_are_said() -> None:
    own = session(
        session_id=SessionId("alice-0123456789abcdef0"), owner="arn:aws:sts::111122223333:assumed-role/r/alice"
    )
    key = f"{own.started_at:%Y/%m/%d}/{ACCOUNT}/{own.session_id}.mp4"
    over = replace(own, status=SessionStatus.TERMINATED, active=False, ended_at=at(10.0))
    events = [
        of_session(event, own, over)
        for event in [*begin(), *disrupted(), *ended(), *recorded(found=item(key=key)), READ]
    ]
    found = note(notes(events), "3.key-parts").findings[-1]
    words = dict(found.words)
    assert words["there"] == (
        "session id", "random part of the session id", "user or role session", "account id", "date",
    )  # fmt: skip
    assert words["absent"] == ("instance id", "Region")
    assert words["unknown"] == ("connection id",)


def test_that_the_form_of_a_key_is_told_beside_it_and_names_nothing() -> None:
    key = "2026/01/05/alice.smith-dgr5fbg6488irs6c146rsqyreh.mp4"
    found = notes([*begin(), *disrupted(), *ended(), *recorded(found=item(key=key)), READ])
    form = "[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9a-z]{5}.[0-9a-z]{5}-[0-9a-z]{26}.[0-9a-z]{3}"
    assert told(note(found, "3.key")) == [f"{key} (form: {form})"]


def test_that_a_connection_id_of_the_audit_log_is_looked_for_in_the_key() -> None:
    uuid = "01234567-89ab-cdef-0123-456789abcdef"
    started = answer(AnswerKind.AUDIT_EVENT, "cloudtrail:LookupEvents", connection=uuid, name="StartConnection")
    events = [*begin(), *disrupted(), *ended(), *recorded(found=item(key=f"{uuid}.mp4")), READ, noted(started)]
    assert "connection id" in dict(note(notes(events), "3.key-parts").findings[-1].words)["there"]


def test_that_no_number_of_tags_is_a_hint_and_no_storage_class_the_standard_one() -> None:
    found = notes(good(noted(head(StorageClass="", TagCount=""))))
    tags, stored = note(found, "3.tags"), note(found, "3.storage-class")
    assert tags.sure is Sureness.HINT
    assert "s3:GetObjectTagging" in tags.why_not
    assert PLAIN.lines(found, tags) == [
        "aws s3api get-object-tagging --bucket recordings --key k.bin --region us-east-1"
    ]
    assert stored.sure is Sureness.SETTLED
    assert told(stored)[0].startswith("STANDARD")


def test_that_neighbours_make_the_number_of_objects_a_hint() -> None:
    other = session(session_id=SessionId("s-2"), started_at=at(100.0))
    events = good()
    events[events.index(alone())] = alone(other)
    assert note(notes(events), "3.count").sure is Sureness.HINT
    assert note(notes(good()), "3.count").sure is Sureness.SETTLED


def test_that_an_object_that_may_be_another_sessions_is_a_hint() -> None:
    uncertain = [*begin(), *disrupted(), *ended(), *recorded(film=facts(created_at=None, first_painted_at=None,
                 painted_at=None)), READ]  # fmt: skip
    found = notes(uncertain)
    assert note(found, "3.key").sure is Sureness.HINT
    assert note(found, "4.codec").sure is Sureness.HINT
    assert note(found, "2.standard").sure is Sureness.NOT_SEEN


def test_that_fragments_are_told_once_with_their_number() -> None:
    boxes = ("ftyp", "moov", *("moof", "mdat") * 40, "mfra")
    found = notes([*begin(), *disrupted(), *ended(), *recorded(film=facts(box_order=boxes, fragmented=True)), READ])
    assert told(note(found, "4.boxes")) == ["ftyp moov (moof mdat)×40 mfra (fragmented, index not first)"]


# -- items 5, 6 and 8 -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("session_id", "form"),
    [
        ("alice-0123456789abcdef0", ("the user or role session of Owner", "[0-9a-f]{17}")),
        ("alice-k2j3h4g5f6d7s8a9z1x2c3v4b5", ("the user or role session of Owner", "[0-9a-z]{26}")),
        ("someone-1", ("another text", "[0-9]{1}")),
        ("plain", ("nothing", "[0-9a-z]{5}")),
        ("alice-é", ("the user or role session of Owner", ".{1}")),
    ],
)
def test_that_the_form_of_a_session_id_is_told_without_parsing_it(session_id: str, form: tuple[str, str]) -> None:
    owner = "arn:aws:sts::111122223333:assumed-role/r/alice"
    assert session_form(session(session_id=SessionId(session_id), owner=owner)) == form


def test_that_the_account_s_root_user_is_found_in_its_session_id() -> None:
    own = session(session_id=SessionId("root-0123456789abcdef0"), owner=f"arn:aws:iam::{ACCOUNT}:root")
    assert session_form(own) == ("the user or role session of Owner", "[0-9a-f]{17}")


def test_that_a_session_that_may_be_a_tunnel_is_a_hint() -> None:
    events = [replace(e, origin=SessionOrigin.UNKNOWN) if isinstance(e, SessionAttached) else e for e in good()]
    assert note(notes(events), "5.standard").sure is Sureness.HINT
    by_log = replace(READ, origin=SessionOrigin.CONSOLE_EVENT)
    events = [by_log if isinstance(e, DestinationRead) else e for e in events]
    assert note(notes(events), "5.standard").sure is Sureness.SETTLED


def test_that_a_just_in_time_session_has_a_row_of_its_own() -> None:
    own = session(access_type=AccessType.JUST_IN_TIME)
    jit = [of_session(event, own, replace(own, active=False, ended_at=at(10.0))) for event in good()]
    found = notes(jit)
    assert note(found, "5.just-in-time").sure is Sureness.SETTLED
    assert note(found, "5.standard").sure is Sureness.NOT_SEEN


def test_that_the_times_of_a_disruption_are_counted_from_the_order() -> None:
    found = note(notes(good()), "6.ec2-stop")
    assert told(found) == [
        "Standard, seconds after the order: agent lost 2.4 … 2.8; no longer Active 1.8 … 2.6; final Status Terminated; "
        "EndDate 1.9 … 2.0; object listed 5.0"
    ]


def test_that_times_that_lack_one_or_whose_disruption_is_not_proven_are_a_hint() -> None:
    without = [e for e in good() if not isinstance(e, ConnectionChanged)]
    lacking = note(notes(without), "6.ec2-stop")
    assert (lacking.sure, lacking.why_not) == (Sureness.HINT, "Not everything was measured.")
    unproven = [e for e in good() if not isinstance(e, InstanceChanged)]
    assert note(notes(unproven), "6.ec2-stop").why_not.startswith("It is not proven")


def test_that_what_a_person_did_is_counted_from_its_first_sign() -> None:
    events = [*begin(by_hand=True), *disrupted(), *ended(), *recorded(), READ]
    found = notes([e for e in events if not isinstance(e, IntentRecorded)])
    seen = [finding for one in found.notes if one.question.item == 6 for finding in one.findings]
    assert [dict(finding.words)["since"] for finding in seen] == [("the first sign of it",)]


def test_that_a_session_that_ended_with_a_restart_did_not_go_on_by_itself() -> None:
    events = [*begin(DisruptionId.EC2_REBOOT), *restarted(DisruptionId.EC2_REBOOT), *ended(), *recorded(), READ]
    later = replace(alone(), at=at(60.0))
    found = note(notes([later if e == alone() else e for e in events]), "8.resumes")
    assert found.sure is Sureness.SETTLED
    assert told(found)[0].startswith("The session was over (Terminated) and not listed as Active again until")
    second = session(session_id=SessionId("s-2"), started_at=at(40.0))
    found = note(notes([replace(later, sessions=(second,)) if e == alone() else e for e in events]), "8.resumes")
    assert told(found)[1].startswith("Another session, s-2, began")


def test_that_a_session_that_is_listed_again_is_a_hint_that_it_went_on() -> None:
    events: list[RunEvent] = [*begin(DisruptionId.EC2_REBOOT), *restarted(DisruptionId.EC2_REBOOT)]
    again = SessionSeenAgain(at(20.0), RUN, session())
    found = note(notes([*events, *ended(), again]), "8.resumes")
    assert (found.sure, told(found)[0]) == (Sureness.HINT, "The session was listed as Active again after the restart.")
    still = note(notes(events), "8.resumes")
    assert (still.sure, told(still)[0][:40]) == (Sureness.HINT, "The session was still listed as Active w")
    assert note(notes(good()), "8.resumes").sure is Sureness.NOT_SEEN


_READ_AGAIN_S = {-5.0: "0", 13.4: "0", 60.0: "46"}


@pytest.mark.parametrize("read_s", list(_READ_AGAIN_S))
def test_that_nobody_looked_for_less_than_no_time_after_a_boot(read_s: float) -> None:
    """The local clock was set back, or the reading of other sessions was begun before the boot: that is no look."""
    events = [*begin(DisruptionId.EC2_REBOOT), *restarted(DisruptionId.EC2_REBOOT), *ended(), *recorded(), READ]
    read = replace(alone(), at=at(read_s))
    found = note(notes([read if e == alone() else e for e in events]), "8.resumes")
    (finding,) = found.findings
    assert dict(finding.fields)["seconds"] == _READ_AGAIN_S[read_s]
    assert (found.sure is Sureness.SETTLED) is (read_s == 60.0)


@pytest.mark.parametrize(("began_s", "after"), [(12.0, "0.0 … 5.0"), (12.3, "0.0 … 5.3"), (40.0, "26.4 … 33.0")])
def test_that_a_boot_whose_moment_is_a_range_has_no_session_before_it(began_s: float, after: str) -> None:
    second = session(session_id=SessionId("s-2"), started_at=at(began_s))
    events = [*begin(DisruptionId.EC2_REBOOT), *restarted(DisruptionId.EC2_REBOOT), *ended(), *recorded(), READ]
    later = replace(alone(second), at=at(60.0))
    found = note(notes([later if e == alone() else e for e in events]), "8.resumes")
    assert dict(found.findings[1].fields)["after"] == after


def test_that_the_evidence_of_a_run_is_made_once_however_many_runs_are_read() -> None:
    """More runs are read than cases are kept: made anew by each source, a hundred take seconds."""
    untold = [*begin(), *disrupted(), *ended(), *recorded(film=facts(created_at=None, **NOT_PAINTED)), READ]
    kinds = (good(), untold)
    runs = [record([replace(e, run_id=RunId(f"r-{k}")) for e in kinds[k % 2]]) for k in range(2 * CASES_KEPT)]
    before = _case.cache_info().misses
    assert len(notes_of(AWS, False, runs).run_ids) == len(runs)
    assert _case.cache_info().misses == before


# -- item 7 ---------------------------------------------------------------------------


def test_that_events_of_the_audit_log_are_told_by_name_and_caller() -> None:
    gui = "ssm-guiconnect.amazonaws.com"
    seen = (
        audited("CreateGrant"), audited("GenerateDataKey"), audited("GenerateDataKey", about="other"),
        audited("StartConnection", source=gui), audited("RecordingDone", source=gui, type="AwsServiceEvent"),
    )  # fmt: skip
    found = notes(good(noted(*seen)))
    assert note(found, "7.create-grant").sure is Sureness.SETTLED
    assert len(note(found, "7.generate-data-key").findings) == 1
    events = note(found, "7.events")
    assert (events.sure, len(events.findings)) == (Sureness.HINT, 2)
    assert note(found, "7.service-event").sure is Sureness.SETTLED
    assert note(found, "7.start-session").sure is Sureness.NOT_SEEN
    assert "lookup-events" in PLAIN.lines(found, note(found, "7.start-session"))[0]


def test_that_a_log_that_was_asked_in_vain_says_so() -> None:
    looked = NotedAnswer(at(9), AnswerKind.AUDIT_LOOK, "cloudtrail:LookupEvents", "EventSource=k", (("named", "no"),))
    assert note(notes(good(noted(looked))), "7.create-grant").why_not.startswith("The audit log was asked")
    assert note(notes(good(noted())), "7.create-grant").why_not.startswith("The audit log is asked only")


# -- item 9 ---------------------------------------------------------------------------


def test_that_a_wording_of_the_console_is_settled_by_who_wrote_it_down() -> None:
    written = WordingEntered(T0, AWS, ConsoleWord.FINISHED, "完了", "ja", "alice")
    found = notes(good(ConsoleWordEntered(at(50), RUN, ConsoleWord.PROCESSING, "alice")), written)
    assert note(found, "9.Finished").sure is Sureness.SETTLED
    assert told(note(found, "9.Finished")) == ["“完了”, console in Japanese"]
    assert note(found, "9.Processing").sure is Sureness.HINT
    assert note(found, "9.Failed").sure is Sureness.NOT_SEEN


# -- what leaves this computer -----------------------------------------------------------

SECRETS = {
    "account": "111122223333", "owner of the bucket": "444455556666", "bucket": "acme-recordings",
    "other bucket": "acme-x",
    "key": "0f1e2d3c-aaaa-bbbb-cccc-0123456789ab", "multi-Region key": "mrk-0123456789abcdef0123456789abcdef",
    "connection": "fedcba98-7654-3210-fedc-ba9876543210", "session": "alice.smith-0123456789abcdef0",
    "random part": "0123456789abcdef0", "user": "alice.smith", "role": "AcmeAdmins", "mail": "bob@acme.example",
    "instance": "i-0aaaaaaaaaaaaaaaa", "instance name": "acme-web-01", "private address": "10.20.30.40",
    "other address": "203.0.113.9", "request": "oi-0123456789ab", "person": "carol", "tester": "dave jones",
    "profile": "acme-prod", "other session": "eve-k2j3h4g5f6d7s8a9z1x2c3v4b5", "sixth address": "2001:db8::17",
    "token": "AKIAABCDEFGHIJ123456", "home": "/home/alice-s", "event": "9c0ffee0-1111-2222-3333-444455556666",
}  # fmt: skip


def _secret_run() -> tuple[RunRecord, tuple[PlaceNote, ...]]:
    """Return a run in which every kind of name occurs, in fields that come to be told."""
    s = SECRETS
    owner = f"arn:aws:sts::{s['account']}:assumed-role/{s['role']}/{s['user']}"
    own = session(session_id=SessionId(s["session"]), owner=owner, reason=f"{s['mail']} from {s['other address']}")
    over = replace(own, status=SessionStatus.TERMINATED, active=False, ended_at=at(10.0))
    key = f"{s['home']}/{s['account']}/{s['instance']}/{s['session']}/{s['connection']}/{s['instance name']}/f.mp4"
    found = item(
        key=key, bucket=s["bucket"], kms_key=f"arn:aws:kms:us-east-1:{s['account']}:key/{s['key']}",
        metadata=(("by", s["user"]), ("from", s["private address"]), ("six", s["sixth address"]), ("k", s["token"]),
                  ("other", s["other session"]), ("mrk", s["multi-Region key"]), ("p", s["profile"])),
    )  # fmt: skip
    events: list[RunEvent] = []
    for event in [
        *begin(DisruptionId.EC2_REBOOT),
        *restarted(DisruptionId.EC2_REBOOT),
        *ended(),
        *recorded(found=found),
    ]:
        if isinstance(event, BaselineTaken):
            instance = replace(event.instance, name=s["instance name"], private_ip=s["private address"])
            kms = f"arn:aws:kms:us-east-1:{s['account']}:key/{s['key']}"
            preferences = replace(
                event.preferences, bucket=s["bucket"], bucket_owner=s["owner of the bucket"], kms_key_arn=kms
            )
            event = replace(event, instance=instance, preferences=preferences)
        events.append(of_session(event, own, over))
    other = session(session_id=SessionId(s["other session"]), started_at=at(40.0), owner=owner)
    events[-1] = replace(alone(other), at=at(60.0))
    kms = f"arn:aws:s3:::{s['other bucket']}/x"
    answers = (
        audited("StartConnection", source="ssm-guiconnect.amazonaws.com", connection=s["connection"], about=kms),
        audited("GenerateDataKey", about=kms, event_id=s["event"]), audited("PutObject", about=s["event"]),
        refused(3.0, message=f"Not enabled in {s['account']}: {s['request']} of {owner} at {s['sixth address']}."),
    )  # fmt: skip
    events += [READ, noted(*answers), ConsoleWordEntered(at(90), RUN, ConsoleWord.FINISHED, s["person"])]
    events += [RunRemarked(at(91), RUN, Remark(s["tester"], "", ""), s["person"])]
    wording = WordingEntered(T0, AWS, ConsoleWord.FAILED, f"Failed ({s['person']})", "en", s["person"])
    return record(events), (wording,)


def _word(what: Named, number: int) -> str:
    return f"<{what.value} {letters(number)}>"


def test_that_no_name_and_no_id_leaves_with_the_notes() -> None:
    run, place_notes = _secret_run()
    found = notes_of(AWS, False, [run], place_notes)
    names = ((Named.PROFILE, SECRETS["profile"]), (Named.FOLDER, SECRETS["home"]))
    masks = masks_of([run], place_notes, _word, names)
    real, hidden = Teller(str, str), Teller(str, masks.shown)
    for write in (to_json, to_markdown):
        shown = write([found], real, "1", T0).replace("\\", "")
        there = {name for name, secret in SECRETS.items() if secret in shown}
        never_told = {"owner of the bucket", "tester", "profile of the settings"}
        assert there >= SECRETS.keys() - never_told, "the test itself: each is told where nothing is replaced"
        text = write([found], hidden, "1", T0).replace("\\", "").casefold()
        assert [name for name, secret in SECRETS.items() if secret.casefold() in text] == []
        assert "us-east-1" in text and "ec2-reboot" in text


def test_that_what_is_told_in_markdown_is_text_and_stays_on_its_line() -> None:
    odd = "a`b*c_d\n# e<script>|\u202e\x1b[31m"
    events = [*begin(), *disrupted(), *ended(), *recorded(found=item(content_type=odd)), READ]
    text = to_markdown([notes(events)], PLAIN, "1", T0)
    line = next(line for line in text.splitlines() if "script" in line)
    assert line.startswith("  - a\\`b\\*c\\_d \\# e\\<script\\>\\|")
    assert "\x1b" not in text and "\u202e" not in text


def test_that_json_keeps_the_values_apart_from_the_sentence() -> None:
    document = json.loads(to_json([notes(good())], PLAIN, "1.2", T0))
    assert (document["format"], document["program_version"]) == ("rdpgui-field-notes/1", "1.2")
    (place,) = document["places"]
    assert (place["on_aws"], place["lab"], place["runs"], place["caution"]) == (True, False, [RUN], "")
    codec = next(one for one in place["notes"] if one["id"] == "4.codec")
    assert codec["seen"][0]["values"] == {"codec": "h264", "container": "mp4"}
    assert codec.keys() == {"id", "item", "question", "sure", "seen", "why_not", "read_by_hand"}
