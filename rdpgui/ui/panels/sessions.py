"""Sessions, active or history, each with the status of its recording; inferred ones in italics."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QWidget
from typing_extensions import override

from rdpgui.core.ids import SessionId
from rdpgui.core.recording import StatusStatement
from rdpgui.core.session import Session
from rdpgui.i18n import N_, _
from rdpgui.ui.models.aging import Aging
from rdpgui.ui.models.sessions import Said, SessionRow, same_row, sessions_model
from rdpgui.ui.plain import set_tip
from rdpgui.ui.widgets.card import Card
from rdpgui.ui.widgets.choice import Choice
from rdpgui.ui.widgets.small import ElidedLabel, flat_button
from rdpgui.ui.widgets.table import DenseTable

_CHOICES = (N_("Active"), N_("History"), N_("All"))


class SessionsPanel(Card):
    """Table of sessions.

    Signals:
        session_selected: a session id. end_requested: end the one that is looked at.
        connect_requested: open a connection, so that there is one.
    """

    session_selected = Signal(str)
    connect_requested = Signal()
    end_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(N_("Sessions"), "sessions_panel", parent)
        self._aging = Aging()
        self._said = Said()
        self._model = sessions_model(self._aging, self._said)
        self._rows: tuple[SessionRow, ...] = ()
        self._known = False
        self._problem = ""
        self._stale = ElidedLabel(role="dim", name="sessions_stale")
        self._stale.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.choice = Choice()
        self.choice.setObjectName("sessions_choice")
        self.choice.addItems([_(text) for text in _CHOICES])
        self.choice.setCurrentIndex(2)
        self.choice.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self.choice.currentIndexChanged.connect(self._show_rows)
        self._end = flat_button("", "sessions_end")
        self._end.clicked.connect(self.end_requested)
        self.head.addWidget(self._stale)
        self.head.addWidget(self._end)
        self.head.addWidget(self.choice)
        self.table = DenseTable(self._model, "sessions_table")
        self.table.make_sortable(0, Qt.SortOrder.DescendingOrder)
        self.table.set_widths((72, 90, 82, 104), stretch=1, yielding=2)
        self.table.offer_taken.connect(self.connect_requested)
        self.table.key_selected.connect(self.session_selected)
        self.body.addWidget(self.table, 1)
        self._retranslate_own()

    def show_sessions(
        self,
        sessions: Iterable[Session],
        name_of: Callable[[str], str],
        statement_of: Callable[[Session], StatusStatement | None],
        *,
        known: bool,
    ) -> None:
        """Render; ``name_of`` gives an instance's name, ``statement_of`` what is said of a recording."""
        self._known = known
        before = {row.session.session_id: row for row in self._rows}
        self._rows = tuple(
            same_row(before.get(session.session_id), session, name_of(session.target), statement_of(session))
            for session in sessions
        )
        self._show_rows()

    def show_said(self, said_of: Callable[[Session], StatusStatement | None]) -> None:
        """Say of recordings without a run what is known now; it is asked when a line is painted."""
        self._said.of = said_of
        self._model.repaint()

    def show_aging(self, aging: Aging) -> None:
        """Say whether the words in the table still hold."""
        if (self._aging.seen_at, self._aging.nodes_known) != (aging.seen_at, aging.nodes_known):
            self._aging.seen_at, self._aging.nodes_known = aging.seen_at, aging.nodes_known
            self._model.repaint()

    def show_stale(self, text: str, why: str) -> None:
        """Say since when the list is stale, and why; empty = fresh. Before the first good read, why takes its place."""
        self._problem = why
        self._stale.set_whole(text, why)
        self._stale.setVisible(bool(text))
        self._show_rows()

    def show_end(self, refused: str) -> None:
        """Enable ending the session that is looked at, or say why it cannot be ended."""
        self._end.setEnabled(not refused)
        set_tip(self._end, refused or _("Ends the selected session at once, whoever it belongs to"))

    def select(self, session_id: SessionId | None) -> None:
        """Show which session is looked at."""
        self.table.select_key(session_id)

    def _show_rows(self) -> None:
        match self.choice.currentIndex():
            case 0:
                shown = tuple(row for row in self._rows if row.session.active)
            case 1:
                shown = tuple(row for row in self._rows if not row.session.active)
            case _all:
                shown = self._rows
        self._model.set_rows(shown)
        if not self._known:
            empty = self._problem or _("Reading the sessions …")
        elif self.choice.currentIndex() == 0:
            empty = _("No active session. Connect opens one.")
        else:
            empty = _("No session yet. Connect opens one.")
        self.table.set_empty_text(empty)
        self.table.offer(_("Connect") if self._known else "")

    def _retranslate_own(self) -> None:
        for place, text in enumerate(_CHOICES):
            self.choice.setItemText(place, _(text))
        self._end.setText(_("End"))
        self._end.setAccessibleName(_("End this session"))
        self.choice.setAccessibleName(_("Which sessions are shown"))
        self.table.setAccessibleName(_("Sessions"))
        self._show_rows()

    @override
    def retranslate(self) -> None:
        """Show everything in the language in use."""
        super().retranslate()
        self._model.refresh()
        self._retranslate_own()
