"""The policies in resources/iam allow what the program calls, each call by one of them, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from rdpgui.aws.denials import action_of
from rdpgui.core.repair import Repair, RepairKind, encryption_value
from tests.contract.test_every_call import calls_of_the_program

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
ROWS = {
    "looking": "observe",
    "disrupting": "disrupt",
    "repairing": "configure",
    "just-in-time": "just-in-time",
    "approving": "approve",
}
NO_CALL_OF_ITS_OWN = {"kms:Decrypt", "s3:GetObjectVersion", "s3:GetObjectVersionAttributes"}
"""S3 asks for these when an object is encrypted, or when one version of it is read."""
READS = ("Get", "List", "Describe", "Simulate", "Lookup", "Decrypt")


def allowed(name: str) -> set[str]:
    """Return the actions of a policy."""
    text = (RESOURCES / "iam" / f"{name}.json").read_text(encoding="utf-8")
    return {action for statement in json.loads(text)["Statement"] for action in statement["Action"]}


def _repairs() -> set[str]:
    made = set()
    for kind in RepairKind:
        value = encryption_value("AES256")
        repair = Repair(kind, "subject", None, value)
        made.add(action_of(repair.call().action))
        if kind not in (RepairKind.KEY_POLICY, RepairKind.SHUTDOWN_BEHAVIOUR):
            made.add(action_of(repair.undo().call().action))
    return made


def test_that_every_call_is_allowed_by_exactly_one_policy_and_nothing_else_is() -> None:
    made = {action_of(f"{service}:{operation}") for service, operation in calls_of_the_program()} | _repairs()
    given = [action for name in ROWS.values() for action in sorted(allowed(name))]
    assert sorted(given) == sorted(made | NO_CALL_OF_ITS_OWN), "a call belongs to one policy of resources/iam"


def test_that_looking_only_reads() -> None:
    assert [action for action in allowed("observe") if not action.split(":")[1].startswith(READS)] == []


def test_that_repairs_and_nothing_else_are_configured() -> None:
    assert allowed("configure") == _repairs()


@pytest.mark.parametrize("row", ROWS)
def test_that_the_page_of_permissions_says_the_same(row: str) -> None:
    page = (RESOURCES / "docs" / "permissions.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if line.startswith(f"| {row}"))
    assert set(re.findall(r"`([a-z0-9-]+:[A-Za-z]+)`", line)) == allowed(ROWS[row])


@pytest.mark.parametrize("name", ["disrupt", "configure"])
def test_that_instances_are_changed_only_where_their_tag_allows_it(name: str) -> None:
    text = (RESOURCES / "iam" / f"{name}.json").read_text(encoding="utf-8")
    on_instances = [item for item in json.loads(text)["Statement"] if ":instance/" in str(item["Resource"])]
    assert on_instances
    assert all("esourceTag/rdpgui:disruptable" in str(item.get("Condition")) for item in on_instances)
