"""Makes the whole window larger or smaller while it is shown: its writing, and what has a size of its own.

Qt has no scale that could be changed while a program runs. Fonts follow the application's; a font or a size that a
widget was given is scaled here, from what it was before, also in dialogs and pages that are built later.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QChildEvent, QEvent, QObject, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QHeaderView, QLabel, QTableView, QWidget
from typing_extensions import override

from rdpgui.ui.theme import Theming, zoom
from rdpgui.ui.widgets.still import StillView

if TYPE_CHECKING:
    from rdpgui.ui.main_window import MainWindow

_SET_FONT = Qt.WidgetAttribute.WA_SetFont
_FONT, _HEIGHT, _WIDTH, _ROWS, _AT = "zoom_font", "zoom_height", "zoom_width", "zoom_rows", "zoom_at"
OWN = "zoom_own"
"""Property of a widget that takes its size from its font by itself."""


class Zoom(QObject):
    """Scales a window and everything that opens from it.

    Args:
        theming: has the application's font. window: the program's.
    """

    def __init__(self, theming: Theming, window: MainWindow) -> None:
        super().__init__(window)
        self._theming = theming
        self._window = window
        self._factor = zoom()
        window.installEventFilter(self)
        window.page_shown.connect(self._on_page)

    def use(self, percent: int) -> None:
        """Show everything in so many percent of its usual size."""
        factor = percent / 100
        if factor == self._factor:
            return
        self._window.setUpdatesEnabled(False)
        self._note_fonts(self._window)  # a new style sheet gives back the fonts that widgets were made with
        self._factor = factor
        self._theming.zoom(factor)
        self._fit(self._window)
        self._window.setUpdatesEnabled(True)

    def fit(self, top: QWidget) -> None:
        """Scale what was made meanwhile, and all below it."""
        self._note_fonts(top)
        self._fit(top)

    def _fit(self, top: QWidget) -> None:
        for widget in (top, *top.findChildren(QWidget)):
            self._fit_font(widget)
            if not isinstance(widget, StillView) and not widget.property(OWN):
                self._fit_size(widget)
            if isinstance(widget, QTableView):
                self._fit_table(widget)

    def _note_fonts(self, top: QWidget) -> None:
        """Note how large the fonts that widgets were given are on the usual scale."""
        for widget in (top, *top.findChildren(QWidget)):
            size = widget.font().pointSizeF()
            if widget.testAttribute(_SET_FONT) and size > 0:
                base, applied = widget.property(_FONT) or (0.0, 0.0)
                if abs(applied - size) > 0.05:  # it was given this one meanwhile
                    base = size / self._factor
                widget.setProperty(_FONT, (base, size))

    def _fit_font(self, widget: QWidget) -> None:
        noted = widget.property(_FONT)
        if noted is None:
            return
        wanted = noted[0] * self._factor
        widget.setProperty(_FONT, (noted[0], wanted))
        font = QFont(widget.font())
        if abs(font.pointSizeF() - wanted) > 0.01:
            font.setPointSizeF(wanted)
            widget.setFont(font)

    def _fit_size(self, widget: QWidget) -> None:
        least, most = widget.minimumHeight(), widget.maximumHeight()
        if least == most and least > 0 and isinstance(widget, QLabel) and widget.wordWrap():
            # Larger words take more lines in a box that is not wider.
            self._scaled(widget, _HEIGHT, least)
            base, spacing = widget.property(_HEIGHT)[0], widget.fontMetrics().lineSpacing()
            wanted = max(1, math.ceil(base * self._factor**2 / spacing - 0.05)) * spacing
            wanted = base if self._factor == 1.0 else wanted
            widget.setProperty(_HEIGHT, (base, wanted))
            widget.setFixedHeight(wanted)
        elif least == most and least > 0:
            widget.setFixedHeight(self._scaled(widget, _HEIGHT, least))
        least, most = widget.minimumWidth(), widget.maximumWidth()
        if least == most and least > 0:
            widget.setFixedWidth(self._scaled(widget, _WIDTH, least))

    def _fit_table(self, table: QTableView) -> None:
        rows = table.verticalHeader()
        rows.setDefaultSectionSize(self._scaled(rows, _ROWS, rows.defaultSectionSize()))
        head = table.horizontalHeader()
        ratio = self._factor / float(table.property(_AT) or 1.0)
        table.setProperty(_AT, self._factor)
        for column in range(head.count()):
            if head.sectionResizeMode(column) is QHeaderView.ResizeMode.Interactive and ratio != 1.0:
                head.resizeSection(column, round(head.sectionSize(column) * ratio))

    def _scaled(self, widget: QWidget, name: str, now: int) -> int:
        """Return a size on the scale in use, from what it was on the usual one."""
        known: tuple[int, int] = widget.property(name) or (now, now)
        base, applied = known
        if applied != now:  # it was given another one meanwhile
            base = now
        wanted = max(1, round(base * self._factor))
        widget.setProperty(name, (base, wanted))
        return wanted

    def _on_page(self, _page: int) -> None:
        """Scale a page that was built when it was opened."""
        if self._factor != 1.0:
            self.fit(self._window)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scale a dialog before it is shown for the first time."""
        if event.type() == QEvent.Type.ChildPolished and isinstance(event, QChildEvent) and self._factor != 1.0:
            child = event.child()
            if isinstance(child, QDialog):
                self.fit(child)
        return False
