"""Whose a live session is, from what AWS says of it: an owner's ARN, an access type, and what this program opened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import IdentityObserved
from rdpgui.core.ids import InstanceId, RunId, SessionId
from rdpgui.core.people_events import SessionAnswered
from rdpgui.core.run_events import SessionAttached
from rdpgui.core.session import AccessType, Session, SessionOrigin
from rdpgui.core.state import AppState, RunState
from rdpgui.core.strangers import Whose, is_anothers, not_agreed, origin_known, whose
from tests.unit.core.samples import ACCOUNT, REGION, T0, at, begin, session, state_of

ANA = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/ana"
BOB = f"arn:aws:sts::{ACCOUNT}:assumed-role/Operator/bob"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/SSM-JustInTimeAccessTokenRole/0a1b2c"
STANDARD, JIT = AccessType.STANDARD, AccessType.JUST_IN_TIME
PROGRAM, EVENT, PERSON, UNKNOWN = (
    SessionOrigin.PROGRAM,
    SessionOrigin.CONSOLE_EVENT,
    SessionOrigin.PERSON,
    SessionOrigin.UNKNOWN,
)


def _identity(*, lab: bool = False, arn: str = ANA) -> IdentityObserved:
    return IdentityObserved(T0, ACCOUNT, arn, REGION, "", "", lab)


def _attached(number: int, origin: SessionOrigin, to: Session) -> RunState:
    run = state_of(begin())
    return replace(run, run_id=RunId(f"r-{number}"), attached=SessionAttached(at(1.2), run.run_id, to, origin))


def _answered(number: int, at_s: float, of: Session, *, own: bool) -> RunState:
    run = state_of(begin())
    answer = SessionAnswered(at(at_s), run.run_id, of.session_id, of.owner, own, "ana")
    return replace(run, run_id=RunId(f"r-{number}"), attached=None, answers=(answer,))


def _state(*attached: SessionOrigin, identity: IdentityObserved | None = None, to: Session | None = None) -> AppState:
    """Return a snapshot in which runs were attached to a session, one after the other."""
    runs = [_attached(number, origin, to or session()) for number, origin in enumerate(attached)]
    return AppState(identity=identity, runs={run.run_id: run for run in runs})


@pytest.mark.parametrize(
    ("attached", "known"),
    [
        ((), UNKNOWN),
        ((UNKNOWN,), UNKNOWN),
        ((PROGRAM,), PROGRAM),
        ((PERSON, UNKNOWN), PERSON),  # a later run that only attached knows less, and takes nothing back
        ((EVENT, PERSON), PERSON),  # the newest that knows anything
    ],
)
def test_that_the_newest_run_that_knows_anything_tells_where_a_session_is_from(
    attached: tuple[SessionOrigin, ...], known: SessionOrigin
) -> None:
    assert origin_known(_state(*attached), session().session_id) is known


def test_that_a_run_knows_nothing_of_another_session_on_its_instance() -> None:
    assert origin_known(_state(PROGRAM), SessionId("s-2")) is UNKNOWN
    assert origin_known(AppState(runs={RunId("r-1"): state_of(begin()[:2])}), session().session_id) is UNKNOWN


@pytest.mark.parametrize(
    ("owner", "access", "found"),
    [
        (ANA, STANDARD, Whose.OWN),
        (ANA, JIT, Whose.OWN),
        (BOB, STANDARD, Whose.ANOTHERS),  # the same role, another person
        (ANA.upper(), STANDARD, Whose.ANOTHERS),
        (f"{ANA}x", STANDARD, Whose.ANOTHERS),
        (BOB, JIT, Whose.UNTOLD),  # who asked for access need not be who owns it
        (ROLE, JIT, Whose.UNTOLD),  # the service signs for everybody
        (ROLE, STANDARD, Whose.UNTOLD),
        (ROLE.replace("TokenRole", "TokenRole-2"), STANDARD, Whose.ANOTHERS),
        (ROLE.replace("assumed-role", "role"), STANDARD, Whose.ANOTHERS),
        ("", STANDARD, Whose.UNTOLD),
        ("", JIT, Whose.UNTOLD),
    ],
)
@pytest.mark.parametrize("attached", [(), (UNKNOWN,), (PROGRAM,), (EVENT,), (PERSON,)])
def test_that_an_owner_tells_whose_a_session_is_and_having_watched_it_does_not(
    owner: str, access: AccessType, found: Whose, attached: tuple[SessionOrigin, ...]
) -> None:
    live = session(owner=owner, access_type=access)
    state = _state(*attached, identity=_identity(), to=live)
    assert whose(state, live) is found
    assert is_anothers(state, live) is (found is not Whose.OWN)


def test_that_in_the_lab_nobody_else_is_connected_and_before_anybody_is_identified_nobody_is_oneself() -> None:
    live = session(owner=BOB)
    assert whose(_state(identity=_identity(lab=True)), live) is Whose.OWN
    assert whose(_state(), live) is Whose.ANOTHERS
    assert whose(_state(), session(owner=ANA)) is Whose.ANOTHERS
    nameless = _state(identity=_identity(arn=""))
    assert is_anothers(nameless, live)
    assert is_anothers(nameless, session(owner=""))


@pytest.mark.parametrize("owner", [ANA, BOB, ROLE, ""])
@pytest.mark.parametrize(
    ("said", "found"),
    [
        ([(10.0, True)], Whose.OWN),
        ([(10.0, False)], Whose.ANOTHERS),
        ([(10.0, True), (20.0, False)], Whose.ANOTHERS),  # the last word counts
        ([(20.0, True), (10.0, False)], Whose.OWN),
    ],
)
def test_that_what_a_person_says_of_a_session_outweighs_its_owner(
    owner: str, said: list[tuple[float, bool]], found: Whose
) -> None:
    live = session(owner=owner)
    runs = [_answered(number, at_s, live, own=own) for number, (at_s, own) in enumerate(said)]
    state = AppState(identity=_identity(), runs={run.run_id: run for run in runs})
    assert whose(state, live) is found
    other = session(session_id=SessionId("s-2"), owner=owner)
    assert whose(state, other) is whose(AppState(identity=_identity()), other)


def test_that_what_was_said_in_an_earlier_opening_of_the_place_counts_no_more() -> None:
    live = session(owner=ROLE)
    run = replace(_answered(1, 10.0, live, own=True), adopted=True)
    assert whose(AppState(identity=_identity(), runs={run.run_id: run}), live) is Whose.UNTOLD


def test_that_the_first_stranger_whom_nobody_agreed_to_cut_off_is_named() -> None:
    state = _state(identity=_identity())
    own, bob, other = (
        session(session_id=SessionId(name), owner=owner)
        for name, owner in (("ana-1", ANA), ("bob-1", BOB), ("x-1", ""))
    )
    assert not_agreed(state, (), ()) is None
    assert not_agreed(state, (own,), ()) is None
    assert not_agreed(state, (own, bob, other), ()) is bob
    assert not_agreed(state, (own, bob, other), {bob.session_id}) is other
    assert not_agreed(state, (own, bob, other), {bob.session_id, other.session_id}) is None
    # To have agreed to one session of a person is not to have agreed to the next.
    assert not_agreed(state, (replace(bob, session_id=SessionId("bob-2")),), {bob.session_id}) is not None


@pytest.mark.parametrize("document", ["AWS-StartPortForwardingSession", "SSM-SessionManagerRunShell", ""])
def test_that_a_shell_is_cut_off_as_a_desktop_is(document: str) -> None:
    live = session(owner=BOB, document_name=document, flaws=("Status",), target=InstanceId("i-0bbbbbbbbbbbbbbbb"))
    assert not_agreed(_state(identity=_identity()), (live,), ()) is live
