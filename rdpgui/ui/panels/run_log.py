"""The run log: what was asked, answered and observed, one line each; filter and copy."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QWidget
from typing_extensions import override

from rdpgui.core.state import LogLine
from rdpgui.i18n import N_, _
from rdpgui.ui.icons import icon
from rdpgui.ui.models.run_log import RunLogModel
from rdpgui.ui.plain import set_tip
from rdpgui.ui.theme import tokens
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.small import flat_button
from rdpgui.ui.widgets.table import WholeRows

_SEARCH_PX = (96, 240)


class LogView(WholeRows):
    """The lines.

    Signals:
        copy_requested: Ctrl+C.
    """

    copy_requested = Signal()

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view."""
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum()

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the end in view when it was."""
        was_at_end = self.at_end
        super().resizeEvent(event)
        if was_at_end:
            self.scrollToBottom()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with the system's keys."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit()
            return
        super().keyPressEvent(event)


class RunLogPanel(Card):
    """Structured log; follows its end until a person scrolls up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Run log"), "run_log_panel", parent)
        self._model = RunLogModel()
        self._copy = flat_button("", "run_log_copy")
        self._copy.clicked.connect(self.copy)
        self.search = QLineEdit()
        self.search.setObjectName("run_log_filter")
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(_SEARCH_PX[0])
        self.search.setMaximumWidth(_SEARCH_PX[1])
        place = QLineEdit.ActionPosition.LeadingPosition
        self._search_icon = self.search.addAction(icon("search", tokens().dim), place)
        self.search.textChanged.connect(self._model.set_filter)
        self.search.textChanged.connect(self._say_why_empty)
        self.head.addWidget(self.search)
        self.head.addWidget(self._copy)
        self.view = LogView()
        self.view.setObjectName("run_log")
        self.view.setModel(self._model)
        self.view.copy_requested.connect(self.copy)
        self.view.offer_taken.connect(self.search.clear)
        self._set_up_view()
        self.body.addWidget(self.view, 1)
        self._model.rowsAboutToBeInserted.connect(self._note_end)
        self._model.rowsInserted.connect(self._follow)
        self._model.modelReset.connect(self.view.scrollToBottom)
        self._at_end = True
        self._retranslate_own()

    def _set_up_view(self) -> None:
        view = self.view
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.horizontalHeader().hide()
        view.horizontalHeader().setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        view.setColumnWidth(0, 112)
        rows = view.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(16)
        rows.setDefaultSectionSize(20)

    def show_lines(self, lines: Sequence[LogLine]) -> None:
        """Render."""
        self._model.set_lines(lines)

    def copy(self) -> None:
        """Copy the chosen lines, or all when none is chosen."""
        rows = sorted({index.row() for index in self.view.selectionModel().selectedRows()})
        QGuiApplication.clipboard().setText(self._model.text_of(rows or range(self._model.rowCount())))

    def _note_end(self) -> None:
        self._at_end = self.view.at_end

    def _follow(self) -> None:
        if self._at_end:
            self.view.scrollToBottom()

    def _say_why_empty(self, filtered: str) -> None:
        text = _("No line fits the filter.") if filtered else _("What is asked, answered and observed comes here.")
        self.view.set_empty_text(text)
        self.view.offer(_("Clear the filter") if filtered else "")

    def _retranslate_own(self) -> None:
        self.search.setPlaceholderText(_("Filter the log"))
        self.search.setAccessibleName(_("Filter the log"))
        self._copy.setText(_("Copy"))
        set_tip(self._copy, _("Copy the selected lines, or all"))
        self.view.setAccessibleName(_("Run log"))
        self._say_why_empty(self.search.text())

    @override
    def restyle(self) -> None:
        """Take over another theme's colours."""
        if hasattr(self, "_search_icon"):  # the first style change comes while the panel is being built
            self._search_icon.setIcon(icon("search", tokens().dim))

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._retranslate_own()
        self._model.refresh()
