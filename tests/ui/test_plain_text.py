"""The sweep: every widget that shows a text of AWS or of a person is fed what no widget should take at its word.

Markup, escape sequences, controls of direction, ten thousand characters: nothing is rendered as markup, nothing acts,
and the layout stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import QAbstractItemModel, QAbstractTableModel, QModelIndex, QPoint, Qt
from PySide6.QtGui import QAction, QHelpEvent
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QLabel,
    QPlainTextEdit,
    QTextEdit,
    QToolTip,
    QWidget,
)

from rdpgui.core.account_events import (
    Armed,
    IdentityObserved,
    InstancesObserved,
    ObjectsObserved,
    PlaceOpened,
    PollFailed,
    PreferencesObserved,
    SessionsObserved,
    Topic,
)
from rdpgui.core.disruption import DisruptionId
from rdpgui.core.errors import AccessDenied, RecordingUnreadable
from rdpgui.core.events import Event
from rdpgui.core.freshness import Moment
from rdpgui.core.ids import AccountId, RunId
from rdpgui.core.kinds.registry import DISRUPTIONS
from rdpgui.core.people_events import ConsoleWordEntered, VisuallyConfirmed
from rdpgui.core.place import Place
from rdpgui.core.plain import one_line
from rdpgui.core.preflight import PreflightCheck, Severity
from rdpgui.core.recording import ConsoleWord
from rdpgui.core.repair import Repair, RepairKind
from rdpgui.core.run import RunStatus
from rdpgui.core.run_events import NoteAdded, RunEnded
from rdpgui.core.run_summary import RunSummary
from rdpgui.core.session import AccessType
from rdpgui.core.state import AppState
from rdpgui.core.verdict import VerdictValue, VisualConfirmation
from rdpgui.i18n import set_language
from rdpgui.ui.commands import LabFault
from rdpgui.ui.dialogs.about import AboutDialog
from rdpgui.ui.dialogs.close_question import CloseDialog
from rdpgui.ui.dialogs.confirm import ConfirmDialog
from rdpgui.ui.dialogs.faults import FaultsDialog
from rdpgui.ui.dialogs.palette import PaletteDialog
from rdpgui.ui.dialogs.preflight import PreflightDialog
from rdpgui.ui.dialogs.repair import RepairDialog
from rdpgui.ui.dialogs.settings import SettingsDialog
from rdpgui.ui.film_port import ComparedRun
from rdpgui.ui.plain import set_tip, tip, told_tip
from rdpgui.ui.player.compare_side import CompareSide
from rdpgui.ui.player.film_text import error_text
from rdpgui.ui.player.hover import HoverThumbnail
from rdpgui.ui.player.picture import PictureView
from rdpgui.ui.tasks import TaskScope
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import ElidedLabel, FactRow, label, pill, set_text
from tests.helpers.hostile_text import ACTS, HOSTILE, MARKUP, poisoned
from tests.ui.conftest import Bench
from tests.ui.snapshots import ACCOUNT, NOW, PREFERENCES, REGION, WEB1, finished, fold, recording, run_events, seeded

pytestmark = pytest.mark.case("L11")

WIDTH, HEIGHT, LINE_PX = 1366, 768, 20
HERE = Place(account_id=ACCOUNT, region=REGION)
_ROLES = (
    Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.StatusTipRole,
    Qt.ItemDataRole.AccessibleTextRole,
)  # fmt: skip


# -- what is looked for ----------------------------------------------------------


def _cells(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    for row in range(model.rowCount()):
        for column in range(model.columnCount() if isinstance(model, QAbstractTableModel) else 1):
            index: QModelIndex = model.index(row, column)
            for role in _ROLES:
                value = model.data(index, role)
                if isinstance(value, str):
                    yield role.name, value


def _wrong_text(kind: str, shown: str) -> list[str]:
    found = [f"{kind}: acts {shown[:60]!r}"] if ACTS.search(shown) else []
    if kind.endswith("tip") and (GuiQt.mightBeRichText(shown) or max(map(len, shown.split("\n"))) > 200):
        found.append(f"{kind}: markup or too wide {shown[:60]!r}")
    return found


def _wrong(widget: QWidget) -> list[str]:
    found = _wrong_text("tip", widget.toolTip()) + _wrong_text("title", widget.windowTitle())
    match widget:
        case QLabel():
            if widget.textFormat() is not Qt.TextFormat.PlainText:
                found.append("label: its format is not plain")
            found += _wrong_text("label", widget.text())
        case QAbstractButton():
            found += _wrong_text("button", widget.text())
        case QTextEdit():
            found.append("a rich text editor")
        case QPlainTextEdit():
            found += _wrong_text("text", widget.toPlainText())
        case QComboBox():
            found += [line for at in range(widget.count()) for line in _wrong_text("choice", widget.itemText(at))]
        case QAbstractItemView():
            for role, text in _cells(widget.model()):
                found += _wrong_text("item tip" if role == "ToolTipRole" else "item", text)
        case _:
            pass
    return [f"{type(widget).__name__} {widget.objectName() or '?'}: {line}" for line in found]


def sweep(top: QWidget) -> list[str]:
    """Return what is rendered as markup, acts or is too wide in a window and everything in it."""
    found = [line for widget in (top, *top.findChildren(QWidget)) for line in _wrong(widget)]
    for action in top.findChildren(QAction):
        found += [f"action {action.objectName()}: {line}" for line in _wrong_text("tip", action.toolTip())]
    return found


# -- what is shown ----------------------------------------------------------------


def hostile(events: Sequence[Event]) -> list[Event]:
    return [poisoned(event) for event in events]


def _account(here: Place) -> list[Event]:
    """Return the account's events behind ``seeded``, rebuilt with hostile values."""
    state = seeded(lab=False)
    assert state.identity is not None
    at = NOW - timedelta(minutes=5)
    instances, nodes = tuple(state.instances.values()), tuple(state.nodes.values())
    identity = IdentityObserved(at, ACCOUNT, state.identity.arn, REGION, "profile", "", lab=here.lab)
    return [
        PlaceOpened(at, here),
        identity,
        InstancesObserved(at, instances, nodes),
        PreferencesObserved(at, PREFERENCES),
        ObjectsObserved(at, "bucket", ()),
        SessionsObserved(at, state.sessions),
    ]


def _hostile_state(*more: Event, events: Sequence[Event] | None = None, here: Place = HERE) -> AppState:
    """Return an account, a run and its log in which all that is not ours is hostile."""
    run = run_events(value=VerdictValue.FAIL) if events is None else events
    rid = run[0].run_id  # type: ignore[union-attr] # the first is RunStarted
    extra = (
        NoteAdded(NOW, rid, "warning", "Reading {topic} failed: {error}", (("topic", "sessions"), ("error", "e"))),
        VisuallyConfirmed(NOW, rid, VisualConfirmation(seen=True, by="me", at=NOW)),
        ConsoleWordEntered(NOW, rid, ConsoleWord.FINISHED, "me"),
    )
    armed_event = Armed(NOW, ACCOUNT, REGION, WEB1, NOW + timedelta(hours=6))
    stale = PollFailed(NOW, Topic.INSTANCES, "denied", "ask")
    own = fold(AppState(), *run).runs[rid].session
    sessions = SessionsObserved(NOW, (own,) if own else ())
    begun = replace(run[0], place=here)  # type: ignore[arg-type] # it is RunStarted
    return fold(AppState(), *hostile([*_account(here), armed_event, begun, *run[1:], *extra, sessions, stale, *more]))


def _preflight() -> list[PreflightCheck]:
    return [
        PreflightCheck("a", Severity.WARN, held, "Bucket {bucket}.", (("bucket", HOSTILE),), "Ask {bucket}.", HOSTILE)
        for held in (True, False, None)
    ]


REPAIR = Repair(RepairKind.BUCKET_POLICY, HOSTILE, HOSTILE, "{}")


def _preflight_dialog(parent: QWidget) -> PreflightDialog:
    dialog = PreflightDialog(one_line(HOSTILE), parent)
    dialog.show_checks([replace(check, policy=HOSTILE, cli=HOSTILE, repair=REPAIR) for check in _preflight()])
    dialog.show_repairs((REPAIR,))
    return dialog


def _repair_dialog(parent: QWidget) -> RepairDialog:
    who = IdentityObserved(NOW, AccountId(HOSTILE), HOSTILE, REGION, HOSTILE, HOSTILE, lab=False)
    return RepairDialog(REPAIR, who, undo=False, parent=parent)


STATES: dict[str, Callable[[], AppState]] = {
    "finished": _hostile_state,
    "lab": lambda: _hostile_state(here=Place(scenario="default")),
    "recording": lambda: _hostile_state(events=run_events()[:7]),
    "processing": lambda: _hostile_state(events=run_events()[:14]),
    "failed": lambda: _hostile_state(events=(*run_events()[:7], _ended())),
}


def _ended() -> Event:
    rid = run_events()[0].run_id  # type: ignore[union-attr] # the first is RunStarted
    return RunEnded(NOW, rid, RunStatus.FAILED, HOSTILE)


@pytest.fixture(params=["en", "ja"])
def window(bench: Bench, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    """A window of 1366 x 768, in both languages."""
    set_language(request.param)
    # Spans grow and words age while a busy machine is at it; here the same is shown however long that takes.
    moment = Moment(NOW + timedelta(seconds=60), time.monotonic())
    monkeypatch.setattr(bench.workbench.looked, "moment", lambda: moment)
    bench.workbench.retranslate()
    bench.window.resize(WIDTH, HEIGHT)
    yield bench
    set_language("en")


# -- the sweep ----------------------------------------------------------------------


@pytest.mark.parametrize("name", list(STATES))
def test_that_no_foreign_text_is_markup_or_moves_the_window(window: Bench, name: str) -> None:
    window.show(finished() if name == "finished" else recording())
    calm = AccessDenied("{operation} was denied.", "Ask.", operation="ec2:StopInstances")
    window.window.notifications.error(calm)
    QApplication.processEvents()
    before = window.window.minimumSizeHint()
    window.show(STATES[name]())
    window.workbench.replies.show_preflight(_preflight())
    denied = AccessDenied("{operation} was denied: {why}", "Ask {why}.", operation="ec2:X", why=HOSTILE)
    window.window.notifications.error(denied, task=HOSTILE)
    for place in range(4):
        window.window.show_page(place)
        QApplication.processEvents()
    damaged = [RunSummary(RunId(f"{number}{HOSTILE}"), NOW, damage=denied.text()) for number in range(7)]
    window.window.notifications.unreadable_runs(damaged[:1])
    state = STATES[name]()
    window.show(replace(state, history={**state.history, **{line.run_id: line for line in damaged}}))
    QApplication.processEvents()
    window.window.show_page(0)
    QApplication.processEvents()
    assert sweep(window.window) == []
    after = window.window.minimumSizeHint()
    assert after.width() <= max(before.width(), 1180)
    assert after.height() <= before.height() + 3 * LINE_PX  # of the notice and of the next step
    assert (window.window.width(), window.window.height()) == (WIDTH, HEIGHT)


def test_that_the_timeline_says_a_moment_plainly(window: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, *_more: told.append(text))
    window.show(_hostile_state())
    view = window.window.experiment.timeline.view
    for x in range(0, view.width(), 7):
        QApplication.sendEvent(
            view, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(x, 10), view.mapToGlobal(QPoint(x, 10)))
        )
    assert told
    assert [line for text in told for line in _wrong_text("tip", text)] == []


def test_that_dialogs_show_it_plainly_and_fit_the_screen(window: Bench) -> None:
    state, parent = _hostile_state(), window.window
    window.show(state)
    instance = next(iter(state.instances.values()))
    disruption = DISRUPTIONS[DisruptionId.EC2_STOP]
    faults = FaultsDialog(parent)
    faults.show_faults([LabFault(1, HOSTILE, HOSTILE, HOSTILE, None)], ["throttle"])
    parent.notifications.say(Tone.WARN, HOSTILE, HOSTILE)
    dialogs = [
        ConfirmDialog(disruption, instance, state.identity, AccessType.STANDARD, restore=True, parent=parent),
        CloseDialog(list(state.runs.values()), parent),
        AboutDialog(state, parent.notifications.kept, parent),
        PaletteDialog(parent.actions_by_name, parent),
        SettingsDialog(parent.settings, "LAB · default", parent),
        _preflight_dialog(parent),
        _repair_dialog(parent),
        faults,
    ]
    for dialog in dialogs:
        dialog.open()
        QApplication.processEvents()
        found = [line for line in sweep(dialog) if not line.startswith("QPlainTextEdit")]  # what is copied from it
        assert found == []
        assert dialog.width() <= WIDTH
        assert dialog.height() <= HEIGHT
        dialog.close()
        dialog.deleteLater()


def test_that_the_players_parts_show_it_plainly(window: Bench) -> None:
    run = next(iter(_hostile_state().runs.values()))
    scope = TaskScope(lambda *_: None, lambda *_: None)

    class NoStills:
        """Opens nothing."""

        async def open(self, *_args: object) -> object:
            raise AssertionError

    side = CompareSide(ComparedRun(run, HOSTILE, None, None, None), NoStills(), scope, "left", window.window)  # type: ignore[arg-type] # never opened
    picture = PictureView(window.window)
    error = RecordingUnreadable("{name} cannot be read: {why}", "Ask {why}.", name=HOSTILE, why=HOSTILE)
    picture.show_message(*error_text(error), Tone.BAD)
    hover = HoverThumbnail(window.window)
    for widget in (side, picture, hover):
        assert sweep(widget) == []
        widget.deleteLater()
    assert side.minimumSizeHint().width() <= WIDTH // 2


@pytest.mark.parametrize("name", ["label", "wrapped", "pill", "elided", "fact"])
def test_that_each_kind_of_text_stays_in_its_room(qapp: QApplication, name: str) -> None:
    if name == "fact":
        row = FactRow()
        row.show_fact("check", Tone.OK, HOSTILE, HOSTILE, HOSTILE)
        assert sweep(row) == []
        assert row.minimumSizeHint().width() < 600
        return
    if name == "elided":
        elided = ElidedLabel(HOSTILE)
        elided.resize(200, 20)
        assert sweep(elided) == []
        assert elided.minimumSizeHint().width() < 40
        assert MARKUP in told_tip(elided).replace("\n", "")
        return
    made = pill() if name == "pill" else label(wrap=name == "wrapped")
    set_text(made, HOSTILE)
    assert sweep(made) == []
    assert MARKUP[:20] in made.text()
    assert made.sizeHint().width() < 1200
    assert MARKUP in told_tip(made).replace("\n", "")
    set_text(made, "short")
    assert (made.text(), made.toolTip()) == ("short", "")


@pytest.mark.parametrize(
    "text",
    [
        "<h1>PASS</h1>",
        " <b>x",
        "<?xml version='1'?>",
        "&lt;b&gt;",
        "a &lt; b",
        "x\n<h1>PASS</h1>",
        "<!-- -->",
        "<qt>",
        HOSTILE,
    ],
)
def test_that_a_tooltip_is_never_rich_and_says_what_was_given(qapp: QApplication, text: str) -> None:
    widget = QWidget()
    set_tip(widget, text)
    assert not GuiQt.mightBeRichText(widget.toolTip())
    if text is not HOSTILE:
        assert told_tip(widget) == text
    set_tip(widget, "")
    assert widget.toolTip() == ""


def test_that_what_keeps_a_tooltip_plain_is_not_seen(qapp: QApplication) -> None:
    def picture(text: str) -> object:
        shown = QLabel()
        shown.setTextFormat(Qt.TextFormat.PlainText)
        shown.setText(text)
        shown.resize(shown.sizeHint())
        return shown.grab().toImage()

    assert tip("<h1>PASS</h1>") != "<h1>PASS</h1>"
    assert picture(tip("<h1>PASS</h1>")) == picture("<h1>PASS</h1>")


def test_that_the_clipboard_gets_what_was_given(window: Bench) -> None:
    window.show(_hostile_state())
    log = window.window.experiment.log
    log.copy()
    assert "\x1b[31m" in QApplication.clipboard().text()
