"""Pills, status lines, key-value rows, and helpers that keep widgets cheap to update."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QWidget,
)
from typing_extensions import override

from rdpgui.core import plain
from rdpgui.ui.icons import pixmap
from rdpgui.ui.plain import one_line, set_tip, visible
from rdpgui.ui.theme import mono_font, tokens
from rdpgui.ui.tokens import Tone

_LINE_ROOM = 120
"""Columns of a label with one line, which is as wide as its text: no name may push the window apart."""
_LONGEST_WRAPPED = 800
"""Columns in all of a label that wraps, which is as high as its text."""
_DOTS = "…"
_TORN = 4
"""Characters of a text and its dots that are rather left out."""
_VALUE_ROOM = 40
_WORD_ROOM, _COPIED_WORD_ROOM = 40, 96
"""A word that wraps nowhere is broken after so many characters; later where a person may copy it (hashes, ARNs)."""


def set_text(label: QLabel, text: str, room: int = 0) -> None:
    """Set a label's text only when it differs: relayout is what costs.

    Args:
        label: made by ``label`` or ``pill``.
        text: anybody's; shown as written. What does not fit is in the tooltip.
        room: columns of each line, of all lines where the label wraps; 0 for the usual.
    """
    if label.wordWrap():
        copied = label.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse
        whole = visible(text)
        cut = plain.shortened(whole, room or _LONGEST_WRAPPED)
        shown = plain.breakable(cut, _COPIED_WORD_ROOM if copied else _WORD_ROOM)
    else:
        whole = one_line(text) if label.property("pill") else visible(text)
        shown = cut = "\n".join(plain.shortened(line, room or _LINE_ROOM) for line in whole.split("\n"))
    if label.text() != shown:
        label.setText(shown)
    if cut != whole or label.property("cut"):
        label.setProperty("cut", cut != whole)
        set_tip(label, text if cut != whole else "")


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Set a style property and restyle the widget, only when it differs."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


def label(text: str = "", role: str = "", *, wrap: bool = False, name: str = "") -> QLabel:
    """Return a label with a style role."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    if role:
        made.setProperty("role", role)
    if role == "mono":
        made.setFont(mono_font())
    if wrap:
        made.setWordWrap(True)
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    if name:
        made.setObjectName(name)
    set_text(made, text)
    return made


def pill(text: str = "", tone: Tone | None = None, name: str = "") -> QLabel:
    """Return a rounded label."""
    made = label(name=name)
    made.setProperty("pill", True)
    set_text(made, text)
    made.setProperty("tone", tone.value if tone else "")
    made.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
    return made


def flat_button(text: str, name: str) -> QPushButton:
    """Return a button that looks like a link and takes the keyboard's focus like a button."""
    made = QPushButton(text)
    made.setObjectName(name)
    made.setProperty("flat", True)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def roomy(box: QAbstractSpinBox) -> None:
    """Keep a number off the border of its box: there Qt takes no padding from the style sheet."""
    box.lineEdit().setTextMargins(8, 0, 8, 0)


def separator() -> QFrame:
    """Return a hairline."""
    made = QFrame()
    made.setProperty("separator", True)
    return made


class ElidedLabel(QLabel):
    """A one-line label that ends in … instead of growing; the whole text is its tooltip."""

    def __init__(
        self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight, name: str = ""
    ) -> None:
        super().__init__()
        self._whole = self._raw = self._why = ""
        self._mode = mode
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        if role:
            self.setProperty("role", role)
        if role == "mono":
            self.setFont(mono_font())
        if name:
            self.setObjectName(name)
        self.set_whole(text)

    def set_whole(self, text: str, why: str = "") -> None:
        """Show a text as written, on one line, shortened to what fits; ``why``: more about it, for the tooltip."""
        whole = one_line(text)
        if (text, whole, why) != (self._raw, self._whole, self._why) or not self.text():
            self._raw, self._whole, self._why = text, whole, why
            self.setAccessibleName(self._whole)
            self._fit()
            self.updateGeometry()

    @property
    def whole(self) -> str:
        """The text before it was shortened to the room."""
        return self._whole

    def _fit(self) -> None:
        fitting = self.fontMetrics().elidedText(self._whole, self._mode, max(0, self.contentsRect().width()))
        torn = fitting.endswith(_DOTS) and not self._whole.endswith(_DOTS) and len(fitting) <= _TORN
        self.setText("" if torn else fitting)  # a letter or two and dots say nothing
        cut = self._raw if fitting != self._raw else ""
        set_tip(self, f"{cut}\n{self._why}".strip() if self._why else cut)

    @override
    def sizeHint(self) -> QSize:
        """Return the room for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._whole) + 2, super().sizeHint().height())

    @override
    def minimumSizeHint(self) -> QSize:
        """Return room for hardly more than the dots."""
        return QSize(16, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten the text to the new width."""
        super().resizeEvent(event)
        self._fit()


class Mark(QWidget):
    """A tone's shape or a named icon, in the tone's colour."""

    def __init__(self, name: str = "idle", tone: Tone = Tone.IDLE, size: int = 16) -> None:
        super().__init__()
        self._name, self._tone, self._size = name, tone, size
        self.setFixedSize(size, size)

    def show_mark(self, name: str, tone: Tone) -> None:
        """Show another picture."""
        if (name, tone) != (self._name, self._tone):
            self._name, self._tone = name, tone
            self.update()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the shape."""
        painter = QPainter(self)
        ratio = self.devicePixelRatioF()
        picture = pixmap(self._name, tokens().tone(self._tone), self._size, ratio)
        painter.drawPixmap(QRect(0, 0, self._size, self._size), picture)


class FactRow(QWidget):
    """A mark, a sentence, a value on the right: one line, or as many as the sentence needs.

    Args:
        name: for tests. wrap: the sentence is shown whole.
    """

    def __init__(self, name: str = "", *, wrap: bool = False) -> None:
        super().__init__()
        if name:
            self.setObjectName(name)
        self.mark = Mark()
        self.text: QLabel = label(wrap=True) if wrap else ElidedLabel()
        self.value = label(role="dim")
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 1, 0, 1)
        row.setSpacing(7)
        top = Qt.AlignmentFlag.AlignTop if wrap else Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self.mark, 0, top)
        row.addWidget(self.text, 1)
        row.addWidget(self.value, 0, top)

    def show_fact(self, mark: str, tone: Tone, text: str, value: str = "", tooltip: str = "") -> None:
        """Show a fact; ``mark`` names an icon."""
        self.mark.show_mark(mark, tone)
        if isinstance(self.text, ElidedLabel):
            self.text.set_whole(text)
        else:
            set_text(self.text, text)
        set_text(self.value, value, _VALUE_ROOM)
        set_tip(self, tooltip)
        self.setAccessibleName(one_line(f"{text} {value}".strip()))

    @override
    def changeEvent(self, event: QEvent) -> None:
        """Take over another theme's colours."""
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
        super().changeEvent(event)
