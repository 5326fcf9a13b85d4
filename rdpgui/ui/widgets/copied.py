"""A text to be copied: as it is, in a fixed-width font, with its button."""

from __future__ import annotations

from PySide6.QtGui import QFontMetrics, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from rdpgui.i18n import _
from rdpgui.ui import plain
from rdpgui.ui.theme import mono_font
from rdpgui.ui.widgets.small import flat_button, label, set_text

_LINES = 2
"""Lines of the text that are in view at once, at least."""

_AROUND_PX = 22
"""Above and below the lines: as high as they need with fractions of a pixel, or a scroll bar stands beside them."""


class CopiedText(QWidget):
    """A title, Copy, and the text below; hidden while there is none.

    Args:
        name: of the text; the button is ``{name}_copy``. title: in the reader's language. most: lines in view at once.
    """

    def __init__(self, name: str, title: str, *, most: int = 9) -> None:
        super().__init__()
        self._most = most
        self._text = ""
        self._title = label(title, "dim")
        self._copy = flat_button(_("Copy"), f"{name}_copy")
        self._copy.clicked.connect(self.copy)
        self._shown = QPlainTextEdit()
        self._shown.setObjectName(name)
        self._shown.setReadOnly(True)
        self._shown.setFont(mono_font())
        self._shown.setAccessibleName(title)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._copy)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self._shown)
        self.show_text("")

    def show_text(self, text: str, title: str = "") -> None:
        """Show a text; ``title``: another one than before. What is copied is the text itself, with its real names."""
        self._text = text
        if title:
            set_text(self._title, title)
            self._shown.setAccessibleName(title)
        self._shown.setPlainText(plain.visible(text))
        lines = min(self._most, max(_LINES, sum(1 + len(line) // 90 for line in text.split("\n"))))
        self._shown.setFixedHeight(QFontMetrics(self._shown.font()).lineSpacing() * lines + _AROUND_PX)
        self.setVisible(bool(text))

    def copy(self) -> None:
        """Put the text on the clipboard."""
        QGuiApplication.clipboard().setText(self._text)
