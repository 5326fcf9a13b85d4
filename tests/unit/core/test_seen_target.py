"""What may carry a disruption while one only looks, and what arming names and for how long."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.account_events import IdentityObserved, PreferencesObserved
from rdpgui.core.arming import Arming, confirmation_given, confirmation_text
from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.guards import connect_refusals, refuse_unarmed, standing_refusals, target_refusals
from rdpgui.core.ids import AccountId, InstanceId, Region
from rdpgui.core.instance import InstanceState, ManagedNode, PingStatus
from rdpgui.core.kinds.registry import ARTICLE_DISRUPTIONS, DISRUPTIONS
from rdpgui.core.seen_target import bears, seen_target
from rdpgui.core.state import AppState
from tests.unit.core.samples import ACCOUNT, PREFERENCES, REGION, T0, TARGET, at, facts_of, instance

TAG = "rdpgui:disruptable=true"
ONLINE, LOST = PingStatus.ONLINE, PingStatus.CONNECTION_LOST


def _state(*, node: PingStatus | None = ONLINE, nodes_known: bool = True, preferences: bool | None = True) -> AppState:
    """Return a snapshot; ``preferences``: None before they were read, False when there are none."""
    nodes = {TARGET: ManagedNode(TARGET, node)} if node is not None else {}
    read = None if preferences is None else PreferencesObserved(T0, PREFERENCES if preferences else None)
    who = IdentityObserved(T0, ACCOUNT, "arn:aws:iam::111122223333:user/ana", REGION, "", "", False)
    return AppState(identity=who, nodes=nodes, nodes_known=nodes_known, preferences=read)


@pytest.mark.parametrize(
    ("state", "changes", "kind", "borne"),
    [
        (_state(), {}, D.EC2_STOP, True),
        (_state(), {}, D.OS_SHUTDOWN, True),  # what a shutdown does is read when somebody acts
        (_state(), {"tags": ()}, D.EC2_STOP, False),
        (_state(), {"tags": (("rdpgui:disruptable", "TRUE"),)}, D.EC2_STOP, False),
        (_state(), {"state": InstanceState.STOPPED}, D.EC2_STOP, False),
        (_state(), {"platform": ""}, D.CONTROL_NONE, False),
        (_state(), {"lifecycle": "spot"}, D.EC2_STOP, False),
        (_state(), {"lifecycle": "spot"}, D.CONTROL_NONE, True),
        (_state(), {"hibernation": None}, D.HIBERNATE, True),  # not read: it forbids nothing yet
        (_state(), {"hibernation": False}, D.HIBERNATE, False),
        (_state(node=None), {}, D.OS_REBOOT, False),
        (_state(node=None, nodes_known=False), {}, D.OS_REBOOT, True),
        (_state(node=LOST), {}, D.OS_REBOOT, False),
        (_state(preferences=None), {}, D.EC2_STOP, True),
        (_state(preferences=False), {}, D.EC2_STOP, False),
    ],
)
def test_that_what_is_known_forbids_and_what_was_not_read_does_not_yet(
    state: AppState, changes: dict[str, object], kind: D, borne: bool
) -> None:
    assert bears(state, instance(**changes), (kind,), TAG) is borne


def test_that_one_kind_that_is_forbidden_forbids_the_row_of_kinds_and_no_kind_forbids_nothing() -> None:
    store = instance(root_device_type="instance-store")
    assert bears(_state(), store, (D.EC2_REBOOT, D.OS_REBOOT), TAG)
    assert not bears(_state(), store, ARTICLE_DISRUPTIONS, TAG)
    assert bears(_state(), store, (), TAG)


def test_that_looking_never_takes_a_protection_for_read() -> None:
    facts = seen_target(_state(), instance(), TAG)
    assert not facts.protection_read
    assert (facts.account_id, facts.region, facts.lab) == (ACCOUNT, REGION, False)
    nobody = seen_target(AppState(), instance(), TAG)
    assert (nobody.account_id, nobody.region, nobody.preferences_known, nobody.nodes_known) == ("", "", False, False)


# -- a target that stands still ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(D))
def test_that_what_a_start_changes_is_no_standing_refusal(kind: D) -> None:
    stopped = facts_of(instance(state=InstanceState.STOPPED), node=None, connection=None)
    assert standing_refusals(stopped, DISRUPTIONS[kind]) == ()
    assert {refusal.guard_id for refusal in target_refusals(stopped, DISRUPTIONS[kind])} == {
        "not-running",
        "not-managed",
    }
    untagged = facts_of(instance(state=InstanceState.STOPPED, tags=()), node=None, connection=None)
    assert [refusal.guard_id for refusal in standing_refusals(untagged, DISRUPTIONS[kind])] == ["allow-tag"]


@pytest.mark.parametrize(
    ("changes", "facts", "guards"),
    [
        ({}, {}, []),
        ({"tags": (), "lifecycle": "spot", "platform": ""}, {}, []),  # nothing is disrupted by connecting
        ({"state": InstanceState.STOPPING}, {}, ["not-running"]),
        ({}, {"node": None, "preferences": None}, ["not-managed", "no-preferences"]),
        ({}, {"preferences": None, "preferences_known": False}, ["preferences-unknown"]),
    ],
)
def test_that_a_connection_needs_a_target_that_runs_is_reached_and_is_recorded(
    changes: dict[str, object], facts: dict[str, object], guards: list[str]
) -> None:
    assert [refusal.guard_id for refusal in connect_refusals(facts_of(instance(**changes), **facts))] == guards


@pytest.mark.parametrize(
    ("allow_tag", "tags", "allowed"),
    [
        ("", (), True),
        ("lab", (), False),
        ("lab", (("lab", ""),), True),  # a tag without a value
        ("lab", (("lab", "x"),), False),
        ("lab=", (("lab", ""),), True),
        ("env=a=b", (("env", "a=b"),), True),  # a value may hold the sign
        ("env=test", (("ENV", "test"),), False),  # keys have their case
        ("env=test", (("env", "test "),), False),
    ],
)
def test_that_the_allow_tag_is_met_to_the_letter(
    allow_tag: str, tags: tuple[tuple[str, str], ...], allowed: bool
) -> None:
    refused = target_refusals(facts_of(instance(tags=tags), allow_tag=allow_tag), DISRUPTIONS[D.EC2_STOP])
    assert [refusal.guard_id for refusal in refused] == ([] if allowed else ["allow-tag"])


# -- arming -------------------------------------------------------------------------------------------


ARMED = Arming(ACCOUNT, REGION, TARGET, T0, at(300.0))


@pytest.mark.parametrize(
    ("after", "holds", "left_s"),
    [
        (timedelta(0), True, 300.0),
        (timedelta(seconds=300) - timedelta(microseconds=1), True, 0.000001),
        (timedelta(seconds=300), False, 0.0),  # from then on it is read-only again
        (timedelta(seconds=301), False, 0.0),
        (timedelta(days=-1), True, 86_700.0),  # a clock that was set back: whoever counts, counts by another, too
    ],
)
def test_that_arming_ends_at_its_very_moment(after: timedelta, holds: bool, left_s: float) -> None:
    assert ARMED.holds_at(T0 + after) is holds
    assert ARMED.remaining_s(T0 + after) == pytest.approx(left_s)


@pytest.mark.parametrize(
    ("account", "region", "target", "refused"),
    [
        (ACCOUNT, REGION, TARGET, None),
        (AccountId("999988887777"), REGION, TARGET, "other-target-armed"),
        (ACCOUNT, Region("eu-west-1"), TARGET, "other-target-armed"),
        (ACCOUNT, REGION, InstanceId("i-0bbbbbbbbbbbbbbbb"), "other-target-armed"),
    ],
)
def test_that_arming_covers_exactly_one_instance_of_one_account_and_region(
    account: AccountId, region: Region, target: InstanceId, refused: str | None
) -> None:
    armed = Arming(account, region, target, T0, at(300.0))
    found = refuse_unarmed(instance(), ACCOUNT, REGION, armed, T0)
    assert (found.guard_id if found is not None else None) == refused
    late = refuse_unarmed(instance(), ACCOUNT, REGION, armed, at(300.0))
    assert late is not None and late.guard_id == "arming-expired"


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("win", "win"),
        ("経理サーバー", "経理サーバー"),
        ("x" * 64, "x" * 64),
        ("x" * 65, TARGET),
        ("", TARGET),
        (" win", TARGET),
        ("win ", TARGET),
        ("a\nb", TARGET),
        ("a\u202eb", TARGET),  # it would be shown the other way round
        ("a\u200bb", TARGET),  # a space without a width
    ],
)
def test_that_a_name_that_nobody_can_read_and_type_is_replaced_by_the_id(name: str, asked: str) -> None:
    item = replace(instance(), name=name)
    assert confirmation_text(item, lab=False) == asked
    assert confirmation_given(f" {asked}\t", item, lab=False)
    assert not confirmation_given(asked[:-1], item, lab=False)
