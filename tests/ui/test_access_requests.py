"""Access requests in the window: listed with what they carry, asked for and decided only armed and confirmed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableView, QWidget

from rdpgui.core.access_requests import AccessRequest, Deed
from rdpgui.core.ids import AccessRequestId
from rdpgui.core.preflight import PreflightCheck, Severity
from tests.ui.conftest import Bench
from tests.ui.snapshots import NOW, WEB1, armed, seeded

OI = AccessRequestId("oi-0123456789ab")
PENDING = AccessRequest(
    OI, "PendingApproval", "arn:colleague", "Access", NOW, "e-1", (("accessrequest.reason", "ticket 7"), ("to", WEB1))
)
OLD = AccessRequest(AccessRequestId("oi-2"), "Revoked", "arn:me", "Older", NOW - timedelta(days=1))
PREDICTED = PreflightCheck(
    "access-type",
    Severity.WARN,
    True,
    "This identity may only ask: the console will open a just-in-time session.",
)


def _opened(bench: Bench, *, arm: bool = True, lab: bool = False) -> Any:
    state = seeded(lab=lab)
    bench.show(armed(state) if arm else state)
    bench.window.ui_state.select_instance(WEB1)
    bench.workbench.replies.show_preflight([PREDICTED])
    bench.window.actions_by_name["access-requests"].trigger()
    assert bench.commands.orders[-1] == ("list_access_requests",)
    bench.workbench.replies.show_access_requests([PENDING, OLD])
    return bench.dialog("access_dialog")


def _button(dialog: Any, name: str) -> Any:
    return dialog.findChild(QPushButton, name)


def _said(dialog: Any, name: str) -> str:
    return str(dialog.findChild(QLabel, name).text())


def _facts(dialog: Any) -> str:
    found = dialog.findChild(QWidget, "access_facts").findChildren(QLabel)
    return "\n".join(label.text() for label in found)


def test_that_a_request_is_shown_with_what_it_carries_and_what_can_be_done(bench: Bench) -> None:
    dialog = _opened(bench)
    assert all(part in _facts(dialog) for part in (OI, "arn:colleague", "ticket 7", "PendingApproval"))
    assert "just-in-time session" in _said(dialog, "access_predicted")
    assert [_button(dialog, f"access_{deed.name.lower()}").isEnabled() for deed in Deed] == [True, True, False, True]
    dialog.findChild(QTableView, "access_requests").selectRow(1)
    assert "Revoked" in _facts(dialog)
    assert not any(_button(dialog, f"access_{deed.name.lower()}").isEnabled() for deed in Deed)


def test_that_a_decision_is_typed_and_then_ordered(bench: Bench) -> None:
    dialog = _opened(bench)
    dialog.findChild(QLineEdit, "access_comment").setText("fine")
    _button(dialog, "access_approve").click()
    order = bench.dialog("order_dialog")
    go = order.findChild(QPushButton, "order_go")
    assert not go.isEnabled()
    order.findChild(QLineEdit, "order_typed").setText(OI)
    go.click()
    assert bench.commands.orders[-1] == ("decide_access", OI, Deed.APPROVE, "fine")


def test_that_a_request_is_filed_with_a_reason_after_the_instance_s_name(bench: Bench) -> None:
    dialog = _opened(bench)
    assert not _button(dialog, "access_file").isEnabled(), "without a reason"
    dialog.findChild(QLineEdit, "access_reason").setText("ticket 7")
    _button(dialog, "access_file").click()
    order = bench.dialog("order_dialog")
    order.findChild(QLineEdit, "order_typed").setText("fin-web-01")
    order.findChild(QPushButton, "order_go").click()
    assert bench.commands.orders[-1] == ("request_access", WEB1, "ticket 7")


def test_that_unarmed_nothing_can_be_filed_or_decided(bench: Bench) -> None:
    dialog = _opened(bench, arm=False)
    dialog.findChild(QLineEdit, "access_reason").setText("ticket 7")
    assert not _button(dialog, "access_file").isEnabled()
    assert "Arm" in _said(dialog, "access_why")
    assert not any(_button(dialog, f"access_{deed.name.lower()}").isEnabled() for deed in Deed)


def test_that_why_there_are_no_newer_requests_is_said_and_the_old_ones_stay(bench: Bench) -> None:
    dialog = _opened(bench, lab=True, arm=False)
    bench.workbench.replies.show_access_requests((), "ssm:DescribeOpsItems was denied.")
    assert "denied" in _said(dialog, "access_problem")
    table = dialog.findChild(QTableView, "access_requests")
    assert table.model().rowCount() == 2
    assert any(label.text() == "LAB" for label in dialog.findChildren(QLabel)), "what is of the lab says so"
    bench.workbench.replies.show_access_requests(())
    assert table.empty_text == "No request is to be seen."
    assert _facts(dialog) == ""
