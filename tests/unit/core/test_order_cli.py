"""Orders as lines to copy: what the line says is what the program would call."""

from __future__ import annotations

import json
import shlex

import pytest

from rdpgui.core.cli import ApiCall, CliPlace, as_cli
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.ids import InstanceId
from rdpgui.core.kinds.kind import GuestScript
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.order_cli import call_of

TARGET = InstanceId("i-0123456789abcdef0")
PLACE = CliPlace("eu-west-1", "work")


@pytest.mark.parametrize("disruption_id", [kind.disruption_id for kind in DISRUPTIONS.values() if kind.order])
def test_that_every_order_is_the_call_that_journals_name(disruption_id: DisruptionId) -> None:
    kind = DISRUPTIONS[disruption_id]
    assert kind.order is not None
    call = call_of(kind.order, TARGET, delay_s=15)
    assert call.action == kind.action
    words = shlex.split(as_cli(call, PLACE))
    assert words[0] == "aws" and words[-4:] == ["--region", "eu-west-1", "--profile", "work"]
    assert TARGET in words or "SESSION_ID" in words
    if isinstance(kind.order, GuestScript):
        assert json.loads(words[words.index("--parameters") + 1])["commands"] == list(kind.order.delayed(15).lines)
    else:
        assert "--dry-run" not in words


def test_that_options_of_a_stop_are_switches() -> None:
    kind = DISRUPTIONS[DisruptionId.STOP_SKIP_OS_SHUTDOWN]
    assert kind.order is not None
    line = as_cli(call_of(kind.order, TARGET), CliPlace())
    assert line == f"aws ec2 stop-instances --instance-ids {TARGET} --skip-os-shutdown"


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ("a b", "'a b'"),
        ("$(reboot)", "'$(reboot)'"),
        ("it's", "'it'\"'\"'s'"),
        ("\x1b[2J", r"$'\x1b[2J'"),
        ("é\u202e'", r"$'é\xe2\x80\xae\''"),
    ],
)
def test_that_no_value_is_a_command_or_acts_on_a_terminal(value: str, word: str) -> None:
    assert as_cli(ApiCall("ec2", "X", {"Name": value}), CliPlace()) == f"aws ec2 x --name {word}"
    assert as_cli(ApiCall("ec2", "X", {"Name": f"-{value}"}), CliPlace()).startswith("aws ec2 x ")


def test_that_a_value_that_looks_like_an_option_is_none() -> None:
    assert as_cli(ApiCall("ec2", "X", {"Name": "--force"}), CliPlace()) == "aws ec2 x --name=--force"
    assert as_cli(ApiCall("s3", "X", {"Value": {"Key": [1, False]}, "On": False}), CliPlace()) == (
        "aws s3api x --value '{\"Key\":[1,false]}' --no-on"
    )
