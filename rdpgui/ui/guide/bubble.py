"""What is said of the step that is lit: a small card beside it, with the steps, a sentence, and the way out."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget
from typing_extensions import override

from rdpgui.i18n import _
from rdpgui.ui.guide.steps import TITLES, Step
from rdpgui.ui.theme import sans_font
from rdpgui.ui.widgets.small import flat_button, label, set_property, set_text

_WIDTH_PX = 348
_GAP_PX = 14
_EDGE_PX = 8
_ORDER = tuple(TITLES)


class Bubble(QFrame):
    """The card.

    Signals:
        next_requested: go on with what is chosen. dismissed: never lead again.
    """

    next_requested = Signal()
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("guide_bubble")
        self.setProperty("bubble", True)
        self._step, self._text = Step.CHOOSE, ""
        self._title = label(role="strong", name="guide_title")
        self._title.setFont(sans_font(scale=1.08, bold=True))
        self._words = label(wrap=True, name="guide_text")
        self._marks: list[QLabel] = [label() for _step in _ORDER]
        self._next = QPushButton()
        self._next.setObjectName("guide_next")
        self._next.setProperty("primary", True)
        self._next.clicked.connect(self.next_requested)
        self._away = flat_button("", "guide_away")
        self._away.clicked.connect(self.dismissed)
        self._build()
        self.hide()

    def _build(self) -> None:
        marks = QHBoxLayout()
        marks.setSpacing(11)
        for mark in self._marks:
            marks.addWidget(mark)
        marks.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._away)
        buttons.addStretch(1)
        buttons.addWidget(self._next)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 11, 14, 11)
        column.setSpacing(7)
        column.addWidget(self._title)
        column.addLayout(marks)
        column.addWidget(self._words)
        column.addLayout(buttons)

    def show_step(self, step: Step, text: str) -> None:
        """Say what is done in a step."""
        if (step, text) == (self._step, self._text):
            return
        self._step, self._text = step, text
        self._render()

    def _render(self) -> None:
        at = _ORDER.index(self._step) if self._step in TITLES else len(_ORDER)
        set_text(self._title, _("Your first verdict"))
        for place, (step, mark) in enumerate(zip(_ORDER, self._marks, strict=True)):
            number = "✓" if place < at else str(place + 1)
            set_text(mark, f"{number} {_(TITLES[step])}")
            set_property(mark, "role", "strong" if place == at else "dim")
            set_property(mark, "tone", "info" if place == at else "ok" if place < at else "")
        set_text(self._words, self._text)
        self._next.setText(_("Next"))
        self._next.setVisible(self._step is Step.CHOOSE)
        self._away.setText(_("Done") if self._step is Step.READ else _("Do not lead me"))
        self.setAccessibleName(f"{self._title.text()}: {self._text}")

    def put_beside(self, lit: QRect, room: QRect, side: Qt.Edge | None) -> None:
        """Stand beside what is lit, as high as the words need, inside the room.

        Args:
            lit: in the parent.
            room: in the parent, too.
            side: of what is lit; None stands in its lower right corner.
        """
        layout = self.layout()
        height = layout.totalHeightForWidth(_WIDTH_PX) if layout is not None else self.sizeHint().height()
        size = QSize(_WIDTH_PX, height)
        corner = QPoint(lit.right() - size.width() - _GAP_PX, lit.bottom() - size.height() - _GAP_PX)
        if side is Qt.Edge.RightEdge:
            corner = QPoint(lit.right() + _GAP_PX, lit.top() - _EDGE_PX)
        elif side is Qt.Edge.LeftEdge:
            corner = QPoint(lit.left() - size.width() - _GAP_PX, lit.top() - _EDGE_PX)
        inner = room.adjusted(_EDGE_PX, _EDGE_PX, -_EDGE_PX, -_EDGE_PX)
        left = max(inner.left(), min(corner.x(), inner.right() - size.width()))
        top = max(inner.top(), min(corner.y(), inner.bottom() - size.height()))
        self.setGeometry(QRect(QPoint(left, top), size))
        self.raise_()

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another language."""
        if event.type() == QEvent.Type.LanguageChange:
            self._render()
        super().changeEvent(event)
