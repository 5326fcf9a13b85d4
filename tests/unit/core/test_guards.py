"""Guard rails: one row per guard, both ways."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rdpgui.core.arming import Arming, confirmation_given, confirmation_text
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.guards import action_refusals, refuse_unlisted, target_checks, target_refusals
from rdpgui.core.ids import InstanceId, Region
from rdpgui.core.instance import ConnectionStatus, InstanceProtection, InstanceState, ManagedNode, PingStatus
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.session import Session, SessionStatus
from tests.unit.core.samples import ACCOUNT, REGION, T0, TARGET, at, facts_of, instance, session

OK = facts_of(instance())
ARMED = Arming(ACCOUNT, REGION, TARGET, T0, at(300.0))
OTHER = InstanceId("i-0bbbbbbbbbbbbbbbb")
D = DisruptionId


def _ids(facts: TargetFacts, disruption_id: DisruptionId) -> list[str]:
    return [refusal.guard_id for refusal in target_refusals(facts, DISRUPTIONS[disruption_id])]


@pytest.mark.parametrize("disruption_id", list(DisruptionId))
def test_that_a_sound_target_is_allowed(disruption_id: DisruptionId) -> None:
    assert _ids(OK, disruption_id) == []


def _with(**changes: object) -> TargetFacts:
    return replace(OK, instance=instance(**changes))


@pytest.mark.parametrize(
    ("facts", "disruption_id", "guard"),
    [
        (replace(OK, protection=InstanceProtection("terminate", False)), D.OS_SHUTDOWN, "terminate-on-shutdown"),
        (replace(OK, protection=None), D.OS_SHUTDOWN, "shutdown-behaviour-unknown"),
        (replace(OK, protection=InstanceProtection("stop", True)), D.EC2_STOP, "stop-protected"),
        (replace(OK, protection=InstanceProtection("stop", True)), D.STOP_SKIP_OS_SHUTDOWN, "stop-protected"),
        (_with(lifecycle="spot"), D.EC2_REBOOT, "spot"),
        (_with(lifecycle="scheduled"), D.EC2_REBOOT, "not-on-demand"),
        (_with(root_device_type=""), D.EC2_STOP, "root-volume-unknown"),
        (
            _with(tags=(("aws:autoscaling:groupName", "g"), ("rdpgui:disruptable", "true"))),
            D.EC2_REBOOT,
            "auto-scaling",
        ),
        (_with(root_device_type="instance-store"), D.EC2_STOP, "instance-store"),
        (_with(hibernation=False), D.HIBERNATE, "no-hibernation"),
        (_with(hibernation=None), D.HIBERNATE, "hibernation-unknown"),
        (_with(instance_type="m4.large"), D.DIAGNOSTIC_INTERRUPT, "no-interrupt"),
        (replace(OK, protection=InstanceProtection("stop", True)), D.STOP_FORCE, "stop-protected"),
        (replace(OK, protection=InstanceProtection("stop", True)), D.HIBERNATE, "stop-protected"),
        (_with(platform=""), D.EC2_STOP, "not-windows"),
        (_with(state=InstanceState.STOPPED), D.EC2_STOP, "not-running"),
        (_with(state=InstanceState.STOPPING), D.OS_REBOOT, "not-running"),
        (replace(OK, node=None), D.OS_REBOOT, "not-managed"),
        (replace(OK, node=None, nodes_known=False), D.OS_REBOOT, "nodes-unknown"),
        (replace(OK, connection=ConnectionStatus.NOT_CONNECTED), D.OS_REBOOT, "not-online"),
        (
            replace(OK, connection=None, node=ManagedNode(TARGET, PingStatus.CONNECTION_LOST)),
            D.OS_REBOOT,
            "not-online",
        ),
        (_with(tags=()), D.EC2_STOP, "allow-tag"),
        (_with(tags=(("rdpgui:disruptable", "false"),)), D.CONTROL_NONE, "allow-tag"),
        (replace(OK, preferences=None), D.EC2_STOP, "no-preferences"),
        (replace(OK, preferences=None, preferences_known=False), D.EC2_STOP, "preferences-unknown"),
    ],
)
def test_that_an_unsafe_target_is_refused_with_reason_and_remedy(
    facts: TargetFacts, disruption_id: DisruptionId, guard: str
) -> None:
    refusals = target_refusals(facts, DISRUPTIONS[disruption_id])
    assert [refusal.guard_id for refusal in refusals] == [guard]
    assert refusals[0].remedy
    assert "{" not in refusals[0].text()
    assert str(refusals[0].as_error()) == refusals[0].text()
    unheld = [line for line in target_checks(facts) if disruption_id in line.refuses]
    assert len(unheld) == 1
    assert unheld[0].held is (None if guard.endswith("-unknown") else False)
    assert unheld[0].remedy


@pytest.mark.parametrize(
    ("facts", "disruption_id"),
    [
        (replace(OK, protection=InstanceProtection("terminate", True)), D.OS_REBOOT),
        (replace(OK, protection=InstanceProtection("terminate", False)), D.EC2_STOP),
        (_with(root_device_type="instance-store"), D.EC2_REBOOT),
        (_with(hibernation=False), D.EC2_STOP),
        (_with(instance_type="m4.large"), D.EC2_REBOOT),
        (replace(OK, protection=InstanceProtection("terminate", True)), D.SSM_AGENT_STOP),
        (_with(lifecycle="spot"), D.CONTROL_DISCONNECT),
        (replace(OK, allow_tag="", instance=instance(tags=())), D.EC2_STOP),
        (replace(OK, connection=None), D.OS_REBOOT),
    ],
)
def test_that_a_guard_refuses_only_where_it_matters(facts: TargetFacts, disruption_id: DisruptionId) -> None:
    assert _ids(facts, disruption_id) == []


@pytest.mark.parametrize(
    ("arming", "emergency", "attached", "later_s", "guards"),
    [
        (ARMED, False, session(), 0.0, []),
        (ARMED, True, session(), 0.0, ["emergency-stop"]),
        (None, False, session(), 0.0, ["not-armed"]),
        (ARMED, False, session(), 300.0, ["arming-expired"]),
        (replace(ARMED, instance_id=OTHER), False, session(), 0.0, ["other-target-armed"]),
        (replace(ARMED, region=Region("eu-west-1")), False, session(), 0.0, ["other-target-armed"]),
        (ARMED, False, None, 0.0, ["no-session"]),
        (ARMED, False, session(active=False, status=SessionStatus.TERMINATED), 0.0, ["no-session"]),
        (ARMED, False, session(target=OTHER), 0.0, ["no-session"]),
        (None, True, None, 0.0, ["emergency-stop", "not-armed", "no-session"]),
    ],
)
def test_that_acting_needs_the_armed_target_and_a_session(
    arming: Arming | None, emergency: bool, attached: Session | None, later_s: float, guards: list[str]
) -> None:
    refusals = action_refusals(
        OK,
        DISRUPTIONS[D.EC2_STOP],
        arming=arming,
        emergency=emergency,
        session=attached,
        now=T0 + timedelta(seconds=later_s),
    )
    assert [refusal.guard_id for refusal in refusals] == guards


def test_that_the_preflight_list_has_every_guard_also_when_held() -> None:
    lines = target_checks(OK)
    assert {line.check_id for line in lines} == {
        *("allow-tag", "auto-scaling", "on-demand", "platform", "state", "node", "recording"),
        *("root-volume", "shutdown-behaviour", "stop-protection", "hibernation", "nitro"),
    }
    assert all(line.held is True and not line.blocks and not line.refuses for line in lines)
    assert all("{" not in line.shown() for line in lines)


def test_that_only_what_forbids_every_disruption_blocks() -> None:
    (stopped,) = [line for line in target_checks(_with(state=InstanceState.STOPPED)) if line.refuses]
    (store,) = [line for line in target_checks(_with(root_device_type="instance-store")) if line.refuses]
    (spot,) = [line for line in target_checks(_with(lifecycle="spot")) if line.refuses]
    assert (stopped.blocks, store.blocks, spot.blocks) == (True, False, True)
    assert D.EC2_REBOOT not in store.refuses
    assert not {D.CONTROL_NONE, D.CONTROL_DISCONNECT} & set(spot.refuses)


def test_that_only_outside_of_the_lab_a_name_has_to_be_typed() -> None:
    assert confirmation_text(instance(), lab=True) == ""
    assert confirmation_given("", instance(), lab=True)
    assert confirmation_given(" win ", instance(), lab=False)
    assert not confirmation_given("", instance(), lab=False)
    assert not confirmation_given("WIN", instance(), lab=False)


def test_that_arming_counts_down_to_zero() -> None:
    assert ARMED.remaining_s(at(100.0)) == 200.0
    assert ARMED.remaining_s(at(900.0)) == 0.0


@pytest.mark.parametrize(
    ("allow_tag", "tags", "allowed"),
    [
        ("rdpgui:disruptable=true", (("rdpgui:disruptable", "true"),), True),
        ("rdpgui:disruptable=true", (("rdpgui:disruptable", "True"),), False),
        ("rdpgui:disruptable=true", (("rdpgui:disruptable", " true"),), False),
        ("rdpgui:disruptable=true", (("Rdpgui:Disruptable", "true"),), False),
        ("rdpgui:disruptable=true", (("rdpgui:disruptable=true", ""),), False),
        ("rdpgui:disruptable=true", (("other", "true"), ("rdpgui:disruptable", "true")), True),
        # A tag without a value has the empty one: an instance without the tag must not pass for it.
        ("disruptable", (("disruptable", ""),), True),
        ("disruptable", (("disruptable", "no"),), False),
        ("disruptable", (), False),
        ("disruptable=", (), False),
        # A value may hold the sign that parts it from its key.
        ("env=a=b", (("env", "a=b"),), True),
        ("env=a=b", (("env=a", "b"),), False),
    ],
)
def test_that_the_allow_tag_is_there_with_exactly_its_value(
    allow_tag: str, tags: tuple[tuple[str, str], ...], allowed: bool
) -> None:
    facts = replace(OK, allow_tag=allow_tag, instance=instance(tags=tags))
    for kind in D:
        assert ("allow-tag" not in _ids(facts, kind)) is allowed


@pytest.mark.parametrize(
    ("instance_id", "says"),
    [
        ("mi-0123456789abcdef0", "mi-0123456789abcdef0 is a hybrid node outside of EC2: nothing here disrupts it."),
        ("i-0123456789abcdef0", "EC2 does not list i-0123456789abcdef0: it may be terminated."),
        ("", "EC2 does not list : it may be terminated."),
    ],
)
def test_that_what_ec2_does_not_list_is_refused_for_what_it_is(instance_id: str, says: str) -> None:
    refusal = refuse_unlisted(InstanceId(instance_id))
    assert refusal.guard_id == "unlisted"
    assert refusal.as_error().text() == f"{says} Choose an EC2 instance."


@pytest.mark.parametrize("kind", list(D))
@pytest.mark.parametrize(
    "change", [{"state": InstanceState("a word of tomorrow")}, {"state": InstanceState("")}, {"platform": "Linux/UNIX"}]
)
def test_that_a_word_that_is_not_known_allows_nothing(change: dict[str, object], kind: D) -> None:
    assert _ids(_with(**change), kind) == (["not-windows"] if "platform" in change else ["not-running"])
