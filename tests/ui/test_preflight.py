"""The preflight in full: what helps can be copied, a repair is shown as a diff and asked for before it is made."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel, QLineEdit, QListWidget, QPlainTextEdit

from rdpgui.core.account_events import EmergencyStopped
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.repair import Repair, RepairKind
from tests.ui import snapshots
from tests.ui.conftest import Bench

BEFORE = '{"Version": "2012-10-17", "Statement": []}'
AFTER = '{"Version": "2012-10-17", "Statement": [{"Sid": "ConnectionRecording"}]}'
REPAIR = Repair(RepairKind.BUCKET_POLICY, "films", BEFORE, AFTER)
CHECKS = (
    PreflightCheck("clock", Severity.WARN, True, "Clocks agree.", source="sts:GetCallerIdentity", cli="aws sts x"),
    PreflightCheck(
        "bucket-policy",
        Severity.BLOCK,
        False,
        "The bucket policy does not allow GUI Connect to put objects for this account.",
        (),
        "Allow it.",
        "s3:GetBucketPolicy",
        policy='{\n  "Sid": "ConnectionRecording"\n}',
        cli="aws s3api put-bucket-policy --bucket films",
        repair=REPAIR,
    ),
    PreflightCheck("rdp-port", Severity.WARN, None, "Known there only.", (), "Run it.", "ssm:SendCommand", cli="aws y"),
)


def _opened(bench: Bench) -> Any:
    bench.window.ui_state.select_instance(snapshots.WEB1)
    bench.workbench.replies.show_preflight(CHECKS)
    bench.press("preflight_details")
    return bench.dialog("preflight_dialog")


def _said(dialog: Any, name: str) -> str:
    return str(dialog.findChild(QLabel, name).text())


def test_that_what_does_not_hold_comes_first_and_what_helps_can_be_copied(bench: Bench) -> None:
    bench.show(snapshots.seeded())
    dialog = _opened(bench)
    rows = dialog.findChild(QListWidget, "preflight_checks")
    assert rows.count() == 3 and rows.currentRow() == 0
    assert "does not allow GUI Connect" in _said(dialog, "preflight_text")
    assert _said(dialog, "preflight_remedy") == "Allow it."
    for name, text in (("preflight_policy", CHECKS[1].policy), ("preflight_cli", CHECKS[1].cli)):
        assert dialog.findChild(QPlainTextEdit, name).toPlainText() == text
        dialog.findChild(QAbstractButton, f"{name}_copy").click()
        assert QGuiApplication.clipboard().text() == text
    rows.setCurrentRow(1)
    assert not dialog.findChild(QAbstractButton, "preflight_apply").isVisible()
    assert dialog.findChild(QPlainTextEdit, "preflight_cli").toPlainText() == "aws y"
    assert not dialog.findChild(QPlainTextEdit, "preflight_policy").isVisible()


def test_that_a_repair_is_asked_for_with_its_diff_and_its_undo_too(bench: Bench) -> None:
    bench.show(snapshots.seeded())
    dialog = _opened(bench)
    dialog.findChild(QAbstractButton, "preflight_apply").click()
    asked = bench.dialog("repair_dialog")
    shown = asked.findChild(QPlainTextEdit, "repair_diff").toPlainText()
    assert '-  "Statement": []' in shown and '+      "Sid": "ConnectionRecording"' in shown
    assert "put-bucket-policy" in asked.findChild(QPlainTextEdit, "repair_cli").toPlainText()
    asked.findChild(QAbstractButton, "repair_go").click()
    assert bench.commands.orders[-1] == ("repair", REPAIR, snapshots.WEB1, False)
    bench.workbench.replies.show_preflight(None, running=True)
    bench.workbench.replies.show_preflight(CHECKS[::2])
    bench.workbench.replies.show_repairs((REPAIR,))
    assert dialog.findChild(QListWidget, "preflight_checks").count() == 2
    dialog.findChild(QAbstractButton, "preflight_undo_0").click()
    asked = bench.dialog("repair_dialog")
    assert '+  "Statement": []' in asked.findChild(QPlainTextEdit, "repair_diff").toPlainText()
    asked.findChild(QAbstractButton, "repair_go").click()
    assert bench.commands.orders[-1] == ("repair", REPAIR, snapshots.WEB1, True)


def test_that_on_aws_a_repair_needs_arming_and_the_number_of_the_account(bench: Bench) -> None:
    bench.show(snapshots.seeded(lab=False))
    dialog = _opened(bench)
    apply = dialog.findChild(QAbstractButton, "preflight_apply")
    assert not apply.isEnabled() and "Arm fin-web-01 first" in _said(dialog, "preflight_why")
    bench.show(snapshots.armed(snapshots.seeded(lab=False)))
    assert apply.isEnabled() and _said(dialog, "preflight_why") == ""
    apply.click()
    asked = bench.dialog("repair_dialog")
    go = asked.findChild(QAbstractButton, "repair_go")
    assert not go.isEnabled()
    asked.findChild(QLineEdit, "repair_typed").setText(snapshots.ACCOUNT)
    go.click()
    assert bench.commands.orders[-1] == ("repair", REPAIR, snapshots.WEB1, False)
    bench.show(snapshots.fold(snapshots.armed(snapshots.seeded(lab=False)), EmergencyStopped(snapshots.NOW)))
    assert not apply.isEnabled() and "emergency stop is on" in _said(dialog, "preflight_why")


def test_that_nothing_opens_before_anything_was_checked(bench: Bench) -> None:
    bench.show(snapshots.seeded())
    bench.window.ui_state.select_instance(snapshots.WEB1)
    bench.workbench.replies.show_preflight(CHECKS)
    bench.workbench.replies.show_preflight(None, running=True)  # of another instance: these are not its checks
    bench.window.actions_by_name["preflight"].trigger()
    assert bench.window.findChild(QDialog, "preflight_dialog") is None


def test_that_the_policy_or_template_that_helps_is_named_and_copied_whole(bench: Bench, tmp_path: Path) -> None:
    file = tmp_path / "iam" / "disrupt.json"
    file.parent.mkdir()
    file.write_text('{"Version": "2012-10-17"}')
    bench.show(snapshots.seeded())
    bench.window.ui_state.select_instance(snapshots.WEB1)
    checks = [replace(CHECKS[1], file=str(file)), replace(CHECKS[2], file=f"{tmp_path}/gone")]
    bench.workbench.replies.show_preflight(checks)
    bench.press("preflight_details")
    dialog = bench.dialog("preflight_dialog")
    assert dialog.findChild(QPlainTextEdit, "preflight_file").toPlainText() == '{"Version": "2012-10-17"}'
    assert "disrupt.json" in _said(dialog, "preflight_file_name")
    dialog.findChild(QAbstractButton, "preflight_file_copy").click()
    assert QGuiApplication.clipboard().text() == '{"Version": "2012-10-17"}'
    dialog.findChild(QListWidget, "preflight_checks").setCurrentRow(1)
    assert not dialog.findChild(QPlainTextEdit, "preflight_file").isVisible()
