"""What a guided run waits for on AWS: the console's page to open, why there is no session yet, what can end it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.plain import set_tip
from rdpgui.ui.tokens import Tone
from rdpgui.ui.widgets.small import FactRow, label, set_text


@dataclass(frozen=True, slots=True)
class LimitLine:
    """One line, in the reader's language.

    Attributes:
        mark, tone: its icon. value: a time that is left, on the right. tip: what it rests on.
    """

    text: str
    value: str = ""
    mark: str = "question"
    tone: Tone = Tone.IDLE
    tip: str = ""


class LimitsBar(QFrame):
    """The lines, and the way to the console; not there while nothing is waited for.

    Signals:
        open_requested: the console's page. copy_requested: its address.
    """

    open_requested = Signal()
    copy_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("limits_bar")
        self.setProperty("card", True)
        self._title = label(role="strong", wrap=True, name="limits_title")
        self._open = QPushButton()
        self._open.setObjectName("limits_open")
        self._open.setProperty("primary", True)
        self._open.clicked.connect(self.open_requested)
        self._copy = QPushButton()
        self._copy.setObjectName("limits_copy")
        self._copy.clicked.connect(self.copy_requested)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._copy)
        head.addWidget(self._open)
        self._rows: list[FactRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(11, 7, 11, 7)
        self._column.setSpacing(1)
        self._column.addLayout(head)
        self._link = ""
        self._retranslate()
        self.hide()

    def show_lines(self, title: str, lines: Sequence[LimitLine], link: str) -> None:
        """Render; an empty title shows nothing. ``link``: of the console's page, empty where there is none."""
        self.setVisible(bool(title))
        set_text(self._title, title)
        self._link = link
        for button in (self._open, self._copy):
            button.setVisible(bool(link))
        set_tip(self._copy, link)
        while len(self._rows) < len(lines):
            row = FactRow(f"limit_{len(self._rows)}", wrap=True)
            self._rows.append(row)
            self._column.addWidget(row)
        for place, row in enumerate(self._rows):
            row.setVisible(place < len(lines))
            if place < len(lines):
                line = lines[place]
                row.show_fact(line.mark, line.tone, line.text, line.value, line.tip)

    def _retranslate(self) -> None:
        self._open.setText(_("Open the console page"))
        self._copy.setText(_("Copy its address"))
        self.setAccessibleName(_("What the run waits for"))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._retranslate()
        super().changeEvent(event)
