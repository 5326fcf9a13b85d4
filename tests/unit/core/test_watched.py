"""What is said of a session that no run watched: never more than the account's lists carry."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from rdpgui.core.account_events import (
    ObjectsObserved,
    PlaceOpened,
    PollFailed,
    PreferencesObserved,
    SessionsObserved,
    Topic,
)
from rdpgui.core.freshness import Look, Moment
from rdpgui.core.ids import InstanceId, SessionId
from rdpgui.core.place import Place
from rdpgui.core.recording import Basis, RecordingObject, RecordingStatus, StatusStatement
from rdpgui.core.reduce import reduce
from rdpgui.core.session import Session, SessionStatus
from rdpgui.core.state import AppState
from rdpgui.core.watched import NO_RUN, OVERDUE_FOR_S, is_never_recorded, statement_of_session, watched
from tests.unit.core.samples import ACCOUNT, PREFERENCES, REGION, at, item, session

S = RecordingStatus
OVER = session(active=False, status=SessionStatus.TERMINATED, ended_at=at(10.0))
COLLEAGUE = replace(OVER, session_id=SessionId("s-2"), owner="colleague")
LISTED_AT = 100.0


def _look(plus_s: float) -> Look:
    return Look(at(plus_s), plus_s, 10.0)


def _state(
    sessions: tuple[Session, ...],
    objects: tuple[RecordingObject, ...] | None = (),
    *,
    listed_s: float = LISTED_AT,
    bucket: str = PREFERENCES.bucket,
) -> AppState:
    look = _look(listed_s)
    state = reduce(AppState(), PlaceOpened(at(0.0), Place(account_id=ACCOUNT, region=REGION)))
    state = reduce(state, PreferencesObserved(look.at, PREFERENCES, look))
    state = reduce(state, SessionsObserved(look.at, sessions, look))
    return state if objects is None else reduce(state, ObjectsObserved(look.at, bucket, objects, look))


def _said(state: AppState, about: Session, now_s: float = LISTED_AT) -> StatusStatement:
    stated = statement_of_session(watched(state, Moment(at(now_s), now_s)), about)
    assert stated is not None
    assert stated.evidence[-1] == NO_RUN
    assert all("{" not in e.text.format(**dict(e.fields)) for e in stated.evidence)
    return stated


def _texts(stated: StatusStatement) -> str:
    return "\n".join(e.text.format(**dict(e.fields)) for e in stated.evidence)


@pytest.mark.case("P7")
@pytest.mark.parametrize(
    ("about", "objects", "status", "basis"),
    [
        (session(), (), S.RECORDING, Basis.INFERRED),
        (session(status=SessionStatus.CONNECTING), (), S.WAITING, Basis.INFERRED),
        (session(status=SessionStatus.DISCONNECTED), (), S.UNKNOWN, Basis.NONE),
        (OVER, (), S.PROCESSING, Basis.INFERRED),
        (replace(OVER, status=SessionStatus.FAILED), (), S.UNKNOWN, Basis.NONE),
        (replace(OVER, ended_at=None), (), S.UNKNOWN, Basis.NONE),
        (replace(OVER, flaws=("EndDate",)), (), S.UNKNOWN, Basis.NONE),
        (replace(OVER, document_name=""), (), S.UNKNOWN, Basis.NONE),
        (OVER, (item(key="old", modified_at=at(5.0)),), S.PROCESSING, Basis.INFERRED),
        (OVER, (item(key="any", modified_at=at(20.0)),), S.UNKNOWN, Basis.NONE),
        (OVER, (item(key="r/s-2.mp4", modified_at=at(20.0)),), S.UNKNOWN, Basis.NONE),
        (OVER, (item(key="r/s-1/s-2.mp4", modified_at=at(20.0)),), S.UNKNOWN, Basis.NONE),
        (OVER, (item(key="r/s-10.mp4", modified_at=at(20.0)),), S.UNKNOWN, Basis.NONE),
        (OVER, (item(key="r/i-0bbbbbbbbbbbbbbbb/s-1", modified_at=at(20.0)),), S.UNKNOWN, Basis.NONE),
        (OVER, (item(key="r/s-1.mp4", modified_at=at(20.0)),), S.FINISHED, Basis.OBSERVED),
        (OVER, (item(key="r/s-1.mp4", modified_at=at(99.0)),), S.PROCESSING, Basis.INFERRED),
        (OVER, (item(key="r/s-1.mp4", modified_at=at(20.0), size_bytes=0),), S.PROCESSING, Basis.INFERRED),
        (OVER, (item(key="r/s-1.mp4", modified_at=at(20.0), flaws=("Size",)),), S.PROCESSING, Basis.INFERRED),
    ],
)
def test_that_no_word_is_stronger_than_what_the_lists_carry(
    about: Session, objects: tuple[RecordingObject, ...], status: RecordingStatus, basis: Basis
) -> None:
    stated = _said(_state((about, COLLEAGUE), objects), about)
    assert (stated.status, stated.basis) == (status, basis)


@pytest.mark.case("P7")
def test_that_an_object_of_nobody_in_the_window_of_two_is_neither_s() -> None:
    state = _state((OVER, COLLEAGUE), (item(key="any", modified_at=at(20.0)),))
    for about in (OVER, COLLEAGUE):
        stated = _said(state, about)
        assert stated.status is S.UNKNOWN
        assert "None names this session" in _texts(stated) and "Object any" in _texts(stated)


@pytest.mark.case("P7")
def test_that_a_session_with_another_document_is_said_to_be_never_recorded() -> None:
    shell = session(document_name="SSM-SessionManagerRunShell")
    remote = session(document_name="AWS-StartPortForwardingSessionToRemoteHost")
    seen = watched(_state((shell, remote)), Moment(at(LISTED_AT), LISTED_AT))
    for about in (shell, remote):
        assert is_never_recorded(about)
        assert statement_of_session(seen, about) is None
    assert not is_never_recorded(session())
    assert not is_never_recorded(replace(shell, flaws=("DocumentName",)))
    tunnel = _said(_state((session(),)), session())
    assert "A local tunnel has the same document and is not recorded." in _texts(tunnel)


@pytest.mark.case("P7")
@pytest.mark.parametrize(
    ("about", "topic"),
    [
        (session(), Topic.PREFERENCES),
        (session(), Topic.SESSIONS),
        (OVER, Topic.PREFERENCES),
        (OVER, Topic.OBJECTS),
    ],
)
def test_that_a_source_that_fails_or_is_not_read_leaves_only_when_it_was_seen(about: Session, topic: Topic) -> None:
    state = _state((about,))
    live = _said(state, about)
    assert live.status in (S.RECORDING, S.PROCESSING)
    failed = _said(reduce(state, PollFailed(at(101.0), topic, "denied", "")), about, 101.0)
    late = _said(state, about, LISTED_AT + 60.0)
    for stated in (failed, late):
        assert (stated.status, stated.basis, stated.since_at) == (S.UNKNOWN, Basis.NONE, at(LISTED_AT))
        assert stated.evidence[0].text == "Last seen at {at}: {status}."
        assert dict(stated.evidence[0].fields)["status"] == live.status.value
        assert stated.usual_s is None


@pytest.mark.case("P7")
def test_that_what_was_never_read_here_is_not_taken_for_nothing_there() -> None:
    unread = _said(_state((OVER,), None), OVER)
    assert (unread.status, unread.evidence[0].text) == (S.UNKNOWN, "Not read yet: {what}.")
    denied = _said(reduce(_state((OVER,), None), PollFailed(at(100.0), Topic.OBJECTS, "denied", "")), OVER)
    assert denied.evidence[0].text == "The recording destination could not be read."
    former = _said(_state((OVER,), (item(key="r/s-1.mp4", modified_at=at(20.0)),), bucket="former"), OVER)
    assert former.status is S.UNKNOWN
    moved = reduce(_state((OVER,)), PlaceOpened(at(100.0), Place(scenario="default")))
    assert _said(moved, OVER).evidence[0].text == "Not read yet: {what}."


@pytest.mark.case("P7")
@pytest.mark.parametrize(
    ("about", "status"), [(session(), S.NOT_CONFIGURED), (OVER, S.UNKNOWN)], ids=["active", "ended"]
)
def test_that_preferences_of_now_say_nothing_of_a_session_that_is_over(about: Session, status: RecordingStatus) -> None:
    look = _look(LISTED_AT)
    state = reduce(_state((about,)), PreferencesObserved(look.at, None, look))
    assert _said(state, about).status is status


@pytest.mark.case("P7")
@pytest.mark.parametrize(
    ("waited_s", "status"),
    [
        (1799.0, S.PROCESSING),
        (1800.0, S.OVERDUE),
        (OVERDUE_FOR_S, S.OVERDUE),
        (OVERDUE_FOR_S + 1.0, S.UNKNOWN),
    ],
)
def test_that_no_object_yet_is_late_at_most_and_later_says_nothing(waited_s: float, status: RecordingStatus) -> None:
    listed_s = 10.0 + waited_s
    stated = _said(_state((OVER,), (), listed_s=listed_s), OVER, listed_s)
    assert stated.status is status
    assert stated.basis is (Basis.NONE if status is S.UNKNOWN else Basis.INFERRED)
    assert "fail" not in _texts(stated).lower()


@pytest.mark.case("P7")
def test_that_a_list_from_before_the_end_does_not_make_a_recording_late() -> None:
    over = replace(OVER, ended_at=at(5000.0))
    assert _said(_state((over,), (), listed_s=LISTED_AT), over).status is S.PROCESSING


def test_that_many_named_objects_of_any_time_are_found() -> None:
    late: datetime = at(5000.0)
    named = tuple(item(key=f"r/s-1/{number}", modified_at=late) for number in range(5))
    state = _state((replace(OVER, target=InstanceId("i-0aaaaaaaaaaaaaaaa")),), named, listed_s=5100.0)
    stated = _said(state, OVER, 5100.0)
    assert stated.status is S.FINISHED
    assert _texts(stated).count("names this session") == 3


# -- the moment of a list is the moment of what it says ---------------------------------------------


@pytest.mark.parametrize(
    ("written_s", "now_s", "status"),
    [
        (LISTED_AT - 5.1, LISTED_AT, S.FINISHED),
        (LISTED_AT - 4.9, LISTED_AT, S.PROCESSING),
        (LISTED_AT - 0.1, LISTED_AT, S.PROCESSING),
        (LISTED_AT + 3.0, LISTED_AT, S.PROCESSING),  # S3's clock is ahead
        # Nobody has looked since: time alone makes no object stable.
        (LISTED_AT - 4.9, LISTED_AT + 9.0, S.PROCESSING),
    ],
)
def test_that_an_object_is_finished_only_when_a_later_list_shows_it_unchanged(
    written_s: float, now_s: float, status: RecordingStatus
) -> None:
    over = replace(OVER, ended_at=at(LISTED_AT - 20.0))
    stated = _said(_state((over,), (item(key="r/s-1.mp4", modified_at=at(written_s)),)), over, now_s)
    assert stated.status is status
    assert next(e for e in stated.evidence if "names this session" in e.text).observed_at == at(LISTED_AT)


@pytest.mark.parametrize("empty", [0, 1])
def test_that_an_empty_object_beside_a_whole_one_speaks_against_it(empty: int) -> None:
    named = [item(key=f"r/s-1/{n}", modified_at=at(20.0 + n), size_bytes=0 if n == empty else 9) for n in range(2)]
    stated = _said(_state((OVER,), tuple(named)), OVER)
    assert stated.status is S.PROCESSING
    assert [e.held for e in stated.evidence if "names this session" in e.text] == [n != empty for n in range(2)]


@pytest.mark.parametrize(
    ("place", "listed_s", "status"),
    [
        (Place(account_id=ACCOUNT, region=REGION), 30.0, S.PROCESSING),
        (Place(scenario="default"), 19.9, S.PROCESSING),
        (Place(scenario="default"), 20.0, S.OVERDUE),
    ],
)
def test_that_what_is_late_in_the_lab_is_not_late_on_aws(
    place: Place, listed_s: float, status: RecordingStatus
) -> None:
    state = replace(_state((OVER,), (), listed_s=listed_s), place=place)
    assert _said(state, OVER, listed_s).status is status


def test_that_a_list_that_is_read_late_says_nothing_of_the_time_since() -> None:
    """It is counted to the list, not to now: the list may be as old as the limit is long."""
    listed_s = 10.0 + OVERDUE_FOR_S
    assert _said(_state((OVER,), (), listed_s=listed_s), OVER, listed_s + 5.0).status is S.OVERDUE


def test_that_without_a_destination_no_list_is_asked_for() -> None:
    look = _look(LISTED_AT)
    state = reduce(_state((OVER,), None), PreferencesObserved(look.at, None, look))
    assert "No recording preferences in this Region when they were read" in _texts(_said(state, OVER))


def test_that_an_active_row_that_states_an_end_is_still_active() -> None:
    """Whether AWS keeps an EndDate of an earlier part is not known; the list that it stands in is."""
    odd = session(ended_at=at(5.0))
    stated = _said(_state((odd,)), odd)
    assert stated.status is S.RECORDING
    assert "is active (Connected)" in _texts(stated)
