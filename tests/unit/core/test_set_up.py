"""What a check lacks leads to a file that comes with the program, and only where that file helps."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from rdpgui.core.set_up import ACTIONS, SetUpFile, helping_file, policy_with

ROOT = Path(__file__).resolve().parents[3]


def _read(file: SetUpFile) -> Any:
    return json.loads((ROOT / "resources" / file.value).read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", list(ACTIONS))
def test_that_the_rule_knows_what_each_file_allows(file: SetUpFile) -> None:
    assert ACTIONS[file] == {action for item in _read(file)["Statement"] for action in item["Action"]}


def test_that_every_file_is_known_and_installed_with_the_program() -> None:
    for folder in ("iam", "cloudformation"):
        there = {f"{folder}/{path.name}" for path in (ROOT / "resources" / folder).glob("*.json")}
        assert there == {file.value for file in SetUpFile if file.value.startswith(f"{folder}/")}
    made = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]
    inside = made["targets"]["wheel"]["force-include"]
    for folder in ("iam", "cloudformation", "lab", "locale", "report"):
        assert inside[f"resources/{folder}"] == f"rdpgui/_resources/{folder}"


def test_that_a_policy_is_named_only_where_it_allows_all_that_is_missing() -> None:
    assert policy_with(["s3:GetObject", "kms:Decrypt"]) is SetUpFile.OBSERVE
    assert policy_with(["ec2:StopInstances"]) is SetUpFile.DISRUPT
    assert policy_with(["s3:GetObject", "ec2:StopInstances"]) is None
    assert policy_with(["ssm-guiconnect:StartConnection"]) is None, "the console's business"
    assert policy_with([]) is None


@pytest.mark.parametrize(
    ("check_id", "held", "denied", "file"),
    [
        ("recording", False, (), SetUpFile.TEMPLATE),
        ("recording", None, ("ssm-guiconnect:GetConnectionRecordingPreferences",), SetUpFile.OBSERVE),
        ("recording", None, (), None),
        ("recording", True, (), None),
        ("may-stop", False, ("ec2:StopInstances",), SetUpFile.DISRUPT),
        ("may-connect", False, ("ssm:StartAccessRequest",), SetUpFile.JUST_IN_TIME),
        ("clock", False, (), None),
    ],
)
def test_that_a_check_leads_to_what_it_lacks(
    check_id: str, held: bool | None, denied: tuple[str, ...], file: SetUpFile | None
) -> None:
    assert helping_file(check_id, held, denied) is file
