"""Just-in-time access requests: to file one, follow it, withdraw it, and for an approver to decide on it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QPushButton,
    QScrollArea,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from rdpgui.core.access_requests import REASON_LIMIT, AccessRequest, Deed, Standing, refusal_of
from rdpgui.core.plain import shortened
from rdpgui.i18n import N_, _
from rdpgui.ui import formats
from rdpgui.ui.plain import one_line, set_tip
from rdpgui.ui.theme import sans_font
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import label, set_property, set_text

_ROW_ROOM = 70
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
            identity will get there, as far as it was checked.

    Signals:
        deed_requested: an AccessRequest, a Deed and a comment. file_requested: a reason. read_requested: read anew.
    """

    deed_requested = Signal(object, object, str)
    file_requested = Signal(str)
    read_requested = Signal()

    def __init__(self, target: str, predicted: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("access_dialog")
        self.setWindowTitle(_("Just-in-time access requests"))
        self.resize(980, 600)
        self._requests: tuple[AccessRequest, ...] = ()
        self._refused: Callable[[AccessRequest | None], str] = _nothing
        self._list = QListWidget()
        self._list.setObjectName("access_requests")
        self._list.setAccessibleName(_("Access requests"))
        self._list.currentRowChanged.connect(self._show_chosen)
        self._problem = label("", wrap=True, name="access_problem")
        set_property(self._problem, "tone", Tone.WARN.value)
        self._problem.hide()
        split = QSplitter()
        split.addWidget(self._list)
        split.addWidget(self._details())
        split.setSizes([430, 540])
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 14, 18, 14)
        column.setSpacing(10)
        column.addWidget(self._problem)
        column.addWidget(split, 1)
        column.addLayout(self._new(target, predicted))
        column.addLayout(self._last_row())
        self._again = QTimer(self)
        self._again.setInterval(_READ_AGAIN_MS)
        self._again.timeout.connect(self.read_requested)
        self._again.start()
        self.finished.connect(self.deleteLater)

    def _details(self) -> QWidget:
        self._facts = label("", wrap=True, name="access_facts")
        self._facts.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._facts.setMargin(8)
        self._comment = QLineEdit()
        self._comment.setObjectName("access_comment")
        self._comment.setPlaceholderText(_("Comment for the decision"))
        self._comment.setAccessibleName(_("Comment for the decision"))
        self._deeds: dict[Deed, QPushButton] = {}
        row = QHBoxLayout()
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
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area, 1)
        column.addWidget(self._comment)
        column.addLayout(row)
        return made

    def _new(self, target: str, predicted: str) -> QVBoxLayout:
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
        row.addWidget(self._reason, 1)
        row.addWidget(self._file)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(title)
        column.addWidget(label(predicted, "dim", wrap=True, name="access_predicted"))
        column.addLayout(row)
        column.addWidget(self._why)
        return column

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
        self._list.clear()
        for request in self._requests:
            text = f"{request.status or formats.ABSENT}  {formats.day_clock(request.created_at)}  {request.title}"
            self._list.addItem(shortened(one_line(f"{text}  {request.request_id}"), _ROW_ROOM))
        ids = [request.request_id for request in self._requests]
        kept = ids.index(before.request_id) if before is not None and before.request_id in ids else 0
        self._list.setCurrentRow(kept if ids else -1)
        self._show_chosen()

    def show_refused(self, refused: Callable[[AccessRequest | None], str]) -> None:
        """Say why nothing may be done now, of a request or (None) of a new one; empty: it may."""
        self._refused = refused
        self._show_chosen()

    def _chosen(self) -> AccessRequest | None:
        row = self._list.currentRow()
        return self._requests[row] if 0 <= row < len(self._requests) else None

    def _show_chosen(self, _row: int = 0) -> None:
        request = self._chosen()
        nothing = _("No request is to be seen.") if not self._requests else ""
        set_text(self._facts, "\n".join(_facts_of(request)) if request is not None else nothing)
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


def _facts_of(request: AccessRequest) -> list[str]:
    rows = [
        (_("Request"), request.request_id),
        (_("Status"), request.status),
        (_("Filed by"), request.by),
        (_("Filed at"), formats.day_clock(request.created_at)),
        (_("Title"), request.title),
        *request.said,
    ]
    lines = [f"{name}: {one_line(value)}" for name, value in rows if value]
    if request.standing is Standing.UNKNOWN:
        lines.append(_("This status is not known here: nothing is offered for it."))
    return lines


def _nothing(_request: AccessRequest | None) -> str:
    return ""
