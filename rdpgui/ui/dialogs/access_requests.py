"""Just-in-time access requests: to file one, follow it, withdraw it, and for an approver to decide on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from rdpgui.core.access_requests import REASON_LIMIT, AccessRequest, Deed, Standing, refusal_of
from rdpgui.i18n import N_, _
from rdpgui.ui import formats
from rdpgui.ui.models.access_requests import access_requests_model
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import sans_font
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.answers import question_head
from rdpgui.ui.widgets.small import label, set_property, set_text
from rdpgui.ui.widgets.table import DenseTable

_FACT_ROOM = 400
_READ_AGAIN_MS = 10_000
_TEXTS = {
    Deed.APPROVE: N_("Approve …"),
    Deed.REJECT: N_("Reject …"),
    Deed.REVOKE: N_("Revoke …"),
    Deed.WITHDRAW: N_("Withdraw …"),
}


class AccessRequestsDialog(QDialog):
    """The requests on the left, the chosen one on the right, and below them a new one.

    Args:
        target: name of the instance that a new one would be for, empty for none. predicted: what kind of session this
            identity will get there, as far as it was checked. lab: whether they are the lab's.

    Signals:
        deed_requested: an AccessRequest, a Deed and a comment. file_requested: a reason. read_requested: read anew.
    """

    deed_requested = Signal(object, object, str)
    file_requested = Signal(str)
    read_requested = Signal()

    def __init__(self, target: str, predicted: str, parent: QWidget | None = None, *, lab: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("access_dialog")
        self.setWindowTitle(_("Just-in-time access requests"))
        self.resize(980, 600)
        self._requests: tuple[AccessRequest, ...] = ()
        self._refused: Callable[[AccessRequest | None], str] = _nothing
        self._model = access_requests_model()
        self._list = DenseTable(self._model, "access_requests")
        self._list.make_sortable(1, Qt.SortOrder.DescendingOrder)
        self._list.set_widths((150, 150, 150), stretch=2)
        self._list.setAccessibleName(_("Access requests"))
        self._list.set_empty_text(_("Reading the requests …"))
        self._list.key_selected.connect(self._show_chosen)
        self._problem = label("", wrap=True, name="access_problem")
        set_property(self._problem, "tone", Tone.WARN.value)
        self._problem.hide()
        split = QSplitter()
        split.addWidget(self._list)
        split.addWidget(self._details())
        split.setSizes([430, 540])
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 18, 22, 18)
        column.setSpacing(12)
        column.addLayout(question_head(_("Just-in-time access requests"), "access", lab=lab))
        column.addWidget(self._problem)
        column.addWidget(split, 1)
        column.addWidget(self._new(target, predicted))
        column.addLayout(self._last_row())
        self._again = QTimer(self)
        self._again.setInterval(_READ_AGAIN_MS)
        self._again.timeout.connect(self.read_requested)
        self._again.start()
        self.finished.connect(self.deleteLater)

    def _details(self) -> QWidget:
        self._facts = _Facts()
        self._comment = QLineEdit()
        self._comment.setObjectName("access_comment")
        self._comment.setPlaceholderText(_("Comment for the decision"))
        self._comment.setAccessibleName(_("Comment for the decision"))
        self._deeds: dict[Deed, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(8)
        for deed in Deed:
            button = QPushButton(_(_TEXTS[deed]))
            button.setObjectName(f"access_{deed.name.lower()}")
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._on_deed, deed))
            self._deeds[deed] = button
            row.addWidget(button)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self._facts)
        area.setAccessibleName(_("The chosen request"))
        self._unknown = label("", wrap=True, name="access_unknown")
        set_property(self._unknown, "tone", Tone.WARN.value)
        made, column = _framed()
        column.addWidget(area, 1)
        column.addWidget(self._unknown)
        column.addWidget(self._comment)
        column.addLayout(row)
        return made

    def _new(self, target: str, predicted: str) -> QWidget:
        title = label(_("Ask for access to {instance}").format(instance=target or formats.ABSENT))
        title.setFont(sans_font(bold=True))
        self._reason = QLineEdit()
        self._reason.setObjectName("access_reason")
        self._reason.setMaxLength(REASON_LIMIT)
        self._reason.setPlaceholderText(_("Reason, for who approves"))
        self._reason.setAccessibleName(_("Reason, for who approves"))
        self._reason.textChanged.connect(self._show_new)
        self._file = QPushButton(_("Ask for access …"))
        self._file.setObjectName("access_file")
        self._file.setAutoDefault(False)
        self._file.clicked.connect(self._on_file)
        self._why = label("", "dim", wrap=True, name="access_why")
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._reason, 1)
        row.addWidget(self._file)
        made, column = _framed()
        column.addWidget(title)
        column.addWidget(label(predicted, "dim", wrap=True, name="access_predicted"))
        column.addLayout(row)
        column.addWidget(self._why)
        return made

    def _last_row(self) -> QHBoxLayout:
        again, done = QPushButton(_("Read again")), QPushButton(_("Close"))
        again.setObjectName("access_again")
        again.setAutoDefault(False)
        again.clicked.connect(self.read_requested)
        done.setObjectName("access_close")
        done.setAutoDefault(False)
        done.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(again)
        row.addStretch(1)
        row.addWidget(done)
        return row

    # -- what is shown -----------------------------------------------------------

    def show_requests(self, requests: Sequence[AccessRequest], problem: str) -> None:
        """Show the requests; with a problem the old ones stay, and it is said why there are no newer ones."""
        set_text(self._problem, problem)
        self._problem.setVisible(bool(problem))
        if problem:
            return
        before = self._chosen()
        self._requests = tuple(requests)
        self._list.set_empty_text(_("No request is to be seen."))
        self._model.set_rows(self._requests)
        ids = [request.request_id for request in self._requests]
        if ids and (before is None or before.request_id not in ids):
            self._list.select_key(self._model.key_at(0))
        self._show_chosen()

    def show_refused(self, refused: Callable[[AccessRequest | None], str]) -> None:
        """Say why nothing may be done now, of a request or (None) of a new one; empty: it may."""
        self._refused = refused
        self._show_chosen()

    def _chosen(self) -> AccessRequest | None:
        key = self._list.selected_key()
        return next((request for request in self._requests if request.request_id == key), None)

    def _show_chosen(self, _key: str = "") -> None:
        request = self._chosen()
        self._facts.show_facts(_facts_of(request) if request is not None else [])
        set_text(self._unknown, _("This status is not known here: nothing is offered for it."))
        self._unknown.setVisible(request is not None and request.standing is Standing.UNKNOWN)
        for deed, button in self._deeds.items():
            why = self._why_not(request, deed)
            button.setEnabled(not why)
            set_tip(button, why)
        self._show_new()

    def _why_not(self, request: AccessRequest | None, deed: Deed) -> str:
        if request is None:
            return _("Choose a request")
        text = refusal_of(request, deed)
        return _(text) if text else self._refused(request)

    def _show_new(self, _text: str = "") -> None:
        why = self._refused(None)
        set_text(self._why, why)
        self._file.setEnabled(not why and bool(self._reason.text().strip()))

    def _on_deed(self, deed: Deed) -> None:
        request = self._chosen()
        if request is not None:
            self.deed_requested.emit(request, deed, self._comment.text().strip())

    def _on_file(self) -> None:
        self.file_requested.emit(self._reason.text().strip())


class _Facts(QWidget):
    """Names and values of a request, side by side."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("access_facts")
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 6, 0)
        self._form.setHorizontalSpacing(18)
        self._form.setVerticalSpacing(5)
        self._shown: list[tuple[str, str]] = []

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Show them instead of those before."""
        if facts == self._shown:
            return
        self._shown = facts
        while self._form.rowCount():
            self._form.removeRow(0)
        for place, (name, value) in enumerate(facts):
            shown = label("", "strong", wrap=True, name=f"access_fact_{place}")
            set_text(shown, one_line(value), _FACT_ROOM)
            self._form.addRow(label(one_line(name), "dim"), shown)


def _framed() -> tuple[QWidget, QVBoxLayout]:
    """Return a card without a title, and what is put into it."""
    made = QFrame()
    made.setProperty("card", True)
    column = QVBoxLayout(made)
    column.setContentsMargins(12, 10, 12, 10)
    column.setSpacing(8)
    return made, column


def _facts_of(request: AccessRequest) -> list[tuple[str, str]]:
    rows = [
        (_("Request"), request.request_id),
        (_("Status"), request.status),
        (_("Filed by"), request.by),
        (_("Filed at"), formats.day_clock(request.created_at)),
        (_("Title"), request.title),
        *request.said,
    ]
    return [(name, value) for name, value in rows if value]


def _nothing(_request: AccessRequest | None) -> str:
    return ""
