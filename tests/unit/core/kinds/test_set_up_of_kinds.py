"""What about an instance forbids a kind: its type, its root volume, what a shutdown does to it, and its protection.

Source: EC2 user guide (instance types by hypervisor, stop and start, hibernation, shutdown behaviour, stop protection).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from rdpgui.core.disruption import DisruptionId as D
from rdpgui.core.disruption import Effect, Origin
from rdpgui.core.instance import InstanceProtection, InstanceState
from rdpgui.core.kinds.halt import INITIATED_BY_USER, reason_of
from rdpgui.core.kinds.kind import DELAY, Ec2Call, EndSession, GuestScript
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.run_events import InstanceChanged
from tests.unit.core.samples import RUN, at, facts_of, instance

STOPS = [kind for kind in DISRUPTIONS.values() if kind.effect is Effect.HALT]
BY_API = [kind.disruption_id for kind in STOPS if kind.origin is Origin.CONTROL_PLANE]


def _refused(kind: D, item: dict[str, object] | None = None, **facts: object) -> list[str]:
    found = facts_of(instance(**(item or {})), **facts)
    return [r.guard_id for guard in DISRUPTIONS[kind].guards if (r := guard.refuse(found)) is not None]


@pytest.mark.parametrize(
    ("instance_type", "taken"),
    [
        *(
            (f"{family}.large", False)
            for family in ("t2", "m3", "m4", "c4", "r4", "i3", "x1e", "d2", "g3s", "p2", "p3")
        ),
        *(
            (f"{family}.large", True)
            for family in ("t3", "t3a", "m5", "m7i", "c5n", "r5b", "i3en", "p3dn", "g4dn", "d3")
        ),
        ("i3.metal", True),  # bare metal has no hypervisor, and is built on Nitro whatever its family
        ("m7i.metal-24xl", True),
        ("i3.16xlarge", False),
        ("i3", False),
        ("", True),  # not known: the rehearsal says so
        ("z99.large", True),
    ],
)
def test_that_only_types_on_nitro_take_a_diagnostic_interrupt(instance_type: str, taken: bool) -> None:
    refused = _refused(D.DIAGNOSTIC_INTERRUPT, {"instance_type": instance_type})
    assert refused == ([] if taken else ["no-interrupt"])


@pytest.mark.parametrize("kind", [kind.disruption_id for kind in STOPS])
@pytest.mark.parametrize(
    ("root", "refused"), [("ebs", []), ("instance-store", ["instance-store"]), ("", ["root-volume-unknown"])]
)
def test_that_a_stop_needs_a_root_volume_that_outlives_it(kind: D, root: str, refused: list[str]) -> None:
    assert _refused(kind, {"root_device_type": root}) == refused


@pytest.mark.parametrize("kind", BY_API)
@pytest.mark.parametrize(("protected", "refused"), [(False, []), (True, ["stop-protected"]), (None, [])])
def test_that_stop_protection_refuses_what_stops_by_api_where_it_is_known_to_be_on(
    kind: D, protected: bool | None, refused: list[str]
) -> None:
    assert _refused(kind, protection=InstanceProtection("stop", protected)) == refused
    assert _refused(D.OS_SHUTDOWN, protection=InstanceProtection("stop", protected)) == []


@pytest.mark.parametrize(
    ("behaviour", "read", "refused"),
    [
        ("stop", True, []),
        ("terminate", True, ["terminate-on-shutdown"]),
        ("hibernate", True, ["terminate-on-shutdown"]),  # a word that is not "stop" is not taken for it
        (None, True, ["shutdown-behaviour-unknown"]),
        (None, False, []),  # nobody tried: who acts asks again
        ("terminate", False, []),
    ],
)
def test_that_a_shutdown_from_inside_is_refused_unless_it_certainly_stops(
    behaviour: str | None, read: bool, refused: list[str]
) -> None:
    protection = InstanceProtection(behaviour, False)
    assert _refused(D.OS_SHUTDOWN, protection=protection, protection_read=read) == refused
    assert all(_refused(kind, protection=protection, protection_read=read) == [] for kind in BY_API)


@pytest.mark.parametrize("kind", list(D))
def test_that_a_refusal_can_be_read_and_says_what_helps(kind: D) -> None:
    worst = instance(root_device_type="", hibernation=None, instance_type="t2.micro")
    for facts in (
        facts_of(worst, protection=InstanceProtection(None, True)),
        facts_of(replace(worst, name=""), protection=None),
    ):
        for guard in DISRUPTIONS[kind].guards:
            refusal = guard.refuse(facts)
            if refusal is not None:
                assert "{" not in refusal.text()
                assert refusal.remedy
                assert refusal.guard_id != guard.check_id or guard.check_id == "allow-tag"


# -- orders ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "operation", "options"),
    [
        (D.EC2_REBOOT, "RebootInstances", ()),
        (D.EC2_STOP, "StopInstances", ()),
        (D.STOP_FORCE, "StopInstances", ("Force",)),
        (D.STOP_SKIP_OS_SHUTDOWN, "StopInstances", ("SkipOsShutdown",)),
        (D.HIBERNATE, "StopInstances", ("Hibernate",)),
        (D.DIAGNOSTIC_INTERRUPT, "SendDiagnosticInterrupt", ()),
    ],
)
def test_that_each_order_of_ec2_is_its_operation_with_its_one_option(
    kind: D, operation: str, options: tuple[str, ...]
) -> None:
    order = DISRUPTIONS[kind].order
    assert order == Ec2Call(operation, options)
    assert DISRUPTIONS[kind].call == " ".join((operation, *options))


@pytest.mark.parametrize(("kind", "flag"), [(D.OS_REBOOT, "/r"), (D.OS_SHUTDOWN, "/s")])
@pytest.mark.parametrize(("delay_s", "said"), [(0, "/t 0"), (15, "/t 15"), (-3, "/t 0")])
def test_that_windows_is_told_the_one_and_not_the_other(kind: D, flag: str, delay_s: int, said: str) -> None:
    order = DISRUPTIONS[kind].order
    assert isinstance(order, GuestScript)
    line = order.delayed(delay_s).lines[0]
    assert line.startswith(f"shutdown.exe {flag} {said} ")
    assert DELAY in order.lines[0], "the script itself stays as it is"
    assert DELAY not in line


def test_that_nothing_is_ordered_where_nothing_is_disrupted_but_the_end_of_the_session() -> None:
    assert DISRUPTIONS[D.CONTROL_NONE].order is None
    assert DISRUPTIONS[D.CONTROL_DISCONNECT].order == EndSession()
    assert {kind.action for kind in DISRUPTIONS.values() if kind.is_control} == {"", "ssm:TerminateSession"}


# -- who stopped it ---------------------------------------------------------------------------------------


def _halt(code: str, reason: str = "") -> InstanceChanged:
    return InstanceChanged(at(8.4), RUN, InstanceState.STOPPING, code, reason, at(8.0))


@pytest.mark.parametrize(
    ("halts", "code"),
    [
        ((_halt("Client.UserInitiatedShutdown"),), "Client.UserInitiatedShutdown"),
        ((_halt(""), _halt("Client.InstanceInitiatedShutdown")), "Client.InstanceInitiatedShutdown"),
        ((_halt("Client.InstanceInitiatedShutdown"), _halt("")), "Client.InstanceInitiatedShutdown"),
        ((_halt("Server.SpotInstanceTermination"), _halt("Client.UserInitiatedShutdown")), INITIATED_BY_USER),
        ((_halt("", "User initiated (2026-01-05 09:00:08 GMT)"),), INITIATED_BY_USER),
        ((_halt("Client.InstanceInitiatedShutdown", "User initiated (x)"),), "Client.InstanceInitiatedShutdown"),
        ((_halt("", "Server.SpotInstanceTermination"),), ""),
        ((_halt("", ""),), ""),
        ((_halt("", "not User initiated"),), ""),
        ((_halt("", "User initiated"), _halt("")), ""),  # the last one says it
    ],
)
def test_that_ec2_says_who_stopped_it_by_its_newest_code_else_by_its_text(
    halts: tuple[InstanceChanged, ...], code: str
) -> None:
    assert reason_of(halts) == code


def test_that_a_guard_never_changes_what_it_is_asked_of() -> None:
    found = facts_of(instance(root_device_type="instance-store"))
    before = replace(found)
    for kind in DISRUPTIONS.values():
        for guard in kind.guards:
            guard.refuse(found)
    assert found == before
