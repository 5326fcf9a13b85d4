"""Instance states: the tables, and the world's orders with guests played by the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from rdpgui.lab.model import LabError, PowerState
from rdpgui.lab.scenario import InstanceSpec, RootDevice
from rdpgui.lab.world.guests import iso
from rdpgui.lab.world.power import ANSWERS, MOVES, Cause, Order, PowerFacts, answer, moved
from tests.helpers.world_kit import FLEET, RUNNING, START, STOPPED, Kit, make_kit


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    made = make_kit(tmp_path)
    yield made
    made.world.close()


def shown(kit: Kit, instance_id: str) -> dict[str, object]:
    """The instance as moto's DescribeInstances shows it."""
    answer_ = kit.seam.call("ec2", "DescribeInstances", InstanceIds=[instance_id])
    instance = answer_["Reservations"][0]["Instances"][0]
    assert isinstance(instance, dict)
    return instance


def test_that_every_answer_is_the_state_itself_or_an_allowed_move() -> None:
    for order, answers in ANSWERS.items():
        for before, after in answers.items():
            assert after is before or after in MOVES[before], (order, before)


def test_that_nothing_leads_out_of_terminated() -> None:
    assert MOVES[PowerState.TERMINATED] == frozenset()


@pytest.mark.parametrize(
    ("order", "state"),
    [
        (Order.START, PowerState.STOPPING),
        (Order.START, PowerState.SHUTTING_DOWN),
        (Order.START, PowerState.TERMINATED),
        (Order.STOP, PowerState.PENDING),
        (Order.STOP, PowerState.TERMINATED),
        (Order.REBOOT, PowerState.STOPPED),
        (Order.REBOOT, PowerState.PENDING),
        (Order.INTERRUPT, PowerState.STOPPED),
    ],
)
def test_that_an_order_in_a_wrong_state_is_refused_as_ec2_does(order: Order, state: PowerState) -> None:
    with pytest.raises(LabError, match=r"is not in a state from which it can be") as caught:
        answer(order, state, "i-1")
    assert caught.value.code == "IncorrectInstanceState"


def test_that_a_move_outside_the_table_is_a_defect() -> None:
    with pytest.raises(ValueError, match="stopped does not lead to running"):
        moved(PowerFacts(STOPPED, START), RUNNING, START)


def test_that_the_reason_tells_who_shut_down() -> None:
    by_user = moved(PowerFacts(RUNNING, START), PowerState.STOPPING, START, Cause.USER)
    assert by_user.reason_code == "Client.UserInitiatedShutdown"
    assert by_user.reason_message == "Client.UserInitiatedShutdown: User initiated shutdown"
    assert by_user.transition_reason == "User initiated (2026-01-01 00:00:00 GMT)"
    inside = moved(PowerFacts(RUNNING, START), PowerState.STOPPING, START, Cause.INSTANCE)
    assert inside.reason_code == "Client.InstanceInitiatedShutdown"
    assert inside.transition_reason == ""


def test_that_a_stop_passes_through_stopping_and_ends_after_the_guest(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    assert kit.world.instances.stop(name) == (RUNNING, PowerState.STOPPING)
    assert guest.heard[-1] == {"do": "acpi", "action": "shutdown"}
    kit.timeline.advance(50)
    assert kit.world.instances.state(name) is PowerState.STOPPING
    kit.down(name, "shutdown")
    kit.timeline.advance(4.9)
    assert kit.world.instances.state(name) is PowerState.STOPPING
    kit.timeline.advance(0.2)
    assert kit.world.instances.state(name) is STOPPED
    facts = shown(kit, name)
    assert facts["State"] == {"Code": 80, "Name": "stopped"}
    assert facts["StateReason"] == {
        "Code": "Client.UserInitiatedShutdown",
        "Message": "Client.UserInitiatedShutdown: User initiated shutdown",
    }
    assert str(facts["StateTransitionReason"]).startswith("User initiated (2026-01-01 00:00:0")


def test_that_a_shutdown_inside_stops_the_instance_with_its_own_reason(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    kit.down(name, "shutdown")
    assert kit.world.instances.state(name) is PowerState.STOPPING
    kit.timeline.advance(5)
    assert kit.world.instances.state(name) is STOPPED
    assert "Client.InstanceInitiatedShutdown" in str(shown(kit, name)["StateReason"])


def test_that_a_shutdown_inside_terminates_where_the_attribute_says_so(kit: Kit) -> None:
    name = kit.ids["fragile"]
    kit.up(name)
    kit.down(name, "shutdown")
    assert kit.world.instances.state(name) is PowerState.SHUTTING_DOWN
    kit.timeline.advance(5)
    assert kit.world.instances.state(name) is PowerState.TERMINATED


def test_that_the_attribute_counts_as_it_is_now(kit: Kit) -> None:
    name = kit.ids["fragile"]
    kit.seam.call(
        "ec2",
        "ModifyInstanceAttribute",
        InstanceId=name,
        Attribute="instanceInitiatedShutdownBehavior",
        Value="stop",
    )
    kit.up(name)
    kit.down(name, "shutdown")
    assert kit.world.instances.state(name) is PowerState.STOPPING


def test_that_a_restart_inside_boots_again_without_leaving_running(kit: Kit) -> None:
    name = kit.ids["web"]
    before = kit.up(name)
    launched = shown(kit, name)["LaunchTime"]
    kit.timeline.advance(30)
    kit.down(name, "restart")
    assert kit.world.instances.state(name) is RUNNING
    after = kit.up(name)
    assert after is not before
    assert after.config["rfb_password"] != before.config["rfb_password"]
    assert shown(kit, name)["LaunchTime"] == launched
    assert iso(kit.world.guests.booted_at(name)) == "2026-01-01T00:00:38.000Z"


def test_that_a_start_changes_the_launch_time_and_clears_the_reasons(kit: Kit) -> None:
    name = kit.ids["idle"]
    kit.timeline.advance(100)
    assert kit.world.instances.start(name) == (STOPPED, PowerState.PENDING)
    assert kit.world.instances.start(name) == (PowerState.PENDING, PowerState.PENDING)
    assert kit.guests(name) == []
    kit.timeline.advance(10)
    assert kit.world.instances.state(name) is RUNNING
    assert kit.guest(name).config["instance_id"] == name
    facts = shown(kit, name)
    assert facts["LaunchTime"] == START + timedelta(seconds=104)
    assert "Client" not in str(facts.get("StateReason")) + str(facts.get("StateTransitionReason"))


def test_that_a_guest_that_ignores_the_button_is_cut_off(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    kit.world.instances.stop(name)
    kit.timeline.advance(99.9)
    assert guest in kit.living(name)
    kit.timeline.advance(0.1)
    assert guest not in kit.living(name)
    kit.timeline.advance(5)
    assert kit.world.instances.state(name) is STOPPED


def test_that_force_waits_less_and_skipping_the_shutdown_not_at_all(kit: Kit) -> None:
    forced, cut = kit.ids["web"], kit.ids["fragile"]
    kit.up(forced)
    kit.up(cut)
    kit.world.instances.stop(forced, force=True)
    kit.world.instances.stop(cut, skip_os_shutdown=True)
    assert len(kit.living(cut)) == 0
    assert kit.guest(forced).alive
    kit.timeline.advance(25)
    assert len(kit.living(forced)) == 0


def test_that_a_second_stop_without_shutdown_cuts_a_slow_guest(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    kit.world.instances.stop(name)
    assert kit.world.instances.stop(name, skip_os_shutdown=True) == (PowerState.STOPPING, PowerState.STOPPING)
    assert guest not in kit.living(name)


def test_that_a_dead_guest_leaves_the_instance_running_and_impaired_until_somebody_acts(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    assert kit.world.instances.status_check(name) == "ok"
    kit.world.instances.cut_power(name)
    kit.timeline.advance(600)
    assert kit.world.instances.state(name) is RUNNING
    assert kit.world.instances.status_check(name) == "impaired"
    assert not kit.world.agents.connected(name)
    with pytest.raises(LabError, match="has no running system"):
        kit.world.instances.cut_power(name)
    with pytest.raises(LabError, match="its system is down"):
        kit.world.instances.screenshot(name)
    kit.world.instances.reboot(name)
    assert kit.world.instances.status_check(name) == "initializing"
    kit.up(name)
    assert kit.world.agents.connected(name)


@pytest.mark.case("M12")
def test_that_only_a_running_instance_gives_a_screenshot(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    kit.world.instances.stop(name)
    assert kit.world.instances.state(name) is PowerState.STOPPING
    with pytest.raises(LabError) as refused:
        kit.world.instances.screenshot(name)
    assert refused.value.code == "IncorrectInstanceState"


def test_that_a_dead_guest_can_be_stopped(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    kit.world.instances.cut_power(name)
    kit.world.instances.stop(name)
    kit.timeline.advance(5)
    assert kit.world.instances.state(name) is STOPPED


def test_that_a_reboot_of_a_frozen_guest_ends_in_a_new_one(kit: Kit) -> None:
    name = kit.ids["web"]
    frozen = kit.up(name)
    kit.world.instances.reboot(name)
    assert frozen.heard[-1] == {"do": "acpi", "action": "restart"}
    kit.timeline.advance(100)
    assert not frozen.alive
    assert kit.guest(name) is not frozen


def test_that_a_diagnostic_interrupt_reaches_the_guest(kit: Kit) -> None:
    name = kit.ids["web"]
    guest = kit.up(name)
    kit.world.instances.interrupt(name)
    assert guest.heard[-1] == {"do": "crash"}
    with pytest.raises(LabError, match="IncorrectInstanceState"):
        kit.world.instances.interrupt(kit.ids["idle"])


def test_that_a_hibernated_guest_wakes_with_the_boot_time_it_had(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, fleet=(InstanceSpec("sleeper", hibernation=True),))
    name = kit.ids["sleeper"]
    guest = kit.up(name)
    guest.say("ready", boot_at_ms=1_700_000_000_000)
    booted = iso(kit.world.guests.booted_at(name))
    assert shown(kit, name)["HibernationOptions"] == {"Configured": True}
    kit.world.instances.stop(name, hibernate=True)
    assert guest.heard[-1] == {"do": "acpi", "action": "hibernate"}
    guest.say("off", action="hibernate")
    guest.leave(0)
    kit.timeline.advance(5)
    assert kit.world.instances.state(name) is STOPPED
    assert shown(kit, name)["StateReason"]["Code"] == "Client.UserInitiatedHibernate"  # type: ignore[index]
    kit.world.instances.start(name)
    kit.timeline.advance(10)
    assert kit.guest(name).config["boot_at_ms"] == 1_700_000_000_000
    kit.guest(name).say("booting", rfb_port=1, at_ms=1_800_000_000_000)
    assert iso(kit.world.guests.booted_at(name)) == booted
    kit.world.close()


def test_that_protection_refuses_and_changes_nothing(kit: Kit) -> None:
    name = kit.ids["kept"]
    guest = kit.up(name)
    for order in (kit.world.instances.stop, kit.world.instances.terminate):
        refuse: Callable[[str], object] = order
        with pytest.raises(LabError) as caught:
            refuse(name)
        assert caught.value.code == "OperationNotPermitted"
    assert guest.heard == []
    assert kit.world.instances.state(name) is RUNNING


def test_that_spot_and_instance_store_and_unprepared_hibernation_are_refused(tmp_path: Path) -> None:
    kit = make_kit(
        tmp_path,
        fleet=(InstanceSpec("spot", spot=True), InstanceSpec("store", root_device=RootDevice.INSTANCE_STORE), FLEET[0]),
    )
    for name in ("spot", "store"):
        with pytest.raises(LabError) as caught:
            kit.world.instances.stop(kit.ids[name])
        assert caught.value.code == "UnsupportedOperation"
    with pytest.raises(LabError) as caught:
        kit.world.instances.stop(kit.ids["web"], hibernate=True)
    assert caught.value.code == "UnsupportedHibernationConfiguration"
    kit.world.close()


def test_that_terminating_shuts_down_and_is_final(kit: Kit) -> None:
    name = kit.ids["web"]
    kit.up(name)
    assert kit.world.instances.terminate(name) == (RUNNING, PowerState.SHUTTING_DOWN)
    kit.down(name, "shutdown")
    kit.timeline.advance(5)
    assert kit.world.instances.terminate(name) == (PowerState.TERMINATED, PowerState.TERMINATED)
    with pytest.raises(LabError, match="IncorrectInstanceState"):
        kit.world.instances.start(name)


def test_that_terminating_a_starting_instance_never_boots_it(kit: Kit) -> None:
    name = kit.ids["idle"]
    kit.world.instances.start(name)
    kit.world.instances.terminate(name)
    kit.timeline.advance(60)
    assert kit.world.instances.state(name) is PowerState.TERMINATED
    assert kit.guests(name) == []


def test_that_an_unknown_instance_is_not_found(kit: Kit) -> None:
    for call in (
        kit.world.instances.state,
        kit.world.instances.start,
        kit.world.instances.reboot,
        kit.world.instances.cut_power,
    ):
        ask: Callable[[str], object] = call
        with pytest.raises(LabError) as caught:
            ask("i-0123456789abcdef0")
        assert caught.value.code == "InvalidInstanceID.NotFound"


def test_that_the_fleet_is_seeded_with_its_attributes_and_reserved_tags(tmp_path: Path) -> None:
    kit = make_kit(tmp_path, fleet=(InstanceSpec("asg", auto_scaling_group="web-fleet", tags={"team": "web"}),))
    facts = shown(kit, kit.ids["asg"])
    tags = facts["Tags"]
    assert isinstance(tags, list)
    assert {tag["Key"]: tag["Value"] for tag in tags} == {
        "Name": "asg",
        "lab": "true",
        "team": "web",
        "aws:autoscaling:groupName": "web-fleet",
    }
    assert facts["Platform"] == "windows"
    assert "instance-profile/lab-instance" in str(facts["IamInstanceProfile"])
    kit.world.close()
