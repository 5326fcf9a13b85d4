"""What becomes of a snapshot when another place is opened, or when it is known who calls."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.account_events import Armed, EmergencyStopped, IdentityObserved, PlaceOpened, SessionsObserved, Topic
from rdpgui.core.events import Event
from rdpgui.core.ids import AccountId, Region, RunId
from rdpgui.core.moved import identified, left_behind, moved
from rdpgui.core.place import Place
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import NoteAdded
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.shown_log import log_of
from rdpgui.core.state import AppState, LogLine, RunState
from tests.unit.core.samples import ACCOUNT, REGION, RUN, T0, TARGET, at, begin, session, state_of

LAB, OTHER_LAB = Place(scenario="default"), Place(scenario="recorder-on-instance")
AWS, ASKED = Place(account_id=ACCOUNT, region=REGION), Place(region=REGION)
ELSEWHERE = Place(account_id=ACCOUNT, region=REGION, endpoint="127.0.0.1:4566")
OTHER = AccountId("999988887777")


def _who(
    account: AccountId = ACCOUNT, region: Region = REGION, url: str = "", *, lab: bool = False
) -> IdentityObserved:
    return IdentityObserved(T0, account, "arn", region, "", url, lab)


def _state(place: Place, *events: Event) -> AppState:
    state = reduce(AppState(), PlaceOpened(T0, place))
    for event in events:
        state = reduce(state, event)
    return state


@pytest.mark.parametrize(
    ("place", "who", "known"),
    [
        (ASKED, _who(), AWS),
        (Place(), _who(), AWS),
        (AWS, _who(), AWS),
        (AWS, _who(OTHER), Place(account_id=OTHER, region=REGION)),
        (AWS, _who(region=Region("eu-west-1")), Place(account_id=ACCOUNT, region=Region("eu-west-1"))),
        (LAB, _who(lab=True, url="http://127.0.0.1:1"), LAB),
        (ELSEWHERE, _who(url="http://127.0.0.1:4566"), ELSEWHERE),
    ],
)
def test_that_who_calls_completes_the_place(place: Place, who: IdentityObserved, known: Place) -> None:
    state = identified(_state(place), who)
    assert state.place == known
    assert state.identity is who
    assert state.observed_at[Topic.IDENTITY] == T0


@pytest.mark.parametrize(
    ("place", "who"),
    [
        (LAB, _who()),  # AWS answers late, when the lab is open already
        (AWS, _who(lab=True, url="http://127.0.0.1:1")),
        (AWS, _who(url="http://127.0.0.1:4566")),  # another endpoint that claims to be this account
        (ELSEWHERE, _who()),
        (ELSEWHERE, _who(url="http://127.0.0.1:4567")),
    ],
)
def test_that_an_answer_from_the_place_before_is_nobody_s(place: Place, who: IdentityObserved) -> None:
    state = _state(place)
    assert identified(state, who) is state


def test_that_another_account_is_another_place_in_which_nothing_is_armed_or_known() -> None:
    armed = Armed(T0, ACCOUNT, REGION, TARGET, at(300.0))
    state = _state(AWS, _who(), armed, SessionsObserved(T0, (session(),)))
    assert state.arming is not None and state.sessions
    same = identified(state, _who())
    assert (same.arming, same.sessions) == (state.arming, state.sessions)
    for who in (_who(OTHER), _who(region=Region("eu-west-1"))):
        there = identified(state, who)
        assert (there.arming, there.armings, there.sessions) == (None, (), ())
        assert set(there.observed_at) == {Topic.IDENTITY}


def test_that_to_be_identified_for_the_first_time_takes_nothing_away() -> None:
    state = _state(ASKED, SessionsObserved(T0, (session(),)))
    assert identified(state, _who()).sessions == (session(),)


def test_that_runs_and_the_latch_outlive_a_place_and_nothing_else_does() -> None:
    state = _state(AWS, _who(), *begin(), SessionsObserved(T0, (session(),)), EmergencyStopped(at(5.0)))
    there = moved(state, OTHER_LAB)
    assert (there.place, there.emergency_at, there.runs, there.history, there.log) == (
        *(OTHER_LAB, at(5.0)),
        *(state.runs, state.history, state.log),
    )
    assert there == AppState(OTHER_LAB, emergency_at=at(5.0), runs=state.runs, history=state.history, log=state.log), (
        "of the place before nothing is said"
    )


def test_that_a_lab_ends_with_its_opening_and_an_account_does_not() -> None:
    run = state_of(begin())
    on_aws = replace(run, plan=replace(run.plan, lab=False))
    assert left_behind({RUN: run})[RUN].adopted
    assert left_behind({RUN: on_aws})[RUN] is on_aws
    opened = reduce(replace(_state(LAB), runs={RUN: run}), PlaceOpened(at(9.0), LAB))
    assert opened.runs[RUN].adopted, "also when the same scenario is opened again: it is another lab"


# -- the log under a run ----------------------------------------------------------------------------------


def _line(at_s: float, text: str, run_id: RunId | None = None) -> LogLine:
    return LogLine(at(at_s), "info", text, (), run_id)


def _lines(run: RunState | None, *, newer: bool = True) -> list[str]:
    around = [_line(s, f"account {s:g}") for s in (-5.0, 0.0, 3.0, 40.0, 99.0)]
    state = AppState(log=(*around, _line(2.0, "another", RunId("r-9"))))
    if newer:
        state = replace(state, history={RunId("r-9"): RunSummary(RunId("r-9"), T0 + timedelta(hours=1))})
    return [line.text for line in log_of(state, run)]


def test_that_under_a_run_stand_its_own_lines_and_what_happened_meanwhile() -> None:
    run = replace(state_of([*begin(), NoteAdded(at(2.0), RUN, "info", "own")]), ended_at=at(40.0))
    own = [line.text for line in run.log]
    assert own[-1] == "own"
    assert [text for text in _lines(run) if text not in own] == ["account 0", "account 3", "account 40"]
    assert _lines(run).index("own") < _lines(run).index("account 3")
    newest = [text for text in _lines(run, newer=False) if text not in own]
    assert newest == ["account -5", "account 0", "account 3", "account 40", "account 99"]


def test_that_without_a_run_only_what_is_of_no_run_is_shown() -> None:
    assert _lines(None) == ["account -5", "account 0", "account 3", "account 40", "account 99"]
    run = state_of(begin())
    assert log_of(AppState(), run) is run.log
