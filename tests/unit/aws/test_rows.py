"""One row that cannot be read hides no other, and no rule takes its word for one that it knows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rdpgui.aws import parse, parse_s3
from rdpgui.core import guards
from rdpgui.core.codec import from_json, to_json
from rdpgui.core.instance import ConnectionStatus, InstanceState, PingStatus
from rdpgui.core.session import AccessType, SessionStatus
from tests.unit.core.samples import facts_of

AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
SESSION = {"SessionId": "s-1", "Target": "i-1", "Status": "Connected", "StartDate": AT}
OBJECT = {"Key": "k", "Size": 1, "ETag": '"e"', "LastModified": AT}
NODE = {"InstanceId": "i-1", "PingStatus": "Online"}
INSTANCE = {"InstanceId": "i-1", "State": {"Name": "running"}}


def _without(row: dict[str, Any], member: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != member}


@pytest.mark.case("P11")
@pytest.mark.parametrize("member", list(INSTANCE))
def test_that_an_instance_that_lacks_something_leaves_the_others(member: str) -> None:
    page = {"Reservations": [{"Instances": [INSTANCE, _without(INSTANCE, member), {}, None, INSTANCE]}]}
    found = parse.instances(page)
    assert [item.flaws == () for item in found] == [True, False, False, False, True]
    assert member in found[1].flaws
    assert found[1].instance_id == ("?2" if member == "InstanceId" else "i-1")
    assert found[1].state.known is (member != "State")


@pytest.mark.case("P11")
@pytest.mark.parametrize("member", list(NODE))
def test_that_a_node_that_lacks_something_leaves_the_others(member: str) -> None:
    found = parse.nodes({"InstanceInformationList": [_without(NODE, member), NODE]})
    assert len(found) == 2 and found[1].ping_status is PingStatus.ONLINE


@pytest.mark.case("P11")
@pytest.mark.parametrize("member", list(SESSION))
def test_that_a_session_that_lacks_something_leaves_the_others(member: str) -> None:
    found = parse.sessions({"Sessions": [SESSION, _without(SESSION, member), SESSION]}, active=True)
    assert [item.flaws for item in found] == [(), (member,), ()]


@pytest.mark.case("P11")
@pytest.mark.parametrize("member", list(OBJECT))
def test_that_an_object_that_lacks_something_leaves_the_others(member: str) -> None:
    page = {"IsTruncated": False, "Contents": [OBJECT, _without(OBJECT, member), OBJECT]}
    found = parse_s3.listed_objects(page, "b")
    assert [item.flaws for item in found] == [(), (member,), ()]


@pytest.mark.case("P11")
@pytest.mark.parametrize("kind", [InstanceState, PingStatus, ConnectionStatus, SessionStatus, AccessType])
@given(text=st.text(max_size=30))
def test_that_any_word_survives_the_journal_and_equals_no_other(kind: Any, text: str) -> None:
    word = kind(text)
    assert word.value == text
    known = {member.value for member in kind}
    assert word.known is (text in known)
    assert from_json(kind, to_json(word), "word") == word


@pytest.mark.case("P11")
def test_that_an_unknown_state_is_refused_with_its_word() -> None:
    (item,) = parse.instances({"Reservations": [{"Instances": [{**INSTANCE, "State": {"Name": "melting"}}]}]})
    refusal = guards.refuse_state(facts_of(item))
    assert refusal is not None and "melting" in refusal.text()


def test_that_a_session_with_flaws_has_no_start() -> None:
    (found,) = parse.sessions({"Sessions": [_without(SESSION, "StartDate")]}, active=True)
    assert found.started_at == parse.NEVER
