"""Where evidence belongs: places, their text form, and what is shown when another one is opened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.account_events import (
    Armed,
    EmergencyStopped,
    IdentityObserved,
    InstancesObserved,
    PlaceOpened,
    PollFailed,
    Topic,
)
from rdpgui.core.codec import dumps, loads
from rdpgui.core.events import Event
from rdpgui.core.ids import AccountId, Region, RunId
from rdpgui.core.place import Place, endpoint_of, place_from_key
from rdpgui.core.reduce import reduce
from rdpgui.core.run_events import RunStarted
from rdpgui.core.state import AppState
from tests.unit.core.samples import ACCOUNT, REGION, RUN, T0, TARGET, at, instance, plan

LAB = Place(scenario="default")
ON_INSTANCE = Place(scenario="recorder-on-instance")
AWS = Place(account_id=ACCOUNT, region=REGION)
NOBODY = Place(region=REGION)
EMULATOR = Place(account_id=ACCOUNT, region=REGION, endpoint="127.0.0.1:4566")


def _after(*events: Event) -> AppState:
    state = AppState()
    for event in events:
        state = reduce(state, event)
    return state


def _who(account_id: str = ACCOUNT, *, lab: bool = False, url: str = "") -> IdentityObserved:
    return IdentityObserved(T0, AccountId(account_id), "arn", REGION, "work", url, lab)


def _started(run_id: str, place: Place | None, *, lab: bool = True) -> RunStarted:
    return RunStarted(T0, RunId(run_id), replace(plan(), lab=lab), ACCOUNT, REGION, "0", place)


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (LAB, "lab:default"),
        (Place(scenario="a/b:c"), "lab:a/b:c"),
        (
            Place(account_id=AccountId("123456789012"), region=Region("eu-west-1")),
            "aws:123456789012/eu-west-1",
        ),
        (NOBODY, f"aws:?/{REGION}"),
        (Place(), "aws:?/?"),
        (EMULATOR, f"at:127.0.0.1:4566/{ACCOUNT}/{REGION}"),
        (Place(endpoint="[::1]:80"), "at:[::1]:80/?/?"),
    ],
)
def test_that_a_place_has_one_text_and_is_found_again_from_it(place: Place, key: str) -> None:
    assert place.key == key
    assert place_from_key(key) == place


@pytest.mark.parametrize("key", ["", "lab:", "aws:", "123456789012", "gcp:a/b", "at:", "at:h", "at:h/1", "at:/1/r"])
def test_that_any_other_text_is_no_place(key: str) -> None:
    assert place_from_key(key) is None


@pytest.mark.case("L1")
def test_that_nothing_belongs_to_a_place_where_nobody_could_be_identified() -> None:
    assert not NOBODY.holds(NOBODY)
    assert not LAB.holds(None)
    assert LAB.holds(Place(scenario="default"))


@pytest.mark.case("L1", "L2")
def test_that_only_runs_of_the_place_that_is_looked_at_are_summed_up() -> None:
    runs = (
        _started("lab", LAB),
        _started("other scenario", ON_INSTANCE),
        _started("aws", AWS, lab=False),
        _started("other account", Place(account_id=AccountId("999999999999"), region=REGION), lab=False),
        _started("not recorded", None),
        _started("emulator", EMULATOR, lab=False),
    )
    seen = {
        place: [run.run_id for run in _after(PlaceOpened(T0, place), *runs).runs_here] for place in (LAB, AWS, EMULATOR)
    }
    assert seen == {LAB: ["lab"], AWS: ["aws"], EMULATOR: ["emulator"]}
    for nowhere in (_after(PlaceOpened(T0, NOBODY), *runs), _after(*runs)):
        assert nowhere.runs_here == ()
    assert len(nowhere.runs) == len(runs)


@pytest.mark.case("L2")
def test_that_a_journal_of_the_first_version_tells_the_account_but_not_the_scenario() -> None:
    old = dumps(_started("old", None)).replace(',"place":null', "")
    assert '"place"' not in old
    lab = _after(loads(old)).runs[RunId("old")]
    assert lab.place is None
    assert lab.plan.lab
    aws = _after(loads(dumps(_started("old", None, lab=False)))).runs[RunId("old")]
    assert aws.place == AWS


def test_that_the_place_comes_back_from_the_journal() -> None:
    event = _started("r", ON_INSTANCE)
    assert loads(dumps(event)) == event
    assert _after(loads(dumps(event))).runs[RunId("r")].place == ON_INSTANCE


@pytest.mark.case("L1")
def test_that_opening_another_place_leaves_nothing_seen_of_the_one_before_but_the_latch() -> None:
    state = _after(
        PlaceOpened(T0, LAB),
        _who(lab=True),
        InstancesObserved(T0, (instance(),), ()),
        PollFailed(T0, Topic.SESSIONS, "no", ""),
        Armed(T0, ACCOUNT, REGION, TARGET, at(300)),
        EmergencyStopped(T0),
        _started(RUN, LAB),
        PlaceOpened(at(9), NOBODY),
    )
    emptied = replace(state, log=(), runs={}, history={})
    assert emptied == AppState(NOBODY, emergency_at=T0)
    assert [line.text for line in state.log] == ["AWS is opened: {region}."]
    assert list(state.runs) == list(state.history) == [RUN]


def test_that_who_calls_completes_the_place_on_aws_and_leaves_the_lab_as_it_is() -> None:
    assert _after(PlaceOpened(T0, NOBODY), _who()).place == AWS
    assert _after(PlaceOpened(T0, LAB), _who(lab=True)).place == LAB


def test_that_a_late_answer_of_the_place_before_changes_nothing() -> None:
    opened = _after(PlaceOpened(T0, LAB))
    assert reduce(opened, _who()) == opened


@pytest.mark.case("L1")
def test_that_an_endpoint_that_claims_the_account_is_another_place_than_the_account() -> None:
    url = "http://127.0.0.1:4566"
    opened = _after(PlaceOpened(T0, Place(region=REGION, endpoint="127.0.0.1:4566")))
    assert reduce(opened, _who(url=url)).place == EMULATOR
    assert reduce(opened, _who()) == opened, "a late answer of AWS"
    assert not EMULATOR.holds(AWS)
    assert not AWS.holds(EMULATOR)
    assert loads(dumps(_started("r", EMULATOR, lab=False))) == _started("r", EMULATOR, lab=False)
    assert loads(dumps(_started("r", AWS)).replace(',"endpoint":""', "")) == _started("r", AWS), "an older journal"


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("", ""),
        ("http://127.0.0.1:4566/", "127.0.0.1:4566"),
        ("https://user:secret@Stack.Example/path", "stack.example"),
        ("http://[::1", "?"),
        ("stack.example", "?"),
    ],
)
def test_that_an_endpoint_is_named_by_its_host_alone(url: str, endpoint: str) -> None:
    assert endpoint_of(url) == endpoint


def test_that_another_account_behind_the_same_profile_is_another_place() -> None:
    state = _after(PlaceOpened(T0, NOBODY), _who(), InstancesObserved(T0, (instance(),), ()), _who("999999999999"))
    assert state.place == Place(account_id=AccountId("999999999999"), region=REGION)
    assert state.instances == {}


def test_that_a_run_left_open_elsewhere_does_not_go_on_here() -> None:
    runs = (_started("here", LAB), _started("elsewhere", AWS, lab=False))
    state = _after(PlaceOpened(T0, LAB), *runs)
    assert [run.run_id for run in state.active_runs] == ["here"]
