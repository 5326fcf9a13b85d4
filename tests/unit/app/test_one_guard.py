"""One guard, one mouth: guard, preflight and window block and allow the same targets for the same disruptions."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TypeVar, cast

import pytest

from rdpgui.aws.ec2 import Ec2Instances
from rdpgui.aws.once import Once
from rdpgui.aws.preflight_target import Asked, TargetPorts, guard_checks
from rdpgui.aws.ssm import SsmSessions
from rdpgui.core.account_events import InstancesObserved, PreferencesObserved
from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.errors import AccessDenied
from rdpgui.core.guards import target_refusals
from rdpgui.core.ids import InstanceId
from rdpgui.core.instance import ConnectionStatus, Instance, InstanceProtection, InstanceState, ManagedNode, PingStatus
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.ports import Identity
from rdpgui.core.recording import RecordingPreferences
from rdpgui.core.reduce import reduce
from rdpgui.core.refusal import TargetFacts
from rdpgui.core.state import AppState
from rdpgui.ui.refusals import refusals
from tests.unit.core.samples import ACCOUNT, REGION, T0, TARGET, facts_of, instance

T = TypeVar("T")
TAG = ("rdpgui:disruptable", "true")
SCALED = (("aws:autoscaling:groupName", "web"), TAG)
LOST = ManagedNode(TARGET, PingStatus.CONNECTION_LOST)
DISRUPTIVE = {disruption_id for disruption_id, kind in DISRUPTIONS.items() if not kind.is_control}
TARGETS: dict[str, TargetFacts] = {
    "sound": facts_of(instance()),
    "stopped": facts_of(instance(state=InstanceState.STOPPED)),
    "no Windows": facts_of(instance(platform="")),
    "without tag": facts_of(instance(tags=())),
    "spot": facts_of(instance(lifecycle="spot")),
    "scheduled": facts_of(instance(lifecycle="scheduled")),
    "capacity block": facts_of(instance(lifecycle="capacity-block")),
    "Auto Scaling": facts_of(instance(tags=SCALED)),
    "instance store": facts_of(instance(root_device_type="instance-store")),
    "root volume unknown": facts_of(instance(root_device_type="")),
    "without hibernation": facts_of(instance(hibernation=False)),
    "hibernation unknown": facts_of(instance(hibernation=None)),
    "Xen": facts_of(instance(instance_type="m4.large")),
    "terminates": facts_of(instance(), protection=InstanceProtection("terminate", False)),
    "protected": facts_of(instance(), protection=InstanceProtection("stop", True)),
    "protection unknown": facts_of(instance(), protection=None),
    "not managed": facts_of(instance(), node=None),
    "nodes unknown": facts_of(instance(), node=None, nodes_known=False),
    "agent lost": facts_of(instance(), node=LOST, connection=None),
    "not configured": facts_of(instance(), preferences=None),
}


class _Described:
    """Answers as the target's facts say; what is not known there is denied here."""

    def __init__(self, facts: TargetFacts) -> None:
        self._facts = facts

    async def instance(self, instance_id: InstanceId) -> Instance:
        return self._facts.instance

    async def protection(self, instance_id: InstanceId) -> InstanceProtection:
        return _known(self._facts.protection)

    async def nodes(self) -> tuple[ManagedNode, ...]:
        _known(self._facts.nodes_known or None)
        return (self._facts.node,) if self._facts.node is not None else ()

    async def connection_status(self, instance_id: InstanceId) -> ConnectionStatus:
        return _known(self._facts.connection)

    async def identity(self) -> Identity:
        return Identity(ACCOUNT, "arn", REGION, "", "", lab=False)

    async def preferences(self) -> RecordingPreferences | None:
        return self._facts.preferences


def _known(value: T | None) -> T:
    if value is None:
        raise AccessDenied("You may not call {operation}.", operation="it", code="AccessDenied")
    return value


def _refused(facts: TargetFacts) -> set[D]:
    return {disruption_id for disruption_id, kind in DISRUPTIONS.items() if target_refusals(facts, kind)}


@pytest.mark.parametrize("name", TARGETS)
def test_that_the_preflight_forbids_what_the_guard_forbids(name: str) -> None:
    facts = TARGETS[name]
    described = _Described(facts)
    ports = TargetPorts(cast(Ec2Instances, described), cast(SsmSessions, described))
    asked = Asked(TARGET, facts.allow_tag, Once(described.identity), Once(described.preferences))
    checks = asyncio.run(guard_checks(ports, asked))
    assert {kind for check in checks for kind in check.refuses} == _refused(facts)
    assert all(check.remedy for check in checks if check.refuses)
    assert all("{" not in check.shown() for check in checks)


@pytest.mark.parametrize("name", TARGETS)
def test_that_the_window_forbids_what_the_guard_forbids_by_what_is_known_while_looking(name: str) -> None:
    facts = TARGETS[name]
    state = AppState()
    nodes = None if not facts.nodes_known else (facts.node,) if facts.node is not None else ()
    for event in (InstancesObserved(T0, (facts.instance,), nodes), PreferencesObserved(T0, facts.preferences)):
        state = reduce(state, event)
    looked = replace(facts, protection=None, protection_read=False, connection=None)
    said = refusals(state, TARGET, T0, facts.allow_tag)
    forbidden = {disruption_id for disruption_id, why in said.disruptions.items() if why.reason != "Not armed"}
    assert forbidden == _refused(looked)
    assert forbidden <= _refused(facts)
    if facts.instance.state is InstanceState.RUNNING:
        assert (said.arm is not None) == (forbidden >= DISRUPTIVE)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("scheduled", set()),
        ("root volume unknown", {D.EC2_REBOOT, D.SSM_AGENT_STOP}),
        ("instance store", {D.EC2_REBOOT, D.OS_REBOOT}),
    ],
)
def test_that_targets_on_which_preflight_and_guard_once_disagreed_have_one_answer(name: str, allowed: set[D]) -> None:
    left = DISRUPTIVE - _refused(TARGETS[name])
    assert allowed <= left
    assert not left & {D.EC2_STOP, D.OS_SHUTDOWN, D.STOP_SKIP_OS_SHUTDOWN, D.HIBERNATE}
    assert bool(left) == bool(allowed)


@pytest.mark.case("P9")
@pytest.mark.parametrize(
    ("node_id", "said"), [("mi-0a", "hybrid node outside of EC2"), ("i-0ff", "EC2 does not list i-0ff")]
)
def test_that_a_node_that_ec2_does_not_list_is_refused_for_everything(node_id: str, said: str) -> None:
    node = ManagedNode(InstanceId(node_id), PingStatus.ONLINE)
    state = reduce(AppState(), InstancesObserved(T0, (instance(),), (node,)))
    refused = refusals(state, node.instance_id, T0, "")
    assert set(refused.disruptions) == set(DISRUPTIONS)
    every = {refused.common, refused.connect, refused.arm, *refused.disruptions.values()}
    assert {said in refusal.sentence for refusal in every if refusal is not None} == {True} and None not in every
