"""Field notes of the object and its film: what is told of a key, a KMS key, a number of objects and a picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from rdpgui.core.events import RunEvent
from rdpgui.core.film import FilmFacts
from rdpgui.core.ids import SessionId
from rdpgui.core.noted import AnswerKind
from rdpgui.core.notes.model import FieldNotes, Finding, Sureness
from rdpgui.core.notes.recording import form_of, span_text
from rdpgui.core.recording import RecordingObject
from rdpgui.core.run_events import BaselineTaken, CandidatesFound, DestinationRead, FilmInspected, NeighboursRead
from rdpgui.core.session import Session, SessionStatus
from tests.unit.core.notes_kit import READ, answer, good, head, note, noted, notes, of_session, told
from tests.unit.core.samples import (
    ACCOUNT,
    REGION,
    RUN,
    TARGET,
    alone,
    at,
    begin,
    disrupted,
    ended,
    facts,
    item,
    recorded,
    session,
)

ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/Ops/"
KMS = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/"
OWN_KEY, BUCKET_KEY, OTHER_KEY = f"{KMS}1111", f"{KMS}2222", f"{KMS}3333"


def _run(
    found: RecordingObject | None = None,
    film: FilmFacts | None = None,
    *,
    own: Session | None = None,
    more: Sequence[RunEvent] = (),
) -> FieldNotes:
    events: list[RunEvent] = [*begin(), *disrupted(), *ended(), *recorded(found, film), READ, *more]
    if own is not None:
        over = replace(own, status=SessionStatus.TERMINATED, active=False, ended_at=at(10.0))
        events = [of_session(event, own, over) for event in events]
    return notes(events)


def _last(found: FieldNotes, note_id: str) -> Finding:
    return note(found, note_id).findings[-1]


# -- what stands in a key ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("films/alice-0123456789abcdef0.mp4", "session id"),
        ("films/ALICE-0123456789ABCDEF0.MP4", "session id"),
        ("films/0123456789abcdef0.mp4", "random part of the session id"),
        (f"{TARGET}/film.mp4", "instance id"),
        ("alice/film.mp4", "user or role session"),
        (f"{ACCOUNT}/film.mp4", "account id"),
        (f"{REGION}/film.mp4", "Region"),
        ("2026-01-05/film.mp4", "date"),
        ("2026/01/05/film.mp4", "date"),
        ("20260105T090001Z.mp4", "date"),
        ("2026_01_05.mp4", "date"),
        ("year=2026/month=01/day=05/film.mp4", "date"),
        # The upload is past midnight, or the key is in a zone where it is.
        ("2026/01/06/film.mp4", "date"),
        ("2026/01/04/film.mp4", "date"),
    ],
)
def test_that_a_part_of_a_key_is_found_however_it_is_written(key: str, part: str) -> None:
    own = session(session_id=SessionId("alice-0123456789abcdef0"), owner=f"{ROLE}alice")
    words = dict(_last(_run(item(key=key), own=own), "3.key-parts").words)
    assert part in words["there"] and part not in words["absent"]


@pytest.mark.parametrize(
    "key", ["2026/01/03/film.mp4", "2025/01/05/film.mp4", "2026/05/01/film.mp4", "film-1736067600.mp4", "01-05.mp4"]
)
def test_that_another_day_is_no_date_of_this_session(key: str) -> None:
    assert "date" in dict(_last(_run(item(key=key)), "3.key-parts").words)["absent"]


def test_that_a_film_that_is_uploaded_days_later_may_carry_that_day() -> None:
    late = item(key="2026/01/09/film.mp4", modified_at=at(4.0 * 86_400.0))
    words = dict(_last(_run(late), "3.key-parts").words)
    assert "date" in words["there"]


@pytest.mark.parametrize(
    ("owner", "session_id", "unknown"),
    [
        (f"{ROLE}alice", "alice-0123456789abcdef0", set[str]()),
        (f"{ROLE}al", "al-0123456789abcdef0", {"user or role session"}),  # chance would find it
        ("", "alice-0123456789abcdef0", {"user or role session"}),
        (f"{ROLE}alice", "alice-1", {"random part of the session id"}),
        (f"{ROLE}alice", "s-1", {"session id", "random part of the session id"}),
    ],
)
def test_that_what_is_too_short_to_be_looked_for_is_not_called_absent(
    owner: str, session_id: str, unknown: set[str]
) -> None:
    own = session(session_id=SessionId(session_id), owner=owner)
    words = dict(_last(_run(item(key="film.mp4"), own=own), "3.key-parts").words)
    assert set(words["unknown"]) == unknown | {"connection id"}
    assert not set(words["there"])
    assert len(words["absent"]) + len(words["unknown"]) == 8


@pytest.mark.parametrize(
    ("owner", "key"),
    [
        (f"arn:aws:iam::{ACCOUNT}:root", "root/film.mp4"),
        (f"arn:aws:iam::{ACCOUNT}:user/dep/alice", "alice/film.mp4"),
        (f"arn:aws-us-gov:sts::{ACCOUNT}:assumed-role/Ops/alice", "alice/film.mp4"),
        ("alice", "alice/film.mp4"),
    ],
)
def test_that_whoever_owns_the_session_is_found_by_name(owner: str, key: str) -> None:
    words = dict(_last(_run(item(key=key), own=session(owner=owner)), "3.key-parts").words)
    assert "user or role session" in words["there"]


@pytest.mark.parametrize(
    ("connections", "word"),
    [
        ((), "unknown"),
        (("",), "unknown"),
        (("fedcba98",), "there"),
        (("0000", "fedcba98"), "there"),
        (("0000",), "absent"),
    ],
)
def test_that_a_connection_is_looked_for_where_the_audit_log_told_one(connections: tuple[str, ...], word: str) -> None:
    log = [
        answer(AnswerKind.AUDIT_EVENT, "cloudtrail:LookupEvents", f"i-{place}", connection=found)
        for place, found in enumerate(connections)
    ]
    found = _run(item(key="films/fedcba98.mp4"), more=[noted(*log)])
    assert "connection id" in dict(_last(found, "3.key-parts").words)[word]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("0123", "[0-9]{4}"),
        ("01ab", "[0-9a-f]{4}"),
        ("01ag", "[0-9a-z]{4}"),
        ("01aG", "[0-9A-Za-z]{4}"),
        ("ABCD", "[0-9A-Za-z]{4}"),
        ("a_b", "[0-9A-Za-z]{3}"),
        ("１２", ".{2}"),
        ("é", ".{1}"),
        ("a b", ".{3}"),
        ("", ".{0}"),
    ],
)
def test_that_a_form_says_the_narrowest_kind_of_characters(text: str, form: str) -> None:
    assert form_of(text) == form


# -- encryption ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("used", "bucket_key", "which"),
    [
        ("", None, "no KMS key is named"),
        (OWN_KEY, None, "the key of the recording preferences"),
        (OWN_KEY, OWN_KEY, "the key of the recording preferences"),
        (BUCKET_KEY, BUCKET_KEY, "the default key of the bucket"),
        (BUCKET_KEY, "2222", "the default key of the bucket"),
        (BUCKET_KEY, "key/2222", "the default key of the bucket"),
        (OTHER_KEY, BUCKET_KEY, "another key, or one that was not compared"),
        (OTHER_KEY, "", "another key, or one that was not compared"),
        (OTHER_KEY, None, "another key, or one that was not compared"),
        (OTHER_KEY, "alias/aws/s3", "another key, or one that was not compared"),
    ],
)
def test_that_a_key_is_called_by_what_it_was_compared_with(used: str, bucket_key: str | None, which: str) -> None:
    events: list[RunEvent] = []
    for event in [*begin(), *disrupted(), *ended(), *recorded(item(kms_key=used, server_side_encryption="aws:kms"))]:
        if isinstance(event, BaselineTaken):
            event = replace(event, preferences=replace(event.preferences, kms_key_arn=OWN_KEY))
        events.append(event)
    finding = _last(notes([*events, replace(READ, bucket_key=bucket_key)]), "3.encryption")
    assert dict(finding.words)["which"] == (which,)
    assert dict(finding.fields) == {"algorithm": "aws:kms", "key": used or "–"}


def test_that_a_key_that_nobody_read_anything_of_is_another_or_not_compared() -> None:
    events = [*begin(), *disrupted(), *ended(), *recorded(item(kms_key=OTHER_KEY))]
    assert dict(_last(notes(events), "3.encryption").words)["which"] == ("another key, or one that was not compared",)


# -- how many objects ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("near", "sure"),
    [
        (alone(), Sureness.SETTLED),
        (alone(complete=False), Sureness.HINT),
        (alone(session(session_id=SessionId("s-9"), started_at=at(500.0))), Sureness.HINT),
        (None, Sureness.HINT),
    ],
    ids=["nobody else", "not all were read", "somebody else", "nobody looked"],
)
def test_that_one_object_is_certain_only_where_nobody_else_could_have_left_one(
    near: NeighboursRead | None, sure: Sureness
) -> None:
    events = [event for event in good() if not isinstance(event, NeighboursRead)]
    found = note(notes([*events, *([near] if near is not None else [])]), "3.count")
    assert found.sure is sure and dict(found.findings[0].fields) == {"count": "1", "listed": "1"}


def test_that_all_that_is_listed_is_told_beside_what_may_be_the_recording() -> None:
    read = replace(READ, listed=7)
    found = notes([read if isinstance(event, DestinationRead) else event for event in good()])
    assert dict(_last(found, "3.count").fields) == {"count": "1", "listed": "7"}
    unread = [event for event in good() if not isinstance(event, DestinationRead)]
    assert dict(_last(notes(unread), "3.count").fields) == {"count": "1", "listed": "1"}


def test_that_two_objects_that_may_be_the_recording_are_both_told_and_neither_is_certain() -> None:
    two = CandidatesFound(at(13.0), RUN, (item(), item(key="k2.bin", etag="e2")))
    films = [FilmInspected(at(13.2), RUN, key, facts(), "", "") for key in ("k.bin", "k2.bin")]
    found = notes([*begin(), *disrupted(), *ended(), two, *films, alone(), replace(READ, listed=2)])
    keys = note(found, "3.key")
    assert {dict(finding.fields)["key"] for finding in keys.findings} == {"k.bin", "k2.bin"}
    assert keys.sure is Sureness.HINT
    assert dict(_last(found, "3.count").fields)["count"] == "2"


# -- what the head said in passing --------------------------------------------------------------


@pytest.mark.parametrize(
    ("told_facts", "stored", "tags"),
    [
        ({"StorageClass": "", "TagCount": "2"}, "STANDARD (S3 sends no storage class for it)", "2 tags"),
        ({"StorageClass": "GLACIER_IR", "TagCount": ""}, "GLACIER_IR", "No number of tags was sent."),
    ],
)
def test_that_the_head_of_this_object_is_told(told_facts: dict[str, str], stored: str, tags: str) -> None:
    found = _run(more=[noted(head("other.bin", StorageClass="WRONG", TagCount="9"), head(**told_facts))])
    assert told(note(found, "3.storage-class")) == [stored]
    assert told(note(found, "3.tags")) == [tags]


@pytest.mark.parametrize(
    "passed",
    [
        head("other.bin", StorageClass="WRONG", TagCount="9"),
        answer(AnswerKind.AUDIT_EVENT, "s3:HeadObject", "k.bin", StorageClass="WRONG", TagCount="9"),
    ],
    ids=["another object's", "another kind of answer"],
)
def test_that_what_is_not_this_object_s_head_says_nothing(passed: object) -> None:
    found = _run(more=[noted(passed)])  # type: ignore[arg-type]
    assert {note(found, name).sure for name in ("3.tags", "3.storage-class")} == {Sureness.NOT_SEEN}


# -- the film -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "note_id", "says"),
    [
        ({"size_changes": ()}, "4.size", "1280 × 720; it does not change"),
        ({"fragmented": True, "box_order": ()}, "4.boxes", "– (fragmented, index not first)"),
        ({"faststart": True, "box_order": ("ftyp", "moov")}, "4.boxes", "ftyp moov (not fragmented, index first)"),
        (
            {"box_order": ("moof", "mdat", "mdat", "moof", "mdat")},
            "4.boxes",
            "moof mdat mdat moof mdat (not fragmented, index not first)",
        ),
        ({"codec": "hevc", "container": "matroska"}, "4.codec", "hevc in matroska"),
        ({"frame_rate": 29.97, "frame_count": 255}, "4.rate", "29.97 frames per second on average, 255 frames"),
        ({"frame_rate": 0.0, "frame_count": 0}, "4.rate", "0.00 frames per second on average, 0 frames"),
        ({"frame_rate": 1.0, "frame_count": None}, "4.rate", "1.00 frames per second on average, – frames"),
        ({"dated_at": at(1.5)}, "4.created", f"creation_time: {at(1.0).replace(microsecond=0)!s}"),
    ],
)
def test_that_the_film_is_told_as_its_file_says(changes: dict[str, object], note_id: str, says: str) -> None:
    text = told(note(_run(film=facts(**changes)), note_id))[0]
    assert text.replace("T", " ").startswith(says.replace("T", " ")) if note_id == "4.created" else text == says


@pytest.mark.parametrize("change", [{"facts": None}, {"key": "other.bin"}], ids=["no film", "another object's film"])
def test_that_a_film_that_could_not_be_read_says_nothing(change: dict[str, object]) -> None:
    events = [replace(e, **change) if isinstance(e, FilmInspected) else e for e in good()]  # type: ignore[arg-type]
    found = notes(events)
    assert {one.sure for one in found.notes if one.question.item in (3, 4)} == {Sureness.NOT_SEEN}


def test_that_a_film_that_was_inspected_again_is_told_as_last_seen() -> None:
    again = FilmInspected(at(14.0), RUN, "k.bin", facts(codec="vp9"), "", "")
    assert told(note(_run(more=[again]), "4.codec")) == ["vp9 in mp4"]


def test_that_a_session_whose_end_only_polls_saw_makes_its_length_a_hint() -> None:
    def without_end(event: RunEvent) -> RunEvent:
        over = session(status=SessionStatus.TERMINATED, active=False, ended_at=None)
        return of_session(event, session(), over)

    polled = note(notes([without_end(event) for event in good()]), "4.duration")
    assert (polled.sure, polled.why_not[:36]) == (Sureness.HINT, "DescribeSessions stated no EndDate: ")
    stated = note(notes(good()), "4.duration")
    assert (stated.sure, told(stated)) == (
        Sureness.SETTLED,
        ["film 8.500 s, connection 7.0 … 9.0 s (StartDate to its end)"],
    )


def test_that_a_session_that_goes_on_has_no_length_yet() -> None:
    open_ = [*begin(), *disrupted(), *recorded(), READ]
    assert note(notes(open_), "4.duration").sure is Sureness.NOT_SEEN
    assert note(notes(open_), "4.codec").findings


@pytest.mark.parametrize(
    ("low_s", "high_s", "text"),
    [
        (1.0, 1.0, "1.0"),
        (1.0, 1.04, "1.0"),
        (1.0, 1.06, "1.0 … 1.1"),
        (-0.5, 0.5, "-0.5 … 0.5"),
        (0.0, 100.0, "0.0 … 100.0"),
    ],
)
def test_that_a_span_is_one_number_where_its_bounds_are_the_same(low_s: float, high_s: float, text: str) -> None:
    assert span_text(low_s, high_s) == text


@pytest.mark.parametrize(("note_id", "stamp_s"), [("3.key", 13.0), ("3.count", 13.0), ("4.codec", 13.2)])
def test_that_a_finding_is_stamped_with_the_event_it_was_read_from(note_id: str, stamp_s: float) -> None:
    assert _last(_run(), note_id).at == at(stamp_s)


def test_that_what_is_told_of_a_key_may_hold_braces() -> None:
    key = "{bucket}/{0}/{}.mp4"
    assert told(note(_run(item(key=key)), "3.key"))[0].startswith(f"{key} (form: ")
