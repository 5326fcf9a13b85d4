"""Invented names: while they are shown no real one is anywhere in the window, and the evidence keeps the real ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QWidget,
)

from rdpgui.core.access import Access, CredentialKind, ProfileLine
from rdpgui.core.account_events import (
    Armed,
    IdentityObserved,
    InstancesObserved,
    PollFailed,
    SessionsObserved,
    Topic,
)
from rdpgui.core.aliases import Aliases, Named, letters
from rdpgui.core.events import RunEvent
from rdpgui.core.ids import RunId
from rdpgui.core.instance import ManagedNode
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.place import Place
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.repair import Repair, RepairKind
from rdpgui.core.run_events import NoteAdded, RunStarted
from rdpgui.core.state import AppState
from rdpgui.ui import plain
from rdpgui.ui.alias_words import alias_word
from rdpgui.ui.dialogs.confirm import ConfirmDialog
from rdpgui.ui.main_window import Page
from rdpgui.ui.show.scene import Step
from rdpgui.ui.tokens import Tone
from tests.ui.conftest import Bench
from tests.ui.snapshots import (
    ACCOUNT,
    INSTANCES,
    NODES,
    NOW,
    REGION,
    WATCHED,
    WEB1,
    armed,
    finished,
    fold,
    run_events,
    seeded,
    session,
)

CALLER = f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/tanaka.hanako"
ALIAS, PROFILE, COMPUTER, ADDRESS = "sandbox-audit", "prod-ops", "EC2AMAZ-77AA11C", "10.42.7.19"
SECRETS = (
    ACCOUNT,
    ALIAS,
    PROFILE,
    COMPUTER,
    ADDRESS,
    "tanaka",
    "lab-admin",
    "recordings-",
    "i-0c4d19ab",
    *(found.name for found in INSTANCES),
)
ERROR = "User: arn:aws:sts::998877665544:assumed-role/Ops/suzuki is not authorized to perform on i-0123456789abcdef0"
HERE = Place(account_id=ACCOUNT, region=REGION)
ALL_ROLES = (
    Qt.ItemDataRole.DisplayRole,
    Qt.ItemDataRole.ToolTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
    Qt.ItemDataRole.AccessibleDescriptionRole,
    Qt.ItemDataRole.StatusTipRole,
)


def state() -> AppState:
    """Return a finished run in an account whose every name is known by heart."""
    at = NOW - timedelta(minutes=1)
    first = replace(INSTANCES[0], private_ip=ADDRESS)
    node = ManagedNode(WEB1, NODES[0].ping_status, NOW, "3.3", "Windows", "2022", COMPUTER)
    access = Access(PROFILE, kind=CredentialKind.SSO, alias=ALIAS)
    own = replace(session("r1", at), owner=CALLER)
    began, *later = run_events()
    assert isinstance(began, RunStarted)
    events = (replace(began, place=HERE, plan=replace(began.plan, lab=False)), *later)
    return fold(
        armed(seeded(lab=False)),
        *events,
        IdentityObserved(at, ACCOUNT, CALLER, REGION, PROFILE, "", False, WATCHED, access),
        InstancesObserved(at, (first, *INSTANCES[1:]), (node, *NODES[1:]), WATCHED),
        SessionsObserved(at, (own,), WATCHED),
        NoteAdded(at, RunId("r1"), "error", ERROR, ()),
        Armed(NOW, ACCOUNT, REGION, WEB1, NOW + timedelta(hours=6)),
        PollFailed(at, Topic.OBJECTS, ERROR, ERROR),
    )


@pytest.fixture
def shown(bench: Bench) -> Iterator[Bench]:
    """The window with invented names, switched on while the real ones were shown."""
    bench.show(state())
    bench.workbench.show_settings(replace(bench.window.settings, aliases=True, profile=PROFILE))
    QApplication.processEvents()
    yield bench
    plain.use_aliases(None)


def texts_of(top: QWidget) -> Iterator[str]:
    """Yield every text of a widget and of all below it, shown or hidden."""
    for widget in (top, *top.findChildren(QWidget)):
        yield from _own(widget)
        if isinstance(widget, QAbstractItemView) and widget.model() is not None:
            yield from _cells(widget.model())
    for action in top.findChildren(QAction):
        yield from (action.text(), action.toolTip(), action.statusTip())


def _own(widget: QWidget) -> Iterator[str]:
    yield from (widget.toolTip(), widget.accessibleName(), widget.accessibleDescription(), widget.windowTitle())
    for name in ("text", "title", "whole", "placeholderText", "toPlainText"):
        found: Any = getattr(widget, name, None)
        value = found() if callable(found) else found
        if isinstance(value, str):
            yield value
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(place) for place in range(widget.count()))


def _cells(model: QAbstractItemModel) -> Iterator[str]:
    root = QModelIndex()
    try:
        columns = model.columnCount(root)
    except TypeError:  # of a list Qt keeps it for itself
        columns = 1
    for column in range(columns):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(model.rowCount(root)):
            for role in ALL_ROLES:
                yield str(model.data(model.index(row, column, root), role) or "")


def real_ones(texts: Iterator[str]) -> set[str]:
    """Return the texts that hold a real name."""
    found = (*SECRETS, "998877665544", "suzuki", "0123456789abcdef")
    return {text for text in texts if any(secret.lower() in text.lower() for secret in found)}


class Painted:
    """What is painted by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.texts: list[str] = []
        original = QPainter.drawText

        def draw(painter: QPainter, *args: Any) -> Any:
            self.texts += [found for found in args if isinstance(found, str)]
            return original(painter, *args)

        monkeypatch.setattr(QPainter, "drawText", draw)


def test_that_the_walk_finds_real_names_where_they_are_shown(bench: Bench) -> None:
    bench.show(state())
    bench.window.show_page(Page.HISTORY)
    bench.workbench.rendering.render()
    found = " ".join(real_ones(texts_of(bench.window)))
    known = (ACCOUNT, ALIAS, PROFILE, "tanaka", "i-0c4d19ab", "fin-web-01", "suzuki")
    missing = [secret for secret in known if secret not in found]
    assert missing == []


def test_that_no_page_shows_a_real_name(shown: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    painted = Painted(monkeypatch)
    for page in Page:
        shown.window.show_page(page)
        shown.workbench.rendering.render()
        shown.window.grab()
        assert real_ones(texts_of(shown.window)) == set()
    assert len(painted.texts) > 20
    assert real_ones(iter(painted.texts)) == set()


def test_that_no_message_shows_a_real_name(shown: Bench) -> None:
    shown.notifications.say(Tone.BAD, ERROR, f"{CALLER} {ACCOUNT}")
    assert real_ones(texts_of(shown.window)) == set()


def test_that_no_dialog_shows_a_real_name(shown: Bench) -> None:
    opened = 0
    for action in ("palette", "settings", "place", "about", "open-film", "matrix-start", "end-session"):
        shown.window.actions_by_name[action].trigger()
        shown.workbench.replies.show_profiles((ProfileLine(PROFILE, CredentialKind.SSO, account=ACCOUNT),), ERROR)
        for dialog in shown.window.findChildren(QDialog):
            opened += 1
            assert (action, real_ones(texts_of(dialog))) == (action, set())
            dialog.reject()
            dialog.deleteLater()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert opened >= 6


def test_that_preflight_and_repair_show_no_real_name_and_copy_what_works(shown: Bench) -> None:
    configured = shown.workbench.looked.state.preferences
    assert configured is not None and configured.preferences is not None
    bucket = configured.preferences.bucket
    repair = Repair(RepairKind.BUCKET_POLICY, bucket, None, f'{{"Resource": "{bucket}", "Account": "{ACCOUNT}"}}')
    line = f"aws s3api put-bucket-policy --bucket {bucket} --profile {PROFILE}"
    fields = (("caller", CALLER), ("instance", WEB1))
    check = PreflightCheck("x", Severity.BLOCK, False, "{caller}, {instance}", fields, "Ask.", policy=bucket, cli=line)
    shown.workbench.replies.show_preflight([replace(check, repair=repair)])
    shown.workbench.replies.show_repairs((repair,))
    shown.window.actions_by_name["preflight"].trigger()
    dialog = shown.dialog("preflight_dialog")
    assert real_ones(texts_of(dialog)) == set()
    dialog.findChild(QAbstractButton, "preflight_cli_copy").click()
    assert QGuiApplication.clipboard().text() == line
    dialog.findChild(QAbstractButton, "preflight_apply").click()
    asked = shown.dialog("repair_dialog")
    assert real_ones(texts_of(asked)) == set()
    asked.reject()
    dialog.reject()


def test_that_what_is_typed_to_confirm_is_the_name_that_is_shown(shown: Bench) -> None:
    known = shown.workbench.looked.state
    dialog = ConfirmDialog(
        next(iter(DISRUPTIONS.values())),
        known.instances[WEB1],
        known.identity,
        shown.window.ui_state.access_type,
        restore=True,
        others=known.sessions,
        parent=shown.window,
    )
    assert real_ones(texts_of(dialog)) == set()
    typed = dialog.findChild(QLineEdit, "confirm_typed")
    assert typed is not None
    go = dialog._go
    dialog._others.setChecked(True)
    typed.setText(plain.named(known.instances[WEB1].name))
    assert go.isEnabled()
    for other, right in ((known.instances[WEB1].name.upper(), False), (COMPUTER, False), ("fin-web-01", True)):
        typed.setText(other)
        assert go.isEnabled() is right
    dialog.deleteLater()


def test_that_the_presenter_view_shows_no_real_name(shown: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    events = tuple(event for event in run_events() if isinstance(event, RunEvent))

    def read(_run_id: RunId, on_read: Callable[[tuple[RunEvent, ...]], None]) -> None:
        on_read(events)

    shown.commands.read_events = read  # type: ignore[attr-defined]
    painted = Painted(monkeypatch)
    shown.workbench.present()
    director = shown.workbench.show
    assert director is not None
    assert director.view is not None
    for step in Step:
        director._enter(step)
        director._on_tick()
        director.view.grab()
        assert real_ones(texts_of(director.view)) == set()
    director.view.hide()
    assert real_ones(iter(painted.texts)) == set()


def test_that_the_real_names_come_back(shown: Bench) -> None:
    shown.workbench.show_settings(replace(shown.window.settings, aliases=False))
    shown.workbench.rendering.render()
    found = " ".join(real_ones(texts_of(shown.window)))
    assert "fin-web-01" in found
    assert ACCOUNT in found


def test_that_a_report_knows_names_that_no_window_has_shown(bench: Bench) -> None:
    named = bench.workbench.naming.for_run(finished().runs[RunId("r1")])
    said = named("recordings-123456789012 fin-web-01 lab-admin-r1 i-0c4d19ab77aa11c01")
    assert real_ones(iter([said])) == set()


def test_that_who_shows_invented_names_is_told_so(shown: Bench) -> None:
    assert shown.find(QWidget, "aliases_shown").isVisible()
    shown.window.actions_by_name["aliases"].trigger()
    assert ("set_setting", "aliases", False) in shown.commands.orders


# -- the table itself ----------------------------------------------------------


def table(known: dict[str, tuple[Named, int]] | None = None) -> Aliases:
    """Return a table with a server, a caller and a bucket."""
    made = Aliases(alias_word, known)
    made.learn_server("i-0c4d19ab77aa11c01", "fin-web-01", "EC2AMAZ-1", "東京サーバー01", address="10.0.0.7")
    made.learn(Named.USER, ["tanaka"])
    made.learn(Named.BUCKET, ["recordings"])
    return made


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("fin-web-01", "Server A"),
        ("FIN-WEB-01 (ec2amaz-1)", "Server A (Server A)"),
        ("Stop i-0c4d19ab77aa11c01 at 10.0.0.7.", "Stop i-A at Address A."),
        ("fin-web-011", "fin-web-011"),
        ("s3://recordings/tanaka-0ab/film.mp4", "s3://Bucket A/User 1-0ab/film.mp4"),
        ("i-00000000000000001 and i-0c4d19ab77aa11c01", "i-B and i-A"),
        ("account 123456789012, 123456789012", "account Account 1, Account 1"),
        ("arn:aws:sts::123456789012:assumed-role/Ops/sato was refused", "User 2 was refused"),
        ("サーバーfin-web-01を停止", "サーバーServer Aを停止"),
        ("その東京サーバー01を停止", "そのServer Aを停止"),
        ("2026-11-30 14:02:11, 412345 bytes", "2026-11-30 14:02:11, 412345 bytes"),
        ("", ""),
    ],
)
def test_that_real_names_are_replaced_wherever_they_stand(text: str, shown: str) -> None:
    assert table().shown(text) == shown


def test_that_a_name_keeps_its_number_from_one_start_to_the_next() -> None:
    first = table()
    again = Aliases(alias_word, dict(first.numbers))
    again.learn_server("i-0aaaaaaaaaaaaaaa1", "other")
    again.learn_server("i-0c4d19ab77aa11c01", "renamed")
    assert [again.shown(name) for name in ("fin-web-01", "renamed", "other")] == ["Server A", "Server A", "Server B"]


def test_that_a_hundred_thousand_names_cost_no_more_than_one() -> None:
    made = Aliases(alias_word)
    for number in range(20_000):
        made.learn_server(f"i-{number:017x}", f"web-{number:05d}")
    assert made.shown("From web-00007 to web-19999.") == f"From Server {letters(7)} to Server {letters(19999)}."


def test_that_names_everybody_has_are_no_secret() -> None:
    made = Aliases(alias_word)
    made.learn(Named.PROFILE, ["default", "", " "])
    assert made.shown("The default scenario") == "The default scenario"
