"""EC2 as unmodified boto3 sees it."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rdpgui.lab.model import PowerState
from rdpgui.lab.world.children import Message
from tests.helpers.lab_front import Bench

Fleet = tuple[str, ...]


def _ids(answer: dict[str, Any]) -> list[str]:
    return [i["InstanceId"] for r in answer["Reservations"] for i in r["Instances"]]


def _code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_that_instances_are_listed_with_state_platform_and_tags(bench: Bench, fleet: Fleet) -> None:
    (reservation,) = bench.client("ec2").describe_instances(InstanceIds=[fleet[1]])["Reservations"]
    (instance,) = reservation["Instances"]
    assert instance["State"] == {"Code": 16, "Name": "running"}
    assert (instance["Platform"], instance["RootDeviceType"]) == ("windows", "ebs")
    assert {"Key": "Name", "Value": "web-1"} in instance["Tags"]
    assert instance["LaunchTime"].utcoffset().total_seconds() == 0


def test_that_own_answer_agrees_with_moto_member_by_member(bench: Bench, fleet: Fleet) -> None:
    own = bench.client("ec2").describe_instances(InstanceIds=[fleet[0]])["Reservations"][0]["Instances"][0]
    moto = bench.seam.call("ec2", "DescribeInstances", InstanceIds=[fleet[0]])["Reservations"][0]["Instances"][0]
    differing = {"LaunchTime", "BlockDeviceMappings", "HibernationOptions", "NetworkInterfaces", "MetadataOptions"}
    common = (set(own) & set(moto)) - differing
    assert {"ImageId", "State", "Tags", "Placement", "PrivateIpAddress", "SubnetId", "VpcId", "Monitoring"} <= common
    assert {name: own[name] for name in common} == {name: moto[name] for name in common}
    named = ("NetworkInterfaceId", "PrivateIpAddress", "SubnetId", "VpcId", "MacAddress", "Status")
    assert [[nic[name] for name in named] for nic in own["NetworkInterfaces"]] == [
        [nic[name] for name in named] for nic in moto["NetworkInterfaces"]
    ]
    assert [d["Ebs"]["VolumeId"] for d in own["BlockDeviceMappings"]] == [
        d["Ebs"]["VolumeId"] for d in moto["BlockDeviceMappings"]
    ]


def test_that_pages_count_instances(bench: Bench, fleet: Fleet) -> None:
    pages = list(bench.client("ec2").get_paginator("describe_instances").paginate(MaxResults=5))
    assert [len(_ids(page)) for page in pages] == [5, 2]
    assert tuple(i for page in pages for i in _ids(page)) == fleet


def test_that_a_filtered_list_is_paged_after_filtering(bench: Bench, fleet: Fleet) -> None:
    filters = [{"Name": "tag:Name", "Values": ["web-*"]}, {"Name": "tag-key", "Values": ["tier"]}]
    pages = list(bench.client("ec2").get_paginator("describe_instances").paginate(Filters=filters, MaxResults=6))
    assert [len(_ids(page)) for page in pages] == [6, 1]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("instance-state-name", ["stopped"], [2]),
        ("instance-state-name", ["run*", "stopped"], [0, 1, 2, 3, 4, 5, 6]),
        ("platform", ["windows"], [0, 1, 2, 3, 4, 5, 6]),
        ("platform", ["linux"], []),
        ("tag:Name", ["web-3", "web-5"], [3, 5]),
        ("tag:Name", ["web-[35]"], []),
        ("tag:tier", ["a"], [1, 4]),
        ("tag:absent", ["*"], []),
        ("instance-state-code", ["80"], [2]),
    ],
)
def test_that_filters_choose(bench: Bench, fleet: Fleet, name: str, values: list[str], expected: list[int]) -> None:
    bench.set_power(fleet[2], PowerState.STOPPED)
    answer = bench.client("ec2").describe_instances(Filters=[{"Name": name, "Values": values}])
    assert _ids(answer) == [fleet[n] for n in expected]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"InstanceIds": ["i-0123456789abcdef0"]}, "InvalidInstanceID.NotFound"),
        ({"InstanceIds": ["i-nonsense"]}, "InvalidInstanceID.Malformed"),
        ({"MaxResults": 3}, "InvalidParameterValue"),
        ({"MaxResults": 1001}, "InvalidParameterValue"),
        ({"NextToken": "bm9uc2Vuc2U="}, "InvalidNextToken"),
        ({"Filters": [{"Name": "no-such-filter", "Values": ["x"]}]}, "InvalidParameterValue"),
    ],
)
def test_that_wrong_questions_get_the_error_of_ec2(bench: Bench, params: dict[str, Any], code: str) -> None:
    with pytest.raises(ClientError) as error:
        bench.client("ec2").describe_instances(**params)
    assert _code(error) == code
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_that_page_size_and_ids_do_not_go_together(bench: Bench, fleet: Fleet) -> None:
    with pytest.raises(ClientError) as error:
        bench.client("ec2").describe_instances(InstanceIds=[fleet[0]], MaxResults=5)
    assert _code(error) == "InvalidParameterCombination"


def test_that_reasons_are_told_only_when_there_are_some(bench: Bench, fleet: Fleet) -> None:
    bench.seam.instances.set_power(
        fleet[0],
        PowerState.STOPPED,
        reason_code="Client.InstanceInitiatedShutdown",
        reason_message="Client.InstanceInitiatedShutdown: Instance initiated shutdown",
        transition_reason="",
    )
    stopped, running = (
        bench.client("ec2").describe_instances(InstanceIds=[i])["Reservations"][0]["Instances"][0] for i in fleet[:2]
    )
    assert stopped["StateReason"]["Code"] == "Client.InstanceInitiatedShutdown"
    assert "PublicIpAddress" not in stopped
    assert "StateReason" not in running


def test_that_stopping_passes_its_switches_on_and_returns_both_states(bench: Bench, fleet: Fleet) -> None:
    ec2 = bench.client("ec2")
    bench.up(fleet[0], fleet[1])
    answer = ec2.stop_instances(InstanceIds=[fleet[0]], Force=True, SkipOsShutdown=True)
    assert answer["StoppingInstances"] == [
        {
            "InstanceId": fleet[0],
            "CurrentState": {"Code": 64, "Name": "stopping"},
            "PreviousState": {"Code": 16, "Name": "running"},
        }
    ]
    assert (bench.guest(fleet[0]).alive, bench.guest(fleet[0]).heard) == (False, [])
    ec2.stop_instances(InstanceIds=[fleet[1]], Force=True)
    assert (bench.guest(fleet[1]).alive, bench.guest(fleet[1]).heard) == (True, [{"do": "acpi", "action": "shutdown"}])
    bench.played.timeline.advance(30)
    assert not bench.guest(fleet[1]).alive


def test_that_starting_rebooting_and_crashing_reach_the_world(bench: Bench, fleet: Fleet) -> None:
    ec2 = bench.client("ec2")
    bench.set_power(fleet[1], PowerState.STOPPED)
    bench.up(*fleet[2:5])
    assert ec2.start_instances(InstanceIds=[fleet[1]])["StartingInstances"][0]["CurrentState"]["Name"] == "pending"
    ec2.reboot_instances(InstanceIds=[fleet[2]])
    ec2.send_diagnostic_interrupt(InstanceId=fleet[3])
    ec2.terminate_instances(InstanceIds=[fleet[4]])
    assert [bench.guest(name).heard for name in fleet[2:5]] == [
        [{"do": "acpi", "action": "restart"}],
        [{"do": "crash"}],
        [{"do": "acpi", "action": "shutdown"}],
    ]
    assert bench.world.instances.state(fleet[4]) is PowerState.SHUTTING_DOWN


@pytest.mark.parametrize("operation", ["start", "stop", "reboot", "terminate"])
def test_that_a_dry_run_changes_nothing(bench: Bench, fleet: Fleet, operation: str) -> None:
    bench.up(fleet[0])
    state = PowerState.STOPPED if operation == "start" else PowerState.RUNNING
    bench.set_power(fleet[0], state)
    with pytest.raises(ClientError) as error:
        getattr(bench.client("ec2"), f"{operation}_instances")(InstanceIds=[fleet[0]], DryRun=True)
    assert _code(error) == "DryRunOperation"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert (bench.world.instances.state(fleet[0]), bench.guest(fleet[0]).heard) == (state, [])


def test_that_the_worlds_refusal_reaches_the_client(bench: Bench, fleet: Fleet) -> None:
    bench.set_power(fleet[5], PowerState.TERMINATED)
    with pytest.raises(ClientError) as error:
        bench.client("ec2").start_instances(InstanceIds=[fleet[5]])
    assert _code(error) == "IncorrectInstanceState"


def test_that_status_checks_cover_stopped_instances_only_on_request(bench: Bench, fleet: Fleet) -> None:
    bench.set_power(fleet[0], PowerState.STOPPED)
    ec2 = bench.client("ec2")
    running = ec2.describe_instance_status()["InstanceStatuses"]
    everything = ec2.describe_instance_status(IncludeAllInstances=True)["InstanceStatuses"]
    assert [row["InstanceId"] for row in running] == list(fleet[1:])
    assert running[0]["InstanceStatus"] == {
        "Status": "impaired",
        "Details": [{"Name": "reachability", "Status": "failed"}],
    }
    assert everything[0]["InstanceStatus"]["Status"] == "not-applicable"


def test_that_a_screenshot_is_base64_of_a_jpeg(bench: Bench, fleet: Fleet) -> None:
    bench.up(fleet[0])
    guest = bench.guest(fleet[0])

    def paint(message: Message) -> None:
        Path(str(message["path"])).write_bytes(b"\xff\xd8\xffscreen")
        guest.say("screenshot", path=message["path"])

    guest.answers = paint
    picture = bench.client("ec2").get_console_screenshot(InstanceId=fleet[0])["ImageData"]
    assert base64.b64decode(picture) == b"\xff\xd8\xffscreen"


def test_that_attributes_and_tags_come_from_moto(bench: Bench, fleet: Fleet) -> None:
    ec2 = bench.client("ec2")
    ec2.modify_instance_attribute(InstanceId=fleet[6], DisableApiStop={"Value": True})
    answer = ec2.describe_instance_attribute(InstanceId=fleet[6], Attribute="disableApiStop")
    assert answer["DisableApiStop"] == {"Value": True}
    assert bench.seam.instances.stop_protected(fleet[6])
    ec2.create_tags(Resources=[fleet[6]], Tags=[{"Key": "k", "Value": "<ü & b>"}])
    tags = ec2.describe_instances(InstanceIds=[fleet[6]])["Reservations"][0]["Instances"][0]["Tags"]
    assert {"Key": "k", "Value": "<ü & b>"} in tags


@pytest.mark.parametrize("form", ["structure", "name and value"])
def test_that_guard_rails_of_an_instance_are_really_changed(bench: Bench, fleet: Fleet, form: str) -> None:
    ec2, name = bench.client("ec2"), fleet[5]
    groups = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]["SecurityGroups"]

    def change(attribute: str, value: Any) -> None:
        member = attribute[0].upper() + attribute[1:]
        text = str(value).lower() if isinstance(value, bool) else value
        params = {member: {"Value": value}} if form == "structure" else {"Attribute": attribute, "Value": text}
        ec2.modify_instance_attribute(InstanceId=name, **params)

    def read(attribute: str) -> Any:
        answer = ec2.describe_instance_attribute(InstanceId=name, Attribute=attribute)
        return answer[attribute[0].upper() + attribute[1:]]["Value"]

    for behaviour in ("terminate", "stop"):
        change("instanceInitiatedShutdownBehavior", behaviour)
        assert read("instanceInitiatedShutdownBehavior") == behaviour
        assert bench.seam.instances.shutdown_behaviour(name) == behaviour
    for protected in (True, False):
        for attribute in ("disableApiStop", "disableApiTermination"):
            change(attribute, protected)
            assert read(attribute) is protected
        assert bench.seam.instances.stop_protected(name) is protected
        assert bench.seam.instances.termination_protected(name) is protected
    after = ec2.describe_instances(InstanceIds=[name])["Reservations"][0]["Instances"][0]["SecurityGroups"]
    assert after == groups


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"InstanceInitiatedShutdownBehavior": {"Value": "sleep"}}, "InvalidParameterValue"),
        ({"Attribute": "disableApiStop", "Value": "perhaps"}, "InvalidParameterValue"),
        (
            {"InstanceInitiatedShutdownBehavior": {"Value": "stop"}, "DisableApiStop": {"Value": True}},
            "InvalidParameterCombination",
        ),
        ({"InstanceInitiatedShutdownBehavior": {"Value": "terminate"}, "DryRun": True}, "DryRunOperation"),
    ],
)
def test_that_a_wrong_change_of_an_attribute_is_refused(
    bench: Bench, fleet: Fleet, params: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as error:
        bench.client("ec2").modify_instance_attribute(InstanceId=fleet[4], **params)
    assert _code(error) == code
    assert bench.seam.instances.shutdown_behaviour(fleet[4]) == "stop"
    assert not bench.seam.instances.stop_protected(fleet[4])


def test_that_an_attribute_of_an_unknown_instance_is_not_found(bench: Bench) -> None:
    with pytest.raises(ClientError) as error:
        bench.client("ec2").modify_instance_attribute(
            InstanceId="i-0123456789abcdef0", InstanceInitiatedShutdownBehavior={"Value": "stop"}
        )
    assert _code(error) == "InvalidInstanceID.NotFound"


def test_that_nobody_launches_a_machine_without_a_guest(bench: Bench) -> None:
    with pytest.raises(ClientError) as error:
        bench.client("ec2").run_instances(ImageId="ami-0aa0000000002022a", MinCount=1, MaxCount=1)
    assert _code(error) == "VcpuLimitExceeded"


@pytest.mark.parametrize(("client", "operation"), [("ec2", "describe_verified_access_groups")])
def test_that_an_unsupported_operation_is_an_invalid_action(bench: Bench, client: str, operation: str) -> None:
    with pytest.raises(ClientError) as error:
        getattr(bench.client(client), operation)()
    assert _code(error) == "InvalidAction"
    assert b"html" not in bench.replies[-1].answer.body.lower()
